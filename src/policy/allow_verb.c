/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* allow_verb.c - allow(): a policy's top level lists what plans may use beside the NIC's device */
#include "base/right.h"
#include "policy/lua_state.h"

/* No object of the host: it is a kind so that its fields are checked and printed like others. */
static const struct mt_kind allow = {
	.name = "allow",
	.fields = mt_rights,
	.nfields = MT_NFIELDS(mt_rights),
};

/***
 * allow{link = name, prefix = prefix, table = number or range}
 * Let plans use a device, or add addresses, routes and neighbours inside a prefix, or routes to
 * these routing tables, whatever a guest's XML asks for. Only at the top level; several calls add
 * up.
 *   allow{ link = "br0" }
 *   allow{ prefix = "10.0.0.0/8", table = 100 }
 *   allow{ table = "1000-1099" }
 */
int l_allow(lua_State *L)
{
	const struct mt_kind *const kinds[] = { &allow, NULL };
	struct mtl_record all = { .r.kind = &allow };
	char line[3 * MT_VALUE_TEXT + 64]; /* of one right, every byte escaped */

	if (!(mtl_policy(L)->phase & MTL_TOP))
		luaL_error(L, "allow: only at the top level of a policy");
	luaL_argcheck(L, lua_istable(L, 1), 1, "a table of fields expected");
	mtl_unknown(L, 1, "allow", kinds);
	mtl_take(L, 1, "allow", NULL, &all);
	for (int i = 0; i < allow.nfields; i++) {
		struct mt_record one = { .kind = &allow };
		size_t n;

		if (!mt_record_has(&all.r, i))
			continue;
		mt_record_put(&one, i, all.r.v[i]);
		n = mt_record_print(&one, 0, line, sizeof line - 1);
		line[n++] = '\n';
		mtl_say(L, line, n);
	}
	return 0;
}
