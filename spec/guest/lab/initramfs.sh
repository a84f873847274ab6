#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# initramfs.sh DIR - make DIR/initramfs of busybox, the guest's init and DIR/modules
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd "$1" && pwd)
tree=$(mktemp -d "$dir/initramfs.XXXXXX")
trap 'rm -rf "$tree"' EXIT

mkdir "$tree/bin" "$tree/dev" "$tree/proc" "$tree/sys"
cp /bin/busybox "$tree/bin/"
for name in $(/bin/busybox --list); do
	[ "$name" = busybox ] || ln -s busybox "$tree/bin/$name"
done
cp "$here/guest-init" "$tree/init"
chmod 755 "$tree/init"
cp -r "$dir/modules" "$tree/modules"

(cd "$tree" && find . | sort | cpio --quiet --create --format=newc --owner=0:0) >"$dir/initramfs.new"
mv "$dir/initramfs.new" "$dir/initramfs"
