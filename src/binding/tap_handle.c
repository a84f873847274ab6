/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tap_handle.c - a tap's descriptor as a handle, which close(), <close> or the collector closes */
#include "binding/binding.h"
#include "kernel/tap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TAP "moontap.tap.handle"

struct tap {
	int fd; /* -1: closed */
	char name[MT_NAME_MAX + 1];
};

/* What open() takes beside the fields of kind tap. */
static const struct mt_kind options = {
	.name = "tap.open",
	.fields = (const struct mt_field[]){ { .name = "exclusive", .type = MT_BOOL, .size = 1 },
					     { .name = "persist", .type = MT_BOOL, .size = 1 } },
	.nfields = 2,
};

static struct tap *check_open(lua_State *L)
{
	struct tap *t = luaL_checkudata(L, 1, TAP);

	luaL_argcheck(L, t->fd >= 0, 1, "attempt to use a closed tap");
	return t;
}

static struct tap *new_tap(lua_State *L)
{
	struct tap *t = lua_newuserdatauv(L, sizeof *t, 0);

	*t = (struct tap){ .fd = -1 };
	luaL_setmetatable(L, TAP);
	return t;
}

static void take(lua_State *L, struct mtl_record *tap, struct mtl_record *how)
{
	const struct mt_kind *const kinds[] = { tap->r.kind, how->r.kind, NULL };

	luaL_checktype(L, 2, LUA_TTABLE);
	mtl_unknown(L, 2, "tap.open", kinds);
	mtl_take(L, 2, "tap.open", NULL, tap);
	mtl_take(L, 2, "tap.open", NULL, how);
	if (mt_record_has(&tap->r, 0))
		luaL_error(L, "tap.open: the name is the first argument");
	for (int i = 0; i < tap->r.kind->nfields; i++)
		if (tap->name[i])
			luaL_error(L, "tap.open: %s: a number expected, not a name",
				   tap->r.kind->fields[i].name);
}

/***
 * tap.open(name [, opts]) -> tap | nil, err
 * Create a tap, or attach to one that exists. tap:close(), <close> or the collector closes it,
 * which deletes a tap that is not persistent.
 *   name   string   1..15 bytes
 *   opts   table    user, group (numbers), multi_queue, vnet_hdr; exclusive = true: do not attach;
 *                   persist = true
 * Fails: EBUSY (attached elsewhere), EEXIST (exclusive), EPERM.
 * Raises: wrong type, unknown option.
 *   local t <close> = assert(moontap.tap.open "vnet0")
 */
static int l_tap_open(lua_State *L)
{
	struct mtl_record tap = { .r.kind = mt_kind_find(mt_kinds, "tap") };
	struct mtl_record how = { .r.kind = &options };
	const char *name = luaL_checkstring(L, 1);
	struct mt_host *host;
	struct mt_err e = { 0 };
	struct tap *t;

	luaL_argcheck(L, mt_name_valid(name), 1, "it is not the name of a device");
	if (!lua_isnoneornil(L, 2))
		take(L, &tap, &how);
	mt_record_put(&tap.r, 0, mt_name_from(name));
	t = new_tap(L);
	snprintf(t->name, sizeof t->name, "%s", name);
	host = mtl_kernel(mtl_call(L), &e);
	if (!host || mt_tap_open(host, &tap.r, how.r.v[0].u, &t->fd, &e))
		return mtl_fail(L, &e);
	if (!how.r.v[1].u || !mt_tap_persist(host, t->fd, name, true, &e))
		return lua_pushvalue(L, -2), 1;
	close(t->fd);
	t->fd = -1;
	return mtl_fail(L, &e);
}

/***
 * tap:close()
 * Close it; a closed tap may be closed again.
 */
static int l_tap_close(lua_State *L)
{
	struct tap *t = luaL_checkudata(L, 1, TAP);

	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	return 0;
}

/***
 * tap:fd() -> number
 * The descriptor. The tap owns it, and closes it.
 */
static int l_tap_fd(lua_State *L)
{
	lua_pushinteger(L, check_open(L)->fd);
	return 1;
}

/***
 * tap:name() -> string
 * The device's name.
 */
static int l_tap_name(lua_State *L)
{
	struct tap *t = luaL_checkudata(L, 1, TAP);

	lua_pushstring(L, t->name);
	return 1;
}

/***
 * tap:persist([on]) -> tap | nil, err
 * Let the device outlive the handle; with false, it is deleted when the handle is closed.
 */
static int l_tap_persist(lua_State *L)
{
	struct tap *t = check_open(L);
	bool on = lua_isnone(L, 2) || lua_toboolean(L, 2);
	struct mt_err e = { 0 };
	struct mt_host *host = mtl_kernel(mtl_call(L), &e);

	if (!host || mt_tap_persist(host, t->fd, t->name, on, &e))
		return mtl_fail(L, &e);
	lua_pushvalue(L, 1);
	return 1;
}

static int l_tap_tostring(lua_State *L)
{
	struct tap *t = luaL_checkudata(L, 1, TAP);

	if (t->fd >= 0)
		lua_pushfstring(L, "tap %s (fd %d)", t->name, t->fd);
	else
		lua_pushfstring(L, "tap %s (closed)", t->name);
	return 1;
}

void mtl_open_taps(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "close", l_tap_close },     { "fd", l_tap_fd }, { "name", l_tap_name },
		{ "persist", l_tap_persist }, { NULL, NULL },
	};
	static const luaL_Reg meta[] = {
		{ "__gc", l_tap_close },
		{ "__close", l_tap_close },
		{ "__tostring", l_tap_tostring },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, TAP);
	luaL_setfuncs(L, meta, 0);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
	lua_pushcfunction(L, l_tap_open);
	lua_setfield(L, -2, "tap_open");
}
