/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * history.h - what became of each run: written after the work, read when somebody asks
 *
 * log/DRIVER-NAME has the last runs of one guest, log/tap-DEV those of an unknown one. A run
 * is added to the file's end by one write. Lines, words escaped as in base/tokens.h:
 *
 *   run at=... event=start guest=web exit=1 error=... took=2100 evaluate=1400 ...
 *   log text=...                a line of the log, as it was said
 *   nic index=1 mac=... dev=... unmanaged=true note=...
 *   ~ 12 link name=vnet0 ...    its steps, as plan/step.h prints them; then `undone` and what
 *                               went back
 *   cut                         more did not fit
 *   facts bytes=N               what the policy saw, in N bytes
 *   end
 *
 * Facts and not the XML: they have no graphics, disks or secrets in them, and planning the same
 * again needs no XML reader. What the guest's metadata may hold (passwords, tokens) is taken out.
 */
#ifndef MT_ENGINE_HISTORY_H
#define MT_ENGINE_HISTORY_H

#include "engine/engine.h"

#define MT_HISTORY_RUNS	  20	      /* of one guest */
#define MT_HISTORY_GUESTS 256	      /* the least recently active go first */
#define MT_HISTORY_BYTES  (64u << 10) /* of one run; of all of a guest's, twice as much at most */

struct mt_history {
	const char *event;	    /* "start", "qemu-ifup", "up" */
	const char *driver, *guest; /* guest "": not known */
	const char *dev;	    /* the tap that the caller named; "" */
	const char *argv;	    /* all that it was called with */
	const char *policy, *checksum;
	uint64_t at_us; /* since 1970 */
	uint32_t took_us;
	int exit;
	const char *error; /* one line; ""; with exit 0: it was not to be the event's failure */
	const char **logs;
	size_t nlogs;
	bool cut;		   /* there were more steps */
	struct mt_outcome outcome; /* NICs, steps, facts, times */
};

/* A run that is going on; zeroed, with event, driver and guest filled. */
struct mt_history_run {
	const char *event, *driver, *guest, *dev;
	const char *const *argv; /* NULL-ended */
	/* the rest is the history's own */
	uint64_t at_us;
	int64_t begun;
	struct mt_log log; /* the engine's, which hears every line, too */
	char said[4096];
	size_t said_n;
};

/** mt_history_begin() - from now on, what is logged is kept, too; @run until mt_history_end() */
void mt_history_begin(struct mt_history_run *run, struct mt_engine *g);

/**
 * mt_history_end() - write it down
 * @source:	of the event: asked for the facts that a failure came before; NULL: there is none
 * @out:	what became of it; NULL: nothing worth a record
 * @e:		the event's failure; NULL: it went well
 *
 * Whatever goes wrong here is not the event's business. Who may not change the network writes
 * nothing.
 */
void mt_history_end(struct mt_history_run *run, struct mt_engine *g, const struct mt_source *source,
		    const struct mt_outcome *out, const struct mt_err *e);

/**
 * mt_history_list() - the runs of a guest, or of all, the earliest first
 * @guest:	its driver and name; of a guest that nobody knew, "", and its device; NULL: of all
 * @runs:	out, in @p
 */
int mt_history_list(struct mt_engine *g, const struct mt_nic_filter *guest, struct mt_pool *p,
		    struct mt_history **runs, size_t *n, struct mt_err *e);

/** mt_history_has() - whether there is a record of a guest; of one without a name, of its tap */
bool mt_history_has(const struct mt_engine *g, const char *driver, const char *name,
		    const char *dev);

/** mt_history_file() - where the records of a guest are: "log/qemu-web"; of one without a name,
 * those of its tap: "log/tap-vnet0", which is no driver's. Returns @buf. */
char *mt_history_file(const char *driver, const char *name, const char *dev, char buf[static 256]);
/** mt_history_clear() - forget the runs of a guest, or of all; @n: out: how many guests' there were
 * @guest:	as mt_history_list() has it */
int mt_history_clear(struct mt_engine *g, const struct mt_nic_filter *guest, size_t *n,
		     struct mt_err *e);

/**
 * mt_history_parse() - the run that begins at *@text
 * @text:	in: overwritten; out: where the next one begins; what is damaged is passed over
 * Return: 0; -ENOENT: there is none (no @e); -EINVAL: it is damaged; -ENOMEM.
 */
int mt_history_parse(char **text, struct mt_pool *p, struct mt_history *h, struct mt_err *e);

/** mt_history_can_replay() - whether a run can be planned again: what the policy saw was kept, or
 * the name of a tap of nobody's was all that it saw. What disconnects, or repairs, asks no
 * policy. */
bool mt_history_can_replay(const struct mt_history *run);

/** mt_history_latest() - of @n > 0 runs the last that can be planned again; none can: the last */
const struct mt_history *mt_history_latest(const struct mt_history *runs, size_t n);

/** mt_history_replay() - plan the same again, with the policy and the kernel as they are now
 * @run:	borrowed until @out is freed
 * @only:	NICs, as struct mt_event_params has them; NULL: those that the run had
 * Return: as mt_connect(); -EINVAL: it evaluated nothing, or its facts were not kept. */
int mt_history_replay(struct mt_engine *g, const struct mt_history *run, const char *const *only,
		      struct mt_outcome *out, struct mt_err *e);

#define MT_HISTORY_NO_FACTS                                                            \
	"what the policy saw was not kept: this event asks no policy, or the guest's " \
	"XML could not be read"

#endif
