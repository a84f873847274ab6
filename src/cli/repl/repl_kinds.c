/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repl_kinds.c - the tables of kinds and of help texts, for Lua to complete, show and explain */
#include "cli/repl/repl_module.h"
#include "cli/topic.h"

#include <stdlib.h>
#include <string.h>

static void set(lua_State *L, const char *name, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, name);
}

static const char *type_in_lua(const struct mt_field *f)
{
	switch (f->type) {
	case MT_BOOL:
		return "boolean";
	case MT_UINT:
		return "integer";
	case MT_USER:
	case MT_GROUP:
	case MT_RANGE:
	case MT_VIDS:
		return "integer|string";
	default:
		return "string";
	}
}

static void push_field(lua_State *L, const struct mt_kind *k, int i)
{
	const struct mt_field *f = &k->fields[i];
	char expects[256];
	lua_Integer n = 0;

	lua_createtable(L, 0, 8);
	set(L, "name", f->name);
	set(L, "doc", f->doc);
	set(L, "type", type_in_lua(f));
	set(L, "expects", mt_value_expects(f, expects, sizeof expects));
	set_flag(L, "none", f->flags & MT_FIELD_NONE);
	set_flag(L, "key", i < k->nkeys);
	set_flag(L, "required", i < k->required);
	set_flag(L, "device", f->type == MT_LINK || (f->type == MT_NAME && i == k->device));
	lua_newtable(L);
	for (const struct mt_enum_name *w = f->enum_names; w && w->name; w++) {
		lua_pushstring(L, w->name);
		lua_rawseti(L, -2, ++n);
	}
	lua_setfield(L, -2, "words");
}

/* repl.kinds: an array of { name =, doc =, fields = { { name =, doc =, … }, … } } */
static void push_kinds(lua_State *L)
{
	lua_newtable(L);
	for (int i = 0; mt_kinds[i]; i++) {
		const struct mt_kind *k = mt_kinds[i];

		lua_createtable(L, 0, 4);
		set(L, "name", k->name);
		set(L, "doc", k->doc);
		lua_createtable(L, k->nfields, 0);
		for (int f = 0; f < k->nfields; f++) {
			push_field(L, k, f);
			lua_rawseti(L, -2, f + 1);
		}
		lua_setfield(L, -2, "fields");
		lua_rawseti(L, -2, i + 1);
	}
}

/* repl.topics: an array of { of =, name =, text = } */
static void push_topics(lua_State *L)
{
	lua_newtable(L);
	for (int i = 0; mt_topics[i].name; i++) {
		lua_createtable(L, 0, 3);
		set(L, "of", mt_topics[i].of);
		set(L, "name", mt_topics[i].name);
		set(L, "text", mt_topics[i].text);
		lua_rawseti(L, -2, i + 1);
	}
}

/* A text that C prints. __gc frees it, since pushing it to Lua may throw. */
struct text {
	char *at;
	size_t n;
};

static int l_free(lua_State *L)
{
	struct text *t = lua_touserdata(L, 1);

	free(t->at);
	t->at = NULL;
	return 0;
}

static struct text *new_text(lua_State *L)
{
	struct text *t = lua_newuserdatauv(L, sizeof *t, 0);

	*t = (struct text){ 0 };
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, l_free);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	return t;
}

/* repl.topic(word) -> text | nil, the nearest word */
static int l_topic(lua_State *L)
{
	const char *word = luaL_checkstring(L, 1);
	struct text *t = new_text(L);
	FILE *f = open_memstream(&t->at, &t->n);
	bool found;

	if (!f)
		return luaL_error(L, "not enough memory");
	found = mt_topic_print(word, true, f);
	if (fclose(f))
		return luaL_error(L, "not enough memory");
	if (found)
		return lua_pushlstring(L, t->at, t->n), 1;
	lua_pushnil(L);
	lua_pushstring(L, mt_topic_nearest(word, true));
	return 2;
}

void mt_repl_kinds(lua_State *L)
{
	push_kinds(L);
	lua_setfield(L, -2, "kinds");
	push_topics(L);
	lua_setfield(L, -2, "topics");
	lua_pushcfunction(L, l_topic);
	lua_setfield(L, -2, "topic");
}
