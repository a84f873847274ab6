/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * netlink.c - any bytes as what the kernel answers: a changed or hostile one
 *
 * Nothing is sent. The first byte says what is asked; of the others datagrams are made, raw, or as
 * messages that fit the request, attribute by attribute, so that most bytes come to a decoder.
 */
#include "kernel/nl.h"

#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* In libmnl's place: nothing reaches the kernel. */
ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *bytes, size_t n)
{
	(void)nl, (void)bytes;
	return (ssize_t)n;
}

struct bytes {
	const uint8_t *at;
	size_t n;
	unsigned datagrams;
};

static uint8_t take(struct bytes *b)
{
	return b->n ? b->n--, *b->at++ : 0;
}

static size_t take_into(struct bytes *b, void *to, size_t n)
{
	n = n < b->n ? n : b->n;
	memcpy(to, b->at, n);
	b->at += n;
	b->n -= n;
	return n;
}

static size_t head_of(uint16_t type)
{
	switch (type) {
	case RTM_NEWLINK:
		return sizeof(struct ifinfomsg);
	case RTM_NEWADDR:
		return sizeof(struct ifaddrmsg);
	case RTM_NEWROUTE:
		return sizeof(struct rtmsg);
	case RTM_NEWNEIGH:
		return sizeof(struct ndmsg);
	}
	return 4;
}

/* Names and kinds that decoders know. */
static void put_word(struct nlmsghdr *n, uint8_t attr, uint8_t which)
{
	static const char *const words[] = { "eth0",   "br0",  "u0", "tun",
					     "bridge", "veth", "",   "0123456789abcde" };

	mnl_attr_put_strz(n, attr, words[which % (sizeof words / sizeof *words)]);
}

static void put_attributes(struct bytes *b, struct nlmsghdr *n, const char *end)
{
	struct nlattr *nests[8];
	unsigned depth = 0;
	uint8_t payload[256];

	while (b->n && (const char *)mnl_nlmsg_get_payload_tail(n) + 600 < end) {
		uint8_t what = take(b), attr = take(b);
		size_t size;

		if (what == 0)
			break;
		if (what < 40 && depth < 8) {
			nests[depth++] = mnl_attr_nest_start(n, attr);
		} else if (what < 60 && depth) {
			mnl_attr_nest_end(n, nests[--depth]);
		} else if (what < 100) {
			put_word(n, attr, take(b));
		} else {
			size = take_into(b, payload, what < 200 ? 4 : what % 32);
			mnl_attr_put(n, attr, size, payload);
		}
	}
	while (depth)
		mnl_attr_nest_end(n, nests[--depth]);
}

static size_t put_message(struct bytes *b, const struct nlmsghdr *request, char *buf, size_t room)
{
	struct nlmsghdr *n;
	uint8_t flags = take(b);

	memset(buf, 0, room < 512 ? room : 512);
	n = mnl_nlmsg_put_header(buf);
	n->nlmsg_seq = request->nlmsg_seq;
	n->nlmsg_pid = request->nlmsg_pid;
	n->nlmsg_type = flags & 1 ? take(b) : request->nlmsg_type & ~3;
	n->nlmsg_flags = flags & 2 ? NLM_F_MULTI | NLM_F_DUMP_INTR : NLM_F_MULTI;
	take_into(b, mnl_nlmsg_put_extra_header(n, head_of(n->nlmsg_type)), head_of(n->nlmsg_type));
	put_attributes(b, n, buf + room);
	return NLMSG_ALIGN(n->nlmsg_len);
}

static size_t put_end(const struct nlmsghdr *request, char *buf)
{
	struct nlmsghdr *n = mnl_nlmsg_put_header(buf);

	n->nlmsg_seq = request->nlmsg_seq;
	n->nlmsg_pid = request->nlmsg_pid;
	n->nlmsg_type = NLMSG_DONE;
	*(int *)mnl_nlmsg_put_extra_header(n, sizeof(int)) = 0;
	return NLMSG_ALIGN(n->nlmsg_len);
}

static unsigned int portid;

static long answer(void *data, const void *request, void *buf, size_t n)
{
	struct nlmsghdr asked = *(const struct nlmsghdr *)request;
	struct bytes *b = data;
	uint8_t how;

	asked.nlmsg_pid = portid;
	if (!b->n || ++b->datagrams > 64)
		return (long)put_end(&asked, buf);
	how = take(b);
	if (how < 8)
		return how == 1 ? -ENOBUFS : how == 2 ? -ETIMEDOUT : how == 3 ? -EMSGSIZE : 0;
	if (how < 40) {
		size_t len = take(b) * 16;

		return (long)take_into(b, buf, len < n ? len : n);
	}
	return (long)put_message(b, &asked, buf, n);
}

/* --- what is asked ---------------------------------------------------------------------------- */

static int look_at(const struct mt_record *r, void *data, struct mt_err *e)
{
	char line[8192];

	(void)data, (void)e;
	mt_record_print(r, 0, line, sizeof line);
	return 0;
}

static struct mt_record some(const struct mt_kind *k, uint8_t which)
{
	static const uint8_t four[16] = { 10, 0, 0, 1 };
	struct mt_record r = { .kind = k };

	for (int i = 0; i < k->nkeys; i++) {
		const struct mt_field *f = &k->fields[i];
		struct mt_value v = mt_uint(which & 4 ? AF_INET6 : AF_INET);

		if (!(which >> i & 1))
			continue;
		if (f->type == MT_NAME || f->type == MT_LINK)
			v = mt_name_from(which & 64 ? "br0" : "eth0");
		else if (f->type == MT_IP || f->type == MT_PREFIX) {
			v.family = which & 128 ? AF_INET6 : AF_INET;
			v.plen = f->type == MT_PREFIX ? 24 : 0;
			memcpy(v.b, four, sizeof four);
		}
		mt_record_put(&r, i, v);
	}
	return r;
}

static void ask(struct mt_host *h, uint8_t what, uint8_t which)
{
	unsigned nkinds = 0;
	struct mt_record r;
	struct mt_device d;
	struct mt_err e = { 0 };
	char why[160];
	const struct mt_kind *k;

	while (mt_kinds[nkinds])
		nkinds++;
	k = mt_kinds[what % nkinds];
	r = some(k, which);
	switch (what / 32) {
	case 0:
		mt_device_by_name(h, "eth0", &d, &e);
		return;
	case 1:
		mt_device_by_index(h, 7, &d, &e);
		return;
	case 2:
		if (k->busy)
			k->busy(h, which & 128 ? MT_DELETE : MT_CHANGE, &r, why, sizeof why, &e);
		return;
	case 3: /* whose changes are netlink's and nothing else's */
		if (strcmp(k->name, "tap") && strcmp(k->name, "conf") && !mt_record_check(&r, &e)) {
			if (k->set_defaults)
				k->set_defaults(&r);
			k->put(h, which & 128 ? MT_ADD : MT_DELETE, &r, &e);
		}
		return;
	}
	k->list(h, &r, look_at, NULL, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct mt_host *host;
	struct bytes b = { data, n, 0 };
	struct mt_err e;
	uint8_t what = take(&b), which = take(&b);

	if (!host && mt_host_open(&host, &e))
		abort();
	portid = host->portid;
	mt_host_fault(host, &(struct mt_fault){ .answer = answer, .data = &b });
	ask(host, what, which);
	return 0;
}
