# SPDX-License-Identifier: LGPL-2.1-or-later
# host.sh FOLDER COMMAND... - for the bench: run it on a host whose policy and state are the bench's
#
# The service does no event of a caller that names a policy or a state directory of its own: so here
# are the usual ones. It is for a mount namespace of its own, and goes with it; all is on a tmpfs, as
# /run is.
set -e
folder=$1
shift
mkdir -p "$folder"
mount -t tmpfs -o mode=755 bench "$folder"
cp -a /etc "$folder/etc"
rm -rf "$folder/etc/moontap"
install -D -m 644 "${0%/*}/policy/bridge.lua" "$folder/etc/moontap/policy.lua"
mount --bind "$folder/etc" /etc
mkdir -p -m 700 /run/moontap
mount -t tmpfs -o mode=700 bench /run/moontap
exec "$@"
