/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_dot.c - the picture: guests on the left, their devices, the way out on the right */
#include "cli/cli.h"
#include "cli/graph/graph_dot.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define FONT "Helvetica,Arial,sans-serif"
/* --- devices ---------------------------------------------------------------------------------- */

static enum mt_dot_state look_of(const struct mt_scene_link *l)
{
	return l->drift ? MT_DOT_DRIFTED : l->ours ? MT_DOT_OURS : MT_DOT_FOUND;
}

static void draw_kind(const struct mt_device *d, FILE *out)
{
	bool tap = !strcmp(d->kind, "tun");
	const char *kind = tap ? "tap" : *d->kind ? d->kind : "link";
	const char *use = !tap || !d->up ? "" : d->carrier ? ", in use" : ", idle";
	char text[96];

	if (d->vlan)
		snprintf(text, sizeof text, "VLAN %u, mtu %u", d->vlan, d->mtu);
	else
		snprintf(text, sizeof text, "%s, mtu %u%s", kind, d->mtu, use);
	mt_dot_row(text, MT_DOT_DIM, out);
}

void mt_dot_link(const struct mt_scene_link *l, FILE *out)
{
	const struct mt_device *d = l->d;
	char text[96];

	fprintf(out, "  link%u [label=<", d->ifindex);
	mt_dot_box(look_of(l), 3, out);
	fputs("<TR><TD ALIGN=\"LEFT\"><B>", out);
	mt_dot_font(d->name, l->drift ? MT_DOT_RED : MT_DOT_INK, 12, out);
	fputs("</B></TD></TR>", out);
	draw_kind(d, out);
	if (!d->up)
		mt_dot_row("down", MT_DOT_RED, out);
	for (const struct mt_line *a = l->addresses; a; a = a->next)
		mt_dot_row(a->text, a->ours ? mt_dot_styles[MT_DOT_OURS].line : MT_DOT_INK, out);
	snprintf(text, sizeof text, "and %u more port%s", l->hidden, l->hidden == 1 ? "" : "s");
	if (l->hidden)
		mt_dot_row(text, MT_DOT_DIM, out);
	for (const struct mt_line *line = l->drift; line; line = line->next)
		mt_dot_row(line->text, MT_DOT_RED, out);
	fputs("</TABLE>>];\n", out);
}

/* A master that is gone is drawn once: by the first device that misses it. */
static const struct mt_scene_link *first_to_miss(const struct mt_scene *s, const char *name)
{
	for (size_t i = 0; i < s->nlinks; i++)
		if (s->links[i].meant && !strcmp(s->links[i].meant, name))
			return &s->links[i];
	return NULL;
}

static void draw_missing(const struct mt_scene *s, const struct mt_scene_link *l, FILE *out)
{
	if (!l->shown || !l->meant || mt_scene_link(s, l->meant) || first_to_miss(s, l->meant) != l)
		return;
	fprintf(out, "  missed%u [label=<", l->d->ifindex);
	mt_dot_box(MT_DOT_MISSING, 3, out);
	fputs("<TR><TD ALIGN=\"LEFT\"><B>", out);
	mt_dot_font(l->meant, MT_DOT_RED, 12, out);
	fputs("</B></TD></TR>", out);
	mt_dot_row("is gone", MT_DOT_RED, out);
	fputs("</TABLE>>];\n", out);
}

const char *mt_dot_position(const struct mt_scene *s, const char *name, char buf[static 32])
{
	const struct mt_scene_link *there = mt_scene_link(s, name);
	const struct mt_scene_link *l = there ? there : first_to_miss(s, name);

	if (l)
		snprintf(buf, 32, "%s%u", there ? "link" : "missed", l->d->ifindex);
	return l ? buf : NULL;
}

/* From whatever stands at the left: a device, or a cell of a guest's. */
void mt_dot_edges(const struct mt_scene *s, const char *from, const struct mt_scene_link *l,
		  FILE *out)
{
	char place[32];

	if (mt_dot_position(s, l->d->master, place))
		fprintf(out, "  %s -> %s%s;\n", from, place,
			l->drift ? " [color=\"" MT_DOT_RED "\"]" : "");
	if (l->meant && mt_dot_position(s, l->meant, place))
		fprintf(out,
			"  %s -> %s [color=\"" MT_DOT_RED
			"\", style=dashed, fontcolor=\"" MT_DOT_RED "\", label=\"was in\"];\n",
			from, place);
}

static bool is_drawn_nic(const struct mt_scene *s, const struct mt_scene_link *l)
{
	for (size_t i = 0; i < s->nnics; i++)
		if (s->nics[i].link == l)
			return true;
	return false;
}

/* The ends of a veth pair have one edge, from that in a bridge. */
static bool is_second_end(const struct mt_scene_link *l, const struct mt_scene_link *peer)
{
	bool in = *l->d->master, peer_in = *peer->d->master;

	if (peer->d->peer != l->d->ifindex)
		return false;
	return in != peer_in ? peer_in : peer->d->ifindex < l->d->ifindex;
}

/* From a bridge to its ports that lead on, and from these to what they are on. */
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

		draw_missing(s, l, out);
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
