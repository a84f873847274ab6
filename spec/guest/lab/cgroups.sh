#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cgroups.sh open|close NAME - mount the kernel's cgroups in a lab and create libvirt's partition
# /NAME in them; or kill what runs in the lab, and remove the partition
set -eu

action=$1
root=/sys/fs/cgroup
folder=$2.partition # as libvirt spells the partition (virCgroupSetPartitionSuffix)

# Controllers of version 1, a line a hierarchy: cgroups(7) has them as NUMBER:CONTROLLERS:PATH.
# Hierarchy 0 is version 2; one without controllers has a name=.
version_1() {
	sed -n 's/^[1-9][0-9]*:\([a-z_,]*\):.*/\1/p' /proc/self/cgroup
}

# They are not the machine's mounts, which may be elsewhere, or covered by others, or not there.
# libvirt asks version 2 first, also where version 1 has the controllers that a container needs.
mount_hierarchies() {
	if version_1 | tr , '\n' | grep -qx memory; then
		mount -t tmpfs -o mode=755 lab $root
		for controllers in $(version_1); do
			mkdir $root/"$controllers"
			mount -t cgroup -o "$controllers" lab $root/"$controllers"
		done
	else
		mount -t cgroup2 lab $root
		# libvirt enables controllers only in groups that it makes. This one stays enabled, as
		# systemd has it: another lab may use it.
		echo +memory 2>/dev/null >$root/cgroup.subtree_control ||
			{ echo "this kernel has no memory cgroups, and no container without" >&2; exit 1; }
	fi
}

hierarchies() {
	if [ -e $root/cgroup.controllers ]; then echo $root; else ls -d $root/*; fi
}

create_partition() {
	mkdir "$1/$folder"
	# Version 1: without processors and memory nodes of its own, a group takes no process.
	for file in cpuset.cpus cpuset.mems; do
		[ ! -e "$1/$folder/$file" ] || [ "$1" = $root ] || cat "$1/$file" >"$1/$folder/$file"
	done
}

# A killed process leaves its group a moment later.
remove_partition() {
	for _ in $(seq 100); do
		find "$1/$folder" -depth -type d -exec rmdir {} + 2>/dev/null || :
		[ -e "$1/$folder" ] || return 0
		sleep 0.1
	done
	return 1
}

case $action in
open)
	mount_hierarchies
	for hierarchy in $(hierarchies); do create_partition "$hierarchy"; done
	;;
close)
	kill -KILL -1 2>/dev/null || : # fails when nothing else runs
	for hierarchy in $(hierarchies); do remove_partition "$hierarchy"; done
	;;
esac
