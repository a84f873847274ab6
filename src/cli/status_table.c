/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status_table.c - a row for each NIC that is connected or remembered */
#include "cli/cli.h"
#include "cli/status_parts.h"
#include "cli/table.h"
#include "engine/nic_status.h"
#include "evaluator/policy_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	GUEST,
	NIC,
	DEVICE,
	TAP,
	LINK,
	IN,
	SINCE,
	BY,
	POLICY,
	STATE,
	/* only in JSON: */
	CHANGED,
	HEADER, /* the first of a column for each field of a journal's header */
	COLUMNS = HEADER + MT_HEADER_WITH
};

_Static_assert(COLUMNS < MT_TABLE_COLUMNS, "a table has not so many columns");

/* JSON has each field of a journal's header under its own name; people see some in another form. */
static const struct mt_column *columns(void)
{
	static struct mt_column all[COLUMNS + 1] = {
		[GUEST] = { "GUEST" },
		[NIC] = { "NIC", NULL, MT_CELL_NUMBER },
		[DEVICE] = { "DEVICE" },
		[TAP] = { "TAP" },
		[LINK] = { "LINK", "link" },
		[IN] = { "IN", "master" },
		[SINCE] = { "SINCE" },
		[BY] = { "BY" },
		[POLICY] = { "POLICY" },
		[STATE] = { "STATE", "state" },
		[CHANGED] = { "", "policy_changed", MT_CELL_BOOL },
	};

	for (int i = 0; i < MT_HEADER_WITH; i++) {
		const struct mt_field *f = &mt_header_kind.fields[i];

		all[HEADER + i] = (struct mt_column){ "", f->name,
						      f->type == MT_UINT	   ? MT_CELL_NUMBER
							      : f->type == MT_BOOL ? MT_CELL_BOOL
										   : MT_CELL_TEXT };
	}
	return all;
}

static char colour_of(enum mt_nic_state s)
{
	switch (s) {
	case MT_NIC_CONNECTED:
		return '+';
	case MT_NIC_DRIFTED:
	case MT_NIC_WAITING:
	case MT_NIC_NOTHING:
		return '~';
	case MT_NIC_GONE:
	case MT_NIC_KILLED:
	case MT_NIC_UNREADABLE:
		return '-';
	case MT_NIC_WORKED_ON:
	case MT_NIC_DONE:
	case MT_NIC_OTHERS:
		break;
	}
	return '=';
}

/* " (changed)" or " (gone)": the policy's file is not the text that connected the NIC; "": it is,
 * or cannot be read here. */
static const char *policy_state(const struct mt_record *h)
{
	const char *path = mt_header_text(h, MT_HEADER_POLICY);
	char sum[17], *text = NULL;
	size_t n = 0;
	ssize_t got;
	FILE *f = fopen(path, "re");

	if (!*path)
		return "";
	if (!f)
		return errno == ENOENT ? " (gone)" : "";
	got = getdelim(&text, &n, 0, f);
	fclose(f);
	mt_files_checksum(text ? text : "", got > 0 ? (size_t)got : 0, sum);
	free(text);
	return strcmp(sum, mt_header_text(h, MT_HEADER_CHECKSUM)) ? " (changed)" : "";
}

void mt_status_policy(const struct mt_nic_status *l, bool whole, char *buf, size_t n)
{
	const struct mt_record *h = &l->journal.header;
	const char *path = mt_header_text(h, MT_HEADER_POLICY), *slash = strrchr(path, '/');

	snprintf(buf, n, "%s%s", whole || !slash ? path : slash + 1, policy_state(h));
}

/* Cells of every NIC, connected or not. */
static void add_known(struct mt_table *t, const struct mt_nic_status *l)
{
	mt_table_cell(t, HEADER + MT_HEADER_DEV, 0, "%s", l->dev);
	mt_table_cell(t, HEADER + MT_HEADER_DRIVER, 0, "%s", l->driver);
	mt_table_cell(t, HEADER + MT_HEADER_DOMAIN, 0, "%s", l->guest);
	mt_table_cell(t, HEADER + MT_HEADER_UUID, 0, "%s", l->uuid);
	mt_table_cell(t, HEADER + MT_HEADER_MAC, 0, "%s", l->mac);
	mt_table_cell(t, HEADER + MT_HEADER_INDEX, 0, "%u", l->index);
	mt_table_cell(t, HEADER + MT_HEADER_UNMANAGED, 0, "%s", l->unmanaged ? "true" : "false");
}

static void add_header(struct mt_table *t, const struct mt_record *h)
{
	char text[MT_VALUE_TEXT];

	for (int i = 0; i < MT_HEADER_WITH; i++)
		mt_table_cell(t, HEADER + i, 0, "%s",
			      mt_value_print(&h->kind->fields[i], &h->v[i], text));
}

static void add_connected(struct mt_table *t, const struct mt_nic_status *l)
{
	const struct mt_record *h = &l->journal.header;
	char when[32], policy[300];

	add_header(t, h);
	mt_status_policy(l, false, policy, sizeof policy);
	mt_table_cell(t, SINCE, 0, "%s", mt_print_time(h->v[MT_HEADER_SINCE].u, when));
	mt_table_cell(t, BY, 0, "%s", mt_header_text(h, MT_HEADER_BY));
	mt_table_cell(t, POLICY, strchr(policy, '(') ? '~' : 0, "%s", policy);
	mt_table_cell(t, CHANGED, 0, "%s", *policy_state(h) ? "true" : "false");
	if (l->here && strcmp(l->device.name, l->dev))
		mt_table_note(t, "%s is called %s now", l->dev, l->device.name);
	for (size_t i = 0; i < l->ndrift; i++)
		mt_table_note(t, "%s", l->drift[i]);
}

static void add_row(struct mt_table *t, const struct mt_nic_status *l)
{
	if (!mt_table_row(t))
		return;
	mt_table_cell(t, GUEST, 'b', "%s", l->guest);
	mt_table_cell(t, NIC, 0, "%u", l->index);
	mt_table_cell(t, DEVICE, 0, "%s", l->dev);
	mt_table_cell(t, TAP, 0, "%s", l->unmanaged ? "unmanaged" : "managed");
	mt_table_cell(t, LINK, l->here && l->device.up ? 0 : '~', "%s", mt_nic_link(l));
	mt_table_cell(t, IN, 0, "%s", l->here ? l->device.master : "");
	add_known(t, l);
	if (l->journal.header.kind)
		add_connected(t, l);
	mt_table_cell(t, STATE, colour_of(l->state), "%s", mt_nic_state_name(l->state));
	if (l->state == MT_NIC_GONE || l->state == MT_NIC_KILLED ||
	    (l->state == MT_NIC_DONE && !mt_can_change_network()))
		mt_table_note(t, "to finish: moontap reconcile");
}

void mt_status_table(struct mt_table *t, const struct mt_nic_status *nics, size_t n,
		     struct mt_pool *p)
{
	*t = (struct mt_table){ .columns = columns(), .notes = "drift", .pool = p, .fixed = true };
	for (size_t i = 0; i < n; i++)
		add_row(t, &nics[i]);
}
