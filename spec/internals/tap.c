/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tap.c - for specs: a running guest's hold on a tap, and the frames that it sends and gets */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GUEST "moontap.spec.guest"

static int l_close(lua_State *L)
{
	int *fd = luaL_checkudata(L, 1, GUEST);

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return 0;
}

/* open(name) -> the tap as a guest has it open, until it is closed | nil, text, errno */
static int l_open(lua_State *L)
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int *fd = lua_newuserdatauv(L, sizeof *fd, 0);

	*fd = -1;
	luaL_setmetatable(L, GUEST);
	strncpy(r.ifr_name, luaL_checkstring(L, 1), IFNAMSIZ - 1);
	*fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (*fd < 0 || ioctl(*fd, TUNSETIFF, &r))
		return luaL_fileresult(L, 0, r.ifr_name);
	return 1;
}

struct frame {
	struct virtio_net_hdr head; /* zeroed: nothing to split, no checksum to compute */
	char bytes[2048];
};

/* guest:send(frame) */
static int l_send(lua_State *L)
{
	int *fd = luaL_checkudata(L, 1, GUEST);
	struct frame f = { 0 };
	size_t n;
	const char *bytes = luaL_checklstring(L, 2, &n);

	luaL_argcheck(L, n <= sizeof f.bytes, 2, "too long");
	memcpy(f.bytes, bytes, n);
	n += sizeof f.head;
	return luaL_fileresult(L, write(*fd, &f, n) == (ssize_t)n, NULL);
}

/* guest:receive() -> the next frame; nil: none came for 5 s */
static int l_receive(lua_State *L)
{
	int *fd = luaL_checkudata(L, 1, GUEST);
	struct pollfd p = { .fd = *fd, .events = POLLIN };
	struct frame f;
	ssize_t n = poll(&p, 1, 5000) == 1 ? read(*fd, &f, sizeof f) : 0;

	if (n < (ssize_t)sizeof f.head)
		return 0;
	lua_pushlstring(L, f.bytes, (size_t)n - sizeof f.head);
	return 1;
}

static const luaL_Reg methods[] = { { "send", l_send },	    { "receive", l_receive },
				    { "close", l_close },   { "__gc", l_close },
				    { "__close", l_close }, { NULL, NULL } };
static const luaL_Reg functions[] = { { "open", l_open }, { NULL, NULL } };

int luaopen_internals_tap(lua_State *L);
int luaopen_internals_tap(lua_State *L)
{
	luaL_newmetatable(L, GUEST);
	luaL_setfuncs(L, methods, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -2, "__index");
	luaL_newlib(L, functions);
	return 1;
}
