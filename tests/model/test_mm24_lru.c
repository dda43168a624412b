/* Shortages and wake-ups against figures worked out by hand; ages and moves against what a
 * page's flags, count and list have to be afterwards. */
#include "tests/model/world24.h"

static struct kernel24 k;
static struct sim_cpu *cpu;
static struct mm24 *mm;

/* Normal frames 0 to 1023: pages_min 10 20 30 each of two zones, freepages 20 40 60. */
static void two_zones(void)
{
	k_init(&k, 1, 1);
	k_zone_add(&k, 0, "DMA", 0, 256);
	k_zone_add(&k, 0, "Normal", 256, 1024);
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_by_hand(&k, 0, true);
	mm = k.mm;
	cpu = &k.cpus[0];
	CU_ASSERT_EQUAL_FATAL(mm->free_high, 60);
}

static void drop(void)
{
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void the_inactive_target_is_a_64th_of_the_pressure_and_at_most_a_quarter_of_memory(void)
{
	static const struct {
		uint64_t pressure, want;
	} rows[] = {
		{ 0, 0 },       { 63, 0 },      { 64, 1 },        { 127, 1 },
		{ 16383, 255 }, { 16384, 256 }, { 1 << 20, 256 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		mm->memory_pressure = rows[i].pressure;
		CU_ASSERT_EQUAL(mm24_lru_inactive_target(mm), rows[i].want);
	}
}

static void decay_takes_a_64th_and_nothing_below_64(void)
{
	mm->memory_pressure = 6400;
	mm24_lru_decay(mm);
	CU_ASSERT_EQUAL(mm->memory_pressure, 6300);
	mm->memory_pressure = 63;
	mm24_lru_decay(mm);
	CU_ASSERT_EQUAL(mm->memory_pressure, 63);
}

/* Takes frames of one zone only until it has so many free. */
static void leave_free(struct mm24_zone *zone, uint64_t pages)
{
	while (zone->free_pages > pages)
		CU_ASSERT_NOT_EQUAL_FATAL(mm24_buddy_take(mm, zone, cpu, 0), MM24_NONE);
	CU_ASSERT_EQUAL(zone->free_pages, pages);
}

static void a_zone_at_its_min_mark_is_short_by_one_though_all_memory_is_not(void)
{
	struct mm24_zone *dma = k_zone(&k, 0, "DMA");

	leave_free(dma, 11);
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 0);
	leave_free(dma, 10);
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 1);
	leave_free(dma, 3);
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 8);
}

static void the_free_shortage_of_all_memory_counts_clean_pages_and_a_third_of_the_target(void)
{
	leave_free(k_zone(&k, 0, "DMA"), 20);
	leave_free(k_zone(&k, 0, "Normal"), 35);
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 5);
	mm->memory_pressure = 64 * 100;
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 5 + 33);
	CU_ASSERT_EQUAL(mm24_lru_inactive_shortage(mm), 5 + 100);
}

static void inactive_pages_count_for_the_inactive_shortage_dirty_ones_not_for_the_free_one(void)
{
	uint32_t pages[8];

	for (unsigned i = 0; i < 8; i++)
		pages[i] = w_cached(&k);
	leave_free(k_zone(&k, 0, "DMA"), 20);
	leave_free(k_zone(&k, 0, "Normal"), 20);
	mm->memory_pressure = 0;
	CU_ASSERT_EQUAL(mm24_lru_inactive_shortage(mm), 20);
	for (unsigned i = 0; i < 8; i++)
		mm24_lru_deactivate(mm, cpu, pages[i]);
	CU_ASSERT_EQUAL(mm24_lru_inactive_shortage(mm), 12);
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 20);
	mm24_lru_move(mm, cpu, pages[0], MM24_INACTIVE_CLEAN);
	CU_ASSERT_EQUAL(mm24_lru_inactive_shortage(mm), 12);
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 19);
}

/* `free` pages left, `dirty` ones on the inactive_dirty list: who is woken by the test? */
static void wake_case(uint64_t free, unsigned dirty, uint64_t pressure, bool with_bdflush,
		      uint64_t kswapd, uint64_t bdflush)
{
	struct mm24_daemon before[MM24_DAEMONS];

	for (unsigned i = 0; i < dirty; i++)
		w_old(&k);
	leave_free(k_zone(&k, 0, "DMA"), 20);
	leave_free(k_zone(&k, 0, "Normal"), free - 20);
	mm->memory_pressure = pressure;
	memcpy(before, mm->daemon, sizeof(before));
	mm24_lru_wake_test(mm, cpu, NULL, with_bdflush);
	CU_ASSERT_EQUAL(mm->daemon[MM24_KSWAPD].wake_calls - before[0].wake_calls, kswapd);
	CU_ASSERT_EQUAL(mm->daemon[MM24_BDFLUSH].wake_calls - before[2].wake_calls, bdflush);
}

static void enough_free_memory_wakes_nobody(void)
{
	wake_case(60, 0, 0, true, 0, 0);
}

static void too_few_inactive_pages_wake_kswapd(void)
{
	wake_case(59, 0, 0, true, 1, 0);
}

static void an_inactive_shortage_of_half_the_target_is_not_enough_for_kswapd(void)
{
	/* Target 10, wanted 70; 50 free and 15 dirty: 5 are missing, 5 is half the target. */
	wake_case(50, 15, 640, true, 0, 0);
}

static void enough_inactive_dirty_pages_wake_bdflush_from_the_high_mark_on(void)
{
	wake_case(50, 60, 0, true, 0, 1);
}

static void one_inactive_dirty_page_less_than_the_high_mark_wakes_nobody(void)
{
	wake_case(50, 59, 0, true, 0, 0);
}

static void a_lookup_does_not_wake_bdflush(void)
{
	wake_case(50, 60, 0, false, 0, 0);
}

static void age_goes_up_by_three_to_at_most_64(void)
{
	uint32_t slot = w_cached(&k);

	for (unsigned i = 1; i < 25; i++) {
		unsigned want = 2 + 3 * i;

		mm24_lru_age_up(mm, cpu, slot);
		CU_ASSERT_EQUAL(mm->s[slot].type, want < 64 ? want : 64);
	}
}

static void a_page_of_age_0_that_ages_up_becomes_active(void)
{
	uint32_t slot = w_old(&k);

	mm24_lru_age_up(mm, cpu, slot);
	CU_ASSERT_EQUAL(w_list(&k, slot), MM24_ACTIVE);
	CU_ASSERT_EQUAL(mm->s[slot].type, 5);
}

static void a_page_that_is_on_no_list_ages_without_joining_one(void)
{
	uint32_t slot = k_page(&k, "GFP_ATOMIC");

	mm24_lru_age_down(mm, cpu, slot);
	mm24_lru_age_down(mm, cpu, slot);
	CU_ASSERT_EQUAL(mm->s[slot].type, 0);
	mm24_lru_age_up(mm, cpu, slot);
	CU_ASSERT_EQUAL(mm->s[slot].type, 5);
	CU_ASSERT_EQUAL(w_list(&k, slot), 0);
}

static void ageing_down_halves_and_deactivates_at_0_but_ageing_only_does_not(void)
{
	uint32_t slot = w_cached(&k), other = w_cached(&k);

	mm->s[slot].type = mm->s[other].type = 3;
	mm24_lru_age_down(mm, cpu, slot);
	CU_ASSERT_EQUAL(mm->s[slot].type, 1);
	CU_ASSERT_EQUAL(w_list(&k, slot), MM24_ACTIVE);
	mm24_lru_age_down(mm, cpu, slot);
	CU_ASSERT_EQUAL(w_list(&k, slot), MM24_INACTIVE_DIRTY);
	mm24_lru_age_down_only(mm, other);
	mm24_lru_age_down_only(mm, other);
	CU_ASSERT_EQUAL(mm->s[other].type, 0);
	CU_ASSERT_EQUAL(w_list(&k, other), MM24_ACTIVE);
}

static void deactivation_moves_only_active_pages_that_nobody_else_has(void)
{
	static const struct {
		unsigned list, flags;
		int32_t count;
		unsigned want;
	} rows[] = {
		{ MM24_ACTIVE, 0, 1, MM24_INACTIVE_DIRTY },
		{ MM24_ACTIVE, 0, 2, MM24_INACTIVE_DIRTY },
		{ MM24_ACTIVE, 0, 3, MM24_ACTIVE },
		{ MM24_ACTIVE, MM24_BUFFERS, 3, MM24_INACTIVE_DIRTY },
		{ MM24_ACTIVE, MM24_BUFFERS, 4, MM24_ACTIVE },
		{ MM24_ACTIVE, MM24_BUFFERS | MM24_RAMDISK, 2, MM24_ACTIVE },
		{ MM24_INACTIVE_CLEAN, 0, 1, MM24_INACTIVE_CLEAN },
		{ MM24_INACTIVE_DIRTY, 0, 1, MM24_INACTIVE_DIRTY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t slot = w_cached(&k);

		mm24_lru_move(mm, cpu, slot, rows[i].list);
		mm->s[slot].tag |= (uint16_t)(rows[i].flags | MM24_REFERENCED);
		mm->s[slot].type = 40;
		mm24_page(mm, slot)->count = rows[i].count;
		mm24_lru_deactivate(mm, cpu, slot);
		CU_ASSERT_EQUAL(w_list(&k, slot), rows[i].want);
		CU_ASSERT_EQUAL(mm->s[slot].type, 0);
		CU_ASSERT_EQUAL(mm->s[slot].tag & MM24_REFERENCED, 0);
	}
}

static void activation_raises_the_age_to_2_and_never_lowers_it(void)
{
	uint32_t slot = w_old(&k), other = w_cached(&k);

	mm24_lru_activate(mm, cpu, slot);
	CU_ASSERT_EQUAL(w_list(&k, slot), MM24_ACTIVE);
	CU_ASSERT_EQUAL(mm->s[slot].type, 2);
	mm->s[other].type = 30;
	mm24_lru_move(mm, cpu, other, MM24_INACTIVE_CLEAN);
	mm24_lru_activate(mm, cpu, other);
	CU_ASSERT_EQUAL(w_list(&k, other), MM24_ACTIVE);
	CU_ASSERT_EQUAL(mm->s[other].type, 30);
}

static void a_page_of_age_0_that_is_added_goes_to_the_inactive_dirty_list_at_once(void)
{
	uint32_t slot = k_page(&k, "GFP_ATOMIC");

	mm->s[slot].type = 0;
	mm24_lru_add(mm, cpu, slot);
	CU_ASSERT_EQUAL(w_list(&k, slot), MM24_INACTIVE_DIRTY);
	mm24_lru_del(mm, cpu, slot);
	CU_ASSERT_EQUAL(w_list(&k, slot), 0);
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, 0);
}

static unsigned length(uint32_t head)
{
	unsigned n = 0;

	for (uint32_t at = mm->s[head].next; at != head; at = mm->s[at].next)
		n++;
	return n;
}

static void counters_are_the_lengths_of_the_lists_after_any_moves(void)
{
	static const unsigned to[] = { 0, MM24_ACTIVE, MM24_INACTIVE_DIRTY,
				       MM24_INACTIVE_CLEAN };
	uint32_t pages[200], random = 77, clean = 0;
	uint64_t dirty = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = k_page(&k, i % 3 ? "GFP_ATOMIC" : "GFP_ATOMIC|GFP_DMA");
	for (unsigned i = 0; i < 3000; i++) {
		uint32_t slot = pages[k_random(&random) % ARRAY_SIZE(pages)];
		unsigned list = to[k_random(&random) % ARRAY_SIZE(to)];

		mm24_lru_move(mm, cpu, slot, list);
		CU_ASSERT_EQUAL(w_list(&k, slot), list);
	}
	CU_ASSERT_EQUAL(mm->nr_active, length(mm->active_head));
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, length(mm->dirty_head));
	CU_ASSERT_EQUAL(mm->s[mm->active_head].stamp, mm->nr_active);
	CU_ASSERT_EQUAL(mm->s[mm->dirty_head].stamp, mm->nr_inactive_dirty);
	for (unsigned i = 0; i < mm->nzones; i++) {
		CU_ASSERT_EQUAL(mm->zones[i].inactive_clean_pages,
				length(mm->zones[i].clean_head));
		CU_ASSERT(mm->zones[i].inactive_clean_pages > 0);
		clean += length(mm->zones[i].clean_head);
		dirty += mm->zones[i].inactive_dirty_pages;
	}
	CU_ASSERT_EQUAL(mm->nr_clean, clean);
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, dirty);
}

static CU_TestInfo tests[] = {
	{ "the inactive target is a 64th of the pressure and at most a quarter of memory",
	  the_inactive_target_is_a_64th_of_the_pressure_and_at_most_a_quarter_of_memory },
	{ "decay takes a 64th and nothing below 64", decay_takes_a_64th_and_nothing_below_64 },
	{ "a zone at its min mark is short by one though all memory is not",
	  a_zone_at_its_min_mark_is_short_by_one_though_all_memory_is_not },
	{ "the free shortage of all memory counts clean pages and a third of the target",
	  the_free_shortage_of_all_memory_counts_clean_pages_and_a_third_of_the_target },
	{ "inactive pages count for the inactive shortage, dirty ones not for the free one",
	  inactive_pages_count_for_the_inactive_shortage_dirty_ones_not_for_the_free_one },
	{ "enough free memory wakes nobody", enough_free_memory_wakes_nobody },
	{ "too few inactive pages wake kswapd", too_few_inactive_pages_wake_kswapd },
	{ "an inactive shortage of half the target is not enough for kswapd",
	  an_inactive_shortage_of_half_the_target_is_not_enough_for_kswapd },
	{ "enough inactive dirty pages wake bdflush, from the high mark on",
	  enough_inactive_dirty_pages_wake_bdflush_from_the_high_mark_on },
	{ "one inactive dirty page less than the high mark wakes nobody",
	  one_inactive_dirty_page_less_than_the_high_mark_wakes_nobody },
	{ "a lookup does not wake bdflush", a_lookup_does_not_wake_bdflush },
	{ "age goes up by three to at most 64", age_goes_up_by_three_to_at_most_64 },
	{ "a page of age 0 that ages up becomes active",
	  a_page_of_age_0_that_ages_up_becomes_active },
	{ "a page that is on no list ages without joining one",
	  a_page_that_is_on_no_list_ages_without_joining_one },
	{ "ageing down halves and deactivates at 0, but ageing only does not",
	  ageing_down_halves_and_deactivates_at_0_but_ageing_only_does_not },
	{ "deactivation moves only active pages that nobody else has",
	  deactivation_moves_only_active_pages_that_nobody_else_has },
	{ "activation raises the age to 2 and never lowers it",
	  activation_raises_the_age_to_2_and_never_lowers_it },
	{ "a page of age 0 that is added goes to the inactive dirty list at once",
	  a_page_of_age_0_that_is_added_goes_to_the_inactive_dirty_list_at_once },
	{ "counters are the lengths of the lists after any moves",
	  counters_are_the_lengths_of_the_lists_after_any_moves },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_lru", NULL, NULL, two_zones, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
