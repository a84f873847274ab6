/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* evaluate.h - let a child without privileges evaluate a policy for a domain */
#ifndef MT_ASK_EVALUATE_H
#define MT_ASK_EVALUATE_H

#include "ask/answer.h"

#include <sched.h>
#include <sys/types.h>

enum mt_want {
	MT_WANT_FACTS = 1,     /* the facts, as text */
	MT_WANT_DECISIONS = 2, /* the policy's decide() for each NIC */
	MT_WANT_PLANS = 4,     /* its connect() for the selected NICs */
	MT_WANT_XML = 8,    /* the document with decide() applied; nothing when nothing changes */
	MT_WANT_WHOLE = 16, /* with MT_WANT_XML: the document as it is when nothing changes */
	MT_WANT_NOTES = 32, /* log what libvirt's own schema would refuse */
};

/* Where the guest's description comes from: fd, or else bytes. */
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
	/* only these of them: device, MAC or index; NULL-ended; NULL: all */
	const char *const *only;
	/* the name for the device of an ethernet NIC that has none, "$DEV"; NULL: skip the NIC */
	const char *unnamed;
	const char *dev; /* the tap that a script got: the device of the selected NIC; or NULL */
	/* notes about the host's devices, the text of a step each; NULL-ended; or NULL */
	const char *const *notes;
	/* the leases that there are: files/lease.h; NULL-ended; or NULL */
	const char *const *leases;
	unsigned attempt; /* how often another event took the address that the policy chose */
	/* of an unknown guest, from the command line of the tap's QEMU; NULL: not there */
	const char *qemu_name, *qemu_uuid, *qemu_mac;
	/* nic.caller: who asks, when it is not root; user NULL: root */
	const char *caller_user;
	unsigned caller_uid, caller_gid;
	const char *const *caller_groups; /* names or numbers, NULL-ended */
	const char *caller_bridge;	  /* that its QEMU asks for; NULL: it does not */
	bool known, incoming; /* nic.domain.known and .incoming of lua/moontap/ask.lua */
	bool inactive;	      /* facts and XML as libvirt defines a domain */
	const char *prefix;   /* of generated names; NULL */
	const char *schema;   /* a RELAX NG schema that the XML must fit; NULL */
	unsigned libvirt; /* the XML must fit this version, MT_LIBVIRT(); 0: libvirt accepted it */
	unsigned deadline_ms;
	size_t memory;	       /* bytes for the Lua state; 0: the default */
	pid_t parent;	       /* it reads the answer; the child must not outlive it */
	const char *evaluator; /* mt_start_spawn(): the program that it runs */
};

/** mt_nic_is() - whether a user's word for a NIC is this one's device, MAC or number */
bool mt_nic_is(const char *word, const char *dev, const char *mac, unsigned index);

/**
 * mt_request_selects() - whether the request asks for this NIC's connect()
 * @unmanaged:	as the XML has it
 * @dev, @mac:	"" when there is none
 * @index:	in the XML, from 1
 */
bool mt_request_selects(const struct mt_eval_request *q, bool unmanaged, const char *dev,
			const char *mac, unsigned index);

/* A running evaluator. */
struct mt_child {
	pid_t pid;	   /* 0: it has ended, and other code of the host program waited for it */
	int fd;		   /* pidfd_open(2); -1: no other code of this process waits for it */
	int out;	   /* descriptor of its answer */
	bool told_of_time; /* it has no timer: it gets SIGALRM before the deadline */
	/* takes @fd and @out, and ends the child when there is time; NULL: it is ended at once */
	void (*let_go)(const struct mt_child *c, bool whole);
	bool pinned;	   /* parent and child are on one CPU until the child has ended; */
	cpu_set_t allowed; /* then the parent gets these back */
};

/* Start the evaluator. Return: 0; or -errno with @e filled, and no child. */
typedef int (*mt_start)(const struct mt_eval_request *q, struct mt_child *c, struct mt_err *e);

/**
 * mt_start_fork() - start the evaluator in a fork of this process, which must have one thread
 * @run:	mt_evaluator_run(); a pointer, since the library has no evaluator in it
 */
int mt_start_fork(const struct mt_eval_request *q,
		  int (*run)(const struct mt_eval_request *q, int out), struct mt_child *c,
		  struct mt_err *e);

/** mt_spawn_evaluator() - start the installed program, without any environment
 * @words:	its own name, and what request.h or spare.h say
 * @in, @out:	its standard input and output; in -1: none
 *
 * Return: 0 or -errno.
 */
int mt_spawn_evaluator(const char *program, char **words, int in, int out, pid_t *pid,
		       struct mt_err *e);

/**
 * mt_start_spawn() - start the evaluator as a program, @q->evaluator
 *
 * For host programs with threads, and for those that must not load Lua and libxml2.
 */
int mt_start_spawn(const struct mt_eval_request *q, struct mt_child *c, struct mt_err *e);

/** mt_alarm_ms() - when an evaluator is told that its time is short: before the deadline, so that
 * there is time for the policy to report its line */
unsigned mt_alarm_ms(unsigned deadline_ms);

/**
 * mt_evaluate() - start an evaluator, read its answer until the deadline, and parse it
 * @start:	mt_start_spawn(), or a function that calls mt_start_fork()
 * @a:		pool set; out
 *
 * Return: as @start and mt_answer_parse(); -ETIME: the evaluator was killed at its deadline without
 * an answer of use, blamed on the policy.
 */
int mt_evaluate(const struct mt_eval_request *q, mt_start start, const struct mt_kind *const *kinds,
		struct mt_answer *a, struct mt_err *e);

#endif
