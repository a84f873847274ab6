/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* preload.h - preload.c for forks.c: what fails in a run is said when it begins */
#ifndef TORTURE_PRELOAD_H
#define TORTURE_PRELOAD_H

/*
 * torture_begin() - from now on calls are counted, and one fails
 * @words:	as preload.c says of TORTURE; NULL or empty: none does
 */
void torture_begin(const char *words);

#endif
