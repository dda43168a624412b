/* When compaction of a zone is finished, and what it leaves behind. */
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

/* ---- compact_finished() ----------------------------------------------------------------- */

static bool has_block(unsigned type, unsigned order)
{
	return mm412_list_first(w.mm, &w.mm->zones[0], type, order) != MM412_NONE;
}

/* Whether an allocation of `type` would steal a pageblock for the sake of such a block. */
static bool would_steal(unsigned type, unsigned order)
{
	static const unsigned other[3][2] = {
		{ MM412_RECLAIMABLE, MM412_MOVABLE },
		{ MM412_RECLAIMABLE, MM412_UNMOVABLE },
		{ MM412_UNMOVABLE, MM412_MOVABLE },
	};

	if (!has_block(other[type][0], order) && !has_block(other[type][1], order))
		return false;
	return type != MM412_MOVABLE || order >= 4;
}

/* The rules in one place, from the top; *finishing is cc->finishing_block afterwards. */
static enum mm412_compact_result slow_finished(const struct mm412_compact *cc, bool *finishing)
{
	bool between = (cc->migrate_at - c_slot(&w, 0)) % 512 == 0;

	*finishing = cc->finishing_block;
	if (cc->contended || cc->task->killed)
		return MM412_COMPACT_CONTENDED;
	if (cc->free_at / 512 <= cc->migrate_at / 512)
		return cc->whole_zone ? MM412_COMPACT_COMPLETE : MM412_COMPACT_PARTIAL_SKIPPED;
	if (cc->order == -1)
		return MM412_COMPACT_CONTINUE;
	if (cc->finishing_block && !between)
		return MM412_COMPACT_CONTINUE;
	*finishing = false;
	for (unsigned o = (unsigned)cc->order; o <= 10; o++) {
		if (has_block(cc->type, o))
			return MM412_COMPACT_SUCCEEDED;
		if (!would_steal(cc->type, o))
			continue;
		if (cc->type == MM412_MOVABLE || cc->mode == MM412_COMPACT_ASYNC || between)
			return MM412_COMPACT_SUCCEEDED;
		*finishing = true;
		return MM412_COMPACT_CONTINUE;
	}
	return MM412_COMPACT_CONTINUE;
}

static struct mm412_compact random_control(uint32_t *seed)
{
	struct mm412_compact cc = c_control(&w, (int)(k_random(seed) % 12) - 1,
					    (enum mm412_compact_mode)(k_random(seed) % 3));

	cc.type = k_random(seed) % MM412_PCP_TYPES;
	cc.migrate_at = c_slot(&w, k_random(seed) % FRAMES);
	if (k_random(seed) % 3 == 0)
		cc.migrate_at &= ~511u;
	if (k_random(seed) % 5)
		cc.free_at = c_slot(&w, FRAMES - 512);
	else
		cc.free_at = c_slot(&w, k_random(seed) % FRAMES & ~511u);
	cc.contended = k_random(seed) % 20 == 0;
	cc.finishing_block = k_random(seed) % 4 == 0;
	cc.whole_zone = k_random(seed) % 2;
	cc.task->killed = k_random(seed) % 20 == 0;
	return cc;
}

/* Free blocks come, go and change their types. */
static void stir(uint32_t *seed)
{
	static const unsigned types[] = { MM412_UNMOVABLE, MM412_MOVABLE, MM412_RECLAIMABLE };
	uint32_t slot = c_slot(&w, k_random(seed) % FRAMES), end;

	end = slot + (1u << k_random(seed) % 8);
	for (uint32_t at = slot; at < end && at < w.mm->slots; at++)
		if (c_content(&w, at) != UINT32_MAX)
			c_drop(&w, at);
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	mm412_pageblock_set(w.mm, slot, types[k_random(seed) % 3]);
	mm412_pageblock_move(w.mm, &w.mm->zones[0], w_cpu(&w), slot,
			     mm412_block_type(w.mm, slot), NULL);
	if (k_random(seed) % 8)
		return;
	c_take_all(&w);
	c_hold_all(&w, 1, 0);
}

static void compaction_is_finished_when_the_rules_say_so(void)
{
	unsigned seen[MM412_COMPACT_SUCCEEDED + 1] = { 0 }, finishing_seen = 0;
	uint32_t seed = 77;

	for (unsigned i = 0; i < 20000; i++) {
		struct mm412_compact cc = random_control(&seed);
		bool finishing;
		enum mm412_compact_result expected = slow_finished(&cc, &finishing), got;

		got = mm412_compact_zone_finished(w.mm, w_cpu(&w), &cc);
		CU_ASSERT_EQUAL_FATAL(got, expected);
		CU_ASSERT_EQUAL_FATAL(cc.finishing_block, finishing);
		seen[got]++;
		finishing_seen += finishing;
		if (i % 20 == 0)
			stir(&seed);
	}
	mm412_task_of(w.mm, C_TASK)->killed = false;
	CU_ASSERT(finishing_seen > 100);
	CU_ASSERT(seen[MM412_COMPACT_CONTINUE] > 1000 && seen[MM412_COMPACT_COMPLETE] > 100);
	CU_ASSERT(seen[MM412_COMPACT_PARTIAL_SKIPPED] > 100);
	CU_ASSERT(seen[MM412_COMPACT_CONTENDED] > 100 && seen[MM412_COMPACT_SUCCEEDED] > 1000);
}

static void only_requests_ask_for_the_skip_bits_to_be_cleared(void)
{
	struct mm412_compact cc = c_control(&w, 3, MM412_COMPACT_SYNC_LIGHT);

	cc.free_at = cc.migrate_at = c_slot(&w, 700);
	state()->cached_migrate[0] = state()->cached_migrate[1] = c_slot(&w, 700);
	state()->cached_free = c_slot(&w, 512);
	cc.direct = false;
	CU_ASSERT_EQUAL(mm412_compact_zone_finished(w.mm, w_cpu(&w), &cc),
			MM412_COMPACT_PARTIAL_SKIPPED);
	CU_ASSERT_FALSE(state()->blockskip_flush);
	CU_ASSERT_EQUAL(state()->cached_migrate[0], c_slot(&w, 0));
	CU_ASSERT_EQUAL(state()->cached_migrate[1], c_slot(&w, 0));
	CU_ASSERT_EQUAL(state()->cached_free, c_slot(&w, FRAMES - 512));
	cc.direct = true;
	mm412_compact_zone_finished(w.mm, w_cpu(&w), &cc);
	CU_ASSERT_TRUE(state()->blockskip_flush);
}

static void a_list_with_nothing_is_told_apart_in_the_tracepoint_only(void)
{
	struct mm412_compact cc = c_control(&w, 3, MM412_COMPACT_SYNC_LIGHT);

	CU_ASSERT_EQUAL(mm412_compact_zone_finished(w.mm, w_cpu(&w), &cc),
			MM412_COMPACT_CONTINUE);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_FINISHED].value[3],
			MM412_COMPACT_NO_SUITABLE_PAGE);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_FINISHED].value[2], 3);
	CU_ASSERT_EQUAL(w.last_task[MM_EVENT_COMPACTION_FINISHED], C_TASK);
}

/* ---- runs ------------------------------------------------------------------------------- */

static enum mm412_compact_result run(int order, enum mm412_compact_mode mode)
{
	struct mm412_compact cc = c_control(&w, order, mode);

	return mm412_compact_zone(w.mm, w_cpu(&w), &cc);
}

static void what_is_free_already_needs_no_compaction(void)
{
	c_drop_some(&w, 0, 2048, 1, 0);
	CU_ASSERT_EQUAL(run(9, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_BEGIN], 0);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_SUITABLE], 1);
}

static void the_events_of_a_run_tell_where_its_scanners_are(void)
{
	const struct mm_event *begin = &w.last[MM_EVENT_COMPACTION_BEGIN];
	const struct mm_event *end = &w.last[MM_EVENT_COMPACTION_END];
	int64_t from = (int64_t)w.mm->zones[0].start;

	c_drop_some(&w, 0, FRAMES, 2, 1);
	CU_ASSERT_EQUAL(run(5, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(begin->value[0], from);
	CU_ASSERT_EQUAL(begin->value[1], from);
	CU_ASSERT_EQUAL(begin->value[2], from + FRAMES - 512);
	CU_ASSERT_EQUAL(begin->value[3], from + FRAMES);
	CU_ASSERT_EQUAL(begin->value[4], 1);
	/* 32 pages that are every second one, moved to 32 holes at the other end. */
	CU_ASSERT_EQUAL(end->value[1], from + 63);
	CU_ASSERT_EQUAL(end->value[2], from + FRAMES - 512 + 64);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_MIGRATEPAGES].value[0], from);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_MIGRATEPAGES].value[1], from + 63);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_MIGRATEPAGES].value[2], 63);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_MIGRATEPAGES].value[3], 32);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_FREEPAGES].value[0], from + FRAMES - 512);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_FREEPAGES].value[1], from + FRAMES - 448);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_FREEPAGES].value[2], 64);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_ISOLATE_FREEPAGES].value[3], 32);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_MIGRATEPAGES].value[0], 32);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_MIGRATEPAGES].value[1], 0);
}

/* A large free block has room for more than there is to move: it is taken whole. */
static void free_pages_that_were_not_needed_are_free_again(void)
{
	uint64_t free;

	c_drop_some(&w, 5, 512, 1, 0);
	c_drop_some(&w, 4096, 7168, 2, 1);
	c_drop_some(&w, 7168, 7168 + 256, 1, 0);
	state()->cached_free = c_slot(&w, 7168);
	free = c_free(&w);
	CU_ASSERT_EQUAL(run(9, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(c_free(&w), free);
	CU_ASSERT_EQUAL(c_blocks(&w, 9), 1);
	CU_ASSERT_EQUAL(c_event(&w, MM412_COMPACT_ISOLATED), 5 + 256);
	CU_ASSERT_EQUAL(state()->cached_free, c_slot(&w, 7168));
}

/* Three pages of pageblock 14 are taken first and come back; 13 had nothing to offer. */
static void what_is_given_back_moves_the_free_scanner_back(void)
{
	c_drop_some(&w, 5, 512, 1, 0);
	c_drop_some(&w, 1024, 4096, 2, 1);
	c_drop_some(&w, 7168, 7174, 2, 1);
	c_drop_some(&w, 6144, 6144 + 8, 1, 0);
	state()->cached_free = c_slot(&w, 7168);
	CU_ASSERT_EQUAL(run(9, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(w.mm->sleep->skip[c_slot(&w, 6656) >> 9], 1);
	CU_ASSERT_EQUAL(c_event(&w, MM412_COMPACT_ISOLATED), 5 + 3 + 8);
	CU_ASSERT_EQUAL(state()->cached_free, c_slot(&w, 7168));
}

static void pages_on_their_way_to_the_lists_are_compacted_too(void)
{
	uint32_t content = c_content(&w, c_slot(&w, 4));

	c_drop_some(&w, 0, FRAMES, 2, 1);
	CU_ASSERT_TRUE(mm412_lru_isolate(w.mm, w_cpu(&w), c_slot(&w, 4)));
	mm412_lru_putback(w.mm, w_cpu(&w), c_slot(&w, 4));
	CU_ASSERT_FALSE(mm412_page(w.mm, c_slot(&w, 4))->flags & MM412_PG_LRU);
	CU_ASSERT_EQUAL(run(5, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_NOT_EQUAL(w_slot(&w, content), c_slot(&w, 4));
}

/* Pages of files can be pinned without anybody's seeing it before they are to move. */
static void async_compaction_leaves_a_block_where_a_page_would_not_move(void)
{
	close_world();
	w_open(&w, FRAMES, 100);
	c_take_all(&w);
	c_hold_all(&w, 2, 0);
	c_drop_some(&w, 4096, FRAMES, 2, 0);
	mm412_lru_pin(w.mm, c_slot(&w, 3));
	CU_ASSERT_EQUAL(run(3, MM412_COMPACT_ASYNC), MM412_COMPACT_SUCCEEDED);
	/* Seven of 0 to 7 have moved, then all of 8 to 15. */
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_END].value[1],
			(int64_t)w.mm->zones[0].start + 16);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 15);
	mm412_lru_put(w.mm, w_cpu(&w), c_slot(&w, 3), false);
}

/* Pages on this CPU's list of free pages when compaction looks for the second time. */
static uint32_t on_list;

static void look_at_pcp(void *ctx, const struct sim_cpu *cpu, uint32_t task,
			const struct mm_event *e)
{
	w_event(ctx, cpu, task, e);
	if (e->kind == MM_EVENT_COMPACTION_FINISHED && w.events[e->kind] == 2)
		on_list = w.mm->zones[0].pcps[0].count;
}

static void freed_pages_merge_when_the_block_of_the_order_is_behind(void)
{
	c_drop_some(&w, 0, FRAMES, 2, 1);
	w.mm->sleep->host.event = look_at_pcp;
	run(9, MM412_COMPACT_SYNC_LIGHT);
	CU_ASSERT(on_list > 0);
	close_world();
	open_full();
	c_drop_some(&w, 0, FRAMES, 2, 1);
	w.mm->sleep->host.event = look_at_pcp;
	run(5, MM412_COMPACT_SYNC_LIGHT);
	CU_ASSERT_EQUAL(on_list, 0);
}

/* Free pages of CMA areas count for movable requests, and as places to move to. */
static void areas_of_drivers_are_for_movable_pages(void)
{
	static const struct mm_cma area = { 0, K_NORMAL + 4096, K_NORMAL + 8192 };
	struct mm412_compact cc;
	struct mm412_zone *zone;

	close_world();
	w_init(&w, 1, 1);
	k_one_zone(&w.k, 1, FRAMES);
	w.k.machine.cma = &area;
	w.k.machine.ncma = 1;
	w_boot(&w, 0);
	zone = &w.mm->zones[0];
	for (unsigned order = 0; order < MM412_ORDERS; order++)
		while (zone->some[MM412_MOVABLE] >> order & 1) {
			uint32_t at = w.mm->s[mm412_list(zone, MM412_MOVABLE, order)].next;

			mm412_lock(w.mm, zone, w_cpu(&w), SIM_CAUSE_FREE);
			zone->watermark[MM412_WMARK_MIN] = 0;
			CU_ASSERT_FATAL(mm412_isolate_block(w.mm, zone, w_cpu(&w), at) >= 0);
			mm412_unlock(zone, w_cpu(&w));
		}
	CU_ASSERT(zone->some[MM412_CMA] >> 10 & 1);
	cc = c_control(&w, 9, MM412_COMPACT_SYNC_LIGHT);
	CU_ASSERT_EQUAL(mm412_compact_zone_finished(w.mm, w_cpu(&w), &cc),
			MM412_COMPACT_SUCCEEDED);
	cc.type = MM412_RECLAIMABLE;
	CU_ASSERT_EQUAL(mm412_compact_zone_finished(w.mm, w_cpu(&w), &cc),
			MM412_COMPACT_CONTINUE);
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 3, 0, MM412_ZONE_NORMAL),
			MM412_COMPACT_CONTINUE);
}

static void a_pinned_page_in_each_block_is_in_the_way_of_its_order(void)
{
	close_world();
	c_open(&w, FRAMES, 256);
	c_drop_some(&w, 0, FRAMES, 2, 1);
	CU_ASSERT_EQUAL(run(8, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_COMPLETE);
	CU_ASSERT_EQUAL(c_blocks(&w, 8) + c_blocks(&w, 9) + c_blocks(&w, 10), 0);
	CU_ASSERT_EQUAL(c_free(&w), FRAMES / 2);
	/* 128 frames lie before each of them, one less behind. */
	CU_ASSERT(c_blocks(&w, 7) >= 12);
	CU_ASSERT_EQUAL(run(7, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_SUCCEEDED);
}

static void for_a_kernel_request_the_pageblock_is_emptied_to_its_end(void)
{
	struct mm412_compact cc = c_control(&w, 4, MM412_COMPACT_SYNC_LIGHT);

	c_drop_some(&w, 0, FRAMES, 2, 1);
	cc.gfp = k_gfp("GFP_KERNEL");
	CU_ASSERT_EQUAL(mm412_compact_zone(w.mm, w_cpu(&w), &cc), MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(cc.migrate_at, c_slot(&w, 512));
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 256);
	CU_ASSERT_EQUAL(c_blocks(&w, 9), 1);
}

/* ---- contention ------------------------------------------------------------------------- */

static void async_compaction_gives_up_where_it_would_wait_for_a_lock(void)
{
	struct sim_lock *lru = &w_node(&w, 0)->lru.lock, *zone = &w.mm->zones[0].lock;
	uint64_t waits;

	c_drop_some(&w, 0, FRAMES, 2, 1);
	lru->free_at = sim_now(w_cpu(&w)) + 1000000;
	waits = lru->waits[SIM_CAUSE_LRU];
	CU_ASSERT_EQUAL(run(5, MM412_COMPACT_ASYNC), MM412_COMPACT_CONTENDED);
	CU_ASSERT_EQUAL(c_event(&w, MM412_COMPACT_ISOLATED), 0);
	CU_ASSERT_EQUAL(lru->waits[SIM_CAUSE_LRU], waits);
	lru->free_at = 0;
	zone->free_at = sim_now(w_cpu(&w)) + 1000000;
	CU_ASSERT_EQUAL(run(5, MM412_COMPACT_ASYNC), MM412_COMPACT_CONTENDED);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 0);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_FAIL), 1);
	CU_ASSERT_TRUE(c_contents_hold(&w));
}

static void sync_compaction_waits_for_the_lock(void)
{
	struct sim_lock *lru = &w_node(&w, 0)->lru.lock;
	uint64_t waits = lru->waits[SIM_CAUSE_LRU];

	c_drop_some(&w, 0, FRAMES, 2, 1);
	lru->free_at = sim_now(w_cpu(&w)) + 1000000;
	CU_ASSERT_EQUAL(run(5, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(lru->waits[SIM_CAUSE_LRU], waits + 1);
}

static void locks_are_left_every_32_frames(void)
{
	uint64_t taken = w_node(&w, 0)->lru.lock.taken;

	c_drop_some(&w, 0, 512, 8, 1);
	c_drop_some(&w, FRAMES - 512, FRAMES, 1, 0);
	c_drop_some(&w, FRAMES - 1024, FRAMES - 512, 2, 1);
	taken = w_node(&w, 0)->lru.lock.taken;
	mm412_compact_all(w.mm, w_cpu(&w));
	/* 28 pages of each 32 frames are taken under one lock. */
	CU_ASSERT(w_node(&w, 0)->lru.lock.taken - taken >= 512 / 32);
}

/* ---- skip bits and positions ------------------------------------------------------------ */

static void runs_that_find_nothing_do_not_look_there_again(void)
{
	uint64_t scanned;

	close_world();
	c_open(&w, FRAMES, 8);
	c_drop_some(&w, 4096, FRAMES, 2, 1);
	/* No page of the lower half is to be had: pinned ones, and the rest is isolated. */
	for (uint64_t n = 0; n < 4096; n++)
		if (c_content(&w, c_slot(&w, n)) != UINT32_MAX)
			mm412_lru_pin(w.mm, c_slot(&w, n));
	CU_ASSERT_EQUAL(run(3, MM412_COMPACT_SYNC_LIGHT), MM412_COMPACT_COMPLETE);
	scanned = c_event(&w, MM412_COMPACT_MIGRATE_SCANNED);
	CU_ASSERT(scanned >= 4096);
	for (unsigned b = 0; b < 8; b++)
		CU_ASSERT_EQUAL(w.mm->sleep->skip[c_slot(&w, b * 512) >> 9], 1);
	/* The scanners met: the next one begins anew, but passes those blocks by. */
	CU_ASSERT_EQUAL(state()->cached_migrate[1], c_slot(&w, 0));
	run(3, MM412_COMPACT_SYNC_LIGHT);
	CU_ASSERT(c_event(&w, MM412_COMPACT_MIGRATE_SCANNED) - scanned < 4096);
	/* kswapd clears them on its way to sleep. */
	mm412_compact_reset(w.mm, w_node(&w, 0));
	for (unsigned b = 0; b < 16; b++)
		CU_ASSERT_EQUAL(w.mm->sleep->skip[c_slot(&w, b * 512) >> 9], 0);
	CU_ASSERT_FALSE(state()->blockskip_flush);
	for (uint64_t n = 0; n < 4096; n++)
		if (c_content(&w, c_slot(&w, n)) != UINT32_MAX)
			mm412_lru_put(w.mm, w_cpu(&w), c_slot(&w, n), false);
}

static CU_TestInfo tests[] = {
	{ "compaction is finished when the rules say so",
	  compaction_is_finished_when_the_rules_say_so },
	{ "only requests ask for the skip bits to be cleared",
	  only_requests_ask_for_the_skip_bits_to_be_cleared },
	{ "a list with nothing is told apart in the tracepoint only",
	  a_list_with_nothing_is_told_apart_in_the_tracepoint_only },
	{ "what is free already needs no compaction",
	  what_is_free_already_needs_no_compaction },
	{ "the events of a run tell where its scanners are",
	  the_events_of_a_run_tell_where_its_scanners_are },
	{ "free pages that were not needed are free again",
	  free_pages_that_were_not_needed_are_free_again },
	{ "what is given back moves the free scanner back",
	  what_is_given_back_moves_the_free_scanner_back },
	{ "pages on their way to the lists are compacted too",
	  pages_on_their_way_to_the_lists_are_compacted_too },
	{ "async compaction leaves a block where a page would not move",
	  async_compaction_leaves_a_block_where_a_page_would_not_move },
	{ "freed pages merge when the block of the order is behind",
	  freed_pages_merge_when_the_block_of_the_order_is_behind },
	{ "areas of drivers are for movable pages", areas_of_drivers_are_for_movable_pages },
	{ "a pinned page in each block is in the way of its order",
	  a_pinned_page_in_each_block_is_in_the_way_of_its_order },
	{ "for a kernel request the pageblock is emptied to its end",
	  for_a_kernel_request_the_pageblock_is_emptied_to_its_end },
	{ "async compaction gives up where it would wait for a lock",
	  async_compaction_gives_up_where_it_would_wait_for_a_lock },
	{ "sync compaction waits for the lock", sync_compaction_waits_for_the_lock },
	{ "locks are left every 32 frames", locks_are_left_every_32_frames },
	{ "runs that find nothing do not look there again",
	  runs_that_find_nothing_do_not_look_there_again },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 compact zone", NULL, NULL, open_full, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
