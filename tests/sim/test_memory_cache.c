/* The cache model: the rules that hold for reuse, too, and the tags of one cache. */
#include "sim/memory_tags.h"

#include "tests/sim/memory_rules.h"
#include "tests/sim/memory_scene.h"
#include "tests/unit.h"

static int of_cache(void)
{
	memory_scene_kind = SIM_MEMORY_CACHE;
	return 0;
}

/* Line n of kind 1, version 0. */
static uint64_t tag(uint64_t n)
{
	return (UINT64_C(1) << SIM_MEMORY_TAGS_KEY_BITS | n) << SIM_MEMORY_TAGS_VERSION_BITS;
}

static void the_least_recently_used_line_of_a_set_falls_out(void)
{
	struct sim_memory_tags t;

	CU_ASSERT_TRUE_FATAL(sim_memory_tags_init(&t, 16, 2, NULL));
	sim_memory_tags_put(&t, tag(3));
	sim_memory_tags_put(&t, tag(3 + 8));
	CU_ASSERT_TRUE(sim_memory_tags_hit(&t, tag(3)));
	sim_memory_tags_put(&t, tag(3 + 16));
	CU_ASSERT_TRUE(sim_memory_tags_has(&t, tag(3)));
	CU_ASSERT_FALSE(sim_memory_tags_has(&t, tag(3 + 8)));
	CU_ASSERT_TRUE(sim_memory_tags_has(&t, tag(3 + 16)));
	/* Lines of other sets do not matter. */
	sim_memory_tags_put(&t, tag(4));
	sim_memory_tags_put(&t, tag(4 + 8));
	sim_memory_tags_put(&t, tag(4 + 16));
	CU_ASSERT_TRUE(sim_memory_tags_has(&t, tag(3)));
	sim_memory_tags_fini(&t);
}

static void another_version_of_a_line_is_a_miss_and_takes_its_place(void)
{
	struct sim_memory_tags t;

	CU_ASSERT_TRUE_FATAL(sim_memory_tags_init(&t, 16, 2, NULL));
	sim_memory_tags_put(&t, tag(3));
	sim_memory_tags_put(&t, tag(3 + 8));
	CU_ASSERT_FALSE(sim_memory_tags_hit(&t, tag(3) + 1));
	sim_memory_tags_put(&t, tag(3) + 1);
	CU_ASSERT_TRUE(sim_memory_tags_has(&t, tag(3) + 1));
	CU_ASSERT_FALSE(sim_memory_tags_has(&t, tag(3)));
	CU_ASSERT_TRUE(sim_memory_tags_has(&t, tag(3 + 8)));
	sim_memory_tags_fini(&t);
}

static void what_falls_out_is_the_youngest_of_the_next_cache(void)
{
	struct sim_memory_tags small, large;

	CU_ASSERT_TRUE_FATAL(sim_memory_tags_init(&large, 32, 2, NULL));
	CU_ASSERT_TRUE_FATAL(sim_memory_tags_init(&small, 16, 2, &large));
	sim_memory_tags_put(&large, tag(0));
	sim_memory_tags_put(&large, tag(16));
	sim_memory_tags_put(&small, tag(0));
	sim_memory_tags_put(&small, tag(8));
	sim_memory_tags_put(&small, tag(24));
	/* 0 was the older one there, and came back. */
	sim_memory_tags_put(&large, tag(32));
	CU_ASSERT_TRUE(sim_memory_tags_has(&large, tag(0)));
	CU_ASSERT_FALSE(sim_memory_tags_has(&large, tag(16)));
	sim_memory_tags_fini(&small);
	sim_memory_tags_fini(&large);
}

/* The sweep through six sets, a line at a time, by lines that nobody asks for again. The first
 * is of set 0: kind 1 begins at set 1, so that its line 5 is of set 0. */
static void sweep_one_by_one(struct sim_memory_tags *t, uint64_t *swept, uint64_t lines)
{
	for (uint64_t i = 0; i < lines; i++, ++*swept)
		sim_memory_tags_put(t, tag(600005 + *swept));
}

static void a_sweep_leaves_what_its_lines_one_by_one_would_have_left(void)
{
	struct sim_memory_tags lazy, eager;
	uint64_t random = 1, swept = 0, differ = 0, hits = 0;

	CU_ASSERT_TRUE_FATAL(sim_memory_tags_init(&lazy, 24, 4, NULL));
	CU_ASSERT_TRUE_FATAL(sim_memory_tags_init(&eager, 24, 4, NULL));
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t line;
		bool hit;

		random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
		line = random >> 60;
		sim_memory_tags_sweep(&lazy, random >> 40 & 7);
		sweep_one_by_one(&eager, &swept, random >> 40 & 7);
		hit = sim_memory_tags_hit(&lazy, tag(line));
		differ += hit != sim_memory_tags_hit(&eager, tag(line));
		hits += hit;
		sim_memory_tags_put(&lazy, tag(line));
		sim_memory_tags_put(&eager, tag(line));
	}
	CU_ASSERT_EQUAL(differ, 0);
	CU_ASSERT_TRUE(hits > 2000 && hits < 18000);
	sim_memory_tags_fini(&lazy);
	sim_memory_tags_fini(&eager);
}

static CU_TestInfo tests[] = {
	{ "the least recently used line of a set falls out",
	  the_least_recently_used_line_of_a_set_falls_out },
	{ "another version of a line is a miss and takes its place",
	  another_version_of_a_line_is_a_miss_and_takes_its_place },
	{ "what falls out is the youngest of the next cache",
	  what_falls_out_is_the_youngest_of_the_next_cache },
	{ "a sweep leaves what its lines one by one would have left",
	  a_sweep_leaves_what_its_lines_one_by_one_would_have_left },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "memory_cache rules", of_cache, NULL, NULL, NULL, memory_rules },
	{ "memory_tags", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
