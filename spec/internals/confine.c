/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confine.c - do one thing in a child, confined or not, and say how the kernel answered
 *
 * evaluator/confine.c is included, under another name than the one linked, so that a stage can be
 * entered alone.
 *
 * A child is made in this order: namespaces of its own (as root), a descriptor of the caller's
 * (LEFT), its identity, what it keeps (struct place), the confinement, the deed, its report.
 */
#include <stdbool.h>
#include <sys/prctl.h>

/* All stages but the last: whether the others are entered is hidden behind it. */
static bool unfiltered;
#define prctl(what, ...)  ((what) == PR_SET_SECCOMP && unfiltered ? 0 : prctl(what, __VA_ARGS__))
#define mt_confine	  confine_wholly
#define mt_confine_zygote confine_zygote
#define mt_confine_spare  confine_spare
#include "evaluator/confine.c"

#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "confine_deeds.h"
#include "evaluator/user.h"

enum { USER = 12345, EVALUATOR = 54321 };

/* --- the child --- */

/* What a spec asks for. */
struct order {
	const char *deed, *as, *stage;
	int keep[8];
	unsigned int keep_n; /* 0: what struct place says */
	pid_t parent;	     /* 0: the real one */
	bool wait;	     /* do not end after the report: somebody looks */
};

/* What a child reports; one that ends without has been killed, or runs another program. */
struct report {
	bool told;
	int deed; /* errno, 0, or -1 for one that is not known */
	struct mt_err confine;
};

static int only(int capability)
{
	struct __user_cap_header_struct self = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct one[_LINUX_CAPABILITY_U32S_3] = { 0 };

	one[0].effective = one[0].permitted = 1U << capability;
	return syscall(SYS_capset, &self, one);
}

static int write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY);
	int r = fd < 0 || write(fd, line, strlen(line)) < 0;

	return close(fd) || r;
}

/* A user namespace that has one id only, 0, and denies setgroups: user_namespaces(7) */
static int enter_user_namespace(void)
{
	char uid[32], gid[32];

	snprintf(uid, sizeof uid, "0 %d 1", geteuid());
	snprintf(gid, sizeof gid, "0 %d 1", getegid());
	return unshare(CLONE_NEWUSER) || write_line("/proc/self/setgroups", "deny") ||
		write_line("/proc/self/uid_map", uid) || write_line("/proc/self/gid_map", gid);
}

static int become(const char *as)
{
	int r = 0;

	if (!strcmp(as, "root"))
		r = setgroups(1, (gid_t[1]){ 0 }); /* a group to lose */
	else if (!strcmp(as, "net_admin"))
		r = only(CAP_NET_ADMIN);
	else if (!strcmp(as, "namespace"))
		r = enter_user_namespace();
	else if (!strcmp(as, "user") && !geteuid())
		r = setgroups(0, NULL) || setresgid(USER, USER, USER) ||
			setresuid(USER, USER, USER);
	return r || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* as after an exec */
}

static int enter(const struct order *o, const struct mt_confine *c, struct mt_err *e)
{
	const char *name = o->stage;
	int r;

	unfiltered = !strcmp(name, "all but calls");
	if (unfiltered || !strcmp(name, "all"))
		return confine_wholly(c, e);
	if (!strcmp(name, "zygote"))
		return confine_zygote(c, e);
	if (!strcmp(name, "spare")) /* both of its filters, in one process */
		return confine_zygote(c, e) ?: confine_spare(c->parent, c->cpu_s, e);
	if (!strcmp(name, "none"))
		return 0;
	if (!strcmp(name, "descriptors"))
		return stage(name, close_others(c->keep, c->keep_n), e);
	if (!strcmp(name, "ids"))
		return stage(name, give_up_ids(c->uid, c->gid), e);
	if (!strcmp(name, "capabilities"))
		return stage(name, drop_capabilities(), e);
	if (!strcmp(name, "limits")) /* which count on the first stage */
		return stage(name, close_others(c->keep, c->keep_n) ?: set_limits(c->cpu_s), e);
	r = gain_nothing(); /* without which the other two need a capability */
	if (!r)
		r = !strcmp(name, "files") ? landlock_deny_all() : CALLS(mt_filter);
	return stage(name, r, e);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void confine_as_ordered(const struct order *o, const struct place *p, struct mt_err *e)
{
	int keep[8] = { p->report, p->ns, p->file, mnl_socket_get_fd(p->netlink) };
	unsigned int n = 4;
	struct mt_confine c = { .keep = keep,
				.parent = o->parent ? o->parent : p->parent,
				.uid = EVALUATOR,
				.gid = EVALUATOR,
				.cpu_s = 1 };

	qsort(keep, n, sizeof *keep, by_number);
	if (o->keep_n) {
		n = o->keep_n;
		memcpy(keep, o->keep, n * sizeof *keep);
	}
	c.keep_n = n;
	enter(o, &c, e);
}

/* Root's children live in namespaces of their own: nothing that they do there is seen outside. */
static int leave_host(void)
{
	if (geteuid())
		return 0;
	return unshare(CLONE_NEWNS | CLONE_NEWNET) ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

static int leave_things(struct place *p)
{
	int fd = open("/dev/zero", O_RDONLY);

	if (fd < 0 || dup2(fd, LEFT) < 0 || close(fd))
		return -1;
	p->file = open("file", O_CREAT | O_RDWR, 0600);
	p->ns = open("/proc/self/ns/net", O_RDONLY);
	p->netlink = mnl_socket_open(NETLINK_ROUTE);
	return p->file < 0 || p->ns < 0 || !p->netlink ||
		mnl_socket_bind(p->netlink, 0, MNL_SOCKET_AUTOPID);
}

static void live(const struct order *o, struct place *p)
{
	struct report report = { .told = true };
	struct itimerval soon = { .it_value.tv_usec = 20000 };
	long r;

	if (chdir(p->dir) || leave_host() || become(o->as) || leave_things(p))
		_exit(99);
	if (!strcmp(o->deed, "take an alarm")) {
		signal(SIGALRM, ring);
		setitimer(ITIMER_REAL, &soon, NULL);
	}
	confine_as_ordered(o, p, &report.confine);
	if (!report.confine.code) {
		r = do_deed(o->deed, p);
		report.deed = r == UNKNOWN ? -1 : r < 0 ? errno : 0;
	}
	r = write(p->report, &report, sizeof report);
	if (o->wait)
		poll(NULL, 0, 5000);
	_exit(r != sizeof report);
}

/* --- for the specs --- */

static const char *word(lua_State *l, int table, const char *name, const char *otherwise)
{
	lua_getfield(l, table, name);
	return luaL_optstring(l, -1, otherwise);
}

/* The order in the table at @table. What it points to stays on Lua's stack. */
static struct order take_order(lua_State *l, int table)
{
	struct order o = {
		.deed = "nothing",
		.as = word(l, table, "as", "root"),
		.stage = word(l, table, "stage", "all"),
	};

	lua_getfield(l, table, "parent");
	o.parent = (pid_t)luaL_optinteger(l, -1, 0);
	if (lua_getfield(l, table, "keep") == LUA_TTABLE)
		for (; o.keep_n < 8; o.keep_n++) {
			if (lua_rawgeti(l, -1, o.keep_n + 1) == LUA_TNIL)
				break;
			o.keep[o.keep_n] = (int)luaL_checkinteger(l, -1);
			lua_pop(l, 1);
		}
	return o;
}

/* A child that carries out @o, and what came of it so far. */
struct child {
	pid_t pid;
	int from; /* its report, then nothing, then its end */
	char dir[32];
	struct report report;
};

static void start(struct child *child, const struct order *o)
{
	struct place p = { .parent = getpid() };
	int ends[2] = { -1, -1 };

	*child = (struct child){ .dir = "/tmp/confine.XXXXXX" };
	if (!mkdtemp(child->dir) || chmod(child->dir, 0777) || pipe(ends))
		perror("confine: start");
	child->pid = fork();
	if (!child->pid) {
		close(ends[0]);
		p.report = ends[1];
		memcpy(p.dir, child->dir, sizeof p.dir);
		live(o, &p);
	}
	close(ends[1]);
	child->from = ends[0];
	child->report.told =
		read(child->from, &child->report, sizeof child->report) == sizeof child->report;
}

/* Its wait status. */
static int finish(struct child *child)
{
	static const char *const left[] = { "file", "new", "sub" };
	int dir = open(child->dir, O_RDONLY | O_DIRECTORY), status = 0;

	waitpid(child->pid, &status, 0);
	close(child->from);
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		unlinkat(dir, left[i], i == 2 ? AT_REMOVEDIR : 0);
	close(dir);
	rmdir(child->dir);
	return status;
}

static const char *verdict(const struct report *r, int status, char *buf, size_t n)
{
	if (WIFSIGNALED(status))
		snprintf(buf, n, "SIG%s", sigabbrev_np(WTERMSIG(status)));
	else if (!r->told)
		snprintf(buf, n, WEXITSTATUS(status) ? "not set up" : "ok"); /* ran a program */
	else if (r->confine.code)
		mt_err_line(&r->confine, buf, n);
	else
		snprintf(buf, n, "%s",
			 r->deed < 0	   ? "no such deed"
				 : r->deed ? mt_errno_name(r->deed)
					   : "ok");
	return buf;
}

/*
 * confine.try(deed, { as =, stage =, keep =, parent = }) -> string
 * "ok", or the name of the error or of the signal that ended it; or what confining failed with
 */
static int l_try(lua_State *l)
{
	struct order o = take_order(l, 2);
	struct child child;
	char buf[512];

	o.deed = luaL_checkstring(l, 1);
	start(&child, &o);
	verdict(&child.report, finish(&child), buf, sizeof buf);
	lua_pushstring(l, buf);
	return 1;
}

static size_t read_proc(pid_t pid, const char *name, char *buf, size_t n)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? 0 : read(fd, buf, n);
	close(fd);
	return got < 0 ? 0 : (size_t)got;
}

/* A line for each open descriptor, "57 /dev/zero"; /proc/PID/fd is for root, proc(5) */
static size_t list_descriptors(pid_t pid, char *buf, size_t n)
{
	char path[64], target[128];
	size_t len = 0;

	for (int fd = 0; fd < 64; fd++) {
		ssize_t got;

		snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
		got = readlink(path, target, sizeof target);
		if (got > 0 && len < n)
			len += snprintf(buf + len, n - len, "%d %.*s\n", fd, (int)got, target);
	}
	return len < n ? len : n;
}

/*
 * confine.look(order) -> status, limits, descriptors, owner
 * what /proc says of a child that has done nothing, and to whom it says its files belong
 */
static int l_look(lua_State *l)
{
	struct order o = take_order(l, 1);
	struct child child;
	struct stat owner = { 0 };
	char status[4096], limits[4096], fds[4096], path[32];
	size_t status_n, limits_n, fds_n;

	o.wait = true;
	start(&child, &o);
	status_n = read_proc(child.pid, "status", status, sizeof status);
	limits_n = read_proc(child.pid, "limits", limits, sizeof limits);
	fds_n = list_descriptors(child.pid, fds, sizeof fds);
	snprintf(path, sizeof path, "/proc/%d/status", child.pid);
	stat(path, &owner);
	kill(child.pid, SIGKILL);
	finish(&child);
	if (!child.report.told || child.report.confine.code)
		return luaL_error(l, "the child was not confined");
	lua_pushlstring(l, status, status_n);
	lua_pushlstring(l, limits, limits_n);
	lua_pushlstring(l, fds, fds_n);
	lua_pushinteger(l, owner.st_uid);
	return 4;
}

/*
 * confine.stop(order) -> whether a child that waits in poll still does, after a stop and SIGCONT
 * Then poll goes on by another system call: restart_syscall(2)
 */
static int l_stop(lua_State *l)
{
	struct order o = take_order(l, 1);
	struct pollfd end = { .events = POLLIN };
	struct child child;
	bool waits;

	o.wait = true;
	start(&child, &o);
	end.fd = syscall(SYS_pidfd_open, child.pid, 0);
	poll(NULL, 0, 20); /* it is in poll by now */
	kill(child.pid, SIGSTOP);
	waitpid(child.pid, NULL, WUNTRACED);
	kill(child.pid, SIGCONT);
	waits = poll(&end, 1, 100) == 0;
	kill(child.pid, SIGKILL);
	close(end.fd);
	finish(&child);
	lua_pushboolean(l, waits);
	return 1;
}

/* A process between: makes the child, hands over its description, and waits for its own end. */
static pid_t start_by_another(struct child *child, const struct order *o)
{
	int ends[2] = { -1, -1 };
	pid_t between;

	if (pipe(ends))
		return -1;
	between = fork();
	if (!between) {
		start(child, o);
		if (write(ends[1], child, sizeof *child) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	if (read(ends[0], child, sizeof *child) != sizeof *child)
		child->pid = -1;
	child->from = -1; /* is the other's */
	close(ends[0]);
	return between;
}

/* confine.orphan(order) -> whether the child ends within half a second of its parent's death */
static int l_orphan(lua_State *l)
{
	struct order o = take_order(l, 1);
	struct child child = { .pid = -1 };
	struct pollfd end = { .events = POLLIN };
	bool ended;
	pid_t between;

	o.wait = true;
	between = start_by_another(&child, &o);
	end.fd = syscall(SYS_pidfd_open, child.pid, 0);
	kill(between, SIGKILL);
	waitpid(between, NULL, 0);
	ended = end.fd >= 0 && poll(&end, 1, 500) == 1;
	if (!ended && child.pid > 0)
		kill(child.pid, SIGKILL);
	if (end.fd >= 0)
		close(end.fd);
	finish(&child);
	if (!child.report.told || child.report.confine.code)
		return luaL_error(l, "the child was not confined");
	lua_pushboolean(l, ended);
	return 1;
}

/* confine.is_root(): root of the host, and not only of a user namespace */
static int l_is_root(lua_State *l)
{
	char map[64] = "";
	bool whole =
		read_proc(getpid(), "uid_map", map, sizeof map - 1) && strstr(map, "4294967295");

	lua_pushboolean(l, whole && geteuid() == 0);
	return 1;
}

/* confine.landlock(): the version of the kernel's, 0 where there is none */
static int l_landlock(lua_State *l)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);

	lua_pushinteger(l, abi < 0 ? 0 : abi);
	return 1;
}

/* confine.user(passwd, subuid) -> uid, gid of the evaluator, by such files */
static int l_user(lua_State *l)
{
	struct mt_user user = mt_evaluator_user(luaL_checkstring(l, 1), luaL_checkstring(l, 2));

	lua_pushinteger(l, user.uid);
	lua_pushinteger(l, user.gid);
	return 2;
}

int luaopen_internals_confine(lua_State *l);
int luaopen_internals_confine(lua_State *l)
{
	static const luaL_Reg functions[] = {
		{ "try", l_try },	{ "stop", l_stop },	  { "look", l_look },
		{ "orphan", l_orphan }, { "is_root", l_is_root }, { "landlock", l_landlock },
		{ "user", l_user },	{ NULL, NULL },
	};

	luaL_newlib(l, functions);
#ifdef MT_SANITIZED
	lua_pushboolean(l, 1);
	lua_setfield(l, -2, "is_sanitized");
#endif
#ifdef __x86_64__
	lua_pushboolean(l, 1);
	lua_setfield(l, -2, "is_x86_64");
#endif
	return 1;
}
