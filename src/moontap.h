/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moontap.h - connect the network interfaces of virtual machines to their host
 *
 * The whole of libmoontap's public face. In short, without the error checks:
 *
 *	struct moontap_options options = { .policy = "/etc/moontap/policy.lua" };
 *	struct moontap_event event = { .what = "up", .xml = xml, .xml_size = strlen(xml) };
 *	struct moontap_outcome *outcome;
 *	struct moontap_error error;
 *	struct moontap *m;
 *
 *	moontap_open(&m, &options, sizeof options, &error);
 *	if (moontap_run(m, &event, sizeof event, &outcome, &error))
 *		fprintf(stderr, "%s: %s %s: %s\n", error.where, error.what, error.on, error.why);
 *	for (const struct moontap_nic *const *nic = outcome->nics; *nic; nic++)
 *		for (const struct moontap_step *const *s = (*nic)->steps; *s; s++)
 *			printf("%s %s\n", (*s)->op, (*s)->command);
 *	moontap_outcome_free(outcome);
 *	moontap_close(m);
 *
 * The library prints nothing, ends nothing, has no state of its own beside its handles, forks not,
 * starts no thread and installs no signal handler. XML and policies are read by a child without any
 * privilege, the program libexec/moontap/evaluator, which is started and ended within a call; a
 * host that waits for any child may see it, and need not mind its status.
 *
 * A handle is for one thread at a time, and for the network namespace that it was opened in; a call
 * waits at most for the policy's deadline, for other runs on the same devices, and for the kernel.
 * A tap that is being made is an open descriptor: a host with many NICs wants a high RLIMIT_NOFILE.
 *
 * Structs grow at their end. Those that the caller fills are given with their size, so that what a
 * newer library would ask for is zero; those that the library fills are only ever reached by a
 * pointer. Unset members are zero.
 */
#ifndef MOONTAP_H
#define MOONTAP_H

#include <signal.h> /* sig_atomic_t */
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MOONTAP_VERSION_MAJOR 0
#define MOONTAP_VERSION_MINOR 1
#define MOONTAP_VERSION_PATCH 0

/** moontap_version() - the library's version, "0.1.0"; the header's is in MOONTAP_VERSION_* */
extern const char *moontap_version(void);

/* Whose fault an error is: the program's exit statuses. */
enum moontap_exit {
	MOONTAP_DONE = 0,    /* there is none */
	MOONTAP_REFUSED = 1, /* the policy said no */
	MOONTAP_USAGE = 2,   /* options or event: the caller's */
	MOONTAP_INPUT = 3,   /* XML or policy is bad; where or on has file:line */
	MOONTAP_HOST = 4,    /* the kernel, or another part of the host; everything was undone */
	MOONTAP_LIMIT = 5,   /* the policy ran out of its time or memory */
	MOONTAP_UNDO = 6,    /* undo did not complete: run the same again */
};

struct moontap_error {
	int code;	 /* an errno value; 0: no error */
	int exit;	 /* enum moontap_exit */
	char name[24];	 /* "EBUSY" */
	char where[192]; /* within what, from the outside in: "NIC 1 (vnet0), policy.lua:12" */
	char what[32];	 /* what was tried: "link.set" */
	char on[128];	 /* on what: "vnet0", "web.xml:12" */
	char why[384];	 /* the kernel's, the parser's or the policy's words */
};

struct moontap_options {
	/* a file; NULL: /etc/moontap/policy.lua, and none when that is not there */
	const char *policy;
	const char *state;	  /* a directory; NULL: /run/moontap */
	const char *const *hooks; /* directories to look for hooks in first, NULL-ended */
	const char *evaluator;	  /* the program; NULL: the one installed with the library */
	unsigned deadline_ms;	  /* for the policy; 0: 10,000 */
	size_t memory;		  /* of the policy, in bytes; 0: 64 MiB */
	/* one line for a log, without \n, while a call runs; level as syslog(3) has them */
	void (*log)(void *data, int level, const char *line);
	void *data;
	/* not 0: stop between two steps and take them back; a signal handler or another thread may
	 * set it while a call runs; NULL: never */
	const volatile sig_atomic_t *stop;
};

struct moontap;

/**
 * moontap_open() - a handle
 * @m:		out: to be closed by moontap_close(); NULL on failure
 * @options:	copied, but for what data and stop point to
 * @size:	sizeof *options
 * @error:	out: filled on failure; NULL: nobody asks
 *
 * Needs no privilege; connecting needs CAP_NET_ADMIN.
 * Return: 0, or
 *   -E2BIG	@options has members set that this library does not know
 *   -ENOMEM, -EMFILE, ...	of socket(2)
 */
extern int moontap_open(struct moontap **m, const struct moontap_options *options, size_t size,
			struct moontap_error *error);

/** moontap_close() - close a handle; what is connected stays connected. NULL is fine. */
extern void moontap_close(struct moontap *m);

enum moontap_flag {
	MOONTAP_DRY = 1,      /* up: say what would be done, and change nothing */
	MOONTAP_FORCE = 2,    /* down: take down even a tap that a running guest has open */
	MOONTAP_FD = 4,	      /* the XML comes from fd, which is read to its end and stays open */
	MOONTAP_BY_NAME = 8,  /* down: guest is a name, whoever's uuid is the same */
	MOONTAP_BY_UUID = 16, /* down: guest is a uuid, whoever's name is the same */
	MOONTAP_KEEP = 32,    /* up: it is this caller's from now on, whoever connected it: no end
			       * of its guest disconnects it */
};

struct moontap_event {
	/* "up", "down", or what libvirt's hook is called with: "prepare", "start", "started",
	 * "reconnect", "stopped", "release", "migrate", "restore" */
	const char *what;
	/* libvirt's: "qemu", "lxc", "libxl", "bhyve"; NULL: of a hook's events "qemu", of up as
	 * the XML's type is */
	const char *driver;
	/* the guest's name, not empty: of up and down NULL means as the XML says; of down also a
	 * uuid or a device's name, and then there is no need of XML; what fits two guests is an
	 * error, and nothing is done */
	const char *guest;
	const char *xml; /* the domain's XML, not NUL-ended */
	size_t xml_size;
	int fd;		/* with MOONTAP_FD */
	unsigned flags; /* enum moontap_flag */
	/* up and down: only these, each by device, MAC or index from 1; NULL-ended; NULL: all */
	const char *const *nics;
};

/* One change, or what needs none. Texts are UTF-8 as far as the host's names are. */
struct moontap_step {
	const char *op;	     /* "add", "set", "delete", "same" */
	const char *kind;    /* "link" */
	const char *object;  /* "vnet0", "10.0.0.1/24 on br0" */
	const char *record;  /* "link name=vnet0 mtu=9000": its key and what is put, as a line */
	const char *command; /* what a person would type for it; several lines are ended by \n */
	const char *place;   /* where it was declared: "policy.lua:12"; NULL: nowhere */
	int shared;	     /* on an object that other NICs may want, too */
};

struct moontap_nic {
	unsigned index;	      /* in the XML, from 1 */
	const char *type;     /* "ethernet" */
	const char *mac;      /* "" when there is none */
	const char *dev;      /* "" when it has no device yet */
	int unmanaged;	      /* as the XML says */
	const char *decision; /* of the policy: "managed", "unmanaged"; NULL: as the XML says */
	const char *note;     /* why nothing was planned; NULL: it was */
	const struct moontap_step *const *steps;  /* what its plan needs, in order; NULL-ended */
	const struct moontap_step *const *undone; /* what went back; NULL-ended */
};

struct moontap_outcome {
	const char *name, *uuid;	       /* of the guest; "" when not known */
	const struct moontap_nic *const *nics; /* NULL-ended */
	unsigned left;	 /* so many things someone else had changed: they were left, and logged */
	const char *xml; /* migrate, restore: what the hook is to print; NULL: nothing */
	size_t xml_size;
};

/**
 * moontap_run() - run an event: all NICs are connected, or none is
 * @m:		handle
 * @event:	borrowed for the call
 * @size:	sizeof *event
 * @outcome:	out: what was done, as far as it went, also on failure; to be freed by
 *		moontap_outcome_free(); NULL when there was no memory for it; NULL: nobody asks
 * @error:	out: filled on failure; NULL: nobody asks
 *
 * An up that finds all as it shall be changes nothing; a down evaluates nothing but, without a
 * guest, whose the XML is.
 *
 * Return: 0, or -errno; error->exit says whose it is. Among them:
 *   -EPERM	the policy refused (MOONTAP_REFUSED), or there is no CAP_NET_ADMIN (MOONTAP_HOST)
 *   -EINVAL	the event (MOONTAP_USAGE), the XML or the policy (MOONTAP_INPUT) is bad
 *   -E2BIG	@event has members set that this library does not know (MOONTAP_USAGE)
 *   -ETIME	the policy did not stop within its deadline (MOONTAP_LIMIT)
 *   -EPROTO	the evaluator died (MOONTAP_HOST)
 *   -ENOENT	there is no evaluator (MOONTAP_HOST)
 *   -ENOTUNIQ	down: guest fits two of them, one by name, one by uuid (MOONTAP_USAGE)
 *   -EBUSY	a device is another guest's, or is in use
 *   -EINTR	stopped: everything was taken back
 *   what the kernel answers, with its words in error->why: everything was taken back, unless
 *   error->exit is MOONTAP_UNDO
 */
extern int moontap_run(struct moontap *m, const struct moontap_event *event, size_t size,
		       struct moontap_outcome **outcome, struct moontap_error *error);

/** moontap_outcome_free() - an outcome and everything that it points to. NULL is fine. */
extern void moontap_outcome_free(struct moontap_outcome *outcome);

#ifdef __cplusplus
}
#endif

#endif
