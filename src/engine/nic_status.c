/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic_status.c - combine journals, guest records and devices into the status of each NIC */
#include "engine/nic_status.h"
#include "engine/guest.h"
#include "engine/leftovers.h"
#include "plan/drift.h"
#include "plan/take_down.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct looking {
	struct mt_engine *g;
	struct mt_pool *p;
	struct mt_nic_status *at;
	size_t n;
	struct mt_err *e;
	bool (*wanted)(void *data, const struct mt_journal *j); /* NULL: all are */
	void *data;
};

const struct mt_described mt_nic_states[] = {
	[MT_NIC_CONNECTED] = { "connected", "everything is as moontap put it" },
	[MT_NIC_DRIFTED] = { "drifted", "somebody has changed something that moontap put" },
	[MT_NIC_GONE] = { "device gone",
			  "the device is gone, but something that was done for it is left" },
	[MT_NIC_DONE] = { "gone, nothing left",
			  "the device is gone, with all that was done for it; "
			  "status finishes it" },
	[MT_NIC_KILLED] = { "run killed",
			    "a run was killed; the next event, or reconcile, undoes it" },
	[MT_NIC_WAITING] = { "waiting", "its guest is known, but it is not connected, or not yet" },
	[MT_NIC_WORKED_ON] = { "in progress",
			       "another process connects or disconnects it at this moment" },
	[MT_NIC_NOTHING] = { "nothing declared",
			     "the policy was asked, but declared nothing for it" },
	[MT_NIC_OTHERS] = { "libvirt's own", "libvirt connects it by itself" },
	[MT_NIC_UNREADABLE] = { "unreadable",
				"its journal is damaged, or a newer version wrote it; moontap "
				"leaves it alone" },
	{ NULL },
};

const char *mt_nic_state_name(enum mt_nic_state s)
{
	return mt_nic_states[s].name;
}

bool mt_nic_same_guest(const struct mt_nic_status *a, const struct mt_nic_status *b)
{
	return *a->guest && !strcmp(a->guest, b->guest) && !strcmp(a->driver, b->driver);
}

const char *mt_nic_link(const struct mt_nic_status *l)
{
	if (!l->here)
		return "";
	if (!l->device.up)
		return "down";
	if (!(l->device.is & MT_DEVICE_TAP))
		return l->device.carrier ? "up" : "no carrier";
	return l->device.carrier ? "in use" : "idle";
}

struct drifting {
	struct mt_pool *p;
	struct mt_nic_status *status;
	bool failed;
};

static void add_drift(void *data, const struct mt_drifted *d)
{
	struct drifting *to = data;
	struct mt_nic_status *l = to->status;
	const char **more = mt_pool_alloc(to->p, (l->ndrift + 1) * sizeof *more);
	const struct mt_field *f = d->field < 0 ? NULL : &d->step->put.kind->fields[d->field];
	char line[700];

	l->cut_off |= !f || f->flags & MT_FIELD_CARRIES;
	l->unguarded |= f && f->flags & MT_FIELD_GUARDS;
	mt_drift_line(d, line, sizeof line);
	if (more && l->ndrift)
		memcpy(more, l->drift, l->ndrift * sizeof *more);
	if (more)
		more[l->ndrift] = mt_pool_copy(to->p, line, strlen(line));
	if (!more || !more[l->ndrift]) {
		to->failed = true;
		return;
	}
	l->ndrift++;
	l->drift = more;
}

static int look_at_device(struct looking *k, struct mt_nic_status *l)
{
	struct mt_apply w = mt_engine_apply(k->g, k->p);
	int err = l->journal.header.kind ? mt_journal_device(&w, &l->journal, &l->device, k->e)
					 : mt_device_by_name(k->g->host, l->dev, &l->device, k->e);

	l->here = !err;
	return err == -ENODEV ? 0 : err;
}

static bool has_run(struct looking *k, const char *dev)
{
	char file[32];
	struct mt_err ignored;
	char *text;

	return !mt_state_read(&k->g->state, mt_state_path("run", dev, file), k->p, &text, &ignored);
}

/* A process that connects or disconnects a NIC holds the lock of its journal. */
static bool is_worked_on(struct looking *k, const char *dev)
{
	char file[32];

	return mt_state_is_locked(&k->g->state, mt_state_path("nic", dev, file));
}

/* @drifted: something of it is not as moontap put it */
static enum mt_nic_state standing_of(struct looking *k, const struct mt_nic_status *l, bool drifted)
{
	bool run = has_run(k, l->dev);

	if ((run || !l->here || drifted) && is_worked_on(k, l->dev))
		return MT_NIC_WORKED_ON;
	return run					   ? MT_NIC_KILLED
		: !l->here				   ? MT_NIC_GONE
		: drifted				   ? MT_NIC_DRIFTED
		: l->journal.header.v[MT_HEADER_NOTHING].u ? MT_NIC_NOTHING
							   : MT_NIC_CONNECTED;
}

static int compare(struct looking *k, struct mt_nic_status *l)
{
	struct mt_apply w = mt_engine_apply(k->g, k->p);
	struct drifting to = { k->p, l, false };
	struct mt_journal left = l->journal;
	int n;

	if (look_at_device(k, l) || mt_journal_prune(&w, &left, k->e))
		return -k->e->code;
	l->left = 0;
	for (size_t i = 0; i < left.steps.n; i++)
		l->left += left.steps.at[i].op != MT_CLAIM ||
			!mt_record_only_notes(&left.steps.at[i].put);
	n = mt_drift(&w, &l->journal, add_drift, &to, k->e);
	if (n < 0 || to.failed)
		return n < 0 ? n : mt_fail(k->e, ENOMEM, "status", l->dev, NULL);
	l->state = standing_of(k, l, n);
	return 0;
}

static struct mt_nic_status from_header(const struct mt_record *h)
{
	struct mt_nic_status l = { .driver = mt_header_text(h, MT_HEADER_DRIVER),
				   .guest = mt_header_text(h, MT_HEADER_DOMAIN),
				   .uuid = mt_header_text(h, MT_HEADER_UUID),
				   .mac = mt_header_text(h, MT_HEADER_MAC),
				   .type = "ethernet",
				   .index = (unsigned)h->v[MT_HEADER_INDEX].u,
				   .unmanaged = h->v[MT_HEADER_UNMANAGED].u };

	return l;
}

static int unreadable(struct looking *k, struct mt_nic_status *l)
{
	const char **why = mt_pool_alloc(k->p, sizeof *why);
	char line[700];

	mt_err_line(k->e, line, sizeof line);
	if (why)
		*why = mt_pool_copy(k->p, line, strlen(line));
	if (!why || !*why)
		return mt_fail(k->e, ENOMEM, "status", l->dev, NULL);
	l->state = MT_NIC_UNREADABLE;
	l->drift = why;
	l->ndrift = 1;
	l->journal = (struct mt_journal){ 0 };
	return look_at_device(k, l);
}

/* @h: what is known of the header without the journal: at least the device */
static int add_connected(struct looking *k, const struct mt_record *h)
{
	struct mt_nic_status *l = &k->at[k->n];
	struct mt_journal j;
	char file[32];
	int err;

	mt_state_path("nic", h->v[MT_HEADER_DEV].name, file);
	err = mt_journal_load(&k->g->state, file, mt_kinds, k->p, &j, k->e);
	if (err && !mt_journal_is_unreadable(err))
		return err == -EXDEV ? 0 : err;
	*l = from_header(err || !j.header.kind ? h : &j.header);
	snprintf(l->dev, sizeof l->dev, "%s", h->v[MT_HEADER_DEV].name);
	/* it may have been disconnected since it was listed */
	if (!err &&
	    ((!j.header.kind && !has_run(k, l->dev)) || (k->wanted && !k->wanted(k->data, &j))))
		return 0;
	k->n++;
	l->journal = j;
	return err ? unreadable(k, l) : compare(k, l);
}

/* A run that was killed before it wrote a journal. */
static int add_killed(struct looking *k, const char *dev)
{
	struct mt_nic_status *l = &k->at[k->n];
	struct mt_journal run;
	char file[32];
	int err = strlen(dev) > MT_NAME_MAX
		? 0
		: mt_journal_load(&k->g->state, mt_state_path("run", dev, file), mt_kinds, k->p,
				  &run, k->e);

	for (size_t i = 0; i < k->n; i++)
		if (!strcmp(k->at[i].dev, dev))
			return 0;
	if ((err && !mt_journal_is_unreadable(err)) || strlen(dev) > MT_NAME_MAX)
		return err == -EXDEV ? 0 : err;
	*l = from_header(&run.header);
	strcpy(l->dev, dev);
	if (err)
		return k->n++, unreadable(k, l);
	l->state = is_worked_on(k, dev) ? MT_NIC_WORKED_ON : MT_NIC_KILLED;
	k->n++;
	return look_at_device(k, l);
}

static struct mt_nic_status *find(struct looking *k, const struct mt_guest_record *m,
				  const struct mt_interface *nic)
{
	for (size_t i = 0; i < k->n; i++)
		if (!strcmp(k->at[i].driver, m->driver) && !strcmp(k->at[i].guest, m->name) &&
		    k->at[i].index == (unsigned)nic->index)
			return &k->at[i];
	return NULL;
}

static int add_remembered(struct looking *k, const struct mt_guest_record *m,
			  const struct mt_interface *nic)
{
	struct mt_nic_status *l = find(k, m, nic);
	bool ethernet = !strcmp(nic->type, "ethernet");

	if (m->by_up) /* its NICs do not wait for a guest's start */
		return 0;
	if (l) {
		l->remembered = true;
		l->started = m->started;
		l->remembered_since = m->since;
		return 0;
	}
	l = &k->at[k->n++];
	*l = (struct mt_nic_status){ .state = ethernet ? MT_NIC_WAITING : MT_NIC_OTHERS,
				     .driver = m->driver,
				     .guest = m->name,
				     .uuid = m->answer.uuid,
				     .mac = nic->mac,
				     .type = nic->type,
				     .index = (unsigned)nic->index,
				     .unmanaged = nic->unmanaged,
				     .remembered = true,
				     .started = m->started,
				     .remembered_since = m->since };
	strcpy(l->dev, nic->dev);
	return *l->dev ? look_at_device(k, l) : 0;
}

/* moontap creates an unmanaged NIC's tap again when its guest starts. A managed tap that is gone
 * never comes back: libvirt creates another. */
static void find_done(struct looking *k)
{
	for (size_t i = 0; i < k->n; i++) {
		struct mt_nic_status *l = &k->at[i];

		if (l->state == MT_NIC_GONE && !l->left && (!l->unmanaged || !l->remembered)) {
			l->state = MT_NIC_DONE;
			l->ndrift = 0; /* the state says that all of it is gone */
		}
	}
}

static int by_guest(const void *a, const void *b)
{
	const struct mt_nic_status *x = a, *y = b;
	int order = mt_guest_compare(x->guest, y->guest);

	if (!order)
		order = strcmp(x->driver, y->driver);
	if (!order)
		order = (x->index > y->index) - (x->index < y->index);
	return order ? order : mt_guest_compare(x->dev, y->dev);
}

/* Last, since records of guests are matched with all journals. */
static void choose(struct looking *k, const struct mt_nic_filter *guest)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->n; i++) {
		const struct mt_nic_status *l = &k->at[i];

		if (!guest || mt_filter_has_guest(guest, l->driver, l->guest, l->uuid, l->dev))
			k->at[kept++] = *l;
	}
	k->n = kept;
	qsort(k->at, k->n, sizeof *k->at, by_guest);
}

int mt_nics_inspect(struct mt_engine *g, const struct mt_nic_filter *guest, struct mt_pool *p,
		    struct mt_nic_status **nics, size_t *n, struct mt_err *e)
{
	struct looking k = { .g = g, .p = p, .e = e };
	struct mt_record *headers;
	struct mt_guest_record *m = NULL;
	char **killed;
	size_t nheaders, nm, nkilled, most;

	*n = 0;
	if (mt_connected(g, &(struct mt_nic_filter){ 0 }, p, &headers, &nheaders, e) ||
	    mt_recall_all(g, p, &m, &nm, e) ||
	    mt_state_list(&g->state, "run", p, &killed, &nkilled, e))
		return -e->code;
	most = nheaders + nkilled + 1;
	for (size_t i = 0; i < nm; i++)
		most += m[i].answer.n;
	k.at = mt_pool_alloc(p, most * sizeof *k.at);
	if (!k.at)
		return mt_fail(e, ENOMEM, "status", "", NULL);
	for (size_t i = 0; i < nheaders; i++)
		if (add_connected(&k, &headers[i]))
			return -e->code;
	for (size_t i = 0; i < nkilled; i++)
		if (add_killed(&k, killed[i]))
			return -e->code;
	for (size_t i = 0; i < nm; i++)
		for (size_t j = 0; j < m[i].answer.n; j++)
			if (add_remembered(&k, &m[i], &m[i].answer.nics[j]))
				return -e->code;
	find_done(&k);
	choose(&k, guest);
	*nics = k.at;
	*n = k.n;
	return 0;
}

int mt_nics_inspect_some(struct mt_engine *g,
			 bool (*wanted)(void *data, const struct mt_journal *j), void *data,
			 struct mt_pool *p, struct mt_nic_status **nics, size_t *n,
			 struct mt_err *e)
{
	struct looking k = { .g = g, .p = p, .e = e, .wanted = wanted, .data = data };
	size_t cap = 0, nfiles;
	char **files;

	*n = 0;
	if (mt_engine_state(g, false, e) || mt_state_list(&g->state, "nic", p, &files, &nfiles, e))
		return -e->code;
	for (size_t i = 0; i < nfiles; i++) {
		struct mt_record h = { .kind = &mt_header_kind };
		struct mt_nic_status *more = mt_pool_room(p, k.at, k.n, &cap, sizeof *more);

		if (!more)
			return mt_fail(e, ENOMEM, "status", "", NULL);
		k.at = more;
		mt_record_put(&h, MT_HEADER_DEV, mt_name_from(files[i]));
		if (strlen(files[i]) <= MT_NAME_MAX && add_connected(&k, &h))
			return -e->code;
	}
	*nics = k.at;
	*n = k.n;
	return 0;
}

static bool finish_done(struct mt_engine *g, const struct mt_nic_status *l, struct mt_pool *p)
{
	struct mt_apply w = mt_engine_apply(g, p);
	struct mt_err e;
	char file[32];
	int lock;

	if (mt_state_try_lock(&g->state, mt_state_path("nic", l->dev, file), &lock))
		return false;
	close(lock);
	return !mt_disconnect(&w, l->dev, (uint32_t)l->journal.header.v[MT_HEADER_IFINDEX].u, &e) &&
		!mt_forget_unused(g, l->driver, l->guest, &e);
}

size_t mt_finish_done(struct mt_engine *g, const struct mt_nic_status *nics, size_t n)
{
	struct mt_pool p = { 0 };
	struct mt_err e;
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (nics[i].state == MT_NIC_DONE)
			left += !mt_can_change_network() || !finish_done(g, &nics[i], &p);
	if (mt_can_change_network() && mt_leftovers_links(g, false, &e))
		mt_log_err(&g->o.log, LOG_WARNING, &e);
	mt_pool_free(&p);
	return left;
}
