/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ovs_port.c - kind ovs_port: a device in a bridge of Open vSwitch
 *
 * A Port row with one Interface row of the same name, in one Bridge. The rows stay when their device
 * goes, and ovs-vswitchd gives them to the next device of that name, whoever makes it: so the mark
 * `owner` says whose they are, and since which boot.
 */
#include "ovsdb/ovs_port_rules.h"
#include "ovsdb/ovs_port_sh.h"
#include "ovsdb/ovsdb.h"
#include "base/right.h"
#include "kernel/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct mt_enum_name vlan_modes[] = { { "access", OVS_ACCESS },
						  { "trunk", OVS_TRUNK },
						  { "native-tagged", OVS_NATIVE_TAGGED },
						  { "native-untagged", OVS_NATIVE_UNTAGGED },
						  { "dot1q-tunnel", OVS_DOT1Q_TUNNEL },
						  { NULL, 0 } };
static const struct mt_enum_name ethtypes[] = { { "802.1ad", 1 }, { "802.1q", 2 }, { NULL, 0 } };
static const struct mt_enum_name statuses[] = { { "active", 1 }, { "inactive", 2 }, { NULL, 0 } };

#define COLUMN(TABLE, NAME, TYPE, WORD, FLAGS, ...)                                            \
	{                                                                                      \
		.name = NAME, .type = TYPE, .size = 4, .phase = MT_PHASE_MASTER,               \
		.flags = MT_FIELD_CUSTOM | (FLAGS), .attr = TABLE, .ip_arg = WORD, __VA_ARGS__ \
	}
#define PORT(...)      COLUMN(OVS_PORT_TABLE, __VA_ARGS__)
#define INTERFACE(...) COLUMN(OVS_INTERFACE_TABLE, __VA_ARGS__)

static const struct mt_field fields[OVS_FIELDS] = {
	[OVS_DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the NIC's own device" },
	/* no MT_LINK: the bridge of a name need not have a device. It is moved by a step of its own. */
	[OVS_BRIDGE] = { "bridge", MT_NAME, .phase = MT_PHASE_FIELDS,
			 .flags = MT_FIELD_CUSTOM | MT_FIELD_CARRIES,
			 .doc = "the bridge of Open vSwitch; needed" },
	[OVS_TAG] = PORT("tag", MT_UINT, "tag", MT_FIELD_NONE | MT_FIELD_GUARDS, .min = 1,
			 .max = MT_VID_MAX, .right = &mt_rights[MT_RIGHT_VID],
			 .doc = "the VLAN of an access port; of a native one, that of frames "
				"without a tag"),
	[OVS_TRUNKS] = PORT("trunks", MT_VIDS, "trunks", MT_FIELD_NONE | MT_FIELD_GUARDS,
			    .right = &mt_rights[MT_RIGHT_VID],
			    .doc = "the VLANs of a trunk; without them it would carry every VLAN"),
	[OVS_VLAN_MODE] = PORT("vlan_mode", MT_ENUM, "vlan_mode", MT_FIELD_NONE | MT_FIELD_GUARDS,
			       .enum_names = vlan_modes,
			       .doc = "unless given: access with tag alone, trunk with trunks; "
				      "access without tag: only frames without a tag"),
	[OVS_CVLANS] = PORT("cvlans", MT_VIDS, "cvlans", MT_FIELD_NONE | MT_FIELD_GUARDS,
			    .right = &mt_rights[MT_RIGHT_VID],
			    .doc = "with dot1q-tunnel: the guest's VLANs that are let in"),
	[OVS_QINQ_ETHTYPE] = PORT("qinq_ethtype", MT_ENUM, "other_config:qinq-ethtype",
				  MT_FIELD_NONE, .enum_names = ethtypes,
				  .doc = "with dot1q-tunnel: how the outer tag is written"),
	[OVS_PROTECTED] = PORT("protected", MT_BOOL, "protected", MT_FIELD_GUARDS,
			       .doc = "protected ports do not reach each other"),
	[OVS_MTU_REQUEST] =
		INTERFACE("mtu_request", MT_UINT, "mtu_request", MT_FIELD_NONE, .min = 68,
			  .max = 65535, .unit = "bytes",
			  .doc = "the MTU that Open vSwitch sets; link's mtu is enough, "
				 "and stays"),
	[OVS_OFPORT_REQUEST] = INTERFACE("ofport_request", MT_UINT, "ofport_request", MT_FIELD_NONE,
					 .min = 1, .max = 65279, .doc = "its OpenFlow port number"),
	[OVS_INGRESS_RATE] = INTERFACE("ingress_rate", MT_UINT, "ingress_policing_rate",
				       MT_FIELD_NONE, .min = 1, .max = UINT32_MAX, .unit = "kbit/s",
				       .doc = "how much the guest may send"),
	[OVS_INGRESS_BURST] = INTERFACE("ingress_burst", MT_UINT, "ingress_policing_burst",
					MT_FIELD_NONE, .min = 1, .max = UINT32_MAX, .unit = "kbit",
					.doc = "with ingress_rate: how much at once"),
	[OVS_IFACE_ID] = INTERFACE(
		"iface_id", MT_TEXT, "external_ids:iface-id", MT_FIELD_NONE | MT_FIELD_CARRIES,
		.right = &mt_rights[MT_RIGHT_IFACE_ID], .doc = "OVN's logical switch port"),
	[OVS_IFACE_ID_VER] = INTERFACE("iface_id_ver", MT_TEXT, "external_ids:iface-id-ver",
				       MT_FIELD_NONE, .doc = "its version, as OVN has it"),
	[OVS_ATTACHED_MAC] = INTERFACE("attached_mac", MT_MAC, "external_ids:attached-mac",
				       MT_FIELD_NONE, .doc = "the guest's MAC, for a controller"),
	[OVS_VM_ID] = INTERFACE("vm_id", MT_TEXT, "external_ids:vm-id", MT_FIELD_NONE,
				.doc = "the guest, for a controller"),
	[OVS_IFACE_STATUS] = INTERFACE("iface_status", MT_ENUM, "external_ids:iface-status",
				       MT_FIELD_NONE, .enum_names = statuses,
				       .doc = "whether the guest uses it, for a controller"),
	[OVS_OWNER] = PORT("owner", MT_TEXT, "external_ids:" OVS_OWNER_KEY, MT_FIELD_OWNER,
			   .doc = "guest, MAC and boot: moontap sets it, and nobody else"),
	[OVS_WAIT] = { "wait", MT_UINT, 4, MT_PHASE_MASTER,
		       .flags = MT_FIELD_CUSTOM | MT_FIELD_WRITE_ONLY, .max = 600,
		       .unit = "seconds",
		       .doc = "until Open vSwitch has taken the device: 5 unless given; with "
			      "iface_id, until OVN has installed it: 10, and 0 does not wait for "
			      "it" },
};

/* --- the database ------------------------------------------------------------------------------ */

/* Errors of the module say everything but what they are about. */
static int about(struct mt_err *e, int err, const struct mt_record *r)
{
	char subject[96];

	return err < 0 ? mt_err_about(e, "ovs_port", mt_record_subject(r, subject, sizeof subject))
		       : err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;
	int err = mt_ovsdb_of(h, &m, &l, e);

	return about(e, err ? err : m->list(l, filter, each, data, e), filter);
}

static int find(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct mt_record has;
	int err = mt_record_get(h, r, &has, &p, e);

	mt_pool_free(&p);
	if (err == -ENOENT)
		return mt_fail(e, ENODEV, "ovs_port", mt_record_device(r),
			       "Open vSwitch has no such port");
	if (!err)
		r->ref = has.ref;
	return err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_record of = *r;
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;
	int err = mt_ovsdb_of(h, &m, &l, e);

	if (!err && op != MT_ADD && !mt_ref_is_set(&of.ref))
		err = find(h, &of, e);
	return about(e, err ? err : m->put(l, op, &of, e), r);
}

/* --- at plan time ------------------------------------------------------------------------------ */

static int find_master(const struct mt_record *r, mt_will will, void *data, struct mt_value *master,
		       struct mt_err *e)
{
	const struct mt_kind *link = mt_kind_find(mt_kinds, "link");
	struct mt_record key = { .kind = link }, has;
	int err;

	mt_record_put(&key, 0, r->v[OVS_DEV]);
	err = will(data, &key, &has, e);
	*master = err ? (struct mt_value){ 0 } : has.v[mt_kind_field(link, "master")];
	return err == -ENOENT ? 0 : err;
}

/* Open vSwitch takes a device that is in a Linux bridge without an error, and both then get its
 * frames. Its kernel datapath is the master of its devices, and of a kind of its own. */
static int check_master(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
			struct mt_err *e)
{
	struct mt_value master;
	struct mt_device d;

	if (find_master(r, will, data, &master, e))
		return -e->code;
	if (master.state != MT_SET ||
	    (!mt_device_by_name(h, master.name, &d, e) && !strcmp(d.kind, "openvswitch")))
		return 0;
	return mt_bad(
		e, "ovs_port", mt_record_device(r),
		"the device is in %s, or is declared to be: it is a port either of that or of "
		"Open vSwitch's bridge %s",
		master.name, r->v[OVS_BRIDGE].name);
}

static int is_linux_bridge(struct mt_host *h, const char *name)
{
	struct mt_device d;
	struct mt_err ignored;

	return !mt_device_by_name(h, name, &d, &ignored) && !strcmp(d.kind, "bridge");
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;
	int err;

	if (r->v[OVS_BRIDGE].state != MT_SET)
		return mt_bad(e, "ovs_port", mt_record_device(r), "'bridge' is missing");
	err = mt_ovsdb_of(h, &m, &l, e);
	if (!err)
		err = m->needs(l, r, &(struct mt_ovs_plan){ will, data }, e);
	if (err == -ENOENT && is_linux_bridge(h, r->v[OVS_BRIDGE].name)) {
		size_t n = strlen(e->text);

		snprintf(e->text + n, sizeof e->text - n,
			 "; %s is a Linux bridge: use hook \"bridge\"", r->v[OVS_BRIDGE].name);
	}
	return err ? about(e, err, r) : check_master(h, r, will, data, e);
}

static int clash(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;
	int err = mt_ovsdb_of(h, &m, &l, e);

	return about(e, err ? err : m->clash(l, r, e), r);
}

/* --- once it is put ---------------------------------------------------------------------------- */

static int settle(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	bool said = r->v[OVS_WAIT].state == MT_SET, ovn = r->v[OVS_IFACE_ID].state == MT_SET;
	int64_t ms = (int64_t)r->v[OVS_WAIT].u * 1000;
	struct mt_ovs_wait wait = { 0 };
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;
	struct mt_device d;
	int err = mt_device_by_name(h, mt_record_device(r), &d, e);

	if (!err)
		err = mt_ovsdb_of(h, &m, &l, e);
	if (err)
		return err;
	wait.ifindex = d.ifindex;
	wait.ms = said && !ovn && ms ? ms : OVS_BOUND_SECONDS * 1000;
	wait.installed_ms = said ? ms : OVS_INSTALLED_SECONDS * 1000;
	err = about(e, m->settle(l, r, &wait, e), r);
	if (err || r->v[OVS_INGRESS_RATE].state != MT_SET)
		return err;
	err = mt_device_is_policed(h, d.ifindex, e);
	return err
		? err < 0 ? err : 0
		: mt_fail(e, ENOTSUP, "ovs_port", mt_record_device(r),
			  "Open vSwitch did not limit what the guest sends: this kernel may lack "
			  "act_police (its log says why)");
}

static int counted(struct mt_host *h, const struct mt_record *r, char *text, size_t n,
		   struct mt_err *e)
{
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;
	int err = mt_ovsdb_of(h, &m, &l, e);

	return about(e, err ? err : m->state(l, r, text, n, e), r);
}

static int vacate(struct mt_host *h, const char *name, bool really, struct mt_err *e)
{
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;
	int err;

	if (!mt_ovsdb_is_there(h))
		return 0;
	err = mt_ovsdb_of(h, &m, &l, e);
	if (!err)
		err = m->vacate(l, name, really, e);
	/* nobody takes devices who does not run; nor from whom we may not ask */
	if (err == -ENOTCONN || err == -EACCES || err == -ENOSYS)
		return 0;
	return err ? mt_err_about(e, "ovs_port", name) : 0;
}

static int locate(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	struct mt_ovsdb_link *l;
	const struct mt_ovsdb *m;
	int err = mt_ovsdb_of(h, &m, &l, e);

	return about(e, err ? err : m->locate(l, r, e), r);
}

const struct mt_realm mt_realm_ovsdb = {
	.name = "ovsdb",
	.uuid = true,
	.find = find,
	.locate = locate,
};

const struct mt_kind mt_kind_ovs_port = {
	.name = "ovs_port",
	.doc = "a NIC's device in a bridge of Open vSwitch",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 1,
	.required = 1,
	.device = OVS_DEV,
	.phase = MT_PHASE_MASTER,
	.flags = MT_KIND_OWN | MT_KIND_OUTLIVES | MT_KIND_NAMED | MT_KIND_WHOLE | MT_KIND_UNREAD,
	.realm = &mt_realm_ovsdb,
	.excludes = "tbf", /* a clsact it leaves alone */
	.excludes_why =
		"ovs-vswitchd deletes a root qdisc when it takes the device, and whenever it "
		"starts; ingress_rate limits what the guest sends",
	.list = list,
	.put = put,
	.check = mt_ovs_port_check,
	.resolve = mt_ovs_port_complete,
	.needs = needs,
	.clash = clash,
	.settle = settle,
	.counted = counted,
	.vacate = vacate,
	.sh = mt_ovs_port_sh,
};
