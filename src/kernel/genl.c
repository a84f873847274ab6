/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* genl.c - generic netlink: its socket, opened when a record first needs it, and its families */
#include "kernel/nl.h"

#include <errno.h>
#include <linux/genetlink.h>

struct nlmsghdr *mt_genl_start(struct mt_nl_request *q, uint16_t family, uint8_t command,
			       uint16_t flags)
{
	struct nlmsghdr *n = mt_nl_start(q, family, flags, sizeof(struct genlmsghdr));
	struct genlmsghdr *g = mnl_nlmsg_get_payload(n);

	g->cmd = command;
	g->version = 1;
	return n;
}

static int take_family(const struct nlmsghdr *n, void *data)
{
	mt_nl_attrs tb;

	if (mt_nl_parse(n, sizeof(struct genlmsghdr), tb))
		*(uint16_t *)data = (uint16_t)mt_nl_uint(tb[CTRL_ATTR_FAMILY_ID]);
	return 0;
}

int mt_genl_ethtool(struct mt_host *h, struct mt_host **g, uint16_t *family, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n;
	int err = h->generic ? 0 : mt_nl_open(NETLINK_GENERIC, &h->generic, e);

	if (err == -ENOSYS) /* a policy's process opens nothing: evaluator/filter_gen.c */
		return mt_fail(e, ENOSYS, "", "", "a policy cannot read it");
	if (!err && !h->ethtool) {
		n = mt_genl_start(&q, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
		mnl_attr_put_strz(n, CTRL_ATTR_FAMILY_NAME, "ethtool");
		err = mt_nl_talk(h->generic, n, take_family, &h->ethtool, e);
	}
	if (err == -ENOENT || (!err && !h->ethtool))
		return mt_fail(e, EOPNOTSUPP, "", "", "this kernel has no ethtool over netlink");
	*g = h->generic;
	*family = h->ethtool;
	return err;
}
