/* Dirty buffers: how many are too many, in which order and how many at a time they are
 * written, and by whom. */
#include "tests/model/world24.h"

static struct world24 w;
static struct sim_cpu *cpu;
static struct mm24 *mm;

/* Frames 0 to 1023: pages_min 32, low 64, high 96. */
static void a_world(void)
{
	w_open(&w, 1024, 0);
	mm = w.k.mm;
	cpu = &w.k.cpus[0];
}

static void drop(void)
{
	w_close(&w);
}

static void dirty(uint32_t slot)
{
	mm24_buffer_make(mm, slot, 0);
	CU_ASSERT_FATAL(mm24_bdflush_dirtied(mm, cpu, slot));
}

/* A page of the page cache with a dirty buffer. */
static uint32_t dirty_page(void)
{
	uint32_t slot = w_cached(&w.k);

	dirty(slot);
	return slot;
}

static bool is_dirty(uint32_t slot)
{
	return mm->s[slot].tag & MM24_BUFFER_DIRTY;
}

static bool is_locked(uint32_t slot)
{
	return mm->s[slot].tag & MM24_BUFFER_LOCKED;
}

static void the_soft_limit_is_30_percent_and_the_hard_one_60(void)
{
	unsigned n = 0;

	w_leave_free(&w, 400);
	mm->free_high = 0;
	/* All is 400 - n free + n / 16 active. */
	while (mm24_bdflush_state(mm) < 0) {
		CU_ASSERT(n * 100 <= 30 * (400 - n + n / 16));
		dirty_page();
		n++;
	}
	CU_ASSERT(n * 100 > 30 * (400 - n + n / 16));
	while (mm24_bdflush_state(mm) < 1) {
		CU_ASSERT(n * 100 <= 60 * (400 - n + n / 16));
		dirty_page();
		n++;
	}
	CU_ASSERT(n * 100 > 60 * (400 - n + n / 16));
}

static void with_little_free_memory_the_limits_are_those_of_what_should_be_free(void)
{
	uint32_t pages[29];

	for (unsigned i = 0; i < 29; i++)
		pages[i] = w_cached(&w.k);
	w_leave_free(&w, 20);
	/* 30 percent of freepages.high, 96, and of a 16th of the active pages. */
	for (unsigned i = 0; i < 29; i++)
		dirty(pages[i]);
	CU_ASSERT_EQUAL(mm24_bdflush_state(mm), -1);
	dirty_page();
	CU_ASSERT_EQUAL(mm24_bdflush_state(mm), 0);
}

static void the_limits_are_parameters(void)
{
	mm->params.bdflush[0] = 0;
	mm->params.bdflush[6] = 100;
	CU_ASSERT_EQUAL(mm24_bdflush_state(mm), -1);
	dirty_page();
	CU_ASSERT_EQUAL(mm24_bdflush_state(mm), 0);
	mm->params.bdflush[6] = 0;
	CU_ASSERT_EQUAL(mm24_bdflush_state(mm), 1);
}

static void old_dirty_pages_above_the_high_mark_are_a_reason_too_when_memory_is_short(void)
{
	for (unsigned i = 0; i < 96; i++)
		w_old(&w.k);
	CU_ASSERT_EQUAL(mm24_bdflush_state(mm), -1);
	w_leave_free(&w, 90);
	/* As many as the mark are not more. */
	CU_ASSERT_EQUAL(mm24_bdflush_state(mm), -1);
	w_old(&w.k);
	CU_ASSERT_EQUAL(mm24_bdflush_state(mm), 0);
}

static void bdflush_writes_64_buffers_a_turn_oldest_first(void)
{
	uint32_t pages[100];

	for (unsigned i = 0; i < 100; i++)
		pages[i] = dirty_page();
	CU_ASSERT(mm24_bdflush_pass(mm, cpu));
	CU_ASSERT_EQUAL(w.submits[1], 64);
	CU_ASSERT_EQUAL(mm->nr_dirty_buffers, 36);
	for (unsigned i = 0; i < 100; i++) {
		CU_ASSERT_EQUAL(is_dirty(pages[i]), i >= 64);
		CU_ASSERT_EQUAL(is_locked(pages[i]), i < 64);
	}
}

static void bdflush_goes_on_while_there_are_too_many_dirty_buffers(void)
{
	w_leave_free(&w, 300);
	for (unsigned i = 0; i < 200; i++)
		dirty_page();
	CU_ASSERT(!mm24_bdflush_pass(mm, cpu));
	w_run(&w, mm24_bdflush_run, 400);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_PTR_EQUAL(w.queue, mm->daemon[MM24_BDFLUSH].queue);
	CU_ASSERT_EQUAL(mm->nr_dirty_buffers, 0);
}

static void bdflush_launders_when_memory_is_short(void)
{
	for (unsigned i = 0; i < 10; i++)
		w_old(&w.k);
	CU_ASSERT(mm24_bdflush_pass(mm, cpu));
	CU_ASSERT_EQUAL(mm->stats.launder_calls, 0);
	w_leave_free(&w, 50);
	CU_ASSERT(mm24_bdflush_pass(mm, cpu));
	CU_ASSERT_EQUAL(mm->stats.launder_cleaned, 10);
}

static void a_buffer_that_becomes_dirty_twice_is_written_once_and_keeps_its_place(void)
{
	uint32_t first = dirty_page(), second = dirty_page();

	mm->params.bdflush[1] = 1;
	dirty(first);
	CU_ASSERT_EQUAL(mm->nr_dirty_buffers, 2);
	mm24_bdflush_pass(mm, cpu);
	CU_ASSERT(is_locked(first));
	CU_ASSERT(is_dirty(second));
}

static void a_buffer_that_becomes_dirty_while_it_is_written_is_written_again_later(void)
{
	uint32_t slot = dirty_page();

	mm24_bdflush_pass(mm, cpu);
	dirty(slot);
	CU_ASSERT_EQUAL(mm->nr_dirty_buffers, 1);
	mm24_bdflush_pass(mm, cpu);
	CU_ASSERT_EQUAL(w.submits[1], 1);
	cpu->due += W_SERVICE;
	mm24_bdflush_pass(mm, cpu);
	CU_ASSERT_EQUAL(w.submits[1], 2);
	CU_ASSERT_EQUAL(mm->nr_dirty_buffers, 0);
}

static void kupdate_writes_buffers_that_are_30_seconds_old_every_5_seconds(void)
{
	uint32_t old, young;

	old = dirty_page();
	cpu->due += 7 * 100 * W_JIFFY;
	young = dirty_page();
	/* Turns at 12, 17 and 22 s; the first buffer is due at 30 s. */
	w_run(&w, mm24_bdflush_kupdate_run, 4);
	CU_ASSERT_EQUAL(w.timeout, 500 * W_JIFFY);
	CU_ASSERT_EQUAL(w.submits[1], 0);
	/* It was left in the sleep until 27 s: the next turn is at 32 s. */
	w_run(&w, mm24_bdflush_kupdate_run, 2);
	CU_ASSERT(is_locked(old));
	CU_ASSERT(is_dirty(young));
	CU_ASSERT_EQUAL(w.submits[1], 1);
}

static void kupdate_with_interval_0_never_runs(void)
{
	mm->params.bdflush[4] = 0;
	w_run(&w, mm24_bdflush_kupdate_run, 1);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
}

static void many_dirty_buffers_block_their_writer_who_writes_some_himself(void)
{
	w_leave_free(&w, 300);
	mm->daemon[MM24_BDFLUSH].asleep = true;
	mm24_bdflush_balance(mm, cpu, NULL);
	CU_ASSERT_EQUAL(mm->daemon[MM24_BDFLUSH].wakes, 0);
	while (mm24_bdflush_state(mm) < 0)
		dirty_page();
	mm24_bdflush_balance(mm, cpu, NULL);
	CU_ASSERT_EQUAL(mm->daemon[MM24_BDFLUSH].wakes, 1);
	CU_ASSERT_EQUAL(w.submits[1], 0);
	while (mm24_bdflush_state(mm) < 1)
		dirty_page();
	mm24_bdflush_balance(mm, cpu, NULL);
	CU_ASSERT_EQUAL(w.submits[1], 64);
	CU_ASSERT_EQUAL(mm->stats.balance_blocks, 1);
	CU_ASSERT_EQUAL(mm->daemon[MM24_BDFLUSH].wake_calls, 2);
}

static void writers_wait_when_the_disk_has_128_requests(void)
{
	w_leave_free(&w, 300);
	for (unsigned i = 0; i < 250; i++)
		dirty_page();
	mm->params.bdflush[1] = 250;
	mm24_bdflush_pass(mm, cpu);
	CU_ASSERT_EQUAL(w.submits[1], 250);
	CU_ASSERT_EQUAL(mm->io.n, 128);
	CU_ASSERT_EQUAL(w.sleeps, 250 - 128);
}

static void the_ring_of_dirty_buffers_keeps_its_order_through_any_changes(void)
{
	enum { PAGES = 600 };
	static uint32_t pages[PAGES], order[PAGES];
	uint32_t random = 5, n = 0;

	for (unsigned i = 0; i < PAGES; i++)
		pages[i] = w_cached(&w.k);
	for (unsigned i = 0; i < 20000; i++) {
		uint32_t slot = pages[k_random(&random) % PAGES], at = 0;

		while (at < n && order[at] != slot)
			at++;
		if (k_random(&random) % 3) {
			dirty(slot);
			if (at == n)
				order[n++] = slot;
		} else if (at < n) {
			mm24_buffer_clean(mm, slot);
			memmove(&order[at], &order[at + 1], (n - at - 1) * sizeof(*order));
			n--;
		}
		CU_ASSERT_EQUAL(mm->nr_dirty_buffers, n);
	}
	CU_ASSERT(mm->dirty_room <= 4 * PAGES);
	for (uint32_t at = 0; at < n; at += 10) {
		mm->params.bdflush[1] = 10;
		mm24_bdflush_pass(mm, cpu);
		for (uint32_t i = 0; i < n; i++)
			CU_ASSERT_EQUAL(is_dirty(order[i]), i >= at + 10);
	}
	mm24_bdflush_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->dirty_n, 0);
}

static CU_TestInfo tests[] = {
	{ "the soft limit is 30 percent and the hard one 60",
	  the_soft_limit_is_30_percent_and_the_hard_one_60 },
	{ "with little free memory the limits are those of what should be free",
	  with_little_free_memory_the_limits_are_those_of_what_should_be_free },
	{ "the limits are parameters", the_limits_are_parameters },
	{ "old dirty pages above the high mark are a reason, too, when memory is short",
	  old_dirty_pages_above_the_high_mark_are_a_reason_too_when_memory_is_short },
	{ "bdflush writes 64 buffers a turn, oldest first",
	  bdflush_writes_64_buffers_a_turn_oldest_first },
	{ "bdflush goes on while there are too many dirty buffers",
	  bdflush_goes_on_while_there_are_too_many_dirty_buffers },
	{ "bdflush launders when memory is short", bdflush_launders_when_memory_is_short },
	{ "a buffer that becomes dirty twice is written once and keeps its place",
	  a_buffer_that_becomes_dirty_twice_is_written_once_and_keeps_its_place },
	{ "a buffer that becomes dirty while it is written is written again later",
	  a_buffer_that_becomes_dirty_while_it_is_written_is_written_again_later },
	{ "kupdate writes buffers that are 30 seconds old, every 5 seconds",
	  kupdate_writes_buffers_that_are_30_seconds_old_every_5_seconds },
	{ "kupdate with interval 0 never runs", kupdate_with_interval_0_never_runs },
	{ "many dirty buffers block their writer, who writes some himself",
	  many_dirty_buffers_block_their_writer_who_writes_some_himself },
	{ "writers wait when the disk has 128 requests",
	  writers_wait_when_the_disk_has_128_requests },
	{ "the ring of dirty buffers keeps its order through any changes",
	  the_ring_of_dirty_buffers_keeps_its_order_through_any_changes },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_bdflush", NULL, NULL, a_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
