/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ovn_controller.c - what this host's ovn-controller says of itself and of a logical port
 *
 * It answers commands on a socket of its own, as JSON-RPC: ovs-appctl(8), ovn-controller(8). These
 * are words for people: one command is for debugging only, and nothing is decided by its answer.
 */
#include "ovsdb/json/ovn_controller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN_DIR	  "/run/ovn" /* Debian's; ovn-controller(8) OVN_RUNDIR */
#define ANSWER_MS 1000

static int read_pid(void)
{
	FILE *f = fopen(RUN_DIR "/ovn-controller.pid", "re");
	int pid = 0;

	if (f && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

/* Its answer to a command without arguments, owned by the caller. NULL: none. */
static json_t *answer(struct mt_ovsdb_link *l, const char *command)
{
	json_t *result;
	struct mt_err ignored;

	if (mt_ovsdb_call(l, command, json_array(), true, ANSWER_MS, &result, &ignored))
		return NULL;
	if (json_is_string(result))
		return result;
	json_decref(result);
	return NULL;
}

/* How many logical ports of the Southbound database are bound to @port, or would be if they were
 * for this chassis: "name: [PORT], OVS interface name : [tap0], num binding lports : [1]". -1: it
 * says nothing of it. */
static int bindings_of(const char *text, const char *port)
{
	char name[160];
	const char *at, *end;
	int n;

	snprintf(name, sizeof name, "name: [%.128s], ", port);
	at = strstr(text, name);
	end = at ? strchr(at, '\n') : NULL;
	at = at ? strstr(at, "num binding lports : [") : NULL;
	return at && (!end || at < end) && sscanf(at, "num binding lports : [%d]", &n) == 1 ? n
											    : -1;
}

static void of_port(struct mt_ovsdb_link *l, const struct mt_ovn_chassis *c, const char *port,
		    char *why, size_t n)
{
	json_t *all = answer(l, "debug/dump-local-bindings");
	int bindings = all ? bindings_of(json_string_value(all), port) : -1;

	json_decref(all);
	if (!bindings)
		snprintf(why, n,
			 ": there is no logical switch port %.100s (ovn-nbctl show), or its "
			 "iface-id-ver is another",
			 port);
	else if (bindings > 0)
		snprintf(why, n,
			 ": %.100s is there, and not for this chassis (%.60s): "
			 "options:requested-chassis",
			 port, c->system_id);
}

void mt_ovn_controller_why(const struct mt_ovn_chassis *c, const char *port, char *why, size_t n)
{
	char path[64];
	struct mt_ovsdb_link l = { .path = path, .fd = -1 };
	json_t *status;
	int pid = read_pid();

	*why = 0;
	snprintf(path, sizeof path, RUN_DIR "/ovn-controller.%d.ctl", pid);
	status = pid ? answer(&l, "connection-status") : NULL;
	if (!status)
		snprintf(why, n, ": ovn-controller does not run, or does not answer");
	else if (strncmp(json_string_value(status), "connected", 9))
		snprintf(why, n, ": ovn-controller has no connection to %.100s", c->remote);
	else
		of_port(&l, c, port, why, n);
	json_decref(status);
	mt_ovsdb_disconnect(&l);
	free(l.buf);
}
