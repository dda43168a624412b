/* Refault distances against a count of evictions and activations kept by the test. */
#include "tests/model/world412.h"

static struct world412 w;
static struct mm412 *mm;

static void open_nodes(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "Normal", K_NORMAL, K_NORMAL + 8192 },
		{ 1, "Normal", K_NORMAL + 8192, K_NORMAL + 16384 },
	};

	w_init(&w, 2, 2);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 0);
	mm = w.mm;
}

static void close_world(void)
{
	k_drop(&w.k);
}

static uint32_t page_on(unsigned nid)
{
	struct mm_grant grant = w_request(&w, nid, 0, "GFP_KERNEL", 1);

	CU_ASSERT_EQUAL_FATAL(grant.node, nid);
	return mm412_slot(mm, grant.frame);
}

/* So many pages on the node's active file list. */
static void fill_active(unsigned nid, unsigned pages)
{
	while (pages-- > 0) {
		uint32_t slot = page_on(nid);

		mm412_page(mm, slot)->flags = MM412_PG_ACTIVE;
		mm412_lru_pin(mm, slot);
		mm412_lru_link(mm, slot, MM412_ACTIVE_FILE);
	}
	mm412_lru_count_fold(mm, 0);
}

static int64_t of_node(unsigned nid, unsigned item)
{
	return w_node(&w, nid)->stat[item];
}

static void a_page_that_comes_back_within_the_active_lists_length_is_activated(void)
{
	for (unsigned between = 0; between < 8; between++) {
		uint32_t slot = page_on(0);
		uint64_t shadow = mm412_workingset_eviction(mm, slot);

		if (between == 0)
			fill_active(0, 5);
		for (unsigned i = 0; i < between; i++)
			if (i & 1)
				mm412_workingset_activation(mm, slot);
			else
				mm412_workingset_eviction(mm, slot);
		CU_ASSERT_NOT_EQUAL(shadow, 0);
		CU_ASSERT_EQUAL(mm412_workingset_refault(mm, shadow), between <= 5);
	}
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_WORKINGSET_REFAULT), 8);
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_WORKINGSET_ACTIVATE), 6);
}

static void without_active_pages_only_the_page_evicted_last_is_activated(void)
{
	uint64_t first = mm412_workingset_eviction(mm, page_on(0));
	uint64_t last = mm412_workingset_eviction(mm, page_on(0));

	CU_ASSERT_FALSE(mm412_workingset_refault(mm, first));
	CU_ASSERT_TRUE(mm412_workingset_refault(mm, last));
}

static void each_node_has_its_own_age_and_refaults_count_where_the_page_was(void)
{
	uint32_t here = page_on(0), there = page_on(1);
	uint64_t shadow = mm412_workingset_eviction(mm, there);

	for (unsigned i = 0; i < 3; i++)
		mm412_workingset_eviction(mm, here);
	CU_ASSERT_EQUAL(w_node(&w, 0)->lru.inactive_age, 3);
	CU_ASSERT_EQUAL(w_node(&w, 1)->lru.inactive_age, 1);
	CU_ASSERT_TRUE(mm412_workingset_refault(mm, shadow));
	CU_ASSERT_EQUAL(of_node(0, MM412_NODE_WORKINGSET_REFAULT), 0);
	CU_ASSERT_EQUAL(of_node(1, MM412_NODE_WORKINGSET_REFAULT), 1);
	mm412_workingset_activation(mm, there);
	CU_ASSERT_EQUAL(w_node(&w, 1)->lru.inactive_age, 2);
}

/* 40 bits are what the kernel has for it. */
static void ages_far_beyond_any_run_are_told_apart(void)
{
	uint32_t slot = page_on(1);
	uint64_t shadow;

	fill_active(1, 2);
	w_node(&w, 1)->lru.inactive_age = (UINT64_C(1) << 40) - 2;
	shadow = mm412_workingset_eviction(mm, slot);
	mm412_workingset_eviction(mm, slot);
	CU_ASSERT_TRUE(mm412_workingset_refault(mm, shadow));
	mm412_workingset_eviction(mm, slot);
	CU_ASSERT_TRUE(mm412_workingset_refault(mm, shadow));
	mm412_workingset_eviction(mm, slot);
	CU_ASSERT_FALSE(mm412_workingset_refault(mm, shadow));
}

static CU_TestInfo tests[] = {
	{ "a page that comes back within the active list's length is activated",
	  a_page_that_comes_back_within_the_active_lists_length_is_activated },
	{ "without active pages only the page evicted last is activated",
	  without_active_pages_only_the_page_evicted_last_is_activated },
	{ "each node has its own age and refaults count where the page was",
	  each_node_has_its_own_age_and_refaults_count_where_the_page_was },
	{ "ages far beyond any run are told apart", ages_far_beyond_any_run_are_told_apart },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_workingset", NULL, NULL, open_nodes, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
