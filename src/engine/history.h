/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * history.h - records of runs, for `log`, `replay` and doctor
 *
 * log/DRIVER-NAME has the last runs of a guest, log/tap-DEV those of an unknown guest's tap, and
 * log/DRIVER@UID those of all guests of a user who is not root. A run is appended by one write(2). Its lines, with words escaped as in base/tokens.h:
 *
 *   run at=... event=start guest=web exit=1 error=... took=2100 evaluate=1400 ...
 *   log text=...                a line of the log
 *   nic index=1 mac=... dev=... unmanaged=true note=...
 *   ~ 12 link name=vnet0 ...    its steps, as plan/step.h prints them; then `undone`, and the
 *                               steps undone
 *   cut                         more did not fit
 *   facts bytes=N               what the policy saw, in N bytes
 *   end
 *
 * It has facts instead of XML: they have no graphics, disks or libvirt secrets, and can be planned
 * again without parsing XML. Values in the guest's metadata that look like secrets are removed.
 */
#ifndef MT_ENGINE_HISTORY_H
#define MT_ENGINE_HISTORY_H

#include "engine/engine.h"

#define MT_HISTORY_RUNS	  20	      /* of one guest */
#define MT_HISTORY_GUESTS 256	      /* the least recently active is deleted first */
#define MT_HISTORY_BYTES  (64u << 10) /* of one run; a guest's file: at most twice that */

struct mt_history {
	const char *event;	    /* "start", "qemu-ifup", "up" */
	const char *driver, *guest; /* guest "": not known */
	const char *dev;	    /* the tap that the caller named; "": none */
	const char *argv;	    /* all its arguments */
	const char *policy, *checksum;
	uint64_t at_us; /* begin, since 1970 */
	uint32_t took_us;
	int exit;
	const char *error; /* one line; "": none; with exit 0: one that must not fail the event */
	const char **logs;
	size_t nlogs;
	bool cut;		   /* some steps did not fit */
	struct mt_outcome outcome; /* NICs, steps, facts, times */
};

/* A run in progress; zeroed by the caller, who fills the first two lines. */
struct mt_history_run {
	const char *event, *driver, *guest, *dev;
	const char *const *argv; /* NULL-ended */
	/* private: */
	uint64_t at_us;
	int64_t begun;
	struct mt_log log; /* the engine's own, which still gets every line */
	char said[4096];
	size_t said_n;
};

/** mt_history_begin() - from now on, record what the engine logs
 * @run:	must exist until mt_history_end() */
void mt_history_begin(struct mt_history_run *run, struct mt_engine *g);

/**
 * mt_history_end() - write the record of a run
 * @source:	the event's, to read facts from if the run failed before it had any; NULL: none
 * @out:	the outcome; NULL: do not record the run
 * @e:		the run's failure; NULL: it succeeded
 *
 * Not recorded: a run without failure, NICs and policy, or without CAP_NET_ADMIN. Failures to write
 * the record are ignored.
 */
void mt_history_end(struct mt_history_run *run, struct mt_engine *g, const struct mt_source *source,
		    const struct mt_outcome *out, const struct mt_err *e);

/**
 * mt_history_list() - the recorded runs of a guest, or of all guests, the earliest first
 * @guest:	its driver and name; of an unknown one: name "", and dev; NULL: all guests
 * @runs:	out, in @p
 *
 * Damaged records are skipped, and logged. Return: 0 or -errno.
 */
int mt_history_list(struct mt_engine *g, const struct mt_nic_filter *guest, struct mt_pool *p,
		    struct mt_history **runs, size_t *n, struct mt_err *e);

/** mt_history_has() - whether there are records of a guest; name "": of the tap @dev */
bool mt_history_has(const struct mt_engine *g, const char *driver, const char *name,
		    const char *dev);

/** mt_history_file() - the file of a guest's records: "log/qemu-web"; name "": of a tap's:
 * "log/tap-vnet0", as no driver is called tap. Returns @buf. */
char *mt_history_file(const char *driver, const char *name, const char *dev, char buf[static 256]);

/** mt_history_clear() - delete the records of a guest, or of all guests
 * @guest:	as in mt_history_list()
 * @n:		out: how many guests had records
 *
 * Return: 0 or -errno. */
int mt_history_clear(struct mt_engine *g, const struct mt_nic_filter *guest, size_t *n,
		     struct mt_err *e);

/**
 * mt_history_parse() - parse the first run in *@text
 * @text:	in: the text, which is overwritten, and borrowed by @h; out: what follows the run
 *
 * Return: 0; -ENOENT: there is none (no @e); -EINVAL: it is damaged; -ENOMEM.
 */
int mt_history_parse(char **text, struct mt_pool *p, struct mt_history *h, struct mt_err *e);

/** mt_history_can_replay() - whether a run can be planned again: its facts were recorded, or the
 * policy knew only the name of an unknown guest's tap. False for runs that asked no policy. */
bool mt_history_can_replay(const struct mt_history *run);

/** mt_history_latest() - of @n > 0 runs the last that can be planned again; or else the last */
const struct mt_history *mt_history_latest(const struct mt_history *runs, size_t n);

/** mt_history_replay() - plan a run again, with the policy and the kernel as they are now
 * @run:	borrowed until @out is freed
 * @only:	NICs, as in struct mt_eval_request; NULL: those of the run
 *
 * Return: as mt_connect(); -EINVAL: it cannot be planned again. */
int mt_history_replay(struct mt_engine *g, const struct mt_history *run, const char *const *only,
		      struct mt_outcome *out, struct mt_err *e);

#define MT_HISTORY_NO_FACTS                                                            \
	"what the policy saw was not kept: this event asks no policy, or the guest's " \
	"XML could not be read"

#endif
