/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mnl.c - libmnl, and what stands in for it in a static program, for specs: each of both */
#include "../../src/kernel/mnl_static.c"

#include <dlfcn.h>
#include <lauxlib.h>
#include <linux/rtnetlink.h>
#include <lua.h>
#include <stdalign.h>
#include <stdio.h>

#define EACH(F)                         \
	F(mnl_socket_open2)             \
	F(mnl_socket_bind)              \
	F(mnl_socket_close)             \
	F(mnl_socket_get_fd)            \
	F(mnl_socket_get_portid)        \
	F(mnl_socket_setsockopt)        \
	F(mnl_socket_sendto)            \
	F(mnl_nlmsg_put_header)         \
	F(mnl_nlmsg_put_extra_header)   \
	F(mnl_nlmsg_get_payload)        \
	F(mnl_nlmsg_get_payload_offset) \
	F(mnl_nlmsg_get_payload_len)    \
	F(mnl_nlmsg_get_payload_tail)   \
	F(mnl_attr_get_type)            \
	F(mnl_attr_get_payload)         \
	F(mnl_attr_get_payload_len)     \
	F(mnl_attr_get_str)             \
	F(mnl_attr_get_u32)             \
	F(mnl_attr_ok)                  \
	F(mnl_attr_next)                \
	F(mnl_attr_parse)               \
	F(mnl_attr_parse_nested)        \
	F(mnl_attr_put)                 \
	F(mnl_attr_put_u8)              \
	F(mnl_attr_put_u16)             \
	F(mnl_attr_put_u32)             \
	F(mnl_attr_put_u64)             \
	F(mnl_attr_put_strz)            \
	F(mnl_attr_nest_start)          \
	F(mnl_attr_nest_end)

#define MEMBER(f) __typeof__(&f) f;
#define OURS(f)	  .f = f,
#define NAME(f)	  #f,
#define THEIRS(f) theirs.f = (__typeof__(&f))dlsym(lib, #f);

struct side {
	EACH(MEMBER)
};

static const struct side ours = { EACH(OURS) };
static struct side theirs;

/* The first argument: "libmnl", or "ours". */
static const struct side *check_side(lua_State *L)
{
	static const char *const names[] = { "libmnl", "ours", NULL };

	return luaL_checkoption(L, 1, NULL, names) ? &ours : &theirs;
}

static void put(lua_State *L, const struct side *s, struct nlmsghdr *n, struct nlattr **nests,
		int *depth)
{
	static const char *const words[] = { "u8",  "u16",  "u32", "u64", "text",
					     "put", "nest", "end", NULL };
	uint16_t type;
	size_t size;
	const char *text;
	lua_Integer u;

	lua_rawgeti(L, -1, 1);
	lua_rawgeti(L, -2, 2);
	lua_rawgeti(L, -3, 3);
	type = (uint16_t)lua_tointeger(L, -2);
	u = lua_tointeger(L, -1);
	text = luaL_tolstring(L, -1, &size);
	switch (luaL_checkoption(L, -4, NULL, words)) {
	case 0:
		s->mnl_attr_put_u8(n, type, (uint8_t)u);
		break;
	case 1:
		s->mnl_attr_put_u16(n, type, (uint16_t)u);
		break;
	case 2:
		s->mnl_attr_put_u32(n, type, (uint32_t)u);
		break;
	case 3:
		s->mnl_attr_put_u64(n, type, (uint64_t)u);
		break;
	case 4:
		s->mnl_attr_put_strz(n, type, text);
		break;
	case 5:
		s->mnl_attr_put(n, type, size, text);
		break;
	case 6:
		nests[(*depth)++] = s->mnl_attr_nest_start(n, type);
		break;
	case 7:
		s->mnl_attr_nest_end(n, nests[--*depth]);
		break;
	}
	lua_pop(L, 4);
}

/* build(side, size of the family's header, { { what, type, value }, ... }) -> what is in the
 * buffer, and where the message ends in it; not every libmnl pads with zeros, so they are there
 * before */
static int l_build(lua_State *L)
{
	const struct side *s = check_side(L);
	alignas(8) char bytes[8192] = { 0 };
	struct nlattr *nests[8];
	struct nlmsghdr *n;
	int depth = 0;

	n = s->mnl_nlmsg_put_header(bytes);
	memset(s->mnl_nlmsg_put_extra_header(n, (size_t)luaL_checkinteger(L, 2)), 0x55, 1);
	for (lua_Integer i = 1; lua_rawgeti(L, 3, i) == LUA_TTABLE; i++) {
		put(L, s, n, nests, &depth);
		lua_pop(L, 1);
	}
	lua_pushlstring(L, bytes, sizeof bytes);
	lua_pushinteger(L, (char *)s->mnl_nlmsg_get_payload_tail(n) - bytes);
	return 2;
}

/* What a walk over attributes saw, as text; @most: how many it wants to see. */
struct walk {
	const struct side *s;
	const char *bytes;
	luaL_Buffer *seen;
	int most;
};

static int see(const struct nlattr *a, void *data)
{
	struct walk *w = data;
	const struct side *s = w->s;
	char line[128];
	int deeper = 0;

	if (a->nla_type & NLA_F_NESTED)
		deeper = s->mnl_attr_parse_nested(a, see, data);
	snprintf(line, sizeof line, "%d at %td: %u %td %u %u\n", deeper, (char *)a - w->bytes,
		 s->mnl_attr_get_type(a), (char *)s->mnl_attr_get_payload(a) - w->bytes,
		 s->mnl_attr_get_payload_len(a),
		 s->mnl_attr_get_payload_len(a) >= 4 ? s->mnl_attr_get_u32(a) : 0);
	luaL_addstring(w->seen, line);
	if (s->mnl_attr_get_str(a) != (char *)s->mnl_attr_get_payload(a))
		luaL_addstring(w->seen, "another text\n");
	return --w->most > 0 ? MNL_CB_OK : w->most == 0 ? MNL_CB_STOP : MNL_CB_ERROR;
}

/* walk(side, message, size of the family's header, how many attributes) -> what was seen of it; its
 * length is set to what there is. */
static int l_walk(lua_State *L)
{
	const struct side *s = check_side(L);
	size_t size;
	const char *text = luaL_checklstring(L, 2, &size);
	char *bytes = lua_newuserdatauv(L, size, 0); /* of just its size, for sanitizers */
	struct nlmsghdr *n = (void *)bytes;
	luaL_Buffer seen;
	struct walk w = { s, bytes, &seen, (int)luaL_checkinteger(L, 4) };
	int r;

	luaL_argcheck(L, size >= sizeof *n && !(size & 3), 2, "whole words, and a header");
	memcpy(bytes, text, size);
	n->nlmsg_len = (uint32_t)size;
	luaL_buffinit(L, &seen);
	r = s->mnl_attr_parse(n, (unsigned int)luaL_checkinteger(L, 3), see, &w);
	luaL_pushresult(&seen);
	lua_pushinteger(L, r);
	lua_pushinteger(L, (lua_Integer)s->mnl_nlmsg_get_payload_len(n));
	lua_pushinteger(L, (char *)s->mnl_nlmsg_get_payload(n) - bytes);
	lua_pushinteger(L, (char *)s->mnl_nlmsg_get_payload_offset(n, 5) - bytes);
	return 5;
}

/* ask(side) -> the number of the loopback's RTM_NEWLINK, whether its answer is for the socket's own
 * port, and that the socket is closed */
static int l_ask(lua_State *L)
{
	const struct side *s = check_side(L);
	struct mnl_socket *nl = s->mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	alignas(8) char bytes[8192];
	struct nlmsghdr *n = s->mnl_nlmsg_put_header(bytes);
	struct ifinfomsg *link = s->mnl_nlmsg_put_extra_header(n, sizeof *link);
	int on = 1, fd, closed;
	unsigned int port;

	if (!nl)
		return luaL_error(L, "no socket");
	link->ifi_index = 1;
	n->nlmsg_type = RTM_GETLINK;
	n->nlmsg_flags = NLM_F_REQUEST;
	fd = s->mnl_socket_get_fd(nl);
	if (s->mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) ||
	    s->mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &on, sizeof on) ||
	    s->mnl_socket_sendto(nl, n, n->nlmsg_len) != (ssize_t)n->nlmsg_len ||
	    recv(fd, bytes, sizeof bytes, 0) <= 0)
		memset(bytes, 0, sizeof bytes);
	port = s->mnl_socket_get_portid(nl);
	closed = !s->mnl_socket_close(nl) && send(fd, bytes, 1, 0) < 0;
	lua_pushinteger(L, n->nlmsg_type);
	lua_pushboolean(L, port && n->nlmsg_pid == port);
	lua_pushboolean(L, closed);
	return 3;
}

static const luaL_Reg functions[] = {
	{ "build", l_build },
	{ "walk", l_walk },
	{ "ask", l_ask },
	{ NULL, NULL },
};

int luaopen_internals_mnl(lua_State *L);
int luaopen_internals_mnl(lua_State *L)
{
	void *lib = dlopen("libmnl.so.0", RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		return luaL_error(L, "%s", dlerror());
	EACH(THEIRS)
	luaL_newlib(L, functions);
	return 1;
}
