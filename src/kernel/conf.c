/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * conf.c - what IPv4 or IPv6 does on a device: net.ipv4.conf, net.ipv6.conf
 *
 * Reading goes over netlink, since the evaluator opens no files. Of `all` and `default`, which are
 * no devices, netlink has only a few fields (RTM_GETNETCONF), and /proc/sys has the others. Writing
 * goes over netlink for IPv4, by ifindex. IPv6 can be written in /proc/sys only
 * (net/ipv6/addrconf.c inet6_set_link_af()), where a process sees the network namespace that it is
 * in (net/sysctl_net.c).
 */
#include "kernel/nl.h"
#include "base/sh.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netconf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	DEV,
	FAMILY,
	FORWARDING,
	PROXY_ARP,
	PROXY_ARP_PVLAN,
	PROXY_NDP,
	RP_FILTER,
	ACCEPT_RA,
	AUTOCONF,
	ACCEPT_REDIRECTS,
	SEND_REDIRECTS,
	ARP_IGNORE,
	PROMOTE_SECONDARIES,
	DISABLE_IPV6,
	NFIELDS
};

#define CONF(NAME, TYPE, MAX, DOC)                                                         \
	{                                                                                  \
		.name = NAME, .type = TYPE, .size = 4, .max = MAX, .phase = MT_PHASE_CONF, \
		.flags = MT_FIELD_CUSTOM, .doc = DOC                                       \
	}

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM,
		  .doc = "the device; all: the whole host; default: devices to come" },
	[FAMILY] = { "family", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = mt_nl_families,
		     .doc = "which IP" },
	[FORWARDING] = CONF("forwarding", MT_BOOL, 1, "pass on packets for others"),
	[PROXY_ARP] =
		CONF("proxy_arp", MT_BOOL, 1, "IPv4: answer ARP for what is routed elsewhere"),
	[PROXY_ARP_PVLAN] = CONF("proxy_arp_pvlan", MT_BOOL, 1,
				 "IPv4: answer ARP for what is routed back to the same device"),
	[PROXY_NDP] = CONF("proxy_ndp", MT_BOOL, 1, "IPv6: answer for the proxy neighbours"),
	[RP_FILTER] = CONF("rp_filter", MT_UINT, 2,
			   "IPv4: check the source; 0: no; 1: the way back; 2: any way"),
	[ACCEPT_RA] = CONF("accept_ra", MT_UINT, 2,
			   "IPv6: believe routers; 0: no; 1: when not forwarding; 2: always"),
	[AUTOCONF] = CONF("autoconf", MT_BOOL, 1, "IPv6: take addresses that routers announce"),
	[ACCEPT_REDIRECTS] = CONF("accept_redirects", MT_BOOL, 1, "believe ICMP redirects"),
	[SEND_REDIRECTS] = CONF("send_redirects", MT_BOOL, 1, "IPv4: send ICMP redirects"),
	[ARP_IGNORE] =
		CONF("arp_ignore", MT_UINT, 8,
		     "IPv4: which ARP is not answered; 0: none; 1: for other devices' addresses"),
	[PROMOTE_SECONDARIES] = CONF("promote_secondaries", MT_BOOL, 1,
				     "IPv4: keep an address's secondaries when it goes"),
	[DISABLE_IPV6] = CONF("disable_ipv6", MT_BOOL, 1, "IPv6: none of it here"),
};

/* A field's position in the kernel's arrays, counted from 1 (IPv6 counts from 0), and its netconf
 * attribute; 0: the kernel does not have it there. */
static const struct place {
	uint8_t v4, v6, netconf;
} places[NFIELDS] = {
	[FORWARDING] = { IPV4_DEVCONF_FORWARDING, 1 + DEVCONF_FORWARDING, NETCONFA_FORWARDING },
	[PROXY_ARP] = { IPV4_DEVCONF_PROXY_ARP, 0, NETCONFA_PROXY_NEIGH },
	[PROXY_ARP_PVLAN] = { IPV4_DEVCONF_PROXY_ARP_PVLAN, 0, 0 },
	[PROXY_NDP] = { 0, 1 + DEVCONF_PROXY_NDP, NETCONFA_PROXY_NEIGH },
	[RP_FILTER] = { IPV4_DEVCONF_RP_FILTER, 0, NETCONFA_RP_FILTER },
	[ACCEPT_RA] = { 0, 1 + DEVCONF_ACCEPT_RA, 0 },
	[AUTOCONF] = { 0, 1 + DEVCONF_AUTOCONF, 0 },
	[ACCEPT_REDIRECTS] = { IPV4_DEVCONF_ACCEPT_REDIRECTS, 1 + DEVCONF_ACCEPT_REDIRECTS, 0 },
	[SEND_REDIRECTS] = { IPV4_DEVCONF_SEND_REDIRECTS, 0, 0 },
	[ARP_IGNORE] = { IPV4_DEVCONF_ARP_IGNORE, 0, 0 },
	[PROMOTE_SECONDARIES] = { IPV4_DEVCONF_PROMOTE_SECONDARIES, 0, 0 },
	[DISABLE_IPV6] = { 0, 1 + DEVCONF_DISABLE_IPV6, 0 },
};

static uint8_t place_of(int field, uint64_t family)
{
	return family == AF_INET ? places[field].v4 : places[field].v6;
}

static void set_field(struct mt_record *r, int field, uint64_t u)
{
	mt_record_put(r, field, mt_uint(fields[field].type == MT_BOOL ? !!u : u));
}

/* --- devices ---------------------------------------------------------------------------------- */

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	mt_nl_attrs families_of, conf;
	const struct nlattr *array;
	uint32_t u;

	mt_nl_parse_nest(d->tb[IFLA_AF_SPEC], families_of);
	mt_nl_parse_nest(families_of[l->family], conf);
	array = conf[l->family == AF_INET ? IFLA_INET_CONF : IFLA_INET6_CONF];
	if (!array)
		return 0; /* no IPv4, or no IPv6, on this device */
	mt_record_put(r, FAMILY, mt_uint(l->family));
	for (int i = FORWARDING; i < NFIELDS; i++) {
		size_t end = place_of(i, l->family) * sizeof u;

		if (!end || end > mnl_attr_get_payload_len(array))
			continue;
		memcpy(&u, (const char *)mnl_attr_get_payload(array) + end - sizeof u, sizeof u);
		set_field(r, i, u);
	}
	return 1;
}

static int put_v4(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	struct nlattr *spec, *inet, *conf;
	struct mt_nl_request q;
	struct nlmsghdr *n;

	if (mt_nl_start_device(h, &q, MT_CHANGE, r, &n, e))
		return -e->code;
	spec = mnl_attr_nest_start(n, IFLA_AF_SPEC);
	inet = mnl_attr_nest_start(n, AF_INET);
	conf = mnl_attr_nest_start(n, IFLA_INET_CONF);
	for (int i = FORWARDING; i < NFIELDS; i++)
		if (mt_record_has(r, i))
			mnl_attr_put_u32(n, places[i].v4, (uint32_t)r->v[i].u);
	mnl_attr_nest_end(n, conf);
	mnl_attr_nest_end(n, inet);
	mnl_attr_nest_end(n, spec);
	return mt_nl_change(h, n, MT_CHANGE, r, e);
}

/* --- all, default, and IPv6: /proc/sys -------------------------------------------------------- */

static void path_of(const char *root, const char *dev, uint64_t family, int field, char *buf,
		    size_t n)
{
	snprintf(buf, n, "%snet/ipv%c/conf/%s/%s", root, family == AF_INET ? '4' : '6', dev,
		 fields[field].name);
}

static void read_file(struct mt_record *r, int field)
{
	char path[128], text[16];
	ssize_t n;
	int fd;

	path_of("/proc/sys/", r->v[DEV].name, r->v[FAMILY].u, field, path, sizeof path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return;
	text[n] = 0;
	set_field(r, field, strtoul(text, NULL, 10));
}

static int write_file(struct mt_host *h, const char *dev, const struct mt_record *r, int field)
{
	int fault = mt_fault(h), err = 0, fd;
	char path[128], text[16];
	ssize_t n;

	if (fault > 0)
		return -fault;
	path_of("/proc/sys/", dev, r->v[FAMILY].u, field, path, sizeof path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, (size_t)snprintf(text, sizeof text, "%u", (unsigned)r->v[field].u));
	if (n < 0)
		err = -errno;
	close(fd);
	return fault && !err ? -ETIMEDOUT : err;
}

static int put_files(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	struct mt_device d;
	const char *name = r->v[DEV].name;
	uint32_t ifindex = mt_ref_ifindex(&r->ref);
	char path[128];

	if (ifindex && mt_device_by_index(h, ifindex, &d, e))
		return mt_nl_about(e, -e->code, r, "set");
	if (ifindex) /* its present name */
		name = d.name;
	for (int i = FORWARDING; i < NFIELDS; i++) {
		int err = mt_record_has(r, i) ? write_file(h, name, r, i) : 0;

		if (!err)
			continue;
		path_of("", name, r->v[FAMILY].u, i, path, sizeof path);
		return mt_fail(e, -err, "conf.set", path, NULL);
	}
	return 0;
}

static int take_netconf(const struct nlmsghdr *n, void *data)
{
	struct mt_record *r = data;
	mt_nl_attrs tb;

	if (!mt_nl_parse(n, NLMSG_ALIGN(sizeof(struct netconfmsg)), tb))
		return 0;
	for (int i = FORWARDING; i < NFIELDS; i++)
		if (place_of(i, r->v[FAMILY].u) && places[i].netconf && tb[places[i].netconf])
			set_field(r, i, mt_nl_uint(tb[places[i].netconf]));
	return 0;
}

static bool is_device(const char *name)
{
	return strcmp(name, "all") && strcmp(name, "default");
}

static int list_files(struct mt_list *l)
{
	struct mt_record r = { .kind = l->filter->kind };
	bool all = !strcmp(l->filter->v[DEV].name, "all");
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETNETCONF, 0, sizeof(struct netconfmsg));
	struct netconfmsg *m = mnl_nlmsg_get_payload(n);
	int err;

	mt_record_put(&r, DEV, l->filter->v[DEV]);
	mt_record_put(&r, FAMILY, mt_uint(l->family));
	m->ncm_family = l->family;
	mnl_attr_put_u32(n, NETCONFA_IFINDEX,
			 (uint32_t)(all ? NETCONFA_IFINDEX_ALL : NETCONFA_IFINDEX_DEFAULT));
	err = mt_nl_talk(l->h, n, take_netconf, &r, l->e);
	if (err) /* a kernel without this IP does not know the request */
		return err == -EOPNOTSUPP ? 0 : mt_nl_about(l->e, err, l->filter, "list");
	for (int i = FORWARDING; i < NFIELDS; i++)
		if (place_of(i, l->family) && !mt_record_has(&r, i))
			read_file(&r, i);
	return mt_list_found(l, &r);
}

bool mt_sysctl_read_only(void)
{
	struct statvfs s;

	return !statvfs("/proc/sys", &s) && s.f_flag & ST_RDONLY;
}

/* --- the kind --------------------------------------------------------------------------------- */

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	bool files = mt_record_has(filter, DEV) && !is_device(filter->v[DEV].name);
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err = 0;

	for (const struct mt_enum_name *w = mt_nl_families; !err && w->name; w++) {
		l.family = (uint8_t)w->value;
		if (mt_record_has(filter, FAMILY) && filter->v[FAMILY].u != w->value)
			continue;
		err = files ? list_files(&l) : mt_nl_list_devices(&l, NULL, decode);
	}
	return err < 0 ? err : 0;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	(void)op;
	if (r->v[FAMILY].u == AF_INET && is_device(r->v[DEV].name))
		return put_v4(h, r, e);
	return put_files(h, r, e);
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	char text[MT_VALUE_TEXT];

	for (int i = FORWARDING; i < NFIELDS; i++)
		if (mt_record_has(r, i) && !place_of(i, r->v[FAMILY].u))
			return mt_bad(e, "conf", r->v[DEV].name, "there is no '%s' in %s",
				      fields[i].name,
				      mt_value_print(&fields[FAMILY], &r->v[FAMILY], text));
	return 0;
}

/* With slashes, which sysctl(8) takes, too: a device's name may have dots. */
static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };
	char path[128], word[160];

	(void)op;
	for (int i = FORWARDING; i < NFIELDS; i++) {
		if (!mt_record_has(r, i))
			continue;
		path_of("", r->v[DEV].name, r->v[FAMILY].u, i, path, sizeof path);
		snprintf(word, sizeof word, "%s=%u", path, (unsigned)r->v[i].u);
		mt_sh_say(&s, s.len ? " " : "sysctl -qw ");
		mt_sh_quote(&s, word);
	}
	if (s.len)
		mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_conf = {
	MT_LINKS_KIND("conf", "what IPv4 or IPv6 does on a device, or on the whole host", 2, 2,
		      MT_PHASE_CONF, MT_KIND_FACET),
	.device = DEV,
	.check = check,
	.sh = sh,
};
