/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor.h - what keeps guests off the network: a table of checks, and what they share
 *
 * A check only reads, but for the one that deletes journals of which nothing is left. It reports
 * each finding by mt_doctor_found(). All of the host's paths are below a root, so that a check can
 * be tried on a made-up host.
 */
#ifndef MT_CLI_DOCTOR_DOCTOR_H
#define MT_CLI_DOCTOR_DOCTOR_H

#include "cli/cli.h"
#include "cli/level.h"
#include "cli/table.h"
#include "domain/facts.h"
#include "engine/nic_status.h"

#include <limits.h>

struct mt_doctor {
	struct mt_cli *c;
	struct mt_engine g;
	struct mt_pool p;
	const char *root;  /* before each path; "": this host */
	const char *file;  /* GUEST.xml; NULL: none was named */
	const char *guest; /* whose NICs are checked; NULL: all guests' */
	unsigned only;	   /* run only checks whose needs have all these bits */
	/* what was read, once for all checks */
	struct mt_outcome policy; /* its top level: what it allows */
	struct mt_err policy_error;
	struct mt_outcome plan; /* of the guest, if one was named: a dry run */
	struct mt_err plan_error;
	bool explained;		     /* another check has reported why there is no plan */
	const struct mt_fact *facts; /* of the guest; NULL: none, or it could not be read */
	struct mt_device *devices;
	size_t ndevices;
	struct mt_nic_status *nics; /* connected, or remembered */
	size_t nnics;
	uint64_t now;	       /* seconds since 1970, when both were read */
	const char **suspects; /* what was not well each time: doctor_steady.c */
	size_t nsuspects;
	/* of the check that runs */
	const struct mt_check *check;
	const char *todo;      /* replaces the check's todo, unless NULL */
	struct mt_table found; /* a row for each finding, of all checks */
	enum mt_level worst;
	unsigned checked, bad; /* checks */
};

enum {
	MT_CHECK_LIBVIRT = 1, /* only where libvirt is installed */
	MT_CHECK_GUEST = 2,   /* only with a guest's document */
	MT_CHECK_ROOT = 4,    /* only with CAP_NET_ADMIN */
	MT_CHECK_STATUS = 8,  /* run by `status --check`, too */
};

struct mt_check {
	enum mt_level level; /* of its findings, but for mt_doctor_found_at()'s */
	const char *name;    /* "bridge down": what is wrong when it finds something */
	const char *why;     /* why it matters */
	const char *todo;    /* what to do; @: the subject of the finding, quoted for sh */
	void (*run)(struct mt_doctor *d);
	unsigned needs;
};

/** mt_checks - all of them, ended by a NULL name: doctor_checks.c */
extern const struct mt_check mt_checks[];

/** mt_doctor_found() - report a finding of the check that runs
 * @subject:	replaces each @ in the check's todo: a device, file or guest; NULL: it has no @ */
void mt_doctor_found(struct mt_doctor *d, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** mt_doctor_found_at() - the same, at another level than the check's */
void mt_doctor_found_at(struct mt_doctor *d, enum mt_level level, const char *subject,
			const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The columns of what was found. */
enum { MT_FOUND_CHECK, MT_FOUND_LEVEL, MT_FOUND_WHAT, MT_FOUND_WHY, MT_FOUND_TODO };

/**
 * mt_doctor_open() - read, once, all that the checks use
 * @d:		c, file, guest and only filled, all else zeroed; to be closed by mt_doctor_close(),
 *		also after a failure
 *
 * Return: 0, or the exit status after printing why.
 */
int mt_doctor_open(struct mt_doctor *d);
void mt_doctor_close(struct mt_doctor *d);

/** mt_doctor_run() - run the checks
 * @after:	called after each check; may be NULL
 * @possible:	the check was run; false: what it needs is not there
 * @first:	its first finding, which its others follow; NULL: it has none */
void mt_doctor_run(struct mt_doctor *d,
		   void (*after)(struct mt_doctor *d, bool possible, const struct mt_row *first));

/** mt_doctor_print() - print a check's findings for people, at most three of them
 * @first:	as in mt_doctor_run(), not NULL */
void mt_doctor_print(const struct mt_check *check, const struct mt_row *first);

/** mt_doctor_device() - one of the host's devices by name; NULL: there is none */
const struct mt_device *mt_doctor_device(const struct mt_doctor *d, const char *name);

/** mt_doctor_links() - call @each, once, for each link that the policy's top level names. A hook's
 * option counts if its name suggests a link, or if its value is one. */
void mt_doctor_links(struct mt_doctor *d, void (*each)(struct mt_doctor *d, const char *link));

/** mt_doctor_next_link() - the same links one by one
 * @after:	the one before; NULL: the first is wanted
 * Return: NULL: there is no more. */
const struct mt_allow *mt_doctor_next_link(const struct mt_doctor *d, const struct mt_allow *after);

/** mt_doctor_bridge() - read a bridge that the policy names. Return: false: it is none. */
bool mt_doctor_bridge(struct mt_doctor *d, const char *link, struct mt_record *r);

/** mt_doctor_passes() - whether the host's firewall sees what a bridge forwards
 * @tables:	"iptables", "ip6tables" */
bool mt_doctor_passes(struct mt_doctor *d, const struct mt_record *bridge, const char *tables);

/** mt_doctor_field() - a number of a record, by its field's name */
static inline uint64_t mt_doctor_field(const struct mt_record *r, const char *name)
{
	return r->v[mt_kind_field(r->kind, name)].u;
}

/* --- what passes by itself is no finding: doctor_steady.c ------------------------------------- */

/** mt_doctor_inspect() - read devices and NICs; while something is not well again, for up to 3 s
 *
 * Return: 0, or -errno with @e filled. */
int mt_doctor_inspect(struct mt_doctor *d, struct mt_err *e);

/** mt_doctor_nic() - how bad a NIC's state is; MT_WELL, unless it was not well each time
 * @why:	out, as mt_level_of() */
enum mt_level mt_doctor_nic(const struct mt_doctor *d, const struct mt_nic_status *l, char *why,
			    size_t n);

/** mt_doctor_unknown() - whether a device, each time, belonged to no known NIC */
bool mt_doctor_unknown(const struct mt_doctor *d, const struct mt_device *dev);

/* --- the host's files: doctor_read.c ---------------------------------------------------------- */

/** mt_doctor_path() - a path of the host's, below the root. Returns @buf. */
const char *mt_doctor_path(const struct mt_doctor *d, const char *path, char buf[static PATH_MAX]);

/** mt_doctor_is_there() - whether there is such a file or folder */
bool mt_doctor_is_there(const struct mt_doctor *d, const char *path);

/** mt_doctor_read() - a file's text in the doctor's pool, of a long one the last 256 KiB; NULL: it
 * cannot be opened */
const char *mt_doctor_read(struct mt_doctor *d, const char *path);

/** mt_doctor_files() - the files of some folders whose names match a pattern of fnmatch(3), sorted
 * by name across all folders
 * @folders:	NULL-ended
 * Return: NULL-ended, as paths without the root, in the doctor's pool. */
const char *const *mt_doctor_files(struct mt_doctor *d, const char *const *folders,
				   const char *pattern);

/* Loop over a text's lines. @line, an array of char, has each without its \n, cut to its size. */
#define mt_doctor_each_line(line, text)                                                      \
	for (const char *at_ = (text);                                                       \
	     *at_ && snprintf(line, sizeof line, "%.*s", (int)strcspn(at_, "\n"), at_) >= 0; \
	     at_ += strcspn(at_, "\n"), at_ += *at_ == '\n')

/** mt_doctor_holder() - the name of the guest whose QEMU has a tap open: doctor_holder.c
 * @pid:	out: of that QEMU
 * Return: "": it has no name; NULL: no QEMU has it. In the doctor's pool. */
const char *mt_doctor_holder(struct mt_doctor *d, const char *dev, char pid[static 17]);

/* --- the checks ------------------------------------------------------------------------------- */

/* doctor_policy.c: the files of the policy and its hooks */
void mt_check_privilege(struct mt_doctor *d);
void mt_check_evaluator_user(struct mt_doctor *d);
void mt_check_policy_missing(struct mt_doctor *d);
void mt_check_policy_file(struct mt_doctor *d);
void mt_check_policy_connects(struct mt_doctor *d);
void mt_check_policy_loads(struct mt_doctor *d);

/* doctor_libvirt.c: libvirt's hook scripts, and the daemons that run them */
void mt_check_libvirt_hook_installed(struct mt_doctor *d);
void mt_check_libvirt_hook_broken(struct mt_doctor *d);
void mt_check_libvirt_hook_executable(struct mt_doctor *d);
void mt_check_libvirt_hook_noticed(struct mt_doctor *d);
void mt_check_libvirt_hook_copies(struct mt_doctor *d);
void mt_check_libvirt_hook_twice(struct mt_doctor *d);

/* doctor_others.c: other programs that may be in the way */
void mt_check_network_manager(struct mt_doctor *d);
void mt_check_networkd(struct mt_doctor *d);
void mt_check_confined(struct mt_doctor *d);
void mt_check_denials(struct mt_doctor *d);

/* doctor_links.c: the devices that the policy names, as the kernel has them */
void mt_check_tun(struct mt_doctor *d);
void mt_check_link_missing(struct mt_doctor *d);
void mt_check_bridge_down(struct mt_doctor *d);
void mt_check_bridge_delay(struct mt_doctor *d);
void mt_check_bridge_mac(struct mt_doctor *d);
void mt_check_bridge_netfilter(struct mt_doctor *d);

/* doctor_vlans.c: VLANs, where the policy allows some */
void mt_check_vlan_filtering(struct mt_doctor *d);
void mt_check_vlan_default(struct mt_doctor *d);
void mt_check_vlan_uplink(struct mt_doctor *d);

/* doctor_vxlans.c: VXLANs of the policy's */
void mt_check_vxlan_mtu(struct mt_doctor *d);

/* doctor_reflection.c: guests that do not reach themselves */
void mt_check_reflection(struct mt_doctor *d);

/* doctor_ovs.c: Open vSwitch */
void mt_check_ovs_answers(struct mt_doctor *d);
void mt_check_ovs_error(struct mt_doctor *d);
void mt_check_ovs_leftover(struct mt_doctor *d);
void mt_check_ovs_iface_id(struct mt_doctor *d);

/* doctor_left.c: what moontap left behind, or did not reach */
void mt_check_leftover_tap(struct mt_doctor *d);
void mt_check_leftover_journal(struct mt_doctor *d);
void mt_check_unreadable_journal(struct mt_doctor *d);
void mt_check_namespaces(struct mt_doctor *d);
void mt_check_not_connected(struct mt_doctor *d);
void mt_check_nothing_declared(struct mt_doctor *d);
void mt_check_drift(struct mt_doctor *d);
void mt_check_mac_twice(struct mt_doctor *d);

/* doctor_stranger.c: taps in use of which moontap knows nothing */
void mt_check_stranger(struct mt_doctor *d);

/* doctor_runs.c: failed runs that no later run has mended */
void mt_check_last_run(struct mt_doctor *d);

/* doctor_guest.c: a guest's document, and what its plan needs */
void mt_check_guest_reads(struct mt_doctor *d);
void mt_check_device_name(struct mt_doctor *d);
void mt_check_queues(struct mt_doctor *d);
void mt_check_header(struct mt_doctor *d);
void mt_check_tun_access(struct mt_doctor *d);
void mt_check_kernel_fields(struct mt_doctor *d);
void mt_check_guest_plan(struct mt_doctor *d);

#endif
