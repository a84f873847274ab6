/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confine.c - the stages by which the evaluator drops everything it could do harm with
 *
 * The evaluator runs a policy and reads a guest's XML, which may be hostile. Whatever it is made
 * to do, it must be able to do no more than to give a wrong answer, which the applier checks.
 *
 * Each stage makes something impossible, and where it can, does not rely on the others:
 *
 *  1. descriptors	to use what the caller had open: its locks, taps, sockets, terminal.
 *			First, since a tap must not stay attached while the rest goes on.
 *			0, 1 and 2 are /dev/null then, for a library that writes to them.
 *  2. ids		to act as root or as a member of root's groups. While there are the
 *			capabilities for it; before 5, as a change of ids clears the death signal.
 *  3. capabilities	to use any capability, even as a uid 0 that kept its ids; to change anything
 *			over netlink, which checks the sender and not only the socket's opener
 *			(net/netlink/af_netlink.c netlink_capable()).
 *  4. gains		to get any of it back by exec; to be looked into by a process of the same
 *			user, or to leave a core.
 *  5. parent		to outlive the process that reads the answer.
 *  6. files		to open, make or remove a file (a uid 0 without capabilities still owns
 *			/etc/shadow), to signal a process outside.
 *  7. limits		to spend CPU time without end, to get a new descriptor of any kind.
 *			After 6, which needs one for a moment. Memory is bounded in Lua's
 *			allocator and by the size of the XML: RLIMIT_AS would stop sanitizers,
 *			and RLIMIT_FSIZE would kill it when the answer goes to a file.
 *  8. calls		to ask the kernel anything outside filter_gen.c's list. Last, since it
 *			forbids what the other stages do.
 *
 * Any failure is fatal, except three: ids that the caller may not change, a limit that is tighter
 * already, and a kernel without Landlock, where 7 and 8 alone keep files out of reach.
 *
 * a ?: b is GNU C for: a if it is not 0, and then b is not even evaluated; else b.
 */
#include "evaluator/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef MT_SANITIZED
#include <sanitizer/common_interface_defs.h>
#endif

#include "evaluator/filter.h" /* made by filter_gen: mt_filter[], mt_zygote_filter[] */

enum { NOBODY = 65534 };

static int close_span(unsigned int first, unsigned int last)
{
#ifdef MT_SANITIZED /* a report goes to descriptor 2 */
	if (first < 3)
		first = 3;
#endif
	return first <= last && syscall(SYS_close_range, first, last, 0) ? -errno : 0;
}

static bool ascending(const int *fds, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (fds[i] < 0 || (i && fds[i] <= fds[i - 1]))
			return false;
	return true;
}

/* A new descriptor has the lowest free number (open(2)): fill 0, 1 and 2, close the next one. */
static int fill_standard(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = dup(fd);
	return fd < 0 ? -errno : close(fd);
}

static int close_others(const int *keep, unsigned int n)
{
	unsigned int next = 0;
	int r = ascending(keep, n) ? 0 : -EINVAL;

	for (unsigned int i = 0; !r && i < n; i++) {
		if ((unsigned int)keep[i] > next)
			r = close_span(next, keep[i] - 1);
		next = keep[i] + 1;
	}
	return r ?: close_span(next, UINT_MAX) ?: fill_standard();
}

/*
 * EPERM: the caller has not the capability, or its user namespace denies setgroups. EINVAL: its
 * user namespace has not the id. (setresuid(2), setgroups(2), user_namespaces(7))
 */
static int ignore_denied(int r)
{
	return r && errno != EPERM && errno != EINVAL ? -errno : 0;
}

/* A user namespace may not map the id, and still map that of nobody. */
static int become_group(gid_t gid)
{
	return setresgid(gid, gid, gid) && errno == EINVAL ? setresgid(NOBODY, NOBODY, NOBODY) : 0;
}

static int become_user(uid_t uid)
{
	return setresuid(uid, uid, uid) && errno == EINVAL ? setresuid(NOBODY, NOBODY, NOBODY) : 0;
}

static int give_up_ids(uid_t uid, gid_t gid)
{
	return ignore_denied(setgroups(0, NULL)) ?: ignore_denied(become_group(gid)) ?:
	       ignore_denied(become_user(uid));
}

/* Clearing the inheritable set clears the ambient one. The bounding set and the securebits matter
 * only at an exec, by which nothing can be gained after the next stage, and which the last stage
 * kills. (capabilities(7)) */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct self = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capset, &self, none) ? -errno : 0;
}

static int gain_nothing(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	return 0;
}

/* A parent that died before the prctl sends no signal any more: so check for it afterwards. */
static int die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	return getppid() == parent ? 0 : -ESRCH;
}

/* landlock(7). The numbers are our own: the kernel may know more than the headers at build time. */
struct landlock_rights {
	uint64_t files, net, scopes;
};

/* All that each version of Landlock's ABI can forbid; no rule allows any of it. */
static struct landlock_rights landlock_rights(long abi)
{
	struct landlock_rights r = { .files = (1 << 13) - 1 }; /* 1: execute .. make_sym */

	if (abi >= 2)
		r.files |= 1 << 13; /* refer */
	if (abi >= 3)
		r.files |= 1 << 14; /* truncate */
	if (abi >= 4)
		r.net = 1 << 0 | 1 << 1; /* bind and connect of TCP */
	if (abi >= 5)
		r.files |= 1 << 15; /* ioctl on devices */
	if (abi >= 6)
		r.scopes = 1 << 0 | 1 << 1; /* abstract sockets and signals of others */
	return r;
}

static int landlock_deny_all(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* which version? */);
	struct landlock_rights rights;
	int rules, r;

	if (abi < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -errno;
	rights = landlock_rights(abi);
	rules = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
	if (rules < 0)
		return -errno;
	r = syscall(SYS_landlock_restrict_self, rules, 0) ? -errno : 0;
	close(rules);
	return r;
}

/* Lowering needs no privilege, so EPERM means that the hard limit is below @value already. */
static int limit(int resource, rlim_t value)
{
	struct rlimit both = { value, value };

	return setrlimit(resource, &both) && errno != EPERM ? -errno : 0;
}

/* RLIMIT_NOFILE bounds the number of a new descriptor, and how many of them poll() takes (poll(2)).
 * With the lowest free number as the limit, none can be opened, and poll() takes three or more. */
static int set_limits(unsigned int cpu_s)
{
	int lowest = dup(STDIN_FILENO);

	if (lowest < 0)
		return -errno;
	close(lowest);
	return limit(RLIMIT_CPU, cpu_s) ?: limit(RLIMIT_CORE, 0) ?: limit(RLIMIT_NPROC, 0) ?:
	       limit(RLIMIT_NOFILE, lowest);
}

static int filter_calls(const struct sock_filter *filter, size_t n)
{
	const struct sock_fprog program = {
		.len = (unsigned short)n,
		.filter = (struct sock_filter *)filter, /* only read; the field lacks const */
	};

#ifdef MT_SANITIZED /* reads /proc/self/maps while that is allowed, for a report's addresses */
	__sanitizer_sandbox_on_notify(&(__sanitizer_sandbox_arguments){ 0 });
#endif
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? -errno : 0;
}

static int stage(const char *name, int r, struct mt_err *e)
{
	return r ? mt_fail(e, -r, "confine", name, NULL) : 0;
}

/* Valgrind needs what limits and calls forbid: `make valgrind` builds without them, in a BUILD of
 * its own. */
#ifdef MT_WATCHED
#define CALLS(filter) 0
#define LIMITS(set)   0
#define FILES	      0
#else
#define CALLS(filter) filter_calls(filter, sizeof filter / sizeof *filter)
#define LIMITS(set)   set
#define FILES	      landlock_deny_all()
#endif

static int give_up(const struct mt_confine *c, struct mt_err *e)
{
	return stage("descriptors", close_others(c->keep, c->keep_n), e) ?:
	       stage("ids", give_up_ids(c->uid, c->gid), e) ?:
	       stage("capabilities", drop_capabilities(), e) ?:
	       stage("gains", gain_nothing(), e) ?:
	       stage("parent", die_with(c->parent), e) ?:
	       stage("files", FILES, e);
}

int mt_confine(const struct mt_confine *c, struct mt_err *e)
{
	return give_up(c, e) ?:
	       stage("limits", LIMITS(set_limits(c->cpu_s)), e) ?:
	       stage("calls", CALLS(mt_filter), e);
}

int mt_confine_zygote(const struct mt_confine *c, struct mt_err *e)
{
	return give_up(c, e) ?:
	       stage("limits", LIMITS(limit(RLIMIT_CORE, 0)), e) ?:
	       stage("calls", CALLS(mt_zygote_filter), e);
}

int mt_confine_spare(pid_t zygote, unsigned int cpu_s, struct mt_err *e)
{
	return stage("parent", die_with(zygote), e) ?:
	       stage("limits", LIMITS(set_limits(cpu_s)), e) ?:
	       stage("calls", CALLS(mt_filter), e);
}
