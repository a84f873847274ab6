/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kinds.c - the table of all kinds: a row each */
#include "kernel/host.h"

extern const struct mt_kind mt_kind_tap, mt_kind_bridge, mt_kind_link, mt_kind_port;
extern const struct mt_kind mt_kind_addr, mt_kind_route;

const struct mt_kind *const mt_kinds[] = {
	&mt_kind_tap,  &mt_kind_bridge, &mt_kind_link, &mt_kind_port,
	&mt_kind_addr, &mt_kind_route,	NULL,
};
