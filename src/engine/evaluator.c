/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * evaluator.c - one evaluation, in a process without any privilege
 *
 * The order matters: files and the kernel's socket are opened, then everything else is given up
 * (engine/confine.c), then root's policy runs its top level, and only then the guest's XML is read.
 */
#include "engine/evaluator.h"
#include "base/words.h"
#include "domain/domain.h"
#include "engine/confine.h"
#include "engine/evaluator_file.h"
#include "engine/place.h"
#include "kernel/host.h"
#include "plan/step.h"
#include "policy/policy.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define GRACE_MS   500 /* before the deadline: time for the policy to say where it was */
#define OUTPUT_MAX (48u << 20)

struct evaluator {
	const struct mt_request *q;
	int out;
	struct mt_pool pool;
	struct mt_files files;
	struct mt_host *host;
	const struct mt_xml *xml;
	void *schema; /* NULL: none is asked for */
	struct mt_policy *policy;
	struct mt_fact *facts;
	char *bytes; /* of the document */
	size_t n;
	struct mt_names *names; /* that devices have already */
	struct mt_edit *edits;
	size_t nedits;
	char *text; /* of the answer, until it is written */
	size_t len, cap, written;
	bool broken; /* something could not be said: nothing is any more, not even its end */
	bool told;   /* what ended the evaluation was said */
};

static struct mt_policy *running; /* for the signal handler */

static void late(int signal)
{
	(void)signal;
	if (running)
		mt_policy_interrupt(running);
}

static int flush(struct evaluator *v)
{
	size_t done = 0;

	while (done < v->len) {
		ssize_t w = write(v->out, v->text + done, v->len - done);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0) {
			v->broken = true;
			return -EPIPE;
		}
		done += (size_t)w;
	}
	v->written += v->len;
	v->len = 0;
	return 0;
}

static int more_room(struct evaluator *v, size_t n)
{
	size_t cap = n > 65536 ? n : 65536;
	char *text;

	if (n <= v->cap)
		return 0;
	text = realloc(v->text, cap);
	if (!text)
		return -ENOMEM;
	v->text = text;
	v->cap = cap;
	return 0;
}

/* An answer with a hole in it would be believed: after a failure nothing more is said. */
static int say_bytes(struct evaluator *v, const char *s, size_t n)
{
	int err = v->broken ? -EPIPE : n > OUTPUT_MAX - v->written ? -EFBIG : 0;

	if (!err && v->len + n > v->cap)
		err = flush(v) ?: more_room(v, n);
	if (err) {
		v->broken = true;
		return err;
	}
	memcpy(v->text + v->len, s, n);
	v->len += n;
	return 0;
}

/* "word key=value ...\n"; an empty value is not said. */
static int say(struct evaluator *v, const char *word, const char *const *pairs)
{
	char line[2 * MT_LINE_MAX];
	size_t n = (size_t)snprintf(line, sizeof line, "%s", word);

	for (; *pairs; pairs += 2) {
		if (!pairs[1] || !*pairs[1])
			continue;
		n += (size_t)snprintf(line + n, sizeof line - n, " %s=", pairs[0]);
		n += mt_word_escape(pairs[1], line + n, sizeof line - n);
		if (n + 2 > sizeof line)
			return -EFBIG;
	}
	line[n++] = '\n';
	return say_bytes(v, line, n);
}

static int say_error(struct evaluator *v, const struct mt_err *e)
{
	const char *code = e->blame == MT_BLAME_LIMIT ? "5" : "3";

	v->told = true;
	return say(v, "error",
		   (const char *[]){ "code", code, "op", e->op, "on", e->subject, "at", e->where,
				     "text", e->text, NULL });
}

/* The policy's lines go through; what decide() said is remembered for the document's rewriting. */
static int policy_says(void *data, const char *line, size_t n)
{
	struct evaluator *v = data;
	char copy[MT_LINE_MAX], name[MT_DEV_SIZE], *words[16];
	const char *decision, *dev;
	struct mt_fact *nic;
	struct mt_err e;
	int nwords, index;

	if (say_bytes(v, line, n))
		return -EFBIG;
	v->told |= !strncmp(line, "error ", 6) || !strncmp(line, "refuse ", 7);
	if (!(v->q->want & MT_WANT_XML) || n >= sizeof copy || strncmp(line, "nic ", 4))
		return 0;
	memcpy(copy, line, n);
	copy[n] = 0;
	nwords = mt_words_split(copy, words, 16);
	decision = mt_words_get(words, nwords, "decision");
	index = atoi(mt_words_get(words, nwords, "index"));
	dev = mt_words_get(words, nwords, "dev");
	nic = mt_fact_get(v->facts, "nics")->in.first;
	for (int i = 1; nic && i < index; i++)
		nic = nic->next;
	if (!decision || !nic)
		return 0;
	if (mt_domain_decide(v->names, nic, !strcmp(decision, "unmanaged"), dev, name,
			     &v->edits[v->nedits], &e))
		return say_error(v, &e), -EINVAL;
	if (v->edits[v->nedits].dev == name)
		v->edits[v->nedits].dev = mt_pool_copy(&v->pool, name, strlen(name));
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
	unsigned n = 0;

	keep[n++] = v->out;
	if (v->q->source.fd >= 0)
		keep[n++] = v->q->source.fd;
	if (v->host)
		keep[n++] = mt_host_fd(v->host);
	n += mt_files_descriptors(&v->files, keep + n);
	qsort(keep, n, sizeof *keep, by_number);
	return mt_confine(&(struct mt_confine){ .keep = keep,
						.keep_n = n,
						.parent = v->q->parent,
						.cpu_s = v->q->deadline_ms / 1000 + 2 },
			  e);
}

static int open_xml(struct evaluator *v, struct mt_err *e)
{
	char path[PATH_MAX];

	mt_place_find("lib/moontap/moontap-xml.so", path);
	return mt_xml_open(path, &v->xml, e);
}

static int open_all(struct evaluator *v, struct mt_err *e)
{
	const struct mt_request *q = v->q;

	if (q->policy && mt_files_open(&v->files, q->policy, q->policy_optional, q->hooks, e))
		return -e->code;
	if (v->files.policy.fd >= 0 && mt_host_open(&v->host, e))
		return -e->code;
	if (!q->source.facts && (q->source.fd >= 0 || q->source.bytes) && open_xml(v, e))
		return -e->code;
	if (q->schema && v->xml && !(v->schema = mt_domain_schema_open(v->xml, q->schema, e)))
		return -e->code;
	return 0;
}

/* The top level: what the policy says now it says knowing only root's files. */
static int load_policy(struct evaluator *v, struct mt_err *e)
{
	struct mt_policy_options o = { .memory = v->q->memory,
				       .host = v->host,
				       .hook = hook_text,
				       .say = policy_says,
				       .data = v };
	char sum[20];
	const char *text;
	size_t n;

	if (v->files.policy.fd < 0)
		return 0;
	if (mt_files_read(&v->files, &v->files.policy, &text, &n, &v->pool, e) ||
	    mt_policy_open(&o, &v->policy, e))
		return -e->code;
	running = v->policy;
	mt_files_checksum(text, n, sum);
	if (say(v, "policy", (const char *[]){ "checksum", sum, NULL }))
		return -EPIPE;
	return mt_policy_load(v->policy, text, n, v->files.policy.path, e);
}

static int read_source(struct evaluator *v, struct mt_err *e)
{
	const struct mt_source *s = &v->q->source;
	struct mt_domain_options o = { .name = s->name,
				       .inactive = v->q->inactive,
				       .prefix = v->q->prefix };

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

/* A tap of a guest that nobody told us about. */
static int unknown_guest(struct evaluator *v)
{
	struct mt_facts b = { .pool = &v->pool };
	struct mt_fact *domain, *nics, *nic;

	v->facts = mt_fact_object(&b, NULL, "");
	domain = mt_fact_object(&b, v->facts, "domain");
	mt_fact_string(&b, domain, "name", "");
	nics = mt_fact_array(&b, v->facts, "nics");
	nic = mt_fact_object(&b, nics, "");
	mt_fact_string(&b, nic, "type", "ethernet");
	if (v->q->mac)
		mt_fact_string(&b, nic, "mac", v->q->mac);
	mt_fact_integer(&b, nic, "index", 1);
	mt_fact_boolean(&b, nic, "unmanaged", false);
	return b.failed ? -ENOMEM : 0;
}

static int set_string(struct evaluator *v, struct mt_fact *object, const char *name, const char *s)
{
	struct mt_facts b = { .pool = &v->pool };
	struct mt_fact *have = mt_fact_get(object, name);

	if (have)
		have->string = s;
	else
		mt_fact_string(&b, object, name, s);
	return b.failed ? -ENOMEM : 0;
}

static bool selected(const struct mt_request *q, const struct mt_fact *nic)
{
	const char *dev = mt_fact_text_at(nic, "dev"), *mac = mt_fact_text_at(nic, "mac");
	bool unmanaged = mt_fact_true_at(nic, "unmanaged");
	char index[16];

	if (unmanaged ? !q->unmanaged : !q->managed)
		return false;
	snprintf(index, sizeof index, "%d", (int)mt_fact_get(nic, "index")->integer);
	for (const char *const *o = q->only; o && *o; o++)
		if ((dev && !strcmp(*o, dev)) || (mac && !strcasecmp(*o, mac)) ||
		    !strcmp(*o, index))
			return true;
	return !q->only;
}

/* LXC names no device before it started: at start the host's end is its peer, and a link of `guest
 * actual` (libvirt-lxc's <guest dev='eth0' actual='vnet1'/>). Every NIC of LXC's is managed. */
static int complete_container(struct evaluator *v, struct mt_fact *nic)
{
	const char *actual = mt_fact_text_at(nic, "guest.actual");
	struct mt_fact *unmanaged = mt_fact_get(nic, "unmanaged");
	struct mt_device end, host;
	struct mt_err e;
	char *name;

	if (unmanaged)
		unmanaged->boolean = false;
	if (!actual || mt_fact_get(nic, "dev") || !v->host ||
	    mt_device_by_name(v->host, actual, &end, &e) ||
	    mt_device_by_index(v->host, end.peer, &host, &e))
		return 0;
	name = mt_pool_copy(&v->pool, host.name, strlen(host.name));
	return name ? set_string(v, nic, "dev", name) : -ENOMEM;
}

/* What comes from the caller and not from the document: names, and what is known of the guest. */
static int complete_facts(struct evaluator *v)
{
	const struct mt_request *q = v->q;
	struct mt_facts b = { .pool = &v->pool };
	struct mt_fact *domain = mt_fact_get(v->facts, "domain");
	const char *hypervisor = mt_fact_text_at(domain, "type");
	bool lxc = hypervisor && !strcmp(hypervisor, "lxc");
	int unnamed = 0, err = 0;

	mt_fact_boolean(&b, domain, "known", q->known);
	if (q->incoming)
		mt_fact_boolean(&b, domain, "incoming", true);
	mt_fact_each (nic, mt_fact_get(v->facts, "nics")) {
		const char *type = mt_fact_text_at(nic, "type");

		if (lxc)
			err |= complete_container(v, nic);
		if (q->dev && selected(q, nic))
			err |= set_string(v, nic, "dev", q->dev);
		else if (q->unnamed && !mt_fact_get(nic, "dev") && type &&
			 !strcmp(type, "ethernet")) {
			char *name = mt_pool_copy(&v->pool, "                ", 16);

			if (name)
				snprintf(name, 16, unnamed ? "%s%d" : "%s", q->unnamed,
					 unnamed + 1);
			unnamed++;
			err |= name ? set_string(v, nic, "dev", name) : -ENOMEM;
		}
	}
	return b.failed || err ? -ENOMEM : 0;
}

static int say_domain(struct evaluator *v)
{
	const struct mt_fact *d = mt_fact_get(v->facts, "domain");
	int err = say(v, "domain",
		      (const char *[]){ "name", mt_fact_text_at(d, "name"), "uuid",
					mt_fact_text_at(d, "uuid"), "type",
					mt_fact_text_at(d, "type"), NULL });

	mt_fact_each (nic, mt_fact_get(v->facts, "nics")) {
		char index[16];

		snprintf(index, sizeof index, "%d", (int)mt_fact_get(nic, "index")->integer);
		if (err)
			break;
		err = say(v, "interface",
			  (const char *[]){ "index", index, "type", mt_fact_text_at(nic, "type"),
					    "mac", mt_fact_text_at(nic, "mac"), "dev",
					    mt_fact_text_at(nic, "dev"), "unmanaged",
					    mt_fact_true_at(nic, "unmanaged") ? "true" : "false",
					    NULL });
	}
	return err;
}

static int say_blob(struct evaluator *v, const char *word, const char *bytes, size_t n)
{
	char size[24];

	snprintf(size, sizeof size, "%zu", n);
	return say(v, word, (const char *[]){ "bytes", size, NULL }) || say_bytes(v, bytes, n)
		? -EPIPE
		: 0;
}

static int say_facts(struct evaluator *v)
{
	size_t n = mt_fact_print(v->facts, NULL, 0);
	char *text = malloc(n + 1);
	int err;

	if (!text)
		return -ENOMEM;
	mt_fact_print(v->facts, text, n + 1);
	err = say_blob(v, "facts", text, n);
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
		return say_blob(v, "xml", v->bytes, v->n);
	return out ? say_blob(v, "xml", out, n) : 0;
}

static int say_notes(struct evaluator *v)
{
	int err = 0;

	mt_fact_each (nic, mt_fact_get(v->facts, "nics")) {
		const char *note = mt_domain_schema_note(nic);

		if (note && !err)
			err = say(v, "log", (const char *[]){ "text", note, NULL });
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

		if (v->q->want & MT_WANT_PLANS && dev && mt_name_valid(dev) && selected(v->q, nic))
			wanted[n++] = (int)mt_fact_get(nic, "index")->integer;
	}
	return mt_policy_ask(v->policy, v->facts, wanted, n, e);
}

static int evaluate(struct evaluator *v, struct mt_err *e)
{
	const struct mt_request *q = v->q;
	int err;

	if (load_policy(v, e))
		return -e->code;
	/* out of reach before the guest's words are read: what is allowed stays as it was said */
	if (say_bytes(v, "loaded\n", 7) || flush(v))
		return -EPIPE;
	err = q->source.fd >= 0 || q->source.bytes ? read_source(v, e) : unknown_guest(v);
	if (err)
		return err;
	if (q->want & MT_WANT_FACTS && say_facts(v))
		return -EPIPE;
	if (complete_facts(v) || say_domain(v) || (q->want & MT_WANT_NOTES && say_notes(v)))
		return -ENOMEM;
	if (v->policy && q->want & ~(unsigned)(MT_WANT_FACTS | MT_WANT_NOTES) && ask_policy(v, e))
		return -e->code;
	return q->want & MT_WANT_XML ? say_xml(v, e) : 0;
}

int mt_evaluator_run(const struct mt_request *q, int out)
{
	struct evaluator v = { .q = q, .out = out, .files.policy.fd = -1 };
	struct mt_err e = { 0 };
	int err;

	v.pool.limit = 512u << 20;
	err = open_all(&v, &e);
	set_timer(q->deadline_ms);
	if (!err)
		err = confine(&v, &e);
	if (!err)
		err = evaluate(&v, &e);
	/* whatever it was that failed: an answer without its line would pass for a whole one */
	if (err && !e.code)
		mt_fail(&e, -err, "evaluator", "", NULL);
	if (err && !v.told)
		say_error(&v, &e);
	/* refuse and error lines are answers, too */
	err |= say_bytes(&v, "end\n", 4) || flush(&v);
	free(v.text);
	if (v.bytes != q->source.bytes)
		free(v.bytes);
	mt_pool_free(&v.files.pool);
	mt_pool_free(&v.pool);
	return err ? 1 : 0;
}
