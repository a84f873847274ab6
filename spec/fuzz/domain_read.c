/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* domain_read.c - any bytes to the reader; what it accepts must come back from text the same */
#include "domain/domain.h"
#include "domain/element.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void same_after_text(const struct mt_fact *facts)
{
	size_t n = mt_fact_print(facts, NULL, 0), again;
	char *text = malloc(n + 1), *other = malloc(n + 1);
	struct mt_pool pool = { 0 };
	struct mt_fact *parsed;
	struct mt_err e = { 0 };

	mt_fact_print(facts, text, n + 1);
	if (mt_fact_parse(text, n, &pool, &parsed, &e))
		abort();
	again = mt_fact_print(parsed, other, n + 1);
	if (again != n || memcmp(text, other, n))
		abort();
	mt_pool_free(&pool);
	free(text);
	free(other);
}

/* As libvirt's hook is told, or by the rules of a version. */
static void read_as(const uint8_t *data, size_t n, bool inactive, unsigned libvirt)
{
	struct mt_domain_options o = { .inactive = inactive,
				       .prefix = "vif",
				       .libvirt = libvirt,
				       .vocabulary = libvirt == MT_LIBVIRT(11, 3) };
	struct mt_pool pool = { .limit = 64ul << 20 };
	struct mt_fact *facts;
	struct mt_err e = { 0 };

	if (!mt_domain_read(&mt_xml_module, (const char *)data, n, &o, &pool, &facts, &e))
		same_after_text(facts);
	else if (!e.code || !*e.text || facts)
		abort();
	mt_pool_free(&pool);
}

/* The same bytes as the text of facts, too: its reader trusts nothing either. */
static void read_text(const uint8_t *data, size_t n)
{
	struct mt_pool pool = { .limit = 64ul << 20 };
	struct mt_fact *facts;
	struct mt_err e = { 0 };

	if (!mt_fact_parse((const char *)data, n, &pool, &facts, &e))
		same_after_text(facts);
	mt_pool_free(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	read_as(data, n, false, 0);
	read_as(data, n, true, 0);
	read_as(data, n, true, MT_LIBVIRT_OLDEST);
	read_as(data, n, false, MT_LIBVIRT(11, 3));
	read_as(data, n, false, MT_LIBVIRT_NEWEST);
	read_text(data, n);
	return 0;
}
