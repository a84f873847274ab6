/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* facts.c - facts as Lua tables; lua/moontap/sandbox.lua shows them read-only */
#include "domain/domain.h"
#include "policy/state.h"

#include <errno.h>

void mtl_facts(lua_State *L, const struct mt_fact *f)
{
	lua_Integer i = 0;

	luaL_checkstack(L, 3, "facts");
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
		lua_createtable(L, 0, (int)f->in.n);
		mt_fact_each (member, f) {
			mtl_facts(L, member);
			lua_setfield(L, -2, member->name);
		}
		return;
	case MT_FACT_ARRAY:
		lua_createtable(L, (int)f->in.n, 0);
		mt_fact_each (element, f) {
			mtl_facts(L, element);
			lua_rawseti(L, -2, ++i);
		}
		return;
	}
}

/* core.device(index, dev) -> name | nil, why: of a NIC that decide() made unmanaged. The policy's
 * name @dev, or what the document calls it, or else one made of the domain and the MAC. */
int l_device(lua_State *L)
{
	struct mt_policy *p = mtl_policy(L);
	const struct mt_fact *nic = mt_fact_get(p->facts, "nics")->in.first;
	const char *dev = lua_tostring(L, 2);
	char name[MT_DEV_SIZE];
	struct mt_edit edit;
	struct mt_err e;

	for (lua_Integer i = luaL_checkinteger(L, 1); i > 1; i--)
		nic = nic->next;
	if (!p->names)
		p->names = mt_names_new(p->facts, &p->names_pool);
	if (!p->names)
		mtl_end(L, MT_BLAME_LIMIT, ENOMEM, "out of memory");
	if (mt_domain_decide(p->names, nic, true, dev, name, &edit, &e)) {
		lua_pushnil(L);
		lua_pushstring(L, e.text);
		return 2;
	}
	if (!edit.set_dev && !dev && !mt_fact_at(nic, "target.dev")) {
		mt_names_derive(p->names, nic, name); /* its dev is only what the caller calls it */
		edit.set_dev = true;
		edit.dev = name;
	}
	lua_pushstring(L, edit.set_dev ? edit.dev : mt_fact_text_at(nic, "dev"));
	return 1;
}
