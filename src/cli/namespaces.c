/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* namespaces.c - list other network namespaces, and delete the files of those that are gone */
#include "cli/namespaces.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int list(struct mt_engine *g, struct mt_pool *p, struct mt_namespace **others, size_t *n,
		struct mt_err *e)
{
	return mt_engine_state(g, false, e) ?: mt_namespace_list(&g->state, p, others, n, e);
}

int mt_namespaces_show(struct mt_cli *c, struct mt_engine *g, FILE *out)
{
	struct mt_pool p = { 0 };
	struct mt_namespace *others;
	struct mt_err e = { 0 };
	char name[400];
	size_t n;
	int err = list(g, &p, &others, &n, &e);

	for (size_t i = 0; !err && i < n; i++) {
		fprintf(out, "%s: %zu NIC%s", mt_namespace_name(&others[i], name, sizeof name),
			others[i].nics, others[i].nics == 1 ? "" : "s");
		if (others[i].gone)
			fputs("; it is gone: moontap reconcile forgets it\n", out);
		else if (*others[i].path)
			fputs("; ask in it: moontap status\n", out);
		else
			fprintf(out, "; if it is gone: moontap down --netns-gone %" PRIu64 "\n",
				others[i].cookie);
	}
	mt_pool_free(&p);
	return err ? mt_cli_error(c, NULL, &e) : 0;
}

int mt_namespaces_drop_gone(struct mt_engine *g, bool dry,
			    void (*each)(void *data, const struct mt_namespace *n,
					 const struct mt_err *error),
			    void *data, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct mt_namespace *others;
	size_t n;
	int err = list(g, &p, &others, &n, e);

	for (size_t i = 0; !err && i < n; i++) {
		struct mt_err one = { 0 };

		if (others[i].gone)
			each(data, &others[i],
			     !dry && mt_namespace_drop(&g->state, &others[i], &one) ? &one : NULL);
	}
	mt_pool_free(&p);
	return err;
}

static int drop_named(struct mt_engine *g, uint64_t cookie, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct mt_namespace *others;
	size_t n, i = 0;
	int err = list(g, &p, &others, &n, e);

	while (!err && i < n && others[i].cookie != cookie)
		i++;
	if (!err && i == n) {
		err = mt_fail(e, ENOENT, "", "",
			      "nothing is kept of another network namespace %" PRIu64, cookie);
		e->blame = MT_BLAME_INPUT;
	} else if (!err) {
		err = mt_namespace_drop(&g->state, &others[i], e);
	}
	mt_pool_free(&p);
	return err;
}

int mt_namespaces_drop(struct mt_cli *c, const char *cookie)
{
	struct mt_err e = { 0 };
	struct mt_engine g;
	char *end;
	uint64_t number = strtoull(cookie, &end, 10);
	int status;

	if (*end || !number || cookie[strspn(cookie, "0123456789")])
		return mt_cli_usage(c, "--netns-gone: '%s' is no cookie; moontap status shows them",
				    cookie);
	status = mt_cli_engine(c, &g);
	if (status)
		return status;
	if (drop_named(&g, number, &e))
		status = mt_cli_error(c, NULL, &e);
	mt_engine_close(&g);
	return status;
}
