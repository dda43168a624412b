/* The migrate scanner: which pages it takes, and where it stops. */
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

static struct mm412_page *page(uint64_t n)
{
	return mm412_page(w.mm, c_slot(&w, n));
}

/* One call; all that was taken goes back. Which of the first 64 frames, as bits. */
static uint64_t taken(struct mm412_compact *cc, enum mm412_compact_isolated expected)
{
	uint64_t bits = 0;

	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), cc), expected);
	for (uint32_t at = cc->migrate.first; at != MM412_NONE;
	     at = mm412_chain_next(w.mm, &cc->migrate, at)) {
		uint32_t n = at - c_slot(&w, 0);

		CU_ASSERT_EQUAL(mm412_page(w.mm, at)->flags &
					(MM412_PG_LRU | MM412_PG_ISOLATED),
				MM412_PG_ISOLATED);
		CU_ASSERT(mm412_page(w.mm, at)->pins >= 1);
		bits |= n < 64 ? UINT64_C(1) << n : 0;
	}
	mm412_compact_pages_putback(w.mm, w_cpu(&w), cc);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	return bits;
}

/* The first 8 frames only: behind them a page that ends the scan of a small block. */
static uint64_t taken_of_8(enum mm412_compact_mode mode, const char *gfp)
{
	struct mm412_compact cc = c_control(&w, 9, mode);

	cc.gfp = k_gfp(gfp);
	cc.migrate_at = c_slot(&w, 0);
	return taken(&cc, MM412_COMPACT_SOME) & 0xff;
}

static void it_takes_32_and_stops_behind_them(void)
{
	struct mm412_compact cc = c_control(&w, 9, MM412_COMPACT_SYNC_LIGHT);
	struct mm412_node_sleep *node = w_node(&w, 0);
	int64_t on_list = node->stat[MM412_NODE_LRU + MM412_INACTIVE_ANON];

	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_SOME);
	CU_ASSERT_EQUAL(cc.nr_migrate, 32);
	CU_ASSERT_EQUAL(cc.migrate_at, c_slot(&w, 32));
	CU_ASSERT_EQUAL(cc.last_migrated, c_slot(&w, 0));
	CU_ASSERT_EQUAL(cc.migrate_scanned, 32);
	/* The last one found is the first to be moved. */
	CU_ASSERT_EQUAL(cc.migrate.first, c_slot(&w, 31));
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_ISOLATED_ANON], 32);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_LRU + MM412_INACTIVE_ANON], on_list - 32);
	CU_ASSERT_EQUAL(c_event(&w, MM412_COMPACT_ISOLATED), 32);
	mm412_compact_pages_putback(w.mm, w_cpu(&w), &cc);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_ISOLATED_ANON], 0);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_LRU + MM412_INACTIVE_ANON], on_list);
	CU_ASSERT_EQUAL(cc.nr_migrate, 0);
}

static void pinned_anonymous_pages_are_not_worth_a_lock(void)
{
	mm412_lru_pin(w.mm, c_slot(&w, 3));
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC, "GFP_KERNEL"), 0xf7);
	mm412_lru_put(w.mm, w_cpu(&w), c_slot(&w, 3), false);
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC, "GFP_KERNEL"), 0xff);
}

/* Without file system locks only memory of tasks can be moved. */
static void requests_of_file_systems_leave_the_page_cache_alone(void)
{
	close_world();
	w_open(&w, FRAMES, 100);
	c_take_all(&w);
	c_hold_all(&w, 3, 0); /* anon, file, shmem, anon, file, ... */
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC_LIGHT, "GFP_NOFS"), 0x49);
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC_LIGHT, "GFP_KERNEL"), 0xff);
	/* An anonymous page in the swap cache has a mapping as well. */
	CU_ASSERT_TRUE(mm412_lru_isolate(w.mm, w_cpu(&w), c_slot(&w, 3)));
	CU_ASSERT_TRUE(mm412_swap_add(w.mm, w_cpu(&w), NULL, c_slot(&w, 3), NULL));
	page(3)->flags &= (uint16_t)~MM412_PG_LOCKED;
	mm412_lru_putback(w.mm, w_cpu(&w), c_slot(&w, 3));
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC_LIGHT, "GFP_NOFS"), 0x41);
	/* A file's page may be pinned: it shows when it is moved. */
	mm412_lru_pin(w.mm, c_slot(&w, 1));
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC_LIGHT, "GFP_KERNEL"), 0xff);
	mm412_lru_put(w.mm, w_cpu(&w), c_slot(&w, 1), false);
}

static void pages_under_writeback_are_for_full_sync_alone(void)
{
	close_world();
	w_open(&w, FRAMES, 100);
	c_take_all(&w);
	c_hold_all(&w, 2, 0); /* anon, file, anon, dirty file, ... */
	page(1)->flags |= MM412_PG_WRITEBACK;
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC, "GFP_KERNEL"), 0xff);
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC_LIGHT, "GFP_KERNEL"), 0xfd);
	page(1)->flags &= (uint16_t)~MM412_PG_WRITEBACK;
	/* Dirty ones move in every mode: their mappings know how. */
	CU_ASSERT(page(3)->flags & MM412_PG_DIRTY);
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC_LIGHT, "GFP_KERNEL"), 0xff);
}

static void unevictable_pages_move_unless_the_sysctl_forbids_it(void)
{
	uint32_t slot = c_slot(&w, 2);

	mm412_lru_unlink(w.mm, slot, mm412_lru_of(w.mm, slot));
	page(2)->flags |= MM412_PG_UNEVICTABLE;
	mm412_lru_link(w.mm, slot, MM412_UNEVICTABLE);
	w.mm->params.compact_unevictable_allowed[0] = 0;
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC, "GFP_KERNEL"), 0xfb);
	w.mm->params.compact_unevictable_allowed[0] = 1;
	CU_ASSERT_EQUAL(taken_of_8(MM412_COMPACT_SYNC, "GFP_KERNEL"), 0xff);
	if (!(page(2)->flags & MM412_PG_UNEVICTABLE))
		return;
	mm412_lru_unlink(w.mm, slot, MM412_UNEVICTABLE);
	page(2)->flags &= (uint16_t)~MM412_PG_UNEVICTABLE;
	mm412_lru_link(w.mm, slot, MM412_INACTIVE_ANON);
}

static void free_blocks_are_stepped_over_and_compound_pages_too(void)
{
	struct mm412_compact cc;
	uint32_t huge;

	c_drop_some(&w, 0, 1536, 1, 0);
	c_drop_some(&w, 1600, 1604, 1, 0);
	huge = w_block(&w, 9, "GFP_TRANSHUGE");
	CU_ASSERT_NOT_EQUAL(
		mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, huge),
				   (struct mm_content){ .task = C_TASK, .order = 9 }),
		MM_NO_CONTENT);
	CU_ASSERT_EQUAL_FATAL(huge, c_slot(&w, 1024));
	cc = c_control(&w, 9, MM412_COMPACT_SYNC);
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_NONE);
	/* A block of the largest order takes one look, and one at each frame of its other half.
	 */
	CU_ASSERT_EQUAL(cc.migrate_scanned, 1);
	CU_ASSERT_EQUAL(cc.migrate_at, c_slot(&w, 512));
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_NONE);
	CU_ASSERT_EQUAL(cc.migrate_scanned, 1 + 512);
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_NONE);
	CU_ASSERT_EQUAL(cc.migrate_scanned, 1 + 512 + 1);
	CU_ASSERT_EQUAL(cc.migrate_at, c_slot(&w, 1536));
	cc.migrate_at = c_slot(&w, 1600);
	CU_ASSERT_EQUAL(taken(&cc, MM412_COMPACT_SOME), 0);
	CU_ASSERT_EQUAL(cc.migrate_scanned, 1 + 512 + 1 + 1 + 32);
}

/* For one block of its order all of its pages must go. */
static void async_direct_compaction_leaves_a_block_with_a_page_that_stays(void)
{
	struct mm412_compact cc = c_control(&w, 3, MM412_COMPACT_ASYNC);

	mm412_lru_pin(w.mm, c_slot(&w, 5));
	mm412_lru_pin(w.mm, c_slot(&w, 8));
	/* 0 to 4 are put back, 9 to 15 not even looked at; 16 to 23 are what it takes. */
	CU_ASSERT_EQUAL(taken(&cc, MM412_COMPACT_SOME), 0xff0000);
	CU_ASSERT_EQUAL(cc.migrate_at, c_slot(&w, 24));
	CU_ASSERT_EQUAL(cc.migrate_scanned, 6 + 1 + 8);
	CU_ASSERT_EQUAL(cc.last_migrated, c_slot(&w, 16));
	/* kcompactd takes what it can get. */
	cc = c_control(&w, 3, MM412_COMPACT_SYNC_LIGHT);
	CU_ASSERT_EQUAL(taken(&cc, MM412_COMPACT_SOME), 0x3fffffedf);
	mm412_lru_put(w.mm, w_cpu(&w), c_slot(&w, 5), false);
	mm412_lru_put(w.mm, w_cpu(&w), c_slot(&w, 8), false);
}

/*
 * Where a scan goes on in the middle of a free block it does not see that there is one. So
 * does the kernel, when pages that were just moved away have already merged.
 */
static void async_direct_compaction_also_stumbles_over_merged_blocks(void)
{
	struct mm412_compact cc = c_control(&w, 6, MM412_COMPACT_ASYNC);

	c_drop_some(&w, 30, 32, 1, 0);
	cc.migrate_at = c_slot(&w, 31);
	CU_ASSERT_EQUAL(taken(&cc, MM412_COMPACT_SOME), 0);
	CU_ASSERT_EQUAL(cc.last_migrated, c_slot(&w, 64));
	cc = c_control(&w, 6, MM412_COMPACT_ASYNC);
	cc.migrate_at = c_slot(&w, 30);
	CU_ASSERT_EQUAL(taken(&cc, MM412_COMPACT_SOME), UINT64_C(0xffffffff00000000));
}

static void async_direct_compaction_stays_in_blocks_of_its_kind(void)
{
	struct mm412_compact cc = c_control(&w, 3, MM412_COMPACT_ASYNC);

	mm412_pageblock_set(w.mm, c_slot(&w, 1024), MM412_CMA);
	mm412_pageblock_set(w.mm, c_slot(&w, 0), MM412_UNMOVABLE);
	mm412_pageblock_set(w.mm, c_slot(&w, 512), MM412_RECLAIMABLE);
	taken(&cc, MM412_COMPACT_SOME);
	/* Those of CMA areas are for movable pages, too. */
	CU_ASSERT_EQUAL(cc.last_migrated, c_slot(&w, 1024));
	mm412_pageblock_set(w.mm, c_slot(&w, 1024), MM412_MOVABLE);
	cc = c_control(&w, 3, MM412_COMPACT_ASYNC);
	cc.type = MM412_RECLAIMABLE;
	taken(&cc, MM412_COMPACT_SOME);
	CU_ASSERT_EQUAL(cc.last_migrated, c_slot(&w, 512));
	cc = c_control(&w, 3, MM412_COMPACT_ASYNC);
	cc.type = MM412_RECLAIMABLE;
	cc.direct = false;
	CU_ASSERT_EQUAL(taken(&cc, MM412_COMPACT_SOME), 0xffffffff);
	cc = c_control(&w, 3, MM412_COMPACT_SYNC_LIGHT);
	cc.type = MM412_RECLAIMABLE;
	CU_ASSERT_EQUAL(taken(&cc, MM412_COMPACT_SOME), 0xffffffff);
}

/* Somebody takes the lock when compaction has left it after 32 frames. */
static void lock_is_taken(struct world412 *world)
{
	struct sim_lock *lock = &w_node(world, 0)->lru.lock;

	if (lock->taken > *(uint64_t *)world->more)
		lock->free_at = sim_now(w_cpu(world)) + 1000;
}

static void a_lock_that_others_hold_ends_async_compaction_in_the_middle(void)
{
	struct mm412_compact cc = c_control(&w, 9, MM412_COMPACT_ASYNC);
	uint64_t taken = w_node(&w, 0)->lru.lock.taken;

	/* Eight pages of each 32 frames, so that it has to come back for the lock. */
	c_drop_some(&w, 8, 32, 1, 0);
	c_drop_some(&w, 40, 64, 1, 0);
	w.more = &taken;
	w.settled = lock_is_taken;
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_ABORT);
	w.settled = NULL;
	CU_ASSERT_TRUE(cc.contended);
	CU_ASSERT_EQUAL(cc.nr_migrate, 8);
	mm412_compact_pages_putback(w.mm, w_cpu(&w), &cc);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
}

static void a_zone_that_begins_inside_a_pageblock_is_used_from_its_start(void)
{
	static struct mm_zone_span zones[] = {
		{ 0, "DMA32", 4096, 8192 },
		{ 0, "Normal", K_NORMAL + 256, K_NORMAL + 4096 },
	};
	struct mm412_compact cc;
	uint32_t start;

	close_world();
	w_init(&w, 1, 1);
	w.k.machine.zones = zones;
	w.k.machine.nzones = 2;
	w_boot(&w, 0);
	start = mm412_slot(w.mm, K_NORMAL + 256);
	for (unsigned i = 0; i < 3840; i++)
		w_hold(&w, C_TASK, MM_KIND_ANON, false);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	cc = c_control(&w, 4, MM412_COMPACT_SYNC_LIGHT);
	cc.zone = &w.mm->zones[1];
	cc.migrate_at = start;
	cc.free_at = mm412_slot(w.mm, K_NORMAL + 3584);
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_SOME);
	CU_ASSERT(cc.last_migrated >= start && cc.last_migrated < start + 256);
	mm412_compact_pages_putback(w.mm, w_cpu(&w), &cc);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
}

static void it_does_not_cross_the_free_scanner(void)
{
	struct mm412_compact cc = c_control(&w, 3, MM412_COMPACT_SYNC_LIGHT);

	cc.migrate_at = c_slot(&w, 1024);
	cc.free_at = c_slot(&w, 1024);
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_NONE);
	CU_ASSERT_EQUAL(cc.migrate_scanned, 0);
	CU_ASSERT_EQUAL(cc.migrate_at, c_slot(&w, 1024));
}

/* ---- too many isolated ------------------------------------------------------------------ */

static void others_come_back(struct world412 *world)
{
	if (world->sleeps == 3)
		w_node(world, 0)->stat[MM412_NODE_ISOLATED_FILE] = 0;
}

static void it_waits_while_half_of_all_pages_are_in_others_hands(void)
{
	struct mm412_compact cc = c_control(&w, 3, MM412_COMPACT_SYNC_LIGHT);
	struct mm412_node_sleep *node = w_node(&w, 0);

	mm412_lru_count_fold(w.mm, w_cpu(&w)->id);
	node->stat[MM412_NODE_ISOLATED_FILE] = FRAMES / 2;
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_SOME);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	mm412_compact_pages_putback(w.mm, w_cpu(&w), &cc);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	node->stat[MM412_NODE_ISOLATED_FILE] = FRAMES / 2 + 1;
	w.asleep = others_come_back;
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_SOME);
	CU_ASSERT_EQUAL(w.sleeps, 3);
	CU_ASSERT_EQUAL(w.timeout, w.mm->hz / 10 * W_JIFFY);
	mm412_compact_pages_putback(w.mm, w_cpu(&w), &cc);
	node->stat[MM412_NODE_ISOLATED_FILE] = FRAMES / 2 + 1;
	cc = c_control(&w, 3, MM412_COMPACT_ASYNC);
	CU_ASSERT_EQUAL(mm412_compact_pages(w.mm, w_cpu(&w), &cc), MM412_COMPACT_ABORT);
	CU_ASSERT_EQUAL(w.sleeps, 3);
	node->stat[MM412_NODE_ISOLATED_FILE] = 0;
}

/* ---- memory that is not there ----------------------------------------------------------- */

static void pageblocks_without_struct_pages_of_the_zone_are_passed_by(void)
{
	static struct mm_zone_span zones[] = {
		{ 0, "DMA32", 4096, K_NORMAL },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 300 * 512 },
	};
	/* A section and a half without memory. */
	static struct mm_span hole[] = { { K_NORMAL + 32768, K_NORMAL + 65536 + 700 } };
	const struct mm412_zone *zone;

	close_world();
	w_init(&w, 1, 1);
	w.k.machine.zones = zones;
	w.k.machine.nzones = 2;
	w.k.machine.holes = hole;
	w.k.machine.nholes = 1;
	w_boot(&w, 0);
	zone = &w.mm->zones[1];
	for (uint64_t n = 0; n < 300 * 512; n += 512) {
		uint32_t start = mm412_slot(w.mm, zone->start + n);
		bool there = n < 32768 || n >= 65536 + 1024;

		CU_ASSERT_EQUAL(mm412_compact_pages_in_zone(w.mm, zone, start, start + 512),
				there);
		/* Not those of another zone either. */
		CU_ASSERT_FALSE(mm412_compact_pages_in_zone(w.mm, &w.mm->zones[0], start,
							    start + 512) &&
				there);
	}
	CU_ASSERT_FALSE(mm412_compact_pages_in_zone(w.mm, zone,
						    mm412_slot(w.mm, zone->start) - 512,
						    mm412_slot(w.mm, zone->start) + 1));
}

static CU_TestInfo tests[] = {
	{ "it takes 32 and stops behind them", it_takes_32_and_stops_behind_them },
	{ "pinned anonymous pages are not worth a lock",
	  pinned_anonymous_pages_are_not_worth_a_lock },
	{ "requests of file systems leave the page cache alone",
	  requests_of_file_systems_leave_the_page_cache_alone },
	{ "pages under writeback are for full sync alone",
	  pages_under_writeback_are_for_full_sync_alone },
	{ "unevictable pages move unless the sysctl forbids it",
	  unevictable_pages_move_unless_the_sysctl_forbids_it },
	{ "free blocks are stepped over and compound pages too",
	  free_blocks_are_stepped_over_and_compound_pages_too },
	{ "async direct compaction leaves a block with a page that stays",
	  async_direct_compaction_leaves_a_block_with_a_page_that_stays },
	{ "async direct compaction also stumbles over merged blocks",
	  async_direct_compaction_also_stumbles_over_merged_blocks },
	{ "async direct compaction stays in blocks of its kind",
	  async_direct_compaction_stays_in_blocks_of_its_kind },
	{ "a lock that others hold ends async compaction in the middle",
	  a_lock_that_others_hold_ends_async_compaction_in_the_middle },
	{ "a zone that begins inside a pageblock is used from its start",
	  a_zone_that_begins_inside_a_pageblock_is_used_from_its_start },
	{ "it does not cross the free scanner", it_does_not_cross_the_free_scanner },
	{ "it waits while half of all pages are in others' hands",
	  it_waits_while_half_of_all_pages_are_in_others_hands },
	{ "pageblocks without struct pages of the zone are passed by",
	  pageblocks_without_struct_pages_of_the_zone_are_passed_by },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 compact pages", NULL, NULL, open_full, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
