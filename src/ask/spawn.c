/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spawn.c - start the evaluator as a program, from a host program that may have threads
 *
 * After fork(2), the child of a process with threads may do little more than exec: another thread
 * may have held a lock, of the allocator or of the loader, which nothing releases in the child
 * (fork(2)). posix_spawn(3) runs no code of this process in the child but its own.
 *
 * The evaluator reads the source from its standard input and answers on its standard output. It has
 * no environment, no signal blocked or ignored, and no other descriptor of this process.
 */
#include "ask/request.h"
#include "base/bytes.h"
#include "base/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Create the answer's pipe. Its write end must be above 2, also where the host program has closed
 * its standard descriptors: arrange() replaces those of the child one after the other. */
static int answer_pipe(int ends[2])
{
	int low, code;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	if (ends[1] > STDERR_FILENO)
		return 0;
	low = ends[1];
	ends[1] = fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	code = errno;
	close(low);
	if (ends[1] >= 0)
		return 0;
	close(ends[0]);
	return -code;
}

/* The child's descriptors. Return: 0 or the error's number. */
static int arrange(posix_spawn_file_actions_t *files, int in, int out)
{
	int err = in < 0
		? posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
		: posix_spawn_file_actions_adddup2(files, in, STDIN_FILENO);

	err = err ?: posix_spawn_file_actions_adddup2(files, out, STDOUT_FILENO);
#ifndef MT_SANITIZED /* a sanitizer's reports go to standard error */
	err = err
		?: posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
	return err ?: mt_spawn_close_from(files, STDERR_FILENO + 1);
}

/* Return: 0 or the error's number. */
static int run(const char *program, char **words, int in, int out, pid_t *pid)
{
	char *environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int err = posix_spawn_file_actions_init(&files);

	if (err)
		return err;
	err = posix_spawnattr_init(&attr);
	if (!err) {
		err = arrange(&files, in, out) ?: mt_spawn_signals(&attr)
			?: posix_spawn(pid, program, &files, &attr, words, environment);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&files);
	return err;
}

/* The child may have ended already, and the host program waited for it: then the pid may be another
 * process's and must not be used. On another error, such as EMFILE, the pid alone has to do. */
static void open_pidfd(struct mt_child *c)
{
	c->fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	if (c->fd < 0 && errno == ESRCH)
		c->pid = 0;
}

int mt_spawn_evaluator(const char *program, char **words, int in, int out, pid_t *pid,
		       struct mt_err *e)
{
	int err = run(program, words, in, out, pid);

	return err ? mt_fail(e, err, "evaluator", program, NULL) : 0;
}

static int start(const struct mt_eval_request *q, char **words, int in, struct mt_child *c,
		 struct mt_err *e)
{
	int ends[2], err = answer_pipe(ends);

	if (err)
		return mt_fail(e, -err, "evaluator", "pipe", NULL);
	err = mt_spawn_evaluator(q->evaluator, words, in, ends[1], &c->pid, e);
	close(ends[1]);
	if (err) {
		close(ends[0]);
		return err;
	}
	c->out = ends[0];
	open_pidfd(c);
	return 0;
}

int mt_start_spawn(const struct mt_eval_request *q, struct mt_child *c, struct mt_err *e)
{
	struct mt_eval_request asked = *q;
	struct mt_pool pool = { 0 };
	char **words = NULL;
	int own = -1, err;

	asked.parent = getpid();
	if (q->source.fd < 0 && q->source.bytes) {
		own = mt_bytes_file("moontap", q->source.bytes, q->source.n);
		if (own < 0)
			return mt_fail(e, -own, "evaluator", "memfd", NULL);
	}
	asked.source.fd = q->source.fd >= 0 || own >= 0 ? STDIN_FILENO : -1;
	err = mt_request_to_args(&asked, q->evaluator, &pool, &words, e);
	if (!err)
		err = start(q, words, own >= 0 ? own : q->source.fd, c, e);
	mt_pool_free(&pool);
	if (own >= 0)
		close(own);
	return err;
}
