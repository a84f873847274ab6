/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domain_rewrite.c - read, turn every NIC over, write, read again
 *
 * What was written is accepted, has what was asked for, and is not changed by asking again.
 */
#include "domain/domain.h"
#include "domain/element.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define EDITS 64

struct round {
	struct mt_pool pool;
	struct mt_fact *facts;
	struct mt_edit edits[EDITS];
	char names[EDITS][MT_DEV_SIZE];
	size_t n;
	char *out;
	size_t out_n;
	struct mt_err e;
};

/* Return: whether the bytes are a domain. */
static bool decide(struct round *r, const char *bytes, size_t n, bool unmanaged)
{
	struct mt_domain_options o = { 0 };
	struct mt_names *names;

	r->pool.limit = 64ul << 20;
	if (mt_domain_read(&mt_xml_module, bytes, n, &o, &r->pool, &r->facts, &r->e))
		return false;
	names = mt_names_new(r->facts, &r->pool);
	if (!names)
		return false;
	mt_fact_each (nic, mt_fact_get(r->facts, "nics")) {
		const char *type = mt_fact_text_at(nic, "type");

		if (strcmp(type, "ethernet") || r->n == EDITS)
			continue;
		if (mt_domain_decide(names, nic, unmanaged, NULL, r->names[r->n], &r->edits[r->n],
				     &r->e))
			abort();
		r->n++;
	}
	return true;
}

static void done(struct round *r)
{
	mt_pool_free(&r->pool);
	free(r->out);
}

/* Return: what was written, which the caller frees; NULL: nothing changes, or it may not. */
static char *turn(const char *bytes, size_t n, bool unmanaged, bool inactive, size_t *out_n)
{
	struct mt_domain_options o = { .inactive = inactive };
	struct round first = { 0 }, again = { 0 };
	char *out = NULL;

	if (decide(&first, bytes, n, unmanaged) &&
	    !mt_domain_rewrite(&mt_xml_module, bytes, n, &o, first.edits, first.n, &first.out,
			       &first.out_n, &first.e) &&
	    first.out) {
		if (!decide(&again, first.out, first.out_n, unmanaged))
			abort();
		if (mt_domain_rewrite(&mt_xml_module, first.out, first.out_n, &o, again.edits,
				      again.n, &again.out, &again.out_n, &again.e) ||
		    again.out)
			abort();
		out = first.out;
		*out_n = first.out_n;
		first.out = NULL;
	}
	done(&first);
	done(&again);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t out_n = 0, back_n;
	char *out = turn((const char *)data, n, true, false, &out_n);

	if (out)
		free(turn(out, out_n, false, true, &back_n));
	free(out);
	free(turn((const char *)data, n, false, true, &back_n));
	return 0;
}
