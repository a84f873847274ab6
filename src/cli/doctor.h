/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor.h - what keeps guests off the network: a table of checks, and what they share
 *
 * A check looks and changes nothing. What it finds it says by mt_doctor_found(), as often as it
 * finds something. All paths are below a root, so that a check can be tried on a made-up host.
 */
#ifndef MT_CLI_DOCTOR_H
#define MT_CLI_DOCTOR_H

#include "cli/cli.h"
#include "domain/facts.h"
#include "engine/look.h"

#include <limits.h>

struct mt_doctor {
	struct mt_cli *c;
	struct mt_engine *g;
	struct mt_pool *p;
	const char *root;	  /* "": this host's */
	const char *file;	  /* GUEST.xml; NULL: none was named */
	struct mt_outcome policy; /* its top level: what it allows */
	struct mt_err policy_error;
	struct mt_outcome plan; /* of the guest, if one was named: a dry run */
	struct mt_err plan_error;
	const struct mt_fact *facts; /* of the guest; NULL: none, or it could not be read */
	struct mt_device *devices;
	size_t ndevices;
	struct mt_nic_look *nics; /* connected, or remembered */
	size_t nnics;
	/* of the check that runs */
	const struct mt_check *check;
	void (*found)(struct mt_doctor *d, const char *what, const char *todo);
	unsigned nfound;
	long long tally; /* what it counts, or keeps, while it looks */
};

enum {
	MT_CHECK_LIBVIRT = 1, /* only where libvirt is installed */
	MT_CHECK_GUEST = 2,   /* only with a guest's document */
};

struct mt_check {
	const char *name; /* "bridge down": what is wrong when it finds something */
	const char *why;  /* it matters */
	const char *todo; /* what to do, unless what was found says it better */
	void (*look)(struct mt_doctor *d);
	unsigned needs;
};

/** mt_checks - all of them, ended by a NULL name: doctor_checks.c */
extern const struct mt_check mt_checks[];

/** mt_doctor_found() - say what was found; @todo NULL: what the check's row says */
void mt_doctor_found(struct mt_doctor *d, const char *todo, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** mt_doctor_path() - a path of the host's, below the root. Returns @buf. */
const char *mt_doctor_path(const struct mt_doctor *d, const char *path, char buf[static PATH_MAX]);

/** mt_doctor_read() - a small file's text in the doctor's pool; NULL: it is not there */
const char *mt_doctor_read(struct mt_doctor *d, const char *path);

/** mt_doctor_device() - one of the host's devices by name; NULL: there is none */
const struct mt_device *mt_doctor_device(const struct mt_doctor *d, const char *name);

/** mt_doctor_named() - calls @each for each link that the policy's top level named */
void mt_doctor_named(struct mt_doctor *d, void (*each)(struct mt_doctor *d, const char *link));

/* doctor_files.c: the policy, libvirt's folders, other programs' files */
void mt_check_policy_missing(struct mt_doctor *d);
void mt_check_policy_file(struct mt_doctor *d);
void mt_check_policy_loads(struct mt_doctor *d);
void mt_check_hook_installed(struct mt_doctor *d);
void mt_check_hook_executable(struct mt_doctor *d);
void mt_check_hook_noticed(struct mt_doctor *d);
void mt_check_hook_strays(struct mt_doctor *d);
void mt_check_confined(struct mt_doctor *d);
void mt_check_denials(struct mt_doctor *d);

/* doctor_others.c: other programs */
void mt_check_network_manager(struct mt_doctor *d);
void mt_check_networkd(struct mt_doctor *d);

/* doctor_host.c: the kernel's side */
void mt_check_tun(struct mt_doctor *d);
void mt_check_link_missing(struct mt_doctor *d);
void mt_check_bridge_down(struct mt_doctor *d);
void mt_check_bridge_delay(struct mt_doctor *d);
void mt_check_bridge_mac(struct mt_doctor *d);
void mt_check_bridge_netfilter(struct mt_doctor *d);
void mt_check_leftover_tap(struct mt_doctor *d);
void mt_check_leftover_journal(struct mt_doctor *d);
void mt_check_drift(struct mt_doctor *d);
void mt_check_last_run(struct mt_doctor *d);

/* doctor_guest.c: a guest's document, and what its plan needs */
void mt_check_guest_reads(struct mt_doctor *d);
void mt_check_device_name(struct mt_doctor *d);
void mt_check_guest_plan(struct mt_doctor *d);
void mt_check_queues(struct mt_doctor *d);
void mt_check_kernel_fields(struct mt_doctor *d);

#endif
