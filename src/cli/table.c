/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* table.c - tables for a terminal */
#include "cli/table.h"
#include "base/text.h"
#include "cli/cli.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

__attribute__((format(printf, 2, 0))) static const char *format(struct mt_table *t, const char *fmt,
								va_list ap)
{
	char text[2048], *kept;

	vsnprintf(text, sizeof text, fmt, ap);
	kept = mt_pool_copy(t->pool, text, strlen(text));
	t->failed |= !kept;
	return kept;
}

struct mt_row *mt_table_row(struct mt_table *t)
{
	struct mt_row *r = mt_pool_alloc(t->pool, sizeof *r);

	t->failed |= !r;
	if (r && t->last)
		t->last->next = r;
	else if (r)
		t->first = r;
	if (r)
		t->last = r;
	return r;
}

void mt_table_cell(struct mt_table *t, int column, char colour, const char *fmt, ...)
{
	va_list ap;

	if (t->failed)
		return;
	va_start(ap, fmt);
	t->last->cell[column] = format(t, fmt, ap);
	va_end(ap);
	t->last->colour[column] = colour;
	if (t->last->cell[column] && !*t->last->cell[column])
		t->last->cell[column] = NULL;
}

void mt_table_note(struct mt_table *t, const char *fmt, ...)
{
	struct mt_row *r = t->last;
	const char **more;
	va_list ap;

	if (t->failed)
		return;
	more = mt_pool_alloc(t->pool, (r->nnotes + 1) * sizeof *more);
	t->failed |= !more;
	if (!more)
		return;
	if (r->nnotes)
		memcpy(more, r->notes, r->nnotes * sizeof *more);
	va_start(ap, fmt);
	more[r->nnotes++] = format(t, fmt, ap);
	va_end(ap);
	r->notes = more;
}

int mt_print_clean(const char *s, FILE *out)
{
	int width = 0;

	while (s && *s) {
		mbstate_t state = { 0 };
		wchar_t c;
		bool safe;
		size_t n = mt_text_char(s, &safe);

		/* the locale may not have this character */
		safe = safe && mbrtowc(&c, s, n, &state) == n && iswprint((wint_t)c);
		if (out && safe)
			fwrite(s, 1, n, out);
		else if (out)
			putc('?', out);
		width += !safe ? 1 : wcwidth(c) > 0 ? wcwidth(c) : 0;
		s += n;
	}
	return width;
}

static const char *shown(const struct mt_row *r, int i)
{
	return r->cell[i] ? r->cell[i] : "-";
}

static void print_cell(const struct mt_column *c, const char *text, char colour, int width,
		       bool last, FILE *out)
{
	int blanks = width - mt_print_clean(text, NULL);

	if (c->type == MT_CELL_NUMBER)
		fprintf(out, "%*s", blanks, "");
	fputs(colour ? mt_colour(out, colour) : "", out);
	mt_print_clean(text, out);
	fputs(colour ? mt_colour(out, 0) : "", out);
	if (!last)
		fprintf(out, "%*s  ", c->type == MT_CELL_NUMBER ? 0 : blanks, "");
}

/* The width of a column; 0: leave it out. */
static int width_of(const struct mt_table *t, int i)
{
	int width = (int)strlen(t->columns[i].title);
	bool any = t->fixed && width;

	for (const struct mt_row *r = t->first; r && *t->columns[i].title; r = r->next) {
		int w = mt_print_clean(shown(r, i), NULL);

		width = w > width ? w : width;
		any |= r->cell[i] != NULL;
	}
	return any ? width : 0;
}

static bool same_as_above(const struct mt_row *above, const struct mt_row *r, int i)
{
	return above && above->cell[i] && r->cell[i] && !strcmp(above->cell[i], r->cell[i]);
}

static void print_row(const struct mt_table *t, const struct mt_row *above, const struct mt_row *r,
		      const int *width, int last, FILE *out)
{
	fprintf(out, "%*s", t->indent, "");
	for (int i = 0; i <= last; i++) {
		const struct mt_column *c = &t->columns[i];
		const char *text = r ? shown(r, i) : c->title;

		if (r && c->once && same_as_above(above, r, i))
			text = "";
		if (width[i])
			print_cell(c, text, r && r->cell[i] ? r->colour[i] : '=', width[i],
				   i == last, out);
	}
	putc('\n', out);
	for (size_t n = 0; r && n < r->nnotes; n++) {
		fprintf(out, "%*s", t->indent + 4, "");
		mt_print_clean(r->notes[n], out);
		putc('\n', out);
	}
}

void mt_table_print(const struct mt_table *t, FILE *out)
{
	int width[MT_TABLE_COLUMNS] = { 0 }, last = 0;
	const struct mt_row *above = NULL;

	for (int i = 0; t->columns[i].title; i++) {
		width[i] = width_of(t, i);
		last = width[i] ? i : last;
	}
	if (!t->no_header)
		print_row(t, NULL, NULL, width, last, out);
	for (const struct mt_row *r = t->first; r; above = r, r = r->next)
		print_row(t, above, r, width, last, out);
}
