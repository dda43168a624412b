/*
 * What is seen of a list's length: a global part and the CPUs' parts. Two CPUs and a zone of
 * 128 MiB and more give a threshold of 8 (2 * 2 * (1 + 1)), which a part may reach.
 */
#include "tests/model/world412.h"

#define FRAMES 40960

static struct world412 w;
static struct mm412_node_sleep *node;

static void open_two_cpus(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA32", K_NORMAL - FRAMES, K_NORMAL },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 4096 },
	};

	w_init(&w, 2, 1);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 0);
	node = w_node(&w, 0);
}

static void close_world(void)
{
	k_drop(&w.k);
}

static int64_t seen(enum mm412_lru lru)
{
	return mm412_lru_count_seen(node, lru);
}

static int8_t part(unsigned cpu, enum mm412_lru lru)
{
	return mm412_lru_count_of(node, cpu)[lru];
}

static void by_cpu(unsigned cpu, enum mm412_lru lru, int64_t pages)
{
	node->lru.cpu = cpu;
	node->stat[MM412_NODE_LRU + lru] += pages;
	mm412_lru_count_add(node, lru, pages);
}

static void a_part_above_the_threshold_joins_what_is_seen(void)
{
	CU_ASSERT_EQUAL(node->lru.threshold, 8);
	for (int i = 0; i < 8; i++)
		by_cpu(0, MM412_INACTIVE_FILE, 1);
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 0);
	by_cpu(0, MM412_INACTIVE_FILE, 1);
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 9);
	CU_ASSERT_EQUAL(part(0, MM412_INACTIVE_FILE), 0);
	for (int i = 0; i < 8; i++)
		by_cpu(0, MM412_INACTIVE_FILE, -1);
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 9);
	by_cpu(0, MM412_INACTIVE_FILE, -1);
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 0);
}

static void each_cpu_and_each_list_has_its_own_part(void)
{
	by_cpu(0, MM412_INACTIVE_FILE, 5);
	by_cpu(1, MM412_INACTIVE_FILE, 5);
	by_cpu(1, MM412_ACTIVE_FILE, 4);
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 0);
	CU_ASSERT_EQUAL(mm412_lru_count_parts(w.mm, node, MM412_INACTIVE_FILE), 10);
	by_cpu(1, MM412_INACTIVE_FILE, 4);
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 9);
	CU_ASSERT_EQUAL(part(0, MM412_INACTIVE_FILE), 5);
	CU_ASSERT_EQUAL(part(1, MM412_ACTIVE_FILE), 4);
}

static void less_than_nothing_is_seen_as_nothing(void)
{
	by_cpu(0, MM412_ACTIVE_ANON, 8);
	by_cpu(1, MM412_ACTIVE_ANON, -9);
	CU_ASSERT_EQUAL(node->lru.seen[MM412_ACTIVE_ANON], -9);
	CU_ASSERT_EQUAL(seen(MM412_ACTIVE_ANON), 0);
	CU_ASSERT_EQUAL(mm412_lru_size(w.mm, node, MM412_ACTIVE_ANON, MM412_ZONE_TYPES), 0);
}

static void the_tick_of_a_cpu_adds_its_parts(void)
{
	by_cpu(0, MM412_INACTIVE_FILE, 5);
	by_cpu(1, MM412_INACTIVE_FILE, 3);
	mm412_lru_count_fold(w.mm, 0);
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 5);
	CU_ASSERT_EQUAL(part(0, MM412_INACTIVE_FILE), 0);
	mm412_policy.tick(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 5);
	CU_ASSERT_EQUAL(part(1, MM412_INACTIVE_FILE), 3);
	mm412_lru_count_fold(w.mm, 1);
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 8);
}

static uint32_t on_list(void)
{
	uint32_t slot = w_page(&w);

	*mm412_page(w.mm, slot) = (struct mm412_page){ .flags = MM412_PG_REFERENCED };
	mm412_lru_pin(w.mm, slot);
	mm412_lru_link(w.mm, slot, MM412_INACTIVE_FILE);
	return slot;
}

/* Pages get onto a list one by one; a batch that is taken off is one change for each zone. */
static void a_batch_that_is_taken_off_counts_at_once(void)
{
	struct mm412_task nobody = { 0 };
	struct mm412_scan sc = { .task = &nobody,
				 .reclaim_idx = MM412_ZONE_TYPES - 1,
				 .may_unmap = true };
	struct mm412_chain out = mm412_chain_empty();
	uint64_t scanned = 0;

	node->lru.cpu = 0;
	for (int i = 0; i < 20; i++)
		on_list();
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 18);
	CU_ASSERT_EQUAL(part(0, MM412_INACTIVE_FILE), 2);
	mm412_lru_lock(w.mm, w_cpu(&w), node);
	CU_ASSERT_EQUAL(mm412_isolate_lru(w.mm, w_cpu(&w), node, MM412_INACTIVE_FILE, 15, &sc,
					  false, &out, &scanned),
			15);
	mm412_lru_unlock(w_cpu(&w), node);
	/* 2 - 15 at once; one by one it would have been 2 - 11, and then -4. */
	CU_ASSERT_EQUAL(seen(MM412_INACTIVE_FILE), 5);
	CU_ASSERT_EQUAL(part(0, MM412_INACTIVE_FILE), 0);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_LRU + MM412_INACTIVE_FILE], 5);
}

static CU_TestInfo tests[] = {
	{ "a part above the threshold joins what is seen",
	  a_part_above_the_threshold_joins_what_is_seen },
	{ "each CPU and each list has its own part", each_cpu_and_each_list_has_its_own_part },
	{ "less than nothing is seen as nothing", less_than_nothing_is_seen_as_nothing },
	{ "the tick of a CPU adds its parts", the_tick_of_a_cpu_adds_its_parts },
	{ "a batch that is taken off counts at once",
	  a_batch_that_is_taken_off_counts_at_once },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "lists as they are seen", NULL, NULL, open_two_cpus, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
