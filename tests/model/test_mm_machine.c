/* What of a machine's memory reaches an allocator, and in which blocks. */
#include "model/mm_machine.h"

#include "tests/unit.h"

static const struct mm_zone_span zones[] = { { 0, "DMA", 1, 100 }, { 0, "Normal", 200, 300 } };
static const struct mm_span holes[] = { { 10, 20 }, { 250, 400 } };
static const struct mm_span reserved[] = { { 1, 5 }, { 15, 30 }, { 60, 61 } };
static const struct mm_machine machine = { .zones = zones,
					   .nzones = 2,
					   .holes = holes,
					   .nholes = 2,
					   .reserved = reserved,
					   .nreserved = 3 };

static void frames_reach_from_the_lowest_zone_to_the_highest(void)
{
	CU_ASSERT_EQUAL(mm_machine_frames(&machine).start, 1);
	CU_ASSERT_EQUAL(mm_machine_frames(&machine).end, 300);
}

static void memory_is_what_is_neither_hole_nor_reserved(void)
{
	static const struct mm_span want[] = {
		{ 5, 10 }, { 30, 60 }, { 61, 100 }, { 100, 100 }
	};
	uint64_t at = 1;

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct mm_span run = mm_machine_memory(&machine, at, 100);

		CU_ASSERT_EQUAL(run.start, want[i].start);
		CU_ASSERT_EQUAL(run.end, want[i].end);
		at = run.end;
	}
}

/* Frame by frame, as no run is made: the same frames. */
static void runs_are_the_frames_of_no_span(void)
{
	uint64_t end = 0;

	for (uint64_t f = 1; f < 300; f++) {
		struct mm_span run = mm_machine_memory(&machine, f, 300);
		bool free = true;

		for (unsigned i = 0; i < 2; i++)
			free = free && (f < holes[i].start || f >= holes[i].end);
		for (unsigned i = 0; i < 3; i++)
			free = free && (f < reserved[i].start || f >= reserved[i].end);
		CU_ASSERT_EQUAL(run.start == f && run.end > f, free);
		if (run.start == f && f > 1)
			end = run.end;
		else
			CU_ASSERT(f >= end); /* a run does not end too late */
	}
}

static void a_machine_without_spans_is_all_memory(void)
{
	struct mm_machine all = { .zones = zones, .nzones = 2 };
	struct mm_span run = mm_machine_memory(&all, 200, 300);

	CU_ASSERT(run.start == 200 && run.end == 300);
	run = mm_machine_memory(&machine, 250, 300); /* and one that is a hole, none */
	CU_ASSERT(run.start == 300 && run.end == 300);
}

static void a_block_is_aligned_and_ends_in_time(void)
{
	CU_ASSERT_EQUAL(mm_machine_block(0, 2048, 11), 10);
	CU_ASSERT_EQUAL(mm_machine_block(0, 2048, 10), 9);
	CU_ASSERT_EQUAL(mm_machine_block(0, 1023, 11), 9);
	CU_ASSERT_EQUAL(mm_machine_block(12, 2048, 11), 2);
	CU_ASSERT_EQUAL(mm_machine_block(12, 15, 11), 1);
	CU_ASSERT_EQUAL(mm_machine_block(13, 14, 11), 0);
}

static CU_TestInfo tests[] = {
	{ "frames reach from the lowest zone to the highest",
	  frames_reach_from_the_lowest_zone_to_the_highest },
	{ "memory is what is neither hole nor reserved",
	  memory_is_what_is_neither_hole_nor_reserved },
	{ "runs are the frames of no span", runs_are_the_frames_of_no_span },
	{ "a machine without spans is all memory", a_machine_without_spans_is_all_memory },
	{ "a block is aligned and ends in time", a_block_is_aligned_and_ends_in_time },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm_machine", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
