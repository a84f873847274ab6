/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sys_libc.h - system calls by libc, for processors that have no header here */
#ifndef MT_CLIENT_SYS_LIBC_H
#define MT_CLIENT_SYS_LIBC_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static inline long result(long r)
{
	return r < 0 ? -errno : r;
}

static inline long sys_open(const char *path, int flags)
{
	return result(open(path, flags));
}

static inline long sys_close(int fd)
{
	return result(close(fd));
}

static inline long sys_read(int fd, void *buf, size_t n)
{
	return result(read(fd, buf, n));
}

static inline long sys_pread(int fd, void *buf, size_t n, long at)
{
	return result(pread(fd, buf, n, at));
}

static inline long sys_write(int fd, const void *buf, size_t n)
{
	return result(write(fd, buf, n));
}

static inline long sys_rewind(int fd)
{
	return result(lseek(fd, 0, SEEK_SET));
}

static inline long sys_dup_to(int fd, int to)
{
	return result(dup2(fd, to));
}

static inline long sys_ioctl(int fd, unsigned long request, void *arg)
{
	return result(ioctl(fd, request, arg));
}

static inline bool sys_is_terminal(int fd)
{
	return isatty(fd);
}

static inline long sys_add_seals(int fd, unsigned int seals)
{
	return result(fcntl(fd, F_ADD_SEALS, seals));
}

static inline long sys_memfd(const char *name, unsigned int flags)
{
	return result(memfd_create(name, flags));
}

static inline long sys_readlink(const char *path, char *buf, size_t n)
{
	return result(readlink(path, buf, n));
}

static inline long sys_getdents(int fd, void *buf, size_t n)
{
	return result(syscall(SYS_getdents64, fd, buf, n));
}

static inline long sys_socket(int family, int type)
{
	return result(socket(family, type, 0));
}

static inline long sys_connect(int fd, const struct sockaddr_un *to)
{
	return result(connect(fd, (const struct sockaddr *)to, sizeof *to));
}

static inline long sys_sendmsg(int fd, const struct msghdr *m, int flags)
{
	return result(sendmsg(fd, m, flags));
}

static inline long sys_recvmsg(int fd, struct msghdr *m, int flags)
{
	return result(recvmsg(fd, m, flags));
}

static inline long sys_poll(struct pollfd *p, struct timespec *left)
{
	return result(ppoll(p, 1, left, NULL));
}

static inline long sys_ignore_signal(int number)
{
	return signal(number, SIG_IGN) == SIG_ERR ? -errno : 0;
}

static inline long sys_exec(const char *path, char **argv, char **envp)
{
	return result(execve(path, argv, envp));
}

#endif
