/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status_watch.c - status --watch: print the status again whenever something has changed */
#include "cli/status_parts.h"
#include "engine/host_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct watch {
	struct mt_cli *c;
	struct mt_engine *g;
	mt_status_print print;
	char *shown;
};

static int no_memory(const struct watch *w)
{
	struct mt_err e;

	mt_fail(&e, ENOMEM, "watch", "", NULL);
	return mt_cli_error(w->c, NULL, &e);
}

/* On a terminal, replace what was printed before; elsewhere print below it, if it differs. */
static int draw(struct watch *w)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f;
	int status;

	if (isatty(STDOUT_FILENO)) {
		fputs("\033[H\033[2J", stdout);
		return w->print(w->c, w->g, stdout);
	}
	f = open_memstream(&text, &n);
	if (!f)
		return no_memory(w);
	status = w->print(w->c, w->g, f);
	if (fclose(f) || !text) {
		free(text);
		return no_memory(w);
	}
	if (!w->shown || strcmp(w->shown, text))
		printf("%s%s", w->shown && !w->c->json ? "\n" : "", text);
	free(w->shown);
	w->shown = text;
	return status;
}

static bool ending(void)
{
	return mt_cli_stop;
}

/* Signals are unblocked only while it waits: none is lost. */
static int start(struct watch *w, struct mt_host_watch *host, struct mt_err *e)
{
	sigset_t ours, old;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigprocmask(SIG_BLOCK, &ours, &old);
	return mt_host_watch_open(host, w->g, STDOUT_FILENO, &old, e);
}

/* An unknown guest may start later; any other failure ends the loop. */
int mt_status_watch(struct mt_cli *c, struct mt_engine *g, mt_status_print print)
{
	struct watch w = { .c = c, .g = g, .print = print };
	struct mt_host_watch host;
	struct mt_err e;
	int status = start(&w, &host, &e) ? mt_cli_error(c, NULL, &e) : 0;

	while (!status || status == mt_exit_status(MT_BLAME_INPUT)) {
		status = draw(&w);
		if (!mt_output_flush() || !mt_host_watch_wait(&host, ending)) {
			status = 0;
			break;
		}
	}
	mt_host_watch_close(&host);
	free(w.shown);
	return status;
}
