/* Pages of the page cache: what adding, finding and removing leave of a page, also while it is
 * written or laundered by somebody else. */
#include "tests/model/world24.h"

static struct world24 w;
static struct sim_cpu *cpu;
static struct mm24 *mm;

static void a_world(void)
{
	w_open(&w, 1024, 64);
	mm = w.k.mm;
	cpu = &w.k.cpus[0];
}

static void drop(void)
{
	w_close(&w);
}

static uint64_t free_pages(void)
{
	return mm->nr_free;
}

static void adding_clears_flags_takes_a_reference_and_activates(void)
{
	uint32_t slot = k_page(&w.k, "GFP_ATOMIC");

	mm->s[slot].tag |= MM24_DIRTY | MM24_REFERENCED;
	mm->s[slot].type = 9;
	mm24_cache_add(mm, cpu, slot, MM24_REFUSES);
	CU_ASSERT_EQUAL(mm->s[slot].tag, MM24_MAPPING | MM24_REFUSES | MM24_ACTIVE);
	CU_ASSERT_EQUAL(mm->s[slot].type, 9);
	CU_ASSERT_EQUAL(mm24_page(mm, slot)->count, 2);
}

static void finding_ages_up_and_wakes_kswapd_when_inactive_pages_are_short(void)
{
	uint32_t slot = w_old(&w.k);

	mm->daemon[MM24_KSWAPD].queued = mm->daemon[MM24_KSWAPD].asleep = true;
	mm24_cache_find(mm, cpu, slot, NULL);
	CU_ASSERT_EQUAL(w_list(&w.k, slot), MM24_ACTIVE);
	CU_ASSERT_EQUAL(mm->s[slot].type, 5);
	CU_ASSERT_PTR_NULL(w.woken);
	while (mm->nr_free >= mm->free_high)
		k_page(&w.k, "GFP_ATOMIC");
	mm->daemon[MM24_KSWAPD].asleep = true;
	w.woken = NULL;
	mm24_cache_find(mm, cpu, slot, NULL);
	CU_ASSERT_PTR_EQUAL(w.woken, mm->daemon[MM24_KSWAPD].queue);
}

static void removing_frees_a_page_that_nobody_else_has(void)
{
	uint64_t before = free_pages();
	uint32_t slot = w_old(&w.k), kept = w_cached(&w.k);

	mm24_page(mm, kept)->count++;
	mm->s[slot].tag |= MM24_DIRTY;
	mm24_cache_remove(mm, cpu, slot);
	CU_ASSERT_EQUAL(free_pages(), before - 1);
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, 0);
	mm24_cache_remove(mm, cpu, kept);
	CU_ASSERT_EQUAL(mm->s[kept].tag, 0);
	CU_ASSERT_EQUAL(mm24_page(mm, kept)->count, 1);
	CU_ASSERT_EQUAL(mm->nr_active, 0);
}

static void a_page_that_leaves_the_swap_cache_gives_its_slot_back(void)
{
	uint64_t slots = mm->swap.free;
	uint32_t page = k_page(&w.k, "GFP_ATOMIC"), slot = mm24_swap_get(mm);

	mm24_swap_cache_add(mm, cpu, page, slot);
	mm->s[page].tag |= MM24_DIRTY;
	CU_ASSERT_EQUAL(mm->swap.free, slots - 1);
	mm24_cache_remove(mm, cpu, page);
	CU_ASSERT_EQUAL(mm->swap.free, slots);
	CU_ASSERT_EQUAL(mm->swap.page[slot], MM24_NONE);
	CU_ASSERT_EQUAL(mm->s[page].tag, 0);
}

static uint32_t with_dirty_buffer(void)
{
	uint32_t slot = w_old(&w.k);

	mm24_buffer_make(mm, slot, 0);
	CU_ASSERT(mm24_bdflush_dirtied(mm, cpu, slot));
	return slot;
}

static void removing_drops_dirty_buffers_unwritten(void)
{
	uint64_t before = free_pages();
	uint32_t slot = with_dirty_buffer();

	mm24_cache_remove(mm, cpu, slot);
	CU_ASSERT_EQUAL(free_pages(), before);
	CU_ASSERT_EQUAL(mm->nr_dirty_buffers, 0);
	CU_ASSERT_EQUAL(mm->buffermem_pages, 0);
	CU_ASSERT_EQUAL(mm->io.writes, 0);
}

static void buffers_under_way_stay_behind_until_page_launder_frees_them(void)
{
	uint64_t before = free_pages();
	uint32_t slot = with_dirty_buffer();

	mm24_io_write_buffer(mm, cpu, slot);
	mm24_cache_remove(mm, cpu, slot);
	CU_ASSERT_EQUAL(mm->buffermem_pages, 1);
	CU_ASSERT_EQUAL(w_list(&w.k, slot), MM24_INACTIVE_DIRTY);
	CU_ASSERT_EQUAL(mm->s[slot].tag & MM24_MAPPING, 0);
	CU_ASSERT_EQUAL(free_pages(), before - 1);
	cpu->due += W_SERVICE;
	CU_ASSERT_EQUAL(mm24_launder(mm, cpu, NULL, 0, false), 1);
	CU_ASSERT_EQUAL(mm->buffermem_pages, 0);
	CU_ASSERT_EQUAL(free_pages(), before);
}

static void a_page_can_be_removed_while_it_is_written(void)
{
	uint64_t before = free_pages();
	uint32_t slot = w_old(&w.k);

	mm->s[slot].tag |= MM24_LOCKED;
	CU_ASSERT_EQUAL(mm24_io_writepage(mm, cpu, slot), 0);
	CU_ASSERT_EQUAL(mm->io.n, 1);
	mm24_cache_remove(mm, cpu, slot);
	CU_ASSERT_EQUAL(free_pages(), before);
	CU_ASSERT_EQUAL(k_page(&w.k, "GFP_ATOMIC"), slot);
	mm->s[slot].tag |= MM24_LOCKED;
	cpu->due += W_SERVICE;
	mm24_io_reap(mm, cpu);
	CU_ASSERT_EQUAL(mm->io.n, 0);
	CU_ASSERT(mm->s[slot].tag & MM24_LOCKED);
	mm->s[slot].tag = 0;
}

static uint32_t victim;

static void remove_victim(struct world24 *world)
{
	if (victim != MM24_NONE)
		mm24_cache_remove(world->k.mm, &world->k.cpus[0], victim);
	victim = MM24_NONE;
}

static void a_page_removed_while_page_launder_waits_for_its_buffer_is_freed_by_it(void)
{
	uint64_t before;

	victim = with_dirty_buffer();
	while (mm->nr_free >= mm->free_high)
		k_page(&w.k, "GFP_ATOMIC");
	/* The write is under way, so that a synchronous launder sleeps for it. */
	mm24_io_write_buffer(mm, cpu, victim);
	w.asleep = remove_victim;
	mm->page_cluster = 0;
	for (unsigned i = 0; i < 4; i++)
		with_dirty_buffer(); /* use up the asynchronous writes */
	before = free_pages();
	mm24_lru_move(mm, cpu, victim, MM24_INACTIVE_DIRTY);
	CU_ASSERT_EQUAL(mm24_launder(mm, cpu, NULL, MM24_GFP_IO, true), 1);
	CU_ASSERT_EQUAL(victim, MM24_NONE);
	CU_ASSERT_EQUAL(free_pages(), before + 1);
	CU_ASSERT_EQUAL(mm->buffermem_pages, 0);
}

static CU_TestInfo tests[] = {
	{ "adding clears flags, takes a reference and activates",
	  adding_clears_flags_takes_a_reference_and_activates },
	{ "finding ages up and wakes kswapd when inactive pages are short",
	  finding_ages_up_and_wakes_kswapd_when_inactive_pages_are_short },
	{ "removing frees a page that nobody else has",
	  removing_frees_a_page_that_nobody_else_has },
	{ "a page that leaves the swap cache gives its slot back",
	  a_page_that_leaves_the_swap_cache_gives_its_slot_back },
	{ "removing drops dirty buffers unwritten", removing_drops_dirty_buffers_unwritten },
	{ "buffers under way stay behind until page_launder frees them",
	  buffers_under_way_stay_behind_until_page_launder_frees_them },
	{ "a page can be removed while it is written",
	  a_page_can_be_removed_while_it_is_written },
	{ "a page removed while page_launder waits for its buffer is freed by it",
	  a_page_removed_while_page_launder_waits_for_its_buffer_is_freed_by_it },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_cache", NULL, NULL, a_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
