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
	const char *title; /* "SINCE"; "": only in JSON; NULL: the last column's end */
	const char *key;   /* in JSON; NULL: not there */
	enum mt_cell type; /* as JSON; numbers are flush right */
	bool once;	   /* said once, of rows that follow each other with the same */
};

struct mt_row {
	struct mt_row *next;
	const char *cell[MT_TABLE_COLUMNS]; /* NULL: nothing to say: "-" and null */
	char colour[MT_TABLE_COLUMNS];	    /* as mt_colour() takes it; 0: none */
	const char **notes;		    /* lines below the row */
	size_t nnotes;
};

struct mt_table {
	const struct mt_column *columns;
	const char *notes; /* their key in JSON */
	int indent;	   /* blanks before each line */
	bool fixed;	   /* a column that is empty in all rows is there, too */
	bool no_header;	   /* no line of headings */
	struct mt_pool *pool;
	struct mt_row *first, *last;
	bool failed;		      /* no memory */
	const struct mt_table *inner; /* in JSON: a table for each row, under this key; NULL */
	const char *inner_key;
};

/** mt_table_row() - one more row; NULL, with @t->failed set: no memory */
struct mt_row *mt_table_row(struct mt_table *t);

/** mt_table_cell() - what a cell of the last row says */
void mt_table_cell(struct mt_table *t, int column, char colour, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** mt_table_note() - a line below the last row */
void mt_table_note(struct mt_table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** mt_table_print() - each column as wide as its widest cell; one that is empty in all rows is left
 * out, unless they are fixed, and control bytes are shown as ? */
void mt_table_print(const struct mt_table *t, FILE *out);

/** mt_print_clean() - a text of anybody's, control bytes shown as ?; @out may be NULL
 * Return: the columns that it takes. */
int mt_print_clean(const char *s, FILE *out);

#endif
