/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dhcp_host_check.c - what dnsmasq would not read as it is meant, refused while the policy runs */
#include "files/dhcp_host_check.h"
#include "files/plain_file.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static int check_path(const struct mt_record *r, int field, struct mt_err *e)
{
	const struct mt_value *v = &r->v[field];

	if (v->state != MT_SET || mt_plain_path(v->text))
		return 0;
	return mt_bad(e, "dhcp_host", v->text,
		      "'%s': a path from / on expected, without blanks, . and ..",
		      r->kind->fields[field].name);
}

static int check_family(const struct mt_record *r, int field, int family, struct mt_err *e)
{
	char text[MT_VALUE_TEXT];

	if (r->v[field].state != MT_SET || r->v[field].family == family)
		return 0;
	return mt_bad(e, "dhcp_host", mt_value_print(&r->kind->fields[field], &r->v[field], text),
		      "'address' is for IPv4, 'address6' for IPv6");
}

/* dnsmasq tells what is in a line by what it looks like: an address, a lease's time ("45m"), or one
 * of these words: src/option.c parse_dhcp_host() */
static int check_name(const struct mt_record *r, struct mt_err *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char digits[] = "0123456789";
	const char *name = r->v[NAME].state == MT_SET ? r->v[NAME].text : "web";
	size_t first = strspn(name, digits), n = strlen(name);
	bool time = first + 1 == n && strchr("smhdwSMHDW", name[first]);
	bool word = !strcasecmp(name, "ignore") || !strcasecmp(name, "infinite");

	for (size_t i = 0; i < n && !time && !word; i++)
		word = !isalnum((unsigned char)name[i]) &&
			(!strchr("-.", name[i]) || !i || i + 1 == n ||
			 !isalnum((unsigned char)name[i - 1]));
	if (!time && !word && n <= 253 && strpbrk(name, letters))
		return 0;
	return mt_bad(e, "dhcp_host", name,
		      "'name': a host name expected: letters, digits and - between them; dnsmasq "
		      "takes numbers for addresses and times");
}

int mt_dhcp_host_check(const struct mt_record *r, struct mt_err *e)
{
	return check_path(r, DIR, e) ?: check_path(r, PID, e) ?:
	       check_family(r, ADDRESS, AF_INET, e) ?: check_family(r, ADDRESS6, AF_INET6, e) ?:
	       check_name(r, e);
}
