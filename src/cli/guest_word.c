/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest_word.c - an argument that names a guest, or a file that describes one */
#include "base/sh.h"
#include "cli/cli.h"
#include "engine/guest.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static unsigned may_be(const struct mt_cli *c)
{
	return c->is ? c->is : MT_WORD_ANY;
}

int mt_cli_nobody(const struct mt_cli *c, const char *why)
{
	struct mt_err e = { 0 };

	mt_fail(&e, ENOENT, "", "", "%s", why);
	e.blame = MT_BLAME_INPUT;
	return mt_cli_error(c, NULL, &e);
}

int mt_cli_guest(const struct mt_cli *c, struct mt_engine *g, struct mt_pool *p,
		 struct mt_nic_filter *which)
{
	const char *word = c->args[0];
	struct mt_err e = { 0 };
	char why[300];
	int err = mt_guest_find(g, word, may_be(c), p, which, &e);

	if (!err)
		return 0;
	if (err != -ENOENT)
		return mt_cli_error(c, NULL, &e);
	if (c->if_known)
		return -1;
	snprintf(why, sizeof why, "no guest %.200s is connected, remembered or in the log", word);
	return mt_cli_nobody(c, why);
}

bool mt_cli_is_file(const struct mt_cli *c, const char *word)
{
	size_t n = strlen(word);

	if (c->is)
		return false;
	return !strcmp(word, "-") || strchr(word, '/') || (n > 4 && !strcmp(word + n - 4, ".xml"));
}

int mt_cli_guest_or_file(struct mt_cli *c, struct mt_engine *g, const char *word,
			 struct mt_event_params *ask, struct mt_pool *p)
{
	struct mt_nic_filter which;
	struct mt_err e = { 0 };
	char why[1024], file[400];
	struct mt_sh quoted = { file, sizeof file, 0 };
	int err;

	if (mt_cli_is_file(c, word))
		return mt_cli_source(c, word, &ask->request.source);
	err = mt_guest_find(g, word, may_be(c) & MT_WORD_GUEST, p, &which, &e);
	if (!err)
		err = mt_params_from_guest(g, &which, ask, p, &e);
	if (err != -ENOENT)
		return err ? mt_cli_error(c, NULL, &e) : 0;
	snprintf(why, sizeof why, "./%.200s", word);
	mt_sh_quote(&quoted, why);
	snprintf(why, sizeof why, "no guest %.200s is remembered; for the file: %s", word, file);
	return mt_cli_nobody(c, why);
}

int mt_cli_no_xml(const struct mt_cli *c, const char *advice)
{
	char why[400];

	return mt_cli_nobody(c, mt_sh_advice(why, sizeof why, advice, c->args[0]));
}

void mt_cli_close_source(const struct mt_source *s)
{
	if (s->fd > STDIN_FILENO)
		close(s->fd);
}
