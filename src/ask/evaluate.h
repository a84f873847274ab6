/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * evaluate.h - ask a child without any privilege what a policy says of a domain
 */
#ifndef MT_ASK_EVALUATE_H
#define MT_ASK_EVALUATE_H

#include "ask/answer.h"

#include <sched.h>
#include <sys/types.h>

enum mt_want {
	MT_WANT_FACTS = 1,     /* the facts, as text */
	MT_WANT_DECISIONS = 2, /* the policy's decide() for each NIC */
	MT_WANT_PLANS = 4,     /* and its connect() for those selected */
	MT_WANT_XML = 8,    /* the document with decide() applied; nothing when nothing changes */
	MT_WANT_WHOLE = 16, /* with MT_WANT_XML: the document as it is when nothing changes */
	MT_WANT_NOTES = 32, /* log what libvirt's own schema would refuse */
};

/* Where the guest's description comes from: the first that is given. */
struct mt_source {
	int fd;		   /* XML to its end; -1: not this one */
	const char *bytes; /* XML, or the facts' text when @facts */
	size_t n;
	bool facts;
	const char *name; /* for messages: "web.xml" */
};

struct mt_eval_request {
	struct mt_source source; /* fd -1 and bytes NULL: no description, an unknown guest */
	const char *policy;	 /* path; NULL: none */
	bool policy_optional;	 /* its absence is no error */
	/* directories of hook files, the first that has one wins; NULL-ended */
	const char *const *hooks;
	unsigned want;		 /* enum mt_want */
	bool managed, unmanaged; /* which NICs connect() is asked for, by what the XML says */
	/* and of these only those: device, MAC or index; NULL-ended; or NULL */
	const char *const *only;
	/* what a managed NIC without a device is called, "$DEV"; NULL: skipped */
	const char *unnamed;
	const char *dev; /* a tap that is handed over: the NIC that it is of, or of nobody's */
	/* what was noted of the host's devices, the text of a step each; NULL-ended; or NULL */
	const char *const *notes;
	/* of a guest that nobody knows: what the QEMU that made its tap says; NULL: it says
	 * nothing */
	const char *qemu_name, *qemu_uuid, *qemu_mac;
	bool known, incoming;
	bool inactive;	    /* facts and XML as libvirt defines a domain */
	const char *prefix; /* of generated names; NULL */
	const char *schema; /* a RELAX NG schema that the XML must fit; NULL */
	unsigned libvirt;   /* whose rules the XML must fit, MT_LIBVIRT(); 0: it has checked it */
	unsigned deadline_ms;
	size_t memory;	       /* of the Lua state */
	pid_t parent;	       /* who asks; the child must not outlive it */
	const char *evaluator; /* mt_start_spawn(): the program that it runs */
};

/** mt_nic_is() - whether a person's word for a NIC means this one: its device, MAC or number */
bool mt_nic_is(const char *word, const char *dev, const char *mac, unsigned index);

/** mt_request_selects() - whether connect() is to be asked for this NIC
 * @unmanaged:	as the XML says
 * @dev, @mac:	"" when there is none
 * @index:	in the XML, from 1
 */
bool mt_request_selects(const struct mt_eval_request *q, bool unmanaged, const char *dev,
			const char *mac, unsigned index);

/* A running evaluator. */
struct mt_child {
	pid_t pid;	   /* 0: it has ended, and somebody else waited for it */
	int fd;		   /* pidfd_open(2); -1: nobody else in this process waits for children */
	int out;	   /* its answer */
	bool pinned;	   /* whoever asks is kept where the child runs, until it has ended: */
	cpu_set_t allowed; /* and may run on these afterwards */
};

/* Starts the evaluator. On failure there is none. */
typedef int (*mt_start)(const struct mt_eval_request *q, struct mt_child *c, struct mt_err *e);

/** mt_start_fork() - in a fork of this process, which must have one thread: @run is
 * mt_evaluator_run(), a pointer since the library has no evaluator in it */
int mt_start_fork(const struct mt_eval_request *q,
		  int (*run)(const struct mt_eval_request *q, int out), struct mt_child *c,
		  struct mt_err *e);

/** mt_start_spawn() - the installed program, @q->evaluator: for hosts with threads, and for those
 * that shall have neither Lua nor libxml2 */
int mt_start_spawn(const struct mt_eval_request *q, struct mt_child *c, struct mt_err *e);

/**
 * mt_evaluate() - ask, wait until the deadline, understand
 * @start:	how the child is started
 * @a:		pool set; out
 *
 * Return: as mt_answer_parse(); -ETIME: it was killed at its deadline, blamed on the policy.
 */
int mt_evaluate(const struct mt_eval_request *q, mt_start start, const struct mt_kind *const *kinds,
		struct mt_answer *a, struct mt_err *e);

#endif
