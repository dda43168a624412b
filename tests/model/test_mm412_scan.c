/* How much of which list is scanned: inactive_list_is_low(), get_scan_count(),
 * should_continue_reclaim(). The tables were computed outside, from the kernel's formulas; the
 * rows named so were recorded on a real 4.12.0. Sizes are put into the counters, without pages.
 */
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_swap.h"
#include "tests/model/world412.h"

static struct world412 w;
static struct mm412_node_sleep *node;
static struct mm412_zone *zone;
static struct mm412_task task;

static void open_world(void)
{
	w_open(&w, 65536, 1024);
	node = w_node(&w, 0);
	zone = &w.mm->zones[0];
	memset(&task, 0, sizeof(task));
}

static void drop(void)
{
	k_drop(&w.k);
}

static void set_lists(const uint64_t pages[MM412_UNEVICTABLE])
{
	for (unsigned lru = 0; lru < MM412_UNEVICTABLE; lru++) {
		node->stat[MM412_NODE_LRU + lru] = (int64_t)pages[lru];
		node->lru.seen[lru] = (int64_t)pages[lru];
		mm412_zone_sleep(w.mm, zone)->stat[MM412_ZONE_LRU + lru] = (int64_t)pages[lru];
	}
}

static struct mm412_scan scan_with(int priority)
{
	return (struct mm412_scan){ .task = &task,
				    .nodes = UINT64_MAX,
				    .priority = priority,
				    .reclaim_idx = MM412_ZONE_MOVABLE,
				    .may_swap = true };
}

/* ---- inactive_list_is_low() ------------------------------------------------------------- */

static void the_inactive_list_is_low_by_the_kernels_ratio(void)
{
	static const struct {
		bool file, actual;
		uint64_t inactive, active;
		bool refaults;
		unsigned ratio;
		bool low;
	} rows[] = {
		{ 1, 1, 0, 0, 0, 1, 0 },
		{ 1, 1, 10, 10, 0, 1, 0 },
		{ 1, 1, 9, 10, 0, 1, 1 },
		{ 1, 1, 0, 1, 0, 1, 1 },
		{ 1, 1, 100, 100, 1, 0, 1 },
		{ 1, 1, 0, 0, 1, 0, 0 },
		{ 1, 0, 100, 100, 1, 1, 0 },
		{ 0, 1, 100, 100, 1, 1, 0 },
		{ 0, 1, 9, 10, 1, 1, 1 },
		{ 1, 1, 131072, 131071, 0, 1, 0 },
		{ 1, 1, 65536, 196608, 0, 3, 0 },
		{ 1, 1, 62914, 199229, 0, 1, 1 },
		{ 1, 1, 87381, 262143, 0, 3, 0 },
		{ 1, 1, 87381, 262144, 0, 3, 1 },
		{ 0, 1, 238312, 2383128, 0, 10, 1 },
		{ 0, 1, 238313, 2383127, 0, 10, 0 },
		{ 0, 1, 819200, 25395200, 0, 31, 0 },
		{ 0, 1, 819199, 25395201, 0, 31, 1 },
		{ 1, 0, 2654208, 265781247, 0, 101, 0 },
		{ 1, 0, 2631714, 265803742, 0, 101, 1 },
		/* Recorded: whether the active list was then scanned tells the answer. */
		{ 0, 1, 264, 17163, 0, 1, 1 },
		{ 0, 1, 7399, 6663, 0, 1, 0 },
		{ 0, 1, 8139, 9177, 0, 1, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mm412_scan sc = scan_with(12);
		unsigned first = rows[i].file ? MM412_INACTIVE_FILE : MM412_INACTIVE_ANON;
		uint64_t pages[MM412_UNEVICTABLE] = { 0 };
		bool low;

		pages[first] = rows[i].inactive;
		pages[first + 1] = rows[i].active;
		set_lists(pages);
		node->stat[MM412_NODE_WORKINGSET_ACTIVATE] = 7;
		node->lru.refaults = rows[i].refaults ? 6 : 7;
		low = mm412_scan_inactive_is_low(w.mm, node, rows[i].file, &sc, rows[i].actual);
		CU_ASSERT_EQUAL(low, rows[i].low);
		if (!rows[i].actual)
			continue;
		CU_ASSERT_EQUAL(
			mm412_scan_inactive_low(w.mm, w_cpu(&w), node, rows[i].file, &sc),
			rows[i].low);
		CU_ASSERT_EQUAL(w.last[MM_EVENT_INACTIVE_IS_LOW].value[3],
				(int64_t)rows[i].inactive);
		CU_ASSERT_EQUAL(w.last[MM_EVENT_INACTIVE_IS_LOW].value[6], rows[i].ratio);
		CU_ASSERT_EQUAL(w.last[MM_EVENT_INACTIVE_IS_LOW].value[7], rows[i].file);
	}
}

static void without_swap_anonymous_lists_are_never_low_and_nobody_is_told(void)
{
	static const uint64_t pages[MM412_UNEVICTABLE] = { 0, 1000, 0, 1000 };
	struct mm412_scan sc = scan_with(12);

	w.mm->sleep->swap->pages = 0;
	set_lists(pages);
	CU_ASSERT_FALSE(mm412_scan_inactive_low(w.mm, w_cpu(&w), node, false, &sc));
	CU_ASSERT_EQUAL(w.events[MM_EVENT_INACTIVE_IS_LOW], 0);
	CU_ASSERT_TRUE(mm412_scan_inactive_low(w.mm, w_cpu(&w), node, true, &sc));
	CU_ASSERT_EQUAL(w.events[MM_EVENT_INACTIVE_IS_LOW], 1);
}

/* ---- get_scan_count() ------------------------------------------------------------------- */

struct count_row {
	bool may_swap, swap_left;
	int priority;
	unsigned swappiness;
	int64_t free;
	uint64_t size[MM412_UNEVICTABLE];
	uint64_t scanned[MM412_LRU_KINDS], rotated[MM412_LRU_KINDS];
	uint64_t nr[MM412_UNEVICTABLE], lru_pages;
	uint64_t scanned_after[MM412_LRU_KINDS], rotated_after[MM412_LRU_KINDS];
};

/* The sum of the high marks is 100. */
static const struct count_row count_rows[] = {
	/* No swap for this reclaim, or none left: files only. */
	{ 0,
	  1,
	  12,
	  60,
	  5000,
	  { 40960, 81920, 40960, 8192 },
	  { 0, 0 },
	  { 0, 0 },
	  { 0, 0, 10, 2 },
	  49152,
	  { 0, 0 },
	  { 0, 0 } },
	{ 1,
	  0,
	  12,
	  60,
	  5000,
	  { 40960, 81920, 40960, 8192 },
	  { 0, 0 },
	  { 0, 0 },
	  { 0, 0, 10, 2 },
	  49152,
	  { 0, 0 },
	  { 0, 0 } },
	/* Priority 0: all, unless swappiness is 0. */
	{ 1,
	  1,
	  0,
	  60,
	  5000,
	  { 40960, 81920, 40960, 8192 },
	  { 5, 6 },
	  { 1, 2 },
	  { 40960, 81920, 40960, 8192 },
	  172032,
	  { 5, 6 },
	  { 1, 2 } },
	{ 1,
	  1,
	  0,
	  0,
	  5000,
	  { 40960, 81920, 40960, 81920 },
	  { 5, 6 },
	  { 1, 2 },
	  { 0, 0, 40872, 81744 },
	  245760,
	  { 5, 6 },
	  { 1, 2 } },
	/* Files and free memory are tiny: anonymous pages only. */
	{ 1,
	  1,
	  12,
	  60,
	  50,
	  { 40960, 81920, 30, 20 },
	  { 5, 6 },
	  { 1, 2 },
	  { 10, 20, 0, 0 },
	  122880,
	  { 5, 6 },
	  { 1, 2 } },
	{ 1,
	  1,
	  12,
	  60,
	  51,
	  { 40960, 81920, 30, 20 },
	  { 5, 6 },
	  { 1, 2 },
	  { 3, 7, 0, 0 },
	  122930,
	  { 5, 6 },
	  { 1, 2 } },
	/* Enough inactive files, at this priority: files only. */
	{ 1,
	  1,
	  12,
	  60,
	  51,
	  { 40960, 81920, 4096, 4096 },
	  { 5, 6 },
	  { 1, 2 },
	  { 0, 0, 1, 1 },
	  8192,
	  { 5, 6 },
	  { 1, 2 } },
	{ 1,
	  1,
	  12,
	  60,
	  51,
	  { 40960, 81920, 4095, 4095 },
	  { 5, 6 },
	  { 1, 2 },
	  { 3, 7, 0, 0 },
	  131070,
	  { 5, 6 },
	  { 1, 2 } },
	{ 1,
	  1,
	  11,
	  60,
	  51,
	  { 40960, 81920, 4095, 4095 },
	  { 5, 6 },
	  { 1, 2 },
	  { 0, 0, 1, 1 },
	  8190,
	  { 5, 6 },
	  { 1, 2 } },
	/* By what was rotated of what was scanned; a quarter of the lists is old enough. */
	{ 1,
	  1,
	  10,
	  60,
	  5000,
	  { 40960, 81920, 20480, 81920 },
	  { 30720, 25600 },
	  { 900, 10 },
	  { 0, 0, 19, 79 },
	  225280,
	  { 30720, 25600 },
	  { 900, 10 } },
	{ 1,
	  1,
	  10,
	  60,
	  5000,
	  { 40960, 81920, 20480, 81920 },
	  { 30721, 25601 },
	  { 901, 11 },
	  { 0, 0, 19, 79 },
	  225280,
	  { 15360, 12800 },
	  { 450, 5 } },
	{ 1,
	  1,
	  2,
	  100,
	  5000,
	  { 40960, 81920, 20480, 81920 },
	  { 100, 100 },
	  { 100, 0 },
	  { 100, 200, 5069, 20277 },
	  225280,
	  { 100, 100 },
	  { 100, 0 } },
	{ 1,
	  1,
	  2,
	  0,
	  5000,
	  { 40960, 81920, 20480, 81920 },
	  { 100, 100 },
	  { 0, 100 },
	  { 0, 0, 5094, 20378 },
	  225280,
	  { 100, 100 },
	  { 0, 100 } },
	{ 1,
	  1,
	  3,
	  60,
	  5000,
	  { 100, 200, 10, 20 },
	  { 0, 0 },
	  { 0, 0 },
	  { 3, 7, 0, 1 },
	  330,
	  { 0, 0 },
	  { 0, 0 } },
};

static void check_count(const struct count_row *row)
{
	struct mm412_scan sc = scan_with(row->priority);
	uint64_t nr[MM412_UNEVICTABLE], lru_pages = 0;

	sc.may_swap = row->may_swap;
	w.mm->sleep->swap->nr_pages = row->swap_left ? 100 : 0;
	w.mm->params.swappiness[0] = row->swappiness;
	zone->nr_free = row->free;
	zone->watermark[MM412_WMARK_HIGH] = 100;
	set_lists(row->size);
	memcpy(node->lru.recent_scanned, row->scanned, sizeof(row->scanned));
	memcpy(node->lru.recent_rotated, row->rotated, sizeof(row->rotated));
	mm412_scan_count(w.mm, w_cpu(&w), node, &sc, nr, &lru_pages);
	for (unsigned lru = 0; lru < MM412_UNEVICTABLE; lru++)
		CU_ASSERT_EQUAL(nr[lru], row->nr[lru]);
	CU_ASSERT_EQUAL(lru_pages, row->lru_pages);
	for (unsigned kind = 0; kind < MM412_LRU_KINDS; kind++) {
		CU_ASSERT_EQUAL(node->lru.recent_scanned[kind], row->scanned_after[kind]);
		CU_ASSERT_EQUAL(node->lru.recent_rotated[kind], row->rotated_after[kind]);
	}
}

static void lists_are_scanned_by_the_kernels_four_balances(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(count_rows); i++)
		check_count(&count_rows[i]);
}

/* ---- should_continue_reclaim() ---------------------------------------------------------- */

/* compaction_suitable() says "skip" without free memory, "success" with plenty. */
static void reclaim_goes_on_until_compaction_has_what_it_needs(void)
{
	static const struct {
		int order, priority;
		bool repeat;
		uint64_t reclaimed, scanned, all;
		uint64_t file, anon;
		bool swap, plenty, want;
		unsigned asked; /* tracepoints of compaction_suitable() */
	} rows[] = {
		/* Not for compaction: order 0, or a small order in an early round. */
		{ 0, 0, 0, 10, 10, 10, 5000, 0, 1, 0, 0, 0 },
		{ 3, 12, 0, 10, 10, 10, 5000, 0, 1, 0, 0, 0 },
		{ 3, 10, 0, 10, 10, 10, 5000, 0, 1, 0, 0, 0 },
		{ 3, 9, 0, 10, 10, 10, 5000, 0, 1, 0, 1, 0 },
		{ 4, 12, 0, 10, 10, 10, 5000, 0, 1, 0, 1, 0 },
		/* Nothing came of the last round. */
		{ 9, 12, 0, 0, 10, 10, 5000, 0, 1, 0, 0, 0 },
		{ 9, 12, 1, 0, 10, 10, 5000, 0, 1, 0, 1, 0 },
		{ 9, 12, 1, 0, 0, 10, 5000, 0, 1, 0, 0, 0 },
		/* Twice the block, as long as that much is inactive; then compaction decides.
		 */
		{ 9, 12, 0, 10, 10, 1023, 1025, 0, 1, 1, 1, 0 },
		{ 9, 12, 0, 10, 10, 1024, 1025, 0, 1, 1, 0, 1 },
		{ 9, 12, 0, 10, 10, 1023, 1024, 0, 1, 1, 0, 1 },
		{ 9, 12, 0, 10, 10, 1023, 1000, 25, 1, 1, 1, 0 },
		{ 9, 12, 0, 10, 10, 1023, 1000, 25, 0, 1, 0, 1 },
		{ 9, 12, 0, 10, 10, 1024, 1025, 0, 1, 0, 1, 1 },
	};
	int64_t free = zone->nr_free;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mm412_scan sc = scan_with(rows[i].priority);
		unsigned before = w.events[MM_EVENT_COMPACTION_SUITABLE];
		uint64_t pages[MM412_UNEVICTABLE] = { rows[i].anon, 0, rows[i].file, 0 };

		sc.order = rows[i].order;
		sc.gfp = rows[i].repeat ? MM412_GFP_REPEAT : 0;
		sc.nr_reclaimed = rows[i].all;
		set_lists(pages);
		w.mm->sleep->swap->nr_pages = rows[i].swap ? 100 : 0;
		zone->nr_free = rows[i].plenty ? free : 0;
		CU_ASSERT_EQUAL(mm412_scan_continue(w.mm, w_cpu(&w), node, rows[i].reclaimed,
						    rows[i].scanned, &sc),
				rows[i].want);
		CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_SUITABLE] - before, rows[i].asked);
	}
}

/* ---- what is left ----------------------------------------------------------------------- */

static void reclaimable_pages_are_files_and_with_swap_left_anonymous_ones(void)
{
	static const uint64_t pages[MM412_UNEVICTABLE] = { 1, 20, 300, 4000 };

	set_lists(pages);
	node->stat[MM412_NODE_ISOLATED_ANON] = 50000;
	node->stat[MM412_NODE_ISOLATED_FILE] = 600000;
	CU_ASSERT_EQUAL(mm412_scan_reclaimable(w.mm, node), 654321);
	CU_ASSERT_EQUAL(mm412_scan_zone_reclaimable(w.mm, zone), 4321);
	w.mm->sleep->swap->nr_pages = 0;
	CU_ASSERT_EQUAL(mm412_scan_reclaimable(w.mm, node), 604300);
	CU_ASSERT_EQUAL(mm412_scan_zone_reclaimable(w.mm, zone), 4300);
}

static CU_TestInfo tests[] = {
	{ "the inactive list is low by the kernels ratio",
	  the_inactive_list_is_low_by_the_kernels_ratio },
	{ "without swap anonymous lists are never low and nobody is told",
	  without_swap_anonymous_lists_are_never_low_and_nobody_is_told },
	{ "lists are scanned by the kernels four balances",
	  lists_are_scanned_by_the_kernels_four_balances },
	{ "reclaim goes on until compaction has what it needs",
	  reclaim_goes_on_until_compaction_has_what_it_needs },
	{ "reclaimable pages are files and with swap left anonymous ones",
	  reclaimable_pages_are_files_and_with_swap_left_anonymous_ones },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_scan", NULL, NULL, open_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
