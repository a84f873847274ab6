/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* answering.c - the last stages of an evaluation: the guest's description read, the policy asked */
#include "evaluator/evaluation.h"
#include "base/tokens.h"
#include "evaluator/complete.h"
#include "evaluator/warn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FACTS_MAX (32u << 20) /* as text; metadata of 300,000 elements has 18 MiB */

/* Forward the policy's lines; remember decide()'s answers for rewriting the XML. */
int mt_evaluation_line(void *data, const char *line, size_t n)
{
	struct mt_evaluation *v = data;
	char *copy, *name, *words[16]; /* the edit borrows name, and its device's name from copy */
	const char *decision, *dev;
	struct mt_fact *nic;
	struct mt_err e;
	int nwords, index;

	if (mt_reply_bytes(&v->say, line, n))
		return -EFBIG;
	v->say.told |= !strncmp(line, "error ", 6) || !strncmp(line, "refuse ", 7);
	if (!(v->q->want & MT_WANT_XML) || strncmp(line, "nic ", 4))
		return 0;
	copy = mt_pool_copy(&v->pool, line, n);
	name = mt_pool_alloc(&v->pool, MT_DEV_SIZE);
	if (!copy || !name)
		return -ENOMEM;
	nwords = mt_tokens_split(copy, words, 16);
	decision = mt_tokens_get(words, nwords, "decision");
	index = atoi(mt_tokens_get(words, nwords, "index"));
	dev = mt_tokens_get(words, nwords, "dev");
	nic = mt_fact_get(v->facts, "nics")->in.first;
	for (int i = 1; nic && i < index; i++)
		nic = nic->next;
	if (!decision || !nic)
		return 0;
	if (mt_domain_decide(v->names, nic, !strcmp(decision, "unmanaged"), dev, name,
			     &v->edits[v->nedits], &e))
		return mt_reply_error(&v->say, &e), -EINVAL;
	v->nedits++;
	return 0;
}

static int read_source(struct mt_evaluation *v, struct mt_err *e)
{
	const struct mt_source *s = &v->q->source;
	struct mt_domain_options o = { .name = s->name,
				       .inactive = v->q->inactive,
				       .prefix = v->q->prefix,
				       .libvirt = v->q->libvirt,
				       .vocabulary = v->schema };

	if (s->facts)
		return mt_fact_parse(s->bytes, s->n, &v->pool, &v->facts, e);
	v->bytes = (char *)s->bytes;
	v->n = s->n;
	if (s->fd >= 0 && mt_domain_load(s->fd, &o, &v->bytes, &v->n, e))
		return -e->code;
	if (v->schema && mt_domain_validate(v->xml, v->schema, v->bytes, v->n, &o, e))
		return -e->code;
	return mt_domain_read(v->xml, v->bytes, v->n, &o, &v->pool, &v->facts, e);
}

/* Facts from a guest record are not reported as unknown: they were when their XML was read. */
static int say_warnings(struct mt_evaluation *v)
{
	int err = v->q->source.facts ? 0 : mt_warn_unknown(&v->say, v->facts);

	if (!err && v->q->want & MT_WANT_PLANS)
		err = mt_warn_dropped(&v->say, v->q, v->facts);
	return err;
}

/* The name and uuid that QEMU has for an unknown guest are for the policy only: journals, which get
 * this line's, have none. */
static int say_domain(struct mt_evaluation *v)
{
	const struct mt_fact *d = mt_fact_get(v->facts, "domain");
	bool known = v->q->known || !v->q->dev;
	int err = mt_reply_line(&v->say, "domain",
				(const char *[]){ "name", known ? mt_fact_text_at(d, "name") : "",
						  "uuid", known ? mt_fact_text_at(d, "uuid") : "",
						  "type", mt_fact_text_at(d, "type"), NULL });

	mt_fact_each (nic, mt_fact_get(v->facts, "nics")) {
		const struct mt_fact *driver = mt_fact_at(nic, "driver.queues");
		char index[16], queues[16] = "";

		snprintf(index, sizeof index, "%d", (int)mt_fact_get(nic, "index")->integer);
		if (driver)
			snprintf(queues, sizeof queues, "%u", (unsigned)driver->integer);
		if (err)
			break;
		err = mt_reply_line(
			&v->say, "interface",
			(const char *[]){ "index", index, "type", mt_fact_text_at(nic, "type"),
					  "mac", mt_fact_text_at(nic, "mac"), "dev",
					  mt_fact_text_at(nic, "dev"), "unmanaged",
					  mt_fact_true_at(nic, "unmanaged") ? "true" : "false",
					  "queues", queues, NULL });
	}
	return err;
}

static int say_facts(struct mt_evaluation *v, struct mt_err *e)
{
	size_t n = mt_fact_print(v->facts, NULL, 0);
	char *text;
	int err;

	if (n > FACTS_MAX)
		return mt_bad(e, "xml", v->q->source.name ? v->q->source.name : "-",
			      "its facts are larger than %u MiB: it has too many elements",
			      FACTS_MAX >> 20);
	text = malloc(n + 1);
	if (!text)
		return -ENOMEM;
	mt_fact_print(v->facts, text, n + 1);
	err = mt_reply_blob(&v->say, "facts", text, n);
	free(text);
	return err;
}

static int say_xml(struct mt_evaluation *v, struct mt_err *e)
{
	struct mt_domain_options o = { .name = v->q->source.name,
				       .inactive = v->q->inactive,
				       .prefix = v->q->prefix };
	char *out;
	size_t n;

	if (mt_domain_rewrite(v->xml, v->bytes, v->n, &o, v->edits, v->nedits, &out, &n, e))
		return -e->code;
	if (!out && v->q->want & MT_WANT_WHOLE)
		return mt_reply_blob(&v->say, "xml", v->bytes, v->n);
	return out ? mt_reply_blob(&v->say, "xml", out, n) : 0;
}

static int say_notes(struct mt_evaluation *v)
{
	int err = 0;

	mt_fact_each (nic, mt_fact_get(v->facts, "nics")) {
		const char *note = mt_domain_schema_note(nic);

		if (note && !err)
			err = mt_reply_line(&v->say, "log", (const char *[]){ "text", note, NULL });
	}
	return err;
}

static bool any_other(const struct mt_fact *nics)
{
	mt_fact_each (nic, nics)
		if (strcmp(mt_fact_text_at(nic, "type") ?: "", "ethernet"))
			return true;
	return false;
}

static int ask_policy(struct mt_evaluation *v, struct mt_err *e)
{
	const struct mt_fact *nics = mt_fact_get(v->facts, "nics");
	int *wanted = mt_pool_alloc(&v->pool, (nics->in.n + 1) * sizeof *wanted);
	size_t n = 0;

	v->edits = mt_pool_alloc(&v->pool, (nics->in.n + 1) * sizeof *v->edits);
	v->names = mt_names_new(v->facts, &v->pool);
	if (!wanted || !v->edits || !v->names)
		return mt_fail(e, ENOMEM, "evaluator", "", NULL);
	mt_fact_each (nic, nics) {
		const char *dev = mt_fact_text_at(nic, "dev");

		if (v->q->want & MT_WANT_PLANS && dev && mt_name_valid(dev) &&
		    mt_fact_selected(v->q, nic))
			wanted[n++] = (int)mt_fact_get(nic, "index")->integer;
	}
	if (mt_policy_ask(v->policy, v->facts, wanted, n, e))
		return -e->code;
	/* The parent then has what it needs, even when connect_other() ends this process. */
	if (n &&
	    (mt_reply_bytes(&v->say, "others\n", 7) ||
	     (any_other(nics) && mt_reply_flush(&v->say))))
		return -EPIPE;
	return mt_policy_ask_other(v->policy, e);
}

int mt_evaluation_answer(struct mt_evaluation *v, struct mt_err *e)
{
	const struct mt_eval_request *q = v->q;
	bool described = q->source.fd >= 0 || q->source.bytes;
	int err;

	/* Flush what the policy allows before reading the XML: a hostile XML cannot change it. */
	if (mt_reply_bytes(&v->say, "loaded\n", 7) || (described && mt_reply_flush(&v->say)))
		return -EPIPE;
	err = described ? read_source(v, e) : mt_facts_of_unknown(q, v->host, &v->pool, &v->facts);
	if (err)
		return err;
	if (q->want & MT_WANT_FACTS && say_facts(v, e))
		return -EPIPE;
	err = mt_facts_complete(q, v->host, v->facts, &v->pool) ?: say_domain(v) ?: say_warnings(v);
	if (!err && q->want & MT_WANT_NOTES)
		err = say_notes(v);
	if (err == -EFBIG && !v->say.full)
		return mt_bad(e, "xml", q->source.name ? q->source.name : "-",
			      "a name in it, or another word, is longer than a line of the answer");
	if (err)
		return err;
	if (v->policy && q->want & ~(unsigned)(MT_WANT_FACTS | MT_WANT_NOTES) && ask_policy(v, e))
		return -e->code;
	return q->want & MT_WANT_XML ? say_xml(v, e) : 0;
}

int mt_evaluation_end(struct mt_evaluation *v, int err, struct mt_err *e)
{
	err = mt_reply_end(&v->say, err, e);
	free(v->say.text);
	if (v->bytes != v->q->source.bytes)
		free(v->bytes);
	mt_pool_free(&v->files.pool);
	mt_pool_free(&v->pool);
	return err ? -1 : 0;
}
