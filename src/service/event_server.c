/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* event_server.c - the worker's side of an event: event_socket.h says the order of the messages */
#include "service/event_server.h"
#include "base/bytes.h"
#include "base/descriptors.h"
#include "engine/driver.h"
#include "engine/invocation.h"
#include "kernel/tap.h"
#include "service/event_socket.h"
#include "service/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define WORDS_MAX 8
#define NEEDED	  (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

struct event {
	struct mt_engine *g;
	int connection;
	struct mt_peer peer;
	char text[MT_EVENT_MAX];
	const char *words[WORDS_MAX + 1]; /* protocol, version, program, then its own; NULL-ended */
	unsigned n;
	const char *program; /* without its folder */
	/* of the words: the tap; or from the driver on, as mt_call_hook() takes them */
	const char *const *argv;
	int fds[MT_DESCRIPTORS_MAX];
	unsigned nfds;
	bool hook, up;
	void *xml; /* mapped; NULL: none */
	size_t xml_n;
	int out; /* a memfd of what is for standard output; -1: nothing */
};

/* --- the request ------------------------------------------------------------------------------ */

static bool split(struct event *ev, size_t n)
{
	char *at = ev->text;

	if (!n || ev->text[n - 1])
		return false;
	while (at < ev->text + n) {
		if (ev->n == WORDS_MAX)
			return false;
		ev->words[ev->n++] = at;
		at += strlen(at) + 1;
	}
	return ev->n > 3 && !strcmp(ev->words[0], MT_EVENT_PROTOCOL) &&
		!strcmp(ev->words[1], MOONTAP_VERSION);
}

/* What the program would refuse, or would do otherwise than an event, is the program's to say. In the
 * words of a hook the driver takes the program's place. */
static bool understand(struct event *ev)
{
	const char *slash = strrchr(ev->words[2], '/');

	for (unsigned i = 3; i < ev->n; i++)
		if (!*ev->words[i])
			return false;
	ev->program = slash ? slash + 1 : ev->words[2];
	ev->argv = ev->words + 3;
	ev->up = !strcmp(ev->program, "qemu-ifup");
	if (ev->up || !strcmp(ev->program, "qemu-ifdown"))
		return ev->n == 4;
	ev->hook = true;
	ev->words[2] = mt_driver_of_hook(ev->words[2]);
	ev->argv = ev->words + 2;
	return ev->n == 7 && mt_driver_known(ev->argv[0]) && mt_operation_known(ev->argv[2]);
}

/* It is mapped: what could change meanwhile is not taken. */
static bool map_input(struct event *ev)
{
	struct stat st;
	int seals;

	if (!ev->hook)
		return true;
	seals = ev->nfds ? fcntl(ev->fds[0], F_GET_SEALS) : -1;
	if (seals < 0 || (seals & NEEDED) != NEEDED || fstat(ev->fds[0], &st) ||
	    st.st_size > (off_t)MT_EVENT_STDIN_MAX)
		return false;
	ev->xml_n = (size_t)st.st_size;
	ev->xml = mmap(NULL, ev->xml_n + 1, PROT_READ, MAP_PRIVATE, ev->fds[0], 0);
	if (ev->xml == MAP_FAILED)
		ev->xml = NULL;
	return ev->xml;
}

/* Whoever connects, and then says nothing, keeps no worker for long. */
static void wait_at_most(int connection, unsigned ms)
{
	struct timeval t = { ms / 1000, ms % 1000 * 1000L };

	setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
}

static bool receive(struct event *ev)
{
	ssize_t got;

	if (mt_peer_of(ev->connection, &ev->peer))
		return false;
	wait_at_most(ev->connection, MT_EVENT_ACCEPT_MS);
	got = mt_receive_descriptors(ev->connection, ev->text, sizeof ev->text, ev->fds, &ev->nfds);
	return got > 0 && ev->peer.uid == 0 && split(ev, (size_t)got) && understand(ev) &&
		map_input(ev);
}

/* --- the answer ------------------------------------------------------------------------------- */

static int reply(const struct event *ev, enum mt_reply_is is, unsigned value, const char *text)
{
	char message[MT_REPLY_MAX];
	struct mt_event_reply head = { is, value };
	size_t n = strnlen(text, sizeof message - sizeof head);

	memcpy(message, &head, sizeof head);
	memcpy(message + sizeof head, text, n);
	return mt_send_descriptors(ev->connection, message, sizeof head + n, &ev->out,
				   ev->out >= 0 ? 1 : 0);
}

static int keep_xml(void *data, const char *xml, size_t n, struct mt_err *e)
{
	struct event *ev = data;

	if (!n)
		return 0;
	ev->out = mt_bytes_file("moontap", xml, n);
	return ev->out < 0 ? mt_fail(e, -ev->out, "standard output", "memfd", NULL) : 0;
}

static bool has_tap(const struct event *ev, const char *tap)
{
	for (unsigned i = 0; i < ev->nfds; i++)
		if (mt_tap_is(ev->fds[i], tap))
			return true;
	return false;
}

static int run(struct event *ev, struct mt_outcome *out, struct mt_err *e)
{
	struct mt_hook_call call = {
		.argv = ev->argv,
		.source = { .fd = -1, .bytes = ev->xml, .n = ev->xml_n, .name = ev->argv[1] },
		.print = keep_xml,
		.data = ev
	};

	if (!ev->hook)
		return mt_call_script(ev->g, ev->up, ev->argv, mt_peer_parent(ev->peer.pid),
				      has_tap(ev, ev->argv[0]), out, e);
	return mt_call_hook(ev->g, &call, out, e);
}

/* A policy may be asked three times: for the plan, for whose guest it is, for the record. */
static unsigned limit_ms(const struct mt_engine *g)
{
	return 3 * g->o.deadline_ms + 30000;
}

/* Before the client ends: QEMU may make a tap of this name again at once. */
static void close_taps(struct event *ev)
{
	while (ev->nfds)
		close(ev->fds[--ev->nfds]);
}

static void run_and_answer(struct event *ev)
{
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e = { 0 };
	char line[8192] = "", go[sizeof MT_EVENT_GO];
	int status = 0;

	if (reply(ev, MT_REPLY_ACCEPTED, limit_ms(ev->g), "") ||
	    recv(ev->connection, go, sizeof go, 0) != sizeof go - 1 ||
	    memcmp(go, MT_EVENT_GO, sizeof go - 1))
		return;
	if (run(ev, &out, &e)) {
		status = mt_exit_status(e.blame);
		mt_error_line(ev->program, ev->hook ? ev->argv[1] : out.name, ev->g->o.state, &e,
			      line, sizeof line - 1);
		strcat(line, "\n");
	}
	close_taps(ev);
	reply(ev, MT_REPLY_DONE, (unsigned)status, line);
	mt_outcome_free(&out);
}

void mt_event_serve(struct mt_engine *g, int connection)
{
	struct event ev = { .g = g, .connection = connection, .out = -1 };

	if (receive(&ev) && mt_peer_is_in(&ev.peer, mt_host_cookie(g->host)))
		run_and_answer(&ev);
	else
		reply(&ev, MT_REPLY_ELSEWHERE, 0, "");
	if (ev.xml)
		munmap(ev.xml, ev.xml_n + 1);
	close_taps(&ev);
	if (ev.out >= 0)
		close(ev.out);
}
