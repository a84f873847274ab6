/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bridge_helper.c - moontap-bridge-helper: a user's QEMU asks for a bridge, and gets an open tap
 *
 * QEMU runs its helper with one end of a socket, and takes a descriptor that comes with one byte:
 * QEMU's net/tap.c net_bridge_run_helper(), recv_fd(). It waits for the helper's end.
 */
#include "cli/cli.h"
#include "base/descriptors.h"
#include "cli/service_link.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int complain(const struct mt_cli *c, int code, const char *why)
{
	struct mt_err e;

	mt_fail(&e, code, "tap", c->br, "%s", why);
	return mt_cli_error(c, NULL, &e);
}

/* Return: the exit status. @tap: out: -1: none */
static int ask(struct mt_cli *c, int *tap)
{
	const struct mt_varlink_call call = {
		.method = MT_CALL_OPEN_TAP, .params = { .bridge = c->br, .vnet_hdr = c->use_vnet }
	};
	struct mt_varlink_reply reply = { 0 };
	struct mt_service s;
	int status;

	if (!mt_service_open(c, &s))
		return complain(c, ENOTCONN,
				"moontapd does not answer; as root: systemctl enable --now "
				"moontap.socket");
	s.remote.messages.descriptor = tap;
	status = mt_service_call(&s, &call, NULL, &reply);
	mt_service_close(&s);
	return status || *tap >= 0 ? status : complain(c, EPROTO, "no descriptor came");
}

int mt_command_bridge_helper(struct mt_cli *c)
{
	char *end;
	long to = c->fd ? strtol(c->fd, &end, 10) : -1;
	int tap = -1, status, err;

	if (!c->br || !c->fd || !*c->fd || *end || to < 0 || to > 0xffff)
		return mt_cli_usage(c, "--br=BRIDGE and --fd=N are needed: QEMU calls it");
	status = ask(c, &tap);
	if (status)
		return status;
	err = mt_send_descriptors((int)to, "", 1, &tap, 1);
	close(tap);
	return err ? complain(c, -err, "QEMU does not take it") : 0;
}
