/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* results.c - the outcome of an event, and the log lines during it, as tables */
#include "binding/binding.h"

#include <string.h>

void mtl_line_add(struct mtl_lines *lines, int level, const char *text)
{
	struct mtl_line *l = mt_pool_alloc(lines->pool, sizeof *l);

	if (!l)
		return;
	*l = (struct mtl_line){ .level = level,
				.text = mt_pool_copy(lines->pool, text, strlen(text)) };
	*(lines->n++ ? lines->end : &lines->first) = l;
	lines->end = &l->next;
}

static void push_undone(lua_State *L, const struct mt_outcome *o, const struct mt_outcome_nic *n)
{
	lua_Integer at = 0;
	struct mt_step shown;

	lua_newtable(L);
	for (size_t i = 0; mt_outcome_undone(o, n, &i, &shown);) {
		mtl_step_push(L, &shown);
		lua_rawseti(L, -2, ++at);
	}
}

/* Of a run that a service did, only the face is there. */
static void push_nic(lua_State *L, const struct mt_result *r, size_t i, struct mt_pool *p)
{
	const struct moontap_nic *face = r->face.nics[i];
	const struct mt_outcome_nic *n = i < r->inside.n ? &r->inside.nics[i] : NULL;

	mtl_table(L, "moontap.nic");
	lua_pushinteger(L, face->index);
	lua_setfield(L, -2, "index");
	lua_pushboolean(L, face->unmanaged);
	lua_setfield(L, -2, "unmanaged");
	mtl_string(L, "type", face->type);
	mtl_string(L, "mac", face->mac);
	mtl_string(L, "dev", face->dev);
	mtl_string(L, "decision", face->decision);
	mtl_string(L, "note", face->note);
	if (n)
		mtl_steps_push(L, n->steps);
	else
		mtl_faces_push(L, face->steps, p);
	lua_setfield(L, -2, "steps");
	if (n)
		push_undone(L, &r->inside, n);
	else
		mtl_faces_push(L, face->undone, p);
	lua_setfield(L, -2, "undone");
}

static void push_log(lua_State *L, const struct mtl_lines *log)
{
	static const char *const levels[] = { "error",	 "error",  "error", "error",
					      "warning", "notice", "info",  "debug" };
	lua_Integer i = 0;

	lua_newtable(L);
	for (const struct mtl_line *l = log->first; l; l = l->next) {
		lua_createtable(L, 0, 2);
		mtl_string(L, "level", levels[l->level & 7]);
		mtl_string(L, "text", l->text);
		lua_rawseti(L, -2, ++i);
	}
	lua_setfield(L, -2, "log");
}

void mtl_outcome_push(lua_State *L, const struct mtl_lines *log, const struct mt_result *r)
{
	mtl_table(L, "moontap.outcome");
	mtl_string(L, "name", r->face.name);
	mtl_string(L, "uuid", r->face.uuid);
	lua_pushboolean(L, r->inside.dry);
	lua_setfield(L, -2, "dry");
	lua_pushinteger(L, r->inside.left);
	lua_setfield(L, -2, "left");
	if (r->inside.xml) {
		lua_pushlstring(L, r->inside.xml, r->inside.xml_n);
		lua_setfield(L, -2, "xml");
	}
	lua_newtable(L);
	for (size_t i = 0; r->face.nics[i]; i++) {
		push_nic(L, r, i, log->pool);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "nics");
	push_log(L, log);
}
