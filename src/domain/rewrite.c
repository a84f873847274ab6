/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rewrite.c - a document with its <target> elements changed, and nothing else
 *
 * The document is never written anew. For each NIC that must change, up to two cuts are made in its
 * bytes, at the places that the parser named; all bytes between the cuts are copied.
 *
 * Source: conf/domain_conf.c virDomainNetDefFormat() for what a <target> has.
 */
#include "domain/domain.h"
#include "domain/interface.h"
#include "domain/tag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Replace @out bytes at @at by the text @in. */
struct cut {
	size_t at, out;
	const char *in;
};

struct rewriting {
	const char *bytes;
	size_t n;
	const struct mt_domain_options *o;
	struct mt_pool *pool;
	struct cut *cuts;
	size_t ncuts;
	struct mt_err *e;
};

/* --- cuts ------------------------------------------------------------------------------------- */

/* Add a cut, in order of positions; of two at one position, the one that only inserts is first.
 * rewrite() has allocated two a NIC. */
static void cut(struct rewriting *w, size_t at, size_t out, const char *in)
{
	struct cut *c = &w->cuts[w->ncuts++];

	*c = (struct cut){ at, out, in };
	if (w->ncuts > 1 && (c[-1].at > at || (c[-1].at == at && c[-1].out && !out))) {
		*c = c[-1];
		c[-1] = (struct cut){ at, out, in };
	}
}

static const char *text(struct rewriting *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Return: a text in the pool; NULL, with the error filled. */
static const char *text(struct rewriting *w, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = mt_pool_alloc(w->pool, n + 1);
	if (!s) {
		mt_fail(w->e, ENOMEM, "xml", w->o->name, NULL);
		return NULL;
	}
	va_start(ap, fmt);
	vsnprintf(s, n + 1, fmt, ap);
	va_end(ap);
	return s;
}

static char *join(const struct rewriting *w, size_t *n)
{
	size_t at = 0;
	char *out, *to;

	*n = w->n;
	for (size_t i = 0; i < w->ncuts; i++)
		*n += strlen(w->cuts[i].in) - w->cuts[i].out;
	to = out = malloc(*n + 1);
	if (!out)
		return NULL;
	for (size_t i = 0; i < w->ncuts; i++) {
		const struct cut *c = &w->cuts[i];

		to = mempcpy(to, w->bytes + at, c->at - at);
		to = stpcpy(to, c->in);
		at = c->at + c->out;
	}
	*(char *)mempcpy(to, w->bytes + at, w->n - at) = '\0';
	return out;
}

/* --- one NIC ---------------------------------------------------------------------------------- */

/* The attributes that a <target> is to have. No new value needs escaping: mt_domain_valid_dev(). */
struct want {
	const char *dev, *managed; /* NULL: no attribute */
};

static struct want wanted(const struct rewriting *w, const struct mt_element *target,
			  const struct mt_edit *edit)
{
	static const char *const values[] = {
		[MT_EDIT_UNSET] = NULL,
		[MT_EDIT_YES] = "yes",
		[MT_EDIT_NO] = "no",
	};
	struct want to = { 0 };

	if (target) {
		to.dev = mt_element_get(target, "dev");
		to.managed = mt_element_get(target, "managed");
	}
	if (edit && edit->managed != MT_EDIT_KEEP)
		to.managed = values[edit->managed];
	if (edit && edit->set_dev)
		to.dev = edit->dev;
	else if (w->o->inactive && to.dev && mt_domain_generated(to.dev, w->o->prefix) &&
		 !(to.managed && !strcmp(to.managed, "no")))
		to.dev = NULL;
	return to;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static size_t blanks_before(const struct rewriting *w, size_t at)
{
	size_t from = at;

	while (from && strchr(" \t\r\n", w->bytes[from - 1]))
		from--;
	return from;
}

static int change_attribute(struct rewriting *w, const struct mt_tag *tag,
			    const struct mt_tag_attribute *a, const char *name, size_t at,
			    const char *to)
{
	const char *in;

	if (a->found && to)
		cut(w, a->value, a->end - a->value, to);
	if (a->found && !to)
		cut(w, a->before, a->end + 1 - a->before, "");
	if (!a->found && to) {
		in = text(w, " %s=%c%s%c", name, tag->quote, to, tag->quote);
		if (!in)
			return -w->e->code;
		cut(w, at, 0, in);
	}
	return 0;
}

/*
 * Whether to remove the <target>: it would have no attribute, and has only blanks inside. Before
 * another <target> it must stay, since libvirt reads the first one.
 */
static bool vanishes(const struct rewriting *w, const struct mt_element *el,
		     const struct mt_tag *tag, const struct want *to)
{
	size_t at = el->open_end;

	if (mt_element_again(el) || to->dev || to->managed ||
	    tag->n > (size_t)tag->dev.found + tag->managed.found)
		return false;
	if (tag->closed)
		return true;
	while (at < el->end && strchr(" \t\r\n", w->bytes[at]))
		at++;
	return at + 1 < el->end && w->bytes[at] == '<' && w->bytes[at + 1] == '/';
}

static int change_target(struct rewriting *w, const struct mt_element *el, const struct mt_tag *tag,
			 const struct want *to)
{
	size_t from = blanks_before(w, el->start);
	int r = 0;

	if (vanishes(w, el, tag, to)) {
		cut(w, from, el->end - from, "");
		return 0;
	}
	if (!same(mt_element_get(el, "dev"), to->dev))
		r = change_attribute(w, tag, &tag->dev, "dev", tag->name_end, to->dev);
	if (!r && !same(mt_element_get(el, "managed"), to->managed))
		r = change_attribute(w, tag, &tag->managed, "managed", tag->last_end, to->managed);
	return r;
}

/* Insert a <target> after the last child, indented like it; <interface/> gets an end tag. */
static int add_target(struct rewriting *w, const struct mt_element *nic, const struct mt_tag *tag,
		      const struct want *to)
{
	const struct mt_element *last = nic->last;
	size_t from = last ? blanks_before(w, last->start) : 0;
	const char *dev = to->dev ? text(w, " dev=%c%s%c", tag->quote, to->dev, tag->quote) : "";
	const char *managed =
		to->managed ? text(w, " managed=%c%s%c", tag->quote, to->managed, tag->quote) : "";
	const char *in = dev && managed
		? text(w, "%s%.*s<target%s%s/>%s", tag->closed ? ">" : "",
		       last ? (int)(last->start - from) : 0, w->bytes + from, dev, managed,
		       tag->closed ? "</interface>" : "")
		: NULL;

	if (!in)
		return -w->e->code;
	if (tag->closed)
		cut(w, nic->open_end - 2, 2, in);
	else
		cut(w, last ? last->end : nic->open_end, 0, in);
	return 0;
}

static int rewrite_nic(struct rewriting *w, const struct mt_element *nic,
		       const struct mt_edit *edit)
{
	const struct mt_element *target = mt_element_child(nic, "target");
	const struct mt_element *el = target ? target : nic;
	const char *type = mt_element_get(nic, "type") ?: "user";
	struct want to = wanted(w, target, edit);
	struct mt_tag tag;

	if (edit && edit->managed == MT_EDIT_NO && strcmp(type, "ethernet"))
		return mt_element_bad(w->e, w->o->name, el,
				      "<target managed='no'>: is for type='ethernet', not '%.64s'",
				      type);
	if (target ? same(mt_element_get(target, "dev"), to.dev) &&
			    same(mt_element_get(target, "managed"), to.managed)
		   : !to.dev && !to.managed)
		return 0;
	if (!mt_tag_read(w->bytes, w->n, el, &tag) || !el->end || el->end > w->n)
		return mt_element_bad(w->e, w->o->name, el, "must be in UTF-8 to be changed");
	return target ? change_target(w, target, &tag, &to) : add_target(w, nic, &tag, &to);
}

/* --- the document ----------------------------------------------------------------------------- */

/* Put the edits into @by, which has an element for each NIC. */
static int sort_edits(struct rewriting *w, const struct mt_edit *edits, size_t nedits,
		      const struct mt_edit **by, size_t nics)
{
	for (size_t i = 0; i < nedits; i++) {
		const struct mt_edit *edit = &edits[i];

		if (!edit->index || edit->index > nics || by[edit->index - 1])
			return mt_bad(w->e, "xml", w->o->name, "edit of nic %zu: there is %s",
				      edit->index, edit->index - 1 < nics ? "another" : "none");
		if (edit->set_dev && edit->dev && !mt_domain_valid_dev(edit->dev))
			return mt_bad(w->e, "xml", w->o->name, "'%.32s' is no name for a device",
				      edit->dev);
		by[edit->index - 1] = edit;
	}
	return 0;
}

static int rewrite_all(struct rewriting *w, const struct mt_element *root,
		       const struct mt_edit **by)
{
	const struct mt_element *devices = mt_element_child(root, "devices"), *nic;
	int r = 0;

	for (; devices && !r; devices = mt_element_again(devices))
		for (nic = mt_element_child(devices, "interface"); nic && !r;
		     nic = mt_element_again(nic))
			r = rewrite_nic(w, nic, *by++);
	return r;
}

static int rewrite(struct rewriting *w, const struct mt_xml *xml, const struct mt_edit *edits,
		   size_t nedits)
{
	struct mt_element *root;
	const struct mt_edit **by;
	struct mt_fact *facts;
	struct mt_pool own = { .limit = MT_DOMAIN_MEMORY }; /* as when the document was read */
	size_t nics = 0;
	int r = xml->parse(w->bytes, w->n, w->o->name, w->pool, &root, w->e);

	if (!r)
		r = mt_domain_facts(root, w->o, w->pool, &own, &facts, w->e);
	if (!r)
		nics = mt_fact_get(facts, "nics")->in.n;
	mt_pool_free(&own);
	if (r)
		return r;
	by = mt_pool_alloc(w->pool, (nics + 1) * sizeof *by);
	w->cuts = mt_pool_alloc(w->pool, (2 * nics + 1) * sizeof *w->cuts);
	if (!by || !w->cuts)
		return mt_fail(w->e, ENOMEM, "xml", w->o->name, NULL);
	r = sort_edits(w, edits, nedits, by, nics);
	return r ? r : rewrite_all(w, root, by);
}

int mt_domain_rewrite(const struct mt_xml *xml, const char *bytes, size_t n,
		      const struct mt_domain_options *o, const struct mt_edit *edits, size_t nedits,
		      char **out, size_t *out_n, struct mt_err *e)
{
	struct mt_domain_options named = *o;
	struct mt_pool pool = { .limit = MT_DOMAIN_MEMORY };
	struct rewriting w = { .bytes = bytes, .n = n, .o = &named, .pool = &pool, .e = e };
	struct mt_fact *facts;
	int r;

	*out = NULL;
	*out_n = 0;
	if (!named.name)
		named.name = "-";
	r = rewrite(&w, xml, edits, nedits);
	if (!r && w.ncuts) {
		*out = join(&w, out_n);
		if (!*out)
			r = mt_fail(e, ENOMEM, "xml", named.name, NULL);
	}
	mt_pool_free(&pool);
	/* Never return a document that libvirt would refuse. */
	if (!r && *out)
		r = mt_domain_read(xml, *out, *out_n, &named, &pool, &facts, e);
	mt_pool_free(&pool);
	if (r) {
		free(*out);
		*out = NULL;
		*out_n = 0;
	}
	return r;
}
