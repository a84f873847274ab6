/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* parse.c - domain.parse(): a domain's XML as a table. The confined evaluator reads the XML. */
#include "binding/binding.h"
#include "domain/facts.h"

#include <errno.h>

/***
 * domain.parse(xml [, {inactive = true}]) -> facts | nil, err
 * The facts that a policy would get: { domain = {...}, nics = {{...}, ...} }.
 *   xml       string or file   a domain's XML, or an open file of it
 *   inactive                   as libvirt defines a domain, without what only a running one has
 * Fails: EINVAL, it is no domain; err.on has the line.
 *   local facts = assert(moontap.domain.parse(io.open "web.xml"))
 */
static int l_domain_parse(lua_State *L)
{
	struct moontap_event ev = { 0 };
	struct mt_event_params ask = { .request.want = MT_WANT_FACTS };
	struct mt_fact *root;
	struct mtl_call *c;
	struct mt_err e = { 0 };

	mtl_xml(L, 1, &ev);
	lua_settop(L, 2);
	ask.request.inactive = mtl_option(L, 2, "inactive");
	ask.request.source = (struct mt_source){ .fd = ev.flags & MOONTAP_FD ? ev.fd : -1,
						 .bytes = ev.xml,
						 .n = ev.xml_size,
						 .name = "xml" };
	c = mtl_call(L);
	if (mt_handle_open(&c->handle, &(struct moontap_options){ 0 }, &e) ||
	    mt_connect(&c->handle->engine, &ask, &c->inside, &e) ||
	    mt_fact_parse(c->inside.facts, c->inside.facts_n, &c->pool, &root, &e))
		return mtl_fail(L, &e);
	mtl_facts(L, root);
	return 1;
}

void mtl_open_domains(lua_State *L)
{
	lua_pushcfunction(L, l_domain_parse);
	lua_setfield(L, -2, "domain_parse");
}
