/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* namespaces.h - other network namespaces of which something is kept */
#ifndef MT_CLI_NAMESPACES_H
#define MT_CLI_NAMESPACES_H

#include "cli/cli.h"
#include "plan/namespace.h"

#include <stdio.h>

/** mt_namespaces_show() - a line for each. Return: the exit status. */
int mt_namespaces_show(struct mt_cli *c, struct mt_engine *g, FILE *out);

/** mt_namespaces_drop_gone() - forget those that are gone
 * @dry:	only call @each
 * @each:	called for each of them; @error: NULL, or why it is still there
 * Return: 0 or -errno: they could not be read. */
int mt_namespaces_drop_gone(struct mt_engine *g, bool dry,
			    void (*each)(void *data, const struct mt_namespace *n,
					 const struct mt_err *error),
			    void *data, struct mt_err *e);

/** mt_namespaces_drop() - forget one by a person's word. Return: the exit status. */
int mt_namespaces_drop(struct mt_cli *c, const char *cookie);

#endif
