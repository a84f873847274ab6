/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confine_deeds.h - what a child of confine.c tries to do, by name
 *
 * The deeds are C and not Lua, since an evaluator that was taken over does not go through Lua.
 * Each gives -1 with errno, or something else when it succeeded.
 */
#ifndef SPEC_INTERNALS_CONFINE_DEEDS_H
#define SPEC_INTERNALS_CONFINE_DEEDS_H

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <libmnl/libmnl.h>
#include <libxml/parser.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/rtnetlink.h>
#include <lualib.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LEFT = 57 }; /* a descriptor that the caller had open, and does not give */

/* What a child has to work on. */
struct place {
	pid_t parent;
	char dir[32];		    /* where it may make files; its working directory */
	int report, ns, file;	    /* kept: for the report, its network namespace, "file" */
	struct mnl_socket *netlink; /* kept: opened as the child's identity */
};

/* --- the deeds: each is -1 with errno, or what its call gave --- */

#define UNKNOWN LONG_MIN
#define TRY(name, call)                    \
	do {                               \
		if (!strcmp(what, (name))) \
			return (call);     \
	} while (0)

static long read_byte(int fd)
{
	char byte;

	return fd < 0 ? -1 : read(fd, &byte, 1);
}

static long open_at_2(const char *name)
{
	uint64_t how[3] = { O_RDONLY }; /* struct open_how, openat2(2) */

	return syscall(SYS_openat2, AT_FDCWD, name, how, sizeof how);
}

static long with_files(const char *what, const struct place *p)
{
	struct stat s;

	TRY("read /etc/shadow", read_byte(open("/etc/shadow", O_RDONLY)));
	TRY("open a file of root's for writing", open("/etc/passwd", O_WRONLY));
	TRY("read its own file", open("file", O_RDONLY));
	TRY("read its own file by openat2", open_at_2("file"));
	TRY("list a directory", open(".", O_RDONLY | O_DIRECTORY));
	TRY("create a file", open("new", O_CREAT | O_WRONLY, 0600));
	TRY("make a directory", mkdir("sub", 0700));
	TRY("stat a file", stat("file", &s));
	TRY("unlink a file", unlink("file"));
	TRY("rename a file", rename("file", "new"));
	TRY("link a file", link("file", "new"));
	TRY("chmod a file", chmod("file", 04755));
	TRY("chown a file", chown("file", geteuid(), getegid()));
	TRY("truncate a file", truncate("file", 0));
	TRY("change the directory", chdir("/"));
	TRY("change the root", chroot("/"));
	TRY("mount", mount("none", ".", "tmpfs", 0, NULL));
	TRY("make a memfd", memfd_create("x", 0));
	TRY("use the caller's descriptor", read_byte(LEFT));
	TRY("duplicate a descriptor", dup(p->report));
	TRY("ioctl", ioctl(p->report, FIONREAD, (int[1]){ 0 }));
	return UNKNOWN;
}

static long fork_and_wait(pid_t child)
{
	if (!child)
		_exit(0);
	return child < 0 ? -1 : waitpid(child, NULL, 0);
}

static long vfork_and_wait(void)
{
	pid_t child = vfork();

	if (!child)
		_exit(0);
	return child < 0 ? -1 : waitpid(child, NULL, 0);
}

static long clone_3(void)
{
	uint64_t args[11] = { [4] = SIGCHLD }; /* struct clone_args, clone(2) */

	return fork_and_wait(syscall(SYS_clone3, args, sizeof args));
}

static long signal_by_pidfd(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -1 : syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0);
}

/* The parent has the same byte at the same place. */
static long reach_memory(const struct place *p, bool change)
{
	static char byte;
	struct iovec it = { &byte, 1 };

	return change ? process_vm_writev(p->parent, &it, 1, &it, 1, 0)
		      : process_vm_readv(p->parent, &it, 1, &it, 1, 0);
}

static long with_processes(const char *what, const struct place *p)
{
	TRY("execve", execl("/bin/true", "true", NULL));
	TRY("execveat",
	    syscall(SYS_execveat, AT_FDCWD, "/bin/true", (const char *[]){ "true", NULL }, NULL,
		    0));
	TRY("fork", fork_and_wait(fork()));
	TRY("clone", fork_and_wait(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)));
#ifdef SYS_fork
	TRY("fork by its own call", fork_and_wait(syscall(SYS_fork)));
#endif
	TRY("clone3", clone_3());
	TRY("vfork", vfork_and_wait());
	TRY("kill the parent", kill(p->parent, 0));
	TRY("kill a thread of the parent", syscall(SYS_tgkill, p->parent, p->parent, 0));
	TRY("kill by pidfd", signal_by_pidfd(p->parent));
	TRY("ptrace the parent", ptrace(PTRACE_SEIZE, p->parent, 0, 0));
	TRY("read the parent's memory", reach_memory(p, false));
	TRY("write the parent's memory", reach_memory(p, true));
	TRY("enter a namespace", setns(p->ns, CLONE_NEWNET));
	TRY("make a namespace", unshare(CLONE_NEWNET));
	TRY("make a user namespace", unshare(CLONE_NEWUSER));
	return UNKNOWN;
}

static long map(int protection)
{
	return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
											      : 0;
}

static long make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? -1 : mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long make_uring(void)
{
	struct io_uring_params params = { 0 };

	return syscall(SYS_io_uring_setup, 1, &params);
}

static long make_bpf_map(void)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map);
}

static long count_events(void)
{
	struct perf_event_attr clock = { .type = PERF_TYPE_SOFTWARE,
					 .size = sizeof clock,
					 .config = PERF_COUNT_SW_CPU_CLOCK };

	return syscall(SYS_perf_event_open, &clock, 0, -1, -1, 0);
}

/* getpid() through another table of calls, in which the same number is another call. */
static long by_other_table(const char *table)
{
	long r = -1;

	errno = EOPNOTSUPP;
#ifdef __x86_64__
	if (!strcmp(table, "x32"))
		r = syscall(0x40000000 | SYS_getpid);
	else
		__asm__ volatile("int $0x80"
				 : "=a"(r)
				 : "a"(20)
				 : "memory", "r8", "r9", "r10", "r11");
#else
	(void)table;
#endif
	return r;
}

static long with_the_kernel(const char *what)
{
	TRY("map code", map(PROT_READ | PROT_EXEC));
	TRY("map code that can be written", map(PROT_READ | PROT_WRITE | PROT_EXEC));
	TRY("make code of data", make_code());
	TRY("io_uring_setup", make_uring());
	TRY("bpf", make_bpf_map());
	TRY("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC));
	TRY("perf_event_open", count_events());
	TRY("keyctl", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1));
	TRY("getpid by x32", by_other_table("x32"));
	TRY("getpid by i386", by_other_table("i386"));
	return UNKNOWN;
}

static long capable_again(void)
{
	struct __user_cap_header_struct self = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &self, now))
		return -1;
	now[0].effective = now[0].permitted |= 1U << CAP_NET_ADMIN;
	return syscall(SYS_capset, &self, now);
}

static long with_itself(const char *what)
{
	struct rlimit limit = { 64, 64 };

	TRY("take back a capability", capable_again());
	TRY("be root again", setresuid(0, 0, 0));
	TRY("be of root's group again", setresgid(0, 0, 0));
	TRY("be dumpable again", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	TRY("outlive the parent", prctl(PR_SET_PDEATHSIG, 0));
	TRY("set a limit", setrlimit(RLIMIT_NOFILE, &limit));
	TRY("set another's limit", prlimit(getppid(), RLIMIT_NOFILE, NULL, &limit));
	TRY("leave the session", setpgid(0, 0));
	return UNKNOWN;
}

/* Sends @request and looks at the answers: how many objects, or -1 with errno. */
static long ask(const struct place *p, struct nlmsghdr *request)
{
	char buf[32768];
	long n = 0, got;

	if (mnl_socket_sendto(p->netlink, request, request->nlmsg_len) < 0)
		return -1;
	for (;;) {
		got = mnl_socket_recvfrom(p->netlink, buf, sizeof buf);
		if (got < 0)
			return -1;
		got = mnl_cb_run(buf, got, request->nlmsg_seq, 0, NULL, NULL);
		if (got <= 0)
			return got < 0 ? -1 : n;
		n++;
	}
}

static long about_links(const struct place *p, bool change)
{
	char buf[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(request, sizeof *link);

	request->nlmsg_seq = 1;
	request->nlmsg_type = change ? RTM_NEWLINK : RTM_GETLINK;
	request->nlmsg_flags = NLM_F_REQUEST | (change ? NLM_F_ACK : NLM_F_DUMP);
	link->ifi_index = change; /* lo */
	link->ifi_flags = link->ifi_change = change ? IFF_UP : 0;
	return ask(p, request);
}

static long with_the_network(const char *what, const struct place *p)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = mnl_socket_get_fd(p->netlink);

	TRY("make an internet socket", socket(AF_INET, SOCK_STREAM, 0));
	TRY("make a local socket", socket(AF_UNIX, SOCK_STREAM, 0));
	TRY("make a netlink socket", socket(AF_NETLINK, SOCK_RAW, 0));
	TRY("connect", connect(fd, (struct sockaddr *)&kernel, sizeof kernel));
	TRY("change a link", about_links(p, true));
	TRY("list the links", about_links(p, false));
	return UNKNOWN;
}

/* --- what must work --- */

static long use_memory(void)
{
	size_t mib = 1 << 20;
	char *block = malloc(32 * mib), *more;

	if (!block)
		return -1;
	memset(block, 1, 32 * mib);
	more = realloc(block, 64 * mib);
	free(more ? more : block);
	return more ? 0 : -1;
}

static long move_memory(void)
{
	void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	at = at == MAP_FAILED ? at : mremap(at, 4096, 8192, MREMAP_MAYMOVE);
	return at == MAP_FAILED ? -1 : munmap(at, 8192);
}

static long run_lua(void)
{
	static const char text[] =
		"local t = {}\n"
		"for i = 1, 100000 do t[i] = ('x' .. i):rep(5) end\n"
		"local s = table.concat(t):gsub('x(%d)', '%1y')\n"
		"collectgarbage()\n"
		"assert(not pcall(error, {}))\n"
		"return #s > 1000000 and string.format('%5.2f', 1 / 3) == ' 0.33'";
	lua_State *l = luaL_newstate();
	bool right;

	luaL_openlibs(l);
	right = !luaL_dostring(l, text) && lua_toboolean(l, -1);
	lua_close(l);
	return right ? 0 : (errno = EPROTO, -1);
}

static long read_xml(const char *text)
{
	xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), "guest.xml", NULL,
				      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

	xmlFreeDoc(doc);
	return doc ? 0 : (errno = EILSEQ, -1);
}

static long tell_time(void)
{
	struct timespec t;

	for (int clock = CLOCK_REALTIME; clock <= CLOCK_MONOTONIC_RAW; clock++)
		if (clock_gettime(clock, &t))
			return -1;
	return 0;
}

static long wait_for(const struct place *p, bool by_ppoll)
{
	const struct timespec soon = { .tv_nsec = 20000000 };
	struct pollfd fds[2] = { { .fd = p->ns }, { .fd = mnl_socket_get_fd(p->netlink) } };

	fds[1].events = POLLIN;
	return by_ppoll ? ppoll(fds, 2, &soon, NULL) : poll(fds, 2, 20);
}

/* The alarm was set before; the loop ends only when its handler has returned. */
static volatile sig_atomic_t rang;

static void ring(int signal)
{
	rang = signal;
}

static long wait_for_alarm(void)
{
	while (!rang)
		;
	return 0;
}

static long spin(void)
{
	struct timespec spent = { 0 };

	while (spent.tv_sec < 2)
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
	return 0;
}

static long die_by_abort(void)
{
	abort();
}

static long with_what_it_has(const char *what, const struct place *p)
{
	char random[16];

	TRY("allocate 64 MiB", use_memory());
	TRY("map, move and unmap memory", move_memory());
	TRY("run Lua", run_lua());
	TRY("read XML", read_xml("<domain><name>web</name></domain>"));
	TRY("read XML in Latin-1",
	    read_xml("<?xml version='1.0' encoding='ISO-8859-1'?><domain>\xe9</domain>"));
	TRY("tell the time", tell_time());
	TRY("draw a random number", getrandom(random, sizeof random, 0));
	TRY("wait in poll", wait_for(p, false));
	TRY("wait in ppoll", wait_for(p, true));
	TRY("read and close what it kept", read_byte(p->file) ?: close(p->file));
	TRY("take an alarm", wait_for_alarm());
	TRY("spin for two seconds", spin());
	TRY("abort", die_by_abort());
	TRY("nothing", 0);
	return UNKNOWN;
}

static long do_deed(const char *what, const struct place *p)
{
	long r = with_files(what, p);

	if (r == UNKNOWN)
		r = with_processes(what, p);
	if (r == UNKNOWN)
		r = with_the_kernel(what);
	if (r == UNKNOWN)
		r = with_itself(what);
	if (r == UNKNOWN)
		r = with_the_network(what, p);
	if (r == UNKNOWN)
		r = with_what_it_has(what, p);
	return r;
}

#endif
