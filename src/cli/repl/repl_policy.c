/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * repl_policy.c - the policy in the REPL's own state, and the guest that it is asked about
 *
 * The XML is still parsed by the evaluator, and the policy's files are opened and checked as for
 * the evaluator.
 */
#include "binding/binding.h"
#include "cli/repl/repl_module.h"
#include "domain/facts.h"
#include "evaluator/policy_files.h"
#include "base/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE "moontap.repl.place"

/* All that the functions below keep between two calls. */
struct place {
	const char *policy;
	bool optional;
	const char *hooks[4];
	char own_hooks[PATH_MAX];
	struct mt_files files;
	struct mt_pool texts; /* of those files */
	struct mt_host *host;
	struct mt_policy *asked; /* the state's policy; Lua owns it */
	struct mt_pool facts;	 /* of the guest */
	const struct mt_fact *guest;
	char *said; /* the policy's lines since the last repl.said() */
	size_t n, room;
};

static struct place *place_of(lua_State *L)
{
	return lua_touserdata(L, lua_upvalueindex(1));
}

/* --- what the evaluator gets from its parent: files, the kernel, a place for its answer ------- */

static void close_files(struct place *p)
{
	int fds[MT_FILES_MAX + 1];
	unsigned n = mt_files_descriptors(&p->files, fds);

	for (unsigned i = 0; i < n; i++)
		close(fds[i]);
	mt_pool_free(&p->files.pool);
	mt_pool_free(&p->texts);
	memset(&p->files, 0, sizeof p->files);
	p->files.policy.fd = -1;
}

static int l_close(lua_State *L)
{
	struct place *p = lua_touserdata(L, 1);

	close_files(p);
	mt_host_close(p->host);
	mt_pool_free(&p->facts);
	free(p->said);
	p->host = NULL;
	p->said = NULL;
	p->n = p->room = 0;
	return 0;
}

static int hook_text(void *data, const char *name, const char **text, size_t *n, const char **path,
		     struct mt_err *e)
{
	struct place *p = data;

	return mt_files_hook(&p->files, name, text, n, path, &p->texts, e);
}

static int say(void *data, const char *line, size_t n)
{
	struct place *p = data;

	if (p->n + n > p->room) {
		size_t room = 2 * (p->n + n);
		char *more = realloc(p->said, room);

		if (!more)
			return -ENOMEM;
		p->said = more;
		p->room = room;
	}
	memcpy(p->said + p->n, line, n);
	p->n += n;
	return 0;
}

/* --- the policy ------------------------------------------------------------------------------- */

/* repl.sandbox() -> the table that lua/moontap/sandbox.lua and others filled: environment(), … */
static int l_sandbox(lua_State *L)
{
	struct place *p = place_of(L);

	p->asked = mtl_policy_here(
		L,
		&(struct mt_policy_options){ .host = p->host,
					     .sysctl_read_only = mt_sysctl_read_only(),
					     .bridge_netfilter = mt_bridge_netfilter(),
					     .hook = hook_text,
					     .say = say,
					     .data = p });
	p->asked->facts = p->guest;
	mtl_core(L);
	return 1;
}

/* repl.policy() -> text, path | nothing: there is none | false, err */
static int l_policy(lua_State *L)
{
	struct place *p = place_of(L);
	struct mt_err e = { 0 };
	const char *text;
	size_t n;

	close_files(p);
	if (mt_files_open(&p->files, p->policy, p->optional, p->hooks, &e) ||
	    (p->files.policy.fd >= 0 &&
	     mt_files_read(&p->files, &p->files.policy, &text, &n, &p->texts, &e))) {
		mtl_fail(L, &e);
		lua_pushboolean(L, false);
		lua_replace(L, -3);
		return 2;
	}
	if (p->files.policy.fd < 0)
		return 0;
	lua_pushlstring(L, text, n);
	lua_pushstring(L, p->files.policy.path);
	return 2;
}

/* repl.stamp(path) -> a text that changes when the file does */
static int l_stamp(lua_State *L)
{
	struct stat st;

	if (stat(luaL_checkstring(L, 1), &st))
		lua_pushliteral(L, "none");
	else
		lua_pushfstring(L, "%I.%I %I %I", (LUAI_UACINT)st.st_mtim.tv_sec,
				(LUAI_UACINT)st.st_mtim.tv_nsec, (LUAI_UACINT)st.st_size,
				(LUAI_UACINT)st.st_ino);
	return 1;
}

/* repl.said() -> what was declared, allowed and logged since the last call, in policy.h's lines */
static int l_said(lua_State *L)
{
	struct place *p = place_of(L);

	lua_pushlstring(L, p->said ? p->said : "", p->n);
	p->n = p->asked->said = p->asked->records = 0;
	*p->asked->place = 0;
	return 1;
}

/* repl.ended() -> why the policy ended: text, place, refused | nothing: it has not. What the policy
 * raised has none of these. The policy can be asked again afterwards. */
static int l_ended(lua_State *L)
{
	struct mt_policy *p = place_of(L)->asked;

	if (!p || !p->ended)
		return 0;
	p->ended = false;
	lua_pushstring(L, p->text);
	lua_pushstring(L, p->at);
	lua_pushboolean(L, p->blame == MT_BLAME_REFUSED);
	return 3;
}

/* --- the guest -------------------------------------------------------------------------------- */

static int read_facts(struct place *p, struct mtl_call *c, const char *xml, size_t n,
		      const char *name, struct mt_err *e)
{
	struct mt_event_params ask = { .request.want = MT_WANT_FACTS,
				       .request.source = {
					       .fd = -1, .bytes = xml, .n = n, .name = name } };
	struct mt_fact *root;

	if (mt_handle_open(&c->handle, &(struct moontap_options){ 0 }, e) ||
	    mt_connect(&c->handle->engine, &ask, &c->inside, e))
		return -e->code;
	p->guest = NULL;
	mt_pool_free(&p->facts);
	if (mt_fact_parse(c->inside.facts, c->inside.facts_n, &p->facts, &root, e))
		return -e->code;
	p->guest = root;
	return 0;
}

/* repl.guest(xml, name) -> facts | nil, err: set the guest that the policy is asked about */
static int l_guest(lua_State *L)
{
	struct place *p = place_of(L);
	struct mt_err e = { 0 };
	struct mtl_call *c;
	const char *xml;
	size_t n;
	int err;

	xml = luaL_checklstring(L, 1, &n);
	luaL_checkstring(L, 2);
	lua_settop(L, 2);
	c = mtl_call(L);
	err = read_facts(p, c, xml, n, lua_tostring(L, 2), &e);
	if (p->asked)
		p->asked->facts = p->guest;
	if (err)
		return mtl_fail(L, &e);
	mtl_facts(L, p->guest);
	return 1;
}

static void push_place(lua_State *L, const struct mt_cli *c)
{
	struct place *p = lua_newuserdatauv(L, sizeof *p, 0);
	struct mt_err e;
	int n = 0;

	memset(p, 0, sizeof *p);
	p->files.policy.fd = -1;
	if (luaL_newmetatable(L, PLACE)) {
		lua_pushcfunction(L, l_close);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	p->policy = c->policy ? c->policy : MT_DEFAULT_POLICY;
	p->optional = !c->policy;
	if (c->hooks)
		p->hooks[n++] = c->hooks;
	p->hooks[n++] = MT_DEFAULT_HOOKS;
	mt_path_installed("share/moontap/hooks", p->own_hooks);
	p->hooks[n] = p->own_hooks;
	if (mt_host_open(&p->host, &e))
		luaL_error(L, "%s: %s", e.op, e.text);
}

void mt_repl_policy(lua_State *L, const struct mt_cli *c)
{
	static const luaL_Reg functions[] = {
		{ "sandbox", l_sandbox }, { "policy", l_policy }, { "stamp", l_stamp },
		{ "said", l_said },	  { "ended", l_ended },	  { "guest", l_guest },
		{ NULL, NULL },
	};

	lua_pushstring(L, c->policy ? c->policy : MT_DEFAULT_POLICY);
	lua_setfield(L, -2, "policy_path");
	push_place(L, c);
	luaL_setfuncs(L, functions, 1);
}
