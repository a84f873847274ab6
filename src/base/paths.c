/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* paths.c - finding what was installed with this code, from where the code itself is */
#include "base/paths.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char here;

/* Of the main program dladdr(3) gives argv[0], which its caller chooses. Its link_map has an empty
 * name, which tells it from a library. */
static bool own_object(char path[static PATH_MAX])
{
	struct link_map *map = NULL;
	Dl_info info;
	ssize_t n;
	bool library = dladdr1(&here, &info, (void **)&map, RTLD_DL_LINKMAP) && map && *map->l_name;

	if (library)
		return realpath(map->l_name, path);
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
