/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter_gen.c - turn the list of the evaluator's system calls into its filter, at build time
 *
 * Run by make, with the number of the architecture that moontap is built for (filter_arch.h); its
 * output is the header that confine.c includes, so that the installed program needs no libseccomp
 * and spends nothing on making the same filter at each start of a guest.
 *
 * How it works: a call is answered in one of three ways.
 *
 * - ALLOW: some code on the evaluator's way needs it; the row says which. What is read and written
 *   was opened before, so nothing in the list takes a path, an address or makes a descriptor.
 * - KILL: another process, another's memory, code made of data, more of the kernel. No library
 *   does these by itself: an evaluator that tries has been taken over, and must not live to give
 *   a plan. The kernel logs the call (SECCOMP_RET_KILL_PROCESS in seccomp(2)), and the parent gets
 *   an answer without its end.
 * - Everything else is refused with ENOSYS, which libraries are made to meet on an old kernel: they
 *   use an older call or do without. So when a new libc names its mappings by prctl, the refusal
 *   has no effect and the guest still starts. abort() gets past a refused tgkill and still ends the
 *   process.
 *
 * A row whose call this architecture does not have adds nothing. A call by another architecture's
 * table (x32, or i386's int 0x80) kills.
 *
 * To find what a new library needs: strace of the evaluator's specs, from the filter's installation
 * on. Add a row only when the call cannot be made before, or left out.
 */
#include <byteswap.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

struct row {
	uint32_t action;
	int call;
	const char *name, *why;
	struct scmp_arg_cmp only_if; /* op 0: whatever its arguments */
};

/* clang-format off */
#define ROW(action, call, why, ...) { action, SCMP_SYS(call), #call, why, { __VA_ARGS__ } }
#define ALLOW(...) ROW(SCMP_ACT_ALLOW, __VA_ARGS__)
#define KILL(...)  ROW(SCMP_ACT_KILL_PROCESS, __VA_ARGS__)
/* clang-format on */

/* Conditions: the argument's number, how it is compared, and with what. */
#define IS(n, value)	 n, SCMP_CMP_EQ, value, 0
#define WITHOUT(n, bits) n, SCMP_CMP_MASKED_EQ, bits, 0
#define WITH(n, bit)	 n, SCMP_CMP_MASKED_EQ, bit, bit

static const struct row rows[] = {
	/* The kept descriptors. */
	ALLOW(read, "the XML, a spare's request"),
	ALLOW(pread64, "the policy and the hooks: spares share the descriptors' offsets"),
	ALLOW(write, "the answer"),
	ALLOW(close, "what has been read"),
	ALLOW(poll, "waits for netlink and for the XML"),
	ALLOW(ppoll, "poll() where there is no system call poll"),
	ALLOW(ppoll_time64, "poll() on 32 bits"),
	ALLOW(restart_syscall, "poll goes on after a stop and SIGCONT, or under strace"),
	ALLOW(sendto, "a question over the netlink socket; as a change it lacks the capability"),
	ALLOW(recvfrom, "its answer"),
	ALLOW(recvmsg, "its answer, as libmnl takes it"),

	/* Memory: malloc, for Lua and libxml2. */
	ALLOW(brk, "malloc"),
	ALLOW(mmap, "malloc of large blocks", WITHOUT(2, PROT_EXEC)),
	ALLOW(mmap2, "malloc on 32 bits", WITHOUT(2, PROT_EXEC)),
	ALLOW(mremap, "realloc of large blocks: Lua's tables, libxml2's buffers"),
	ALLOW(munmap, "free of large blocks"),

	/* The rest of a process's life. */
	ALLOW(clock_gettime, "the time, where the vDSO cannot tell it"),
	ALLOW(clock_gettime64, "the same on 32 bits"),
	ALLOW(getrandom, "the seed of libxml2's hash tables, since 2.13"),
	ALLOW(futex, "pthread_once wakes nobody; there is nothing to wait for",
	      IS(1, FUTEX_WAKE_PRIVATE)),
	ALLOW(rt_sigreturn, "the end of the alarm's handler, which was set up before"),
	ALLOW(sigreturn, "the same on 32 bits"),
	ALLOW(exit_group, "the end"),

#ifdef MT_SANITIZED
	/* A sanitizer's runtime, which lives in the same process. */
	ALLOW(sigaltstack, "where the stack is, before each longjmp: Lua's errors"),
	ALLOW(getpid, "the head of a report"),
	ALLOW(gettid, "the head of a report"),
#endif

	/* Another process, and the memory of others. */
	KILL(execve, "runs a program"),
	KILL(execveat, "runs a program"),
	KILL(fork, "makes a process"),
	KILL(vfork, "makes a process"),
	KILL(clone, "makes a process or a thread"),
	KILL(clone3, "makes a process or a thread"),
	KILL(kill, "signals others; abort() uses tgkill, which is only refused"),
	KILL(ptrace, "rules another process"),
	KILL(process_vm_readv, "reads another's memory"),
	KILL(process_vm_writev, "writes another's memory"),

	/* Code made of data. */
	KILL(mmap, "makes code", WITH(2, PROT_EXEC)),
	KILL(mmap2, "makes code", WITH(2, PROT_EXEC)),
	KILL(mprotect, "makes code", WITH(2, PROT_EXEC)),

	/* More of the kernel: the ways in of most of its local exploits. */
	KILL(bpf, "loads a program into the kernel"),
	KILL(io_uring_setup, "makes system calls that no filter sees"),
	KILL(perf_event_open, "more of the kernel"),
	KILL(userfaultfd, "more of the kernel"),
	KILL(keyctl, "more of the kernel"),
	KILL(unshare, "a namespace in which it is root"),
	KILL(setns, "another's namespaces"),
	KILL(mount, "another file system"),
};

/*
 * The zygote's own: it takes a spare's end of a socket and forks; the child opens a netlink socket,
 * limits itself, and installs the filter above over this one. Of two filters the stricter answer
 * counts, so this one allows all that the other does. It may neither run a program nor connect, nor
 * open a file.
 */
#define NOT_A_THREAD_NOR_A_NAMESPACE                                                             \
	(CLONE_VM | CLONE_THREAD | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
	 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
static const struct row zygote_rows[] = {
	ALLOW(clone, "forks a spare", WITHOUT(0, NOT_A_THREAD_NOR_A_NAMESPACE)),
	ALLOW(fork, "the same"),
	ALLOW(set_robust_list, "fork(3), in the child"),
	ALLOW(rseq, "the same"),
	ALLOW(gettid, "the same"),
	ALLOW(rt_sigprocmask, "the same"),
	ALLOW(rt_sigaction, "a spare's handlers"),
	ALLOW(getpid, "whose child a spare is"),
	ALLOW(getppid, "that its parent lives"),
	ALLOW(socket, "a spare's questions to the kernel", IS(0, AF_NETLINK)),
	ALLOW(bind, "of that socket"),
	ALLOW(getsockname, "of that socket"),
	ALLOW(setsockopt, "of that socket"),
	ALLOW(getsockopt, "of that socket: its network namespace"),
	ALLOW(dup, "how many descriptors there are"),
	ALLOW(prctl, "a spare ends with its zygote", IS(0, PR_SET_PDEATHSIG)),
	ALLOW(prctl, "a spare's filter", IS(0, PR_SET_SECCOMP)),
	ALLOW(prlimit64, "a spare's limits, its own", IS(0, 0)),
	ALLOW(setrlimit, "the same"),
	ALLOW(setitimer, "the deadline of the policy's top level"),
	ALLOW(madvise, "malloc"),
};

static void fail(const char *what, int err)
{
	fprintf(stderr, "filter_gen: %s: %s\n", what, strerror(err));
	exit(1);
}

/*
 * Where an architecture takes a call's arguments from; false: it has no use for the row.
 *
 * - clone(2) has its flags in the second argument on s390x.
 * - mmap of i386 and s390x takes a pointer to its arguments (arch/x86/kernel/sys_ia32.c
 *   ia32_mmap, arch/s390/kernel/syscall.c), and a filter does not see memory. i386 has mmap2 for
 *   everybody. s390x has nothing else: an evaluator that has been taken over can make code there.
 */
static bool adapt(struct row *row, uint32_t arch)
{
	if (row->call == SCMP_SYS(clone) && row->only_if.op && arch == SCMP_ARCH_S390X)
		row->only_if.arg = 1;
	if (row->call != SCMP_SYS(mmap) || (arch != SCMP_ARCH_X86 && arch != SCMP_ARCH_S390X))
		return true;
	memset(&row->only_if, 0, sizeof row->only_if);
	return arch == SCMP_ARCH_S390X && row->action == SCMP_ACT_ALLOW;
}

/* Level 2 of CTL_OPTIMIZE is a binary tree. It matters at installation, when the kernel runs the
 * filter once for each existing call (kernel/seccomp.c seccomp_cache_prepare()). */
static void add(scmp_filter_ctx filter, uint32_t arch, const struct row *rows_of, size_t n,
		bool killing)
{
	for (size_t i = 0; i < n; i++) {
		struct row row = rows_of[i];
		int r = 0;

		if ((row.action == SCMP_ACT_ALLOW || killing) && adapt(&row, arch))
			r = seccomp_rule_add_array(filter, row.action, row.call,
						   row.only_if.op ? 1 : 0, &row.only_if);
		if (r)
			fail(row.name, -r);
	}
}

/* For that architecture alone; a new filter is for the machine's own. That goes first: a filter is
 * never for two byte orders (EDOM). */
static void choose(scmp_filter_ctx filter, uint32_t arch)
{
	int r = 0;

	if (arch == seccomp_arch_native())
		return;
	r = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
	if (r)
		fail("seccomp_arch_remove", -r);
	r = seccomp_arch_add(filter, arch);
	if (r)
		fail("seccomp_arch_add", -r);
}

static scmp_filter_ctx build(uint32_t arch, bool zygote)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int r;

	if (!filter)
		fail("seccomp_init", ENOMEM);
	choose(filter, arch);
	r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!r)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r)
		fail("seccomp_attr_set", -r);
	add(filter, arch, rows, sizeof rows / sizeof *rows, !zygote);
	if (zygote)
		add(filter, arch, zygote_rows, sizeof zygote_rows / sizeof *zygote_rows, false);
	return filter;
}

/* Print the list as comments, for readers of the header. */
static void print_list(void)
{
	puts("/* Made by filter_gen from its list; do not edit. */");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		printf("/* %s %s%s: %s */\n", rows[i].action == SCMP_ACT_ALLOW ? "allow" : "kill",
		       rows[i].name, rows[i].only_if.op ? ", by argument" : "", rows[i].why);
}

/* libseccomp exports in the byte order of the architecture; numbers have none. */
static void print_program(FILE *program, uint32_t arch, const char *name)
{
	bool swapped = !(arch & __AUDIT_ARCH_LE) != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	struct sock_filter op;

	printf("static const struct sock_filter %s[] = {\n", name);
	while (fread(&op, sizeof op, 1, program) == 1)
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", swapped ? bswap_16(op.code) : op.code,
		       op.jt, op.jf, swapped ? bswap_32(op.k) : op.k);
	puts("};");
}

static void print_filter(uint32_t arch, bool zygote, const char *name)
{
	FILE *program = tmpfile();
	scmp_filter_ctx filter = build(arch, zygote);
	int r;

	if (!program)
		fail("tmpfile", errno);
	r = seccomp_export_bpf(filter, fileno(program));
	if (r)
		fail("seccomp_export_bpf", -r);
	rewind(program);
	print_program(program, arch, name);
	if (ferror(program))
		fail("tmpfile", EIO);
}

/* A filter for another architecture would kill each evaluator, on each start of a guest. */
static void print_guard(uint32_t arch)
{
	printf("#include \"evaluator/filter_arch.h\"\n#if MT_FILTER_ARCH != 0x%08x\n"
	       "#error \"the filter of system calls is for another architecture\"\n#endif\n",
	       arch);
}

int main(int argc, char **argv)
{
	uint32_t arch = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 0) : 0;
	int r = seccomp_api_set(3); /* the machine that builds may be one without KILL_PROCESS */

	if (r)
		fail("seccomp_api_set", -r);
	if (!arch)
		fail("usage: filter_gen NUMBER, one of linux/audit.h", EINVAL);
	print_list();
	print_guard(arch);
	print_filter(arch, false, "mt_filter");
	print_filter(arch, true, "mt_zygote_filter");
	return fflush(stdout) ? 1 : 0;
}
