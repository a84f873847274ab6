/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* exits.c - what each exit status means */
#include "cli/exits.h"

const struct mt_described mt_exits[] = {
	{ "done", "what was asked for is done, or there was nothing to do" },
	{ "refused", "the policy refused the guest" },
	{ "usage", "the command line is wrong" },
	{ "bad input", "the XML or the policy is wrong; the message has file and line" },
	{ "failed",
	  "the kernel or the host failed, and everything was rolled back; of a command that only "
	  "reads: the output could not be written" },
	{ "limit", "the policy exceeded its limit of time, memory or instructions" },
	{ "undo incomplete",
	  "not everything could be undone; moontap prints what is left, and the command that "
	  "finishes it" },
	{ "not reported", "the work is done, but the output could not be written" },
	{ NULL },
};
