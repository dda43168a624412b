/* Nodes of shadows: which there are, how many may stay, what is forgotten with them. */
#include "tests/model/swap412.h"

enum { FRAMES = 8192, SLOTS = 64 };

static struct world412 w;

static void open_world(void)
{
	w_open(&w, FRAMES, 0);
}

static void close_world(void)
{
	w_close(&w);
}

/* Pages of files, with numbers in a row from 0 on. */
static void hold_files(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		CU_ASSERT_EQUAL_FATAL(w_hold(&w, 0, MM_KIND_FILE, false), i);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
}

static void evict(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		s_out(&w, i);
}

static uint64_t count(void)
{
	return mm412_shadow_count(w.mm, w_node(&w, 0));
}

static void a_node_counts_when_its_last_page_is_gone(void)
{
	CU_ASSERT_EQUAL(count(), 0);
	hold_files(SLOTS);
	evict(0, SLOTS - 1);
	CU_ASSERT_EQUAL(count(), 0);
	evict(SLOTS - 1, SLOTS);
	CU_ASSERT_EQUAL(count(), 1);
	/* A page comes back, and goes again. */
	CU_ASSERT_EQUAL(s_access(&w, 5, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(count(), 0);
	evict(5, 6);
	for (unsigned i = 0; i < SLOTS; i++)
		if (s_content(&w, i)->place == MM412_IN_MEMORY)
			s_out(&w, i);
	CU_ASSERT_EQUAL(count(), 1);
}

static void what_ends_leaves_no_node(void)
{
	hold_files(3);
	evict(0, 2);
	CU_ASSERT_EQUAL(count(), 0);
	/* The page that stayed is truncated: shadows are left. */
	s_drop(&w, 2);
	CU_ASSERT_EQUAL(count(), 1);
	s_drop(&w, 0);
	CU_ASSERT_EQUAL(count(), 1);
	s_drop(&w, 1);
	CU_ASSERT_EQUAL(count(), 0);
}

static void a_new_page_in_the_node_takes_it_off_the_list(void)
{
	hold_files(2);
	evict(0, 2);
	CU_ASSERT_EQUAL(count(), 1);
	w_hold(&w, 0, MM_KIND_ANON, true);
	CU_ASSERT_EQUAL(count(), 1);
	w_hold(&w, 0, MM_KIND_FILE, false);
	CU_ASSERT_EQUAL(count(), 0);
}

/* One node for each eight pages of files. */
static void as_many_may_stay_as_the_page_cache_has_use_for(void)
{
	int64_t *file = w_node(&w, 0)->lru.seen;

	hold_files(5 * SLOTS);
	evict(0, 5 * SLOTS);
	CU_ASSERT_EQUAL(count(), 5);
	file[MM412_INACTIVE_FILE] += 17;
	file[MM412_ACTIVE_FILE] += 6;
	CU_ASSERT_EQUAL(count(), 3);
	file[MM412_ACTIVE_FILE] += 1;
	CU_ASSERT_EQUAL(count(), 2);
	file[MM412_ACTIVE_FILE] += 100;
	CU_ASSERT_EQUAL(count(), 0);
	file[MM412_INACTIVE_FILE] -= 17;
	file[MM412_ACTIVE_FILE] -= 107;
}

static void the_oldest_nodes_are_forgotten_first(void)
{
	hold_files(3 * SLOTS);
	evict(SLOTS, 2 * SLOTS);
	evict(0, SLOTS);
	evict(2 * SLOTS, 3 * SLOTS);
	CU_ASSERT_EQUAL(mm412_shadow_scan(w.mm, w_node(&w, 0), 2), 2);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_WORKINGSET_NODERECLAIM), 2);
	for (unsigned i = 0; i < 3 * SLOTS; i++)
		CU_ASSERT_EQUAL(s_content(&w, i)->shadow != 0, i >= 2 * SLOTS);
	CU_ASSERT_EQUAL(mm412_shadow_scan(w.mm, w_node(&w, 0), 128), 1);
	CU_ASSERT_EQUAL(mm412_shadow_scan(w.mm, w_node(&w, 0), 128), 0);
	/* A first read again. */
	CU_ASSERT_EQUAL(s_access(&w, 0, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_WORKINGSET_REFAULT), 0);
}

static void reclaim_that_presses_hard_shrinks_them(void)
{
	hold_files(SLOTS);
	evict(0, SLOTS);
	/* 4 * 10 / 2 * 1 / 11: one node, which is all there is. */
	CU_ASSERT_EQUAL(mm412_slab_shrink(w.mm, w_cpu(&w), w_node(&w, 0),
					  &w.mm->sleep->kswapd_task[0], 0, 10, 10),
			1);
	CU_ASSERT_EQUAL(s_event(&w, MM412_SLABS_SCANNED), 1);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_SLAB_START].value[8], MM_EVENT_SHADOW_NODES);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_SHRINK_SLAB_END].value[5], MM_EVENT_SHADOW_NODES);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_WORKINGSET_NODERECLAIM), 1);
	CU_ASSERT_EQUAL(count(), 0);
}

static CU_TestInfo tests[] = {
	{ "a node counts when its last page is gone",
	  a_node_counts_when_its_last_page_is_gone },
	{ "what ends leaves no node", what_ends_leaves_no_node },
	{ "a new page in the node takes it off the list",
	  a_new_page_in_the_node_takes_it_off_the_list },
	{ "as many may stay as the page cache has use for",
	  as_many_may_stay_as_the_page_cache_has_use_for },
	{ "the oldest nodes are forgotten first", the_oldest_nodes_are_forgotten_first },
	{ "reclaim that presses hard shrinks them", reclaim_that_presses_hard_shrinks_them },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_shadow", NULL, NULL, open_world, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
