/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* allow_verb.c - the word with which a policy's top level says what plans may use beside the NIC */
#include "policy/lua_state.h"

static const struct mt_field fields[] = {
	{ .name = "link", .type = MT_LINK, .doc = "a device" },
	{ .name = "prefix",
	  .type = MT_PREFIX,
	  .doc = "addresses, routes and neighbours inside it" },
	{ .name = "table", .type = MT_UINT, .size = 4, .min = 1, .doc = "a routing table" },
};

/* Not a kind of the host's objects; but its fields are checked and printed as theirs are. */
static const struct mt_kind allow = {
	.name = "allow",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
};

/***
 * allow{link = name, prefix = prefix, table = number}
 * Let plans use a device, or add addresses, routes and neighbours inside a prefix or routing
 * table, whatever a guest's XML says. Only at the top level.
 *   allow{ link = "br0" }
 *   allow{ prefix = "10.0.0.0/8", table = 100 }
 */
int l_allow(lua_State *L)
{
	const struct mt_kind *const kinds[] = { &allow, NULL };
	struct mtl_record all = { .r.kind = &allow };
	char line[MT_VALUE_TEXT * 3 + 64];

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
