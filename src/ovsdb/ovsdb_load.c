/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovsdb_load.c - load the module that talks to Open vSwitch, and keep its connection with a handle */
#include "ovsdb/ovsdb.h"
#include "base/module.h"
#include "kernel/host.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct kept {
	struct mt_host_other other;
	const struct mt_ovsdb *module;
	struct mt_ovsdb_link *link;
};

static void close_kept(struct mt_host_other *other)
{
	struct kept *k = (struct kept *)other;

	k->module->close(k->link);
	free(k);
}

static int keep(struct mt_host *h, const struct mt_ovsdb *module, struct mt_err *e)
{
	struct kept *k = malloc(sizeof *k);

	if (k)
		*k = (struct kept){ { close_kept }, module, module->open(mt_host_ovsdb(h)) };
	if (!k || !k->link) {
		free(k);
		return mt_fail(e, ENOMEM, "ovsdb", "", NULL);
	}
	*mt_host_other(h) = &k->other;
	return 0;
}

int mt_ovsdb_of(struct mt_host *h, const struct mt_ovsdb **m, struct mt_ovsdb_link **l,
		struct mt_err *e)
{
	struct mt_host_other **other = mt_host_other(h);
	const char *why;

	if (!*other) {
		*m = mt_module_load("ovsdb", "mt_ovsdb", &why);
		if (!*m)
			return mt_fail(e, ENOSYS, "ovsdb", "",
				       "Open vSwitch's database cannot be read here: %.200s", why);
		if (keep(h, *m, e))
			return -e->code;
	}
	*m = ((struct kept *)*other)->module;
	*l = ((struct kept *)*other)->link;
	return 0;
}

bool mt_ovsdb_is_there(struct mt_host *h)
{
	return !access(mt_host_ovsdb(h), F_OK);
}
