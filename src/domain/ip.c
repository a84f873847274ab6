/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ip.c - <ip> and <route>, of the host's side and of the guest's
 *
 * Sources: conf/domain_conf.c virDomainNetIPParseXML(), conf/networkcommon_conf.c
 * virNetDevIPRouteCreate(), util/virsocketaddr.c. libvirt reads addresses by getaddrinfo() with
 * AI_NUMERICHOST, which takes inet_aton()'s short and octal forms, too.
 */
#include "domain/interface.h"
#include "domain/readers.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ip {
	int family; /* 0: none */
	unsigned char bytes[16];
	char text[MT_IP_TEXT]; /* as libvirt writes it */
};

static bool parse_v6(const char *s, struct ip *ip)
{
	size_t n = strcspn(s, "%"), used;
	char host[INET6_ADDRSTRLEN];
	uint64_t scope;

	if (n >= sizeof host)
		return false;
	snprintf(host, sizeof host, "%.*s", (int)n, s);
	if (inet_pton(AF_INET6, host, ip->bytes) != 1)
		return false;
	inet_ntop(AF_INET6, ip->bytes, ip->text, sizeof ip->text);
	ip->family = AF_INET6;
	if (!s[n])
		return true;
	/* A scope by name would depend on the host's devices; a number does not. */
	if (strspn(s + n + 1, "0123456789") != strlen(s + n + 1) ||
	    !mt_number(s + n + 1, 10, UINT32_MAX, &scope))
		return false;
	used = strlen(ip->text);
	if (scope)
		snprintf(ip->text + used, sizeof ip->text - used, "%%%u", (unsigned)scope);
	return true;
}

/* @family: AF_UNSPEC for any */
static bool parse_ip(const char *s, int family, struct ip *ip)
{
	struct in_addr v4;

	memset(ip, 0, sizeof *ip);
	if (family != AF_INET6 && !s[strcspn(s, " \t\n\v\f\r")] && inet_aton(s, &v4)) {
		ip->family = AF_INET;
		memcpy(ip->bytes, &v4, sizeof v4);
		inet_ntop(AF_INET, &v4, ip->text, sizeof ip->text);
		return true;
	}
	return family != AF_INET && parse_v6(s, ip);
}

static const char *family_name(int family)
{
	return family == AF_INET6 ? "ipv6" : "ipv4";
}

static int bad(struct mt_nic *nic, const struct mt_element *el, const char *attribute,
	       const char *text, const char *want)
{
	if (!text)
		return mt_nic_bad(nic, el, "<%s>: attribute %s is missing", el->name, attribute);
	return mt_nic_bad(nic, el, "<%s %s='%.64s'>: %s", el->name, attribute, text, want);
}

int mt_ip_attribute(struct mt_nic *nic, const struct mt_element *el, const char *attribute,
		    char text[static MT_IP_TEXT])
{
	const char *s = mt_element_get(el, attribute);
	struct ip ip = { 0 };
	bool good = !s || parse_ip(s, AF_UNSPEC, &ip);

	strcpy(text, good ? ip.text : "");
	return good ? 0 : bad(nic, el, attribute, s, "must be an IP address");
}

/* --- <ip> ------------------------------------------------------------------------------------- */

/* libvirt takes a minus here (virStrToLong_ui), and wraps around. */
static bool parse_prefix(const char *s, int family, uint64_t *prefix)
{
	const char *minus = strchr(s, '-');

	if (minus && minus[1] >= '0' && minus[1] <= '9' &&
	    mt_number(minus + 1, 10, UINT32_MAX, prefix) &&
	    strspn(s, " \t\n\r") == (size_t)(minus - s))
		*prefix = (uint32_t) - *prefix;
	else if (!mt_number(s, 10, UINT32_MAX, prefix))
		return false;
	return *prefix <= (family == AF_INET6 ? 128 : 32);
}

static int read_ip(struct mt_nic *nic, const struct mt_element *el, struct mt_fact *ips)
{
	const char *address = mt_element_get(el, "address"), *said = mt_element_get(el, "family");
	const char *prefix = mt_element_get(el, "prefix"), *peer = mt_element_get(el, "peer");
	struct ip ip, other;
	struct mt_fact *f;
	uint64_t n = 0;
	int family = AF_UNSPEC;

	if (said && !strcmp(said, "ipv4"))
		family = AF_INET;
	if (said && !strcmp(said, "ipv6"))
		family = AF_INET6;
	if (!address || !parse_ip(address, family, &ip))
		return bad(nic, el, "address", address, "must be an IP address of its family");
	if (prefix && !parse_prefix(prefix, ip.family, &n))
		return bad(nic, el, "prefix", prefix,
			   ip.family == AF_INET6 ? "must be 0 to 128" : "must be 0 to 32");
	if (peer && !parse_ip(peer, ip.family, &other))
		return bad(nic, el, "peer", peer, "must be an IP address of the same family");
	f = mt_fact_object(nic->b, ips, "");
	mt_fact_string(nic->b, f, "address", ip.text);
	mt_fact_string(nic->b, f, "family", family_name(ip.family));
	if (n)
		mt_fact_integer(nic->b, f, "prefix", n);
	if (peer)
		mt_fact_string(nic->b, f, "peer", other.text);
	return 0;
}

/* --- <route> ---------------------------------------------------------------------------------- */

struct route {
	const char *said, *address, *netmask, *gateway; /* attributes; said: the family */
	struct ip to, mask, via;
};

static void prefix_mask(unsigned prefix, struct ip *mask)
{
	for (unsigned i = 0; i < prefix; i++)
		mask->bytes[i / 8] |= 0x80 >> i % 8;
}

/* Whether the address has bits where the mask has none. */
static bool beyond(const struct ip *to, const struct ip *mask)
{
	for (size_t i = 0; i < sizeof to->bytes; i++)
		if (to->bytes[i] & ~mask->bytes[i])
			return true;
	return false;
}

static int check_route(struct mt_nic *nic, const struct mt_element *el, struct route *r,
		       const struct mt_fact *f)
{
	const struct mt_fact *prefix = mt_fact_get(f, "prefix");
	int family = r->said && !strcmp(r->said, "ipv6") ? AF_INET6 : AF_INET;

	if (r->said && family == AF_INET && strcmp(r->said, "ipv4"))
		return bad(nic, el, "family", r->said, "must be ipv4 or ipv6");
	if (r->address && !parse_ip(r->address, family, &r->to))
		return bad(nic, el, "address", r->address,
			   family == AF_INET6 ? "must be an IPv6 address, as the family"
					      : "must be an IPv4 address (or family='ipv6')");
	if (!r->gateway || !parse_ip(r->gateway, family, &r->via))
		return bad(nic, el, "gateway", r->gateway,
			   family == AF_INET6 ? "must be an IPv6 address, as the family"
					      : "must be an IPv4 address (or family='ipv6')");
	if (r->netmask && (family == AF_INET6 || prefix))
		return bad(nic, el, "netmask", r->netmask, "must not be with a prefix or IPv6");
	if (r->netmask && !parse_ip(r->netmask, AF_INET, &r->mask))
		return bad(nic, el, "netmask", r->netmask, "must be an IPv4 netmask");
	if (prefix && prefix->integer > (family == AF_INET6 ? 128 : 32))
		return bad(nic, el, "prefix", mt_element_get(el, "prefix"),
			   family == AF_INET6 ? "must be 0 to 128" : "must be 0 to 32");
	if (prefix)
		prefix_mask(prefix->integer, &r->mask);
	if (beyond(&r->to, &r->mask))
		return bad(nic, el, "address", r->address,
			   "must be a network address, by prefix or netmask");
	return 0;
}

static int read_route(struct mt_nic *nic, const struct mt_element *el, struct mt_fact *routes)
{
	static const struct mt_attr_row rows[] = {
		/* from 12.2 on, a route without address is the default route */
		{ "", "address", MT_ATTR_TEXT, .flags = MT_REQUIRED, .until = MT_LIBVIRT(12, 2) },
		{ "", "prefix", MT_ATTR_UINT, "prefix" },
		{ "", "metric", MT_ATTR_UINT, "metric", .min = 1 },
	};
	struct route route = {
		.said = mt_element_get(el, "family"),
		.address = mt_element_get(el, "address"),
		.netmask = mt_element_get(el, "netmask"),
		.gateway = mt_element_get(el, "gateway"),
	};
	struct mt_fact *f = mt_fact_object(nic->b, NULL, "");
	int r = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows && !r && f; i++)
		r = mt_nic_row(nic, &rows[i], el, f);
	if (!r)
		r = check_route(nic, el, &route, f);
	if (r)
		return r;
	if (route.said)
		mt_fact_string(nic->b, f, "family", route.said);
	if (route.address)
		mt_fact_string(nic->b, f, "address", route.to.text);
	if (route.netmask)
		mt_fact_string(nic->b, f, "netmask", route.mask.text);
	mt_fact_string(nic->b, f, "gateway", route.via.text);
	if (!nic->b->failed)
		mt_fact_append(routes, f);
	return 0;
}

/* --- the lists -------------------------------------------------------------------------------- */

static int read_list(struct mt_nic *nic, const struct mt_element *el, const char *path,
		     const char *name,
		     int (*one)(struct mt_nic *, const struct mt_element *, struct mt_fact *))
{
	struct mt_fact *list = mt_fact_array(nic->b, NULL, name);
	int r = 0;

	for (; el && !r && list; el = mt_element_again(el))
		r = mt_nic_pass(nic, one(nic, el, list), false);
	if (!r && list && !nic->b->failed && list->in.n)
		mt_fact_append(mt_fact_object_at(nic->b, nic->facts, path, strlen(path)), list);
	return r;
}

static int read_both(struct mt_nic *nic, const struct mt_element *el, const char *path)
{
	const struct mt_element *ip = mt_element_child(el, "ip");
	const struct mt_element *route = mt_element_child(el, "route");
	int r = read_list(nic, ip, path, "ips", read_ip);

	return r ? r : read_list(nic, route, path, "routes", read_route);
}

int mt_part_host_ips(struct mt_nic *nic, const struct mt_element *el)
{
	int r = read_both(nic, el, "source");

	/* conf/domain_validate.c virDomainNetDefValidate() */
	if (!r && nic->type != MT_NIC_ETHERNET &&
	    (mt_fact_at(nic->facts, "source.ips") || mt_fact_at(nic->facts, "source.routes")))
		return mt_nic_bad(nic, el,
				  "<source>: <ip> and <route> of the host are for type='ethernet'");
	return r;
}

int mt_part_guest_ips(struct mt_nic *nic, const struct mt_element *el)
{
	return read_both(nic, el, "");
}
