/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moontap.h - connect the network interfaces of virtual machines to their host
 *
 * The public interface of libmoontap. An example, almost without error checks:
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
 * The library never prints, never exits, starts no thread, installs no signal handler, and keeps no
 * state outside its handles. It does not read XML and policies in this process: each call spawns
 * the program libexec/moontap/evaluator for that, as a child without any privilege, and waits for
 * its end. A program that waits for any child, wait(2), may get the evaluator's status: ignore it,
 * or have a moontapd run the events, see moontap_options.service.
 *
 * A handle may be used by one thread at a time. It works on the network namespace in which it was
 * opened. A call may block until the policy's deadline, while other runs work on the same devices,
 * and in the kernel. While moontap creates a tap, it is an open descriptor: a program that connects
 * many NICs needs a high RLIMIT_NOFILE.
 *
 * Later versions may add members at the end of a struct. So the caller passes the size of each
 * struct that it fills; a newer library takes its new members as zero. Set all unused members to
 * zero. The structs of an outcome are only reached by pointers.
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

/* What an error is about. The values are the exit statuses of the program moontap. */
enum moontap_exit {
	MOONTAP_DONE = 0,    /* no error */
	MOONTAP_REFUSED = 1, /* the policy refused */
	MOONTAP_USAGE = 2,   /* the options or the event are wrong */
	MOONTAP_INPUT = 3,   /* XML or policy is wrong; where or on has file:line */
	MOONTAP_HOST = 4,    /* the kernel or the host failed; everything was rolled back */
	MOONTAP_LIMIT = 5,   /* the policy ran out of its time or memory */
	MOONTAP_UNDO = 6,    /* the rollback is not complete: run the same again */
};

/* Its layout is fixed: the caller allocates it, and passes no size. */
struct moontap_error {
	int code;	 /* an errno value; 0: no error */
	int exit;	 /* enum moontap_exit */
	char name[24];	 /* "EBUSY" */
	char where[192]; /* its context, outermost first: "NIC 1 (vnet0), policy.lua:12" */
	char what[32];	 /* what was tried: "link.set" */
	char on[128];	 /* on what: "vnet0", "web.xml:12" */
	char why[384];	 /* the kernel's, the parser's or the policy's words */
};

struct moontap_options {
	/* a file; NULL: /etc/moontap/policy.lua, or no policy if that does not exist */
	const char *policy;
	const char *state;	  /* a directory; NULL: /run/moontap */
	const char *const *hooks; /* directories to search first for hooks; NULL-ended */
	const char *evaluator;	  /* the program; NULL: the one installed with the library */
	unsigned deadline_ms;	  /* for the policy; 0: 10,000 */
	size_t memory;		  /* of the policy, in bytes; 0: 64 MiB */
	/* called with each line for a log, without \n, while a call runs; level as in syslog(3);
	 * NULL: no log */
	void (*log)(void *data, int level, const char *line);
	void *data; /* for log */
	/* when this is not 0, a run stops before its next step, and rolls back; a signal handler
	 * or another thread may set it while a call runs; NULL: never */
	const volatile sig_atomic_t *stop;
	const char *ovsdb; /* Open vSwitch's socket; NULL: /run/openvswitch/db.sock */
	/* the socket of a moontapd(8), "/run/moontap.sock/io.moontap", which runs up and down in
	 * this process's stead, by its own policy, hooks and state: no child is spawned; NULL:
	 * this process does. Events then have neither a driver nor other flags than MOONTAP_DRY and
	 * MOONTAP_FD, down has the guest's name, and NICs are indexes; the outcome has neither uuid
	 * nor left */
	const char *service;
};

struct moontap;

/**
 * moontap_open() - open a handle
 * @m:		out: to be closed by moontap_close(); NULL on failure
 * @options:	copied; what data and stop point to must exist as long as the handle
 * @size:	sizeof *options
 * @error:	out: always filled; NULL: not wanted
 *
 * Needs no privilege; connecting needs CAP_NET_ADMIN.
 *
 * Return: 0, or
 *   -E2BIG	@options has members set that this library does not know
 *   -ENOMEM, -EMFILE, ...	from malloc(3), socket(2)
 */
extern int moontap_open(struct moontap **m, const struct moontap_options *options, size_t size,
			struct moontap_error *error);

/** moontap_close() - close a handle; NICs stay connected. @m may be NULL. */
extern void moontap_close(struct moontap *m);

enum moontap_flag {
	MOONTAP_DRY = 1,      /* up: plan only, change nothing */
	MOONTAP_FORCE = 2,    /* down: even if a running guest has the tap open */
	MOONTAP_FD = 4,	      /* the XML is read from fd, to its end; fd stays open */
	MOONTAP_BY_NAME = 8,  /* down: guest is a name, and no uuid */
	MOONTAP_BY_UUID = 16, /* down: guest is a uuid, and no name */
	MOONTAP_KEEP = 32,    /* up: NICs stay connected when their guest ends, until down; also
			       * those that an event had connected */
};

struct moontap_event {
	/* "up", "down", or an operation that libvirt calls its hook script with: "prepare",
	 * "start", "started", "reconnect", "stopped", "release", "migrate", "restore"; or
	 * "changed": NICs of a running guest may have been plugged in or out */
	const char *what;
	/* libvirt's driver: "qemu", "lxc", "libxl", "bhyve"; NULL: for up the one of the XML's
	 * type, for libvirt's operations "qemu" */
	const char *driver;
	/* the guest's name, not empty; for up and down NULL: the one in the XML. For down it may
	 * also be a uuid or a device's name, and no XML is needed; if it fits two guests, nothing
	 * is done, see -ENOTUNIQ */
	const char *guest;
	const char *xml; /* the domain's XML, xml_size bytes, needs no NUL */
	size_t xml_size;
	int fd;		/* the XML, with MOONTAP_FD */
	unsigned flags; /* enum moontap_flag */
	/* up and down: only these NICs, by device, MAC or index (from 1); NULL-ended; NULL: all */
	const char *const *nics;
};

/* One step of a plan: a change, or what needs none. Texts are UTF-8, if the host's names are. */
struct moontap_step {
	const char *op;	     /* "add", "set", "delete", "same" */
	const char *kind;    /* "link" */
	const char *object;  /* "vnet0", "10.0.0.1/24 on br0" */
	const char *record;  /* "link name=vnet0 mtu=9000": its key, and the fields put */
	const char *command; /* the same as commands for sh, separated by \n */
	const char *place;   /* where it was declared: "policy.lua:12"; NULL: it was not */
	int shared;	     /* not 0: on an object that NICs share, as a bridge */
};

struct moontap_nic {
	unsigned index;	      /* in the XML, from 1 */
	const char *type;     /* "ethernet" */
	const char *mac;      /* "" when there is none */
	const char *dev;      /* "" when it has no device yet */
	int unmanaged;	      /* not 0: the XML has managed='no' */
	const char *decision; /* the policy's: "managed", "unmanaged"; NULL: it has none */
	const char *note;     /* why nothing was planned; NULL: it was */
	const struct moontap_step *const *steps;  /* of its plan, in order; NULL-ended */
	const struct moontap_step *const *undone; /* steps undone; NULL-ended */
};

struct moontap_outcome {
	const char *name, *uuid;	       /* of the guest; "" when not known */
	const struct moontap_nic *const *nics; /* NULL-ended */
	unsigned left;	 /* number of things that were not undone: others had changed them */
	const char *xml; /* migrate, restore: XML that the hook script must print; NULL: none */
	size_t xml_size;
};

/**
 * moontap_run() - run an event; it connects all of the guest's NICs, or none
 * @m:		handle
 * @event:	borrowed for the call
 * @size:	sizeof *event
 * @outcome:	out: what was done, also before a failure; to be freed by moontap_outcome_free();
 *		NULL if there was no memory, or with -E2BIG; @outcome NULL: not wanted
 * @error:	out: always filled; NULL: not wanted
 *
 * Running an event again is safe: an up that finds everything as declared changes nothing. A down
 * asks no policy; without a guest it reads the guest's name from the XML.
 *
 * Return: 0, or -errno; error->exit is its kind. Among them:
 *   -EPERM	the policy refused (MOONTAP_REFUSED), or there is no CAP_NET_ADMIN (MOONTAP_HOST)
 *   -EINVAL	the event (MOONTAP_USAGE), the XML or the policy (MOONTAP_INPUT) is wrong
 *   -E2BIG	@event has members set that this library does not know (MOONTAP_USAGE)
 *   -ETIME	the policy did not stop within its deadline (MOONTAP_LIMIT)
 *   -EPROTO	the evaluator died (MOONTAP_HOST)
 *   -ENOENT	there is no evaluator (MOONTAP_HOST)
 *   -ENOTUNIQ	down: guest fits two guests, say one by name, one by uuid (MOONTAP_USAGE)
 *   -EBUSY	a device is another guest's, or is in use
 *   -EINTR	stopped by options.stop: everything was rolled back
 *   the kernel's error, with its text in error->why: everything was rolled back, unless
 *   error->exit is MOONTAP_UNDO
 */
extern int moontap_run(struct moontap *m, const struct moontap_event *event, size_t size,
		       struct moontap_outcome **outcome, struct moontap_error *error);

/** moontap_outcome_free() - free an outcome and everything that it points to; may be NULL */
extern void moontap_outcome_free(struct moontap_outcome *outcome);

#ifdef __cplusplus
}
#endif

#endif
