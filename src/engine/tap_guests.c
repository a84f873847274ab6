/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tap_guests.c - links from a tap's name or MAC to remembered guests to which it may belong */
#include "engine/tap_guests.h"
#include "engine/engine.h"
#include "engine/guest_text.h"
#include "plan/lookup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct key {
	char text[MT_NAME_MAX + 8]; /* a device's name or a MAC; names have no colons */
};

struct keys {
	struct key *at;
	size_t n;
};

static void print_address(const uint8_t a[6], struct key *key)
{
	snprintf(key->text, sizeof key->text, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2],
		 a[3], a[4], a[5]);
}

/* Return: false: no script is called for such a NIC. */
static bool key_of(const struct mt_interface *nic, struct key *key)
{
	uint8_t address[6];

	if (strcmp(nic->type, "ethernet"))
		return false;
	if (nic->unmanaged) {
		snprintf(key->text, sizeof key->text, "%s", nic->dev);
		return *nic->dev;
	}
	if (!mt_tap_address(nic->mac, address))
		return false;
	print_address(address, key);
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->text, ((const struct key *)b)->text);
}

/* The record of a person's `up` has no keys; those of a damaged record cannot be known. */
static int read_keys(const char *text, struct mt_pool *p, struct keys *k, struct mt_err *e)
{
	struct mt_guest_record m = { 0 };
	int err = text ? mt_guest_text_read_head(text, p, &m, e) : -ENOENT;

	*k = (struct keys){ 0 };
	if (err || m.by_up)
		return err == -ENOMEM ? err : 0;
	k->at = mt_pool_alloc(p, (m.answer.n + 1) * sizeof *k->at);
	if (!k->at)
		return mt_fail(e, ENOMEM, "remember", "", NULL);
	for (size_t i = 0; i < m.answer.n; i++)
		k->n += key_of(&m.answer.nics[i], &k->at[k->n]);
	qsort(k->at, k->n, sizeof *k->at, by_text);
	return 0;
}

int mt_tap_guests_add(const struct mt_state *s, const char *guest, const char *text,
		      struct mt_pool *p, struct mt_err *e)
{
	struct keys k;
	int err = read_keys(text, p, &k, e);

	for (size_t i = 0; !err && i < k.n; i++)
		err = mt_lookup_add(s, MT_LOOKUP_TAP, k.at[i].text, guest, e);
	return err;
}

int mt_tap_guests_drop(const struct mt_state *s, const char *guest, const char *text,
		       const char *but, struct mt_pool *p, struct mt_err *e)
{
	struct keys old, new;
	int err = read_keys(text, p, &old, e) ?: read_keys(but, p, &new, e);

	for (size_t i = 0; !err && i < old.n; i++)
		if (!new.n || !bsearch(&old.at[i], new.at, new.n, sizeof *new.at, by_text))
			err = mt_lookup_drop(s, MT_LOOKUP_TAP, old.at[i].text, guest, e);
	return err;
}

int mt_tap_guests_add_all(const struct mt_state *s, struct mt_pool *p, struct mt_err *e)
{
	char **names, file[300], *text;
	size_t n;
	int err = mt_state_list(s, "domain", p, &names, &n, e);

	for (size_t i = 0; !err && i < n; i++) {
		snprintf(file, sizeof file, "domain/%s", names[i]);
		err = mt_state_read(s, file, p, &text, e);
		if (!err)
			err = mt_tap_guests_add(s, names[i], text, p, e);
		else if (err == -ENOENT)
			err = 0; /* deleted since it was listed */
	}
	return err;
}

int mt_tap_guests_find(const struct mt_state *s, const struct mt_device *tap, struct mt_pool *p,
		       char ***names, size_t *n, struct mt_err *e)
{
	char **named, **addressed;
	size_t nnamed, naddressed;
	struct key address;
	int err;

	print_address(tap->address, &address);
	err = mt_lookup_find(s, MT_LOOKUP_TAP, tap->name, p, &named, &nnamed, e)
		?: mt_lookup_find(s, MT_LOOKUP_TAP, address.text, p, &addressed, &naddressed, e);
	if (err)
		return err;
	*names = mt_pool_alloc(p, (nnamed + naddressed + 1) * sizeof **names);
	if (!*names)
		return mt_fail(e, ENOMEM, "remember", tap->name, NULL);
	*n = 0;
	for (size_t i = 0; i < nnamed; i++)
		(*names)[(*n)++] = named[i];
	for (size_t i = 0; i < naddressed; i++) {
		bool both = false;

		for (size_t k = 0; k < nnamed; k++)
			both |= !strcmp(named[k], addressed[i]);
		if (!both)
			(*names)[(*n)++] = addressed[i];
	}
	return 0;
}
