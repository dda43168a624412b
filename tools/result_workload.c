/*
 * What a microbenchmark measured, as those who published it printed it: mean cycles of an
 * allocation, of a free and of both; for page faults also how many a second.
 */
#include <inttypes.h>

#include "tools/result.h"

__extension__ typedef unsigned __int128 wide;

/* Sums over all scored operations. */
struct measured {
	uint64_t allocs, frees;
	uint64_t alloc_cycles, free_cycles;
	uint64_t pause_cycles; /* what was no operation */
	uint64_t part[SIM_PARTS];
};

static void add(const struct result *r, const char *op, uint64_t *count, uint64_t *cycles,
		uint64_t part[SIM_PARTS])
{
	const struct latency_row *row = latency_rows_find(&r->rows, op, "all", "");

	if (!row)
		return;
	*count = row->count;
	*cycles = row->sum;
	for (unsigned i = 0; i < SIM_PARTS; i++)
		part[i] += row->part[i];
}

static struct measured measure(const struct result *r)
{
	const struct workload *w = &r->scenario->workload;
	struct measured m = { 0 };

	add(r, "alloc", &m.allocs, &m.alloc_cycles, m.part);
	add(r, "free", &m.frees, &m.free_cycles, m.part);
	m.pause_cycles = m.allocs * w->alloc_pause + m.frees * w->free_pause;
	return m;
}

/* 1/1000 of what one of n takes. */
static uint64_t mean_milli(uint64_t sum, uint64_t n)
{
	return n ? (uint64_t)(((wide)sum * 1000 + n / 2) / n) : 0;
}

/* 1/1000 of the time of all CPUs, pauses included, that they waited for locks. */
static uint64_t lock_milli(const struct measured *m)
{
	uint64_t all = m->alloc_cycles + m->free_cycles + m->pause_cycles;

	return mean_milli(m->part[SIM_PART_LOCK], all);
}

/* Allocations of all CPUs a second. */
static uint64_t rate(const struct result *r, const struct measured *m)
{
	uint64_t all = m->alloc_cycles + m->free_cycles + m->pause_cycles;
	wide each =
		(wide)r->scenario->workload.cpus * r->scenario->machine->clock_mhz * 1000000;

	return all ? (uint64_t)(each * m->allocs / all) : 0;
}

json_t *result_workload_json(const struct result *r)
{
	struct measured m = measure(r);
	json_t *map = json_object();

	result_set_number(map, "alloc_milli_cycles", mean_milli(m.alloc_cycles, m.allocs));
	result_set_number(map, "free_milli_cycles", mean_milli(m.free_cycles, m.frees));
	result_set_number(map, "pair_milli_cycles",
			  mean_milli(m.alloc_cycles + m.free_cycles, m.allocs));
	result_set_number(map, "memory_milli_cycles",
			  mean_milli(m.part[SIM_PART_MEMORY], m.allocs));
	result_set_number(map, "pages_milli_cycles",
			  mean_milli(m.part[SIM_PART_PAGES], m.allocs));
	result_set_number(map, "lock_milli_cycles",
			  mean_milli(m.part[SIM_PART_LOCK], m.allocs));
	result_set_number(map, "lock_milli", lock_milli(&m));
	result_set_number(map, "allocs_per_second", rate(r, &m));
	return map;
}

static void text_mean(FILE *out, const char *what, uint64_t milli)
{
	fprintf(out, "  %-38s %10" PRIu64 ".%02" PRIu64 "\n", what, milli / 1000,
		milli % 1000 / 10);
}

void result_workload_text(FILE *out, const struct result *r)
{
	const struct workload *w = &r->scenario->workload;
	struct measured m = measure(r);
	uint64_t milli = lock_milli(&m);

	fprintf(out, "Workload %s: order %u, %" PRIu32 " at a time, on %u CPU%s; mean cycles\n",
		workload_names[w->kind], w->order, w->blocks, w->cpus, w->cpus == 1 ? "" : "s");
	text_mean(out, "an allocation", mean_milli(m.alloc_cycles, m.allocs));
	text_mean(out, "a free", mean_milli(m.free_cycles, m.frees));
	text_mean(out, "both", mean_milli(m.alloc_cycles + m.free_cycles, m.allocs));
	text_mean(out, "... of it cache lines", mean_milli(m.part[SIM_PART_MEMORY], m.allocs));
	text_mean(out, "... of it pages cleared", mean_milli(m.part[SIM_PART_PAGES], m.allocs));
	text_mean(out, "... of it waits for locks",
		  mean_milli(m.part[SIM_PART_LOCK], m.allocs));
	fprintf(out,
		"  %" PRIu64 " allocations a second; %" PRIu64 ".%" PRIu64
		" %% of all time waits for locks\n\n",
		rate(r, &m), milli / 10, milli % 10);
}
