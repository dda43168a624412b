/*
 * The score against states written by hand: what is compared is memory, whoever holds it.
 */
#include <string.h>

#include "tests/unit.h"
#include "tools/score.h"

struct block {
	uint64_t frame;
	unsigned order;
	bool pcp;
};

/* One zone of 4096 frames; a list of free blocks is all there is. */
static struct block blocks[16];
static unsigned nblocks;

static void each_free(const void *mm, bool with_pcp,
		      void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx)
{
	(void)mm;
	for (unsigned i = 0; i < nblocks; i++)
		if (with_pcp || !blocks[i].pcp)
			visit(ctx, blocks[i].frame, blocks[i].order);
}

static const struct mm_policy policy = { .each_free = each_free };

static uint32_t pcp_count[1];
static struct mm_snapshot_zone zone;
static struct mm_snapshot snap;
static struct trace_zone_free start, end_zone;
static struct trace_end recorded;

static void a_zone_and_its_recorded_end(void)
{
	zone = (struct mm_snapshot_zone){ .name = "Normal",
					  .end = 4096,
					  .pcp_count = pcp_count };
	snap = (struct mm_snapshot){
		.nzones = 1, .ntypes = 1, .norders = 11, .ncpus = 1, .zones = &zone
	};
	start = (struct trace_zone_free){ .name = "Normal" };
	end_zone = start;
	recorded = (struct trace_end){ 1, &start, &end_zone };
	nblocks = 0;
	pcp_count[0] = 0;
}

static void free_block(uint64_t frame, unsigned order, bool pcp)
{
	blocks[nblocks++] = (struct block){ frame, order, pcp };
	if (pcp)
		pcp_count[0]++;
	else
		zone.free[0][order]++;
}

static void equal_memory_scores_zero_though_one_side_keeps_it_in_per_cpu_lists(void)
{
	struct score *s;

	free_block(1024, 0, true);
	free_block(1025, 0, true);
	free_block(1026, 1, false);
	end_zone.buddyinfo[2] = 1;
	end_zone.logical[2] = 1;
	s = score_new(&policy, NULL, &snap, &recorded);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->nzones, 1);
	CU_ASSERT_EQUAL(s->zones[0].simulated.logical[2], 1);
	CU_ASSERT_EQUAL(s->zones[0].simulated.buddyinfo[1], 1);
	CU_ASSERT_EQUAL(s->zones[0].simulated.pcp_pages, 2);
	CU_ASSERT_EQUAL(s->free_pages_error, 0);
	CU_ASSERT_EQUAL(s->unusable_error_most, 0);
	score_free(s);
}

/* Recorded: one block of order 3. Simulated: four of order 0 apart from one another. */
static void lost_pages_and_lost_blocks_are_told_apart(void)
{
	struct score *s;

	for (unsigned i = 0; i < 4; i++)
		free_block(64 + 2 * i, 0, false);
	end_zone.logical[3] = 1;
	s = score_new(&policy, NULL, &snap, &recorded);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->free_pages_error, 4);
	CU_ASSERT_EQUAL(s->zones[0].unusable_diff[1], 1000);
	CU_ASSERT_EQUAL(s->zones[0].unusable_diff[3], 1000);
	CU_ASSERT_EQUAL(s->zones[0].unusable_diff[4], 0); /* both cannot serve it */
	CU_ASSERT_EQUAL(s->unusable_error_most, 1000);
	CU_ASSERT_EQUAL(s->unusable_error_mean, 300);
	CU_ASSERT_EQUAL(s->unusable_error_weighted, 300); /* one zone alone */
	score_free(s);
}

/* Beside that zone one with seven times the memory, which is as recorded. */
static void a_small_zone_weighs_little(void)
{
	struct mm_snapshot_zone two[2];
	struct trace_zone_free starts[2] = { start, start }, ends[2] = { end_zone, end_zone };
	struct trace_end both = { 2, starts, ends };
	struct score *s;

	for (unsigned i = 0; i < 4; i++)
		free_block(64 + 2 * i, 0, false);
	ends[0].logical[3] = 1;
	two[0] = zone;
	zone = (struct mm_snapshot_zone){
		.name = "Other", .start = 4096, .end = 8192, .pcp_count = pcp_count
	};
	for (unsigned i = 0; i < 7; i++)
		free_block(4096 + 16 * i, 3, false);
	ends[1].logical[3] = 7;
	strcpy(starts[1].name, "Other");
	strcpy(ends[1].name, "Other");
	two[1] = zone;
	snap.zones = two;
	snap.nzones = 2;
	s = score_new(&policy, NULL, &snap, &both);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->unusable_error_mean, 150);
	CU_ASSERT_EQUAL(s->unusable_error_weighted, 37); /* 300 of 1/8 of the memory */
	score_free(s);
}

static void zones_that_only_the_recording_has_are_left_out(void)
{
	struct score *s;

	strcpy(end_zone.name, "DMA32");
	s = score_new(&policy, NULL, &snap, &recorded);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->nzones, 0);
	score_free(s);
}

static CU_TestInfo tests[] = {
	{ "equal memory scores zero though one side keeps it in per-cpu lists",
	  equal_memory_scores_zero_though_one_side_keeps_it_in_per_cpu_lists },
	{ "lost pages and lost blocks are told apart",
	  lost_pages_and_lost_blocks_are_told_apart },
	{ "a small zone weighs little", a_small_zone_weighs_little },
	{ "zones that only the recording has are left out",
	  zones_that_only_the_recording_has_are_left_out },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "score", NULL, NULL, a_zone_and_its_recorded_end, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
