#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# namespace.sh COMMAND... - run a command as root, an ordinary user's in a user namespace
#
# With ids of /etc/subuid where the user has some; else root is all that there is.
set -eu

[ "$(id -u)" != 0 ] || exec "$@"
umask 022
[ -r /dev/net/tun ] && [ -w /dev/net/tun ] ||
	{ echo 'missing: the right to open /dev/net/tun' >&2; exit 1; }
export MOONTAP_NAMESPACE=one
ids=
if command -v newuidmap >/dev/null && grep -qs "^$(id -un):" /etc/subuid &&
	grep -qs "^$(id -un):" /etc/subgid; then
	ids=--map-auto
	MOONTAP_NAMESPACE=many
fi
# shellcheck disable=SC2086
exec unshare --user --map-root-user $ids --mount --net "$@"
