/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * varlink.h - what goes over the socket io.moontap: calls, replies and errors as C structs
 *
 * varlink.org: each message is a JSON object, ended by NUL. A call names a method and has its
 * parameters; its reply has the method's results, or it is an error. varlink_tables.c has a table of
 * all methods: text is parsed and written by it, and it is what GetInterfaceDescription describes.
 */
#ifndef MT_VARLINK_VARLINK_H
#define MT_VARLINK_VARLINK_H

#include "base/pool.h"
#include "moontap.h"

#include <stdbool.h>
#include <stdint.h>

#define MT_VARLINK_SOCKET  "io.moontap" /* beside the socket for events */
#define MT_VARLINK_DEFAULT "/run/moontap.sock/" MT_VARLINK_SOCKET

enum mt_varlink_method {
	MT_CALL_INFO,	  /* org.varlink.service.GetInfo */
	MT_CALL_DESCRIBE, /* org.varlink.service.GetInterfaceDescription */
	MT_CALL_PLAN,
	MT_CALL_UP,
	MT_CALL_DOWN,
	MT_CALL_STATUS,
	MT_CALL_OPEN_TAP,
};

/* The parameters of all methods; those that a method does not have are NULL. */
struct mt_varlink_params {
	const char *xml, *name, *guest, *interface, *bridge;
	int vnet_hdr;
	const char *const *nics; /* numbers, as the words of struct mt_nic_filter; NULL-ended */
};

/* The state of a NIC; "" for what there is not. */
struct mt_varlink_status {
	const char *guest, *driver, *uuid, *dev, *mac;
	unsigned index;
	int unmanaged;
	const char *state;  /* mt_nic_state_name() */
	const char *link;   /* mt_nic_link() */
	const char *master; /* of its device */
	uint64_t since;	    /* seconds since 1970; 0: not connected */
	const char *by, *policy, *checksum;
	const char *const *drift; /* NULL-ended; also below */
};

/* The results of all methods. */
struct mt_varlink_reply {
	const char *vendor, *product, *version, *url, *description;
	const char *const *interfaces;
	const char *driver, *guest;
	const char *const *warnings;
	const char *dev;
	unsigned fd; /* the number of a descriptor among those that come along with the reply */
	const struct moontap_nic *const *nics;
	const struct mt_varlink_status *const *status;
};

enum mt_varlink_error_is {
	MT_CALL_FAILED,
	MT_CALL_NOT_ALLOWED,
	MT_CALL_ELSEWHERE,
	MT_CALL_BUSY,
	/* org.varlink.service: */
	MT_CALL_NO_INTERFACE,
	MT_CALL_NO_METHOD,
	MT_CALL_NOT_IMPLEMENTED,
	MT_CALL_BAD_PARAMETER,
	MT_CALL_UNKNOWN_ERROR, /* of a newer service: only read */
};

/* The members of all errors. */
struct mt_varlink_error {
	enum mt_varlink_error_is is;
	const char *what, *on, *why, *where; /* as in struct moontap_error */
	unsigned exit;
	const char *subject; /* the interface, method or parameter; the name of an unknown error */
};

struct mt_varlink_call {
	enum mt_varlink_method method;
	struct mt_varlink_params params;
	bool oneway; /* it gets no reply */
	bool more;   /* of Status: a reply now, and one after each change */
};

/* The module, which links jansson; it exports this struct as mt_varlink. Texts that a function
 * returns have no line ends, unless it is said, and are to be freed; NULL: no memory. */
struct mt_varlink {
	/* Parse a call; its strings are in @p. Return: 0; -EINVAL: @error says what is wrong;
	 * -EBADMSG: it is no JSON, or no call, and @error->why says why. */
	int (*read_call)(const char *text, size_t n, struct mt_pool *p,
			 struct mt_varlink_call *call, struct mt_varlink_error *error);
	/* @continues: another reply to the same call will follow */
	char *(*write_reply)(enum mt_varlink_method m, const struct mt_varlink_reply *r,
			     bool continues);
	char *(*write_error)(const struct mt_varlink_error *error);
	/* NULL also: a text is no UTF-8. */
	char *(*write_call)(const struct mt_varlink_call *call);
	/* Parse a reply; its strings are in @p. Return: as read_call(). */
	int (*read_reply)(const char *text, size_t n, enum mt_varlink_method m, struct mt_pool *p,
			  struct mt_varlink_reply *r, struct mt_varlink_error *error);
	/* A reply's results, or an error's members, in lines. */
	char *(*show_reply)(const char *text, size_t n);
	/* The definition of an interface, in varlink's language, lines; NULL also: no such one. */
	char *(*describe)(const char *interface);
	const char *const *interfaces; /* NULL-ended */
};

#endif
