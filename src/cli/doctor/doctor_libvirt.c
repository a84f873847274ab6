/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_libvirt.c - checks of libvirt's hook scripts, and of the daemons that run them */
#include "cli/doctor/doctor.h"
#include "engine/history.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A hook script. libvirt runs hooks/DRIVER, then every executable in hooks/DRIVER.d, of any name:
 * src/util/virhook.c virHookCall() */
struct hook {
	const char *path;      /* below the root */
	bool in_folder;	       /* hooks/DRIVER.d/ */
	bool broken;	       /* a link that leads nowhere */
	bool executable, ours; /* a link to moontap, or a script that calls it */
	time_t since;
};

static bool calls_moontap(const char *file)
{
	char text[65536];
	ssize_t n = 0;
	int fd;

	if (mt_is_moontap(file))
		return true;
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		n = read(fd, text, sizeof text);
		close(fd);
	}
	return n > 0 && memmem(text, (size_t)n, "moontap", 7);
}

/* The file that a hook script's path leads to. A link's target is below the root, too, unless it
 * exists as it is written. */
static void follow(const struct mt_doctor *d, const char *path, char file[static PATH_MAX])
{
	char target[PATH_MAX / 2];
	ssize_t n;

	mt_doctor_path(d, path, file);
	n = readlink(file, target, sizeof target - 1);
	if (n > 0 && *target == '/') {
		target[n] = 0;
		if (access(target, F_OK))
			mt_doctor_path(d, target, file);
	}
}

static struct hook read_hook(const struct mt_doctor *d, const char *path)
{
	struct hook h = { .path = path, .in_folder = strstr(path, ".d/") };
	char file[PATH_MAX], link[PATH_MAX];
	struct stat st;

	follow(d, path, file);
	h.broken = stat(file, &st);
	h.executable = !h.broken && S_ISREG(st.st_mode) && st.st_mode & 0111;
	h.ours = calls_moontap(file);
	if (!lstat(mt_doctor_path(d, path, link), &st))
		h.since = st.st_ctime;
	return h;
}

static void each_hook(struct mt_doctor *d,
		      void (*each)(struct mt_doctor *d, const struct hook *h, void *data),
		      void *data)
{
	static const struct {
		const char *folders[3], *pattern;
	} places[] = {
		{ { "/etc/libvirt/hooks" }, "qemu" },
		{ { "/etc/libvirt/hooks" }, "lxc" },
		{ { "/etc/libvirt/hooks/qemu.d", "/etc/libvirt/hooks/lxc.d" }, "*" },
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const char *const *f = mt_doctor_files(d, places[i].folders, places[i].pattern);

		for (; *f; f++) {
			struct hook h = read_hook(d, *f);

			each(d, &h, data);
		}
	}
}

/* --- ours ------------------------------------------------------------------------------------- */

static void count_ours(struct mt_doctor *d, const struct hook *h, void *data)
{
	(void)d;
	*(int *)data += h->ours;
}

void mt_check_libvirt_hook_installed(struct mt_doctor *d)
{
	int n = 0;

	each_hook(d, count_ours, &n);
	if (!n)
		mt_doctor_found(d, NULL, "nothing in /etc/libvirt/hooks/qemu.d calls moontap");
}

static void check_broken(struct mt_doctor *d, const struct hook *h, void *data)
{
	(void)data;
	if (h->ours && h->broken)
		mt_doctor_found(d, h->path, "%s leads to a program that does not exist", h->path);
}

void mt_check_libvirt_hook_broken(struct mt_doctor *d)
{
	each_hook(d, check_broken, NULL);
}

static void check_executable(struct mt_doctor *d, const struct hook *h, void *data)
{
	(void)data;
	if (h->ours && !h->broken && !h->executable)
		mt_doctor_found(d, h->path, "%s is not executable", h->path);
}

void mt_check_libvirt_hook_executable(struct mt_doctor *d)
{
	each_hook(d, check_executable, NULL);
}

static void check_twice(struct mt_doctor *d, const struct hook *h, void *data)
{
	static const char lxc[] = "/etc/libvirt/hooks/lxc";
	const char **first = data; /* of each driver: qemu, lxc */

	first += !strncmp(h->path, lxc, sizeof lxc - 1);
	if (!h->ours || !h->executable)
		return;
	if (*first)
		mt_doctor_found(d, h->path, "%s calls moontap, and so does %s", h->path, *first);
	else
		*first = h->path;
}

void mt_check_libvirt_hook_twice(struct mt_doctor *d)
{
	const char *first[2] = { NULL };

	each_hook(d, check_twice, first);
}

/* --- others' ---------------------------------------------------------------------------------- */

static bool looks_like_copy(const char *name)
{
	static const char *const endings[] = { "~",	    ".bak",	  ".old",      ".orig",
					       ".save",	    ".rpmsave",	  ".rpmnew",   ".dpkg-old",
					       ".dpkg-new", ".dpkg-dist", ".disabled", ".swp" };
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t len = strlen(endings[i]);

		if (n > len && !strcmp(name + n - len, endings[i]))
			return true;
	}
	return *name == '.';
}

static void check_copy(struct mt_doctor *d, const struct hook *h, void *data)
{
	(void)data;
	if (h->in_folder && h->executable && looks_like_copy(strrchr(h->path, '/') + 1))
		mt_doctor_found(d, h->path, "%s looks like an old copy, and libvirt runs it",
				h->path);
}

void mt_check_libvirt_hook_copies(struct mt_doctor *d)
{
	each_hook(d, check_copy, NULL);
}

/* --- a daemon that has not noticed its first hook script -------------------------------------- */

/* When a process started, in seconds since 1970; 0: there is none. proc(5): /proc/stat btime and
 * /proc/PID/stat field 22. */
static long long start_of(struct mt_doctor *d, int pid)
{
	const char *boot = mt_doctor_read(d, "/proc/stat"), *stat;
	unsigned long long ticks = 0;
	long long booted = 0;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	stat = mt_doctor_read(d, path);
	stat = stat ? strrchr(stat, ')') : NULL;
	boot = boot ? strstr(boot, "btime ") : NULL;
	for (int field = 2; stat && field < 22; field++) {
		stat = strchr(stat, ' ');
		stat += stat != NULL;
	}
	if (!stat || !boot || sscanf(boot, "btime %lld", &booted) != 1 ||
	    sscanf(stat, "%llu", &ticks) != 1)
		return 0;
	return booted + (long long)(ticks / (unsigned long long)sysconf(_SC_CLK_TCK));
}

struct driver {
	const char *name, *folder, *file; /* where its hook scripts are */
	const char *daemons[2];
	time_t first; /* ctime of its oldest hook script; 0: it has none */
};

static void note_age(struct mt_doctor *d, const struct hook *h, void *data)
{
	struct driver *of = data;
	bool its = !strcmp(h->path, of->file) || !strncmp(h->path, of->folder, strlen(of->folder));

	(void)d;
	if (its && h->executable && (!of->first || h->since < of->first))
		of->first = h->since;
}

static bool has_run(struct mt_doctor *d, const char *driver, long long since)
{
	struct mt_history *runs;
	struct mt_err ignored;
	size_t n;

	if (mt_history_list(&d->g, NULL, &d->p, &runs, &n, &ignored))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(runs[i].driver, driver) && mt_operation_known(runs[i].event) &&
		    (long long)(runs[i].at_us / 1000000) >= since)
			return true;
	return false;
}

static bool has_connected(const struct mt_journal *j, const char *driver, long long since)
{
	const struct mt_record *h = &j->header;

	return h->kind && !strcmp(mt_header_text(h, MT_HEADER_DRIVER), driver) &&
		!strcmp(mt_header_text(h, MT_HEADER_BY), "hook") &&
		(long long)h->v[MT_HEADER_SINCE].u >= since;
}

/* Records of runs may have been cleared; journals of connected NICs cannot be. */
static bool has_called(struct mt_doctor *d, const char *driver, long long since)
{
	for (size_t i = 0; i < d->nnics; i++)
		if (has_connected(&d->nics[i].journal, driver, since))
			return true;
	return has_run(d, driver, since);
}

static void check_daemon(struct mt_doctor *d, const struct driver *of, const char *daemon)
{
	char path[64], pid[16];
	const char *text;
	long long start;

	snprintf(path, sizeof path, "/run/%s.pid", daemon);
	text = mt_doctor_read(d, path);
	snprintf(pid, sizeof pid, "%d", text ? atoi(text) : 0);
	start = start_of(d, atoi(pid));
	if (start && of->first > start && !has_called(d, of->name, start))
		mt_doctor_found(d, pid, "%s (%s) was started before any hook script of %s existed",
				daemon, pid, of->name);
}

/* A daemon checks only when it starts and on SIGHUP whether a driver has hook scripts at all:
 * src/util/virhook.c virHookInitialize(). Later it reads the folder at each call. */
void mt_check_libvirt_hook_noticed(struct mt_doctor *d)
{
	struct driver drivers[] = {
		{ "qemu",
		  "/etc/libvirt/hooks/qemu.d/",
		  "/etc/libvirt/hooks/qemu",
		  { "libvirtd", "virtqemud" },
		  0 },
		{ "lxc",
		  "/etc/libvirt/hooks/lxc.d/",
		  "/etc/libvirt/hooks/lxc",
		  { "libvirtd", "virtlxcd" },
		  0 },
	};

	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
		each_hook(d, note_age, &drivers[i]);
		for (size_t k = 0; k < 2; k++)
			check_daemon(d, &drivers[i], drivers[i].daemons[k]);
	}
}
