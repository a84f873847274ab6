/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_guest.c - checks of one guest: its document, its ready-made taps, what its plan needs */
#include "cli/doctor.h"

#include <errno.h>
#include <string.h>

/* --- the document ----------------------------------------------------------------------------- */

static bool is_name_error(const struct mt_doctor *d)
{
	return d->plan_error.code && strstr(d->plan_error.text, "no name for a device");
}

void mt_check_device_name(struct mt_doctor *d)
{
	char line[sizeof d->plan_error];

	if (is_name_error(d))
		mt_doctor_found(d, NULL, "%s: %s", d->file,
				mt_err_line(&d->plan_error, line, sizeof line));
}

static void say_error(struct mt_doctor *d)
{
	char line[sizeof d->plan_error];

	mt_doctor_found(d, NULL, "%s", mt_err_line(&d->plan_error, line, sizeof line));
}

void mt_check_guest_reads(struct mt_doctor *d)
{
	if (d->plan_error.code && !d->facts && !d->policy_error.code && !is_name_error(d))
		say_error(d);
}

void mt_check_guest_plan(struct mt_doctor *d)
{
	if (d->plan_error.code && d->facts && !d->policy_error.code && !is_name_error(d))
		say_error(d);
}

/* --- ready-made taps -------------------------------------------------------------------------- */

/* A tap that is there, of a NIC whose tap libvirt does not make. */
static bool ready_tap(struct mt_doctor *d, const struct mt_fact *nic, struct mt_record *tap)
{
	const char *dev = mt_fact_text_at(nic, "target.dev");
	struct mt_record key = { .kind = mt_kind_find(mt_kinds, "tap") };
	struct mt_err e;

	if (!dev || !mt_fact_true_at(nic, "unmanaged") || !mt_name_valid(dev))
		return false;
	mt_record_put(&key, 0, mt_name_from(dev));
	return !mt_record_get(d->g->host, &key, tap, d->p, &e);
}

static void each_ready_tap(struct mt_doctor *d,
			   void (*each)(struct mt_doctor *d, const struct mt_fact *nic,
					const struct mt_record *tap))
{
	const struct mt_fact *nics = d->facts ? mt_fact_get(d->facts, "nics") : NULL;
	struct mt_record tap;

	if (!nics)
		return;
	mt_fact_each (nic, nics)
		if (ready_tap(d, nic, &tap))
			each(d, nic, &tap);
}

/* Without the flag it was made with, or with it, the kernel refuses: drivers/net/tun.c
 * tun_set_iff(). Whether packets have a virtio header is whoever opens it to say. */
static void check_queues(struct mt_doctor *d, const struct mt_fact *nic,
			 const struct mt_record *tap)
{
	const struct mt_fact *queues = mt_fact_at(nic, "driver.queues");
	int64_t n = queues && queues->type == MT_FACT_INTEGER ? queues->integer : 1;
	bool many = tap->v[mt_kind_field(tap->kind, "multi_queue")].u;

	if (many != (n > 1))
		mt_doctor_found(d, NULL, "%s was made for %s, and the guest wants %d",
				tap->v[0].name, many ? "several queues" : "one queue", (int)n);
}

void mt_check_queues(struct mt_doctor *d)
{
	each_ready_tap(d, check_queues);
}

/* --- the kernel ------------------------------------------------------------------------------- */

struct any {
	struct mt_record r;
	bool found;
};

static int take_first(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct any *a = data;

	(void)e;
	a->r = *r;
	a->found = true;
	return 1;
}

/* What a kernel was built without it does not tell of any object of the kind. */
static void check_record(struct mt_doctor *d, const struct mt_record *put)
{
	const struct mt_kind *k = put->kind;
	struct mt_record filter = { .kind = k };
	struct any any = { .found = false };
	struct mt_err e;

	if (k->list(d->g->host, &filter, take_first, &any, &e) || !any.found)
		return;
	for (int i = k->nkeys; i < k->nfields; i++)
		if (mt_record_has(put, i) && put->v[i].state == MT_SET &&
		    any.r.v[i].state == MT_UNSET && !(k->fields[i].flags & MT_FIELD_UNSEEN))
			mt_doctor_found(d, NULL, "it knows no %s of a %s", k->fields[i].name,
					k->name);
}

void mt_check_kernel_fields(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->plan.n; i++) {
		const struct mt_steps *steps = d->plan.nics[i].steps;

		for (size_t k = 0; steps && k < steps->n; k++)
			if (!(steps->at[k].put.kind->flags & MT_KIND_FACET))
				check_record(d, &steps->at[k].put);
	}
}
