/* Shrinkers: do_shrink_slab()'s arithmetic against numbers computed outside, from the kernel's
 * formulas; and which slab pages go. */
#include "model/v4_12/mm412_scan.h"
#include "tests/model/world412.h"

#define OBJECTS 20 /* on a page */
#define GFP_KERNEL                                                                             \
	(MM412_GFP_IO | MM412_GFP_FS | MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM)

static struct world412 w;
static struct mm412_node_sleep *node;
static struct mm412_task task;

static void open_world(void)
{
	w_open(&w, 16384, 0);
	node = w_node(&w, 0);
	w.mm->params.slab_objects_per_page[0] = OBJECTS;
	memset(&task, 0, sizeof(task));
}

static void drop(void)
{
	w_close(&w);
}

static uint32_t slab_page(void)
{
	return w_hold(&w, 1, MM_KIND_SLAB, false);
}

static bool is_there(uint32_t content)
{
	return w.mm->sleep->contents[content].place == MM412_IN_MEMORY;
}

static uint64_t shrink(uint32_t gfp, uint64_t scanned, uint64_t eligible)
{
	return mm412_slab_shrink(w.mm, w_cpu(&w), node, &task, gfp, scanned, eligible);
}

/* Pages are made and freed until there are so many. */
static void fill(uint64_t pages)
{
	while (mm412_slab_pages(w.mm, node) < pages)
		slab_page();
}

static void objects_are_scanned_as_the_kernel_would(void)
{
	static const struct {
		uint64_t deferred, pages, scanned, eligible;
		int64_t delta, total; /* as the tracepoint has them at the start */
		int64_t done, left;   /* scanned; total_scan at the end */
		uint64_t deferred_after;
		int64_t left_of_nofs; /* what a request without __GFP_FS puts off */
	} rows[] = {
		{ 0, 320, 32, 17420, 23, 23, 0, 23, 23, 23 },
		{ 0, 320, 0, 17420, 23, 23, 0, 23, 23, 23 },
		{ 0, 320, 8000, 16000, 6399, 6399, 6144, 255, 255, 6399 },
		{ 0, 320, 16000, 16000, 12799, 12799, 12288, 511, 511, 12799 },
		{ 0, 320, 32000, 16000, 25598, 12800, 12288, 512, 13310, 25598 },
		{ 900, 320, 1000, 17420, 734, 1634, 1024, 610, 610, 1634 },
		{ 5000, 320, 32, 17420, 23, 3200, 3072, 128, 1951, 5023 },
		{ 100000, 320, 16000, 16000, 12799, 12800, 12288, 512, 100511, 112799 },
		{ 0, 50, 1000, 1000, 1998, 1998, 1024, 974, 974, 1998 },
		{ 0, 30, 32, 1000, 38, 38, 0, 38, 38, 38 },
		{ 550, 30, 60, 1000, 71, 300, 0, 300, 621, 621 },
		{ 0, 1, 1000, 1000, 39, 39, 39, 0, 0, 39 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const int64_t *start = w.last[MM_EVENT_SHRINK_SLAB_START].value;
		const int64_t *end = w.last[MM_EVENT_SHRINK_SLAB_END].value;
		uint64_t before = w.mm->sleep->event[MM412_SLABS_SCANNED];

		while (mm412_slab_pages(w.mm, node) > rows[i].pages)
			shrink(GFP_KERNEL, 1000, 1000);
		fill(rows[i].pages);
		before = w.mm->sleep->event[MM412_SLABS_SCANNED];
		node->slab_deferred = rows[i].deferred;
		shrink(GFP_KERNEL & ~(uint32_t)MM412_GFP_FS, rows[i].scanned, rows[i].eligible);
		CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_SLABS_SCANNED], before);
		CU_ASSERT_EQUAL(node->slab_deferred, (uint64_t)rows[i].left_of_nofs);

		node->slab_deferred = rows[i].deferred;
		shrink(GFP_KERNEL, rows[i].scanned, rows[i].eligible);
		CU_ASSERT_EQUAL(start[1], (int64_t)rows[i].deferred);
		CU_ASSERT_EQUAL(start[5], (int64_t)rows[i].pages * OBJECTS);
		CU_ASSERT_EQUAL(start[6], rows[i].delta);
		CU_ASSERT_EQUAL(start[7], rows[i].total);
		CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_SLABS_SCANNED] - before,
				(uint64_t)rows[i].done);
		CU_ASSERT_EQUAL(end[1], (int64_t)rows[i].deferred);
		CU_ASSERT_EQUAL(end[2], (int64_t)rows[i].deferred_after);
		CU_ASSERT_EQUAL(end[3], rows[i].left);
		CU_ASSERT_EQUAL(node->slab_deferred, rows[i].deferred_after);
	}
}

/* mm_shrink_slab_start and _end of a real 4.12.0 under pressure. All their calls obey the same
 * arithmetic. */
static void calls_recorded_on_a_real_kernel_come_out_the_same(void)
{
	static const struct {
		uint64_t deferred, scanned, eligible, items;
		int64_t delta, total, new_deferred, left;
	} rows[] = {
		{ 0, 9366, 16501, 1, 1, 1, 0, 0 }, { 0, 9, 35, 28, 14, 14, 14, 14 },
		{ 1, 160, 357, 2, 1, 2, 0, 0 },    { 2, 15, 161, 11, 2, 4, 4, 4 },
		{ 4, 28, 151, 15, 5, 9, 9, 9 },    { 8, 4434, 17159, 28, 14, 22, 22, 22 },
		{ 9, 43, 123, 21, 14, 23, 0, 0 },  { 15, 868, 16484, 28, 2, 14, 17, 14 },
		{ 17, 6, 18, 28, 17, 34, 0, 0 },   { 30, 160, 357, 52, 46, 76, 0, 0 },
		{ 44, 32, 165, 25, 9, 50, 3, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const int64_t *start = w.last[MM_EVENT_SHRINK_SLAB_START].value;
		const int64_t *end = w.last[MM_EVENT_SHRINK_SLAB_END].value;
		uint32_t page;

		w.mm->params.slab_objects_per_page[0] = rows[i].items;
		page = slab_page();
		node->slab_deferred = rows[i].deferred;
		shrink(GFP_KERNEL, rows[i].scanned, rows[i].eligible);
		CU_ASSERT_EQUAL(start[5], (int64_t)rows[i].items);
		CU_ASSERT_EQUAL(start[6], rows[i].delta);
		CU_ASSERT_EQUAL(start[7], rows[i].total);
		CU_ASSERT_EQUAL(end[1], (int64_t)rows[i].deferred);
		CU_ASSERT_EQUAL(end[2], rows[i].new_deferred);
		CU_ASSERT_EQUAL(end[3], rows[i].left);
		mm412_content_drop(w.mm, w_cpu(&w), page);
	}
}

static void the_oldest_pages_go_first_and_only_whole(void)
{
	uint32_t page[100];

	for (unsigned i = 0; i < 100; i++)
		page[i] = slab_page();
	/* 1024 of 2000 objects: 51 pages and four objects of the next one. */
	node->slab_deferred = 1024;
	CU_ASSERT_EQUAL(shrink(GFP_KERNEL, 1, 1000000), 0);
	node->slab_deferred = 0;
	CU_ASSERT_EQUAL(shrink(GFP_KERNEL, 300, 1000), 1024);
	CU_ASSERT_TRUE(!is_there(page[0]) && !is_there(page[50]));
	CU_ASSERT_TRUE(is_there(page[51]));
	CU_ASSERT_EQUAL(mm412_page(w.mm, w_slot(&w, page[51]))->swap, 4);
	CU_ASSERT_EQUAL(task.slab_reclaimed, 51);
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 49);
	/* A content that went is dropped like any other. */
	mm412_content_drop(w.mm, w_cpu(&w), page[0]);
	mm412_content_drop(w.mm, w_cpu(&w), page[51]);
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 48);
}

static void a_page_that_was_begun_goes_on_where_it_was(void)
{
	fill(110);
	for (unsigned i = 0; i < 2; i++) {
		uint64_t objects = mm412_slab_pages(w.mm, node) * OBJECTS;

		/* So that delta is 1024 exactly. */
		CU_ASSERT_EQUAL(shrink(GFP_KERNEL, 512, objects - 1), 1024);
	}
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 110 - 102);
	CU_ASSERT_EQUAL(mm412_page(w.mm, w.mm->s[node->slabs].prev)->swap, 8);
}

static void used_pages_go_last(void)
{
	uint32_t first = slab_page();

	for (unsigned i = 0; i < 99; i++)
		slab_page();
	mm412_content_try(w.mm, w_cpu(&w), first, false);
	CU_ASSERT_EQUAL(shrink(GFP_KERNEL, 300, 1000), 1024);
	CU_ASSERT_TRUE(is_there(first));
}

static void vfs_cache_pressure_makes_the_cache_look_larger_or_smaller(void)
{
	fill(7); /* 140 objects */
	w.mm->params.vfs_cache_pressure[0] = 150;
	shrink(GFP_KERNEL, 0, 1000);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_SLAB_START].value[5], 210);
	w.mm->params.vfs_cache_pressure[0] = 33;
	shrink(GFP_KERNEL, 0, 1000);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_SLAB_START].value[5], 33 + 13);
	/* 0: it is never asked. */
	w.mm->params.vfs_cache_pressure[0] = 0;
	shrink(GFP_KERNEL, 0, 1000);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_SHRINK_SLAB_START], 2);
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 7);
}

static void a_page_of_a_higher_order_goes_as_a_whole(void)
{
	uint32_t slot = w_block(&w, 3, "GFP_KERNEL|__GFP_RECLAIMABLE|__GFP_COMP");
	struct mm_content what = { .kind = MM_KIND_SLAB, .order = 3 };
	int64_t free = mm412_vmstat_exact(w.mm, &w.mm->zones[0]);

	mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, slot), what);
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 8);
	CU_ASSERT_EQUAL(shrink(GFP_KERNEL, 1000, 1000), 8 * OBJECTS);
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 0);
	CU_ASSERT_EQUAL(mm412_vmstat_exact(w.mm, &w.mm->zones[0]), free + 8);
}

static uint32_t used_slab_page(void)
{
	struct mm_content what = { .task = 1, .kind = MM_KIND_SLAB, .active = true };

	return mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, w_page(&w)), what);
}

/* Of seven pages three have a shrinker, and are all that it counts and frees. */
static void pages_of_nodes_and_buffers_are_neither_counted_nor_freed(void)
{
	uint32_t used[4];

	for (unsigned i = 0; i < 4; i++)
		used[i] = used_slab_page();
	CU_ASSERT_EQUAL(shrink(GFP_KERNEL, 1000, 1000), 0);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_SHRINK_SLAB_START], 0);
	fill(7);
	CU_ASSERT_EQUAL(mm412_content_try(w.mm, w_cpu(&w), used[0], false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(shrink(GFP_KERNEL, 1000, 1000), 3 * OBJECTS);
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 4);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT(is_there(used[i]));
		mm412_content_drop(w.mm, w_cpu(&w), used[i]);
	}
	CU_ASSERT_EQUAL(mm412_slab_pages(w.mm, node), 0);
	CU_ASSERT_EQUAL(node->slabs_in_use, 0);
}

static void an_empty_cache_is_not_asked(void)
{
	CU_ASSERT_EQUAL(shrink(GFP_KERNEL, 1000, 1000), 0);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_SHRINK_SLAB_START], 0);
}

static CU_TestInfo tests[] = {
	{ "objects are scanned as the kernel would", objects_are_scanned_as_the_kernel_would },
	{ "calls recorded on a real kernel come out the same",
	  calls_recorded_on_a_real_kernel_come_out_the_same },
	{ "the oldest pages go first and only whole",
	  the_oldest_pages_go_first_and_only_whole },
	{ "a page that was begun goes on where it was",
	  a_page_that_was_begun_goes_on_where_it_was },
	{ "used pages go last", used_pages_go_last },
	{ "vfs cache pressure makes the cache look larger or smaller",
	  vfs_cache_pressure_makes_the_cache_look_larger_or_smaller },
	{ "a page of a higher order goes as a whole",
	  a_page_of_a_higher_order_goes_as_a_whole },
	{ "pages of nodes and buffers are neither counted nor freed",
	  pages_of_nodes_and_buffers_are_neither_counted_nor_freed },
	{ "an empty cache is not asked", an_empty_cache_is_not_asked },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_slab", NULL, NULL, open_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
