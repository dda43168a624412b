/*
 * A page allocator with no kernel in it, so that tests can see the replay alone: frames are
 * handed out in order, an allocation takes 100 cycles and a free 50; order 9 always fails,
 * order 10 would sleep. It remembers what it was asked for.
 */
#ifndef TOY_POLICY_H
#define TOY_POLICY_H

#include <stdio.h>
#include <string.h>

#include "model/mm_policy.h"
#include "tests/tools/child.h"

#define TOY_ALLOC_CYCLES 100u
#define TOY_FREE_CYCLES 50u
#define TOY_CALLS 256u

struct toy_call {
	char what; /* 'a', 'f', 's' (split), 't' (tick), 'w' (sysctl: frame is the value) */
	unsigned cpu, order;
	uint64_t frame, date;
};

struct toy {
	uint64_t next;
	unsigned ncalls;
	struct toy_call calls[TOY_CALLS];
};

static void toy_note(struct toy *t, char what, const struct sim_cpu *cpu, uint64_t frame,
		     unsigned order)
{
	if (t->ncalls < TOY_CALLS)
		t->calls[t->ncalls++] = (struct toy_call){ what, cpu ? cpu->id : 0, order,
							   frame, cpu ? cpu->now : 0 };
}

static struct mm_grant toy_alloc(void *mm, struct sim_cpu *cpu, struct mm_request req)
{
	struct toy *t = mm;
	struct mm_grant g = { .frame = MM_NO_FRAME,
			      .verdict = MM_FAILED,
			      .node = (uint16_t)req.node };

	sim_charge(cpu, TOY_ALLOC_CYCLES);
	if (req.order == 10)
		g.verdict = MM_WOULD_SLEEP;
	if (req.order >= 9)
		return g;
	g.frame = t->next;
	g.verdict = MM_DONE;
	t->next += UINT64_C(1) << req.order;
	toy_note(t, 'a', cpu, g.frame, req.order);
	return g;
}

static void toy_free(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned order, bool cold)
{
	(void)cold;
	sim_charge(cpu, TOY_FREE_CYCLES);
	toy_note(mm, 'f', cpu, frame, order);
}

static void toy_split(void *mm, uint64_t frame, unsigned order)
{
	toy_note(mm, 's', NULL, frame, order);
}

static uint32_t toy_gfp(const char *names, unsigned *unknown)
{
	*unknown += strstr(names, "UNKNOWN") != NULL;
	return 1;
}

static unsigned toy_gfp_class(uint32_t gfp)
{
	(void)gfp;
	return 0;
}

static void toy_prefetch(const void *mm, uint64_t frame)
{
	(void)mm;
	(void)frame;
}

/* Free are as many blocks of order 0 as frames were handed out. */
static void toy_sample(const void *mm, unsigned zone, struct mm_sample *sample)
{
	*sample = (struct mm_sample){ .pcp_pages = zone };
	sample->blocks[0] = ((const struct toy *)mm)->next;
}

/* 13 is refused. */
struct toy_params {
	uint64_t level[1], fixed[1], interval[1];
};

static const struct mm_param toy_params[] = {
	{ "level", "pages", "", NULL, 0, 1, 0, 1000, { 0 }, NULL },
	{ "fixed", "", "", NULL, 8, 1, 0, 1000, { 0 }, NULL },
	{ "interval", "ms", "", NULL, 16, 1, 0, 1000, { 0 }, NULL },
	{ 0 },
};

/* The last one holds no value. */
static const char *const toy_sysctls[] = { "level", "interval", "poke", NULL };

static bool toy_sysctl(void *mm, struct sim_cpu *cpu, const char *name, const uint64_t *values,
		       unsigned count, char *text, size_t size)
{
	const struct mm_param *row = mm_params_find(toy_params, name);

	if (row && !mm_params_check(row, values, count, text, size))
		return false;
	if (values[0] == 13) {
		snprintf(text, size, "13 is unlucky");
		return false;
	}
	if (mm)
		toy_note(mm, 'w', cpu, values[0], 0);
	return true;
}

static void toy_tick(void *mm, struct sim_cpu *cpu)
{
	toy_note(mm, 't', cpu, 0, 0);
}

static uint64_t toy_tick_interval(const void *params)
{
	return ((const struct toy_params *)params)->interval[0];
}

static const char *const toy_class_names[] = { "any", NULL };

static const struct mm_policy toy_policy = {
	.name = "toy",
	.params = toy_params,
	.params_size = sizeof(struct toy_params),
	.sysctl = toy_sysctl,
	.sysctls = toy_sysctls,
	.tick = toy_tick,
	.tick_interval_ms = toy_tick_interval,
	.gfp = toy_gfp,
	.gfp_class = toy_gfp_class,
	.gfp_class_names = toy_class_names,
	.alloc_try = toy_alloc,
	.free = toy_free,
	.split = toy_split,
	.prefetch_free = toy_prefetch,
	.snapshot = child_snapshot,
	.sample = toy_sample,
};

#endif
