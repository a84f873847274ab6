/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lease_verb.c - the C half of pool() and lease(): ranges of addresses, and a free one of a range
 *
 * Nothing is read here: the request has the leases that there are. Another event may take the same
 * address meanwhile; then adding the lease fails, and the event is evaluated again, by newer ones.
 */
#include "base/hash.h"
#include "policy/lua_state.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL_ADDRESSES 4096

/* Of IPv4 the upper 96 bits are 0. */
struct address {
	uint64_t high, low;
};

struct range {
	struct address first;
	uint64_t more;	  /* addresses after the first */
	int family, bits; /* of an address */
};

static bool read_address(const char *text, size_t n, int *family, struct address *a)
{
	uint8_t bytes[16];
	char one[INET6_ADDRSTRLEN];

	if (n >= sizeof one)
		return false;
	memcpy(one, text, n);
	one[n] = 0;
	*family = strchr(one, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(*family, one, bytes) != 1)
		return false;
	*a = (struct address){ 0 };
	for (int i = 0; i < (*family == AF_INET6 ? 16 : 4); i++) {
		a->high = a->high << 8 | a->low >> 56;
		a->low = a->low << 8 | bytes[i];
	}
	return true;
}

/* How far @to is behind @from; UINT64_MAX: before it, or farther than that. */
static uint64_t distance(const struct address *from, const struct address *to)
{
	uint64_t high = to->high - from->high - (to->low < from->low);

	return high ? UINT64_MAX : to->low - from->low;
}

static struct address nth_address(const struct range *r, uint64_t n)
{
	uint64_t low = r->first.low + n;

	return (struct address){ r->first.high + (low < n), low };
}

static const char *print_address(const struct range *r, uint64_t n,
				 char text[static INET6_ADDRSTRLEN])
{
	struct address a = nth_address(r, n);
	uint8_t bytes[16];

	for (int i = r->bits / 8; i-- > 0;) {
		bytes[i] = (uint8_t)a.low;
		a.low = a.low >> 8 | a.high << 56;
		a.high >>= 8;
	}
	return inet_ntop(r->family, bytes, text, INET6_ADDRSTRLEN);
}

static bool read_range(const char *text, struct range *r)
{
	const char *dash = strchr(text, '-');
	struct address last;
	int family;

	if (!dash || !read_address(text, (size_t)(dash - text), &r->family, &r->first) ||
	    !read_address(dash + 1, strlen(dash + 1), &family, &last))
		return false;
	r->bits = r->family == AF_INET6 ? 128 : 32;
	r->more = distance(&r->first, &last);
	return family == r->family &&
		(last.high > r->first.high ||
		 (last.high == r->first.high && last.low >= r->first.low));
}

/* core.pool(range) -> array of the prefixes that the range is made of; or nil and why it is none */
int l_pool(lua_State *L)
{
	char text[INET6_ADDRSTRLEN + 8], address[INET6_ADDRSTRLEN];
	lua_Integer n = 0;
	struct range r;
	const char *why = NULL;

	if (!read_range(luaL_checkstring(L, 1), &r))
		why = "two addresses expected, \"10.0.0.10-10.0.0.250\"";
	else if (r.more >= POOL_ADDRESSES)
		why = "a pool has at most 4096 addresses";
	if (why) {
		lua_pushnil(L);
		lua_pushstring(L, why);
		return 2;
	}
	lua_newtable(L);
	for (uint64_t at = 0; at <= r.more;) {
		uint64_t low = nth_address(&r, at).low;
		int host = 0; /* bits */

		while (!(low >> host & 1) && r.more - at >= (2ull << host) - 1)
			host++;
		snprintf(text, sizeof text, "%s/%d", print_address(&r, at, address), r.bits - host);
		lua_pushstring(L, text);
		lua_rawseti(L, -2, ++n);
		at += 1ull << host;
	}
	return 1;
}

struct search {
	struct range range;
	const char *pool, *hash;
	bool taken[POOL_ADDRESSES];
	bool found;
	uint64_t own; /* which of the range */
};

/* One word of files/lease.h. */
static void take_word(struct search *s, const char *word)
{
	size_t n = strlen(s->pool);
	const char *address = word + n + 1, *hash;
	struct address a;
	int family;
	uint64_t at;

	if (strncmp(word, s->pool, n) || word[n] != ' ' || !(hash = strchr(address, ' ')) ||
	    !read_address(address, (size_t)(hash - address), &family, &a) ||
	    family != s->range.family)
		return;
	at = distance(&s->range.first, &a);
	if (at > s->range.more)
		return;
	s->taken[at] = true;
	if (!strcmp(hash + 1, s->hash)) {
		s->found = true;
		s->own = at;
	}
}

/* Each owner begins elsewhere, and elsewhere again once that was taken: so events at once seldom
 * want the same address. */
static bool find_free(struct search *s, const char *owner, unsigned attempt)
{
	unsigned n = (unsigned)s->range.more + 1;
	uint64_t h = mt_hash(MT_HASH_START, owner, strlen(owner));

	h = mt_hash(h, (char *)&attempt, sizeof attempt);
	h ^= h >> 32;
	for (unsigned i = 0; i < n; i++) {
		unsigned at = (unsigned)((h + i) % n);

		if (s->taken[at])
			continue;
		s->own = at;
		return true;
	}
	return false;
}

/* core.lease(pool, range, owner, given) -> address; nil: all are taken. given: a table with the
 * words of what this event has been given; a new one is appended. */
int l_lease(lua_State *L)
{
	const struct mt_policy_options *o = &mtl_policy(L)->o;
	const char *owner = luaL_checkstring(L, 3);
	struct search s = { .pool = luaL_checkstring(L, 1) };
	char hash[20], address[INET6_ADDRSTRLEN];

	if (!read_range(luaL_checkstring(L, 2), &s.range) || s.range.more >= POOL_ADDRESSES)
		return luaL_error(L, "lease: no range");
	snprintf(hash, sizeof hash, "%016llx",
		 (unsigned long long)mt_hash(MT_HASH_START, owner, strlen(owner)));
	s.hash = hash;
	for (const char *const *w = o->leases; w && *w; w++)
		take_word(&s, *w);
	for (lua_Integer i = 1; lua_rawgeti(L, 4, i) == LUA_TSTRING; i++, lua_pop(L, 1))
		take_word(&s, lua_tostring(L, -1));
	if (!s.found && !find_free(&s, owner, o->attempt))
		return 0;
	print_address(&s.range, s.own, address);
	lua_pushfstring(L, "%s %s %s", s.pool, address, hash);
	lua_rawseti(L, 4, luaL_len(L, 4) + 1);
	lua_pushstring(L, address);
	return 1;
}
