/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* event_request.c - what an event asks the evaluator */
#include "engine/engine.h"

struct mt_eval_request mt_event_request(const struct mt_engine *g,
					const struct mt_event_params *ask)
{
	return (struct mt_eval_request){
		.source = ask->source,
		.policy =
			ask->want & ~(unsigned)(MT_WANT_FACTS | MT_WANT_NOTES) ? g->o.policy : NULL,
		.policy_optional = g->o.policy_optional,
		.hooks = g->o.hooks,
		.want = ask->want | (ask->remember ? MT_WANT_FACTS : 0u),
		.managed = ask->managed,
		.unmanaged = ask->unmanaged,
		.only = ask->only,
		.unnamed = ask->unnamed,
		.dev = ask->dev,
		.qemu_name = ask->qemu ? ask->qemu->name : NULL,
		.qemu_uuid = ask->qemu ? ask->qemu->uuid : NULL,
		.qemu_mac = ask->qemu ? ask->qemu->mac : NULL,
		.known = ask->known,
		.incoming = ask->incoming,
		.inactive = ask->inactive,
		.prefix = ask->prefix,
		.schema = ask->schema,
		.libvirt = ask->libvirt,
		.deadline_ms = g->o.deadline_ms,
		.memory = g->o.memory,
		.evaluator = g->o.evaluator,
	};
}
