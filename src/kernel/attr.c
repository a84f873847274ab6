/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* attr.c - netlink attributes: what is in a message, by number */
#include "kernel/nl.h"

#include <endian.h>
#include <string.h>
#include <sys/socket.h>

const struct mt_enum_name mt_nl_families[] = {
	{ "ipv4", AF_INET },
	{ "ipv6", AF_INET6 },
	{ NULL, 0 },
};

static int take_attr(const struct nlattr *a, void *data)
{
	const struct nlattr **tb = data;

	if (mnl_attr_get_type(a) < MT_NL_ATTRS)
		tb[mnl_attr_get_type(a)] = a;
	return MNL_CB_OK;
}

const void *mt_nl_parse(const struct nlmsghdr *n, size_t head, mt_nl_attrs tb)
{
	memset(tb, 0, sizeof(mt_nl_attrs));
	if (mnl_nlmsg_get_payload_len(n) < head)
		return NULL;
	mnl_attr_parse(n, (unsigned int)head, take_attr, tb);
	return mnl_nlmsg_get_payload(n);
}

void mt_nl_parse_nest(const struct nlattr *a, mt_nl_attrs tb)
{
	memset(tb, 0, sizeof(mt_nl_attrs));
	if (a)
		mnl_attr_parse_nested(a, take_attr, tb);
}

const char *mt_nl_str(const struct nlattr *a)
{
	size_t n = a ? mnl_attr_get_payload_len(a) : 0;
	const char *text = a ? mnl_attr_get_str(a) : "";

	return n && !text[n - 1] ? text : "";
}

uint64_t mt_nl_uint(const struct nlattr *a)
{
	const void *at = a ? mnl_attr_get_payload(a) : NULL;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (a ? mnl_attr_get_payload_len(a) : 0) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		memcpy(&u16, at, 2);
		return u16;
	case 4:
		memcpy(&u32, at, 4);
		return u32;
	case 8: /* aligned to 4 bytes only */
		memcpy(&u64, at, 8);
		return u64;
	}
	return 0;
}

uint64_t mt_nl_uint_be(const struct nlattr *a)
{
	uint64_t u = mt_nl_uint(a);

	switch (a ? mnl_attr_get_payload_len(a) : 0) {
	case 2:
		return be16toh((uint16_t)u);
	case 4:
		return be32toh((uint32_t)u);
	case 8:
		return be64toh(u);
	}
	return 0;
}

void mt_nl_get_struct(const struct nlattr *a, void *to, size_t n)
{
	if (a && mnl_attr_get_payload_len(a) >= n)
		memcpy(to, mnl_attr_get_payload(a), n);
}

struct mt_value mt_nl_ip(const struct nlattr *a, uint8_t family, uint8_t plen)
{
	struct mt_value v = { .state = MT_SET, .family = family, .plen = plen };
	size_t size = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;

	if (!size || !a || mnl_attr_get_payload_len(a) != size || plen > 8 * size)
		return (struct mt_value){ .state = MT_UNSET };
	memcpy(v.b, mnl_attr_get_payload(a), size);
	return v;
}

void mt_nl_put_ip(struct nlmsghdr *n, uint16_t attr, const struct mt_value *v)
{
	mnl_attr_put(n, attr, v->family == AF_INET ? 4 : 16, v->b);
}
