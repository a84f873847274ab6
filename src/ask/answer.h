/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answer.h - what the evaluator said, as text, and what it means
 *
 * One line after the other, words escaped as in base/tokens.h:
 *
 *   loaded                      the policy's top level is done, or there is no policy: from here on
 *                               nothing is allowed any more
 *   domain name=web uuid=... type=qemu     the guest
 *   interface index=1 type=ethernet mac=... dev=... unmanaged=true queues=4     each NIC as its XML
 *                               has it
 *   policy checksum=...         there is a policy; before `loaded`
 *   lacks text=... meant=...    it has no connect(); before `loaded`
 *   facts bytes=N               N bytes of facts follow, opaque here
 *   xml bytes=N                 N bytes of changed XML follow
 *   warn text=...               what the description asks for and does not get
 *   allow, nic, at, log, refuse, error and records: policy/policy.h
 *   end                         last: without it there is no answer
 */
#ifndef MT_ASK_ANSWER_H
#define MT_ASK_ANSWER_H

#include "base/allow.h"
#include "plan/step.h"

enum mt_decision { MT_AS_XML_SAYS, MT_MANAGED, MT_UNMANAGED };

struct mt_interface {
	int index;		   /* from 1 */
	const char *type;	   /* "ethernet" */
	const char *mac;	   /* ""; or as the XML has it */
	unsigned queues;	   /* that the guest's driver has: at least 1 */
	char dev[MT_NAME_MAX + 1]; /* ""; or its device */
	const char *misnamed;	   /* NULL; or what the XML has for dev, and the kernel would not */
	bool unmanaged;		   /* as the XML says */
	bool unnamed;		   /* the XML has no name for its device */
	const char *named;	   /* NULL; or the name that decide() wants for it, unmanaged */
	bool asked;		   /* the policy was asked to connect it */
	enum mt_decision decision;
	struct mt_declaration *declared, **end;
};

struct mt_answer {
	struct mt_pool *pool;
	const char *name, *uuid, *type; /* of the domain; "" when not said */
	const char *checksum;		/* of the policy; NULL: there is none */
	const char *lacks;		/* NULL; or why the policy connects nothing */
	bool lacks_meant;		/* and that may be what is wanted */
	const char *facts, *xml;	/* NULL: not said; not NUL-ended */
	size_t facts_n, xml_n;
	struct mt_interface *nics;
	size_t n, cap;
	struct mt_allow *allow;
	const char **logs; /* lines for the log */
	size_t nlogs, logs_cap;
	const char **warnings; /* lines for people */
	size_t nwarnings, warnings_cap;
};

/* Facts, a policy's lines and a document, each at its largest, are just less. */
#define MT_ANSWER_MAX (64u << 20)

/** mt_answer_too_long() - that it has more than MT_ANSWER_MAX bytes. Return: -errno. */
int mt_answer_too_long(struct mt_err *e);

/* How far an answer was looked at that is being read; zeroed at first. */
struct mt_answer_seen {
	size_t line;  /* where the line begins that is not yet whole */
	size_t bytes; /* and how many there were then */
};

/**
 * mt_answer_is_whole() - whether an answer that is being read has come to its line `end`
 *
 * What is framed by its length is passed over, whatever is in it.
 */
bool mt_answer_is_whole(const char *text, size_t n, struct mt_answer_seen *seen);

/**
 * mt_answer_parse() - understand a whole answer
 * @text, @n:	overwritten, and borrowed by @a
 * @kinds:	for the records
 *
 * Nothing here is trusted: every record is checked against its kind. When only connect_other() has
 * failed, or did not come to an end, there is a warning, and what it declared for that NIC counts
 * not. Return: 0; -EPROTO: no `end`, or a line that means nothing; -EINVAL: the policy's error, a
 * refusal or a bad record, with the blame set.
 */
int mt_answer_parse(const struct mt_kind *const *kinds, char *text, size_t n, struct mt_answer *a,
		    struct mt_err *e);

#endif
