/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tc_changes.c - rtnetlink's notifications of qdiscs and filters, looked through for moontap's */
#include "kernel/tc_changes.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "kernel/tc.h"
#include "kernel/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define OURS (MT_TC_OURS << 16)

#define HANDLE (NLMSG_HDRLEN + offsetof(struct tcmsg, tcm_handle))

/* Let pass what is of moontap's number, of a clsact, or has no number: all filters of a device are
 * deleted; or a default qdisc gives way to moontap's, which is in the same packet. BPF reads numbers
 * in network order. */
static int filter(int fd, struct mt_err *e)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, HANDLE),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(TC_H_MAJ(TC_H_CLSACT)), 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(OURS), 2, 0),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, htonl(TC_U32_NODE(UINT32_MAX))),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(MT_TC_OURS), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { sizeof code / sizeof *code, code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program))
		return mt_fail(e, errno, "watch", "filter", NULL);
	return 0;
}

/* --- the queues that there are ---------------------------------------------------------------- */

static struct mt_tc_queue *find(struct mt_tc_changes *c, uint32_t ifindex)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->queues[i].ifindex == ifindex)
			return &c->queues[i];
	return NULL;
}

static void forget(struct mt_tc_changes *c, uint32_t ifindex)
{
	struct mt_tc_queue *q = find(c, ifindex);

	if (q)
		*q = c->queues[--c->n];
}

/* Return: whether it is not as it was. Without memory it is new each time. */
static bool note(struct mt_tc_changes *c, const struct mt_tc *t, bool *new)
{
	uint32_t ifindex = (uint32_t)t->head->tcm_ifindex;
	uint64_t set = t->options
		? mt_hash(MT_HASH_START, (const char *)t->options, t->options->nla_len)
		: 0;
	struct mt_tc_queue *q = find(c, ifindex), *more;

	*new = !q;
	if (q && q->set == set)
		return false;
	if (!q) {
		more = mt_array_room(c->queues, c->n, &c->cap, sizeof *more);
		if (!more)
			return true;
		c->queues = more;
		q = &c->queues[c->n++];
	}
	*q = (struct mt_tc_queue){ ifindex, set };
	return true;
}

static int take_there(const struct nlmsghdr *n, void *data)
{
	struct mt_tc t;
	bool new;

	if (mt_tc_parse(n, RTM_NEWQDISC, &t) && t.head->tcm_handle == OURS)
		note(data, &t, &new);
	return 0;
}

/* --- notifications ---------------------------------------------------------------------------- */

int mt_tc_changes_open(struct mt_host *h, struct mt_tc_changes *c, struct mt_err *e)
{
	static const int groups[] = { RTNLGRP_TC };
	struct mt_nl_request q;
	int err;

	*c = (struct mt_tc_changes){ .fd = -1 };
	err = mt_watch_groups(NETLINK_ROUTE, groups, 1, &c->fd, e);
	if (!err)
		err = filter(c->fd, e);
	if (!err)
		err = mt_nl_talk(h, mt_tc_start(&q, RTM_GETQDISC, NLM_F_DUMP, 0, 0), take_there, c,
				 e);
	if (err)
		mt_tc_changes_close(c);
	return err;
}

void mt_tc_changes_close(struct mt_tc_changes *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->queues);
	*c = (struct mt_tc_changes){ .fd = -1 };
}

/* Whoever adds a filter says NLM_F_EXCL, and the notification has the request's flags:
 * net/sched/cls_api.c tfilter_notify(). */
static bool counts(struct mt_tc_changes *c, const struct nlmsghdr *n, const struct tcmsg *head,
		   bool *new)
{
	struct mt_tc t;

	*new = false;
	switch (n->nlmsg_type) {
	case RTM_NEWTFILTER:
		*new = n->nlmsg_flags &NLM_F_EXCL;
		return true;
	case RTM_DELTFILTER:
		return true;
	case RTM_DELQDISC:
		if (head->tcm_handle == OURS)
			forget(c, (uint32_t)head->tcm_ifindex);
		return head->tcm_handle;
	default:
		return head->tcm_handle == OURS && mt_tc_parse(n, RTM_NEWQDISC, &t) &&
			note(c, &t, new);
	}
}

int mt_tc_changes_read(struct mt_tc_changes *c,
		       void (*each)(void *data, uint32_t ifindex, bool new), void *data)
{
	alignas(NLMSG_ALIGNTO) char bytes[32768];
	bool lost = false, new;

	for (;;) {
		ssize_t got = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
		const struct nlmsghdr *n = (const void *)bytes;
		int left = (int)got;

		lost |= got < 0 && errno == ENOBUFS;
		if (got < 0 && errno != ENOBUFS && errno != EINTR)
			return lost ? -ENOBUFS : 0;
		for (; left > 0 && mnl_nlmsg_ok(n, left); n = mnl_nlmsg_next(n, &left)) {
			const struct tcmsg *head = mnl_nlmsg_get_payload(n);

			if (n->nlmsg_len >= NLMSG_LENGTH(sizeof *head) && counts(c, n, head, &new))
				each(data, (uint32_t)head->tcm_ifindex, new);
		}
	}
}
