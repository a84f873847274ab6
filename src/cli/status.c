/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status.c - what is connected, since when, by which policy, and what has drifted */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct status {
	struct mt_cli *c;
	struct mt_engine g;
	struct mt_pool pool;
	struct mt_record *headers;
	const char **drift; /* of each: its lines, joined by "; " */
	size_t n;
};

static void join(void *data, const char *line)
{
	FILE *f = data;

	fprintf(f, "%s%s", ftell(f) ? "; " : "", line);
}

static int drift_of(struct status *s, size_t i, struct mt_err *e)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	int err;

	if (!f)
		return mt_fail(e, ENOMEM, "status", "", NULL);
	err = mt_connected_drift(&s->g, &s->headers[i], &s->pool, join, f, e);
	fclose(f);
	s->drift[i] = mt_pool_copy(&s->pool, text ? text : "", n);
	free(text);
	return err;
}

static void print_row(const struct status *s, size_t i)
{
	const struct mt_record *h = &s->headers[i];
	time_t since = (time_t)h->v[MT_HEADER_SINCE].u;
	const char *domain = mt_header_text(h, MT_HEADER_DOMAIN);
	char when[32];

	strftime(when, sizeof when, "%Y-%m-%d %H:%M", localtime(&since));
	printf("%-20s %3llu  %-15s %-9s  %-6s  %-16s  %s%s%s\n", *domain ? domain : "(unknown)",
	       (unsigned long long)h->v[MT_HEADER_INDEX].u, h->v[MT_HEADER_DEV].name,
	       h->v[MT_HEADER_UNMANAGED].u ? "unmanaged" : "managed",
	       mt_header_text(h, MT_HEADER_BY), when, mt_colour(stdout, *s->drift[i] ? '-' : '+'),
	       *s->drift[i] ? s->drift[i] : "as put", mt_colour(stdout, 0));
}

static int print_json(const struct status *s)
{
	const struct mt_json *json = mt_json_load(s->c);
	char *text = json ? json->headers(s->headers, s->drift, s->n) : NULL;

	if (text)
		puts(text);
	free(text);
	return text ? 0 : 4;
}

static int print(const struct status *s)
{
	if (s->c->json)
		return print_json(s);
	if (!s->n)
		return puts("nothing is connected"), 0;
	printf("%-20s NIC  %-15s %-9s  %-6s  %-16s  %s\n", "GUEST", "DEVICE", "TAP", "BY", "SINCE",
	       "STATE");
	for (size_t i = 0; i < s->n; i++)
		print_row(s, i);
	return 0;
}

int mt_command_status(struct mt_cli *c)
{
	struct status s = { .c = c };
	struct mt_which which = { .guest = c->n ? c->args[0] : NULL };
	struct mt_err e = { 0 };
	int status = mt_cli_engine(c, &s.g), err;

	if (status)
		return status;
	err = mt_connected(&s.g, &which, &s.pool, &s.headers, &s.n, &e);
	s.drift = mt_pool_alloc(&s.pool, (s.n + 1) * sizeof *s.drift);
	if (!err && !s.drift)
		err = mt_fail(&e, ENOMEM, "status", "", NULL);
	for (size_t i = 0; s.drift && i < s.n && !err; i++)
		err = drift_of(&s, i, &e);
	status = err || !s.drift ? mt_cli_error(c, NULL, &e) : print(&s);
	mt_pool_free(&s.pool);
	mt_engine_close(&s.g);
	return status;
}
