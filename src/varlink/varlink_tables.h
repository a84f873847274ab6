/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* varlink_tables.h - tables of the interfaces' types, methods and errors, and of their C structs */
#ifndef MT_VARLINK_VARLINK_TABLES_H
#define MT_VARLINK_VARLINK_TABLES_H

#include "varlink/varlink.h"

/* A field's type in varlink's language, and the C type of its member. */
enum mt_varlink_type {
	MT_VARLINK_TEXT,    /* string: const char * */
	MT_VARLINK_UINT,    /* int: unsigned */
	MT_VARLINK_UINT64,  /* int: uint64_t */
	MT_VARLINK_BOOL,    /* bool: int */
	MT_VARLINK_TEXTS,   /* []string: const char *const *, NULL-ended */
	MT_VARLINK_NUMBERS, /* []int: the same, the numbers as words */
	MT_VARLINK_STRUCTS, /* an array of a type: pointers to its C structs, NULL-ended */
};

struct mt_varlink_struct;

struct mt_varlink_field {
	const char *name;
	enum mt_varlink_type type;
	bool optional;			    /* its member may be NULL, which is null */
	size_t at;			    /* offset of its member */
	const struct mt_varlink_struct *of; /* MT_VARLINK_STRUCTS */
};

/* A type of its own, the parameters or results of a method, or an error. */
struct mt_varlink_struct {
	const char *name;		       /* NULL: it has none */
	const struct mt_varlink_field *fields; /* ended by a NULL name; NULL: none */
	size_t size;			       /* of the C struct */
	const char *doc;		       /* lines of a comment; NULL: none */
};

struct mt_varlink_method_row {
	const char *interface, *name;
	struct mt_varlink_struct in, out; /* of struct mt_varlink_params and _reply */
	const char *doc;
};

struct mt_varlink_error_row {
	const char *interface;
	struct mt_varlink_struct is; /* of struct mt_varlink_error */
};

struct mt_varlink_interface {
	const char *name, *doc;
	const struct mt_varlink_struct *const *types; /* NULL-ended */
};

extern const struct mt_varlink_interface mt_varlink_interfaces[]; /* ended by a NULL name */
extern const char *const mt_varlink_names[];			  /* of them; NULL-ended */
/* Indexed by enum mt_varlink_method, and enum mt_varlink_error_is; ended by a NULL interface. */
extern const struct mt_varlink_method_row mt_varlink_methods[];
extern const struct mt_varlink_error_row mt_varlink_errors[];

/** mt_varlink_describe() - struct mt_varlink's describe() */
char *mt_varlink_describe(const char *interface);

#endif
