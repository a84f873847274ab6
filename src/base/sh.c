/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sh.c - quoting for sh, and fields as ip(8)'s arguments */
#include "base/sh.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void mt_sh_say(struct mt_sh *s, const char *fmt, ...)
{
	bool fits = s->len < s->n;
	va_list ap;

	va_start(ap, fmt);
	s->len +=
		(size_t)vsnprintf(fits ? s->buf + s->len : NULL, fits ? s->n - s->len : 0, fmt, ap);
	va_end(ap);
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS	"0123456789"

/* The end of the $DEV or $DEV2 that @word begins with; else, also for $DEVICE, @word itself. */
static const char *after_unnamed(const char *word)
{
	const size_t n = strlen(MT_SH_UNNAMED);
	const char *end = word;

	if (!strncmp(word, MT_SH_UNNAMED, n))
		end = word + n + strspn(word + n, DIGITS);
	return *end && strchr(LETTERS, *end) ? word : end;
}

static bool plain(const char *word)
{
	const char *at = word, *end;

	for (;; at = end) {
		at += strspn(at, LETTERS DIGITS "-+=:,./@");
		end = after_unnamed(at);
		if (end == at)
			return *word && !*at;
	}
}

/* A control character would tear a line of a plan apart, or reach somebody's terminal. */
static void quote_octal(struct mt_sh *s, const char *word)
{
	bool safe;

	mt_sh_say(s, "\"$(printf '");
	for (size_t n; *word; word += n) {
		n = mt_text_char(word, &safe);
		if (safe && !strchr("'\\%-", *word))
			mt_sh_say(s, "%.*s", (int)n, word);
		else
			for (size_t i = 0; i < n; i++)
				mt_sh_say(s, "\\%03o", (unsigned char)word[i]);
	}
	mt_sh_say(s, "')\"");
}

static void quote(struct mt_sh *s, const char *word)
{
	mt_sh_say(s, "'");
	for (; *word; word++)
		if (*word == '\'')
			mt_sh_say(s, "'\\''");
		else
			mt_sh_say(s, "%c", *word);
	mt_sh_say(s, "'");
}

void mt_sh_quote(struct mt_sh *s, const char *word)
{
	if (plain(word))
		mt_sh_say(s, "%s", word);
	else if (!mt_text_is_safe(word))
		quote_octal(s, word);
	else
		quote(s, word);
}

void mt_sh_value(struct mt_sh *s, const struct mt_record *r, int field)
{
	char text[MT_VALUE_TEXT];

	mt_sh_quote(s, mt_value_print(&r->kind->fields[field], &r->v[field], text));
}

void mt_sh_field(struct mt_sh *s, const struct mt_record *r, int field)
{
	const struct mt_field *f = &r->kind->fields[field];
	const struct mt_value *v = &r->v[field];
	bool off = v->state == MT_NONE || (f->type == MT_BOOL && !v->u);
	const char *word = off ? f->ip_none : f->ip_arg;

	if (v->state == MT_UNSET || !word)
		return;
	mt_sh_say(s, "%s%s", *word ? " " : "", word);
	if (off || f->type == MT_BOOL)
		return;
	mt_sh_say(s, " ");
	mt_sh_value(s, r, field);
}

void mt_sh_command(struct mt_sh *s, const struct mt_record *r, const char *command)
{
	const char *at = strstr(command, "%s");

	mt_sh_say(s, "%.*s", at ? (int)(at - command) : (int)strlen(command), command);
	if (!at)
		return;
	mt_sh_value(s, r, 0);
	mt_sh_say(s, "%s", at + 2);
}

/* " -1 --json": the options at the beginning of @s. */
static size_t options(const char *s)
{
	size_t n = 0;

	while (!strncmp(s + n, " -", 2))
		n += 1 + strcspn(s + n + 1, " ");
	return n;
}

const char *mt_sh_advice(char *buf, size_t n, const char *text, const char *name)
{
	struct mt_sh s = { buf, n, 0 };

	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "@");
		const char *of_moontap = memmem(at, len, "moontap ", 8);

		mt_sh_say(&s, "%.*s", (int)len, at);
		at += len;
		if (!*at++)
			break;
		if (name && *name == '-' && of_moontap) {
			len = options(at);
			if (len)
				mt_sh_say(&s, "%.*s ", (int)len - 1, at + 1);
			mt_sh_say(&s, "-- ");
			at += len;
		}
		mt_sh_quote(&s, name ? name : "");
	}
	return buf;
}
