/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovsdb_call.c - questions as JSON-RPC, their answers, and a server's errors as errno values */
#include "ovsdb/json/ovsdb_link.h"
#include "base/clock.h"
#include "base/json_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(struct mt_err *e)
{
	return mt_fail(e, ENOMEM, "ovsdb", "", NULL);
}

/* @message is stolen. */
static int send_message(struct mt_ovsdb_link *l, json_t *message, int64_t deadline,
			struct mt_err *e)
{
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	int err;

	json_decref(message);
	if (!text)
		return no_memory(e);
	err = mt_ovsdb_send(l, text, strlen(text), deadline, e);
	free(text);
	return err;
}

static int next_message(struct mt_ovsdb_link *l, int64_t deadline, json_t **m, struct mt_err *e)
{
	json_error_t why;
	bool without;
	size_t end;

	if (mt_ovsdb_receive(l, deadline, &end, e))
		return -e->code;
	*m = mt_json_read(l->buf, end, 0, &why);
	without = !*m && errno == ENOMEM;
	mt_ovsdb_next(l, end);
	if (without)
		return no_memory(e);
	if (json_is_object(*m))
		return 0;
	json_decref(*m);
	return mt_fail(e, EPROTO, "", "", "Open vSwitch: ovsdb-server sent no JSON object: %s",
		       why.text);
}

/* The server asks now and then whether its client lives; its other messages are not for us.
 * ovsdb-server(1): it closes a connection whose client does not answer. */
static int serve(struct mt_ovsdb_link *l, json_t *m, int64_t deadline, struct mt_err *e)
{
	const char *method = json_string_value(json_object_get(m, "method"));

	if (!method || strcmp(method, "echo"))
		return 0;
	return send_message(l,
			    json_pack("{s:O?, s:n, s:O?}", "result", json_object_get(m, "params"),
				      "error", "id", json_object_get(m, "id")),
			    deadline, e);
}

static int take_answer(json_t *m, const char *method, json_t **result, struct mt_err *e)
{
	json_t *error = json_object_get(m, "error");
	char *text;
	int err;

	if (!error || json_is_null(error)) {
		*result = json_incref(json_object_get(m, "result"));
		return 0;
	}
	text = json_dumps(error, JSON_COMPACT | JSON_ENCODE_ANY);
	err = mt_fail(e, EPROTO, "", "", "Open vSwitch: %s: %.300s", method, text ? text : "");
	free(text);
	return err;
}

/* One try. @params is the caller's. */
static int ask(struct mt_ovsdb_link *l, const char *method, json_t *params, int64_t deadline,
	       json_t **result, struct mt_err *e)
{
	unsigned id = ++l->id;
	int err = mt_ovsdb_connect(l, deadline, e);
	bool answered = false;

	if (err)
		return err;
	err = send_message(l,
			   json_pack("{s:s, s:O, s:I}", "method", method, "params", params, "id",
				     (json_int_t)id),
			   deadline, e);
	while (!err && !answered) {
		json_t *m;

		err = next_message(l, deadline, &m, e);
		if (err)
			break;
		answered = !json_object_get(m, "method") &&
			json_integer_value(json_object_get(m, "id")) == (json_int_t)id;
		err = answered ? take_answer(m, method, result, e) : serve(l, m, deadline, e);
		json_decref(m);
	}
	if (err) /* the answer to it may come yet: it would be taken for the next one's */
		mt_ovsdb_disconnect(l);
	else
		l->used = true;
	return err;
}

int mt_ovsdb_call(struct mt_ovsdb_link *l, const char *method, json_t *params, bool reads,
		  int64_t ms, json_t **result, struct mt_err *e)
{
	bool used = l->fd >= 0 && l->used;
	int err;

	*result = NULL;
	if (!params)
		return no_memory(e);
	err = ask(l, method, params, mt_now_ms() + ms, result, e);
	if (err == -ECONNRESET && reads && used)
		err = ask(l, method, params, mt_now_ms() + ms, result, e);
	json_decref(params);
	return err;
}

/* RFC 7047, 3.1 and 4.1.3, 5.2 */
static int code_of(const char *error)
{
	static const struct {
		const char *word;
		int code;
	} codes[] = {
		{ "timed out", EAGAIN },
		{ "constraint violation", EEXIST },
		{ "referential integrity violation", EBUSY },
		{ "permission error", EPERM },
		{ "not allowed", EPERM },
		{ "not owner", EPERM },
		{ "resources exhausted", ENOMEM },
		{ "I/O error", EIO },
	};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (!strcmp(error, codes[i].word))
			return codes[i].code;
	return EINVAL;
}

int mt_ovsdb_transact(struct mt_ovsdb_link *l, struct mt_ovsdb_question *q, json_t **result,
		      struct mt_err *e)
{
	size_t i;
	json_t *one;

	*result = NULL;
	if (!q->ops || json_array_insert_new(q->ops, 0, json_string("Open_vSwitch"))) {
		json_decref(q->ops);
		return no_memory(e);
	}
	if (mt_ovsdb_call(l, "transact", q->ops, q->reads, q->ms ? q->ms : MT_OVSDB_MS, result, e))
		return -e->code;
	/* A result for each operation; after one that failed null; one more if the commit did. */
	json_array_foreach(*result, i, one)
	{
		const char *error = json_string_value(json_object_get(one, "error"));
		const char *details = json_string_value(json_object_get(one, "details"));

		if (!error)
			continue;
		q->failed = i;
		mt_fail(e, code_of(error), "", "", "Open vSwitch: %.100s%s%.200s", error,
			details ? ": " : "", details ? details : "");
		json_decref(*result);
		*result = NULL;
		return -e->code;
	}
	if (json_is_array(*result))
		return 0;
	json_decref(*result);
	*result = NULL;
	return mt_fail(e, EPROTO, "", "", "Open vSwitch: ovsdb-server's answer has no results");
}
