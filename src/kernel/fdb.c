/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fdb.c - which port of a bridge has a MAC: its forwarding database, asked for one entry */
#include "kernel/nl.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <sys/socket.h>

static int take_entry(const struct nlmsghdr *n, void *data)
{
	const struct ndmsg *m = mnl_nlmsg_get_payload(n);

	if (n->nlmsg_type == RTM_NEWNEIGH && mnl_nlmsg_get_payload_len(n) >= sizeof *m &&
	    m->ndm_state & NUD_PERMANENT)
		*(uint32_t *)data = (uint32_t)m->ndm_ifindex;
	return 0;
}

/* By NTF_MASTER the kernel asks the bridge that @port is in: net/core/rtnetlink.c rtnl_fdb_get(),
 * Linux 5.0. Of two ports with one MAC the first has the entry: net/bridge/br_fdb.c
 * fdb_add_local(). */
int mt_bridge_port_of(struct mt_host *h, uint32_t port, const uint8_t address[6], uint32_t *first,
		      struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETNEIGH, 0, sizeof(struct ndmsg));
	struct ndmsg *m = mnl_nlmsg_get_payload(n);
	int err;

	m->ndm_family = AF_BRIDGE;
	m->ndm_ifindex = (int)port;
	m->ndm_flags = NTF_MASTER;
	mnl_attr_put(n, NDA_LLADDR, 6, address);
	*first = 0;
	err = mt_nl_talk(h, n, take_entry, first, e);
	if (!err && !*first)
		return mt_fail(e, ENOENT, "bridge", "", NULL);
	return err ? mt_err_about(e, "bridge", "") : 0;
}
