/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_rules.c - what nftables does for a NIC, as lines of text */
#include "cli/graph/graph_rules.h"

#include <stdio.h>
#include <string.h>

/* The fields of a kind, each after a text; one without a value is left out. */
static const struct rule {
	const char *kind;
	struct {
		const char *before, *field;
	} parts[5];
} rules[] = {
	{ "guard", { { "guarded: ", "level" } } },
	{ "guard_ip", { { "speaks as ", "address" } } },
	{ "forward",
	  { { "", "proto" },
	    { " ", "address" },
	    { " ", "port" },
	    { " to ", "to" },
	    { " ", "to_port" } } },
	{ "masquerade", { { "", "src" }, { " masqueraded on ", "out" } } },
};

static const struct rule *rule_of(const struct mt_kind *k)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (!strcmp(rules[i].kind, k->name))
			return &rules[i];
	return NULL;
}

bool mt_rule_text(const struct mt_record *r, char *text, size_t size)
{
	const struct rule *rule = rule_of(r->kind);
	size_t n = 0;

	text[0] = '\0';
	for (int i = 0; rule && i < 5 && rule->parts[i].field; i++) {
		int field = mt_kind_field(r->kind, rule->parts[i].field);
		char value[MT_VALUE_TEXT];

		if (field >= 0 && r->v[field].state == MT_SET && n < size)
			n += (size_t)snprintf(text + n, size - n, "%s%.80s", rule->parts[i].before,
					      mt_value_print(&r->kind->fields[field], &r->v[field],
							     value));
	}
	return rule;
}
