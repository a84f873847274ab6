/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sys_kernel.h - system calls without libc, where long has 64 bits
 *
 * What the kernel's own headers do not define is here by the names that libc's have.
 */
#ifndef MT_CLIENT_SYS_KERNEL_H
#define MT_CLIENT_SYS_KERNEL_H

#include <asm/ioctls.h>
#include <asm/socket.h>
#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>
#include <linux/poll.h>
#include <linux/time.h>
#include <linux/uio.h>
#include <linux/un.h>

#define AF_UNIX		 1
#define SOCK_SEQPACKET	 5
#define SOCK_CLOEXEC	 O_CLOEXEC
#define SOCK_NONBLOCK	 O_NONBLOCK
#define SCM_RIGHTS	 1
#define MSG_CTRUNC	 0x8
#define MSG_NOSIGNAL	 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000
#define SEEK_SET	 0
#define SIGPIPE		 13

/* include/linux/socket.h: struct user_msghdr, struct cmsghdr */
struct msghdr {
	void *msg_name;
	int msg_namelen;
	struct iovec *msg_iov;
	size_t msg_iovlen;
	void *msg_control;
	size_t msg_controllen;
	unsigned int msg_flags;
};

struct cmsghdr {
	size_t cmsg_len;
	int cmsg_level;
	int cmsg_type;
};

#define CALL(name, a, b, c, d, e) \
	sys_call(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

static inline long sys_open(const char *path, int flags)
{
	return CALL(openat, AT_FDCWD, path, flags, 0, 0);
}

static inline long sys_close(int fd)
{
	return CALL(close, fd, 0, 0, 0, 0);
}

static inline long sys_read(int fd, void *buf, size_t n)
{
	return CALL(read, fd, buf, n, 0, 0);
}

static inline long sys_pread(int fd, void *buf, size_t n, long at)
{
	return CALL(pread64, fd, buf, n, at, 0);
}

static inline long sys_write(int fd, const void *buf, size_t n)
{
	return CALL(write, fd, buf, n, 0, 0);
}

static inline long sys_rewind(int fd)
{
	return CALL(lseek, fd, 0, SEEK_SET, 0, 0);
}

static inline long sys_dup_to(int fd, int to)
{
	return CALL(dup3, fd, to, 0, 0, 0);
}

static inline long sys_ioctl(int fd, unsigned long request, void *arg)
{
	return CALL(ioctl, fd, request, arg, 0, 0);
}

static inline bool sys_is_terminal(int fd)
{
	char termios[128]; /* of 36 bytes, include/uapi/asm-generic/termbits.h */

	return sys_ioctl(fd, TCGETS, termios) == 0;
}

static inline long sys_add_seals(int fd, unsigned int seals)
{
	return CALL(fcntl, fd, F_ADD_SEALS, seals, 0, 0);
}

static inline long sys_memfd(const char *name, unsigned int flags)
{
	return CALL(memfd_create, name, flags, 0, 0, 0);
}

static inline long sys_readlink(const char *path, char *buf, size_t n)
{
	return CALL(readlinkat, AT_FDCWD, path, buf, n, 0);
}

static inline long sys_getdents(int fd, void *buf, size_t n)
{
	return CALL(getdents64, fd, buf, n, 0, 0);
}

static inline long sys_socket(int family, int type)
{
	return CALL(socket, family, type, 0, 0, 0);
}

static inline long sys_connect(int fd, const struct sockaddr_un *to)
{
	return CALL(connect, fd, to, sizeof *to, 0, 0);
}

static inline long sys_sendmsg(int fd, const struct msghdr *m, int flags)
{
	return CALL(sendmsg, fd, m, flags, 0, 0);
}

static inline long sys_recvmsg(int fd, struct msghdr *m, int flags)
{
	return CALL(recvmsg, fd, m, flags, 0, 0);
}

/* @left: what is left of it afterwards; NULL: no limit */
static inline long sys_poll(struct pollfd *p, struct timespec *left)
{
	return CALL(ppoll, p, 1, left, NULL, 0);
}

static inline long sys_ignore_signal(int number)
{
	/* struct sigaction: the handler SIG_IGN, no flags, no restorer, an empty mask of 64 bits */
	const unsigned long action[4] = { 1 };

	return CALL(rt_sigaction, number, action, NULL, sizeof(long), 0);
}

static inline long sys_exec(const char *path, char **argv, char **envp)
{
	return CALL(execve, path, argv, envp, 0, 0);
}

#endif
