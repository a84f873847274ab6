/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fdb_get.c - one entry of a bridge's forwarding database: which port has a MAC address */
#include "kernel/fdb_get.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <sys/socket.h>

bool mt_fdb_is_own(const struct mt_fdb_entry *entry)
{
	return entry->state & NUD_PERMANENT;
}

bool mt_fdb_is_learned(const struct mt_fdb_entry *entry)
{
	return !(entry->state & (NUD_PERMANENT | NUD_NOARP)) && !(entry->flags & NTF_EXT_LEARNED);
}

static int take_entry(const struct nlmsghdr *n, void *data)
{
	const struct ndmsg *m = mnl_nlmsg_get_payload(n);
	struct mt_fdb_entry *entry = data;

	if (n->nlmsg_type == RTM_NEWNEIGH && mnl_nlmsg_get_payload_len(n) >= sizeof *m)
		*entry = (struct mt_fdb_entry){ (uint32_t)m->ndm_ifindex, m->ndm_state,
						m->ndm_flags };
	return 0;
}

/* By NTF_MASTER the kernel asks the bridge that @port is in: net/core/rtnetlink.c rtnl_fdb_get(),
 * Linux 5.0. */
int mt_fdb_get(struct mt_host *h, uint32_t port, const uint8_t address[6], uint16_t vlan,
	       struct mt_fdb_entry *entry, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETNEIGH, 0, sizeof(struct ndmsg));
	struct ndmsg *m = mnl_nlmsg_get_payload(n);
	int err;

	m->ndm_family = AF_BRIDGE;
	m->ndm_ifindex = (int)port;
	m->ndm_flags = NTF_MASTER;
	mnl_attr_put(n, NDA_LLADDR, 6, address);
	if (vlan)
		mnl_attr_put_u16(n, NDA_VLAN, vlan);
	*entry = (struct mt_fdb_entry){ 0 };
	err = mt_nl_talk(h, n, take_entry, entry, e);
	return err || entry->ifindex ? err : mt_fail(e, ENOENT, "", "", NULL);
}

/* Of two ports with one MAC the first has the entry: net/bridge/br_fdb.c fdb_add_local(). */
int mt_bridge_port_of(struct mt_host *h, uint32_t port, const uint8_t address[6], uint32_t *first,
		      struct mt_err *e)
{
	struct mt_fdb_entry entry;
	int err = mt_fdb_get(h, port, address, 0, &entry, e);

	*first = 0;
	if (!err && !mt_fdb_is_own(&entry))
		err = mt_fail(e, ENOENT, "", "", NULL);
	if (err)
		return mt_err_about(e, "bridge", "");
	*first = entry.ifindex;
	return 0;
}
