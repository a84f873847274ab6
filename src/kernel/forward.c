/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * forward.c - kind forward: what is sent to a port of an address goes to a guest
 *
 * A single port is an element of a map without ranges, and may have another port there; a range is
 * one of a map with ranges, and keeps its ports.
 */
#include "kernel/nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <string.h>
#include <sys/socket.h>

enum { ADDRESS, PROTO, PORT, TO, TO_PORT, NFIELDS };

static const struct mt_enum_name protocols[] = { { "tcp", IPPROTO_TCP },
						 { "udp", IPPROTO_UDP },
						 { "sctp", IPPROTO_SCTP },
						 { "dccp", IPPROTO_DCCP },
						 { NULL, 0 } };

static const struct mt_field fields[NFIELDS] = {
	[ADDRESS] = { "address", MT_IP, .flags = MT_FIELD_CUSTOM,
		      .right = &mt_rights[MT_RIGHT_PREFIX], .doc = "where packets are sent to" },
	[PROTO] = { "proto", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = protocols,
		    .doc = "by which protocol" },
	[PORT] = { "port", MT_RANGE, 2, .flags = MT_FIELD_CUSTOM, .min = 1, .max = 65535,
		   .right = &mt_rights[MT_RIGHT_PORTS], .doc = "and to which port, or ports" },
	[TO] = { "to", MT_IP, 0, MT_PHASE_NAT, .flags = MT_FIELD_CUSTOM,
		 .right = &mt_rights[MT_RIGHT_PREFIX],
		 .doc = "where they go: the guest's address" },
	[TO_PORT] = { "to_port", MT_UINT, 2, MT_PHASE_NAT, .flags = MT_FIELD_CUSTOM | MT_FIELD_NONE,
		      .min = 1, .max = 65535,
		      .doc = "and to which port; none: the one that they were sent to" },
};

static void set_defaults(struct mt_record *r)
{
	bool same = r->v[TO_PORT].state == MT_SET && r->v[PORT].range.first == r->v[TO_PORT].u &&
		r->v[PORT].range.last == r->v[TO_PORT].u;

	if (!mt_record_has(r, TO_PORT) || same)
		mt_record_put(r, TO_PORT, (struct mt_value){ .state = MT_NONE });
}

static bool is_range(const struct mt_record *r)
{
	return r->v[PORT].range.first != r->v[PORT].range.last;
}

/* By family and by whether it has ranges. */
static const char *const maps[2][2] = { { "forward4", "range4" }, { "forward6", "range6" } };

static const char *map_of(const struct mt_record *r)
{
	return maps[r->v[ADDRESS].family == AF_INET6][is_range(r)];
}

static void put_key(struct mt_nft_key *k, const struct mt_record *r, uint32_t port)
{
	uint8_t proto = (uint8_t)r->v[PROTO].u;

	mt_nft_key_ip(k, &r->v[ADDRESS], false);
	mt_nft_key_put(k, &proto, 1);
	mt_nft_key_u16(k, (uint16_t)port);
}

static struct mt_nft_element element(const struct mt_record *r)
{
	struct mt_nft_element el = { .set = map_of(r) };
	uint32_t first = r->v[PORT].range.first;

	put_key(&el.key, r, first);
	if (is_range(r))
		put_key(&el.end, r, r->v[PORT].range.last);
	if (r->v[TO].state != MT_SET)
		return el;
	mt_nft_key_ip(&el.data, &r->v[TO], false);
	if (!is_range(r))
		mt_nft_key_u16(&el.data,
			       (uint16_t)(r->v[TO_PORT].state == MT_SET ? r->v[TO_PORT].u : first));
	return el;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct listing {
	struct mt_list *l;
	bool v6;
};

static uint16_t u16_at(const struct mt_nft_key *k, size_t at)
{
	return (uint16_t)(k->bytes[at] << 8 | k->bytes[at + 1]);
}

static struct mt_value ip_at(const struct mt_nft_key *k, bool v6)
{
	struct mt_value v = { .state = MT_SET, .family = v6 ? AF_INET6 : AF_INET };

	memcpy(v.b, k->bytes, v6 ? 16 : 4);
	return v;
}

static int take(const struct mt_nft_found *found, void *data)
{
	const struct listing *look = data;
	size_t size = look->v6 ? 16 : 4;
	struct mt_record r = { .kind = &mt_kind_forward };
	struct mt_value port = { .state = MT_SET };

	if (found->key.n != size + 8 || found->data.n < size)
		return 0;
	port.range.first = port.range.last = u16_at(&found->key, size + 4);
	if (found->end.n == size + 8)
		port.range.last = u16_at(&found->end, size + 4);
	mt_record_put(&r, ADDRESS, ip_at(&found->key, look->v6));
	mt_record_put(&r, PROTO, mt_uint(found->key.bytes[size]));
	mt_record_put(&r, PORT, port);
	mt_record_put(&r, TO, ip_at(&found->data, look->v6));
	if (found->data.n == size + 4)
		mt_record_put(&r, TO_PORT, mt_uint(u16_at(&found->data, size)));
	set_defaults(&r);
	return mt_list_found(look->l, &r);
}

static int list_one(struct mt_list *l)
{
	struct listing look = { l, l->filter->v[ADDRESS].family == AF_INET6 };
	struct mt_nft_element el = element(l->filter);
	struct mt_nft_found found;
	int err = mt_nft_get(l->h, NFPROTO_INET, &el, &found, l->e);

	if (!err)
		err = take(&found, &look);
	return err == -ENOENT || err > 0 ? 0 : mt_list_done(l, err);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err = 0;

	if (mt_record_has(filter, ADDRESS) && mt_record_has(filter, PROTO) &&
	    mt_record_has(filter, PORT))
		return list_one(&l);
	for (int i = 0; !err && i < 4; i++) {
		struct listing look = { &l, i / 2 };

		err = mt_list_done(
			&l, mt_nft_list(h, NFPROTO_INET, maps[i / 2][i % 2], take, &look, e));
	}
	return err;
}

/* --- changing --------------------------------------------------------------------------------- */

enum { MOST_FLOWS = 256 }; /* ports of a range; flows to further ones end by themselves */

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nft_element el = element(r);
	struct mt_range ports = r->v[PORT].range;
	int err = mt_nft_put(h, op, NFPROTO_INET, &el, e);

	if (err == -ENOTEMPTY)
		err = mt_fail(e, EEXIST, "", "", "another range of ports there overlaps with it");
	if (ports.last - ports.first >= MOST_FLOWS)
		ports.last = ports.first + MOST_FLOWS - 1;
	if (!err)
		mt_nft_forget_flows(h, &r->v[ADDRESS], (uint8_t)r->v[PROTO].u, ports);
	return mt_nl_about(e, err, r, mt_nl_verb(op));
}

/* --- at plan time ----------------------------------------------------------------------------- */

static bool is_loopback(const struct mt_value *v)
{
	return v->family == AF_INET ? v->b[0] == 127 : !memcmp(v->b, &in6addr_loopback, 16);
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (is_loopback(&r->v[ADDRESS]))
		return mt_bad(e, "forward", subject,
			      "the kernel routes nothing from the host's own loopback to a guest: "
			      "forward one of its other addresses");
	if (!mt_record_has(r, TO))
		return mt_bad(e, "forward", subject, "'to' is missing: the guest's address");
	if (r->v[TO].family != r->v[ADDRESS].family)
		return mt_bad(e, "forward", subject, "'to' is not of the same family as 'address'");
	if (is_range(r) && r->v[TO_PORT].state == MT_SET)
		return mt_bad(e, "forward", subject,
			      "'to_port' is for one port: a range keeps its ports");
	return 0;
}

/* The kernel refuses two ranges that overlap, and no single port inside of a range: its map is asked
 * first. That is for one guest, of whose ports one goes elsewhere; another's it must not take. */
static int take_overlap(const struct mt_record *other, void *data, struct mt_err *e)
{
	const struct mt_record *r = data;
	const struct mt_range *a = &r->v[PORT].range, *b = &other->v[PORT].range;
	bool one_guest = mt_value_equal(&fields[TO], &r->v[TO], &other->v[TO]);
	char subject[96], ports[MT_VALUE_TEXT], to[MT_VALUE_TEXT];

	if (a->first > b->last || b->first > a->last || r->v[PROTO].u != other->v[PROTO].u ||
	    !mt_value_equal(&fields[ADDRESS], &r->v[ADDRESS], &other->v[ADDRESS]) ||
	    (one_guest && !(is_range(r) && is_range(other))))
		return 0;
	return mt_fail(e, EEXIST, "forward", mt_record_subject(r, subject, sizeof subject),
		       "%s there %s forwarded to %s already",
		       mt_value_print(&fields[PORT], &other->v[PORT], ports),
		       is_range(other) ? "are" : "is",
		       mt_value_print(&fields[TO], &other->v[TO], to));
}

static int clash(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_clash(h, &mt_kind_forward, take_overlap, r, e);
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_nft_sh_begin(&s, op, NFPROTO_INET, map_of(r));
	mt_sh_say(&s, " ");
	mt_sh_value(&s, r, ADDRESS);
	mt_sh_say(&s, " . ");
	mt_sh_value(&s, r, PROTO);
	mt_sh_say(&s, " . ");
	mt_sh_value(&s, r, PORT);
	if (op != MT_DELETE) {
		mt_sh_say(&s, " : ");
		mt_sh_value(&s, r, TO);
	}
	if (op != MT_DELETE && !is_range(r))
		mt_sh_say(&s, " . %u",
			  r->v[TO_PORT].state == MT_SET ? (unsigned)r->v[TO_PORT].u
							: r->v[PORT].range.first);
	mt_sh_say(&s, " }\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_forward = {
	.name = "forward",
	.doc = "what is sent to a port of this host goes to a guest: nftables",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 3,
	.required = 3,
	.device = MT_NO_DEVICE,
	.phase = MT_PHASE_NAT,
	.flags = MT_KIND_EXCLUSIVE | MT_KIND_RESTORED,
	.list = list,
	.put = put,
	.set_defaults = set_defaults,
	.within = mt_nft_within_inet,
	.check = check,
	.clash = clash,
	.sh = sh,
};
