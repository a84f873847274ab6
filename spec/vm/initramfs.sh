#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# initramfs.sh KERNEL INIT OUT MODULE... - make an initramfs of busybox, the script INIT, and modules
# of kernel.sh's KERNEL with all that they depend on, in /modules, in the order of /modules/order
set -eu

kernel=$1 init=$2 out=$3
shift 3
tree=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$tree"' EXIT

mkdir "$tree/bin" "$tree/dev" "$tree/proc" "$tree/sys" "$tree/modules"
cp /bin/busybox "$tree/bin/"
for name in $(/bin/busybox --list); do
	[ "$name" = busybox ] || ln -s busybox "$tree/bin/$name"
done
cp "$init" "$tree/init"
chmod 755 "$tree/init"

# "insmod PATH", or "builtin NAME" of what is no file; insmod itself knows no dependencies.
for name; do
	/sbin/modprobe -d "$kernel" -S "$(cat "$kernel/version")" --show-depends "$name"
done >"$tree/needed"
sed -n 's/^insmod \([^ ]*\).*/\1/p' "$tree/needed" | awk '!seen[$0]++' | while read -r file; do
	name=$(basename "${file%.xz}" .ko)
	case $file in
	*.xz) /bin/busybox unxz -c "$file" >"$tree/modules/$name.ko" ;;
	*) cp "$file" "$tree/modules/" ;;
	esac
	echo "$name" >>"$tree/modules/order"
done
rm "$tree/needed"

(cd "$tree" && find . | sort | cpio --quiet --create --format=newc --owner=0:0) >"$out.new"
mv "$out.new" "$out"
