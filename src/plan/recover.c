/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recover.c - runs that were killed: rolled back, or finished where they were committed */
#include "plan/recover.h"
#include "plan/lookup.h"
#include "plan/undo.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int load_run(struct mt_apply *w, const char *dev, struct mt_journal *run, struct mt_err *e)
{
	char file[32];

	return mt_journal_load(w->state, mt_state_path("run", dev, file), w->kinds, w->pool, run,
			       e);
}

/* The device of the leader of the run that @run is part of: run.h. */
static const char *leader_of(const struct mt_journal *run, const char *dev)
{
	const struct mt_value *with = &run->header.v[MT_HEADER_WITH];

	return with->state == MT_SET ? with->name : dev;
}

static int is_decided(struct mt_apply *w, const char *dev, const struct mt_journal *run,
		      struct mt_err *e)
{
	const char *leader = leader_of(run, dev);
	struct mt_journal first;
	int err;

	if (!strcmp(leader, dev))
		return run->done;
	err = load_run(w, leader, &first, e);
	return err ? err : first.done;
}

static int take_back(struct mt_apply *w, const char *dev, struct mt_journal *run, struct mt_err *e)
{
	struct mt_journal had;
	char file[32];
	int none = -1;

	mt_log(w->log, LOG_NOTICE, "%s: an earlier run was killed; taking it back", dev);
	if (mt_journal_load(w->state, mt_state_path("nic", dev, file), w->kinds, w->pool, &had, e))
		return -e->code;
	mt_state_discard(w->state, file, &none);
	if (!mt_steps_revert(w, dev, &run->steps, NULL, e) &&
	    !mt_ports_restore(w, &run->steps, &had.steps, e))
		return 0;
	e->blame = MT_BLAME_UNDO;
	return -e->code;
}

/* Finishes the other NICs' parts of @dev's run, under their locks. Only @dev's part has the line
 * that commits all of them, so it must stay until they are finished. Their names sort after @dev:
 * all processes lock journals in that order. */
static int finish_others(struct mt_apply *w, const char *dev, struct mt_err *e)
{
	struct mt_journal run;
	char **names, file[32];
	size_t n;
	int lock, err = mt_state_list(w->state, "run", w->pool, &names, &n, e);

	for (size_t i = 0; !err && i < n; i++) {
		if (strlen(names[i]) > MT_NAME_MAX || !strcmp(names[i], dev))
			continue;
		err = load_run(w, names[i], &run, e);
		if (err || strcmp(leader_of(&run, names[i]), dev))
			continue;
		err = mt_state_lock(w->state, mt_state_path("nic", names[i], file), &lock, e);
		if (!err) {
			err = mt_recover(w, names[i], &lock, e);
			close(lock);
		}
	}
	return err;
}

static int finish(struct mt_apply *w, const char *dev, const struct mt_journal *run, int *lock,
		  struct mt_err *e)
{
	char file[32];
	int fd = -1, err;

	mt_log(w->log, LOG_NOTICE, "%s: an earlier run was killed at its end; finishing it", dev);
	if (!strcmp(leader_of(run, dev), dev) && finish_others(w, dev, e))
		return -e->code;
	err = mt_state_put(w->state, mt_state_path("nic", dev, file), lock, &fd, e);
	return err == -ENOENT ? 0 : err; /* it is in place already */
}

int mt_recover(struct mt_apply *w, const char *dev, int *lock, struct mt_err *e)
{
	struct mt_journal run;
	char file[32];
	int decided, none = -1;

	if (load_run(w, dev, &run, e))
		return -e->code;
	if (run.header.kind) {
		decided = is_decided(w, dev, &run, e);
		if (decided < 0 ||
		    (decided ? finish(w, dev, &run, lock, e) : take_back(w, dev, &run, e)))
			return -e->code;
	} else { /* cut before its first line was whole: nothing was done yet */
		mt_state_discard(w->state, mt_state_path("nic", dev, file), &none);
	}
	return mt_state_remove(w->state, mt_state_path("run", dev, file), e)
		?: mt_lookup_settle_nic(w->state, &run.header, *lock, e);
}
