/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu.h - what a QEMU's command line says of its guest
 *
 * A hint, and no more: QEMU does not check that a name is nobody else's, and whoever starts it may
 * choose any.
 */
#ifndef MT_ENGINE_QEMU_H
#define MT_ENGINE_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mt_qemu {
	char name[256]; /* -name; "": it has none */
	char uuid[37];	/* -uuid, in lower case; "" */
	char mac[18]; /* mac= of the NIC that a tap is for, in lower case; "": it cannot be told */
};

/**
 * mt_qemu_option() - the value of a key: of "guest=web,debug-threads=on"; of "web,…", where the
 * first key may be left out
 * @implied:	that key; NULL: none may
 * @value:	out: at most @n bytes with its NUL
 *
 * Two commas are one, and the last value counts: QEMU's util/keyval.c, util/qemu-option.c.
 * Return: whether it is there.
 */
bool mt_qemu_option(const char *options, const char *implied, const char *key, char *value,
		    size_t n);

/**
 * mt_qemu_of() - what the QEMU with a process's id says of its guest, and of a tap's NIC
 * @pid:	0: none
 *
 * Return: whether it is a QEMU, by its program's name; @q is filled in either case.
 */
bool mt_qemu_of(pid_t pid, const char *tap, struct mt_qemu *q);

#endif
