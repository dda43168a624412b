/* What compaction remembers of a zone: bits, positions, and when it forgets them. */
#include "tests/model/compact412.h"

#define FRAMES 8192

static struct world412 w;

static void open_full(void)
{
	c_open(&w, FRAMES, 0);
}

static void close_world(void)
{
	CU_ASSERT_TRUE(c_contents_hold(&w));
	w_close(&w);
}

static struct mm412_zone_sleep *state(void)
{
	return mm412_zone_sleep(w.mm, &w.mm->zones[0]);
}

static uint8_t skip(unsigned block)
{
	return w.mm->sleep->skip[c_slot(&w, block * 512) >> 9];
}

static void update(const struct mm412_compact *cc, uint64_t n, unsigned isolated, bool migrate)
{
	mm412_compact_skip_update(w.mm, cc, c_slot(&w, n), isolated, migrate);
}

static void a_block_with_nothing_to_take_is_marked_and_passed_over(void)
{
	struct mm412_compact cc = c_control(&w, 3, MM412_COMPACT_SYNC_LIGHT);

	update(&cc, 1000, 1, true);
	CU_ASSERT_EQUAL(skip(1), 0);
	CU_ASSERT_TRUE(mm412_compact_skip_not(w.mm, &cc, c_slot(&w, 512)));
	update(&cc, 1000, 0, true);
	CU_ASSERT_EQUAL(skip(1), 1);
	CU_ASSERT_FALSE(mm412_compact_skip_not(w.mm, &cc, c_slot(&w, 512)));
	CU_ASSERT_TRUE(mm412_compact_skip_not(w.mm, &cc, c_slot(&w, 1024)));
	cc.ignore_skip_hint = true;
	CU_ASSERT_TRUE(mm412_compact_skip_not(w.mm, &cc, c_slot(&w, 512)));
	update(&cc, 2048, 0, true);
	CU_ASSERT_EQUAL(skip(4), 0);
}

static void async_work_moves_its_own_position_only(void)
{
	struct mm412_compact async = c_control(&w, 3, MM412_COMPACT_ASYNC);
	struct mm412_compact sync = c_control(&w, 3, MM412_COMPACT_SYNC_LIGHT);

	update(&async, 1030, 0, true);
	CU_ASSERT_EQUAL(state()->cached_migrate[0], c_slot(&w, 1030));
	CU_ASSERT_EQUAL(state()->cached_migrate[1], c_slot(&w, 0));
	update(&sync, 512, 0, true);
	CU_ASSERT_EQUAL(state()->cached_migrate[0], c_slot(&w, 1030));
	CU_ASSERT_EQUAL(state()->cached_migrate[1], c_slot(&w, 512));
	update(&sync, 2048, 0, true);
	CU_ASSERT_EQUAL(state()->cached_migrate[0], c_slot(&w, 2048));
	CU_ASSERT_EQUAL(state()->cached_migrate[1], c_slot(&w, 2048));
	CU_ASSERT_EQUAL(state()->cached_free, c_slot(&w, FRAMES - 512));
	update(&async, 5120, 0, false);
	CU_ASSERT_EQUAL(state()->cached_free, c_slot(&w, 5120));
	update(&async, 6144, 0, false);
	CU_ASSERT_EQUAL(state()->cached_free, c_slot(&w, 5120));
	CU_ASSERT_EQUAL(state()->cached_migrate[0], c_slot(&w, 2048));
}

static void the_next_run_begins_where_nothing_was_found_last(void)
{
	const struct mm_event *begin = &w.last[MM_EVENT_COMPACTION_BEGIN];
	int64_t from = (int64_t)w.mm->zones[0].start;

	/* Pageblocks 0 to 2 cannot be emptied, 15 and 14 are full. */
	for (uint64_t n = 0; n < 1536; n++)
		mm412_lru_pin(w.mm, c_slot(&w, n));
	c_drop_some(&w, 1536, 7168, 2, 1);
	CU_ASSERT_EQUAL(c_try(&w, 4, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(begin->value[1], from);
	CU_ASSERT(skip(0) && skip(1) && skip(2) && !skip(3));
	CU_ASSERT(skip(15) && skip(14) && !skip(13));
	c_take_all(&w);
	c_hold_all(&w, 1, 0);
	c_drop_some(&w, 2048, 7168, 2, 0);
	c_try(&w, 4, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT);
	CU_ASSERT_EQUAL(begin->value[1], from + 1024);
	CU_ASSERT_EQUAL(begin->value[2], from + 7168);
	/* The hardest try looks at everything again, and marks nothing. */
	w.mm->sleep->skip[c_slot(&w, 0) >> 9] = 0;
	c_take_all(&w);
	c_hold_all(&w, 1, 0);
	c_drop_some(&w, 2048, 7168, 2, 1);
	c_try(&w, 4, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_FULL);
	CU_ASSERT_EQUAL(begin->value[1], from);
	CU_ASSERT_EQUAL(begin->value[2], from + FRAMES - 512);
	CU_ASSERT_EQUAL(skip(0), 0);
	for (uint64_t n = 0; n < 1536; n++)
		mm412_lru_put(w.mm, w_cpu(&w), c_slot(&w, n), false);
}

static void mark_all(void)
{
	memset(w.mm->sleep->skip, 1, w.mm->slots >> 9);
	state()->cached_free = state()->cached_migrate[0] = c_slot(&w, 4096);
	state()->cached_migrate[1] = c_slot(&w, 2048);
}

static unsigned marked(void)
{
	unsigned n = 0;

	for (unsigned b = 0; b < FRAMES / 512; b++)
		n += skip(b);
	return n;
}

static void bits_are_cleared_when_somebody_has_asked_for_it(void)
{
	mark_all();
	mm412_compact_reset(w.mm, w_node(&w, 0));
	CU_ASSERT_EQUAL(marked(), 16);
	state()->blockskip_flush = true;
	mm412_compact_reset(w.mm, w_node(&w, 0));
	CU_ASSERT_EQUAL(marked(), 0);
	CU_ASSERT_FALSE(state()->blockskip_flush);
	CU_ASSERT_EQUAL(state()->cached_free, c_slot(&w, FRAMES - 512));
	CU_ASSERT_EQUAL(state()->cached_migrate[1], c_slot(&w, 0));
	/* Those of others stay. */
	CU_ASSERT_EQUAL(w.mm->sleep->skip[0], 1);
}

static void after_the_longest_deferral_compaction_begins_anew(void)
{
	const struct mm_event *begin = &w.last[MM_EVENT_COMPACTION_BEGIN];

	c_drop_some(&w, 0, FRAMES, 2, 1);
	mark_all();
	state()->compact_defer_shift = 6;
	state()->compact_considered = 62;
	CU_ASSERT_EQUAL(c_try(&w, 4, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_DEFERRED);
	CU_ASSERT_EQUAL(marked(), 16);
	CU_ASSERT_EQUAL(c_try(&w, 4, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(marked(), 0);
	CU_ASSERT_EQUAL(begin->value[1], (int64_t)w.mm->zones[0].start);
}

/* Pageblocks count from frame 0, a zone's bits from its start. */
static void a_zone_that_begins_inside_a_pageblock_is_cleared_by_its_own_steps(void)
{
	static struct mm_zone_span zones[] = { { 0, "DMA", 1, 4096 },
					       { 0, "DMA32", 4096, 16384 } };
	const uint8_t *bits;

	close_world();
	w_init(&w, 1, 1);
	w.k.machine.zones = zones;
	w.k.machine.nzones = 2;
	w_boot(&w, 0);
	bits = &w.mm->sleep->skip[w.mm->frame0 >> 9];
	memset(w.mm->sleep->skip, 1, w.mm->slots >> 9);
	mm412_compact_skip_reset(w.mm, &w.mm->zones[0]);
	for (unsigned b = 0; b < 32; b++)
		CU_ASSERT_EQUAL(bits[b], b >= 8);
	CU_ASSERT_EQUAL(state()->cached_migrate[0], mm412_slot(w.mm, 1));
	CU_ASSERT_EQUAL(state()->cached_free, mm412_slot(w.mm, 3584));
}

static CU_TestInfo tests[] = {
	{ "a block with nothing to take is marked and passed over",
	  a_block_with_nothing_to_take_is_marked_and_passed_over },
	{ "async work moves its own position only", async_work_moves_its_own_position_only },
	{ "the next run begins where nothing was found last",
	  the_next_run_begins_where_nothing_was_found_last },
	{ "bits are cleared when somebody has asked for it",
	  bits_are_cleared_when_somebody_has_asked_for_it },
	{ "after the longest deferral compaction begins anew",
	  after_the_longest_deferral_compaction_begins_anew },
	{ "a zone that begins inside a pageblock is cleared by its own steps",
	  a_zone_that_begins_inside_a_pageblock_is_cleared_by_its_own_steps },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 compact skip", NULL, NULL, open_full, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
