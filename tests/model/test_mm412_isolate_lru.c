/* isolate_lru_pages(): what a batch takes, what it skips, and where that goes. */
#include "model/v4_12/mm412_scan.h"
#include "tests/model/world412.h"

#define DMA32_PAGES 4096

static struct world412 w;
static struct mm412_node_sleep *node;
static struct mm412_task task;
static struct mm412_chain out;
static uint64_t scanned;

/* One node with a DMA32 and a Normal zone. */
static void two_zones(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA32", K_NORMAL - DMA32_PAGES, K_NORMAL },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 8192 },
	};

	w_init(&w, 1, 1);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 1024);
	node = w_node(&w, 0);
	memset(&task, 0, sizeof(task));
	out = mm412_chain_empty();
	scanned = 0;
}

/* The batch goes back, and everything else is as it should be. */
static void drop(void)
{
	struct mm412_chain gone = mm412_chain_empty();

	while (out.entries) {
		uint32_t slot = out.last;

		mm412_chain_del(w.mm, &out, slot);
		mm412_scan_inactive_putback(w.mm, slot, &gone);
	}
	CU_ASSERT_EQUAL(gone.entries, 0);
	w_close(&w);
}

/* A clean page of a file on the inactive list, in the zone of these flags. */
static uint32_t file_page(const char *gfp)
{
	uint32_t slot = w_block(&w, 0, gfp);
	struct mm_content what = { .kind = MM_KIND_FILE };

	CU_ASSERT_NOT_EQUAL_FATAL(
		mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, slot), what),
		MM_NO_CONTENT);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	return slot;
}

static uint32_t low_page(void)
{
	return file_page("GFP_DMA32");
}

static uint32_t high_page(void)
{
	return file_page("GFP_HIGHUSER_MOVABLE");
}

static uint64_t isolate(enum mm412_lru lru, uint64_t nr, unsigned idx, bool unmapped)
{
	struct mm412_scan sc = { .task = &task, .reclaim_idx = idx, .order = 3 };
	uint64_t taken;

	mm412_lru_lock(w.mm, w_cpu(&w), node);
	taken = mm412_isolate_lru(w.mm, w_cpu(&w), node, lru, nr, &sc, unmapped, &out,
				  &scanned);
	mm412_lru_unlock(w_cpu(&w), node);
	return taken;
}

/* The n-th page of the inactive file list from its head, from 0. */
static uint32_t on_list(unsigned n)
{
	uint32_t slot = mm412_lru_head(node, MM412_INACTIVE_FILE);

	for (n++; n; n--)
		slot = w.mm->s[slot].next;
	return slot;
}

static void a_batch_is_taken_from_the_tail_and_pinned(void)
{
	uint32_t pages[5];

	for (unsigned i = 0; i < 5; i++)
		pages[i] = high_page();
	CU_ASSERT_EQUAL(isolate(MM412_INACTIVE_FILE, 3, MM412_ZONE_MOVABLE, false), 3);
	CU_ASSERT_EQUAL(scanned, 3);
	CU_ASSERT_EQUAL(out.entries, 3);
	/* Who walks from the tail meets them as the list had them. */
	CU_ASSERT_EQUAL(out.last, pages[0]);
	CU_ASSERT_EQUAL(out.first, pages[2]);
	CU_ASSERT_EQUAL(mm412_page(w.mm, pages[0])->pins, 1);
	CU_ASSERT_EQUAL(mm412_page(w.mm, pages[0])->flags, MM412_PG_ISOLATED);
	CU_ASSERT_EQUAL(w.mm->s[pages[0]].use & MM_USE_LRU, 0);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_LRU + MM412_INACTIVE_FILE], 2);
	CU_ASSERT_EQUAL(on_list(0), pages[4]);
}

static void a_list_that_is_too_short_gives_what_it_has(void)
{
	high_page();
	CU_ASSERT_EQUAL(isolate(MM412_INACTIVE_FILE, 32, MM412_ZONE_MOVABLE, false), 1);
	CU_ASSERT_EQUAL(isolate(MM412_INACTIVE_FILE, 32, MM412_ZONE_MOVABLE, false), 0);
	CU_ASSERT_EQUAL(scanned, 1);
}

static void pages_of_higher_zones_are_skipped_to_the_head_and_do_not_count(void)
{
	uint32_t a = high_page(), b = low_page(), c = high_page(), d = low_page();
	uint32_t e = high_page();

	CU_ASSERT_EQUAL(isolate(MM412_INACTIVE_FILE, 2, MM412_ZONE_DMA32, false), 2);
	CU_ASSERT_EQUAL(out.last, b);
	CU_ASSERT_EQUAL(out.first, d);
	CU_ASSERT_EQUAL(scanned, 4);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_PGSKIP + MM412_ZONE_NORMAL], 2);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_PGSKIP + MM412_ZONE_DMA32], 0);
	/* The last one skipped is at the head. */
	CU_ASSERT_EQUAL(on_list(0), c);
	CU_ASSERT_EQUAL(on_list(1), a);
	CU_ASSERT_EQUAL(on_list(2), e);
	CU_ASSERT_EQUAL(mm412_page(w.mm, a)->flags, MM412_PG_LRU);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_LRU + MM412_INACTIVE_FILE], 3);
	CU_ASSERT_EQUAL(mm412_zone_sleep(w.mm, w_zone(&w, 0, "DMA32"))
				->stat[MM412_ZONE_LRU + MM412_INACTIVE_FILE],
			0);
}

static void a_list_of_ineligible_pages_alone_is_walked_once(void)
{
	for (unsigned i = 0; i < 10; i++)
		high_page();
	CU_ASSERT_EQUAL(isolate(MM412_INACTIVE_FILE, 2, MM412_ZONE_DMA32, false), 0);
	CU_ASSERT_EQUAL(scanned, 10);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_PGSKIP + MM412_ZONE_NORMAL], 10);
}

static void mapped_pages_go_to_the_head_when_only_unmapped_ones_are_wanted(void)
{
	uint32_t mapped = w_slot(&w, w_hold(&w, 1, MM_KIND_ANON, true)), other;

	mm412_pagevec_drain(w.mm, w_cpu(&w));
	other = mm412_page(w.mm, mapped)->flags & MM412_PG_ACTIVE ? MM412_ACTIVE_ANON
								  : MM412_INACTIVE_ANON;
	CU_ASSERT_EQUAL(isolate((enum mm412_lru)other, 32, MM412_ZONE_MOVABLE, true), 0);
	/* Each counts, or the walk would not end. */
	CU_ASSERT_EQUAL(scanned, 32);
	CU_ASSERT_EQUAL(isolate((enum mm412_lru)other, 32, MM412_ZONE_MOVABLE, false), 1);
}

static void a_huge_page_counts_as_its_pages(void)
{
	uint32_t slot = w_block(&w, 9, "GFP_HIGHUSER_MOVABLE|__GFP_COMP");
	struct mm_content what = { .kind = MM_KIND_ANON, .order = 9 };

	mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, slot), what);
	w_hold(&w, 1, MM_KIND_ANON, true);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(isolate(mm412_lru_of(w.mm, slot), 32, MM412_ZONE_MOVABLE, false), 512);
	CU_ASSERT_EQUAL(scanned, 1);
	CU_ASSERT_EQUAL(out.entries, 1);
}

static void the_tracepoint_shows_what_was_done(void)
{
	static const int64_t want[] = {
		2, MM412_ZONE_DMA32, 3, 2, 4, 2, 2, MM412_INACTIVE_FILE
	};

	high_page();
	low_page();
	high_page();
	low_page();
	isolate(MM412_INACTIVE_FILE, 2, MM412_ZONE_DMA32, true);
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
		CU_ASSERT_EQUAL(w.last[MM_EVENT_LRU_ISOLATE].value[i], want[i]);
}

static CU_TestInfo tests[] = {
	{ "a batch is taken from the tail and pinned",
	  a_batch_is_taken_from_the_tail_and_pinned },
	{ "a list that is too short gives what it has",
	  a_list_that_is_too_short_gives_what_it_has },
	{ "pages of higher zones are skipped to the head and do not count",
	  pages_of_higher_zones_are_skipped_to_the_head_and_do_not_count },
	{ "a list of ineligible pages alone is walked once",
	  a_list_of_ineligible_pages_alone_is_walked_once },
	{ "mapped pages go to the head when only unmapped ones are wanted",
	  mapped_pages_go_to_the_head_when_only_unmapped_ones_are_wanted },
	{ "a huge page counts as its pages", a_huge_page_counts_as_its_pages },
	{ "the tracepoint shows what was done", the_tracepoint_shows_what_was_done },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_isolate_lru", NULL, NULL, two_zones, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
