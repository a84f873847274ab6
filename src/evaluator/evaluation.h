/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * evaluation.h - one evaluation, in stages: an evaluator takes one after the other, a zygote the
 * first ones, once for all of its spares
 *
 * All functions return 0 or -errno with @e filled, or with @e->code 0 for no memory.
 */
#ifndef MT_EVALUATOR_EVALUATION_H
#define MT_EVALUATOR_EVALUATION_H

#include "ask/evaluate.h"
#include "domain/domain.h"
#include "evaluator/confine.h"
#include "evaluator/policy_files.h"
#include "evaluator/reply.h"
#include "kernel/host.h"
#include "policy/policy.h"

#define MT_EVALUATION_OTHERS 3
#define MT_EVALUATION_MEMORY (512u << 20) /* bytes of its pool, at most */

struct mt_evaluation {
	const struct mt_eval_request *q;
	struct mt_pool pool;
	struct mt_files files;
	struct mt_host *host;
	const struct mt_xml *xml;
	void *schema; /* NULL: none is asked for */
	struct mt_policy *policy;
	bool host_later; /* the policy is loaded before there is a host */
	struct mt_fact *facts;
	bool sysctl_read_only;
	unsigned bridge_netfilter;
	char *bytes; /* of the document */
	size_t n;
	struct mt_names *names; /* of the document's devices */
	struct mt_edit *edits;
	size_t nedits;
	struct mt_reply say;
};

/** mt_evaluation_open_files() - open the policy and the hooks */
int mt_evaluation_open_files(struct mt_evaluation *v, struct mt_err *e);

/** mt_evaluation_open_host() - open the kernel's handle, where there is a policy that may ask */
int mt_evaluation_open_host(struct mt_evaluation *v, struct mt_err *e);

/** mt_evaluation_open_xml() - load the module that reads XML, and the schema, where one is asked
 * for */
int mt_evaluation_open_xml(struct mt_evaluation *v, struct mt_err *e);

/** mt_evaluation_load() - run the policy's top level: its lines depend on root's files alone, and
 * on the host where it asks */
int mt_evaluation_load(struct mt_evaluation *v, struct mt_err *e);

/** mt_evaluation_go_on() - give a loaded policy the host that it was loaded without, and the notes
 * of the request */
int mt_evaluation_go_on(struct mt_evaluation *v, struct mt_err *e);

/** mt_evaluation_answer() - read the guest's description, and ask the policy */
int mt_evaluation_answer(struct mt_evaluation *v, struct mt_err *e);

/** mt_evaluation_end() - end the answer, and free everything. Return: 0: it is whole, and no error. */
int mt_evaluation_end(struct mt_evaluation *v, int err, struct mt_err *e);

/** mt_evaluation_line() - a policy's line goes to the answer; what decide() said is kept for the
 * XML
 * @data:	struct mt_evaluation */
int mt_evaluation_line(void *data, const char *line, size_t n);

/** mt_evaluation_catch_signals() - from now on SIGALRM ends the policy, with its line; SIGPIPE does
 * nothing */
void mt_evaluation_catch_signals(void);

/** mt_evaluation_set_alarm() - have SIGALRM come in so many milliseconds; 0: not at all */
void mt_evaluation_set_alarm(unsigned ms);

/** mt_evaluation_unload() - forget the policy that was loaded, and what it said */
void mt_evaluation_unload(struct mt_evaluation *v);

/** mt_evaluation_confine() - confine the process to the policy's files and some other descriptors
 * @others:	@n of them, at most MT_EVALUATION_OTHERS
 * @confine:	mt_confine() or mt_confine_zygote()
 */
int mt_evaluation_confine(struct mt_evaluation *v, const int *others, unsigned n,
			  int (*confine)(const struct mt_confine *c, struct mt_err *e),
			  struct mt_err *e);

#endif
