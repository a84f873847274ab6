/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boot_id.h - which boot of the machine this is: what outlives moontap's state bears it */
#ifndef MT_BASE_BOOT_ID_H
#define MT_BASE_BOOT_ID_H

#define MT_BOOT_ID	"/proc/sys/kernel/random/boot_id"
#define MT_BOOT_ID_SIZE 40 /* bytes of its text and a NUL */

/** mt_boot_id() - the text of MT_BOOT_ID; "": it cannot be read. Returns @id. */
const char *mt_boot_id(char id[static MT_BOOT_ID_SIZE]);

#endif
