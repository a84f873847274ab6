/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boot_id.c - reading the kernel's random number of this boot */
#include "base/boot_id.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *mt_boot_id(char id[static MT_BOOT_ID_SIZE])
{
	int fd = open(MT_BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, id, MT_BOOT_ID_SIZE - 1);

	if (fd >= 0)
		close(fd);
	id[n > 0 ? n : 0] = 0;
	id[strcspn(id, "\n")] = 0;
	return id;
}
