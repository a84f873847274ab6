/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caller.c - for specs: events of users who are not root, without the service's socket
 *
 *   check(who) -> true | nil, why, blame
 *   up(who, xml) -> driver, dev of the first NIC | nil, why, blame
 *   down(who, guest) -> number of NICs | nil, why, blame
 *   open(who, bridge, pid) -> dev, descriptor | nil, why, blame
 *   close(descriptor)
 *
 * who: { policy =, state =, evaluator =, hooks =, uid =, user =, gid =, groups = }
 */
#include "base/users.h"
#include "engine/open_tap.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct asked {
	struct mt_engine g;
	struct mt_caller caller;
	const char *hooks[2];
	const char *groups[8];
	gid_t gids[8];
	struct mt_outcome out;
	struct mt_err e;
};

static const char *text_at(lua_State *L, const char *key)
{
	const char *s;

	lua_getfield(L, 1, key); /* it stays in the spec's table */
	s = lua_tostring(L, -1);
	lua_pop(L, 1);
	return s;
}

static int begin(lua_State *L, struct asked *a)
{
	struct mt_engine_options o = { .policy = text_at(L, "policy"),
				       .state = text_at(L, "state"),
				       .evaluator = text_at(L, "evaluator"),
				       .hooks = a->hooks,
				       .host_id = "id",
				       .deadline_ms = 10000,
				       .start = mt_start_spawn };
	size_t n = 0;

	a->hooks[0] = text_at(L, "hooks");

	lua_getfield(L, 1, "uid");
	lua_getfield(L, 1, "gid");
	a->caller.uid = (uid_t)lua_tointeger(L, -2);
	a->caller.gid = (gid_t)lua_tointeger(L, -1);
	a->caller.user = text_at(L, "user");
	a->caller.groups = a->groups;
	a->caller.gids = a->gids;
	for (lua_getfield(L, 1, "groups"); n < 7 && lua_istable(L, -1); n++) {
		uint64_t gid;

		lua_geti(L, -1, (lua_Integer)n + 1);
		a->groups[n] = lua_tostring(L, -1);
		lua_pop(L, 1);
		if (!a->groups[n])
			break;
		a->gids[n] =
			mt_group_id(a->groups[n], &gid) ? (gid_t)gid : (gid_t)atoi(a->groups[n]);
	}
	a->caller.ngids = n;
	lua_pop(L, 3);
	return mt_engine_open(&a->g, &o, &a->e);
}

static int end(lua_State *L, struct asked *a, int err)
{
	char line[700];

	if (err) {
		lua_settop(L, 0);
		lua_pushnil(L);
		lua_pushstring(L, mt_err_line(&a->e, line, sizeof line));
		lua_pushinteger(L, mt_exit_status(a->e.blame));
	}
	mt_outcome_free(&a->out);
	mt_engine_close(&a->g);
	return err ? 3 : lua_gettop(L);
}

static int check(struct asked *a)
{
	struct mt_grants grants;

	return mt_grants_read(&a->g, &grants, &a->out.pool, &a->e)
		?: mt_caller_check(&grants, &a->caller, &a->e);
}

static int l_check(lua_State *L)
{
	struct asked a = { 0 };
	int err = begin(L, &a) ?: check(&a);

	lua_settop(L, 0);
	lua_pushboolean(L, true);
	return end(L, &a, err);
}

static int l_up(lua_State *L)
{
	struct asked a = { 0 };
	size_t n;
	const char *xml = luaL_checklstring(L, 2, &n);
	struct mt_event_params ask = { .request = { .source = { -1, xml, n, false, "xml" },
						    .want = MT_WANT_PLANS,
						    .known = true },
				       .by = "up",
				       .person = true };
	int err = begin(L, &a);

	mt_caller_params(&ask, &a.caller);
	if (!err)
		err = mt_connect(&a.g, &ask, &a.out, &a.e);
	if (!err) {
		lua_settop(L, 0);
		lua_pushstring(L, a.out.driver);
		lua_pushstring(L, a.out.n ? a.out.nics[0].dev : "");
	}
	return end(L, &a, err);
}

static int l_down(lua_State *L)
{
	struct asked a = { 0 };
	const char *guest = luaL_checkstring(L, 2);
	struct mt_nic_filter which;
	int err = begin(L, &a);

	if (!err)
		err = mt_caller_guest(&a.g, &a.caller, guest, &a.out.pool, &which, &a.e);
	if (!err)
		err = mt_disconnect_all(&a.g, &which, &a.out, &a.e);
	if (err == -ENOENT)
		err = 0;
	lua_settop(L, 0);
	lua_pushinteger(L, (lua_Integer)a.out.n);
	return end(L, &a, err);
}

static int l_open(lua_State *L)
{
	struct asked a = { 0 };
	struct mt_tap_wish wish = { .caller = &a.caller,
				    .bridge = luaL_checkstring(L, 2),
				    .qemu = (pid_t)luaL_optinteger(L, 3, 0),
				    .vnet_hdr = true };
	char dev[MT_NAME_MAX + 1];
	int fd, err = begin(L, &a) ?: check(&a) ?: mt_open_tap(&a.g, &wish, dev, &fd, &a.out, &a.e);

	if (!err) {
		lua_settop(L, 0);
		lua_pushstring(L, dev);
		lua_pushinteger(L, fd);
	}
	return end(L, &a, err);
}

static int l_close(lua_State *L)
{
	close((int)luaL_checkinteger(L, 1));
	return 0;
}

static const luaL_Reg functions[] = { { "check", l_check }, { "up", l_up },
				      { "down", l_down },   { "open", l_open },
				      { "close", l_close }, { NULL, NULL } };

int luaopen_internals_caller(lua_State *L);
int luaopen_internals_caller(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
