#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# source.sh RELEASE DIR PACKAGE... - unpack the sources of that release's packages, as their authors
# released them, into DIR/PACKAGE
set -eu

release=$1
dir=$(mkdir -p "$2" && cd "$2" && pwd)
mirror=$(sh "$(dirname "$0")/mirror.sh")
shift 2

state=$(mktemp -d "$dir/apt.XXXXXX")
trap 'rm -rf "$state"' EXIT
mkdir -p "$state/lists/partial" "$state/archives"
: >"$state/status"
echo "deb-src $mirror $release main" >"$state/sources"
cat >"$state/conf" <<END
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state";
Dir::Etc::sourcelist "$state/sources";
Dir::Etc::sourceparts "/dev/null";
END
export APT_CONFIG="$state/conf"

cd "$state"
{ apt-get -qq update && apt-get -qq source --download-only "$@"; } >log 2>&1 ||
	{ tail -n 20 log >&2; exit 1; }
for package in "$@"; do
	rm -rf "${dir:?}/$package"
	mkdir "$dir/$package"
	tar -xf "$package"_*.orig.tar.?z* -C "$dir/$package" --strip-components=1
done
