/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* install.c - create and delete the link by which libvirt finds moontap */
#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct hook {
	const char *driver, *root;
	char moontap[PATH_MAX]; /* this program */
	char program[PATH_MAX]; /* as libvirt will call it: without the root */
	char folder[PATH_MAX + 64], link[PATH_MAX + 80];
};

bool mt_is_moontap(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && (!strcmp(slash, "/moontap") || !strcmp(slash, "/" MT_CLIENT));
}

/* libvirt calls the client, which is beside this program: it has the event done by moontapd where
 * that runs, and else becomes this program. */
static void take_client(char program[static PATH_MAX])
{
	char client[PATH_MAX + sizeof MT_CLIENT], *slash = strrchr(program, '/');

	snprintf(client, sizeof client, "%.*s/" MT_CLIENT, (int)(slash - program), program);
	if (!access(client, X_OK) && strlen(client) < PATH_MAX)
		strcpy(program, client);
}

static void leave_root(char path[static PATH_MAX], const char *root)
{
	size_t n = strlen(root);

	if (n && !strncmp(path, root, n) && path[n] == '/')
		memmove(path, path + n, strlen(path + n) + 1);
}

static int find_hook(struct mt_cli *c, struct hook *h)
{
	*h = (struct hook){ .driver = c->driver ? c->driver : "qemu",
			    .root = c->root ? c->root : "" };
	if (strcmp(h->driver, "qemu") && strcmp(h->driver, "lxc"))
		return mt_cli_usage(c, "--driver is qemu or lxc, not '%s'", h->driver);
	if (!realpath("/proc/self/exe", h->program))
		strcpy(h->program, MOONTAP_PREFIX "/bin/moontap");
	strcpy(h->moontap, h->program);
	take_client(h->program);
	leave_root(h->program, h->root);
	leave_root(h->moontap, h->root);
	snprintf(h->folder, sizeof h->folder, "%.4000s/etc/libvirt/hooks/%s.d", h->root, h->driver);
	snprintf(h->link, sizeof h->link, "%s/moontap", h->folder);
	return 0;
}

/* Return: 1: the link leads to a moontap, whose path is in @target; 0: there is no link; -EEXIST:
 * something else has its name; or another -errno. */
static int look(const struct hook *h, char target[static PATH_MAX], struct mt_err *e)
{
	ssize_t n = readlink(h->link, target, PATH_MAX - 1);

	if (n < 0 && errno == ENOENT)
		return 0;
	if (n < 0 && errno != EINVAL)
		return mt_fail(e, errno, "hook", h->link, NULL);
	target[n < 0 ? 0 : n] = 0;
	if (mt_is_moontap(target))
		return 1;
	return mt_fail(e, EEXIST, "hook", h->link, "something else has this name; left as it is");
}

static int make_folders(const char *path, struct mt_err *e)
{
	char part[PATH_MAX + 64];

	for (const char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", slash ? (int)(slash - path) : PATH_MAX, path);
		if (mkdir(part, 0755) ? errno != EEXIST : chmod(part, 0755))
			return mt_fail(e, errno, "hook", part, NULL);
		if (!slash)
			return 0;
	}
}

/* Create the link atomically, also in place of one to another moontap. */
static int make_link(const struct hook *h, struct mt_err *e)
{
	char new[sizeof h->link + 24];

	snprintf(new, sizeof new, "%s/.moontap-%d", h->folder, (int)getpid());
	if (symlink(h->program, new))
		return mt_fail(e, errno, "hook", new, NULL);
	if (!rename(new, h->link))
		return 0;
	mt_fail(e, errno, "hook", h->link, NULL);
	unlink(new);
	return -e->code;
}

/* The process number of the daemon that serves the driver; 0: none runs. */
static int daemon_of(const struct hook *h)
{
	const char *const names[] = { "libvirtd", h->driver[0] == 'l' ? "virtlxcd" : "virtqemud" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int pid = 0;
		FILE *f;

		snprintf(path, sizeof path, "%.4000s/run/%s.pid", h->root, names[i]);
		f = fopen(path, "re");
		if (f && fscanf(f, "%d", &pid) != 1)
			pid = 0;
		if (f)
			fclose(f);
		snprintf(path, sizeof path, "/proc/%d", pid);
		if (pid > 0 && !access(path, F_OK))
			return pid;
	}
	return 0;
}

/* libvirt notices a driver's first hook script only when it starts and on SIGHUP:
 * src/util/virhook.c virHookInitialize(). Later it reads the folder at each call. */
static void say_what_else(const struct hook *h)
{
	int pid = daemon_of(h);

	if (pid)
		printf("libvirt looks for a driver's first hook script when it starts, and on "
		       "SIGHUP: kill -HUP %d\n",
		       pid);
	else
		printf("libvirt does not run: it finds the link when it starts\n");
	if (strncmp(h->program, "/usr/bin/", 9) && strncmp(h->program, "/usr/sbin/", 10))
		printf("where AppArmor confines libvirt, add this line to "
		       "/etc/apparmor.d/local/usr.sbin.libvirtd:\n  %s" MT_PROGRAMS " PUx,\n",
		       h->moontap);
}

int mt_command_install_hook(struct mt_cli *c)
{
	char target[PATH_MAX];
	struct hook h;
	struct mt_err e;
	int status = find_hook(c, &h), there = status ? 0 : look(&h, target, &e);

	if (status)
		return status;
	if (there < 0)
		return mt_cli_error(c, NULL, &e);
	if (there && !strcmp(target, h.program)) {
		printf("%s exists already\n", h.link);
		return 0;
	}
	if (make_folders(h.folder, &e) || make_link(&h, &e))
		return mt_cli_error(c, NULL, &e);
	printf("%s -> %s\n", h.link, h.program);
	say_what_else(&h);
	return 0;
}

int mt_command_uninstall_hook(struct mt_cli *c)
{
	char target[PATH_MAX];
	struct hook h;
	struct mt_err e;
	int status = find_hook(c, &h), there = status ? 0 : look(&h, target, &e);

	if (status)
		return status;
	if (there > 0 && unlink(h.link) && errno != ENOENT)
		there = mt_fail(&e, errno, "hook", h.link, NULL);
	if (there < 0)
		return mt_cli_error(c, NULL, &e);
	printf(there ? "%s deleted; libvirt needs no restart\n" : "%s does not exist\n", h.link);
	return 0;
}
