/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kernel.c - src/kernel/ for specs: records go in as their text, come out as tables */
#include "base/tokens.h"
#include "kernel/nl.h"
#include "plan/step_commands.h"

#include <errno.h>
#include <lauxlib.h>
#include <linux/netlink.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifdef MOONTAP_FAULTS
#define HOST "moontap.spec.faults"
#else
#define HOST "moontap.spec.host"
#endif

/* What one call builds hangs on the handle, so that Lua may throw at any time. */
struct host {
	struct mt_host *h;
	struct mt_pool pool;
#ifdef MOONTAP_FAULTS
	unsigned int nth, seed;
	int fault;
#endif
};

static struct host *check_host(lua_State *L)
{
	struct host *o = luaL_checkudata(L, 1, HOST);

	luaL_argcheck(L, o->h, 1, "the host is closed");
	mt_pool_free(&o->pool);
	return o;
}

static int fail(lua_State *L, const struct mt_err *e)
{
	char line[600];

	lua_pushnil(L);
	lua_createtable(L, 0, 5);
	if (mt_errno_name(e->code))
		lua_pushstring(L, mt_errno_name(e->code));
	else /* a garbled answer may have any number */
		lua_pushinteger(L, e->code);
	lua_setfield(L, -2, "code");
	lua_pushstring(L, e->op);
	lua_setfield(L, -2, "op");
	lua_pushstring(L, e->subject);
	lua_setfield(L, -2, "subject");
	lua_pushstring(L, e->text);
	lua_setfield(L, -2, "text");
	lua_pushstring(L, mt_err_line(e, line, sizeof line));
	lua_setfield(L, -2, "line");
	return 2;
}

static int answer(lua_State *L, int err, const struct mt_err *e)
{
	if (err < 0)
		return fail(L, e);
	lua_pushboolean(L, 1);
	return 1;
}

static void push_value(lua_State *L, const struct mt_field *f, const struct mt_value *v)
{
	char text[MT_VALUE_TEXT];

	if (v->state == MT_NONE || f->type == MT_BOOL)
		lua_pushboolean(L, v->state == MT_SET && v->u);
	else if (f->type == MT_UINT || f->type == MT_USER || f->type == MT_GROUP)
		lua_pushinteger(L, (lua_Integer)v->u);
	else
		lua_pushstring(L, mt_value_print(f, v, text));
}

static void push_record(lua_State *L, const struct mt_record *r)
{
	char text[4096];

	lua_newtable(L);
	for (int i = 0; i < r->kind->nfields; i++)
		if (mt_record_has(r, i)) {
			push_value(L, &r->kind->fields[i], &r->v[i]);
			lua_setfield(L, -2, r->kind->fields[i].name);
		}
	lua_pushinteger(L, mt_ref_ifindex(&r->ref));
	lua_setfield(L, -2, "ifindex");
	mt_record_print(r, 0, text, sizeof text);
	lua_pushstring(L, text);
	lua_setfield(L, -2, "text");
}

/* "kind field=value ..." at @arg, and an ifindex after it; raises when it is no record. */
static struct mt_record check_record(lua_State *L, struct mt_pool *p, int arg)
{
	const char *s = luaL_checkstring(L, arg);
	char *line = mt_pool_copy(p, s, strlen(s)), text[600];
	struct mt_record r;
	struct mt_err e;

	if (!line || mt_record_read(mt_kinds, line, &r, p, &e))
		luaL_error(L, "%s", mt_err_line(&e, text, sizeof text));
	r.ref = mt_ref_link((uint32_t)luaL_optinteger(L, arg + 1, 0));
	return r;
}

static enum mt_op check_op(lua_State *L, int arg)
{
	static const char *const names[] = { "add", "set", "delete", NULL };
	static const enum mt_op ops[] = { MT_ADD, MT_CHANGE, MT_DELETE };

	return ops[luaL_checkoption(L, arg, NULL, names)];
}

static int l_open(lua_State *L)
{
	struct host *o = lua_newuserdatauv(L, sizeof *o, 0);
	struct mt_err e;

	memset(o, 0, sizeof *o);
	luaL_setmetatable(L, HOST);
	return mt_host_open(&o->h, &e) ? fail(L, &e) : 1;
}

static int l_close(lua_State *L)
{
	struct host *o = luaL_checkudata(L, 1, HOST);

	mt_pool_free(&o->pool);
	mt_host_close(o->h);
	o->h = NULL;
	return 0;
}

struct records {
	struct mt_pool *pool;
	struct record {
		struct mt_record r;
		struct record *next;
	} * first, **last;
};

static int collect(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct records *all = data;
	struct record *one = mt_pool_alloc(all->pool, sizeof *one);

	if (!one)
		return mt_fail(e, ENOMEM, "spec", "", NULL);
	one->r = *r;
	*all->last = one;
	all->last = &one->next;
	return mt_record_keep(&one->r, all->pool);
}

/* host:list("link master=br0") -> { record, ... } | nil, err */
static int l_list(lua_State *L)
{
	struct host *o = check_host(L);
	struct mt_record filter = check_record(L, &o->pool, 2);
	struct records all = { .pool = &o->pool, .last = &all.first };
	struct mt_err e;

	if (filter.kind->list(o->h, &filter, collect, &all, &e))
		return fail(L, &e);
	lua_newtable(L);
	for (struct record *one = all.first; one; one = one->next) {
		push_record(L, &one->r);
		lua_seti(L, -2, luaL_len(L, -2) + 1);
	}
	return 1;
}

/* host:get("link name=br0") -> record | nil | nil, err */
static int l_get(lua_State *L)
{
	struct host *o = check_host(L);
	struct mt_record key = check_record(L, &o->pool, 2), has;
	struct mt_err e = { 0 };
	int err;

	if (key.kind->set_defaults)
		key.kind->set_defaults(&key);
	err = mt_record_get(o->h, &key, &has, &o->pool, &e);
	if (err)
		return err == -ENOENT ? lua_pushnil(L), 1 : fail(L, &e);
	push_record(L, &has);
	return 1;
}

/* host:put(op, "kind ...", ifindex) -> true | nil, err */
static int l_put(lua_State *L)
{
	struct host *o = check_host(L);
	enum mt_op op = check_op(L, 2);
	struct mt_record r = check_record(L, &o->pool, 3);
	struct mt_err e;

	if (r.kind->set_defaults)
		r.kind->set_defaults(&r);
	if (mt_record_check(&r, &e))
		return fail(L, &e);
	return answer(L, r.kind->put(o->h, op, &r, &e), &e);
}

/* host:finish("tap name=...") */
static int l_finish(lua_State *L)
{
	struct host *o = check_host(L);
	struct mt_record r = check_record(L, &o->pool, 2);
	struct mt_err e;

	return answer(L, r.kind->persist ? r.kind->persist(o->h, &r, &e) : 0, &e);
}

/* host:busy(op, "kind ...") -> why | false | nil, err */
static int l_busy(lua_State *L)
{
	struct host *o = check_host(L);
	enum mt_op op = check_op(L, 2);
	struct mt_record r = check_record(L, &o->pool, 3);
	char why[160];
	struct mt_err e;
	int busy = r.kind->busy ? r.kind->busy(o->h, op, &r, why, sizeof why, &e) : 0;

	if (busy < 0)
		return fail(L, &e);
	if (busy)
		lua_pushstring(L, why);
	else
		lua_pushboolean(L, 0);
	return 1;
}

/* host:device(name or index) */
static int l_device(lua_State *L)
{
	struct host *o = check_host(L);
	struct mt_device d;
	struct mt_err e;
	int err = lua_isinteger(L, 2)
		? mt_device_by_index(o->h, (uint32_t)lua_tointeger(L, 2), &d, &e)
		: mt_device_by_name(o->h, luaL_checkstring(L, 2), &d, &e);

	if (err)
		return fail(L, &e);
	lua_newtable(L);
	lua_pushinteger(L, d.ifindex);
	lua_setfield(L, -2, "ifindex");
	lua_pushstring(L, d.name);
	lua_setfield(L, -2, "name");
	lua_pushstring(L, d.kind);
	lua_setfield(L, -2, "kind");
	lua_pushstring(L, d.master);
	lua_setfield(L, -2, "master");
	lua_pushstring(L, d.alias);
	lua_setfield(L, -2, "alias");
	lua_pushinteger(L, d.peer);
	lua_setfield(L, -2, "peer");
	lua_pushinteger(L, d.mtu);
	lua_setfield(L, -2, "mtu");
	lua_pushboolean(L, d.up);
	lua_setfield(L, -2, "up");
	lua_pushboolean(L, d.carrier);
	lua_setfield(L, -2, "carrier");
	return 1;
}

/* host:cache(whether) */
static int l_cache(lua_State *L)
{
	struct host *o = check_host(L);

	if (lua_toboolean(L, 2))
		mt_host_cache(o->h);
	else
		mt_host_uncache(o->h);
	return 0;
}

static int l_cookie(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)mt_host_cookie(check_host(L)->h));
	return 1;
}

/* host:sh(op, "kind ..." [, ifindex [, was]]) -> the commands */
static int l_sh(lua_State *L)
{
	struct host *o = check_host(L);
	enum mt_op op = check_op(L, 2);
	struct mt_record r = check_record(L, &o->pool, 3), was = { 0 };
	char text[4096];

	if (r.kind->set_defaults)
		r.kind->set_defaults(&r);
	if (!lua_isnoneornil(L, 5))
		was = check_record(L, &o->pool, 5);
	mt_sh_print(op, &r, was.kind ? &was : NULL, text, sizeof text);
	lua_pushstring(L, text);
	return 1;
}

#ifdef MOONTAP_FAULTS
static int before(void *data, unsigned int nth)
{
	struct host *o = data;

	return nth == o->nth ? o->fault : 0;
}

/* host:fault(nth, errno): the nth request from now on fails with errno; -1: its answer is lost */
static int l_fault(lua_State *L)
{
	struct host *o = check_host(L);

	o->nth = (unsigned int)luaL_checkinteger(L, 2);
	o->fault = (int)luaL_checkinteger(L, 3);
	mt_host_fault(o->h, &(struct mt_fault){ .before = before, .data = o });
	return 0;
}

/* The kernel's answer with some of its bytes changed, or cut short. */
static long garbled(void *data, const void *request, void *buf, size_t n)
{
	struct host *o = data;
	ssize_t len = recv(mt_host_fd(o->h), buf, n, MSG_DONTWAIT);
	unsigned char *bytes = buf;

	(void)request;
	if (len < 0)
		return -ETIMEDOUT;
	for (int i = rand_r(&o->seed) % 8; i > 0 && len; i--)
		bytes[rand_r(&o->seed) % (unsigned)len] ^= 1u << rand_r(&o->seed) % 8;
	return rand_r(&o->seed) % 4 ? len : rand_r(&o->seed) % (len + 1);
}

/* host:garble(seed): what the kernel answers from now on is garbled */
static int l_garble(lua_State *L)
{
	struct host *o = check_host(L);

	o->seed = (unsigned int)luaL_checkinteger(L, 2);
	mt_host_fault(o->h, &(struct mt_fault){ .answer = garbled, .data = o });
	return 0;
}

/* host:interrupt(times): so many answers say that they were interrupted */
static long interrupted(void *data, const void *request, void *buf, size_t n)
{
	struct host *o = data;
	ssize_t len = recv(mt_host_fd(o->h), buf, n, MSG_DONTWAIT);
	struct nlmsghdr *first = buf;

	(void)request;
	if (len > 0 && o->nth && o->nth--)
		first->nlmsg_flags |= NLM_F_DUMP_INTR;
	return len < 0 ? -ETIMEDOUT : len;
}

static int l_interrupt(lua_State *L)
{
	struct host *o = check_host(L);

	o->nth = (unsigned int)luaL_checkinteger(L, 2);
	mt_host_fault(o->h, &(struct mt_fault){ .answer = interrupted, .data = o });
	return 0;
}
#endif

/* kinds() -> { { name=, fields = { { name=, expects= }, ... } }, ... } */
static int l_kinds(lua_State *L)
{
	char expects[256];

	lua_newtable(L);
	for (int k = 0; mt_kinds[k]; k++) {
		lua_newtable(L);
		lua_pushstring(L, mt_kinds[k]->name);
		lua_setfield(L, -2, "name");
		lua_pushstring(L, mt_kinds[k]->doc);
		lua_setfield(L, -2, "doc");
		lua_pushinteger(L, mt_kinds[k]->nkeys);
		lua_setfield(L, -2, "nkeys");
		lua_pushboolean(L, mt_kinds[k]->flags & MT_KIND_DEVICE);
		lua_setfield(L, -2, "is_device");
		lua_pushstring(L, mt_kinds[k]->realm ? mt_kinds[k]->realm->name : NULL);
		lua_setfield(L, -2, "realm");
		lua_newtable(L);
		for (int i = 0; i < mt_kinds[k]->nfields; i++) {
			const struct mt_field *f = &mt_kinds[k]->fields[i];

			lua_newtable(L);
			lua_pushstring(L, f->name);
			lua_setfield(L, -2, "name");
			lua_pushstring(L, f->doc);
			lua_setfield(L, -2, "doc");
			lua_pushstring(L, mt_value_expects(f, expects, sizeof expects));
			lua_setfield(L, -2, "expects");
			lua_pushinteger(L, f->flags);
			lua_setfield(L, -2, "flags");
			lua_pushstring(L, f->right ? f->right->name : NULL);
			lua_setfield(L, -2, "right");
			lua_seti(L, -2, i + 1);
		}
		lua_setfield(L, -2, "fields");
		lua_seti(L, -2, k + 1);
	}
	return 1;
}

/* host:delete_group(group, array of ifindexes[, force]) */
static int l_delete_group(lua_State *L)
{
	struct host *o = check_host(L);
	uint32_t group = (uint32_t)luaL_checkinteger(L, 2), ifindexes[16];
	size_t n = (size_t)luaL_len(L, 3);
	struct mt_err e;

	luaL_argcheck(L, n <= 16, 3, "too many");
	for (size_t i = 0; i < n; i++) {
		lua_rawgeti(L, 3, (lua_Integer)i + 1);
		ifindexes[i] = (uint32_t)luaL_checkinteger(L, -1);
		lua_pop(L, 1);
	}
	if (mt_devices_delete(o->h, group, ifindexes, n, lua_toboolean(L, 4), &e))
		return fail(L, &e);
	lua_pushboolean(L, true);
	return 1;
}

/* group() -> a number for it */
static int l_group(lua_State *L)
{
	lua_pushinteger(L, mt_devices_group());
	return 1;
}

static const luaL_Reg methods[] = {
	{ "close", l_close },
	{ "list", l_list },
	{ "get", l_get },
	{ "put", l_put },
	{ "finish", l_finish },
	{ "busy", l_busy },
	{ "device", l_device },
	{ "cookie", l_cookie },
	{ "sh", l_sh },
	{ "cache", l_cache },
	{ "delete_group", l_delete_group },
	{ "__gc", l_close },
	{ "__close", l_close },
#ifdef MOONTAP_FAULTS
	{ "fault", l_fault },
	{ "garble", l_garble },
	{ "interrupt", l_interrupt },
#endif
	{ NULL, NULL },
};

/* ip(family, bytes, plen) -> the attribute's text as an address; nil: it is none */
static int l_ip(lua_State *L)
{
	static const struct mt_field field = { .name = "ip", .type = MT_IP };
	size_t n;
	const char *bytes = luaL_checklstring(L, 2, &n);
	struct mt_nl_request q;
	struct nlmsghdr *m = mt_nl_start(&q, RTM_NEWADDR, 0, 0);
	struct mt_value v;
	char text[MT_VALUE_TEXT];

	luaL_argcheck(L, n < 256, 2, "too long");
	mnl_attr_put(m, 1, n, bytes);
	v = mt_nl_ip(mnl_nlmsg_get_payload(m), (uint8_t)luaL_checkinteger(L, 1),
		     (uint8_t)luaL_checkinteger(L, 3));
	if (v.state != MT_SET)
		return 0;
	lua_pushstring(L, mt_value_print(&field, &v, text));
	return 1;
}

/* rights() -> { name, ... }: what allow{...} takes */
static int l_rights(lua_State *L)
{
	lua_createtable(L, MT_RIGHTS, 0);
	for (int i = 0; i < MT_RIGHTS; i++) {
		lua_pushstring(L, mt_rights[i].name);
		lua_seti(L, -2, i + 1);
	}
	return 1;
}

static const luaL_Reg functions[] = {
	{ "open", l_open },	{ "kinds", l_kinds }, { "ip", l_ip },
	{ "rights", l_rights }, { "group", l_group }, { NULL, NULL },
};

#ifdef MOONTAP_FAULTS
#define OPEN luaopen_internals_faults
#else
#define OPEN luaopen_internals_kernel
#endif

int OPEN(lua_State *L);
int OPEN(lua_State *L)
{
	luaL_newmetatable(L, HOST);
	luaL_setfuncs(L, methods, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -2, "__index");
	luaL_newlib(L, functions);
	return 1;
}
