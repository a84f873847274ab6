/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* journal.c - journals from text and to text */
#include "plan/journal.h"
#include "base/tokens.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MADE_MAX (MT_REF_TEXT + 8)

static const struct mt_field header_fields[] = {
	[MT_HEADER_DEV] = { "dev", MT_NAME, .doc = "the device" },
	[MT_HEADER_FORMAT] = { "format", MT_UINT, 4, .doc = "how this file is written" },
	[MT_HEADER_DRIVER] = { "driver", MT_TEXT, .doc = "libvirt's driver" },
	[MT_HEADER_DOMAIN] = { "domain", MT_TEXT, .doc = "the guest's name" },
	[MT_HEADER_UUID] = { "uuid", MT_TEXT, .doc = "the guest's uuid" },
	[MT_HEADER_MAC] = { "mac", MT_TEXT, .doc = "the guest's MAC" },
	[MT_HEADER_INDEX] = { "index", MT_UINT, 4, .doc = "the NIC's place in the document" },
	[MT_HEADER_IFINDEX] = { "ifindex", MT_UINT, 4, .doc = "the device's ifindex" },
	[MT_HEADER_NETNS] = { "netns", MT_UINT, 8, .doc = "cookie of the network namespace" },
	[MT_HEADER_UNMANAGED] = { "unmanaged", MT_BOOL, 1, .doc = "moontap makes the device" },
	[MT_HEADER_KNOWN] = { "known", MT_BOOL, 1, .doc = "the guest is known" },
	[MT_HEADER_POLICY] = { "policy", MT_TEXT, .doc = "the policy's file" },
	[MT_HEADER_CHECKSUM] = { "checksum", MT_TEXT, .doc = "the policy's checksum" },
	[MT_HEADER_BY] = { "by", MT_TEXT, .doc = "hook, script or up" },
	[MT_HEADER_SINCE] = { "since", MT_UINT, 8, .doc = "seconds since 1970" },
	[MT_HEADER_WITH] = { "with", MT_NAME, .doc = "the device whose file commits the run" },
	[MT_HEADER_KIND] = { "kind", MT_TEXT, .doc = "what kind of device it is" },
	[MT_HEADER_NOTHING] = { "nothing", MT_BOOL, 1, .doc = "the policy declared nothing" },
	[MT_HEADER_STARTER] = { "starter", MT_TEXT, .doc = "the user's libvirtd" },
};

const struct mt_kind mt_header_kind = {
	.name = "nic",
	.doc = "whose journal it is",
	.fields = header_fields,
	.nfields = MT_NFIELDS(header_fields),
	.nkeys = 1,
	.required = 1,
};

const char *mt_header_text(const struct mt_record *header, int field)
{
	const struct mt_value *v = &header->v[field];

	return header->kind && v->state == MT_SET ? v->text : "";
}

bool mt_journal_made(const struct mt_journal *j, const struct mt_ref *ref)
{
	for (size_t i = 0; mt_ref_is_set(ref) && i < j->steps.n; i++) {
		const struct mt_step *s = &j->steps.at[i];

		if (s->op == MT_ADD && s->made && mt_ref_equal(&s->put.ref, ref))
			return true;
	}
	return false;
}

/* Checked before the other fields, which this moontap may not know. */
static int check_format(char *const *words, int n, struct mt_err *e)
{
	for (int i = 0; i < n; i++) {
		unsigned long format =
			strncmp(words[i], "format=", 7) ? 0 : strtoul(words[i] + 7, NULL, 10);

		if (format > MT_JOURNAL_FORMAT)
			return mt_fail(e, EPROTONOSUPPORT, "", "",
				       "its format is %lu, of a newer moontap; this one knows "
				       "formats up to %d",
				       format, MT_JOURNAL_FORMAT);
	}
	return 0;
}

static int parse_header(char **words, int n, struct mt_pool *p, struct mt_journal *j,
			struct mt_err *e)
{
	int err = check_format(words, n, e);
	struct mt_err one;

	j->header.kind = &mt_header_kind;
	for (int i = 0; i < n; i++) /* also after an error, to know whose it is */
		if (mt_record_parse(&j->header, words + i, 1, p, &one) && !err)
			*e = one, err = -one.code;
	return err;
}

static int parse_line(const struct mt_kind *const *kinds, char *line, struct mt_pool *p,
		      struct mt_journal *j, struct mt_err *e)
{
	char *words[2 * MT_FIELDS_MAX + 4];
	int n = mt_tokens_split(line, words, sizeof words / sizeof *words);
	struct mt_step s, *last = j->steps.n ? &j->steps.at[j->steps.n - 1] : NULL;

	if (n == 0)
		return 0;
	if (n > 0 && !strcmp(words[0], "nic") && !j->header.kind)
		return parse_header(words + 1, n - 1, p, j, e);
	if (n == 1 && !strcmp(words[0], "done")) {
		j->done = true;
		return 0;
	}
	if (n == 1 && !strcmp(words[0], "existed") && last) {
		last->existed = true;
		return 0;
	}
	if (n == 2 && !strcmp(words[0], "made") && last) {
		last->made = true;
		return mt_ref_parse(last->put.kind->realm, words[1], &last->put.ref, e);
	}
	if (mt_step_parse(kinds, words, n, &s, p, e))
		return -e->code;
	return mt_steps_add(&j->steps, &s) ? 0 : mt_fail(e, ENOMEM, "journal", "", NULL);
}

int mt_journal_parse(const struct mt_kind *const *kinds, const char *name, char *text,
		     struct mt_pool *p, struct mt_journal *j, struct mt_err *e)
{
	unsigned number = 1;

	*j = (struct mt_journal){ .steps.pool = p };
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, number++) {
		*end = 0;
		if (parse_line(kinds, line, p, j, e)) {
			if (e->code != ENOMEM)
				e->blame = MT_BLAME_UNDO;
			return mt_err_in(e, "journal %s:%u", name, number);
		}
	}
	return 0;
}

int mt_journal_load(const struct mt_state *s, const char *file, const struct mt_kind *const *kinds,
		    struct mt_pool *p, struct mt_journal *j, struct mt_err *e)
{
	const struct mt_value *netns = &j->header.v[MT_HEADER_NETNS];
	char *text;
	int err = mt_state_read(s, file, p, &text, e);

	*j = (struct mt_journal){ .steps.pool = p };
	if (err)
		return err == -ENOENT ? 0 : err;
	err = mt_journal_parse(kinds, file, text, p, j, e);
	if (!err && j->header.kind && netns->state == MT_SET && s->netns && netns->u != s->netns) {
		*j = (struct mt_journal){ .steps.pool = p };
		return mt_fail(e, EXDEV, "journal", file,
			       "it is about a device of another network namespace");
	}
	return err;
}

static int put_line(int fd, char *line, size_t n, struct mt_err *e)
{
	ssize_t w;

	if (fd < 0)
		return 0;
	if (n + 2 > MT_LINE_MAX)
		return mt_fail(e, E2BIG, "journal", "", "a step is too long for a line");
	line[n++] = '\n';
	do
		w = write(fd, line, n);
	while (w < 0 && errno == EINTR);
	if (w < 0)
		return mt_fail(e, errno, "journal", "", NULL);
	return w == (ssize_t)n ? 0 : mt_fail(e, ENOSPC, "journal", "", NULL);
}

int mt_journal_append(int fd, const struct mt_step *s, struct mt_err *e)
{
	char line[MT_LINE_MAX];

	return put_line(fd, line, mt_step_print(s, line, sizeof line), e);
}

int mt_journal_append_made(int fd, const struct mt_ref *ref, struct mt_err *e)
{
	char line[MT_LINE_MAX], text[MT_REF_TEXT];
	int n = mt_ref_is_set(ref) ? snprintf(line, sizeof line, "made %s", mt_ref_print(ref, text))
				   : snprintf(line, sizeof line, "existed");

	return put_line(fd, line, (size_t)n, e);
}

int mt_journal_append_done(int fd, struct mt_err *e)
{
	char line[8] = "done";

	return put_line(fd, line, strlen(line), e);
}

static size_t print_header(const struct mt_record *header, char *line, size_t n)
{
	struct mt_record h = *header;

	mt_record_put(&h, MT_HEADER_FORMAT, mt_uint(MT_JOURNAL_FORMAT));
	return mt_record_print(&h, 0, line, n);
}

int mt_journal_append_header(int fd, const struct mt_record *header, struct mt_err *e)
{
	char line[MT_LINE_MAX];

	return put_line(fd, line, print_header(header, line, sizeof line), e);
}

int mt_journal_write(const struct mt_state *s, const char *file, const struct mt_journal *j,
		     int *fd, struct mt_err *e)
{
	size_t cap = (j->steps.n + 1) * MT_LINE_MAX, n = 0;
	char *text = malloc(cap), ref[MT_REF_TEXT];
	int err;

	*fd = -1;
	if (!text)
		return mt_fail(e, ENOMEM, "journal", file, NULL);
	if (j->header.kind) {
		n = print_header(&j->header, text, MT_LINE_MAX - 1);
		text[n++] = '\n';
	}
	for (size_t i = 0; i < j->steps.n; i++) {
		const struct mt_step *step = &j->steps.at[i];

		n += mt_step_print(step, text + n, MT_LINE_MAX - MADE_MAX);
		text[n++] = '\n';
		if (step->made)
			n += (size_t)snprintf(text + n, MADE_MAX, "made %s\n",
					      mt_ref_print(&step->put.ref, ref));
	}
	err = mt_state_write(s, file, text, n, fd, e);
	free(text);
	return err;
}

int mt_journal_replace(const struct mt_state *s, const char *file, const struct mt_journal *j,
		       int *lock, struct mt_err *e)
{
	int fd;

	if (mt_journal_write(s, file, j, &fd, e))
		return -e->code;
	if (!mt_state_put(s, file, lock, &fd, e))
		return 0;
	mt_state_discard(s, file, &fd);
	return -e->code;
}
