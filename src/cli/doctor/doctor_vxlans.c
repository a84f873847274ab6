/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_vxlans.c - checks of the VXLANs whose bridge, or which themselves, the policy names */
#include "cli/doctor/doctor.h"

#include <string.h>
#include <sys/socket.h>

/* Outer and inner headers: include/net/vxlan.h VXLAN_HEADROOM, VXLAN6_HEADROOM */
#define HEADERS	 50
#define HEADERS6 70

static bool is_of_policy(const struct mt_doctor *d, const struct mt_device *dev)
{
	for (const struct mt_allow *a = NULL; (a = mt_doctor_next_link(d, a));)
		if (!strcmp(a->value, dev->name) || !strcmp(a->value, dev->master))
			return true;
	return false;
}

static const struct mt_value *value_of(const struct mt_record *r, const char *field)
{
	return &r->v[mt_kind_field(r->kind, field)];
}

static bool is_v6(const struct mt_record *r)
{
	return value_of(r, "remote")->family == AF_INET6 || value_of(r, "src")->family == AF_INET6;
}

static int check_mtu(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct mt_doctor *d = data;
	const struct mt_device *dev = mt_doctor_device(d, mt_record_device(r));
	const struct mt_device *below = mt_doctor_device(d, value_of(r, "dev")->name);
	uint32_t headers = is_v6(r) ? HEADERS6 : HEADERS;

	(void)e;
	if (dev && below && dev->mtu + headers > below->mtu && is_of_policy(d, dev))
		mt_doctor_found(d, dev->name,
				"%s has an MTU of %u, and packets of %s have room for %u: its own "
				"MTU is %u",
				dev->name, dev->mtu, below->name, below->mtu - headers, below->mtu);
	return 0;
}

void mt_check_vxlan_mtu(struct mt_doctor *d)
{
	const struct mt_record all = { .kind = mt_kind_find(mt_kinds, "vxlan") };
	struct mt_err e;

	all.kind->list(d->g.host, &all, check_mtu, d, &e);
}
