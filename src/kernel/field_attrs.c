/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* field_attrs.c - fields of records as netlink attributes, both ways, by the rows of their kind */
#include "kernel/nl.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

/* A number to or from network order, if its field is MT_FIELD_BIG_ENDIAN. */
static uint64_t swapped(const struct mt_field *f, uint64_t u)
{
	switch (f->flags & MT_FIELD_BIG_ENDIAN ? f->size : 1) {
	case 2:
		return htobe16((uint16_t)u);
	case 4:
		return htobe32((uint32_t)u);
	case 8:
		return htobe64(u);
	}
	return u;
}

static void put_uint(struct nlmsghdr *n, uint16_t attr, uint8_t size, uint64_t u)
{
	switch (size) {
	case 1:
		mnl_attr_put_u8(n, attr, (uint8_t)u);
		break;
	case 2:
		mnl_attr_put_u16(n, attr, (uint16_t)u);
		break;
	case 8:
		mnl_attr_put_u64(n, attr, u);
		break;
	default:
		mnl_attr_put_u32(n, attr, (uint32_t)u);
	}
}

/* A set value from an attribute; unset when it is not of the field's type. */
static struct mt_value get_value(const struct mt_field *f, const struct nlattr *a)
{
	struct mt_value v = { .state = MT_SET };
	uint16_t len = mnl_attr_get_payload_len(a);

	switch (f->type) {
	case MT_NAME:
		return mt_name_from(mt_nl_str(a));
	case MT_TEXT:
		v.text = mt_nl_str(a);
		v.state = *v.text ? MT_SET : MT_NONE;
		break;
	case MT_MAC:
		if (len != sizeof(uint8_t[6]))
			return (struct mt_value){ .state = MT_UNSET };
		memcpy(v.b, mnl_attr_get_payload(a), 6);
		break;
	case MT_IP:
	case MT_PREFIX:
		return mt_nl_ip(a, len == 4 ? AF_INET : AF_INET6, 0);
	case MT_BOOL:
		v.u = !!mt_nl_uint(a);
		break;
	default:
		v.u = swapped(f, mt_nl_uint(a));
	}
	return v;
}

static int get_link(struct mt_host *h, uint32_t ifindex, struct mt_value *v, struct mt_err *e)
{
	char name[MT_NAME_MAX + 1];
	int err = mt_nl_ifname(h, ifindex, name, e);

	*v = err ? (struct mt_value){ .state = MT_UNSET } : mt_name_from(name);
	return err == -ENODEV ? 0 : err;
}

int mt_nl_get_fields(struct mt_host *h, const struct nlattr *const *tb, struct mt_record *r,
		     struct mt_err *e)
{
	for (int i = 0; i < r->kind->nfields; i++) {
		const struct mt_field *f = &r->kind->fields[i];
		const struct nlattr *a = tb[f->attr6 && !tb[f->attr] ? f->attr6 : f->attr];
		struct mt_value v = { .state = f->flags & MT_FIELD_NONE ? MT_NONE : MT_UNSET };

		if (f->flags & MT_FIELD_CUSTOM)
			continue;
		if (a && f->type == MT_LINK) {
			int err = mt_nl_uint(a) ? get_link(h, (uint32_t)mt_nl_uint(a), &v, e) : 0;

			if (err)
				return err;
		} else if (a) {
			v = get_value(f, a);
		}
		mt_record_put(r, i, v);
	}
	return 0;
}

int mt_nl_put_link(struct mt_host *h, struct nlmsghdr *n, const struct mt_field *f,
		   const struct mt_value *v, struct mt_err *e)
{
	uint32_t ifindex = 0;
	int err = v->state == MT_SET ? mt_nl_ifindex(h, v->name, &ifindex, e) : 0;

	if (err == -ENODEV)
		err = mt_fail(e, ENODEV, "", "", "%s: there is no device %s", f->name, v->name);
	if (!err)
		mnl_attr_put_u32(n, f->attr, ifindex);
	return err;
}

static void put_value(struct nlmsghdr *n, const struct mt_field *f, const struct mt_value *v)
{
	switch (f->type) {
	case MT_NAME:
		mnl_attr_put_strz(n, f->attr, v->name);
		break;
	case MT_TEXT: /* without its NUL: an empty text removes the old one */
		mnl_attr_put(n, f->attr, v->state == MT_SET ? strlen(v->text) : 0, v->text);
		break;
	case MT_MAC:
		mnl_attr_put(n, f->attr, 6, v->b);
		break;
	case MT_IP:
	case MT_PREFIX:
		mt_nl_put_ip(n, v->family == AF_INET6 && f->attr6 ? f->attr6 : f->attr, v);
		break;
	default:
		put_uint(n, f->attr, f->size, swapped(f, v->u));
	}
}

int mt_nl_put_fields(struct mt_host *h, struct nlmsghdr *n, const struct mt_record *r,
		     struct mt_err *e)
{
	for (int i = 0; i < r->kind->nfields; i++) {
		const struct mt_field *f = &r->kind->fields[i];
		const struct mt_value *v = &r->v[i];

		if (f->flags & MT_FIELD_CUSTOM || v->state == MT_UNSET)
			continue;
		if (f->type == MT_LINK) {
			int err = mt_nl_put_link(h, n, f, v, e);

			if (err)
				return err;
		} else if (v->state == MT_SET || f->type == MT_TEXT) {
			put_value(n, f, v);
		}
	}
	return 0;
}

int mt_list_device(struct mt_list *l)
{
	const struct mt_record *f = l->filter;
	int err, device = f->kind->device;

	if (f->v[device].state != MT_SET)
		return 0;
	err = mt_nl_ifindex(l->h, f->v[device].name, &l->ifindex, l->e);
	return err == -ENODEV ? 1 : mt_list_done(l, err);
}

int mt_list_done(struct mt_list *l, int err)
{
	return err == -ENODEV ? 0 : mt_nl_about(l->e, err, l->filter, "list");
}

int mt_list_link(struct mt_list *l, uint32_t ifindex, struct mt_value *v)
{
	*v = (struct mt_value){ .state = MT_UNSET };
	if (!ifindex)
		return 0;
	if (ifindex == l->ifindex) {
		*v = l->filter->v[l->filter->kind->device];
		return 0;
	}
	return mt_nl_about(l->e, get_link(l->h, ifindex, v, l->e), l->filter, "list");
}

int mt_list_found(struct mt_list *l, const struct mt_record *r)
{
	const struct mt_kind *k = r->kind;

	for (int i = 0; i < k->nfields; i++)
		if (l->filter->v[i].state != MT_UNSET &&
		    (i < k->nkeys || k->fields[i].type == MT_LINK) &&
		    !mt_value_equal(&k->fields[i], &l->filter->v[i], &r->v[i]))
			return 0;
	return l->each(r, l->data, l->e);
}
