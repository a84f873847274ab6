/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vlan.c - kind vlan: all VLANs of a NIC's own port
 *
 * A VLAN that is not declared goes, also the one that the bridge gives to each new port
 * (vlan_default_pvid). Each VLAN is in one of the three fields; only the PVID is in `tagged`, too,
 * where its frames are to leave with a tag.
 */
#include "kernel/port_vlans.h"
#include "base/sh.h"

#include <errno.h>
#include <string.h>

enum { DEV, PVID, UNTAGGED, TAGGED };

#define VLANS(NAME, TYPE, FLAGS, DOC)                                                           \
	{                                                                                       \
		.name = NAME, .type = TYPE, .size = 2, .phase = MT_PHASE_PORT,                  \
		.revert = MT_REVERT_WITH_MASTER,                                                \
		.flags = MT_FIELD_CUSTOM | MT_FIELD_NONE | MT_FIELD_GUARDS | (FLAGS), .min = 1, \
		.max = MT_VID_MAX, .right = &mt_rights[MT_RIGHT_VID], .doc = DOC                \
	}

static const struct mt_field fields[] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the device in the bridge" },
	[PVID] = VLANS("pvid", MT_UINT, MT_FIELD_CARRIES,
		       "the VLAN of frames without a tag, both ways"),
	[UNTAGGED] = VLANS("untagged", MT_VIDS, 0,
			   "further VLANs whose frames it gets without their tag"),
	[TAGGED] = VLANS("tagged", MT_VIDS, 0,
			 "VLANs with their tag; the pvid, too, if it is to get that with a tag"),
};

/* What the three fields say. */
struct parts {
	uint32_t pvid; /* 0: none */
	struct mt_vids untagged, tagged;
};

static struct parts read_parts(const struct mt_port_vlans *p)
{
	struct parts parts = { 0 };

	for (uint32_t vid = 1; vid <= MT_VID_MAX; vid++) {
		if (p->vlan[vid] & MT_VLAN_PVID)
			parts.pvid = vid;
		if (p->vlan[vid] == MT_VLAN_IN || p->vlan[vid] == (MT_VLAN_IN | MT_VLAN_PVID))
			mt_vids_add(&parts.tagged, vid);
		else if (p->vlan[vid] == (MT_VLAN_IN | MT_VLAN_UNTAGGED))
			mt_vids_add(&parts.untagged, vid);
	}
	return parts;
}

static void write_parts(const struct parts *parts, struct mt_port_vlans *p)
{
	for (uint32_t vid = 1; vid <= MT_VID_MAX; vid++)
		p->vlan[vid] = mt_vids_has(&parts->tagged, vid) ? MT_VLAN_IN
			: mt_vids_has(&parts->untagged, vid) || vid == parts->pvid
			? MT_VLAN_IN | MT_VLAN_UNTAGGED
			: 0;
	if (parts->pvid)
		p->vlan[parts->pvid] |= MT_VLAN_PVID;
}

static struct mt_vids vids_of(const struct mt_value *v)
{
	struct mt_vids set = { 0 };

	if (v->state == MT_SET)
		mt_vids_read(v->text, &set);
	return set;
}

/* A field that the record does not have stays as it is. */
static void declare(struct parts *parts, const struct mt_record *r)
{
	if (mt_record_has(r, PVID))
		parts->pvid = r->v[PVID].state == MT_SET ? (uint32_t)r->v[PVID].u : 0;
	if (mt_record_has(r, UNTAGGED))
		parts->untagged = vids_of(&r->v[UNTAGGED]);
	if (mt_record_has(r, TAGGED))
		parts->tagged = vids_of(&r->v[TAGGED]);
}

/* In a list of all ports, a set that has no text is unset: one port must not hide the others. */
static int put_vids(struct mt_list *l, struct mt_record *r, int field, const struct mt_vids *set,
		    char text[static MT_VIDS_TEXT])
{
	bool fits = mt_vids_print(set, text);

	if (!fits && l->ifindex)
		return mt_nl_about(l->e,
				   mt_fail(l->e, E2BIG, "", "",
					   "its VLANs are in too many pieces to tell"),
				   r, "list");
	if (fits)
		mt_record_put(r, field,
			      (struct mt_value){ .state = *text ? MT_SET : MT_NONE, .text = text });
	return 0;
}

/* A bridge is in VLANs, too, but is no port. */
static int found(struct mt_list *l, const struct mt_port_vlans *p)
{
	struct mt_record r = { .kind = &mt_kind_vlan, .ref = mt_ref_link(p->ifindex) };
	char untagged[MT_VIDS_TEXT], tagged[MT_VIDS_TEXT];
	struct parts parts = read_parts(p);
	struct mt_value pvid = mt_uint(parts.pvid);
	struct mt_device d;
	int err = mt_device_by_index(l->h, p->ifindex, &d, l->e);

	if (err || !strcmp(d.kind, "bridge"))
		return err == -ENODEV ? 0 : err;
	if (!parts.pvid)
		pvid = (struct mt_value){ .state = MT_NONE };
	mt_record_put(&r, DEV, mt_name_from(d.name));
	mt_record_put(&r, PVID, pvid);
	if (put_vids(l, &r, UNTAGGED, &parts.untagged, untagged) ||
	    put_vids(l, &r, TAGGED, &parts.tagged, tagged))
		return -l->e->code;
	return mt_list_found(l, &r);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_port_vlans_list(&l, found);
}

/* Between two VLANs that are wanted there is one range to delete at most, so that the request has
 * room for them: the kernel ignores what is not there, net/bridge/br_netlink.c br_vlan_info(). */
static void put_ranges(struct mt_port_vlans_request *del, struct mt_port_vlans_request *add,
		       const struct mt_port_vlans *has, const struct mt_port_vlans *want)
{
	uint32_t first = 0, last = 0;

	for (uint32_t vid = 1; vid <= MT_VID_MAX + 1; vid++) {
		if (vid <= MT_VID_MAX && !want->vlan[vid]) {
			first = first || !has->vlan[vid] ? first : vid;
			last = has->vlan[vid] ? vid : last;
		} else if (first) {
			mt_port_vlans_range(del, first, last, 0);
			first = 0;
		}
	}
	for (uint32_t vid = 1; vid <= MT_VID_MAX; vid = last + 1) {
		bool differs = want->vlan[vid] != has->vlan[vid];

		for (last = vid; last < MT_VID_MAX && want->vlan[last + 1] == want->vlan[vid];
		     last++)
			differs |= want->vlan[last + 1] != has->vlan[last + 1];
		if (want->vlan[vid] && differs)
			mt_port_vlans_range(add, vid, last, want->vlan[vid]);
	}
}

/* What is not wanted goes first, so that the port is in no VLAN too many at any time. The kernel
 * applies a request's VLANs one by one, and leaves those before one that it refuses. */
static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_port_vlans_request del, add;
	struct mt_port_vlans has, want = { 0 };
	struct parts parts;

	if (mt_port_vlans_get(h, op, r, &has, e))
		return -e->code;
	parts = read_parts(&has);
	declare(&parts, r);
	write_parts(&parts, &want);
	mt_port_vlans_start(&del, RTM_DELLINK, has.ifindex, false);
	mt_port_vlans_start(&add, RTM_SETLINK, has.ifindex, false);
	put_ranges(&del, &add, &has, &want);
	return mt_port_vlans_send(h, &del, op, r, e) ?: mt_port_vlans_send(h, &add, op, r, e);
}

/* What is not declared is none. */
static void set_defaults(struct mt_record *r)
{
	for (int i = PVID; i <= TAGGED; i++)
		if (!mt_record_has(r, i))
			mt_record_put(r, i, (struct mt_value){ .state = MT_NONE });
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	struct parts parts = { 0 };

	declare(&parts, r);
	if (mt_vids_has(&parts.untagged, parts.pvid))
		return mt_bad(e, "vlan", r->v[DEV].name,
			      "VLAN %u is the pvid, and need not be in 'untagged'", parts.pvid);
	for (uint32_t vid = 1; vid <= MT_VID_MAX; vid++)
		if (mt_vids_has(&parts.untagged, vid) && mt_vids_has(&parts.tagged, vid))
			return mt_bad(e, "vlan", r->v[DEV].name,
				      "VLAN %u is in both 'untagged' and 'tagged'", vid);
	return 0;
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	(void)h;
	return mt_port_vlans_needs(r, false, will, data, e);
}

static void sh_add(struct mt_sh *s, const struct mt_record *r, const char *vid, const char *flags)
{
	mt_sh_say(s, "bridge vlan add dev ");
	mt_sh_value(s, r, DEV);
	mt_sh_say(s, " vid %s%s", vid, flags);
}

/* bridge(8) takes one range a command. */
static void sh_set(struct mt_sh *s, const struct mt_record *r, int field, const char *flags)
{
	const char *text = r->v[field].text;

	if (r->v[field].state != MT_SET)
		return;
	if (!strchr(text, ',')) {
		sh_add(s, r, text, flags);
		mt_sh_say(s, "\n");
		return;
	}
	mt_sh_say(s, "for vid in ");
	for (; *text; text++)
		mt_sh_say(s, "%c", *text == ',' ? ' ' : *text);
	mt_sh_say(s, "; do ");
	sh_add(s, r, "$vid", flags);
	mt_sh_say(s, "; done\n");
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };
	struct mt_vids tagged = vids_of(&r->v[TAGGED]);
	char vid[16];

	(void)op;
	mt_sh_say(&s, "bridge vlan del dev ");
	mt_sh_value(&s, r, DEV);
	mt_sh_say(&s, " vid 1-%u\n", MT_VID_MAX);
	sh_set(&s, r, UNTAGGED, " untagged");
	sh_set(&s, r, TAGGED, "");
	if (r->v[PVID].state != MT_SET)
		return (int)s.len;
	snprintf(vid, sizeof vid, "%u", (unsigned)r->v[PVID].u);
	sh_add(&s, r, vid,
	       mt_vids_has(&tagged, (uint32_t)r->v[PVID].u) ? " pvid\n" : " pvid untagged\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_vlan = {
	MT_LINKS_KIND("vlan", "the VLANs of a NIC's own port in a bridge: all that it is in", 1, 1,
		      MT_PHASE_PORT,
		      MT_KIND_FACET | MT_KIND_OWN | MT_KIND_WHOLE | MT_KIND_BEFORE_UP),
	.device = DEV,
	.set_defaults = set_defaults,
	.check = check,
	.needs = needs,
	.sh = sh,
};
