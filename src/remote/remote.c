/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* remote.c - a connection to moontapd: connect(2), a call, its reply or its error */
#include "remote/remote.h"
#include "base/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WHOLE_MS 60000 /* for the rest of a reply */

/* A reply may take as long as its policy and the kernel take; when the service ends, so does the
 * connection. */
int mt_remote_open(struct mt_remote *r, const char *path)
{
	const char *events = secure_getenv("MOONTAP_EVENT_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char beside[PATH_MAX] = MT_VARLINK_DEFAULT;
	int fd, err;

	if (!path && events)
		mt_path_beside(events, MT_VARLINK_SOCKET, beside);
	path = path ? path : beside;
	if (strlen(path) >= sizeof to.sun_path)
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	r->messages = (struct mt_messages){ fd, WHOLE_MS };
	if (!connect(fd, (struct sockaddr *)&to, sizeof to))
		return 0;
	err = -errno;
	close(fd);
	return err;
}

void mt_remote_close(struct mt_remote *r)
{
	close(r->messages.fd);
	mt_messages_free(&r->messages);
}

bool mt_remote_takes_nic(const char *word)
{
	return *word && !word[strspn(word, "0123456789")] && strlen(word) <= 9;
}

/* The words of a text, where there are any. */
static const char *said(const char *s)
{
	return s ? s : "";
}

static int take_error(const struct mt_varlink_error *from, struct mt_err *e)
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
		return -ECANCELED;
	case MT_CALL_NOT_ALLOWED:
		mt_fail(e, ECANCELED, "refused", "", "%s", said(from->why));
		e->blame = MT_BLAME_REFUSED;
		return -ECANCELED;
	case MT_CALL_ELSEWHERE:
		return mt_fail(e, ECANCELED, "moontapd", "", "it is in another network namespace");
	case MT_CALL_BUSY:
		return mt_fail(e, EAGAIN, "moontapd", "", "%s", said(from->why));
	default:
		return mt_fail(e, EPROTO, "moontapd", "", "it is of another version: %s %s",
			       names[from->is], said(from->subject));
	}
}

static int broken(struct mt_err *e, int err, const char *why)
{
	return mt_fail(e, -err, "moontapd", "", "%s", why ? why : strerror(-err));
}

static int send_call(const struct mt_remote *r, const struct mt_varlink_call *call,
		     struct mt_err *e)
{
	char *text = r->varlink->write_call(call);
	int err = text ? mt_message_send(&r->messages, text, -1) : -EILSEQ;

	free(text);
	if (err == -EILSEQ)
		return broken(e, err, "the guest's name or its XML is no UTF-8");
	/* a service that has closed the connection may have said why */
	return err && err != -EPIPE ? broken(e, err, NULL) : 0;
}

int mt_remote_call(struct mt_remote *r, const struct mt_varlink_call *call, struct mt_pool *p,
		   struct mt_varlink_reply *reply, struct mt_err *e)
{
	struct mt_varlink_error error = { 0 };
	int err = send_call(r, call, e);
	long n;

	r->text = NULL;
	if (err)
		return err;
	do
		n = mt_message_receive(&r->messages, &r->text);
	while (n == -EINTR && !(r->stop && *r->stop));
	if (n < 0) {
		r->text = NULL;
		return broken(e, (int)n, n == -ENOTCONN ? "it has ended" : NULL);
	}
	r->n = (size_t)n;
	err = r->varlink->read_reply(r->text, r->n, call->method, p, reply, &error);
	if (!err)
		return 0;
	return err == -EINVAL ? take_error(&error, e) : broken(e, err, error.why);
}
