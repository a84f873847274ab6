#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# systemd.sh DEST NAME - a systemd of its own, with moontap's units as `make install DEST=` put
# them: the first process of mount and pid namespaces that unshare just made, or, with a third word,
# what empties its control groups afterwards
#
# It has control groups of that name below those that it was started in, an empty /run, a copy of /etc without
# moontap's policy, and of all other units the targets that moontap's name.
set -eu
dest=$1 name=$2

# Controllers of version 1, a line a hierarchy, and version 2: cgroups(7)
hierarchies() {
	sed -n 's/^[1-9][0-9]*:\(name=systemd\|pids\|memory\|devices\):.*/\1/p' /proc/self/cgroup
	echo unified
}

# mount_groups FOLDER: as a systemd before this one would have: a folder for each hierarchy
mount_groups() {
	mkdir -p "$1"
	mount -t tmpfs -o mode=755 groups "$1"
	for h in $(hierarchies); do
		folder=$1/${h#name=}
		mkdir "$folder"
		case $h in
		unified) mount -t cgroup2 groups "$folder" ;;
		name=*) mount -t cgroup -o "none,$h" groups "$folder" ;;
		*) mount -t cgroup -o "$h" groups "$folder" ;;
		esac
	done
}

case ${3-} in
end)
	mount_groups /run/groups
	for folder in /run/groups/*/"$name"; do
		find "$folder" -depth -type d -exec rmdir {} +
	done
	exit
	;;
inside) # in a control group namespace, too
	mount_groups /sys/fs/cgroup
	# Version 1 is no longer taken without a word for it: systemd 256's NEWS.
	exec env -i container=spec SYSTEMD_UNIT_PATH=/run/units SYSTEMD_LOG_TARGET=console \
		SYSTEMD_PROC_CMDLINE=SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		/lib/systemd/systemd --system --unit=spec.target --show-status=0
	;;
esac

mount -t proc proc /proc
mount --bind "$dest/usr/local" /usr/local
units=$(mktemp -d)
cp "$dest"/usr/local/lib/systemd/system/moontap* "$units"
cp -a /etc "$units/etc"
mount -t tmpfs -o mode=755 run /run # hides what specs have there
mkdir -p /run/units /run/etc /run/lock
mount_groups /run/groups
for folder in /run/groups/*; do
	mkdir "$folder/$name"
	echo 0 >"$folder/$name/cgroup.procs"
done
umount -R /run/groups
cp "$units"/moontap* /run/units
cp -a "$units/etc/." /run/etc
rm -rf "$units" /run/etc/moontap
mount --bind /run/etc /etc
mkdir /etc/moontap
for target in sysinit basic sockets shutdown umount; do
	printf '[Unit]\nDefaultDependencies=no\n' >/run/units/$target.target
done
printf '[Unit]\nDefaultDependencies=no\nWants=moontap.socket\n' >/run/units/spec.target
exec unshare --cgroup sh "$0" "$dest" "$name" inside
