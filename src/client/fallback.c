/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fallback.c - without the service: become moontap, or fail */
#include "client/client.h"
#include "client/client_text.h"
#include "client/sys.h"

#define PATH_ROOM 4096 /* PATH_MAX */

long mt_write_all(int fd, const char *s, size_t n)
{
	while (n) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		long done = sys_write(fd, s, n);

		if (done == -EAGAIN) /* the caller may have left it non-blocking */
			sys_poll(&p, NULL);
		else if (done < 0 && done != -EINTR)
			return done;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

void mt_complain(const struct mt_call *c, const char *subject, const char *what, long why)
{
	char line[PATH_ROOM + 128];
	struct text t = { .s = line, .room = sizeof line - 1 };

	add(&t, c->name);
	add(&t, ": ");
	add(&t, subject);
	add(&t, " ");
	add(&t, what);
	if (why < 0) {
		add(&t, " (errno ");
		add_number(&t, (unsigned int)-why);
		add(&t, ")");
	}
	t.s[t.n++] = '\n';
	mt_write_all(2, t.s, t.n);
}

/* At these operations a hook that fails would kill the guest, or change nothing: see
 * engine/operations.c. */
int mt_failed(const struct mt_call *c)
{
	static const char *const ignored[] = { "started", "reconnect", "stopped", "release" };

	for (size_t i = 0; c->event && c->event->hook && i < sizeof ignored / sizeof *ignored;
	     i++) {
		const char *rest = after(c->argv[2], ignored[i]);

		if (rest && !*rest)
			return 0;
	}
	return 4;
}

/* Let descriptor 0 be the copy of what was read from it. The service may have the copy's offset, so
 * open it once more. */
static void give_input(const struct mt_call *c)
{
	char path[32];
	struct text t = { .s = path, .room = sizeof path };
	long again;

	add(&t, "/proc/self/fd/");
	add_number(&t, (unsigned int)c->input);
	add_word(&t, "");
	again = sys_open(path, O_RDONLY | O_CLOEXEC);
	if (again < 0)
		sys_rewind(c->input);
	sys_dup_to(again < 0 ? c->input : (int)again, 0);
}

int mt_become_moontap(const struct mt_call *c)
{
	char path[PATH_ROOM + sizeof "moontap"];
	long n = sys_readlink("/proc/self/exe", path, PATH_ROOM);
	struct text t = { .s = path, .room = sizeof path };

	if (n < 0) {
		mt_complain(c, "/proc/self/exe", "cannot be read", n);
		return mt_failed(c);
	}
	while (n && path[n - 1] != '/')
		n--;
	t.n = (size_t)n;
	add_word(&t, "moontap");
	if (c->input_taken)
		give_input(c);
	n = sys_exec(path, c->argv, c->envp);
	mt_complain(c, path, "cannot be executed", n);
	return mt_failed(c);
}
