#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# sysroot.sh ARCH DIR PACKAGE... - unpack packages of another architecture, and what they depend on,
# into DIR; install nothing, and leave dpkg's architectures as they are
#
# apt is given an empty machine of that architecture, so it fetches each dependency. Of this machine's
# sources it takes the release alone: its updates may be for other architectures at other times.
set -eu

mirror=$(sh "$(dirname "$0")/mirror.sh")
release=$(. /etc/os-release && echo "$VERSION_CODENAME")

arch=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2

state=$dir.apt
rm -rf "${dir:?}" "$state"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
: >"$state/status"
echo "deb $mirror $release main" >"$state/sources"
# apt runs downloads as a user of its own, who need not be able to read this folder
cat >"$state/conf" <<END
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "";
APT::Install-Recommends "false";
Acquire::Languages "none";
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
Dir::Etc::sourcelist "$state/sources";
Dir::Etc::sourceparts "/dev/null";
Debug::NoLocking "true";
END
export APT_CONFIG="$state/conf"

fetch()
{
	apt-get -qq update && apt-get -qq install -y --download-only "$@"
}
fetch "$@" >"$state/log" 2>&1 || { tail -n 20 "$state/log" >&2; exit 1; }

# a package of an older layout brings /lib, a newer one /usr/lib
for folder in lib bin sbin; do
	mkdir -p "$dir/usr/$folder"
	ln -sfn "usr/$folder" "$dir/$folder"
done
for package in "$state"/cache/archives/*.deb; do
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$dir" --keep-directory-symlink
done
# an absolute link leads out of the tree: ppc64el's /lib64/ld64.so.2, which libc.so names
find "$dir" -type l -lname '/*' | while read -r link; do
	ln -sfnr "$dir$(readlink "$link")" "$link"
done
rm -rf "$state"
