/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cache.c - the kernel's answers, kept while nothing is changed, to ask each question only once */
#include "kernel/nl.h"

#include <errno.h>
#include <search.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_MAX (16u << 20) /* bytes; with so much kept, further questions are asked each time */

struct cached {
	struct mt_nl_answer answer;
	const struct nlmsghdr *question;
	alignas(NLMSG_ALIGNTO) char bytes[]; /* of the question, and of the answer */
};

/* Without nlmsg_seq, which differs in each request, and nlmsg_pid behind it. */
static int by_question(const void *a, const void *b)
{
	const struct nlmsghdr *one = ((const struct cached *)a)->question;
	const struct nlmsghdr *other = ((const struct cached *)b)->question;
	size_t n = offsetof(struct nlmsghdr, nlmsg_seq);

	return memcmp(one, other, n) /* the length, too */
		?: memcmp(one + 1, other + 1, one->nlmsg_len - sizeof *one);
}

const struct mt_nl_answer *mt_nl_cached(const struct mt_host *h, const struct nlmsghdr *question)
{
	const struct cached key = { .question = question };
	struct cached *const *found = tfind(&key, &h->cache, by_question);

	return found ? &(*found)->answer : NULL;
}

/* On ENOMEM it keeps nothing: the next such question is asked again. */
void mt_nl_cache(struct mt_host *h, const struct nlmsghdr *question,
		 const struct mt_nl_answer *answer)
{
	size_t asked = NLMSG_ALIGN(question->nlmsg_len);
	size_t size = sizeof(struct cached) + asked + answer->len;
	struct cached *c;

	if (!h->caching || h->cached + size > CACHE_MAX || !(c = malloc(size)))
		return;
	c->answer = (struct mt_nl_answer){ c->bytes + asked, answer->len, answer->code };
	c->question = memcpy(c->bytes, question, question->nlmsg_len);
	if (answer->len)
		memcpy(c->answer.bytes, answer->bytes, answer->len);
	if (tsearch(c, &h->cache, by_question))
		h->cached += size;
	else
		free(c);
}

void mt_host_cache(struct mt_host *h)
{
	h->caching = true;
}

void mt_host_uncache(struct mt_host *h)
{
	tdestroy(h->cache, free);
	h->cache = NULL;
	h->cached = 0;
	h->caching = false;
}
