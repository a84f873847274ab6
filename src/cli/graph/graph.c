/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph.c - graph: guests and the devices that connect them, as DOT, or drawn by Graphviz */
#include "cli/graph/graph_scene.h"
#include "base/bytes.h"
#include "cli/cli.h"
#include "cli/status_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* --- Graphviz --------------------------------------------------------------------------------- */

/* Start dot(1). @in: its standard input; @fd: out: the caller reads dot's output from it. */
static int start_dot(const struct mt_cli *c, int in, pid_t *pid, int *fd, struct mt_err *e)
{
	char name[] = "dot", svg[] = "-Tsvg", png[] = "-Tpng";
	char *argv[] = { name, c->svg ? svg : png, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], code;

	if (pipe2(ends, O_CLOEXEC))
		return mt_fail(e, errno, "graph", "dot", NULL);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	code = posix_spawnp(pid, "dot", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	*fd = ends[0];
	if (!code)
		return 0;
	close(ends[0]);
	return mt_fail(e, code, "graph", "dot",
		       code == ENOENT
			       ? "it is not installed: install graphviz; or take the text, and "
				 "draw it elsewhere: moontap graph >graph.dot"
			       : NULL);
}

/* dot's output passes through here, so that a full disk is reported as in every subcommand. */
static int draw(const struct mt_cli *c, const char *text, size_t n, struct mt_err *e)
{
	int in = mt_bytes_file("graph.dot", text, n), out = -1, status;
	char buf[65536];
	pid_t pid = 0;
	ssize_t got;

	if (in < 0)
		return mt_fail(e, -in, "graph", "dot", NULL);
	if (start_dot(c, in, &pid, &out, e)) {
		close(in);
		return -e->code;
	}
	close(in);
	while ((got = read(out, buf, sizeof buf)) > 0 || (got < 0 && errno == EINTR))
		fwrite(buf, 1, got > 0 ? (size_t)got : 0, stdout);
	close(out);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return mt_fail(e, errno, "graph", "dot", NULL);
	return status ? mt_fail(e, EIO, "graph", "dot", "it failed") : 0;
}

/* --- which guests ----------------------------------------------------------------------------- */

static bool is_there(const struct mt_nic_status *looks, size_t n, const struct mt_nic_status *l)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(looks[i].guest, l->guest) && !strcmp(looks[i].driver, l->driver) &&
		    looks[i].index == l->index && !strcmp(looks[i].dev, l->dev))
			return true;
	return false;
}

/* The NICs of all guests that were named, each once. Return: 0, or the exit status. */
static int find_guests(struct mt_cli *c, struct mt_engine *g, struct mt_pool *p,
		       struct mt_nic_status **all, size_t *n)
{
	struct mt_err e = { 0 };

	*n = 0;
	if (!c->n && mt_nics_inspect(g, NULL, p, all, n, &e))
		return mt_cli_error(c, NULL, &e);
	for (; c->n; c->args++, c->n--) {
		struct mt_nic_status *some, *more;
		struct mt_nic_filter guest;
		size_t nsome;
		int status = mt_cli_guest(c, g, p, &guest);

		if (status)
			return status;
		c->is = 0; /* --name and --uuid gave the first one only */
		if (mt_nics_inspect(g, &guest, p, &some, &nsome, &e))
			return mt_cli_error(c, c->args[0], &e);
		more = mt_pool_alloc(p, (*n + nsome) * sizeof *more);
		if (!more)
			return mt_fail(&e, ENOMEM, "graph", "", NULL), mt_cli_error(c, NULL, &e);
		if (*n)
			memcpy(more, *all, *n * sizeof *more);
		*all = more;
		for (size_t k = 0; k < nsome; k++)
			if (!is_there(more, *n, &some[k]))
				more[(*n)++] = some[k];
	}
	return 0;
}

static int print(struct mt_cli *c, const struct mt_scene *s)
{
	struct mt_err e = { 0 };
	char *text = NULL;
	size_t n = 0;
	FILE *f = c->svg || c->png ? open_memstream(&text, &n) : stdout;
	int status = 0;

	if (!f)
		return mt_fail(&e, errno, "graph", "", NULL), mt_cli_error(c, NULL, &e);
	mt_scene_draw(s, f);
	if (f == stdout)
		return 0;
	if (fclose(f) || draw(c, text, n, &e))
		status = mt_cli_error(c, NULL, &e);
	free(text);
	return status;
}

int mt_command_graph(struct mt_cli *c)
{
	struct mt_engine g = { .state.dir = -1 };
	struct mt_pool p = { 0 };
	struct mt_nic_status *looks = NULL;
	struct mt_scene s;
	struct mt_err e = { 0 };
	size_t n;
	int status;

	if (c->svg && c->png)
		return mt_cli_usage(c, "--svg or --png, not both");
	if (c->png && isatty(STDOUT_FILENO))
		return mt_cli_usage(
			c, "will not write a PNG to a terminal: moontap graph --png >FILE");
	status = mt_cli_engine(c, &g);
	if (!status)
		status = find_guests(c, &g, &p, &looks, &n);
	if (!status && mt_scene_build(&g, looks, n, &p, &s, &e))
		status = mt_cli_error(c, NULL, &e);
	if (!status)
		status = print(c, &s);
	mt_pool_free(&p);
	mt_engine_close(&g);
	return status;
}
