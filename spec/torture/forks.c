/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * forks.c - the program, loaded once and begun many times: each run is a fork of a process that has
 * come to main() and waits there
 *
 * Half of a short run's time is the loader's. With TORTURE_FORKS, a folder, main() is not called
 * before there is a request in the FOLDER/ask, a FIFO: "TORTURE\0ARGUMENT\0...", at most PIPE_BUF
 * bytes, TORTURE as in preload.c or empty. The run has FOLDER/stdin, stdout and stderr, and stands in
 * FOLDER; its wait status comes to FOLDER/answer, 4 bytes. It ends when there is no FOLDER/ask.
 * TORTURE_LOADS, if it is there, is a library that is loaded for all runs, too.
 */
#include "torture/preload.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int main_fn(int argc, char **argv, char **envp);

static main_fn *real_main;

static void must(int ok)
{
	if (!ok)
		abort();
}

/* As sh begins a program: the files, its arguments, and what fails in it. Return: argc. */
static int prepare(char *request, size_t n, char *argv[])
{
	static const char *const files[] = { "stdin", "stdout", "stderr" };
	int argc = 1;

	for (int i = 0; i < 3; i++) {
		int fd = open(files[i], i ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0600);

		must(fd >= 0 && dup2(fd, i) == i);
		close(fd);
	}
	for (char *p = request + strlen(request) + 1; p < request + n; p += strlen(p) + 1)
		argv[argc++] = p;
	argv[argc] = NULL;
	torture_begin(request);
	return argc;
}

static void answer(int status)
{
	int fd = open("answer", O_WRONLY | O_CLOEXEC);

	must(fd >= 0 && write(fd, &status, sizeof status) == sizeof status);
	close(fd);
}

static int serve(int argc, char **argv, char **envp)
{
	static char request[PIPE_BUF], *args[PIPE_BUF];
	pid_t (*real_fork)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	struct pollfd ask = { .events = POLLIN };
	ssize_t n;
	int status;

	(void)argc;
	must(!chdir(getenv("TORTURE_FORKS")) && !unsetenv("TORTURE_FORKS"));
	if (getenv("TORTURE_LOADS")) /* where it is of another version, each loads its own */
		dlopen(getenv("TORTURE_LOADS"), RTLD_LAZY);
	ask.fd = open("ask", O_RDWR | O_CLOEXEC); /* both: else each writer's close ends it */
	must(ask.fd >= 0);
	while (poll(&ask, 1, 500) >= 0 && !access("ask", F_OK)) {
		pid_t pid;

		if (!ask.revents)
			continue;
		n = read(ask.fd, request, sizeof request);
		must(n > 0);
		pid = real_fork();
		must(pid >= 0);
		args[0] = argv[0];
		if (pid == 0)
			return real_main(prepare(request, (size_t)n, args), args, envp);
		must(waitpid(pid, &status, 0) == pid);
		answer(status);
	}
	_exit(0);
}

__attribute__((visibility("default"))) int __libc_start_main(main_fn *main_, int argc, char **argv,
							     void (*init)(void), void (*fini)(void),
							     void (*rtld_fini)(void),
							     void *stack_end);
int __libc_start_main(main_fn *main_, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	int (*real)(main_fn *, int, char **, void (*)(void), void (*)(void), void (*)(void),
		    void *) = (__typeof__(real))dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main_;
	return real(getenv("TORTURE_FORKS") ? serve : main_, argc, argv, init, fini, rtld_fini,
		    stack_end);
}
