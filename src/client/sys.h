/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sys.h - the system calls of moontap-event: each returns -errno when it fails
 *
 * A libc costs each start of a program more than everything that moontap-event does. So where a
 * header of a processor is written, the program has none; elsewhere it has a static one.
 */
#ifndef MT_CLIENT_SYS_H
#define MT_CLIENT_SYS_H

#include <stdbool.h>
#include <stddef.h>

#if defined MT_CLIENT_LIBC || !defined __LP64__
#include "client/sys_libc.h"
#elif defined __x86_64__
#define MT_CLIENT_BARE
#include "client/sys_x86_64.h"
#include "client/sys_kernel.h"
#elif defined __aarch64__
#define MT_CLIENT_BARE
#include "client/sys_arm64.h"
#include "client/sys_kernel.h"
#else
#include "client/sys_libc.h"
#endif

#endif
