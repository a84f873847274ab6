/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* service_link.c - a connection to moontapd: connect(2), a call, its reply or its error */
#include "cli/service_link.h"
#include "base/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WHOLE_MS 60000 /* for the rest of a reply */

/* A reply to a user's session may take as long as its policy and the kernel take; when the service
 * ends, so does the connection. */
static int connect_service(void)
{
	const char *events = secure_getenv("MOONTAP_EVENT_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char path[PATH_MAX] = MT_VARLINK_DEFAULT;
	int fd;

	if (events)
		mt_path_beside(events, MT_VARLINK_SOCKET, path);
	if (strlen(path) >= sizeof to.sun_path)
		return -1;
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || !connect(fd, (struct sockaddr *)&to, sizeof to))
		return fd;
	close(fd);
	return -1;
}

bool mt_service_open(struct mt_cli *c, struct mt_service *s)
{
	*s = (struct mt_service){ .c = c, .messages = { connect_service(), WHOLE_MS } };
	c->no_service = s->messages.fd < 0;
	if (c->no_service)
		return false;
	s->varlink = mt_varlink_load(c);
	if (!s->varlink)
		mt_service_close(s);
	return s->varlink;
}

void mt_service_close(struct mt_service *s)
{
	close(s->messages.fd);
	mt_messages_free(&s->messages);
	mt_pool_free(&s->pool);
}

/* The words of a text, where there are any. */
static const char *said(const char *s)
{
	return s ? s : "";
}

static void take_error(const struct mt_varlink_error *from, struct mt_err *e)
{
	static const char *const names[] = {
		[MT_CALL_NO_INTERFACE] = "interface", [MT_CALL_NO_METHOD] = "method",
		[MT_CALL_NOT_IMPLEMENTED] = "method", [MT_CALL_BAD_PARAMETER] = "parameter",
		[MT_CALL_UNKNOWN_ERROR] = "error",
	};

	switch (from->is) {
	case MT_CALL_FAILED:
		mt_fail(e, ECANCELED, said(from->what), said(from->on), "%s", said(from->why));
		mt_err_in(e, "%s", said(from->where));
		while (e->blame < MT_BLAME_UNDO && mt_exit_status(e->blame) != (int)from->exit)
			e->blame++;
		return;
	case MT_CALL_NOT_ALLOWED:
		mt_fail(e, ECANCELED, "refused", "", "%s", said(from->why));
		e->blame = MT_BLAME_REFUSED;
		return;
	case MT_CALL_ELSEWHERE:
		mt_fail(e, ECANCELED, "moontapd", "", "it is in another network namespace");
		return;
	case MT_CALL_BUSY:
		mt_fail(e, EAGAIN, "moontapd", "", "%s", said(from->why));
		return;
	default:
		mt_fail(e, EPROTO, "moontapd", "", "it is of another version: %s %s",
			names[from->is], said(from->subject));
	}
}

static int broken(const struct mt_service *s, const char *guest, int err, const char *why)
{
	struct mt_err e;

	mt_fail(&e, -err, "moontapd", "", "%s", why ? why : strerror(-err));
	return mt_cli_error(s->c, guest, &e);
}

static int send_call(const struct mt_service *s, const struct mt_varlink_call *call,
		     const char *guest)
{
	char *text = s->varlink->write_call(call);
	int err = text ? mt_message_send(&s->messages, text, -1) : -EILSEQ;

	free(text);
	if (err == -EILSEQ)
		return broken(s, guest, err, "the guest's name or its XML is no UTF-8");
	/* a service that has closed the connection may have said why */
	return err && err != -EPIPE ? broken(s, guest, err, NULL) : 0;
}

int mt_service_call(struct mt_service *s, const struct mt_varlink_call *call, const char *guest,
		    struct mt_varlink_reply *reply)
{
	struct mt_varlink_error error = { 0 };
	struct mt_err e = { 0 };
	int status = send_call(s, call, guest), err;
	char *text;
	long n;

	if (status)
		return status;
	do
		n = mt_message_receive(&s->messages, &text);
	while (n == -EINTR && !mt_cli_stop);
	if (n < 0)
		return broken(s, guest, (int)n, n == -ENOTCONN ? "it has ended" : NULL);
	if (s->c->json)
		status = mt_print_json(s->c, s->varlink, s->varlink->show_reply(text, (size_t)n),
				       stdout);
	err = s->varlink->read_reply(text, (size_t)n, call->method, &s->pool, reply, &error);
	if (!err)
		return status;
	if (err != -EINVAL)
		return broken(s, guest, err, error.why);
	take_error(&error, &e);
	return mt_cli_error(s->c, guest, &e);
}
