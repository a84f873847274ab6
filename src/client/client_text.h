/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* client_text.h - strings, for a program without libc */
#ifndef MT_CLIENT_CLIENT_TEXT_H
#define MT_CLIENT_CLIENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A text that grows up to its room; what has no room is cut off. */
struct text {
	char *s;
	size_t n, room;
	bool cut;
};

static inline size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

/* Return: what follows @start in @s, or NULL when @s begins otherwise. */
static inline const char *after(const char *s, const char *start)
{
	while (*start)
		if (*s++ != *start++)
			return NULL;
	return s;
}

static inline void add_bytes(struct text *t, const char *s, size_t n)
{
	for (; n && t->n < t->room; n--)
		t->s[t->n++] = *s++;
	t->cut |= n > 0;
}

static inline void add(struct text *t, const char *s)
{
	add_bytes(t, s, length(s));
}

/* A word with the NUL that ends it. */
static inline void add_word(struct text *t, const char *s)
{
	add_bytes(t, s, length(s) + 1);
}

static inline void add_number(struct text *t, unsigned int number)
{
	char digits[10];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	add_bytes(t, digits + at, sizeof digits - at);
}

/* Return: the number that @s is, or -1 when it is none. */
static inline int number_of(const char *s)
{
	int n = 0;

	if (!*s)
		return -1;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || n > 100000000)
			return -1;
		n = n * 10 + (*s - '0');
	}
	return n;
}

#endif
