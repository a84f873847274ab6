/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_files.c - checks of files: the policy, libvirt's hooks, what confines them */
#include "cli/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the policy ------------------------------------------------------------------------------- */

void mt_check_policy_missing(struct mt_doctor *d)
{
	const char *policy = d->g->o.policy;

	if (access(policy, F_OK) && errno == ENOENT)
		mt_doctor_found(d, NULL, "there is no %s", policy);
}

/* As the evaluator looks at it: engine/evaluator_file.c. */
static const char *wrong_with(const char *file, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is no file";
	if (st->st_uid && st->st_uid != geteuid())
		return "belongs neither to root nor to who runs moontap";
	if (st->st_mode & 022)
		return "may be written by others";
	return access(file, R_OK) ? strerror(errno) : NULL;
}

static void check_owner(struct mt_doctor *d, const char *file)
{
	struct stat st;
	const char *wrong;

	if (stat(file, &st))
		return;
	wrong = wrong_with(file, &st);
	if (wrong)
		mt_doctor_found(d, NULL, "%s %s (uid %u, mode %04o)", file, wrong,
				(unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
}

/* Calls @each for the files of a folder below the root, sorted. */
static void each_file(struct mt_doctor *d, const char *folder,
		      void (*each)(struct mt_doctor *d, const char *path))
{
	struct dirent **names;
	char path[PATH_MAX], file[2 * PATH_MAX];
	int n = scandir(mt_doctor_path(d, folder, path), &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
		if (strcmp(names[i]->d_name, ".") && strcmp(names[i]->d_name, ".."))
			each(d, file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

void mt_check_policy_file(struct mt_doctor *d)
{
	check_owner(d, d->g->o.policy);
	each_file(d, "/etc/moontap/hooks", check_owner);
}

void mt_check_policy_loads(struct mt_doctor *d)
{
	char line[sizeof d->policy_error];
	struct stat st;

	if (d->policy_error.code && !stat(d->g->o.policy, &st) && !wrong_with(d->g->o.policy, &st))
		mt_doctor_found(d, NULL, "%s", mt_err_line(&d->policy_error, line, sizeof line));
}

/* --- libvirt's hooks -------------------------------------------------------------------------- */

#define HOOKS "/etc/libvirt/hooks"

/* A link's target is below the root, too. */
static bool find_target(const struct mt_doctor *d, const char *path, char target[static PATH_MAX])
{
	char link[PATH_MAX / 2];
	ssize_t n = readlink(path, link, sizeof link - 1);
	const char *slash = strrchr(path, '/');

	snprintf(target, PATH_MAX, "%s", path);
	if (n < 0)
		return true;
	link[n] = 0;
	if (*link == '/')
		snprintf(target, PATH_MAX, "%s%s", access(link, F_OK) ? d->root : "", link);
	else
		snprintf(target, PATH_MAX, "%.*s/%s", (int)((slash - path) % 2000), path, link);
	return !access(target, F_OK);
}

/* A link to moontap, or a script that calls it. */
static bool is_moontap(const struct mt_doctor *d, const char *path)
{
	char target[PATH_MAX], text[65536];
	const char *name;
	ssize_t n = 0;
	int fd;

	find_target(d, path, target);
	name = strrchr(target, '/');
	if (name && !strcmp(name, "/moontap"))
		return true;
	fd = open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		n = read(fd, text, sizeof text);
		close(fd);
	}
	return n > 0 && memmem(text, (size_t)n, "moontap", 7);
}

static bool is_executable(const struct mt_doctor *d, const char *path)
{
	char target[PATH_MAX];
	struct stat st;

	return find_target(d, path, target) && !stat(target, &st) && S_ISREG(st.st_mode) &&
		st.st_mode & 0111;
}

static void each_hook(struct mt_doctor *d, void (*each)(struct mt_doctor *d, const char *path))
{
	static const char *const drivers[] = { "qemu", "lxc" };
	char path[PATH_MAX], folder[64];

	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
		snprintf(folder, sizeof folder, HOOKS "/%s", drivers[i]);
		if (!access(mt_doctor_path(d, folder, path), F_OK))
			each(d, path);
		snprintf(folder, sizeof folder, HOOKS "/%s.d", drivers[i]);
		each_file(d, folder, each);
	}
}

static void count_ours(struct mt_doctor *d, const char *path)
{
	d->tally += is_moontap(d, path);
}

void mt_check_hook_installed(struct mt_doctor *d)
{
	d->tally = 0;
	each_hook(d, count_ours);
	if (!d->tally)
		mt_doctor_found(d, NULL, "nothing in %s/qemu.d calls moontap", HOOKS);
}

static void check_executable(struct mt_doctor *d, const char *path)
{
	char target[PATH_MAX];

	if (!is_moontap(d, path))
		return;
	if (!find_target(d, path, target))
		mt_doctor_found(d, "moontap install-hook, after moontap is where it shall stay",
				"%s leads to %s, which is not there", path, target);
	else if (!is_executable(d, path))
		mt_doctor_found(d, NULL, "%s is not executable", path);
}

void mt_check_hook_executable(struct mt_doctor *d)
{
	each_hook(d, check_executable);
}

static const char *ending_of_copies(const char *name)
{
	static const char *const endings[] = { "~",	    ".bak",	  ".old",      ".orig",
					       ".save",	    ".rpmsave",	  ".rpmnew",   ".dpkg-old",
					       ".dpkg-new", ".dpkg-dist", ".disabled", ".swp" };
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t len = strlen(endings[i]);

		if (n > len && !strcmp(name + n - len, endings[i]))
			return endings[i];
	}
	return *name == '.' ? "." : NULL;
}

static void check_stray(struct mt_doctor *d, const char *path)
{
	const char *slash = strrchr(path, '/');
	bool folder = slash - path > 2 && !strncmp(slash - 2, ".d", 2);

	if (!folder || !is_executable(d, path))
		return;
	d->tally += is_moontap(d, path);
	if (ending_of_copies(slash + 1))
		mt_doctor_found(d, NULL, "%s looks like an old copy, and libvirt runs it", path);
	else if (is_moontap(d, path) && d->tally > 1)
		mt_doctor_found(d, NULL, "%s calls moontap, too", path);
}

void mt_check_hook_strays(struct mt_doctor *d)
{
	d->tally = 0;
	each_hook(d, check_stray);
}

/* --- a daemon that has not looked yet --------------------------------------------------------- */

/* Seconds since 1970: proc(5), /proc/stat btime and /proc/PID/stat field 22. */
static long long start_of(struct mt_doctor *d, int pid)
{
	char path[64];
	const char *stat, *boot = mt_doctor_read(d, "/proc/stat");
	unsigned long long ticks = 0;
	long long booted = 0;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	stat = mt_doctor_read(d, path);
	stat = stat ? strrchr(stat, ')') : NULL;
	boot = boot ? strstr(boot, "btime ") : NULL;
	if (!stat || !boot || sscanf(boot, "btime %lld", &booted) != 1 ||
	    sscanf(stat,
		   ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		   "%*s %llu",
		   &ticks) != 1)
		return 0;
	return booted + (long long)(ticks / (unsigned long long)sysconf(_SC_CLK_TCK));
}

static void note_age(struct mt_doctor *d, const char *path)
{
	struct stat st;

	if (is_executable(d, path) && !lstat(path, &st) && (!d->tally || st.st_ctime < d->tally))
		d->tally = st.st_ctime;
}

void mt_check_hook_noticed(struct mt_doctor *d)
{
	static const char *const daemons[] = { "libvirtd", "virtqemud", "virtlxcd" };

	d->tally = 0;
	each_hook(d, note_age);
	for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++) {
		char path[64];
		const char *text;
		long long start;
		int pid;

		snprintf(path, sizeof path, "/run/%s.pid", daemons[i]);
		text = mt_doctor_read(d, path);
		pid = text ? atoi(text) : 0;
		start = pid > 0 ? start_of(d, pid) : 0;
		if (start && d->tally > start)
			mt_doctor_found(d, NULL, "%s (%d) was started before there was any hook",
					daemons[i], pid);
	}
}

/* --- confinement ------------------------------------------------------------------------------ */

void mt_check_confined(struct mt_doctor *d)
{
	static const char *const places[] = { "/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/",
					      HOOKS "/" };
	const char *profiles = mt_doctor_read(d, "/sys/kernel/security/apparmor/profiles");
	const char *local = mt_doctor_read(d, "/etc/apparmor.d/local/usr.sbin.libvirtd");
	const char *libvirt = profiles ? strstr(profiles, "libvirtd (enforce)") : NULL;
	char program[PATH_MAX];

	if (!libvirt || !realpath("/proc/self/exe", program) || (local && strstr(local, program)))
		return;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (!strncmp(program, places[i], strlen(places[i])))
			return;
	mt_doctor_found(d, NULL, "libvirtd is confined, and %s is in none of its places", program);
}

static bool is_denial(const char *line)
{
	return (strstr(line, "apparmor=\"DENIED\"") || strstr(line, "avc:  denied")) &&
		(strstr(line, "moontap") || strstr(line, "libvirt/hooks") ||
		 strstr(line, "qemu-ifup"));
}

void mt_check_denials(struct mt_doctor *d)
{
	static const char *const logs[] = { "/var/log/audit/audit.log", "/var/log/kern.log",
					    "/var/log/syslog" };

	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		char path[PATH_MAX], line[4096], last[300] = "";
		FILE *f = fopen(mt_doctor_path(d, logs[i], path), "re");
		unsigned n = 0;

		if (f)
			fseek(f, -262144, SEEK_END); /* fails, to no harm, where it is shorter */
		while (f && fgets(line, sizeof line, f))
			if (is_denial(line)) {
				n++;
				snprintf(last, sizeof last, "%.*s", (int)strcspn(line, "\n"), line);
			}
		if (f)
			fclose(f);
		if (n)
			mt_doctor_found(d, NULL, "%s: %u times, last: %s", logs[i], n, last);
	}
}
