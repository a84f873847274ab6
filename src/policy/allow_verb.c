/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* allow_verb.c - allow(): a policy's top level lists what plans may use beside the NIC's device,
 * and who beside root may have plans */
#include "base/right.h"
#include "policy/lua_state.h"

#include <stdio.h>

/* No object of the host: it is a kind so that its fields are checked and printed like others. */
static const struct mt_kind allow = {
	.name = "allow",
	.fields = mt_rights,
	.nfields = MT_NFIELDS(mt_rights),
};

enum { USER, DEV };

static const struct mt_field grant_fields[] = {
	[USER] = { MT_RIGHT_USER, MT_TEXT, .doc = "who may have plans: a user, @group, or a uid" },
	[DEV] = { "dev", MT_TEXT,
		  .doc = "how that user's devices are called, with * for any text" },
};

static const struct mt_kind grant = {
	.name = "allow",
	.fields = grant_fields,
	.nfields = MT_NFIELDS(grant_fields),
};

/* One line for each right; those of one grant have its word. */
static bool say_rights(lua_State *L, const struct mt_record *all, const char *word)
{
	char line[3 * MT_VALUE_TEXT + 64]; /* of one right, every byte escaped */
	bool any = false;

	for (int i = 0; i < allow.nfields; i++) {
		struct mt_record one = { .kind = &allow };
		size_t n;

		if (!mt_record_has(all, i))
			continue;
		any = true;
		mt_record_put(&one, i, all->v[i]);
		n = mt_record_print(&one, 0, line, sizeof line - 32);
		n += (size_t)snprintf(line + n, 32, "%s%s\n", *word ? " grant=" : "", word);
		mtl_say(L, line, n);
	}
	return any;
}

static void say_grant(lua_State *L, const struct mt_record *g, const char *word, bool all)
{
	char line[3 * MT_VALUE_TEXT * 2 + 64];
	size_t n = mt_record_print(g, 0, line, sizeof line - 48);

	n += (size_t)snprintf(line + n, 48, "%s grant=%s\n", all ? " all=true" : "", word);
	mtl_say(L, line, n);
}

/* core.granting(word): what is allowed from now on is also for that grant's users; nil: no more */
int l_granting(lua_State *L)
{
	struct mt_policy *p = mtl_policy(L);

	snprintf(p->grant, sizeof p->grant, "%s", luaL_optstring(L, 1, ""));
	return 0;
}

/***
 * allow{RIGHT = value, ..., user = name, dev = pattern}
 * Let plans use what a guest's XML must not choose freely. Only at the top level; several calls add
 * up. With user it is a grant: that user, who is not root, may ask the service for taps, and plans
 * for them use only what the same call lists; a call that lists nothing lets them use all that
 * root's may.
 *   link      a device
 *   prefix    addresses, routes, neighbours, policy rules, DHCP hosts and leases inside it
 *   table     routes to, and policy rules for, a routing table, or a range of them
 *   priority  policy rules of this priority, or of a range
 *   vid       VLANs of bridges, and of devices for one
 *   vni       networks of VXLANs, or a range of them
 *   peer      hosts, or groups, that VXLANs send to, inside of a prefix
 *   ports     ports that are forwarded to a guest, or a range of them
 *   path      a folder of DHCP hosts, or its dnsmasq's file with the process ID; with * for any text
 *   pool      a pool of addresses; pool{} allows its own
 *   iface_id  logical switch ports of OVN; with * for any text
 *   group     groups that a guest is in, or that its firewall lets in; with * for any text
 *   altname   with user: further names of that user's devices, with * for any text
 *   user      a user's name, "@" and a group's, or a uid
 *   dev       with user: how that user's devices may be called, with * for any text: "al-*";
 *             without it they begin with u, the uid and -
 *   allow{ link = "br0" }
 *   allow{ prefix = "10.0.0.0/8", table = 100 }
 *   allow{ table = "1000-1099", vid = "20,30-40" }
 *   allow{ vni = "10000-10999", peer = "192.0.2.0/24" }
 *   allow{ prefix = "10.0.0.0/8", table = 100, priority = "2000-2099" }
 *   allow{ user = "alice", dev = "al-*", link = "br0" }
 *   allow{ ports = "8000-8999", group = "web-*", iface_id = "tenant1-*" }
 */
int l_allow(lua_State *L)
{
	const struct mt_kind *const kinds[] = { &allow, &grant, NULL };
	struct mtl_record rights = { .r.kind = &allow }, to = { .r.kind = &grant };
	struct mt_policy *p = mtl_policy(L);
	char word[16];
	bool any;

	if (!(p->phase & MTL_TOP))
		luaL_error(L, "allow: only at the top level of a policy");
	luaL_argcheck(L, lua_istable(L, 1), 1, "a table of fields expected");
	mtl_unknown(L, 1, "allow", kinds);
	mtl_take(L, 1, "allow", NULL, &rights);
	mtl_take(L, 1, "allow", NULL, &to);
	if (mt_record_has(&to.r, DEV) && !mt_record_has(&to.r, USER))
		luaL_error(L, "allow: dev is about a user's devices: user is missing");
	snprintf(word, sizeof word, "%s", p->grant);
	if (mt_record_has(&to.r, USER))
		snprintf(word, sizeof word, "allow%u", ++p->grants);
	any = say_rights(L, &rights.r, word);
	if (mt_record_has(&to.r, USER))
		say_grant(L, &to.r, word, !any);
	return 0;
}
