/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domain.c - src/domain for the specs: internals.domain
 *
 * read(xml, options)            facts, or nil and the error's line
 * rewrite(xml, edits, options)  the new document, or false when nothing changes; or nil, error
 * decide(xml, index, unmanaged, dev)  an edit for rewrite(), or nil, error
 * validate(rng, xml)            true, or nil, error
 * note(xml, index)              what libvirt's schema would refuse in a NIC, or nil
 * print(xml, options)           facts as text
 * parse(text)                   the text of the facts that were parsed from text, or nil, error
 * generated(dev, prefix)
 * rows()                        the inventory: each { element, attribute, fact, load, is = "enum" }
 *
 * options: inactive, prefix, name, limit (bytes that the facts may take), libvirt ("9.0": by its
 * rules), vocabulary
 */
#include "domain/domain.h"
#include "domain/element.h"
#include "domain/interface.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* What a call needs and gives back; the collector closes it when Lua throws in between. */
struct call {
	struct mt_pool pool;
	struct mt_domain_options o;
	struct mt_edit *edits;
	size_t nedits;
	char *out;
	struct mt_err e;
};

static int call_gc(lua_State *L)
{
	struct call *c = lua_touserdata(L, 1);

	mt_pool_free(&c->pool);
	free(c->out);
	free(c->edits);
	c->out = NULL;
	c->edits = NULL;
	return 0;
}

static struct call *call_new(lua_State *L, int options)
{
	struct call *c = lua_newuserdatauv(L, sizeof *c, 0);

	memset(c, 0, sizeof *c);
	luaL_setmetatable(L, "internals.domain.call");
	if (lua_istable(L, options)) {
		lua_getfield(L, options, "inactive");
		c->o.inactive = lua_toboolean(L, -1);
		lua_getfield(L, options, "prefix");
		c->o.prefix = lua_tostring(L, -1);
		lua_getfield(L, options, "name");
		c->o.name = lua_tostring(L, -1);
		lua_getfield(L, options, "libvirt");
		c->o.libvirt = lua_isnil(L, -1) ? 0 : mt_libvirt_parse(luaL_checkstring(L, -1));
		lua_getfield(L, options, "vocabulary");
		c->o.vocabulary = lua_toboolean(L, -1);
		lua_getfield(L, options, "limit");
		c->pool.limit = lua_tointeger(L, -1);
	}
	return c;
}

static int failed(lua_State *L, const struct call *c)
{
	char line[1024];

	lua_pushnil(L);
	lua_pushstring(L, mt_err_line(&c->e, line, sizeof line));
	return 2;
}

static void push(lua_State *L, const struct mt_fact *f)
{
	lua_Integer i = 0;

	luaL_checkstack(L, 4, "facts");
	switch (f->type) {
	case MT_FACT_STRING:
		lua_pushstring(L, f->string);
		return;
	case MT_FACT_INTEGER:
		lua_pushinteger(L, f->integer);
		return;
	case MT_FACT_BOOLEAN:
		lua_pushboolean(L, f->boolean);
		return;
	case MT_FACT_OBJECT:
	case MT_FACT_ARRAY:
		break;
	}
	lua_newtable(L);
	mt_fact_each (m, f) {
		push(L, m);
		if (f->type == MT_FACT_OBJECT)
			lua_setfield(L, -2, m->name);
		else
			lua_rawseti(L, -2, ++i);
	}
}

static int read_facts(lua_State *L, struct call *c, struct mt_fact **facts)
{
	size_t n;
	const char *xml = luaL_checklstring(L, 1, &n);

	return mt_domain_read(&mt_xml_module, xml, n, &c->o, &c->pool, facts, &c->e);
}

static int l_read(lua_State *L)
{
	struct call *c = call_new(L, 2);
	struct mt_fact *facts;

	if (read_facts(L, c, &facts))
		return failed(L, c);
	push(L, facts);
	return 1;
}

static int push_text(lua_State *L, const struct mt_fact *facts)
{
	size_t n = mt_fact_print(facts, NULL, 0);
	char *buf = lua_newuserdatauv(L, n + 1, 0);

	mt_fact_print(facts, buf, n + 1);
	lua_pushlstring(L, buf, n);
	return 1;
}

static int l_print(lua_State *L)
{
	struct call *c = call_new(L, 2);
	struct mt_fact *facts;

	return read_facts(L, c, &facts) ? failed(L, c) : push_text(L, facts);
}

static int l_parse(lua_State *L)
{
	struct call *c = call_new(L, 2);
	struct mt_fact *facts;
	size_t n;
	const char *text = luaL_checklstring(L, 1, &n);

	if (mt_fact_parse(text, n, &c->pool, &facts, &c->e))
		return failed(L, c);
	return push_text(L, facts);
}

/* { index=, managed="yes"|"no"|false (unset), dev=name|false (gone) } */
static void get_edit(lua_State *L, struct mt_edit *edit)
{
	const char *managed;

	lua_getfield(L, -1, "index");
	edit->index = lua_tointeger(L, -1);
	lua_pop(L, 1);
	lua_getfield(L, -1, "managed");
	managed = lua_tostring(L, -1);
	if (managed)
		edit->managed = *managed == 'y' ? MT_EDIT_YES : MT_EDIT_NO;
	else if (!lua_isnil(L, -1))
		edit->managed = MT_EDIT_UNSET;
	lua_pop(L, 1);
	lua_getfield(L, -1, "dev");
	edit->set_dev = !lua_isnil(L, -1);
	edit->dev = lua_tostring(L, -1); /* the table keeps it */
	lua_pop(L, 1);
}

static int l_rewrite(lua_State *L)
{
	size_t n, out_n;
	const char *xml = luaL_checklstring(L, 1, &n);
	struct call *c = call_new(L, 3);

	if (lua_istable(L, 2)) {
		c->nedits = lua_rawlen(L, 2);
		c->edits = calloc(c->nedits + 1, sizeof *c->edits);
		for (size_t i = 0; i < c->nedits; i++) {
			lua_rawgeti(L, 2, i + 1);
			get_edit(L, &c->edits[i]);
			lua_pop(L, 1);
		}
	}
	if (mt_domain_rewrite(&mt_xml_module, xml, n, &c->o, c->edits, c->nedits, &c->out, &out_n,
			      &c->e))
		return failed(L, c);
	if (c->out)
		lua_pushlstring(L, c->out, out_n);
	else
		lua_pushboolean(L, 0);
	return 1;
}

static const struct mt_fact *nic_at(const struct mt_fact *facts, lua_Integer index)
{
	const struct mt_fact *nics = mt_fact_get(facts, "nics");

	mt_fact_each (nic, nics)
		if (!--index)
			return nic;
	return NULL;
}

static int l_decide(lua_State *L)
{
	static const char *const words[] = { NULL, NULL, "yes", "no" };
	const char *dev = luaL_optstring(L, 4, NULL);
	struct call *c = call_new(L, 6); /* no options */
	struct mt_fact *facts;
	const struct mt_fact *nic;
	struct mt_edit edit;
	char name[MT_DEV_SIZE];

	if (read_facts(L, c, &facts))
		return failed(L, c);
	nic = nic_at(facts, luaL_checkinteger(L, 2));
	luaL_argcheck(L, nic, 2, "no such NIC");
	if (mt_domain_decide(mt_names_new(facts, &c->pool), nic, lua_toboolean(L, 3), dev, name,
			     &edit, &c->e))
		return failed(L, c);
	lua_newtable(L);
	lua_pushinteger(L, edit.index);
	lua_setfield(L, -2, "index");
	if (edit.managed == MT_EDIT_UNSET)
		lua_pushboolean(L, 0);
	else
		lua_pushstring(L, words[edit.managed]);
	lua_setfield(L, -2, "managed");
	lua_pushstring(L, edit.set_dev ? edit.dev : NULL);
	lua_setfield(L, -2, "dev");
	return 1;
}

static int l_validate(lua_State *L)
{
	size_t n;
	const char *rng = luaL_checkstring(L, 1), *xml = luaL_checklstring(L, 2, &n);
	struct call *c = call_new(L, 3);

	void *schema = mt_domain_schema_open(&mt_xml_module, rng, &c->e);
	int err = schema ? mt_domain_validate(&mt_xml_module, schema, xml, n, &c->o, &c->e) : -1;

	mt_domain_schema_close(&mt_xml_module, schema);
	if (err)
		return failed(L, c);
	lua_pushboolean(L, 1);
	return 1;
}

static int l_note(lua_State *L)
{
	struct call *c = call_new(L, 3);
	struct mt_fact *facts;
	const struct mt_fact *nic;

	if (read_facts(L, c, &facts))
		return failed(L, c);
	nic = nic_at(facts, luaL_checkinteger(L, 2));
	luaL_argcheck(L, nic, 2, "no such NIC");
	lua_pushstring(L, mt_domain_schema_note(nic));
	return 1;
}

static int l_generated(lua_State *L)
{
	lua_pushboolean(L, mt_domain_generated(luaL_checkstring(L, 1), luaL_optstring(L, 2, NULL)));
	return 1;
}

static int l_rows(lua_State *L)
{
	static const char *const is[] = {
		[MT_ATTR_TEXT] = "text",	 [MT_ATTR_ENUM] = "enum",
		[MT_ATTR_ENUM_ANY] = "enum any", [MT_ATTR_YES_NO] = "yes no",
		[MT_ATTR_ON_OFF] = "on off",	 [MT_ATTR_UINT] = "uint",
		[MT_ATTR_INT] = "int",		 [MT_ATTR_INT64] = "int64",
		[MT_ATTR_UUID] = "uuid",	 [MT_ATTR_MAC] = "mac",
		[MT_ATTR_PATH] = "path",
	};

	lua_createtable(L, (int)mt_inventory_n, 0);
	for (size_t i = 0; i < mt_inventory_n; i++) {
		const struct mt_attr_row *row = &mt_inventory[i];

		lua_newtable(L);
		lua_pushstring(L, row->element);
		lua_setfield(L, -2, "element");
		lua_pushstring(L, row->attribute);
		lua_setfield(L, -2, "attribute");
		lua_pushstring(L, row->fact);
		lua_setfield(L, -2, "fact");
		lua_pushboolean(L, row->flags & MT_LOAD);
		lua_setfield(L, -2, "load");
		lua_pushboolean(L, row->flags & MT_FORGIVEN);
		lua_setfield(L, -2, "forgiven");
		lua_pushstring(L, is[row->type]);
		lua_setfield(L, -2, "is");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

int luaopen_internals_domain(lua_State *L);
int luaopen_internals_domain(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "read", l_read },	      { "print", l_print },
		{ "parse", l_parse },	      { "rewrite", l_rewrite },
		{ "decide", l_decide },	      { "validate", l_validate },
		{ "generated", l_generated }, { "note", l_note },
		{ "rows", l_rows },	      { NULL, NULL },
	};

	luaL_newmetatable(L, "internals.domain.call");
	lua_pushcfunction(L, call_gc);
	lua_setfield(L, -2, "__gc");
	luaL_newlib(L, functions);
	return 1;
}
