#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# mirror.sh - print where this machine's apt has Debian from: an address for sources.list
set -eu

find_mirror()
{
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
		'Label: Debian' 'Component: main' | head -n 1
}
mirror=$(find_mirror)
[ -n "$mirror" ] || { apt-get -qq update >&2 && mirror=$(find_mirror); }
[ -n "$mirror" ] || { echo 'apt has no source with the whole of Debian' >&2; exit 1; }
echo "$mirror"
