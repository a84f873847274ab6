/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan.c - src/plan/ for specs, with kinds made of memory: lines of text go in and come out
 *
 * box is a device, face, slot and lane are facets of one (lane of the NIC's own only), note is exclusive, thing is anything else. What
 * `remember` says is there; adding, changing and deleting change that. A field `size` that is 1500
 * is one that the device computes by itself. Memory refuses a record with size=666, says yes to one
 * with size=667 and does nothing, somebody else is always faster to add one with size=668, without a
 * text, and one with size=669 never works.
 *
 * row is on a device, outlives it and is made late, rule names no device; both have references of their own, and
 * memory gives a second one of a key without a word, in the place of the first. A rule may need
 * another to be there before it.
 */
#include "base/tokens.h"
#include "kernel/host.h"
#include "plan/run.h"
#include "plan/take_down.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>
#include <unistd.h>

enum { COMPUTED = 1500, REFUSED = 666, IGNORED = 667, RACED = 668, BROKEN = 669 };

static const struct mt_field box_fields[] = {
	{ "name", MT_NAME },
	{ "lid", MT_TEXT, .revert = MT_REVERT_FIXED },
};

static const struct mt_field face_fields[] = {
	{ "name", MT_NAME },
	{ "size", MT_UINT, 4, MT_PHASE_FIELDS, MT_REVERT_STICKY },
	{ "colour", MT_TEXT, 0, MT_PHASE_FIELDS, MT_REVERT_PLAIN, MT_FIELD_NONE },
	{ "master", MT_TEXT, 0, MT_PHASE_MASTER, MT_REVERT_PLAIN,
	  MT_FIELD_NONE | MT_FIELD_NO_TAKEAWAY | MT_FIELD_PARENT },
	{ "up", MT_BOOL, 1, MT_PHASE_UP, MT_REVERT_PLAIN, MT_FIELD_NO_TAKEAWAY },
};

static const struct mt_field slot_fields[] = {
	{ "name", MT_NAME },
	{ "cost", MT_UINT, 4, MT_PHASE_PORT, MT_REVERT_WITH_MASTER },
};

static const struct mt_field lane_fields[] = {
	{ "name", MT_NAME },
	{ "cost", MT_UINT, 4, MT_PHASE_PORT, MT_REVERT_WITH_MASTER },
	{ "weight", MT_UINT, 4, MT_PHASE_PORT, MT_REVERT_WITH_MASTER },
};

static const struct mt_field note_fields[] = {
	{ "key", MT_TEXT },
	{ "text", MT_TEXT },
	{ "size", MT_UINT, 4 },
	{ "dev", MT_NAME },
};

static const struct mt_field row_fields[] = {
	{ "dev", MT_NAME },
	{ "text", MT_TEXT },
	{ "size", MT_UINT, 4, MT_PHASE_ADDR },
};

static const struct mt_field rule_fields[] = {
	{ "key", MT_TEXT },
	{ "text", MT_TEXT },
	{ "size", MT_UINT, 4 },
	{ "after", MT_TEXT },
};

#define KIND(k, keys, on, in, what, where, ...)                                              \
	static int k##_list(struct mt_host *h, const struct mt_record *filter, mt_each each, \
			    void *data, struct mt_err *e);                                   \
	static const struct mt_kind k##_kind = { .name = #k,                                 \
						 .fields = what,                             \
						 .nfields = sizeof what / sizeof *what,      \
						 .nkeys = 1,                                 \
						 .required = 1,                              \
						 .device = on,                               \
						 .phase = in,                                \
						 .flags = keys,                              \
						 .realm = where,                             \
						 .list = k##_list,                           \
						 .put = put,                                 \
						 __VA_ARGS__ };                              \
	static int k##_list(struct mt_host *h, const struct mt_record *filter, mt_each each, \
			    void *data, struct mt_err *e)                                    \
	{                                                                                    \
		(void)h;                                                                     \
		return list(&k##_kind, filter, each, data, e);                               \
	}

/* --- memory --- */

static struct mt_record memory[64];
static size_t nmemory;
static struct mt_pool memory_pool;

/* What somebody adds after so many looks: in between the last one and the add. */
static struct mt_record racing;
static int looks_left;

static void race(const struct mt_kind *k)
{
	if (racing.kind == k && !--looks_left)
		memory[nmemory++] = racing;
}

static int list(const struct mt_kind *k, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	size_t n = nmemory;

	race(k);
	for (size_t i = 0; i < n; i++) {
		struct mt_record r = memory[i];
		int size = mt_kind_field(k, "size"), err;

		if (r.kind != k || !mt_value_equal(&k->fields[0], &r.v[0], &filter->v[0]))
			continue;
		if (size >= 0)
			r.v[size].automatic = r.v[size].u == COMPUTED;
		err = each(&r, data, e);
		if (err)
			return err < 0 ? err : 0;
	}
	return 0;
}

static struct mt_ref new_reference(const struct mt_kind *k);

static struct mt_record *find(const struct mt_record *key)
{
	for (size_t i = 0; i < nmemory; i++)
		if (mt_record_same_key(&memory[i], key))
			return &memory[i];
	return NULL;
}

static int find_number(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	const struct mt_record *there = find(r);

	(void)h;
	if (!there)
		return mt_fail(e, ENODEV, r->kind->name, "", NULL);
	r->ref = there->ref;
	return 0;
}

static int locate_number(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	(void)h;
	for (size_t i = 0; i < nmemory; i++)
		if (mt_ref_equal(&memory[i].ref, &r->ref)) {
			for (int k = 0; k < r->kind->nkeys; k++)
				mt_record_put(r, k, memory[i].v[k]);
			return 0;
		}
	return mt_fail(e, ENODEV, r->kind->name, "", NULL);
}

static const struct mt_realm rows = {
	.name = "rows", .uuid = true, .find = find_number, .locate = locate_number
};
static const struct mt_realm rules = { .name = "rules",
				       .find = find_number,
				       .locate = locate_number };

static struct mt_ref new_reference(const struct mt_kind *k)
{
	static uint64_t last;

	if (k->realm != &rows && k->realm != &rules)
		return (struct mt_ref){ 0 };
	last++;
	return k->realm->uuid ? (struct mt_ref){ k->realm, { 0xabcdef0123456789, last } }
			      : (struct mt_ref){ k->realm, { last } };
}

static int needs_another(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
			 struct mt_err *e)
{
	struct mt_record other = { .kind = r->kind }, has;
	int after = mt_kind_field(r->kind, "after"), err;

	(void)h;
	if (!mt_record_has(r, after))
		return 0;
	mt_record_put(&other, 0, r->v[after]);
	err = will(data, &other, &has, e);
	return err == -ENOENT ? mt_fail(e, ENOENT, "rule", r->v[0].text,
					"it comes after rule %s, "
					"which is not there",
					r->v[after].text)
			      : err;
}

static int settle(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	(void)h;
	return r->v[mt_kind_field(r->kind, "size")].u == BROKEN
		? mt_fail(e, ETIMEDOUT, r->kind->name, "", "it does not work")
		: 0;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)

{
	struct mt_record *there = find(r);
	int size = mt_kind_field(r->kind, "size");

	(void)h;
	if (op != MT_DELETE && size >= 0 && r->v[size].u == REFUSED)
		return mt_fail(e, EINVAL, r->kind->name, "", "memory refuses it");
	if (op != MT_DELETE && size >= 0 && r->v[size].u == IGNORED)
		return 0;
	if (there && r->kind->flags & MT_KIND_NOEXCL && op == MT_ADD) { /* and says nothing of it */
		mt_record_put(there, mt_kind_field(r->kind, "text"), (struct mt_value){ 0 });
		there->ref = new_reference(r->kind);
		return 0;
	}
	if (op == MT_DELETE && there && mt_ref_is_set(&r->ref) &&
	    r->kind->realm != &mt_realm_links && !mt_ref_equal(&r->ref, &there->ref))
		return mt_fail(e, ENODEV, r->kind->name, "", "it is another one");
	if (op == MT_ADD && size >= 0 && r->v[size].u == RACED) {
		there = &memory[nmemory++];
		*there = *r;
		mt_record_put(there, mt_kind_field(r->kind, "text"), (struct mt_value){ 0 });
		if (mt_record_keep(there, &memory_pool))
			return mt_fail(e, ENOMEM, "memory", "", NULL);
	}
	if (op == MT_ADD ? there != NULL : !there)
		return mt_fail(e, there ? EEXIST : ENODEV, r->kind->name, "", NULL);
	if (op == MT_DELETE) {
		*there = memory[--nmemory];
		return 0;
	}
	if (op == MT_ADD) {
		*(there = &memory[nmemory++]) = mt_record_key(r);
		there->ref = new_reference(r->kind);
	}
	for (int i = 0; i < r->kind->nfields; i++)
		if (mt_record_has(r, i))
			mt_record_put(there, i, r->v[i]);
	return mt_record_keep(there, &memory_pool) ? mt_fail(e, ENOMEM, "memory", "", NULL) : 0;
}

KIND(box, MT_KIND_DEVICE, 0, MT_PHASE_MAKE, box_fields, &mt_realm_links)
KIND(face, MT_KIND_FACET, 0, MT_PHASE_FIELDS, face_fields, &mt_realm_links)
KIND(slot, MT_KIND_FACET, 0, MT_PHASE_PORT, slot_fields, &mt_realm_links)
KIND(lane, MT_KIND_FACET | MT_KIND_OWN | MT_KIND_WHOLE | MT_KIND_BEFORE_UP, 0, MT_PHASE_PORT,
     lane_fields, &mt_realm_links)
KIND(note, MT_KIND_EXCLUSIVE, 3, MT_PHASE_ADDR, note_fields, &mt_realm_links)
KIND(thing, 0, 3, MT_PHASE_ROUTE, note_fields, &mt_realm_links)
KIND(row, MT_KIND_OUTLIVES | MT_KIND_LATE, 0, MT_PHASE_ADDR, row_fields, &rows, .settle = settle)
KIND(rule, MT_KIND_OUTLIVES | MT_KIND_NOEXCL, MT_NO_DEVICE, MT_PHASE_ROUTE, rule_fields, &rules,
     .needs = needs_another)

KIND(token, MT_KIND_KEPT, MT_NO_DEVICE, MT_PHASE_MAKE, rule_fields, NULL)

static const struct mt_kind *const kinds[] = { &box_kind,   &face_kind,	 &slot_kind, &lane_kind,
					       &note_kind,  &thing_kind, &row_kind,  &rule_kind,
					       &token_kind, NULL };

/* --- from Lua and to Lua --- */

#define POOL "moontap.spec.plan.pool"

static size_t pool_limit; /* of those to come; 0: none */

/* What a call builds hangs on a userdata, so that Lua may throw. */
static struct mt_pool *new_pool(lua_State *L)
{
	struct mt_pool *p = lua_newuserdatauv(L, sizeof *p, 0);

	memset(p, 0, sizeof *p);
	p->limit = pool_limit;
	luaL_setmetatable(L, POOL);
	return p;
}

static int l_pool_gc(lua_State *L)
{
	mt_pool_free(luaL_checkudata(L, 1, POOL));
	return 0;
}

/* limit(bytes): what each call may take from now on; 0: all that it wants */
static int l_limit(lua_State *L)
{
	pool_limit = (size_t)luaL_checkinteger(L, 1);
	return 0;
}

static int fail(lua_State *L, const struct mt_err *e)
{
	char line[sizeof *e];

	lua_pushnil(L);
	lua_pushstring(L, mt_err_line(e, line, sizeof line));
	lua_pushstring(L, mt_errno_name(e->code));
	return 3;
}

static int answer(lua_State *L, int err, const struct mt_err *e)
{
	if (err)
		return fail(L, e);
	lua_pushboolean(L, 1);
	return 1;
}

static struct mt_record check_record(lua_State *L, int at, struct mt_pool *p)
{
	const char *s = luaL_checkstring(L, at);
	char *line = mt_pool_copy(p, s, strlen(s)), text[600];
	struct mt_record r = { 0 };
	struct mt_err e = { 0 };

	if (!line || mt_record_read(kinds, line, &r, p, &e))
		luaL_error(L, "%s", mt_err_line(&e, text, sizeof text));
	return r;
}

static struct mt_step check_step(lua_State *L, int at, struct mt_pool *p)
{
	const char *s = luaL_checkstring(L, at);
	char *line = mt_pool_copy(p, s, strlen(s)), text[600], *words[64];
	struct mt_step step = { 0 };
	struct mt_err e = { 0 };
	int n = line ? mt_tokens_split(line, words, 64) : -1;

	if (n < 0 || mt_step_parse(kinds, words, n, &step, p, &e))
		luaL_error(L, "%s", mt_err_line(&e, text, sizeof text));
	return step;
}

static void push_step(lua_State *L, const struct mt_step *s)
{
	char line[MT_LINE_MAX];

	mt_step_print(s, line, sizeof line);
	lua_pushstring(L, line);
}

static int push_steps(lua_State *L, const struct mt_steps *steps)
{
	lua_newtable(L);
	for (size_t i = 0; i < steps->n; i++) {
		push_step(L, &steps->at[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/* remember(line...): this, and nothing else, is there */
static int l_remember(lua_State *L)
{
	int n = lua_gettop(L);

	mt_pool_free(&memory_pool);
	nmemory = 0;
	for (int i = 1; i <= n; i++) {
		memory[nmemory] = check_record(L, i, &memory_pool);
		memory[nmemory].ref = new_reference(memory[nmemory].kind);
		nmemory++;
	}
	return 0;
}

/* race(line, looks): this will be there when it was looked for so often */
static int l_race(lua_State *L)
{
	racing = check_record(L, 1, &memory_pool);
	racing.ref = new_reference(racing.kind);
	looks_left = (int)luaL_checkinteger(L, 2);
	return 0;
}

/* there() -> array of lines */
static int l_there(lua_State *L)
{
	char line[MT_LINE_MAX];

	lua_newtable(L);
	for (size_t i = 0; i < nmemory; i++) {
		mt_record_print(&memory[i], 0, line, sizeof line);
		lua_pushstring(L, line);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/* Declarations { "place: record", ... } at @at; all fields of "place: default record" are defaults. */
static int read_plan(lua_State *L, int at, struct mt_plan *plan, struct mt_err *e)
{
	luaL_checktype(L, at, LUA_TTABLE);
	for (lua_Integer i = 1; lua_rawgeti(L, at, i) == LUA_TSTRING; i++) {
		const char *line = lua_tostring(L, -1), *colon = strstr(line, ": ");
		char *place = mt_pool_copy(plan->pool, line, (size_t)(colon - line));
		struct mt_declaration d = { .place = place };

		colon += 2;
		if (!strncmp(colon, "default ", 8)) {
			colon += 8;
			d.defaults = UINT32_MAX;
		}
		lua_pushstring(L, colon);
		d.record = check_record(L, -1, plan->pool);
		if (mt_plan_add(plan, &d, e))
			return -e->code;
		lua_pop(L, 2);
	}
	lua_pop(L, 1);
	return 0;
}

/* merge{ "place: record", ... } -> { record, ... } | nil, line */
static int l_merge(lua_State *L)
{
	struct mt_plan plan = { .pool = new_pool(L) };
	char line[MT_LINE_MAX];
	struct mt_err e;

	if (read_plan(L, 1, &plan, &e) || mt_plan_check_defaults(&plan, &e))
		return fail(L, &e);
	lua_newtable(L);
	for (size_t i = 0; i < plan.n; i++) {
		mt_record_print(&plan.declarations[i]->record, 0, line, sizeof line);
		lua_pushstring(L, line);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int says_yes(void *data, const struct mt_record *has, struct mt_err *e)
{
	(void)has, (void)e;
	return *(bool *)data;
}

/* difference({ "place: record", ... }[, ours]) -> { step, ... }, sorted | nil, line, code */
static int l_difference(lua_State *L)
{
	struct mt_pool *p = new_pool(L);
	struct mt_plan plan = { .pool = p };
	struct mt_steps steps = { .pool = p };
	bool ours = lua_toboolean(L, 2);
	struct mt_view view = { .pool = p, .made_by_us = says_yes, .data = &ours };
	struct mt_err e;

	if (read_plan(L, 1, &plan, &e))
		return fail(L, &e);
	for (size_t i = 0; i < plan.n; i++)
		if (mt_difference(&view, &plan.declarations[i]->record, NULL, &steps, &e))
			return fail(L, &e);
	if (mt_steps_sort(&steps))
		return luaL_error(L, "no memory");
	return push_steps(L, &steps);
}

/* fold(step...) -> { step, ... } */
static int l_fold(lua_State *L)
{
	int n = lua_gettop(L);
	struct mt_steps list = { .pool = new_pool(L) };

	for (int i = 1; i <= n; i++) {
		struct mt_step s = check_step(L, i, list.pool);

		if (mt_steps_fold(&list, &s))
			return luaL_error(L, "no memory");
	}
	return push_steps(L, &list);
}

/* back(step, record | nil) -> the step that takes it back, how many fields were left */
static int l_back(lua_State *L)
{
	struct mt_pool *p = new_pool(L);
	struct mt_step s = check_step(L, 1, p), back;
	struct mt_record has = { 0 };
	uint32_t left;

	if (!lua_isnil(L, 2))
		has = check_record(L, 2, p);
	mt_step_inverse(&s, has.kind ? &has : NULL, &back, &left);
	push_step(L, &back);
	lua_pushinteger(L, __builtin_popcount(left));
	return 2;
}

/* journal(text) -> { step, ... }, whether it has a header | nil, line */
static int l_journal(lua_State *L)
{
	size_t n;
	const char *text = luaL_checklstring(L, 1, &n);
	struct mt_pool *p = new_pool(L);
	char *copy = mt_pool_copy(p, text, n);
	struct mt_journal j;
	struct mt_err e;

	if (mt_journal_parse(kinds, "nic/x", copy, p, &j, &e))
		return fail(L, &e);
	push_steps(L, &j.steps);
	lua_pushboolean(L, j.header.kind != NULL);
	return 2;
}

/* --- with a state directory --- */

struct there {
	struct mt_state state;
	struct mt_host *host;
	struct mt_log log;
	struct mt_apply apply;
};

static void keep_line(void *data, int level, const char *text)
{
	(void)level;
	lua_State *L = data;

	lua_pushstring(L, text);
	lua_rawseti(L, 2, (lua_Integer)lua_rawlen(L, 2) + 1);
}

/* The state directory is the first argument, the log goes into the table at 2. */
static int begin(lua_State *L, struct there *t, struct mt_pool *p, struct mt_err *e)
{
	*t = (struct there){ .state.dir = -1, .log = { keep_line, L } };
	if (mt_host_open(&t->host, e))
		return -e->code;
	t->state.netns = mt_host_cookie(t->host);
	t->state.host = t->host;
	if (mt_state_open(&t->state, luaL_checkstring(L, 1), true, e))
		return -e->code;
	t->apply = (struct mt_apply){
		.kinds = kinds, .host = t->host, .state = &t->state, .pool = p, .log = &t->log
	};
	return 0;
}

static void end(struct there *t)
{
	mt_state_close(&t->state);
	mt_host_close(t->host);
}

/* connect(folder, log, dev, { "place: record", ... }[, early]) -> true | nil, line, code */
static int l_connect(lua_State *L)
{
	bool early = lua_toboolean(L, 5);
	struct mt_pool *p = new_pool(L);
	struct mt_plan plan = { .pool = p };
	struct mt_run_nic nic = { .plan = &plan, .header.kind = &mt_header_kind };
	struct mt_run run = { .nics = &nic, .n = 1, .early = early };
	struct there t;
	struct mt_err e = { 0 };
	int err;

	strncpy(plan.dev, luaL_checkstring(L, 3), MT_NAME_MAX);
	if (read_plan(L, 4, &plan, &e))
		return fail(L, &e);
	if (begin(L, &t, p, &e))
		return end(&t), fail(L, &e);
	mt_record_put(&nic.header, MT_HEADER_DEV, mt_name_from(plan.dev));
	mt_record_put(&nic.header, MT_HEADER_INDEX, mt_uint(1));
	mt_record_put(&nic.header, MT_HEADER_NETNS, mt_uint(t.state.netns));
	run.apply = t.apply;
	err = mt_run_begin(&run, &e) || mt_run_compute(&run, &e) || mt_run_apply(&run, &e);
	mt_run_end(&run);
	end(&t);
	return answer(L, err, &e);
}

/* disconnect(folder, log, dev) -> true | nil, line, code */
static int l_disconnect(lua_State *L)
{
	struct mt_pool *p = new_pool(L);
	struct there t;
	struct mt_err e = { 0 };
	int err = begin(L, &t, p, &e);

	if (!err)
		err = mt_disconnect(&t.apply, luaL_checkstring(L, 3), 0, &e);
	end(&t);
	return answer(L, err, &e);
}

/* lock(folder, file) -> a descriptor that holds it | nil, line, code */
static int l_lock(lua_State *L)
{
	struct mt_state s = { 0 };
	struct mt_err e;
	int fd, err;

	if (mt_state_open(&s, luaL_checkstring(L, 1), true, &e))
		return fail(L, &e);
	err = mt_state_lock(&s, luaL_checkstring(L, 2), &fd, &e);
	mt_state_close(&s);
	if (err)
		return fail(L, &e);
	lua_pushinteger(L, fd);
	return 1;
}

/* unlock(descriptor) */
static int l_unlock(lua_State *L)
{
	close((int)luaL_checkinteger(L, 1));
	return 0;
}

static const luaL_Reg functions[] = {
	{ "remember", l_remember },
	{ "race", l_race },
	{ "there", l_there },
	{ "merge", l_merge },
	{ "difference", l_difference },
	{ "fold", l_fold },
	{ "back", l_back },
	{ "journal", l_journal },
	{ "connect", l_connect },
	{ "lock", l_lock },
	{ "disconnect", l_disconnect },
	{ "unlock", l_unlock },
	{ "limit", l_limit },
	{ NULL, NULL },
};

int luaopen_internals_plan(lua_State *L);
int luaopen_internals_plan(lua_State *L)
{
	luaL_newmetatable(L, POOL);
	lua_pushcfunction(L, l_pool_gc);
	lua_setfield(L, -2, "__gc");
	luaL_newlib(L, functions);
	return 1;
}
