/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help.h - every table that help is made from, for the module that writes them as JSON */
#ifndef MT_CLI_HELP_H
#define MT_CLI_HELP_H

#include "base/tokens.h"
#include "cli/cli.h"
#include "cli/topic.h"

struct mt_help {
	const struct mt_command *commands, *scripts;
	const struct mt_option *options;
	bool (*takes)(const struct mt_command *m, const char *option);
	const struct mt_described *exits;
	const struct mt_described *levels;     /* exit statuses of `doctor` and `status --check` */
	const struct mt_described *nic_states; /* of a NIC, as status shows it */
	const struct mt_kind *const *kinds;
	const struct mt_topic *topics;
};

#endif
