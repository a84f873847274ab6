/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spare.c - a request over a stream: lengths, the words of request.h, and the source's bytes */
#include "ask/request.h"
#include "ask/spare.h"
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORDS_MAX (4u << 20) /* some 64 bytes for a lease */

struct head {
	uint64_t words, source; /* bytes */
};

/* A spare that was taken over may read nothing. */
static int send_all(int fd, const char *at, size_t n, int64_t end, struct mt_err *e)
{
	while (n) {
		ssize_t sent = send(fd, at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		int64_t left = end - mt_now_ms();

		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
			continue;
		}
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return mt_fail(e, errno, "evaluator", "spare", NULL);
		if (left <= 0)
			return mt_fail(e, ETIME, "evaluator", "spare", "it does not read");
		poll(&p, 1, (int)left);
	}
	return 0;
}

/* The head, with @head->words set, and the words: what is sent in one piece wakes the spare once. */
static char *join(struct head *head, char *const *words, struct mt_pool *p)
{
	char *text, *to;

	for (char *const *w = words; *w; w++)
		head->words += strlen(*w) + 1;
	text = mt_pool_alloc(p, sizeof *head + head->words);
	if (!text)
		return NULL;
	to = mempcpy(text, head, sizeof *head);
	for (char *const *w = words; *w; w++)
		to = stpcpy(to, *w) + 1;
	return text;
}

int mt_spare_send(int fd, const struct mt_eval_request *q, struct mt_err *e)
{
	int64_t end = mt_now_ms() + q->deadline_ms;
	struct mt_eval_request asked = *q;
	struct mt_pool pool = { 0 };
	struct head head = { .source = q->source.bytes ? q->source.n : 0 };
	char **words, *text;
	int err;

	asked.source.fd = q->source.bytes ? 0 : -1; /* whether there is one */
	err = mt_request_to_args(&asked, "", &pool, &words, e);
	text = err ? NULL : join(&head, words + 1, &pool);
	if (!err && !text)
		err = mt_fail(e, ENOMEM, "evaluator", "", NULL);
	if (!err)
		err = send_all(fd, text, sizeof head + head.words, end, e)
			?: send_all(fd, q->source.bytes, head.source, end, e);
	mt_pool_free(&pool);
	return err;
}

static int read_all(int fd, char *to, size_t n, struct mt_err *e)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, to + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return mt_fail(e, errno, "evaluator", "request", NULL);
		if (!got)
			return mt_fail(e, have ? EPROTO : ENODATA, "evaluator", "request", NULL);
		have += (size_t)got;
	}
	return 0;
}

/* NUL-ended words, as an array that is NULL-ended. */
static char **split(char *text, size_t n, struct mt_pool *p)
{
	size_t count = 0;
	char **words;

	for (size_t i = 0; i < n; i++)
		count += !text[i];
	words = mt_pool_alloc(p, (count + 1) * sizeof *words);
	for (size_t i = 0; words && i < count; i++) {
		words[i] = text;
		text += strlen(text) + 1;
	}
	return words;
}

int mt_spare_receive(int fd, struct mt_pool *p, struct mt_eval_request *q, struct mt_err *e)
{
	char *text, *source, **words;
	struct head head;

	if (read_all(fd, (char *)&head, sizeof head, e))
		return -e->code;
	if (head.words > WORDS_MAX || head.source > MT_ANSWER_MAX)
		return mt_fail(e, EPROTO, "evaluator", "request", NULL);
	text = mt_pool_alloc(p, head.words + 1);
	source = mt_pool_alloc(p, head.source + 1);
	if (!text || !source)
		return mt_fail(e, ENOMEM, "evaluator", "request", NULL);
	if (read_all(fd, text, head.words, e) || read_all(fd, source, head.source, e))
		return -e->code;
	words = split(text, head.words, p);
	if (!words)
		return mt_fail(e, ENOMEM, "evaluator", "request", NULL);
	if (mt_request_from_args(words, p, q, e))
		return -e->code;
	if (q->source.fd >= 0) {
		q->source.fd = -1;
		q->source.bytes = source;
		q->source.n = head.source;
	}
	return 0;
}
