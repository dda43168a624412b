/* Direct reclaim: how far it goes, where it looks, who is throttled; waits for disks. */
#include "model/v4_12/mm412_scan.h"
#include "tests/model/world412.h"

#define DMA32_PAGES 8192
#define NORMAL_PAGES 16384
#define GFP_KERNEL                                                                             \
	(MM412_GFP_IO | MM412_GFP_FS | MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM)
#define GFP_MOVABLE (GFP_KERNEL | MM412_GFP_HIGHMEM | MM412_GFP_MOVABLE)

static struct world412 w;
static struct mm412_task *task;

/* Two nodes, the first with two zones. */
static void open_world(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA32", K_NORMAL - DMA32_PAGES, K_NORMAL },
		{ 0, "Normal", K_NORMAL, K_NORMAL + NORMAL_PAGES },
		{ 1, "Normal", K_NORMAL + NORMAL_PAGES, K_NORMAL + 2 * NORMAL_PAGES },
	};

	w_init(&w, 2, 2);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 4096);
	task = mm412_task_of(w.mm, 7);
}

static void drop(void)
{
	w_close(&w);
}

static uint64_t count(unsigned event)
{
	return w.mm->sleep->event[event];
}

/* Clean pages of files on that node, in the zone of these flags. */
static void fill(unsigned nid, unsigned pages, uint32_t gfp)
{
	while (pages--) {
		struct mm_request rq = { gfp | MM412_GFP_THISNODE, 0, (uint8_t)nid, 7 };
		struct mm_content what = { .task = 7, .kind = MM_KIND_FILE };
		struct mm_grant grant;

		w_cpu(&w)->on_actor = false;
		grant = mm412_policy.alloc_try(w.mm, w_cpu(&w), rq);
		w_cpu(&w)->on_actor = true;
		CU_ASSERT_EQUAL_FATAL(grant.verdict, MM_DONE);
		mm412_content_hold(w.mm, w_cpu(&w), grant.frame, what);
	}
	mm412_pagevec_drain(w.mm, w_cpu(&w));
}

static int64_t files(unsigned nid)
{
	return w_node(&w, nid)->stat[MM412_NODE_LRU + MM412_INACTIVE_FILE];
}

static struct mm412_request request(uint32_t gfp, unsigned order)
{
	struct mm412_request rq;

	mm412_alloc_request(w.mm, &rq, 0, gfp, order);
	return rq;
}

static uint64_t direct(uint32_t gfp, unsigned order)
{
	struct mm412_request rq = request(gfp, order);

	return mm412_reclaim_direct(w.mm, w_cpu(&w), task, &rq);
}

/* ---- how far ---------------------------------------------------------------------------- */

static unsigned priorities; /* bit p: a batch was scanned at it */

static void listen(void *ctx, const struct sim_cpu *cpu, uint32_t number,
		   const struct mm_event *e)
{
	if (e->kind == MM_EVENT_SHRINK_INACTIVE)
		priorities |= 1u << e->value[10];
	w_event(ctx, cpu, number, e);
}

static void the_priority_falls_until_32_pages_are_there(void)
{
	/* 4000 >> 12 is nothing, then 1, 3, 7, 15, 31. */
	fill(0, 4000, GFP_MOVABLE);
	w.mm->sleep->host.event = listen;
	priorities = 0;
	CU_ASSERT_EQUAL(direct(GFP_MOVABLE, 0), 1 + 3 + 7 + 15 + 31);
	CU_ASSERT_EQUAL(priorities, 1u << 11 | 1u << 10 | 1u << 9 | 1u << 8 | 1u << 7);
	CU_ASSERT_EQUAL(count(MM412_ALLOCSTALL + MM412_ZONE_MOVABLE), 1);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_DIRECT_RECLAIM_BEGIN].value[1], 1);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_DIRECT_RECLAIM_BEGIN].value[3], MM412_ZONE_MOVABLE);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_DIRECT_RECLAIM_END].value[0], 57);
	CU_ASSERT_EQUAL(w.last_task[MM_EVENT_DIRECT_RECLAIM_END], 7);
	CU_ASSERT_EQUAL(w.wanted, 1);
}

static void with_nothing_to_reclaim_it_ends_with_nothing(void)
{
	CU_ASSERT_EQUAL(direct(GFP_KERNEL, 0), 0);
	CU_ASSERT_EQUAL(count(MM412_ALLOCSTALL + MM412_ZONE_NORMAL), 1);
	CU_ASSERT_EQUAL(w.sleeps, 0);
}

static void refaults_are_noted_for_the_next_time(void)
{
	w_node(&w, 0)->stat[MM412_NODE_WORKINGSET_ACTIVATE] = 3;
	w_node(&w, 1)->stat[MM412_NODE_WORKINGSET_ACTIVATE] = 4;
	direct(GFP_KERNEL, 0);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.refaults, 3);
	CU_ASSERT_EQUAL(w_node(&w, 1)->lru.refaults, 4);
}

/* ---- where ------------------------------------------------------------------------------ */

static void each_node_on_the_list_gets_its_turn(void)
{
	fill(0, 2000, GFP_MOVABLE);
	fill(1, 2000, GFP_MOVABLE);
	/* 2000 >> 10, 9, 8, 7 of each: both are scanned before the sum is looked at. */
	CU_ASSERT_EQUAL(direct(GFP_MOVABLE, 0), 2 * (1 + 3 + 7 + 15));
	CU_ASSERT_EQUAL(files(0), 2000 - 26);
	CU_ASSERT_EQUAL(files(1), 2000 - 26);
}

static void only_nodes_of_the_nodemask_and_of_the_cpuset_are_reclaimed(void)
{
	struct mm412_request rq = request(GFP_MOVABLE, 0);
	int64_t left;

	fill(0, 2000, GFP_MOVABLE);
	fill(1, 2000, GFP_MOVABLE);
	rq.nodes = 2;
	mm412_reclaim_direct(w.mm, w_cpu(&w), task, &rq);
	CU_ASSERT_EQUAL(files(0), 2000);
	left = files(1);
	CU_ASSERT(left < 2000);
	task->ruled = true;
	task->mems_allowed = 1;
	rq.nodes = UINT64_MAX;
	mm412_reclaim_direct(w.mm, w_cpu(&w), task, &rq);
	CU_ASSERT(files(0) < 2000);
	CU_ASSERT_EQUAL(files(1), left);
	/* A victim of the OOM killer may have any. */
	task->memdie = true;
	rq.nodes = 2;
	CU_ASSERT_NOT_EQUAL(mm412_reclaim_direct(w.mm, w_cpu(&w), task, &rq), 0);
}

static void pages_of_zones_that_do_not_help_are_left_alone(void)
{
	fill(0, 2000, GFP_MOVABLE);
	fill(0, 2000, GFP_KERNEL | MM412_GFP_DMA32);
	CU_ASSERT_EQUAL(direct(GFP_KERNEL | MM412_GFP_DMA32, 0), 1 + 3 + 7 + 15 + 30);
	CU_ASSERT_EQUAL(mm412_zone_sleep(w.mm, w_zone(&w, 0, "Normal"))
				->stat[MM412_ZONE_LRU + MM412_INACTIVE_FILE],
			2000);
	CU_ASSERT_EQUAL(count(MM412_PGSKIP + MM412_ZONE_NORMAL), 2000);
	CU_ASSERT_EQUAL(count(MM412_ALLOCSTALL + MM412_ZONE_DMA32), 1);
}

static void a_costly_request_leaves_at_once_when_compaction_can_begin(void)
{
	fill(0, 2000, GFP_MOVABLE);
	CU_ASSERT_EQUAL(direct(GFP_MOVABLE, 9), 1);
	CU_ASSERT_EQUAL(files(0), 2000);
	/* Order 3 is not costly. */
	CU_ASSERT(direct(GFP_MOVABLE, 3) >= 32);
}

/* Node 1 is not ready, but one round is all it gets. */
static void one_zone_that_is_ready_for_compaction_is_enough(void)
{
	struct mm412_zone *far = &w.mm->zones[2];
	int64_t free;

	fill(1, 2000, GFP_MOVABLE);
	free = far->nr_free;
	far->nr_free = 0;
	CU_ASSERT_EQUAL(direct(GFP_MOVABLE, 9), 1);
	CU_ASSERT_EQUAL(files(1), 2000);
	far->nr_free += free;
}

/* ---- throttling ------------------------------------------------------------------------- */

/* What is free is hidden from the counters, with something reclaimable in each zone. */
static int64_t taken[2];

static void dry(void)
{
	fill(0, 100, GFP_MOVABLE);
	fill(0, 100, GFP_KERNEL | MM412_GFP_DMA32);
	for (unsigned i = 0; i < 2; i++) {
		taken[i] = w.mm->zones[i].nr_free;
		w.mm->zones[i].nr_free = 0;
	}
}

static void wet(struct world412 *world)
{
	for (unsigned i = 0; i < 2; i++) {
		world->mm->zones[i].nr_free += taken[i];
		taken[i] = 0;
	}
}

static void near_the_reserves_a_task_waits_for_kswapd(void)
{
	struct mm412_node_sleep *node = w_node(&w, 0);

	dry();
	node->kswapd_asleep = true;
	node->kswapd_classzone_idx = MM412_ZONE_MOVABLE;
	w.asleep = wet;
	CU_ASSERT_NOT_EQUAL(direct(GFP_MOVABLE, 0), 0);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT_STRING_EQUAL(((const struct w_queue *)w.queue)->name, "pfmemalloc0");
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_EQUAL(count(MM412_PGSCAN_DIRECT_THROTTLE), 1);
	CU_ASSERT_EQUAL(w_wakes(&w, "kswapd0"), 1);
	CU_ASSERT_EQUAL(node->kswapd_classzone_idx, MM412_ZONE_NORMAL);
	CU_ASSERT_FALSE(node->kswapd_asleep);
}

/* A wake-up takes time, in which kswapd can be through already: it gives up the first time, and
 * finds memory the second time. */
static void back_to_bed(struct world412 *world)
{
	w_node(world, 0)->kswapd_asleep = true;
	world->settled = NULL;
}

static uint32_t slow_wake(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n)
{
	w_wake(cpu, queue, n);
	cpu->due += 1000;
	w.settled = w_wakes(&w, "kswapd0") == 1 ? back_to_bed : wet;
	return 1;
}

static void who_wakes_kswapd_looks_again_before_it_sleeps(void)
{
	dry();
	w_node(&w, 0)->kswapd_asleep = true;
	w.port.wake = slow_wake;
	CU_ASSERT_NOT_EQUAL(direct(GFP_MOVABLE, 0), 0);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT_EQUAL(count(MM412_PGSCAN_DIRECT_THROTTLE), 1);
	w.settled = NULL;
}

static void half_of_the_min_marks_is_the_limit(void)
{
	struct mm412_node_sleep *node = w_node(&w, 0);
	uint64_t half;

	dry();
	half = (w.mm->zones[0].watermark[MM412_WMARK_MIN] +
		w.mm->zones[1].watermark[MM412_WMARK_MIN]) /
	       2;
	w.mm->zones[0].nr_free = (int64_t)half;
	CU_ASSERT_FALSE(mm412_reclaim_allowed(w.mm, w_cpu(&w), node));
	w.mm->zones[0].nr_free++;
	CU_ASSERT_TRUE(mm412_reclaim_allowed(w.mm, w_cpu(&w), node));
	w.mm->zones[0].nr_free = 0;
	node->kswapd_failures = 15;
	CU_ASSERT_FALSE(mm412_reclaim_allowed(w.mm, w_cpu(&w), node));
	node->kswapd_failures = 16;
	CU_ASSERT_TRUE(mm412_reclaim_allowed(w.mm, w_cpu(&w), node));
	wet(&w);
	/* Without anything reclaimable there is no reserve to guard. */
	half = (uint64_t)w.mm->zones[2].nr_free;
	w.mm->zones[2].nr_free = 0;
	CU_ASSERT_TRUE(mm412_reclaim_allowed(w.mm, w_cpu(&w), w_node(&w, 1)));
	w.mm->zones[2].nr_free = (int64_t)half;
	fill(1, 100, GFP_MOVABLE);
	half = (uint64_t)w.mm->zones[2].nr_free;
	w.mm->zones[2].nr_free = 0;
	CU_ASSERT_FALSE(mm412_reclaim_allowed(w.mm, w_cpu(&w), w_node(&w, 1)));
	w.mm->zones[2].nr_free = (int64_t)half;
}

static void without_fs_a_task_waits_a_second_at_most(void)
{
	dry();
	direct(GFP_MOVABLE & ~(uint32_t)MM412_GFP_FS, 0);
	CU_ASSERT_EQUAL(w.timeout, 250 * W_JIFFY);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	wet(&w);
}

static void be_killed(struct world412 *world)
{
	(void)world;
	task->killed = true;
}

static void who_is_killed_meanwhile_comes_back_without_reclaiming(void)
{
	dry();
	w.asleep = be_killed;
	CU_ASSERT_EQUAL(direct(GFP_MOVABLE, 0), 1);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_DIRECT_RECLAIM_BEGIN], 0);
	/* The next time it is not even throttled. */
	CU_ASSERT_NOT_EQUAL(direct(GFP_MOVABLE, 0), 0);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	wet(&w);
}

static void kernel_threads_are_not_throttled(void)
{
	dry();
	task = &w.mm->sleep->own[MM412_FLUSHER_TASK];
	direct(GFP_MOVABLE, 0);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	wet(&w);
}

/* ---- waits for disks -------------------------------------------------------------------- */

static void congestion_wait_ends_with_the_next_write_or_its_time(void)
{
	uint32_t slot;

	mm412_reclaim_congestion_wait(w.mm, w_cpu(&w), false, 25);
	CU_ASSERT_EQUAL(w.timeout, 25 * W_JIFFY);
	slot = w_slot(&w, w_hold(&w, 7, MM_KIND_FILE, false));
	mm412_io_write(w.mm, w_cpu(&w), slot, false);
	mm412_reclaim_congestion_wait(w.mm, w_cpu(&w), false, 25);
	CU_ASSERT(w.timeout <= W_SERVICE);
	CU_ASSERT_EQUAL(mm412_page(w.mm, slot)->flags & MM412_PG_WRITEBACK, 0);
}

static void wait_iff_congested_sleeps_only_when_disk_and_node_are(void)
{
	struct mm412_node_sleep *node = w_node(&w, 0);

	node->flags = MM412_PGDAT_CONGESTED;
	mm412_reclaim_wait_iff_congested(w.mm, w_cpu(&w), node, NULL, 25);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT_EQUAL(w.settles, 1);
	/* Every other place: each page is a request. */
	for (unsigned i = 0; !w.mm->sleep->congested_until[0]; i++) {
		uint32_t slot = w_slot(&w, w_hold(&w, 7, MM_KIND_FILE, false));

		if (i % 2)
			mm412_io_write(w.mm, w_cpu(&w), slot, false);
	}
	node->flags = 0;
	mm412_reclaim_wait_iff_congested(w.mm, w_cpu(&w), node, NULL, 25);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	node->flags = MM412_PGDAT_CONGESTED;
	mm412_reclaim_wait_iff_congested(w.mm, w_cpu(&w), node, NULL, 25);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT(w.timeout <= 25 * W_JIFFY);
}

/* schedule() empties a plug. */
static void who_waits_for_congestion_first_gives_the_disk_what_it_holds_back(void)
{
	struct mm412_node_sleep *node = w_node(&w, 0);
	uint32_t slot = w_slot(&w, w_hold(&w, 7, MM_KIND_ANON, false));

	while (!w.mm->sleep->congested_until[0]) {
		uint32_t other = w_slot(&w, w_hold(&w, 7, MM_KIND_FILE, false));

		w_hold(&w, 7, MM_KIND_FILE, false); /* each page is a request */
		mm412_io_write(w.mm, w_cpu(&w), other, false);
	}
	CU_ASSERT(mm412_swap_add(w.mm, w_cpu(&w), NULL, slot, NULL));
	mm412_io_write_later(w.mm, w_cpu(&w), task, slot);
	mm412_reclaim_wait_iff_congested(w.mm, w_cpu(&w), node, task, 25);
	CU_ASSERT_EQUAL(w.submits[0], 0);
	node->flags = MM412_PGDAT_CONGESTED;
	mm412_reclaim_wait_iff_congested(w.mm, w_cpu(&w), node, task, 25);
	CU_ASSERT_EQUAL(w.submits[0], 1);
}

static CU_TestInfo tests[] = {
	{ "the priority falls until 32 pages are there",
	  the_priority_falls_until_32_pages_are_there },
	{ "with nothing to reclaim it ends with nothing",
	  with_nothing_to_reclaim_it_ends_with_nothing },
	{ "refaults are noted for the next time", refaults_are_noted_for_the_next_time },
	{ "each node on the list gets its turn", each_node_on_the_list_gets_its_turn },
	{ "only nodes of the nodemask and of the cpuset are reclaimed",
	  only_nodes_of_the_nodemask_and_of_the_cpuset_are_reclaimed },
	{ "pages of zones that do not help are left alone",
	  pages_of_zones_that_do_not_help_are_left_alone },
	{ "a costly request leaves at once when compaction can begin",
	  a_costly_request_leaves_at_once_when_compaction_can_begin },
	{ "near the reserves a task waits for kswapd",
	  near_the_reserves_a_task_waits_for_kswapd },
	{ "half of the min marks is the limit", half_of_the_min_marks_is_the_limit },
	{ "without fs a task waits a second at most",
	  without_fs_a_task_waits_a_second_at_most },
	{ "who is killed meanwhile comes back without reclaiming",
	  who_is_killed_meanwhile_comes_back_without_reclaiming },
	{ "kernel threads are not throttled", kernel_threads_are_not_throttled },
	{ "congestion wait ends with the next write or its time",
	  congestion_wait_ends_with_the_next_write_or_its_time },
	{ "wait iff congested sleeps only when disk and node are",
	  wait_iff_congested_sleeps_only_when_disk_and_node_are },
	{ "who waits for congestion first gives the disk what it holds back",
	  who_waits_for_congestion_first_gives_the_disk_what_it_holds_back },
	{ "one zone that is ready for compaction is enough",
	  one_zone_that_is_ready_for_compaction_is_enough },
	{ "who wakes kswapd looks again before it sleeps",
	  who_wakes_kswapd_looks_again_before_it_sleeps },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_reclaim", NULL, NULL, open_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
