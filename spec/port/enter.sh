#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# enter.sh DIR COMMAND - run a command for sh in the tree DIR, in this folder
#
# By pivot_root, in a mount namespace of its own: in a chroot the kernel lets nobody create a user
# namespace (kernel/user_namespace.c create_user_ns()). The tree has this machine's /proc, /dev and
# /sys, an empty /run and /tmp, and this folder.
set -eu

dir=$(cd "$1" && pwd)
export ENTER_DIR="$dir" ENTER_COMMAND="$2" ENTER_HERE="$PWD"
# shellcheck disable=SC2016
exec unshare --mount sh -euc '
	mount --bind "$ENTER_DIR" "$ENTER_DIR"
	cd "$ENTER_DIR"
	for folder in proc dev sys; do
		mount --rbind "/$folder" "$folder"
	done
	mount -t tmpfs -o mode=755 run run
	mount -t tmpfs tmp tmp
	mkdir -p ".$ENTER_HERE" .old
	mount --bind "$ENTER_HERE" ".$ENTER_HERE"
	verdicts=$(dirname "$ENTER_HERE")/shared/libvirt-interfaces # spec/domain/support.lua
	if [ -d "$verdicts" ]; then
		mkdir -p ".$verdicts"
		mount --bind -o ro "$verdicts" ".$verdicts"
	fi
	pivot_root . .old
	cd "$ENTER_HERE"
	umount -l /.old
	command=$ENTER_COMMAND
	exec env -u ENTER_DIR -u ENTER_COMMAND -u ENTER_HERE \
		HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		sh -c "$command"'
