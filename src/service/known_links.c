/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* known_links.c - keep a table of devices, by notifications and by listing all */
#include "service/known_links.h"
#include "base/bytes.h"
#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GONE_MAX 256 /* devices that are gone and still known */

static struct mt_known_link *by_index(const struct mt_known_links *k, uint32_t ifindex)
{
	for (size_t i = 0; i < k->n; i++)
		if (!k->at[i].gone && k->at[i].ifindex == ifindex)
			return &k->at[i];
	return NULL;
}

struct mt_known_link *mt_known_find(const struct mt_known_links *k, const char *name)
{
	struct mt_known_link *gone = NULL;

	for (size_t i = 0; i < k->n; i++) {
		if (strcmp(k->at[i].name, name))
			continue;
		if (!k->at[i].gone)
			return &k->at[i];
		gone = &k->at[i];
	}
	return gone;
}

static void drop(struct mt_known_links *k, struct mt_known_link *l)
{
	*l = k->at[--k->n];
}

/* Without memory the device stays unknown: what it loses is not noticed. */
static struct mt_known_link *add(struct mt_known_links *k)
{
	struct mt_known_link *at = mt_array_room(k->at, k->n, &k->cap, sizeof *at);

	if (!at)
		return NULL;
	k->at = at;
	k->at[k->n] = (struct mt_known_link){ 0 };
	return &k->at[k->n++];
}

static void drop_oldest_gone(struct mt_known_links *k)
{
	struct mt_known_link *oldest = NULL;
	unsigned gone = 0;

	for (size_t i = 0; i < k->n; i++)
		if (k->at[i].gone) {
			gone++;
			if (!oldest || k->at[i].away_at < oldest->away_at)
				oldest = &k->at[i];
		}
	if (gone > GONE_MAX)
		drop(k, oldest);
}

static bool is_guests(const struct mt_known_link *l)
{
	return l->device & (MT_DEVICE_NIC | MT_DEVICE_PAIR);
}

/* Return: whether a NIC may have lost something by it. */
static bool lose(struct mt_known_links *k, struct mt_known_link *l)
{
	if (is_guests(l)) {
		drop(k, l);
		return false;
	}
	l->gone = l->suspect = true;
	l->away_at = mt_now_ms();
	drop_oldest_gone(k);
	return true;
}

static bool see(struct mt_known_links *k, uint32_t ifindex, const char *name, unsigned device,
		bool up)
{
	struct mt_known_link *l = by_index(k, ifindex);
	bool was_up;

	if (!l) {
		l = mt_known_find(k, name);
		if (l) { /* its deletion may have been lost */
			*l = (struct mt_known_link){ .again = !is_guests(l),
						     .away_at = mt_now_ms() };
		} else {
			l = add(k);
		}
		if (!l)
			return false;
		l->ifindex = ifindex;
		l->device = device;
	}
	strcpy(l->name, name);
	was_up = l->up;
	l->up = up;
	if (was_up && !up)
		l->away_at = mt_now_ms();
	l->reported &= !up;
	l->up_again |= up && !was_up && l->was_up;
	l->was_up |= up;
	l->suspect |= l->again || l->up_again || (was_up && !up);
	return l->suspect;
}

bool mt_known_change(struct mt_known_links *k, const struct mt_change *c)
{
	struct mt_known_link *l;

	if (c->is == MT_CHANGE_LINK)
		return see(k, c->ifindex, c->name, c->device, c->up);
	l = by_index(k, c->ifindex);
	if (!l)
		return false;
	if (c->is == MT_CHANGE_LINK_GONE)
		return lose(k, l);
	return l->suspect = true;
}

/* From the end: lose() moves the last into the place of one that it drops. */
static void lose_others(struct mt_known_links *k, const struct mt_device *devices, size_t n)
{
	for (size_t i = k->n; i--;) {
		size_t j = 0;

		while (j < n && devices[j].ifindex != k->at[i].ifindex)
			j++;
		if (j == n && !k->at[i].gone)
			lose(k, &k->at[i]);
	}
}

int mt_known_all(struct mt_known_links *k, struct mt_host *h, bool first, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct mt_device *devices;
	size_t n;
	int err = mt_device_list(h, &p, &devices, &n, e);

	if (!err && !first)
		lose_others(k, devices, n);
	for (size_t i = 0; i < n; i++)
		see(k, devices[i].ifindex, devices[i].name, devices[i].is, devices[i].up);
	mt_pool_free(&p);
	return err;
}

struct mt_known_link *mt_known_expect(struct mt_known_links *k, const char *name)
{
	struct mt_known_link *l = add(k);

	if (!l)
		return NULL;
	strcpy(l->name, name);
	l->gone = true;
	return l;
}

void mt_known_settle(struct mt_known_links *k, bool again)
{
	for (size_t i = 0; i < k->n; i++) {
		struct mt_known_link *l = &k->at[i];

		if (!l->waited_for)
			l->again = l->up_again = false;
		l->suspect = l->waited_for && again;
		l->waited_for = false;
	}
}
