#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# musl.sh DIR - the libraries that moontap needs, for musl, in DIR/prefix
#
# Lua, libxml2 and jansson are built from Debian's sources. libmnl is the machine's own, built for
# glibc: of what glibc has and musl has not, it uses two functions, in mnl_nlmsg_fprintf(), which
# nobody calls.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$(mkdir -p "$1" && cd "$1" && pwd)
sh "$here/source.sh" trixie "$dir/source" lua5.4 libxml2 jansson
prefix=$dir/prefix
rm -rf "$prefix"
mkdir -p "$prefix/include" "$prefix/lib/pkgconfig"
machine=$(cc -print-multiarch)

# pc NAME LIBS [FOLDER]
pc()
{
	printf 'Name: %s\nDescription: for musl\nVersion: 1\nLibs: -L%s %s\nCflags: -I%s\n' \
		"$1" "$prefix/lib" "$2" "$prefix/include/${3:-}" >"$prefix/lib/pkgconfig/$1.pc"
}

for headers in linux asm-generic libmnl; do
	ln -s "/usr/include/$headers" "$prefix/include/$headers"
done
ln -s "/usr/include/$machine/asm" "$prefix/include/asm"

# archive NAME FOLDER FILE...: those files, with $flags
archive()
{
	name=$1
	cd "$dir/source/$2"
	shift 2
	for file; do
		# shellcheck disable=SC2086
		musl-gcc -std=gnu99 -O2 -fPIC $flags -c "$file"
	done
	ar rcs "$prefix/lib/$name" ./*.o
}

(
	flags=-DLUA_USE_LINUX
	# shellcheck disable=SC2046
	archive liblua5.4.a lua5.4/src $(cd "$dir/source/lua5.4/src" && ls l*.c | grep -vx 'luac\?.c')
	musl-gcc -O2 -o "$prefix/lua" lua.c -Wl,-E,--whole-archive "$prefix/lib/liblua5.4.a" \
		-Wl,--no-whole-archive -lm
	cp lua.h luaconf.h lualib.h lauxlib.h "$prefix/include"
)
pc lua5.4 '-llua5.4 -lm'

(
	# what configure would find out is what the machine's package says
	cp "/usr/include/jansson_config.h" "$dir/source/jansson/src" 2>/dev/null ||
		cp "/usr/include/$machine/jansson_config.h" "$dir/source/jansson/src"
	printf '#define %s 1\n' HAVE_STDINT_H HAVE_UNISTD_H HAVE_FCNTL_H HAVE_SYS_TIME_H \
		HAVE_SYS_TYPES_H INITIAL_HASHTABLE_ORDER >"$dir/source/jansson/src/jansson_private_config.h"
	flags='-I. -DHAVE_CONFIG_H'
	# shellcheck disable=SC2046
	archive libjansson.a jansson/src $(cd "$dir/source/jansson/src" && ls ./*.c)
	cp jansson.h jansson_config.h "$prefix/include"
)
pc jansson -ljansson

(
	cd "$dir/source/libxml2"
	{ CC=musl-gcc CFLAGS='-O2 -fPIC' ./configure -q --prefix="$prefix" --disable-shared \
		--with-pic --without-python --without-lzma --without-zlib --without-icu &&
		make -s libxml2.la install-libLTLIBRARIES &&
		make -s -C include install && make -s install-pkgconfigDATA; } >"$dir/log" 2>&1 ||
		{ tail -n 20 "$dir/log" >&2; exit 1; }
)

musl-gcc -O2 -fPIC -shared -o "$prefix/lib/libglibc.so" "$here/glibc_symbols.c"
ln -s "/usr/lib/$machine/libmnl.so.0" "$prefix/lib/libmnl.so.0"
ln -s libmnl.so.0 "$prefix/lib/libmnl.so"
pc libmnl '-lmnl -Wl,--push-state,--no-as-needed -lglibc -Wl,--pop-state'
