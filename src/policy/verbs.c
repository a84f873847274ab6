/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verbs.c - the verbs that declare objects: one for each kind, and tap() */
#include "kernel/host.h"
#include "policy/lua_state.h"

#include <errno.h>
#include <string.h>

static void say_place(lua_State *L, struct mt_policy *p)
{
	char at[MTL_AT];
	luaL_Buffer b;

	mtl_where(L, at);
	if (!strcmp(at, p->place))
		return;
	luaL_buffinit(L, &b);
	luaL_addstring(&b, "at");
	mtl_token(&b, "place", at);
	luaL_addchar(&b, '\n');
	luaL_pushresult(&b);
	mtl_say(L, lua_tostring(L, -1), lua_rawlen(L, -1));
	lua_pop(L, 1);
	strcpy(p->place, at);
}

static void add_defaults(luaL_Buffer *b, const struct mtl_record *d)
{
	const char *before = " default=";

	for (int i = 0; i < d->r.kind->nfields; i++)
		if (d->defaults >> i & 1) {
			luaL_addstring(b, before);
			luaL_addstring(b, d->r.kind->fields[i].name);
			before = ",";
		}
}

static void declare(lua_State *L, const struct mtl_record *d)
{
	struct mt_policy *p = mtl_policy(L);
	const struct mt_kind *k = d->r.kind;
	size_t n = mt_record_print(&d->r, 0, NULL, 0);
	struct mt_err e;
	luaL_Buffer b;

	if (mt_record_check(&d->r, &e))
		mtl_raise(L, &e);
	if (++p->records > MTL_RECORDS)
		mtl_end(L, MT_BLAME_LIMIT, E2BIG, "declared more than %d records", MTL_RECORDS);
	say_place(L, p);
	mt_record_print(&d->r, 0, luaL_buffinitsize(L, &b, n + 1), n + 1);
	luaL_addsize(&b, n);
	for (int i = 0; i < k->nfields; i++)
		if (d->name[i])
			mtl_token(&b, k->fields[i].name, d->name[i]);
	add_defaults(&b, d);
	luaL_addchar(&b, '\n');
	luaL_pushresult(&b);
	mtl_say(L, lua_tostring(L, -1), lua_rawlen(L, -1));
	lua_pop(L, 1);
}

static void in_connect(lua_State *L, const char *verb)
{
	if (!(mtl_policy(L)->phase & MTL_CONNECT))
		luaL_error(L, "%s: nothing can be declared before connect() runs", verb);
}

/***
 * KIND{field = value, ...}
 * Declare that an object of this kind exists, with these fields, while the NIC is connected. A
 * field that is not given stays as it is; false sets it to none.
 *   fields   as `help KIND` lists them
 * Raises: an unknown field, a value that its field does not take, a missing key.
 *   link{ name = "br0", up = true }
 */
static int l_verb(lua_State *L)
{
	struct mtl_record d = { .r.kind = lua_touserdata(L, lua_upvalueindex(1)),
				.takes_defaults = true };
	const struct mt_kind *const kinds[] = { d.r.kind, NULL };
	const char *verb = d.r.kind->name;

	in_connect(L, verb);
	luaL_argcheck(L, lua_istable(L, 1) && lua_gettop(L) == 1, 1,
		      "one table of fields expected");
	mtl_unknown(L, 1, verb, kinds);
	mtl_take(L, 1, verb, NULL, &d);
	declare(L, &d);
	return 0;
}

/* Declare a record for @device: the fields of the tables at 2 and 3 that @kind has and @first has
 * not; those at 2 count more. */
static void declare_part(lua_State *L, const struct mt_kind *kind, const struct mt_kind *first,
			 const char *device)
{
	struct mtl_record d = { .r.kind = kind, .takes_defaults = true };

	if (!lua_isnil(L, 3))
		mtl_take(L, 3, "tap", first, &d);
	mtl_take(L, 2, "tap", first, &d);
	mt_record_put(&d.r, 0, mt_name_from(device));
	declare(L, &d);
}

/* core.tap(device, options, made): the C half of tap() in lua/moontap/verbs.lua. made has the
 * fields of a tap that moontap creates, where options lacks them; it is nil where libvirt does. */
int l_tap(lua_State *L)
{
	const struct mt_kind *tap = mt_kind_find(mt_kinds, "tap");
	const struct mt_kind *link = mt_kind_find(mt_kinds, "link");
	const struct mt_kind *const kinds[] = { link, tap, NULL };
	const char *device = luaL_checkstring(L, 1);

	in_connect(L, "tap");
	if (!lua_istable(L, 2))
		luaL_error(L, "tap: a table of fields expected, not a %s", luaL_typename(L, 2));
	if (!mt_name_valid(device))
		luaL_error(L, "tap: '%s' is not the name of a device", device);
	mtl_unknown(L, 2, "tap", kinds);
	if (lua_getfield(L, 2, "name") != LUA_TNIL)
		luaL_error(L, "tap: 'name' is the nic's and cannot be given");
	lua_settop(L, 3);
	if (!lua_isnil(L, 3))
		declare_part(L, tap, NULL, device);
	declare_part(L, link, tap, device);
	return 0;
}

void mtl_verbs(lua_State *L)
{
	for (const struct mt_kind *const *k = mt_kinds; *k; k++) {
		lua_pushlightuserdata(L, (void *)*k);
		lua_pushcclosure(L, l_verb, 1);
		lua_setfield(L, -2, (*k)->name);
	}
}
