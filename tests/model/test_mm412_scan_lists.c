/* One batch of a list, and how the batches of one node follow one another. */
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_writeback.h"
#include "tests/model/world412.h"

#define GFP_KERNEL                                                                             \
	(MM412_GFP_IO | MM412_GFP_FS | MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM)

static struct world412 w;
static struct mm412_node_sleep *node;
static struct mm412_task task;
static struct mm412_scan sc;
static uint64_t requested[MM412_LRUS], batches[MM412_LRUS];
static uint64_t at_disk; /* pages, when the last batch was put back */

/* Adds up what isolate_lru_pages() was asked for. */
static void listen(void *ctx, const struct sim_cpu *cpu, uint32_t number,
		   const struct mm_event *e)
{
	if (e->kind == MM_EVENT_LRU_ISOLATE) {
		requested[e->value[7]] += (uint64_t)e->value[3];
		batches[e->value[7]]++;
	}
	if (e->kind == MM_EVENT_SHRINK_INACTIVE)
		at_disk = w.submits[0];
	w_event(ctx, cpu, number, e);
}

static void open_world(void)
{
	w_open(&w, 16384, 4096);
	w.mm->sleep->host.event = listen;
	node = w_node(&w, 0);
	memset(&task, 0, sizeof(task));
	memset(requested, 0, sizeof(requested));
	memset(batches, 0, sizeof(batches));
	sc = (struct mm412_scan){ .task = &task,
				  .nr_to_reclaim = 64,
				  .nodes = UINT64_MAX,
				  .gfp = GFP_KERNEL,
				  .reclaim_idx = MM412_ZONE_MOVABLE,
				  .may_writepage = true,
				  .may_unmap = true,
				  .may_swap = true };
}

static void drop(void)
{
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_ISOLATED_ANON], 0);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_ISOLATED_FILE], 0);
	w_close(&w);
}

static uint32_t hold(enum mm_kind kind, bool active)
{
	uint32_t slot = w_page(&w);
	struct mm_content what = { .task = 1, .kind = kind, .active = active };

	return mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, slot), what);
}

static void fill(enum mm412_lru lru, unsigned pages)
{
	enum mm_kind kind = lru < MM412_INACTIVE_FILE ? MM_KIND_ANON : MM_KIND_FILE;
	bool active = lru == MM412_ACTIVE_ANON || lru == MM412_ACTIVE_FILE;

	while (pages--) {
		uint32_t slot = w_slot(&w, hold(kind, active));

		mm412_page(w.mm, slot)->flags &= (uint16_t)~MM412_PG_PTE_YOUNG;
	}
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	mm412_lru_count_fold(w.mm, w_cpu(&w)->id);
	/* New pages count there, too. */
	memset(node->lru.recent_scanned, 0, sizeof(node->lru.recent_scanned));
	memset(node->lru.recent_rotated, 0, sizeof(node->lru.recent_rotated));
}

static int64_t size(enum mm412_lru lru)
{
	return node->stat[MM412_NODE_LRU + lru];
}

static uint64_t count(unsigned event)
{
	return w.mm->sleep->event[event];
}

static uint64_t inactive(enum mm412_lru lru, uint64_t nr)
{
	return mm412_scan_inactive(w.mm, w_cpu(&w), node, lru, nr, &sc);
}

/* ---- inactive lists --------------------------------------------------------------------- */

static void a_batch_is_reclaimed_and_counted(void)
{
	fill(MM412_INACTIVE_FILE, 40);
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 32), 32);
	CU_ASSERT_EQUAL(size(MM412_INACTIVE_FILE), 8);
	CU_ASSERT_EQUAL(count(MM412_PGSCAN_DIRECT), 32);
	CU_ASSERT_EQUAL(count(MM412_PGSTEAL_DIRECT), 32);
	CU_ASSERT_EQUAL(node->lru.recent_scanned[MM412_FILE], 32);
	sc.kswapd = true;
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 32), 8);
	CU_ASSERT_EQUAL(count(MM412_PGSCAN_KSWAPD), 8);
	CU_ASSERT_EQUAL(count(MM412_PGSTEAL_KSWAPD), 8);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_SHRINK_INACTIVE], 2);
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 32), 0);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_SHRINK_INACTIVE], 2);
	CU_ASSERT_EQUAL(w.sleeps, 0);
}

static void what_is_activated_counts_as_rotated(void)
{
	fill(MM412_INACTIVE_ANON, 3);
	mm412_page(w.mm, w.mm->s[mm412_lru_head(node, MM412_INACTIVE_ANON)].prev)->flags |=
		MM412_PG_PTE_YOUNG;
	inactive(MM412_INACTIVE_ANON, 3);
	CU_ASSERT_EQUAL(size(MM412_ACTIVE_ANON), 1);
	CU_ASSERT_EQUAL(node->lru.recent_rotated[MM412_ANON], 1);
	CU_ASSERT_EQUAL(node->lru.recent_scanned[MM412_ANON], 3);
}

/* The order on the list: who was met first ends up behind those met later. */
static void pages_that_stay_go_to_the_head_in_their_order(void)
{
	uint32_t a = w_slot(&w, hold(MM_KIND_ANON, false));
	uint32_t b = w_slot(&w, hold(MM_KIND_ANON, false));
	uint32_t head = mm412_lru_head(node, MM412_INACTIVE_ANON);

	fill(MM412_INACTIVE_ANON, 5);
	sc.gfp &= ~(uint32_t)MM412_GFP_IO;
	inactive(MM412_INACTIVE_ANON, 2);
	CU_ASSERT_EQUAL(w.mm->s[head].next, b);
	CU_ASSERT_EQUAL(w.mm->s[b].next, a);
}

static void a_batch_of_dirty_pages_wakes_the_flusher_and_lets_kswapd_write(void)
{
	for (unsigned i = 0; i < 4; i++)
		w_hold(&w, 1, MM_KIND_FILE, true);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	inactive(MM412_INACTIVE_FILE, 4);
	CU_ASSERT_EQUAL(node->flags, MM412_PGDAT_DIRTY);
	CU_ASSERT_EQUAL(w.mm->sleep->writeback->asked, 4);
	CU_ASSERT_EQUAL(size(MM412_ACTIVE_FILE), 4);
}

static void one_clean_page_among_dirty_ones_changes_nothing(void)
{
	for (unsigned i = 0; i < 4; i++)
		w_hold(&w, 1, MM_KIND_FILE, i > 0);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	inactive(MM412_INACTIVE_FILE, 4);
	CU_ASSERT_EQUAL(node->flags, 0);
	CU_ASSERT_EQUAL(w.mm->sleep->writeback->asked, 0);
}

/* Writes everything on the inactive file list. */
static void write_all(bool reclaim)
{
	uint32_t head = mm412_lru_head(node, MM412_INACTIVE_FILE);

	for (uint32_t slot = w.mm->s[head].prev; slot != head; slot = w.mm->s[slot].prev)
		mm412_io_write(w.mm, w_cpu(&w), slot, reclaim);
}

static void a_batch_under_writeback_flags_the_node(void)
{
	fill(MM412_INACTIVE_FILE, 4);
	write_all(false);
	inactive(MM412_INACTIVE_FILE, 4);
	CU_ASSERT_EQUAL(node->flags, MM412_PGDAT_WRITEBACK);
	CU_ASSERT_EQUAL(w.sleeps, 0);
}

static void a_clean_page_among_those_under_writeback_changes_nothing(void)
{
	fill(MM412_INACTIVE_FILE, 4);
	write_all(false);
	fill(MM412_INACTIVE_FILE, 1);
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 5), 1);
	CU_ASSERT_EQUAL(node->flags, 0);
}

static void pages_of_the_cpus_pagevec_are_found(void)
{
	hold(MM_KIND_FILE, false);
	CU_ASSERT_EQUAL(size(MM412_INACTIVE_FILE), 0);
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 1), 1);
}

static void only_direct_reclaim_waits_for_a_congested_disk(void)
{
	/* Every other place: each page is a request. */
	for (unsigned i = 0; !w.mm->sleep->congested_until[0]; i++) {
		uint32_t slot = w_slot(&w, w_hold(&w, 1, MM_KIND_FILE, false));

		if (i % 2)
			mm412_io_write(w.mm, w_cpu(&w), slot, false);
	}
	node->flags = MM412_PGDAT_CONGESTED;
	sc.kswapd = true;
	inactive(MM412_INACTIVE_FILE, 1);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	sc.kswapd = false;
	inactive(MM412_INACTIVE_FILE, 1);
	CU_ASSERT_EQUAL(w.sleeps, 1);
}

/* Pages meet the scan again before they are written: all of it counts as congested, and kswapd
 * waits for a write to end. */
static void kswapd_waits_when_pages_come_round_too_fast(void)
{
	fill(MM412_INACTIVE_FILE, 4);
	write_all(true);
	node->flags = MM412_PGDAT_WRITEBACK;
	sc.kswapd = true;
	inactive(MM412_INACTIVE_FILE, 4);
	CU_ASSERT_EQUAL(node->flags, MM412_PGDAT_WRITEBACK | MM412_PGDAT_CONGESTED);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT_STRING_EQUAL(((const struct w_queue *)w.queue)->name, "congestion0");
	/* A write ends sooner than a tenth of a second. */
	CU_ASSERT(w.timeout <= W_SERVICE);
}

static void too_many_isolated_pages_make_direct_reclaim_wait(void)
{
	fill(MM412_INACTIVE_FILE, 80);
	node->stat[MM412_NODE_ISOLATED_FILE] = 11;
	task.killed = true;
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 32), 32);
	CU_ASSERT_EQUAL(size(MM412_INACTIVE_FILE), 80);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT_EQUAL(w.timeout, 25 * W_JIFFY);
	/* An eighth of the list is not too much, nor all of it without __GFP_FS. */
	node->stat[MM412_NODE_ISOLATED_FILE] = 10;
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 1), 1);
	node->stat[MM412_NODE_ISOLATED_FILE] = 79;
	sc.gfp &= ~(uint32_t)MM412_GFP_FS;
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 1), 1);
	/* kswapd never waits for that. */
	node->stat[MM412_NODE_ISOLATED_FILE] = 1000;
	sc.kswapd = true;
	CU_ASSERT_EQUAL(inactive(MM412_INACTIVE_FILE, 1), 1);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT_EQUAL(size(MM412_INACTIVE_FILE), 77);
	node->stat[MM412_NODE_ISOLATED_FILE] = 0;
}

/* ---- active lists ----------------------------------------------------------------------- */

static void active_pages_become_inactive_whether_used_or_not(void)
{
	uint32_t used = w_slot(&w, hold(MM_KIND_ANON, true));

	fill(MM412_ACTIVE_ANON, 9);
	mm412_page(w.mm, used)->flags |= MM412_PG_PTE_YOUNG;
	mm412_scan_active(w.mm, w_cpu(&w), node, MM412_ACTIVE_ANON, 4, &sc);
	CU_ASSERT_EQUAL(size(MM412_ACTIVE_ANON), 6);
	CU_ASSERT_EQUAL(size(MM412_INACTIVE_ANON), 4);
	CU_ASSERT_EQUAL(mm412_page(w.mm, used)->flags &
				(MM412_PG_PTE_YOUNG | MM412_PG_ACTIVE | MM412_PG_LRU),
			MM412_PG_LRU);
	CU_ASSERT_EQUAL(node->lru.recent_scanned[MM412_ANON], 4);
	CU_ASSERT_EQUAL(node->lru.recent_rotated[MM412_ANON], 1);
	CU_ASSERT_EQUAL(count(MM412_PGREFILL), 4);
	CU_ASSERT_EQUAL(count(MM412_PGDEACTIVATE), 4);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_ACTIVE].value[1], 4);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_ACTIVE].value[2], 0);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_ACTIVE].value[3], 4);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_ACTIVE].value[4], 1);
	/* Once round: the oldest is still the oldest. */
	CU_ASSERT_EQUAL(w.mm->s[mm412_lru_head(node, MM412_INACTIVE_ANON)].prev, used);
}

/* Whoever settles lets others run: here one drops a page that is in hand. */
static uint32_t doomed;

static void drop_meanwhile(struct world412 *world)
{
	if (doomed == MM_NO_CONTENT ||
	    !(mm412_page(world->mm, w_slot(world, doomed))->flags & MM412_PG_ISOLATED))
		return;
	mm412_content_drop(world->mm, w_cpu(world), doomed);
	doomed = MM_NO_CONTENT;
}

static void a_page_dropped_while_in_hand_is_freed_not_moved(void)
{
	doomed = hold(MM_KIND_FILE, true);
	fill(MM412_ACTIVE_FILE, 3);
	w.settled = drop_meanwhile;
	mm412_scan_active(w.mm, w_cpu(&w), node, MM412_ACTIVE_FILE, 4, &sc);
	w.settled = NULL;
	CU_ASSERT_EQUAL(doomed, MM_NO_CONTENT);
	CU_ASSERT_EQUAL(size(MM412_INACTIVE_FILE), 3);
	CU_ASSERT_EQUAL(count(MM412_PGDEACTIVATE), 3);
}

/* ---- a node ----------------------------------------------------------------------------- */

/* By hand: two rounds of 32 reclaim 64 pages of files. Left are 272 anonymous of 400 and 472 of
 * 600: 67 % of the former, so that the latter stop at 33 %: 132 and 66. */
static void after_enough_was_reclaimed_both_kinds_stop_at_the_same_share(void)
{
	uint64_t lru_pages;

	fill(MM412_INACTIVE_ANON, 300);
	fill(MM412_ACTIVE_ANON, 100);
	fill(MM412_INACTIVE_FILE, 400);
	fill(MM412_ACTIVE_FILE, 200);
	sc.kswapd = task.swapwrite = true;
	mm412_scan_lists(w.mm, w_cpu(&w), node, &sc, &lru_pages);
	CU_ASSERT_EQUAL(lru_pages, 1000);
	CU_ASSERT_EQUAL(requested[MM412_INACTIVE_ANON], 64);
	CU_ASSERT_EQUAL(requested[MM412_INACTIVE_FILE], 132);
	CU_ASSERT_EQUAL(batches[MM412_INACTIVE_FILE], 5);
	CU_ASSERT_EQUAL(batches[MM412_ACTIVE_FILE], 0);
	CU_ASSERT_EQUAL(sc.nr_reclaimed, 132);
}

/* All anonymous pages are through when the target is met: files stop at once. */
static void a_kind_that_is_through_ends_the_scan(void)
{
	uint64_t lru_pages;

	fill(MM412_INACTIVE_ANON, 64);
	fill(MM412_INACTIVE_FILE, 4000);
	sc.kswapd = task.swapwrite = true;
	mm412_scan_lists(w.mm, w_cpu(&w), node, &sc, &lru_pages);
	CU_ASSERT_EQUAL(requested[MM412_INACTIVE_FILE], 64);
	CU_ASSERT_EQUAL(requested[MM412_INACTIVE_ANON], 64);
}

/* 33 batches of 4096 pages each: one page of 32 + 1 at the first priority. */
static void at_the_first_priority_direct_reclaim_does_the_whole_batch(void)
{
	uint64_t lru_pages;

	k_drop(&w.k);
	w_open(&w, 160000, 0);
	w.mm->sleep->host.event = listen;
	node = w_node(&w, 0);
	fill(MM412_INACTIVE_FILE, 33 * 4096 + 100);
	sc.nr_to_reclaim = 32;
	sc.priority = MM412_PRIORITY;
	sc.kswapd = true;
	mm412_scan_lists(w.mm, w_cpu(&w), node, &sc, &lru_pages);
	CU_ASSERT_EQUAL(requested[MM412_INACTIVE_FILE], 32);
	sc.kswapd = false;
	mm412_scan_lists(w.mm, w_cpu(&w), node, &sc, &lru_pages);
	CU_ASSERT_EQUAL(requested[MM412_INACTIVE_FILE], 32 + 33);
}

/* blk_start_plug() and blk_finish_plug() are in shrink_node_memcg(), around all batches. */
static void what_is_written_reaches_the_disk_at_the_end_of_the_turn(void)
{
	uint64_t lru_pages;

	fill(MM412_INACTIVE_ANON, 96);
	sc.nr_to_reclaim = UINT64_MAX;
	mm412_scan_lists(w.mm, w_cpu(&w), node, &sc, &lru_pages);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_SHRINK_INACTIVE], 3);
	CU_ASSERT_EQUAL(count(MM412_PSWPOUT), 96);
	CU_ASSERT_EQUAL(at_disk, 0);
	CU_ASSERT_EQUAL(w.submits[0], 96);
}

/* zram: ->rw_page(), no request. */
static void a_disk_without_requests_gets_each_page_at_once(void)
{
	uint64_t lru_pages;

	w.mm->sleep->host.swap_at_once = true;
	fill(MM412_INACTIVE_ANON, 96);
	sc.nr_to_reclaim = UINT64_MAX;
	mm412_scan_lists(w.mm, w_cpu(&w), node, &sc, &lru_pages);
	CU_ASSERT_EQUAL(at_disk, 96);
	CU_ASSERT_EQUAL(w.submits[0], 96);
}

static void a_low_inactive_list_is_filled_from_the_active_one(void)
{
	uint64_t lru_pages;

	fill(MM412_INACTIVE_FILE, 10);
	fill(MM412_ACTIVE_FILE, 100);
	fill(MM412_ACTIVE_ANON, 100);
	sc.may_swap = false;
	sc.nr_to_reclaim = UINT64_MAX;
	mm412_scan_lists(w.mm, w_cpu(&w), node, &sc, &lru_pages);
	CU_ASSERT_EQUAL(lru_pages, 110);
	/* 32 at a time as long as it is low: 10 against 100, 32 against 68, not 64 against 36.
	 */
	CU_ASSERT_EQUAL(requested[MM412_ACTIVE_FILE], 64);
	CU_ASSERT_EQUAL(size(MM412_ACTIVE_FILE), 36);
	/* Anonymous pages age without being reclaimed. */
	CU_ASSERT_EQUAL(requested[MM412_INACTIVE_ANON], 0);
	CU_ASSERT_EQUAL(requested[MM412_ACTIVE_ANON], 32);
	CU_ASSERT_EQUAL(size(MM412_INACTIVE_ANON), 32);
}

static void reclaim_of_a_node_counts_slabs_and_forgives_kswapd(void)
{
	for (unsigned i = 0; i < 200; i++)
		hold(MM_KIND_SLAB, false);
	fill(MM412_INACTIVE_FILE, 100);
	node->kswapd_failures = 5;
	sc.priority = 1; /* scans 50 of 100: the same share of the slabs, times two for seeks */
	CU_ASSERT_TRUE(mm412_scan_node(w.mm, w_cpu(&w), node, &sc));
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_SLAB_START].value[3], 50);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_SLAB_START].value[4], 100);
	CU_ASSERT_EQUAL(sc.nr_reclaimed, 50 + 200 - mm412_slab_pages(w.mm, node));
	CU_ASSERT(mm412_slab_pages(w.mm, node) < 200);
	CU_ASSERT_EQUAL(node->kswapd_failures, 0);
	CU_ASSERT_EQUAL(task.slab_reclaimed, 0);
}

static void a_node_that_gives_nothing_does_not_forgive(void)
{
	node->kswapd_failures = 5;
	CU_ASSERT_FALSE(mm412_scan_node(w.mm, w_cpu(&w), node, &sc));
	CU_ASSERT_EQUAL(node->kswapd_failures, 5);
}

static CU_TestInfo tests[] = {
	{ "a batch is reclaimed and counted", a_batch_is_reclaimed_and_counted },
	{ "what is activated counts as rotated", what_is_activated_counts_as_rotated },
	{ "pages that stay go to the head in their order",
	  pages_that_stay_go_to_the_head_in_their_order },
	{ "a batch of dirty pages wakes the flusher and lets kswapd write",
	  a_batch_of_dirty_pages_wakes_the_flusher_and_lets_kswapd_write },
	{ "one clean page among dirty ones changes nothing",
	  one_clean_page_among_dirty_ones_changes_nothing },
	{ "a batch under writeback flags the node", a_batch_under_writeback_flags_the_node },
	{ "kswapd waits when pages come round too fast",
	  kswapd_waits_when_pages_come_round_too_fast },
	{ "too many isolated pages make direct reclaim wait",
	  too_many_isolated_pages_make_direct_reclaim_wait },
	{ "active pages become inactive whether used or not",
	  active_pages_become_inactive_whether_used_or_not },
	{ "a page dropped while in hand is freed not moved",
	  a_page_dropped_while_in_hand_is_freed_not_moved },
	{ "after enough was reclaimed both kinds stop at the same share",
	  after_enough_was_reclaimed_both_kinds_stop_at_the_same_share },
	{ "a kind that is through ends the scan", a_kind_that_is_through_ends_the_scan },
	{ "what is written reaches the disk at the end of the turn",
	  what_is_written_reaches_the_disk_at_the_end_of_the_turn },
	{ "a disk without requests gets each page at once",
	  a_disk_without_requests_gets_each_page_at_once },
	{ "a low inactive list is filled from the active one",
	  a_low_inactive_list_is_filled_from_the_active_one },
	{ "reclaim of a node counts slabs and forgives kswapd",
	  reclaim_of_a_node_counts_slabs_and_forgives_kswapd },
	{ "a node that gives nothing does not forgive",
	  a_node_that_gives_nothing_does_not_forgive },
	{ "a clean page among those under writeback changes nothing",
	  a_clean_page_among_those_under_writeback_changes_nothing },
	{ "pages of the cpus pagevec are found", pages_of_the_cpus_pagevec_are_found },
	{ "only direct reclaim waits for a congested disk",
	  only_direct_reclaim_waits_for_a_congested_disk },
	{ "at the first priority direct reclaim does the whole batch",
	  at_the_first_priority_direct_reclaim_does_the_whole_batch },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_scan_lists", NULL, NULL, open_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
