/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * repl_module.h - what the files of moontap-repl.so share
 *
 * It is a module of its own, since only the REPL needs libedit, and a guest's start must not pay
 * for it. The C half does what Lua cannot: the terminal, signals, the sandbox, the facts. The rest
 * is lua/moontap/repl/, compiled into the module, so that both halves always have one version.
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
