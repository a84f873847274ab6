/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* table.h - rows of text under headings: aligned for people, or an array of objects as JSON */
#ifndef MT_CLI_TABLE_H
#define MT_CLI_TABLE_H

#include "base/pool.h"

#include <stdbool.h>
#include <stdio.h>

#define MT_TABLE_COLUMNS 32

enum mt_cell { MT_CELL_TEXT, MT_CELL_NUMBER, MT_CELL_BOOL, MT_CELL_JSON };

struct mt_column {
	const char *title; /* "SINCE"; "": only in JSON; NULL: ends the array */
	const char *key;   /* in JSON; NULL: not in JSON */
	enum mt_cell type; /* of the JSON value; numbers are printed flush right */
	bool once;	   /* left blank where the row above has the same text */
};

struct mt_row {
	struct mt_row *next;
	const char *cell[MT_TABLE_COLUMNS]; /* NULL: printed as "-", in JSON null */
	char colour[MT_TABLE_COLUMNS];	    /* as mt_colour() takes it; 0: none */
	const char **notes;		    /* lines below the row */
	size_t nnotes;
};

struct mt_table {
	const struct mt_column *columns;
	const char *notes; /* the notes' key in JSON; NULL: not in JSON */
	int indent;	   /* blanks before each line */
	bool fixed;	   /* print columns that are empty in all rows, too */
	bool no_header;	   /* no line of headings */
	struct mt_pool *pool;
	struct mt_row *first, *last;
	bool failed;		      /* no memory */
	const struct mt_table *inner; /* only in JSON: an array, a table for each row; NULL */
	const char *inner_key;
};

/** mt_table_row() - append an empty row, in @t->pool; NULL, with @t->failed set: no memory */
struct mt_row *mt_table_row(struct mt_table *t);

/** mt_table_cell() - the text of a cell of the last row; "": as if never set. Sets @t->failed.
 * @colour:	as mt_colour() takes it; 0: none */
void mt_table_cell(struct mt_table *t, int column, char colour, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** mt_table_note() - add a line below the last row. Sets @t->failed. */
void mt_table_note(struct mt_table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** mt_table_print() - print each column as wide as its widest cell; leave out columns that are
 * empty in all rows, unless @t->fixed */
void mt_table_print(const struct mt_table *t, FILE *out);

/** mt_print_clean() - print a text that somebody else wrote, with ? for each character that must
 * not be shown (base/text.h), or that the locale does not have
 * @out:	NULL: only measure it
 *
 * Return: its width in columns. */
int mt_print_clean(const char *s, FILE *out);

#endif
