/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tbf.c - kind tbf: a device's root qdisc, a token bucket that sends no faster than at its rate
 *
 * The kernel takes the burst in bytes and shows it as the time that it takes at the rate, in units
 * of 64 ns (net/sched/sch_tbf.c tbf_dump()), so its bytes are not exact. Up to RATE_MAX they are
 * exact to less than a KiB, which is why the field's unit is that.
 *
 * A default qdisc, whose handle is 0, counts as absent: the kernel makes it again by itself.
 */
#include "kernel/tc.h"
#include "base/sh.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
#include <string.h>

#define HANDLE	   (MT_TC_OURS << 16)
#define RATE_MAX   12500000000ull /* 100 Gbit/s */
#define KIB	   1024ull
#define TICK_NS	   64	      /* include/net/pkt_sched.h PSCHED_SHIFT */
#define LATENCY	   50	      /* ms */
#define PEAK_BURST (64 * KIB) /* as much as a packet that is cut later has */
#define NS_PER_S   1000000000ull
#define LONGEST	   240 /* s; that in TICK_NS is a number of 32 bits */

enum { DEV, RATE, BURST, PEAK, LATENCY_MS, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[RATE] = { "rate", MT_UINT, 8, MT_PHASE_RATE, .flags = MT_FIELD_CUSTOM, .min = 1000,
		   .max = RATE_MAX, .unit = "bytes/s",
		   .doc = "what it sends at most, on average; needed to create it" },
	[BURST] = { "burst", MT_UINT, 4, MT_PHASE_RATE, .flags = MT_FIELD_CUSTOM, .min = 2,
		    .max = 2097151, .unit = "KiB",
		    .doc = "what it sends at once after a pause; needed to create it. A frame that "
			   "is larger is dropped" },
	[PEAK] = { "peak", MT_UINT, 8, MT_PHASE_RATE, .flags = MT_FIELD_CUSTOM | MT_FIELD_NONE,
		   .min = 1000, .max = RATE_MAX, .unit = "bytes/s",
		   .doc = "the rate of the burst itself; none: no limit" },
	[LATENCY_MS] = { "latency", MT_UINT, 4, MT_PHASE_RATE, .flags = MT_FIELD_CUSTOM, .min = 1,
			 .max = 1000, .unit = "ms",
			 .doc = "how long a packet waits at most; without it 50" },
};

/* The queue's bytes. */
static uint64_t limit_of(const struct mt_record *r)
{
	return r->v[RATE].u * r->v[LATENCY_MS].u / 1000 + r->v[BURST].u * KIB;
}

static uint64_t peak_burst(const struct mt_record *r)
{
	return r->v[BURST].u * KIB < PEAK_BURST ? r->v[BURST].u * KIB : PEAK_BURST;
}

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, PEAK))
		mt_record_put(r, PEAK, (struct mt_value){ .state = MT_NONE });
	if (!mt_record_has(r, LATENCY_MS))
		mt_record_put(r, LATENCY_MS, mt_uint(LATENCY));
}

/* --- reading ---------------------------------------------------------------------------------- */

static uint64_t rate_of(const struct tc_ratespec *spec, const struct nlattr *rate64)
{
	return rate64 ? mt_nl_uint(rate64) : spec->rate;
}

/* Both are divided without a rest when they are put, so what is shown is less than what was. */
static uint64_t divide_up(uint64_t a, uint64_t b)
{
	return b ? a / b + !!(a % b) : 0;
}

static int decode(const struct mt_tc *t, struct mt_record *r)
{
	struct tc_tbf_qopt opt;
	uint64_t rate, burst;
	mt_nl_attrs tb;

	mt_nl_parse_nest(t->options, tb);
	if (!tb[TCA_TBF_PARMS] || mnl_attr_get_payload_len(tb[TCA_TBF_PARMS]) < sizeof opt)
		return -EBADMSG;
	memcpy(&opt, mnl_attr_get_payload(tb[TCA_TBF_PARMS]), sizeof opt);
	rate = rate_of(&opt.rate, tb[TCA_TBF_RATE64]);
	if (!rate || rate > RATE_MAX)
		return 0;
	burst = divide_up(opt.buffer * rate, KIB * NS_PER_S / TICK_NS);
	mt_record_put(r, RATE, mt_uint(rate));
	mt_record_put(r, BURST, mt_uint(burst));
	if (opt.peakrate.rate)
		mt_record_put(r, PEAK, mt_uint(rate_of(&opt.peakrate, tb[TCA_TBF_PRATE64])));
	else
		mt_record_put(r, PEAK, (struct mt_value){ .state = MT_NONE });
	mt_record_put(r, LATENCY_MS,
		      mt_uint(opt.limit > burst * KIB
				      ? divide_up((opt.limit - burst * KIB) * 1000, rate)
				      : 0));
	return 0;
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	struct mt_value dev;
	struct mt_tc t;

	if (!mt_tc_parse(n, RTM_NEWQDISC, &t) || t.head->tcm_parent != TC_H_ROOT ||
	    !t.head->tcm_handle)
		return 0;
	if (t.head->tcm_handle != HANDLE || strcmp(t.kind, "tbf"))
		return l->ifindex ? mt_tc_foreign(l, &t, "") : 0;
	if (mt_list_link(l, (uint32_t)t.head->tcm_ifindex, &dev))
		return -l->e->code;
	if (decode(&t, &r))
		return mt_fail(l->e, EBADMSG, "", "", "the kernel's answer makes no sense");
	r.ref = mt_ref_link((uint32_t)t.head->tcm_ifindex);
	mt_record_put(&r, DEV, dev);
	return mt_list_found(l, &r);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_tc_list_qdiscs(&l, TC_H_ROOT, take);
}

struct counting {
	char *text;
	size_t n;
};

static int take_counted(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	const struct counting *c = l->data;
	struct gnet_stats_basic sent = { 0 };
	struct gnet_stats_queue queue = { 0 };
	mt_nl_attrs tb, stats;
	struct mt_tc t;

	if (!mt_tc_parse(n, RTM_NEWQDISC, &t) || t.head->tcm_handle != HANDLE ||
	    !mt_nl_parse(n, sizeof *t.head, tb))
		return 0;
	mt_nl_parse_nest(tb[TCA_STATS2], stats);
	mt_nl_get_struct(stats[TCA_STATS_BASIC], &sent, sizeof sent);
	mt_nl_get_struct(stats[TCA_STATS_QUEUE], &queue, sizeof queue);
	snprintf(c->text, c->n, "%u sent, %u dropped, %u bytes waiting", sent.packets, queue.drops,
		 queue.backlog);
	return 0;
}

static int counted(struct mt_host *h, const struct mt_record *r, char *text, size_t n,
		   struct mt_err *e)
{
	struct counting c = { text, n };
	struct mt_list l = mt_list(h, r, NULL, &c, e);

	*text = 0;
	return mt_tc_list_qdiscs(&l, TC_H_ROOT, take_counted);
}

/* --- changing --------------------------------------------------------------------------------- */

static void put_rate(struct nlmsghdr *n, uint16_t attr64, struct tc_ratespec *spec, uint64_t rate)
{
	spec->linklayer = TC_LINKLAYER_ETHERNET;
	spec->rate = rate > UINT32_MAX ? UINT32_MAX : (uint32_t)rate;
	if (rate > UINT32_MAX)
		mnl_attr_put_u64(n, attr64, rate);
}

static void put_options(struct nlmsghdr *n, const struct mt_record *r)
{
	struct tc_tbf_qopt opt = { .limit = (uint32_t)limit_of(r) };
	struct nlattr *nest;

	nest = mnl_attr_nest_start(n, TCA_OPTIONS);
	put_rate(n, TCA_TBF_RATE64, &opt.rate, r->v[RATE].u);
	mnl_attr_put_u32(n, TCA_TBF_BURST, (uint32_t)(r->v[BURST].u * KIB));
	if (r->v[PEAK].state == MT_SET) {
		put_rate(n, TCA_TBF_PRATE64, &opt.peakrate, r->v[PEAK].u);
		mnl_attr_put_u32(n, TCA_TBF_PBURST, (uint32_t)peak_burst(r));
	}
	mnl_attr_put(n, TCA_TBF_PARMS, sizeof opt, &opt);
	mnl_attr_nest_end(n, nest);
}

/* All of it is put at once: what @r does not change is as the kernel has it. */
static int complete(struct mt_host *h, const struct mt_record *r, struct mt_record *whole,
		    struct mt_err *e)
{
	struct mt_pool pool = { 0 };
	int err = mt_record_get(h, r, whole, &pool, e);

	mt_pool_free(&pool);
	if (err)
		return err == -ENOENT ? mt_nl_about(e, mt_fail(e, ENOENT, "", "", NULL), r, "set")
				      : err;
	for (int i = RATE; i < NFIELDS; i++)
		if (mt_record_has(r, i))
			mt_record_put(whole, i, r->v[i]);
	return 0;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_record whole = *r;
	struct mt_nl_request q;
	struct nlmsghdr *n;
	uint32_t ifindex;
	int err;

	if (mt_nl_record_ifindex(h, r, &ifindex, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	if (op == MT_CHANGE && complete(h, r, &whole, e))
		return -e->code;
	set_defaults(&whole);
	n = mt_tc_start(&q, op == MT_DELETE ? RTM_DELQDISC : RTM_NEWQDISC, mt_nl_new_flags(op),
			ifindex, TC_H_ROOT);
	((struct tcmsg *)mnl_nlmsg_get_payload(n))->tcm_handle = HANDLE;
	mnl_attr_put_strz(n, TCA_KIND, "tbf"); /* also where none but this is to be deleted */
	if (op != MT_DELETE)
		put_options(n, &whole);
	err = mt_nl_change(h, n, op, r, e);
	return err == -EEXIST ? mt_nl_check_absent(h, r, e) ?: err : err;
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int check(const struct mt_record *r, struct mt_err *e)
{
	const char *dev = r->v[DEV].name;
	bool peak = r->v[PEAK].state == MT_SET && mt_record_has(r, RATE);

	if (peak && r->v[PEAK].u <= r->v[RATE].u)
		return mt_bad(e, "tbf", dev, "the peak must be higher than the rate");
	if (mt_record_has(r, RATE) && r->v[BURST].u * KIB > LONGEST * r->v[RATE].u)
		return mt_bad(e, "tbf", dev, "the burst is more than is sent in %d s", LONGEST);
	if (limit_of(r) > UINT32_MAX)
		return mt_bad(e, "tbf", dev,
			      "its queue would be longer than 4 GiB: a smaller "
			      "burst, or latency");
	return 0;
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	const char *missing = !mt_record_has(r, RATE) ? "rate"
		: !mt_record_has(r, BURST)	      ? "burst"
						      : NULL;

	(void)h, (void)will, (void)data;
	return missing ? mt_bad(e, "tbf", r->v[DEV].name, "'%s' is missing", missing) : 0;
}

/* tc(8)'s kb are KiB; its bps are bytes/s. */
static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_command(&s, r,
		      op == MT_ADD		? "tc qdisc add dev %s root handle 6d:"
			      : op == MT_CHANGE ? "tc qdisc replace dev %s root handle 6d:"
						: "tc qdisc del dev %s root handle 6d:");
	if (op != MT_DELETE) {
		mt_sh_say(&s, " tbf rate %llubps burst %llukb limit %llu",
			  (unsigned long long)r->v[RATE].u, (unsigned long long)r->v[BURST].u,
			  (unsigned long long)limit_of(r));
		if (r->v[PEAK].state == MT_SET)
			mt_sh_say(&s, " peakrate %llubps minburst %llu",
				  (unsigned long long)r->v[PEAK].u,
				  (unsigned long long)peak_burst(r));
	}
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_tbf = {
	MT_LINKS_KIND("tbf", "a device's queue that sends no faster than at its rate", 1, 1,
		      MT_PHASE_RATE, MT_KIND_WHOLE),
	.device = DEV,
	.set_defaults = set_defaults,
	.check = check,
	.needs = needs,
	.counted = counted,
	.sh = sh,
};
