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

__extension__ typedef unsigned __int128 number;

struct range {
	number first, last;
	int family, bits; /* of an address */
};

static bool read_address(const char *text, size_t n, int *family, number *address)
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
	*address = 0;
	for (int i = 0; i < (*family == AF_INET6 ? 16 : 4); i++)
		*address = *address << 8 | bytes[i];
	return true;
}

static const char *print_address(const struct range *r, number address,
				 char text[static INET6_ADDRSTRLEN])
{
	uint8_t bytes[16];

	for (int i = r->bits / 8; i-- > 0; address >>= 8)
		bytes[i] = (uint8_t)address;
	return inet_ntop(r->family, bytes, text, INET6_ADDRSTRLEN);
}

static bool read_range(const char *text, struct range *r)
{
	const char *dash = strchr(text, '-');
	int family;

	if (!dash || !read_address(text, (size_t)(dash - text), &r->family, &r->first) ||
	    !read_address(dash + 1, strlen(dash + 1), &family, &r->last))
		return false;
	r->bits = r->family == AF_INET6 ? 128 : 32;
	return family == r->family && r->first <= r->last;
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
	else if (r.last - r.first >= POOL_ADDRESSES)
		why = "a pool has at most 4096 addresses";
	if (why) {
		lua_pushnil(L);
		lua_pushstring(L, why);
		return 2;
	}
	lua_newtable(L);
	for (number at = r.first; at >= r.first && at <= r.last;) {
		int host = 0; /* bits */

		while (host < r.bits && !(at >> host & 1) && r.last - at >= ((number)2 << host) - 1)
			host++;
		snprintf(text, sizeof text, "%s/%d", print_address(&r, at, address), r.bits - host);
		lua_pushstring(L, text);
		lua_rawseti(L, -2, ++n);
		at += (number)1 << host;
	}
	return 1;
}

struct search {
	struct range range;
	const char *pool, *hash;
	bool taken[POOL_ADDRESSES];
	bool found;
	number own;
};

/* One word of files/lease.h. */
static void take_word(struct search *s, const char *word)
{
	size_t n = strlen(s->pool);
	const char *address = word + n + 1, *hash;
	int family;
	number at;

	if (strncmp(word, s->pool, n) || word[n] != ' ' || !(hash = strchr(address, ' ')) ||
	    !read_address(address, (size_t)(hash - address), &family, &at) ||
	    family != s->range.family || at < s->range.first || at > s->range.last)
		return;
	s->taken[at - s->range.first] = true;
	if (!strcmp(hash + 1, s->hash)) {
		s->found = true;
		s->own = at;
	}
}

/* Each owner begins elsewhere, and elsewhere again once that was taken: so events at once seldom
 * want the same address. */
static bool find_free(struct search *s, const char *owner, unsigned attempt)
{
	unsigned n = (unsigned)(s->range.last - s->range.first) + 1;
	uint64_t h = mt_hash(MT_HASH_START, owner, strlen(owner));

	h = mt_hash(h, (char *)&attempt, sizeof attempt);
	h ^= h >> 32;
	for (unsigned i = 0; i < n; i++) {
		unsigned at = (unsigned)((h + i) % n);

		if (s->taken[at])
			continue;
		s->own = s->range.first + at;
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

	if (!read_range(luaL_checkstring(L, 2), &s.range))
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
