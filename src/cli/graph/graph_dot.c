/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_dot.c - the nodes of devices, and their edges */
#include "cli/cli.h"
#include "cli/graph/graph_dot.h"

#include <string.h>

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

void mt_dot_missing(const struct mt_scene *s, const struct mt_scene_link *l, FILE *out)
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

/* @from: a device's node, or a cell of a guest's. */
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
