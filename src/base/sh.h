/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sh.h - a command line for sh, built word by word
 */
#ifndef MT_BASE_SH_H
#define MT_BASE_SH_H

#include "base/kind.h"

/* In a command, the name of a device that is not known yet: a variable of sh's. The second one is
 * $DEV2. */
#define MT_SH_UNNAMED "$DEV"

/* Zeroed len: empty. What does not fit is counted and left out, as snprintf does. */
struct mt_sh {
	char *buf;
	size_t n, len;
};

/** mt_sh_say() - append formatted text, unquoted */
void mt_sh_say(struct mt_sh *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** mt_sh_quote() - one word of any bytes, quoted where sh would read it otherwise */
void mt_sh_quote(struct mt_sh *s, const char *word);

/** mt_sh_value() - the value of one field, quoted */
void mt_sh_value(struct mt_sh *s, const struct mt_record *r, int field);

/** mt_sh_field() - one field as ip(8)'s arguments, after a blank: " mtu 9000", " nomaster"; nothing
 * when it is unset, or when ip(8) has no argument for it */
void mt_sh_field(struct mt_sh *s, const struct mt_record *r, int field);

/** mt_sh_command() - a kind's command, its %s being the first key: "ip link set dev 'a b'" */
void mt_sh_command(struct mt_sh *s, const struct mt_record *r, const char *command);

/** mt_sh_advice() - a text with a command that people will paste
 * @buf:	@n bytes
 * @text:	each @ in it is @name, quoted: "moontap log @ -1"
 * @name:	of any bytes. moontap would take one that begins with "-" for an option: it then
 *		comes last, after "--". NULL: empty.
 *
 * Returns @buf. */
const char *mt_sh_advice(char *buf, size_t n, const char *text, const char *name);

#endif
