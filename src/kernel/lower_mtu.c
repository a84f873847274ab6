/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lower_mtu.c - that a device on another one gets no larger MTU than that one has */
#include "kernel/nl.h"

#include <errno.h>

/* The name of the device that @name is on; unset when it is on none. Return: 0 or -errno. */
static int lower_of(const char *name, mt_will will, void *data, struct mt_value *lower,
		    struct mt_err *e)
{
	static const struct mt_kind *const kinds[] = { &mt_kind_vlan_dev, &mt_kind_macvlan,
						       &mt_kind_macvtap };
	int err = 0;

	*lower = (struct mt_value){ .state = MT_UNSET };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && lower->state != MT_SET; i++) {
		struct mt_record key = mt_nl_on(kinds[i], "name", name), has;

		err = will(data, &key, &has, e);
		if (!err)
			*lower = has.v[mt_kind_field(kinds[i], "link")];
		else if (err != -ENOENT && err != -EEXIST) /* it is of another kind */
			return err;
	}
	return 0;
}

int mt_check_lower_mtu(const struct mt_record *r, int mtu, mt_will will, void *data,
		       struct mt_err *e)
{
	const char *name = mt_record_device(r);
	struct mt_record key, lower;
	struct mt_value on;
	int err = r->v[mtu].state == MT_SET ? lower_of(name, will, data, &on, e) : -ENOENT;

	if (err || on.state != MT_SET)
		return err == -ENOENT ? 0 : err;
	key = mt_nl_on(r->kind, "name", on.name);
	err = will(data, &key, &lower, e);
	if (err || lower.v[mtu].state != MT_SET || r->v[mtu].u <= lower.v[mtu].u)
		return err == -ENOENT ? 0 : err;
	return mt_fail(e, ERANGE, r->kind->name, name,
		       "mtu: %u is more than that of %s, which it is on (%u): declare a larger one "
		       "of that before: link{ name = \"%s\", mtu = %u }",
		       (unsigned)r->v[mtu].u, on.name, (unsigned)lower.v[mtu].u, on.name,
		       (unsigned)r->v[mtu].u);
}
