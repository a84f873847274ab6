/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu.h - what a QEMU's command line says of its guest
 *
 * It is only a hint: whoever starts a QEMU may choose any name, and QEMU does not check that no
 * other guest has it.
 */
#ifndef MT_ENGINE_QEMU_H
#define MT_ENGINE_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mt_qemu {
	char name[256]; /* -name; "": it has none */
	char uuid[37];	/* -uuid, in lower case; "": it has none */
	char mac[18];	/* mac= of the tap's NIC, in lower case; "": unknown */
};

/**
 * mt_qemu_option() - the value of a key in QEMU's options: "guest=web,debug-threads=on"
 * @implied:	the key that may be left out before the first value: "web,…"; NULL: none
 * @value:	out: at most @n bytes with its NUL; unchanged, if the key is not there
 *
 * Two commas are one, and the last value counts: QEMU's util/keyval.c, util/qemu-option.c.
 *
 * Return: whether the key is there.
 */
bool mt_qemu_option(const char *options, const char *implied, const char *key, char *value,
		    size_t n);

/**
 * mt_qemu_of() - read a QEMU's command line: its guest, and the NIC of a tap
 * @pid:	the process; 0: none
 *
 * Return: whether the process is a QEMU, by its program's name; if not, @q is zeroed.
 */
bool mt_qemu_of(pid_t pid, const char *tap, struct mt_qemu *q);

#endif
