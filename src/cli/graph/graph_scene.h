/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_scene.h - what is in the picture of `moontap graph` */
#ifndef MT_CLI_GRAPH_GRAPH_SCENE_H
#define MT_CLI_GRAPH_GRAPH_SCENE_H

#include "engine/nic_status.h"

#include <stdio.h>

/* A line of text, in the scene's pool. */
struct mt_line {
	struct mt_line *next;
	const char *text;
	bool ours; /* moontap has put it there */
};

/* A device. */
struct mt_scene_link {
	const struct mt_device *d;
	bool shown;
	bool ours;   /* moontap created it */
	bool of_nic; /* it is a NIC's, perhaps of a guest that is not drawn */
	struct mt_line *addresses, *drift;
	const char *meant; /* the master that moontap gave it and it has lost; NULL: none */
	unsigned hidden;   /* ports of it that are not shown */
};

struct mt_scene_nic {
	const struct mt_nic_status *status;
	struct mt_scene_link *link; /* NULL: there is no device */
	struct mt_line *rules;	    /* what nftables does for it */
	struct mt_line *drift;	    /* of what is on no device that is there */
};

/* One guest's NICs, next to each other. */
struct mt_scene_guest {
	const struct mt_scene_nic *nics;
	size_t n;
};

struct mt_scene {
	struct mt_pool *p;
	struct mt_scene_link *links; /* by ifindex */
	size_t nlinks;
	struct mt_scene_nic *nics; /* by guest */
	size_t nnics;
	struct mt_scene_guest *guests;
	size_t nguests;
};

/**
 * mt_scene_build() - collect some NICs, their devices, and the devices these lead to
 * @looks:	the NICs, from mt_nics_inspect(); borrowed as long as @s is used
 * @s:		out: in @p
 *
 * Changes nothing. Return: 0, or -errno with @e filled.
 */
int mt_scene_build(struct mt_engine *g, struct mt_nic_status *looks, size_t n, struct mt_pool *p,
		   struct mt_scene *s, struct mt_err *e);

/** mt_scene_link() - a device of the scene by its name; NULL: there is none */
struct mt_scene_link *mt_scene_link(const struct mt_scene *s, const char *name);

/** mt_scene_draw() - write the scene in Graphviz's language, DOT */
void mt_scene_draw(const struct mt_scene *s, FILE *out);

/** mt_scene_is_wrong() - whether something of a NIC is not as moontap put it */
bool mt_scene_is_wrong(const struct mt_scene_nic *n);

#endif
