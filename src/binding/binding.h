/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * binding.h - what the files of moontap.core share
 *
 * moontap.core is the C half of `require "moontap"`, for trusted Lua programs. Policies run
 * elsewhere (policy/), in the sandbox of a child.
 *
 * Between acquiring a C resource and giving it to a userdata there is no call of Lua. A userdata of
 * its own owns what a call builds, since Lua may throw at any time, and since a finaliser may call
 * moontap while the results of another call are being pushed.
 */
#ifndef MT_BINDING_BINDING_H
#define MT_BINDING_BINDING_H

#include "engine/handle.h"
#include "policy/lua_state.h"

/* What one call of a Lua function builds; freed when the function returns or throws. */
struct mtl_call {
	struct mt_pool pool;
	struct mt_host *kernel;
	struct moontap *handle;
	struct moontap_outcome *outcome;
	struct mt_outcome inside;
};

/** mtl_call() - push a call's userdata, to be closed when the function ends [-0, +1] */
struct mtl_call *mtl_call(lua_State *L);

/** mtl_kernel() - the call's netlink handle, owned by the call. Return: NULL with @e filled. */
struct mt_host *mtl_kernel(struct mtl_call *c, struct mt_err *e);

/** mtl_fail() - push nil and an error object; returns 2 [-0, +2] */
int mtl_fail(lua_State *L, const struct mt_err *e);

/** mtl_record_push() - a record as a table that knows its kind [-0, +1] */
void mtl_record_push(lua_State *L, const struct mt_record *r);

/** mtl_steps_push() - an array of steps [-0, +1] */
void mtl_steps_push(lua_State *L, const struct mt_steps *steps);

/** mtl_step_push() - a step as a table [-0, +1] */
void mtl_step_push(lua_State *L, const struct mt_step *s);

/** mtl_faces_push() - an array of steps, of which only the texts are known, without `was` [-0, +1]
 * @p:		for what is read of them */
void mtl_faces_push(lua_State *L, const struct moontap_step *const *steps, struct mt_pool *p);

/* Lines that are collected while no Lua may run. */
struct mtl_lines {
	struct mt_pool *pool;
	struct mtl_line {
		struct mtl_line *next;
		int level;
		const char *text;
	} * first, **end;
	size_t n;
};

/** mtl_line_add() - append a line, or without memory drop it; never raises */
void mtl_line_add(struct mtl_lines *lines, int level, const char *text);

/** mtl_outcome_push() - an outcome with its log [-0, +1] */
void mtl_outcome_push(lua_State *L, const struct mtl_lines *log, const struct mt_result *r);

/** mtl_string() - set a field of the table on the top; NULL and "" set none [-0, +0] */
void mtl_string(lua_State *L, const char *name, const char *value);

/** mtl_table() - push an empty table of a class; core.class(@name) is its metatable [-0, +1] */
void mtl_table(lua_State *L, const char *name);

/** mtl_xml() - put the argument with XML, a string or an open file, into @ev, which borrows it */
void mtl_xml(lua_State *L, int arg, struct moontap_event *ev);

/** mtl_option() - the one option that the table at @arg may have; no table: false */
bool mtl_option(lua_State *L, int arg, const char *name);

/** luaopen_moontap_core() - open the module: the one symbol of core.so; the REPL has it built in */
__attribute__((visibility("default"))) int luaopen_moontap_core(lua_State *L);

/* Each adds its file's functions and classes to the module's table on the top [-0, +0]. */
void mtl_open_calls(lua_State *L);
void mtl_open_errors(lua_State *L);
void mtl_open_kinds(lua_State *L);
void mtl_open_taps(lua_State *L);
void mtl_open_domains(lua_State *L);
void mtl_open_sessions(lua_State *L);

#endif
