/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_dot.h - what the parts of the picture are drawn with */
#ifndef MT_CLI_GRAPH_GRAPH_DOT_H
#define MT_CLI_GRAPH_GRAPH_DOT_H

#include "cli/graph/graph.h"

#define MT_DOT_INK "#263238"
#define MT_DOT_DIM "#6b7780"
#define MT_DOT_RED "#c62828"

enum mt_dot_state { MT_DOT_FOUND, MT_DOT_OURS, MT_DOT_DRIFTED, MT_DOT_MISSING, MT_DOT_STATES };

/* How a box looks, and what the legend says of it. */
struct mt_dot_style {
	const char *name, *line, *fill, *style;
	int width;
};
extern const struct mt_dot_style mt_dot_styles[MT_DOT_STATES];

/** mt_dot_text() - any text inside of a label in angle brackets: what is no printable UTF-8 is ? */
void mt_dot_text(const char *s, FILE *out);

/** mt_dot_font() - the same in a colour and size */
void mt_dot_font(const char *text, const char *colour, int size, FILE *out);

/** mt_dot_row() - a table's row of one small cell */
void mt_dot_row(const char *text, const char *colour, FILE *out);

/** mt_dot_box() - begin a table in a frame */
void mt_dot_box(enum mt_dot_state look, int padding, FILE *out);

/** mt_dot_link() - the node of a device: linkIFINDEX */
void mt_dot_link(const struct mt_scene_link *l, FILE *out);

/** mt_dot_position() - the node of a device, or the one that stands for a device that is gone
 * Return: @buf; NULL: there is neither. */
const char *mt_dot_position(const struct mt_scene *s, const char *name, char buf[static 32]);

/** mt_dot_edges() - from a device to its master, and to the one that it should be in
 * @from:	the node on the left */
void mt_dot_edges(const struct mt_scene *s, const char *from, const struct mt_scene_link *l,
		  FILE *out);

/** mt_dot_guests() - the nodes of all guests and their taps, with their edges */
void mt_dot_guests(const struct mt_scene *s, FILE *out);

#endif
