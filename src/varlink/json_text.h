/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json_text.h - texts that may be no UTF-8, as JSON */
#ifndef MT_VARLINK_JSON_TEXT_H
#define MT_VARLINK_JSON_TEXT_H

#include <jansson.h>

/** mt_json_text() - a JSON string; NULL: no memory. If @s is no UTF-8, as a device's name may be,
 * it has "?" for each byte over 127, and is cut at 4 KiB. */
json_t *mt_json_text(const char *s);

#endif
