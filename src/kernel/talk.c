/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* talk.c - transport: send one request, read its whole answer, keep the extended ack */
#include "kernel/nl.h"
#include "base/bytes.h"
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TIMEOUT_MS 5000
#define TRIES	   10			/* of a dump that is interrupted by changes */
#define ANSWER_MAX (64ul * 1024 * 1024) /* bytes; about 500,000 routes */

/* An answer while it is read. */
struct answer {
	char *bytes;
	size_t len, room;
	bool change;	  /* the request may have changed something: it is not sent twice */
	bool interrupted; /* messages may be missing, or there twice: ask again */
	int64_t deadline;
};

struct nlmsghdr *mt_nl_start(struct mt_nl_request *q, uint16_t type, uint16_t flags, size_t head)
{
	struct nlmsghdr *n;

	memset(q, 0, sizeof *q); /* the padding of attributes is sent, too */
	n = mnl_nlmsg_put_header(q->bytes);
	n->nlmsg_type = type;
	n->nlmsg_flags = NLM_F_REQUEST | flags;
	mnl_nlmsg_put_extra_header(n, head);
	return n;
}

static int wait_for(int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left = deadline - mt_now_ms();
	int ready = left > 0 ? poll(&p, 1, (int)left) : 0;

	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	return ready ? 0 : -ETIMEDOUT;
}

/* One datagram of the kernel's into h->buf. Return: its length, or -errno. */
static ssize_t receive(struct mt_host *h, const struct nlmsghdr *request, int64_t deadline)
{
	int err, fd = mnl_socket_get_fd(h->nl);

#ifdef MOONTAP_FAULTS
	if (h->fault.answer)
		return h->fault.answer(h->fault.data, request, h->buf, sizeof h->buf);
#endif
	(void)request;
	for (;;) {
		struct sockaddr_nl from = { 0 };
		struct iovec part = { h->buf, sizeof h->buf };
		struct msghdr m = { .msg_name = &from,
				    .msg_namelen = sizeof from,
				    .msg_iov = &part,
				    .msg_iovlen = 1 };
		ssize_t len = recvmsg(fd, &m, MSG_DONTWAIT | MSG_TRUNC);

		if (len > (ssize_t)sizeof h->buf)
			return -EMSGSIZE;
		if (len >= 0 && m.msg_namelen == sizeof from && !from.nl_pid)
			return len;
		if (len >= 0)
			continue; /* not from the kernel */
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		err = wait_for(fd, deadline);
		if (err)
			return err;
	}
}

static int take_words(const struct nlattr *a, void *data)
{
	if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG)
		*(const char **)data = mt_nl_str(a);
	return MNL_CB_OK;
}

/* The text of an extended ack, whose attributes begin at @off; "": there is none. Borrowed. */
static const char *extack_text(const struct nlmsghdr *n, size_t off)
{
	const char *words = "";

	if (n->nlmsg_flags & NLM_F_ACK_TLVS && off <= mnl_nlmsg_get_payload_len(n))
		mnl_attr_parse(n, (unsigned int)off, take_words, &words);
	return words;
}

/* NLMSG_ERROR and NLMSG_DONE both begin with an error number. */
static int verdict(const struct nlmsghdr *n, struct mt_err *e)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(n);
	size_t len = mnl_nlmsg_get_payload_len(n), off = sizeof err->error;
	const char *words;

	if (len < sizeof err->error || err->error > 0 || err->error < -4095)
		return mt_fail(e, EBADMSG, "", "", "the kernel's answer makes no sense");
	if (!err->error)
		return 0;
	if (n->nlmsg_type == NLMSG_ERROR && len >= sizeof *err) {
		off = sizeof *err;
		if (!(n->nlmsg_flags & NLM_F_CAPPED) && err->msg.nlmsg_len > sizeof err->msg)
			off += err->msg.nlmsg_len - sizeof err->msg;
	}
	words = extack_text(n, off);
	return mt_fail(e, -err->error, "", "", "%s%s%s", strerror(-err->error), *words ? ": " : "",
		       words);
}

static int keep(struct answer *a, const struct nlmsghdr *n, struct mt_err *e)
{
	size_t len = NLMSG_ALIGN(n->nlmsg_len);
	int err = mt_bytes_room(&a->bytes, &a->room, a->len + len, 4096, ANSWER_MAX);

	if (err == -EFBIG)
		return mt_fail(e, EMSGSIZE, "", "", "the kernel's answer is too long");
	if (err)
		return mt_fail(e, -err, "", "", NULL);
	memcpy(a->bytes + a->len, n, n->nlmsg_len);
	memset(a->bytes + a->len + n->nlmsg_len, 0, len - n->nlmsg_len);
	a->len += len;
	return 0;
}

/* One message of the answer to @request. Return: 1: it was the last; 0; -errno. */
static int take_message(const struct nlmsghdr *request, const struct nlmsghdr *n, struct answer *a,
			struct mt_err *e)
{
	bool dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	int err;

	/* also on NLMSG_DONE, perhaps on it alone: net/netlink/af_netlink.c netlink_dump_done() */
	if (dump && n->nlmsg_flags & NLM_F_DUMP_INTR)
		a->interrupted = true;
	if (n->nlmsg_type == NLMSG_ERROR || n->nlmsg_type == NLMSG_DONE) {
		err = verdict(n, e);
		return err ? err : 1;
	}
	if (n->nlmsg_type < NLMSG_MIN_TYPE)
		return 0;
	err = keep(a, n, e);
	return err ? err : !dump && !(request->nlmsg_flags & NLM_F_ACK);
}

static int lost(struct mt_err *e, int err)
{
	if (err == -ETIMEDOUT)
		return mt_fail(e, ETIMEDOUT, "", "", "no answer from the kernel in %d s",
			       TIMEOUT_MS / 1000);
	return mt_fail(e, -err, "", "", err == -ENOBUFS ? "the kernel's answer was lost" : NULL);
}

/* The message at *@at, which moves to the next one; NULL: there is no whole one. (A length of 2 GiB
 * or more passes libmnl's mnl_nlmsg_ok(), which compares it as a signed number.) */
static const struct nlmsghdr *next_message(const char *bytes, size_t len, size_t *at)
{
	const struct nlmsghdr *n;

	if (*at > len || len - *at < sizeof *n)
		return NULL;
	n = (const void *)(bytes + *at);
	if (n->nlmsg_len < sizeof *n || n->nlmsg_len > len - *at)
		return NULL;
	*at += NLMSG_ALIGN((size_t)n->nlmsg_len);
	return n;
}

static int read_answer(struct mt_host *h, const struct nlmsghdr *request, struct answer *a,
		       struct mt_err *e)
{
	for (;;) {
		ssize_t got = receive(h, request, a->deadline);
		const struct nlmsghdr *n;
		size_t at = 0;
		int done;

		/* A question can be asked again; a change may have happened already. */
		if (got == -ENOBUFS && !a->change) {
			a->interrupted = true;
			return 0;
		}
		if (got < 0)
			return lost(e, (int)got);
		while ((n = next_message(h->buf, (size_t)got, &at))) {
			if (n->nlmsg_seq != request->nlmsg_seq || n->nlmsg_pid != h->portid)
				continue; /* late answer to something that timed out */
			done = take_message(request, n, a, e);
			if (done)
				return done < 0 ? done : 0;
		}
	}
}

/* All messages of a batch have one number: whatever is answered is an answer to it. */
static void number(struct mt_host *h, struct nlmsghdr *n, size_t len)
{
	h->seq++;
	for (char *at = (char *)n, *end = at + len; at < end;
	     at += NLMSG_ALIGN(((struct nlmsghdr *)at)->nlmsg_len))
		((struct nlmsghdr *)at)->nlmsg_seq = h->seq;
}

static int ask(struct mt_host *h, struct nlmsghdr *n, size_t len, struct answer *a,
	       struct mt_err *e)
{
	int fault = mt_fault(h);

	if (fault > 0)
		return mt_fail(e, fault, "", "", NULL);
	number(h, n, len);
	while (mnl_socket_sendto(h->nl, n, len) < 0)
		if (errno != EINTR)
			return mt_fail(e, errno, "", "", NULL);
	return fault ? lost(e, -ETIMEDOUT) : read_answer(h, n, a, e);
}

/* Asks until an answer was not interrupted. */
static int ask_until_whole(struct mt_host *h, struct nlmsghdr *n, struct answer *a,
			   struct mt_err *e)
{
	for (int i = 0; i < TRIES; i++) {
		int err;

		a->len = 0;
		a->interrupted = false;
		err = ask(h, n, n->nlmsg_len, a, e);
		if (err || !a->interrupted)
			return err;
	}
	return mt_fail(e, EAGAIN, "", "", "changed %d times while it was read", TRIES);
}

static int deliver(struct mt_host *h, const struct mt_nl_answer *a, mt_nl_take take, void *data,
		   struct mt_err *e)
{
	const struct nlmsghdr *n;
	size_t at = 0;
	int done = 0;

	if (a->code)
		return mt_fail(e, a->code, "", "", NULL);
	mt_host_begin(h);
	while (!done && (n = next_message(a->bytes, a->len, &at)))
		done = take(n, data);
	mt_host_end(h);
	return done < 0 ? done : 0;
}

int mt_nl_talk(struct mt_host *h, struct nlmsghdr *n, mt_nl_take take, void *data, struct mt_err *e)
{
	const struct mt_nl_answer *known = take ? mt_nl_cached(h, n) : NULL;
	struct answer a = { .change = !take, .deadline = mt_now_ms() + TIMEOUT_MS };
	struct mt_nl_answer whole;
	int err;

	if (known)
		return deliver(h, known, take, data, e);
	if (!take)
		n->nlmsg_flags |= NLM_F_ACK;
	err = ask_until_whole(h, n, &a, e);
	whole = (struct mt_nl_answer){ a.bytes, a.len, -err };
	if (take && (!err || err == -ENODEV))
		mt_nl_cache(h, n, &whole);
	if (take && !err)
		err = deliver(h, &whole, take, data, e);
	free(a.bytes);
	return err;
}

int mt_nl_batch(struct mt_host *h, struct nlmsghdr *first, size_t len, struct mt_err *e)
{
	struct answer a = { .change = true, .deadline = mt_now_ms() + TIMEOUT_MS };
	int err = ask(h, first, len, &a, e);

	free(a.bytes);
	return err;
}

int mt_nl_about(struct mt_err *e, int err, const struct mt_record *r, const char *verb)
{
	char op[sizeof e->op], subject[sizeof e->subject];

	if (!err)
		return 0;
	snprintf(op, sizeof op, "%s.%s", r->kind->name, verb);
	return mt_err_about(e, op, mt_record_subject(r, subject, sizeof subject));
}

int mt_nl_check_absent(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	struct mt_pool pool = { 0 };
	struct mt_record has;
	int err = mt_record_get(h, r, &has, &pool, e);

	mt_pool_free(&pool);
	if (err == -ENOENT)
		return 0;
	return err ? err : mt_nl_about(e, mt_fail(e, EEXIST, "", "", NULL), r, "add");
}

const char *mt_nl_verb(enum mt_op op)
{
	return op == MT_ADD ? "add" : op == MT_DELETE ? "delete" : "set";
}

int mt_nl_change(struct mt_host *h, struct nlmsghdr *n, enum mt_op op, const struct mt_record *r,
		 struct mt_err *e)
{
	return mt_nl_about(e, mt_nl_talk(h, n, NULL, NULL, e), r, mt_nl_verb(op));
}

#ifdef MOONTAP_FAULTS
void mt_host_fault(struct mt_host *h, const struct mt_fault *f)
{
	h->fault = *f;
	h->asked = 0;
}

int mt_fault(struct mt_host *h)
{
	return h->fault.before ? h->fault.before(h->fault.data, ++h->asked) : 0;
}
#endif
