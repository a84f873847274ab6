/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* capabilities.h - the power of root that this process has */
#ifndef MT_BASE_CAPABILITIES_H
#define MT_BASE_CAPABILITIES_H

/** mt_drop_capabilities() - drop, for good, all capabilities but those that connecting needs */
void mt_drop_capabilities(void);

#endif
