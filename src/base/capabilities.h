/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* capabilities.h - the power of root that this process has */
#ifndef MT_BASE_CAPABILITIES_H
#define MT_BASE_CAPABILITIES_H

#include <stdbool.h>

/** mt_drop_capabilities() - drop, for good, all capabilities but those that connecting needs
 * @raw:	keep CAP_NET_RAW, too: frames are to be sent */
void mt_drop_capabilities(bool raw);

#endif
