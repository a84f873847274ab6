/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * engine.h - events: why moontap runs, and what it then does
 *
 * To connect: the evaluator reads a source (XML, or a guest's record), its answer becomes plans,
 * and one run applies all plans. Disconnecting reads only journals, and asks no evaluator.
 */
#ifndef MT_ENGINE_ENGINE_H
#define MT_ENGINE_ENGINE_H

#include "ask/evaluate.h"
#include "kernel/host.h"
#include "plan/run.h"

struct mt_engine_options {
	const char *policy;	  /* path */
	bool policy_optional;	  /* if there is none, leave NICs as libvirt connects them */
	const char *const *hooks; /* directories of the policy's hooks, NULL-ended */
	const char *state;	  /* path of the state directory */
	const char *ovsdb;	  /* the socket of Open vSwitch's database; NULL: the usual one */
	const char *host_id;	  /* unique to this host, for derived MACs */
	unsigned deadline_ms;	  /* of the policy */
	size_t memory;		  /* of the policy, in bytes */
	mt_start start;		  /* how the evaluator is started */
	const char *evaluator;	  /* mt_start_spawn(): the program */
	struct mt_log log;
	const volatile sig_atomic_t *stop;
};

struct mt_engine {
	struct mt_engine_options o;
	struct mt_host *host;
	struct mt_state state;
	bool has_links; /* mt_lookup_is_complete() has been true */
};

/** What an event did to one NIC. */
struct mt_outcome_nic {
	int index;
	const char *type, *mac, *dev; /* "" when there is none */
	bool unmanaged;
	unsigned queues; /* as in struct mt_interface */
	enum mt_decision decision;
	const char *note;	      /* why nothing was planned; NULL: it was */
	const struct mt_steps *steps; /* what its plan needs; NULL without a plan */
	/* steps undone: of what is no longer declared, or at down */
	const struct mt_steps *undone;
};

/** How long the parts of an event took, in microseconds. */
struct mt_times {
	uint32_t evaluate, compute, make;
};

struct mt_outcome {
	struct mt_pool pool;
	const char *driver, *name, *uuid; /* driver NULL: unknown */
	struct mt_outcome_nic *nics;
	size_t n;
	const char *facts, *xml; /* when asked for; not NUL-ended */
	size_t facts_n, xml_n;
	bool dry;		      /* nothing was changed */
	bool read;		      /* the guest's NICs are known */
	bool concerned;		      /* one is type='ethernet', or connect_other()'s */
	unsigned left;		      /* number of things not undone: others had changed them */
	const char *checksum;	      /* of the policy; NULL: none was asked */
	const char *lacks;	      /* why that policy connects nothing; NULL: it may */
	bool lacks_meant;	      /* this may be what its author wants */
	const struct mt_allow *allow; /* what the policy's top level allows */
	const char *const *warnings;  /* what the guest's XML asks for and does not get */
	size_t nwarnings;
	struct mt_times times;
	struct mt_err ignored; /* a failure that must not fail the event; code 0: none */
};

/**
 * mt_outcome_undone() - the next undone step of a NIC, or, after a dry run, the next that would be
 * @n:		one of @o's NICs
 * @i:		0 at first
 * @shown:	out: the step to show
 *
 * Return: false: there are no more.
 */
bool mt_outcome_undone(const struct mt_outcome *o, const struct mt_outcome_nic *n, size_t *i,
		       struct mt_step *shown);

/** mt_engine_open() - open the kernel's handle; mt_engine_state() opens the state directory later
 * @o:	copied; what it points to must exist until the engine is closed
 *
 * Return: 0 or -errno; call mt_engine_close() in either case. */
int mt_engine_open(struct mt_engine *g, const struct mt_engine_options *o, struct mt_err *e);
void mt_engine_close(struct mt_engine *g);

/** mt_engine_state() - open the state directory, unless it is open
 * @create:	create it, if it is missing; false: g->state.dir is then -1
 *
 * Return: 0 or -errno. */
int mt_engine_state(struct mt_engine *g, bool create, struct mt_err *e);

/** mt_engine_rest() - between two events of a process that lives long: the state directory is
 * opened again, since it may be another one by then */
void mt_engine_rest(struct mt_engine *g);

/** mt_can_change_network() - whether this process may change the network: CAP_NET_ADMIN */
bool mt_can_change_network(void);

/** mt_engine_apply() - a struct mt_apply for plan/, which borrows from @g and @pool; it forces
 * nothing */
struct mt_apply mt_engine_apply(struct mt_engine *g, struct mt_pool *pool);

/** mt_outcome_free() - free everything that an outcome points to; zeroed is fine */
void mt_outcome_free(struct mt_outcome *o);

struct mt_caller;

/* The parameters of mt_connect(): of `up`, `plan`, `facts`, and of events of libvirt and QEMU. */
struct mt_event_params {
	struct mt_eval_request
		request;	    /* policy, hooks, limits and notes are the engine's to fill */
	const char *driver, *guest; /* NULL: those in the XML */
	const char *by;		    /* "up", "hook", "script" */
	const struct mt_caller *caller; /* NULL: root */
	bool dry;
	bool force;	     /* take an unmanaged NIC's tap that is in use; as struct mt_apply's */
	bool started;	     /* libvirt has opened the taps: its operation start, or later */
	bool shows_warnings; /* the caller shows the outcome's warnings; else they are logged */
	bool remember;	     /* write the guest's record; a person's up: if it connects a NIC */
	bool keep;	     /* NICs become a person's, and stay connected until down */
	bool person;	     /* a person's command, and no event */
	bool early;	     /* the guest has not started yet: see MT_KIND_LATE */
	bool after_start;    /* a managed NIC's device must exist: libvirt has created it */
	bool again;	     /* only NICs that are still connected; else -EALREADY */
	bool arrived;	     /* it was incoming until now, by its record */
	bool runs_on;	     /* the guest runs on after a failure: keep its record */
};

/** mt_person_params() - parameters of what a person asks for: all NICs of a guest
 * @want:	enum mt_want
 * @dry:	change nothing */
struct mt_event_params mt_person_params(unsigned want, bool dry);

/** mt_up_params() - those of a person's up; or, with @dry, plan */
struct mt_event_params mt_up_params(bool dry);

/** mt_event_request() - complete an event's request to the evaluator by the engine's options
 * @pool:	of the notes; all else is borrowed from @g and @ask
 */
struct mt_eval_request mt_event_request(struct mt_engine *g, const struct mt_event_params *ask,
					struct mt_pool *pool);

/** mt_connect() - evaluate, and connect the selected NICs, all or none
 * @out:	zeroed; filled with what was done, also before a failure; to be freed by
 *		mt_outcome_free()
 *
 * A dry run changes nothing. Return: 0, or -errno with @e and its blame filled.
 */
int mt_connect(struct mt_engine *g, const struct mt_event_params *ask, struct mt_outcome *out,
	       struct mt_err *e);

struct mt_nic_filter;

/** mt_params_from_guest() - fill @ask for a remembered guest
 * @ask:	out: its strings are in @p; incoming is false: a migration counts as done, and
 *		arrived says that there was one
 *
 * Return: 0; -ENOENT: there is no record of it (no @e); or -errno.
 */
int mt_params_from_guest(struct mt_engine *g, const struct mt_nic_filter *guest,
			 struct mt_event_params *ask, struct mt_pool *p, struct mt_err *e);

/* Which connected NICs to act on: those that match all members that are set. */
struct mt_nic_filter {
	const char *driver;
	const char *name; /* the guest's; "": an unknown guest's */
	const char *uuid; /* compared instead of the name, if a NIC has one, too */
	const char *dev;
	uid_t uid;		 /* only this user's; 0: everybody's */
	const char *const *only; /* device, MAC or index; NULL-ended */
	bool managed_only;	 /* no unmanaged NICs; unknown taps count as managed */
	bool events_only;	 /* no NICs that a person's `up` has connected */
	/* not matched, but how mt_disconnect_all() acts on them: */
	bool force; /* disconnect even taps that a running guest has open */
	bool evict; /* delete taps even if somebody has added addresses to them */
};

/** mt_no_nic() - fill @e: @word is none of the guest's NICs, MT_BLAME_USAGE. Return: -EINVAL. */
int mt_no_nic(struct mt_err *e, const char *word);

/** mt_filter_has_guest() - whether a guest, and its device, match driver, name, uuid and dev */
bool mt_filter_has_guest(const struct mt_nic_filter *w, const char *driver, const char *name,
			 const char *uuid, const char *dev);

/** mt_connected() - the headers of the journals that match, sorted by their devices' names
 * @headers, @n: out, in @p
 *
 * If a journal cannot be read (mt_journal_is_unreadable()), and @which means all guests, its header
 * has what could be read; if @which matches it, that is the error.
 *
 * Return: 0 or -errno.
 */
int mt_connected(struct mt_engine *g, const struct mt_nic_filter *which, struct mt_pool *p,
		 struct mt_record **headers, size_t *n, struct mt_err *e);

/** mt_connected_is() - whether a person's word names the NIC whose journal has this header */
bool mt_connected_is(const struct mt_record *header, const char *word);

/** mt_connected_sweep() - finish a run of @dev that was killed, or delete the empty files of one that
 * had not written a line; not while another process has locked them. Failures are logged. */
void mt_connected_sweep(struct mt_engine *g, const char *dev, struct mt_pool *p);

/** mt_connected_drift() - what somebody else has changed of what moontap put for a connected NIC
 * @each:	called with a line for each difference, or with the error of an unreadable journal
 *
 * Return: 0 or -errno.
 */
int mt_connected_drift(struct mt_engine *g, const struct mt_record *header, struct mt_pool *p,
		       void (*each)(void *data, const char *line), void *data, struct mt_err *e);

/** mt_guest_of() - the guest that an XML document describes
 * @ask:	request.source filled, request.want 0: no policy is asked
 * @which:	out: driver, name and uuid, in @p
 *
 * Return: 0 or -errno.
 */
int mt_guest_of(struct mt_engine *g, const struct mt_event_params *ask, struct mt_pool *p,
		struct mt_nic_filter *which, struct mt_err *e);

/** mt_disconnect_all() - disconnect all NICs that match
 * @which:	at least name or dev; else -EINVAL
 * @out:	as in mt_connect(); the steps are in undone
 *
 * A failure at one NIC does not keep the others connected; further ones are logged. Return: 0, or
 * the first failure's -errno.
 */
int mt_disconnect_all(struct mt_engine *g, const struct mt_nic_filter *which,
		      struct mt_outcome *out, struct mt_err *e);

/** mt_operation_run() - run an operation that libvirt calls its hook script with
 * @ask:	request.source, driver and guest filled
 * @out:	out->xml: XML that the hook script must print; NULL: none
 *
 * Return: 0, or -errno with @e and its blame filled.
 */
int mt_operation_run(struct mt_engine *g, const char *operation, struct mt_event_params *ask,
		     struct mt_outcome *out, struct mt_err *e);

/** mt_script_up() - connect a tap that exists now: libvirt's <script>, QEMU's script=
 * @caller:	the process that called the script; 0: unknown
 *
 * If exactly one NIC that is remembered and not connected yet matches the tap, it is that NIC's.
 * Else it is an unknown guest's: if @caller is a QEMU, the policy is told what its command line
 * says of the guest; the journal has no guest's name. Return: as mt_connect().
 */
int mt_script_up(struct mt_engine *g, const char *tap, pid_t caller, struct mt_outcome *out,
		 struct mt_err *e);

/** mt_script_down() - disconnect a tap: libvirt's <downscript>, QEMU's downscript=
 * @handed_over:	the caller has left the tap open to us, so it is the caller's
 *
 * When a start fails, libvirt may call it with a tap that another guest uses: so a tap that is in
 * use, and was not handed over, stays connected. Return: 0 or -errno.
 */
int mt_script_down(struct mt_engine *g, const char *tap, bool handed_over, struct mt_outcome *out,
		   struct mt_err *e);

/** mt_tap_address() - a tap's MAC, by libvirt's rule, from its guest's; false: @mac is no MAC */
bool mt_tap_address(const char *mac, uint8_t address[6]);

/** mt_operation_known() - whether libvirt calls its hook script with this operation */
bool mt_operation_known(const char *word);

/** mt_operation_suggest() - as mt_suggest(), for an unknown operation. Returns @buf. */
const char *mt_operation_suggest(const char *word, char *buf, size_t n);

#endif
