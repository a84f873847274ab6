/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lua_state.h - the inside of a policy: its Lua state, how far it is, how it ended
 *
 * Functions with a lua_State may raise (longjmp) unless they say otherwise. Their names begin with
 * mtl_; l_* are called by Lua itself.
 */
#ifndef MT_POLICY_LUA_STATE_H
#define MT_POLICY_LUA_STATE_H

#include "policy/policy.h"

#include <lauxlib.h>
#include <lua.h>

struct mt_names;

#define MTL_AT	    512		 /* bytes of a "FILE:LINE"; of a longer one, the end is kept */
#define MTL_TEXT    1024	 /* bytes of a text for people; a longer one is cut */
#define MTL_RECORDS 16384	 /* that one event may declare */
#define MTL_ANSWER  (16ul << 20) /* bytes that one event may say */
#define MTL_MEMORY  (64ul << 20) /* bytes that a state may have unless told otherwise */

/* What runs now; it decides which words may be used. At a prompt all may. */
enum mtl_phase { MTL_TOP = 1, MTL_DECIDE = 2, MTL_CONNECT = 4, MTL_PROMPT = 7 };

struct mt_policy {
	struct mt_policy_options o;
	lua_State *L;
	size_t used;		     /* bytes that the state has */
	struct mt_pool pool;	     /* what was read for the call in progress */
	const struct mt_fact *facts; /* what it is asked about */
	struct mt_names *names;	     /* the devices in them, once somebody wanted to know */
	struct mt_pool names_pool;
	enum mtl_phase phase;
	bool other;		/* it is asked about NICs that are libvirt's own */
	char path[MTL_AT - 16]; /* of the policy's file */
	size_t said, records;
	char place[MTL_AT]; /* the last one said */
	/* Once a policy has ended nothing runs any more: pcall passes the error on. */
	bool ended;
	enum mt_blame blame;
	int code; /* errno value */
	char at[MTL_AT], text[MTL_TEXT];
};

/* self.c */

/** mtl_policy() - whose state this is; never raises */
struct mt_policy *mtl_policy(lua_State *L);

/** mtl_own() - the state is that of the policy on the top of the stack, a userdata [-1, +0] */
void mtl_own(lua_State *L);

/* open_policy.c */

/**
 * mtl_policy_here() - a policy in a state that is not its own: trusted Lua, without limits
 *
 * It is the state's, in place of the one before; nothing but the names of words is shared with what
 * else runs there. Its functions are called as any other, and who calls them looks at @ended.
 */
struct mt_policy *mtl_policy_here(lua_State *L, const struct mt_policy_options *o);

/* ending.c */

/**
 * mtl_run() - call @f protected, with @data as a light userdata; never raises
 *
 * Return: 0, or -errno after the refuse or error line was said; a policy that has ended is not run.
 */
int mtl_run(struct mt_policy *p, lua_CFunction f, void *data, struct mt_err *e);

/** mtl_where() - FILE:LINE of the innermost function of a policy or hook; "" when none runs.
 * Never raises. */
void mtl_where(lua_State *L, char at[static MTL_AT]);

/** mtl_end() - end the policy for good, here; does not return */
void mtl_end(lua_State *L, enum mt_blame blame, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), noreturn));

/** mtl_end_at() - the same, with the place given */
void mtl_end_at(lua_State *L, const char *at, enum mt_blame blame, int code, const char *fmt, ...)
	__attribute__((format(printf, 5, 6), noreturn));

int l_refuse(lua_State *L);
int l_fail(lua_State *L);

/* show.c */

/** mtl_push_text() - a value as tostring() shows it to a policy [-0, +1] */
void mtl_push_text(lua_State *L, int i);

int l_format(lua_State *L);

/* sandbox.c */

/** mtl_open_sandbox() - the libraries, and the functions of lua/moontap/ [-0, +0] */
void mtl_open_sandbox(lua_State *L);

/** mtl_core() - push the table that the files of lua/moontap/ share [-0, +1] */
void mtl_core(lua_State *L);

/** mtl_sandbox() - push a function of lua/moontap/ by its name [-0, +1] */
void mtl_sandbox(lua_State *L, const char *name);

/* compile.c */

/** mtl_compile() - a chunk of text, with the table on the top of the stack as its environment
 * [-1, +1] */
void mtl_compile(lua_State *L, const char *text, size_t n, const char *path);

/* say.c */

/** mtl_say() - say a line, \n included; too many end the policy [-0, +0] */
void mtl_say(lua_State *L, const char *line, size_t n);

/** mtl_token() - add " name=text" to a line, the text escaped */
void mtl_token(luaL_Buffer *b, const char *name, const char *text);

int l_say(lua_State *L);

/* fields.c */

struct mtl_record {
	struct mt_record r;
	const char *name[MT_FIELDS_MAX]; /* of a user or group: looked up by who has the right to */
	bool takes_defaults;
	uint32_t defaults; /* bit i: field i is default(...): it gives way */
};

/** mtl_unknown() - raise for a field of the table at @table that none of @kinds has [-0, +0] */
void mtl_unknown(lua_State *L, int table, const char *verb, const struct mt_kind *const *kinds);

/** mtl_take() - put the fields that @d's kind has, and @first (or NULL) has not, into @d; texts are
 * borrowed from the table, and sets of VLAN IDs from the stack [-0, +1 for each such field] */
void mtl_take(lua_State *L, int table, const char *verb, const struct mt_kind *first,
	      struct mtl_record *d);

int l_default(lua_State *L);
int l_meant(lua_State *L);
int l_misfit(lua_State *L);
int l_fields(lua_State *L);
int l_not_yet(lua_State *L);

/** mtl_push() - push a record as a table [-0, +1] */
void mtl_push(lua_State *L, const struct mt_record *r);

/** mtl_raise() - raise what @e says; does not return */
void mtl_raise(lua_State *L, const struct mt_err *e) __attribute__((noreturn));

/* lua_facts.c */

/** mtl_facts() - push facts as plain tables [-0, +1] */
void mtl_facts(lua_State *L, const struct mt_fact *f);

/**
 * mtl_facts_seen() - the same, but only so many levels of tables; each table below them is a light
 * userdata, of which lua/moontap/sandbox.lua makes a table when somebody looks at it: @f must live
 * as long as the state [-0, +1]
 */
void mtl_facts_seen(lua_State *L, const struct mt_fact *f, unsigned levels);

/* core.expand(what stands for a table) -> the table, of one level */
int l_expand(lua_State *L);

int l_device(lua_State *L);

/* libraries.c, base.c, verbs.c, host_reads.c, allow_verb.c: what they add to the table on the top
 * of the stack [-0, +0] */

void mtl_libraries(lua_State *L);
void mtl_base_library(lua_State *L);
void mtl_base(lua_State *L);
void mtl_verbs(lua_State *L);
void mtl_host(lua_State *L);
int l_allow(lua_State *L);
int l_tap(lua_State *L);

#endif
