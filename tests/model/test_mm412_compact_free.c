/* The free scanner: which free blocks it takes, in what order pages come out of them. */
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

static uint8_t *skip(uint64_t n)
{
	return &w.mm->sleep->skip[c_slot(&w, n) >> 9];
}

static struct mm412_zone_sleep *state(void)
{
	return mm412_zone_sleep(w.mm, &w.mm->zones[0]);
}

/* A control that wants pages for so many. */
static struct mm412_compact wants(uint64_t pages)
{
	struct mm412_compact cc = c_control(&w, 9, MM412_COMPACT_SYNC_LIGHT);

	cc.nr_migrate = pages;
	return cc;
}

/* What was got and not yet given back. */
static uint32_t got[512];
static unsigned ngot;

static uint32_t get(struct mm412_compact *cc)
{
	uint32_t slot = mm412_compact_free_get(w.mm, w_cpu(&w), cc);

	if (slot != MM412_NONE)
		got[ngot++] = slot;
	return slot;
}

/* All pages are free again. */
static void release(struct mm412_compact *cc)
{
	while (ngot)
		mm412_compact_free_put(w.mm, cc, got[--ngot]);
	mm412_compact_free_release(w.mm, w_cpu(&w), cc);
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
}

/* Half of the zone's lower part, so that no watermark is in the way. */
static void give_room(void)
{
	c_drop_some(&w, 0, 2048, 2, 0);
}

static void it_takes_no_more_blocks_than_there_are_pages(void)
{
	struct mm412_compact cc;

	give_room();
	c_drop_some(&w, FRAMES - 512, FRAMES, 2, 1);
	cc = wants(10);
	/* Frames 1, 3, ..., 19 of the pageblock; the last one taken comes out first. */
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, FRAMES - 512 + 19));
	CU_ASSERT_EQUAL(cc.nr_free, 9);
	CU_ASSERT_EQUAL(cc.free_scanned, 20);
	CU_ASSERT_EQUAL(cc.free_at, c_slot(&w, FRAMES - 512 + 20));
	for (unsigned i = 1; i < 10; i++)
		CU_ASSERT_EQUAL(get(&cc), c_slot(&w, FRAMES - 512 + 19 - 2 * i));
	/* It goes on where it stopped. */
	cc.nr_migrate = 2;
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, FRAMES - 512 + 23));
	CU_ASSERT_EQUAL(cc.free_scanned, 24);
	release(&cc);
}

static void a_block_is_taken_whole_and_split_from_its_end(void)
{
	struct mm412_compact cc;
	uint64_t free;

	give_room();
	c_drop_some(&w, FRAMES - 512 + 64, FRAMES - 512 + 96, 1, 0);
	c_drop_some(&w, FRAMES - 512 + 128, FRAMES - 512 + 132, 1, 0);
	free = c_free(&w);
	cc = wants(33);
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, FRAMES - 512 + 131));
	CU_ASSERT_EQUAL(cc.nr_free, 35);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_FREEPAGES].value[3], 36);
	CU_ASSERT_EQUAL(c_free(&w), free - 36);
	mm412_compact_free_put(w.mm, &cc, c_slot(&w, FRAMES - 512 + 131));
	CU_ASSERT_EQUAL(cc.nr_free, 36);
	ngot = 0;
	CU_ASSERT_EQUAL(mm412_compact_free_release(w.mm, w_cpu(&w), &cc),
			c_slot(&w, FRAMES - 512 + 131));
	CU_ASSERT_EQUAL(cc.nr_free, 0);
	CU_ASSERT_EQUAL(c_free(&w), free);
	CU_ASSERT_EQUAL(mm412_compact_free_release(w.mm, w_cpu(&w), &cc), 0);
}

static void pageblocks_of_others_and_whole_free_ones_are_left_alone(void)
{
	struct mm412_compact cc;

	give_room();
	for (unsigned b = 16; b-- > 10;)
		c_drop_some(&w, b * 512, b * 512 + 8, 1, 0);
	mm412_pageblock_set(w.mm, c_slot(&w, 15 * 512), MM412_UNMOVABLE);
	mm412_pageblock_set(w.mm, c_slot(&w, 14 * 512), MM412_RECLAIMABLE);
	c_drop_some(&w, 13 * 512 + 8, 14 * 512, 1, 0);
	CU_ASSERT_EQUAL(c_blocks(&w, 9), 1);
	cc = wants(1);
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, 12 * 512 + 7));
	CU_ASSERT_EQUAL(cc.free_scanned, 1);
	release(&cc);
	/* The last try is less choosy, but for what is free as a whole. */
	cc = wants(20);
	cc.ignore_block_suitable = true;
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, 12 * 512 + 7));
	CU_ASSERT_EQUAL(cc.nr_free, 23);
	release(&cc);
}

static void a_block_without_free_pages_is_skipped_the_next_time(void)
{
	struct mm412_compact cc;

	give_room();
	c_drop_some(&w, 13 * 512, 13 * 512 + 8, 1, 0);
	state()->cached_free = c_slot(&w, 15 * 512);
	cc = wants(4);
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, 13 * 512 + 7));
	CU_ASSERT_EQUAL(cc.free_scanned, 512 + 512 + 1);
	CU_ASSERT(*skip(15 * 512) && *skip(14 * 512) && !*skip(13 * 512));
	CU_ASSERT_EQUAL(state()->cached_free, c_slot(&w, 14 * 512));
	release(&cc);
	cc = wants(4);
	get(&cc);
	CU_ASSERT_EQUAL(cc.free_scanned, 1);
	release(&cc);
	cc = wants(4);
	cc.ignore_skip_hint = true;
	get(&cc);
	CU_ASSERT_EQUAL(cc.free_scanned, 512 + 512 + 1);
	release(&cc);
}

static void behind_a_full_pageblock_it_goes_on_in_the_next(void)
{
	struct mm412_compact cc;

	give_room();
	c_drop_some(&w, FRAMES - 4, FRAMES, 1, 0);
	cc = wants(4);
	CU_ASSERT_NOT_EQUAL(get(&cc), MM412_NONE);
	/* The end of the pageblock, so that nothing is left to go on with. */
	CU_ASSERT_EQUAL(cc.free_at, c_slot(&w, FRAMES - 1024));
	release(&cc);
}

static void it_ends_above_the_migrate_scanner(void)
{
	struct mm412_compact cc;

	give_room();
	cc = wants(4);
	cc.migrate_at = c_slot(&w, 2048);
	CU_ASSERT_EQUAL(get(&cc), MM412_NONE);
	CU_ASSERT_EQUAL(cc.free_at, c_slot(&w, 2048));
	CU_ASSERT_EQUAL(cc.free_scanned, FRAMES - 2560);
	CU_ASSERT_EQUAL(cc.nr_free, 0);
}

static void the_lowest_mark_is_left_to_others(void)
{
	struct mm412_zone *zone = &w.mm->zones[0];
	struct mm412_compact cc;
	uint64_t free = 0;

	c_drop_some(&w, FRAMES - 512, FRAMES, 2, 1);
	mm412_vmstat_fold(w.mm, zone, &zone->pcps[0], w_cpu(&w));
	zone->stat_threshold = 0;
	cc = wants(512);
	while (get(&cc) != MM412_NONE && free < 1000)
		free++;
	/* One page is taken while as many as the mark and itself would be left. */
	/* The rest is for later: nothing was wrong with the pageblock. */
	CU_ASSERT_EQUAL(*skip(FRAMES - 512), 0);
	CU_ASSERT(cc.free_at > c_slot(&w, FRAMES - 512));
	CU_ASSERT_EQUAL(free, 256 - zone->watermark[MM412_WMARK_MIN] - 1);
	CU_ASSERT_EQUAL(cc.nr_free, 0);
	CU_ASSERT_EQUAL((uint64_t)mm412_vmstat_nr_free(zone),
			zone->watermark[MM412_WMARK_MIN] + 1);
	release(&cc);
}

static void the_lock_is_left_every_32_frames_and_with_each_pageblock(void)
{
	struct mm412_compact cc;
	uint64_t taken;

	give_room();
	c_drop_some(&w, FRAMES - 1024, FRAMES, 2, 1);
	cc = wants(512);
	taken = w.mm->zones[0].lock.taken;
	CU_ASSERT_NOT_EQUAL(get(&cc), MM412_NONE);
	CU_ASSERT_EQUAL(cc.nr_free, 511);
	CU_ASSERT_EQUAL(w.mm->zones[0].lock.taken - taken, 1024 / 32);
	release(&cc);
}

static void whoever_gave_up_takes_what_it_has_and_looks_no_further(void)
{
	struct mm412_compact cc;

	give_room();
	c_drop_some(&w, FRAMES - 512, FRAMES, 2, 1);
	cc = wants(4);
	cc.contended = true;
	CU_ASSERT_EQUAL(get(&cc), MM412_NONE);
	CU_ASSERT_EQUAL(cc.free_scanned, 0);
}

/* Blocks in use are stepped over, also beyond the pageblock's end. */
static void blocks_in_use_take_one_look(void)
{
	struct mm412_compact cc;
	uint32_t block;

	give_room();
	c_drop_some(&w, FRAMES - 1024, FRAMES, 1, 0);
	block = w_block(&w, 10, "GFP_HIGHUSER_MOVABLE");
	CU_ASSERT_EQUAL_FATAL(block, c_slot(&w, FRAMES - 1024));
	cc = wants(4);
	cc.free_at = block;
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, 1536 + 6));
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_FREEPAGES].value[2], 7);
	/* One look at the block, at each frame of ten full pageblocks, and at seven. */
	CU_ASSERT_EQUAL(cc.free_scanned, 1 + 10 * 512 + 7);
	CU_ASSERT_EQUAL(skip(FRAMES - 1024)[0], 1);
	release(&cc);
}

static void a_zone_that_ends_inside_a_pageblock_is_used_to_its_end(void)
{
	struct mm412_compact cc;

	close_world();
	c_open(&w, FRAMES - 256, 0);
	give_room();
	c_drop_some(&w, FRAMES - 512, FRAMES - 256, 2, 1);
	cc = wants(128);
	cc.free_at = c_slot(&w, FRAMES - 512);
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, FRAMES - 257));
	CU_ASSERT_EQUAL(cc.nr_free, 127);
	release(&cc);
}

/* Half a pageblock that is taken is movable afterwards: 4.12's __isolate_free_page(). */
static void a_half_free_pageblock_becomes_movable(void)
{
	struct mm412_compact cc;

	give_room();
	c_drop_some(&w, FRAMES - 256, FRAMES, 1, 0);
	mm412_pageblock_set(w.mm, c_slot(&w, FRAMES - 512), MM412_RECLAIMABLE);
	cc = wants(1);
	cc.ignore_block_suitable = true;
	CU_ASSERT_EQUAL(get(&cc), c_slot(&w, FRAMES - 1));
	CU_ASSERT_EQUAL(mm412_block_type(w.mm, c_slot(&w, FRAMES - 512)), MM412_MOVABLE);
	release(&cc);
}

static void blocks_untouched_since_boot_are_seen_as_the_free_blocks_they_are(void)
{
	struct mm412_compact cc;
	unsigned order;

	close_world();
	w_open(&w, 1 << 20, 0);
	w_page(&w);
	CU_ASSERT(w.mm->zones[0].nfresh == 1);
	CU_ASSERT_TRUE(mm412_fresh_has(&w.mm->zones[0], c_slot(&w, 0)));
	CU_ASSERT_TRUE(mm412_compact_is_free(w.mm, &w.mm->zones[0], c_slot(&w, 0), &order));
	CU_ASSERT_EQUAL(order, 10);
	CU_ASSERT_FALSE(mm412_compact_is_free(w.mm, &w.mm->zones[0], c_slot(&w, 512), &order));
	cc = wants(0);
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_NONE);
	CU_ASSERT_EQUAL(cc.migrate_scanned, 1);
	/* No scanner links them: a terabyte would take its time. */
	mm412_compact_all(w.mm, w_cpu(&w));
	CU_ASSERT_TRUE(mm412_fresh_has(&w.mm->zones[0], c_slot(&w, 0)));
	CU_ASSERT(c_event(&w, MM412_COMPACT_MIGRATE_SCANNED) > 100000);
	CU_ASSERT(c_event(&w, MM412_COMPACT_FREE_SCANNED) <= 1024);
}

static CU_TestInfo tests[] = {
	{ "it takes no more blocks than there are pages",
	  it_takes_no_more_blocks_than_there_are_pages },
	{ "a block is taken whole and split from its end",
	  a_block_is_taken_whole_and_split_from_its_end },
	{ "pageblocks of others and whole free ones are left alone",
	  pageblocks_of_others_and_whole_free_ones_are_left_alone },
	{ "a block without free pages is skipped the next time",
	  a_block_without_free_pages_is_skipped_the_next_time },
	{ "behind a full pageblock it goes on in the next",
	  behind_a_full_pageblock_it_goes_on_in_the_next },
	{ "it ends above the migrate scanner", it_ends_above_the_migrate_scanner },
	{ "the lowest mark is left to others", the_lowest_mark_is_left_to_others },
	{ "the lock is left every 32 frames and with each pageblock",
	  the_lock_is_left_every_32_frames_and_with_each_pageblock },
	{ "whoever gave up takes what it has and looks no further",
	  whoever_gave_up_takes_what_it_has_and_looks_no_further },
	{ "blocks in use take one look", blocks_in_use_take_one_look },
	{ "a zone that ends inside a pageblock is used to its end",
	  a_zone_that_ends_inside_a_pageblock_is_used_to_its_end },
	{ "a half free pageblock becomes movable", a_half_free_pageblock_becomes_movable },
	{ "blocks untouched since boot are seen as the free blocks they are",
	  blocks_untouched_since_boot_are_seen_as_the_free_blocks_they_are },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 compact free", NULL, NULL, open_full, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
