/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy.h - run a policy in its sandbox; its answer is lines of text
 *
 * The lines, each ended by \n, words escaped as in base/tokens.h:
 *
 * - `allow link=br0`, `allow prefix=10.0.0.0/8`, `allow table=100`: what plans may use; only from
 *   the top level; a device that a hook's option names has `option=bridge`, too; what is for a
 *   user's plans has the word of a grant, `grant=hook1`
 * - `allow user=alice dev=al-* grant=hook1`: a user who may have plans; with `all=true` whatever
 *   root's may use
 * - `nic index=1 decision=unmanaged dev=mytap0 mac=…`: each NIC, in order; without a decision when
 *   decide() made none, without what is not known
 * - `at place=policy.lua:12`: where the records after it were declared
 * - `link name=mytap0 up=true`: a record of the NIC above, as mt_record_print() writes it; but a
 *   user or group that the policy names is still a name, for the applier to look up; last may come
 *   `default=mtu,user`: fields that give way to other declarations
 * - `log text=…`: for the log
 * - `warn text=…`: for the log, and for people
 * - `refuse at=policy.lua:9 text=…`: the policy's veto; nothing follows
 * - `error code=3 at=policy.lua:7 text=…`: the policy failed; code is the exit status 3 or 5;
 *   nothing follows
 * - `skip code=3 at=policy.lua:7 text=…`: the same, but of connect_other(): no error for the guest
 */
#ifndef MT_POLICY_POLICY_H
#define MT_POLICY_POLICY_H

#include "base/kind.h"

struct mt_fact;
struct mt_policy;

struct mt_policy_options {
	size_t memory;	       /* bytes that the Lua state may have; 0: 64 MiB */
	bool sysctl_read_only; /* /proc/sys is read-only: tap() declares no conf{} by itself */
	unsigned
		bridge_netfilter; /* MT_NETFILTER_*: what all bridges pass to the host's firewall */
	struct mt_host *host;	  /* what host.link() and the others read; NULL: they fail */
	bool host_later;	  /* mt_policy_go_on() will give it */
	/* fields that the kernel does not have, of @nnotes objects */
	const struct mt_record *notes;
	size_t nnotes;
	/* both as in struct mt_eval_request */
	const char *const *leases;
	unsigned attempt;
	/* a hook's source by name: 0 with @text (@n bytes, borrowed until the policy is closed) and
	 * @path for messages; -errno with @e */
	int (*hook)(void *data, const char *name, const char **text, size_t *n, const char **path,
		    struct mt_err *e);
	/* takes one line, \n included; -errno: the answer grew too long, or cannot be written */
	int (*say)(void *data, const char *line, size_t n);
	void *data;
};

/**
 * mt_policy_open() - open a Lua state with the sandbox and the policy language
 * @p:		out: for mt_policy_close(), which accepts NULL; NULL on failure
 *
 * Return: 0; -ENOMEM; or -ENOEXEC: this liblua does not load moontap's compiled Lua.
 */
int mt_policy_open(const struct mt_policy_options *o, struct mt_policy **p, struct mt_err *e);
void mt_policy_close(struct mt_policy *p);

/**
 * mt_policy_load() - compile a policy's text and run its top level
 *
 * Return: 0, or -errno after a line refuse or error (@e has the same).
 */
int mt_policy_load(struct mt_policy *p, const char *text, size_t n, const char *path,
		   struct mt_err *e);

/**
 * mt_policy_lacks() - why a policy that is loaded connects nothing, whatever the guest
 * @text:	out, @n bytes: "": it has a connect()
 * @meant:	out: it has decide() or connect_other(), and may lack connect() on purpose
 *
 * Return: as mt_policy_load().
 */
int mt_policy_lacks(struct mt_policy *p, char *text, size_t n, bool *meant, struct mt_err *e);

/** mt_policy_go_on() - give the host to a policy that was loaded without one, with host_later
 * @notes:	as struct mt_policy_options has them; borrowed until the policy is closed
 */
void mt_policy_go_on(struct mt_policy *p, struct mt_host *host, const struct mt_record *notes,
		     size_t nnotes);

/** mt_policy_leases() - leases and attempt of struct mt_policy_options, for a policy that is loaded;
 * borrowed until the policy is closed */
void mt_policy_leases(struct mt_policy *p, const char *const *leases, unsigned attempt);

/** mt_policy_asked_host() - whether the policy has asked for the host, by host.KIND(). When its top
 * level did before there was one, what it said is of no use, and it must be loaded again. */
bool mt_policy_asked_host(const struct mt_policy *p);

/**
 * mt_policy_ask() - decide for every NIC, and connect those that are wanted and of type='ethernet'
 * @facts:	{ domain = {...}, nics = {...} } as domain/facts.h builds it
 * @wanted:	@nwanted indexes (from 1) of NICs whose connect() runs; the others only decide
 *
 * Return: 0, or -errno after a line refuse or error.
 */
int mt_policy_ask(struct mt_policy *p, const struct mt_fact *facts, const int *wanted,
		  size_t nwanted, struct mt_err *e);

/**
 * mt_policy_ask_other() - connect the wanted NICs of other types, after mt_policy_ask()
 *
 * libvirt creates their devices, and they work without moontap: a policy that fails here, or does
 * not stop, ends with a line `skip` and no error.
 *
 * Return: 0, or -errno after a line refuse.
 */
int mt_policy_ask_other(struct mt_policy *p, struct mt_err *e);

/** mt_policy_interrupt() - stop the running policy, with a line error; for a signal handler */
void mt_policy_interrupt(struct mt_policy *p);

#endif
