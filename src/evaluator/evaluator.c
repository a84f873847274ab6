/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * evaluator.c - one evaluation, in a process without any privilege
 *
 * The order matters. It opens the files and the netlink socket; it drops everything else
 * (evaluator/confine.c); it runs the top level of root's policy; only then it reads the guest's
 * XML, which may be hostile.
 */
#include "evaluator/evaluator.h"
#include "base/tokens.h"
#include "domain/domain.h"
#include "evaluator/confine.h"
#include "evaluator/complete.h"
#include "evaluator/policy_files.h"
#include "evaluator/reply.h"
#include "evaluator/user.h"
#include "evaluator/warn.h"
#include "base/paths.h"
#include "kernel/host.h"
#include "plan/step.h"
#include "policy/policy.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define FACTS_MAX (32u << 20) /* as text; metadata of 300,000 elements has 18 MiB */
#define GRACE_MS  500	      /* before the deadline: time for the policy to report its line */

struct evaluator {
	const struct mt_eval_request *q;
	struct mt_pool pool;
	struct mt_files files;
	struct mt_host *host;
	const struct mt_xml *xml;
	void *schema; /* NULL: none is asked for */
	struct mt_policy *policy;
	struct mt_fact *facts;
	bool sysctl_read_only;
	char *bytes; /* of the document */
	size_t n;
	struct mt_names *names; /* of the document's devices */
	struct mt_edit *edits;
	size_t nedits;
	struct mt_reply say;
};

static struct mt_policy *running; /* for the signal handler */

/* Parse the request's notes about the host's devices into records. */
static int read_notes(struct evaluator *v, struct mt_policy_options *o, struct mt_err *e)
{
	char *words[2 * MT_FIELDS_MAX + 4], *copy;
	struct mt_record *notes;
	size_t n = 0;

	while (v->q->notes && v->q->notes[n])
		n++;
	o->notes = notes = mt_pool_alloc(&v->pool, (n + 1) * sizeof *notes);
	for (size_t i = 0; notes && i < n; i++) {
		const char *text = v->q->notes[i];
		struct mt_step s;
		int nwords;

		copy = mt_pool_copy(&v->pool, text, strlen(text));
		if (!copy)
			return mt_fail(e, ENOMEM, "evaluator", "", NULL);
		nwords = mt_tokens_split(copy, words, sizeof words / sizeof *words);
		if (mt_step_parse(mt_kinds, words, nwords, &s, &v->pool, e))
			return -e->code;
		notes[o->nnotes++] = s.put;
	}
	return notes ? 0 : mt_fail(e, ENOMEM, "evaluator", "", NULL);
}

static void late(int signal)
{
	(void)signal;
	if (running)
		mt_policy_interrupt(running);
}

/* Forward the policy's lines; remember decide()'s answers for rewriting the XML. */
static int policy_says(void *data, const char *line, size_t n)
{
	struct evaluator *v = data;
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

static int hook_text(void *data, const char *name, const char **text, size_t *n, const char **path,
		     struct mt_err *e)
{
	struct evaluator *v = data;

	return mt_files_hook(&v->files, name, text, n, path, &v->pool, e);
}

static void set_timer(unsigned deadline_ms)
{
	unsigned ms = deadline_ms > 2 * GRACE_MS ? deadline_ms - GRACE_MS : deadline_ms / 2 + 1;
	struct itimerval t = { .it_value = { ms / 1000, ms % 1000 * 1000L } };
	struct sigaction act = { .sa_handler = late };

	sigaction(SIGALRM, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	setitimer(ITIMER_REAL, &t, NULL);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int confine(struct evaluator *v, struct mt_err *e)
{
	int keep[MT_FILES_MAX + 4];
	struct mt_user user;
	unsigned n = 0;

	keep[n++] = v->say.fd;
	if (v->q->source.fd >= 0)
		keep[n++] = v->q->source.fd;
	if (v->host)
		keep[n++] = mt_host_fd(v->host);
	n += mt_files_descriptors(&v->files, keep + n);
	qsort(keep, n, sizeof *keep, by_number);
	user = mt_evaluator_user_here();
	return mt_confine(&(struct mt_confine){ .keep = keep,
						.keep_n = n,
						.parent = v->q->parent,
						.uid = user.uid,
						.gid = user.gid,
						.cpu_s = v->q->deadline_ms / 1000 + 2 },
			  e);
}

static int open_xml(struct evaluator *v, struct mt_err *e)
{
	char path[PATH_MAX];

	mt_path_installed("lib/moontap/moontap-xml.so", path);
	return mt_xml_open(path, &v->xml, e);
}

static int open_all(struct evaluator *v, struct mt_err *e)
{
	const struct mt_eval_request *q = v->q;

	if (q->policy && mt_files_open(&v->files, q->policy, q->policy_optional, q->hooks, e))
		return -e->code;
	if (v->files.policy.fd >= 0 && mt_host_open(&v->host, e))
		return -e->code;
	if (v->host) /* the policy sees the host in one state, whatever changes meanwhile */
		mt_host_cache(v->host);
	v->sysctl_read_only = mt_sysctl_read_only();
	if (!q->source.facts && (q->source.fd >= 0 || q->source.bytes) && open_xml(v, e))
		return -e->code;
	if (q->schema && v->xml && !(v->schema = mt_domain_schema_open(v->xml, q->schema, e)))
		return -e->code;
	return 0;
}

static int say_lacks(struct evaluator *v, struct mt_err *e)
{
	char text[200];
	bool meant;

	if (mt_policy_lacks(v->policy, text, sizeof text, &meant, e))
		return -e->code;
	return *text ? mt_reply_line(&v->say, "lacks",
				     (const char *[]){ "text", text, "meant",
						       meant ? "true" : "false", NULL })
		     : 0;
}

/* Run the policy's top level: its lines depend on nothing but root's files. */
static int load_policy(struct evaluator *v, struct mt_err *e)
{
	struct mt_policy_options o = { .memory = v->q->memory,
				       .host = v->host,
				       .sysctl_read_only = v->sysctl_read_only,
				       .hook = hook_text,
				       .say = policy_says,
				       .data = v };
	char sum[20];
	const char *text;
	size_t n;

	if (v->files.policy.fd < 0)
		return 0;
	if (mt_files_read(&v->files, &v->files.policy, &text, &n, &v->pool, e) ||
	    read_notes(v, &o, e) || mt_policy_open(&o, &v->policy, e))
		return -e->code;
	running = v->policy;
	mt_files_checksum(text, n, sum);
	if (mt_reply_line(&v->say, "policy", (const char *[]){ "checksum", sum, NULL }))
		return -EPIPE;
	return mt_policy_load(v->policy, text, n, v->files.policy.path, e) ?: say_lacks(v, e);
}

static int read_source(struct evaluator *v, struct mt_err *e)
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
static int say_warnings(struct evaluator *v)
{
	int err = v->q->source.facts ? 0 : mt_warn_unknown(&v->say, v->facts);

	if (!err && v->q->want & MT_WANT_PLANS)
		err = mt_warn_dropped(&v->say, v->q, v->facts);
	return err;
}

/* The name and uuid that QEMU has for an unknown guest are for the policy only: journals, which get
 * this line's, have none. */
static int say_domain(struct evaluator *v)
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

static int say_facts(struct evaluator *v, struct mt_err *e)
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

static int say_xml(struct evaluator *v, struct mt_err *e)
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

static int say_notes(struct evaluator *v)
{
	int err = 0;

	mt_fact_each (nic, mt_fact_get(v->facts, "nics")) {
		const char *note = mt_domain_schema_note(nic);

		if (note && !err)
			err = mt_reply_line(&v->say, "log", (const char *[]){ "text", note, NULL });
	}
	return err;
}

static int ask_policy(struct evaluator *v, struct mt_err *e)
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
	/* The parent now has what it needs, even when connect_other() ends this process. */
	if (n && (mt_reply_bytes(&v->say, "others\n", 7) || mt_reply_flush(&v->say)))
		return -EPIPE;
	return mt_policy_ask_other(v->policy, e);
}

static int evaluate(struct evaluator *v, struct mt_err *e)
{
	const struct mt_eval_request *q = v->q;
	int err;

	if (load_policy(v, e))
		return -e->code;
	/* Flush what the policy allows before reading the XML: a hostile XML cannot change it. */
	if (mt_reply_bytes(&v->say, "loaded\n", 7) || mt_reply_flush(&v->say))
		return -EPIPE;
	err = q->source.fd >= 0 || q->source.bytes
		? read_source(v, e)
		: mt_facts_of_unknown(q, v->host, &v->pool, &v->facts);
	if (err)
		return err;
	if (q->want & MT_WANT_FACTS && say_facts(v, e))
		return -EPIPE;
	if (mt_facts_complete(q, v->host, v->facts, &v->pool) || say_domain(v) || say_warnings(v) ||
	    (q->want & MT_WANT_NOTES && say_notes(v)))
		return -ENOMEM;
	if (v->policy && q->want & ~(unsigned)(MT_WANT_FACTS | MT_WANT_NOTES) && ask_policy(v, e))
		return -e->code;
	return q->want & MT_WANT_XML ? say_xml(v, e) : 0;
}

int mt_evaluator_run(const struct mt_eval_request *q, int out)
{
	struct evaluator v = { .q = q, .say.fd = out, .files.policy.fd = -1 };
	struct mt_err e = { 0 };
	int err;

	v.pool.limit = 512u << 20;
	err = open_all(&v, &e);
	set_timer(q->deadline_ms);
	if (!err)
		err = confine(&v, &e);
	if (!err)
		err = evaluate(&v, &e);
	err = mt_reply_end(&v.say, err, &e);
	free(v.say.text);
	if (v.bytes != q->source.bytes)
		free(v.bytes);
	mt_pool_free(&v.files.pool);
	mt_pool_free(&v.pool);
	return err ? 1 : 0;
}
