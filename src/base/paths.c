/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* paths.c - finding what was installed with this code, from where the code itself is */
#include "base/paths.h"

#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static const char here;

static bool has(const struct dl_phdr_info *object, const void *at)
{
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t begin = object->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_LOAD && (uintptr_t)at - begin < part->p_memsz)
			return true;
	}
	return false;
}

/* The name of the object with this code. The main program's is empty in glibc, and in others
 * argv[0], which its caller chooses: the kernel says which object that is, AT_PHDR. */
static int find_name(struct dl_phdr_info *object, size_t size, void *name)
{
	(void)size;
	if (!has(object, &here))
		return 0;
	if ((uintptr_t)object->dlpi_phdr != getauxval(AT_PHDR))
		*(const char **)name = object->dlpi_name;
	return 1;
}

static bool own_object(char path[static PATH_MAX])
{
	const char *name = "";
	ssize_t n;

	dl_iterate_phdr(find_name, &name);
	if (*name)
		return realpath(name, path);
	n = readlink("/proc/self/exe", path, PATH_MAX - 1); /* has no link in it (proc(5)) */
	path[n > 0 ? n : 0] = 0;
	return n > 0;
}

/* The length of the prefix in an installed object's path: up to the last of these folders. */
static size_t prefix_length(const char *object)
{
	static const char *const folders[] = { "/bin/", "/sbin/", "/lib/", "/lib64/", "/libexec/" };
	size_t longest = 0;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		for (const char *at = object; (at = strstr(at, folders[i])); at++)
			if ((size_t)(at - object) > longest)
				longest = (size_t)(at - object);
	return longest;
}

static bool is_at(const char *object, size_t n, const char *below, char path[static PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%.*s/%s", (int)n, object, below);

	return len < PATH_MAX && !access(path, F_OK);
}

void mt_path_installed(const char *below, char path[static PATH_MAX])
{
	char object[PATH_MAX];

	if (own_object(object) &&
	    (is_at(object, (size_t)(strrchr(object, '/') - object), below, path) ||
	     is_at(object, prefix_length(object), below, path)))
		return;
	snprintf(path, PATH_MAX, "%s/%s", MOONTAP_PREFIX, below);
}

const char *mt_path_absolute(const char *path, size_t most, char buf[static PATH_MAX])
{
	size_t n;

	if (!path || !*path || *path == '/' || !getcwd(buf, PATH_MAX))
		return path;
	n = strlen(buf);
	if (n + 1 + strlen(path) > most)
		return path;
	sprintf(buf + n, "/%s", path);
	return buf;
}

char *mt_path_beside(const char *path, const char *name, char buf[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	snprintf(buf, PATH_MAX, "%.*s%s", slash ? (int)(slash - path) + 1 : 0, path, name);
	return buf;
}

const char *mt_host_id(char id[static 65])
{
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, id, 64);

	if (fd >= 0)
		close(fd);
	id[n > 0 ? n : 0] = 0;
	if (n <= 0 && gethostname(id, 64))
		*id = 0;
	id[64] = 0;
	return id;
}
