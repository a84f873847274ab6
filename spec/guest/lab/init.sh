#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# init.sh REPOSITORY BUILD CGROUPS - a lab's first process, in namespaces that `unshare` just made:
# gives the lab files of its own, prints the pid to enter it by, and lives until its stdin ends.
# CGROUPS is true or false: whether it has control groups.
set -eu

repository=$1 build=$2 cgroups=$3

# /proc is still the outer one here, and so is the pid in it.
read -r pid _ </proc/self/stat

own=/run/lab
mount -t tmpfs -o mode=755 lab /run
mkdir -p $own/repository $own/build $own/dev $own/guests $own/files $own/log /run/lock
chmod 777 $own/guests $own/files $own/log /run/lock
mount --bind "$repository" $own/repository
mkdir -p "$build" && mount --bind "$build" $own/build

# /etc: a copy, without what the machine's own libvirt and moontap have in it.
cp -a /etc $own/etc
rm -rf $own/etc/libvirt $own/etc/moontap
mkdir -p $own/etc/libvirt/hooks $own/etc/libvirt/qemu/networks $own/etc/moontap
mount --bind $own/etc /etc

mount -t tmpfs -o mode=755 lab /var
mkdir -p /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /var/tmp
chmod 1777 /var/tmp
ln -s /run /var/run

# /dev: only what everybody needs. Without /dev/kvm a machine that has it and one that has not are
# the same, and whoever may open /dev/net/tun, no node of the machine's changes for it.
node() {
	mknod -m 666 "$own/dev/$1" c "$2" "$3"
}
mount -t tmpfs -o mode=755 lab $own/dev
mkdir $own/dev/net $own/dev/pts $own/dev/shm
node null 1 3
node zero 1 5
node full 1 7
node random 1 8
node urandom 1 9
node tty 5 0
node net/tun 10 200
node fuse 10 229
ln -s pts/ptmx $own/dev/ptmx
ln -s /proc/self/fd $own/dev/fd
ln -s fd/0 $own/dev/stdin
ln -s fd/1 $own/dev/stdout
ln -s fd/2 $own/dev/stderr
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 lab $own/dev/pts
mount -t tmpfs -o mode=1777 lab $own/dev/shm
mount --rbind $own/dev /dev

mount -t proc proc /proc
# What is mounted below the machine's /sys would still be in /proc/mounts, where libvirt looks.
while umount --lazy /sys 2>/dev/null; do :; done
mount -t sysfs sysfs /sys

# The repository stays where it is, even if it is under what was just covered.
mkdir -p "$repository" && mount --bind $own/repository "$repository"
mkdir -p "$build" && mount --bind $own/build "$build"

# An ordinary user; and the one that libvirtd looks up before it reads whom qemu.conf names.
user() {
	grep -q "^$1:" /etc/passwd || echo "$1:x:$2:$2::$3:/bin/sh" >>/etc/passwd
	grep -q "^$1:" /etc/group || echo "$1:x:$2:" >>/etc/group
}
user alice 7777 /run/alice
user libvirt-qemu 7778 /
mkdir -p /run/root /run/alice /run/user/7777
chmod 700 /run/root /run/alice /run/user/7777
chown 7777:7777 /run/alice /run/user/7777

! $cgroups || sh spec/guest/lab/cgroups.sh open "lab$pid"
hostname "lab$pid"
ip link set lo up
echo "$pid"

# stdout is closed, so that nobody waits for more. `wait` reaps what is orphaned, `read` would not.
exec 3<&0 </dev/null >/dev/null
head -c 1 <&3 >/dev/null &
exec 3<&-
wait $!

! $cgroups || sh spec/guest/lab/cgroups.sh close "lab$pid"
