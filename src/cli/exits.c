/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* exits.c - what each exit status means */
#include "cli/exits.h"

const struct mt_described mt_exits[] = {
	{ "done", "what was asked for is done, or there was nothing to do" },
	{ "refused", "the policy refused" },
	{ "usage", "the command line is wrong" },
	{ "bad input", "the XML or the policy is wrong; the message has file and line" },
	{ "failed",
	  "the host said no, and everything was undone; of what only reads: the output could "
	  "not be written" },
	{ "limit", "the policy ran out of its time, memory or instructions" },
	{ "undo incomplete",
	  "not all could be undone; what is left, and the command that finishes it, are printed" },
	{ "not reported", "it is done, but the output could not be written" },
	{ NULL },
};
