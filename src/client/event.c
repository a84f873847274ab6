/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event.c - moontap-event: hands an event over to moontapd, or becomes moontap
 *
 * The program behind qemu-ifup, qemu-ifdown and libvirt's hook scripts. service/event_socket.h has
 * the protocol. The program becomes moontap, with the same words, environment and standard input,
 * where no service is and for all that the service does not do; but never while somebody else may
 * be doing the event.
 */
#include "client/client.h"
#include "client/client_text.h"
#include "client/sys.h"

static const struct mt_client_event events[] = {
	{ "qemu-ifup", 1, false },
	{ "qemu-ifdown", 1, false },
	{ "qemu", 4, true },
	{ "lxc", 4, true },
};

static bool is(const char *name, const char *s, size_t n)
{
	return length(name) == n && after(s, name);
}

/* libvirt runs hooks/DRIVER and every program in hooks/DRIVER.d/, whatever its name. */
static bool find_event(struct mt_call *c, int argc)
{
	const char *path = argc ? c->argv[0] : "moontap", *base = path, *folder = path;
	size_t n;

	for (const char *s = path; *s; s++)
		if (*s == '/') {
			folder = base;
			base = s + 1;
		}
	c->name = base;
	n = length(base);
	if (base - folder > 3 && after(base - 3, ".d/")) {
		base = folder;
		n = (size_t)(c->name - folder) - 3;
	}
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (is(events[i].name, base, n))
			c->event = &events[i];
	if (!c->event || argc != 1 + c->event->words)
		return false;
	/* A guest's name may begin with "-"; a device's is an option then, or a mistake. */
	return c->event->hook || (c->argv[1][0] && c->argv[1][0] != '-');
}

/* Return: whether the service will do the event, and @ms, how long that may take. */
static bool accepted(const struct mt_call *c, struct mt_answer *a, unsigned int *ms)
{
	if (mt_receive(c, a, MT_EVENT_ACCEPT_MS) != sizeof a->head ||
	    a->head.is != MT_REPLY_ACCEPTED)
		return false;
	*ms = a->head.value;
	return *ms > 0;
}

/* libvirt uses the XML that a hook prints, so half of it must be an error; EPIPE: the reader has
 * read enough. As mt_output_end(). */
static int finish(const struct mt_call *c, const struct mt_answer *a)
{
	int status = (int)a->head.value;
	long err = a->output_lost ? -EMFILE : 0;

	if (a->text_n || a->output >= 0)
		sys_ignore_signal(SIGPIPE);
	mt_write_all(2, a->text, a->text_n);
	if (a->output >= 0)
		err = mt_copy_output(a->output);
	if (!err || err == -EPIPE)
		return status;
	mt_complain(c, "standard output", "could not be written", err);
	return status ? status : 4;
}

static int no_answer(const struct mt_call *c, unsigned int ms)
{
	char line[64];
	struct text t = { .s = line, .room = sizeof line };

	add(&t, "did not answer within ");
	add_number(&t, ms / 1000 + (ms % 1000 > 0));
	add_word(&t, " s");
	mt_complain(c, "moontapd", line, 0);
	return mt_failed(c);
}

/* From here on the service does the event, and this program only when the worker is gone. */
static int wait_for_end(const struct mt_call *c, struct mt_answer *a, unsigned int ms)
{
	long n = mt_receive(c, a, ms);

	if (n == 0)
		return mt_become_moontap(c);
	if (n == -ETIMEDOUT)
		return no_answer(c, ms);
	if (n > 0 && a->head.is == MT_REPLY_DONE && a->head.value <= 255)
		return finish(c, a);
	mt_complain(c, "moontapd's answer", "is malformed", n == -EBADMSG ? 0 : n);
	return mt_failed(c);
}

int mt_client(int argc, char **argv, char **envp, bool secure)
{
	static struct mt_answer a;
	struct mt_call c = { .argv = argv, .envp = envp, .input = -1 };
	unsigned int ms;

	/* A person sees the program's log lines; the service logs to its own place. */
	if (!find_event(&c, argc) || sys_is_terminal(2) || !mt_connect_service(&c, secure))
		return mt_become_moontap(&c);
	if (!c.event->hook && !mt_find_taps(&c))
		return mt_become_moontap(&c);
	switch (c.event->hook ? mt_copy_input(&c) : MT_COPIED) {
	case MT_COPIED:
		break;
	case MT_NOT_FOR_SERVICE:
		return mt_become_moontap(&c);
	case MT_COPY_LOST:
		mt_complain(&c, "standard input", "could not be copied", 0);
		return mt_failed(&c);
	}
	if (!mt_send_words(&c) || !accepted(&c, &a, &ms) || !mt_send_go(&c))
		return mt_become_moontap(&c);
	return wait_for_end(&c, &a, ms);
}
