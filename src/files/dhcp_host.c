/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dhcp_host.c - kind dhcp_host: what a dnsmasq tells one MAC, as a file of its --dhcp-hostsdir
 *
 *   # moontap 0f6a8a8e-… /run/dnsmasq.pid
 *   52:54:00:00:00:05,10.0.0.5,[fd00::5],web
 *
 * The file is named by the MAC. Its first line says that it is moontap's, and of which boot: after
 * a reboot no journal knows it any more, so what an earlier boot left counts as absent. A file that
 * reads otherwise is somebody else's.
 *
 * dnsmasq reads a new file at once, by inotify; what it read from a file that is gone it serves
 * until it gets SIGHUP (dnsmasq(8)).
 */
#include "files/dhcp_host_check.h"
#include "files/plain_file.h"
#include "base/boot_id.h"
#include "base/right.h"
#include "base/sh.h"
#include "kernel/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MARK "# moontap "

#define FIELD(NAME, TYPE, FLAGS, ...)                                           \
	{                                                                       \
		.name = NAME, .type = TYPE, .size = 6, .phase = MT_PHASE_NEIGH, \
		.flags = MT_FIELD_CUSTOM | (FLAGS), __VA_ARGS__                 \
	}

static const struct mt_field fields[NFIELDS] = {
	[MAC] = FIELD("mac", MT_MAC, 0, .doc = "of the NIC"),
	[DIR] = FIELD("dir", MT_TEXT, 0, .right = &mt_rights[MT_RIGHT_PATH],
		      .doc = "what dnsmasq has as --dhcp-hostsdir"),
	[ADDRESS] = FIELD("address", MT_IP, MT_FIELD_NONE, .right = &mt_rights[MT_RIGHT_PREFIX],
			  .doc = "the IPv4 address that it gets"),
	[ADDRESS6] = FIELD("address6", MT_IP, MT_FIELD_NONE, .right = &mt_rights[MT_RIGHT_PREFIX],
			   .doc = "the IPv6 address that it gets"),
	[NAME] = FIELD("name", MT_TEXT, MT_FIELD_NONE, .doc = "the host name that it gets"),
	[PID] = FIELD("pid", MT_TEXT, MT_FIELD_NONE, .right = &mt_rights[MT_RIGHT_PATH],
		      .doc = "what dnsmasq has as --pid-file: it gets SIGHUP when the file changes "
			     "or goes"),
};

/* --- the file's text -------------------------------------------------------------------------- */

static void print_host(struct mt_sh *s, const struct mt_record *r)
{
	char text[MT_VALUE_TEXT];

	mt_sh_say(s, "%s", mt_value_print(&fields[MAC], &r->v[MAC], text));
	if (r->v[ADDRESS].state == MT_SET)
		mt_sh_say(s, ",%s", mt_value_print(&fields[ADDRESS], &r->v[ADDRESS], text));
	if (r->v[ADDRESS6].state == MT_SET)
		mt_sh_say(s, ",[%s]", mt_value_print(&fields[ADDRESS6], &r->v[ADDRESS6], text));
	if (r->v[NAME].state == MT_SET)
		mt_sh_say(s, ",%s", r->v[NAME].text);
}

static void print_file(const struct mt_record *r, const char *boot, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_say(&s, MARK "%s%s%s\n", boot, r->v[PID].state == MT_SET ? " " : "",
		  r->v[PID].state == MT_SET ? r->v[PID].text : "");
	print_host(&s, r);
	mt_sh_say(&s, "\n");
}

static int put_item(struct mt_record *r, char *item, struct mt_err *e)
{
	size_t n = strlen(item);
	struct in_addr ip;
	struct mt_value v;
	int field = NAME;

	if (*item == '[' && item[n - 1] == ']') {
		item[n - 1] = 0;
		item++;
		field = ADDRESS6;
	} else if (inet_pton(AF_INET, item, &ip) == 1) {
		field = ADDRESS;
	}
	if (mt_value_parse(&fields[field], item, NULL, &v, e))
		return -e->code;
	mt_record_put(r, field, v);
	return 0;
}

/* Reads a file's text, which is overwritten. What is not as print_file() writes it is not ours.
 * Return: 0; -EEXIST: it is somebody else's. @boot: out, in the text: the boot that it is of. */
static int parse_file(char text[static MT_PLAIN_FILE_MAX], struct mt_record *r, const char **boot)
{
	char whole[MT_PLAIN_FILE_MAX], again[MT_PLAIN_FILE_MAX], *line, *pid, *rest;
	struct mt_err ignored;

	strcpy(whole, text);
	if (strncmp(text, MARK, strlen(MARK)))
		return -EEXIST;
	rest = text + strlen(MARK);
	line = strsep(&rest, "\n");
	pid = line;
	*boot = strsep(&pid, " ");
	for (int i = NAME; i >= ADDRESS; i--)
		mt_record_put(r, i, (struct mt_value){ .state = MT_NONE });
	mt_record_put(r, PID,
		      pid ? (struct mt_value){ .state = MT_SET, .text = pid }
			  : (struct mt_value){ .state = MT_NONE });
	if (!rest)
		return -EEXIST;
	line = strsep(&rest, "\n");
	strsep(&line, ",");
	for (char *item; (item = strsep(&line, ","));)
		if (!*item || put_item(r, item, &ignored))
			return -EEXIST;
	print_file(r, *boot, again, sizeof again);
	return strcmp(whole, again) ? -EEXIST : 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static const char *file_name(const struct mt_record *r, char name[static MT_VALUE_TEXT])
{
	return mt_value_print(&fields[MAC], &r->v[MAC], name);
}

static int fail(struct mt_err *e, int err, const struct mt_record *r, const char *what)
{
	char name[MT_VALUE_TEXT], path[MT_VALUE_TEXT + MT_TEXT_MAX + 2];

	if (err == -ENOSYS)
		return mt_fail(e, ENOSYS, "dhcp_host", "", "files cannot be read here");
	snprintf(path, sizeof path, "%s/%s", r->v[DIR].text,
		 mt_record_has(r, MAC) ? file_name(r, name) : "");
	return mt_fail(e, -err, "dhcp_host", path, what ? "%s" : NULL, what);
}

/* Return: 0; -ENOENT: there is none, or one of an earlier boot; -EEXIST: it is somebody else's; or
 * another -errno. */
static int read_host(int folder, struct mt_record *r, char text[static MT_PLAIN_FILE_MAX])
{
	char name[MT_VALUE_TEXT], here[MT_BOOT_ID_SIZE];
	const char *boot;
	int err = mt_plain_read(folder, file_name(r, name), text);
	size_t n = strlen(text);

	while (n > 1 && text[n - 1] == '\n' && text[n - 2] == '\n') /* mt_plain_rewrite() */
		text[--n] = 0;
	if (!err)
		err = parse_file(text, r, &boot);
	if (err)
		return err == -EINVAL ? -EEXIST : err;
	return strcmp(boot, mt_boot_id(here)) ? -ENOENT : 0;
}

struct listing {
	int folder;
	const struct mt_record *filter;
	mt_each each;
	void *data;
	struct mt_err *e;
};

static int each_host(void *data, const char *name)
{
	struct listing *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	char text[MT_PLAIN_FILE_MAX], again[MT_VALUE_TEXT];
	struct mt_err ignored;
	struct mt_value mac;
	bool one = mt_record_has(l->filter, MAC);
	int err;

	if (mt_value_parse(&fields[MAC], name, NULL, &mac, &ignored))
		return 0;
	mt_record_put(&r, MAC, mac);
	mt_record_put(&r, DIR, l->filter->v[DIR]);
	if (strcmp(file_name(&r, again), name))
		return 0;
	err = read_host(l->folder, &r, text);
	if (err && (!one || err == -ENOENT))
		return 0;
	if (err == -EEXIST)
		return fail(l->e, err, &r, "the file is there already, and not moontap's");
	return err ? fail(l->e, err, &r, NULL) : l->each(&r, l->data, l->e);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct listing l = { .filter = filter, .each = each, .data = data, .e = e };
	char name[MT_VALUE_TEXT];
	int err;

	(void)h;
	if (!mt_record_has(filter, DIR))
		return 0;
	l.folder = mt_plain_folder(filter->v[DIR].text);
	if (l.folder < 0)
		return l.folder == -ENOENT ? 0 : fail(e, l.folder, filter, NULL);
	*e = (struct mt_err){ 0 };
	err = mt_record_has(filter, MAC) ? each_host(&l, file_name(filter, name))
					 : mt_plain_list(l.folder, each_host, &l);
	close(l.folder);
	return err >= 0 ? 0 : e->code ? err : fail(e, err, filter, NULL);
}

/* --- changing --------------------------------------------------------------------------------- */

static bool is_dnsmasq(long pid)
{
	char path[48], comm[16] = "";
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, comm, sizeof comm - 1) < 0)
		*comm = 0;
	if (fd >= 0)
		close(fd);
	return !strcmp(comm, "dnsmasq\n");
}

/* A dnsmasq that does not run has nothing to forget. */
static void tell(const struct mt_value *pid_file)
{
	char text[MT_PLAIN_FILE_MAX];
	long pid;
	int fd;

	if (pid_file->state != MT_SET || mt_plain_read(AT_FDCWD, pid_file->text, text))
		return;
	pid = strtol(text, NULL, 10);
	fd = pid > 1 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	if (fd < 0)
		return;
	if (is_dnsmasq(pid)) /* asked once the pid cannot become another process's */
		syscall(SYS_pidfd_send_signal, fd, SIGHUP, NULL, 0);
	close(fd);
}

static int add(int folder, const struct mt_record *r, const char *text)
{
	char buf[MT_VALUE_TEXT], there[MT_PLAIN_FILE_MAX];
	const char *name = file_name(r, buf);
	struct mt_record has = mt_record_key(r);
	int err = mt_plain_add(folder, name, text);

	if (err == -EEXIST && read_host(folder, &has, there) == -ENOENT) /* of an earlier boot */
		err = 0;
	return err ? err : mt_plain_rewrite(folder, name, text); /* which dnsmasq is told of */
}

static int change(int folder, const struct mt_record *r, const char *boot)
{
	char name[MT_VALUE_TEXT], there[MT_PLAIN_FILE_MAX], text[MT_PLAIN_FILE_MAX];
	struct mt_record has = mt_record_key(r);
	int err = read_host(folder, &has, there);
	struct mt_value pid = has.v[PID];

	if (err)
		return err;
	for (int i = ADDRESS; i < NFIELDS; i++)
		if (mt_record_has(r, i))
			mt_record_put(&has, i, r->v[i]);
	print_file(&has, boot, text, sizeof text);
	err = mt_plain_rewrite(folder, file_name(r, name), text);
	if (!err)
		tell(has.v[PID].state == MT_SET ? &has.v[PID] : &pid);
	return err;
}

static int delete (int folder, const struct mt_record *r)
{
	char name[MT_VALUE_TEXT], there[MT_PLAIN_FILE_MAX];
	struct mt_record has = mt_record_key(r);
	int err = read_host(folder, &has, there);

	if (!err && unlinkat(folder, file_name(r, name), 0))
		err = -errno;
	if (!err)
		tell(&has.v[PID]);
	return err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	int folder = mt_plain_folder(r->v[DIR].text), err;
	char boot[MT_BOOT_ID_SIZE], text[MT_PLAIN_FILE_MAX];

	(void)h;
	if (folder < 0)
		return fail(e, folder, r, NULL);
	print_file(r, mt_boot_id(boot), text, sizeof text);
	err = op == MT_ADD	  ? add(folder, r, text)
		: op == MT_CHANGE ? change(folder, r, boot)
				  : delete (folder, r);
	close(folder);
	return err ? fail(e, err, r, NULL) : 0;
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	const char *dir = r->v[DIR].text;
	int fd = mt_plain_folder(dir);

	(void)h, (void)will, (void)data;
	if (fd == -ENOENT)
		return mt_fail(e, ENOENT, "dhcp_host", dir,
			       "there is no such folder: create it, and start dnsmasq with "
			       "--dhcp-hostsdir=%s",
			       dir);
	if (fd < 0)
		return mt_fail(e, -fd, "dhcp_host", dir, NULL);
	close(fd);
	return 0;
}

static void sh_path(struct mt_sh *s, const struct mt_record *r)
{
	char name[MT_VALUE_TEXT], path[MT_VALUE_TEXT + MT_TEXT_MAX + 2];

	snprintf(path, sizeof path, "%s/%s", r->v[DIR].text, file_name(r, name));
	mt_sh_quote(s, path);
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	bool told = op != MT_ADD && r->v[PID].state == MT_SET;
	struct mt_sh s = { buf, n, 0 };

	if (op == MT_DELETE) {
		mt_sh_say(&s, "rm ");
	} else {
		mt_sh_say(&s, "printf '" MARK "%%s%%s\\n%%s\\n' \"$(cat " MT_BOOT_ID ")\" ");
		mt_sh_say(&s, r->v[PID].state == MT_SET ? "\" %s\" " : "'' ", r->v[PID].text);
		print_host(&s, r);
		mt_sh_say(&s, " >");
	}
	sh_path(&s, r);
	mt_sh_say(&s, "\n");
	if (told) {
		mt_sh_say(&s, "[ ! -e ");
		mt_sh_value(&s, r, PID);
		mt_sh_say(&s, " ] || kill -HUP \"$(cat ");
		mt_sh_value(&s, r, PID);
		mt_sh_say(&s, ")\"\n");
	}
	return (int)s.len;
}

const struct mt_kind mt_kind_dhcp_host = {
	.name = "dhcp_host",
	.doc = "which address and name a dnsmasq gives a NIC by DHCP",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 2,
	.required = 2,
	.device = MT_NO_DEVICE,
	.phase = MT_PHASE_NEIGH,
	.flags = MT_KIND_WHOLE,
	.list = list,
	.put = put,
	.check = mt_dhcp_host_check,
	.needs = needs,
	.sh = sh,
};
