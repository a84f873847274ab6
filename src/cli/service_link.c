/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* service_link.c - a connection to moontapd for one subcommand, which prints what comes back */
#include "cli/service_link.h"

bool mt_service_open(struct mt_cli *c, struct mt_service *s)
{
	*s = (struct mt_service){ .c = c, .remote.stop = &mt_cli_stop };
	c->no_service = mt_remote_open(&s->remote, NULL) < 0;
	if (c->no_service)
		return false;
	s->remote.varlink = mt_varlink_load(c);
	if (!s->remote.varlink)
		mt_service_close(s);
	return s->remote.varlink;
}

void mt_service_close(struct mt_service *s)
{
	mt_remote_close(&s->remote);
	mt_pool_free(&s->pool);
}

int mt_service_call(struct mt_service *s, const struct mt_varlink_call *call, const char *guest,
		    struct mt_varlink_reply *reply)
{
	const struct mt_varlink *varlink = s->remote.varlink;
	struct mt_err e = { 0 };
	int err = mt_remote_call(&s->remote, call, &s->pool, reply, &e), status = 0;

	if (s->c->json && s->remote.text)
		status = mt_print_json(s->c, varlink,
				       varlink->show_reply(s->remote.text, s->remote.n), stdout);
	return err ? mt_cli_error(s->c, guest, &e) : status;
}
