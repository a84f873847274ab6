/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vxlan.c - kind vxlan: a network of its own, whose frames travel in UDP packets of another one */
#include "kernel/nl.h"
#include "base/sh.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/socket.h>

enum {
	NAME,
	ID,
	DSTPORT,
	DEV,
	SRC,
	REMOTE,
	EXTERNAL,
	VNIFILTER,
	SRCPORT,
	TTL,
	TOS,
	LEARNING,
	AGEING,
	GBP,
	UDP6ZEROCSUMTX,
	UDP6ZEROCSUMRX,
	PROXY,
	RSC,
	L2MISS,
	L3MISS,
	NFIELDS
};

/* IANA's. The kernel's own default is 8472, which was in use before there was one. */
#define VXLAN_PORT 4789

#define SWITCH(NAME, ATTR, DOC)                                                                    \
	{                                                                                          \
		.name = NAME, .type = MT_BOOL, .size = 1, .revert = MT_REVERT_FIXED, .attr = ATTR, \
		.ip_arg = NAME, .ip_none = "no" NAME, .doc = DOC                                   \
	}

static const struct mt_field fields[NFIELDS] = {
	[NAME] = { "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[ID] = { "id", MT_UINT, 4, .revert = MT_REVERT_FIXED, .attr = IFLA_VXLAN_ID,
		 .max = 0xffffff, .ip_arg = "id", .right = &mt_rights[MT_RIGHT_VNI],
		 .doc = "the number of its network, the VNI; needed to create one that is not "
			"external" },
	[DSTPORT] = { "dstport", MT_UINT, 2, .revert = MT_REVERT_FIXED,
		      .flags = MT_FIELD_BIG_ENDIAN, .attr = IFLA_VXLAN_PORT, .min = 1,
		      .ip_arg = "dstport",
		      .doc = "the UDP port, of all its hosts; without it 4789" },
	[DEV] = { "dev", MT_LINK, 4, .revert = MT_REVERT_FIXED, .flags = MT_FIELD_NONE,
		  .attr = IFLA_VXLAN_LINK, .ip_arg = "dev",
		  .doc = "the device that its packets leave by; a multicast group needs one" },
	[SRC] = { "src", MT_IP, 0, MT_PHASE_FIELDS, .flags = MT_FIELD_NONE,
		  .attr = IFLA_VXLAN_LOCAL, .attr6 = IFLA_VXLAN_LOCAL6, .ip_arg = "local",
		  .doc = "this host's address, which its packets come from" },
	[REMOTE] = { "remote", MT_IP, 0, MT_PHASE_FIELDS, .flags = MT_FIELD_NONE,
		     .attr = IFLA_VXLAN_GROUP, .attr6 = IFLA_VXLAN_GROUP6, .ip_arg = "remote",
		     .right = &mt_rights[MT_RIGHT_PEER],
		     .doc = "who gets broadcasts and frames for unknown MAC addresses: the other "
			    "host, or a multicast group" },
	[EXTERNAL] = SWITCH("external", IFLA_VXLAN_COLLECT_METADATA,
			    "others, such as tc, choose the VNI and host of each frame"),
	[VNIFILTER] = SWITCH("vnifilter", IFLA_VXLAN_VNIFILTER,
			     "an external one takes only VNIs that are added to it"),
	[SRCPORT] = { "srcport", MT_RANGE, 2, .revert = MT_REVERT_FIXED,
		      .flags = MT_FIELD_NONE | MT_FIELD_CUSTOM, .min = 1, .ip_arg = "srcport",
		      .doc = "the UDP ports that its packets come from; none: the host's usual "
			     "ones" },
	[TTL] = { "ttl", MT_UINT, 1, MT_PHASE_FIELDS, .attr = IFLA_VXLAN_TTL, .ip_arg = "ttl",
		  .doc = "of its packets; 0: the host's usual one" },
	[TOS] = { "tos", MT_UINT, 1, MT_PHASE_FIELDS, .attr = IFLA_VXLAN_TOS, .ip_arg = "tos",
		  .doc = "of its packets; 1: that of the packet inside" },
	[LEARNING] = { "learning", MT_BOOL, 1, MT_PHASE_FIELDS, .attr = IFLA_VXLAN_LEARNING,
		       .ip_arg = "learning", .ip_none = "nolearning",
		       .doc = "learn from what arrives which host has a MAC address" },
	[AGEING] = { "ageing", MT_UINT, 4, MT_PHASE_FIELDS, .attr = IFLA_VXLAN_AGEING, .min = 1,
		     .unit = "seconds", .ip_arg = "ageing",
		     .doc = "until a silent MAC address is forgotten" },
	[GBP] = { "gbp", MT_BOOL, 0, .revert = MT_REVERT_FIXED, .flags = MT_FIELD_CUSTOM,
		  .ip_arg = "gbp", .doc = "its packets carry netfilter's mark: group policy" },
	[UDP6ZEROCSUMTX] = SWITCH("udp6zerocsumtx", IFLA_VXLAN_UDP_ZERO_CSUM6_TX,
				  "send packets over IPv6 without a UDP checksum"),
	[UDP6ZEROCSUMRX] = SWITCH("udp6zerocsumrx", IFLA_VXLAN_UDP_ZERO_CSUM6_RX,
				  "accept packets over IPv6 without a UDP checksum"),
	[PROXY] = SWITCH("proxy", IFLA_VXLAN_PROXY, "answer ARP and ND from its neighbour table"),
	[RSC] = SWITCH("rsc", IFLA_VXLAN_RSC, "route frames that are for its router by itself"),
	[L2MISS] = SWITCH("l2miss", IFLA_VXLAN_L2MISS, "tell user space of unknown MAC addresses"),
	[L3MISS] = SWITCH("l3miss", IFLA_VXLAN_L3MISS, "tell user space of unknown IP addresses"),
};

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	const struct nlattr *ports = d->data[IFLA_VXLAN_PORT_RANGE];
	struct mt_value srcport = { .state = MT_NONE };
	struct ifla_vxlan_port_range range;
	int err = mt_nl_decode_data(l, d, r);

	if (ports && mnl_attr_get_payload_len(ports) == sizeof range) {
		memcpy(&range, mnl_attr_get_payload(ports), sizeof range);
		srcport.range = (struct mt_range){ ntohs(range.low), ntohs(range.high) };
		srcport.state = range.high ? MT_SET : MT_NONE;
	}
	mt_record_put(r, SRCPORT, srcport);
	if (r->v[EXTERNAL].u)
		mt_record_put(r, ID, (struct mt_value){ .state = MT_UNSET });
	if (d->tb[IFLA_LINK_NETNSID]) /* its packets leave in another namespace: so its dev is */
		mt_record_put(r, DEV, (struct mt_value){ .state = MT_UNSET });
	mt_record_put(r, GBP, mt_uint(d->data[IFLA_VXLAN_GBP] != NULL));
	return err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "vxlan", decode);
}

/* --- rules ------------------------------------------------------------------------------------ */

static uint8_t family_of(const struct mt_record *r)
{
	return r->v[REMOTE].state == MT_SET ? r->v[REMOTE].family
		: r->v[SRC].state == MT_SET ? r->v[SRC].family
					    : AF_INET;
}

static bool is_multicast(const struct mt_value *v)
{
	return v->state == MT_SET && (v->family == AF_INET ? v->b[0] >> 4 == 0xe : v->b[0] == 0xff);
}

/* 0.0.0.0 or ::, by which the kernel means none. */
static struct mt_value no_address(uint8_t family)
{
	return (struct mt_value){ .state = MT_SET, .family = family };
}

static bool is_no_address(const struct mt_value *v)
{
	struct mt_value none = no_address(v->family);

	return v->state == MT_SET && mt_value_equal(&fields[SRC], v, &none);
}

struct rule {
	bool broken;
	const char *text; /* of the last one: NULL */
};

static int refuse_broken(const struct mt_record *r, const struct rule *rules, struct mt_err *e)
{
	for (; rules->text; rules++)
		if (rules->broken)
			return mt_bad(e, "vxlan", r->v[NAME].name, "%s", rules->text);
	return 0;
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	const struct rule rules[] = {
		{ is_no_address(&r->v[SRC]), "src: that is no address; for none write false" },
		{ is_no_address(&r->v[REMOTE]),
		  "remote: that is no address; for none write false" },
		{ is_multicast(&r->v[SRC]), "src: a multicast group is no host's address" },
		{ 0 },
	};

	return refuse_broken(r, rules, e);
}

/* Of the whole object, as drivers/net/vxlan/vxlan_core.c vxlan_config_validate(), whose reasons
 * come too late for `moontap plan`. */
static int check_whole(const struct mt_record *r, struct mt_err *e)
{
	const struct mt_value *src = &r->v[SRC], *remote = &r->v[REMOTE];
	bool external = r->v[EXTERNAL].u, alone = r->v[DEV].state != MT_SET;
	const struct rule rules[] = {
		{ !external && !mt_record_has(r, ID), "'id' is missing" },
		{ external && mt_record_has(r, ID),
		  "an external one has no 'id': others choose it for each frame" },
		{ !external && r->v[VNIFILTER].u, "'vnifilter' is for an external one only" },
		{ src->state == MT_SET && remote->state == MT_SET && src->family != remote->family,
		  "'src' and 'remote' must both be IPv4, or both IPv6" },
		{ alone && is_multicast(remote),
		  "'dev' is missing: a multicast group is joined on a device" },
		{ alone && (mt_value_is_link_local(src) || mt_value_is_link_local(remote)),
		  "'dev' is missing: a link-local address is of one device" },
		{ 0 },
	};

	return refuse_broken(r, rules, e);
}

/* vxlan_nl2conf() changes no address to one of the other family. */
static int check_family(const struct mt_record *has, const struct mt_record *r, struct mt_err *e)
{
	for (int i = SRC; i <= REMOTE; i++)
		if (r->v[i].state == MT_SET && r->v[i].family != family_of(has))
			return mt_fail(e, EOPNOTSUPP, "vxlan", r->v[NAME].name,
				       "%s: it is one over IPv%d, which cannot be changed; delete "
				       "it first: ip link del dev %s",
				       fields[i].name, family_of(has) == AF_INET ? 4 : 6,
				       r->v[NAME].name);
	return 0;
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	struct mt_record whole;
	int err = will(data, r, &whole, e);

	(void)h;
	if (err && err != -ENOENT)
		return err;
	if (!err && check_family(&whole, r, e))
		return -e->code;
	for (int i = ID; i < NFIELDS; i++)
		if (mt_record_has(r, i))
			mt_record_put(&whole, i, r->v[i]);
	return check_whole(&whole, e);
}

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, DSTPORT))
		mt_record_put(r, DSTPORT, mt_uint(VXLAN_PORT));
	if (r->v[EXTERNAL].u && !mt_record_has(r, LEARNING)) /* as ip(8) */
		mt_record_put(r, LEARNING, mt_uint(false));
}

static int take_holder(const struct mt_record *has, void *data, struct mt_err *e)
{
	const struct mt_record *r = data;

	if (!strcmp(has->v[NAME].name, r->v[NAME].name) || has->v[ID].u != r->v[ID].u ||
	    has->v[DSTPORT].u != r->v[DSTPORT].u || family_of(has) != family_of(r) ||
	    has->v[EXTERNAL].u != r->v[EXTERNAL].u)
		return 0;
	return mt_fail(e, EEXIST, "vxlan", r->v[NAME].name,
		       "%s is VNI %u on port %u already: use that name, or another id; or, if it "
		       "is a leftover: ip link del dev %s",
		       has->v[NAME].name, (unsigned)has->v[ID].u, (unsigned)has->v[DSTPORT].u,
		       has->v[NAME].name);
}

/* The VNI and port must be unique: vxlan_vni_in_use(). */
static int clash(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_clash(h, r->kind, take_holder, r, e);
}

/* --- changes ---------------------------------------------------------------------------------- */

static void put_others(struct nlmsghdr *n, enum mt_op op, const struct mt_record *r)
{
	const struct mt_range *ports = &r->v[SRCPORT].range;
	struct ifla_vxlan_port_range range = { htons((uint16_t)ports->first),
					       htons((uint16_t)ports->last) };

	if (op == MT_ADD && r->v[SRCPORT].state == MT_SET)
		mnl_attr_put(n, IFLA_VXLAN_PORT_RANGE, sizeof range, &range);
	if (op == MT_ADD && r->v[GBP].u)
		mnl_attr_put(n, IFLA_VXLAN_GBP, 0, NULL);
}

/* What a change says to the kernel: no field that is set at creation, since it refuses also what
 * they are (vxlan_nl2conf()); and for none the address of the device's family that stands for
 * it. */
static int prepare_change(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	bool none = r->v[SRC].state == MT_NONE || r->v[REMOTE].state == MT_NONE;
	struct mt_pool pool = { 0 };
	struct mt_record has;
	int err;

	for (int i = ID; i < NFIELDS; i++)
		if (fields[i].revert == MT_REVERT_FIXED)
			mt_record_put(r, i, (struct mt_value){ .state = MT_UNSET });
	if (!none)
		return 0;
	err = mt_record_get(h, r, &has, &pool, e);
	mt_pool_free(&pool);
	for (int i = SRC; !err && i <= REMOTE; i++)
		if (r->v[i].state == MT_NONE)
			mt_record_put(r, i, no_address(family_of(&has)));
	return err == -ENOENT ? mt_fail(e, ENODEV, "vxlan.set", r->v[NAME].name, NULL) : err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_record now = *r;
	struct mt_err holder;
	int err = op == MT_CHANGE ? prepare_change(h, &now, e) : 0;

	if (!err)
		err = mt_nl_put_device(h, op, &now, "vxlan", put_others, e);
	if (err == -EEXIST && op == MT_ADD && clash(h, r, &holder) == -EEXIST)
		*e = holder;
	return err;
}

/* --- commands --------------------------------------------------------------------------------- */

static void say_field(struct mt_sh *s, const struct mt_record *r, int i)
{
	const struct mt_value *v = &r->v[i];

	if (i == TOS && v->state == MT_SET) /* ip(8) reads it as hexadecimal, 0x or not */
		mt_sh_say(s, " tos 0x%x", (unsigned)v->u);
	else if (i == SRCPORT && v->state == MT_SET)
		mt_sh_say(s, " srcport %u %u", v->range.first, v->range.last);
	else if ((i == SRC || i == REMOTE) && v->state == MT_NONE)
		mt_sh_say(s, " %s %s", fields[i].ip_arg,
			  family_of(r) == AF_INET ? "0.0.0.0" : "::");
	else if (i == REMOTE && is_multicast(v)) {
		mt_sh_say(s, " group ");
		mt_sh_value(s, r, i);
	} else
		mt_sh_field(s, r, i);
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_command(&s, r,
		      op == MT_ADD		? "ip link add dev %s type vxlan"
			      : op == MT_CHANGE ? "ip link set dev %s type vxlan"
						: r->kind->del);
	for (int i = ID; op != MT_DELETE && i < NFIELDS; i++)
		if (op == MT_ADD || fields[i].revert != MT_REVERT_FIXED)
			say_field(&s, r, i);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_vxlan = {
	MT_LINKS_KIND("vxlan",
		      "a network of its own, whose frames travel in UDP packets of another one", 1,
		      1, MT_PHASE_MAKE, MT_KIND_DEVICE),
	.del = "ip link del dev %s",
	.set_defaults = set_defaults,
	.check = check,
	.needs = needs,
	.clash = clash,
	.busy = mt_upper_busy,
	.sh = sh,
};
