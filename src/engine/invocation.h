/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * invocation.h - an event as a program is invoked for it: by libvirt's hook script, or QEMU's
 * scripts
 */
#ifndef MT_ENGINE_INVOCATION_H
#define MT_ENGINE_INVOCATION_H

#include "engine/engine.h"

/* libvirt's hook script is called with these words: docs/hooks.rst. */
struct mt_hook_call {
	/* driver, which is known (mt_driver_known()), guest, operation, sub-operation, extra;
	 * NULL-ended */
	const char *const *argv;
	struct mt_source source; /* the guest's XML */
	/* take the XML that libvirt is to go on with, which may be empty, before the record is
	 * written. Return: 0, or -errno: it is lost, which the record says, and the caller. */
	int (*print)(void *data, const char *xml, size_t n, struct mt_err *e);
	void *data;
};

/** mt_call_hook() - run an operation that is known: mt_operation_known()
 * Return: 0, or -errno as mt_operation_run(). */
int mt_call_hook(struct mt_engine *g, const struct mt_hook_call *call, struct mt_outcome *out,
		 struct mt_err *e);

/** mt_call_script() - run qemu-ifup or qemu-ifdown
 * @argv:	the tap's name; NULL-ended
 * @caller:	of ifup: the process that called the script
 * @handed_over: of ifdown: the tap was left open for the script
 *
 * Return: 0, or -errno as mt_script_up() and mt_script_down().
 */
int mt_call_script(struct mt_engine *g, bool up, const char *const *argv, pid_t caller,
		   bool handed_over, struct mt_outcome *out, struct mt_err *e);

/** mt_error_line() - "moontap: web: link.set vnet0: ...; what to do": one line for people, no \n
 * @program:	as it was called
 * @guest:	or the word for it; NULL: none
 *
 * Return: @buf.
 */
const char *mt_error_line(const char *program, const char *guest, const char *state,
			  const struct mt_err *e, char *buf, size_t n);

#endif
