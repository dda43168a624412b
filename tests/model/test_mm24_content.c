/*
 * Contents: what hold(), drop() and accesses do to pages, and that pages come back wherever
 * reclaim has put them. What would be other actors acts in the port's sleeping calls.
 */
#include "tests/model/content24.h"

/* ---- hold and drop --------------------------------------------------------------------- */

static void a_tasks_memory_is_mapped_into_its_space(void)
{
	uint32_t a = hold_anon(3), b = hold_anon(3), c = hold_anon(5);
	struct mm24_space *third = k.mm->tasks[3]->space;

	CU_ASSERT_EQUAL(third->rss, 2);
	CU_ASSERT_EQUAL(k.mm->tasks[3]->total_vm, 2);
	CU_ASSERT_EQUAL(k.mm->tasks[5]->total_vm, 1);
	/* The younger space is at the head of mmlist, as exec does. */
	CU_ASSERT_PTR_EQUAL(k.mm->mmlist, k.mm->tasks[5]->space);
	CU_ASSERT_PTR_EQUAL(k.mm->mmlist->next, third);
	CU_ASSERT_EQUAL(pte_of(b)->flags, MM24_PTE_PRESENT | MM24_PTE_YOUNG | MM24_PTE_DIRTY);
	CU_ASSERT_EQUAL(k.mm->s[page_of(a)].tag, 0);
	CU_ASSERT_EQUAL(k.mm->s[page_of(a)].type, 2);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page_of(a))->count, 1);
	CU_ASSERT_EQUAL(mm24_policy.content_task(k.mm, c), 5);
	CU_ASSERT_EQUAL(mm24_policy.contents(k.mm), 3);
}

static void a_page_of_a_file_is_in_the_page_cache(void)
{
	uint32_t clean = hold(0, MM_KIND_FILE, false, true);
	uint32_t dirty = hold(0, MM_KIND_FILE, true, false);

	CU_ASSERT_EQUAL(k.mm->s[page_of(clean)].tag, MM24_ACTIVE | MM24_MAPPING | MM24_BUFFERS);
	CU_ASSERT_EQUAL(k.mm->s[page_of(clean)].type, 2);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page_of(clean))->count, 2);
	CU_ASSERT_EQUAL(k.mm->s[page_of(dirty)].tag,
			MM24_INACTIVE_DIRTY | MM24_MAPPING | MM24_BUFFERS | MM24_BUFFER_DIRTY);
	CU_ASSERT_EQUAL(k.mm->s[page_of(dirty)].type, 0);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page_of(dirty))->count, 2);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 1);
	CU_ASSERT_PTR_NULL(k.mm->mmlist);
}

static void a_drop_gives_back_all_that_a_hold_took(void)
{
	uint64_t before = k.mm->nr_free;
	uint32_t contents[4] = { hold_anon(1), hold_file(false), hold_file(true),
				 hold(2, MM_KIND_FILE, true, false) };

	CU_ASSERT_EQUAL(k.mm->nr_free, before - 4);
	for (unsigned i = 0; i < 4; i++)
		drop(contents[i]);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
	CU_ASSERT_EQUAL(k.mm->nr_active + k.mm->nr_inactive_dirty, 0);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 0);
	CU_ASSERT_EQUAL(k.mm->tasks[1]->total_vm, 0);
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(mm24_policy.content_task(k.mm, contents[i]), UINT32_MAX);
}

static void numbers_are_used_again(void)
{
	uint32_t a = hold_anon(1), b = hold_anon(1);

	drop(a);
	CU_ASSERT_EQUAL(mm24_policy.contents(k.mm), 2);
	CU_ASSERT_EQUAL(hold_file(false), a);
	drop(b);
	CU_ASSERT_EQUAL(hold_anon(7), b);
	CU_ASSERT_EQUAL(mm24_policy.contents(k.mm), 2);
}

static void a_task_that_cannot_be_counted_holds_nothing(void)
{
	uint64_t frame = k_alloc(&k, 0, 0, "GFP_HIGHUSER");

	CU_ASSERT_EQUAL(
		mm24_policy.hold(k.mm, cpu, frame, (struct mm_content){ .task = UINT32_MAX }),
		MM_NO_CONTENT);
	k_free(&k, 0, frame, 0);
}

/* ---- access without sleeping ----------------------------------------------------------- */

static void an_access_to_memory_leaves_its_traces_in_the_entry(void)
{
	uint32_t a = hold_anon(1);
	struct mm_access access;

	pte_of(a)->flags = MM24_PTE_PRESENT;
	access = try_it(a, false);
	CU_ASSERT_EQUAL(access.verdict, MM_DONE);
	CU_ASSERT_EQUAL(access.frame, mm24_policy.content_frame(k.mm, a));
	CU_ASSERT_FALSE(access.refault);
	CU_ASSERT_EQUAL(pte_of(a)->flags, MM24_PTE_PRESENT | MM24_PTE_YOUNG);
	CU_ASSERT_EQUAL(try_it(a, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(pte_of(a)->flags, MM24_PTE_PRESENT | MM24_PTE_YOUNG | MM24_PTE_DIRTY);
}

static void an_access_to_a_file_looks_its_page_up(void)
{
	uint32_t f = hold(1, MM_KIND_FILE, false, false);

	CU_ASSERT_EQUAL(try_it(f, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->s[page_of(f)].tag, MM24_ACTIVE | MM24_MAPPING | MM24_BUFFERS);
	CU_ASSERT_EQUAL(k.mm->s[page_of(f)].type, 5);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 0);
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->s[page_of(f)].type, 8);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 1);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page_of(f))->count, 2);
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 1);
}

static void only_writers_wait_for_a_pages_lock(void)
{
	uint32_t f = hold_file(false);

	k.mm->s[page_of(f)].tag |= MM24_LOCKED;
	CU_ASSERT_EQUAL(try_it(f, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 0);
	k.mm->s[page_of(f)].tag &= (uint16_t)~MM24_LOCKED;
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_DONE);
}

static void what_is_not_there_cannot_be_accessed(void)
{
	uint32_t a = hold_anon(1);

	drop(a);
	CU_ASSERT_EQUAL(try_it(a, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(wait_it(a, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(try_it(4711, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm24_policy.content_frame(k.mm, a), MM_NO_FRAME);
	CU_ASSERT_EQUAL(mm24_policy.content_task(k.mm, 4711), UINT32_MAX);
}

/* ---- refaults -------------------------------------------------------------------------- */

static void memory_in_the_swap_cache_comes_back_without_a_read(void)
{
	uint32_t a = hold_anon(1), page = page_of(a);
	struct mm_access access;

	swap_out(a);
	CU_ASSERT_EQUAL(mm24_policy.content_frame(k.mm, a), mm24_frame(k.mm, page));
	CU_ASSERT_EQUAL(try_it(a, false).verdict, MM_WOULD_SLEEP);
	access = wait_it(a, true);
	CU_ASSERT_EQUAL(access.verdict, MM_DONE);
	CU_ASSERT_EQUAL(access.frame, mm24_frame(k.mm, page));
	CU_ASSERT_FALSE(access.refault);
	CU_ASSERT_EQUAL(k.mm->stats.refaults_swap, 0);
	CU_ASSERT_EQUAL(k.mm->tasks[1]->total_vm, 1);
}

static void memory_on_the_swap_disk_is_read_back(void)
{
	uint32_t a = hold_anon(1);
	struct mm_access access;

	to_disk(a);
	access = wait_it(a, true);
	CU_ASSERT_EQUAL(access.verdict, MM_DONE);
	CU_ASSERT_TRUE(access.refault);
	CU_ASSERT_EQUAL(access.frame, mm24_policy.content_frame(k.mm, a));
	CU_ASSERT_EQUAL(k.mm->stats.refaults_swap, 1);
	CU_ASSERT_EQUAL(cpu->now, 1000);
	CU_ASSERT_EQUAL(try_it(a, true).verdict, MM_DONE);
}

static void a_file_is_read_back_from_its_disk(void)
{
	uint32_t f = hold_file(true);
	struct mm_access access;

	to_disk(f);
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_WOULD_SLEEP);
	access = wait_it(f, true);
	CU_ASSERT_EQUAL(access.verdict, MM_DONE);
	CU_ASSERT_TRUE(access.refault);
	CU_ASSERT_EQUAL(access.frame, mm24_policy.content_frame(k.mm, f));
	CU_ASSERT_EQUAL(k.mm->stats.refaults_file, 1);
	CU_ASSERT_EQUAL(k.mm->s[page_of(f)].tag,
			MM24_ACTIVE | MM24_MAPPING | MM24_BUFFERS | MM24_BUFFER_DIRTY);
	CU_ASSERT_EQUAL(k.mm->s[page_of(f)].type, 2);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page_of(f))->count, 2);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 1);
}

static void what_is_on_a_disk_is_dropped_there(void)
{
	uint64_t before = k.mm->nr_free;
	uint32_t a = hold_anon(1), f = hold_file(false);

	to_disk(a);
	to_disk(f);
	drop(a);
	drop(f);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
	CU_ASSERT_EQUAL(k.mm->swap.free, SWAP - 1);
	CU_ASSERT_EQUAL(hold_anon(1), f);
	CU_ASSERT_EQUAL(hold_anon(1), a);
}

/* 2.4.0 frees a swap slot, but does not look for its page: reclaim finds it. */
static void dropped_memory_stays_in_the_swap_cache(void)
{
	uint32_t a = hold_anon(1), page = page_of(a);

	swap_out(a);
	drop(a);
	CU_ASSERT_EQUAL(mm24_page(k.mm, page)->count, 1);
	CU_ASSERT_EQUAL(k.mm->swap.map[1], 1);
	reclaim(page);
	CU_ASSERT_EQUAL(k.mm->swap.free, SWAP - 1);
}

static void without_memory_an_access_fails(void)
{
	uint32_t a = hold_anon(1), f = hold_file(false);

	to_disk(a);
	to_disk(f);
	k.mm->params.hang_rounds[0] = 1;
	while (k_alloc(&k, 0, 0, "GFP_ATOMIC") != MM_NO_FRAME)
		;
	while (mm24_alloc_page(k.mm, cpu, k.mm->tasks[1], MM24_GFP_USER) != MM24_NONE)
		;
	CU_ASSERT_EQUAL(wait_it(a, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(wait_it(f, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k.mm->stats.refaults_swap + k.mm->stats.refaults_file, 0);
	drop(a);
	drop(f);
}

static void a_killed_task_gets_nothing_any_more(void)
{
	uint32_t a = hold_anon(1), f = hold_file(false);

	to_disk(a);
	to_disk(f);
	CU_ASSERT_PTR_EQUAL(mm24_oom_kill(k.mm, cpu), k.mm->tasks[1]);
	CU_ASSERT_EQUAL(kills, 1);
	CU_ASSERT_EQUAL(wait_it(a, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(wait_it(f, false).verdict, MM_FAILED);
}

/* ---- writers that have to wait --------------------------------------------------------- */

/* So many dirty buffers that the next one is above nfract_sync. */
static uint32_t dirty_up_to_the_limit(void)
{
	uint32_t last = hold_file(false);

	k.mm->params.bdflush[6] = k.mm->params.bdflush[0] = 1;
	for (unsigned i = 0; i < FRAMES && mm24_bdflush_state(k.mm) <= 0; i++) {
		last = hold_file(false);
		if (mm24_bdflush_state(k.mm) <= 0)
			try_it(last, true);
	}
	CU_ASSERT_EQUAL(mm24_bdflush_state(k.mm), 1);
	return hold_file(false);
}

static void a_writer_among_too_many_writes_itself(void)
{
	uint32_t f = dirty_up_to_the_limit();
	uint64_t writes = k.mm->io.writes;

	CU_ASSERT_EQUAL(k.mm->stats.balance_blocks, 0);
	CU_ASSERT_EQUAL(try_it(f, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(k.mm->s[page_of(f)].type, 8); /* looked up twice */
	CU_ASSERT_EQUAL(wait_it(f, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(k.mm->s[page_of(f)].type, 8);
	CU_ASSERT_EQUAL(k.mm->stats.balance_blocks, 1);
	CU_ASSERT(k.mm->io.writes > writes);
	/* What is dirty already costs nothing more. */
	f = dirty_up_to_the_limit();
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_DONE);
}

static void a_page_under_a_write_is_truncated_and_the_write_goes_on(void)
{
	uint32_t f = hold_file(true), page = page_of(f);

	mm24_io_write_buffer(k.mm, cpu, page);
	CU_ASSERT_EQUAL(k.mm->s[page].tag & MM24_BUFFER_LOCKED, MM24_BUFFER_LOCKED);
	drop(f);
	CU_ASSERT_EQUAL(mm24_policy.content_frame(k.mm, f), MM_NO_FRAME);
	CU_ASSERT_EQUAL(k.mm->s[page].tag & MM24_MAPPING, 0);
	cpu->now += 2000;
	CU_ASSERT_EQUAL(mm24_io_complete(k.mm, cpu, 1), 1);
}

/* ---- others act while somebody sleeps -------------------------------------------------- */

static uint32_t subject;
static struct mm_access others;

static void others_access(void)
{
	others = try_it(subject, false);
}

static void a_page_that_is_being_read_has_to_be_waited_for(void)
{
	for (unsigned i = 0; i < 2; i++) {
		subject = i ? hold_file(false) : hold_anon(1);
		to_disk(subject);
		meanwhile = others_access;
		CU_ASSERT_EQUAL(wait_it(subject, false).verdict, MM_DONE);
		CU_ASSERT_EQUAL(others.verdict, MM_WOULD_SLEEP);
		CU_ASSERT_EQUAL(try_it(subject, false).verdict, MM_DONE);
	}
}

static void drop_subject(void)
{
	drop(subject);
}

static void what_is_dropped_while_it_is_read_is_gone(void)
{
	uint64_t before = k.mm->nr_free;

	for (unsigned i = 0; i < 2; i++) {
		subject = i ? hold_file(false) : hold_anon(1);
		to_disk(subject);
		meanwhile = drop_subject;
		CU_ASSERT_EQUAL(wait_it(subject, false).verdict, MM_FAILED);
		CU_ASSERT_EQUAL(k.mm->nr_free, before);
		CU_ASSERT_EQUAL(k.mm->swap.free, SWAP - 1);
	}
}

static void give_number_away(void)
{
	bool was_file = k.mm->contents[subject].kind == MM_KIND_FILE;

	drop(subject);
	CU_ASSERT_EQUAL(was_file ? hold_anon(1) : hold_file(false), subject);
}

static void an_access_does_not_go_on_with_another_kind_of_content(void)
{
	for (unsigned i = 0; i < 2; i++) {
		subject = i ? hold_file(false) : hold_anon(1);
		to_disk(subject);
		meanwhile = give_number_away;
		CU_ASSERT_EQUAL(wait_it(subject, true).verdict, MM_FAILED);
		CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 0);
		drop(subject);
	}
}

static void exit_task(void)
{
	mm24_policy.task_exit(k.mm, cpu, 1);
}

static void a_task_that_exits_while_it_reads_fails(void)
{
	uint64_t before = k.mm->nr_free;

	subject = hold_anon(1);
	to_disk(subject);
	meanwhile = exit_task;
	CU_ASSERT_EQUAL(wait_it(subject, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k.mm->nr_free, before);
	CU_ASSERT_PTR_NULL(k.mm->mmlist);
	drop(subject);
}

static uint32_t others_task;
static uint64_t others_frame;

static void others_look(void)
{
	others_task = mm24_policy.content_task(k.mm, subject);
	others_frame = mm24_policy.content_frame(k.mm, subject);
	others = try_it(subject, false);
}

static void settle(struct sim_cpu *c)
{
	(void)c;
	act();
}

static void what_is_not_held_yet_is_found_by_nobody(void)
{
	const struct mm_content what = { .task = 1, .kind = MM_KIND_FILE, .dirty = true };
	uint64_t frame;

	/* The next content gets the number of the last that was dropped. */
	subject = hold_file(false);
	drop(subject);
	frame = k_alloc(&k, 0, 0, "GFP_HIGHUSER");
	others.verdict = MM_DONE;
	k.port.settle = settle;
	meanwhile = others_look;
	cpu->on_actor = true;
	CU_ASSERT_EQUAL(mm24_policy.hold(k.mm, cpu, frame, what), subject);
	cpu->on_actor = false;
	CU_ASSERT_PTR_NULL(meanwhile);
	CU_ASSERT_EQUAL(others_task, UINT32_MAX);
	CU_ASSERT_EQUAL(others_frame, MM_NO_FRAME);
	CU_ASSERT_EQUAL(others.verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm24_policy.content_frame(k.mm, subject), frame);
}

/* ---- the end of a task ----------------------------------------------------------------- */

static void an_exit_ends_a_tasks_memory_but_not_its_files(void)
{
	uint64_t before = k.mm->nr_free;
	uint32_t a[3] = { hold_anon(1), hold_anon(1), hold_anon(1) };
	uint32_t f = hold_file(true), other = hold_anon(2);

	to_disk(a[1]);
	mm24_policy.task_exit(k.mm, cpu, 1);
	CU_ASSERT_EQUAL(k.mm->nr_free, before - 2);
	CU_ASSERT_EQUAL(k.mm->swap.free, SWAP - 1);
	CU_ASSERT_PTR_NULL(k.mm->tasks[1]->space);
	CU_ASSERT_PTR_EQUAL(k.mm->mmlist, k.mm->tasks[2]->space);
	CU_ASSERT_EQUAL(k.mm->tasks[1]->total_vm, 0);
	CU_ASSERT_EQUAL(try_it(f, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(try_it(other, true).verdict, MM_DONE);
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(try_it(a[i], false).verdict, MM_FAILED);
		CU_ASSERT_EQUAL(mm24_policy.content_task(k.mm, a[i]), UINT32_MAX);
		CU_ASSERT_EQUAL(mm24_policy.content_frame(k.mm, a[i]), MM_NO_FRAME);
	}
	/* The numbers are taken until they are dropped. */
	CU_ASSERT_EQUAL(hold_anon(2), 5);
	drop(a[1]);
	CU_ASSERT_EQUAL(hold_anon(2), a[1]);
}

static void a_tasks_time_begins_with_its_memory(void)
{
	cpu->now = 5 * 100000 + 7;
	hold_file(false);
	hold_anon(1);
	CU_ASSERT_EQUAL(k.mm->tasks[1]->start, 5);
	cpu->now *= 2;
	hold_anon(1);
	CU_ASSERT_EQUAL(k.mm->tasks[1]->start, 5);
}

static void a_task_without_memory_exits_in_peace(void)
{
	mm24_policy.task_exit(k.mm, cpu, 4711);
	hold_file(false);
	mm24_policy.task_exit(k.mm, cpu, 1);
	CU_ASSERT_TRUE(k.mm->tasks[1]->no_mm);
	/* Its number may come again. */
	hold_anon(1);
	CU_ASSERT_FALSE(k.mm->tasks[1]->no_mm);
}

static CU_TestInfo without_world[] = {
	{ "a task's memory is mapped into its space", a_tasks_memory_is_mapped_into_its_space },
	{ "a page of a file is in the page cache", a_page_of_a_file_is_in_the_page_cache },
	{ "a drop gives back all that a hold took", a_drop_gives_back_all_that_a_hold_took },
	{ "numbers are used again", numbers_are_used_again },
	{ "a task that cannot be counted holds nothing",
	  a_task_that_cannot_be_counted_holds_nothing },
	{ "an access to memory leaves its traces in the entry",
	  an_access_to_memory_leaves_its_traces_in_the_entry },
	{ "an access to a file looks its page up", an_access_to_a_file_looks_its_page_up },
	{ "only writers wait for a page's lock", only_writers_wait_for_a_pages_lock },
	{ "what is not there cannot be accessed", what_is_not_there_cannot_be_accessed },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo in_world[] = {
	{ "memory in the swap cache comes back without a read",
	  memory_in_the_swap_cache_comes_back_without_a_read },
	{ "memory on the swap disk is read back", memory_on_the_swap_disk_is_read_back },
	{ "a file is read back from its disk", a_file_is_read_back_from_its_disk },
	{ "what is on a disk is dropped there", what_is_on_a_disk_is_dropped_there },
	{ "dropped memory stays in the swap cache", dropped_memory_stays_in_the_swap_cache },
	{ "without memory an access fails", without_memory_an_access_fails },
	{ "a killed task gets nothing any more", a_killed_task_gets_nothing_any_more },
	{ "a writer among too many writes itself", a_writer_among_too_many_writes_itself },
	{ "a page under a write is truncated, and the write goes on",
	  a_page_under_a_write_is_truncated_and_the_write_goes_on },
	{ "a page that is being read has to be waited for",
	  a_page_that_is_being_read_has_to_be_waited_for },
	{ "what is dropped while it is read is gone",
	  what_is_dropped_while_it_is_read_is_gone },
	{ "an access does not go on with another kind of content",
	  an_access_does_not_go_on_with_another_kind_of_content },
	{ "what is not held yet is found by nobody", what_is_not_held_yet_is_found_by_nobody },
	{ "a task that exits while it reads fails", a_task_that_exits_while_it_reads_fails },
	{ "an exit ends a task's memory, but not its files",
	  an_exit_ends_a_tasks_memory_but_not_its_files },
	{ "a task's time begins with its memory", a_tasks_time_begins_with_its_memory },
	{ "a task without memory exits in peace", a_task_without_memory_exits_in_peace },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_content", NULL, NULL, boot, drop_kernel, without_world },
	{ "mm24_content in a world", NULL, NULL, boot_world, drop_kernel, in_world },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
