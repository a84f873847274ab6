/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * offered.c - for the bench: SOCKET RATE SECONDS: so many events a second, whether the service is
 * done with the earlier ones or not; prints how long half, and 99 of 100, of them took, in µs
 *
 * An event is due at its time: what it waits before it can begin counts. The taps tap1 to tap32 are
 * there; each is a process's, which connects and disconnects it by qemu-ifup and qemu-ifdown.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "service/event_socket.h"

#define CLIENTS 32

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void sleep_until(int64_t us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* Its queue may be full for a moment. */
static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strncpy(to.sun_path, path, sizeof to.sun_path - 1);
	while (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to)) {
		if (errno != EAGAIN)
			return -1;
		usleep(500);
	}
	return fd;
}

/* Return: whether the service did it. */
static int do_event(const char *path, const char *program, int number)
{
	char words[256], reply[MT_REPLY_MAX];
	struct mt_event_reply *head = (void *)reply;
	int n = snprintf(words, sizeof words, "%s%c%s%c%s%ctap%d%c", MT_EVENT_PROTOCOL, 0,
			 MOONTAP_VERSION, 0, program, 0, number, 0);
	int fd = connect_to(path), done;

	done = fd >= 0 && send(fd, words, (size_t)n, 0) == n &&
		recv(fd, reply, sizeof reply, 0) > 0 && head->is == MT_REPLY_ACCEPTED &&
		send(fd, MT_EVENT_GO, strlen(MT_EVENT_GO), 0) > 0 &&
		recv(fd, reply, sizeof reply, 0) > 0 && head->is == MT_REPLY_DONE && !head->value;
	close(fd);
	return done;
}

/* Every CLIENTS-th event is this client's. */
static int run_client(const char *path, int client, int events, int64_t begin, double gap,
		      uint32_t *took)
{
	const char *const programs[] = { "qemu-ifup", "qemu-ifdown" };
	int turn = 0;

	for (int i = client; i < events || turn; i += CLIENTS, turn = !turn) {
		int64_t due = begin + (int64_t)(i * gap);

		if (i < events) /* else it only leaves the tap as it was */
			sleep_until(due);
		if (!do_event(path, programs[turn], client + 1))
			return 1;
		if (i < events)
			took[i] = (uint32_t)(now_us() - due);
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

	return (one > other) - (one < other);
}

int main(int argc, char **argv)
{
	int rate = argc > 3 ? atoi(argv[2]) : 0, events = rate ? rate * atoi(argv[3]) : 0;
	int status, failed = 0;
	uint32_t *took;
	int64_t begin;

	if (events < CLIENTS)
		return 2;
	took = mmap(NULL, (size_t)events * sizeof *took, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (took == MAP_FAILED)
		return 1;
	begin = now_us() + 100000;
	for (int i = 0; i < CLIENTS; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(run_client(argv[1], i, events, begin, 1e6 / rate, took));
		failed += pid < 0;
	}
	while (wait(&status) > 0)
		failed += status != 0;
	qsort(took, (size_t)events, sizeof *took, by_size);
	printf("%u %u\n", took[events / 2], took[(size_t)events * 99 / 100]);
	return failed ? 1 : 0;
}
