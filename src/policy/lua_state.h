/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lua_state.h - what the files of policy/ share: a policy's Lua state, its progress, its end
 *
 * Functions with a lua_State may raise (longjmp) unless they say otherwise. Their names begin with
 * mtl_; l_* are called by Lua itself.
 */
#ifndef MT_POLICY_LUA_STATE_H
#define MT_POLICY_LUA_STATE_H

#include "policy/policy.h"

#include <lauxlib.h>
#include <lua.h>

/* lua_newstate() and others have other parameters in 5.5; 5.3 has no lua_newuserdatauv(). */
#if LUA_VERSION_NUM != 504
#error "moontap needs Lua 5.4: its headers, library and luac"
#endif

struct mt_names;

#define MTL_AT	    512		 /* bytes of a "FILE:LINE"; of a longer one, the end is kept */
#define MTL_TEXT    1024	 /* bytes of a text for people; a longer one is cut */
#define MTL_RECORDS 16384	 /* that one event may declare */
#define MTL_ANSWER  (16ul << 20) /* bytes of all lines of one event */
#define MTL_MEMORY  (64ul << 20) /* bytes that a state may have unless told otherwise */

/* What runs now; it decides which verbs may be used. At a prompt all may. */
enum mtl_phase { MTL_TOP = 1, MTL_DECIDE = 2, MTL_CONNECT = 4, MTL_PROMPT = 7 };

struct mt_policy {
	struct mt_policy_options o;
	lua_State *L;
	size_t used;		     /* bytes that the state has */
	struct mt_pool pool;	     /* what was read for the call in progress */
	const struct mt_fact *facts; /* the guest that it is asked about */
	struct mt_names *names;	     /* of the devices in facts; NULL until l_device() needs them */
	struct mt_pool names_pool;
	enum mtl_phase phase;
	bool asked_host;	/* it asked for the host, there or not */
	bool other;		/* connect_other() runs: an error becomes the line `skip` */
	char path[MTL_AT - 16]; /* of the policy's file */
	size_t said, records;	/* bytes of lines, and records, so far */
	unsigned grants;	/* allow{ user = ... }, so far */
	char grant[16];		/* the word of the grant that a hook's options are; or "" */
	char place[MTL_AT];	/* that of the last line `at` */
	/* Once a policy has ended nothing runs any more: pcall passes the error on. */
	bool ended;
	enum mt_blame blame;
	int code; /* errno value */
	char at[MTL_AT], text[MTL_TEXT];
};

/* load_inside.c */

/**
 * mtl_load_inside() - load the chunk @name of @n bytes that is inside of the program [-0, +1]
 *
 * It is bytecode for this machine, or text where the machine that built the program has another
 * byte order. Either way the function has no lines in its errors.
 */
void mtl_load_inside(lua_State *L, const unsigned char *code, size_t n, const char *name);

/* self.c */

/** mtl_policy() - the policy of this state; never raises */
struct mt_policy *mtl_policy(lua_State *L);

/** mtl_own() - make the policy on the top of the stack, a userdata, that of the state [-1, +0] */
void mtl_own(lua_State *L);

/* open_policy.c */

/**
 * mtl_policy_here() - a policy in the state of trusted Lua, without limits [-0, +0]
 *
 * It replaces the state's policy before it, if any; the state's collector frees it. Its functions
 * may be called without mtl_run(); their caller then checks .ended.
 */
struct mt_policy *mtl_policy_here(lua_State *L, const struct mt_policy_options *o);

/* ending.c */

/**
 * mtl_run() - call @f protected, with @data as a light userdata; never raises
 *
 * Return: 0, or -errno after the line refuse, error or skip; a policy that has ended does not run.
 */
int mtl_run(struct mt_policy *p, lua_CFunction f, void *data, struct mt_err *e);

/** mtl_is_theirs() - whether a function on the stack is a policy's or hook's; fills @ar's Sl. Never
 * raises. */
bool mtl_is_theirs(lua_State *L, lua_Debug *ar);

/** mtl_where() - FILE:LINE of the innermost function of a policy or hook; "" when none runs.
 * Never raises. */
void mtl_where(lua_State *L, char at[static MTL_AT]);

/** mtl_end() - end the policy for good, here; does not return */
void mtl_end(lua_State *L, enum mt_blame blame, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), noreturn));

/** mtl_end_at() - mtl_end() with the place given */
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

/** mtl_say() - add a line, \n included, to the answer; one too long ends the policy [-0, +0] */
void mtl_say(lua_State *L, const char *line, size_t n);

/** mtl_token() - add " name=text" to a line, the text escaped */
void mtl_token(luaL_Buffer *b, const char *name, const char *text);

int l_say(lua_State *L);

/* fields.c */

struct mtl_record {
	struct mt_record r;
	const char *name[MT_FIELDS_MAX]; /* of a user or group, still to be looked up; or NULL */
	bool takes_defaults;
	uint32_t defaults; /* bit i: field i is default(...): it gives way */
};

/** mtl_unknown() - raise for a field of the table at @table that none of @kinds has [-0, +0] */
void mtl_unknown(lua_State *L, int table, const char *verb, const struct mt_kind *const *kinds);

/**
 * mtl_take() - read a table's fields into a record
 * @table:	its index
 * @verb:	for messages
 * @first:	a kind whose fields are left out; or NULL
 * @d:		kind and takes_defaults filled; the rest is added to
 *
 * Texts in @d are borrowed from the table, and sets of VLAN IDs from the stack
 * [-0, +1 for each set].
 */
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
 * mtl_facts_seen() - push facts as tables, to a number of levels [-0, +1]
 *
 * Each table below them is a light userdata, which l_expand() turns into a table when a policy
 * reads it: @f must live as long as the state.
 */
void mtl_facts_seen(lua_State *L, const struct mt_fact *f, unsigned levels);

/* core.expand(light userdata of mtl_facts_seen()) -> the table, of one level */
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
int l_granting(lua_State *L);
int l_tap(lua_State *L);

/* lease_verb.c */

int l_pool(lua_State *L);
int l_lease(lua_State *L);

#endif
