#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cross_specs.sh BUILD QEMU ROOT ARGUMENT... - busted by another architecture's Lua
#
# What the specs start is the machine's own programs; qemu-user runs the Lua, and the parts in C that
# it loads. busted's modules in Lua are the machine's, those in C the tree's.
set -eu

export MOONTAP_BUILD="$1"
qemu=$2 root=$3
shift 3
LUA_CPATH=$(ls -d "$root"/usr/lib/*/lua/5.4)/?.so
LUA_PATH='/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua'
export LUA_CPATH LUA_PATH
exec "$qemu" -L "$root" "$root/usr/bin/lua5.4" "$(command -v busted)" "$@"
