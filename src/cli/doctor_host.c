/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_host.c - checks of the host's network as the kernel has it, and of what moontap left */
#include "cli/doctor.h"
#include "engine/history.h"
#include "kernel/netfilter.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The kernel has it with 10:200; drivers/net/tun.c TUN_MINOR. Guests of session libvirt, and plain
 * QEMU, open it as their users. */
void mt_check_tun(struct mt_doctor *d)
{
	char path[PATH_MAX];
	struct stat st;

	if (stat(mt_doctor_path(d, "/dev/net/tun", path), &st))
		mt_doctor_found(d, NULL, "%s: %s", path, strerror(errno));
	else if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(10, 200))
		mt_doctor_found(d, NULL, "%s is not the tun device (10:200)", path);
	else if ((st.st_mode & 0666) != 0666)
		mt_doctor_found(d,
				"chmod 0666 /dev/net/tun; a tap's own user and group still say "
				"who may open it",
				"%s has mode %04o: guests that run as their users cannot open it",
				path, (unsigned)st.st_mode & 0777);
}

/* --- links that the policy named -------------------------------------------------------------- */

/* What to do, with the device's name in it; @buf is filled and returned. */
static const char *todo_for(const char *fmt, const char *dev, char buf[static 160])
{
	const char *at = strstr(fmt, "DEV");

	snprintf(buf, 160, "%.*s%s%s", (int)(at - fmt), fmt, dev, at + 3);
	return buf;
}

static void check_missing(struct mt_doctor *d, const char *link)
{
	if (!mt_doctor_device(d, link))
		mt_doctor_found(d, NULL, "the policy names %s, and there is no such device", link);
}

void mt_check_link_missing(struct mt_doctor *d)
{
	mt_doctor_named(d, check_missing);
}

static const struct mt_device *bridge_of(struct mt_doctor *d, const char *link)
{
	const struct mt_device *dev = mt_doctor_device(d, link);

	return dev && !strcmp(dev->kind, "bridge") ? dev : NULL;
}

static void check_down(struct mt_doctor *d, const char *link)
{
	const struct mt_device *bridge = bridge_of(d, link);
	char todo[160];

	if (bridge && !bridge->up)
		mt_doctor_found(d, todo_for(d->check->todo, link, todo), "%s is there, and is down",
				link);
}

void mt_check_bridge_down(struct mt_doctor *d)
{
	mt_doctor_named(d, check_down);
}

static bool read_bridge(struct mt_doctor *d, const char *link, struct mt_record *r)
{
	struct mt_record key = { .kind = mt_kind_find(mt_kinds, "bridge") };
	struct mt_err e;

	if (!bridge_of(d, link))
		return false;
	mt_record_put(&key, 0, mt_name_from(link));
	return !mt_record_get(d->g->host, &key, r, d->p, &e);
}

static uint64_t field(const struct mt_record *r, const char *name)
{
	return r->v[mt_kind_field(r->kind, name)].u;
}

/* Without spanning tree a port forwards at once, whatever the delay: net/bridge/br_stp_if.c,
 * br_stp.c br_make_forwarding(). */
static void check_delay(struct mt_doctor *d, const char *link)
{
	struct mt_record r;
	char todo[160];

	if (read_bridge(d, link, &r) && field(&r, "stp_state") && field(&r, "forward_delay"))
		mt_doctor_found(d, todo_for(d->check->todo, link, todo),
				"%s has spanning tree, and a forward delay of %g s (twice)", link,
				(double)field(&r, "forward_delay") / 100);
}

void mt_check_bridge_delay(struct mt_doctor *d)
{
	mt_doctor_named(d, check_delay);
}

static void check_mac(struct mt_doctor *d, const char *link)
{
	const struct mt_device *bridge = bridge_of(d, link);
	char todo[160];

	for (size_t i = 0; bridge && i < d->ndevices; i++) {
		const struct mt_device *port = &d->devices[i];

		if (!strcmp(port->master, link) && !strcmp(port->kind, "tun") &&
		    !memcmp(port->address, bridge->address, 6))
			mt_doctor_found(d, todo_for(d->check->todo, link, todo),
					"%s has the MAC of its port %s: "
					"%02x:%02x:%02x:%02x:%02x:%02x",
					link, port->name, port->address[0], port->address[1],
					port->address[2], port->address[3], port->address[4],
					port->address[5]);
	}
}

void mt_check_bridge_mac(struct mt_doctor *d)
{
	mt_doctor_named(d, check_mac);
}

static void check_call(struct mt_doctor *d, const char *link)
{
	char who[128];
	struct mt_record r;
	struct mt_err e;

	if (read_bridge(d, link, &r) && field(&r, "nf_call_iptables") &&
	    mt_netfilter_forward_drops(who, sizeof who, &e) > 0)
		mt_doctor_found(d, NULL, "%s passes its frames to iptables, and %s drops", link,
				who);
}

void mt_check_bridge_netfilter(struct mt_doctor *d)
{
	const char *call = mt_doctor_read(d, "/proc/sys/net/bridge/bridge-nf-call-iptables");
	char who[128];
	struct mt_err e;

	if (!call || *call != '1')
		mt_doctor_named(d, check_call);
	else if (mt_netfilter_forward_drops(who, sizeof who, &e) > 0)
		mt_doctor_found(d, NULL, "net.bridge.bridge-nf-call-iptables is 1, and %s drops",
				who);
}

/* --- what is left, or not as it shall be --------------------------------------------------------
 */

static bool is_known(const struct mt_doctor *d, const struct mt_device *dev)
{
	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_steps *steps = &d->nics[i].journal.steps;

		if (!strcmp(d->nics[i].dev, dev->name))
			return true;
		for (size_t k = 0; k < steps->n; k++)
			if (steps->at[k].put.ifindex == dev->ifindex ||
			    !strcmp(mt_record_device(&steps->at[k].put), dev->name))
				return true;
	}
	return false;
}

void mt_check_leftover_tap(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->ndevices; i++) {
		const struct mt_device *dev = &d->devices[i];
		char todo[160];

		if (!strncmp(dev->alias, "moontap ", 8) && !dev->carrier && !is_known(d, dev))
			mt_doctor_found(d, todo_for(d->check->todo, dev->name, todo),
					"%s is marked '%s', and nobody has it open", dev->name,
					dev->alias);
	}
}

void mt_check_leftover_journal(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_nic_look *l = &d->nics[i];

		if (l->standing == MT_STANDS_KILLED)
			mt_doctor_found(d, NULL, "%s of %s: a run was killed", l->dev, l->guest);
		else if (l->standing == MT_STANDS_GONE)
			mt_doctor_found(d, NULL, "%s of %s: the device is gone", l->dev, l->guest);
	}
}

void mt_check_drift(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->nnics; i++)
		for (size_t k = 0;
		     d->nics[i].standing == MT_STANDS_DRIFTED && k < d->nics[i].ndrift; k++)
			mt_doctor_found(d, NULL, "%s: %s", d->nics[i].guest, d->nics[i].drift[k]);
}

/* Only the last of a guest's: what went well after it has mended it. */
void mt_check_last_run(struct mt_doctor *d)
{
	struct mt_history *runs;
	struct mt_err e;
	size_t n;

	if (mt_history_list(d->g, NULL, d->p, &runs, &n, &e))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *name = *runs[i].guest ? runs[i].guest : runs[i].dev;
		char todo[300], when[32];
		bool last = true;

		for (size_t k = i + 1; k < n; k++)
			last &= strcmp(runs[k].guest, runs[i].guest) ||
				strcmp(runs[k].dev, runs[i].dev);
		if (!last || !*runs[i].error)
			continue;
		snprintf(todo, sizeof todo, "moontap log %.200s -1 shows it whole", name);
		mt_doctor_found(d, todo, "%s %s, %s: %s", name, runs[i].event,
				mt_print_time(runs[i].at_us / 1000000, when), runs[i].error);
	}
}
