/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tokens.c - escaping, splitting, and guessing what a misspelt word was meant to be */
#include "base/tokens.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char hex[] = "0123456789abcdef";

size_t mt_token_escape(const char *s, char *buf, size_t n)
{
	size_t len = 0;
	int all = !strcmp(s, "none");

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		char as[3] = { '%', hex[c >> 4], hex[c & 15] };
		int escaped = all || c <= ' ' || c == '%' || c == 127;
		size_t size = escaped ? 3 : 1;

		if (len + size < n)
			memcpy(buf + len, escaped ? as : s, size);
		len += size;
		all = 0; /* "%6eone" is no longer the word */
	}
	if (n)
		buf[len < n ? len : n - 1] = 0;
	return len;
}

static int digit(char c)
{
	const char *at = c ? strchr(hex, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

	return at ? (int)(at - hex) : -1;
}

int mt_token_unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		int high, low;

		if (*s != '%') {
			*to++ = *s;
			continue;
		}
		high = digit(s[1]);
		low = high < 0 ? -1 : digit(s[2]);
		if (low < 0 || !(high | low))
			return -EINVAL;
		*to++ = (char)(high << 4 | low);
		s += 2;
	}
	*to = 0;
	return 0;
}

int mt_tokens_split(char *line, char **words, size_t max)
{
	size_t n = 0;
	char *save = NULL;

	for (char *w = strtok_r(line, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		if (n == max)
			return -E2BIG;
		words[n++] = w;
	}
	return (int)n;
}

char *mt_tokens_get(char **words, int n, const char *key)
{
	size_t len = strlen(key);

	for (int i = 0; i < n; i++)
		if (!strncmp(words[i], key, len) && words[i][len] == '=')
			return mt_token_unescape(words[i] + len + 1) ? NULL : words[i] + len + 1;
	return NULL;
}

/* Levenshtein's distance, a swap of neighbours counting as one; words longer than a row are far. */
static int distance(const char *a, const char *b)
{
	enum { ROW = 40 };
	int la = (int)strlen(a), lb = (int)strlen(b), rows[3][ROW];

	if (la >= ROW || lb >= ROW)
		return ROW;
	for (int j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (int i = 1; i <= la; i++) {
		int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];

		row[0] = i;
		for (int j = 1; j <= lb; j++) {
			int best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[la % 3][lb];
}

/* With more differences than a third of its length it is another word, and not misspelt. */
static int most_different(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);

	return (int)(la > lb ? la : lb) / 3;
}

const char *mt_nearest(const char *word, const void *names, size_t stride)
{
	const char *best = NULL, *name;
	int nearest = INT_MAX;

	for (const char *at = names; (name = *(const char *const *)at); at += stride) {
		int d = distance(word, name);

		if (d < nearest && d <= most_different(word, name)) {
			nearest = d;
			best = name;
		}
	}
	return best;
}

const char *mt_suggest(const char *word, const void *names, size_t stride, char *buf, size_t n)
{
	const char *near = mt_nearest(word, names, stride), *name;
	size_t len;

	if (near) {
		snprintf(buf, n, "did you mean '%s'?", near);
		return buf;
	}
	len = (size_t)snprintf(buf, n, "there are");
	for (const char *at = names; (name = *(const char *const *)at) && len < n; at += stride)
		len += (size_t)snprintf(buf + len, n - len, "%s%s", at == names ? ": " : ", ",
					name);
	return buf;
}
