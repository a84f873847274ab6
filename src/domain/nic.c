/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic.c - one <interface>, by the tables: its rows, then its parts, then the rules */
#include "domain/inventory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- finding ---------------------------------------------------------------------------------- */

static bool is(const struct mt_element *el, const char *name, size_t n)
{
	return *el->name == *name && !el->ns && !strncmp(el->name, name, n) && !el->name[n];
}

static bool has(const struct mt_element *el, const char *attribute)
{
	for (const struct mt_attribute *a = el->attributes; a; a = a->next)
		if (!a->ns && !strcmp(a->name, attribute))
			return true;
	return false;
}

const struct mt_element *mt_nic_find(const struct mt_element *el, const char *path,
				     const char *attribute)
{
	size_t n = strcspn(path, "+/");
	bool any = path[n] == '+';
	const char *rest = path + n + any;

	if (!*path)
		return el;
	mt_element_each(c, el)
	{
		const struct mt_element *found = c;

		if (!is(c, path, n))
			continue;
		if (*rest)
			found = mt_nic_find(c, rest + 1, attribute);
		else if (any && attribute && !has(c, attribute))
			continue;
		if (found || !any)
			return found;
	}
	return NULL;
}

bool mt_nic_virtio(const struct mt_nic *nic)
{
	const char *model = mt_fact_text_at(nic->facts, "model");

	return model &&
		(!strcmp(model, "virtio") || !strcmp(model, "virtio-transitional") ||
		 !strcmp(model, "virtio-non-transitional"));
}

const struct mt_element *mt_nic_child(const struct mt_nic *nic, const char *name)
{
	const struct mt_element *el = mt_element_child(nic->el, name);

	return el ? el : nic->el;
}

const char *mt_nic_type(const struct mt_nic *nic)
{
	return mt_fact_text_at(nic->facts, "type") ?: "";
}

bool mt_nic_says(const struct mt_nic *nic, const char *path, const char *text)
{
	const char *s = mt_fact_text_at(nic->facts, path);

	return s && !strcmp(s, text);
}

/* --- what is not understood ------------------------------------------------------------------ */

static void list_unknown(struct mt_nic *nic)
{
	if (!nic->unknown)
		nic->unknown = mt_fact_array(nic->b, NULL, "unknown");
	mt_fact_string(nic->b, nic->unknown, "", nic->e->text);
	nic->e->code = 0;
}

int mt_nic_pass(struct mt_nic *nic, int r, bool load)
{
	const struct mt_fact *index = mt_fact_get(nic->facts, "index");

	if (r != -EINVAL || nic->o->libvirt || nic->fatal)
		return r;
	if (load && nic->type == MT_NIC_ETHERNET) {
		nic->fatal = true;
		return mt_err_in_nic(nic->e, index ? (int)index->integer : 0, "");
	}
	list_unknown(nic);
	return 0;
}

/* --- one row --------------------------------------------------------------------------------- */

static const char *last_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

/* Text below an element, without its children's marks: XPath's string value. */
static const char *content(struct mt_nic *nic, const struct mt_element *el)
{
	const char *text = mt_pool_copy(nic->b->pool, el->text, el->text_n);

	nic->b->failed |= !text;
	return text;
}

static int refuse(struct mt_nic *nic, const struct mt_attr_row *row, const struct mt_element *el,
		  const char *text, const char *want)
{
	if (!text)
		return mt_nic_bad(nic, el, "<%s>: attribute %s is missing", el->name,
				  row->attribute);
	if (!row->attribute)
		return mt_nic_bad(nic, el, "<%s>%.64s</%s>: %s", el->name, text, el->name, want);
	return mt_nic_bad(nic, el, "<%s %s='%.64s'>: %s", el->name, row->attribute, text, want);
}

static void add(struct mt_nic *nic, const struct mt_attr_row *row, struct mt_fact *in,
		const struct mt_parsed *v)
{
	const char *name = last_name(row->fact);

	switch (v->is) {
	case MT_PARSED_STRING:
		if (!row->names || v->number >= row->least)
			mt_fact_string(nic->b, in, name, v->string);
		break;
	case MT_PARSED_NUMBER:
		if (v->number >= row->least)
			mt_fact_integer(nic->b, in, name, v->number);
		break;
	case MT_PARSED_TRUTH:
		mt_fact_boolean(nic->b, in, name, v->truth);
		break;
	}
}

/* Whether add() would: an object is made for its first member only. */
static bool counts(const struct mt_attr_row *row, const struct mt_parsed *v)
{
	bool numbered = v->is == MT_PARSED_NUMBER || (v->is == MT_PARSED_STRING && row->names);

	return row->fact && (!numbered || v->number >= row->least);
}

static bool is_within(unsigned version, unsigned since, unsigned until)
{
	return since <= version && (!until || version < until);
}

/* Where libvirt's version is not asked for, a row is as the newest has it. */
static bool row_counts(const struct mt_attr_row *row, const struct mt_nic *nic)
{
	unsigned version = nic->o->libvirt;

	return version ? is_within(version, row->since, row->until) : !row->until;
}

/* A word that is not among an enumeration's is still what the document says. */
static bool keeps_word(const struct mt_nic *nic, const struct mt_attr_row *row)
{
	return (row->type == MT_ATTR_ENUM || row->type == MT_ATTR_ENUM_ANY) &&
		(!nic->o->libvirt || nic->o->vocabulary);
}

int mt_nic_row(struct mt_nic *nic, const struct mt_attr_row *row, const struct mt_element *el,
	       struct mt_fact *in)
{
	const char *text = row->attribute ? mt_element_get(el, row->attribute) : content(nic, el);
	struct mt_parsed v;
	char want[256];
	int r;

	if (!row_counts(row, nic))
		return 0;
	if (text && !*text && (row->flags & MT_NOT_EMPTY))
		text = NULL;
	if (!text && (row->flags & MT_REQUIRED))
		return refuse(nic, row, el, NULL, NULL);
	if (!text && row->otherwise)
		text = row->otherwise;
	if (!text)
		return 0;
	r = mt_scalar_parse(row, text, nic->b->pool, &v, want, sizeof want);
	if (r == -ENOMEM)
		nic->b->failed = true;
	if (r == -EINVAL && row->flags & MT_FORGIVEN)
		return 0;
	if (r == -EINVAL) {
		r = refuse(nic, row, el, text, want);
		if (!keeps_word(nic, row))
			return r;
		list_unknown(nic); /* v is the word, and comes after all that are known */
		r = 0;
	}
	if (r || !counts(row, &v))
		return 0;
	if (!in) {
		const char *name = last_name(row->fact);
		size_t n = name == row->fact ? 0 : name - row->fact - 1;

		in = mt_fact_object_at(nic->b, nic->facts, row->fact, n);
	}
	add(nic, row, in, &v);
	return 0;
}

/* --- the whole interface ---------------------------------------------------------------------- */

static bool applies(unsigned types, const struct mt_nic *nic)
{
	return !types || (types & MT_BIT(nic->type));
}

/* Then a rule is one that every version has: of any other, some libvirt accepts what it refuses. */
static bool rule_counts(const struct mt_rule *rule, const struct mt_nic *nic)
{
	unsigned version = nic->o->libvirt;

	return applies(rule->types, nic) &&
		(version ? is_within(version, rule->since, rule->until)
			 : !rule->since && !rule->until);
}

/* Whether two rows' paths lead to one element: rows of one element stand together. */
static bool same_place(const char *a, const char *b)
{
	return (a == b || !strcmp(a, b)) && (!*a || a[strlen(a) - 1] != '+');
}

static int read_rows(struct mt_nic *nic)
{
	const struct mt_attr_row *last = NULL; /* that el was looked for */
	const struct mt_element *el = NULL;

	for (size_t i = 0; i < mt_inventory_n; i++) {
		const struct mt_attr_row *row = &mt_inventory[i];
		int r = 0;

		if (!applies(row->types, nic))
			continue;
		if (!last || !same_place(last->element, row->element))
			el = mt_nic_find(nic->el, row->element, row->attribute);
		last = row;
		if (el && (!row->when || row->when(nic)))
			r = mt_nic_pass(nic, mt_nic_row(nic, row, el, NULL), row->flags & MT_LOAD);
		if (r)
			return r;
	}
	return 0;
}

static int read_parts(struct mt_nic *nic)
{
	for (size_t i = 0; i < mt_parts_n; i++) {
		const struct mt_part *part = &mt_parts[i];
		const struct mt_element *el = NULL;
		int r = 0;

		if (applies(part->types, nic))
			el = mt_nic_find(nic->el, part->element, NULL);
		if (el)
			r = mt_nic_pass(nic, part->read(nic, el), false);
		if (r)
			return r;
	}
	return 0;
}

static int check_rules(struct mt_nic *nic, const struct mt_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int r = rule_counts(&rules[i], nic) ? rules[i].holds(nic) : 0;

		r = mt_nic_pass(nic, r, false);
		if (r)
			return r;
	}
	return 0;
}

/* conf/domain_conf.h virDomainVirtType: what libvirt's QEMU driver runs */
static bool of_qemu(const struct mt_nic *nic)
{
	static const char *const types[] = { "qemu", "kvm", "hvf" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (!strcmp(nic->hypervisor, types[i]))
			return true;
	return false;
}

static int check_all_rules(struct mt_nic *nic)
{
	int r = check_rules(nic, mt_rules, mt_rules_n);

	/* What libvirt has accepted, its driver has checked. */
	if (!r && nic->o->libvirt && of_qemu(nic))
		r = check_rules(nic, mt_rules_qemu, mt_rules_qemu_n);
	return r;
}

static int read_type(struct mt_nic *nic)
{
	static const struct mt_attr_row row = { "",
						"type",
						MT_ATTR_ENUM,
						"type",
						.flags = MT_LOAD,
						.names = mt_nic_types,
						.otherwise = "user" };
	int r = mt_nic_row(nic, &row, nic->el, nic->facts);
	const char *type = mt_fact_text_at(nic->facts, "type");

	while (!r && type && mt_nic_types[nic->type] && strcmp(mt_nic_types[nic->type], type))
		nic->type++;
	return r;
}

/* conf/domain_conf.c virDomainNetDefParseXML(): a vendor without an address's type means usb */
static void read_host_address(struct mt_nic *nic)
{
	const struct mt_element *address = mt_nic_find(nic->el, "source+/address+", "type");
	const char *type = address ? mt_element_get(address, "type") : NULL;

	nic->host_address = "";
	if (nic->type != MT_NIC_HOSTDEV)
		return;
	if (type && *type)
		nic->host_address = type;
	else if (mt_nic_find(nic->el, "source+/vendor", NULL))
		nic->host_address = "usb";
}

/* util/virnetdev.c virNetDevGenerateName(): one %, and it is a %d, which libvirt fills in */
static bool is_template(const char *dev)
{
	const char *percent = strchr(dev, '%');

	return percent && percent[1] == 'd' && !strchr(percent + 1, '%');
}

/*
 * The types that have a device on the host while the guest runs: a tap, or a macvtap, or LXC's end
 * of a pair. LXC gives a macvlan away, into the container. Of a type that is unknown nothing is
 * known. Sources: qemu/qemu_command.c qemuBuildInterfaceConnect(), lxc/lxc_process.c
 * virLXCProcessSetupInterfaces().
 */
static bool has_device(const struct mt_nic *nic)
{
	unsigned types = MT_BIT(MT_NIC_ETHERNET) | MT_BIT(MT_NIC_NETWORK) | MT_BIT(MT_NIC_BRIDGE);

	if (strcmp(nic->hypervisor, "lxc"))
		types |= MT_BIT(MT_NIC_DIRECT);
	return types & MT_BIT(nic->type);
}

/* What moontap adds: the device's name on the host, and who makes the device. */
static void add_own(struct mt_nic *nic)
{
	const struct mt_fact *managed = mt_fact_at(nic->facts, "target.managed");
	const char *dev = mt_fact_text_at(nic->facts, "target.dev");
	bool unmanaged = nic->type == MT_NIC_ETHERNET && managed && !managed->boolean;

	if (dev && *dev && has_device(nic) && (unmanaged || !is_template(dev)))
		mt_fact_string(nic->b, nic->facts, "dev", dev);
	mt_fact_boolean(nic->b, nic->facts, "unmanaged", unmanaged);
	if (nic->unknown && !nic->b->failed)
		mt_fact_append(nic->facts, nic->unknown);
}

int mt_nic_read(struct mt_nic *nic, struct mt_fact *nics)
{
	int r;

	nic->facts = mt_fact_object(nic->b, nics, "");
	if (!nic->facts)
		return 0;
	mt_fact_integer(nic->b, nic->facts, "index", nics->in.n);
	r = read_type(nic);
	if (r)
		return r;
	read_host_address(nic);
	r = read_rows(nic);
	if (!r)
		r = read_parts(nic);
	if (!r)
		r = check_all_rules(nic);
	if (!r)
		add_own(nic);
	return r;
}
