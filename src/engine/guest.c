/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest.c - find the guest that a word means, among journals, guest records and the log */
#include "engine/guest.h"
#include "base/tokens.h"
#include "engine/history.h"
#include "engine/guest_record.h"
#include "engine/driver.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int mt_guest_compare(const char *a, const char *b)
{
	return strverscmp(a, b) ?: strcmp(a, b);
}

/* As libvirt's virUUIDParse(): dashes and blanks are ignored. */
static bool same_uuid(const char *a, const char *b)
{
	int digits = 0;

	for (;; a++, b++, digits++) {
		a += strspn(a, "- ");
		b += strspn(b, "- ");
		if (!*a || tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return digits == 32 && !*a && !*b;
	}
}

/* A guest that the word may mean. */
struct candidate {
	struct mt_nic_filter which;
	const char *uuid;
	unsigned fits; /* enum mt_word_is: what the word is of it */
};

struct search {
	struct mt_engine *g;
	struct mt_pool *p;
	const char *word; /* NULL: find all guests */
	unsigned is;
	struct candidate *at;
	size_t n, cap;
	struct mt_err *e;
};

static unsigned fits(const struct search *s, const char *name, const char *uuid, const char *dev)
{
	if (!s->word)
		return MT_WORD_NAME;
	return s->is &
		((*name && !strcmp(name, s->word) ? MT_WORD_NAME : 0u) |
		 (same_uuid(uuid, s->word) ? MT_WORD_UUID : 0u) |
		 (*dev && !strcmp(dev, s->word) ? MT_WORD_DEVICE : 0u));
}

static struct candidate *find(struct search *s, const char *driver, const char *name,
			      const char *dev)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct mt_nic_filter *w = &s->at[i].which;

		if (!strcmp(w->driver, driver) && !strcmp(w->name, name) &&
		    (*name || !strcmp(w->dev, dev)))
			return &s->at[i];
	}
	return NULL;
}

/* Add a guest that the word fits, once. One without a name is known by its tap. */
static int add(struct search *s, const char *driver, const char *name, const char *uuid,
	       const char *dev)
{
	unsigned as = fits(s, name, uuid, dev);
	struct candidate *c = as ? find(s, driver, name, dev) : NULL;

	if (!as)
		return 0;
	if (!c) {
		c = mt_pool_room(s->p, s->at, s->n, &s->cap, sizeof *c);
		if (!c)
			return mt_fail(s->e, ENOMEM, "guest", name, NULL);
		s->at = c;
		c += s->n++;
		*c = (struct candidate){ { .driver = driver, .name = name, .dev = dev }, uuid, 0 };
	}
	c->fits |= as;
	if (!*c->uuid)
		c->uuid = uuid;
	if (as & MT_WORD_DEVICE)
		c->which.dev = dev;
	return 0;
}

static int add_connected(struct search *s)
{
	struct mt_record *headers;
	size_t n;

	if (mt_connected(s->g, &(struct mt_nic_filter){ 0 }, s->p, &headers, &n, s->e))
		return -s->e->code;
	for (size_t i = 0; i < n; i++)
		if (add(s, mt_header_text(&headers[i], MT_HEADER_DRIVER),
			mt_header_text(&headers[i], MT_HEADER_DOMAIN),
			mt_header_text(&headers[i], MT_HEADER_UUID),
			headers[i].v[MT_HEADER_DEV].name))
			return -s->e->code;
	return 0;
}

static bool has_device(const struct search *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].fits & MT_WORD_DEVICE)
			return true;
	return false;
}

/* Guests that wait for a device of the word's name do not count, if such a device is connected. */
static int add_remembered(struct search *s)
{
	bool devices = s->word && !has_device(s);
	struct mt_guest_record *m;
	size_t n;

	if (mt_recall_all(s->g, s->p, &m, &n, s->e))
		return -s->e->code;
	for (size_t i = 0; i < n; i++) {
		if (add(s, m[i].driver, m[i].name, m[i].uuid, ""))
			return -s->e->code;
		for (size_t k = 0; devices && k < m[i].answer.n; k++)
			if (add(s, m[i].driver, m[i].name, "", m[i].answer.nics[k].dev))
				return -s->e->code;
	}
	return 0;
}

/* The log has guests' names, and the taps of unknown guests, but no uuids. It counts only if the
 * word fits nothing else. */
static int add_logged(struct search *s)
{
	if (s->n)
		return 0;
	for (const char *const *d = mt_drivers; *d; d++)
		if (mt_history_has(s->g, *d, s->word, "") && add(s, *d, s->word, "", ""))
			return -s->e->code;
	if (mt_history_has(s->g, *mt_drivers, "", s->word) && add(s, *mt_drivers, "", "", s->word))
		return -s->e->code;
	return 0;
}

static const char *called(const struct candidate *c)
{
	return *c->which.name ? c->which.name : "(unknown)";
}

/* The word fits two guests. If it fits both in one way, the advice is to use their uuids or names;
 * else, to say which way is meant. */
static int refuse(const struct search *s)
{
	static const char *const ways[] = {
		[MT_WORD_NAME] = "name", [MT_WORD_UUID] = "uuid", [MT_WORD_DEVICE] = "dev"
	};
	const struct candidate *a = &s->at[0], *b = &s->at[1];
	unsigned both = a->fits & b->fits;
	bool names = both & MT_WORD_NAME;
	/* the lowest bit: a name comes before a uuid, and that before a device */
	const char *one = ways[a->fits & -a->fits], *other = ways[b->fits & -b->fits];

	if (both)
		mt_fail(s->e, ENOTUNIQ, "guest", s->word,
			"it fits two guests; say which: --%s %s (%s), or --%s %s (%s)",
			names ? "uuid" : "name", names ? a->uuid : called(a), a->which.driver,
			names ? "uuid" : "name", names ? b->uuid : called(b), b->which.driver);
	else
		mt_fail(s->e, ENOTUNIQ, "guest", s->word,
			"it is the %s of the guest %s and the %s of the guest %s; say which: "
			"--%s %s, or --%s %s",
			one, called(a), other, called(b), one, s->word, other, s->word);
	s->e->blame = MT_BLAME_USAGE;
	return -ENOTUNIQ;
}

/* What users who are not root call their guests must not make a word of root's mean two. */
static void prefer_roots(struct search *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++)
		if (!mt_driver_user(s->at[i].which.driver))
			s->at[kept++] = s->at[i];
	if (kept)
		s->n = kept;
}

int mt_guest_find(struct mt_engine *g, const char *word, unsigned is, struct mt_pool *p,
		  struct mt_nic_filter *which, struct mt_err *e)
{
	struct search s = { .g = g, .p = p, .word = word, .is = is, .e = e };
	const struct candidate *c;

	*which = (struct mt_nic_filter){ 0 };
	if (!*word)
		return mt_guest_unnamed(e);
	if (mt_engine_state(g, false, e) || add_connected(&s) || add_remembered(&s) ||
	    add_logged(&s))
		return -e->code;
	if (!s.n)
		return -ENOENT;
	prefer_roots(&s);
	if (s.n > 1)
		return refuse(&s);
	c = s.at;
	*which = c->which;
	if (*c->which.name && c->fits & MT_WORD_GUEST)
		which->dev = NULL; /* all of its devices */
	if (!(c->fits & MT_WORD_NAME) && c->fits & MT_WORD_UUID)
		which->uuid = c->uuid;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct mt_nic_filter *x = a, *y = b;

	return mt_guest_compare(x->name, y->name) ?: strcmp(x->driver, y->driver)
		?: mt_guest_compare(x->dev ?: "", y->dev ?: "");
}

int mt_guest_list(struct mt_engine *g, struct mt_pool *p, struct mt_nic_filter **guests, size_t *n,
		  struct mt_err *e)
{
	struct search s = { .g = g, .p = p, .e = e };

	*n = 0;
	if (mt_engine_state(g, false, e) || add_connected(&s) || add_remembered(&s))
		return -e->code;
	*guests = mt_pool_alloc(p, (s.n + 1) * sizeof **guests);
	if (!*guests)
		return mt_fail(e, ENOMEM, "guest", "", NULL);
	for (size_t i = 0; i < s.n; i++) {
		(*guests)[i] = s.at[i].which;
		if (*s.at[i].which.name)
			(*guests)[i].dev = NULL;
	}
	*n = s.n;
	qsort(*guests, *n, sizeof **guests, by_name);
	return 0;
}

int mt_guest_unnamed(struct mt_err *e)
{
	mt_fail(e, EINVAL, "guest", "", "the guest's name is empty");
	e->blame = MT_BLAME_USAGE;
	return -EINVAL;
}
