/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirtd_module.c - libvirt's events, by its own library and event loop
 *
 * What an event is about is asked for after its callback has returned: libvirt's client reads the
 * next ones from the same socket.
 */
#include "libvirtd/libvirtd.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern __attribute__((visibility("default"))) const struct mt_libvirtd mt_libvirtd;

#define TICK_MS 500 /* how often is_ending() is asked */
#define ALIVE_S 5   /* a libvirtd that says nothing for three times as long is gone */

struct event {
	struct event *next;
	virDomainPtr guest;
	bool arrived; /* else its NICs may have changed */
};

struct follow {
	const struct mt_libvirtd_follower *who;
	virConnectPtr connection;
	const char *driver;
	struct event *first, **last;
	bool closed;
};

static void quiet(void *data, virErrorPtr error)
{
	(void)data, (void)error; /* it would be printed */
}

static void say_why(char *why, size_t n)
{
	const char *message = virGetLastErrorMessage();

	snprintf(why, n, "%s", message ? message : "no reason given");
}

/* --- events ----------------------------------------------------------------------------------- */

static void add(struct follow *f, virDomainPtr guest, bool arrived)
{
	struct event *e = calloc(1, sizeof *e);

	if (!e || virDomainRef(guest)) {
		free(e);
		return;
	}
	e->guest = guest;
	e->arrived = arrived;
	*f->last = e;
	f->last = &e->next;
}

/* A NIC's alias is net0, net1, …; one that the user gave begins with ua-: formatdomain.rst. */
static void device_changed(virConnectPtr c, virDomainPtr guest, const char *alias, void *data)
{
	(void)c;
	if (!strncmp(alias, "net", 3) || !strncmp(alias, "ua-", 3) || !strncmp(alias, "hostdev", 7))
		add(data, guest, false);
}

static int life_changed(virConnectPtr c, virDomainPtr guest, int event, int detail, void *data)
{
	(void)c;
	if (event == VIR_DOMAIN_EVENT_RESUMED && detail == VIR_DOMAIN_EVENT_RESUMED_MIGRATED)
		add(data, guest, true);
	return 0;
}

static void closed(virConnectPtr c, int reason, void *data)
{
	struct follow *f = data;

	(void)c, (void)reason;
	f->closed = true;
}

static void tell(const struct follow *f, const struct event *e)
{
	const char *name = virDomainGetName(e->guest);
	char *xml;

	if (e->arrived) {
		f->who->arrived(f->who->data, f->driver, name);
		return;
	}
	xml = virDomainGetXMLDesc(e->guest, 0);
	if (xml) /* it may have ended by now */
		f->who->changed(f->who->data, f->driver, name, xml);
	free(xml);
}

static void tell_all(struct follow *f)
{
	while (f->first) {
		struct event *e = f->first;

		f->first = e->next;
		if (!f->first)
			f->last = &f->first;
		if (!f->who->is_ending(f->who->data) && virDomainIsActive(e->guest) == 1)
			tell(f, e);
		virDomainFree(e->guest);
		free(e);
	}
}

/* What happened before now was not heard. */
static void add_running(struct follow *f)
{
	virDomainPtr *guests = NULL;
	int n = virConnectListAllDomains(f->connection, &guests, VIR_CONNECT_LIST_DOMAINS_ACTIVE);

	for (int i = 0; i < n; i++) {
		add(f, guests[i], false);
		virDomainFree(guests[i]);
	}
	free(guests);
}

/* --- a connection ----------------------------------------------------------------------------- */

static const char *driver_of(virConnectPtr c)
{
	static const char *const drivers[][2] = {
		{ "QEMU", "qemu" }, { "LXC", "lxc" }, { "Xen", "libxl" }, { "BHYVE", "bhyve" }
	};
	const char *type = virConnectGetType(c);

	for (size_t i = 0; type && i < sizeof drivers / sizeof *drivers; i++)
		if (!strcmp(type, drivers[i][0]))
			return drivers[i][1];
	return NULL;
}

static bool subscribe(struct follow *f)
{
	static const int changes[] = { VIR_DOMAIN_EVENT_ID_DEVICE_ADDED,
				       VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED };
	bool ok =
		virConnectDomainEventRegisterAny(f->connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
						 VIR_DOMAIN_EVENT_CALLBACK(life_changed), f,
						 NULL) >= 0;

	for (size_t i = 0; ok && i < sizeof changes / sizeof *changes; i++)
		ok = virConnectDomainEventRegisterAny(f->connection, NULL, changes[i],
						      VIR_DOMAIN_EVENT_CALLBACK(device_changed), f,
						      NULL) >= 0;
	if (ok && !virConnectRegisterCloseCallback(f->connection, closed, f, NULL))
		virConnectSetKeepAlive(f->connection, ALIVE_S, 3);
	return ok;
}

/* Its last reference may be gone only after the event loop has run. */
static void disconnect(struct follow *f)
{
	virConnectUnregisterCloseCallback(f->connection, closed);
	virConnectClose(f->connection);
	while (f->first) {
		struct event *e = f->first;

		f->first = e->next;
		virDomainFree(e->guest);
		free(e);
	}
}

static void tick(int timer, void *data)
{
	(void)timer, (void)data; /* it ends the wait for events */
}

static bool begin(void)
{
	static bool begun;

	if (!begun) {
		virSetErrorFunc(NULL, quiet);
		begun = !virInitialize() && !virEventRegisterDefaultImpl() &&
			virEventAddTimeout(TICK_MS, tick, NULL, NULL) >= 0;
	}
	return begun;
}

static bool follow(const char *uri, const struct mt_libvirtd_follower *who, char *why, size_t n)
{
	struct follow f = { .who = who };

	f.last = &f.first;
	*why = 0;
	f.connection = begin() ? virConnectOpenReadOnly(uri) : NULL;
	if (!f.connection) {
		say_why(why, n);
		return false;
	}
	f.driver = driver_of(f.connection);
	if (!f.driver || !subscribe(&f)) {
		if (f.driver)
			say_why(why, n);
		else
			snprintf(why, n, "its guests have no hook script");
		disconnect(&f);
		return false;
	}
	who->connected(who->data);
	add_running(&f);
	while (!f.closed && !who->is_ending(who->data)) {
		tell_all(&f);
		if (virEventRunDefaultImpl())
			break;
	}
	disconnect(&f);
	return true;
}

const struct mt_libvirtd mt_libvirtd = { follow };
