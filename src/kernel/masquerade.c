/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* masquerade.c - kind masquerade: what guests send leaves by a device with the host's address */
#include "kernel/nft.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <string.h>
#include <sys/socket.h>

enum { SRC, OUT, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[SRC] = { "src", MT_PREFIX, .flags = MT_FIELD_CUSTOM, .right = &mt_rights[MT_RIGHT_PREFIX],
		  .doc = "the guests' network" },
	[OUT] = { "out", MT_LINK, .flags = MT_FIELD_CUSTOM,
		  .doc = "the device that their packets leave by" },
};

static const char *const sets[] = { "masquerade4", "masquerade6" };

static const char *set_of(const struct mt_record *r)
{
	return sets[r->v[SRC].family == AF_INET6];
}

static struct mt_nft_element element(const struct mt_record *r)
{
	struct mt_nft_element el = { .set = set_of(r) };
	char name[MT_NAME_MAX + 1] = "";

	strcpy(name, r->v[OUT].name);
	mt_nft_key_ip(&el.key, &r->v[SRC], false);
	mt_nft_key_put(&el.key, name, sizeof name);
	mt_nft_key_ip(&el.end, &r->v[SRC], true);
	mt_nft_key_put(&el.end, name, sizeof name);
	return el;
}

struct listing {
	struct mt_list *l;
	bool v6;
};

static int take(const struct mt_nft_found *found, void *data)
{
	const struct listing *look = data;
	size_t size = look->v6 ? 16 : 4;
	struct mt_value src = { .state = MT_SET, .family = look->v6 ? AF_INET6 : AF_INET };
	struct mt_record r = { .kind = &mt_kind_masquerade };
	char name[MT_NAME_MAX + 1];

	if (found->key.n != size + sizeof name || found->end.n != found->key.n)
		return 0;
	memcpy(src.b, found->key.bytes, size);
	src.plen = mt_nft_prefix_length(&found->key, &found->end, 0, size);
	memcpy(name, found->key.bytes + size, sizeof name);
	name[MT_NAME_MAX] = 0;
	if (!mt_name_valid(name)) /* "eth*", of somebody else */
		return 0;
	mt_record_put(&r, SRC, src);
	mt_record_put(&r, OUT, mt_name_from(name));
	return mt_list_found(look->l, &r);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err = 0;

	if (mt_record_has(filter, SRC) && mt_record_has(filter, OUT)) {
		struct mt_nft_element el = element(filter);

		return mt_nft_list_key(&l, NFPROTO_INET, &el);
	}
	for (int i = 0; !err && i < 2; i++) {
		struct listing look = { &l, i };

		err = mt_list_done(&l, mt_nft_list(h, NFPROTO_INET, sets[i], take, &look, e));
	}
	return err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nft_element el = element(r);
	int err = mt_nft_put(h, op, NFPROTO_INET, &el, e);

	if (err == -ENOTEMPTY)
		err = mt_fail(e, EEXIST, "", "",
			      "a network there that overlaps with it is masqueraded already");
	return mt_nl_about(e, err, r, mt_nl_verb(op));
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	char subject[96];

	return mt_prefix_has_host_bits(&r->v[SRC])
		? mt_bad(e, "masquerade", mt_record_subject(r, subject, sizeof subject),
			 "'src' has bits beyond its prefix of %u", r->v[SRC].plen)
		: 0;
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_nft_sh_begin(&s, op, NFPROTO_INET, set_of(r));
	mt_sh_say(&s, " ");
	mt_sh_value(&s, r, SRC);
	mt_sh_say(&s, " .");
	mt_nft_sh_name(&s, r->v[OUT].name);
	mt_sh_say(&s, " }\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_masquerade = {
	.name = "masquerade",
	.doc = "what guests send leaves by a device with the host's address: nftables",
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
	.check = check,
	.sh = sh,
};
