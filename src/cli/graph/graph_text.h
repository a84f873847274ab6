/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_text.h - text and boxes in Graphviz's labels */
#ifndef MT_CLI_GRAPH_GRAPH_TEXT_H
#define MT_CLI_GRAPH_GRAPH_TEXT_H

#include <stdio.h>

#define MT_DOT_INK "#263238"
#define MT_DOT_DIM "#6b7780"
#define MT_DOT_RED "#c62828"

enum mt_dot_state { MT_DOT_FOUND, MT_DOT_OURS, MT_DOT_DRIFTED, MT_DOT_MISSING, MT_DOT_STATES };

/* How a box is drawn, and its name in the legend. */
struct mt_dot_style {
	const char *name, *line, *fill, *style;
	int width;
};
extern const struct mt_dot_style mt_dot_styles[MT_DOT_STATES];

/** mt_dot_text() - any text, escaped for a label in angle brackets; ? where it is not printable */
void mt_dot_text(const char *s, FILE *out);

/** mt_dot_font() - the same in a colour, MT_DOT_INK or "#rrggbb", and a size in points */
void mt_dot_font(const char *text, const char *colour, int size, FILE *out);

/** mt_dot_row() - a table's row of one small cell */
void mt_dot_row(const char *text, const char *colour, FILE *out);

/** mt_dot_box() - begin a table in a frame; the caller writes its rows, and </TABLE> */
void mt_dot_box(enum mt_dot_state look, int padding, FILE *out);

#endif
