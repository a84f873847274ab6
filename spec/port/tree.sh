#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# tree.sh RELEASE DIR PACKAGE... - DIR is a tree of that release of Debian with these packages
#
# It is made anew when it is older than a week. apt in it has this machine's mirror.
set -eu

release=$1 dir=$2
shift 2
packages=$(echo "$*" | tr ' ' ,)
here=$(dirname "$0")

[ "$(id -u)" = 0 ] || { echo 'debootstrap needs root' >&2; exit 1; }
if [ -e "$dir/.made" ] && [ -n "$(find "$dir/.made" -mtime -7)" ] &&
	[ "$(cat "$dir/.made")" = "$packages" ]; then
	exit 0
fi
mkdir -p "$dir"
rm -rf "${dir:?}/root"
debootstrap --variant=minbase --include="$packages" "$release" "$dir/root" \
	"$(sh "$here/mirror.sh")" >"$dir/log" 2>&1 || { tail -n 20 "$dir/log" >&2; exit 1; }
rm -rf "$dir"/root/var/cache/apt/archives/*.deb
echo "$packages" >"$dir/.made"
