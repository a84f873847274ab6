/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* starter.c - "PID:START" of a user's libvirtd */
#include "service/starter.h"
#include "service/process.h"

#include <stdio.h>
#include <string.h>

/* A user may call another program so: then that user's own tap goes with that program. */
static bool is_libvirtd(const char *name)
{
	return !strcmp(name, "libvirtd") || !strcmp(name, "virtqemud");
}

const char *mt_starter_of(pid_t caller, char buf[static MT_STARTER_MAX])
{
	struct mt_process p, parent;

	if (!mt_process_read(caller, &p) || !mt_process_read(p.parent, &parent) ||
	    !is_libvirtd(parent.name))
		return NULL;
	snprintf(buf, MT_STARTER_MAX, "%d:%llu", (int)p.parent, parent.start);
	return buf;
}

bool mt_starter_lives(const char *starter)
{
	struct mt_process p;
	unsigned long long start;
	int pid;

	return sscanf(starter, "%d:%llu", &pid, &start) == 2 && mt_process_read(pid, &p) &&
		p.start == start;
}
