/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answer.h - the evaluator's answer: its lines of text, and what they mean
 *
 * One line after the other, words escaped as in base/tokens.h:
 *
 *   loaded                      the policy's top level is done, or there is no policy: no line
 *                               `allow` may follow
 *   domain name=web uuid=... type=qemu     the guest
 *   interface index=1 type=ethernet mac=... dev=... unmanaged=true queues=4     each NIC as its XML
 *                               has it
 *   policy checksum=...         there is a policy; before `loaded`
 *   lacks text=... meant=...    it has no connect(); before `loaded`
 *   host                        its top level looked at the host; before `loaded`
 *   facts bytes=N               N bytes of facts follow, opaque here
 *   xml bytes=N                 N bytes of changed XML follow
 *   warn text=...               what the description asks for and does not get
 *   allow, nic, at, log, refuse, error, skip and records: policy/policy.h
 *   others                      the answer is complete for NICs of type='ethernet'; what follows is
 *                               for the others, whose devices libvirt creates
 *   end                         last: without it, or at least `others`, there is no answer
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
	unsigned queues;	   /* of the guest's driver: at least 1 */
	char dev[MT_NAME_MAX + 1]; /* ""; or its device */
	const char *misnamed;	   /* NULL; or the XML's dev, which cannot be a device's name */
	bool unmanaged;		   /* as the XML has it */
	bool unnamed;		   /* the XML has no name for its device */
	const char *named;	   /* NULL; or the name that decide() has for it, unmanaged */
	bool asked;		   /* a record was declared for it */
	enum mt_decision decision;
	struct mt_declaration *declared, **end;
};

struct mt_answer {
	struct mt_pool *pool;
	const char *name, *uuid, *type; /* of the domain; "" when not known */
	const char *checksum;		/* of the policy; NULL: there is none */
	const char *lacks;		/* NULL; or why the policy connects nothing */
	bool lacks_meant;		/* with lacks: perhaps on purpose */
	bool of_host; /* the policy's top level looked at the host, and may say something else next */
	const char *facts, *xml; /* NULL: not in the answer; not NUL-ended */
	size_t facts_n, xml_n;
	struct mt_interface *nics;
	size_t n, cap;
	struct mt_allow *allow;
	const char **logs; /* lines for the log */
	size_t nlogs, logs_cap;
	const char **warnings; /* lines for people */
	size_t nwarnings, warnings_cap;
};

/* Bytes of an answer. Facts, a policy's lines and a document, each at its largest, need less. */
#define MT_ANSWER_MAX (64u << 20)

/** mt_answer_too_long() - fill @e: the answer has more than MT_ANSWER_MAX bytes. Return: -errno. */
int mt_answer_too_long(struct mt_err *e);

/* How far mt_answer_is_whole() has looked into an answer that grows; zeroed at first. */
struct mt_answer_seen {
	size_t line;  /* offset of the line that is not complete yet */
	size_t bytes; /* how many bytes there were then */
};

/**
 * mt_answer_is_whole() - whether an answer that is being read has come to its line `end`
 * @seen:	in, out: the calls for one answer share it, so that no byte is searched twice
 *
 * The bytes after a line with bytes=N are skipped, whatever is in them.
 */
bool mt_answer_is_whole(const char *text, size_t n, struct mt_answer_seen *seen);

/**
 * mt_answer_parse() - parse a whole answer
 * @kinds:	for the records
 * @text, @n:	overwritten, and borrowed by @a
 * @a:		pool set; out
 * @e:		out: filled on failure
 *
 * Nothing in @text is trusted: every record is checked against its kind. When only connect_other()
 * has failed, or did not come to an end, there is a warning, and what it declared for its last NIC
 * is dropped.
 *
 * Return: 0; -EPROTO: neither `end` nor `others`, or a line that means nothing; -EINVAL: the
 * policy's error, a refusal or a bad record, with the blame set.
 */
int mt_answer_parse(const struct mt_kind *const *kinds, char *text, size_t n, struct mt_answer *a,
		    struct mt_err *e);

#endif
