/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libc.h - numbers of the kernel's that a libc may not have */
#ifndef MT_BASE_LIBC_H
#define MT_BASE_LIBC_H

#include <stdio.h>
#include <sys/socket.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* Linux 5.14 */
#endif

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1 /* linux/fs.h */
#endif

#endif
