/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * engine.h - events: why moontap runs, and what it then does
 *
 * One direction: a source (XML, or what is remembered) goes to the evaluator, its answer becomes
 * plans, the plans one run. Disconnecting evaluates nothing.
 */
#ifndef MT_ENGINE_ENGINE_H
#define MT_ENGINE_ENGINE_H

#include "ask/evaluate.h"
#include "kernel/host.h"
#include "plan/run.h"

struct mt_engine_options {
	const char *policy;	  /* path */
	bool policy_optional;	  /* its absence means: as libvirt does by itself */
	const char *const *hooks; /* directories, NULL-ended */
	const char *state;	  /* path of the state directory */
	const char *host_id;	  /* what tells this host from others, for derived MACs */
	unsigned deadline_ms;
	size_t memory;
	mt_start start;	       /* how the evaluator is started */
	const char *evaluator; /* mt_start_spawn(): the program */
	struct mt_log log;
	bool force;
	const volatile sig_atomic_t *stop;
};

struct mt_engine {
	struct mt_engine_options o;
	struct mt_host *host;
	struct mt_state state;
	bool has_links; /* plan/lookup.h: it has been seen to be complete */
};

/** What became of one NIC. */
struct mt_outcome_nic {
	int index;
	const char *type, *mac, *dev; /* "" when there is none */
	bool unmanaged;
	unsigned queues; /* struct mt_interface has it */
	enum mt_decision decision;
	const char *note;	      /* why nothing was planned; NULL: it was */
	const struct mt_steps *steps; /* what its plan needs; NULL without a plan */
	/* what went back since it is no longer declared, or at down */
	const struct mt_steps *undone;
};

/** How long the parts of an event took, in microseconds. */
struct mt_times {
	uint32_t evaluate, compute, make;
};

struct mt_outcome {
	struct mt_pool pool;
	const char *driver, *name, *uuid; /* driver NULL: it was not found out */
	struct mt_outcome_nic *nics;
	size_t n;
	const char *facts, *xml; /* when asked for; not NUL-ended */
	size_t facts_n, xml_n;
	bool dry;		      /* nothing was changed */
	bool read;		      /* the guest's NICs are known */
	bool concerned;		      /* and one of them is moontap's to connect, or a plan's */
	unsigned left;		      /* things that someone else changed, and that were left */
	const char *checksum;	      /* of the policy that was asked; NULL: none was */
	const char *lacks;	      /* NULL; or why that policy connects nothing */
	bool lacks_meant;	      /* and that may be what is wanted */
	const struct mt_allow *allow; /* what its top level named */
	const char *const *warnings;  /* what the guest's description asks for and does not get */
	size_t nwarnings;
	struct mt_times times;
	struct mt_err ignored; /* a failure that must not be the event's: code 0: there was none */
};

/**
 * mt_outcome_undone() - the next step that went back, of a dry run that would, as it is to be shown
 * @n:		of @o
 * @i:		0 at first
 *
 * Return: whether there is one.
 */
bool mt_outcome_undone(const struct mt_outcome *o, const struct mt_outcome_nic *n, size_t *i,
		       struct mt_step *shown);

/** mt_engine_open() - open the kernel's handle; the state directory when it is first needed
 * @o:	borrowed until the engine is closed
 * Return: 0 or -errno; close it in either case. */
int mt_engine_open(struct mt_engine *g, const struct mt_engine_options *o, struct mt_err *e);
void mt_engine_close(struct mt_engine *g);

/** mt_engine_state() - open the state directory, made when @create. Return: 0 or -errno. */
int mt_engine_state(struct mt_engine *g, bool create, struct mt_err *e);

/** mt_can_change_network() - whether this process may change the network: CAP_NET_ADMIN */
bool mt_can_change_network(void);

/** mt_engine_apply() - the struct that plan/ works with */
struct mt_apply mt_engine_apply(struct mt_engine *g, struct mt_pool *pool);

/** mt_outcome_free() - everything that an outcome points to */
void mt_outcome_free(struct mt_outcome *o);

/* What `up`, `plan`, facts and the hook's operations have in common. */
struct mt_event_params {
	struct mt_eval_request
		request;	    /* policy, hooks, limits and notes are the engine's to fill */
	const char *driver, *guest; /* as the caller says; NULL: as the XML says */
	const char *by;		    /* "up", "hook", "script" */
	bool dry;
	bool started;	     /* libvirt has come as far as its hook's start: it has the taps open */
	bool shows_warnings; /* the outcome's; else they go to the log */
	bool remember;	     /* keep the facts: of a person's up, once it is connected */
	bool keep;	     /* whoever connected it: it is a person's, and stays until down */
	bool person;	     /* asks, and no event */
	bool early;	     /* its guest has yet to start: see MT_KIND_LATE */
	bool after_start;    /* a managed NIC's device must be there: libvirt has made it */
	bool again;	     /* only what is connected still; else -EALREADY */
	bool runs_on;	     /* the guest runs, whatever comes of this: its facts are kept */
};

/** mt_event_request() - what an event asks the evaluator
 * @pool:	of the notes; the rest is borrowed from @g and @ask
 */
struct mt_eval_request mt_event_request(struct mt_engine *g, const struct mt_event_params *ask,
					struct mt_pool *pool);

/** mt_connect() - evaluate, and connect the selected NICs, all or none
 * @out:	pool set; filled as far as it went, also on failure
 *
 * Return: 0 or -errno with @e's blame. A dry run changes nothing.
 */
int mt_connect(struct mt_engine *g, const struct mt_event_params *ask, struct mt_outcome *out,
	       struct mt_err *e);

struct mt_nic_filter;

/** mt_params_from_guest() - ask about a guest that is remembered
 *
 * A guest that was arriving by migration has arrived. What @ask points to is in @p.
 * Return: 0; -ENOENT: nobody remembers it (no @e); or -errno.
 */
int mt_params_from_guest(struct mt_engine *g, const struct mt_nic_filter *guest,
			 struct mt_event_params *ask, struct mt_pool *p, struct mt_err *e);

/* Which connected NICs are meant: all that are set must fit. */
struct mt_nic_filter {
	const char *driver;
	const char *name; /* the guest's; "": of a guest that nobody knows */
	const char *uuid; /* where both sides have one, it decides, and not the name */
	const char *dev;
	const char *const *only; /* device, MAC or index; NULL-ended */
	bool managed_only;	 /* and what was connected as unknown */
	bool events_only;	 /* not what a person's `up` connected */
	bool evict;		 /* taps go although somebody has put addresses on them */
};

/** mt_no_nic() - that no NIC is meant, which is the caller's fault. Return: -EINVAL. */
int mt_no_nic(struct mt_err *e, const char *word);

/** mt_filter_has_guest() - whether a guest is meant, and this device of it */
bool mt_filter_has_guest(const struct mt_nic_filter *w, const char *driver, const char *name,
			 const char *uuid, const char *dev);

/** mt_connected() - journals that fit, each as its header, into @out->nics' order
 * @headers, @n: out, in @p
 *
 * Of one that cannot be read (mt_journal_is_unreadable()) the header is what could be read of it, where
 * all are asked for, and it is the error where it fits what is asked for.
 */
int mt_connected(struct mt_engine *g, const struct mt_nic_filter *which, struct mt_pool *p,
		 struct mt_record **headers, size_t *n, struct mt_err *e);

/** mt_connected_sweep() - a run that was killed before its first line left only files: they go */
void mt_connected_sweep(struct mt_engine *g, const char *dev, struct mt_pool *p);

/** mt_connected_drift() - what someone else has changed of what moontap put for one of them
 * @each:	called with one line for each difference
 */
int mt_connected_drift(struct mt_engine *g, const struct mt_record *header, struct mt_pool *p,
		       void (*each)(void *data, const char *line), void *data, struct mt_err *e);

/** mt_guest_of() - the guest that a document describes
 * @ask:	source, and as a reader wants it; no policy is asked
 * @which:	out, its texts in @p: driver, name and uuid
 *
 * Return: 0, or -errno.
 */
int mt_guest_of(struct mt_engine *g, const struct mt_event_params *ask, struct mt_pool *p,
		struct mt_nic_filter *which, struct mt_err *e);

/** mt_disconnect_all() - disconnect what fits; goes on after a failure, and returns the first
 * @which:	at least its name or its dev; else -EINVAL
 */
int mt_disconnect_all(struct mt_engine *g, const struct mt_nic_filter *which,
		      struct mt_outcome *out, struct mt_err *e);

/** mt_operation_run() - one operation of libvirt's hook
 * @ask:	source, driver and guest filled
 * @out:	out->xml: what a filter prints
 *
 * Return: 0, or -errno: the exit status is the blame's.
 */
int mt_operation_run(struct mt_engine *g, const char *operation, struct mt_event_params *ask,
		     struct mt_outcome *out, struct mt_err *e);

/** mt_script_up() - a tap was made, and this is its name: libvirt's <script>, QEMU's script=
 * @caller:	the process that called the script; 0: not said
 *
 * Exactly one remembered NIC that is not connected yet and fits: it is that one. Else it is a tap
 * of an unknown guest: the policy is told what the caller says of it, when that is a QEMU, and its
 * journal has no name. Return: as mt_connect().
 */
int mt_script_up(struct mt_engine *g, const char *tap, pid_t caller, struct mt_outcome *out,
		 struct mt_err *e);

/** mt_script_down() - a tap's NIC is done with: libvirt's <downscript>, QEMU's downscript=
 * @handed_over:	the caller gave us the tap open: it is its own
 *
 * Libvirt calls it with another guest's running tap, too, when a start fails: what is in use and
 * was not handed over stays. Return: 0 or -errno.
 */
int mt_script_down(struct mt_engine *g, const char *tap, bool handed_over, struct mt_outcome *out,
		   struct mt_err *e);

/** mt_tap_address() - a tap's MAC by libvirt's rule, from its guest's; false: no MAC */
bool mt_tap_address(const char *mac, uint8_t address[6]);

/** mt_operation_known() - whether a word is an operation of libvirt's hook */
bool mt_operation_known(const char *word);

/** mt_operation_suggest() - as mt_suggest(), for an operation that is not known */
const char *mt_operation_suggest(const char *word, char *buf, size_t n);

#endif
