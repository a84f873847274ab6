/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* engine.c - open and close an engine: kernel, state directory; check the privilege */
#include "engine/engine.h"
#include "base/paths.h"
#include "kernel/host.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A state directory of one's own has the leases, too. */
static int keep_leases(struct mt_engine *g, struct mt_err *e)
{
	char path[PATH_MAX + 8], here[PATH_MAX];
	const char *state = mt_path_absolute(g->o.state, PATH_MAX - 1, here);

	if (!state || !strcmp(state, MT_DEFAULT_STATE))
		return 0;
	snprintf(path, sizeof path, "%s/lease", state);
	return mt_host_last_in(g->host, path) ? mt_fail(e, ENOMEM, "state", state, NULL) : 0;
}

int mt_engine_open(struct mt_engine *g, const struct mt_engine_options *o, struct mt_err *e)
{
	*g = (struct mt_engine){ .o = *o, .state = { .dir = -1, .path = o->state } };
	if (mt_host_open(&g->host, e))
		return -e->code;
	if (o->ovsdb && mt_host_ovsdb_at(g->host, o->ovsdb))
		return mt_fail(e, ENOMEM, "ovsdb", o->ovsdb, NULL);
	return keep_leases(g, e);
}

void mt_engine_close(struct mt_engine *g)
{
	mt_host_close(g->host);
	g->host = NULL;
	mt_state_close(&g->state);
}

int mt_engine_state(struct mt_engine *g, bool create, struct mt_err *e)
{
	g->state.netns = mt_host_cookie(g->host);
	g->state.host = g->host;
	if (create && g->state.unmarked) /* it was opened read-only */
		mt_state_close(&g->state);
	if (g->state.dir < 0)
		return mt_state_open(&g->state, g->o.state, create, e);
	return create ? mt_state_fill(&g->state, e) : 0;
}

void mt_engine_rest(struct mt_engine *g)
{
	mt_state_close(&g->state);
	g->has_links = false;
}

bool mt_can_change_network(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };

	return !syscall(SYS_capget, &head, data) && data[0].effective >> CAP_NET_ADMIN & 1;
}

struct mt_apply mt_engine_apply(struct mt_engine *g, struct mt_pool *pool)
{
	return (struct mt_apply){ .kinds = mt_kinds,
				  .host = g->host,
				  .state = &g->state,
				  .pool = pool,
				  .log = &g->o.log };
}

void mt_outcome_free(struct mt_outcome *o)
{
	mt_pool_free(&o->pool);
}
