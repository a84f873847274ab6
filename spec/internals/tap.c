/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tap.c - for specs: a running guest's hold on a tap */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <linux/if.h>
#include <linux/if_tun.h>
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

static const luaL_Reg methods[] = {
	{ "close", l_close }, { "__gc", l_close }, { "__close", l_close }, { NULL, NULL }
};
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
