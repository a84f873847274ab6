/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tap_node.c - kind tap_node: whose the file /dev/tapN of a macvtap is, by which a program opens it
 *
 * The kernel makes the file where /dev is a devtmpfs, and udev may change it: so it is waited for.
 * It is named after the device's number, and goes with the device: drivers/net/macvtap.c
 * macvtap_device_event().
 */
#include "kernel/nl.h"
#include "base/sh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS	 200
#define PAUSE_MS 5

enum { DEV, USER, NFIELDS };

/* Its mode is 0600, so that a group would have no rights. */
static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the macvtap" },
	[USER] = { "user", MT_USER, 4, MT_PHASE_FIELDS, .flags = MT_FIELD_CUSTOM,
		   .doc = "who may open the file, besides root" },
};

struct node {
	char path[32];
	struct stat st;
};

static bool is_there(struct node *node, uint32_t ifindex)
{
	snprintf(node->path, sizeof node->path, "/dev/tap%u", ifindex);
	return !lstat(node->path, &node->st) && S_ISCHR(node->st.st_mode);
}

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	struct node node;

	(void)l;
	if (is_there(&node, (uint32_t)d->head->ifi_index))
		mt_record_put(r, USER, mt_uint(node.st.st_uid));
	return 1;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "macvtap", decode);
}

static bool wait_for(struct node *node, uint32_t ifindex)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000 };

	for (int i = 0; i < WAIT_MS / PAUSE_MS && !is_there(node, ifindex); i++)
		nanosleep(&pause, NULL);
	return is_there(node, ifindex);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_device d;
	struct node node;

	if (mt_nl_record_device(h, r, "macvtap", &d, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	if (!wait_for(&node, d.ifindex))
		return mt_nl_about(e,
				   mt_fail(e, ENOENT, "", "",
					   "there is no file %s: is /dev a devtmpfs?", node.path),
				   r, mt_nl_verb(op));
	if (lchown(node.path, (uid_t)r->v[USER].u, (gid_t)-1))
		return mt_nl_about(e, mt_fail(e, errno, "", "", NULL), r, mt_nl_verb(op));
	return 0;
}

/* ip(8) has no word for it. */
static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	(void)op;
	mt_sh_say(&s, "chown %u /dev/tap$(ip -o link show dev ", (unsigned)r->v[USER].u);
	mt_sh_value(&s, r, DEV);
	mt_sh_say(&s, " | cut -d: -f1)\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_tap_node = {
	MT_LINKS_KIND("tap_node", "the file /dev/tapN by which a macvtap is opened", 1, 1,
		      MT_PHASE_FIELDS, MT_KIND_FACET),
	.device = DEV,
	.sh = sh,
};
