/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* topic.c - help on a word, made from the comments above functions and the tables of kinds */
#include "cli/topic.h"
#include "cli/wrap.h"
#include "base/tokens.h"
#include "kernel/host.h"

#include <stdarg.h>
#include <string.h>

#define ANY_KIND "KIND"

const struct mt_topic mt_topics[] = {
#include "cli/topics.h"
	{ NULL },
};

/* --- functions -------------------------------------------------------------------------------- */

/* @kind: what to print for each KIND in @text; NULL: KIND. */
static void print_text(const char *text, const char *kind, FILE *out)
{
	const char *at;

	for (; kind && (at = strstr(text, ANY_KIND)); text = at + strlen(ANY_KIND))
		fprintf(out, "%.*s%s", (int)(at - text), text, kind);
	fputs(text, out);
}

static bool is_it(const char *word, const char *name, const struct mt_kind **kind)
{
	*kind = NULL;
	return !strcmp(word, name);
}

/* Whether @word is @name with a kind in the place of KIND, and with which. */
static bool is_of_kind(const char *word, const char *name, const struct mt_kind **kind)
{
	const char *at = strstr(name, ANY_KIND);
	size_t before = at ? (size_t)(at - name) : 0;

	*kind = NULL;
	if (!at || strncmp(word, name, before))
		return false;
	for (const struct mt_kind *const *k = mt_kinds; *k; k++) {
		size_t n = strlen((*k)->name);

		*kind = *k;
		if (!strncmp(word + before, (*k)->name, n) &&
		    !strcmp(word + before + n, at + strlen(ANY_KIND)))
			return true;
	}
	return false;
}

static bool is_part(const char *word, const char *name, const struct mt_kind **kind)
{
	size_t n = strlen(word);

	*kind = NULL;
	return !strncmp(word, name, n) && (name[n] == '.' || name[n] == ':');
}

static bool counts(const struct mt_topic *t, bool repl)
{
	return repl || strcmp(t->of, "repl");
}

/* @after: something was printed before: begin with an empty line. */
static bool print_functions(const char *word, bool repl, bool after, FILE *out)
{
	static bool (*const ways[])(const char *, const char *,
				    const struct mt_kind **) = { is_it, is_of_kind, is_part };
	const struct mt_kind *kind = NULL;
	bool any = false;

	for (size_t i = 0; i < sizeof ways / sizeof *ways && !any; i++)
		for (const struct mt_topic *t = mt_topics; t->name; t++) {
			if (!counts(t, repl) || !ways[i](word, t->name, &kind))
				continue;
			fputs(any || after ? "\n" : "", out);
			print_text(t->text, kind ? kind->name : NULL, out);
			any = true;
		}
	return any;
}

/* --- kinds and fields ------------------------------------------------------------------------- */

enum { NAME = 16, DOC = NAME + 3, NOTE = DOC + 2 }; /* columns */

__attribute__((format(printf, 2, 3))) static void print_note(FILE *out, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	fprintf(out, "%*s", NOTE, "");
	mt_wrap(text, NOTE, NOTE, out);
}

/* How the kind's command, mostly ip(8), spells the field: "master VALUE, or nomaster". */
static void print_spelling(const struct mt_field *f, FILE *out)
{
	bool plain = f->type != MT_BOOL && f->ip_arg;

	if (!f->ip_arg && !f->ip_none)
		return;
	print_note(out, "as a command: %s%s%s%s%s", f->ip_arg ? f->ip_arg : "",
		   plain && *f->ip_arg ? " " : "", plain ? "VALUE" : "",
		   f->ip_arg && f->ip_none ? ", or " : "", f->ip_none ? f->ip_none : "");
}

static void print_field(const struct mt_kind *k, int i, FILE *out)
{
	const struct mt_field *f = &k->fields[i];
	char expects[256], doc[512];
	const char *note;
	int at;

	snprintf(doc, sizeof doc, "%s%s", f->doc ? f->doc : "",
		 i < k->required	? " (must be given)"
			 : i < k->nkeys ? " (part of the key)"
					: "");
	at = fprintf(out, "  %-*s ", NAME, f->name);
	mt_wrap(doc, at, DOC, out);
	print_note(out, "%s%s", mt_value_expects(f, expects, sizeof expects),
		   f->flags & MT_FIELD_NONE ? ", or none (false in Lua)" : "");
	print_spelling(f, out);
	for (int n = 0; (note = mt_kind_note(k, i, n)); n++)
		print_note(out, "%s", note);
}

static void print_kind(const struct mt_kind *k, FILE *out)
{
	int at = fprintf(out, "%s{...}: ", k->name);

	mt_wrap(k->doc, at, 2, out);
	putc('\n', out);
	for (int i = 0; i < k->nfields; i++)
		print_field(k, i, out);
}

static bool print_fields(const char *word, FILE *out)
{
	bool any = false;

	for (const struct mt_kind *const *k = mt_kinds; *k; k++) {
		int i = mt_kind_field(*k, word);

		if (i < 0)
			continue;
		fprintf(out, "%s.%s\n", (*k)->name, word);
		print_field(*k, i, out);
		any = true;
	}
	return any;
}

bool mt_topic_print(const char *word, bool repl, FILE *out)
{
	const struct mt_kind *k = mt_kind_find(mt_kinds, word);

	if (k) {
		print_kind(k, out);
		fputs("\n", out);
	}
	return print_functions(word, repl, false, out) || k || print_fields(word, out);
}

void mt_topic_also(const char *word, FILE *out)
{
	bool any = print_functions(word, false, true, out);

	for (const struct mt_kind *const *k = mt_kinds; *k; k++) {
		if (mt_kind_field(*k, word) < 0)
			continue;
		fprintf(out, "%s%s is a field of %s, too: moontap help %s\n", any ? "" : "\n", word,
			(*k)->name, (*k)->name);
		any = true;
	}
}

const char *mt_topic_nearest(const char *word, bool repl)
{
	const char *names[256] = { 0 };
	size_t n = 0;

	for (const struct mt_kind *const *k = mt_kinds; *k && n < 255; k++)
		names[n++] = (*k)->name;
	for (const struct mt_topic *t = mt_topics; t->name && n < 255; t++)
		if (counts(t, repl))
			names[n++] = t->name;
	return mt_nearest(word, names, sizeof *names);
}
