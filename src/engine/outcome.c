/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* outcome.c - an event's outcome, as moontap.h shows it */
#include "engine/handle.h"
#include "plan/step_commands.h"

#include <errno.h>
#include <string.h>

const char *mt_op_name(enum mt_op op)
{
	switch (op) {
	case MT_ADD:
		return "add";
	case MT_CHANGE:
		return "set";
	case MT_DELETE:
		return "delete";
	case MT_SAME:
		return "same";
	case MT_CLAIM:
		return "claim";
	case MT_RELEASE:
		return "release";
	}
	return "";
}

const char *mt_result_command(const struct mt_step *s, char *buf, size_t n)
{
	enum mt_op op = s->op;

	if (op == MT_SAME)
		op = s->put.kind->flags & MT_KIND_FACET ? MT_CHANGE : MT_ADD;
	mt_sh_print(op, &s->put, s->was.kind ? &s->was : NULL, buf, n);
	if (*buf)
		buf[strlen(buf) - 1] = 0;
	return buf;
}

/* Turn a journal's step into the step that would undo it. */
static void turn_back(struct mt_step *s)
{
	if (s->op == MT_ADD)
		s->op = MT_DELETE;
	else if (s->op == MT_DELETE)
		s->op = MT_ADD;
	else {
		struct mt_record put = s->put;

		s->put = s->was;
		s->was = put;
	}
}

/* Claims are not shown: only moontap needs them. A dry run's steps are a journal's, which is undone
 * from its end. */
bool mt_outcome_undone(const struct mt_outcome *o, const struct mt_outcome_nic *n, size_t *i,
		       struct mt_step *shown)
{
	while (n->undone && *i < n->undone->n) {
		size_t at = (*i)++;

		*shown = n->undone->at[o->dry ? n->undone->n - 1 - at : at];
		if (shown->op == MT_CLAIM || shown->op == MT_RELEASE)
			continue;
		if (o->dry)
			turn_back(shown);
		return true;
	}
	return false;
}

static const char *keep(struct mt_pool *p, const char *s)
{
	return mt_pool_copy(p, s, strlen(s));
}

static struct moontap_step *step_face(struct mt_pool *p, const struct mt_step *s)
{
	struct moontap_step *face = mt_pool_alloc(p, sizeof *face);
	char text[2 * MT_LINE_MAX];

	if (!face)
		return NULL;
	face->op = mt_op_name(s->op);
	face->kind = s->put.kind->name;
	face->object = keep(p, mt_record_subject(&s->put, text, sizeof text));
	mt_record_print(&s->put, 0, text, sizeof text);
	face->record = keep(p, text);
	face->command = keep(p, mt_result_command(s, text, sizeof text));
	face->place = s->place;
	face->shared = s->shared;
	return face->object && face->record && face->command ? face : NULL;
}

static const struct moontap_step **steps_face(struct mt_pool *p, const struct mt_steps *steps)
{
	size_t n = steps ? steps->n : 0;
	const struct moontap_step **faces = mt_pool_alloc(p, (n + 1) * sizeof *faces);

	for (size_t i = 0; faces && i < n; i++) {
		faces[i] = step_face(p, &steps->at[i]);
		if (!faces[i])
			return NULL;
	}
	return faces;
}

static const struct moontap_step **undone_face(const struct mt_result *r, struct mt_pool *p,
					       const struct mt_outcome_nic *nic)
{
	size_t n = nic->undone ? nic->undone->n : 0, shown = 0;
	const struct moontap_step **faces = mt_pool_alloc(p, (n + 1) * sizeof *faces);
	struct mt_step s;

	for (size_t i = 0; faces && mt_outcome_undone(&r->inside, nic, &i, &s);) {
		faces[shown] = step_face(p, &s);
		if (!faces[shown++])
			return NULL;
	}
	return faces;
}

static struct moontap_nic *nic_face(const struct mt_result *r, struct mt_pool *p,
				    const struct mt_outcome_nic *n)
{
	static const char *const decisions[] = {
		[MT_AS_XML_SAYS] = NULL, [MT_MANAGED] = "managed", [MT_UNMANAGED] = "unmanaged"
	};
	struct moontap_nic *face = mt_pool_alloc(p, sizeof *face);

	if (!face)
		return NULL;
	face->index = (unsigned)n->index;
	face->type = n->type;
	face->mac = n->mac;
	face->dev = n->dev;
	face->unmanaged = n->unmanaged;
	face->decision = decisions[n->decision];
	face->note = n->note;
	face->steps = steps_face(p, n->steps);
	face->undone = undone_face(r, p, n);
	return face->steps && face->undone ? face : NULL;
}

int mt_result_face(struct mt_result *r, struct mt_err *e)
{
	struct mt_outcome *o = &r->inside;
	const struct moontap_nic **nics = mt_pool_alloc(&o->pool, (o->n + 1) * sizeof *nics);

	for (size_t i = 0; nics && i < o->n; i++) {
		nics[i] = nic_face(r, &o->pool, &o->nics[i]);
		if (!nics[i])
			nics = NULL;
	}
	if (!nics)
		return mt_fail(e, ENOMEM, "outcome", o->name, NULL);
	r->face = (struct moontap_outcome){ .name = o->name,
					    .uuid = o->uuid,
					    .nics = nics,
					    .left = o->left,
					    .xml = o->xml,
					    .xml_size = o->xml_n };
	return 0;
}
