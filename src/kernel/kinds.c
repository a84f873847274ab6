/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kinds.c - the table of all kinds: a row each */
#include "kernel/nl.h"

const struct mt_kind *const mt_kinds[] = {
	&mt_kind_tap,  &mt_kind_bridge, &mt_kind_veth,	&mt_kind_link,	&mt_kind_port,
	&mt_kind_conf, &mt_kind_addr,	&mt_kind_route, &mt_kind_neigh, NULL,
};
