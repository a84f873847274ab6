/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* by_service.c - moontap.h's events as calls of moontapd, and its replies as outcomes */
#include "engine/by_service.h"
#include "base/bytes.h"
#include "base/module.h"
#include "remote/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The socket's interface has up and down, and few words for each: what it cannot say must not be
 * taken for said. */
static int check(const struct moontap_event *ev, struct mt_err *e)
{
	bool up = !strcmp(ev->what, "up");
	const char *why = NULL;

	if (!up && strcmp(ev->what, "down"))
		why = "a service is asked for up and down only";
	else if (ev->flags & ~(unsigned)(up ? MOONTAP_DRY | MOONTAP_FD : 0))
		why = "a service is not asked for this flag";
	else if (ev->driver)
		why = "a service takes the driver from the XML";
	else if (up && !ev->xml && !(ev->flags & MOONTAP_FD))
		why = "there is no XML";
	else if (!up && !ev->guest)
		why = "a service needs the guest's name";
	for (const char *const *nic = ev->nics; !why && nic && *nic; nic++)
		if (!mt_remote_takes_nic(*nic))
			why = "a service takes NICs by their index";
	return why ? mt_misused(e, EINVAL, ev->what, why) : 0;
}

/* The XML as a text in @p. */
static int take_xml(const struct moontap_event *ev, struct mt_pool *p, const char **xml,
		    struct mt_err *e)
{
	char *text = NULL;
	size_t n = ev->xml_size;
	int err = ev->flags & MOONTAP_FD ? mt_read_all(ev->fd, MT_MESSAGE_MAX, &text, &n) : 0;

	if (!err && memchr(text ? text : ev->xml, 0, n))
		err = -EILSEQ;
	*xml = err ? NULL : mt_pool_copy(p, text ? text : ev->xml, n);
	free(text);
	if (!err && !*xml)
		err = -ENOMEM;
	if (err)
		mt_fail(e, -err, "xml", ev->guest, NULL);
	if (err == -EILSEQ || err == -EFBIG)
		e->blame = MT_BLAME_INPUT;
	return err;
}

static int make_call(const struct moontap_event *ev, struct mt_pool *p,
		     struct mt_varlink_call *call, struct mt_err *e)
{
	*call = (struct mt_varlink_call){ .method = MT_CALL_DOWN };
	call->params.nics = ev->nics && *ev->nics ? ev->nics : NULL;
	if (!strcmp(ev->what, "down")) {
		call->params.guest = ev->guest;
		return 0;
	}
	call->method = ev->flags & MOONTAP_DRY ? MT_CALL_PLAN : MT_CALL_UP;
	call->params.name = ev->guest;
	return take_xml(ev, p, &call->params.xml, e);
}

static int ask(struct moontap *m, const struct mt_varlink_call *call, struct mt_result *r,
	       struct mt_err *e)
{
	struct mt_remote to = { .stop = m->engine.o.stop };
	struct mt_varlink_reply reply = { 0 };
	const char *why = NULL;
	int err;

	to.varlink = mt_module_load("varlink", "mt_varlink", &why);
	if (!to.varlink)
		return mt_fail(e, ENOENT, "moontapd", m->service, "%s", why);
	err = mt_remote_open(&to, m->service);
	if (err)
		return mt_fail(e, -err, "moontapd", m->service, NULL);
	err = mt_remote_call(&to, call, &r->inside.pool, &reply, e);
	mt_remote_close(&to);
	if (err)
		return err;
	for (const char *const *line = reply.warnings; line && *line; line++) /* down has none */
		mt_log(&m->engine.o.log, LOG_WARNING, "%s", *line);
	r->face = (struct moontap_outcome){ .name = reply.guest, .uuid = "", .nics = reply.nics };
	return 0;
}

int mt_by_service(struct moontap *m, const struct moontap_event *ev, struct mt_result *r,
		  struct mt_err *e)
{
	struct mt_varlink_call call;

	return check(ev, e) || make_call(ev, &r->inside.pool, &call, e) || ask(m, &call, r, e)
		? -e->code
		: 0;
}
