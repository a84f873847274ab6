/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* push.c - records and steps as tables */
#include "binding/binding.h"

#include <string.h>

void mtl_record_push(lua_State *L, const struct mt_record *r)
{
	char class[40];

	mtl_push(L, r);
	snprintf(class, sizeof class, "moontap.%s", r->kind->name);
	luaL_newmetatable(L, class);
	lua_setmetatable(L, -2);
}

static void push_part(lua_State *L, const struct mt_record *r, bool keys)
{
	const struct mt_kind *k = r->kind;
	struct mt_record part = { .kind = k };

	for (int i = keys ? 0 : k->nkeys; i < (keys ? k->nkeys : k->nfields); i++)
		if (mt_record_has(r, i))
			mt_record_put(&part, i, r->v[i]);
	mtl_record_push(L, &part);
}

/* A table with what a record is and has; it stays on the stack. */
static void begin_step(lua_State *L, const char *op, const struct mt_record *put)
{
	char text[2 * MT_LINE_MAX];

	mtl_table(L, "moontap.step");
	mtl_string(L, "op", op);
	mtl_string(L, "kind", put->kind->name);
	mtl_string(L, "object", mt_record_subject(put, text, sizeof text));
	push_part(L, put, true);
	lua_setfield(L, -2, "key");
	push_part(L, put, false);
	lua_setfield(L, -2, "put");
}

static void end_step(lua_State *L, const char *command, const char *place, bool shared)
{
	mtl_string(L, "command", command);
	mtl_string(L, "place", place);
	if (shared) {
		lua_pushboolean(L, true);
		lua_setfield(L, -2, "shared");
	}
}

void mtl_step_push(lua_State *L, const struct mt_step *s)
{
	char text[2 * MT_LINE_MAX];

	begin_step(L, mt_op_name(s->op), &s->put);
	if (s->op == MT_CHANGE && s->was.kind) {
		push_part(L, &s->was, false);
		lua_setfield(L, -2, "was");
	}
	end_step(L, mt_result_command(s, text, sizeof text), s->place, s->shared);
}

void mtl_steps_push(lua_State *L, const struct mt_steps *steps)
{
	size_t n = steps ? steps->n : 0;

	lua_createtable(L, (int)n, 0);
	for (size_t i = 0; i < n; i++) {
		mtl_step_push(L, &steps->at[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

void mtl_faces_push(lua_State *L, const struct moontap_step *const *steps, struct mt_pool *p)
{
	struct mt_record put;
	struct mt_err ignored;
	lua_Integer n = 0;

	lua_newtable(L);
	for (; *steps; steps++) {
		const struct moontap_step *s = *steps;
		char *line = mt_pool_copy(p, s->record, strlen(s->record));

		if (!line || mt_record_read(mt_kinds, line, &put, p, &ignored))
			continue; /* of a kind of a newer service's */
		begin_step(L, s->op, &put);
		end_step(L, s->command, s->place, s->shared);
		lua_rawseti(L, -2, ++n);
	}
}
