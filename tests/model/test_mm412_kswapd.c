/* kswapd: when it sleeps, who wakes it, what it hands over, and when it gives up. */
#include "tests/model/world412.h"

enum { FRAMES = 4096, NOT_CALLED = MM412_ZONE_TYPES, HOPELESS = 16, NORMAL = 2 };

static struct world412 w;
static struct sim_cpu *cpu;
static struct mm412 *mm;
static struct mm412_node_sleep *node;
static struct mm412_zone *zone;
static void (*others)(void); /* run while kswapd sleeps */

/* Who was called has some time left. */
static uint64_t sleep_until_called(struct sim_cpu *c, struct sim_queue *queue, uint64_t timeout)
{
	w_sleep(c, queue, timeout);
	return !node->kswapd_asleep;
}

static void others_run(struct world412 *world)
{
	(void)world;
	if (others)
		others();
}

static void a_world(void)
{
	w_open(&w, FRAMES, 64);
	mm = w.mm;
	cpu = w_cpu(&w);
	node = w_node(&w, 0);
	zone = w_zone(&w, 0, "Normal");
	mm->sleep->wanted = true;
	w.port.sleep = sleep_until_called;
	w.asleep = others_run;
	others = NULL;
}

/* So many pages free, so that the zone is below its marks. */
static void leave(uint64_t pages)
{
	w_leave_free(&w, pages);
	mm412_pcp_drain_all(mm, cpu, NULL);
}

static uint64_t high(void)
{
	return zone->watermark[MM412_WMARK_HIGH];
}

static uint64_t count(unsigned event)
{
	return mm->sleep->event[event];
}

/* ---- waking ----------------------------------------------------------------------------- */

static void only_a_sleeping_kswapd_of_a_short_node_that_is_not_hopeless_is_woken(void)
{
	for (unsigned i = 0; i < 8; i++) {
		bool asleep = i & 1, is_short = i & 2, hopeless = i & 4;

		a_world();
		if (is_short)
			leave(10);
		node->kswapd_asleep = asleep;
		node->kswapd_failures = hopeless ? HOPELESS : HOPELESS - 1;
		mm412_kswapd_wake(mm, cpu, NULL, zone, 0, NORMAL);
		CU_ASSERT_EQUAL(w_wakes(&w, "kswapd0"), i == 3);
		CU_ASSERT_EQUAL(mm->nodes[0].kswapd_wakes, i == 3);
		CU_ASSERT_EQUAL(w.events[MM_EVENT_WAKEUP_KSWAPD], i == 3);
		CU_ASSERT_EQUAL(node->kswapd_asleep, asleep && i != 3);
		/* What is needed is handed over in any case. */
		CU_ASSERT_EQUAL(node->kswapd_classzone_idx, NORMAL);
		w_close(&w);
	}
}

static void the_largest_order_and_the_highest_zone_are_handed_over(void)
{
	a_world();
	CU_ASSERT_EQUAL(node->kswapd_classzone_idx, NOT_CALLED);
	mm412_kswapd_wake(mm, cpu, NULL, zone, 3, 1);
	mm412_kswapd_wake(mm, cpu, NULL, zone, 1, 2);
	mm412_kswapd_wake(mm, cpu, NULL, zone, 2, 0);
	CU_ASSERT_EQUAL(node->kswapd_order, 3);
	CU_ASSERT_EQUAL(node->kswapd_classzone_idx, 2);
	w_close(&w);
}

static void a_kernel_without_a_world_counts_every_call_of_a_short_node(void)
{
	w_init(&w, 1, 1);
	k_one_zone(&w.k, 1, FRAMES);
	w_boot_only(&w);
	mm = w.mm;
	cpu = w_cpu(&w);
	zone = w_zone(&w, 0, "Normal");
	mm412_kswapd_wake(mm, cpu, NULL, zone, 0, NORMAL);
	CU_ASSERT_EQUAL(mm->nodes[0].kswapd_wakes, 0);
	leave(10);
	mm412_kswapd_wake(mm, cpu, NULL, zone, 0, NORMAL);
	mm412_kswapd_wake(mm, cpu, NULL, zone, 0, NORMAL);
	CU_ASSERT_EQUAL(mm->nodes[0].kswapd_wakes, 2);
	CU_ASSERT_EQUAL(w.wakes, 0);
	w_close(&w);
}

/* ---- sleeping --------------------------------------------------------------------------- */

static void a_balanced_node_lets_it_sleep_a_tenth_of_a_second_and_then_for_good(void)
{
	a_world();
	node->flags = MM412_PGDAT_CONGESTED | MM412_PGDAT_DIRTY | MM412_PGDAT_WRITEBACK |
		      MM412_PGDAT_RECLAIM_LOCKED;
	mm->sleep->zones[0].blockskip_flush = true;
	w_run(&w, mm412_kswapd_run, 1);
	CU_ASSERT_EQUAL(w.timeout, 25 * W_JIFFY);
	CU_ASSERT_TRUE(node->kswapd_asleep);
	CU_ASSERT_FALSE(mm->sleep->zones[0].blockskip_flush);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KSWAPD_SLEEP], 0);
	CU_ASSERT_EQUAL(node->flags, MM412_PGDAT_RECLAIM_LOCKED);
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_TRUE(node->kswapd_asleep);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KSWAPD_SLEEP], 1);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_KSWAPD_SLEEP].value[0], 0);
	CU_ASSERT_EQUAL(count(MM412_PAGEOUTRUN), 0);
	CU_ASSERT_EQUAL(count(MM412_KSWAPD_LOW_WMARK_HIT_QUICKLY), 0);
	CU_ASSERT_EQUAL(count(MM412_KSWAPD_HIGH_WMARK_HIT_QUICKLY), 0);
	/* Nobody may stay throttled while it sleeps. */
	CU_ASSERT_EQUAL(w_wakes(&w, "pfmemalloc0"), 3);
	w_close(&w);
}

/* As somebody who needs a page does, once there are only so many. */
static void need(void)
{
	leave(10);
	mm412_kswapd_wake(mm, cpu, NULL, zone, 0, NORMAL);
}

static void need_once(void)
{
	others = NULL;
	need();
}

static void a_nap_that_is_cut_short_is_followed_by_reclaim_for_its_zones(void)
{
	a_world();
	others = need_once;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(count(MM412_KSWAPD_LOW_WMARK_HIT_QUICKLY), 1);
	CU_ASSERT_EQUAL(node->kswapd_failures, 1);
	/* In vain; nobody has called since, and in its next round it cares for the lowest zone
	 * alone, which is not there. */
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KSWAPD_WAKE], 2);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_KSWAPD_WAKE].value[1], 0);
	CU_ASSERT_EQUAL(count(MM412_PAGEOUTRUN), 2);
	CU_ASSERT_EQUAL(count(MM412_KSWAPD_HIGH_WMARK_HIT_QUICKLY), 1);
	CU_ASSERT_EQUAL(w.timeout, 25 * W_JIFFY);
	w_close(&w);
}

static void called_on_the_way(struct world412 *world)
{
	if (!node->kswapd_asleep || world->sleeps)
		return;
	world->settled = NULL;
	leave(10);
	mm412_kswapd_wake(mm, cpu, NULL, zone, 0, NORMAL);
}

static void a_call_on_its_way_to_bed_is_not_lost(void)
{
	a_world();
	w.settled = called_on_the_way;
	w_run(&w, mm412_kswapd_run, 1);
	CU_ASSERT_EQUAL(count(MM412_KSWAPD_LOW_WMARK_HIT_QUICKLY), 1);
	CU_ASSERT_TRUE(count(MM412_PAGEOUTRUN) >= 1);
	w_close(&w);
}

static void short_now(void)
{
	others = NULL;
	leave(10);
}

static void a_node_that_gets_short_during_the_nap_keeps_it_awake(void)
{
	a_world();
	others = short_now;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(count(MM412_KSWAPD_HIGH_WMARK_HIT_QUICKLY), 1);
	CU_ASSERT_EQUAL(count(MM412_PAGEOUTRUN), 1);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KSWAPD_SLEEP], 0);
	w_close(&w);
}

/* ---- giving up -------------------------------------------------------------------------- */

static void after_sixteen_rounds_in_vain_it_leaves_the_node_to_others(void)
{
	a_world();
	others = need;
	w_run(&w, mm412_kswapd_run, HOPELESS + 2);
	CU_ASSERT_EQUAL(node->kswapd_failures, HOPELESS);
	/* Each is followed by one for the lowest zone, but for the last. */
	CU_ASSERT_EQUAL(count(MM412_PAGEOUTRUN), 2 * HOPELESS - 1);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KSWAPD_WAKE], 2 * HOPELESS - 1);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KSWAPD_SLEEP], 1);
	/* Each round tries all priorities from 12 to 1. */
	CU_ASSERT_EQUAL(w.yields, HOPELESS * 12);
	w_close(&w);
}

static void a_hopeless_node_stays_marked_as_dirty(void)
{
	a_world();
	leave(10);
	node->kswapd_failures = HOPELESS;
	node->flags = MM412_PGDAT_DIRTY;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(node->flags, MM412_PGDAT_DIRTY);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_EQUAL(count(MM412_PAGEOUTRUN), 0);
	w_close(&w);
}

/* ---- reclaim ---------------------------------------------------------------------------- */

/* Old pages of files, of which nobody has anything to write. */
static void fill(unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		w_hold(&w, 1, MM_KIND_FILE, false);
	mm412_pagevec_drain(mm, cpu);
}

static void it_reclaims_until_the_node_is_above_its_high_mark(void)
{
	a_world();
	fill(2000);
	others = need_once;
	node->lru.refaults = 77;
	node->stat[MM412_NODE_WORKINGSET_ACTIVATE] = 5;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(count(MM412_PAGEOUTRUN), 1);
	CU_ASSERT_TRUE(mm412_vmstat_exact(mm, zone) > (int64_t)high());
	CU_ASSERT_TRUE(mm412_vmstat_exact(mm, zone) < 3 * (int64_t)high());
	CU_ASSERT_TRUE(count(MM412_PGSTEAL_KSWAPD) > 20);
	CU_ASSERT_EQUAL(count(MM412_PGSTEAL_DIRECT), 0);
	CU_ASSERT_EQUAL(w.timeout, 25 * W_JIFFY);
	CU_ASSERT_EQUAL(node->lru.refaults, 5);
	CU_ASSERT_EQUAL(node->kswapd_failures, 0);
	/* Those that were throttled could go on: in each turn, and before it sleeps. */
	CU_ASSERT_TRUE(w_wakes(&w, "pfmemalloc0") > 2);
	/* Parts of the list from 2000 >> 10 on are 1, 3, 7, 15, 31, 62 and 125 pages: each
	 * looks at fewer than the high mark's 192, so that the next turn looks harder. */
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_INACTIVE].value[10], 4);
	w_close(&w);
}

static void pages_that_nobody_lets_go_of_are_looked_at_harder_and_harder(void)
{
	static uint32_t slots[3000];

	a_world();
	for (unsigned i = 0; i < ARRAY_SIZE(slots); i++)
		slots[i] = w_slot(&w, w_hold(&w, 1, MM_KIND_FILE, false));
	mm412_pagevec_drain(mm, cpu);
	for (unsigned i = 0; i < ARRAY_SIZE(slots); i++)
		mm412_page(mm, slots[i])->pins++;
	others = need_once;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(w.yields, 12);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_INACTIVE].value[10], 1);
	CU_ASSERT_EQUAL(node->kswapd_failures, 1);
	for (unsigned i = 0; i < ARRAY_SIZE(slots); i++)
		mm412_lru_put(mm, cpu, slots[i], false);
	w_close(&w);
}

static void it_asks_for_contents_before_it_looks_for_pages(void)
{
	a_world();
	mm->sleep->wanted = false;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(w.wanted, 0);
	others = need_once;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(w.wanted, 1);
	w_close(&w);
}

/* Every eighth page is free and every eighth, between those, can be reclaimed: plenty, but no
 * two together. */
static void fragment(void)
{
	static uint32_t slots[FRAMES + 1];
	struct mm412_request rq;
	unsigned n = 0;

	mm412_alloc_request(mm, &rq, 0, k_gfp("GFP_HIGHUSER_MOVABLE"), 0);
	while ((slots[n] = mm412_alloc_attempt(mm, cpu, &rq, MM412_NO_WATERMARKS)) !=
	       MM412_NONE)
		n++;
	for (unsigned i = 0; i < n; i++) {
		struct mm_content what = { .task = 1, .kind = MM_KIND_FILE };

		cpu->on_actor = false;
		if (slots[i] % 8 == 0)
			mm412_alloc_free(mm, cpu, mm412_frame(mm, slots[i]), 0, false);
		else if (slots[i] % 8 == 4)
			mm412_content_hold(mm, cpu, mm412_frame(mm, slots[i]), what);
		cpu->on_actor = true;
	}
	mm412_pagevec_drain(mm, cpu);
	mm412_pcp_drain_all(mm, cpu, NULL);
}

static void called_for_four_pages(void)
{
	others = NULL;
	mm412_kswapd_wake(mm, cpu, NULL, zone, 2, NORMAL);
}

static void a_block_that_reclaim_cannot_make_is_left_to_kcompactd(void)
{
	a_world();
	fragment();
	CU_ASSERT_TRUE(mm412_kswapd_balanced(mm, cpu, &mm->nodes[0], 0, NORMAL));
	CU_ASSERT_FALSE(mm412_kswapd_balanced(mm, cpu, &mm->nodes[0], 2, NORMAL));
	others = called_for_four_pages;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_KSWAPD_WAKE].value[2], 2);
	CU_ASSERT_EQUAL(count(MM412_PAGEOUTRUN), 1);
	CU_ASSERT_EQUAL(w.timeout, 25 * W_JIFFY);
	CU_ASSERT_EQUAL(node->kcompactd_max_order, 2);
	CU_ASSERT_TRUE(count(MM412_PGSTEAL_KSWAPD) >= 2 << 2);
	w_close(&w);
}

/* ---- the node --------------------------------------------------------------------------- */

static void the_exact_counter_decides_near_the_marks_while_it_works(void)
{
	int32_t normal;

	w_init(&w, 8, 1);
	k_one_zone(&w.k, 8, FRAMES);
	w_boot(&w, 64);
	mm = w.mm;
	cpu = w_cpu(&w);
	node = w_node(&w, 0);
	zone = w_zone(&w, 0, "Normal");
	zone->percpu_drift_mark = 1;
	mm->sleep->wanted = true;
	normal = zone->stat_threshold;
	w.port.sleep = sleep_until_called;
	w.asleep = others_run;
	others = NULL;
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(zone->stat_threshold, normal);
	w_run(&w, mm412_kswapd_run, 3);
	CU_ASSERT_NOT_EQUAL(zone->stat_threshold, normal);
	w_run(&w, mm412_kswapd_run, 2);
	CU_ASSERT_EQUAL(zone->stat_threshold, normal);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "only a sleeping kswapd of a short node that is not hopeless is woken",
	  only_a_sleeping_kswapd_of_a_short_node_that_is_not_hopeless_is_woken },
	{ "the largest order and the highest zone are handed over",
	  the_largest_order_and_the_highest_zone_are_handed_over },
	{ "a kernel without a world counts every call of a short node",
	  a_kernel_without_a_world_counts_every_call_of_a_short_node },
	{ "a balanced node lets it sleep a tenth of a second and then for good",
	  a_balanced_node_lets_it_sleep_a_tenth_of_a_second_and_then_for_good },
	{ "a nap that is cut short is followed by reclaim for its zones",
	  a_nap_that_is_cut_short_is_followed_by_reclaim_for_its_zones },
	{ "a call on its way to bed is not lost", a_call_on_its_way_to_bed_is_not_lost },
	{ "a node that gets short during the nap keeps it awake",
	  a_node_that_gets_short_during_the_nap_keeps_it_awake },
	{ "after sixteen rounds in vain it leaves the node to others",
	  after_sixteen_rounds_in_vain_it_leaves_the_node_to_others },
	{ "a hopeless node stays marked as dirty", a_hopeless_node_stays_marked_as_dirty },
	{ "it reclaims until the node is above its high mark",
	  it_reclaims_until_the_node_is_above_its_high_mark },
	{ "pages that nobody lets go of are looked at harder and harder",
	  pages_that_nobody_lets_go_of_are_looked_at_harder_and_harder },
	{ "it asks for contents before it looks for pages",
	  it_asks_for_contents_before_it_looks_for_pages },
	{ "a block that reclaim cannot make is left to kcompactd",
	  a_block_that_reclaim_cannot_make_is_left_to_kcompactd },
	{ "the exact counter decides near the marks while it works",
	  the_exact_counter_decides_near_the_marks_while_it_works },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_kswapd", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
