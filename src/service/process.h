/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.h - what proc(5) says of a process */
#ifndef MT_SERVICE_PROCESS_H
#define MT_SERVICE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

struct mt_process {
	char name[16]; /* of its program, at most 15 bytes; a process may choose another */
	pid_t parent;
	unsigned long long start; /* in the kernel's ticks since boot: tells it from a later one */
};

/** mt_process_read() - Return: whether there is such a process. */
bool mt_process_read(pid_t pid, struct mt_process *p);

#endif
