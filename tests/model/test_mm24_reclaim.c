/* reclaim_page() and refill_inactive_scan() page by page; how far a call goes, and when it
 * stops. What page_launder() does has its own test. */
#include "tests/model/world24.h"

static struct kernel24 k;
static struct sim_cpu *cpu;
static struct mm24 *mm;
static struct mm24_zone *zone;

/* Frames 0 to 1023: pages_min 32, low 64, high 96. */
static void one_zone(void)
{
	k_one_zone(&k, 1, 1024);
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_by_hand(&k, 0, true);
	mm = k.mm;
	cpu = &k.cpus[0];
	zone = k_zone(&k, 0, "DMA");
}

static void drop(void)
{
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/* An old page on the inactive_clean list. */
static uint32_t clean_page(void)
{
	uint32_t slot = w_old(&k);

	mm24_lru_move(mm, cpu, slot, MM24_INACTIVE_CLEAN);
	return slot;
}

static void the_oldest_clean_page_is_taken_with_age_2_and_the_callers_reference(void)
{
	uint32_t first = clean_page(), second = clean_page();
	uint64_t pressure = mm->memory_pressure;

	CU_ASSERT_EQUAL(mm24_reclaim_page(mm, cpu, zone), first);
	CU_ASSERT_EQUAL(mm->s[first].tag, 0);
	CU_ASSERT_EQUAL(mm->s[first].type, 2);
	CU_ASSERT_EQUAL(mm24_page(mm, first)->count, 1);
	CU_ASSERT_EQUAL(zone->inactive_clean_pages, 1);
	CU_ASSERT_EQUAL(mm24_reclaim_page(mm, cpu, zone), second);
	CU_ASSERT_EQUAL(mm24_reclaim_page(mm, cpu, zone), MM24_NONE);
	CU_ASSERT_EQUAL(mm->memory_pressure, pressure + 3);
	CU_ASSERT_EQUAL(zone->pgsteal, 2);
}

static void pages_that_cannot_be_taken_go_to_the_list_they_belong_to(void)
{
	static const struct {
		unsigned flags, age;
		int32_t count;
		unsigned want; /* 0 = taken */
	} rows[] = {
		{ 0, 0, 1, 0 },
		{ MM24_REFERENCED, 0, 1, MM24_ACTIVE },
		{ 0, 1, 1, MM24_ACTIVE },
		{ 0, 0, 2, MM24_ACTIVE },
		{ MM24_BUFFERS, 0, 2, MM24_INACTIVE_DIRTY },
		{ MM24_BUFFERS, 0, 5, MM24_INACTIVE_DIRTY },
		{ MM24_DIRTY, 0, 1, MM24_INACTIVE_DIRTY },
		{ MM24_LOCKED, 0, 1, MM24_INACTIVE_DIRTY },
		{ MM24_DIRTY | MM24_REFERENCED, 0, 1, MM24_ACTIVE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t slot = clean_page(), got;

		mm->s[slot].tag |= (uint16_t)rows[i].flags;
		mm->s[slot].type = (uint8_t)rows[i].age;
		mm24_page(mm, slot)->count = rows[i].count;
		got = mm24_reclaim_page(mm, cpu, zone);
		CU_ASSERT_EQUAL(got, rows[i].want ? MM24_NONE : slot);
		CU_ASSERT_EQUAL(w_list(&k, slot), rows[i].want);
		CU_ASSERT_EQUAL(mm->s[slot].tag & MM24_REFERENCED, 0);
		/* The age stays, also on the active list. */
		CU_ASSERT_EQUAL(mm->s[slot].type, rows[i].want ? rows[i].age : 2);
	}
}

static void reclaim_goes_on_behind_pages_that_it_cannot_take(void)
{
	uint32_t used = clean_page(), good = clean_page();

	mm->s[used].tag |= MM24_REFERENCED;
	CU_ASSERT_EQUAL(mm24_reclaim_page(mm, cpu, zone), good);
	CU_ASSERT_EQUAL(w_list(&k, used), MM24_ACTIVE);
}

static void the_scan_ages_referenced_pages_up_and_others_down(void)
{
	uint32_t used = w_cached(&k), idle = w_cached(&k);

	mm->s[used].tag |= MM24_REFERENCED;
	CU_ASSERT_EQUAL(mm24_reclaim_refill_scan(mm, cpu, 0, false), 0);
	CU_ASSERT_EQUAL(mm->s[used].type, 5);
	CU_ASSERT_EQUAL(mm->s[used].tag & MM24_REFERENCED, 0);
	CU_ASSERT_EQUAL(mm->s[idle].type, 1);
	/* Each went to the head: the order is the old one. */
	CU_ASSERT_EQUAL(mm->s[mm->active_head].prev, used);
	CU_ASSERT_EQUAL(mm24_reclaim_refill_scan(mm, cpu, 0, false), 1);
	CU_ASSERT_EQUAL(w_list(&k, idle), MM24_INACTIVE_DIRTY);
	CU_ASSERT_EQUAL(w_list(&k, used), MM24_ACTIVE);
}

static void the_scan_leaves_pages_that_somebody_has(void)
{
	static const struct {
		unsigned flags;
		int32_t count;
		unsigned want;
	} rows[] = {
		{ 0, 1, MM24_INACTIVE_DIRTY },
		{ 0, 2, MM24_ACTIVE },
		{ MM24_BUFFERS, 2, MM24_INACTIVE_DIRTY },
		{ MM24_BUFFERS, 3, MM24_ACTIVE },
		{ MM24_BUFFERS | MM24_RAMDISK, 2, MM24_ACTIVE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t slot = w_cached(&k);

		mm->s[slot].type = 1;
		mm->s[slot].tag |= (uint16_t)rows[i].flags;
		mm24_page(mm, slot)->count = rows[i].count;
		CU_ASSERT_EQUAL(mm24_reclaim_refill_scan(mm, cpu, 0, false),
				rows[i].want == MM24_INACTIVE_DIRTY);
		CU_ASSERT_EQUAL(w_list(&k, slot), rows[i].want);
		CU_ASSERT_EQUAL(mm->s[slot].type, 0);
		mm24_lru_del(mm, cpu, slot);
	}
}

static void a_oneshot_scan_ends_with_the_first_page_that_leaves(void)
{
	for (unsigned i = 0; i < 10; i++)
		mm->s[w_cached(&k)].type = 1;
	CU_ASSERT_EQUAL(mm24_reclaim_refill_scan(mm, cpu, 0, true), 1);
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, 1);
	CU_ASSERT_EQUAL(mm24_reclaim_refill_scan(mm, cpu, 0, false), 1);
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, 10);
}

static void a_priority_scans_that_power_of_two_part_of_the_list(void)
{
	for (unsigned i = 0; i < 63; i++)
		w_cached(&k);
	mm24_reclaim_refill_scan(mm, cpu, 6, false);
	CU_ASSERT_EQUAL(mm->stats.refill_scanned, 0);
	w_cached(&k);
	mm24_reclaim_refill_scan(mm, cpu, 6, false);
	CU_ASSERT_EQUAL(mm->stats.refill_scanned, 1);
	mm24_reclaim_refill_scan(mm, cpu, 2, false);
	CU_ASSERT_EQUAL(mm->stats.refill_scanned, 1 + 16);
}

static void a_task_frees_as_much_as_a_cluster_and_kswapd_what_is_missing(void)
{
	for (unsigned i = 0; i < 700; i++)
		mm->s[w_cached(&k)].type = 1;
	k_leave_free(&k, 90);
	mm->memory_pressure = 0;
	CU_ASSERT_EQUAL(mm->page_cluster, 2);
	mm24_reclaim_do(mm, cpu, &mm->nobody, MM24_GFP_WAIT, true);
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, 4);
	/* 6 pages are free too few, and 2 inactive ones. */
	mm24_reclaim_do(mm, cpu, &mm->nobody, MM24_GFP_WAIT, false);
	CU_ASSERT_EQUAL(mm->stats.launder_cleaned, 4);
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, 2 + 2);
}

static void without_success_all_priorities_are_tried_and_the_last_one_twice(void)
{
	for (unsigned i = 0; i < 128; i++) {
		uint32_t slot = w_cached(&k);

		mm24_page(mm, slot)->count = 2;
	}
	k_leave_free(&k, 90);
	mm24_reclaim_do(mm, cpu, &mm->nobody, MM24_GFP_WAIT, false);
	/* 2 + 4 + 8 + 16 + 32 + 64 + 128, and 128 at the end. */
	CU_ASSERT_EQUAL(mm->stats.refill_scanned, 254 + 128);
	CU_ASSERT_EQUAL(mm->stats.swap_out_calls, 7);
}

static void direct_reclaim_needs_a_request_that_may_wait_and_clears_memalloc(void)
{
	struct mm24_task task = { .memalloc = true };

	mm24_reclaim_direct(mm, cpu, &task, MM24_GFP_IO);
	CU_ASSERT_EQUAL(mm->stats.direct_reclaims, 0);
	CU_ASSERT(task.memalloc);
	mm24_reclaim_direct(mm, cpu, &task, MM24_GFP_WAIT);
	CU_ASSERT_EQUAL(mm->stats.direct_reclaims, 1);
	CU_ASSERT(!task.memalloc);
}

static void with_enough_memory_only_slabs_are_reaped(void)
{
	w_cached(&k);
	CU_ASSERT_EQUAL(mm24_reclaim_do(mm, cpu, &mm->nobody, MM24_GFP_KERNEL, true), 1);
	CU_ASSERT_EQUAL(mm->stats.reaps, 1);
	CU_ASSERT_EQUAL(mm->stats.launder_calls, 0);
	CU_ASSERT_EQUAL(mm->stats.refill_scanned, 0);
}

static CU_TestInfo tests[] = {
	{ "the oldest clean page is taken, with age 2 and the caller's reference",
	  the_oldest_clean_page_is_taken_with_age_2_and_the_callers_reference },
	{ "pages that cannot be taken go to the list they belong to",
	  pages_that_cannot_be_taken_go_to_the_list_they_belong_to },
	{ "reclaim goes on behind pages that it cannot take",
	  reclaim_goes_on_behind_pages_that_it_cannot_take },
	{ "the scan ages referenced pages up and others down",
	  the_scan_ages_referenced_pages_up_and_others_down },
	{ "the scan leaves pages that somebody has", the_scan_leaves_pages_that_somebody_has },
	{ "a oneshot scan ends with the first page that leaves",
	  a_oneshot_scan_ends_with_the_first_page_that_leaves },
	{ "a priority scans that power-of-two part of the list",
	  a_priority_scans_that_power_of_two_part_of_the_list },
	{ "a task frees as much as a cluster, and kswapd what is missing",
	  a_task_frees_as_much_as_a_cluster_and_kswapd_what_is_missing },
	{ "without success all priorities are tried, and the last one twice",
	  without_success_all_priorities_are_tried_and_the_last_one_twice },
	{ "direct reclaim needs a request that may wait, and clears memalloc",
	  direct_reclaim_needs_a_request_that_may_wait_and_clears_memalloc },
	{ "with enough memory only slabs are reaped",
	  with_enough_memory_only_slabs_are_reaped },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_reclaim", NULL, NULL, one_zone, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
