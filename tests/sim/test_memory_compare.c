/*
 * The reuse model against the cache model, on patterns of access drawn at random: both see the
 * same accesses, their mean costs should differ by less than a tenth.
 */
#include <string.h>

#include "tests/sim/memory_scene.h"
#include "tests/unit.h"

#define ACCESSES 60000
#define KINDS 2

static const enum sim_memory_kind kinds[KINDS] = { SIM_MEMORY_REUSE, SIM_MEMORY_CACHE };

struct drawing {
	uint64_t state;
	uint64_t step;
};

static uint32_t draw(struct drawing *d, uint32_t n)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((d->state >> 33) * n >> 31);
}

/* One operation's accesses. */
typedef void pattern_fn(struct memory_scene *s, struct drawing *d);

/* Most accesses go to some lines of the CPU's own, few to many others. */
static void hot_set(struct memory_scene *s, struct drawing *d)
{
	unsigned cpu = draw(d, 4);

	if (draw(d, 8))
		memory_scene_write(s, cpu, 1000 + cpu * 1000 + draw(d, MEMORY_SCENE_L1 / 2));
	else
		memory_scene_write(s, cpu, 8000 + draw(d, 4 * MEMORY_SCENE_L2));
}

/* Sets of all sizes, so that each level holds a part. */
static void nested_sets(struct memory_scene *s, struct drawing *d)
{
	uint32_t size = 16u << draw(d, 10);

	memory_scene_write(s, 0, 1000 + draw(d, size));
}

/* Runs of lines one after another, over more than the largest cache holds. */
static void streaming(struct memory_scene *s, struct drawing *d)
{
	unsigned cpu = draw(d, 2) * 4;

	memory_scene_stream(s, cpu, 1000 + cpu * 1000 + draw(d, 2 * MEMORY_SCENE_LLC), 32);
}

/* A few lines that everybody changes. */
static void ping_pong(struct memory_scene *s, struct drawing *d)
{
	unsigned cpu = draw(d, MEMORY_SCENE_CPUS);

	memory_scene_touch(s, cpu, SIM_LINE_ZONE, draw(d, 2), true);
	memory_scene_touch(s, cpu, SIM_LINE_LIST, draw(d, 8), true);
	memory_scene_touch(s, cpu, SIM_LINE_MARKS, draw(d, 2), false);
	memory_scene_touch(s, cpu, SIM_LINE_PCP, cpu, true);
}

/* CPU 0 writes pages round and round, one of its socket and one of the other follow. */
static void producer_and_consumers(struct memory_scene *s, struct drawing *d)
{
	uint64_t at = d->step++;

	memory_scene_write(s, 0, 1000 + at % 3000);
	if (at > 100)
		memory_scene_write(s, 1 + 4 * (unsigned)(at & 1), 1000 + (at - 100) % 3000);
	memory_scene_write(s, 0, 20000 + draw(d, MEMORY_SCENE_L2));
}

/* Read by many, written now and then. */
static void readers_and_a_writer(struct memory_scene *s, struct drawing *d)
{
	unsigned cpu = draw(d, MEMORY_SCENE_CPUS);
	uint64_t line = draw(d, 40);

	if (draw(d, 20) == 0)
		memory_scene_touch(s, cpu, SIM_LINE_BLOCK, line, true);
	else
		memory_scene_touch(s, cpu, SIM_LINE_BLOCK, line, false);
	memory_scene_write(s, cpu, 1000 + 1000 * cpu + draw(d, 200));
}

/* The CPU that is furthest behind, as an engine would have it. */
static unsigned earliest(const struct memory_scene *s)
{
	unsigned first = 0;

	for (unsigned c = 1; c < MEMORY_SCENE_CPUS; c++)
		if (sim_now(&s->cpu[c]) < sim_now(&s->cpu[first]))
			first = c;
	return first;
}

/* All CPUs with an application each, on lines of their own and common ones. */
static void mixed_with_pollution(struct memory_scene *s, struct drawing *d)
{
	unsigned cpu = earliest(s);

	memory_scene_think(s, cpu, (uint64_t)draw(d, 400) << draw(d, 9));
	memory_scene_touch(s, cpu, SIM_LINE_PCP, cpu, true);
	for (unsigned i = draw(d, 8); i-- > 0;)
		memory_scene_write(s, cpu, 1000 + 1000 * cpu + draw(d, 32u << draw(d, 5)));
	if (draw(d, 4) == 0) {
		memory_scene_touch(s, cpu, SIM_LINE_ZONE, 0, true);
		memory_scene_write(s, cpu, 30000 + draw(d, 2000));
		memory_scene_read(s, cpu, 30000 + draw(d, 2000));
	}
}

static uint64_t cost(enum sim_memory_kind kind, pattern_fn *pattern, uint64_t pollution)
{
	struct drawing d = { .state = 7 };
	struct memory_scene s;
	uint64_t sum = 0;

	memory_scene_kind = kind;
	memory_scene_machine(&s);
	memory_scene_make(&s, pollution);
	for (unsigned i = 0; i < ACCESSES; i++) {
		/* The first tenth fills the caches. */
		for (unsigned c = 0; i == ACCESSES / 10 && c < MEMORY_SCENE_CPUS; c++)
			s.cpu[c].part[SIM_PART_MEMORY] = 0;
		pattern(&s, &d);
	}
	for (unsigned c = 0; c < MEMORY_SCENE_CPUS; c++)
		sum += s.cpu[c].part[SIM_PART_MEMORY];
	memory_scene_close(&s);
	return sum;
}

/* Whether a is within `percent` of b. */
static bool near(uint64_t a, uint64_t b, unsigned percent)
{
	return a * 100 <= b * (100 + percent) && a * 100 >= b * (100 - percent);
}

static void the_mean_cost_of_an_access_is_within_a_tenth(void)
{
	static const struct {
		const char *name;
		pattern_fn *pattern;
		uint64_t pollution;
	} rows[] = {
		{ "hot set", hot_set, 0 },
		{ "nested sets", nested_sets, 0 },
		{ "streaming", streaming, 0 },
		{ "ping-pong", ping_pong, 0 },
		{ "producer and consumers", producer_and_consumers, 0 },
		{ "readers and a writer", readers_and_a_writer, 0 },
		{ "mixed with pollution", mixed_with_pollution, 10 },
		{ "mixed with much pollution", mixed_with_pollution, 100 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t got[KINDS];

		for (unsigned k = 0; k < KINDS; k++)
			got[k] = cost(kinds[k], rows[i].pattern, rows[i].pollution);
		CU_ASSERT_TRUE(near(got[0], got[1], 10));
	}
}

static void the_same_accesses_cost_the_same_again(void)
{
	for (unsigned k = 0; k < KINDS; k++)
		CU_ASSERT_EQUAL(cost(kinds[k], mixed_with_pollution, 10),
				cost(kinds[k], mixed_with_pollution, 10));
}

static int ahead(void)
{
	memory_scene_prefetch = true;
	return 0;
}

static int as_asked(void)
{
	memory_scene_prefetch = false;
	return 0;
}

static CU_TestInfo tests[] = {
	{ "the mean cost of an access is within a tenth",
	  the_mean_cost_of_an_access_is_within_a_tenth },
	{ "the same accesses cost the same again", the_same_accesses_cost_the_same_again },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "memory_compare", as_asked, NULL, NULL, NULL, tests },
	{ "memory_compare with prefetch", ahead, as_asked, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
