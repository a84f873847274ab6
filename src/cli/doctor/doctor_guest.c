/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_guest.c - checks of one guest: its document, its ready-made taps, what its plan needs */
#include "cli/doctor/doctor.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

/* --- the document ----------------------------------------------------------------------------- */

static bool is_name_error(const struct mt_doctor *d)
{
	return d->plan_error.code && strstr(d->plan_error.text, "no name for a device");
}

static void say_error(struct mt_doctor *d)
{
	char line[sizeof d->plan_error];

	mt_doctor_found(d, d->file, "%s", mt_err_line(&d->plan_error, line, sizeof line));
}

void mt_check_device_name(struct mt_doctor *d)
{
	if (is_name_error(d))
		say_error(d);
}

void mt_check_guest_reads(struct mt_doctor *d)
{
	if (d->plan_error.code && !d->facts && !d->policy_error.code && !is_name_error(d))
		say_error(d);
}

void mt_check_guest_plan(struct mt_doctor *d)
{
	if (d->plan_error.code && d->facts && !d->policy_error.code && !is_name_error(d) &&
	    !d->explained)
		say_error(d);
}

/* --- ready-made taps -------------------------------------------------------------------------- */

/* Read the tap of an unmanaged NIC. Return: false: it is managed, or there is no such tap. */
static bool ready_tap(struct mt_doctor *d, const struct mt_fact *nic, struct mt_record *tap)
{
	const char *dev = mt_fact_text_at(nic, "target.dev");
	struct mt_record key = { .kind = mt_kind_find(mt_kinds, "tap") };
	struct mt_err e;

	if (!dev || !mt_fact_true_at(nic, "unmanaged") || !mt_name_valid(dev))
		return false;
	mt_record_put(&key, 0, mt_name_from(dev));
	return !mt_record_get(d->g.host, &key, tap, &d->p, &e);
}

static void each_ready_tap(struct mt_doctor *d,
			   void (*each)(struct mt_doctor *d, const struct mt_fact *nic,
					const struct mt_record *tap))
{
	const struct mt_fact *nics = d->facts ? mt_fact_get(d->facts, "nics") : NULL;
	struct mt_record tap;

	if (!nics)
		return;
	mt_fact_each (nic, nics)
		if (ready_tap(d, nic, &tap))
			each(d, nic, &tap);
}

static uint64_t field(const struct mt_record *r, const char *name)
{
	return r->v[mt_kind_field(r->kind, name)].u;
}

/* The kernel refuses to open a tap with another IFF_MULTI_QUEUE than it was created with:
 * drivers/net/tun.c tun_set_iff(). */
static void check_queues(struct mt_doctor *d, const struct mt_fact *nic,
			 const struct mt_record *tap)
{
	const struct mt_fact *queues = mt_fact_at(nic, "driver.queues");
	int64_t n = queues && queues->type == MT_FACT_INTEGER ? queues->integer : 1;
	bool many = field(tap, "multi_queue");

	if (many == (n > 1))
		return;
	d->explained = true;
	mt_doctor_found(d, tap->v[0].name, "%s was created for %s, and the guest wants %d",
			tap->v[0].name, many ? "several queues" : "one queue", (int)n);
}

void mt_check_queues(struct mt_doctor *d)
{
	each_ready_tap(d, check_queues);
}

static bool is_ours(const struct mt_doctor *d, const char *dev)
{
	for (size_t i = 0; i < d->nnics; i++)
		if (!strcmp(d->nics[i].dev, dev) && d->nics[i].journal.header.kind)
			return true;
	return false;
}

/* libvirt and QEMU set vnet_hdr when they open a tap by its name. A tap that QEMU is given open
 * keeps the one it was created with: QEMU's net/tap.c net_init_tap(), fd=. */
static void check_header(struct mt_doctor *d, const struct mt_fact *nic,
			 const struct mt_record *tap)
{
	const char *model = mt_fact_text_at(nic, "model");
	bool wants = model && !strncmp(model, "virtio", 6), has = field(tap, "vnet_hdr");

	if (wants == has || is_ours(d, tap->v[0].name))
		return;
	d->explained = true;
	mt_doctor_found(d, tap->v[0].name, "%s was created with%s vnet_hdr, and the guest names %s",
			tap->v[0].name, has ? "" : "out", model ? model : "no model");
}

void mt_check_header(struct mt_doctor *d)
{
	each_ready_tap(d, check_header);
}

/* --- /dev/net/tun ----------------------------------------------------------------------------- */

static bool is_in_group(const struct passwd *user, gid_t group)
{
	gid_t groups[256];
	int n = 256;

	if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) < 0)
		return true; /* too many: assume that it is */
	while (n--)
		if (groups[n] == group)
			return true;
	return false;
}

static bool may_open(const struct stat *st, uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	if (!uid || (st->st_mode & 06) == 06)
		return true;
	if (st->st_uid == uid)
		return (st->st_mode & 0600) == 0600;
	return (st->st_mode & 060) == 060 && user && is_in_group(user, st->st_gid);
}

/* A tap that the plan gives a user is opened by that user: by session libvirt's QEMU, or a plain
 * one. All other taps are opened by a daemon that is root. */
void mt_check_tun_access(struct mt_doctor *d)
{
	char path[PATH_MAX];
	struct stat st;

	if (stat(mt_doctor_path(d, "/dev/net/tun", path), &st) || !S_ISCHR(st.st_mode))
		return;
	for (size_t i = 0; i < d->plan.n; i++) {
		const struct mt_steps *steps = d->plan.nics[i].steps;

		for (size_t k = 0; steps && k < steps->n; k++) {
			const struct mt_record *r = &steps->at[k].put;
			int user = mt_kind_field(r->kind, "user");

			if (user > 0 && mt_record_has(r, user) && r->v[user].state == MT_SET &&
			    !may_open(&st, (uid_t)r->v[user].u))
				mt_doctor_found(d, path,
						"%s (mode %04o) cannot be opened by uid %u, the "
						"owner of %s",
						path, (unsigned)st.st_mode & 0777,
						(unsigned)r->v[user].u, r->v[0].name);
		}
	}
}

/* --- the kernel ------------------------------------------------------------------------------- */

struct any {
	struct mt_record r;
	bool found;
};

static int take_first(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct any *a = data;

	(void)e;
	a->r = *r;
	a->found = true;
	return 1;
}

/* A kernel reports no field that it was built without: any object of the kind shows which. */
static void check_record(struct mt_doctor *d, const struct mt_record *put)
{
	const struct mt_kind *k = put->kind;
	struct mt_record filter = { .kind = k };
	struct any any = { .found = false };
	struct mt_err e;

	if (k->list(d->g.host, &filter, take_first, &any, &e) || !any.found)
		return;
	for (int i = k->nkeys; i < k->nfields; i++)
		if (mt_record_has(put, i) && put->v[i].state == MT_SET &&
		    any.r.v[i].state == MT_UNSET && !(k->fields[i].flags & MT_FIELD_WRITE_ONLY))
			mt_doctor_found(d, NULL, "this kernel has no field %s of a %s",
					k->fields[i].name, k->name);
}

void mt_check_kernel_fields(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->plan.n; i++) {
		const struct mt_steps *steps = d->plan.nics[i].steps;

		for (size_t k = 0; steps && k < steps->n; k++)
			if (!(steps->at[k].put.kind->flags & MT_KIND_FACET))
				check_record(d, &steps->at[k].put);
	}
}
