/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovn_controller.h - asking ovn-controller why a logical port is not installed */
#ifndef MT_OVSDB_JSON_OVN_CONTROLLER_H
#define MT_OVSDB_JSON_OVN_CONTROLLER_H

#include "ovsdb/json/ovsdb_link.h"

/* This host, as the local database has it. */
struct mt_ovn_chassis {
	const char *system_id;
	const char *remote; /* the Southbound database */
};

/** mt_ovn_controller_why() - why a logical port may not be installed here, for people
 * @why:	out: begins with ": "; empty: it says nothing that explains it
 *
 * Takes at most 2 s. */
void mt_ovn_controller_why(const struct mt_ovn_chassis *c, const char *port, char *why, size_t n);

#endif
