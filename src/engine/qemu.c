/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu.c - read a QEMU's command line from proc(5), and parse its options, see qemu(1) */
#include "engine/qemu.h"
#include "base/text.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND_MAX (256u << 10) /* bytes; libvirt's command lines have a twentieth of that */

bool mt_qemu_option(const char *options, const char *implied, const char *key, char *value,
		    size_t n)
{
	bool found = false;

	for (bool first = true; *options; first = false) {
		size_t k = strcspn(options, "=,"), len = 0;
		bool is = first && implied && !strcmp(implied, key);

		if (options[k] == '=') {
			is = k == strlen(key) && !memcmp(options, key, k);
			options += k + 1;
		}
		for (; *options; options++) {
			if (*options == ',' && *++options != ',')
				break;
			if (is && len < n - 1)
				value[len++] = *options;
		}
		if (is) {
			value[len] = 0;
			found = true;
		}
	}
	return found;
}

/* --- the command line ------------------------------------------------------------------------- */

struct line {
	char *text;
	size_t n;
};

static bool is_qemu(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return !strncmp(name, "qemu-system-", 12) || !strcmp(name, "qemu-kvm") ||
		!strcmp(name, "kvm") || !strcmp(name, "qemu");
}

/* Each word ends in a NUL. A line longer than COMMAND_MAX loses the word that is cut. */
static bool read_line(pid_t pid, struct line *l)
{
	char path[40];
	ssize_t got = 0;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	*l = (struct line){ .text = fd < 0 ? NULL : malloc(COMMAND_MAX) };
	while (l->text && l->n < COMMAND_MAX &&
	       (got = read(fd, l->text + l->n, COMMAND_MAX - l->n)) > 0)
		l->n += (size_t)got;
	if (fd >= 0)
		close(fd);
	while (l->n && l->text[l->n - 1])
		l->n--;
	return l->n;
}

/* Whether the process is a QEMU. /proc/PID/exe of another user's process needs CAP_SYS_PTRACE,
 * which moontap has dropped; hence argv[0], too. */
static bool runs_qemu(pid_t pid, const struct line *l)
{
	char path[40], program[256];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	n = readlink(path, program, sizeof program - 1);
	program[n > 0 ? n : 0] = 0;
	return is_qemu(l->text) || is_qemu(program);
}

/* The next -NAME VALUE, or --NAME VALUE. @at: 0 at first. */
static bool next_option(const struct line *l, size_t *at, const char **name, const char **value)
{
	while (*at < l->n) {
		const char *word = l->text + *at;

		*at += strlen(word) + 1;
		if (*word != '-' || *at >= l->n)
			continue;
		*name = word + 1 + (word[1] == '-');
		*value = l->text + *at;
		return true;
	}
	return false;
}

/* --- the NIC ---------------------------------------------------------------------------------- */

enum fits { FITS_NOT, FITS_MAYBE, FITS };

/* Whether these options may be the tap's NIC. QEMU calls a script only for a tap that it creates
 * itself, by default named "tap%d": net/tap.c. */
static enum fits fits(const char *options, const char *tap)
{
	char value[256], ifname[256] = "tap%d";
	size_t before;

	if (*options == '{') /* JSON: not parsed */
		return FITS_MAYBE;
	if (!mt_qemu_option(options, "type", "type", value, sizeof value) || strcmp(value, "tap") ||
	    mt_qemu_option(options, NULL, "fd", value, sizeof value) ||
	    mt_qemu_option(options, NULL, "fds", value, sizeof value) ||
	    mt_qemu_option(options, NULL, "helper", value, sizeof value) ||
	    (mt_qemu_option(options, NULL, "script", value, sizeof value) && !strcmp(value, "no")))
		return FITS_NOT;
	mt_qemu_option(options, NULL, "ifname", ifname, sizeof ifname);
	before = strcspn(ifname, "%");
	if (ifname[before])
		return strncmp(ifname, tap, before) ? FITS_NOT : FITS_MAYBE;
	return strcmp(ifname, tap) ? FITS_NOT : FITS;
}

/* The MAC of -netdev tap,id=n0 is in -device …,netdev=n0,mac=…. */
static void find_mac(const struct line *l, const char *netdev, char *mac, size_t n)
{
	const char *name, *value;
	char id[256], of[256];

	if (!mt_qemu_option(netdev, NULL, "id", id, sizeof id))
		return;
	for (size_t at = 0; next_option(l, &at, &name, &value);)
		if (!strcmp(name, "device") &&
		    mt_qemu_option(value, "driver", "netdev", of, sizeof of) && !strcmp(of, id))
			mt_qemu_option(value, "driver", "mac", mac, n);
}

/* The MAC of the NIC whose options have the tap's name, or else of the only NIC that may be it. */
static void find_nic(const struct line *l, const char *tap, char *mac, size_t n)
{
	const char *name, *value, *found = NULL;
	enum fits best = FITS_NOT;
	bool nic = false, several = false;

	for (size_t at = 0; next_option(l, &at, &name, &value);) {
		enum fits is = strcmp(name, "netdev") && strcmp(name, "nic") && strcmp(name, "net")
			? FITS_NOT
			: fits(value, tap);

		if (is == FITS_NOT || is < best)
			continue;
		several = is == best;
		best = is;
		found = value;
		nic = !strcmp(name, "nic");
	}
	if (!found || several)
		return;
	if (nic)
		mt_qemu_option(found, "type", "mac", mac, n);
	else
		find_mac(l, found, mac, n);
}

/* --- the guest -------------------------------------------------------------------------------- */

/* Lower @text, or empty it, if it does not match @form, in which x is a hexadecimal digit. */
static void keep_form(char *text, const char *form)
{
	bool fits = strlen(text) == strlen(form);

	for (size_t i = 0; fits && text[i]; i++) {
		fits = form[i] == 'x' ? isxdigit((unsigned char)text[i]) : text[i] == form[i];
		text[i] = (char)tolower((unsigned char)text[i]);
	}
	if (!fits)
		*text = 0;
}

bool mt_qemu_of(pid_t pid, const char *tap, struct mt_qemu *q)
{
	const char *name, *value;
	struct line l = { 0 };
	bool is = pid > 0 && read_line(pid, &l) && runs_qemu(pid, &l);

	*q = (struct mt_qemu){ 0 };
	for (size_t at = 0; is && next_option(&l, &at, &name, &value);) {
		if (!strcmp(name, "name"))
			mt_qemu_option(value, "guest", "guest", q->name, sizeof q->name);
		else if (!strcmp(name, "uuid"))
			snprintf(q->uuid, sizeof q->uuid, "%.36s",
				 strlen(value) == 36 ? value : "");
	}
	if (is)
		find_nic(&l, tap, q->mac, sizeof q->mac);
	free(l.text);
	if (!mt_text_is_safe(q->name))
		*q->name = 0;
	keep_form(q->uuid, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
	keep_form(q->mac, "xx:xx:xx:xx:xx:xx");
	return is;
}
