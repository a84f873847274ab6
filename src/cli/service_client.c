/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* service_client.c - plan, up, down, status and libvirt's hook, done by moontapd */
#include "cli/service_client.h"
#include "base/bytes.h"
#include "base/tokens.h"
#include "cli/service_link.h"
#include "cli/status_parts.h"
#include "cli/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* With options that the interface does not have, the program does it by itself, as far as it
 * can. */
static bool may_ask(const struct mt_cli *c)
{
	static const char *const known[] = { "json", "sh",	 "no-header",
					     "name", "if-known", "verbose" };

	for (int i = 0; mt_options[i].name; i++) {
		bool is_known = !(c->given >> i & 1);

		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			is_known |= !strcmp(known[k], mt_options[i].name);
		if (!is_known)
			return false;
	}
	return !mt_can_change_network();
}

static int finish(struct mt_service *s, int status)
{
	mt_service_close(s);
	return status;
}

/* Return: 0, or the exit status after printing why. */
static int take_nics(struct mt_cli *c, struct mt_varlink_params *to)
{
	for (int i = 1; i < c->n; i++)
		if (!mt_remote_takes_nic(c->args[i]))
			return mt_cli_usage(c, "moontapd takes NICs by their number: not '%s'",
					    c->args[i]);
	to->nics = c->n > 1 ? (const char *const *)c->args + 1 : NULL;
	return 0;
}

/* @text: to be freed. Return: 0, or the exit status after printing why. */
static int read_file(struct mt_cli *c, const char *file, char **text)
{
	struct mt_source source;
	struct mt_err e;
	size_t n;
	int status = mt_cli_source(c, file, &source), err;

	if (status)
		return status;
	err = mt_read_all(source.fd, MT_MESSAGE_MAX, text, &n);
	if (!err && strlen(*text) != n)
		err = -EILSEQ;
	mt_cli_close_source(&source);
	if (!err)
		return 0;
	mt_fail(&e, -err, "xml", file, NULL);
	e.blame = MT_BLAME_INPUT;
	return mt_cli_error(c, NULL, &e);
}

/* --- plan, up --------------------------------------------------------------------------------- */

static int call_up(struct mt_service *s, const struct mt_varlink_call *call, const char *guest)
{
	struct mt_varlink_reply reply = { 0 };
	int status = mt_service_call(s, call, guest, &reply);
	struct mt_outcome warned = { .name = reply.guest,
				     .warnings = (const char *const *)reply.warnings };

	if (status)
		return status;
	while (warned.warnings[warned.nwarnings])
		warned.nwarnings++;
	mt_cli_warnings(s->c, &warned);
	if (!s->c->json)
		mt_print_nics(s->c, reply.guest, reply.nics, stdout);
	return 0;
}

bool mt_service_up(struct mt_cli *c, bool dry, int *status)
{
	struct mt_varlink_call call = { .method = dry ? MT_CALL_PLAN : MT_CALL_UP };
	bool file = mt_cli_is_file(c, c->args[0]);
	struct mt_service s;
	char *xml = NULL;

	if (!may_ask(c) || !mt_service_open(c, &s))
		return false;
	*status = take_nics(c, &call.params);
	if (!*status && file)
		*status = read_file(c, c->args[0], &xml);
	call.params.xml = xml;
	call.params.name = file ? NULL : c->args[0];
	if (!*status)
		*status = call_up(&s, &call, file ? "" : c->args[0]);
	free(xml);
	*status = finish(&s, *status);
	return true;
}

/* --- down ------------------------------------------------------------------------------------- */

/* A file means the guest that it describes: it is read here. */
static int name_of(struct mt_cli *c, struct mt_pool *p, const char **name)
{
	struct mt_event_params ask = { .request.want = 0 };
	struct mt_nic_filter which = { 0 };
	struct mt_engine g;
	struct mt_err e = { 0 };
	int status, err;

	*name = c->args[0];
	if (!mt_cli_is_file(c, c->args[0]))
		return 0;
	status = mt_cli_engine(c, &g);
	if (status)
		return status;
	status = mt_cli_source(c, c->args[0], &ask.request.source);
	err = status ? 0 : mt_guest_of(&g, &ask, p, &which, &e);
	*name = which.name;
	mt_cli_close_source(&ask.request.source);
	mt_engine_close(&g);
	return err ? mt_cli_error(c, NULL, &e) : status;
}

static int call_down(struct mt_service *s, const struct mt_varlink_call *call)
{
	struct mt_varlink_reply reply = { 0 };
	int status = mt_service_call(s, call, call->params.guest, &reply);
	char why[300];

	snprintf(why, sizeof why, "no guest %.200s of yours is connected", call->params.guest);
	if (!status && !*reply.nics && !*reply.guest && !s->c->if_known)
		return mt_cli_nobody(s->c, why);
	if (status || s->c->json)
		return status;
	if (!*reply.nics) {
		mt_print_text(stdout, "nothing of '%s' is connected", call->params.guest);
		putchar('\n');
	}
	mt_print_nics(s->c, reply.guest, reply.nics, stdout);
	return 0;
}

bool mt_service_down(struct mt_cli *c, int *status)
{
	struct mt_varlink_call call = { .method = MT_CALL_DOWN };
	struct mt_service s;

	if (!may_ask(c) || !mt_service_open(c, &s))
		return false;
	*status = take_nics(c, &call.params) ?: name_of(c, &s.pool, &call.params.guest);
	if (!*status)
		*status = call_down(&s, &call);
	*status = finish(&s, *status);
	return true;
}

/* --- status ----------------------------------------------------------------------------------- */

static enum mt_nic_state state_of(const char *name)
{
	enum mt_nic_state s = 0;

	while (mt_nic_states[s].name && strcmp(mt_nic_states[s].name, name))
		s++;
	return mt_nic_states[s].name ? s : MT_NIC_UNREADABLE;
}

/* As mt_nic_link() said it. */
static void take_link(struct mt_nic_status *to, const char *link)
{
	bool tap = !strcmp(link, "in use") || !strcmp(link, "idle");

	to->here = *link;
	to->device.up = strcmp(link, "down");
	to->device.carrier = !strcmp(link, "up") || !strcmp(link, "in use");
	to->device.is = tap ? MT_DEVICE_TAP : 0;
}

static struct mt_value text(const char *s)
{
	return (struct mt_value){ .state = *s ? MT_SET : MT_UNSET, .text = s };
}

static struct mt_nic_status status_of(const struct mt_varlink_status *from, struct mt_pool *p)
{
	struct mt_nic_status to = { .state = state_of(from->state),
				    .driver = from->driver,
				    .guest = from->guest,
				    .uuid = from->uuid,
				    .mac = from->mac,
				    .type = "ethernet",
				    .index = from->index,
				    .unmanaged = from->unmanaged };
	struct mt_record *h = &to.journal.header;

	snprintf(to.dev, sizeof to.dev, "%s", from->dev);
	snprintf(to.device.name, sizeof to.device.name, "%s", from->dev);
	snprintf(to.device.master, sizeof to.device.master, "%s", from->master);
	take_link(&to, from->link);
	while (from->drift[to.ndrift])
		to.ndrift++;
	to.drift = mt_pool_alloc(p, (to.ndrift + 1) * sizeof *to.drift);
	for (size_t i = 0; to.drift && i < to.ndrift; i++)
		to.drift[i] = from->drift[i];
	if (!to.drift)
		to.ndrift = 0;
	if (!from->since)
		return to;
	h->kind = &mt_header_kind;
	mt_record_put(h, MT_HEADER_DEV, mt_name_from(to.dev));
	mt_record_put(h, MT_HEADER_SINCE, mt_uint(from->since));
	mt_record_put(h, MT_HEADER_BY, text(from->by));
	mt_record_put(h, MT_HEADER_POLICY, text(from->policy));
	mt_record_put(h, MT_HEADER_CHECKSUM, text(from->checksum));
	return to;
}

static int show_status(struct mt_cli *c, const struct mt_varlink_reply *reply, struct mt_pool *p)
{
	struct mt_nic_status *nics;
	struct mt_table t;
	struct mt_err e;
	size_t n = 0;

	while (reply->status[n])
		n++;
	nics = mt_pool_alloc(p, (n + 1) * sizeof *nics);
	if (!nics)
		return mt_fail(&e, ENOMEM, "status", "", NULL), mt_cli_error(c, NULL, &e);
	for (size_t i = 0; i < n; i++)
		nics[i] = status_of(reply->status[i], p);
	mt_status_table(&t, nics, n, p);
	t.no_header = c->no_header;
	return mt_print_table(c, &t, c->n ? "nothing of it is connected" : "nothing is connected",
			      stdout);
}

bool mt_service_status(struct mt_cli *c, int *status)
{
	struct mt_varlink_call call = { .method = MT_CALL_STATUS };
	struct mt_varlink_reply reply = { 0 };
	struct mt_service s;

	if (!may_ask(c) || !mt_service_open(c, &s))
		return false;
	call.params.guest = c->n ? c->args[0] : NULL;
	*status = mt_service_call(&s, &call, c->n ? c->args[0] : "", &reply);
	if (!*status && !c->json)
		*status = show_status(c, &reply, &s.pool);
	*status = finish(&s, *status);
	return true;
}

/* --- libvirt's hook --------------------------------------------------------------------------- */

bool mt_service_may_hook(const struct mt_cli *c, const char *operation)
{
	return (!strcmp(operation, "prepare") || !strcmp(operation, "release")) && may_ask(c);
}

/* What was connected is no news to libvirt, whose hook prints nothing but XML. */
bool mt_service_hook(struct mt_cli *c, const char *guest, const char *operation, const char *xml,
		     int *status)
{
	bool begins = !strcmp(operation, "prepare");
	struct mt_varlink_call call = { .method = begins ? MT_CALL_UP : MT_CALL_DOWN };
	struct mt_varlink_reply reply = { 0 };
	struct mt_service s;

	if (!mt_service_open(c, &s))
		return false;
	call.params.guest = begins ? NULL : guest;
	call.params.name = begins ? guest : NULL;
	call.params.xml = begins ? xml : NULL;
	*status = finish(&s, mt_service_call(&s, &call, guest, &reply));
	return true;
}
