/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - text that somebody else wrote, on its way to a terminal, a log or a command line
 *
 * A guest's name, a device's name, a policy's message may hold anything: bytes that move a cursor,
 * begin a new line, turn the direction of writing, or are no UTF-8. Every such text goes through
 * these functions before it is shown.
 */
#ifndef MT_BASE_TEXT_H
#define MT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * mt_text_char() - the first character of @s, which must not be empty
 * @safe:	out: it may be shown as it is: UTF-8 (RFC 3629), no control character (C0, DEL, C1),
 *		and none that is invisible or changes the direction of what follows
 *
 * Return: how many bytes it has; 1 when it is no UTF-8.
 */
size_t mt_text_char(const char *s, bool *safe);

/** mt_text_is_safe() - whether all of it may be shown as it is */
bool mt_text_is_safe(const char *s);

/** mt_text_clean() - in place: a blank for each tab and line end, and one ? for each other
 * character that must not be shown. Returns @s. */
char *mt_text_clean(char *s);

#endif
