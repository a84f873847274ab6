/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * repl_module.h - what the files of moontap-repl.so share
 *
 * A module of its own, since only the REPL needs libedit, and since nothing of it shall cost a
 * guest's start. The C half has what Lua cannot do: the terminal, signals, the sandbox, the facts.
 * The rest is lua/moontap/repl/, compiled into the module: it is of one version with the C half,
 * and no search path leads to another.
 */
#ifndef MT_CLI_REPL_REPL_MODULE_H
#define MT_CLI_REPL_REPL_MODULE_H

#include "cli/cli.h"

#include <lauxlib.h>
#include <lua.h>

/* What each file adds to the table on the top of the stack [-0, +0]. */
void mt_repl_edit(lua_State *L);
void mt_repl_history(lua_State *L);
void mt_repl_policy(lua_State *L, const struct mt_cli *c);
void mt_repl_kinds(lua_State *L);
void mt_repl_replay(lua_State *L, const struct mt_cli *c);

#endif
