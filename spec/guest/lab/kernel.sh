#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# kernel.sh DIR - unpack Debian's small kernel into DIR/vmlinuz and DIR/modules/*.ko; install nothing
set -eu

meta=linux-image-cloud-amd64
modules="virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci
	virtio_console failover net_failover virtio_net llc stp garp mrp 8021q"

dir=$(mkdir -p "$1" && cd "$1" && pwd)
work=$(mktemp -d "$dir/kernel.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# The meta package holds nothing but the name of today's image.
download() {
	image=$(apt-cache depends --no-recommends --no-suggests "$meta" |
		sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -n 1)
	[ -n "$image" ] && apt-get -qq download "$image"
}
download >log 2>&1 || { apt-get -qq update && download; } >>log 2>&1 || { cat log >&2; exit 1; }

dpkg-deb -x "$image"_*.deb tree
mkdir modules
# The order matters to insmod, which knows no dependencies. What a kernel has built in is no file.
for name in $modules; do
	file=$(find tree -name "$name.ko" -o -name "$name.ko.xz")
	case $file in
	*.ko) cp "$file" modules/ ;;
	*.xz) /bin/busybox unxz -c "$file" >"modules/$name.ko" ;;
	*)
		find tree -name modules.builtin -exec cat {} + | grep -q "/$name\.ko$" ||
			{ echo "$image has no module $name" >&2; exit 1; }
		continue
		;;
	esac
	echo "$name" >>modules/order
done

rm -rf "$dir/modules"
mv modules "$dir/modules"
mv tree/boot/vmlinuz-* "$dir/vmlinuz"
touch "$dir/vmlinuz"
