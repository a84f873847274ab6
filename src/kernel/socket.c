/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* socket.c - opening and closing a handle on the kernel */
#include "base/libc.h"
#include "kernel/nl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int mt_nl_open(int bus, struct mt_host **h, struct mt_err *e)
{
	/* EXT_ACK: errors have a text. CAP_ACK: they do not repeat our request. STRICT_CHK: a
	 * dump's filters are obeyed or refused, never ignored. Linux 4.20 has all three. */
	static const int options[] = { NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK };
	struct mt_host *new = malloc(sizeof *new);
	int code, one = 1;

	*h = NULL;
	if (!new)
		return mt_fail(e, ENOMEM, "host.open", "", NULL);
	memset(new, 0, offsetof(struct mt_host, buf)); /* the buffer's pages are not touched yet */
	new->nl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!new->nl || mnl_socket_bind(new->nl, 0, MNL_SOCKET_AUTOPID) < 0)
		goto out;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (mnl_socket_setsockopt(new->nl, options[i], &one, sizeof one) < 0)
			goto out;
	new->portid = mnl_socket_get_portid(new->nl);
	*h = new;
	return 0;
out:
	code = errno;
	mt_host_close(new);
	return mt_fail(e, code, "host.open", "netlink", NULL);
}

int mt_host_open(struct mt_host **h, struct mt_err *e)
{
	return mt_nl_open(NETLINK_ROUTE, h, e);
}

void mt_host_close(struct mt_host *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->ntaps; i++)
		close(h->taps[i].fd);
	free(h->taps);
	free(h->lasting);
	free(h->ovsdb);
	mt_host_uncache(h);
	mt_host_close(h->generic);
	mt_host_close(h->netfilter);
	if (h->other)
		h->other->close(h->other);
	if (h->nl)
		mnl_socket_close(h->nl);
	free(h);
}

int mt_host_last_in(struct mt_host *h, const char *folder)
{
	free(h->lasting);
	h->lasting = strdup(folder);
	return h->lasting ? 0 : -ENOMEM;
}

const char *mt_host_lasting(const struct mt_host *h)
{
	return h->lasting ? h->lasting : MT_LASTING;
}

int mt_host_ovsdb_at(struct mt_host *h, const char *path)
{
	free(h->ovsdb);
	h->ovsdb = strdup(path);
	return h->ovsdb ? 0 : -ENOMEM;
}

const char *mt_host_ovsdb(const struct mt_host *h)
{
	return h->ovsdb ? h->ovsdb : MT_OVSDB_DEFAULT;
}

struct mt_host_other **mt_host_other(struct mt_host *h)
{
	return &h->other;
}

void mt_host_begin(struct mt_host *h)
{
	if (!h->begun++)
		memset(h->names, 0, sizeof h->names);
}

void mt_host_end(struct mt_host *h)
{
	h->begun--;
}

int mt_host_fd(const struct mt_host *h)
{
	return mnl_socket_get_fd(h->nl);
}

uint64_t mt_host_cookie(const struct mt_host *h)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof cookie;

	return getsockopt(mt_host_fd(h), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) ? 0 : cookie;
}

/* SIOCGSKNS gives the socket's own namespace, and needs CAP_NET_ADMIN: net/socket.c sock_ioctl().
 * Without it, the thread's: the same one, unless the thread has entered another since. */
void mt_host_namespace(const struct mt_host *h, uint64_t *dev, uint64_t *inode)
{
	int fd = ioctl(mt_host_fd(h), SIOCGSKNS);
	struct stat st = { 0 };

	if (fd < 0)
		fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		st = (struct stat){ 0 };
	if (fd >= 0)
		close(fd);
	*dev = st.st_dev;
	*inode = st.st_ino;
}
