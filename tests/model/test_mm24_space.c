/*
 * Address spaces: entries, what an unmap gives back, and swap-in, also where others act while
 * it sleeps. A test is "the others": it acts in the port's sleeping calls.
 */
#include "tests/model/kernel24.h"

#define FRAMES 1024
#define SWAP 20
#define PAGES 16

static struct kernel24 k;
static struct sim_cpu *cpu;
static struct mm24_space *space;
static struct mm24_task *task;
static struct mm_host host;
static void (*meanwhile)(void);

static void act(struct sim_cpu *c, struct sim_disk *disk, uint64_t offset, uint64_t bytes,
		bool write)
{
	void (*once)(void) = meanwhile;

	(void)c;
	(void)disk;
	(void)offset;
	(void)bytes;
	(void)write;
	meanwhile = NULL;
	if (once)
		once();
}

static void boot(void)
{
	k_one_zone(&k, 1, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_by_hand(&k, SWAP, true);
	cpu = &k.cpus[0];
	task = mm24_oom_task(k.mm, 0);
	space = mm24_space_new(k.mm, 1, PAGES);
	CU_ASSERT_PTR_NOT_NULL_FATAL(space);
	meanwhile = NULL;
}

/* A world whose only disk is for swap; its reads sleep. */
static void in_a_world(void)
{
	host = (struct mm_host){ .swap = (struct sim_disk *)&host };
	k.mm->host = &host;
	k.port.io = act;
	cpu->on_actor = true;
}

static void drop(void)
{
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static uint32_t map(uint32_t vpn, unsigned flags)
{
	uint32_t page = k_page(&k, "GFP_USER");

	mm24_space_map(space, vpn, page, flags);
	return page;
}

/* Out to the swap cache; its slot is the lowest one. */
static uint32_t swapped(uint32_t vpn)
{
	uint32_t page = map(vpn, MM24_PTE_DIRTY);

	k.mm->s[page].type = 0;
	space->swap_cnt = 100;
	space->swap_address = vpn;
	mm24_swap_out(k.mm, cpu);
	CU_ASSERT_EQUAL_FATAL(space->pte[vpn].flags, MM24_PTE_SWAP);
	return page;
}

/* ... and from there, too. */
static uint32_t on_disk(uint32_t vpn)
{
	uint32_t page = swapped(vpn);

	k.mm->s[page].tag &= (uint16_t)~MM24_DIRTY;
	mm24_page(k.mm, page)->count++;
	mm24_cache_remove(k.mm, cpu, page);
	mm24_buddy_put(k.mm, cpu, page, 0);
	CU_ASSERT_EQUAL_FATAL(k.mm->swap.page[space->pte[vpn].value], MM24_NONE);
	return space->pte[vpn].value;
}

static enum mm24_swapin swap_in(uint32_t vpn, bool write, uint32_t *page)
{
	return mm24_space_swap_in(k.mm, cpu, task, space, vpn, write, page);
}

/* ---- entries --------------------------------------------------------------------------- */

static void spaces_are_found_newest_first(void)
{
	struct mm24_space *second = mm24_space_new(k.mm, 2, 0);

	CU_ASSERT_PTR_EQUAL(k.mm->mmlist, second);
	CU_ASSERT_PTR_EQUAL(mm24_space_find(k.mm, 1), space);
	CU_ASSERT_PTR_EQUAL(mm24_space_find(k.mm, 2), second);
	CU_ASSERT_PTR_NULL(mm24_space_find(k.mm, 3));
}

static void a_space_goes_with_its_last_user(void)
{
	struct mm24_space *second = mm24_space_new(k.mm, 2, 0);

	space->users++;
	mm24_space_put(k.mm, space);
	CU_ASSERT_PTR_EQUAL(mm24_space_find(k.mm, 1), space);
	mm24_space_put(k.mm, space);
	CU_ASSERT_PTR_NULL(mm24_space_find(k.mm, 1));
	CU_ASSERT_PTR_EQUAL(k.mm->mmlist, second);
}

static void entries_are_used_again_and_the_table_grows(void)
{
	struct mm24_space *s = mm24_space_new(k.mm, 2, 0);

	for (uint32_t i = 0; i < 200; i++) {
		CU_ASSERT_EQUAL_FATAL(mm24_space_entry(s), i);
		mm24_space_map(s, i, k_page(&k, "GFP_USER"), 0);
	}
	CU_ASSERT_EQUAL(s->rss, 200);
	CU_ASSERT_EQUAL(s->pages, 200);
	mm24_space_unmap(k.mm, cpu, s, 17);
	mm24_space_unmap(k.mm, cpu, s, 99);
	CU_ASSERT_EQUAL(mm24_space_entry(s), 99);
	CU_ASSERT_EQUAL(mm24_space_entry(s), 17);
	CU_ASSERT_EQUAL(mm24_space_entry(s), 200);
}

/* ---- unmap ----------------------------------------------------------------------------- */

static void unmapping_frees_a_page_of_its_own(void)
{
	uint64_t before = k.mm->nr_free;

	map(3, MM24_PTE_DIRTY);
	mm24_space_unmap(k.mm, cpu, space, 3);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
	CU_ASSERT_EQUAL(space->rss, 0);
	CU_ASSERT_EQUAL(space->pte[3].flags, 0);
	/* An empty entry stays one. */
	mm24_space_unmap(k.mm, cpu, space, 3);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
}

static void unmapping_leaves_a_file_page_dirty_in_its_cache(void)
{
	uint32_t page = k_page(&k, "GFP_USER");

	mm24_cache_add(k.mm, cpu, page, 0);
	mm24_space_map(space, 0, page, MM24_PTE_DIRTY);
	mm24_space_unmap(k.mm, cpu, space, 0);
	CU_ASSERT_EQUAL(k.mm->s[page].tag, MM24_ACTIVE | MM24_MAPPING | MM24_DIRTY);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 1);
	/* Through a clean entry nobody has written. */
	k.mm->s[page].tag &= (uint16_t)~MM24_DIRTY;
	mm24_page(k.mm, page)->count++;
	mm24_space_map(space, 0, page, MM24_PTE_YOUNG);
	mm24_space_unmap(k.mm, cpu, space, 0);
	CU_ASSERT_EQUAL(k.mm->s[page].tag, MM24_ACTIVE | MM24_MAPPING);
}

static void unmapping_a_reserved_page_leaves_it_counted(void)
{
	uint32_t page = map(3, MM24_PTE_DIRTY);

	k.mm->s[page].tag |= MM24_RESERVED;
	mm24_space_unmap(k.mm, cpu, space, 3);
	CU_ASSERT_EQUAL(space->rss, 1);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 1);
	k.mm->s[page].tag &= (uint16_t)~MM24_RESERVED;
	space->rss = 0;
}

static void unmapping_a_swapped_page_ends_its_use_of_the_slot_only(void)
{
	uint32_t page = swapped(3);

	mm24_space_unmap(k.mm, cpu, space, 3);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 1);
	CU_ASSERT_EQUAL(k.mm->swap.page[1], page);
	on_disk(4);
	mm24_space_unmap(k.mm, cpu, space, 4);
	CU_ASSERT_EQUAL(k.mm->swap.map[2], 0);
	CU_ASSERT_EQUAL(space->rss, 0);
}

static void unmapping_a_page_that_was_swapped_in_frees_page_and_slot(void)
{
	uint64_t before = k.mm->nr_free;
	uint32_t page;

	swapped(3);
	CU_ASSERT_EQUAL(swap_in(3, true, &page), MM24_SWAPIN_DONE);
	mm24_space_unmap(k.mm, cpu, space, 3);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
	CU_ASSERT_EQUAL(k.mm->swap.free, SWAP - 1);
}

/* ---- swap-in --------------------------------------------------------------------------- */

static void a_page_comes_back_from_the_swap_cache(void)
{
	uint32_t was = swapped(3), page;

	CU_ASSERT_EQUAL(swap_in(3, false, &page), MM24_SWAPIN_DONE);
	CU_ASSERT_EQUAL(page, was);
	CU_ASSERT_EQUAL(space->pte[3].flags, MM24_PTE_PRESENT | MM24_PTE_YOUNG);
	CU_ASSERT_EQUAL(space->rss, 1);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 2);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 1);
	CU_ASSERT_EQUAL(k.mm->s[page].type, 5); /* activated at age 0: 2, and 3 up */
	CU_ASSERT_EQUAL(k.mm->swap.reads, 0);
}

static void a_page_comes_back_from_the_disk(void)
{
	uint32_t slot = on_disk(3), page;

	CU_ASSERT_EQUAL(swap_in(3, true, &page), MM24_SWAPIN_DONE);
	CU_ASSERT_EQUAL(space->pte[3].value, page);
	CU_ASSERT_EQUAL(space->pte[3].flags,
			MM24_PTE_PRESENT | MM24_PTE_YOUNG | MM24_PTE_DIRTY);
	CU_ASSERT_EQUAL(k.mm->s[page].tag, MM24_ACTIVE | MM24_MAPPING | MM24_SWAP_CACHE);
	CU_ASSERT_EQUAL(k.mm->s[page].type, 2);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 2);
	CU_ASSERT_EQUAL(k.mm->swap.map[slot], 1);
	CU_ASSERT_EQUAL(k.mm->swap.reads, 1);
}

static void a_write_to_a_shared_page_does_not_make_its_entry_dirty(void)
{
	uint32_t page;

	swapped(3);
	space->pte[4] = space->pte[3];
	mm24_swap_dup(k.mm, 1);
	CU_ASSERT_EQUAL(swap_in(3, true, &page), MM24_SWAPIN_DONE);
	CU_ASSERT_EQUAL(space->pte[3].flags, MM24_PTE_PRESENT | MM24_PTE_YOUNG);
}

static void nothing_comes_back_that_is_not_away(void)
{
	uint32_t page;

	map(3, 0);
	CU_ASSERT_EQUAL(swap_in(3, false, &page), MM24_SWAPIN_NOTHING);
	CU_ASSERT_EQUAL(swap_in(4, false, &page), MM24_SWAPIN_NOTHING);
	CU_ASSERT_EQUAL(swap_in(PAGES, false, &page), MM24_SWAPIN_NOTHING);
}

static void a_locked_page_is_waited_for(void)
{
	uint32_t was = swapped(3), page;

	k.mm->s[was].tag |= MM24_LOCKED;
	CU_ASSERT_EQUAL(swap_in(3, false, &page), MM24_SWAPIN_LOCKED);
	CU_ASSERT_EQUAL(page, was);
	CU_ASSERT_EQUAL(k.mm->s[was].type, 0);
	CU_ASSERT_EQUAL(mm24_page(k.mm, was)->count, 1);
}

static void golden_replays_of_several_nodes_read_nothing(void)
{
	uint32_t page;

	on_disk(3);
	k.mm->model = MM_MEMORY_NUMA;
	CU_ASSERT_EQUAL(swap_in(3, false, &page), MM24_SWAPIN_NONE);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 1);
	swapped(4);
	CU_ASSERT_EQUAL(swap_in(4, false, &page), MM24_SWAPIN_DONE);
	k.mm->model = MM_MEMORY_CONTIG;
}

static void without_a_page_the_slot_keeps_its_uses(void)
{
	uint32_t page;

	on_disk(3);
	k.mm->params.hang_rounds[0] = 1;
	while (mm24_policy.alloc_try(k.mm, cpu, (struct mm_request){ 0 }).verdict == MM_DONE)
		;
	while (mm24_alloc_page(k.mm, cpu, task, MM24_GFP_USER) != MM24_NONE)
		;
	CU_ASSERT_EQUAL(swap_in(3, false, &page), MM24_SWAPIN_NOTHING);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 1);
	CU_ASSERT_EQUAL(space->rss, 0);
}

/* ---- others act while it sleeps -------------------------------------------------------- */

static enum mm24_swapin others_result;
static uint32_t others_page;

static void others_swap_in(void)
{
	others_result = swap_in(3, false, &others_page);
}

static void who_comes_while_a_page_is_read_has_to_wait_for_it(void)
{
	uint32_t page;

	on_disk(3);
	in_a_world();
	meanwhile = others_swap_in;
	CU_ASSERT_EQUAL(swap_in(3, false, &page), MM24_SWAPIN_DONE);
	CU_ASSERT_EQUAL(others_result, MM24_SWAPIN_LOCKED);
	CU_ASSERT_EQUAL(others_page, page);
	CU_ASSERT_EQUAL(k.mm->s[page].tag & MM24_LOCKED, 0);
	CU_ASSERT_EQUAL(space->rss, 1);
}

static void unmap_entry(void)
{
	mm24_space_unmap(k.mm, cpu, space, 3);
}

static void a_page_whose_entry_went_while_it_was_read_is_freed(void)
{
	uint64_t before;
	uint32_t page;

	on_disk(3);
	before = k.mm->nr_free;
	in_a_world();
	meanwhile = unmap_entry;
	CU_ASSERT_EQUAL(swap_in(3, false, &page), MM24_SWAPIN_NOTHING);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
	CU_ASSERT_EQUAL(k.mm->swap.free, SWAP - 1);
	CU_ASSERT_EQUAL(space->rss, 0);
}

static void end_space(void)
{
	mm24_space_unmap(k.mm, cpu, space, 3);
	mm24_space_put(k.mm, space);
}

static void a_space_outlives_its_task_until_the_page_is_read(void)
{
	uint64_t before;
	uint32_t page;

	on_disk(3);
	before = k.mm->nr_free;
	in_a_world();
	meanwhile = end_space;
	CU_ASSERT_EQUAL(swap_in(3, false, &page), MM24_SWAPIN_NOTHING);
	CU_ASSERT_PTR_NULL(k.mm->mmlist);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
}

static CU_TestInfo tests[] = {
	{ "spaces are found, newest first", spaces_are_found_newest_first },
	{ "a space goes with its last user", a_space_goes_with_its_last_user },
	{ "entries are used again, and the table grows",
	  entries_are_used_again_and_the_table_grows },
	{ "unmapping frees a page of its own", unmapping_frees_a_page_of_its_own },
	{ "unmapping leaves a file page dirty in its cache",
	  unmapping_leaves_a_file_page_dirty_in_its_cache },
	{ "unmapping a reserved page leaves it counted",
	  unmapping_a_reserved_page_leaves_it_counted },
	{ "unmapping a swapped page ends its use of the slot only",
	  unmapping_a_swapped_page_ends_its_use_of_the_slot_only },
	{ "unmapping a page that was swapped in frees page and slot",
	  unmapping_a_page_that_was_swapped_in_frees_page_and_slot },
	{ "a page comes back from the swap cache", a_page_comes_back_from_the_swap_cache },
	{ "a page comes back from the disk", a_page_comes_back_from_the_disk },
	{ "a write to a shared page does not make its entry dirty",
	  a_write_to_a_shared_page_does_not_make_its_entry_dirty },
	{ "nothing comes back that is not away", nothing_comes_back_that_is_not_away },
	{ "a locked page is waited for", a_locked_page_is_waited_for },
	{ "golden replays of several nodes read nothing",
	  golden_replays_of_several_nodes_read_nothing },
	{ "without a page the slot keeps its uses", without_a_page_the_slot_keeps_its_uses },
	{ "who comes while a page is read has to wait for it",
	  who_comes_while_a_page_is_read_has_to_wait_for_it },
	{ "a page whose entry went while it was read is freed",
	  a_page_whose_entry_went_while_it_was_read_is_freed },
	{ "a space outlives its task until the page is read",
	  a_space_outlives_its_task_until_the_page_is_read },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_space", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
