/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nft_run.c - nft(8), which loads the rules of a table: once, when the first NIC needs it
 *
 * Its words come from moontap alone, none of them from a guest. It gets no environment, no
 * descriptor and no terminal of this process, and has to end in time.
 */
#include "kernel/nft.h"
#include "base/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_MS 10000

const char *mt_nft_program(void)
{
	static const char *const paths[] = { "/usr/sbin/nft", "/sbin/nft", "/usr/local/sbin/nft",
					     "/usr/bin/nft" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (!access(paths[i], X_OK))
			return paths[i];
	return NULL;
}

/* Who is not root loses CAP_NET_ADMIN with exec, unless it is ambient (capabilities(7)). Return:
 * whether it was made ambient here. */
static bool pass_on(bool on)
{
	struct __user_cap_header_struct self = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (!geteuid() || syscall(SYS_capget, &self, now))
		return false;
	if (on && now[0].inheritable & 1u << CAP_NET_ADMIN)
		return false; /* the caller passes it on itself */
	now[0].inheritable ^= 1u << CAP_NET_ADMIN;
	if (!on)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_NET_ADMIN, 0, 0);
	if (syscall(SYS_capset, &self, now))
		return false;
	return on && !prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
}

static int arrange(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr)
{
	int err = 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		err = err ?: posix_spawn_file_actions_addopen(files, fd, "/dev/null", O_RDWR, 0);
	return err ?: mt_spawn_close_from(files, STDERR_FILENO + 1) ?: mt_spawn_signals(attr);
}

/* Return: 0 or the error's number. */
static int start(const char *program, const char *command, pid_t *pid)
{
	char *words[] = { (char *)"nft", (char *)command, NULL };
	char *environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C",
				NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	bool ambient;
	int err = posix_spawn_file_actions_init(&files);

	if (err)
		return err;
	err = posix_spawnattr_init(&attr);
	if (!err) {
		err = arrange(&files, &attr);
		if (!err) {
			ambient = pass_on(true);
			err = posix_spawn(pid, program, &files, &attr, words, environment);
			if (ambient)
				pass_on(false);
		}
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&files);
	return err;
}

/* A host program may have waited for all of its children: then this one has ended. */
static int end(pid_t pid, struct mt_err *e)
{
	struct pollfd p = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int ready = 1;

	if (p.fd >= 0) {
		do
			ready = poll(&p, 1, DEADLINE_MS);
		while (ready < 0 && errno == EINTR);
		if (!ready)
			kill(pid, SIGKILL);
		close(p.fd);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return ready
		? 0
		: mt_fail(e, ETIMEDOUT, "", "", "nft(8) did not end in %d s", DEADLINE_MS / 1000);
}

int mt_nft_run(const char *command, struct mt_err *e)
{
	const char *program = mt_nft_program();
	pid_t pid;
	int err;

	if (!program)
		return mt_fail(e, ENOENT, "", "",
			       "nft(8) is missing: install the package nftables");
	err = start(program, command, &pid);
	return err ? mt_fail(e, err, "", "", "%s: %s", program, strerror(err)) : end(pid, e);
}
