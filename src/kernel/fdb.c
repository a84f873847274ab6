/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fdb.c - kind fdb: static entries of forwarding databases, which are never learned and never age
 *
 * `table` says whose database it is: the one of the bridge that the device is a port of (master),
 * or the device's own, of a VXLAN, where `dst` is the host that has the address (self). A bridge
 * has one entry for a MAC address and VLAN, on one of its ports; a VXLAN sends to each `dst` of a
 * group's address, and of 00:00:00:00:00:00, which stands for all unknown ones. What the kernel
 * learned, and a port's own address, count as absent.
 */
#include "kernel/fdb_get.h"
#include "base/sh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <string.h>
#include <sys/socket.h>

enum { DEV, MAC, VLAN, TABLE, DST, SRC_VNI, STICKY, VIA, VNI, PORT, NFIELDS };

static const struct mt_enum_name tables[] = { { "master", NTF_MASTER },
					      { "self", NTF_SELF },
					      { NULL, 0 } };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM,
		  .doc = "a port of a bridge, or a VXLAN" },
	[MAC] = { "mac", MT_MAC, 6, .attr = NDA_LLADDR,
		  .doc = "whose frames go there; 00:00:00:00:00:00: of a VXLAN, all unknown "
			 "ones'" },
	[VLAN] = { "vlan", MT_UINT, 2, .flags = MT_FIELD_CUSTOM | MT_FIELD_USUAL, .max = MT_VID_MAX,
		   .right = &mt_rights[MT_RIGHT_VID],
		   .doc = "in a bridge that looks at VLANs; 0: the port's pvid" },
	[TABLE] = { "table", MT_ENUM, .flags = MT_FIELD_CUSTOM, .enum_names = tables,
		    .doc = "the bridge's database, or a VXLAN's own; self where there is a dst" },
	[DST] = { "dst", MT_IP, .attr = NDA_DST, .ip_arg = "dst",
		  .right = &mt_rights[MT_RIGHT_PEER], .doc = "the host that a VXLAN sends to" },
	[SRC_VNI] = { "src_vni", MT_UINT, 4, .attr = NDA_SRC_VNI, .max = 0xffffff,
		      .ip_arg = "src_vni", .right = &mt_rights[MT_RIGHT_VNI],
		      .doc = "of a VXLAN with `external`: frames of this VNI" },
	[STICKY] = { "sticky", MT_BOOL, 0, MT_PHASE_FDB, MT_REVERT_WITH_MASTER, MT_FIELD_CUSTOM,
		     .ip_arg = "sticky",
		     .doc = "stays on this port, also when another sends with the address" },
	[VIA] = { "via", MT_LINK, 4, .attr = NDA_IFINDEX, .ip_arg = "via",
		  .doc = "the device that a VXLAN sends by" },
	[VNI] = { "vni", MT_UINT, 4, .attr = NDA_VNI, .max = 0xffffff, .ip_arg = "vni",
		  .right = &mt_rights[MT_RIGHT_VNI],
		  .doc = "the VNI to send with, other than the VXLAN's" },
	[PORT] = { "port", MT_UINT, 2, .flags = MT_FIELD_BIG_ENDIAN, .attr = NDA_PORT, .min = 1,
		   .ip_arg = "port", .doc = "the UDP port to send to, other than the VXLAN's" },
};

static bool is_self(const struct mt_record *r)
{
	return mt_record_has(r, TABLE) ? r->v[TABLE].u == NTF_SELF : mt_record_has(r, DST);
}

static bool is_zero(const struct mt_value *mac)
{
	return !memcmp(mac->b, (uint8_t[6]){ 0 }, 6);
}

/* Of these a VXLAN has several entries: vxlan_core.c vxlan_fdb_update_existing() */
static bool is_many(const struct mt_record *r)
{
	return is_self(r) && (r->v[MAC].b[0] & 1 || is_zero(&r->v[MAC]));
}

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, VLAN))
		mt_record_put(r, VLAN, mt_uint(0));
	if (!mt_record_has(r, TABLE))
		mt_record_put(r, TABLE, mt_uint(is_self(r) ? NTF_SELF : NTF_MASTER));
	if (!mt_record_has(r, STICKY) && !is_self(r))
		mt_record_put(r, STICKY, mt_uint(0));
}

/* --- reading ---------------------------------------------------------------------------------- */

static int clash(struct mt_list *l, const char *is, const char *where)
{
	int err = mt_fail(l->e, EEXIST, "", "", "it is %s %s already", is, where);

	return mt_nl_about(l->e, err, l->filter, "list");
}

/* A VXLAN has a host's address at one place: the same address at another is a clash. */
static int check_place(struct mt_list *l, const struct mt_record *r)
{
	const struct mt_record *f = l->filter;
	char dst[MT_VALUE_TEXT];

	if (!mt_record_has(f, DST) || !mt_record_has(f, MAC) || is_many(r) ||
	    !mt_value_equal(&fields[MAC], &f->v[MAC], &r->v[MAC]) ||
	    !mt_value_equal(&fields[SRC_VNI], &f->v[SRC_VNI], &r->v[SRC_VNI]) ||
	    mt_value_equal(&fields[DST], &f->v[DST], &r->v[DST]))
		return 0;
	return clash(l, "behind", mt_value_print(&fields[DST], &r->v[DST], dst));
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = &mt_kind_fdb };
	const struct ndmsg *m;
	struct mt_value dev;
	mt_nl_attrs tb;
	bool self;
	int err;

	m = mt_nl_parse(n, sizeof *m, tb);
	if (!m || n->nlmsg_type != RTM_NEWNEIGH || m->ndm_family != AF_BRIDGE ||
	    (l->ifindex && m->ndm_ifindex != (int)l->ifindex))
		return 0;
	self = tb[NDA_DST]; /* others have their own addresses in their own tables */
	if (!(m->ndm_state & (self ? NUD_PERMANENT | NUD_NOARP : NUD_NOARP)) ||
	    (!self && !tb[NDA_MASTER]))
		return 0;
	r.ref = mt_ref_link((uint32_t)m->ndm_ifindex);
	if (mt_nl_get_fields(l->h, tb, &r, l->e) || mt_list_link(l, (uint32_t)m->ndm_ifindex, &dev))
		return -l->e->code;
	mt_record_put(&r, DEV, dev);
	mt_record_put(&r, VLAN, mt_uint(mt_nl_uint(tb[NDA_VLAN])));
	mt_record_put(&r, TABLE, mt_uint(self ? NTF_SELF : NTF_MASTER));
	if (!self)
		mt_record_put(&r, STICKY, mt_uint(!!(m->ndm_flags & NTF_STICKY)));
	err = self ? check_place(l, &r) : 0;
	return err ? err : mt_list_found(l, &r);
}

/* The entry is looked for in the whole bridge, since one on another port is a clash. */
static int list_one(struct mt_list *l)
{
	const struct mt_record *f = l->filter;
	struct mt_record r = *f;
	struct mt_fdb_entry entry;
	char name[MT_NAME_MAX + 1];
	int err = mt_fdb_get(l->h, l->ifindex, f->v[MAC].b, (uint16_t)f->v[VLAN].u, &entry, l->e);

	if (err == -ENOENT || err == -EINVAL) /* none, or the device is in no bridge */
		return 0;
	if (err || mt_fdb_is_learned(&entry))
		return mt_list_done(l, err);
	if (entry.ifindex != l->ifindex || mt_fdb_is_own(&entry)) {
		err = mt_nl_ifname(l->h, entry.ifindex, name, l->e);
		return err ? mt_list_done(l, err)
			   : clash(l, mt_fdb_is_own(&entry) ? "the own address of" : "on", name);
	}
	r.ref = mt_ref_link(entry.ifindex);
	mt_record_put(&r, STICKY, mt_uint(!!(entry.flags & NTF_STICKY)));
	err = mt_list_found(l, &r);
	return err > 0 ? 0 : err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETNEIGH, NLM_F_DUMP, sizeof(struct ndmsg));
	struct ndmsg *m = mnl_nlmsg_get_payload(n);
	int err = mt_list_device(&l);

	if (err)
		return err < 0 ? err : 0;
	if (l.ifindex && mt_record_has(filter, MAC) && mt_record_has(filter, VLAN) &&
	    mt_record_has(filter, TABLE) && !is_self(filter))
		return list_one(&l);
	m->ndm_family = AF_BRIDGE;
	m->ndm_ifindex = (int)l.ifindex;
	return mt_list_done(&l, mt_nl_talk(h, n, take, &l, e));
}

/* --- changing --------------------------------------------------------------------------------- */

/* Another device than a VXLAN would get a second MAC address: net/core/rtnetlink.c
 * ndo_dflt_fdb_add() */
static int check_device(struct mt_host *h, uint32_t ifindex, const struct mt_record *r,
			struct mt_err *e)
{
	struct mt_device d;

	if (!is_self(r))
		return 0;
	if (mt_device_by_index(h, ifindex, &d, e))
		return -e->code;
	return strcmp(d.kind, "vxlan") ? mt_fail(e, EOPNOTSUPP, "", "", "the device is no VXLAN")
				       : 0;
}

static int ask(struct mt_host *h, enum mt_op op, uint16_t flags, const struct mt_record *r,
	       struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, op == MT_DELETE ? RTM_DELNEIGH : RTM_NEWNEIGH, flags,
					 sizeof(struct ndmsg));
	struct ndmsg *m = mnl_nlmsg_get_payload(n);
	uint32_t ifindex;
	int err;

	if (mt_nl_record_ifindex(h, r, &ifindex, e) || check_device(h, ifindex, r, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	m->ndm_family = AF_BRIDGE;
	m->ndm_ifindex = (int)ifindex;
	/* as bridge(8)'s `static`; NUD_PERMANENT would be the port's own address */
	m->ndm_state = NUD_NOARP | NUD_REACHABLE;
	m->ndm_flags = (uint8_t)(r->v[TABLE].u | (r->v[STICKY].u ? NTF_STICKY : 0));
	if (r->v[VLAN].u)
		mnl_attr_put_u16(n, NDA_VLAN, (uint16_t)r->v[VLAN].u);
	if (mt_nl_put_fields(h, n, r, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	err = mt_nl_change(h, n, op, r, e);
	if (err == -EOPNOTSUPP)
		mt_fail(e, EOPNOTSUPP, "fdb", mt_record_device(r), "the device is in no bridge");
	return err;
}

/* The kernel replaces what it learned only if the add is not exclusive, and appends a second `dst`
 * only if it is not either; it then says nothing of one that is there. So look first. */
static int add(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	int err = is_many(r) ? -EEXIST : ask(h, MT_ADD, mt_nl_new_flags(MT_ADD), r, e);

	if (err != -EEXIST)
		return err;
	err = mt_nl_check_absent(h, r, e);
	if (err)
		return err;
	return ask(h, MT_ADD, NLM_F_CREATE | (is_many(r) ? NLM_F_APPEND : NLM_F_REPLACE), r, e);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	return op == MT_ADD ? add(h, r, e) : ask(h, op, mt_nl_new_flags(op), r, e);
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int check_master(const struct mt_record *r, const char *subject, struct mt_err *e)
{
	static const uint8_t of_self[] = { DST, SRC_VNI, VIA, VNI, PORT };

	for (size_t i = 0; i < sizeof of_self; i++)
		if (mt_record_has(r, of_self[i]))
			return mt_bad(e, "fdb", subject, "'%s' is for table = \"self\" only",
				      fields[of_self[i]].name);
	if (r->v[MAC].b[0] & 1 || is_zero(&r->v[MAC]))
		return mt_bad(e, "fdb", subject, "a bridge has no port for it: it is no device's");
	return 0;
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (!is_self(r))
		return check_master(r, subject, e);
	if (!mt_record_has(r, DST))
		return mt_bad(e, "fdb", subject, "'dst' is missing");
	if ((mt_record_has(r, VLAN) && r->v[VLAN].u) || mt_record_has(r, STICKY))
		return mt_bad(e, "fdb", subject,
			      "'vlan' and 'sticky' are for table = \"master\" only");
	return 0;
}

static int resolve(struct mt_record *r, mt_will will, void *data, struct mt_err *e)
{
	int vlan = is_self(r) ? 0 : mt_fdb_vlan(r, (uint32_t)r->v[VLAN].u, will, data, e);

	if (vlan < 0)
		return vlan;
	mt_record_put(r, VLAN, mt_uint((unsigned)vlan));
	return 0;
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_say(&s, "bridge fdb %s ",
		  op == MT_DELETE	    ? "del"
			  : op == MT_CHANGE ? "replace"
			  : is_many(r)	    ? "append"
					    : "add");
	mt_sh_value(&s, r, MAC);
	mt_sh_say(&s, " dev ");
	mt_sh_value(&s, r, DEV);
	mt_sh_say(&s, " ");
	mt_sh_value(&s, r, TABLE);
	if (op != MT_DELETE)
		mt_sh_say(&s, " static");
	if (r->v[VLAN].u)
		mt_sh_say(&s, " vlan %u", (unsigned)r->v[VLAN].u);
	for (int i = DST; i < NFIELDS; i++)
		mt_sh_field(&s, r, i);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_fdb = {
	MT_LINKS_KIND("fdb", "a MAC address that a bridge's port has, or that is behind a VXLAN", 6,
		      2, MT_PHASE_FDB, MT_KIND_EXCLUSIVE),
	.device = DEV,
	.set_defaults = set_defaults,
	.check = check,
	.resolve = resolve,
	.sh = sh,
};
