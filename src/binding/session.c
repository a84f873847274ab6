/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session.c - moontap.h's handle as a userdata, with a method for each event */
#include "base/tokens.h"
#include "binding/binding.h"
#include "engine/guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SESSION "moontap.session"

struct session {
	struct moontap *handle; /* NULL: closed */
	struct mtl_lines *log;	/* of the event that runs; NULL: none does */
};

static void log_line(void *data, int level, const char *text)
{
	struct session *s = data;

	if (s->log)
		mtl_line_add(s->log, level, text);
}

static struct session *check_open(lua_State *L)
{
	struct session *s = luaL_checkudata(L, 1, SESSION);

	luaL_argcheck(L, s->handle, 1, "attempt to use a closed session");
	return s;
}

/* --- arguments -------------------------------------------------------------------------------- */

static bool is_xml(lua_State *L, int arg)
{
	const char *s = lua_tostring(L, arg);

	return luaL_testudata(L, arg, LUA_FILEHANDLE) ||
		(s && s[strspn(s, " \t\r\n\xef\xbb\xbf")] == '<');
}

/* The list at @arg as texts, NULL-ended; NULL: nil. */
static const char *const *take_list(lua_State *L, int arg, struct mtl_call *c)
{
	const char **list;
	lua_Integer n;

	if (lua_isnoneornil(L, arg))
		return NULL;
	luaL_checktype(L, arg, LUA_TTABLE);
	n = luaL_len(L, arg);
	list = mt_pool_alloc(&c->pool, ((size_t)n + 1) * sizeof *list);
	if (!list)
		luaL_error(L, "not enough memory");
	for (lua_Integer i = 0; i < n; i++) {
		const char *s;

		lua_geti(L, arg, i + 1);
		s = luaL_tolstring(L, -1, NULL);
		list[i] = mt_pool_copy(&c->pool, s, strlen(s));
		if (!list[i])
			luaL_error(L, "not enough memory");
		lua_pop(L, 2);
	}
	return list;
}

static void take_nics(lua_State *L, int arg, struct mtl_call *c, struct moontap_event *ev)
{
	ev->nics = take_list(L, arg, c);
	luaL_argcheck(L, !ev->nics || *ev->nics, arg, "no NIC in it");
}

/* The flags of down's options, a table at @arg; no table: 0 */
static unsigned down_flags(lua_State *L, int arg)
{
	static const char *const ways[] = { "any", "name", "uuid", NULL };
	static const unsigned flags[] = { 0, MOONTAP_BY_NAME, MOONTAP_BY_UUID };
	unsigned set = 0;

	if (lua_isnoneornil(L, arg))
		return 0;
	luaL_checktype(L, arg, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1)) {
		const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";

		if (!strcmp(name, "by"))
			set |= flags[luaL_checkoption(L, -1, NULL, ways)];
		else if (!strcmp(name, "force"))
			set |= lua_toboolean(L, -1) ? MOONTAP_FORCE : 0;
		else
			luaL_error(L, "unknown option '%s'; there are 'by' and 'force'",
				   luaL_tolstring(L, -2, NULL));
	}
	return set;
}

static int run(lua_State *L, struct session *s, struct mtl_call *c, const struct moontap_event *ev)
{
	struct mtl_lines log = { .pool = &c->pool };
	struct mt_err e = { 0 };
	int err, n = 0;

	s->log = &log;
	err = mt_handle_run(s->handle, ev, &c->outcome, &e);
	s->log = NULL;
	if (err)
		n = mtl_fail(L, &e);
	if (c->outcome)
		mtl_outcome_push(L, &log, (const struct mt_result *)c->outcome);
	return n + (c->outcome != NULL);
}

/* --- methods ---------------------------------------------------------------------------------- */

static int connect(lua_State *L, unsigned flags)
{
	struct moontap_event ev = { .what = "up", .flags = flags };
	struct session *s = check_open(L);
	struct mtl_call *c;

	mtl_xml(L, 2, &ev);
	lua_settop(L, 3);
	c = mtl_call(L);
	take_nics(L, 3, c, &ev);
	return run(L, s, c, &ev);
}

/***
 * session:plan(xml [, nics]) -> outcome | nil, err, outcome
 * What connecting would change; changes nothing.
 *   xml    string or file   a domain's XML, or an open file of it
 *   nics   array            only these: device, MAC or index
 *   local plan = assert(session:plan(io.open "web.xml"))
 *   for _, nic in ipairs(plan.nics) do print(nic) end
 */
static int l_session_plan(lua_State *L)
{
	return connect(L, MOONTAP_DRY);
}

/***
 * session:up(xml [, nics]) -> outcome | nil, err, outcome
 * Connect all of the NICs, or none.
 * Fails: an error of the policy (err.exit 1, 3, 5), of the kernel (4) or of the undo (6).
 */
static int l_session_up(lua_State *L)
{
	return connect(L, 0);
}

/***
 * session:down(guest [, nics [, opts]]) -> outcome | nil, err, outcome
 * Disconnect. The policy does not run; of XML only the guest that it describes counts.
 *   guest   string or file   a name, uuid, device, or XML
 *   opts    table            force = true: even a tap that a running guest has open; by = "name" or
 *                            "uuid": guest is just that
 * Fails: guest is empty, or the name of one guest and the uuid of another (err.exit 2).
 */
static int l_session_down(lua_State *L)
{
	struct moontap_event ev = { .what = "down" };
	struct session *s = check_open(L);
	struct mtl_call *c;

	if (is_xml(L, 2))
		mtl_xml(L, 2, &ev);
	else
		ev.guest = luaL_checkstring(L, 2);
	lua_settop(L, 4);
	ev.flags |= down_flags(L, 4);
	c = mtl_call(L);
	take_nics(L, 3, c, &ev);
	return run(L, s, c, &ev);
}

/***
 * session:hook(operation, guest, xml [, driver]) -> outcome | nil, err, outcome
 * Do what libvirt's hook script does for an operation, "prepare", "start", ...; outcome.xml is what
 * the script would print.
 */
static int l_session_hook(lua_State *L)
{
	struct moontap_event ev = { .what = luaL_checkstring(L, 2),
				    .guest = luaL_checkstring(L, 3),
				    .driver = luaL_optstring(L, 5, NULL) };
	struct session *s = check_open(L);

	luaL_argcheck(L, mt_operation_known(ev.what), 2, "libvirt has no such operation");
	mtl_xml(L, 4, &ev);
	return run(L, s, mtl_call(L), &ev);
}

static void drift_line(void *data, const char *line)
{
	mtl_line_add(data, LOG_NOTICE, line);
}

static void push_connected(lua_State *L, const struct mt_record *header,
			   const struct mtl_lines *drift)
{
	lua_Integer i = 0;

	mtl_push(L, header);
	luaL_newmetatable(L, "moontap.connected");
	lua_setmetatable(L, -2);
	lua_newtable(L);
	for (const struct mtl_line *l = drift->first; l; l = l->next) {
		lua_pushstring(L, l->text);
		lua_rawseti(L, -2, ++i);
	}
	lua_setfield(L, -2, "drift");
}

/***
 * session:status([guest]) -> array | nil, err
 * What is connected: for each NIC a table with domain, uuid, index, mac, dev, ifindex, unmanaged,
 * by, since, policy, and drift: an array of lines, what somebody else has changed since.
 *   guest   string   a name, uuid or device; without it, all guests
 */
static int l_session_status(lua_State *L)
{
	const char *guest = luaL_optstring(L, 2, NULL);
	struct mt_nic_filter which = { 0 };
	struct session *s = check_open(L);
	struct mtl_call *c = mtl_call(L);
	struct mt_engine *g = &s->handle->engine;
	struct mt_record *headers;
	struct mt_err e = { 0 };
	size_t n;
	int err = guest ? mt_guest_find(g, guest, MT_WORD_ANY, &c->pool, &which, &e) : 0;

	if (err == -ENOENT)
		return lua_newtable(L), 1;
	if (err)
		return mtl_fail(L, &e);
	if (mt_connected(g, &which, &c->pool, &headers, &n, &e))
		return mtl_fail(L, &e);
	lua_createtable(L, (int)n, 0);
	for (size_t i = 0; i < n; i++) {
		struct mtl_lines drift = { .pool = &c->pool };

		if (mt_connected_drift(g, &headers[i], &c->pool, drift_line, &drift, &e))
			return mtl_fail(L, &e);
		push_connected(L, &headers[i], &drift);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/***
 * session:close()
 * Close it; what is connected stays connected. A closed session may be closed again.
 */
static int l_session_close(lua_State *L)
{
	struct session *s = luaL_checkudata(L, 1, SESSION);

	moontap_close(s->handle);
	s->handle = NULL;
	return 0;
}

static int l_session_tostring(lua_State *L)
{
	struct session *s = luaL_checkudata(L, 1, SESSION);
	const struct mt_engine_options *o = s->handle ? &s->handle->engine.o : NULL;

	if (o)
		lua_pushfstring(L, "session (policy %s, state %s)", o->policy, o->state);
	else
		lua_pushliteral(L, "session (closed)");
	return 1;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void check_names(lua_State *L)
{
	static const char *const known[] = { "policy",	 "state",  "ovsdb",   "hooks", "evaluator",
					     "deadline", "memory", "service", NULL };

	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		const char *name = luaL_tolstring(L, -2, NULL), *near;
		size_t i = 0;

		while (known[i] && strcmp(known[i], name))
			i++;
		near = known[i] ? NULL : mt_nearest(name, known, sizeof *known);
		if (!known[i])
			luaL_error(L, "open: unknown option '%s'%s%s%s", name,
				   near ? "; did you mean '" : "", near ? near : "",
				   near ? "'?" : "");
		lua_pop(L, 1);
	}
}

/* Strings are borrowed from the table. */
static void take_options(lua_State *L, struct moontap_options *o, struct mtl_call *c)
{
	lua_Number deadline;

	lua_getfield(L, 1, "policy");
	o->policy = luaL_optstring(L, -1, NULL);
	lua_getfield(L, 1, "state");
	o->state = luaL_optstring(L, -1, NULL);
	lua_getfield(L, 1, "ovsdb");
	o->ovsdb = luaL_optstring(L, -1, NULL);
	lua_getfield(L, 1, "evaluator");
	o->evaluator = luaL_optstring(L, -1, NULL);
	lua_getfield(L, 1, "service");
	o->service = luaL_optstring(L, -1, NULL);
	lua_getfield(L, 1, "deadline");
	deadline = luaL_optnumber(L, -1, 10);
	if (!(deadline >= 0.1 && deadline <= 3600))
		luaL_error(L, "open: deadline: 0.1..3600 seconds expected");
	o->deadline_ms = (unsigned)(deadline * 1000);
	lua_getfield(L, 1, "memory");
	o->memory = (size_t)luaL_optinteger(L, -1, 0);
	lua_getfield(L, 1, "hooks");
	o->hooks = take_list(L, lua_gettop(L), c);
	lua_pop(L, 8);
}

/***
 * open([{policy = file, state = directory, ...}]) -> session | nil, err
 * Open a session, for events of guests in the current network namespace.
 *   policy      string     without it /etc/moontap/policy.lua, or none where that does not exist
 *   state       string     without it /run/moontap
 *   ovsdb       string     Open vSwitch's socket; without it /run/openvswitch/db.sock
 *   hooks       string[]   directories that are searched for hooks first
 *   deadline    number     seconds for an evaluation, 0.1..3600; without it 10
 *   memory      integer    bytes for the policy's Lua; without it, or 0, 64 MiB
 *   evaluator   string     the program; without it the installed one
 *   service     string     the socket of a moontapd, "/run/moontap.sock/io.moontap": it runs up and
 *                          down, by its own policy and state, and this process has no child
 *   local session <close> = assert(moontap.open{ policy = "policy.lua" })
 */
static int l_open(lua_State *L)
{
	struct moontap_options o = { .log = log_line };
	struct session *s;
	struct mtl_call *c;
	struct mt_err e = { 0 };

	lua_settop(L, 1);
	if (lua_isnil(L, 1)) {
		lua_newtable(L);
		lua_replace(L, 1);
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	check_names(L);
	s = lua_newuserdatauv(L, sizeof *s, 0);
	*s = (struct session){ 0 };
	luaL_setmetatable(L, SESSION);
	c = mtl_call(L);
	take_options(L, &o, c);
	o.data = s;
	if (mt_handle_open(&s->handle, &o, &e))
		return mtl_fail(L, &e);
	lua_pushvalue(L, 2);
	return 1;
}

void mtl_open_sessions(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "plan", l_session_plan },
		{ "up", l_session_up },
		{ "down", l_session_down },
		{ "hook", l_session_hook },
		{ "status", l_session_status },
		{ "close", l_session_close },
		{ NULL, NULL },
	};
	static const luaL_Reg meta[] = {
		{ "__gc", l_session_close },
		{ "__close", l_session_close },
		{ "__tostring", l_session_tostring },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, SESSION);
	luaL_setfuncs(L, meta, 0);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
	lua_pushcfunction(L, l_open);
	lua_setfield(L, -2, "open");
}
