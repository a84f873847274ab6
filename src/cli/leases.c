/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* leases.c - lease: which addresses of pools are whose, and give one back */
#include "cli/cli.h"
#include "cli/table.h"
#include "files/lease.h"

#include <errno.h>
#include <string.h>

enum { POOL, ADDRESS, OWNER };

static const struct mt_column columns[] = {
	[POOL] = { "POOL", "pool" },
	[ADDRESS] = { "ADDRESS", "address" },
	[OWNER] = { "OWNER", "owner" },
	{ NULL },
};

/* Set a field of the filter from a word of the command line. */
static int put_word(struct mt_record *filter, const char *field, const char *word, struct mt_err *e)
{
	int i = mt_kind_field(filter->kind, field);
	struct mt_value v;

	if (mt_value_parse(&filter->kind->fields[i], word, NULL, &v, e))
		return mt_err_about(e, "lease", word);
	mt_record_put(filter, i, v);
	return 0;
}

static int find(struct mt_cli *c, struct mt_engine *g, struct mt_pool *p, struct mt_found **first,
		size_t *n, struct mt_err *e)
{
	struct mt_record filter = { .kind = &mt_kind_lease };

	if ((c->n > 0 && put_word(&filter, "pool", c->args[0], e)) ||
	    (c->n > 1 && put_word(&filter, "address", c->args[1], e)))
		return -e->code;
	return mt_record_list(g->host, &filter, p, first, n, e);
}

static void add_row(struct mt_table *t, const struct mt_record *r)
{
	char text[MT_VALUE_TEXT];

	if (!mt_table_row(t))
		return;
	for (const struct mt_column *col = columns; col->title; col++) {
		int i = mt_kind_field(r->kind, col->key);

		mt_table_cell(t, (int)(col - columns), 0, "%s",
			      mt_value_print(&r->kind->fields[i], &r->v[i], text));
	}
}

static int print(struct mt_cli *c, const struct mt_found *f, struct mt_pool *p)
{
	struct mt_table t = { .columns = columns, .pool = p };

	for (; f; f = f->next)
		add_row(&t, &f->r);
	return mt_print_table(c, &t, "there are no leases", stdout);
}

static int give_back(struct mt_cli *c, struct mt_engine *g, const struct mt_found *f,
		     struct mt_err *e)
{
	if (!f) {
		mt_fail(e, ENOENT, "lease", c->args[1], "nobody has it, of the pool %s",
			c->args[0]);
		e->blame = MT_BLAME_INPUT;
		return -ENOENT;
	}
	return mt_kind_lease.put(g->host, MT_DELETE, &f->r, e);
}

int mt_command_lease(struct mt_cli *c)
{
	struct mt_found *first = NULL;
	struct mt_pool p = { 0 };
	struct mt_err e = { 0 };
	struct mt_engine g;
	size_t n;
	int status, err;

	if (c->free && (c->n != 2 || c->json))
		return mt_cli_usage(c, "which one? moontap lease --free POOL ADDRESS");
	status = mt_cli_engine(c, &g);
	if (status)
		return status;
	err = find(c, &g, &p, &first, &n, &e);
	if (!err && c->free)
		err = give_back(c, &g, first, &e);
	status = err ? mt_cli_error(c, NULL, &e) : c->free ? 0 : print(c, first, &p);
	mt_pool_free(&p);
	mt_engine_close(&g);
	return status;
}
