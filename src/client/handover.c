/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* handover.c - what the service is given of the caller's, and what the caller gets of the service */
#include "client/client.h"
#include "client/client_text.h"
#include "client/sys.h"

#include <linux/if_tun.h>

#define STDIN_KEPT_MAX (64u << 20) /* of a standard input that is too large for the service */

static char buf[65536] __attribute__((aligned(8))); /* a pipe's capacity, pipe(7) */

/* Return: the next bytes of standard input, 0 at its end, or -errno. */
static long read_input(void)
{
	for (;;) {
		struct pollfd p = { .fd = 0, .events = POLLIN };
		long n = sys_read(0, buf, sizeof buf);

		if (n == -EAGAIN)
			sys_poll(&p, NULL);
		else if (n != -EINTR)
			return n;
	}
}

enum mt_copied mt_copy_input(struct mt_call *c)
{
	size_t all = 0;
	long n;

	c->input = (int)sys_memfd("moontap-event", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (c->input < 0)
		return MT_NOT_FOR_SERVICE;
	while ((n = read_input()) > 0) {
		c->input_taken = true;
		if (mt_write_all(c->input, buf, (size_t)n) < 0)
			return MT_COPY_LOST;
		all += (size_t)n;
		if (all > STDIN_KEPT_MAX)
			break;
	}
	if (n == 0)
		c->input_taken = true;
	if ((n < 0 && n != -EBADF) || all > MT_EVENT_STDIN_MAX) /* EBADF: it is closed, so empty */
		return MT_NOT_FOR_SERVICE;
	if (sys_add_seals(c->input, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0 ||
	    sys_rewind(c->input) < 0)
		return MT_NOT_FOR_SERVICE;
	c->fds[c->fds_n++] = c->input;
	return MT_COPIED;
}

static bool is_tap(int fd)
{
	char ifreq[64]; /* of 40 bytes at most */

	return sys_ioctl(fd, TUNGETIFF, ifreq) == 0;
}

/* QEMU leaves to its scripts the tap that they are called for: net/tap.c launch_script(). */
bool mt_find_taps(struct mt_call *c)
{
	struct linux_dirent64 { /* getdents64(2) */
		unsigned long long ino;
		long long off;
		unsigned short size;
		unsigned char type;
		char name[];
	};
	long n = -1, folder = sys_open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (folder >= 0 && (n = sys_getdents((int)folder, buf, sizeof buf)) > 0)
		for (long at = 0; at < n;) {
			const struct linux_dirent64 *d = (const void *)(buf + at);
			int fd = number_of(d->name);

			at += d->size;
			if (fd < 3 || fd == folder || fd == c->socket || !is_tap(fd))
				continue;
			if (c->fds_n == MT_EVENT_FDS_MAX)
				return false;
			c->fds[c->fds_n++] = fd;
		}
	if (folder >= 0)
		sys_close((int)folder);
	return n == 0;
}

/* On NFS only close() may report a failed write (close(2)). */
long mt_copy_output(int from)
{
	long n, at = 0;

	while ((n = sys_pread(from, buf, sizeof buf, at)) > 0) {
		long err = mt_write_all(1, buf, (size_t)n);

		if (err)
			return err;
		at += n;
	}
	if (n == 0)
		n = sys_close(1);
	return n == -EINTR ? 0 : n;
}
