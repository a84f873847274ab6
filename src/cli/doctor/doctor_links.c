/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_links.c - checks of the devices that the policy names, as the kernel has them */
#include "base/sh.h"
#include "cli/doctor/doctor.h"
#include "base/tokens.h"
#include "kernel/iptables.h"
#include "kernel/netfilter.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* include/linux/miscdevice.h TUN_MINOR. Opening the device loads the module. */
void mt_check_tun(struct mt_doctor *d)
{
	char path[PATH_MAX];
	struct stat st;

	if (stat(mt_doctor_path(d, "/dev/net/tun", path), &st))
		mt_doctor_found(d, NULL, "%s: %s", path, strerror(errno));
	else if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(10, 200))
		mt_doctor_found(d, NULL, "%s is not the tun device (10:200)", path);
}

static const char *nearest_device(struct mt_doctor *d, const char *name)
{
	const char **names = mt_pool_alloc(&d->p, (d->ndevices + 1) * sizeof *names);

	if (!names)
		return NULL;
	for (size_t i = 0; i < d->ndevices; i++)
		names[i] = d->devices[i].name;
	names[d->ndevices] = NULL;
	return mt_nearest(name, names, sizeof *names);
}

static void check_missing(struct mt_doctor *d, const char *link)
{
	const char *near = mt_doctor_device(d, link) ? NULL : nearest_device(d, link);

	if (!mt_doctor_device(d, link))
		mt_doctor_found(d, link, "the policy names %s, but there is no such device%s%s%s",
				link, near ? "; did you mean " : "", near ? near : "",
				near ? "?" : "");
}

void mt_check_link_missing(struct mt_doctor *d)
{
	mt_doctor_links(d, check_missing);
}

/* --- bridges ---------------------------------------------------------------------------------- */

static const struct mt_device *bridge_of(struct mt_doctor *d, const char *link)
{
	const struct mt_device *dev = mt_doctor_device(d, link);

	return dev && !strcmp(dev->kind, "bridge") ? dev : NULL;
}

bool mt_doctor_bridge(struct mt_doctor *d, const char *link, struct mt_record *r)
{
	struct mt_record key = { .kind = mt_kind_find(mt_kinds, "bridge") };
	struct mt_err e;

	if (!bridge_of(d, link))
		return false;
	mt_record_put(&key, 0, mt_name_from(link));
	return !mt_record_get(d->g.host, &key, r, &d->p, &e);
}

static void check_down(struct mt_doctor *d, const char *link)
{
	const struct mt_device *bridge = bridge_of(d, link);

	if (bridge && !bridge->up)
		mt_doctor_found(d, link, "%s exists, but is down", link);
}

void mt_check_bridge_down(struct mt_doctor *d)
{
	mt_doctor_links(d, check_down);
}

/* Without spanning tree a port forwards at once, whatever the delay: net/bridge/br_stp_if.c,
 * br_stp.c br_make_forwarding(). */
static void check_delay(struct mt_doctor *d, const char *link)
{
	struct mt_record r;

	if (mt_doctor_bridge(d, link, &r) && mt_doctor_field(&r, "stp_state") &&
	    mt_doctor_field(&r, "forward_delay"))
		mt_doctor_found(d, link, "%s has spanning tree, and a forward delay of %g s, twice",
				link, (double)mt_doctor_field(&r, "forward_delay") / 100);
}

void mt_check_bridge_delay(struct mt_doctor *d)
{
	mt_doctor_links(d, check_delay);
}

static void check_mac(struct mt_doctor *d, const char *link)
{
	const struct mt_device *bridge = bridge_of(d, link);

	for (size_t i = 0; bridge && i < d->ndevices; i++) {
		const struct mt_device *port = &d->devices[i];
		const uint8_t *mac = port->address;

		if (!strcmp(port->master, link) && !strcmp(port->kind, "tun") &&
		    !memcmp(mac, bridge->address, 6))
			mt_doctor_found(
				d, link,
				"%s has the MAC of its port %s: %02x:%02x:%02x:%02x:%02x:%02x",
				link, port->name, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	}
}

void mt_check_bridge_mac(struct mt_doctor *d)
{
	mt_doctor_links(d, check_mac);
}

/* There is one switch for all bridges, and one for each: net/bridge/br_netfilter_hooks.c
 * br_nf_pre_routing(). */
bool mt_doctor_passes(struct mt_doctor *d, const struct mt_record *bridge, const char *tables)
{
	char path[64], one[32];
	const char *all;

	snprintf(path, sizeof path, "/proc/sys/net/bridge/bridge-nf-call-%s", tables);
	snprintf(one, sizeof one, "nf_call_%s", tables);
	all = mt_doctor_read(d, path);
	return (all && *all == '1') || mt_doctor_field(bridge, one);
}

static const char *const *ports_of(struct mt_doctor *d, const char *link)
{
	const char **ports = mt_pool_alloc(&d->p, (d->ndevices + 1) * sizeof *ports);
	size_t n = 0;

	for (size_t i = 0; ports && i < d->ndevices; i++)
		if (!strcmp(d->devices[i].master, link))
			ports[n++] = d->devices[i].name;
	return ports;
}

struct filtering {
	struct mt_doctor *d;
	const char *link;
};

/* The rule must be in the chain that drops: accepting in another base chain does not help. A chain
 * that iptables manages gets it by iptables. */
static const char *rule_for(const struct mt_netfilter_chain *c)
{
	bool v4 = !strcmp(c->family, "ip"), v6 = !strcmp(c->family, "ip6");

	if (c->legacy)
		return v4 ? "iptables-legacy -I FORWARD -i @ -o @ -j ACCEPT"
			  : "ip6tables-legacy -I FORWARD -i @ -o @ -j ACCEPT";
	if ((v4 || v6) && !strcmp(c->table, "filter") && !strcmp(c->chain, "FORWARD"))
		return v4 ? "iptables -I FORWARD -i @ -o @ -j ACCEPT"
			  : "ip6tables -I FORWARD -i @ -o @ -j ACCEPT";
	return !strcmp(c->family, "bridge") ? " meta ibrname @ accept"
					    : " iifname @ oifname @ accept";
}

static void found_chain(void *data, const struct mt_netfilter_chain *c)
{
	const struct filtering *f = data;
	char rule[256], todo[1024], table[300], chain[300];
	struct mt_sh t = { table, sizeof table, 0 }, n = { chain, sizeof chain, 0 };

	mt_sh_advice(rule, sizeof rule, rule_for(c), f->link);
	mt_sh_quote(&t, c->table);
	mt_sh_quote(&n, c->chain);
	if (*rule == ' ')
		snprintf(todo, sizeof todo, "nft insert rule %s %s %s%s", c->family, table, chain,
			 rule);
	else
		snprintf(todo, sizeof todo, "%s", rule);
	f->d->todo = todo;
	mt_doctor_found(f->d, f->link, "chain %s of table %s %s%s drops what %s forwards", c->chain,
			c->family, c->table, c->legacy ? " (iptables-legacy)" : "", f->link);
	f->d->todo = NULL;
}

static void check_legacy(struct filtering *f, bool v6)
{
	const char *names = mt_doctor_read(
		f->d, v6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names");
	struct mt_netfilter_chain c;
	char line[64];
	struct mt_err e;

	mt_doctor_each_line(line, names ? names : "")
	{
		if (!strcmp(line, "filter") && mt_iptables_drops(f->link, v6, &c, &e) > 0)
			found_chain(f, &c);
	}
}

static void check_netfilter(struct mt_doctor *d, const char *link)
{
	struct filtering f = { d, link };
	struct mt_netfilter of = { .bridge = link };
	struct mt_record r;
	struct mt_err e;

	if (!mt_doctor_bridge(d, link, &r))
		return;
	of.ports = ports_of(d, link);
	of.ipv4 = mt_doctor_passes(d, &r, "iptables");
	of.ipv6 = mt_doctor_passes(d, &r, "ip6tables");
	mt_netfilter_drops(&of, found_chain, &f, &e);
	if (of.ipv4)
		check_legacy(&f, false);
	if (of.ipv6)
		check_legacy(&f, true);
}

void mt_check_bridge_netfilter(struct mt_doctor *d)
{
	mt_doctor_links(d, check_netfilter);
}
