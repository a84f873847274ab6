/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_port_sh.c - a port as commands of ovs-vsctl(8), which wait until ovs-vswitchd has done it */
#include "ovsdb/ovs_port_sh.h"
#include "base/boot_id.h"

#include <string.h>

#define OVS_VSCTL "ovs-vsctl -t 10 "

static bool is_in(const struct mt_record *r, int i, int table)
{
	return mt_record_has(r, i) && r->kind->fields[i].attr == table;
}

static bool is_key(const struct mt_field *f)
{
	return strchr(f->ip_arg, ':');
}

/* A value in ovs-vsctl's own words: a text that could be something else is quoted for it, too. */
static void say_value(struct mt_sh *s, const struct mt_record *r, int i)
{
	const struct mt_field *f = &r->kind->fields[i];
	char text[MT_VALUE_TEXT], word[2 * MT_VALUE_TEXT + 64];
	const char *value = mt_value_print(f, &r->v[i], text);
	bool plain = strspn(value,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "_-.") == strlen(value);
	struct mt_sh w = { word, sizeof word, 0 };

	word[0] = 0;
	mt_sh_say(&w, "%s=", f->ip_arg);
	if (f->type == MT_TEXT && !plain)
		mt_sh_say(&w, "\"");
	for (; *value; value++)
		mt_sh_say(&w, f->type == MT_TEXT && strchr("\"\\", *value) ? "\\%c" : "%c", *value);
	if (f->type == MT_TEXT && !plain)
		mt_sh_say(&w, "\"");
	mt_sh_say(s, " ");
	mt_sh_quote(s, word);
}

/* The boot is that of the machine where the command runs. */
static void say_owner(struct mt_sh *s, const struct mt_record *r)
{
	const char *owner = r->v[OVS_OWNER].text, *boot = strstr(owner, " boot=");
	int n = boot ? (int)(boot - owner) : (int)strlen(owner);

	mt_sh_say(s,
		  " 'external_ids:" OVS_OWNER_KEY "=\"%.*s boot='\"$(cut -c1-8 " MT_BOOT_ID
		  ")\"'\"'",
		  n, owner);
}

/* The values of a row, as words of a command that adds or sets one. @new: it has no others. */
static void say_fields(struct mt_sh *s, const struct mt_record *r, int table, bool new)
{
	for (int i = r->kind->nkeys; i < r->kind->nfields; i++) {
		const struct mt_field *f = &r->kind->fields[i];

		if (!is_in(r, i, table))
			continue;
		if (i == OVS_OWNER)
			say_owner(s, r);
		else if (r->v[i].state == MT_SET)
			say_value(s, r, i);
		else if (!new && !strncmp(f->ip_arg, "ingress_", 8))
			mt_sh_say(s, " %s=0", f->ip_arg);
		else if (!new && !is_key(f))
			mt_sh_say(s, " %s=[]", f->ip_arg);
	}
}

/* The keys of maps that are to be none; a new row has none. */
static void say_removals(struct mt_sh *s, const struct mt_record *r, int table, const char *name)
{
	for (int i = r->kind->nkeys; i < r->kind->nfields; i++) {
		const struct mt_field *f = &r->kind->fields[i];

		if (!is_in(r, i, table) || r->v[i].state == MT_SET || !is_key(f))
			continue;
		mt_sh_say(s, "%sremove %s ", s->len ? " -- " : OVS_VSCTL, name);
		mt_sh_value(s, r, OVS_DEV);
		mt_sh_say(s, " %.*s %s", (int)strcspn(f->ip_arg, ":"), f->ip_arg,
			  strchr(f->ip_arg, ':') + 1);
	}
}

/* Whether say_fields() has a word to say: ovs-vsctl's `set` needs one. */
static bool has_any(const struct mt_record *r, int table, bool new)
{
	for (int i = r->kind->nkeys; i < r->kind->nfields; i++)
		if (is_in(r, i, table) &&
		    (r->v[i].state == MT_SET || (!new && !is_key(&r->kind->fields[i]))))
			return true;
	return false;
}

static void say_set(struct mt_sh *s, const struct mt_record *r, int table, const char *name,
		    bool new)
{
	if (has_any(r, table, new)) {
		mt_sh_say(s, "%sset %s ", s->len ? " -- " : OVS_VSCTL, name);
		mt_sh_value(s, r, OVS_DEV);
		say_fields(s, r, table, new);
	}
	if (!new)
		say_removals(s, r, table, name);
}

static void add(struct mt_sh *s, const struct mt_record *r)
{
	mt_sh_say(s, OVS_VSCTL "add-port ");
	mt_sh_value(s, r, OVS_BRIDGE);
	mt_sh_say(s, " ");
	mt_sh_value(s, r, OVS_DEV);
	say_fields(s, r, OVS_PORT_TABLE, true);
	mt_sh_say(s, " other_config:transient=true");
	say_set(s, r, OVS_INTERFACE_TABLE, "interface", true);
	mt_sh_say(s, "\n");
	if (r->v[OVS_IFACE_ID].state != MT_SET ||
	    (r->v[OVS_WAIT].state == MT_SET && !r->v[OVS_WAIT].u))
		return;
	mt_sh_say(s, "ovs-vsctl -t %u wait-until interface ",
		  r->v[OVS_WAIT].state == MT_SET ? (unsigned)r->v[OVS_WAIT].u
						 : OVS_INSTALLED_SECONDS);
	mt_sh_value(s, r, OVS_DEV);
	mt_sh_say(s, " external_ids:ovn-installed=true\n");
}

/* Into another bridge, with all that it has. */
static void move(struct mt_sh *s, const struct mt_record *r)
{
	mt_sh_say(s, OVS_VSCTL "--id=@port get port ");
	mt_sh_value(s, r, OVS_DEV);
	mt_sh_say(s, " -- remove bridge \"$(ovs-vsctl -t 10 port-to-br ");
	mt_sh_value(s, r, OVS_DEV);
	mt_sh_say(s, ")\" ports @port -- add bridge ");
	mt_sh_value(s, r, OVS_BRIDGE);
	mt_sh_say(s, " ports @port\n");
}

static void change(struct mt_sh *s, const struct mt_record *r)
{
	if (r->v[OVS_BRIDGE].state == MT_SET) {
		move(s, r);
		return;
	}
	say_set(s, r, OVS_PORT_TABLE, "port", false);
	say_set(s, r, OVS_INTERFACE_TABLE, "interface", false);
	if (s->len)
		mt_sh_say(s, "\n");
}

int mt_ovs_port_sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	if (op == MT_DELETE) {
		mt_sh_say(&s, OVS_VSCTL "--if-exists del-port ");
		mt_sh_value(&s, r, OVS_DEV);
		mt_sh_say(&s, "\n");
	} else if (op == MT_ADD) {
		add(&s, r);
	} else {
		change(&s, r);
	}
	return (int)s.len;
}
