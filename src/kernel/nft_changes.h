/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nft_changes.h - the kernel's notifications that somebody changes moontap's rules of nftables */
#ifndef MT_KERNEL_NFT_CHANGES_H
#define MT_KERNEL_NFT_CHANGES_H

#include "base/err.h"

#include <stdbool.h>

/**
 * mt_nft_changes_open() - get the notifications of this network namespace from now on
 * @fd:	out: to be polled, and closed by the caller; -1 on failure
 *
 * Needs CAP_NET_ADMIN. Return: 0 or -errno with @e filled: the kernel may have no nftables.
 */
int mt_nft_changes_open(int *fd, struct mt_err *e);

/** mt_nft_changes_read() - read the notifications that are there. Return: whether rules, chains, sets
 * or the whole of a table of moontap's are gone, or rules are new; or some were lost. Elements are
 * those of guests that come and go: they do not count. */
bool mt_nft_changes_read(int fd);

#endif
