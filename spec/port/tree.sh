#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# tree.sh RELEASE DIR PACKAGE... - DIR is a tree of that release of Debian with these packages
#
# It is made anew when it is older than a week; packages are added to it. apt in it has this
# machine's mirror.
set -eu

release=$1 dir=$2
shift 2
here=$(dirname "$0")
fresh=

[ "$(id -u)" = 0 ] || { echo 'debootstrap needs root' >&2; exit 1; }
[ -z "$(find "$dir/.made" -mtime -7 2>/dev/null)" ] || fresh=1
mkdir -p "$dir"
touch "$dir/packages"
[ -z "$fresh" ] || printf '%s\n' "$@" | grep -vxFqf "$dir/packages" || exit 0

make_tree()
{
	rm -rf "${dir:?}/root" "$dir/packages"
	debootstrap --variant=minbase "$release" "$dir/root" "$(sh "$here/mirror.sh")"
	date >"$dir/.made"
}

# Nothing in it is to be started.
add_packages()
{
	printf '#!/bin/sh\nexit 101\n' >"$dir/root/usr/sbin/policy-rc.d"
	chmod 755 "$dir/root/usr/sbin/policy-rc.d"
	chroot "$dir/root" apt-get -qq update
	DEBIAN_FRONTEND=noninteractive chroot "$dir/root" \
		apt-get -qq install -y --no-install-recommends "$@"
	chroot "$dir/root" apt-get clean
	printf '%s\n' "$@" >>"$dir/packages"
}

{
	[ -n "$fresh" ] || make_tree
	add_packages "$@"
} >"$dir/log" 2>&1 || { tail -n 20 "$dir/log" >&2; exit 1; }
