/* Operations of a 2.4.0 golden file: requests, reclaim, daemons, time. */
#include <inttypes.h>

#include "tools/gold24_step.h"

#define MAX_ORDER 10
#define MAX_PRIORITY 6

static enum gold_outcome give_up(struct gold_step *s, uint64_t gave_up_before)
{
	if (mm24_probe_state_counts(s->r->mm).would_hang == gave_up_before)
		return GOLD_NOTHING;
	gold_step_repeat(s, s->w.n - 1);
	gold_step_say(s, " !");
	return gold_step_compare(s);
}

static enum gold_outcome op_alloc(struct gold_step *s)
{
	struct gold *r = s->r;
	uint64_t cpu, nid, order, want, frame, hung;
	bool any_node = s->w.n > 2 && pagegold_is(s->w.w[2], "-1");
	uint32_t gfp;

	if (s->w.n != 7 || (!gold_step_wanted(s, 5, &want) && !pagegold_is(s->w.w[6], "!")) ||
	    !gold_step_cpu(s, 1, &cpu) || (!any_node && !gold_step_node(s, 2, &nid)) ||
	    !pagegold_number(s->w.w[3], 2 * MAX_ORDER, &order))
		return gold_step_bad(
			s, "wanted: a <cpu> <node or -1> <order> <flags> = <frame or ->");
	if (!gold_step_gfp(s, 4, &gfp))
		return gold_step_bad(s, "unknown flags");
	if (!any_node && order >= MAX_ORDER &&
	    gold24_of(r)->machine.memory_model == MM_MEMORY_NUMA)
		return gold_step_bad(s, "the kernel does not check that order there");
	r->operations++;
	hung = mm24_probe_state_counts(r->mm).would_hang;
	frame = mm24_probe_alloc(r->mm, &r->cpus[cpu], (uint32_t)cpu, any_node ? -1 : (int)nid,
				 gfp & ~GOLD24_STEP_MEMALLOC, (unsigned)order,
				 gfp & GOLD24_STEP_MEMALLOC);
	if (frame == MM_NO_FRAME && give_up(s, hung) != GOLD_NOTHING)
		return gold_step_compare(s);
	return gold_step_frame(s, frame, want);
}

static enum gold_outcome op_free(struct gold_step *s)
{
	struct gold *r = s->r;
	uint64_t cpu, frame, order;

	if (s->w.n != 4 || !gold_step_cpu(s, 1, &cpu) ||
	    !pagegold_number(s->w.w[2], UINT64_MAX, &frame) ||
	    !pagegold_number(s->w.w[3], MAX_ORDER - 1, &order))
		return gold_step_bad(s, "wanted: f <cpu> <frame> <order>");
	if (!mm24_probe_may_put(r->mm, frame, (unsigned)order))
		return gold_step_bad(s, "no block of that order can be freed there");
	r->operations++;
	mm24_probe_put(r->mm, &r->cpus[cpu], frame, (unsigned)order);
	return GOLD_NOTHING;
}

static enum gold_outcome op_scan(struct gold_step *s)
{
	uint64_t priority;
	bool oneshot;

	if (s->w.n != 5 || !pagegold_number(s->w.w[1], MAX_PRIORITY, &priority) ||
	    !gold24_step_flag(s, 2, &oneshot) || !gold24_step_wanted(s, 3))
		return gold_step_bad(s, "wanted: scan <0 to 6> <0 or 1> = <number>");
	return gold_step_result(
		s, mm24_probe_scan(s->r->mm, s->r->cpus, (unsigned)priority, oneshot));
}

static enum gold_outcome op_launder(struct gold_step *s)
{
	uint32_t gfp;
	bool sync;

	if (s->w.n != 5 || !gold24_step_flag(s, 2, &sync) || !gold24_step_wanted(s, 3))
		return gold_step_bad(s, "wanted: launder <flags> <0 or 1> = <number>");
	if (!gold_step_gfp(s, 1, &gfp))
		return gold_step_bad(s, "unknown flags");
	return gold_step_result(
		s, mm24_probe_launder(s->r->mm, s->r->cpus, gfp & ~GOLD24_STEP_MEMALLOC, sync));
}

static enum gold_outcome op_reclaim(struct gold_step *s)
{
	struct mm24_probe_zone zone;
	uint64_t want, frame;

	if (s->w.n != 5 || !gold24_step_zone(s, 1, &zone) || !gold_step_wanted(s, 3, &want))
		return gold_step_bad(s, "wanted: reclaim <node> <zone> = <frame or ->");
	frame = mm24_probe_reclaim(s->r->mm, s->r->cpus, zone.id);
	if (frame != MM_NO_FRAME)
		return gold_step_result(s, frame);
	gold_step_repeat(s, 4);
	gold_step_say(s, " -");
	return gold_step_compare(s);
}

static enum gold_outcome run_daemon(struct gold_step *s, enum mm24_probe_daemon which)
{
	bool asleep;

	if (s->w.n != 3 || !pagegold_is(s->w.w[1], "="))
		return gold_step_bad(s, "wanted: <daemon> = asleep or running");
	asleep = gold24_sched_run(&gold24_of(s->r)->sched, s->r->cpus, which);
	gold_step_repeat(s, 2);
	gold_step_say(s, asleep ? " asleep" : " running");
	return gold_step_compare(s);
}

static enum gold_outcome op_kswapd(struct gold_step *s)
{
	return run_daemon(s, MM24_PROBE_KSWAPD);
}

static enum gold_outcome op_kreclaimd(struct gold_step *s)
{
	return run_daemon(s, MM24_PROBE_KRECLAIMD);
}

static enum gold_outcome op_bdflush(struct gold_step *s)
{
	return run_daemon(s, MM24_PROBE_BDFLUSH);
}

static enum gold_outcome op_daemons(struct gold_step *s)
{
	if (s->w.n != 1)
		return gold_step_bad(s, "wanted: daemons");
	gold24_sched_round(&gold24_of(s->r)->sched, s->r->cpus);
	return GOLD_NOTHING;
}

static enum gold_outcome op_io(struct gold_step *s)
{
	uint64_t n;

	if (s->w.n != 4 || !pagegold_number(s->w.w[1], UINT32_MAX, &n) ||
	    !gold24_step_wanted(s, 2))
		return gold_step_bad(s, "wanted: io <writes> = <number>");
	return gold_step_result(s, mm24_probe_complete(s->r->mm, s->r->cpus, (uint32_t)n));
}

static enum gold_outcome op_tick(struct gold_step *s)
{
	uint64_t n;

	if (s->w.n != 2 || !pagegold_number(s->w.w[1], UINT32_MAX, &n))
		return gold_step_bad(s, "wanted: tick <jiffies>");
	mm24_probe_tick(s->r->mm, n);
	return GOLD_NOTHING;
}

static enum gold_outcome op_stats(struct gold_step *s)
{
	if (s->w.n != 1)
		return gold_step_bad(s, "wanted: stats");
	mm24_probe_stats(s->r->mm);
	return GOLD_NOTHING;
}

const struct gold_record gold24_ops[] = {
	{ "a", op_alloc },
	{ "f", op_free },
	{ "scan", op_scan },
	{ "io", op_io },
	{ "launder", op_launder },
	{ "reclaim", op_reclaim },
	{ "tick", op_tick },
	{ "kswapd", op_kswapd },
	{ "kreclaimd", op_kreclaimd },
	{ "bdflush", op_bdflush },
	{ "daemons", op_daemons },
	{ "stats", op_stats },
	{ NULL, NULL },
};
