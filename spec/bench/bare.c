/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bare.c - for the bench: TAP BRIDGE: connects a tap to a bridge by the messages that moontap sends
 *
 * No library but libc, no check that is not needed to go on. With a third word it sends the least
 * that comes to the same: looks at both devices; into the bridge, believes no router there, up; and
 * after each of the three looks whether it is so. moontap looks again whenever something else may
 * have been done meanwhile. spec/bench/bare_spec.lua compares the two.
 */
#include <fcntl.h>
#include <linux/if.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
	struct nlmsghdr n;
	union {
		struct ifinfomsg link;
		struct netconfmsg conf;
		struct ndmsg neigh;
		char bytes[80];
	};
};

static union {
	struct nlmsghdr n;
	char bytes[32768];
} answer;

static void put(struct request *q, unsigned short type, const void *data, size_t n)
{
	struct rtattr *a = (struct rtattr *)((char *)q + NLMSG_ALIGN(q->n.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(n);
	memcpy(RTA_DATA(a), data, n);
	q->n.nlmsg_len = (unsigned int)(NLMSG_ALIGN(q->n.nlmsg_len) + RTA_SPACE(n));
}

static struct request request(unsigned short type, int ifindex)
{
	return (struct request){
		.n = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
		       .nlmsg_type = type,
		       .nlmsg_flags = NLM_F_REQUEST | (type == RTM_NEWLINK ? NLM_F_ACK : 0) },
		.link = { .ifi_index = ifindex },
	};
}

/* Return: the device's ifindex, or 0: the change was made; else -1. */
static int talk(int fd, struct request *q)
{
	const struct nlmsgerr *e = NLMSG_DATA(&answer.n);
	const struct ifinfomsg *link = NLMSG_DATA(&answer.n);

	if (send(fd, q, q->n.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof answer, 0) < 0)
		return -1;
	if (answer.n.nlmsg_type == NLMSG_ERROR)
		return e->error ? -1 : 0;
	return link->ifi_index;
}

static unsigned char address[6]; /* of the device that was looked at last */

static void take_address(const struct ifinfomsg *link)
{
	const struct rtattr *a = IFLA_RTA(link);
	int left = (int)IFLA_PAYLOAD(&answer.n);

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == IFLA_ADDRESS && RTA_PAYLOAD(a) == sizeof address)
			memcpy(address, RTA_DATA(a), sizeof address);
}

static int look(int fd, int ifindex, const char *name)
{
	const unsigned int mask = RTEXT_FILTER_SKIP_STATS;
	struct request q = request(RTM_GETLINK, ifindex);
	int index;

	if (name)
		put(&q, IFLA_IFNAME, name, strlen(name) + 1);
	put(&q, IFLA_EXT_MASK, &mask, sizeof mask);
	index = talk(fd, &q);
	if (index > 0)
		take_address(NLMSG_DATA(&answer.n));
	return index;
}

static int has_ipv6(int fd)
{
	const int all = NETCONFA_IFINDEX_ALL;
	struct request q = { .n = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct netconfmsg)),
				    .nlmsg_type = RTM_GETNETCONF,
				    .nlmsg_flags = NLM_F_REQUEST },
			     .conf = { .ncm_family = AF_INET6 } };

	put(&q, NETCONFA_IFINDEX, &all, sizeof all);
	return talk(fd, &q);
}

static int enslave(int fd, int tap, int bridge)
{
	struct request q = request(RTM_NEWLINK, tap);

	put(&q, IFLA_MASTER, &bridge, sizeof bridge);
	return talk(fd, &q);
}

static int trust_no_router(const char *tap)
{
	char path[128];
	int fd, err;

	snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/accept_ra", tap);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 || write(fd, "0", 1) != 1;
	close(fd);
	return err;
}

/* The bridge's port that has the tap's MAC, by what libvirt would make of its guest's. */
static int is_alone(int fd, int tap)
{
	struct request q = {
		.n = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ndmsg)),
		       .nlmsg_type = RTM_GETNEIGH,
		       .nlmsg_flags = NLM_F_REQUEST },
		.neigh = { .ndm_family = AF_BRIDGE, .ndm_ifindex = tap, .ndm_flags = NTF_MASTER }
	};

	put(&q, NDA_LLADDR, address, sizeof address);
	talk(fd, &q); /* that there is none is fine */
	return 0;
}

static int set_up(int fd, int tap)
{
	struct request q = request(RTM_NEWLINK, tap);

	q.link.ifi_flags = q.link.ifi_change = IFF_UP;
	return talk(fd, &q);
}

enum what { TAP, INDEX, BRIDGE, IPV6, ENSLAVE, DISTRUST, SET_UP, ALONE, DONE };

static const enum what same[] = { TAP,	    TAP,    BRIDGE, IPV6,    TAP,   TAP,
				  BRIDGE,   BRIDGE, BRIDGE, ENSLAVE, TAP,   INDEX,
				  DISTRUST, TAP,    SET_UP, TAP,     ALONE, DONE };
static const enum what least[] = { TAP, BRIDGE, ENSLAVE, TAP, DISTRUST, TAP, SET_UP, TAP, DONE };

int main(int argc, char **argv)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int tap = 0, bridge = 0, err = 0;

	if (argc < 3 || fd < 0 || bind(fd, (struct sockaddr *)&self, sizeof self))
		return 1;
	for (const enum what *w = argc > 3 ? least : same; !err && *w != DONE; w++)
		switch (*w) {
		case TAP:
			tap = look(fd, 0, argv[1]);
			err = tap <= 0;
			break;
		case INDEX:
			err = look(fd, tap, NULL) <= 0;
			break;
		case BRIDGE:
			bridge = look(fd, 0, argv[2]);
			err = bridge <= 0;
			break;
		case IPV6:
			err = has_ipv6(fd) < 0;
			break;
		case ENSLAVE:
			err = enslave(fd, tap, bridge);
			break;
		case DISTRUST:
			err = trust_no_router(argv[1]);
			break;
		case ALONE:
			err = is_alone(fd, tap);
			break;
		default:
			err = set_up(fd, tap);
		}
	return err;
}
