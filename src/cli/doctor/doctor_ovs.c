/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_ovs.c - checks of Open vSwitch, where its socket is there: moontap's ports, and its state */
#include "cli/doctor/doctor.h"
#include "kernel/host.h"
#include "ovsdb/ovsdb.h"

#include <string.h>

/* Return: whether there is an Open vSwitch, and it has answered. */
static bool read_report(struct mt_doctor *d, struct mt_pool *p, struct mt_ovs_report *report,
			struct mt_err *e)
{
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;

	*e = (struct mt_err){ 0 };
	return mt_ovsdb_is_there(d->g.host) && !mt_ovsdb_of(d->g.host, &m, &l, e) &&
		!m->report(l, p, report, e);
}

void mt_check_ovs_answers(struct mt_doctor *d)
{
	struct mt_pool p = { 0 };
	struct mt_ovs_report report;
	struct mt_err e;

	if (read_report(d, &p, &report, &e) && report.cur_cfg < report.next_cfg)
		mt_doctor_found(d, NULL,
				"ovs-vswitchd was asked for configuration %lld, and has %lld",
				(long long)report.next_cfg, (long long)report.cur_cfg);
	else if (e.code)
		mt_doctor_found(d, NULL, "%s", e.text);
	mt_pool_free(&p);
}

/* Calls @each with each of Open vSwitch's interfaces. */
static void look(struct mt_doctor *d,
		 void (*each)(struct mt_doctor *d, const struct mt_ovs_report *r,
			      const struct mt_ovs_interface *i))
{
	struct mt_pool p = { 0 };
	struct mt_ovs_report report;
	struct mt_err e;

	if (read_report(d, &p, &report, &e))
		for (size_t i = 0; i < report.n; i++)
			each(d, &report, &report.interfaces[i]);
	mt_pool_free(&p);
}

static bool has_journal(const struct mt_doctor *d, const char *dev)
{
	for (size_t i = 0; i < d->nnics; i++)
		if (!strcmp(d->nics[i].dev, dev))
			return true;
	return false;
}

static void check_leftover(struct mt_doctor *d, const struct mt_ovs_report *r,
			   const struct mt_ovs_interface *i)
{
	(void)r;
	if (*i->owner && (i->earlier || !has_journal(d, i->name)))
		mt_doctor_found(d, i->name,
				"Open vSwitch has the port %s of %s, which is not connected",
				i->name, i->owner);
}

void mt_check_ovs_leftover(struct mt_doctor *d)
{
	look(d, check_leftover);
}

static void check_error(struct mt_doctor *d, const struct mt_ovs_report *r,
			const struct mt_ovs_interface *i)
{
	(void)r;
	if (*i->error)
		mt_doctor_found(d, i->name, "Open vSwitch: %s: %s", i->name, i->error);
}

void mt_check_ovs_error(struct mt_doctor *d)
{
	look(d, check_error);
}

static void check_iface_id(struct mt_doctor *d, const struct mt_ovs_report *r,
			   const struct mt_ovs_interface *i)
{
	for (const struct mt_ovs_interface *o = r->interfaces; *i->iface_id && o < i; o++)
		if (!strcmp(o->iface_id, i->iface_id))
			mt_doctor_found(d, i->name, "%s and %s have the iface-id %s", o->name,
					i->name, i->iface_id);
}

void mt_check_ovs_iface_id(struct mt_doctor *d)
{
	look(d, check_iface_id);
}
