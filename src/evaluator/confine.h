/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine.h - take from the evaluator everything but the descriptors that it was given */
#ifndef MT_EVALUATOR_CONFINE_H
#define MT_EVALUATOR_CONFINE_H

#include <sys/types.h>

#include "base/err.h"

struct mt_confine {
	const int *keep;     /* descriptors that stay open, ascending; borrowed */
	unsigned int keep_n; /* how many */
	pid_t parent;	     /* it reads the answer: the evaluator must not outlive it */
	unsigned int cpu_s;  /* CPU time, in seconds, after which the kernel kills it; > 0 */
	uid_t uid;	     /* a user that no other process runs as; set where allowed */
	gid_t gid;
};

/**
 * mt_confine() - confine the calling process, for good
 * @c:	what stays
 * @e:	out: filled on failure, with the stage as its subject
 *
 * For a child that has one thread and has opened, loaded (dlopen) and set up (signal handlers,
 * timers, receive timeouts) all that it will use: afterwards it can read, write and poll what it
 * kept, ask the kernel over a kept netlink socket, use memory, and end. What else it tries is
 * refused with ENOSYS, or kills it with SIGSYS (filter_gen.c has the list). Descriptors 0, 1 and 2
 * become /dev/null when they are not in @keep; in a sanitizer's build they stay. poll() takes three
 * descriptors, or as many as there are below the lowest that is free.
 *
 * Works for root, for any set of capabilities and for a user without any; the ids change only
 * where the caller may change them. A confined process can be confined no further.
 *
 * Return: 0, or
 *   -EINVAL   at "descriptors": @keep is not ascending, or has a negative number; nothing is closed
 *   -ESRCH    at "parent": the parent is gone
 *   -ENOSYS   at "descriptors": the kernel is older than 5.9, which brought close_range(2)
 *   -EINVAL   at "calls": the kernel was built without CONFIG_SECCOMP_FILTER
 *   -errno    of another stage that failed, as its manual page names it
 * After a failure the process is confined in part: it must _exit() and answer nothing but @e.
 */
int mt_confine(const struct mt_confine *c, struct mt_err *e);

/**
 * mt_confine_zygote() - confine a process that forks spares: as mt_confine() does, but with a
 * filter of its own, which lets it take descriptors, fork, and open netlink sockets
 * @c:	cpu_s is not used: a zygote lives long
 */
int mt_confine_zygote(const struct mt_confine *c, struct mt_err *e);

/**
 * mt_confine_spare() - confine a zygote's child as mt_confine() confines an evaluator
 * @zygote:	its parent, which it must not outlive
 * @cpu_s:	as struct mt_confine has it
 *
 * It has ids, capabilities, files and descriptors of the zygote, which gave up the others.
 */
int mt_confine_spare(pid_t zygote, unsigned int cpu_s, struct mt_err *e);

#endif
