/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answer.c - any bytes as the evaluator's answer, up to the steps that it would need
 *
 * The host has no devices: whatever is looked up is not there, so that nothing is asked.
 */
#include "ask/answer.h"
#include "kernel/host.h"
#include "plan/difference.h"
#include "plan/rights.h"
#include "plan/step_commands.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int no_device(void *data, unsigned nth)
{
	(void)data, (void)nth;
	return ENODEV;
}

static struct mt_host *empty_host(void)
{
	static struct mt_host *host;
	struct mt_err e;

	if (!host && mt_host_open(&host, &e))
		abort();
	mt_host_fault(host, &(struct mt_fault){ .before = no_device });
	return host;
}

static void plan(const struct mt_interface *nic, const struct mt_answer *a)
{
	struct mt_state nowhere = { .path = "/nonexistent", .dir = -1 };
	struct mt_apply work = {
		.kinds = mt_kinds, .host = empty_host(), .pool = a->pool, .state = &nowhere
	};
	struct mt_rights rights = { &work, nic->dev, a->allow };
	struct mt_plan p = { .pool = a->pool };
	struct mt_view view = { .host = work.host, .pool = a->pool };
	struct mt_steps steps = { .pool = a->pool };
	struct mt_err e = { 0 };
	char buf[8192];

	strcpy(p.dev, nic->dev);
	for (const struct mt_declaration *d = nic->declared; d; d = d->next)
		if (mt_plan_add(&p, d, &e))
			return;
	if (mt_rights_check(&rights, &p, &e) ||
	    mt_plan_mark(&p, mt_kinds, "moontap web", "id", NULL, NULL, &e))
		return;
	for (size_t i = 0; i < p.n; i++)
		if (mt_difference(&view, &p.declarations[i]->record, p.declarations[i]->place,
				  &steps, &e))
			return;
	mt_steps_sort(&steps);
	for (size_t i = 0; i < steps.n; i++)
		mt_sh_print(steps.at[i].op, &steps.at[i].put, NULL, buf, sizeof buf);
}

static void check_bounds(const struct mt_answer *a)
{
	const char *const texts[] = { a->name, a->uuid, a->type, a->checksum ? a->checksum : "" };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strlen(texts[i]) > MT_TEXT_MAX)
			abort();
	for (size_t i = 0; i < a->n; i++)
		if (strlen(a->nics[i].mac) > MT_TEXT_MAX || strlen(a->nics[i].type) > MT_TEXT_MAX ||
		    (*a->nics[i].dev && !mt_name_valid(a->nics[i].dev)))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mt_pool pool = { .limit = 256ul << 20 };
	struct mt_answer a = { .pool = &pool };
	struct mt_err e = { 0 };
	char *text = mt_pool_copy(&pool, (const char *)data, n);

	if (mt_answer_parse(mt_kinds, text, n, &a, &e)) {
		if (!e.code)
			abort();
		for (const char *const *s =
			     (const char *const[]){ e.op, e.subject, e.text, e.where, NULL };
		     *s; s++)
			for (const char *c = *s; *c; c++)
				if ((unsigned char)*c < ' ' || *c == 127)
					abort();
	} else {
		check_bounds(&a);
		for (size_t i = 0; i < a.n; i++)
			plan(&a.nics[i], &a);
	}
	mt_pool_free(&pool);
	return 0;
}
