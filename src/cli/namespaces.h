/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* namespaces.h - other network namespaces that the state directory has journals or records of */
#ifndef MT_CLI_NAMESPACES_H
#define MT_CLI_NAMESPACES_H

#include "cli/cli.h"
#include "plan/namespace.h"

#include <stdio.h>

/** mt_namespaces_show() - print a line for each. Return: the exit status. */
int mt_namespaces_show(struct mt_cli *c, struct mt_engine *g, FILE *out);

/** mt_namespaces_drop_gone() - delete the journals and records of those that are gone
 * @dry:	only call @each
 * @each:	called for each that is gone; @error: NULL, or why its files are still there
 *
 * Return: 0; -errno: the list could not be read. */
int mt_namespaces_drop_gone(struct mt_engine *g, bool dry,
			    void (*each)(void *data, const struct mt_namespace *n,
					 const struct mt_err *error),
			    void *data, struct mt_err *e);

/** mt_namespaces_drop() - delete the files of one that a person says is gone
 * @cookie:	as `status` prints it
 *
 * Return: the exit status. */
int mt_namespaces_drop(struct mt_cli *c, const char *cookie);

#endif
