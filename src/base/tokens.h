/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tokens.h - lines of blank-separated words, each escaped so that it is one word
 *
 * The form of every text that moontap writes for itself: plans, journals, claims, facts, answers.
 */
#ifndef MT_BASE_TOKENS_H
#define MT_BASE_TOKENS_H

#include <stddef.h>

/**
 * mt_token_escape() - blanks, %, control bytes, and the word "none" itself as %XX
 * Return: as snprintf: the length, whether or not it fitted into @n.
 */
size_t mt_token_escape(const char *s, char *buf, size_t n);

/** mt_token_unescape() - in place. Return: 0; -EINVAL: a % without two hex digits, or %00. */
int mt_token_unescape(char *s);

/**
 * mt_tokens_split() - cut a line at its blanks, in place
 * Return: how many words, or -E2BIG when there are more than @max. They are not unescaped.
 */
int mt_tokens_split(char *line, char **words, size_t max);

/** mt_tokens_get() - the value of "key=value" among words, unescaped in place; NULL: not there, or
 * a bad escape */
char *mt_tokens_get(char **words, int n, const char *key);

/** mt_nearest() - the name nearest to a misspelt word; NULL: each differs in more than a third
 * @names:	@stride bytes apart, each a const char *; ended by NULL */
const char *mt_nearest(const char *word, const void *names, size_t stride);

/** mt_suggest() - for a message about a misspelt word: "did you mean 'plan'?", or else all that
 * there are: "there are: plan, up, down"; cut short at @n. Returns @buf. */
const char *mt_suggest(const char *word, const void *names, size_t stride, char *buf, size_t n);

/* A name that a user can type, and what it means; a table of them is ended by a NULL name. */
struct mt_described {
	const char *name, *doc;
};

#endif
