/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* by_service.h - an event that moontapd runs for a handle, so that this process has no child */
#ifndef MT_ENGINE_BY_SERVICE_H
#define MT_ENGINE_BY_SERVICE_H

#include "engine/handle.h"

/** mt_by_service() - have an up or a down done by the handle's service
 * @ev:		of a known kind, as moontap.c checks each
 * @r:		its face is filled on success
 * @e:		zeroed by the caller
 *
 * Return: 0, or -errno with @e filled. */
int mt_by_service(struct moontap *m, const struct moontap_event *ev, struct mt_result *r,
		  struct mt_err *e);

#endif
