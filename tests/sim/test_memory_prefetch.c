/* What hardware fetches ahead, in reuse and cache alike: struct pages of the CPU's own caches.
 */
#include "tests/sim/memory_scene.h"
#include "tests/unit.h"

/* The first frame of 64 whose struct pages are a page of 4 KiB. */
#define FIRST 6400
#define FAR 20000

/* A scene in which CPU 0's frames FIRST - 128 to FIRST + 127 are in its last-level cache. */
static void open_scene(struct memory_scene *s)
{
	memory_scene_open(s);
	memory_scene_stream(s, 0, FIRST - 128, 256);
	memory_scene_stream(s, 0, FAR, 2 * MEMORY_SCENE_L2);
}

static void frames_in_order_are_cheaper_than_scattered_ones(void)
{
	static const struct {
		int64_t at;
		uint32_t want;
	} up[] = { { 0, IN_LLC }, { 1, IN_L2 }, { 2, IN_L1 }, { 3, IN_L1 }, { 20, IN_LLC } },
	  down[] = { { 41, IN_LLC }, { 40, IN_L2 }, { 39, IN_L1 }, { 38, IN_L1 } },
	  apart[] = { { 0, IN_LLC }, { 3, IN_LLC }, { 6, IN_LLC }, { 9, IN_LLC } };
	struct memory_scene s;

	open_scene(&s);
	for (unsigned i = 0; i < ARRAY_SIZE(up); i++)
		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + (uint64_t)up[i].at),
				up[i].want);
	for (unsigned i = 0; i < ARRAY_SIZE(down); i++)
		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + (uint64_t)down[i].at),
				down[i].want);
	for (unsigned i = 0; i < ARRAY_SIZE(apart); i++)
		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST - 64 + (uint64_t)apart[i].at),
				apart[i].want);
	memory_scene_close(&s);
}

static void a_line_brings_its_pair_along_and_no_other_neighbour(void)
{
	struct memory_scene s;

	open_scene(&s);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST + 1), IN_LLC);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST), IN_L2);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST + 11), IN_LLC);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST + 12), IN_LLC);
	memory_scene_close(&s);
}

static void a_pair_out_of_l2_comes_from_l1(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_stream(&s, 0, FIRST, 2);
	memory_scene_stream(&s, 0, FAR, 2 * MEMORY_SCENE_L1);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST), IN_L2);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST + 1), IN_L1);
	memory_scene_close(&s);
}

static void nothing_is_fetched_across_a_border_of_4_kib(void)
{
	struct memory_scene s;

	open_scene(&s);
	memory_scene_stream(&s, 0, FIRST + 60, 4);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + 64), IN_LLC);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + 65), IN_L2);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + 66), IN_L1);
	memory_scene_write(&s, 0, FIRST + 1);
	memory_scene_write(&s, 0, FIRST);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST - 1), IN_LLC);
	memory_scene_close(&s);
}

static void two_streams_side_by_side_are_both_fetched_ahead(void)
{
	struct memory_scene s;

	open_scene(&s);
	for (uint64_t i = 0; i < 20; i++) {
		uint32_t want = i == 0 ? IN_LLC : i == 1 ? IN_L2 : IN_L1;

		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + i), want);
		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST - 1 - i), want);
	}
	memory_scene_close(&s);
}

static void a_neighbour_is_forgotten_after_eight_others(void)
{
	struct memory_scene s;

	open_scene(&s);
	memory_scene_write(&s, 0, FIRST);
	for (uint64_t i = 1; i < 8; i++)
		memory_scene_write(&s, 0, FIRST + 4 * i);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + 1), IN_L2);
	for (uint64_t i = 1; i < 8; i++)
		memory_scene_write(&s, 0, FIRST - 4 * i);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + 29), IN_LLC);
	memory_scene_close(&s);
}

static void memory_and_lines_that_others_changed_cost_what_they_cost(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	for (uint64_t i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST + i), IN_MEMORY);
	for (uint64_t i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(memory_scene_write(&s, 1, FIRST + i), FROM_CORE);
	for (uint64_t i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(memory_scene_write(&s, 4, FIRST + i), FROM_OTHER_SOCKET);
	memory_scene_close(&s);
}

static void each_cpu_fetches_ahead_for_itself(void)
{
	struct memory_scene s;

	open_scene(&s);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 0, FIRST), IN_LLC);
	CU_ASSERT_EQUAL(memory_scene_write(&s, 1, FIRST + 1), IN_LLC);
	memory_scene_close(&s);
}

static void only_struct_pages_are_fetched_ahead(void)
{
	struct memory_scene s;

	memory_scene_open(&s);
	for (uint64_t i = 0; i < 8; i++)
		memory_scene_touch(&s, 0, SIM_LINE_BLOCK, i, true);
	memory_scene_stream(&s, 0, FAR, 2 * MEMORY_SCENE_L1);
	for (uint64_t i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(memory_scene_touch(&s, 0, SIM_LINE_BLOCK, i, true), IN_L2);
	memory_scene_close(&s);
}

static void an_old_machine_fetches_nothing_ahead(void)
{
	struct memory_scene s;

	memory_scene_machine(&s);
	s.machine->arch = SIM_ARCH_I386;
	memory_scene_make(&s, 0);
	memory_scene_stream(&s, 0, FIRST, 8);
	memory_scene_stream(&s, 0, FAR, 2 * MEMORY_SCENE_L1);
	for (uint64_t i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST + i), IN_L2);
	memory_scene_close(&s);
}

static void without_an_l2_a_pair_goes_to_the_next_cache(void)
{
	struct memory_scene s;

	memory_scene_machine(&s);
	s.machine->l2.present = false;
	memory_scene_make(&s, 0);
	memory_scene_stream(&s, 0, FIRST, 2);
	memory_scene_stream(&s, 0, FAR, 2 * MEMORY_SCENE_L1);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST), IN_LLC);
	CU_ASSERT_EQUAL(memory_scene_read(&s, 0, FIRST + 1), IN_L1);
	memory_scene_close(&s);
}

static int of_reuse(void)
{
	memory_scene_kind = SIM_MEMORY_REUSE;
	memory_scene_prefetch = true;
	return 0;
}

static int of_cache(void)
{
	memory_scene_kind = SIM_MEMORY_CACHE;
	memory_scene_prefetch = true;
	return 0;
}

static CU_TestInfo tests[] = {
	{ "frames in order are cheaper than scattered ones",
	  frames_in_order_are_cheaper_than_scattered_ones },
	{ "a line brings its pair along and no other neighbour",
	  a_line_brings_its_pair_along_and_no_other_neighbour },
	{ "a pair out of L2 comes from L1", a_pair_out_of_l2_comes_from_l1 },
	{ "nothing is fetched across a border of 4 KiB",
	  nothing_is_fetched_across_a_border_of_4_kib },
	{ "two streams side by side are both fetched ahead",
	  two_streams_side_by_side_are_both_fetched_ahead },
	{ "a neighbour is forgotten after eight others",
	  a_neighbour_is_forgotten_after_eight_others },
	{ "memory and lines that others changed cost what they cost",
	  memory_and_lines_that_others_changed_cost_what_they_cost },
	{ "each CPU fetches ahead for itself", each_cpu_fetches_ahead_for_itself },
	{ "only struct pages are fetched ahead", only_struct_pages_are_fetched_ahead },
	{ "an old machine fetches nothing ahead", an_old_machine_fetches_nothing_ahead },
	{ "without an L2 a pair goes to the next cache",
	  without_an_l2_a_pair_goes_to_the_next_cache },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "memory_prefetch of reuse", of_reuse, NULL, NULL, NULL, tests },
	{ "memory_prefetch of cache", of_cache, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
