/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* answer.c - parse the evaluator's answer: a function for each kind of line */
#include "ask/answer.h"
#include "base/sh.h"
#include "base/tokens.h"
#include "plan/step.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Limits for one answer: no real guest needs a tenth of them. */
#define RECORDS_MAX 65536
#define NICS_MAX    65536
#define LOGS_MAX    16384

struct parse {
	const struct mt_kind *const *kinds;
	struct mt_answer *a;
	char *at, *end; /* what is not yet read */
	const char *place;
	struct mt_interface *nic; /* the one that records belong to */
	size_t records;
	bool ended, loaded, named;
	bool others; /* the line `others` was there */
	struct mt_err *e;
};

static int nonsense(struct parse *p, const char *line)
{
	return mt_fail(p->e, EPROTO, "evaluator", "", "it said '%.60s', which means nothing", line);
}

static const char *text_of(char **words, int n, const char *key)
{
	const char *s = mt_tokens_get(words, n, key);

	return s ? s : "";
}

static int too_many(struct parse *p, int max, const char *what)
{
	mt_bad(p->e, "policy", p->place, "more than %d %s", max, what);
	p->e->blame = MT_BLAME_LIMIT;
	return -p->e->code;
}

/* A text for journals, which must be able to read it again. No guest has control bytes in one: XML
 * has no others than white space, and libvirt accepts no line end in a name
 * (virXMLCheckIllegalChars()). */
static int bounded(struct parse *p, char **words, int n, const char *key, const char **to)
{
	*to = text_of(words, n, key);
	if (strlen(*to) > MT_TEXT_MAX)
		return mt_bad(p->e, words[0], "", "a %s of more than %d bytes", key, MT_TEXT_MAX);
	for (const char *c = *to; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			return mt_bad(p->e, words[0], *to, "a %s with a control character", key);
	return 0;
}

/* One guest an answer: a second name would give the first one's NICs to another. */
static int take_domain(struct parse *p, char **words, int n)
{
	if (p->named)
		return nonsense(p, words[0]);
	p->named = true;
	return bounded(p, words, n, "name", &p->a->name) ?:
	       bounded(p, words, n, "uuid", &p->a->uuid) ?:
	       bounded(p, words, n, "type", &p->a->type);
}

static struct mt_interface *interface_of(struct mt_answer *a, const char *index)
{
	int i = atoi(index);

	if (i > 0 && (size_t)i <= a->n && a->nics[i - 1].index == i) /* the evaluator's order */
		return &a->nics[i - 1];
	for (size_t k = 0; k < a->n; k++)
		if (a->nics[k].index == i)
			return &a->nics[k];
	return NULL;
}

static int set_dev(struct parse *p, struct mt_interface *nic, const char *dev)
{
	if (!dev || !*dev)
		return 0;
	if (!mt_name_valid(dev))
		return mt_bad(p->e, "nic", dev, MT_NAME_RULE);
	if (mt_name_reserved(dev))
		return mt_bad(p->e, "nic", dev, MT_NAME_RESERVED);
	strcpy(nic->dev, dev);
	return 0;
}

static int take_interface(struct parse *p, char **words, int n)
{
	struct mt_answer *a = p->a;
	struct mt_interface *nic;
	int queues = atoi(text_of(words, n, "queues"));
	const char *dev;

	if (a->n == NICS_MAX)
		return too_many(p, NICS_MAX, "NICs");
	a->nics = mt_pool_room(a->pool, a->nics, a->n, &a->cap, sizeof *a->nics);
	if (!a->nics)
		return mt_fail(p->e, ENOMEM, "evaluator", "", NULL);
	nic = &a->nics[a->n++];
	dev = text_of(words, n, "dev");
	*nic = (struct mt_interface){ .index = atoi(text_of(words, n, "index")),
				      .queues = queues > 1 ? (unsigned)queues : 1,
				      .unmanaged =
					      !strcmp(text_of(words, n, "unmanaged"), "true") };
	if (*dev &&
	    (!mt_name_valid(dev) ||
	     mt_name_reserved(dev))) /* an error only when this NIC is to be connected */
		nic->misnamed = dev;
	else
		strcpy(nic->dev, dev);
	return bounded(p, words, n, "type", &nic->type) ?: bounded(p, words, n, "mac", &nic->mac);
}

/* A dry run calls a device without a name $DEV, $DEV2, ...; decide() may give it another. */
static bool is_stand_in(const char *dev)
{
	return !strncmp(dev, MT_SH_UNNAMED, strlen(MT_SH_UNNAMED));
}

static int take_nic(struct parse *p, char **words, int n)
{
	const char *decision = text_of(words, n, "decision");
	const char *dev = mt_tokens_get(words, n, "dev");

	p->nic = interface_of(p->a, text_of(words, n, "index"));
	if (!p->nic)
		return nonsense(p, "nic");
	if (!p->nic->end)
		p->nic->end = &p->nic->declared;
	p->nic->decision = !strcmp(decision, "managed") ? MT_MANAGED
		: !strcmp(decision, "unmanaged")	? MT_UNMANAGED
							: MT_AS_XML_SAYS;
	if (p->nic->decision == MT_UNMANAGED)
		p->nic->named = dev;
	if (p->nic->misnamed || (*p->nic->dev && !is_stand_in(p->nic->dev)))
		return 0;
	p->nic->unnamed = true;
	return set_dev(p, p->nic, dev);
}

static int take_at(struct parse *p, char **words, int n)
{
	p->place = text_of(words, n, "place");
	return 0;
}

static int take_text(struct parse *p, const char *text, const char ***texts, size_t *n, size_t *cap)
{
	if (*n == LOGS_MAX)
		return too_many(p, LOGS_MAX, "lines for the log");
	*texts = mt_pool_room(p->a->pool, *texts, *n, cap, sizeof **texts);
	if (!*texts)
		return mt_fail(p->e, ENOMEM, "evaluator", "", NULL);
	(*texts)[(*n)++] = text;
	return 0;
}

static int take_log(struct parse *p, char **words, int n)
{
	struct mt_answer *a = p->a;

	return take_text(p, text_of(words, n, "text"), &a->logs, &a->nlogs, &a->logs_cap);
}

static int take_warn(struct parse *p, char **words, int n)
{
	struct mt_answer *a = p->a;

	return take_text(p, text_of(words, n, "text"), &a->warnings, &a->nwarnings,
			 &a->warnings_cap);
}

static int take_loaded(struct parse *p, char **words, int n)
{
	(void)p, (void)words, (void)n;
	return 0;
}

static int take_allow(struct parse *p, char **words, int n)
{
	struct mt_allow *allow = mt_pool_alloc(p->a->pool, sizeof *allow);
	char *eq = n > 1 ? strchr(words[1], '=') : NULL;

	if (!eq || mt_token_unescape(eq + 1))
		return nonsense(p, words[0]);
	if (!allow)
		return mt_fail(p->e, ENOMEM, "evaluator", "", NULL);
	*eq = 0;
	*allow = (struct mt_allow){ .next = p->a->allow,
				    .what = words[1],
				    .value = eq + 1,
				    .option = text_of(words, n, "option"),
				    .grant = text_of(words, n, "grant"),
				    .dev = text_of(words, n, "dev"),
				    .all = *text_of(words, n, "all") };
	p->a->allow = allow;
	return 0;
}

static int take_policy(struct parse *p, char **words, int n)
{
	return bounded(p, words, n, "checksum", &p->a->checksum);
}

/* The files that keep facts have lines of their own, too: a line of facts must not pass for one of
 * those. It begins with one of its marks: domain/facts.h. */
static bool are_facts(const char *text, size_t n)
{
	const char *end = text + n;

	while (text < end) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));

		if (!line_end || !*text || !strchr("$#?{[}]", *text))
			return false;
		text = line_end + 1;
	}
	return true;
}

static int take_host(struct parse *p, char **words, int n)
{
	(void)words, (void)n;
	p->a->of_host = true;
	return 0;
}

static int take_lacks(struct parse *p, char **words, int n)
{
	p->a->lacks_meant = !strcmp(text_of(words, n, "meant"), "true");
	return bounded(p, words, n, "text", &p->a->lacks);
}

static int take_bytes(struct parse *p, char **words, int n)
{
	size_t bytes = strtoul(text_of(words, n, "bytes"), NULL, 10);
	bool facts = !strcmp(words[0], "facts");

	if (bytes > (size_t)(p->end - p->at))
		return mt_fail(p->e, EPROTO, "evaluator", "", "its answer is cut short");
	if (facts && (memchr(p->at, 0, bytes) || !are_facts(p->at, bytes)))
		return nonsense(p, "facts that are none");
	*(facts ? &p->a->facts : &p->a->xml) = p->at;
	*(facts ? &p->a->facts_n : &p->a->xml_n) = bytes;
	p->at += bytes;
	return 0;
}

/* Add to the error where the policy was, and for which NIC. */
static int ended_at(struct parse *p, const char *place)
{
	mt_err_in(p->e, "%s", place);
	return p->nic ? mt_err_in_nic(p->e, p->nic->index, p->nic->dev) : -p->e->code;
}

static int take_refuse(struct parse *p, char **words, int n)
{
	mt_bad(p->e, "refused", "", "%s", text_of(words, n, "text"));
	p->e->code = EPERM;
	p->e->blame = MT_BLAME_REFUSED;
	return ended_at(p, text_of(words, n, "at"));
}

static int take_error(struct parse *p, char **words, int n)
{
	mt_bad(p->e, text_of(words, n, "op"), text_of(words, n, "on"), "%s",
	       text_of(words, n, "text"));
	if (!strcmp(text_of(words, n, "code"), "5"))
		p->e->blame = MT_BLAME_LIMIT;
	return ended_at(p, text_of(words, n, "at"));
}

static int take_others(struct parse *p, char **words, int n)
{
	(void)words, (void)n;
	p->others = true;
	p->nic = NULL;
	return 0;
}

/* connect_other() did not end for p->nic, or without one began none: warn, and drop what it has
 * declared for that NIC. libvirt connects the NIC without it; a part would be no better. */
static int skip(struct parse *p, const char *where, const char *why)
{
	struct mt_answer *a = p->a;
	struct mt_err line;
	char text[sizeof line.text];
	int n;

	if (p->nic && strcmp(p->nic->type, "ethernet")) {
		p->nic->declared = NULL;
		p->nic->end = NULL;
		p->nic->asked = false;
	}
	n = snprintf(text, sizeof text,
		     "%s%s%s; what connect_other() wants from NIC %d on is not done", where,
		     *where ? ": " : "", why, p->nic ? p->nic->index : 1);
	where = mt_pool_copy(a->pool, text, strnlen(text, n > 0 ? (size_t)n : 0));
	return where ? take_text(p, where, &a->warnings, &a->nwarnings, &a->warnings_cap)
		     : mt_fail(p->e, ENOMEM, "evaluator", "", NULL);
}

static int take_skip(struct parse *p, char **words, int n)
{
	if (!p->others)
		return nonsense(p, words[0]);
	return skip(p, text_of(words, n, "at"), text_of(words, n, "text"));
}

static int take_end(struct parse *p, char **words, int n)
{
	(void)words, (void)n;
	p->ended = true;
	return 0;
}

/*
 * Lines before `loaded` were written before the guest's XML was read: they are root's policy's.
 * Those after it may be of a guest that took the evaluator over. A file that keeps an answer may
 * begin with its line `domain`, which counts as `loaded`.
 */
enum when { ANY_TIME, TOP_LEVEL, LOADED };

static const struct {
	const char *word;
	int (*take)(struct parse *p, char **words, int n);
	enum when when;
} lines[] = {
	{ "policy", take_policy, TOP_LEVEL },
	{ "lacks", take_lacks, TOP_LEVEL },
	{ "allow", take_allow, TOP_LEVEL },
	{ "host", take_host, TOP_LEVEL },
	{ "loaded", take_loaded, LOADED },
	{ "domain", take_domain, LOADED },
	{ "interface", take_interface, LOADED },
	{ "facts", take_bytes, LOADED },
	{ "xml", take_bytes, LOADED },
	{ "nic", take_nic, LOADED },
	{ "at", take_at, ANY_TIME },
	{ "log", take_log, ANY_TIME },
	{ "warn", take_warn, LOADED },
	{ "refuse", take_refuse, ANY_TIME },
	{ "error", take_error, ANY_TIME },
	{ "others", take_others, LOADED },
	{ "skip", take_skip, LOADED },
	{ "end", take_end, ANY_TIME },
};

static int take_word(struct parse *p, size_t i, char **words, int n)
{
	if (lines[i].when == TOP_LEVEL && p->loaded)
		return nonsense(p, words[0]);
	p->loaded |= lines[i].when == LOADED;
	return lines[i].take(p, words, n);
}

/* The last word may be default=FIELD,FIELD: fields whose value gives way to other declarations'. */
static int take_defaults(struct parse *p, const struct mt_kind *k, char **words, int *n,
			 uint32_t *defaults)
{
	char *list = *n > 1 && !strncmp(words[*n - 1], "default=", 8) ? words[*n - 1] + 8 : NULL;

	for (char *name; list && (name = strsep(&list, ","));) {
		int field = mt_kind_field(k, name);

		if (field < k->nkeys)
			return nonsense(p, words[*n - 1]);
		*defaults |= 1u << field;
	}
	*n -= *defaults != 0;
	return 0;
}

static int take_record(struct parse *p, const struct mt_kind *k, char **words, int n)
{
	struct mt_declaration *d = mt_pool_alloc(p->a->pool, sizeof *d);

	if (!p->nic)
		return nonsense(p, words[0]);
	if (++p->records > RECORDS_MAX)
		return too_many(p, RECORDS_MAX, "records");
	if (!d)
		return mt_fail(p->e, ENOMEM, "evaluator", "", NULL);
	d->record.kind = k;
	d->place = p->place;
	if (take_defaults(p, k, words, &n, &d->defaults))
		return -p->e->code;
	if (mt_record_parse(&d->record, words + 1, (size_t)n - 1, p->a->pool, p->e))
		return mt_err_in(p->e, "%s", p->place ? p->place : "");
	*p->nic->end = d;
	p->nic->end = &d->next;
	p->nic->asked = true;
	return 0;
}

static int take_line(struct parse *p, char *line)
{
	char *words[MT_FIELDS_MAX + 5];
	int n = mt_tokens_split(line, words, sizeof words / sizeof *words);
	const struct mt_kind *k;

	if (n <= 0)
		return nonsense(p, n ? "a line of too many words" : "");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (!strcmp(lines[i].word, words[0]))
			return take_word(p, i, words, n);
	k = mt_kind_find(p->kinds, words[0]);
	return k ? take_record(p, k, words, n) : nonsense(p, words[0]);
}

int mt_answer_parse(const struct mt_kind *const *kinds, char *text, size_t n, struct mt_answer *a,
		    struct mt_err *e)
{
	struct parse p = { .kinds = kinds, .a = a, .at = text, .end = text + n, .e = e };

	a->name = a->uuid = a->type = "";
	while (p.at < p.end && !p.ended) {
		char *line = p.at, *end = memchr(line, '\n', (size_t)(p.end - line));

		if (!end)
			break;
		*end = 0;
		p.at = end + 1;
		if (take_line(&p, line))
			return -e->code;
	}
	if (!p.ended && p.others)
		return skip(&p, "", "the policy did not come to an end");
	if (!p.ended)
		return mt_fail(e, EPROTO, "evaluator", "",
			       "it ended before its answer did: killed, or out of memory");
	return 0;
}
