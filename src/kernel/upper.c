/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* upper.c - devices on other devices: whether one is in or on a device that would be deleted, and
 * their commands */
#include "kernel/nl.h"
#include "base/sh.h"

#include <stdio.h>
#include <string.h>

struct upper {
	uint32_t lower; /* the device that would be deleted */
	char *why;
	size_t n;
	bool found;
};

/* The kernel deletes a VXLAN with the device that it sends by, and has no IFLA_LINK for it:
 * drivers/net/vxlan/vxlan_core.c vxlan_handle_lowerdev_unregister() */
static bool is_on(const struct mt_nl_device *d, uint32_t lower)
{
	if (d->tb[IFLA_LINK_NETNSID] || d->head->ifi_index == (int)lower)
		return false;
	return mt_nl_uint(d->tb[IFLA_LINK]) == lower ||
		(!strcmp(d->kind, "vxlan") && mt_nl_uint(d->data[IFLA_VXLAN_LINK]) == lower);
}

static int take_upper(const struct nlmsghdr *n, void *data)
{
	struct upper *u = data;
	struct mt_nl_device d;
	bool in;

	if (!mt_nl_parse_device(n, &d))
		return 0;
	in = mt_nl_uint(d.tb[IFLA_MASTER]) == u->lower;
	if (!in && !is_on(&d, u->lower))
		return 0;
	snprintf(u->why, u->n, "%s is %s it", d.name, in ? "in" : "on");
	u->found = true;
	return 1;
}

int mt_upper_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		  struct mt_err *e)
{
	struct upper u = { .why = why, .n = n };
	struct mt_nl_request q;
	int err;

	if (op != MT_DELETE)
		return 0;
	err = mt_nl_record_ifindex(h, r, &u.lower, e);
	if (!err)
		err = mt_nl_talk(h, mt_nl_device_question(&q, NLM_F_DUMP, 0, NULL), take_upper, &u,
				 e);
	return err ? mt_nl_about(e, err, r, "list") : u.found;
}

/* ip(8) takes a device's link only when it adds it. */
int mt_upper_sh(enum mt_op op, const struct mt_record *r, const char *kind, int lower, char *buf,
		size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_command(&s, r,
		      op == MT_ADD		? "ip link add dev %s"
			      : op == MT_CHANGE ? "ip link set dev %s"
						: r->kind->del);
	if (op == MT_ADD)
		mt_sh_field(&s, r, lower);
	if (op != MT_DELETE)
		mt_sh_say(&s, " type %s", kind);
	for (int i = 1; op != MT_DELETE && i < r->kind->nfields; i++)
		if (i != lower)
			mt_sh_field(&s, r, i);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}
