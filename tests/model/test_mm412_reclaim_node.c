/* node_reclaim() by its limits, and drop_caches. */
#include "model/v4_12/mm412_scan.h"
#include "tests/model/world412.h"

#define NODE_PAGES 16384
#define GFP_KERNEL                                                                             \
	(MM412_GFP_IO | MM412_GFP_FS | MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM)

enum { NOSCAN = -2, FULL = -1, SOME = 0, SUCCESS = 1 };

static struct world412 w;
static struct mm412_task *task;
static struct mm412_node_sleep *node;
static struct mm412_zone *zone;
static uint64_t one_percent;

/* Three nodes; the last has no CPU. */
static void open_world(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "Normal", K_NORMAL, K_NORMAL + NODE_PAGES },
		{ 1, "Normal", K_NORMAL + NODE_PAGES, K_NORMAL + 2 * NODE_PAGES },
		{ 2, "Normal", K_NORMAL + 2 * NODE_PAGES, K_NORMAL + 3 * NODE_PAGES },
	};

	w_init(&w, 2, 3);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 4096);
	w.mm->params.zone_reclaim_mode[0] = 1;
	task = mm412_task_of(w.mm, 7);
	node = w_node(&w, 0);
	zone = &w.mm->zones[0];
	one_percent = zone->managed / 100;
}

static void drop(void)
{
	CU_ASSERT_EQUAL(node->flags & MM412_PGDAT_RECLAIM_LOCKED, 0);
	CU_ASSERT_FALSE(task->swapwrite);
	CU_ASSERT_FALSE(task->memalloc);
	w_close(&w);
}

static uint32_t hold_on(unsigned nid, enum mm_kind kind, bool dirty)
{
	struct mm_request rq = { GFP_KERNEL | MM412_GFP_THISNODE, 0, (uint8_t)nid, 7 };
	struct mm_content what = { .task = 7, .kind = kind, .dirty = dirty };
	struct mm_grant grant;
	uint32_t content;

	w_cpu(&w)->on_actor = false;
	grant = mm412_policy.alloc_try(w.mm, w_cpu(&w), rq);
	CU_ASSERT_EQUAL_FATAL(grant.verdict, MM_DONE);
	content = mm412_content_hold(w.mm, w_cpu(&w), grant.frame, what);
	w_cpu(&w)->on_actor = true;
	return content;
}

static void fill(unsigned nid, enum mm_kind kind, uint64_t pages)
{
	while (pages--)
		hold_on(nid, kind, false);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	mm412_lru_count_fold(w.mm, w_cpu(&w)->id);
}

static int reclaim(unsigned nid, uint32_t gfp, unsigned order)
{
	return mm412_reclaim_node(w.mm, w_cpu(&w), task, &w.mm->zones[nid], gfp, order);
}

static void a_node_with_little_page_cache_and_slab_is_full(void)
{
	fill(0, MM_KIND_FILE, one_percent);
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), FULL);
	fill(0, MM_KIND_FILE, 1);
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), SUCCESS);
	/* 1/16 of it. */
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_LRU + MM412_INACTIVE_FILE],
			(int64_t)(one_percent + 1 - (one_percent + 1) / 16));
}

static void much_slab_alone_is_not_reclaimed_but_looked_at(void)
{
	fill(0, MM_KIND_SLAB, zone->managed * 5 / 100);
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), FULL);
	fill(0, MM_KIND_SLAB, 1);
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), SOME);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_ZONE_RECLAIM_FAILED], 1);
}

static void some_requests_and_some_nodes_are_not_scanned(void)
{
	fill(0, MM_KIND_FILE, 500);
	fill(1, MM_KIND_FILE, 500);
	fill(2, MM_KIND_FILE, 500);
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL & ~(uint32_t)MM412_GFP_DIRECT_RECLAIM, 0),
			NOSCAN);
	task->memalloc = true;
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), NOSCAN);
	task->memalloc = false;
	node->flags = MM412_PGDAT_RECLAIM_LOCKED;
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), NOSCAN);
	node->flags = 0;
	/* Another CPU's node, and one without CPUs. */
	CU_ASSERT_EQUAL(reclaim(1, GFP_KERNEL, 0), NOSCAN);
	CU_ASSERT_EQUAL(reclaim(2, GFP_KERNEL, 0), SUCCESS);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_SHRINK_INACTIVE], 1);
}

static void only_what_the_mode_allows_is_touched(void)
{
	uint32_t anon = hold_on(0, MM_KIND_ANON, true);

	for (unsigned i = 0; i < 2000; i++)
		hold_on(0, MM_KIND_FILE, true);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	mm412_lru_count_fold(w.mm, w_cpu(&w)->id);
	/* Dirty pages do not count, as they could not be written. */
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), FULL);
	w.mm->params.zone_reclaim_mode[0] = 3;
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), SOME);
	CU_ASSERT(mm412_page(w.mm, w_slot(&w, anon))->flags & MM412_PG_MAPPED);
	/* Without RECLAIM_UNMAP mapped pages go round on their list. */
	CU_ASSERT(w.mm->sleep->event[MM412_PGSCAN_DIRECT] > 0);
	CU_ASSERT_EQUAL(w.writes[0], 0);
	/* A place on swap is no write. */
	w.mm->params.zone_reclaim_mode[0] = 5;
	node->stat[MM412_NODE_FILE_DIRTY] -= 1000;
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 0), SOME);
	node->stat[MM412_NODE_FILE_DIRTY] += 1000;
	CU_ASSERT(mm412_page(w.mm, w_slot(&w, anon))->flags & MM412_PG_SWAPCACHE);
	CU_ASSERT_EQUAL(w.writes[0], 0);
	w.mm->params.zone_reclaim_mode[0] = 7;
	reclaim(0, GFP_KERNEL, 0);
	CU_ASSERT_EQUAL(w.writes[0], 1);
}

static void a_block_wants_as_many_pages(void)
{
	fill(0, MM_KIND_FILE, 1600);
	/* 100 at the first priority are not enough, and the last four of them are not seen yet:
	 * 100 + (1600 - 96) / 8 + 328 + 492. */
	CU_ASSERT_EQUAL(reclaim(0, GFP_KERNEL, 10), SUCCESS);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_LRU + MM412_INACTIVE_FILE],
			1600 - 100 - 188 - 328 - 492);
}

/* ---- drop_caches ------------------------------------------------------------------------ */

static bool is_there(uint32_t content)
{
	return w.mm->sleep->contents[content].place == MM412_IN_MEMORY;
}

static void dropping_the_page_cache_takes_what_is_clean_and_unmapped(void)
{
	uint32_t clean = hold_on(0, MM_KIND_FILE, false),
		 dirty = hold_on(0, MM_KIND_FILE, true);
	uint32_t busy = hold_on(0, MM_KIND_FILE, false), anon = hold_on(0, MM_KIND_ANON, true);
	uint32_t shmem = hold_on(1, MM_KIND_SHMEM, true), pinned;

	mm412_pagevec_drain(w.mm, w_cpu(&w));
	/* In a pagevec: not even looked at closely. */
	pinned = hold_on(0, MM_KIND_FILE, false);
	mm412_page(w.mm, w_slot(&w, busy))->flags |= MM412_PG_LOCKED;
	mm412_reclaim_drop_caches(w.mm, w_cpu(&w), 1);
	mm412_page(w.mm, w_slot(&w, busy))->flags &= (uint16_t)~MM412_PG_LOCKED;
	CU_ASSERT_FALSE(is_there(clean));
	CU_ASSERT(is_there(dirty) && is_there(busy) && is_there(anon));
	CU_ASSERT(is_there(shmem) && is_there(pinned));
	/* Not by reclaim: it comes back without being called a refault. */
	CU_ASSERT_EQUAL(w.mm->sleep->contents[clean].shadow, 0);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_DROP_PAGECACHE], 1);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_DROP_SLAB], 0);
	/* What could not go is first in line for reclaim. */
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT(mm412_page(w.mm, w_slot(&w, dirty))->flags & MM412_PG_RECLAIM);
	CU_ASSERT_EQUAL(w.wanted, 1);
}

static void dropping_slab_goes_on_until_little_comes_of_it(void)
{
	fill(0, MM_KIND_SLAB, 300);
	fill(1, MM_KIND_SLAB, 300);
	mm412_reclaim_drop_caches(w.mm, w_cpu(&w), 2);
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 0);
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, w_node(&w, 1)), 0);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_DROP_SLAB], 1);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_DROP_PAGECACHE], 0);
}

/* A fifth of the cache is counted, so that a turn frees two. */
static void a_cache_that_looks_small_takes_several_turns(void)
{
	fill(0, MM_KIND_SLAB, 300);
	w.mm->params.vfs_cache_pressure[0] = 20;
	mm412_reclaim_drop_caches(w.mm, w_cpu(&w), 2);
	CU_ASSERT(mm412_slab_pages(w.mm, node) <= 2);
	CU_ASSERT(w.events[MM_EVENT_SHRINK_SLAB_START] >= 8);
}

static void caches_can_be_dropped_off_the_actors(void)
{
	fill(0, MM_KIND_SLAB, 300);
	fill(0, MM_KIND_FILE, 300);
	w_cpu(&w)->on_actor = false;
	mm412_reclaim_drop_caches(w.mm, w_cpu(&w), 3);
	w_cpu(&w)->on_actor = true;
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 0);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_FILE_PAGES], 0);
	CU_ASSERT_EQUAL(w.sleeps, 0);
}

static CU_TestInfo tests[] = {
	{ "a node with little page cache and slab is full",
	  a_node_with_little_page_cache_and_slab_is_full },
	{ "much slab alone is not reclaimed but looked at",
	  much_slab_alone_is_not_reclaimed_but_looked_at },
	{ "some requests and some nodes are not scanned",
	  some_requests_and_some_nodes_are_not_scanned },
	{ "only what the mode allows is touched", only_what_the_mode_allows_is_touched },
	{ "a block wants as many pages", a_block_wants_as_many_pages },
	{ "dropping the page cache takes what is clean and unmapped",
	  dropping_the_page_cache_takes_what_is_clean_and_unmapped },
	{ "dropping slab goes on until little comes of it",
	  dropping_slab_goes_on_until_little_comes_of_it },
	{ "caches can be dropped off the actors", caches_can_be_dropped_off_the_actors },
	{ "a cache that looks small takes several turns",
	  a_cache_that_looks_small_takes_several_turns },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_reclaim_node", NULL, NULL, open_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
