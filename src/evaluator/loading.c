/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loading.c - the first stages of an evaluation: files, host and XML module opened, top level run */
#include "evaluator/evaluation.h"
#include "base/paths.h"
#include "base/tokens.h"
#include "evaluator/user.h"
#include "plan/step.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static struct mt_policy *running; /* for the signal handler */

static void late(int signal)
{
	(void)signal;
	if (running)
		mt_policy_interrupt(running);
}

void mt_evaluation_catch_signals(void)
{
	struct sigaction act = { .sa_handler = late };

	sigaction(SIGALRM, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void mt_evaluation_set_alarm(unsigned ms)
{
	struct itimerval t = { .it_value = { ms / 1000, ms % 1000 * 1000L } };

	setitimer(ITIMER_REAL, &t, NULL);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int mt_evaluation_confine(struct mt_evaluation *v, const int *others, unsigned n,
			  int (*confine)(const struct mt_confine *c, struct mt_err *e),
			  struct mt_err *e)
{
	int keep[MT_FILES_MAX + 1 + MT_EVALUATION_OTHERS];
	struct mt_user user = mt_evaluator_user_here();

	memcpy(keep, others, n * sizeof *keep);
	n += mt_files_descriptors(&v->files, keep + n);
	qsort(keep, n, sizeof *keep, by_number);
	return confine(&(struct mt_confine){ .keep = keep,
					     .keep_n = n,
					     .parent = v->q->parent,
					     .uid = user.uid,
					     .gid = user.gid,
					     .cpu_s = v->q->deadline_ms / 1000 + 2 },
		       e);
}

int mt_evaluation_open_files(struct mt_evaluation *v, struct mt_err *e)
{
	const struct mt_eval_request *q = v->q;

	v->sysctl_read_only = mt_sysctl_read_only();
	v->bridge_netfilter = mt_bridge_netfilter();
	return q->policy ? mt_files_open(&v->files, q->policy, q->policy_optional, q->hooks, e) : 0;
}

int mt_evaluation_open_host(struct mt_evaluation *v, struct mt_err *e)
{
	if (v->files.policy.fd < 0)
		return 0;
	if (mt_host_open(&v->host, e))
		return -e->code;
	/* the policy sees the host in one state, whatever changes meanwhile */
	mt_host_cache(v->host);
	return 0;
}

int mt_evaluation_open_xml(struct mt_evaluation *v, struct mt_err *e)
{
	char path[PATH_MAX];

	mt_path_installed("lib/moontap/moontap-xml.so", path);
	if (mt_xml_open(path, &v->xml, e))
		return -e->code;
	if (v->q->schema && !(v->schema = mt_domain_schema_open(v->xml, v->q->schema, e)))
		return -e->code;
	return 0;
}

static int hook_text(void *data, const char *name, const char **text, size_t *n, const char **path,
		     struct mt_err *e)
{
	struct mt_evaluation *v = data;

	return mt_files_hook(&v->files, name, text, n, path, &v->pool, e);
}

/* Parse the request's notes about the host's devices into records. */
static int read_notes(struct mt_evaluation *v, const struct mt_record **to, size_t *nto,
		      struct mt_err *e)
{
	char *words[2 * MT_FIELDS_MAX + 4], *copy;
	struct mt_record *notes;
	size_t n = 0;

	while (v->q->notes && v->q->notes[n])
		n++;
	*nto = 0;
	*to = notes = mt_pool_alloc(&v->pool, (n + 1) * sizeof *notes);
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
		notes[(*nto)++] = s.put;
	}
	return notes ? 0 : mt_fail(e, ENOMEM, "evaluator", "", NULL);
}

static int say_lacks(struct mt_evaluation *v, struct mt_err *e)
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

int mt_evaluation_load(struct mt_evaluation *v, struct mt_err *e)
{
	struct mt_policy_options o = { .memory = v->q->memory,
				       .host = v->host,
				       .host_later = v->host_later,
				       .sysctl_read_only = v->sysctl_read_only,
				       .bridge_netfilter = v->bridge_netfilter,
				       .leases = v->q->leases,
				       .attempt = v->q->attempt,
				       .hook = hook_text,
				       .say = mt_evaluation_line,
				       .data = v };
	char sum[20];
	const char *text;
	size_t n;

	if (v->files.policy.fd < 0)
		return 0;
	if (mt_files_read(&v->files, &v->files.policy, &text, &n, &v->pool, e) ||
	    read_notes(v, &o.notes, &o.nnotes, e) || mt_policy_open(&o, &v->policy, e))
		return -e->code;
	running = v->policy;
	mt_files_checksum(text, n, sum);
	if (mt_reply_line(&v->say, "policy", (const char *[]){ "checksum", sum, NULL }))
		return -EPIPE;
	if (mt_policy_load(v->policy, text, n, v->files.policy.path, e) || say_lacks(v, e))
		return -e->code;
	return mt_policy_asked_host(v->policy) && mt_reply_bytes(&v->say, "host\n", 5) ? -EPIPE : 0;
}

void mt_evaluation_unload(struct mt_evaluation *v)
{
	running = NULL;
	mt_policy_close(v->policy);
	v->policy = NULL;
	free(v->say.text);
	v->say = (struct mt_reply){ 0 };
}

int mt_evaluation_go_on(struct mt_evaluation *v, struct mt_err *e)
{
	const struct mt_record *notes;
	size_t n;

	if (!v->policy)
		return 0;
	if (read_notes(v, &notes, &n, e))
		return -e->code;
	mt_policy_go_on(v->policy, v->host, notes, n);
	mt_policy_leases(v->policy, v->q->leases, v->q->attempt);
	return 0;
}
