/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ovsdb.h - Open vSwitch's database, as the applier uses it: ports are listed, added, changed, deleted
 *
 * RFC 7047: JSON-RPC over a unix socket. Below json/ is a module, which links jansson; it is loaded,
 * and connected, when a record needs it. One question at a time; each has a deadline. The process
 * that runs policies has this code, too, and can use none of it: it may open no socket. It must not
 * be given one: whoever holds a connection may write the whole database.
 */
#ifndef MT_OVSDB_OVSDB_H
#define MT_OVSDB_OVSDB_H

#include "base/kind.h"

#define MT_OVSDB_MS	    5000	/* until a question is answered */
#define MT_OVSDB_ANSWER_MAX (16u << 20) /* bytes */

/* Rows of a database: their references are uuids. */
extern const struct mt_realm mt_realm_ovsdb;

struct mt_ovsdb_link;

/* What settle() of a port waits for. */
struct mt_ovs_wait {
	uint32_t ifindex;     /* of its device */
	int64_t ms;	      /* until it is bound */
	int64_t installed_ms; /* until OVN has installed it; 0: do not wait */
};

/* How needs() of a port learns what will be of another one: see kind.h. */
struct mt_ovs_plan {
	mt_will will;
	void *data;
};

/* An interface, as ovs-vswitchd reports it; texts are "" where there is none. */
struct mt_ovs_interface {
	const char *name, *owner, *iface_id, *error;
	bool earlier; /* moontap put it there before this boot */
};

struct mt_ovs_report {
	const char *version;	   /* "3.1.0" */
	int64_t next_cfg, cur_cfg; /* what was asked for, and what ovs-vswitchd has done */
	struct mt_ovs_interface *interfaces;
	size_t n;
};

/* The module exports this struct as mt_ovsdb. Functions return 0 or -errno with @e filled:
 * -ENOTCONN: no server runs; -EACCES: this process may not ask it; -ECONNRESET: it ended meanwhile;
 * -ETIMEDOUT: it does not answer, and may do what it was asked for later; -EPROTO: it answers no
 * JSON; -EINVAL: it refused. */
struct mt_ovsdb {
	/* A connection that is opened by the first question. NULL: no memory. */
	struct mt_ovsdb_link *(*open)(const char *path);
	void (*close)(struct mt_ovsdb_link *l);
	/* list() of kind ovs_port. -EEXIST also: the port that the filter names is not moontap's. */
	int (*list)(struct mt_ovsdb_link *l, const struct mt_record *filter, mt_each each,
		    void *data, struct mt_err *e);
	/* put() of kind ovs_port. */
	int (*put)(struct mt_ovsdb_link *l, enum mt_op op, const struct mt_record *r,
		   struct mt_err *e);
	/* Wait until ovs-vswitchd has taken @r's device, as @r says. */
	int (*settle)(struct mt_ovsdb_link *l, const struct mt_record *r,
		      const struct mt_ovs_wait *wait, struct mt_err *e);
	/* Whether what @r depends on is there: -ENOENT: there is no such bridge; -EBUSY: its
	 * iface_id is another's, and will be. */
	int (*needs)(struct mt_ovsdb_link *l, const struct mt_record *r,
		     const struct mt_ovs_plan *plan, struct mt_err *e);
	/* Whether @r's name is free for it: -EEXIST. */
	int (*clash)(struct mt_ovsdb_link *l, const struct mt_record *r, struct mt_err *e);
	/* The device's name of the port @r->ref, into @r; or the reference of the row of that name
	 * and owner, which was inserted later. -ENODEV: it is gone. */
	int (*locate)(struct mt_ovsdb_link *l, struct mt_record *r, struct mt_err *e);
	/* What ovs-vswitchd has made of the port @r, for people: "ofport 5", "not taken"; "": there
	 * is none */
	int (*state)(struct mt_ovsdb_link *l, const struct mt_record *r, char *text, size_t n,
		     struct mt_err *e);
	/* What there is, for doctor; in @p. */
	int (*report)(struct mt_ovsdb_link *l, struct mt_pool *p, struct mt_ovs_report *report,
		      struct mt_err *e);
	/* Whether a port of this name waits for a device: -EEXIST. One that moontap left before
	 * this boot counts as none; @really: all of these are deleted. */
	int (*vacate)(struct mt_ovsdb_link *l, const char *name, bool really, struct mt_err *e);
};

/** mt_ovsdb_of() - the module, and @h's connection
 * @l:	out: borrowed from @h
 *
 * Nothing is sent. Return: 0 or -errno with @e filled: the module cannot be loaded. */
int mt_ovsdb_of(struct mt_host *h, const struct mt_ovsdb **m, struct mt_ovsdb_link **l,
		struct mt_err *e);

/** mt_ovsdb_is_there() - whether there is a socket, without asking anybody */
bool mt_ovsdb_is_there(struct mt_host *h);

#endif
