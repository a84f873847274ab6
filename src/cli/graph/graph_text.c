/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_text.c - text and boxes in Graphviz's labels */
#include "cli/graph/graph_text.h"
#include "base/text.h"

const struct mt_dot_style mt_dot_styles[MT_DOT_STATES] = {
	[MT_DOT_FOUND] = { "the host's", "#90a4ae", "#f5f7f8", "rounded", 1 },
	[MT_DOT_OURS] = { "created by moontap", "#2e7d32", "#e8f5e9", "rounded", 2 },
	[MT_DOT_DRIFTED] = { "drifted", MT_DOT_RED, "#fdecea", "rounded", 2 },
	[MT_DOT_MISSING] = { "gone", "#90a4ae", "#ffffff", "rounded,dashed", 1 },
};

/* --- text ------------------------------------------------------------------------------------- */

void mt_dot_text(const char *s, FILE *out)
{
	static const char *const names[128] = {
		['\\'] = "\\\\", /* else \\N is the node's name */
		['&'] = "&amp;",  ['<'] = "&lt;",  ['>'] = "&gt;",
		['"'] = "&quot;", ['['] = "&#91;", [']'] = "&#93;",
	};

	while (*s) {
		bool safe;
		size_t n = mt_text_char(s, &safe);
		const char *name = safe && n == 1 ? names[(unsigned char)*s] : NULL;

		if (name)
			fputs(name, out);
		else if (safe)
			fwrite(s, 1, n, out);
		else
			putc('?', out);
		s += n;
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

void mt_dot_row(const char *text, const char *colour, FILE *out)
{
	fputs("<TR><TD ALIGN=\"LEFT\">", out);
	mt_dot_font(text, colour, 9, out);
	fputs("</TD></TR>", out);
}

void mt_dot_box(enum mt_dot_state look, int padding, FILE *out)
{
	fprintf(out,
		"<TABLE BORDER=\"%d\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"%d\" "
		"COLOR=\"%s\" BGCOLOR=\"%s\" STYLE=\"%s\">",
		mt_dot_styles[look].width, padding, mt_dot_styles[look].line,
		mt_dot_styles[look].fill, mt_dot_styles[look].style);
}
