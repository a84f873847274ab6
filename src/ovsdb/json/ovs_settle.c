/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ovs_settle.c - wait until ovs-vswitchd has taken a port's device, and OVN has installed it
 *
 * The server waits: it is asked to answer when the row is no longer as it was seen last. A port
 * number (ofport) is no proof: a row keeps it when its device goes, and when ovs-vswitchd ends. The
 * ifindex is of the device that is there.
 */
#include "ovsdb/json/ovs_settle.h"
#include "ovsdb/json/ovs_ovn.h"
#include "ovsdb/ovs_fields.h"
#include "base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SEEN "ofport error ifindex mtu external_ids"

/* Asks for the row: once it is not @seen any more, or at once. NULL: it is gone; in @result. */
static int ask(struct mt_ovsdb_link *l, const char *name, json_t *seen, int64_t ms, json_t **result,
	       struct mt_err *e)
{
	json_t *select = mt_ovs_select("Interface", mt_ovs_where("name", json_string(name)), SEEN);
	json_t *wait = seen ? json_copy(select) : NULL;
	struct mt_ovsdb_question q = { .reads = true, .ms = ms + MT_OVSDB_MS };

	mt_ovs_set(&wait, "op", json_string("wait"));
	mt_ovs_set(&wait, "until", json_string("!="));
	mt_ovs_set(&wait, "rows", json_pack("[O]", seen));
	mt_ovs_set(&wait, "timeout", json_integer(ms));
	q.ops = seen ? json_pack("[o,o]", wait, select) : json_pack("[o]", select);
	return mt_ovsdb_transact(l, &q, result, e);
}

static json_t *row_of(json_t *result)
{
	return mt_ovs_row(result, json_array_size(result) - 1);
}

static bool is_installed(const json_t *row)
{
	return !strcmp(mt_ovs_key(row, "external_ids", "ovn-installed"), "true");
}

/* Return: 0: it is as wanted; -EAGAIN: not yet; or another -errno: it never will be. */
static int check_state(const json_t *row, const struct mt_record *r, const struct mt_ovs_wait *wait,
		       struct mt_err *e)
{
	const char *name = r->v[OVS_DEV].name, *error = mt_ovs_string(row, "error");
	json_int_t ofport = mt_ovs_integer(row, "ofport"), ifindex = mt_ovs_integer(row, "ifindex");
	const struct mt_value *number = &r->v[OVS_OFPORT_REQUEST];
	const struct mt_value *mtu = &r->v[OVS_MTU_REQUEST];

	if (!row)
		return mt_fail(e, ENOENT, "", "",
			       "Open vSwitch: somebody deleted the port %s meanwhile", name);
	if (*error)
		return mt_fail(e, EIO, "", "", "Open vSwitch: %.300s", error);
	if (ofport <= 0 || ifindex <= 0)
		return -EAGAIN;
	if (ifindex != wait->ifindex)
		return mt_fail(e, EIO, "", "",
			       "Open vSwitch: it took another device of this name: ifindex "
			       "%" JSON_INTEGER_FORMAT " instead of %" PRIu32
			       " (does it run in another network namespace?)",
			       ifindex, wait->ifindex);
	if (number->state == MT_SET && (uint64_t)ofport != number->u)
		return mt_fail(e, EBUSY, "", "",
			       "Open vSwitch: ofport_request %" PRIu64
			       " is another port's: %s has ofport %" JSON_INTEGER_FORMAT,
			       number->u, name, ofport);
	if (mtu->state == MT_SET && mt_ovs_integer(row, "mtu") != (json_int_t)mtu->u)
		return -EAGAIN;
	return 0;
}

static bool is_mtu_wrong(const json_t *row, const struct mt_record *r)
{
	return mt_ovs_integer(row, "ofport") > 0 && r->v[OVS_MTU_REQUEST].state == MT_SET &&
		mt_ovs_integer(row, "mtu") != (json_int_t)r->v[OVS_MTU_REQUEST].u;
}

/* It was asked, and did not come: why. */
static int not_bound(struct mt_ovsdb_link *l, const json_t *row, const struct mt_record *r,
		     const struct mt_ovs_wait *wait, struct mt_err *e)
{
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o]",
				 mt_ovs_select("Open_vSwitch", json_array(), "next_cfg cur_cfg")),
		.reads = true,
	};
	const char *name = r->v[OVS_DEV].name;
	json_t *result, *open;
	int err;

	if (is_mtu_wrong(row, r))
		return mt_fail(e, EINVAL, "", "",
			       "Open vSwitch did not set the MTU of %s to %" PRIu64
			       ": it is %" JSON_INTEGER_FORMAT,
			       name, r->v[OVS_MTU_REQUEST].u, mt_ovs_integer(row, "mtu"));
	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	open = mt_ovs_row(result, 0);
	err = mt_fail(e, ETIMEDOUT, "", "",
		      "Open vSwitch did not take %s up in %" PRId64
		      " s: ovs-vswitchd does not answer (asked for configuration "
		      "%" JSON_INTEGER_FORMAT ", it has %" JSON_INTEGER_FORMAT ")",
		      name, wait->ms / 1000, mt_ovs_integer(open, "next_cfg"),
		      mt_ovs_integer(open, "cur_cfg"));
	json_decref(result);
	return err;
}

/* Return: 0; -EAGAIN: the time is over; or another -errno. @result: out: the last state. */
static int wait_for(struct mt_ovsdb_link *l, const struct mt_record *r,
		    const struct mt_ovs_wait *wait, bool installed, json_t **result,
		    struct mt_err *e)
{
	int64_t until = mt_now_ms() + (installed ? wait->installed_ms : wait->ms), left;
	const char *name = r->v[OVS_DEV].name;
	int err = ask(l, name, NULL, 0, result, e);
	json_t *next;

	while (!err) {
		err = check_state(row_of(*result), r, wait, e);
		if (!err && installed && !is_installed(row_of(*result)))
			err = -EAGAIN;
		left = until - mt_now_ms();
		if (err != -EAGAIN || left <= 0)
			return err;
		err = ask(l, name, row_of(*result), left, &next, e);
		if (err)
			return err;
		json_decref(*result);
		*result = next;
	}
	return err;
}

int mt_ovs_settle(struct mt_ovsdb_link *l, const struct mt_record *r,
		  const struct mt_ovs_wait *wait, struct mt_err *e)
{
	bool installed = r->v[OVS_IFACE_ID].state == MT_SET && wait->installed_ms;
	json_t *state;
	int err = wait_for(l, r, wait, false, &state, e);

	if (err == -EAGAIN)
		err = not_bound(l, row_of(state), r, wait, e);
	json_decref(state);
	if (err || !installed)
		return err;
	err = wait_for(l, r, wait, true, &state, e);
	if (err == -EAGAIN)
		err = mt_ovs_not_installed(l, r, wait, e);
	json_decref(state);
	return err;
}
