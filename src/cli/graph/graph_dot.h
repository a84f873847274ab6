/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_dot.h - nodes and edges of the picture, as the files that draw it share them */
#ifndef MT_CLI_GRAPH_GRAPH_DOT_H
#define MT_CLI_GRAPH_GRAPH_DOT_H

#include "cli/graph/graph_scene.h"
#include "cli/graph/graph_text.h"

/** mt_dot_link() - the node of a device: linkIFINDEX */
void mt_dot_link(const struct mt_scene_link *l, FILE *out);

/** mt_dot_missing() - the node missedIFINDEX of a master that is gone, which @l should be in; drawn
 * only for the first such device */
void mt_dot_missing(const struct mt_scene *s, const struct mt_scene_link *l, FILE *out);

/** mt_dot_position() - the node of a device, or the one drawn for a device that is gone
 * Return: @buf; NULL: there is neither. */
const char *mt_dot_position(const struct mt_scene *s, const char *name, char buf[static 32]);

/** mt_dot_edges() - from a device to its master, and to the one that it should be in
 * @from:	the node on the left */
void mt_dot_edges(const struct mt_scene *s, const char *from, const struct mt_scene_link *l,
		  FILE *out);

/** mt_dot_guests() - the nodes of all guests and their taps, with their edges */
void mt_dot_guests(const struct mt_scene *s, FILE *out);

#endif
