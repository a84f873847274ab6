/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mnl_static.c - the part of libmnl that kernel/ calls, for a static program
 *
 * Linked into moontap-script alone, and only where the system has libmnl without an archive (Debian
 * has none): a static program cannot load the library. spec/kernel/mnl_spec.lua compares each
 * function with libmnl's own; libmnl's documentation describes them.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct mnl_socket {
	int fd;
	struct sockaddr_nl address;
};

/* --- sockets ---------------------------------------------------------------------------------- */

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->fd = socket(AF_NETLINK, SOCK_RAW | flags, bus);
	if (s->fd >= 0)
		return s;
	free(s);
	return NULL;
}

int mnl_socket_bind(struct mnl_socket *s, unsigned int groups, pid_t pid)
{
	socklen_t n = sizeof s->address;

	s->address = (struct sockaddr_nl){ .nl_family = AF_NETLINK,
					   .nl_groups = groups,
					   .nl_pid = (unsigned int)pid };
	if (bind(s->fd, (struct sockaddr *)&s->address, n) < 0)
		return -1;
	return getsockname(s->fd, (struct sockaddr *)&s->address, &n);
}

int mnl_socket_close(struct mnl_socket *s)
{
	int r = close(s->fd);

	free(s);
	return r;
}

int mnl_socket_get_fd(const struct mnl_socket *s)
{
	return s->fd;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *s)
{
	return s->address.nl_pid;
}

int mnl_socket_setsockopt(const struct mnl_socket *s, int option, void *value, socklen_t n)
{
	return setsockopt(s->fd, SOL_NETLINK, option, value, n);
}

ssize_t mnl_socket_sendto(const struct mnl_socket *s, const void *bytes, size_t n)
{
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(s->fd, bytes, n, 0, (const struct sockaddr *)&kernel, sizeof kernel);
}

/* --- messages --------------------------------------------------------------------------------- */

struct nlmsghdr *mnl_nlmsg_put_header(void *bytes)
{
	struct nlmsghdr *n = memset(bytes, 0, MNL_NLMSG_HDRLEN);

	n->nlmsg_len = MNL_NLMSG_HDRLEN;
	return n;
}

void *mnl_nlmsg_get_payload_tail(const struct nlmsghdr *n)
{
	return (char *)n + MNL_ALIGN(n->nlmsg_len);
}

void *mnl_nlmsg_put_extra_header(struct nlmsghdr *n, size_t size)
{
	void *extra = (char *)n + n->nlmsg_len;

	n->nlmsg_len += (unsigned int)MNL_ALIGN(size);
	return memset(extra, 0, MNL_ALIGN(size));
}

void *mnl_nlmsg_get_payload(const struct nlmsghdr *n)
{
	return (char *)n + MNL_NLMSG_HDRLEN;
}

void *mnl_nlmsg_get_payload_offset(const struct nlmsghdr *n, size_t offset)
{
	return (char *)mnl_nlmsg_get_payload(n) + MNL_ALIGN(offset);
}

size_t mnl_nlmsg_get_payload_len(const struct nlmsghdr *n)
{
	return n->nlmsg_len - MNL_NLMSG_HDRLEN;
}

/* --- attributes that are read ----------------------------------------------------------------- */

uint16_t mnl_attr_get_type(const struct nlattr *a)
{
	return a->nla_type & NLA_TYPE_MASK;
}

void *mnl_attr_get_payload(const struct nlattr *a)
{
	return (char *)a + MNL_ATTR_HDRLEN;
}

uint16_t mnl_attr_get_payload_len(const struct nlattr *a)
{
	return (uint16_t)(a->nla_len - MNL_ATTR_HDRLEN);
}

const char *mnl_attr_get_str(const struct nlattr *a)
{
	return mnl_attr_get_payload(a);
}

uint32_t mnl_attr_get_u32(const struct nlattr *a)
{
	uint32_t u;

	memcpy(&u, mnl_attr_get_payload(a), sizeof u);
	return u;
}

bool mnl_attr_ok(const struct nlattr *a, int left)
{
	return left >= (int)sizeof *a && a->nla_len >= sizeof *a && a->nla_len <= left;
}

struct nlattr *mnl_attr_next(const struct nlattr *a)
{
	return (struct nlattr *)((char *)a + MNL_ALIGN(a->nla_len));
}

int mnl_attr_parse(const struct nlmsghdr *n, unsigned int offset, mnl_attr_cb_t take, void *data)
{
	const struct nlattr *a;
	int r = MNL_CB_OK;

	mnl_attr_for_each (a, n, offset)
		if ((r = take(a, data)) <= MNL_CB_STOP)
			break;
	return r;
}

int mnl_attr_parse_nested(const struct nlattr *nest, mnl_attr_cb_t take, void *data)
{
	const struct nlattr *a;
	int r = MNL_CB_OK;

	mnl_attr_for_each_nested (a, nest)
		if ((r = take(a, data)) <= MNL_CB_STOP)
			break;
	return r;
}

/* --- attributes that are written -------------------------------------------------------------- */

/* The padding is zero already: mt_nl_start(). */
void mnl_attr_put(struct nlmsghdr *n, uint16_t type, size_t size, const void *data)
{
	struct nlattr *a = mnl_nlmsg_get_payload_tail(n);

	a->nla_type = type;
	a->nla_len = (uint16_t)(MNL_ATTR_HDRLEN + size);
	memcpy(mnl_attr_get_payload(a), data, size);
	n->nlmsg_len += (unsigned int)MNL_ALIGN(a->nla_len);
}

void mnl_attr_put_u8(struct nlmsghdr *n, uint16_t type, uint8_t u)
{
	mnl_attr_put(n, type, sizeof u, &u);
}

void mnl_attr_put_u16(struct nlmsghdr *n, uint16_t type, uint16_t u)
{
	mnl_attr_put(n, type, sizeof u, &u);
}

void mnl_attr_put_u32(struct nlmsghdr *n, uint16_t type, uint32_t u)
{
	mnl_attr_put(n, type, sizeof u, &u);
}

void mnl_attr_put_u64(struct nlmsghdr *n, uint16_t type, uint64_t u)
{
	mnl_attr_put(n, type, sizeof u, &u);
}

void mnl_attr_put_strz(struct nlmsghdr *n, uint16_t type, const char *s)
{
	mnl_attr_put(n, type, strlen(s) + 1, s);
}

struct nlattr *mnl_attr_nest_start(struct nlmsghdr *n, uint16_t type)
{
	struct nlattr *nest = mnl_nlmsg_get_payload_tail(n);

	nest->nla_type = NLA_F_NESTED | type;
	n->nlmsg_len += (unsigned int)MNL_ALIGN(sizeof *nest);
	return nest;
}

void mnl_attr_nest_end(struct nlmsghdr *n, struct nlattr *nest)
{
	nest->nla_len = (uint16_t)((char *)mnl_nlmsg_get_payload_tail(n) - (char *)nest);
}
