/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* handle.h - the inside of what moontap.h calls a handle and an outcome */
#ifndef MT_ENGINE_HANDLE_H
#define MT_ENGINE_HANDLE_H

#include "engine/engine.h"
#include "moontap.h"

struct moontap {
	struct mt_pool pool; /* of the options' copies */
	struct mt_engine engine;
};

struct mt_result {
	struct moontap_outcome face; /* first: the caller's pointer is ours */
	struct mt_outcome inside;
};

/** mt_handle_open() - moontap_open() of known options, with an error of ours */
int mt_handle_open(struct moontap **m, const struct moontap_options *options, struct mt_err *e);

/** mt_handle_run() - moontap_run() of a known event, with an error of ours: @e zeroed */
int mt_handle_run(struct moontap *m, const struct moontap_event *event,
		  struct moontap_outcome **outcome, struct mt_err *e);

/** mt_result_face() - fill @r->face from @r->inside, in its pool. Return: 0 or -ENOMEM. */
int mt_result_face(struct mt_result *r, struct mt_err *e);

/** mt_result_command() - the command of a step: of what is as it shall be, the one that would make
 * it so. Returns @buf. */
const char *mt_result_command(const struct mt_step *s, char *buf, size_t n);

/** mt_op_name() - "add", "set", "delete", "same" */
const char *mt_op_name(enum mt_op op);

#endif
