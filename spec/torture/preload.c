/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * preload.c - between the program, as it is installed, and libc: the n-th call fails, or is its
 * last
 *
 * LD_PRELOADed by spec/torture/torture.lua. TORTURE is "FILE WHO WHAT N FAULT":
 *
 *   FILE    where the counts are shown: struct report, as it stands in memory
 *   WHO     parent, or child: the evaluator, which is a fork; or the name of a fork: moontapd-watch
 *   WHAT    request   asks the kernel to look or to change: netlink, ioctl of a tap
 *           change    of these those that change
 *           state     changes the state directory: write, truncate, rename, unlink, mkdir, symlink, creation
 *           write     of these each write
 *           database  talks to Open vSwitch's database: connect, send, recv
 *           message   of these each send
 *           crossing  request, state or database
 *           memory    malloc, calloc, realloc
 *   N       which of them, counted from 1; 0: none, only count
 *   FAULT   an errno value: it fails, undone; and of crossings
 *           lost      it is done, and its answer is lost: ENOBUFS, as when a socket overruns
 *           silent    it is done, and no answer comes: ETIMEDOUT
 *           before, after, torn     SIGKILL: before it, after it, or in the midst of a write or send
 *           always-E  with an errno value E: this one and all that follow
 *           slow-MS   all of them take so many milliseconds, whatever N is
 *           kill-P    before it P is killed: parent; zygote: its first child; spares, that child's
 *                     children; or ahead, the children of its parent's first child
 *           kill-PID, stop-PID      before it, SIGKILL or SIGSTOP to that process
 */
#include "torture/preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

enum what {
	QUESTION = 1,
	CHANGE = 2,
	WRITE = 4,
	OTHER_STATE = 8,
	MEMORY = 16,
	MESSAGE = 32,
	OTHER_DATABASE = 64,
	REQUEST = QUESTION | CHANGE,
	STATE = WRITE | OTHER_STATE,
	DATABASE = MESSAGE | OTHER_DATABASE
};
enum answer { COMES, LOST, SILENT };

/* Shared with whoever watches; outlives a SIGKILL. */
struct report {
	uint32_t counts[7]; /* of calls, by enum what's bits */
	uint32_t count;	    /* of calls that were meant */
	uint32_t fired;	    /* whether the N-th was reached */
	char where[56];	    /* which call it was */
};

static struct report none, *report = &none;
static struct {
	unsigned what, nth;
	int code;
	int child, always, slow_ms;
	int signal, pid; /* of another process */
	char who[16], fault[16];
} plan;
static int armed, is_child;
static enum answer answer;

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static const struct {
	const char *word;
	unsigned what;
} whats[] = {
	{ "request", REQUEST },	  { "change", CHANGE },	  { "state", STATE },	{ "write", WRITE },
	{ "database", DATABASE }, { "message", MESSAGE }, { "memory", MEMORY },
};

static unsigned what_of(const char *word)
{
	for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
		if (!strcmp(word, whats[i].word))
			return whats[i].what;
	return REQUEST | STATE | DATABASE;
}

void torture_begin(const char *words)
{
	char file[256], what[16];
	int fd;

	if (!words ||
	    sscanf(words, "%255s %15s %15s %u %15s", file, plan.who, what, &plan.nth, plan.fault) !=
		    5)
		return;
	plan.child = strcmp(plan.who, "parent") != 0;
	plan.what = what_of(what);
	plan.always = !strncmp(plan.fault, "always-", 7);
	plan.slow_ms = !strncmp(plan.fault, "slow-", 5) ? atoi(plan.fault + 5) : 0;
	plan.pid = strlen(plan.fault) > 5 ? atoi(plan.fault + 5) : 0;
	plan.signal = !strncmp(plan.fault, "stop-", 5) ? SIGSTOP : SIGKILL;
	plan.code = atoi(plan.fault + (plan.always ? 7 : 0));
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof *report))
		abort();
	report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (report == MAP_FAILED)
		abort();
	armed = 1;
}

__attribute__((constructor)) static void begin(void)
{
	torture_begin(getenv("TORTURE"));
}

/* A program that counts its lines says so when it has ended: what follows is not its own. */
__attribute__((visibility("default"))) void torture_over(void);
void torture_over(void)
{
	armed = 0;
}

/* Whether the calls of this process are counted. */
static int is_counted(void)
{
	char name[16] = "";

	if (!armed || plan.child != is_child)
		return 0;
	return !is_child || !strcmp(plan.who, "child") ||
		(!prctl(PR_GET_NAME, name) && !strcmp(plan.who, name));
}

/* Whether this call is the one. */
static int is_meant(enum what what, const char *where)
{
	if (!is_counted())
		return 0;
	report->counts[__builtin_ctz(what)]++;
	if (!(plan.what & what))
		return 0;
	if (plan.slow_ms)
		usleep((useconds_t)plan.slow_ms * 1000);
	if (++report->count != plan.nth && !(plan.always && report->count > plan.nth))
		return 0;
	if (!report->fired)
		strncpy(report->where, where, sizeof report->where - 1);
	report->fired = 1;
	return 1;
}

static void die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* The children of a process, with an end of 0; most have fewer than there is room for. */
static void children_of(int pid, int children[static 64])
{
	char path[64], list[512] = "", *p = list;
	int fd, n = 0;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, list, sizeof list - 1) < 0)
		abort();
	close(fd);
	do
		children[n] = (int)strtol(p, &p, 10);
	while (children[n] && ++n < 63);
	children[n] = 0;
}

static void kill_children(int pid)
{
	int children[64];

	if (!pid) /* not there */
		return;
	children_of(pid, children);
	for (int *child = children; *child; child++)
		kill(*child, SIGKILL);
}

static int first_child(int pid)
{
	int children[64];

	children_of(pid, children);
	return children[0];
}

static void kill_others(const char *which)
{
	if (!strcmp(which, "parent"))
		kill(getppid(), SIGKILL);
	else if (!strcmp(which, "zygote"))
		kill_children(getpid());
	else
		kill_children(first_child(!strcmp(which, "ahead") ? getppid() : getpid()));
}

#define REAL(NAME, RESULT, ...)             \
	static RESULT (*real)(__VA_ARGS__); \
	if (!real)                          \
	real = (RESULT(*)(__VA_ARGS__))dlsym(RTLD_NEXT, NAME)

static int real_poll(struct pollfd *p, nfds_t n, int ms)
{
	REAL("poll", int, struct pollfd *, nfds_t, int);

	return real(p, n, ms);
}

/* One that is killed is gone afterwards: its sockets are closed. */
static void signal_other(void)
{
	struct pollfd p = { .events = POLLIN };

	p.fd = (int)syscall(SYS_pidfd_open, plan.pid, 0);
	if (p.fd < 0)
		return;
	kill(plan.pid, plan.signal);
	if (plan.signal == SIGKILL)
		real_poll(&p, 1, -1);
	close(p.fd);
}

/* What happens at a crossing. Return: 1: it fails with errno, undone; 0: it is done. */
static int before(int meant)
{
	if (!meant)
		return 0;
	if (!strcmp(plan.fault, "before") || !strcmp(plan.fault, "torn"))
		die();
	if (!strncmp(plan.fault, "stop-", 5) || (!strncmp(plan.fault, "kill-", 5) && plan.pid))
		signal_other();
	else if (!strncmp(plan.fault, "kill-", 5))
		kill_others(plan.fault + 5);
	if (plan.code)
		errno = plan.code;
	return plan.code != 0;
}

static void after(int meant)
{
	int code = errno;

	if (meant && !strcmp(plan.fault, "after"))
		die();
	errno = code;
}

pid_t fork(void)
{
	REAL("fork", pid_t, void);
	pid_t pid = real();

	if (pid == 0)
		is_child = 1;
	return pid;
}

/* --- requests to the kernel ------------------------------------------------------------------- */

static void swallow(int fd)
{
	char buf[65536];
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, 0) > 0 && read(fd, buf, sizeof buf) > 0)
		;
}

static enum answer answer_to(int meant)
{
	return !meant				? COMES
		: !strcmp(plan.fault, "lost")	? LOST
		: !strcmp(plan.fault, "silent") ? SILENT
						: COMES;
}

/* Of each four types the third is the question: linux/rtnetlink.h; of nftables', of each three the
 * second: linux/netfilter/nf_tables.h; of generic netlink the two that moontap asks. */
static int is_question(int fd, const struct nlmsghdr *h)
{
	unsigned type = h->nlmsg_type;
	socklen_t n = sizeof(int);
	int bus = NETLINK_ROUTE;

	getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &bus, &n);
	if (bus == NETLINK_GENERIC) {
		const struct genlmsghdr *g = NLMSG_DATA(h);

		return g->cmd == CTRL_CMD_GETFAMILY || g->cmd == ETHTOOL_MSG_FEATURES_GET;
	}
	return type >> 8 == NFNL_SUBSYS_NFTABLES ? type % 256 % 3 == 1 : type % 4 == 2;
}

ssize_t sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *to,
	       socklen_t size)
{
	REAL("sendto", ssize_t, int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	const struct nlmsghdr *h = buf;
	char where[40];
	int meant;
	ssize_t got;

	if (!to || to->sa_family != AF_NETLINK)
		return real(fd, buf, n, flags, to, size);
	snprintf(where, sizeof where, "netlink %d", h->nlmsg_type);
	meant = is_meant(is_question(fd, h) ? QUESTION : CHANGE, where);
	if (before(meant))
		return -1;
	got = real(fd, buf, n, flags, to, size);
	answer = answer_to(meant);
	if (answer)
		swallow(fd);
	after(meant);
	return got;
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	REAL("recvmsg", ssize_t, int, struct msghdr *, int);

	if (answer == COMES)
		return real(fd, m, flags);
	errno = answer == LOST ? ENOBUFS : EAGAIN;
	if (answer == LOST)
		answer = COMES;
	return -1;
}

int poll(struct pollfd *p, nfds_t n, int ms)
{
	if (answer != SILENT || !ms)
		return real_poll(p, n, ms);
	answer = COMES;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	REAL("ioctl", int, int, unsigned long, void *);
	char where[40];
	va_list ap;
	void *arg;
	int meant, err;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (_IOC_TYPE(request) != 'T' || _IOC_NR(request) < 200) /* not a tap's */
		return real(fd, request, arg);
	snprintf(where, sizeof where, "ioctl %lu", _IOC_NR(request));
	meant = is_meant(CHANGE, where);
	if (before(meant))
		return -1;
	err = real(fd, request, arg);
	if (meant && (!strcmp(plan.fault, "lost") || !strcmp(plan.fault, "silent"))) {
		errno = ETIMEDOUT;
		err = -1;
	}
	after(meant);
	return err;
}

/* --- messages to a database ------------------------------------------------------------------- */

static int is_to_database(const struct sockaddr *to)
{
	const char *path =
		to->sa_family == AF_UNIX ? ((const struct sockaddr_un *)to)->sun_path : "";
	const char *name = strrchr(path, '/');

	return name && !strcmp(name, "/db.sock");
}

static int is_database(int fd)
{
	struct sockaddr_un to = { 0 };
	socklen_t size = sizeof to - 1;

	return is_counted() && !getpeername(fd, (struct sockaddr *)&to, &size) &&
		is_to_database((struct sockaddr *)&to);
}

int connect(int fd, const struct sockaddr *to, socklen_t size)
{
	REAL("connect", int, int, const struct sockaddr *, socklen_t);
	int meant = is_to_database(to) && is_meant(OTHER_DATABASE, "connect"), err;

	if (before(meant))
		return -1;
	err = real(fd, to, size);
	after(meant);
	return err;
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	REAL("send", ssize_t, int, const void *, size_t, int);
	int meant = is_database(fd) && is_meant(MESSAGE, "send");
	ssize_t got;

	if (meant && !strcmp(plan.fault, "torn")) {
		got = real(fd, buf, n / 2, flags);
		(void)got;
	}
	if (before(meant))
		return -1;
	got = real(fd, buf, n, flags);
	answer = answer_to(meant);
	after(meant);
	return got;
}

/* An answer that is lost came, and the connection ended before it was read. */
static ssize_t lose(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	real_poll(&p, 1, -1);
	shutdown(fd, SHUT_RDWR);
	swallow(fd);
	answer = COMES;
	return 0;
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
	REAL("recv", ssize_t, int, void *, size_t, int);
	int meant, is_asked = is_database(fd);
	ssize_t got;

	if (is_asked && answer == LOST)
		return lose(fd);
	if (is_asked && answer == SILENT) {
		errno = EAGAIN;
		return -1;
	}
	meant = is_asked && is_meant(OTHER_DATABASE, "recv");
	if (before(meant))
		return -1;
	got = real(fd, buf, n, flags);
	after(meant);
	return got;
}

/* --- the state directory ---------------------------------------------------------------------- */

static int is_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && fd > STDERR_FILENO;
}

ssize_t write(int fd, const void *buf, size_t n)
{
	REAL("write", ssize_t, int, const void *, size_t);
	int meant;
	ssize_t got;

	if (!is_counted() || (!is_child && !is_file(fd)))
		return real(fd, buf, n);
	meant = is_meant(WRITE, "write");
	if (meant && !strcmp(plan.fault, "torn")) {
		got = real(fd, buf, n / 2);
		(void)got;
	}
	if (before(meant)) /* a full disk takes what still fits */
		return plan.code == ENOSPC && n > 1 ? real(fd, buf, n / 2) : -1;
	got = real(fd, buf, n);
	after(meant);
	return got;
}

int openat(int dir, const char *path, int flags, ...)
{
	REAL("openat", int, int, const char *, int, mode_t);
	va_list ap;
	mode_t mode;
	int meant, fd;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	meant = flags & O_CREAT ? is_meant(OTHER_STATE, "create") : 0;
	if (before(meant))
		return -1;
	fd = real(dir, path, flags, mode);
	after(meant);
	return fd;
}

int renameat(int from, const char *old, int to, const char *new)
{
	REAL("renameat", int, int, const char *, int, const char *);
	int meant = is_meant(OTHER_STATE, "rename"), err;

	if (before(meant))
		return -1;
	err = real(from, old, to, new);
	after(meant);
	return err;
}

int unlinkat(int dir, const char *path, int flags)
{
	REAL("unlinkat", int, int, const char *, int);
	int meant = is_meant(OTHER_STATE, "unlink"), err;

	if (before(meant))
		return -1;
	err = real(dir, path, flags);
	after(meant);
	return err;
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	REAL("mkdirat", int, int, const char *, mode_t);
	int meant = is_meant(OTHER_STATE, "mkdir"), err;

	if (before(meant))
		return -1;
	err = real(dir, path, mode);
	after(meant);
	return err;
}

int symlinkat(const char *target, int dir, const char *path)
{
	REAL("symlinkat", int, const char *, int, const char *);
	int meant = is_meant(OTHER_STATE, "link"), err;

	if (before(meant))
		return -1;
	err = real(target, dir, path);
	after(meant);
	return err;
}

int ftruncate(int fd, off_t size)
{
	REAL("ftruncate", int, int, off_t);
	int meant = is_meant(OTHER_STATE, "truncate"), err;

	if (before(meant))
		return -1;
	err = real(fd, size);
	after(meant);
	return err;
}

/* --- memory ----------------------------------------------------------------------------------- */

static int no_memory(void)
{
	if (!is_meant(MEMORY, "memory"))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t n)
{
	return no_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return no_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return n && no_memory() ? NULL : __libc_realloc(p, n);
}
