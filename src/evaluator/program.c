/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * program.c - the evaluator as a program of its own, which the library starts, and the service as a
 * zygote
 *
 * Its arguments are those of request.h. It reads the guest's description from its standard input,
 * and writes the answer to its standard output.
 */
#include "base/tokens.h"
#include "ask/spare.h"
#include "evaluator/evaluator.h"
#include "evaluator/warm.h"
#include "evaluator/zygote.h"
#include "ask/request.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The facts of a guest record come in a memfd, which is parsed in place. */
static int map_facts(struct mt_source *s, struct mt_err *e)
{
	struct stat st;
	void *at;

	if (fstat(s->fd, &st))
		return mt_fail(e, errno, "facts", "", NULL);
	at = mmap(NULL, (size_t)st.st_size + 1, PROT_READ, MAP_PRIVATE, s->fd, 0);
	if (at == MAP_FAILED)
		return mt_fail(e, errno, "facts", "", NULL);
	s->bytes = at;
	s->n = (size_t)st.st_size;
	s->fd = -1;
	return 0;
}

/* Report an error in the answer, as the evaluation would. */
static int fail(const struct mt_err *e)
{
	static const char head[] = "error code=3 op=evaluator text=", tail[] = "\nend\n";
	char text[3 * sizeof e->text];
	size_t n = mt_token_escape(e->text, text, sizeof text);

	return write(STDOUT_FILENO, head, sizeof head - 1) < 0 ||
			write(STDOUT_FILENO, text, n) < 0 ||
			write(STDOUT_FILENO, tail, sizeof tail - 1) < 0
		? 1
		: 3;
}

int main(int argc, char **argv)
{
	struct mt_pool pool = { 0 };
	struct mt_eval_request q;
	struct mt_err e;
	bool zygote = argc && !strcmp(argv[0], MT_ZYGOTE);
	int err;

	if (zygote)
		mt_warm_begin();
	err = mt_request_from_args(argv + (argc > 0), &pool, &q, &e);
	if (zygote)
		_exit(err ? 1 : mt_zygote_run(&q, STDIN_FILENO));
	if (!err && q.source.facts && q.source.fd >= 0)
		err = map_facts(&q.source, &e);
	/* no exit(3): no handler may run in a confined process */
	_exit(err ? fail(&e) : mt_evaluator_run(&q, STDOUT_FILENO));
}
