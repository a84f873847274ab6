/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic_types.h - types of <interface> as bits, by short names, for tables of what each may have */
#ifndef MT_DOMAIN_NIC_TYPES_H
#define MT_DOMAIN_NIC_TYPES_H

#include "domain/interface.h"

#define ALL	 (~0u)
#define ETHERNET MT_BIT(MT_NIC_ETHERNET)
#define NETWORK	 MT_BIT(MT_NIC_NETWORK)
#define BRIDGE	 MT_BIT(MT_NIC_BRIDGE)
#define DIRECT	 MT_BIT(MT_NIC_DIRECT)
#define HOSTDEV	 MT_BIT(MT_NIC_HOSTDEV)
#define VDPA	 MT_BIT(MT_NIC_VDPA)
#define VHOST	 MT_BIT(MT_NIC_VHOSTUSER)
#define UDP	 MT_BIT(MT_NIC_UDP)
#define VDS	 MT_BIT(MT_NIC_VDS)
#define USER	 MT_BIT(MT_NIC_USER)
#define INTERNAL MT_BIT(MT_NIC_INTERNAL)

#endif
