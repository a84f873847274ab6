/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * namespace.h - each network namespace has a folder of its own in the state directory
 *
 * The one that made the state directory has the directory itself, every other netns/COOKIE/. A
 * symbolic link `namespace` in each says whose it is, COOKIE:DEVICE:INODE:PATH: the cookie, the
 * device and inode of /proc/PID/ns/net, and where the namespace is mounted, if that is known. (It
 * is a link since symlink(2) is atomic.) Only reconcile and down touch the folder of another
 * namespace, and only when that one is gone: its cookie cannot be asked from outside.
 */
#ifndef MT_PLAN_NAMESPACE_H
#define MT_PLAN_NAMESPACE_H

#include "plan/state.h"

struct mt_namespace {
	uint64_t cookie;
	uint64_t dev, inode; /* 0: unknown */
	char path[256];	     /* "/run/netns/blue"; "": unknown */
	bool home;	     /* it has the state directory itself */
	bool gone;	     /* its path is gone, or is another namespace's */
	size_t nics;	     /* how many have a journal, or the steps of a killed run */
	size_t guests;	     /* how many are remembered */
};

/**
 * mt_namespace_enter() - open the folder of @s->netns as @s->dir; -1: it does not exist
 * @root:	the state directory, open; the function closes it, or it becomes @s->dir
 * @create:	create the folder where it is missing
 *
 * An earlier version, without folders, wrote into the state directory itself: what names this
 * namespace there is moved into its new folder.
 * Return: 0 or -errno with @e filled.
 */
int mt_namespace_enter(struct mt_state *s, int root, bool create, struct mt_err *e);

/**
 * mt_namespace_list() - the other network namespaces of which something is kept
 * @s:		host, netns and path filled; it need not be open
 * @list:	out: in @p
 *
 * Return: 0 or -errno with @e filled.
 */
int mt_namespace_list(const struct mt_state *s, struct mt_pool *p, struct mt_namespace **list,
		      size_t *n, struct mt_err *e);

/** mt_namespace_drop() - delete what is kept of another namespace, which is gone
 * Return: 0; -EAGAIN: another moontap is at work in it; or another -errno with @e filled. */
int mt_namespace_drop(const struct mt_state *s, const struct mt_namespace *n, struct mt_err *e);

/** mt_namespace_name() - "network namespace 4711 (/run/netns/blue)", fit for a terminal. Returns
 * @buf. */
const char *mt_namespace_name(const struct mt_namespace *n, char *buf, size_t size);

#endif
