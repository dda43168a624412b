/*
 * What a kernel's model costs the host: allocations and frees with full cycle accounting on
 * a memory model, the flat one unless another is named. Prints case,ops,ns_per_op; an
 * operation is one call.
 */
#ifndef BENCH_MM_H
#define BENCH_MM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/mm_policy.h"
#include "sim/memory.h"

#define GIB_FRAMES 262144u
#define GIBS 16u
#define BATCH 32
#define AHEAD 8
#define CPUS 16

struct bench {
	const struct mm_policy *policy;
	void *mm;
	struct sim_cpu cpu;
	uint32_t random;
	unsigned max_order;
	uint64_t *frames; /* live blocks, for the random cases */
	uint8_t *orders;
	uint32_t live;
	/* Which blocks the next frees work on: known ahead, as in a trace. */
	uint32_t next[2 * AHEAD];
};

static uint32_t draw(struct bench *b)
{
	b->random ^= b->random << 13;
	b->random ^= b->random >> 17;
	b->random ^= b->random << 5;
	return b->random;
}

static uint64_t take(struct bench *b, unsigned order, uint32_t gfp)
{
	struct mm_grant g = b->policy->alloc_try(
		b->mm, &b->cpu, (struct mm_request){ .gfp = gfp, .order = (uint8_t)order });

	return g.frame;
}

static void give(struct bench *b, uint64_t frame, unsigned order)
{
	b->policy->free(b->mm, &b->cpu, frame, order, false);
}

static uint64_t lifo(struct bench *b, uint64_t ops, unsigned (*order)(struct bench *))
{
	uint64_t frames[BATCH];
	uint64_t done = 0;

	(void)order;
	for (; done < ops; done += 2 * BATCH) {
		for (unsigned i = 0; i < BATCH; i++)
			frames[i] = take(b, 0, b->random);
		for (unsigned i = BATCH; i-- > 0;)
			give(b, frames[i], 0);
	}
	return done;
}

/* Frees a random live block and allocates another in its place. */
static uint64_t churn(struct bench *b, uint64_t ops, unsigned (*order)(struct bench *))
{
	uint32_t gfp = b->policy->gfp("GFP_HIGHUSER_MOVABLE", &(unsigned){ 0 });
	uint64_t done = 0;

	for (; done < ops; done += 2) {
		uint32_t *at = &b->next[done / 2 % (2 * AHEAD)];
		uint32_t soon = b->next[(done / 2 + AHEAD) % (2 * AHEAD)];
		uint32_t i = *at;
		uint64_t frame;

		give(b, b->frames[i], b->orders[i]);
		*at = draw(b) % b->live;
		__builtin_prefetch(&b->frames[*at]);
		__builtin_prefetch(&b->orders[*at]);
		b->policy->prefetch_free(b->mm, b->frames[soon]);
		b->orders[i] = (uint8_t)order(b);
		frame = take(b, b->orders[i], gfp);
		if (frame == MM_NO_FRAME)
			abort();
		b->frames[i] = frame;
	}
	return done;
}

static unsigned order_0(struct bench *b)
{
	(void)b;
	return 0;
}

static unsigned order_3(struct bench *b)
{
	(void)b;
	return 3;
}

/* Half of order 0, a quarter of order 1, and so on up to the largest. */
static unsigned mixed(struct bench *b)
{
	return (unsigned)__builtin_ctz(draw(b) | 1u << b->max_order);
}

static const struct {
	const char *name;
	uint64_t (*run)(struct bench *b, uint64_t ops, unsigned (*order)(struct bench *));
	unsigned (*order)(struct bench *);
} cases[] = {
	{ "order0_lifo_batch32", lifo, order_0 },
	{ "order0_random_16gib", churn, order_0 },
	{ "order3_random_16gib", churn, order_3 },
	{ "mixed_random_16gib", churn, mixed },
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void boot(struct bench *b, const struct mm_zone_span *zones, unsigned nzones)
{
	static const uint16_t cpu_node[CPUS];
	static const bool online[] = { true };
	static const uint8_t distance[] = { 10 };
	const struct mm_machine machine = { .cpus = CPUS,
					    .nodes = 1,
					    .cpu_node = cpu_node,
					    .node_online = online,
					    .distance = distance,
					    .zones = zones,
					    .nzones = nzones,
					    .hz = 250 };
	/* Both are arrays of uint64_t, of less than this. */
	uint64_t params[128], costs[128];
	char text[200];

	if (b->policy->params_size > sizeof(params) || b->policy->costs_size > sizeof(costs))
		abort();
	mm_params_preset(b->policy->params, params);
	mm_params_preset(b->policy->costs, costs);
	b->mm = b->policy->create(&machine, params, costs, false, text, sizeof(text));
	if (!b->mm) {
		fprintf(stderr, "%s\n", text);
		exit(EXIT_FAILURE);
	}
}

/* Fills to three quarters, then frees random blocks down to a half: lists are in no order. */
static void fill(struct bench *b, unsigned (*order)(struct bench *))
{
	const uint64_t all = (uint64_t)GIBS * GIB_FRAMES;
	uint32_t gfp = b->policy->gfp("GFP_HIGHUSER_MOVABLE", &(unsigned){ 0 });
	uint64_t held = 0;

	b->live = 0;
	while (held < all / 4 * 3) {
		unsigned o = order(b);
		uint64_t frame = take(b, o, gfp);

		if (frame == MM_NO_FRAME)
			abort();
		b->frames[b->live] = frame;
		b->orders[b->live++] = (uint8_t)o;
		held += (uint64_t)1 << o;
	}
	while (held > all / 2) {
		uint32_t i = draw(b) % b->live;

		give(b, b->frames[i], b->orders[i]);
		held -= (uint64_t)1 << b->orders[i];
		b->frames[i] = b->frames[--b->live];
		b->orders[i] = b->orders[b->live];
	}
	for (unsigned i = 0; i < 2 * AHEAD; i++)
		b->next[i] = draw(b) % b->live;
}

/* On sim_machine_new()'s generic caches. */
static struct sim_memory *new_memory(const char *name)
{
	struct sim_machine *machine = sim_machine_new(CPUS, 1);
	struct sim_memory *memory = NULL;
	struct sim_memory_params params;

	sim_memory_preset(&params);
	machine->zones = calloc(1, sizeof(*machine->zones));
	machine->nzones = 1;
	machine->zones[0].end = (uint64_t)(GIBS + 1) * GIB_FRAMES;
	for (unsigned k = 0; sim_memory_names[k]; k++)
		if (strcmp(name, sim_memory_names[k]) == 0)
			memory = sim_memory_new((enum sim_memory_kind)k, machine, &params);
	sim_machine_free(machine);
	if (!memory)
		exit(EXIT_FAILURE);
	return memory;
}

static void run(const struct mm_policy *policy, const struct mm_zone_span *zones,
		unsigned nzones, size_t n, uint64_t ops, const char *model)
{
	struct bench b = { .policy = policy,
			   .cpu = { .memory = new_memory(model) },
			   .random = 2463534242u };
	double start;

	b.frames = calloc((size_t)GIBS * GIB_FRAMES, sizeof(*b.frames));
	b.orders = calloc((size_t)GIBS * GIB_FRAMES, 1);
	if (!b.frames || !b.orders)
		exit(EXIT_FAILURE);
	boot(&b, zones, nzones);
	b.max_order = policy->orders - 1;
	if (cases[n].run == churn)
		fill(&b, cases[n].order);
	else
		b.random = policy->gfp("GFP_HIGHUSER_MOVABLE", &(unsigned){ 0 });
	cases[n].run(&b, ops / 10, cases[n].order);
	start = now_ns();
	ops = cases[n].run(&b, ops, cases[n].order);
	printf("%s,%llu,%.1f\n", cases[n].name, (unsigned long long)ops,
	       (now_ns() - start) / (double)ops);
	policy->destroy(b.mm);
	sim_memory_free(b.cpu.memory);
	free(b.frames);
	free(b.orders);
}

/* Arguments: OPS [MODEL [CASE]]. */
static int bench_mm(const struct mm_policy *policy, const struct mm_zone_span *zones,
		    unsigned nzones, int argc, char **argv)
{
	char *end = NULL;
	uint64_t ops = argc > 1 ? strtoull(argv[1], &end, 10) : 4000000;

	if (ops == 0 || (end && *end) || argc > 4) {
		fprintf(stderr, "usage: %s [OPS [flat|reuse|cache [CASE]]]\n", argv[0]);
		return 2;
	}
	puts("case,ops,ns_per_op");
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++)
		if (argc < 4 || strcmp(argv[3], cases[n].name) == 0)
			run(policy, zones, nzones, n, ops, argc > 2 ? argv[2] : "flat");
	return EXIT_SUCCESS;
}

#endif
