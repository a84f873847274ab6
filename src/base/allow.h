/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* allow.h - what a policy's top level allows plans to use */
#ifndef MT_BASE_ALLOW_H
#define MT_BASE_ALLOW_H

#include <stdbool.h>

/* One value that it allowed: ("link", "br0"), ("prefix", "10.0.0.0/8"); or a grant: ("user",
 * "alice"), whoever is not root and may have plans. */
struct mt_allow {
	struct mt_allow *next;
	const char *what, *value;
	const char *option; /* the hook's option that named it: "bridge"; "": allow{} named it */
	/* lines of one grant have the same word here: its user, and what that user's plans may use;
	 * "": it is no part of a grant */
	const char *grant;
	/* of ("user", ...): */
	const char *dev; /* a pattern for the names of devices; "": those that begin with u<uid>- */
	bool all;	 /* the user's plans may use whatever root's may */
};

#endif
