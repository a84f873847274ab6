/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_found.c - what checks use: findings, devices, the links that a policy names */
#include "base/sh.h"
#include "cli/doctor/doctor.h"

#include <stdarg.h>
#include <string.h>

__attribute__((format(printf, 4, 0))) static void add(struct mt_doctor *d, enum mt_level level,
						      const char *subject, const char *fmt,
						      va_list ap)
{
	char what[1024], todo[1024];
	struct mt_table *t = &d->found;

	vsnprintf(what, sizeof what, fmt, ap);
	d->worst = mt_level_worse(d->worst, level);
	if (!mt_table_row(t))
		return;
	mt_table_cell(t, MT_FOUND_CHECK, 0, "%s", d->check->name);
	mt_table_cell(t, MT_FOUND_LEVEL, 0, "%s", mt_levels[level].name);
	mt_table_cell(t, MT_FOUND_WHAT, 0, "%s", what);
	mt_table_cell(t, MT_FOUND_WHY, 0, "%s", d->check->why);
	mt_table_cell(t, MT_FOUND_TODO, 0, "%s",
		      d->todo ? d->todo : mt_sh_advice(todo, sizeof todo, d->check->todo, subject));
}

void mt_doctor_found(struct mt_doctor *d, const char *subject, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, d->check->level, subject, fmt, ap);
	va_end(ap);
}

void mt_doctor_found_at(struct mt_doctor *d, enum mt_level level, const char *subject,
			const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, level, subject, fmt, ap);
	va_end(ap);
}

const struct mt_device *mt_doctor_device(const struct mt_doctor *d, const char *name)
{
	for (size_t i = 0; i < d->ndevices; i++)
		if (!strcmp(d->devices[i].name, name))
			return &d->devices[i];
	return NULL;
}

/* Whether @a names a link. A policy allows each text among a hook's options as a link, also a
 * user's name: so a text counts only if its option sounds like a link's, or if it is a device. */
static bool is_meant(const struct mt_doctor *d, const struct mt_allow *a)
{
	static const char *const words[] = { "bridge", "link", "dev", "master" };

	if (strcmp(a->what, "link"))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(a->option, words[i]))
			return true;
	return !*a->option || mt_doctor_device(d, a->value);
}

static bool named_before(const struct mt_doctor *d, const struct mt_allow *a)
{
	for (const struct mt_allow *b = d->policy.allow; b != a; b = b->next)
		if (is_meant(d, b) && !strcmp(b->value, a->value))
			return true;
	return false;
}

const struct mt_allow *mt_doctor_next_link(const struct mt_doctor *d, const struct mt_allow *after)
{
	const struct mt_allow *a = after ? after->next : d->policy.allow;

	while (a && (!is_meant(d, a) || named_before(d, a)))
		a = a->next;
	return a;
}

void mt_doctor_links(struct mt_doctor *d, void (*each)(struct mt_doctor *d, const char *link))
{
	for (const struct mt_allow *a = NULL; (a = mt_doctor_next_link(d, a));)
		each(d, a->value);
}
