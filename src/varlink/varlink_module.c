/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* varlink_module.c - calls, replies and errors as JSON: the module's face */
#include "varlink/codec.h"
#include "base/json_read.h"
#include "varlink/json_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern __attribute__((visibility("default"))) const struct mt_varlink mt_varlink;

/* A call has few values, a reply has as many as there are NICs: jansson takes a hundred bytes for
 * each, so a caller's 8 MiB could become half a gigabyte here. */
#define VALUES_MAX 20000

static bool has_few_values(const char *text, size_t n)
{
	bool quoted = false;
	size_t values = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\\' && quoted)
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && strchr("[{,", text[i]))
			values++;
	}
	return values <= VALUES_MAX;
}

static int no_call(struct mt_varlink_error *error, struct mt_pool *p, const char *why)
{
	error->why = mt_pool_copy(p, why, strlen(why));
	return error->why ? -EBADMSG : -ENOMEM;
}

static json_t *parse(const char *text, size_t n, struct mt_pool *p, struct mt_varlink_error *error,
		     int *err)
{
	json_error_t why;
	json_t *j = mt_json_read(text, n, JSON_REJECT_DUPLICATES, &why);

	*err = j || errno != ENOMEM ? 0 : -ENOMEM;
	if (*err)
		return NULL;
	if (!json_is_object(j)) {
		*err = no_call(error, p, j ? "it is no JSON object" : why.text);
		json_decref(j);
		return NULL;
	}
	return j;
}

static int refuse(struct mt_varlink_error *error, struct mt_pool *p, enum mt_varlink_error_is is,
		  const char *subject, size_t n)
{
	error->is = is;
	error->subject = mt_pool_copy(p, subject, n);
	return error->subject ? -EINVAL : -ENOMEM;
}

/* Whether a name is INTERFACE.MEMBER. */
static bool is_of(const char *name, const char *interface, const char *member)
{
	size_t n = strlen(interface);

	return !strncmp(name, interface, n) && name[n] == '.' && !strcmp(name + n + 1, member);
}

static bool is_interface(const char *name, size_t n)
{
	for (const char *const *i = mt_varlink_names; *i; i++)
		if (strlen(*i) == n && !strncmp(*i, name, n))
			return true;
	return false;
}

/* The part before the last dot is the interface. */
static int find_method(const char *name, struct mt_pool *p, enum mt_varlink_method *found,
		       struct mt_varlink_error *error)
{
	const char *dot = strrchr(name, '.');

	for (int i = 0; mt_varlink_methods[i].interface; i++) {
		*found = i;
		if (is_of(name, mt_varlink_methods[i].interface, mt_varlink_methods[i].name))
			return 0;
	}
	return !dot || is_interface(name, (size_t)(dot - name))
		? refuse(error, p, MT_CALL_NO_METHOD, name, strlen(name))
		: refuse(error, p, MT_CALL_NO_INTERFACE, name, (size_t)(dot - name));
}

static int take_call(const json_t *j, struct mt_pool *p, struct mt_varlink_call *call,
		     struct mt_varlink_error *error)
{
	const char *name = json_string_value(json_object_get(j, "method")), *bad;
	int err;

	if (!name)
		return no_call(error, p, "it names no method");
	call->oneway = json_is_true(json_object_get(j, "oneway"));
	call->more = json_is_true(json_object_get(j, "more"));
	err = find_method(name, p, &call->method, error);
	if (err)
		return err;
	err = mt_varlink_decode(&mt_varlink_methods[call->method].in,
				json_object_get(j, "parameters"), true, p, &call->params, &bad);
	if (err != -EINVAL)
		return err;
	bad = bad ? bad : "parameters";
	return refuse(error, p, MT_CALL_BAD_PARAMETER, bad, strlen(bad));
}

static int read_call(const char *text, size_t n, struct mt_pool *p, struct mt_varlink_call *call,
		     struct mt_varlink_error *error)
{
	int err;
	json_t *j;

	*call = (struct mt_varlink_call){ 0 };
	if (!has_few_values(text, n))
		return no_call(error, p, "it has too many values");
	j = parse(text, n, p, error, &err);
	if (j)
		err = take_call(j, p, call, error);
	json_decref(j);
	return err;
}

static char *dump(json_t *j)
{
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);
	return text;
}

/* { "method": NAME, "parameters": {} }, or with "error" */
static char *write_named(const char *what, const char *interface, const char *name,
			 json_t *parameters)
{
	return dump(
		json_pack("{s:s++, s:o}", what, interface, ".", name, "parameters", parameters));
}

static char *write_call(const struct mt_varlink_call *call)
{
	const struct mt_varlink_method_row *m = &mt_varlink_methods[call->method];

	return write_named("method", m->interface, m->name,
			   mt_varlink_encode(&m->in, &call->params, true));
}

static char *write_error(const struct mt_varlink_error *error)
{
	const struct mt_varlink_error_row *e = &mt_varlink_errors[error->is];

	return write_named("error", e->interface, e->is.name,
			   mt_varlink_encode(&e->is, error, false));
}

static char *write_reply(enum mt_varlink_method m, const struct mt_varlink_reply *r, bool continues)
{
	json_t *j = json_pack("{s:o}", "parameters",
			      mt_varlink_encode(&mt_varlink_methods[m].out, r, false));

	if (j && continues)
		json_object_set_new(j, "continues", json_true());
	return dump(j);
}

static int take_error(const char *name, const json_t *parameters, struct mt_pool *p,
		      struct mt_varlink_error *error)
{
	const struct mt_varlink_error_row *e = mt_varlink_errors;
	const char *bad;
	int err;

	while (e->interface && !is_of(name, e->interface, e->is.name))
		e++;
	if (!e->interface)
		return refuse(error, p, MT_CALL_UNKNOWN_ERROR, name, strlen(name));
	err = mt_varlink_decode(&e->is, parameters, false, p, error, &bad);
	error->is = e - mt_varlink_errors;
	return err == -EINVAL ? no_call(error, p, "an error has other members") : err ?: -EINVAL;
}

static int read_reply(const char *text, size_t n, enum mt_varlink_method m, struct mt_pool *p,
		      struct mt_varlink_reply *r, struct mt_varlink_error *error)
{
	const json_t *parameters, *name;
	const char *bad;
	int err;
	json_t *j = parse(text, n, p, error, &err);

	if (!j)
		return err;
	parameters = json_object_get(j, "parameters");
	name = json_object_get(j, "error");
	if (json_is_string(name))
		err = take_error(json_string_value(name), parameters, p, error);
	else
		err = mt_varlink_decode(&mt_varlink_methods[m].out, parameters, false, p, r, &bad);
	if (err == -EINVAL && !name)
		err = no_call(error, p, "a reply has other members");
	json_decref(j);
	return err;
}

static char *show_reply(const char *text, size_t n)
{
	json_t *j = mt_json_read(text, n, 0, NULL);
	/* it may reach a terminal: no byte is left that could move a cursor */
	char *shown =
		json_dumps(json_object_get(j, "parameters"), JSON_INDENT(2) | JSON_ENSURE_ASCII);

	json_decref(j);
	return shown;
}

const struct mt_varlink mt_varlink = {
	.read_call = read_call,
	.write_reply = write_reply,
	.write_error = write_error,
	.write_call = write_call,
	.read_reply = read_reply,
	.show_reply = show_reply,
	.describe = mt_varlink_describe,
	.interfaces = mt_varlink_names,
};
