#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# kernel.sh DIR - unpack Debian's small kernel into DIR: vmlinuz, version, lib/modules; install
# nothing
set -eu

meta=linux-image-cloud-amd64

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
rm -rf "${dir:?}/lib"
mkdir "$dir/lib"
modules=tree/lib/modules
[ -d $modules ] || modules=tree/usr/lib/modules
mv $modules "$dir/lib/"
version=$(ls "$dir/lib/modules")
/sbin/depmod -b "$dir" "$version"
echo "$version" >"$dir/version"
mv tree/boot/vmlinuz-* "$dir/vmlinuz"
touch "$dir/vmlinuz"
