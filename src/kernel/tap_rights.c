/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tap_rights.c - whether an ordinary user may open a tap that is there */
#include "kernel/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As the kernel's in_egroup_p(): kernel/groups.c */
static bool is_member(uint64_t group)
{
	int n = getgroups(0, NULL);
	gid_t *groups = n > 0 ? calloc((size_t)n, sizeof *groups) : NULL;
	bool is = group == getegid();

	n = groups ? getgroups(n, groups) : 0;
	for (int i = 0; i < n; i++)
		is |= groups[i] == group;
	free(groups);
	return is;
}

static int check_file(const char *path, struct mt_err *e)
{
	if (!access(path, R_OK | W_OK))
		return 0;
	return mt_fail(e, errno, "", "", "uid %u may not open %s: %s", geteuid(), path,
		       strerror(errno));
}

/* drivers/net/tun.c tun_not_capable(): where both are set, both must fit */
static int check_owner(const struct mt_record *tap, struct mt_err *e)
{
	const struct mt_value *user = &tap->v[mt_kind_field(tap->kind, "user")];
	const struct mt_value *group = &tap->v[mt_kind_field(tap->kind, "group")];

	if (user->state == MT_SET && user->u != geteuid())
		return mt_fail(e, EPERM, "", "",
			       "the tap is of uid %llu, and uid %u may not open it",
			       (unsigned long long)user->u, geteuid());
	if (group->state == MT_SET && !is_member(group->u))
		return mt_fail(e, EPERM, "", "",
			       "the tap is of gid %llu, and uid %u, no member, may not open it",
			       (unsigned long long)group->u, geteuid());
	return 0;
}

static int check_queues(const struct mt_record *tap, unsigned queues, struct mt_err *e)
{
	bool many = tap->v[mt_kind_field(tap->kind, "multi_queue")].u;

	if (many == (queues > 1))
		return 0;
	if (many)
		return mt_fail(e, EINVAL, "", "", "the tap has multi_queue, and the XML one queue");
	return mt_fail(e, EINVAL, "", "", "the XML has %u queues, and the tap no multi_queue",
		       queues);
}

int mt_tap_openable(struct mt_host *h, const struct mt_device *d, unsigned queues, struct mt_err *e)
{
	struct mt_record key = { .kind = mt_kind_find(mt_kinds, "tap") }, tap;
	struct mt_pool p = { 0 };
	char path[32];
	int err;

	if (!strcmp(d->kind, "macvtap")) {
		snprintf(path, sizeof path, "/dev/tap%u", d->ifindex);
		return check_file(path, e);
	}
	mt_record_put(&key, 0, mt_name_from(d->name));
	err = strcmp(d->kind, "tun") ? -ENOENT : mt_record_get(h, &key, &tap, &p, e);
	if (err == -ENOENT)
		err = mt_fail(e, EINVAL, "", "", "the device exists, but is no tap: it is %s%s",
			      *d->kind ? "a " : "some other link", d->kind);
	else if (!err)
		err = check_owner(&tap, e) ?: check_queues(&tap, queues, e) ?:
		      check_file("/dev/net/tun", e);
	mt_pool_free(&p);
	return err;
}
