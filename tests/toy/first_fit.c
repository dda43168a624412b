#include "tests/toy/first_fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS 11

struct costs {
	uint64_t alloc[1], frame[1], free[1];
};

struct zone {
	struct mm_zone_span span;
	bool *used;                     /* [span.end - span.start] */
	uint64_t first, nfree, managed; /* first: nothing below it is free */
	struct sim_lock lock;
};

struct first_fit {
	struct zone *zones;
	unsigned nzones, ncpus;
	uint64_t served, failed;
	struct costs cost;
	struct mm_orders *orders;
};

static const struct mm_param no_params[] = { { 0 } };
static const struct mm_param costs[] = {
	{ "alloc",
	  "cycles",
	  "a request",
	  NULL,
	  offsetof(struct costs, alloc),
	  1,
	  0,
	  10000,
	  { 100 },
	  NULL },
	{ "frame",
	  "cycles",
	  "each frame looked at",
	  NULL,
	  offsetof(struct costs, frame),
	  1,
	  0,
	  10000,
	  { 1 },
	  NULL },
	{ "free",
	  "cycles",
	  "a free",
	  NULL,
	  offsetof(struct costs, free),
	  1,
	  0,
	  10000,
	  { 50 },
	  NULL },
	{ 0 },
};

/* ---- frames ------------------------------------------------------------------------------ */

static void mark(struct first_fit *mm, uint64_t frame, uint64_t frames, bool used)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct zone *z = &mm->zones[i];

		for (uint64_t f = frame; f < frame + frames; f++) {
			if (f < z->span.start || f >= z->span.end ||
			    z->used[f - z->span.start] == used)
				continue;
			z->used[f - z->span.start] = used;
			z->nfree += used ? -UINT64_C(1) : UINT64_C(1);
			if (!used && f < z->first)
				z->first = f;
		}
	}
}

static uint64_t find(struct first_fit *mm, struct zone *z, struct sim_cpu *cpu, uint64_t frames)
{
	uint64_t run = 0, f;

	while (z->first < z->span.end && z->used[z->first - z->span.start])
		z->first++;
	for (f = z->first; f < z->span.end && run < frames; f++)
		run = z->used[f - z->span.start] ? 0 : run + 1;
	sim_charge(cpu, (uint32_t)((f - z->first) * mm->cost.frame[0]));
	return run == frames ? f - frames : MM_NO_FRAME;
}

/* The free runs of a zone as aligned blocks, which is what reports are about. */
static void each_block(const struct zone *z,
		       void (*visit)(void *ctx, uint64_t f, unsigned order), void *ctx)
{
	for (uint64_t f = z->span.start, end; f < z->span.end; f = end) {
		for (end = f; end < z->span.end && !z->used[end - z->span.start];)
			end++;
		for (unsigned order; f < end; f += UINT64_C(1) << order) {
			for (order = ORDERS - 1;
			     f % (UINT64_C(1) << order) || f + (UINT64_C(1) << order) > end;)
				order--;
			visit(ctx, f, order);
		}
		end += end == f && end < z->span.end && z->used[end - z->span.start];
	}
}

/* ---- the kernel -------------------------------------------------------------------------- */

static void destroy(void *state)
{
	struct first_fit *mm = state;

	for (unsigned i = 0; mm && mm->zones && i < mm->nzones; i++)
		free(mm->zones[i].used);
	if (mm) {
		mm_orders_free(mm->orders);
		free(mm->zones);
	}
	free(mm);
}

static bool build(struct first_fit *mm, const struct mm_machine *m, bool empty)
{
	uint16_t nid[MM_MAX_NODES * 4];
	int8_t largest[MM_MAX_NODES * 4];

	mm->zones = calloc(m->nzones, sizeof(*mm->zones));
	for (mm->nzones = 0; mm->zones && mm->nzones < m->nzones; mm->nzones++) {
		struct zone *z = &mm->zones[mm->nzones];

		z->span = m->zones[mm->nzones];
		z->first = z->span.end;
		z->used = malloc(z->span.end - z->span.start);
		if (!z->used)
			return false;
		memset(z->used, true, z->span.end - z->span.start);
		nid[mm->nzones] = z->span.nid;
		largest[mm->nzones] = ORDERS - 1;
	}
	for (unsigned i = 0; !empty && i < mm->nzones; i++)
		mark(mm, m->zones[i].start, m->zones[i].end - m->zones[i].start, false);
	for (unsigned i = 0; i < m->nholes; i++)
		mark(mm, m->holes[i].start, m->holes[i].end - m->holes[i].start, true);
	for (unsigned i = 0; i < m->nreserved; i++)
		mark(mm, m->reserved[i].start, m->reserved[i].end - m->reserved[i].start, true);
	for (unsigned i = 0; i < mm->nzones; i++)
		mm->zones[i].managed =
			empty ? m->zones[i].end - m->zones[i].start : mm->zones[i].nfree;
	mm->orders = mm_orders_new(m->nodes, mm->nzones, nid);
	if (mm->orders)
		mm_orders_begin(mm->orders, largest); /* and no change of it is told */
	return mm->zones && mm->orders;
}

static void *create(const struct mm_machine *machine, const void *params, const void *cost,
		    bool empty, char *text, size_t size)
{
	struct first_fit *mm = calloc(1, sizeof(*mm));

	(void)params;
	if (mm) {
		mm->cost = *(const struct costs *)cost;
		mm->ncpus = machine->cpus;
		if (machine->nzones <= MM_MAX_NODES * 4 && build(mm, machine, empty))
			return mm;
	}
	snprintf(text, size, "out of memory, or too many zones");
	destroy(mm);
	return NULL;
}

static bool put_pageblock(void *mm, uint64_t frame, unsigned type)
{
	(void)mm, (void)frame, (void)type;
	return true;
}

static bool put_free(void *mm, uint64_t frame, unsigned order, unsigned type)
{
	(void)type;
	mark(mm, frame, UINT64_C(1) << order, false);
	return true;
}

static bool put_pcp(void *mm, unsigned cpu, uint64_t frame, unsigned type)
{
	(void)cpu;
	return put_free(mm, frame, 0, type);
}

static bool put_used(void *mm, uint64_t frame, unsigned order, unsigned use)
{
	(void)mm, (void)frame, (void)order, (void)use;
	return true;
}

static bool put_done(void *mm, char *text, size_t size)
{
	(void)mm, (void)text, (void)size;
	return true;
}

/* Nearest is what comes first: the node's own zones, then all others. */
static struct mm_grant alloc_try(void *state, struct sim_cpu *cpu, struct mm_request req)
{
	struct first_fit *mm = state;
	struct mm_grant g = { .frame = MM_NO_FRAME,
			      .verdict = MM_FAILED,
			      .path = MM_PATH_BUDDY };
	uint64_t frames = UINT64_C(1) << req.order;

	sim_charge(cpu, (uint32_t)mm->cost.alloc[0]);
	for (unsigned i = 0; i < 2 * mm->nzones && g.verdict != MM_DONE; i++) {
		struct zone *z = &mm->zones[i % mm->nzones];

		if ((z->span.nid == req.node) != (i < mm->nzones) || z->nfree < frames)
			continue;
		sim_lock(cpu, &z->lock, SIM_CAUSE_HIGH_ORDER);
		g.frame = find(mm, z, cpu, frames);
		if (g.frame != MM_NO_FRAME) {
			mark(mm, g.frame, frames, true);
			g.verdict = MM_DONE;
			g.node = z->span.nid;
			g.zone = (uint8_t)(i % mm->nzones);
		}
		sim_unlock(cpu, &z->lock);
	}
	*(g.verdict == MM_DONE ? &mm->served : &mm->failed) += 1;
	return g;
}

static void free_block(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned order, bool cold)
{
	(void)cold;
	sim_charge(cpu, (uint32_t)((struct first_fit *)mm)->cost.free[0]);
	mark(mm, frame, UINT64_C(1) << order, false);
}

static uint32_t gfp(const char *names, unsigned *unknown)
{
	(void)names, (void)unknown;
	return 0; /* every request is like every other */
}

static unsigned gfp_class(uint32_t flags)
{
	return flags;
}

static void prefetch_frame(const void *mm, uint64_t frame)
{
	(void)mm, (void)frame;
}

static void prefetch_alloc(const void *mm, const struct sim_cpu *cpu, struct mm_request req)
{
	(void)mm, (void)cpu, (void)req;
}

/* ---- what others see --------------------------------------------------------------------- */

static void count(void *ctx, uint64_t frame, unsigned order)
{
	(void)frame;
	((uint64_t *)ctx)[order]++;
}

/* Walks all of the zone: a real kernel keeps counts. */
static void sample(const void *mm, unsigned zone, struct mm_sample *to)
{
	*to = (struct mm_sample){ .pcp_pages = 0 };
	each_block(&((const struct first_fit *)mm)->zones[zone], count, to->blocks);
}

static void each_free(const void *state, bool with_pcp,
		      void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx)
{
	const struct first_fit *mm = state;

	(void)with_pcp;
	for (unsigned i = 0; i < mm->nzones; i++)
		each_block(&mm->zones[i], visit, ctx);
}

static struct mm_snapshot *snapshot(const void *state)
{
	static const char *const type_names[] = { "All" };
	const struct first_fit *mm = state;
	struct mm_snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct mm_snapshot){ .ntypes = 1,
				   .norders = ORDERS,
				   .ncpus = mm->ncpus,
				   .type_names = type_names,
				   .zones = calloc(mm->nzones, sizeof(*s->zones)),
				   .counters = calloc(2, sizeof(*s->counters)) };
	if (s->counters) {
		s->counters[s->ncounters++] =
			(struct mm_snapshot_counter){ "served", mm->served };
		s->counters[s->ncounters++] =
			(struct mm_snapshot_counter){ "failed", mm->failed };
	}
	for (; s->zones && s->nzones < mm->nzones; s->nzones++) {
		const struct zone *z = &mm->zones[s->nzones];
		struct mm_snapshot_zone *out = &s->zones[s->nzones];

		out->nid = z->span.nid;
		memcpy(out->name, z->span.name, sizeof(out->name));
		out->start = z->span.start;
		out->end = z->span.end;
		out->present = out->managed = z->managed;
		out->nr_free_pages = (int64_t)z->nfree;
		out->lock_taken = z->lock.taken;
		out->pcp_count = calloc(mm->ncpus, sizeof(*out->pcp_count));
		each_block(z, count, out->free[0]);
	}
	return s;
}

static void activity(const void *mm, uint32_t node, uint64_t date, uint64_t *values)
{
	(void)mm, (void)node, (void)date, (void)values;
}

static const struct mm_orders *spells(const void *mm)
{
	return ((const struct first_fit *)mm)->orders;
}

static bool check(const void *state, char *text, size_t size)
{
	const struct first_fit *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct zone *z = &mm->zones[i];
		uint64_t nfree = 0;

		for (uint64_t f = z->span.start; f < z->span.end; f++) {
			nfree += !z->used[f - z->span.start];
			if (f < z->first && !z->used[f - z->span.start])
				return snprintf(text, size, "a frame below `first` is free"),
				       false;
		}
		if (nfree != z->nfree)
			return snprintf(text, size, "free frames are miscounted"), false;
	}
	return true;
}

static const char *const no_names[] = { NULL }, *const class_names[] = { "any", NULL };

const struct mm_policy first_fit_policy = {
	.name = "first-fit",
	.short_name = "first-fit",
	.orders = ORDERS,
	.params_size = 1,
	.costs_size = sizeof(struct costs),
	.params = no_params,
	.costs = costs,
	.create = create,
	.destroy = destroy,
	.put_pageblock = put_pageblock,
	.put_free = put_free,
	.put_pcp = put_pcp,
	.put_used = put_used,
	.put_done = put_done,
	.gfp = gfp,
	.gfp_class = gfp_class,
	.gfp_class_names = class_names,
	.alloc_try = alloc_try,
	.free = free_block,
	.prefetch_free = prefetch_frame,
	.prefetch_alloc = prefetch_alloc,
	.snapshot = snapshot,
	.sample = sample,
	.activity = activity,
	.activity_names = no_names,
	.node_activity_names = no_names,
	.spells = spells,
	.each_free = each_free,
	.check = check,
};
