/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_others.c - checks of other programs that configure networks, by their files */
#include "cli/doctor.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether one of some patterns, apart by any of @between, fits; a ! before the first: none may. */
static bool fits_any(const char *patterns, const char *between, const char *name)
{
	bool except = *patterns == '!', any = false;
	char copy[1024], *save = NULL;

	snprintf(copy, sizeof copy, "%s", patterns + except);
	for (char *p = strtok_r(copy, between, &save); p; p = strtok_r(NULL, between, &save))
		any |= !fnmatch(p, name, 0);
	return any != except;
}

/* The devices that it would be about: those that moontap knows, or libvirt's first. */
static void each_tap(struct mt_doctor *d, void (*each)(struct mt_doctor *d, const char *tap))
{
	bool any = false;

	for (size_t i = 0; i < d->nnics; i++) {
		if (!*d->nics[i].dev)
			continue;
		each(d, d->nics[i].dev);
		any = true;
	}
	if (!any)
		each(d, "vnet0");
}

/* --- NetworkManager: NetworkManager.conf(5), "device list format" ------------------------------
 */

static bool spec_fits(const char *spec, const char *tap)
{
	static const char *const all[] = { "*", "type:tun", "driver:tun" };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(spec, all[i]))
			return true;
	if (strncmp(spec, "interface-name:", 15))
		return false;
	spec += 15;
	return !fnmatch(spec + (*spec == '='), tap, 0);
}

static bool keeps_off(const char *text, const char *tap)
{
	char line[1024], *save, *value;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
		value = strchr(line, '=');
		if (strncmp(line, "unmanaged-devices", 17) || !value)
			continue;
		for (char *s = strtok_r(value + 1, ";, ", &save); s;
		     s = strtok_r(NULL, ";, ", &save))
			if (spec_fits(s, tap))
				return true;
	}
	return false;
}

static bool folder_keeps_off(struct mt_doctor *d, const char *folder, const char *tap)
{
	char path[PATH_MAX], file[512];
	DIR *dir = opendir(mt_doctor_path(d, folder, path));
	bool kept = false;

	for (struct dirent *i; dir && !kept && (i = readdir(dir));) {
		const char *text;

		snprintf(file, sizeof file, "%s/%s", folder, i->d_name);
		text = fnmatch("*.conf", i->d_name, 0) ? NULL : mt_doctor_read(d, file);
		kept = text && keeps_off(text, tap);
	}
	if (dir)
		closedir(dir);
	return kept;
}

static void check_network_manager(struct mt_doctor *d, const char *tap)
{
	static const char *const folders[] = { "/etc/NetworkManager", "/etc/NetworkManager/conf.d",
					       "/run/NetworkManager/conf.d",
					       "/usr/lib/NetworkManager/conf.d" };

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (folder_keeps_off(d, folders[i], tap))
			return;
	mt_doctor_found(d, NULL, "NetworkManager runs, and nothing keeps it off %s", tap);
}

void mt_check_network_manager(struct mt_doctor *d)
{
	char path[PATH_MAX];

	if (!access(mt_doctor_path(d, "/run/NetworkManager", path), F_OK))
		each_tap(d, check_network_manager);
}

/* --- systemd-networkd: systemd.network(5) -------------------------------------------------------
 */

struct network {
	bool name, type, other, fits, unmanaged;
};

static void take_line(struct network *n, const char *section, const char *key, const char *value,
		      const char *tap)
{
	if (!strcmp(section, "Link") && !strcmp(key, "Unmanaged")) {
		n->unmanaged = strchr("yt1", *value) && *value;
	} else if (!strcmp(section, "Match") && !strcmp(key, "Name")) {
		n->name = true;
		n->fits = fits_any(value, " \t", tap);
	} else if (!strcmp(section, "Match") && !strcmp(key, "Type")) {
		n->type = true;
		n->other |= !fits_any(value, " \t", "ether");
	} else if (!strcmp(section, "Match") && !strcmp(key, "Kind")) {
		n->other |= !fits_any(value, " \t", "tun");
	} else if (!strcmp(section, "Match")) {
		n->other = true; /* a MAC, a path, a driver: of one machine's card */
	}
}

static struct network read_network(const char *text, const char *tap)
{
	struct network n = { 0 };
	char line[1024], section[32] = "", *eq;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
		eq = strchr(line, '=');
		if (*line == '[') {
			snprintf(section, sizeof section, "%.*s", (int)strcspn(line + 1, "]") & 31,
				 line + 1);
		} else if (eq && !strchr("#;", *line)) {
			*eq = 0;
			take_line(&n, section, line, eq + 1, tap);
		}
	}
	n.fits = !n.other && (n.name ? n.fits : n.type);
	return n;
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(strrchr(*x, '/'), strrchr(*y, '/'));
}

static size_t list_networks(struct mt_doctor *d, const char **files, size_t most)
{
	static const char *const folders[] = { "/etc/systemd/network", "/run/systemd/network",
					       "/usr/local/lib/systemd/network",
					       "/usr/lib/systemd/network" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		char path[PATH_MAX], file[512];
		DIR *dir = opendir(mt_doctor_path(d, folders[i], path));

		for (struct dirent *e; dir && n < most && (e = readdir(dir));) {
			snprintf(file, sizeof file, "%s/%s", folders[i], e->d_name);
			if (!fnmatch("*.network", e->d_name, 0))
				n += (files[n] = mt_pool_copy(d->p, file, strlen(file))) != NULL;
		}
		if (dir)
			closedir(dir);
	}
	qsort(files, n, sizeof *files, by_name);
	return n;
}

/* The first file that fits is the one that counts. */
static void check_networkd(struct mt_doctor *d, const char *tap)
{
	const char *files[256];
	size_t n = list_networks(d, files, 256);

	for (size_t i = 0; i < n; i++) {
		const char *text = mt_doctor_read(d, files[i]);
		struct network net = read_network(text ? text : "", tap);

		if (!net.fits)
			continue;
		if (!net.unmanaged)
			mt_doctor_found(d, NULL, "%s is for %s, too", files[i], tap);
		return;
	}
}

void mt_check_networkd(struct mt_doctor *d)
{
	char path[PATH_MAX];

	if (!access(mt_doctor_path(d, "/run/systemd/netif", path), F_OK))
		each_tap(d, check_networkd);
}
