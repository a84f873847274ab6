/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output.c - standard output: whether all of it was written, and the exit status when it was not */
#include "base/text.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static int failed; /* the first errno that flushing met */

/* If the caller has closed standard output, a journal could be opened as descriptor 1, and what is
 * printed would go into it. Open /dev/null there instead, but for the wrong direction, so that
 * printing still fails. */
static void occupy_closed(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void mt_output_begin(void)
{
	occupy_closed();
	signal(SIGPIPE, SIG_IGN);
}

/* musl's stream is empty after an earlier printf() failed, and flushes without an error. */
bool mt_output_flush(void)
{
	if (fflush(stdout) && !failed)
		failed = errno;
	return !failed && !ferror(stdout);
}

/* On NFS only close() may report a failed write (close(2)). Close a copy: the stream stays open. */
static void close_copy(void)
{
	int fd = dup(STDOUT_FILENO);

	if (fd >= 0 && close(fd) && errno != EINTR && !failed)
		failed = errno;
}

/* An earlier printf() has failed, and its errno is lost: write a byte, to get the error again. */
static void ask_again(void)
{
	if (ferror(stdout) && !failed && write(STDOUT_FILENO, "\n", 1) < 0)
		failed = errno;
}

int mt_output_lost(const struct mt_cli *c)
{
	static const int statuses[] = {
		[MT_OUTPUT_ALL] = 4, [MT_OUTPUT_REPORT] = 7, [MT_OUTPUT_CHECK] = 3
	};

	return statuses[c->output];
}

int mt_output_end(const struct mt_cli *c, int status)
{
	mt_output_flush();
	ask_again();
	close_copy();
	if ((!failed && !ferror(stdout)) || failed == EPIPE) /* head(1) has read enough */
		return status;
	fprintf(stderr, "%s: standard output: %s\n", c->program,
		failed ? strerror(failed) : "it could not be written");
	return status ? status : mt_output_lost(c);
}

void mt_print_text(FILE *out, const char *fmt, ...)
{
	char text[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	fputs(mt_text_clean(text), out);
}
