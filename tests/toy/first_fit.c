/*
 * A third kernel, to show what adding one takes (docs/adding.md): of the zones of the node that
 * is asked for, and then of all others, the first one with enough free frames in a row gives
 * its lowest ones. No buddies, no types, no lists of CPUs; it never sleeps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/mm_kernels.h"
#include "model/v2_4/mm24_policy.h"
#include "model/v4_12/mm412_policy.h"

#define ORDERS 11
#define MOST_ZONES (4 * MM_MAX_NODES)

struct costs {
	uint64_t alloc, frame, free;
};

static const struct mm_param costs[] = {
	MM_PARAMS_COST(struct costs, alloc, 100, "a request"),
	MM_PARAMS_COST(struct costs, frame, 1, "each frame looked at"),
	MM_PARAMS_COST(struct costs, free, 50, "a free"),
	{ 0 },
};

struct zone {
	struct mm_zone_span span;
	uint64_t managed, first; /* no frame below `first` is free */
	struct sim_lock lock;
};

struct first_fit {
	struct costs cost;
	uint64_t served;
	unsigned ncpus, nzones;
	struct zone zones[MOST_ZONES];
	bool is_free[]; /* by frame */
};

static uint64_t take(struct first_fit *mm, struct zone *z, struct sim_cpu *cpu, uint64_t frames)
{
	uint64_t run = 0, f;

	while (z->first < z->span.end && !mm->is_free[z->first])
		z->first++;
	for (f = z->first; f < z->span.end && run < frames; f++)
		run = mm->is_free[f] ? run + 1 : 0;
	sim_charge(cpu, (uint32_t)((f - z->first) * mm->cost.frame));
	if (run < frames)
		return MM_NO_FRAME;
	memset(mm->is_free + f - frames, false, frames);
	return f - frames;
}

static void boot_zone(struct first_fit *mm, struct zone *z, const struct mm_machine *machine,
		      bool empty)
{
	struct mm_span run;

	z->first = z->span.start;
	for (uint64_t at = z->first; at < z->span.end; at = run.end) {
		run = mm_machine_memory(machine, at, z->span.end);
		memset(mm->is_free + run.start, !empty, run.end - run.start);
		z->managed += run.end - run.start;
	}
}

static void *create(const struct mm_machine *machine, const void *params, const void *cost,
		    bool empty, char *text, size_t size)
{
	struct first_fit *mm = calloc(1, sizeof(*mm) + mm_machine_frames(machine).end);

	(void)params;
	if (!mm || machine->nzones > MOST_ZONES) {
		snprintf(text, size, "out of memory, or too many zones");
		free(mm);
		return NULL;
	}
	mm->cost = *(const struct costs *)cost;
	mm->ncpus = machine->cpus;
	mm->nzones = machine->nzones;
	for (unsigned i = 0; i < mm->nzones; i++) {
		mm->zones[i].span = machine->zones[i];
		boot_zone(mm, &mm->zones[i], machine, empty);
	}
	return mm;
}

static bool put_free(void *state, uint64_t frame, unsigned order, unsigned type)
{
	struct first_fit *mm = state;

	(void)type;
	for (struct zone *z = mm->zones; z < mm->zones + mm->nzones; z++)
		if (frame >= z->span.start && frame < z->first)
			z->first = frame;
	memset(mm->is_free + frame, true, UINT64_C(1) << order);
	return true;
}

static struct mm_grant alloc_try(void *state, struct sim_cpu *cpu, struct mm_request req)
{
	struct first_fit *mm = state;

	sim_charge(cpu, (uint32_t)mm->cost.alloc);
	for (unsigned i = 0; i < 2 * mm->nzones; i++) {
		struct zone *z = &mm->zones[i % mm->nzones];
		uint64_t frame;

		if ((z->span.nid == req.node) != (i < mm->nzones))
			continue;
		sim_lock(cpu, &z->lock, SIM_CAUSE_HIGH_ORDER);
		frame = take(mm, z, cpu, UINT64_C(1) << req.order);
		sim_unlock(cpu, &z->lock);
		if (frame == MM_NO_FRAME)
			continue;
		mm->served++;
		return (struct mm_grant){
			frame, MM_DONE, MM_PATH_BUDDY, z->span.nid, (uint8_t)(z - mm->zones), 0
		};
	}
	return (struct mm_grant){ .frame = MM_NO_FRAME, .verdict = MM_FAILED };
}

static void free_block(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned order, bool cold)
{
	(void)cold;
	sim_charge(cpu, (uint32_t)((struct first_fit *)mm)->cost.free);
	put_free(mm, frame, order, 0);
}

/* Free frames in a row are told as aligned blocks. */
static void each_free(const void *state, bool with_pcp,
		      void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx)
{
	const struct first_fit *mm = state;
	unsigned order;

	(void)with_pcp;
	for (const struct zone *z = mm->zones; z < mm->zones + mm->nzones; z++)
		for (uint64_t f = z->span.start; f < z->span.end; f += UINT64_C(1) << order) {
			order = mm_machine_block(f, z->span.end, ORDERS);
			while (order && memchr(mm->is_free + f, false, UINT64_C(1) << order))
				order--;
			if (mm->is_free[f])
				visit(ctx, f, order);
		}
}

static struct mm_snapshot *snapshot(const void *state)
{
	const struct first_fit *mm = state;
	struct mm_snapshot *s = mm_snapshot_new(ORDERS, mm->nzones, mm->ncpus, 1);

	if (!s)
		return NULL;
	mm_snapshot_count(s, "served", mm->served);
	for (unsigned i = 0; i < mm->nzones; i++) {
		mm_snapshot_zone_span(&s->zones[i], &mm->zones[i].span);
		mm_snapshot_zone_lock(&s->zones[i], &mm->zones[i].lock);
		s->zones[i].present = s->zones[i].managed = mm->zones[i].managed;
	}
	each_free(mm, false, mm_snapshot_free_block, s);
	return s;
}

static const struct mm_policy first_fit_policy = {
	.name = "first-fit",
	.short_name = "first-fit",
	.orders = ORDERS,
	.params = mm_params_none,
	.costs = costs,
	.costs_size = sizeof(struct costs),
	.create = create,
	.destroy = free,
	.put_free = put_free,
	.alloc_try = alloc_try,
	.free = free_block,
	.snapshot = snapshot,
	.each_free = each_free,
};

/* The table of model/mm_kernels.c with one row more. */
const struct mm_policy *const mm_kernels[] = { &mm412_policy, &mm24_policy, &first_fit_policy,
					       NULL };
