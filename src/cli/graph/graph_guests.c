/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_guests.c - guests in the picture: a few as nodes, many as tables of those that are alike */
#include "cli/cli.h"
#include "cli/graph/graph_dot.h"
#include "cli/status_parts.h"

#include <string.h>

#define SMALL_SCENE 8  /* up to so many guests, each has a node, and each tap, too */
#define SMALL_GROUP 3  /* in a larger scene, up to so many that are alike do */
#define ROWS	    20 /* of a table of guests; more are put beside them */

/* --- guests: few have a node each ------------------------------------------------------------- */

static const char *name_of(const struct mt_scene_guest *g)
{
	return *g->nics->status->guest ? g->nics->status->guest : "unknown guest";
}

static bool any_wrong(const struct mt_scene_guest *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (mt_scene_is_wrong(&g->nics[i]))
			return true;
	return false;
}

static void draw_state(const struct mt_scene_nic *n, FILE *out)
{
	const struct mt_nic_status *l = n->status;
	bool drifted = n->link && n->link->drift;
	char text[64];

	if (l->state == MT_NIC_CONNECTED && !drifted)
		snprintf(text, sizeof text, "%s", mt_nic_link(l));
	else
		snprintf(text, sizeof text, "%s",
			 drifted ? "drifted" : mt_nic_state_name(l->state));
	mt_dot_font(text, mt_scene_is_wrong(n) ? MT_DOT_RED : MT_DOT_DIM, 9, out);
}

static void draw_guest_nic(const struct mt_scene_nic *n, FILE *out)
{
	const struct mt_nic_status *l = n->status;
	char text[64];

	snprintf(text, sizeof text, "NIC %u  %s", l->index, *l->mac ? l->mac : "no MAC");
	fprintf(out, "<HR/><TR><TD ALIGN=\"LEFT\" PORT=\"nic%u\">", l->index);
	mt_dot_font(text, MT_DOT_INK, 9, out);
	fputs("</TD></TR>", out);
	if (!n->link) {
		fputs("<TR><TD ALIGN=\"LEFT\">", out);
		mt_dot_font(l->dev, MT_DOT_DIM, 9, out);
		fputs(*l->dev ? " " : "", out);
		draw_state(n, out);
		fputs("</TD></TR>", out);
	}
	for (const struct mt_line *line = n->rules; line; line = line->next)
		mt_dot_row(line->text, MT_DOT_DIM, out);
	for (const struct mt_line *line = n->drift; line; line = line->next)
		mt_dot_row(line->text, MT_DOT_RED, out);
}

static void draw_guest(const struct mt_scene *s, const struct mt_scene_guest *g, FILE *out)
{
	size_t id = (size_t)(g - s->guests);
	char from[64];

	fprintf(out, "  guest%zu [label=<", id);
	mt_dot_box(any_wrong(g) ? MT_DOT_DRIFTED : MT_DOT_FOUND, 3, out);
	fputs("<TR><TD ALIGN=\"LEFT\"><B>", out);
	mt_dot_font(name_of(g), MT_DOT_INK, 12, out);
	fputs("</B></TD></TR>", out);
	for (size_t i = 0; i < g->n; i++)
		draw_guest_nic(&g->nics[i], out);
	fputs("</TABLE>>];\n", out);
	for (size_t i = 0; i < g->n; i++) {
		const struct mt_scene_link *l = g->nics[i].link;

		if (!l)
			continue;
		mt_dot_link(l, out);
		fprintf(out, "  guest%zu:nic%u:e -> link%u%s;\n", id, g->nics[i].status->index,
			l->d->ifindex, l->drift ? " [color=\"" MT_DOT_RED "\"]" : "");
		snprintf(from, sizeof from, "link%u", l->d->ifindex);
		mt_dot_edges(s, from, l, out);
	}
}

/* --- guests: many share a table, with those whose NICs have the same masters ------------------ */

static const char *place_of(const struct mt_scene_nic *n)
{
	return !n->link ? "" : n->link->meant ? n->link->meant : n->link->d->master;
}

static bool alike(const struct mt_scene_guest *a, const struct mt_scene_guest *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(place_of(&a->nics[i]), place_of(&b->nics[i])))
			return false;
	return true;
}

static const struct mt_scene_guest *first_alike(const struct mt_scene *s,
						const struct mt_scene_guest *g)
{
	for (size_t i = 0; i < s->nguests; i++)
		if (alike(&s->guests[i], g))
			return &s->guests[i];
	return g;
}

static size_t count_alike(const struct mt_scene *s, const struct mt_scene_guest *g)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nguests; i++)
		n += alike(&s->guests[i], g);
	return n;
}

static bool is_in_table(const struct mt_scene *s, const struct mt_scene_guest *g)
{
	return s->nguests > SMALL_SCENE && count_alike(s, g) > SMALL_GROUP;
}

static const struct mt_line *drift_of(const struct mt_scene_nic *n)
{
	return n->link && n->link->drift ? n->link->drift : n->drift;
}

/* A NIC's drift is in rows below its own. */
static void draw_table_nic(const struct mt_scene_guest *g, size_t i, FILE *out)
{
	const struct mt_scene_nic *n = &g->nics[i];
	const struct mt_line *line = drift_of(n);
	const char *fill = mt_scene_is_wrong(n) ? " BGCOLOR=\"#fdecea\"" : "";
	bool ours = n->link && n->link->ours;

	fprintf(out, "<TR><TD ALIGN=\"LEFT\"%s>", fill);
	mt_dot_font(i ? "" : name_of(g), mt_scene_is_wrong(n) ? MT_DOT_RED : MT_DOT_INK, 9, out);
	fprintf(out, "</TD><TD ALIGN=\"LEFT\"%s>", fill);
	mt_dot_font(n->status->dev, ours ? mt_dot_styles[MT_DOT_OURS].line : MT_DOT_INK, 9, out);
	fprintf(out, "</TD><TD ALIGN=\"LEFT\"%s>", fill);
	draw_state(n, out);
	fputs("</TD></TR>", out);
	for (; line; line = line->next) {
		fprintf(out, "<TR><TD COLSPAN=\"3\" ALIGN=\"LEFT\"%s>", fill);
		mt_dot_font(line->text, MT_DOT_RED, 8, out);
		fputs("</TD></TR>", out);
	}
}

static const char *const block_open =
	"<TD VALIGN=\"TOP\"><TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"2\">";

static size_t rows_of(const struct mt_scene_guest *g)
{
	size_t rows = g->n;

	for (size_t i = 0; i < g->n; i++) {
		const struct mt_scene_nic *n = &g->nics[i];

		for (const struct mt_line *line = drift_of(n); line; line = line->next)
			rows++;
	}
	return rows;
}

/* In blocks side by side, all about equally high. */
static void draw_rows(const struct mt_scene *s, const struct mt_scene_guest *g, FILE *out)
{
	size_t all = 0, rows = 0, blocks, high;

	for (size_t i = 0; i < s->nguests; i++)
		all += alike(&s->guests[i], g) ? rows_of(&s->guests[i]) : 0;
	blocks = (all + ROWS - 1) / ROWS;
	high = (all + blocks - 1) / blocks;
	fprintf(out, "<HR/><TR><TD><TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\"><TR>%s",
		block_open);
	for (size_t i = 0; i < s->nguests; i++) {
		const struct mt_scene_guest *one = &s->guests[i];

		if (!alike(one, g))
			continue;
		if (rows >= high) {
			fprintf(out, "</TABLE></TD><VR/>%s", block_open);
			rows = 0;
		}
		for (size_t k = 0; k < one->n; k++)
			draw_table_nic(one, k, out);
		rows += rows_of(one);
	}
	fputs("</TABLE></TD></TR></TABLE></TD></TR>", out);
}

static void draw_table(const struct mt_scene *s, const struct mt_scene_guest *g, FILE *out)
{
	size_t id = (size_t)(g - s->guests), n = count_alike(s, g);
	char title[64], place[32];

	snprintf(title, sizeof title, "%zu guests", n);
	fprintf(out, "  guest%zu [label=<", id);
	mt_dot_box(MT_DOT_FOUND, 3, out);
	fputs("<TR><TD ALIGN=\"LEFT\"><B>", out);
	mt_dot_font(title, MT_DOT_INK, 12, out);
	fputs("</B></TD></TR>", out);
	draw_rows(s, g, out);
	fputs("</TABLE>>];\n", out);
	for (size_t i = 0; i < g->n; i++) {
		if (mt_dot_position(s, place_of(&g->nics[i]), place))
			fprintf(out, "  guest%zu -> %s [penwidth=3%s];\n", id, place,
				mt_scene_link(s, place_of(&g->nics[i]))
					? ""
					: ", style=dashed, color=\"" MT_DOT_RED "\"");
	}
}

void mt_dot_guests(const struct mt_scene *s, FILE *out)
{
	for (size_t i = 0; i < s->nguests; i++) {
		const struct mt_scene_guest *g = &s->guests[i];

		if (!is_in_table(s, g))
			draw_guest(s, g, out);
		else if (first_alike(s, g) == g)
			draw_table(s, g, out);
	}
}
