/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* names.c - device names: which are generated, a new one for a NIC, and the edit that gives it */
#include "domain/domain.h"
#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct word {
	const char *text;
	size_t n; /* how often it was added */
};

struct words {
	struct word *at;
	size_t mask;
};

struct mt_names {
	const char *domain; /* its uuid, or else its name */
	size_t nics;
	struct words used;
	size_t *same; /* by a NIC's index: how many NICs before it have the same MAC */
};

bool mt_domain_generated(const char *dev, const char *prefix)
{
	/* conf/domain_conf.h VIR_NET_GENERATED_*_PREFIX */
	static const char *const prefixes[] = { "vnet", "macvtap", "macvlan" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (!strncmp(dev, prefixes[i], strlen(prefixes[i])))
			return true;
	return prefix && !strncmp(dev, prefix, strlen(prefix));
}

static uint64_t hash(uint64_t h, const char *s)
{
	return mt_hash(h, s, strlen(s));
}

static bool words_new(struct words *w, size_t n, struct mt_pool *p)
{
	size_t size = 16;

	while (size < 2 * n)
		size *= 2;
	w->mask = size - 1;
	w->at = mt_pool_alloc(p, size * sizeof *w->at);
	return w->at;
}

/* The slot that a word has, or would have. */
static struct word *word(const struct words *w, const char *text)
{
	size_t i = hash(MT_HASH_START, text) & w->mask;

	while (w->at[i].text && strcmp(w->at[i].text, text))
		i = (i + 1) & w->mask;
	return &w->at[i];
}

static size_t add(struct words *w, const char *text)
{
	struct word *at = word(w, text);

	at->text = text;
	return at->n++;
}

struct mt_names *mt_names_new(const struct mt_fact *facts, struct mt_pool *p)
{
	static const char *const paths[] = { "target.dev", "source.dev", "source.bridge",
					     "guest.dev" };
	const struct mt_fact *nics = mt_fact_get(facts, "nics");
	struct mt_names *names = mt_pool_alloc(p, sizeof *names);
	struct words macs;
	size_t i = 0;

	if (!names)
		return NULL;
	names->domain = mt_fact_text_at(facts, "domain.uuid");
	if (!names->domain)
		names->domain = mt_fact_text_at(facts, "domain.name");
	names->nics = nics ? nics->in.n : 0;
	names->same = mt_pool_alloc(p, (names->nics + 1) * sizeof *names->same);
	if (!names->same || !words_new(&names->used, names->nics * 4, p) ||
	    !words_new(&macs, names->nics, p))
		return NULL;
	if (!nics)
		return names;
	mt_fact_each (nic, nics) {
		const char *mac = mt_fact_text_at(nic, "mac");

		names->same[++i] = mac ? add(&macs, mac) : 0;
		for (size_t j = 0; j < sizeof paths / sizeof *paths; j++) {
			const char *dev = mt_fact_text_at(nic, paths[j]);

			if (dev)
				add(&names->used, dev);
		}
	}
	return names;
}

void mt_names_derive(const struct mt_names *names, const struct mt_fact *nic,
		     char name[MT_DEV_SIZE])
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	const char *mac = mt_fact_text_at(nic, "mac");
	const struct mt_fact *index = mt_fact_get(nic, "index");
	size_t i = index ? index->integer : 0, salt = i <= names->nics ? names->same[i] : 0;

	for (;; salt += names->nics + 1) {
		char key[64];
		uint64_t h;

		snprintf(key, sizeof key, "/%s/%zu/%zu", mac ? mac : "", mac ? 0 : i, salt);
		h = hash(hash(MT_HASH_START, names->domain ? names->domain : ""), key);
		h ^= h >> 32; /* FNV mixes its high bits best, and the name takes the low ones */
		snprintf(name, MT_DEV_SIZE, "mt");
		for (size_t at = 2; at < 12; at++, h >>= 5)
			name[at] = digits[h & 31];
		name[12] = '\0';
		if (!word(&names->used, name)->text)
			return;
	}
}

/*
 * Names that the kernel accepts (net/core/dev.c dev_valid_name()), without % (libvirt fills in a
 * %d) and without what XML or a shell would have to quote.
 */
bool mt_domain_valid_dev(const char *dev)
{
	size_t n = strlen(dev);

	if (!n || n >= MT_DEV_SIZE || !strcmp(dev, ".") || !strcmp(dev, ".."))
		return false;
	for (; *dev; dev++)
		if ((unsigned char)*dev <= ' ' || (unsigned char)*dev > '~' ||
		    strchr("/:%'\"&<>", *dev))
			return false;
	return true;
}

int mt_domain_decide(const struct mt_names *names, const struct mt_fact *nic, bool unmanaged,
		     const char *dev, char name[MT_DEV_SIZE], struct mt_edit *edit,
		     struct mt_err *e)
{
	const struct mt_fact *index = mt_fact_get(nic, "index");
	const char *type = mt_fact_text_at(nic, "type"), *now = mt_fact_text_at(nic, "dev");
	bool is = mt_fact_true_at(nic, "unmanaged");
	char subject[32];

	memset(edit, 0, sizeof *edit);
	edit->index = index ? index->integer : 0;
	snprintf(subject, sizeof subject, "nic %zu", edit->index);
	if (unmanaged && (!type || strcmp(type, "ethernet")))
		return mt_bad(e, "decide", subject,
			      "only type='ethernet' can be unmanaged, not '%s'", type ? type : "");
	if (unmanaged && dev && !mt_domain_valid_dev(dev))
		return mt_bad(e, "decide", subject, "'%.32s' is no name for a device", dev);
	if (now && !is && mt_domain_generated(now, NULL))
		now = NULL; /* libvirt may give this name to another guest's device */
	if (unmanaged != is)
		edit->managed = unmanaged ? MT_EDIT_NO : MT_EDIT_UNSET;
	if (!unmanaged)
		return 0;
	if (!dev && !now) {
		mt_names_derive(names, nic, name);
		dev = name;
	}
	if (dev && (!now || strcmp(dev, now))) {
		edit->set_dev = true;
		edit->dev = dev;
	}
	return 0;
}
