/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* attempts.c - connecting, with the policy asked again where another event was first */
#include "engine/connect.h"

#include <unistd.h>

#define ATTEMPTS 32 /* of an event that others are ahead of */

/* The description of the guest for one more evaluation. Return: false: it was read from a pipe. */
static bool read_again(struct mt_source *s, const struct mt_outcome *out)
{
	if (s->fd < 0 || !lseek(s->fd, 0, SEEK_SET))
		return true;
	*s = (struct mt_source){
		.fd = -1, .facts = true, .bytes = out->facts, .n = out->facts_n, .name = s->name
	};
	return s->bytes;
}

/* Two events at once may be given the same free value, and the later one fails, rolled back. So the
 * policy is asked again, now that the first has it. */
int mt_connect(struct mt_engine *g, const struct mt_event_params *ask, struct mt_outcome *out,
	       struct mt_err *e)
{
	struct mt_event_params again = *ask;
	char line[sizeof *e];
	int err = mt_connect_once(g, &again, out, e);

	while (err && e->blame == MT_BLAME_TAKEN && again.request.attempt++ < ATTEMPTS &&
	       read_again(&again.request.source, out)) {
		mt_log(&g->o.log, LOG_INFO,
		       "another event was first, so the policy is asked again: %s",
		       mt_err_line(e, line, sizeof line));
		*e = (struct mt_err){ 0 };
		err = mt_connect_once(g, &again, out, e);
	}
	if (err && e->blame == MT_BLAME_TAKEN)
		e->blame = MT_BLAME_HOST;
	return err;
}
