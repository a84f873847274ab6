/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * err.h - what went wrong: the caller's struct, filled once
 *
 * The struct lives on the caller's stack: filling it allocates nothing, and nothing is to be freed
 * when Lua unwinds past it. The function that asked the kernel or parsed the input fills it; its
 * callers only add context.
 */
#ifndef MT_BASE_ERR_H
#define MT_BASE_ERR_H

/* Whose fault an error is: moontap(1) gives each an exit status, see mt_exit_status(). */
enum mt_blame {
	MT_BLAME_HOST = 0, /* the kernel or the system refused, or failed */
	MT_BLAME_REFUSED,  /* the policy refused */
	MT_BLAME_USAGE,	   /* the command line */
	MT_BLAME_INPUT,	   /* domain XML, policy or plan */
	MT_BLAME_LIMIT,	   /* the policy ran out of time, memory or instructions */
	MT_BLAME_UNDO,	   /* a step could not be undone */
	MT_BLAME_TAKEN,	   /* another event was first: asked again, the policy chooses otherwise */
};

struct mt_err {
	int code;	     /* an errno value, > 0; 0: nothing recorded */
	enum mt_blame blame; /* MT_BLAME_HOST by default */
	char op[32];	     /* what was tried: "link.set" */
	char subject[128];   /* on what: "vnet0", "web.xml:12" */
	char where[192];     /* within what, from the outside in: "NIC 1 (vnet0), policy.lua:12" */
	char text[384];	     /* why: the kernel's or the parser's words */
};

/**
 * mt_fail() - fill an error whose cause is the host
 * @e:		out
 * @code:	errno value, > 0
 * @op:		what was tried; borrowed, cut at 31 bytes
 * @subject:	on what, or NULL; cut at 127 bytes
 * @fmt:	why, or NULL for strerror(@code)
 *
 * Return: -@code, so that `return mt_fail(...)` is one line.
 */
int mt_fail(struct mt_err *e, int code, const char *op, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/** mt_bad() - the same for bad input: -EINVAL, blamed on what was read */
int mt_bad(struct mt_err *e, const char *op, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** mt_err_in() - add context, outside the context that @e has already. Returns -@e->code. */
int mt_err_in(struct mt_err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** mt_err_about() - set op and subject, where the function that failed did not know them. Returns
 * -@e->code. */
int mt_err_about(struct mt_err *e, const char *op, const char *subject);

/** mt_misused() - the same for a caller's options or event: MT_BLAME_USAGE. Return: -@code. */
int mt_misused(struct mt_err *e, int code, const char *what, const char *why);

/** mt_refused() - an error that was filled is the policy's refusal. Return: -EPERM. */
int mt_refused(struct mt_err *e);

/** mt_err_in_nic() - in the context "NIC 1 (vnet0)"; @dev may be empty. Returns -@e->code. */
int mt_err_in_nic(struct mt_err *e, int index, const char *dev);

/** mt_err_line() - one line for people: "NIC 1 (vnet0), policy.lua:12: link.set vnet0: Invalid
 * argument"; returns @buf */
const char *mt_err_line(const struct mt_err *e, char *buf, unsigned long n);

/** mt_exit_status() - the documented exit status of an error's blame */
int mt_exit_status(enum mt_blame blame);

/** mt_errno_name() - "EBUSY" for EBUSY; NULL for a number without a name. Static. */
const char *mt_errno_name(int code);

#endif
