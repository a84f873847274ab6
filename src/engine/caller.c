/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caller.c - which grants of a policy are a caller's, and whose place a caller may not take */
#include "engine/caller.h"
#include "base/right.h"
#include "base/users.h"
#include "engine/driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- grants ----------------------------------------------------------------------------------- */

static bool has_group(const struct mt_caller *c, const char *group)
{
	uint64_t gid;

	if (!mt_group_id(group, &gid))
		return false;
	for (size_t i = 0; i < c->ngids; i++)
		if (c->gids[i] == gid)
			return true;
	return c->gid == gid;
}

static bool is_for(const struct mt_caller *c, const struct mt_allow *a)
{
	uint64_t uid;
	char *end;

	if (strcmp(a->what, MT_RIGHT_USER))
		return false;
	if (*a->value == '@')
		return has_group(c, a->value + 1);
	uid = strtoul(a->value, &end, 10);
	return (!*end || mt_user_id(a->value, &uid)) && uid == c->uid;
}

static const struct mt_allow *next_grant(const struct mt_caller *c, const struct mt_allow *a)
{
	while (a && !is_for(c, a))
		a = a->next;
	return a;
}

/* How a grant's devices are called. A free name may have a meaning on this host: rules for wg0
 * would be the tap's. Returns @buf. */
static const char *names_of(const struct mt_caller *c, const struct mt_allow *grant,
			    char buf[static 24])
{
	if (*grant->dev)
		return grant->dev;
	snprintf(buf, 24, "u%u-*", (unsigned)c->uid);
	return buf;
}

static int no_grant(const struct mt_caller *c, struct mt_err *e)
{
	mt_bad(e, "refused", "", "the policy does not allow %s (allow{ user = \"%s\" })", c->user,
	       c->user);
	return mt_refused(e);
}

int mt_grants_read(struct mt_engine *g, struct mt_grants *grants, struct mt_pool *p,
		   struct mt_err *e)
{
	static const char none[] = "<domain type='qemu'><name>-</name></domain>";
	struct mt_event_params ask = { .request = { .source = { .fd = -1,
								.bytes = none,
								.n = sizeof none - 1,
								.name = "-" },
						    .want = MT_WANT_DECISIONS } };
	struct mt_answer a = { .pool = p };
	struct mt_eval_request q = mt_event_request(g, &ask, p);

	if (mt_evaluate(&q, g->o.start, mt_kinds, &a, e))
		return -e->code;
	*grants = (struct mt_grants){ a.allow, a.of_host };
	return 0;
}

bool mt_grants_any(const struct mt_grants *grants)
{
	for (const struct mt_allow *a = grants->allow; a; a = a->next)
		if (!strcmp(a->what, MT_RIGHT_USER))
			return true;
	return false;
}

int mt_caller_check(const struct mt_grants *grants, struct mt_caller *c, struct mt_err *e)
{
	const struct mt_allow *grant = next_grant(c, grants->allow);
	char buf[24];

	if (!grant)
		return no_grant(c, e);
	snprintf(c->names, sizeof c->names, "%s", names_of(c, grant, buf));
	return 0;
}

static int add(struct mt_pool *p, const struct mt_allow *a, const struct mt_allow **to,
	       struct mt_err *e)
{
	struct mt_allow *copy = mt_pool_alloc(p, sizeof *copy);

	if (!copy)
		return mt_fail(e, ENOMEM, "allow", "", NULL);
	*copy = *a;
	copy->next = (struct mt_allow *)*to;
	*to = copy;
	return 0;
}

int mt_caller_rights(const struct mt_caller *c, const struct mt_allow *allow, const char *dev,
		     struct mt_pool *p, const struct mt_allow **mine, struct mt_err *e)
{
	const struct mt_allow *grant = next_grant(c, allow), *first = grant;
	bool any = false;
	char buf[24];

	*mine = NULL;
	if (!grant)
		return no_grant(c, e);
	for (; grant; grant = next_grant(c, grant->next)) {
		if (!mt_pattern_fits(names_of(c, grant, buf), dev))
			continue;
		any = true;
		if (grant->all) {
			*mine = allow;
			return 0;
		}
		for (const struct mt_allow *a = allow; a; a = a->next)
			if (!strcmp(a->grant, grant->grant) && add(p, a, mine, e))
				return -e->code;
	}
	if (any)
		return 0;
	mt_bad(e, "refused", dev, "the policy allows %s no device of this name, but %s", c->user,
	       names_of(c, first, buf));
	return mt_refused(e);
}

/* --- plans ------------------------------------------------------------------------------------ */

void mt_caller_params(struct mt_event_params *ask, const struct mt_caller *c)
{
	ask->caller = c;
	ask->remember = false;
	ask->request.managed = false;
	ask->request.unmanaged = true;
	ask->request.caller_user = c->user;
	ask->request.caller_uid = c->uid;
	ask->request.caller_gid = c->gid;
	ask->request.caller_groups = c->groups;
}

void mt_caller_owns(const struct mt_caller *c, struct mt_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct mt_record *r = &plan->declarations[i]->record;

		for (int f = r->kind->nkeys; f < r->kind->nfields; f++)
			if (r->kind->fields[f].type == MT_USER)
				mt_record_put(r, f, mt_uint(c->uid));
			else if (r->kind->fields[f].type == MT_GROUP)
				mt_record_put(r, f, (struct mt_value){ .state = MT_UNSET });
	}
}

/* --- others ----------------------------------------------------------------------------------- */

/* Return: 1: it is one of the run's; 0; or -errno: it has the MAC of one of them. */
static int is_in_run(const struct mt_run *run, const struct mt_record *h, struct mt_err *e)
{
	const char *mac = mt_header_text(h, MT_HEADER_MAC);

	for (size_t i = 0; i < run->n; i++)
		if (!strcmp(h->v[MT_HEADER_DEV].name, run->nics[i].plan->dev))
			return 1;
	for (size_t i = 0; i < run->n && *mac; i++)
		if (!strcasecmp(mac, mt_header_text(&run->nics[i].header, MT_HEADER_MAC))) {
			mt_fail(e, EEXIST, "", "", "another connected NIC has its MAC, %s", mac);
			return mt_run_err(&run->nics[i], e);
		}
	return 0;
}

int mt_caller_may_connect(struct mt_engine *g, const struct mt_caller *c, const struct mt_run *run,
			  struct mt_pool *p, struct mt_err *e)
{
	struct mt_record *headers;
	size_t n, others = 0;

	if (mt_connected(g, &(struct mt_nic_filter){ 0 }, p, &headers, &n, e))
		return -e->code;
	for (size_t i = 0; i < n; i++) {
		int in_run = is_in_run(run, &headers[i], e);

		if (in_run < 0)
			return in_run;
		others += !in_run &&
			mt_driver_user(mt_header_text(&headers[i], MT_HEADER_DRIVER)) == c->uid;
	}
	return others + run->n <= MT_CALLER_TAPS
		? 0
		: mt_fail(e, EDQUOT, "", "", "%s has %zu taps, and may have no more than %d",
			  c->user, others, MT_CALLER_TAPS);
}

enum { NAME, UUID, DEVICE, WAYS };

static bool is_meant(const struct mt_record *h, int way, const char *word)
{
	switch (way) {
	case NAME:
		return !strcmp(mt_header_text(h, MT_HEADER_DOMAIN), word);
	case UUID:
		return !strcasecmp(mt_header_text(h, MT_HEADER_UUID), word);
	default:
		return !strcmp(h->v[MT_HEADER_DEV].name, word);
	}
}

int mt_caller_guest(struct mt_engine *g, const struct mt_caller *c, const char *word,
		    struct mt_pool *p, struct mt_nic_filter *which, struct mt_err *e)
{
	struct mt_record *headers;
	size_t n;

	*which = (struct mt_nic_filter){ .uid = c->uid };
	if (mt_connected(g, which, p, &headers, &n, e))
		return -e->code;
	for (int way = NAME; way < WAYS && *word; way++)
		for (size_t i = 0; i < n; i++) {
			if (!is_meant(&headers[i], way, word))
				continue;
			which->driver = mt_header_text(&headers[i], MT_HEADER_DRIVER);
			which->name = mt_header_text(&headers[i], MT_HEADER_DOMAIN);
			which->dev = way == DEVICE ? headers[i].v[MT_HEADER_DEV].name : NULL;
			return 0;
		}
	return -ENOENT;
}
