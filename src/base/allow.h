/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* allow.h - what a policy's top level allows plans to use */
#ifndef MT_BASE_ALLOW_H
#define MT_BASE_ALLOW_H

/* One value that it allowed: ("link", "br0"), ("prefix", "10.0.0.0/8"). */
struct mt_allow {
	struct mt_allow *next;
	const char *what, *value;
	const char *option; /* the hook's option that named it: "bridge"; "": allow{} named it */
};

#endif
