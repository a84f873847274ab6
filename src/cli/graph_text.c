/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_text.c - text and boxes in Graphviz's labels */
#include "cli/graph_dot.h"

/* How a box looks, and what the legend says of it. */
const struct mt_dot_style mt_dot_looks[MT_DOT_LOOKS] = {
	[MT_DOT_FOUND] = { "the host's", "#90a4ae", "#f5f7f8", "rounded", 1 },
	[MT_DOT_OURS] = { "made by moontap", "#2e7d32", "#e8f5e9", "rounded", 2 },
	[MT_DOT_DRIFTED] = { "drifted", MT_DOT_RED, "#fdecea", "rounded", 2 },
	[MT_DOT_MISSING] = { "gone", "#90a4ae", "#ffffff", "rounded,dashed", 1 },
};

/* --- text ------------------------------------------------------------------------------------- */

/* How many bytes the character at @s has; 0: it is no printable one. RFC 3629, section 4 */
static int printable(const unsigned char *s)
{
	static const struct {
		unsigned char first, last, low, high; /* of the first byte, of the second */
		int n;
	} forms[] = {
		{ 0x20, 0x7e, 0, 0xff, 1 },    { 0xc2, 0xc2, 0xa0, 0xbf, 2 },
		{ 0xc3, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (*s < forms[i].first || *s > forms[i].last)
			continue;
		if (forms[i].n > 1 && (s[1] < forms[i].low || s[1] > forms[i].high))
			return 0;
		for (int k = 2; k < forms[i].n; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].n;
	}
	return 0;
}

void mt_dot_text(const char *s, FILE *out)
{
	static const char *const names[128] = {
		['\\'] = "\\\\", /* else \\N is the node's name */
		['&'] = "&amp;",  ['<'] = "&lt;",  ['>'] = "&gt;",
		['"'] = "&quot;", ['['] = "&#91;", [']'] = "&#93;",
	};

	while (*s) {
		int n = printable((const unsigned char *)s);
		const char *name = n == 1 ? names[(unsigned char)*s] : NULL;

		if (name)
			fputs(name, out);
		else if (n)
			fwrite(s, 1, (size_t)n, out);
		else
			putc('?', out);
		s += n ? n : 1;
	}
}

void mt_dot_font(const char *text, const char *colour, int size, FILE *out)
{
	if (!*text)
		return; /* an empty FONT is a syntax error */
	fprintf(out, "<FONT COLOR=\"%s\" POINT-SIZE=\"%d\">", colour, size);
	mt_dot_text(text, out);
	fputs("</FONT>", out);
}

/* A row of one cell. */
void mt_dot_row(const char *text, const char *colour, FILE *out)
{
	fputs("<TR><TD ALIGN=\"LEFT\">", out);
	mt_dot_font(text, colour, 9, out);
	fputs("</TD></TR>", out);
}

void mt_dot_box(enum mt_dot_look look, int padding, FILE *out)
{
	fprintf(out,
		"<TABLE BORDER=\"%d\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"%d\" "
		"COLOR=\"%s\" BGCOLOR=\"%s\" STYLE=\"%s\">",
		mt_dot_looks[look].width, padding, mt_dot_looks[look].line, mt_dot_looks[look].fill,
		mt_dot_looks[look].style);
}
