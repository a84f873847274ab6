/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* busy.c - the addresses of a device that undo would delete, set down or move */
#include "kernel/nl.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct addresses {
	mt_each each;
	void *data;
};

static int take_address(const struct mt_record *r, void *data, struct mt_err *e)
{
	const struct mt_value *a = &r->v[mt_kind_field(r->kind, "address")];
	const struct addresses *to = data;

	if (mt_value_is_link_local(a))
		return 0; /* the kernel adds these itself */
	return to->each(r, to->data, e);
}

int mt_device_addresses(struct mt_host *h, const char *dev, mt_each each, void *data,
			struct mt_err *e)
{
	struct mt_record filter = mt_nl_on(&mt_kind_addr, "dev", dev);
	struct addresses to = { each, data };

	return mt_kind_addr.list(h, &filter, take_address, &to, e);
}

static int take_any(const struct mt_record *r, void *data, struct mt_err *e)
{
	int address = mt_kind_field(r->kind, "address");
	struct mt_nl_any *any = data;
	char text[MT_VALUE_TEXT];

	(void)e;
	snprintf(any->why, any->n, "%s is on it",
		 mt_value_print(&r->kind->fields[address], &r->v[address], text));
	any->found = true;
	return 1;
}

int mt_nl_carries(struct mt_host *h, const char *dev, char *why, size_t n, struct mt_err *e)
{
	struct mt_nl_any any = { why, n, false };
	int err = mt_device_addresses(h, dev, take_any, &any, e);

	return err ? err : any.found;
}
