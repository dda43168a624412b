/* Which pages leave which address space, and what takes their place. */
#include "tests/model/kernel24.h"

#define FRAMES 2048
#define SWAP 100
#define PAGES 300

static struct kernel24 k;
static struct sim_cpu *cpu;
static struct mm24_space *space;

static void boot(void)
{
	k_one_zone(&k, 1, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_by_hand(&k, SWAP, true);
	cpu = &k.cpus[0];
	space = mm24_space_new(k.mm, 1, PAGES);
	CU_ASSERT_PTR_NOT_NULL_FATAL(space);
}

static void drop(void)
{
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/* A task's own page at vpn, its accessed bit clear; age 2 on no list, as the allocator left it.
 */
static uint32_t map(struct mm24_space *where, uint32_t vpn, unsigned flags)
{
	uint32_t page = k_page(&k, "GFP_USER");

	mm24_space_map(where, vpn, page, flags);
	return page;
}

static uint32_t map_cached(uint32_t vpn, unsigned flags)
{
	uint32_t page = k_page(&k, "GFP_USER");

	mm24_cache_add(k.mm, cpu, page, 0);
	mm24_space_map(space, vpn, page, flags);
	return page;
}

static unsigned age(uint32_t page)
{
	return k.mm->s[page].type;
}

/* One whole walk through the space, at most that many pages of it. */
static bool walk(uint32_t swap_cnt)
{
	space->swap_cnt = swap_cnt;
	space->swap_address = 0;
	return mm24_swap_out(k.mm, cpu);
}

static void an_unused_page_leaves_at_its_second_visit(void)
{
	uint32_t page = map(space, 7, MM24_PTE_DIRTY);

	CU_ASSERT_FALSE(walk(9));
	CU_ASSERT_EQUAL(age(page), 1);
	CU_ASSERT_EQUAL(space->rss, 1);
	CU_ASSERT_EQUAL(k.mm->stats.unmapped, 0);
	CU_ASSERT_FALSE(walk(9));
	CU_ASSERT_EQUAL(space->rss, 0);
	CU_ASSERT_EQUAL(space->pte[7].flags, MM24_PTE_SWAP);
	CU_ASSERT_EQUAL(space->pte[7].value, 1);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 2);
	CU_ASSERT_EQUAL(k.mm->s[page].tag,
			MM24_INACTIVE_DIRTY | MM24_MAPPING | MM24_SWAP_CACHE | MM24_DIRTY);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 1);
	CU_ASSERT_EQUAL(k.mm->stats.unmapped, 1);
	CU_ASSERT_EQUAL(k.mm->stats.ptes_scanned, 2);
}

static void a_visit_finds_out_whether_the_page_was_used(void)
{
	uint32_t page = map(space, 0, MM24_PTE_YOUNG | MM24_PTE_DIRTY);

	walk(9);
	CU_ASSERT_EQUAL(age(page), 5);
	CU_ASSERT_EQUAL(space->pte[0].flags, MM24_PTE_PRESENT | MM24_PTE_DIRTY);
	walk(9);
	CU_ASSERT_EQUAL(age(page), 2);
	space->pte[0].flags |= MM24_PTE_YOUNG;
	walk(9);
	CU_ASSERT_EQUAL(age(page), 5);
	CU_ASSERT_EQUAL(space->rss, 1);
}

static void pages_of_the_active_list_grow_old_there_only(void)
{
	uint32_t page = map_cached(3, 0);

	walk(9);
	CU_ASSERT_EQUAL(age(page), 2);
	k.mm->s[page].type = 0;
	walk(9);
	CU_ASSERT_EQUAL(space->rss, 0);
}

static void a_locked_page_stays(void)
{
	uint32_t page = map(space, 3, MM24_PTE_DIRTY);

	k.mm->s[page].type = 0;
	k.mm->s[page].tag |= MM24_LOCKED;
	walk(9);
	CU_ASSERT_EQUAL(space->rss, 1);
	k.mm->s[page].tag &= (uint16_t)~MM24_LOCKED;
	walk(9);
	CU_ASSERT_EQUAL(space->rss, 0);
}

static void a_reserved_page_is_not_even_counted(void)
{
	uint32_t page = map(space, 3, MM24_PTE_DIRTY);

	k.mm->s[page].tag |= MM24_RESERVED;
	walk(1);
	CU_ASSERT_EQUAL(k.mm->stats.ptes_scanned, 0);
	k.mm->s[page].tag &= (uint16_t)~MM24_RESERVED;
}

static void a_clean_page_leaves_nothing_behind(void)
{
	uint32_t page = map_cached(3, 0);

	k.mm->s[page].type = 0;
	walk(9);
	CU_ASSERT_EQUAL(space->pte[3].flags, 0);
	CU_ASSERT_EQUAL(k.mm->s[page].tag, MM24_INACTIVE_DIRTY | MM24_MAPPING);
	CU_ASSERT_EQUAL(k.mm->swap.free, SWAP - 1);
}

static void a_dirty_page_of_a_file_is_left_to_the_page_cache(void)
{
	uint32_t page = map_cached(3, MM24_PTE_DIRTY);

	k.mm->s[page].type = 0;
	walk(9);
	CU_ASSERT_EQUAL(space->pte[3].flags, 0);
	CU_ASSERT_EQUAL(k.mm->s[page].tag & MM24_DIRTY, MM24_DIRTY);
	CU_ASSERT_EQUAL(k.mm->swap.free, SWAP - 1);
}

/* A page of two spaces: the second to lose it uses the slot once more. */
static void a_page_in_the_swap_cache_keeps_its_slot(void)
{
	struct mm24_space *other = mm24_space_new(k.mm, 2, 4);
	uint32_t page = map(space, 0, MM24_PTE_DIRTY);

	mm24_page(k.mm, page)->count++;
	mm24_space_map(other, 1, page, 0);
	k.mm->s[page].type = 0;
	other->swap_cnt = 1;
	space->swap_cnt = 2;
	mm24_swap_out(k.mm, cpu); /* `space`: has more left */
	CU_ASSERT_EQUAL(space->rss, 0);
	k.mm->s[page].tag &= (uint16_t)~MM24_DIRTY;
	mm24_swap_out(k.mm, cpu);
	CU_ASSERT_EQUAL(other->rss, 0);
	CU_ASSERT_EQUAL(other->pte[1].value, space->pte[0].value);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 3);
	/* Its entry was clean. */
	CU_ASSERT_EQUAL(k.mm->s[page].tag & MM24_DIRTY, 0);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 1);
}

static void without_a_slot_a_dirty_page_stays(void)
{
	uint32_t page = map(space, 0, MM24_PTE_DIRTY);

	while (mm24_swap_get(k.mm) != MM24_NONE)
		;
	k.mm->s[page].type = 0;
	walk(9);
	CU_ASSERT_EQUAL(space->rss, 1);
	CU_ASSERT_EQUAL(space->pte[0].flags, MM24_PTE_PRESENT | MM24_PTE_DIRTY);
	CU_ASSERT_EQUAL(k.mm->s[page].tag, 0);
}

static void a_walk_ends_where_its_count_does_and_goes_on_behind_there(void)
{
	for (uint32_t i = 10; i < 20; i++)
		map(space, i, MM24_PTE_DIRTY);
	CU_ASSERT_TRUE(walk(4));
	/* The page at which it noticed is left out this time. */
	CU_ASSERT_EQUAL(space->swap_address, 15);
	CU_ASSERT_EQUAL(space->swap_cnt, 0);
	CU_ASSERT_EQUAL(k.mm->stats.ptes_scanned, 4);
	space->swap_cnt = 100;
	CU_ASSERT_FALSE(mm24_swap_out(k.mm, cpu));
	CU_ASSERT_EQUAL(k.mm->stats.ptes_scanned, 4 + 5);
	CU_ASSERT_EQUAL(space->swap_address, 0);
	CU_ASSERT_EQUAL(space->swap_cnt, 0);
}

static void counts_begin_anew_when_all_have_run_out(void)
{
	struct mm24_space *large = mm24_space_new(k.mm, 2, PAGES);

	map(space, 0, MM24_PTE_DIRTY);
	for (uint32_t i = 0; i < PAGES; i++)
		map(large, i, MM24_PTE_DIRTY);
	CU_ASSERT_TRUE(mm24_swap_out(k.mm, cpu));
	/* 300 >> 5 = 9 visits of the larger one; the smaller has the least, 8. */
	CU_ASSERT_EQUAL(k.mm->stats.ptes_scanned, 9);
	CU_ASSERT_EQUAL(large->swap_address, 10);
	CU_ASSERT_EQUAL(space->swap_cnt, 8);
	CU_ASSERT_FALSE(mm24_swap_out(k.mm, cpu));
	CU_ASSERT_EQUAL(k.mm->stats.ptes_scanned, 10);
	CU_ASSERT_EQUAL(space->swap_cnt, 0);
}

static void the_first_of_equals_is_chosen_and_the_newest_is_first(void)
{
	struct mm24_space *newer = mm24_space_new(k.mm, 2, 4);
	struct mm24_space *empty = mm24_space_new(k.mm, 3, 4);

	map(space, 0, 0);
	map(newer, 0, 0);
	space->swap_cnt = newer->swap_cnt = 5;
	empty->swap_cnt = 50;
	mm24_swap_out(k.mm, cpu);
	CU_ASSERT_EQUAL(newer->swap_cnt, 0);
	CU_ASSERT_EQUAL(space->swap_cnt, 5);
	CU_ASSERT_EQUAL(empty->swap_cnt, 50);
}

static void with_nothing_resident_nothing_happens(void)
{
	CU_ASSERT_FALSE(mm24_swap_out(k.mm, cpu));
	CU_ASSERT_EQUAL(space->swap_cnt, 0);
	CU_ASSERT_EQUAL(k.mm->stats.swap_out_calls, 1);
}

/* A second CPU, on which the space's task ran last. */
static void entries_that_go_are_flushed_where_their_task_ran_last(void)
{
	uint64_t cycles = k.mm->cost.flush_ipi[0], waited;

	for (unsigned i = 0; i < 3; i++)
		map(space, i, MM24_PTE_DIRTY);
	map(space, 3, MM24_PTE_DIRTY | MM24_PTE_YOUNG);
	space->cpu = 1;
	walk(PAGES); /* on no list they are old at their second visit */
	waited = cpu->part[SIM_PART_SLEEP];
	k.worked[1] = k.mm->stats.flush_ipis = k.mm->stats.unmapped = 0;
	walk(3);
	CU_ASSERT_EQUAL(k.mm->stats.unmapped, 3);
	CU_ASSERT_EQUAL(k.mm->stats.flush_ipis, 3);
	CU_ASSERT_EQUAL(k.worked[1], 3 * cycles);
	CU_ASSERT_EQUAL(cpu->part[SIM_PART_SLEEP] - waited, 3 * cycles);
	CU_ASSERT_EQUAL(k_counter(&k, "tlb_flush_ipis"), 3);
}

static void the_own_tlb_needs_no_interrupt(void)
{
	map(space, 0, MM24_PTE_DIRTY);
	space->cpu = cpu->id;
	for (unsigned i = 0; i < 3; i++)
		walk(PAGES);
	CU_ASSERT_EQUAL(k.mm->stats.unmapped, 1);
	CU_ASSERT_EQUAL(k.mm->stats.flush_ipis, 0);
}

static CU_TestInfo tests[] = {
	{ "an unused page leaves at its second visit",
	  an_unused_page_leaves_at_its_second_visit },
	{ "a visit finds out whether the page was used",
	  a_visit_finds_out_whether_the_page_was_used },
	{ "pages of the active list grow old there only",
	  pages_of_the_active_list_grow_old_there_only },
	{ "a locked page stays", a_locked_page_stays },
	{ "a reserved page is not even counted", a_reserved_page_is_not_even_counted },
	{ "a clean page leaves nothing behind", a_clean_page_leaves_nothing_behind },
	{ "a dirty page of a file is left to the page cache",
	  a_dirty_page_of_a_file_is_left_to_the_page_cache },
	{ "a page in the swap cache keeps its slot", a_page_in_the_swap_cache_keeps_its_slot },
	{ "without a slot a dirty page stays", without_a_slot_a_dirty_page_stays },
	{ "a walk ends where its count does and goes on behind there",
	  a_walk_ends_where_its_count_does_and_goes_on_behind_there },
	{ "counts begin anew when all have run out", counts_begin_anew_when_all_have_run_out },
	{ "the first of equals is chosen, and the newest is first",
	  the_first_of_equals_is_chosen_and_the_newest_is_first },
	{ "with nothing resident nothing happens", with_nothing_resident_nothing_happens },
	{ "entries that go are flushed where their task ran last",
	  entries_that_go_are_flushed_where_their_task_ran_last },
	{ "the own TLB needs no interrupt", the_own_tlb_needs_no_interrupt },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_swap_out", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
