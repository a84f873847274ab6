/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ovsdb_link.h - a connection to an ovsdb-server: one question, its answer, a deadline
 *
 * Only for the files of this folder.
 */
#ifndef MT_OVSDB_JSON_OVSDB_LINK_H
#define MT_OVSDB_JSON_OVSDB_LINK_H

#include "ovsdb/ovsdb.h"

#include <jansson.h>

struct mt_ovsdb_link {
	char *path;
	int fd;	     /* -1: not connected */
	unsigned id; /* of the last question */
	bool used;   /* this connection has answered before */
	bool swept;  /* no port of an earlier boot is left */
	char *buf;   /* what was received, and not yet read */
	size_t len, cap;
	/* of the message at its beginning: bytes looked at, brackets that are open, whether a
	 * string is, and whether its next byte is escaped */
	size_t scanned;
	int depth;
	bool quoted, escaped;
};

/** mt_ovsdb_connect() - connect, if it is not connected. Return: 0 or -errno with @e filled. */
int mt_ovsdb_connect(struct mt_ovsdb_link *l, int64_t deadline, struct mt_err *e);

/** mt_ovsdb_disconnect() - close the connection; the next question opens another one */
void mt_ovsdb_disconnect(struct mt_ovsdb_link *l);

/** mt_ovsdb_send(), mt_ovsdb_receive() - a message, until @deadline (mt_now_ms())
 * @end:	out: the message is the first bytes of l->buf, so many; mt_ovsdb_next() drops it
 *
 * Return: 0 or -errno with @e filled; the connection must be closed then. */
int mt_ovsdb_send(struct mt_ovsdb_link *l, const char *text, size_t n, int64_t deadline,
		  struct mt_err *e);
int mt_ovsdb_receive(struct mt_ovsdb_link *l, int64_t deadline, size_t *end, struct mt_err *e);
void mt_ovsdb_next(struct mt_ovsdb_link *l, size_t end);

/** mt_ovsdb_call() - ask one question
 * @params:	stolen, also after an error; NULL: no memory
 * @result:	out: owned by the caller
 * @reads:	it changes nothing: asked once more if the server has closed the connection since the
 *		last question
 *
 * Return: 0 or -errno with @e filled. */
int mt_ovsdb_call(struct mt_ovsdb_link *l, const char *method, json_t *params, bool reads,
		  int64_t ms, json_t **result, struct mt_err *e);

struct mt_ovsdb_question {
	json_t *ops; /* an array, stolen; NULL: no memory */
	bool reads;
	int64_t ms;    /* until it is answered; 0: MT_OVSDB_MS */
	size_t failed; /* out: the operation that the server refused; the number of operations: the
			* commit */
};

/** mt_ovsdb_transact() - a transaction: all of its operations happen, or none
 * @result:	out: an array, a result for each operation; owned by the caller; NULL on failure
 *
 * Return: 0; -EAGAIN: a "wait" was not met; -EEXIST, -EBUSY: a constraint, or a reference, would be
 * broken; or another -errno; @e filled. */
int mt_ovsdb_transact(struct mt_ovsdb_link *l, struct mt_ovsdb_question *q, json_t **result,
		      struct mt_err *e);

#endif
