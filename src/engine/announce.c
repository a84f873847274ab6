/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* announce.c - which frames announce a guest's NICs, by their journals */
#include "engine/announce.h"
#include "plan/apply.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct announcing {
	struct mt_engine *g;
	struct mt_pool *p;
	int fd; /* -1: no frame was to be sent yet */
	void (*each)(void *data, const struct mt_announced *a);
	void *data;
	struct mt_err *e;

	struct mt_journal journal; /* of the NIC at hand; without steps on devices that are gone */
	unsigned said;		   /* how often each() was called for it */
};

/* An error of one frame does not keep the others from being sent. */
static void say(struct announcing *a, struct mt_announced *what)
{
	what->nic = &a->journal.header;
	a->said++;
	a->each(a->data, what);
}

/* @f: its n is 0 until it is built; @err: of building it. Return: 0, or -errno when no frame at all
 * can be sent. */
static int send_frame(struct announcing *a, const struct mt_frame *f, const char *address, int err,
		      struct mt_err *one)
{
	if (!err && a->fd < 0 && mt_frame_socket(&a->fd, a->e))
		return -a->e->code;
	if (!err)
		err = mt_frame_send(a->fd, f, one);
	say(a,
	    &(struct mt_announced){
		    .frame = f->n ? f : NULL, .address = address, .error = err ? one : NULL });
	return 0;
}

static int announce_mac(struct announcing *a, const struct mt_device *d)
{
	static const struct mt_field mac_field = { "mac", MT_MAC, 6 };
	const char *mac = mt_header_text(&a->journal.header, MT_HEADER_MAC);
	struct mt_frame f = { 0 };
	struct mt_value v;
	struct mt_err one;
	int err = 0;

	if (mt_value_parse(&mac_field, mac, NULL, &v, &one))
		err = mt_fail(&one, ENOENT, "", "", "its guest's MAC address is not known");
	if (!err)
		err = mt_frame_of_port(a->g->host, d, v.b, &f, &one);
	if (err != -ENOENT)
		return send_frame(a, &f, mac, err, &one);
	if (!a->said)
		say(a, &(struct mt_announced){ .address = "", .nothing = one.text });
	return 0;
}

static int announce_ip(struct announcing *a, const struct mt_record *r, int field)
{
	char text[MT_VALUE_TEXT];
	struct mt_frame f = { 0 };
	struct mt_device d;
	struct mt_err one;
	int err = mt_device_by_name(a->g->host, mt_record_device(r), &d, &one);

	if (!err)
		err = mt_frame_of_address(&d, &r->v[field], &f, &one);
	return send_frame(a, &f, mt_value_print(&r->kind->fields[field], &r->v[field], text), err,
			  &one);
}

static int announce_ips(struct announcing *a)
{
	int err = 0;

	for (size_t i = 0; i < a->journal.steps.n && !err; i++) {
		const struct mt_step *s = &a->journal.steps.at[i];
		const struct mt_kind *k = s->put.kind;
		int field = k->answers_for && s->op != MT_DELETE && s->op != MT_RELEASE
			? k->answers_for(&s->put)
			: -1;

		if (field >= 0)
			err = announce_ip(a, &s->put, field);
	}
	return err;
}

static int announce_nic(struct announcing *a, const struct mt_record *header)
{
	struct mt_apply w = mt_engine_apply(a->g, a->p);
	struct mt_device d;
	char file[32];
	int err;

	mt_state_path("nic", header->v[MT_HEADER_DEV].name, file);
	a->said = 0;
	err = mt_journal_load(&a->g->state, file, mt_kinds, a->p, &a->journal, a->e);
	if (err || !a->journal.header.kind) /* it was disconnected meanwhile, or a run was killed */
		return err;
	err = mt_journal_device(&w, &a->journal, &d, a->e);
	if (err == -ENODEV) {
		say(a, &(struct mt_announced){ .address = "", .nothing = "its device is gone" });
		return 0;
	}
	if (err || mt_journal_prune(&w, &a->journal, a->e))
		return -a->e->code;
	err = announce_ips(a);
	return err ? err : announce_mac(a, &d);
}

static int check_words(const struct mt_nic_filter *which, const struct mt_record *headers, size_t n,
		       struct mt_err *e)
{
	for (const char *const *o = which->only; o && *o; o++) {
		bool any = false;

		for (size_t i = 0; i < n; i++)
			any |= mt_connected_is(&headers[i], *o);
		if (!any) {
			mt_bad(e, "", "", "no NIC '%s' of it is connected", *o);
			e->blame = MT_BLAME_USAGE;
			return -e->code;
		}
	}
	return 0;
}

int mt_announce(struct mt_engine *g, const struct mt_nic_filter *which,
		void (*each)(void *data, const struct mt_announced *a), void *data,
		struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct announcing a = { .g = g, .p = &p, .fd = -1, .each = each, .data = data, .e = e };
	struct mt_record *headers;
	size_t n;
	int err = mt_connected(g, which, &p, &headers, &n, e);

	if (!err)
		err = check_words(which, headers, n, e);
	for (size_t i = 0; i < n && !err; i++)
		err = announce_nic(&a, &headers[i]);
	if (a.fd >= 0)
		close(a.fd);
	mt_pool_free(&p);
	return err;
}
