/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hairpin.c - kind hairpin: guests of one network reach each other by what is forwarded to them
 *
 * Without it the guest that a forward leads to answers the other one directly, from an address that
 * it has sent nothing to.
 */
#include "kernel/nft.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <string.h>
#include <sys/socket.h>

enum { ADDRESS, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[ADDRESS] = { "address", MT_IP, .flags = MT_FIELD_CUSTOM,
		      .right = &mt_rights[MT_RIGHT_PREFIX],
		      .doc = "of a guest that forwards lead to, or that uses them" },
};

static const char *const sets[] = { "hairpin4", "hairpin6" };

static const char *set_of(const struct mt_record *r)
{
	return sets[r->v[ADDRESS].family == AF_INET6];
}

static struct mt_nft_element element(const struct mt_record *r)
{
	struct mt_nft_element el = { .set = set_of(r) };

	mt_nft_key_ip(&el.key, &r->v[ADDRESS], false);
	return el;
}

static int take(const struct mt_nft_found *found, void *data)
{
	struct mt_record r = { .kind = &mt_kind_hairpin };
	struct mt_value v = { .state = MT_SET };

	v.family = found->key.n == 4 ? AF_INET : AF_INET6;
	memcpy(v.b, found->key.bytes, found->key.n == 4 ? 4 : 16);
	mt_record_put(&r, ADDRESS, v);
	return mt_list_found(data, &r);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err = 0;

	if (mt_record_has(filter, ADDRESS)) {
		struct mt_nft_element el = element(filter);

		return mt_nft_list_key(&l, NFPROTO_INET, &el);
	}
	for (int i = 0; !err && i < 2; i++)
		err = mt_list_done(&l, mt_nft_list(h, NFPROTO_INET, sets[i], take, &l, e));
	return err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nft_element el = element(r);

	return mt_nl_about(e, mt_nft_put(h, op, NFPROTO_INET, &el, e), r, mt_nl_verb(op));
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_nft_sh_begin(&s, op, NFPROTO_INET, set_of(r));
	mt_sh_say(&s, " ");
	mt_sh_value(&s, r, ADDRESS);
	mt_sh_say(&s, " }\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_hairpin = {
	.name = "hairpin",
	.doc = "a guest and its neighbours reach each other by forwards: nftables",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = NFIELDS,
	.required = NFIELDS,
	.device = MT_NO_DEVICE,
	.phase = MT_PHASE_NAT,
	.flags = MT_KIND_EXCLUSIVE | MT_KIND_RESTORED,
	.list = list,
	.put = put,
	.within = mt_nft_within_inet,
	.sh = sh,
};
