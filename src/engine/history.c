/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* history.c - record a run, once, at its end, in its guest's file */
#include "engine/history.h"
#include "base/clock.h"
#include "base/tokens.h"
#include "base/paths.h"
#include "engine/driver.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PART_MAX (24u << 10) /* of steps, and of facts: so that the other lines always fit */

/* Text of at most MT_HISTORY_BYTES; what does not fit is left out, a line at a time. */
struct text {
	char *at;
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->at + t->n, MT_HISTORY_BYTES - t->n, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < MT_HISTORY_BYTES - t->n)
		t->n += (size_t)n;
}

static void put_word(struct text *t, const char *key, const char *value)
{
	char escaped[3 * 1024];

	if (!value || !*value)
		return;
	mt_token_escape(value, escaped, sizeof escaped);
	put(t, " %s=%s", key, escaped);
}

/* --- secrets ---------------------------------------------------------------------------------- */

static bool is_secret(const char *s, size_t n)
{
	static const char *const words[] = { "passw",	   "passphrase",  "secret",  "token",
					     "credential", "private_key", "api_key", "apikey" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i]);

		for (size_t k = 0; k + len <= n; k++)
			if (!strncasecmp(s + k, words[i], len))
				return true;
	}
	return false;
}

/* Whether to remove the value in a line of facts (domain/facts.h).
 * @depth: of nested objects and arrays
 * @secret: 0, or the depth of one that is removed as a whole: its name, or the name of its metadata
 * element, is a secret's */
static bool hides(const char *line, size_t n, int *depth, int *secret)
{
	const char *eq = memchr(line, '=', n);
	size_t name = eq ? (size_t)(eq - line) - 1 : n ? n - 1 : 0;
	bool hide = *secret || (n && is_secret(line + 1, name));

	if (n && strchr("{[", *line)) {
		++*depth;
		if (hide && !*secret)
			*secret = *depth;
	} else if (n && strchr("}]", *line)) {
		if (*secret == *depth)
			*secret = 0;
		--*depth;
	} else if (n > 6 && !strncmp(line, "$name=", 6)) {
		if (!*secret && is_secret(line + 6, n - 6))
			*secret = *depth;
		return false;
	}
	return hide && *line == '$' && eq;
}

static void put_facts(struct text *t, const char *facts, size_t n)
{
	size_t before = t->n, begin;
	int depth = 0, secret = 0;
	char bytes[16];

	if (!n || n > PART_MAX)
		return;
	put(t, "facts bytes=00000\n");
	begin = t->n;
	for (const char *at = facts; at < facts + n;) {
		const char *end = memchr(at, '\n', (size_t)(facts + n - at));
		size_t len = end ? (size_t)(end - at) : (size_t)(facts + n - at);

		if (hides(at, len, &depth, &secret))
			put(t, "%.*s=(removed)\n", (int)strcspn(at, "="), at);
		else
			put(t, "%.*s\n", (int)len, at);
		at += len + 1;
	}
	snprintf(bytes, sizeof bytes, "%05zu", t->n - begin);
	memcpy(t->at + begin - 6, bytes, 5);
	if (t->n > MT_HISTORY_BYTES - 1024) /* some of it may be missing */
		t->n = before;
}

/* --- the text --------------------------------------------------------------------------------- */

static bool put_steps(struct text *t, const struct mt_steps *steps)
{
	char line[MT_LINE_MAX];

	for (size_t i = 0; steps && i < steps->n; i++) {
		if (t->n + mt_step_print(&steps->at[i], line, sizeof line) > PART_MAX)
			return false;
		put(t, "%s\n", line);
	}
	return true;
}

static void put_nic(struct text *t, const struct mt_outcome_nic *n)
{
	bool whole;

	put(t, "nic index=%d unmanaged=%s", n->index, n->unmanaged ? "true" : "false");
	put_word(t, "type", n->type);
	put_word(t, "mac", n->mac);
	put_word(t, "dev", n->dev);
	put_word(t, "note", n->note);
	put(t, "\n");
	whole = put_steps(t, n->steps);
	if (n->undone && n->undone->n) {
		put(t, "undone\n");
		whole &= put_steps(t, n->undone);
	}
	if (!whole)
		put(t, "cut\n");
}

static void put_words(struct text *t, const char *const *words)
{
	char all[1024];
	size_t n = 0;

	all[0] = 0;
	for (; words && *words && n < sizeof all; words++)
		n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", n ? " " : "", *words);
	put_word(t, "words", all);
}

static void put_head(struct text *t, const struct mt_history_run *run, const struct mt_engine *g,
		     const struct mt_outcome *out, const struct mt_err *e)
{
	const struct mt_err *failed = e ? e : out->ignored.code ? &out->ignored : NULL;
	char line[sizeof *e], path[PATH_MAX];

	put(t, "run at=%llu exit=%d took=%lld evaluate=%u compute=%u make=%u",
	    (unsigned long long)run->at_us, e ? mt_exit_status(e->blame) : 0,
	    (long long)(mt_now_us() - run->begun), out->times.evaluate, out->times.compute,
	    out->times.make);
	put_word(t, "event", run->event);
	put_word(t, "driver", run->driver);
	put_word(t, "guest", run->guest);
	put_word(t, "dev", run->dev);
	if (out->times.evaluate)
		put_word(t, "policy", mt_path_absolute(g->o.policy, sizeof path - 1, path));
	put_word(t, "checksum", out->checksum);
	if (failed)
		put_word(t, "error", mt_err_line(failed, line, sizeof line));
	put_words(t, run->argv);
	put(t, "\n");
}

/* Whether a line was logged, as it is or after the guest's name. */
static bool was_said(const struct mt_history_run *run, const char *text)
{
	size_t n = strlen(text);

	for (const char *line = run->said; line < run->said + run->said_n; line += strlen(line) + 1)
		if (strlen(line) >= n && !strcmp(line + strlen(line) - n, text))
			return true;
	return false;
}

static void put_log(struct text *t, const char *line)
{
	put(t, "log");
	put_word(t, "text", line);
	put(t, "\n");
}

static void put_all(struct text *t, struct mt_history_run *run, const struct mt_engine *g,
		    const struct mt_outcome *out, const struct mt_err *e)
{
	put_head(t, run, g, out, e);
	for (const char *line = run->said; line < run->said + run->said_n; line += strlen(line) + 1)
		put_log(t, line);
	for (size_t i = 0; i < out->nwarnings; i++) /* perhaps not logged, but shown */
		if (!was_said(run, out->warnings[i]))
			put_log(t, out->warnings[i]);
	for (size_t i = 0; i < out->n; i++)
		put_nic(t, &out->nics[i]);
	if (out->facts)
		put_facts(t, out->facts, out->facts_n);
	put(t, "end\n");
}

/* --- the files -------------------------------------------------------------------------------- */

/* If there are too many guests' files, delete the one whose last run is the oldest: else the file of
 * a guest that was undefined would stay for ever. */
static void prune_guests(const struct mt_state *s)
{
	struct mt_pool p = { 0 };
	struct stat st;
	struct mt_err e;
	char **names, path[320], oldest[320] = "";
	struct timespec least = { 0 };
	size_t n;

	if (mt_state_list(s, "log", &p, &names, &n, &e))
		n = 0;
	for (size_t i = 0; n > MT_HISTORY_GUESTS && i < n; i++) {
		snprintf(path, sizeof path, "log/%s", names[i]);
		if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) ||
		    (*oldest &&
		     (st.st_mtim.tv_sec > least.tv_sec ||
		      (st.st_mtim.tv_sec == least.tv_sec && st.st_mtim.tv_nsec >= least.tv_nsec))))
			continue;
		least = st.st_mtim;
		strcpy(oldest, path);
	}
	if (*oldest)
		mt_state_remove(s, oldest, &e);
	mt_pool_free(&p);
}

/* Keep the last MT_HISTORY_RUNS runs, and of these MT_HISTORY_BYTES: half the file's limit, so that
 * pruning is seldom needed. */
static void prune_runs(const struct mt_state *s, const char *file, int *lock)
{
	struct mt_pool p = { 0 };
	struct mt_err e;
	char *text, *keep;
	size_t n, runs = 0;

	if (mt_state_read(s, file, &p, &text, &e))
		return;
	n = strlen(text);
	keep = text + n;
	for (char *c = keep; c-- > text && runs < MT_HISTORY_RUNS;) {
		bool begins = !strncmp(c, "run at=", 7) && (c == text || c[-1] == '\n');

		if (begins && keep < text + n && (size_t)(text + n - c) > MT_HISTORY_BYTES)
			break;
		keep = begins ? c : keep;
		runs += begins;
	}
	if (keep > text)
		mt_state_replace(s, file, keep, strlen(keep), lock, &e);
	mt_pool_free(&p);
}

char *mt_history_file(const char *driver, const char *name, const char *dev, char buf[static 256])
{
	char both[1024], escaped[240];

	if (mt_driver_user(
		    driver)) /* by many names, a user would push out the log of root's guests */
		snprintf(both, sizeof both, "%s", driver);
	else
		snprintf(both, sizeof both, "%s-%s", *name ? driver : "tap", *name ? name : dev);
	snprintf(buf, 256, "log/%s", mt_state_file_name(both, escaped, sizeof escaped));
	return buf;
}

static void write_file(const struct mt_state *s, const struct mt_history_run *run,
		       const struct text *t)
{
	struct stat st;
	struct mt_err e;
	char file[256];
	int lock;

	mt_history_file(run->driver, run->guest, run->dev, file);
	if (mt_state_lock(s, file, &lock, &e))
		return;
	if (!fstat(lock, &st) && write(lock, t->at, t->n) > 0) {
		if (!st.st_size)
			prune_guests(s);
		if ((size_t)st.st_size + t->n > (size_t)2 * MT_HISTORY_BYTES)
			prune_runs(s, file, &lock);
	}
	close(lock);
}

/* --- the run ---------------------------------------------------------------------------------- */

static void hear(void *data, int level, const char *line)
{
	struct mt_history_run *run = data;
	size_t n = strlen(line) + 1;

	if (level <= LOG_INFO && n <= sizeof run->said - run->said_n) {
		memcpy(run->said + run->said_n, line, n);
		run->said_n += n;
	}
	if (run->log.line)
		run->log.line(run->log.data, level, line);
}

void mt_history_begin(struct mt_history_run *run, struct mt_engine *g)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	run->at_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	run->begun = mt_now_us();
	run->log = g->o.log;
	run->said_n = 0;
	g->o.log = (struct mt_log){ hear, run };
}

/* If the policy's top level fails, the evaluator has not read the XML: read it without a policy. */
static void read_facts(struct mt_engine *g, const struct mt_source *source, struct mt_outcome *out)
{
	struct mt_event_params ask = { .request.source = *source,
				       .request.want = MT_WANT_FACTS,
				       .dry = true };
	struct mt_err e;

	if (mt_connect(g, &ask, out, &e))
		out->facts = NULL;
}

void mt_history_end(struct mt_history_run *run, struct mt_engine *g, const struct mt_source *source,
		    const struct mt_outcome *out, const struct mt_err *e)
{
	struct mt_outcome asked = { 0 }, with = out ? *out : asked;
	struct text t = { out ? malloc(MT_HISTORY_BYTES) : NULL, 0 };
	struct mt_err ignored;

	g->o.log = run->log;
	if (out && (e || out->n || out->times.evaluate) && t.at && mt_can_change_network() &&
	    !mt_engine_state(g, true, &ignored)) {
		if (e && source && !with.facts) {
			read_facts(g, source, &asked);
			with.facts = asked.facts;
			with.facts_n = asked.facts_n;
			with.name = asked.name;
		}
		run->guest = run->guest ? run->guest : with.name ? with.name : "";
		run->driver = run->driver ? run->driver : with.driver ? with.driver : "qemu";
		run->dev = run->dev ? run->dev : "";
		put_all(&t, run, g, &with, e);
		write_file(&g->state, run, &t);
	}
	mt_outcome_free(&asked);
	free(t.at);
}
