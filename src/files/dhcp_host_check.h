/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dhcp_host_check.h - the fields of kind dhcp_host, and their rules */
#ifndef MT_FILES_DHCP_HOST_CHECK_H
#define MT_FILES_DHCP_HOST_CHECK_H

#include "base/kind.h"

enum { MAC, DIR, ADDRESS, ADDRESS6, NAME, PID, NFIELDS };

/** mt_dhcp_host_check() - the kind's check() */
int mt_dhcp_host_check(const struct mt_record *r, struct mt_err *e);

#endif
