/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* module.h - load a module of this installation, when a run needs it */
#ifndef MT_BASE_MODULE_H
#define MT_BASE_MODULE_H

/** mt_module_load() - what lib/moontap/moontap-NAME.so exports as @symbol; it stays loaded
 * @why:	out: of a failure, dlerror(3)'s words
 *
 * Return: NULL: it cannot be loaded. */
const void *mt_module_load(const char *name, const char *symbol, const char **why);

#endif
