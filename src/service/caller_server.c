/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caller_server.c - read a call, run it, answer: until the other end is closed */
#include "service/caller_server.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/module.h"
#include "base/users.h"
#include "engine/host_watch.h"
#include "service/caller_methods.h"
#include "service/signals.h"
#include "service/spares.h"
#include "service/starter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define WAIT_MS 5000 /* for the rest of a call, and for a caller to take its reply */

struct server {
	const struct mt_varlink *varlink;
	struct mt_log log;
	struct mt_messages messages;
	struct mt_engine *g;
	const struct mt_caller_connection *c;
	struct mt_caller *caller; /* NULL: root */
	char starter[MT_STARTER_MAX];
	bool elsewhere; /* it is in another network namespace */
};

/* --- answers ---------------------------------------------------------------------------------- */

/* Return: whether it was sent; also when nobody wants it. */
static bool answer(const struct server *s, const struct mt_varlink_call *call, char *text,
		   int descriptor)
{
	bool sent = text && (call->oneway || !mt_message_send(&s->messages, text, descriptor));

	free(text);
	if (descriptor >= 0)
		close(descriptor);
	return sent;
}

static struct mt_varlink_error failure(const struct mt_err *e)
{
	return (struct mt_varlink_error){ .is = MT_CALL_FAILED,
					  .what = e->op,
					  .on = e->subject,
					  .why = e->text,
					  .where = e->where,
					  .exit = (unsigned)mt_exit_status(e->blame) };
}

/* One line: uid and pid are what somebody looks for who asks why a user was refused. */
static void log_failure(const struct server *s, const struct mt_err *e)
{
	char line[700];

	mt_log(&s->log, LOG_WARNING, "uid %u, pid %d: %s", s->c->peer->uid, (int)s->c->peer->pid,
	       mt_err_line(e, line, sizeof line));
}

/* --- calls ------------------------------------------------------------------------------------ */

static char *run_service(const struct server *s, const struct mt_varlink_call *call)
{
	struct mt_varlink_reply reply = { .vendor = "moontap",
					  .product = "moontap",
					  .version = MOONTAP_VERSION,
					  .interfaces = s->varlink->interfaces };
	struct mt_varlink_error none = { .is = MT_CALL_NO_INTERFACE,
					 .subject = call->params.interface };
	char *description = NULL, *text;

	if (call->method == MT_CALL_DESCRIBE) {
		description = s->varlink->describe(call->params.interface);
		if (!description)
			return s->varlink->write_error(&none);
		reply.description = description;
	}
	text = s->varlink->write_reply(call->method, &reply, false);
	free(description);
	return text;
}

static int check(const struct server *s, struct mt_pool *p, struct mt_err *e)
{
	const struct mt_grants *known = mt_kept_grants_now(s->c->grants, s->g);
	struct mt_grants read;

	if (!known && mt_grants_read(s->g, &read, p, e))
		return -e->code;
	return mt_caller_check(known ? known : &read, s->caller, e);
}

/* What a user who may not ask is answered; NULL: the caller may ask. */
static char *turn_away(const struct server *s)
{
	struct mt_varlink_error error = { .is = MT_CALL_ELSEWHERE };
	struct mt_pool p = { 0 };
	struct mt_err e = { 0 };
	char *text = NULL;

	if (s->elsewhere)
		return s->varlink->write_error(&error);
	if (s->caller && check(s, &p, &e)) {
		log_failure(s, &e);
		error = failure(&e);
		if (e.blame == MT_BLAME_REFUSED)
			error.is = MT_CALL_NOT_ALLOWED;
		text = s->varlink->write_error(&error);
		mt_engine_rest(s->g);
	}
	mt_pool_free(&p);
	return text;
}

/* @continues: another reply may follow; out: not after this one, which is an error */
static char *run_method(const struct server *s, const struct mt_varlink_call *call, int *descriptor,
			bool *continues)
{
	struct mt_result r = { .inside = { .name = "", .uuid = "" } };
	struct mt_varlink_error error;
	struct mt_varlink_reply reply = { 0 };
	struct mt_err e = { 0 };
	const char *bad = NULL;
	char *text;

	if (!mt_caller_method(s->g, s->caller, call, &r, &reply, descriptor, &bad, &e)) {
		text = s->varlink->write_reply(call->method, &reply, *continues);
	} else {
		*continues = false;
		error = failure(&e);
		if (bad)
			error = (struct mt_varlink_error){ .is = MT_CALL_BAD_PARAMETER,
							   .subject = bad };
		else
			log_failure(s, &e);
		text = s->varlink->write_error(&error);
	}
	mt_outcome_free(&r.inside);
	mt_engine_rest(s->g);
	return text;
}

/* A reply now, and one whenever something has changed: until the other end is closed. */
static void run_on(const struct server *s, const struct mt_varlink_call *call)
{
	struct mt_host_watch w;
	struct mt_err e;
	bool continues = !mt_host_watch_open(&w, s->g, s->messages.fd, s->messages.waiting, &e);
	bool sent = true;
	char *last = NULL;
	int none = -1;

	if (!continues)
		log_failure(s, &e);
	do {
		char *text = run_method(s, call, &none, &continues);

		if (!last || !text || strcmp(last, text))
			sent = text && !mt_message_send(&s->messages, text, -1);
		free(last);
		last = text;
	} while (sent && continues && mt_host_watch_wait(&w, mt_signals_ending));
	mt_host_watch_close(&w);
	free(last);
}

/* Return: whether another call may follow. */
static bool run_call(const struct server *s, const struct mt_varlink_call *call)
{
	bool continues = false;
	int descriptor = -1;
	char *text;

	if (call->method <= MT_CALL_DESCRIBE)
		return answer(s, call, run_service(s, call), -1);
	text = turn_away(s);
	if (!text && call->more && !call->oneway && call->method == MT_CALL_STATUS) {
		run_on(s, call);
		return false;
	}
	if (!text)
		text = run_method(s, call, &descriptor, &continues);
	return answer(s, call, text, descriptor);
}

/* Return: whether another call may follow. */
static bool serve(const struct server *s, const char *bytes, size_t n)
{
	struct mt_pool p = { 0 };
	struct mt_varlink_call call;
	struct mt_varlink_error error = { 0 };
	int err = s->varlink->read_call(bytes, n, &p, &call, &error);
	bool more;

	if (err == -EBADMSG)
		error = (struct mt_varlink_error){ .is = MT_CALL_FAILED,
						   .what = "call",
						   .why = error.why,
						   .exit = MOONTAP_USAGE };
	if (err && err != -ENOMEM)
		more = answer(s, &call, s->varlink->write_error(&error), -1) && err != -EBADMSG;
	else if (err)
		more = false;
	else
		more = run_call(s, &call);
	mt_pool_free(&p);
	return more;
}

/* What is no call gets an answer, for people who debug a client; then the connection is closed. */
static void complain(const struct server *s, long err)
{
	struct mt_err e = { 0 };
	struct mt_varlink_error error;
	const struct mt_varlink_call none = { 0 };

	if (err != -EFBIG && err != -ETIMEDOUT && err != -EPIPE)
		return;
	mt_fail(&e, (int)-err, "call", "",
		err == -EFBIG		? "it has more than 8 MiB"
			: err == -EPIPE ? "its end is missing"
					: "it was not complete within 5 s");
	e.blame = MT_BLAME_USAGE;
	error = failure(&e);
	answer(s, &none, s->varlink->write_error(&error), -1);
}

static void serve_all(struct server *s)
{
	while (!mt_signals_ending() && !mt_spares_failed()) {
		char *text;
		long n;

		mt_spares_rest();
		n = mt_message_receive(&s->messages, &text);
		if (n == -EINTR)
			continue;
		if (n < 0) {
			complain(s, n);
			return;
		}
		if (s->c->pace)
			mt_pace_wait(s->c->pace);
		if (!serve(s, text, (size_t)n))
			return;
	}
}

/* --- a connection ----------------------------------------------------------------------------- */

static const char *keep(struct mt_pool *p, const char *name)
{
	return mt_pool_copy(p, name, strlen(name));
}

/* By the kernel's word, when the socket was connected. */
static int know_caller(struct server *s, struct mt_caller *c, struct mt_pool *p, struct mt_err *e)
{
	const char **names = NULL;
	char name[64];
	gid_t *gids;
	size_t n = 0;
	int err;

	c->uid = s->c->peer->uid;
	c->gid = s->c->peer->gid;
	c->pid = s->c->peer->pid;
	c->starter = mt_starter_of(c->pid, s->starter);
	c->user = keep(p, mt_user_name(c->uid, name));
	err = c->user ? mt_peer_groups(s->messages.fd, p, &gids, &n) : -ENOMEM;
	if (!err)
		names = mt_pool_alloc(p, (n + 2) * sizeof *names);
	for (size_t i = 0; names && i < n; i++)
		names[i] = keep(p, mt_group_name(gids[i], name));
	if (names)
		names[n] = keep(p, mt_group_name(c->gid, name));
	for (size_t i = 0; !err && i <= n; i++)
		if (!names || !names[i])
			err = -ENOMEM;
	c->gids = gids;
	c->ngids = n;
	c->groups = names;
	s->caller = c;
	return err ? mt_fail(e, -err, "groups", "", NULL) : 0;
}

static int begin(struct server *s, const struct moontap_options *options, struct mt_caller *caller,
		 struct mt_pool *p, struct mt_err *e)
{
	const struct timeval wait = { WAIT_MS / 1000, 0 };
	struct moontap *m;
	const char *why;

	setsockopt(s->messages.fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	s->varlink = mt_module_load("varlink", "mt_varlink", &why);
	if (!s->varlink)
		return mt_fail(e, ENOENT, "module", "varlink", "%s", why);
	if (mt_handle_open(&m, options, e))
		return -e->code;
	s->g = &m->engine;
	mt_spares_inherit(s->g, s->c->spares);
	s->elsewhere = !mt_peer_is_in(s->c->peer, mt_host_cookie(s->g->host));
	return s->c->peer->uid ? know_caller(s, caller, p, e) : 0;
}

int mt_caller_serve(const struct mt_caller_connection *c, const struct moontap_options *options)
{
	struct server s = { .log = { options->log, options->data },
			    .c = c,
			    .messages = { .fd = c->fd, .whole_ms = WAIT_MS } };
	struct mt_caller caller = { 0 };
	struct mt_pool p = { 0 };
	struct mt_err e;
	sigset_t waiting;

	mt_signals_block(&waiting);
	s.messages.waiting = &waiting;
	if (begin(&s, options, &caller, &p, &e))
		log_failure(&s, &e);
	else
		serve_all(&s);
	return mt_spares_failed() ? MT_CALLER_SPARE_DIED : 0;
}
