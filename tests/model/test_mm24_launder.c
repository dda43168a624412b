/* page_launder(): where each kind of page goes in the first and the second pass, how many
 * writes a pass begins, and when it waits. */
#include "tests/model/world24.h"

static struct kernel24 k;
static struct sim_cpu *cpu;
static struct mm24 *mm;

static void one_zone(void)
{
	k_one_zone(&k, 1, 1024);
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_by_hand(&k, 0, false);
	mm = k.mm;
	cpu = &k.cpus[0];
}

static void drop(void)
{
	/* Writes end before memory is looked at. */
	mm24_io_complete(mm, cpu, UINT32_MAX);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void make_memory_short(void)
{
	while (mm->nr_free > 50)
		k_page(&k, "GFP_ATOMIC");
}

static uint32_t page_of(unsigned flags, unsigned age, int32_t more)
{
	uint32_t slot = w_old(&k);

	if (flags & MM24_BUFFERS)
		mm24_buffer_make(mm, slot, flags & MM24_RAMDISK);
	mm->s[slot].tag |= (uint16_t)flags;
	mm->s[slot].type = (uint8_t)age;
	mm24_page(mm, slot)->count += more;
	return slot;
}

static void one_pass_sorts_pages_and_writes_nothing(void)
{
	static const struct {
		unsigned flags, age;
		int32_t more;
		unsigned want;
	} rows[] = {
		{ 0, 0, 0, MM24_INACTIVE_CLEAN },
		{ MM24_REFERENCED, 0, 0, MM24_ACTIVE },
		{ 0, 1, 0, MM24_ACTIVE },
		{ 0, 0, 1, MM24_ACTIVE },
		{ MM24_LOCKED, 0, 0, MM24_INACTIVE_DIRTY },
		{ MM24_DIRTY, 0, 0, MM24_INACTIVE_DIRTY },
		{ MM24_DIRTY | MM24_NO_WRITEPAGE, 0, 0, MM24_ACTIVE },
		{ MM24_DIRTY | MM24_REFUSES, 0, 0, MM24_INACTIVE_DIRTY },
		{ MM24_BUFFERS, 0, 0, MM24_INACTIVE_CLEAN },
		{ MM24_BUFFERS, 0, 1, MM24_ACTIVE },
		{ MM24_BUFFERS | MM24_BUFFER_DIRTY, 0, 0, MM24_INACTIVE_DIRTY },
		{ MM24_BUFFERS | MM24_RAMDISK, 0, 0, MM24_ACTIVE },
	};

	make_memory_short();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool clean = rows[i].want == MM24_INACTIVE_CLEAN;
		uint32_t slot = page_of(rows[i].flags, rows[i].age, rows[i].more);

		CU_ASSERT_EQUAL(mm24_launder(mm, cpu, NULL, MM24_GFP_WAIT, true), clean);
		CU_ASSERT_EQUAL(w_list(&k, slot), rows[i].want);
		CU_ASSERT_EQUAL(mm->s[slot].tag & MM24_LOCKED, rows[i].flags & MM24_LOCKED);
		CU_ASSERT_EQUAL(mm->s[slot].tag & MM24_REFERENCED, 0);
		mm24_lru_del(mm, cpu, slot);
	}
	CU_ASSERT_EQUAL(mm->io.writes, 0);
	CU_ASSERT_EQUAL(mm->daemon[MM24_BDFLUSH].wake_calls, 0);
}

static void the_second_pass_needs_io_and_a_shortage(void)
{
	uint32_t slot = page_of(MM24_DIRTY, 0, 0);

	mm24_launder(mm, cpu, NULL, MM24_GFP_KERNEL, false);
	CU_ASSERT_EQUAL(mm->io.writes, 0);
	make_memory_short();
	mm24_launder(mm, cpu, NULL, MM24_GFP_BUFFER, false);
	CU_ASSERT_EQUAL(mm->io.writes, 0);
	CU_ASSERT_EQUAL(mm->daemon[MM24_BDFLUSH].wake_calls, 0);
	mm24_launder(mm, cpu, NULL, MM24_GFP_KERNEL, false);
	CU_ASSERT_EQUAL(mm->io.writes, 1);
	CU_ASSERT_EQUAL(mm->daemon[MM24_BDFLUSH].wake_calls, 1);
	CU_ASSERT(mm->s[slot].tag & MM24_LOCKED);
	CU_ASSERT_EQUAL(mm->s[slot].tag & MM24_DIRTY, 0);
	CU_ASSERT_EQUAL(mm24_page(mm, slot)->count, 1);
}

static void each_write_on_its_way_takes_two_steps_of_the_pass(void)
{
	for (unsigned i = 0; i < 100; i++)
		page_of(MM24_DIRTY, 0, 0);
	make_memory_short();
	mm24_launder(mm, cpu, NULL, MM24_GFP_IO, false);
	CU_ASSERT_EQUAL(mm->io.writes, 50);
	CU_ASSERT_EQUAL(mm->stats.launder_scanned, 200);
}

static void a_write_that_is_over_at_once_leaves_a_clean_page_in_the_same_pass(void)
{
	mm->io.sync = true;
	for (unsigned i = 0; i < 10; i++)
		page_of(MM24_DIRTY, 0, 0);
	make_memory_short();
	CU_ASSERT_EQUAL(mm24_launder(mm, cpu, NULL, MM24_GFP_IO, false), 5);
	CU_ASSERT_EQUAL(mm->nr_clean, 5);
	CU_ASSERT_EQUAL(mm->nr_inactive_dirty, 5);
}

static void a_refused_page_is_dirty_and_active_afterwards(void)
{
	uint32_t slot = page_of(MM24_DIRTY | MM24_REFUSES, 0, 0);

	make_memory_short();
	mm24_launder(mm, cpu, NULL, MM24_GFP_IO, false);
	CU_ASSERT_EQUAL(w_list(&k, slot), MM24_ACTIVE);
	CU_ASSERT_EQUAL(mm->s[slot].tag & (MM24_DIRTY | MM24_LOCKED), MM24_DIRTY);
	CU_ASSERT_EQUAL(mm24_page(mm, slot)->count, 1);
	CU_ASSERT_EQUAL(mm->io.writes, 0);
}

static void buffers(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		page_of(MM24_BUFFERS | MM24_BUFFER_DIRTY, 0, 0);
	make_memory_short();
}

static void a_pass_begins_at_most_four_clusters_of_buffer_writes(void)
{
	buffers(100);
	CU_ASSERT_EQUAL(mm->page_cluster, 2);
	mm24_launder(mm, cpu, NULL, MM24_GFP_IO, false);
	CU_ASSERT_EQUAL(mm->io.writes, 16);
	CU_ASSERT_EQUAL(mm->io.n, 16);
}

static void a_synchronous_pass_waits_for_what_comes_after_them(void)
{
	buffers(20);
	/* Waiting frees nothing yet: its own write was not under way before. */
	CU_ASSERT_EQUAL(mm24_launder(mm, cpu, NULL, MM24_GFP_IO, true), 0);
	CU_ASSERT_EQUAL(mm->io.writes, 20);
	CU_ASSERT_EQUAL(mm->io.n, 0);
	CU_ASSERT_EQUAL(mm24_launder(mm, cpu, NULL, MM24_GFP_IO, true), 20);
}

static void a_synchronous_pass_does_not_wait_when_the_first_pass_cleaned_pages(void)
{
	buffers(20);
	page_of(0, 0, 0);
	CU_ASSERT_EQUAL(mm24_launder(mm, cpu, NULL, MM24_GFP_IO, true), 1);
	CU_ASSERT_EQUAL(mm->io.n, 16);
}

/* A page of the buffer cache alone, as grow_buffers() makes it, and old. */
static uint32_t buffer_page(void)
{
	uint64_t frame = k_alloc(&k, 0, 0, "GFP_ATOMIC");
	uint32_t slot = mm24_slot(mm, frame);

	mm24_probe_buffer_page(mm, cpu, frame, false);
	mm24_lru_deactivate(mm, cpu, slot);
	return slot;
}

static void pages_of_buffers_only_are_freed_until_memory_suffices(void)
{
	uint32_t slots[10];

	for (unsigned i = 0; i < 10; i++)
		slots[i] = buffer_page();
	while (mm->nr_free > 93)
		k_page(&k, "GFP_ATOMIC");
	mm->memory_pressure = 0;
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 3);
	CU_ASSERT_EQUAL(mm24_launder(mm, cpu, NULL, MM24_GFP_IO, false), 3);
	CU_ASSERT_EQUAL(mm->nr_free, 96);
	CU_ASSERT_EQUAL(mm->buffermem_pages, 7);
	CU_ASSERT_EQUAL(mm24_page(mm, slots[2])->count, 0);
	CU_ASSERT_EQUAL(mm24_page(mm, slots[3])->count, 1);
}

static void bdflush_does_not_wake_itself(void)
{
	page_of(MM24_DIRTY, 0, 0);
	make_memory_short();
	mm24_launder(mm, cpu, mm24_daemon_task(mm, MM24_BDFLUSH), MM24_GFP_KERNEL, false);
	CU_ASSERT_EQUAL(mm->io.writes, 1);
	CU_ASSERT_EQUAL(mm->daemon[MM24_BDFLUSH].wake_calls, 0);
}

static CU_TestInfo tests[] = {
	{ "one pass sorts pages and writes nothing", one_pass_sorts_pages_and_writes_nothing },
	{ "the second pass needs I/O and a shortage", the_second_pass_needs_io_and_a_shortage },
	{ "each write on its way takes two steps of the pass",
	  each_write_on_its_way_takes_two_steps_of_the_pass },
	{ "a write that is over at once leaves a clean page in the same pass",
	  a_write_that_is_over_at_once_leaves_a_clean_page_in_the_same_pass },
	{ "a refused page is dirty and active afterwards",
	  a_refused_page_is_dirty_and_active_afterwards },
	{ "a pass begins at most four clusters of buffer writes",
	  a_pass_begins_at_most_four_clusters_of_buffer_writes },
	{ "a synchronous pass waits for what comes after them",
	  a_synchronous_pass_waits_for_what_comes_after_them },
	{ "a synchronous pass does not wait when the first pass cleaned pages",
	  a_synchronous_pass_does_not_wait_when_the_first_pass_cleaned_pages },
	{ "pages of buffers only are freed until memory suffices",
	  pages_of_buffers_only_are_freed_until_memory_suffices },
	{ "bdflush does not wake itself", bdflush_does_not_wake_itself },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_launder", NULL, NULL, one_zone, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
