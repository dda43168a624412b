/* Writes in time: when they end, who waits how long, and what a write does to its page. */
#include "tests/model/world24.h"

static struct world24 w;
static struct sim_cpu *cpu;
static struct mm24 *mm;

static void a_world(void)
{
	w_open(&w, 1024, 64);
	mm = w.k.mm;
	cpu = &w.k.cpus[0];
	/* Time passes only where a test waits. */
	memset(&mm->cost, 0, sizeof(mm->cost));
}

static void drop(void)
{
	w_close(&w);
}

static uint32_t file_page(uint32_t content)
{
	uint32_t slot = w_old(&w.k);

	mm24_page(mm, slot)->content = content + 1;
	return slot;
}

static uint32_t swap_page(void)
{
	uint32_t slot = k_page(&w.k, "GFP_ATOMIC");

	mm24_swap_cache_add(mm, cpu, slot, mm24_swap_get(mm));
	mm24_buddy_put(mm, cpu, slot, 0);
	return slot;
}

static void write_page(uint32_t slot)
{
	mm->s[slot].tag |= MM24_LOCKED;
	CU_ASSERT_EQUAL(mm24_io_writepage(mm, cpu, slot), 0);
}

static bool locked(uint32_t slot)
{
	return mm->s[slot].tag & MM24_LOCKED;
}

/* Contents that tests made up are not the kernel's to end. */
static void forget_contents(void)
{
	for (uint32_t i = 0; i < mm->slots - mm->frame0; i++)
		mm->page[i].content = 0;
}

static void a_page_stays_locked_until_its_date(void)
{
	uint32_t slot = file_page(7);

	write_page(slot);
	CU_ASSERT_EQUAL(w.offset, 7 * 4096);
	CU_ASSERT_EQUAL(w.submits[1], 1);
	CU_ASSERT(locked(slot));
	cpu->due += W_SERVICE - 1;
	mm24_io_reap(mm, cpu);
	CU_ASSERT(locked(slot));
	cpu->due++;
	mm24_io_reap(mm, cpu);
	CU_ASSERT(!locked(slot));
	CU_ASSERT_EQUAL(mm->io.n, 0);
	CU_ASSERT_EQUAL(mm24_page(mm, slot)->count, 1);
	forget_contents();
}

static void a_page_of_the_swap_cache_goes_to_its_slot_of_the_swap_disk(void)
{
	uint32_t slot;

	swap_page();
	slot = swap_page();
	write_page(slot);
	CU_ASSERT_EQUAL(w.offset, 2 * 4096);
	CU_ASSERT_EQUAL(w.submits[0], 1);
	CU_ASSERT_EQUAL(mm->swap.writes, 1);
}

static void writes_to_two_disks_end_in_the_order_of_their_dates(void)
{
	uint32_t swap[3], file[3];

	/* The swap disk is busy for three services first. */
	w.free_at[0] = 3 * W_SERVICE + 1;
	for (unsigned i = 0; i < 3; i++) {
		swap[i] = swap_page();
		write_page(swap[i]);
	}
	for (unsigned i = 0; i < 3; i++) {
		file[i] = file_page(i);
		write_page(file[i]);
	}
	for (unsigned step = 1; step <= 7; step++) {
		cpu->due += W_SERVICE;
		mm24_io_reap(mm, cpu);
		for (unsigned i = 0; i < 3; i++) {
			CU_ASSERT_EQUAL(locked(file[i]), step < i + 1);
			CU_ASSERT_EQUAL(locked(swap[i]), step < i + 5);
		}
	}
	forget_contents();
}

static void waiting_sleeps_until_the_pages_own_write_is_over(void)
{
	uint32_t pages[5];

	for (unsigned i = 0; i < 5; i++) {
		pages[i] = file_page(i);
		write_page(pages[i]);
	}
	mm24_io_wait(mm, cpu, pages[2]);
	CU_ASSERT_EQUAL(w.slept, 3 * W_SERVICE);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(locked(pages[i]), i > 2);
	mm24_io_wait(mm, cpu, pages[0]);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	forget_contents();
}

static void a_page_that_somebody_else_has_locked_is_looked_at_again_in_a_while(void)
{
	uint32_t slot = w_old(&w.k);

	mm->s[slot].tag |= MM24_LOCKED;
	mm24_io_wait(mm, cpu, slot);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT(w.slept > 0 && w.slept < W_JIFFY);
	mm->s[slot].tag &= (uint16_t)~MM24_LOCKED;
}

static void waiting_for_a_buffer_ends_with_it_whoever_has_locked_the_page(void)
{
	uint32_t slot = file_page(0);

	mm24_buffer_make(mm, slot, 0);
	CU_ASSERT(mm24_bdflush_dirtied(mm, cpu, slot));
	mm24_io_write_buffer(mm, cpu, slot);
	CU_ASSERT_EQUAL(mm->s[slot].tag & (MM24_BUFFER_DIRTY | MM24_BUFFER_LOCKED),
			MM24_BUFFER_LOCKED);
	CU_ASSERT(!locked(slot));
	mm->s[slot].tag |= MM24_LOCKED;
	cpu->due += W_SERVICE;
	mm24_io_wait(mm, cpu, slot);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT_EQUAL(mm->s[slot].tag & MM24_BUFFER_LOCKED, 0);
	mm->s[slot].tag &= (uint16_t)~MM24_LOCKED;
	forget_contents();
}

static void swap_writes_wait_for_one_another_from_eight_clusters_on(void)
{
	mm->page_cluster = 1;
	for (unsigned i = 0; i < 20; i++)
		write_page(swap_page());
	CU_ASSERT_EQUAL(mm->io.n, 16);
	CU_ASSERT_EQUAL(w.sleeps, 4);
	CU_ASSERT_EQUAL(w.submits[0], 20);
}

static void a_clean_buffer_or_one_under_way_is_not_written(void)
{
	uint32_t slot = w_old(&w.k);

	mm24_buffer_make(mm, slot, 0);
	mm24_io_write_buffer(mm, cpu, slot);
	CU_ASSERT_EQUAL(mm->io.writes, 0);
	CU_ASSERT(mm24_bdflush_dirtied(mm, cpu, slot));
	mm24_io_write_buffer(mm, cpu, slot);
	CU_ASSERT(mm24_bdflush_dirtied(mm, cpu, slot));
	mm24_io_write_buffer(mm, cpu, slot);
	CU_ASSERT_EQUAL(mm->io.writes, 1);
	CU_ASSERT_EQUAL(mm->nr_dirty_buffers, 1);
}

static void freeing_buffers_waits_only_for_writes_that_were_under_way(void)
{
	uint32_t slot = w_old(&w.k), other = w_old(&w.k);

	mm24_buffer_make(mm, slot, MM24_BUFFER_DIRTY);
	CU_ASSERT(!mm24_buffer_try_free(mm, cpu, slot, 0));
	CU_ASSERT_EQUAL(mm->io.writes, 0);
	CU_ASSERT(!mm24_buffer_try_free(mm, cpu, slot, 1));
	CU_ASSERT_EQUAL(mm->io.writes, 1);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT(mm24_buffer_try_free(mm, cpu, slot, 2));
	CU_ASSERT_EQUAL(w.slept, W_SERVICE);
	CU_ASSERT_EQUAL(mm->s[slot].tag & MM24_BUFFERS, 0);
	CU_ASSERT_EQUAL(mm24_page(mm, slot)->count, 1);
	mm24_buffer_make(mm, other, MM24_BUFFER_DIRTY);
	CU_ASSERT(!mm24_buffer_try_free(mm, cpu, other, 2));
	CU_ASSERT_EQUAL(w.slept, 2 * W_SERVICE);
	CU_ASSERT(mm24_buffer_try_free(mm, cpu, other, 0));
}

static void reading_sleeps_for_the_disk(void)
{
	mm24_io_read(mm, cpu, true, 9);
	CU_ASSERT_EQUAL(w.slept, W_SERVICE);
	CU_ASSERT_EQUAL(w.offset, 9 * 4096);
	CU_ASSERT_EQUAL(mm->swap.reads, 1);
	mm24_io_read(mm, cpu, false, 3);
	CU_ASSERT_EQUAL(w.reads, 2);
	CU_ASSERT_EQUAL(mm->swap.reads, 1);
}

static void without_a_disk_nothing_takes_time(void)
{
	uint32_t slot = w_old(&w.k);

	mm->host_copy.data = NULL;
	write_page(slot);
	CU_ASSERT(!locked(slot));
	mm24_io_read(mm, cpu, false, 3);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT_EQUAL(mm->io.writes, 1);
}

static void by_hand_writes_end_when_they_are_told_to_oldest_first(void)
{
	uint32_t pages[200];

	mm->host = NULL;
	mm->io.by_hand = true;
	for (unsigned i = 0; i < 200; i++) {
		pages[i] = w_old(&w.k);
		write_page(pages[i]);
	}
	mm24_io_reap(mm, cpu);
	CU_ASSERT_EQUAL(mm24_io_complete(mm, cpu, 30), 30);
	CU_ASSERT(!locked(pages[29]) && locked(pages[30]));
	mm24_io_wait(mm, cpu, pages[99]);
	CU_ASSERT(!locked(pages[99]) && locked(pages[100]));
	CU_ASSERT_EQUAL(mm24_io_complete(mm, cpu, 500), 100);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	mm->io.sync = true;
	write_page(pages[0]);
	CU_ASSERT(!locked(pages[0]));
}

static CU_TestInfo tests[] = {
	{ "a page stays locked until its date", a_page_stays_locked_until_its_date },
	{ "a page of the swap cache goes to its slot of the swap disk",
	  a_page_of_the_swap_cache_goes_to_its_slot_of_the_swap_disk },
	{ "writes to two disks end in the order of their dates",
	  writes_to_two_disks_end_in_the_order_of_their_dates },
	{ "waiting sleeps until the page's own write is over",
	  waiting_sleeps_until_the_pages_own_write_is_over },
	{ "a page that somebody else has locked is looked at again in a while",
	  a_page_that_somebody_else_has_locked_is_looked_at_again_in_a_while },
	{ "waiting for a buffer ends with it, whoever has locked the page",
	  waiting_for_a_buffer_ends_with_it_whoever_has_locked_the_page },
	{ "swap writes wait for one another from eight clusters on",
	  swap_writes_wait_for_one_another_from_eight_clusters_on },
	{ "a clean buffer, or one under way, is not written",
	  a_clean_buffer_or_one_under_way_is_not_written },
	{ "freeing buffers waits only for writes that were under way",
	  freeing_buffers_waits_only_for_writes_that_were_under_way },
	{ "reading sleeps for the disk", reading_sleeps_for_the_disk },
	{ "without a disk nothing takes time", without_a_disk_nothing_takes_time },
	{ "by hand writes end when they are told to, oldest first",
	  by_hand_writes_end_when_they_are_told_to_oldest_first },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_io", NULL, NULL, a_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
