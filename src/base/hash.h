/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hash.h - a number for a text: FNV-1a, 64 bit, http://www.isthe.com/chongo/tech/comp/fnv/
 *
 * Not for security: whoever chooses the texts can give two of them the same number.
 */
#ifndef MT_BASE_HASH_H
#define MT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define MT_HASH_START 14695981039346656037ull

/** mt_hash() - add @n bytes to a hash
 * @h:	MT_HASH_START, or the hash of the bytes before them
 *
 * Return: the hash of all of them.
 */
uint64_t mt_hash(uint64_t h, const char *bytes, size_t n);

#endif
