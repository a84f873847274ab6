/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_others.c - checks of other programs that may be in the way, by their files */
#include "cli/doctor/doctor.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Calls @each for each tap that moontap knows; if it knows none, for vnet0, libvirt's first. */
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

/* In place: without the blanks at both ends. Returns where the text begins. */
static char *trim(char *s)
{
	static const char blanks[] = " \t\r";
	size_t n;

	s += strspn(s, blanks);
	for (n = strlen(s); n && strchr(blanks, s[n - 1]); n--)
		;
	s[n] = 0;
	return s;
}

/* --- NetworkManager: NetworkManager.conf(5), "device list format" ----------------------------- */

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

	mt_doctor_each_line(line, text)
	{
		value = strchr(line, '=');
		if (strncmp(trim(line), "unmanaged-devices", 17) || !value)
			continue;
		for (char *s = strtok_r(value + 1, ";, \t", &save); s;
		     s = strtok_r(NULL, ";, \t", &save))
			if (spec_fits(s, tap))
				return true;
	}
	return false;
}

static void check_network_manager(struct mt_doctor *d, const char *tap)
{
	static const char *const folders[] = { "/etc/NetworkManager", "/etc/NetworkManager/conf.d",
					       "/run/NetworkManager/conf.d",
					       "/usr/lib/NetworkManager/conf.d", NULL };
	const char *const *f = mt_doctor_files(d, folders, "*.conf");

	for (; *f; f++) {
		const char *text = mt_doctor_read(d, *f);

		if (text && keeps_off(text, tap))
			return;
	}
	mt_doctor_found(d, tap, "NetworkManager runs, and is not told to leave %s alone", tap);
}

void mt_check_network_manager(struct mt_doctor *d)
{
	if (mt_doctor_is_there(d, "/run/NetworkManager"))
		each_tap(d, check_network_manager);
}

/* --- systemd-networkd: systemd.network(5) ----------------------------------------------------- */

/* Whether a name matches one of several patterns; with a ! before the first: none of them. */
static bool fits_any(const char *patterns, const char *name)
{
	bool except = *patterns == '!', any = false;
	char copy[1024], *save = NULL;

	snprintf(copy, sizeof copy, "%s", patterns + except);
	for (char *p = strtok_r(copy, " \t", &save); p; p = strtok_r(NULL, " \t", &save))
		any |= !fnmatch(p, name, 0);
	return any != except;
}

/* src/basic/parse-util.c parse_boolean() */
static bool is_true(const char *value)
{
	static const char *const words[] = { "1", "yes", "y", "true", "t", "on" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcasecmp(value, words[i]))
			return true;
	return false;
}

struct network {
	bool name, type, other, fits, unmanaged;
};

static void take_line(struct network *n, const char *section, const char *key, const char *value,
		      const char *tap)
{
	if (!strcmp(section, "Link") && !strcmp(key, "Unmanaged")) {
		n->unmanaged = is_true(value);
	} else if (!strcmp(section, "Match") && !strcmp(key, "Name")) {
		n->name = true;
		n->fits = fits_any(value, tap);
	} else if (!strcmp(section, "Match") && !strcmp(key, "Type")) {
		n->type = true;
		n->other |= !fits_any(value, "ether");
	} else if (!strcmp(section, "Match") && !strcmp(key, "Kind")) {
		n->other |= !fits_any(value, "tun");
	} else if (!strcmp(section, "Match")) {
		n->other = true; /* a MAC, a path, a driver: of a network card */
	}
}

static struct network read_network(const char *text, const char *tap)
{
	struct network n = { 0 };
	char line[1024], section[32] = "", *key, *eq;

	mt_doctor_each_line(line, text)
	{
		key = trim(line);
		eq = strchr(key, '=');
		if (*key == '[') {
			snprintf(section, sizeof section, "%.*s", (int)strcspn(key + 1, "]"),
				 key + 1);
		} else if (eq && !strchr("#;", *key)) {
			*eq = 0;
			take_line(&n, section, trim(key), trim(eq + 1), tap);
		}
	}
	n.fits = !n.other && (n.name ? n.fits : n.type);
	return n;
}

/* networkd uses only the first file that matches. */
static void check_networkd(struct mt_doctor *d, const char *tap)
{
	static const char *const folders[] = { "/etc/systemd/network", "/run/systemd/network",
					       "/usr/local/lib/systemd/network",
					       "/usr/lib/systemd/network", NULL };
	const char *const *f = mt_doctor_files(d, folders, "*.network");

	for (; *f; f++) {
		const char *text = mt_doctor_read(d, *f);
		struct network net = read_network(text ? text : "", tap);

		if (!net.fits)
			continue;
		if (!net.unmanaged)
			mt_doctor_found(d, tap, "%s applies to %s, too", *f, tap);
		return;
	}
}

void mt_check_networkd(struct mt_doctor *d)
{
	if (mt_doctor_is_there(d, "/run/systemd/netif"))
		each_tap(d, check_networkd);
}

/* --- AppArmor, SELinux ------------------------------------------------------------------------ */

void mt_check_confined(struct mt_doctor *d)
{
	static const char *const places[] = { "/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/",
					      "/etc/libvirt/hooks/" };
	const char *profiles = mt_doctor_read(d, "/sys/kernel/security/apparmor/profiles");
	const char *local = mt_doctor_read(d, "/etc/apparmor.d/local/usr.sbin.libvirtd");
	const char *libvirt = profiles ? strstr(profiles, "libvirtd (enforce)") : NULL;
	char program[PATH_MAX], both[PATH_MAX + 16];

	if (!libvirt || !realpath("/proc/self/exe", program) || (local && strstr(local, program)))
		return;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (!strncmp(program, places[i], strlen(places[i])))
			return;
	snprintf(both, sizeof both, "%s" MT_PROGRAMS, program);
	mt_doctor_found(d, both, "libvirtd is confined, and %s may not be executed by it", program);
}

static bool is_denial(const char *line)
{
	return (strstr(line, "apparmor=\"DENIED\"") || strstr(line, "avc:  denied")) &&
		(strstr(line, "moontap") || strstr(line, "libvirt/hooks") ||
		 strstr(line, "qemu-ifup"));
}

static void check_log(struct mt_doctor *d, const char *log)
{
	const char *text = mt_doctor_read(d, log);
	char line[1024], last[300] = "";
	unsigned n = 0;

	mt_doctor_each_line(line, text ? text : "") if (is_denial(line))
	{
		n++;
		snprintf(last, sizeof last, "%.299s", line);
	}
	if (n)
		mt_doctor_found(d, NULL, "%s, %u times, last: %s", log, n, last);
}

void mt_check_denials(struct mt_doctor *d)
{
	check_log(d, "/var/log/audit/audit.log");
	check_log(d, "/var/log/kern.log");
	check_log(d, "/var/log/syslog");
}
