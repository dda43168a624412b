/* Swap space: which slot comes next, who has it, and when it is free again. */
#include "tests/model/swap412.h"

enum { FRAMES = 4096 };

static uint32_t get(struct world412 *w, unsigned cpu)
{
	return mm412_swap_slots_get(w->mm, &w->k.cpus[cpu]);
}

static void open_two(struct world412 *w, uint64_t swap)
{
	w_init(w, 2, 1);
	k_one_zone(&w->k, 2, FRAMES);
	w_boot(w, swap);
}

static void a_disk_that_seeks(struct world412 *w, uint64_t swap)
{
	w_init(w, 1, 1);
	k_one_zone(&w->k, 1, FRAMES);
	w_boot(w, 0);
	mm412_swap_done(w->mm);
	w->mm->sleep->host.swap_rotates = true;
	CU_ASSERT_FATAL(mm412_swap_make(w->mm, swap));
}

/* Columns of 64 clusters: after 64 comes 1, the cluster of the header is nobody's own. */
static void each_cpu_begins_a_cluster_of_its_own(void)
{
	struct world412 w;

	open_two(&w, 128 * 256);
	for (uint32_t i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(get(&w, 0), 64 * 256 + i);
	for (uint32_t i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(get(&w, 1), 1 * 256 + i);
	for (uint32_t i = 100; i < 256; i++)
		CU_ASSERT_EQUAL(get(&w, 0), 64 * 256 + i);
	CU_ASSERT_EQUAL(get(&w, 0), 65 * 256);
	w_close(&w);
}

static void slots_are_taken_64_at_a_time_while_there_are_many(void)
{
	struct world412 w;

	open_two(&w, 1 + 2 * 5 * 64 + 1);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 641);
	get(&w, 0);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 641 - 64);
	for (unsigned i = 1; i < 64; i++)
		get(&w, 0);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 641 - 64);
	get(&w, 0);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 641 - 128);
	w_close(&w);
}

static void few_slots_are_taken_one_by_one(void)
{
	struct world412 w;

	open_two(&w, 1 + 2 * 5 * 64);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 640);
	get(&w, 0);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 639);
	w_close(&w);
}

/* Below 2 * 64 a CPU what the caches hold goes back, and they stay unused up to 5 * 64. */
static void the_caches_are_emptied_when_slots_run_short(void)
{
	struct world412 w;
	uint32_t taken = 0;

	open_two(&w, 1 + 1000);
	get(&w, 1);
	for (taken = 1; mm412_swap_free_pages(w.mm) >= 2 * 2 * 64; taken++)
		get(&w, 0);
	CU_ASSERT_TRUE(w.mm->sleep->swap->caches_active);
	CU_ASSERT_EQUAL(w.mm->sleep->swap->cpus[1].nr, 63);
	get(&w, 0);
	taken++;
	CU_ASSERT_FALSE(w.mm->sleep->swap->caches_active);
	CU_ASSERT_EQUAL(w.mm->sleep->swap->cpus[1].nr, 0);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 1000 - taken);
	w_close(&w);
}

static void every_slot_is_handed_out_once(void)
{
	static bool seen[1000];
	struct world412 w;

	memset(seen, 0, sizeof(seen));
	open_two(&w, 1000);
	for (unsigned i = 0; i < 999; i++) {
		uint32_t slot = get(&w, i % 2);

		CU_ASSERT_FATAL(slot > 0 && slot < 1000);
		CU_ASSERT_FALSE(seen[slot]);
		seen[slot] = true;
	}
	CU_ASSERT_EQUAL(get(&w, 0), MM412_NONE);
	CU_ASSERT_EQUAL(get(&w, 1), MM412_NONE);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 0);
	mm412_swap_uncache(w.mm, w_cpu(&w), 500);
	CU_ASSERT_EQUAL(get(&w, 1), 500);
	CU_ASSERT_EQUAL(get(&w, 1), MM412_NONE);
	w_close(&w);
}

static void freed_slots_wait_in_the_cpu_s_cache(void)
{
	struct world412 w;
	uint32_t slots[65];

	open_two(&w, 4096);
	for (unsigned i = 0; i < 65; i++)
		slots[i] = get(&w, 0);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 4095 - 128);
	for (unsigned i = 0; i < 64; i++)
		mm412_swap_uncache(w.mm, w_cpu(&w), slots[i]);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 4095 - 128);
	mm412_swap_uncache(w.mm, w_cpu(&w), slots[64]);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 4095 - 64);
	w_close(&w);
}

static void a_disk_that_seeks_is_filled_from_its_beginning(void)
{
	struct world412 w;

	a_disk_that_seeks(&w, 4096);
	for (uint32_t i = 1; i <= 600; i++)
		CU_ASSERT_EQUAL(get(&w, 0), i);
	w_close(&w);
}

/* What was freed behind it is not taken before a run of 256 has been used up; then the lowest
 * run of 256 free slots is. */
static void a_disk_that_seeks_looks_for_a_new_run_every_256_slots(void)
{
	struct world412 w;
	struct mm412_swap *swap;
	uint32_t slot;

	a_disk_that_seeks(&w, 4096);
	swap = w.mm->sleep->swap;
	for (uint32_t i = 1; i <= 300; i++)
		CU_ASSERT_FATAL(mm412_swap_map_scan(w.mm, w_cpu(&w), &slot, 1) == 1 &&
				slot == i);
	for (uint32_t i = 1; i <= 10; i++)
		mm412_swap_map_free(swap, i);
	for (uint32_t i = 301; i <= 512; i++)
		CU_ASSERT_FATAL(mm412_swap_map_scan(w.mm, w_cpu(&w), &slot, 1) == 1 &&
				slot == i);
	for (uint32_t i = 11; i <= 256; i++)
		mm412_swap_map_free(swap, i);
	for (uint32_t i = 1; i <= 256; i++)
		CU_ASSERT_FATAL(mm412_swap_map_scan(w.mm, w_cpu(&w), &slot, 1) == 1 &&
				slot == i);
	CU_ASSERT(mm412_swap_map_scan(w.mm, w_cpu(&w), &slot, 1) == 1 && slot == 513);
	w_close(&w);
}

/* Slots 1 to 60 are those of pages that are in memory, too. When the search comes past such a
 * slot it takes it away, rather than look for one that nobody has. */
static void slots_that_only_the_cache_has_are_reused_when_half_is_taken(void)
{
	enum { SWAP = 101 };
	struct world412 w;
	uint32_t kept[61];

	a_disk_that_seeks(&w, SWAP);
	for (uint32_t i = 1; i <= 60; i++) {
		kept[i] = s_anon(&w);
		mm412_pagevec_drain(w.mm, w_cpu(&w));
		CU_ASSERT_TRUE(
			mm412_swap_add(w.mm, w_cpu(&w), NULL, w_slot(&w, kept[i]), NULL));
		CU_ASSERT_EQUAL(s_page(&w, kept[i])->swap, i);
		CU_ASSERT_EQUAL(mm412_swap_full(w.mm), i > 50);
	}
	for (uint32_t i = 61; i <= 100; i++)
		CU_ASSERT_EQUAL(get(&w, 0), i);
	CU_ASSERT_EQUAL(get(&w, 0), MM412_NONE);
	CU_ASSERT_TRUE(mm412_swap_try_free(w.mm, w_cpu(&w), w_slot(&w, kept[10])));
	CU_ASSERT_TRUE(mm412_swap_try_free(w.mm, w_cpu(&w), w_slot(&w, kept[50])));
	CU_ASSERT_EQUAL(get(&w, 0), 10);
	CU_ASSERT_TRUE(s_flags(&w, kept[11]) & MM412_PG_SWAPCACHE);
	CU_ASSERT_EQUAL(get(&w, 0), 11);
	CU_ASSERT_FALSE(s_flags(&w, kept[11]) & MM412_PG_SWAPCACHE);
	CU_ASSERT_TRUE(s_flags(&w, kept[11]) & MM412_PG_DIRTY);
	CU_ASSERT_EQUAL(get(&w, 0), 12);
	CU_ASSERT_EQUAL(mm412_swap_cached(w.mm, 50), MM412_NONE);
	k_drop(&w.k);
}

/* A cluster that has become empty is at the end of the line again, also for who was in it. */
static void an_emptied_cluster_is_left(void)
{
	struct world412 w;
	uint32_t slot;

	w_open(&w, FRAMES, 10 * 256);
	CU_ASSERT_EQUAL(mm412_swap_map_scan(w.mm, w_cpu(&w), &slot, 1), 1);
	CU_ASSERT_EQUAL(slot, 256);
	mm412_swap_map_free(w.mm->sleep->swap, slot);
	CU_ASSERT_EQUAL(mm412_swap_map_scan(w.mm, w_cpu(&w), &slot, 1), 1);
	CU_ASSERT_EQUAL(slot, 512);
	k_drop(&w.k);
}

static void a_huge_page_that_cannot_be_split_takes_no_slot(void)
{
	struct world412 w;
	uint32_t head, in_use;

	w_open(&w, FRAMES, 300);
	head = w_slot(&w, s_huge(&w));
	in_use = w.mm->sleep->swap->in_use;
	CU_ASSERT_FALSE(mm412_swap_add(w.mm, w_cpu(&w), NULL, head, NULL));
	CU_ASSERT_EQUAL(w.mm->sleep->swap->in_use, in_use);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 299);
	w_close(&w);
}

/* The search that no cluster helps begins behind the slot where the last one ended. */
static void without_a_free_cluster_every_other_slot_is_taken_first(void)
{
	struct world412 w;

	w_open(&w, FRAMES, 101);
	for (uint32_t i = 2; i <= 100; i += 2)
		CU_ASSERT_EQUAL(get(&w, 0), i);
	for (uint32_t i = 1; i <= 5; i += 2)
		CU_ASSERT_EQUAL(get(&w, 0), i);
	w_close(&w);
}

static void without_swap_nothing_goes_there(void)
{
	struct world412 w;
	uint32_t number;

	w_open(&w, FRAMES, 0);
	number = s_anon(&w);
	CU_ASSERT_EQUAL(mm412_swap_total(w.mm), 0);
	CU_ASSERT_FALSE(mm412_swap_full(w.mm));
	CU_ASSERT_FALSE(mm412_swap_add(w.mm, w_cpu(&w), NULL, w_slot(&w, number), NULL));
	s_squeeze(&w, number);
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_ACTIVE);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "each CPU begins a cluster of its own", each_cpu_begins_a_cluster_of_its_own },
	{ "slots are taken 64 at a time while there are many",
	  slots_are_taken_64_at_a_time_while_there_are_many },
	{ "few slots are taken one by one", few_slots_are_taken_one_by_one },
	{ "the caches are emptied when slots run short",
	  the_caches_are_emptied_when_slots_run_short },
	{ "every slot is handed out once", every_slot_is_handed_out_once },
	{ "freed slots wait in the CPU's cache", freed_slots_wait_in_the_cpu_s_cache },
	{ "a disk that seeks is filled from its beginning",
	  a_disk_that_seeks_is_filled_from_its_beginning },
	{ "a disk that seeks looks for a new run every 256 slots",
	  a_disk_that_seeks_looks_for_a_new_run_every_256_slots },
	{ "slots that only the cache has are reused when half is taken",
	  slots_that_only_the_cache_has_are_reused_when_half_is_taken },
	{ "an emptied cluster is left", an_emptied_cluster_is_left },
	{ "a huge page that cannot be split takes no slot",
	  a_huge_page_that_cannot_be_split_takes_no_slot },
	{ "without a free cluster every other slot is taken first",
	  without_a_free_cluster_every_other_slot_is_taken_first },
	{ "without swap nothing goes there", without_swap_nothing_goes_there },
	CU_TEST_INFO_NULL,
};
static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_swap", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
