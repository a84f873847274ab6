/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* altname.c - kind altname: further, longer names of a device, for people and commands */
#include "kernel/nl.h"
#include "base/right.h"
#include "base/sh.h"

#include <ctype.h>
#include <errno.h>
#include <linux/if.h>
#include <string.h>

enum { DEV, NAME, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	/* a free one may have a meaning here: a guest that is stopped has it, say */
	[NAME] = { "name", MT_TEXT, .flags = MT_FIELD_USERS, .attr = IFLA_ALT_IFNAME,
		   .right = &mt_rights[MT_RIGHT_ALTNAME],
		   .doc = "what ip(8) finds it by, too; of up to 127 bytes" },
};

/* Of all names a network namespace has each once: net/core/dev.c netdev_name_node_alt_create(). So
 * one that another device has is a clash. */
static int taken(struct mt_list *l, const struct mt_nl_device *d)
{
	int err = mt_fail(l->e, EEXIST, "", "", "it is a name of %s already", d->name);

	return mt_nl_about(l->e, err, l->filter, "list");
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = &mt_kind_altname };
	bool one = mt_record_has(l->filter, NAME);
	const struct nlattr *a;
	struct mt_nl_device d;
	int err = 0;

	if (!mt_nl_parse_device(n, &d))
		return mt_fail(l->e, EBADMSG, "", "", "the kernel's answer makes no sense");
	r.ref = mt_ref_link((uint32_t)d.head->ifi_index);
	mt_record_put(&r, DEV, mt_name_from(d.name));
	if (one && l->ifindex && d.head->ifi_index != (int)l->ifindex)
		return taken(l, &d);
	if (one && !strcmp(d.name, l->filter->v[NAME].text))
		return l->ifindex ? taken(l, &d) : 0;
	if (!d.tb[IFLA_PROP_LIST])
		return 0;
	mnl_attr_for_each_nested (a, d.tb[IFLA_PROP_LIST]) {
		mt_record_put(&r, NAME, (struct mt_value){ .state = MT_SET, .text = mt_nl_str(a) });
		if (!err && mnl_attr_get_type(a) == IFLA_ALT_IFNAME)
			err = mt_list_found(l, &r);
	}
	return err;
}

/* A name is asked for whichever device has it. */
static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	bool one = mt_record_has(filter, NAME);
	int err = mt_list_device(&l);
	struct mt_nl_request q;
	struct nlmsghdr *n;

	if (err)
		return err < 0 ? err : 0;
	n = mt_nl_device_question(&q, one || l.ifindex ? 0 : NLM_F_DUMP, one ? 0 : l.ifindex, NULL);
	if (one)
		mnl_attr_put_strz(n, IFLA_ALT_IFNAME, filter->v[NAME].text);
	return mt_list_done(&l, mt_nl_talk(h, n, take, &l, e));
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n =
		mt_nl_start(&q, op == MT_DELETE ? RTM_DELLINKPROP : RTM_NEWLINKPROP,
			    op == MT_DELETE ? 0 : NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND,
			    sizeof(struct ifinfomsg));
	struct ifinfomsg *head = mnl_nlmsg_get_payload(n);
	struct nlattr *names;
	uint32_t ifindex;
	int err;

	if (mt_nl_record_ifindex(h, r, &ifindex, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	head->ifi_index = (int)ifindex;
	names = mnl_attr_nest_start(n, IFLA_PROP_LIST | NLA_F_NESTED);
	if (mt_nl_put_fields(h, n, r, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	mnl_attr_nest_end(n, names);
	err = mt_nl_change(h, n, op, r, e);
	return err == -EEXIST ? mt_nl_check_absent(h, r, e) ?: err : err;
}

/* ip(8) takes no others. */
static int check(const struct mt_record *r, struct mt_err *e)
{
	const char *name = r->v[NAME].text;
	size_t n = 0;

	while (name[n] && name[n] != '/' && !isspace((unsigned char)name[n]))
		n++;
	return name[n] || n >= ALTIFNAMSIZ
		? mt_bad(e, "altname", r->v[DEV].name,
			 "name: '%.40s' is not a name of 1..127 bytes without blanks or '/'", name)
		: 0;
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_command(&s, r,
		      op == MT_DELETE ? "ip link property del dev %s altname "
				      : "ip link property add dev %s altname ");
	mt_sh_value(&s, r, NAME);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_altname = {
	MT_LINKS_KIND("altname", "a further name of a device, for people and commands", 2, 2,
		      MT_PHASE_FIELDS, MT_KIND_EXCLUSIVE),
	.device = DEV,
	.check = check,
	.sh = sh,
};
