/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_draw.c - the picture: guests on the left, their devices, the way out on the right */
#include "cli/cli.h"
#include "cli/graph/graph_dot.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define FONT "Helvetica,Arial,sans-serif"

static bool is_drawn_nic(const struct mt_scene *s, const struct mt_scene_link *l)
{
	for (size_t i = 0; i < s->nnics; i++)
		if (s->nics[i].link == l)
			return true;
	return false;
}

/* A veth pair has one edge, from the end that is in a bridge. */
static bool is_second_end(const struct mt_scene_link *l, const struct mt_scene_link *peer)
{
	bool in = *l->d->master, peer_in = *peer->d->master;

	if (peer->d->peer != l->d->ifindex)
		return false;
	return in != peer_in ? peer_in : peer->d->ifindex < l->d->ifindex;
}

/* Edges from a bridge to its port, and from the port to its lower device or veth peer. */
static void draw_way_out(const struct mt_scene *s, const struct mt_scene_link *l, FILE *out)
{
	const struct mt_scene_link *master = mt_scene_link(s, l->d->master);

	if (master)
		fprintf(out, "  link%u -> link%u;\n", master->d->ifindex, l->d->ifindex);
	for (size_t i = 0; l->d->peer && i < s->nlinks; i++) {
		const struct mt_scene_link *peer = &s->links[i];

		if (peer->d->ifindex == l->d->peer && peer->shown && !is_second_end(l, peer))
			fprintf(out, "  link%u -> link%u [style=bold];\n", l->d->ifindex,
				peer->d->ifindex);
	}
}

static void draw_links(const struct mt_scene *s, FILE *out)
{
	for (size_t i = 0; i < s->nlinks; i++) {
		const struct mt_scene_link *l = &s->links[i];

		mt_dot_missing(s, l, out);
		if (!l->shown || is_drawn_nic(s, l))
			continue;
		mt_dot_link(l, out);
		draw_way_out(s, l, out);
	}
}

/* --- the whole -------------------------------------------------------------------------------- */

static void draw_legend(FILE *out)
{
	fputs("<TR><TD ALIGN=\"LEFT\"><TABLE BORDER=\"0\" CELLSPACING=\"6\"><TR>", out);
	for (int i = 0; i < MT_DOT_STATES; i++) {
		fputs("<TD>", out);
		mt_dot_box((enum mt_dot_state)i, 2, out);
		mt_dot_row(mt_dot_styles[i].name, i == MT_DOT_DRIFTED ? MT_DOT_RED : MT_DOT_INK,
			   out);
		fputs("</TABLE></TD>", out);
	}
	fputs("</TR></TABLE></TD></TR>", out);
}

static void draw_title(const struct mt_scene *s, FILE *out)
{
	char host[65] = "", when[32], text[256];
	size_t wrong = 0;

	for (size_t i = 0; i < s->nnics; i++)
		wrong += mt_scene_is_wrong(&s->nics[i]);
	gethostname(host, sizeof host - 1);
	snprintf(text, sizeof text, "%s, %s: %zu guest%s, %zu NIC%s", host,
		 mt_print_time((uint64_t)time(NULL), when), s->nguests, s->nguests == 1 ? "" : "s",
		 s->nnics, s->nnics == 1 ? "" : "s");
	fputs("  label=<<TABLE BORDER=\"0\" CELLSPACING=\"0\"><TR><TD ALIGN=\"LEFT\"><B>", out);
	mt_dot_font(text, MT_DOT_INK, 13, out);
	if (wrong) {
		snprintf(text, sizeof text, "; %zu not as moontap put %s", wrong,
			 wrong == 1 ? "it" : "them");
		mt_dot_font(text, MT_DOT_RED, 13, out);
	}
	fputs("</B></TD></TR>", out);
	draw_legend(out);
	fputs("</TABLE>>;\n", out);
}

void mt_scene_draw(const struct mt_scene *s, FILE *out)
{
	fputs("digraph moontap {\n"
	      "  graph [rankdir=LR, labelloc=t, labeljust=l, nodesep=0.15, ranksep=0.8, pad=0.25,\n"
	      "    fontname=\"" FONT "\"];\n"
	      "  node [shape=plain, fontname=\"" FONT "\", fontsize=10];\n"
	      "  edge [dir=none, color=\"#78909c\", fontname=\"" FONT "\", fontsize=9];\n",
	      out);
	draw_title(s, out);
	mt_dot_guests(s, out);
	draw_links(s, out);
	fputs("}\n", out);
}
