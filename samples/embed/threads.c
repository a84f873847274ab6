/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * threads.c - a busy host: eight threads, of which two connect and disconnect guests
 *
 *	cc -pthread -o threads threads.c $(pkg-config --cflags --libs moontap libxml-2.0)
 *	./threads RUNS POLICY.lua STATE-DIRECTORY
 *
 * The others allocate, load libraries and parse XML without a pause, so that the locks of the
 * allocator, the loader and libxml2 are nearly always held; and the host waits for any child that
 * ends, as many do. RUNS events later it says how long they took; one that takes over a minute
 * hangs, and ends the host with 1.
 */
#include <dlfcn.h>
#include <libxml/parser.h>
#include <moontap.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static const char guest[] =
	"<domain type='qemu'><name>busy%d</name>"
	"<uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1d%02d</uuid><memory>1</memory>"
	"<os><type>hvm</type></os><devices><interface type='ethernet'>"
	"<mac address='52:54:00:10:01:%02d'/><target dev='busy%d' managed='no'/>"
	"</interface></devices></domain>";

static atomic_int done, failed;
static atomic_bool over;

struct connector {
	pthread_t thread;
	int number, runs;
	const char *policy, *state;
};

static void *allocate(void *unused)
{
	while (!over) {
		void *blocks[64];

		for (size_t i = 0; i < 64; i++)
			blocks[i] = malloc(i * 977 % 65536 + 1);
		for (size_t i = 0; i < 64; i++)
			free(blocks[i]);
	}
	return unused;
}

static void *load(void *unused)
{
	static const char *const libraries[] = { "libz.so.1", "liblzma.so.5", "libresolv.so.2" };

	for (size_t i = 0; !over; i++) {
		void *lib = dlopen(libraries[i % 3], RTLD_NOW | RTLD_LOCAL);

		if (lib)
			dlclose(lib);
	}
	return unused;
}

static void *parse(void *unused)
{
	while (!over) {
		xmlDoc *doc =
			xmlReadMemory(guest, sizeof guest - 1, "guest", NULL, XML_PARSE_NONET);

		xmlFreeDoc(doc);
	}
	return unused;
}

static void run(struct moontap *m, const struct connector *c, int i)
{
	char xml[sizeof guest + 16];
	struct moontap_event event = { .what = i % 2 ? "down" : "up", .xml = xml };
	struct moontap_error error;

	event.xml_size = (size_t)snprintf(xml, sizeof xml, guest, c->number, c->number, c->number,
					  c->number);
	if (moontap_run(m, &event, sizeof event, NULL, &error)) {
		fprintf(stderr, "%s busy%d: %s %s: %s\n", event.what, c->number, error.what,
			error.on, error.why);
		failed++;
	}
	done++;
}

static void *connect(void *data)
{
	const struct connector *c = data;
	struct moontap_options options = { .policy = c->policy, .state = c->state };
	struct moontap_error error;
	struct moontap *m;

	if (moontap_open(&m, &options, sizeof options, &error)) {
		fprintf(stderr, "open: %s\n", error.why);
		failed++;
		return NULL;
	}
	for (int i = 0; i < c->runs; i++)
		run(m, c, i);
	moontap_close(m);
	return NULL;
}

static void wait_for_any(int signal)
{
	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* No event may take a minute. */
static void watch(int runs)
{
	for (int before = -1, idle = 0; done < runs && !failed; before = done) {
		nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
		idle = done == before ? idle + 1 : 0;
		if (idle < 1200)
			continue;
		fprintf(stderr, "hangs after %d runs\n", done);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static void *(*const busy[])(void *) = { allocate, allocate, load, load, parse, parse };
	struct sigaction reap = { .sa_handler = wait_for_any, .sa_flags = SA_RESTART };
	struct connector connectors[2];
	struct timespec from, to;
	pthread_t threads[6];
	int runs = argc == 4 ? atoi(argv[1]) : 0;

	if (runs < 2) {
		fprintf(stderr, "usage: %s RUNS POLICY STATE\n", argv[0]);
		return 2;
	}
	xmlInitParser();
	sigaction(SIGCHLD, &reap, NULL);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (size_t i = 0; i < 6; i++)
		pthread_create(&threads[i], NULL, busy[i], NULL);
	for (int i = 0; i < 2; i++) {
		connectors[i] = (struct connector){
			.number = i, .runs = (runs + i) / 2, .policy = argv[2], .state = argv[3]
		};
		pthread_create(&connectors[i].thread, NULL, connect, &connectors[i]);
	}
	watch(runs);
	for (int i = 0; i < 2; i++)
		pthread_join(connectors[i].thread, NULL);
	over = true;
	for (size_t i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%d runs, %d failed, %.1f s\n", done, failed,
	       (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
	xmlCleanupParser();
	return failed ? 1 : 0;
}
