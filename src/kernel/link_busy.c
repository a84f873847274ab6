/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * link_busy.c - whether a device has what it would lose when it is set down, or moves into a VRF or
 * out of one
 *
 * The kernel sets a device that moves so down and up, and static routes and global IPv6 addresses
 * are lost: drivers/net/vrf.c cycle_netdev().
 */
#include "kernel/nl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int take_route(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct mt_nl_any *any = data;
	char subject[96];

	(void)e;
	snprintf(any->why, any->n, "the route %s is there",
		 mt_record_subject(r, subject, sizeof subject));
	any->found = true;
	return 1;
}

/* Whether the device has an address, or a route that somebody added. Return: as busy(). */
static int has_any(struct mt_host *h, const char *dev, char *why, size_t n, struct mt_err *e)
{
	struct mt_record filter = mt_nl_on(&mt_kind_route, "dev", dev);
	struct mt_nl_any any = { why, n, false };
	int err = mt_nl_carries(h, dev, why, n, e);

	if (!err)
		err = mt_kind_route.list(h, &filter, take_route, &any, e);
	return err ? err : any.found;
}

static int is_vrf(const struct mt_value *master, mt_will will, void *data, struct mt_err *e)
{
	struct mt_record key, vrf;
	int err;

	if (master->state != MT_SET)
		return 0;
	key = mt_nl_on(&mt_kind_vrf, "name", master->name);
	err = will(data, &key, &vrf, e);
	return err == -ENOENT || err == -EEXIST ? 0 : err ? err : 1; /* none, or another kind */
}

int mt_link_needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		  struct mt_err *e)
{
	const char *dev = mt_record_device(r);
	int master = mt_kind_field(r->kind, "master"), err;
	struct mt_record key = mt_record_key(r), now;
	char why[160];

	if (!mt_record_has(r, master))
		return 0;
	err = will(data, &key, &now, e);
	if (err)
		return err == -ENOENT ? 0 : err;
	if (mt_value_equal(&r->kind->fields[master], &r->v[master], &now.v[master]))
		return 0;
	err = is_vrf(&r->v[master], will, data, e) ?: is_vrf(&now.v[master], will, data, e);
	if (err == 1)
		err = has_any(h, dev, why, sizeof why, e);
	if (err != 1)
		return err;
	return mt_fail(e, ENOTSUP, "link", dev,
		       "%s, and what moves into a VRF, or out of one, loses its routes and IPv6 "
		       "addresses: moontap could not restore them",
		       why);
}

/* Return: as busy(), for a device whose master is set back. */
static int move_is_busy(struct mt_host *h, const char *dev, char *why, size_t n, struct mt_err *e)
{
	struct mt_device d, master;
	int err = mt_device_by_name(h, dev, &d, e);

	if (!err && *d.master)
		err = mt_device_by_name(h, d.master, &master, e);
	if (err || !*d.master || strcmp(master.kind, "vrf"))
		return err;
	return has_any(h, dev, why, n, e);
}

int mt_link_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		 struct mt_err *e)
{
	int up = mt_kind_field(r->kind, "up"), master = mt_kind_field(r->kind, "master");

	if (op != MT_CHANGE)
		return 0;
	if (mt_record_has(r, up) && !r->v[up].u)
		return mt_nl_carries(h, mt_record_device(r), why, n, e);
	return mt_record_has(r, master) ? move_is_busy(h, mt_record_device(r), why, n, e) : 0;
}
