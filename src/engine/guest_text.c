/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest_text.c - read a guest's record, whole or without its facts */
#include "engine/guest_text.h"
#include "base/tokens.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first line has words that mt_answer_parse() skips, from netns= to by=. */
int mt_guest_text_read(char *text, struct mt_pool *p, struct mt_guest_record *m, struct mt_err *e)
{
	static const struct mt_kind *const none[] = { NULL };
	char *copy = mt_pool_copy(p, text, strcspn(text, "\n")), *words[16], *netns;
	int n;

	*m = (struct mt_guest_record){ .name = "", .uuid = "", .answer.pool = p };
	if (!copy)
		return mt_fail(e, ENOMEM, "remember", "", NULL);
	n = mt_tokens_split(copy, words, 16);
	netns = mt_tokens_get(words, n, "netns");
	m->driver = mt_tokens_get(words, n, "driver");
	m->incoming = !strcmp(mt_tokens_get(words, n, "incoming") ?: "", "true");
	m->started = !strcmp(mt_tokens_get(words, n, "started") ?: "", "true");
	m->by_up = !strcmp(mt_tokens_get(words, n, "by") ?: "", "up");
	if (!netns || !m->driver)
		return -ENOENT;
	m->netns = strtoull(netns, NULL, 10);
	/* facts have no NULs, so strlen() is the text's length */
	if (mt_answer_parse(none, text, strlen(text), &m->answer, e)) {
		if (e->code != ENOMEM)
			e->blame = MT_BLAME_UNDO;
		return -e->code;
	}
	m->name = m->answer.name;
	m->uuid = m->answer.uuid;
	return 0;
}

int mt_guest_text_read_head(const char *text, struct mt_pool *p, struct mt_guest_record *m,
			    struct mt_err *e)
{
	static const char end[] = "\nend\n";
	const char *facts = strstr(text, "\nfacts bytes=");
	size_t n = facts ? (size_t)(facts - text) : 0;
	char *head = mt_pool_alloc(p, n + sizeof end);

	if (!head)
		return mt_fail(e, ENOMEM, "remember", "", NULL);
	memcpy(head, text, n);
	memcpy(head + n, end, sizeof end);
	return mt_guest_text_read(head, p, m, e);
}
