/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* device_name.c - name the device of a NIC that decide() made unmanaged */
#include "domain/domain.h"
#include "policy/lua_state.h"

#include <errno.h>

/* core.device(index, dev) -> name | nil, why. The name is the policy's, @dev; or the document's; or
 * else derived from the domain and the MAC. */
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
		mt_names_derive(p->names, nic, name); /* the XML has no name: dev is a request's */
		edit.set_dev = true;
		edit.dev = name;
	}
	lua_pushstring(L, edit.set_dev ? edit.dev : mt_fact_text_at(nic, "dev"));
	return 1;
}
