/* Dirty pages of files: counters, limits against the kernel's formulas written out once more,
 * and who has to pause. */
#include "model/v4_12/mm412_writeback.h"
#include "tests/model/world412.h"

enum { FRAMES = 8192 };

static struct world412 w;
static struct sim_cpu *cpu;
static struct mm412 *mm;

static void opened(void)
{
	mm = w.mm;
	cpu = w_cpu(&w);
	memset(&mm->cost, 0, sizeof(mm->cost));
	mm->sleep->wanted = true;
}

static void a_world(void)
{
	w_open(&w, FRAMES, 64);
	opened();
}

static void finish(void)
{
	cpu->due += UINT64_C(1) << 40;
	mm412_io_reap(mm, cpu);
	mm412_pagevec_drain(mm, cpu);
	w_close(&w);
}

static uint32_t file_page(bool dirty)
{
	uint32_t slot = w_slot(&w, w_hold(&w, 1, MM_KIND_FILE, dirty));

	mm412_pagevec_drain(mm, cpu);
	return slot;
}

/* ---- counters --------------------------------------------------------------------------- */

static void a_page_of_a_file_is_counted_once_when_it_gets_dirty(void)
{
	const int64_t *node;
	uint32_t slot;

	a_world();
	node = w_node(&w, 0)->stat;
	slot = file_page(false);
	mm412_page(mm, slot)->flags |= MM412_PG_RECLAIM;
	for (int i = 0; i < 2; i++) {
		mm412_dirty_set(mm, cpu, slot);
		CU_ASSERT_EQUAL(node[MM412_NODE_FILE_DIRTY], 1);
		CU_ASSERT_EQUAL(node[MM412_NODE_DIRTIED], 1);
		CU_ASSERT_EQUAL(mm->sleep->zones[0].stat[MM412_ZONE_WRITE_PENDING], 1);
		CU_ASSERT_FALSE(mm412_page(mm, slot)->flags & MM412_PG_RECLAIM);
	}
	CU_ASSERT_TRUE(mm412_dirty_clear(mm, cpu, slot));
	CU_ASSERT_FALSE(mm412_dirty_clear(mm, cpu, slot));
	CU_ASSERT_EQUAL(node[MM412_NODE_FILE_DIRTY], 0);
	CU_ASSERT_EQUAL(node[MM412_NODE_DIRTIED], 1);
	CU_ASSERT_EQUAL(mm->sleep->zones[0].stat[MM412_ZONE_WRITE_PENDING], 0);
	finish();
}

static void a_page_of_a_task_gets_dirty_without_being_counted(void)
{
	uint32_t slot;

	a_world();
	slot = w_slot(&w, w_hold(&w, 1, MM_KIND_ANON, true));
	mm412_pagevec_drain(mm, cpu);
	mm412_dirty_set(mm, cpu, slot);
	CU_ASSERT_TRUE(mm412_page(mm, slot)->flags & MM412_PG_DIRTY);
	CU_ASSERT_TRUE(mm412_dirty_clear(mm, cpu, slot));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY], 0);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_DIRTIED], 0);
	CU_ASSERT_TRUE(mm412_page(mm, slot)->flags & MM412_PG_PTE_DIRTY);
	finish();
}

static void a_dirty_entry_makes_a_page_of_a_file_dirty_before_it_is_written(void)
{
	uint32_t slot;

	a_world();
	slot = file_page(false);
	mm412_page(mm, slot)->flags |= MM412_PG_PTE_DIRTY;
	CU_ASSERT_TRUE(mm412_dirty_clear(mm, cpu, slot));
	CU_ASSERT_FALSE(mm412_page(mm, slot)->flags & MM412_PG_PTE_DIRTY);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_DIRTIED], 1);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY], 0);
	finish();
}

/* ---- limits ----------------------------------------------------------------------------- */

/* What zones keep free: the larger of their reserves, and the high mark. */
static uint64_t kept(const struct mm412_zone *z)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < MM412_ZONE_TYPES; i++)
		if (i >= z->idx && z->reserve[i] > most)
			most = z->reserve[i];
	most += z->watermark[MM412_WMARK_HIGH];
	return most > z->managed ? z->managed : most;
}

/* Pages of a node, or of all (-1), that could be dirty; high memory counts. */
static uint64_t available(int nid)
{
	uint64_t free = 0, files = 0, reserve = 0;

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm412_zone *z = &mm->zones[i];
		const int64_t *lru = &mm->sleep->zones[i].stat[MM412_ZONE_LRU];

		if (nid >= 0 && z->nid != nid)
			continue;
		free += (uint64_t)z->nr_free;
		reserve += kept(z);
		files += (uint64_t)(lru[MM412_ACTIVE_FILE] + lru[MM412_INACTIVE_FILE]);
	}
	return (free > reserve ? free - reserve : 0) + files;
}

static void what_can_be_dirty_is_what_is_free_beyond_the_reserves_and_files(void)
{
	a_world();
	CU_ASSERT_EQUAL(mm412_dirty_dirtyable(mm), available(0) + 1);
	for (int i = 0; i < 1000; i++)
		file_page(false);
	CU_ASSERT_EQUAL(mm412_dirty_dirtyable(mm), available(0) + 1);
	w_leave_free(&w, 20);
	CU_ASSERT_EQUAL(mm412_dirty_dirtyable(mm), 1000 + 1);
	finish();
}

static void limits(uint64_t *thresh, uint64_t *background)
{
	mm412_dirty_limits(mm, NULL, thresh, background);
}

/* Numbers are of a pencil: 20 % are 819 and 10 % are 409 of 4096. */
static void limits_are_shares_of_it(void)
{
	uint64_t thresh, background, all;

	a_world();
	all = available(0) + 1;
	limits(&thresh, &background);
	CU_ASSERT_EQUAL(thresh, 819 * all / 4096);
	CU_ASSERT_EQUAL(background, 409 * all / 4096);
	mm->params.dirty_background_ratio[0] = 20;
	limits(&thresh, &background);
	CU_ASSERT_EQUAL(background, thresh / 2);
	mm->params.dirty_background_ratio[0] = 19;
	limits(&thresh, &background);
	CU_ASSERT_EQUAL(background, 778 * all / 4096);
	finish();
}

static void limits_in_bytes_are_rounded_up_to_pages(void)
{
	uint64_t thresh, background;

	a_world();
	mm->params.dirty_bytes[0] = 100 * 4096 + 1;
	mm->params.dirty_background_bytes[0] = 50 * 4096;
	limits(&thresh, &background);
	CU_ASSERT_EQUAL(thresh, 101);
	CU_ASSERT_EQUAL(background, 50);
	mm->params.dirty_background_bytes[0] = 101 * 4096;
	limits(&thresh, &background);
	CU_ASSERT_EQUAL(background, 50);
	finish();
}

static void tasks_that_others_wait_for_get_a_quarter_more(void)
{
	const struct mm412_task task = { .less_throttle = true };
	uint64_t thresh, background, more, all;

	a_world();
	all = available(0) + 1;
	more = mm->sleep->writeback->dirty_limit / 32;
	CU_ASSERT_EQUAL(more, 819 * all / 4096 / 32);
	mm412_dirty_limits(mm, &task, &thresh, &background);
	CU_ASSERT_EQUAL(thresh, 819 * all / 4096 + 819 * all / 4096 / 4 + more);
	CU_ASSERT_EQUAL(background, 409 * all / 4096 + 409 * all / 4096 / 4 + more);
	finish();
}

static void high_memory_is_left_out_of_the_whole_but_not_of_a_node(void)
{
	static const struct mm_zone_span zones[] = { { 0, "Normal", 4096, 8192 },
						     { 0, "HighMem", 229376, 233472 } };
	const struct mm412_zone *high;

	w_init(&w, 1, 1);
	w.k.machine.arch = MM_ARCH_I386;
	w.k.machine.zones = zones;
	w.k.machine.nzones = 2;
	w_boot(&w, 64);
	opened();
	high = w_zone(&w, 0, "HighMem");
	for (int i = 0; i < 100; i++)
		file_page(false);
	CU_ASSERT_EQUAL(mm->sleep->zones[high->id].stat[MM412_ZONE_LRU + MM412_INACTIVE_FILE],
			100);
	CU_ASSERT_EQUAL(
		mm412_dirty_dirtyable(mm),
		available(0) -
			((uint64_t)high->nr_free - high->watermark[MM412_WMARK_HIGH] + 100) +
			1);
	/* The node's limit knows no such exception. */
	w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY] = (int64_t)(20 * available(0) / 100);
	CU_ASSERT_TRUE(mm412_dirty_node_ok(mm, 0, NULL));
	w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY]++;
	CU_ASSERT_FALSE(mm412_dirty_node_ok(mm, 0, NULL));
	w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY] = 0;
	finish();
}

static void two_nodes(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "Normal", K_NORMAL, K_NORMAL + FRAMES },
		{ 1, "Normal", K_NORMAL + FRAMES, K_NORMAL + 3 * FRAMES },
	};

	w_init(&w, 2, 2);
	w.k.machine.zones = zones;
	w.k.machine.nzones = 2;
	w_boot(&w, 64);
	opened();
}

static void a_node_may_have_its_own_share_dirty_or_being_written(void)
{
	const struct mm412_task less = { .less_throttle = true };
	int64_t *stat;
	uint64_t limit;

	two_nodes();
	stat = w_node(&w, 1)->stat;
	limit = 20 * available(1) / 100;
	stat[MM412_NODE_FILE_DIRTY] = (int64_t)limit - 30;
	stat[MM412_NODE_WRITEBACK] = 30;
	CU_ASSERT_TRUE(mm412_dirty_node_ok(mm, 1, NULL));
	stat[MM412_NODE_WRITEBACK]++;
	CU_ASSERT_FALSE(mm412_dirty_node_ok(mm, 1, NULL));
	CU_ASSERT_TRUE(mm412_dirty_node_ok(mm, 0, NULL));
	CU_ASSERT_TRUE(mm412_dirty_node_ok(mm, 1, &less));
	stat[MM412_NODE_FILE_DIRTY] = (int64_t)(limit + limit / 4) - 30;
	CU_ASSERT_FALSE(mm412_dirty_node_ok(mm, 1, &less));
	/* In bytes it is the node's part of them. */
	mm->params.dirty_bytes[0] = 400 * 4096;
	limit = 400 * available(1) / (available(-1) + 1);
	stat[MM412_NODE_FILE_DIRTY] = 0;
	stat[MM412_NODE_WRITEBACK] = (int64_t)limit;
	CU_ASSERT_TRUE(mm412_dirty_node_ok(mm, 1, NULL));
	stat[MM412_NODE_WRITEBACK]++;
	CU_ASSERT_FALSE(mm412_dirty_node_ok(mm, 1, NULL));
	stat[MM412_NODE_WRITEBACK] = 0;
	finish();
}

static void nothing_depends_on_fewer_dirty_pages_than_the_bound(void)
{
	uint64_t background;

	two_nodes();
	/* 20 % of the smaller node are less than 10 % of both. */
	background = 409 * (available(-1) + 1) / 4096;
	CU_ASSERT_TRUE(20 * available(0) / 100 < background);
	CU_ASSERT_EQUAL(mm412_dirty_bound(mm), 20 * available(0) / 100);
	mm->params.dirty_background_ratio[0] = 2;
	CU_ASSERT_EQUAL(mm412_dirty_bound(mm), 81 * (available(-1) + 1) / 4096);
	finish();
}

/* ---- writers ---------------------------------------------------------------------------- */

static struct mm412_task *writer(void)
{
	return mm412_task_of(mm, 1);
}

static void no_page_is_dirty(unsigned nid)
{
	w_node(&w, nid)->stat[MM412_NODE_FILE_DIRTY] = 0;
}

/* As if so many of the pages that were told of were dirty, of which the task made the last. */
static void so_many_dirty(uint64_t pages, uint64_t own)
{
	w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY] = (int64_t)pages;
	mm->sleep->writeback->cpus[0].fresh = own;
}

static void a_writer_looks_after_so_many_pages_as_it_was_told(void)
{
	uint64_t thresh, background;

	a_world();
	limits(&thresh, &background);
	so_many_dirty(10, 31);
	CU_ASSERT_FALSE(mm412_dirty_balance(mm, cpu, writer()));
	CU_ASSERT_EQUAL(writer()->nr_dirtied, 31);
	so_many_dirty(10, 1);
	CU_ASSERT_FALSE(mm412_dirty_balance(mm, cpu, writer()));
	CU_ASSERT_EQUAL(writer()->nr_dirtied, 0);
	/* The root of what is left until the limit, as a power of two. */
	CU_ASSERT_TRUE(thresh - 10 >= 1024 && thresh - 10 < 2048);
	CU_ASSERT_EQUAL(writer()->nr_dirtied_pause, 32);
	so_many_dirty(thresh / 2, 32);
	CU_ASSERT_FALSE(mm412_dirty_balance(mm, cpu, writer()));
	CU_ASSERT_EQUAL(writer()->nr_dirtied_pause, 16);
	no_page_is_dirty(0);
	finish();
}

static void a_cpu_looks_after_many_pages_of_whomever(void)
{
	a_world();
	CU_ASSERT_EQUAL(mm->sleep->writeback->nr_per_look,
			819 * (available(0) + 1) / 4096 / 32);
	mm->sleep->writeback->cpus[0].since = mm->sleep->writeback->nr_per_look;
	writer()->dirty_paused_when = 77;
	CU_ASSERT_FALSE(mm412_dirty_balance(mm, cpu, writer()));
	CU_ASSERT_EQUAL(writer()->dirty_paused_when, 0);
	CU_ASSERT_EQUAL(mm->sleep->writeback->cpus[0].since, 0);
	finish();
}

static void below_the_middle_of_the_limits_writers_run_free(void)
{
	uint64_t thresh, background, middle;

	a_world();
	limits(&thresh, &background);
	middle = (thresh + background) / 2;
	so_many_dirty(middle, 32);
	CU_ASSERT_FALSE(mm412_dirty_balance(mm, cpu, writer()));
	so_many_dirty(middle + 1, 32);
	CU_ASSERT_TRUE(mm412_dirty_balance(mm, cpu, writer()));
	no_page_is_dirty(0);
	finish();
}

static void beyond_the_lower_limit_the_flusher_is_called(void)
{
	uint64_t thresh, background;

	a_world();
	limits(&thresh, &background);
	so_many_dirty(background, 32);
	CU_ASSERT_FALSE(mm412_dirty_balance(mm, cpu, writer()));
	CU_ASSERT_FALSE(mm->sleep->writeback->background);
	so_many_dirty(background + 1, 32);
	CU_ASSERT_FALSE(mm412_dirty_balance(mm, cpu, writer()));
	CU_ASSERT_TRUE(mm->sleep->writeback->background);
	no_page_is_dirty(0);
	finish();
}

static void at_the_limit_a_writer_pauses_until_there_are_fewer(void)
{
	uint64_t thresh, background;

	a_world();
	limits(&thresh, &background);
	so_many_dirty(thresh + 50, 32);
	CU_ASSERT_TRUE(mm412_dirty_balance(mm, cpu, writer()));
	w.sleeps_left = 4;
	if (!setjmp(w.out))
		mm412_dirty_balance_wait(mm, cpu, writer());
	CU_ASSERT_EQUAL(w.sleeps, 4);
	CU_ASSERT_TRUE(w.timeout > 0 && w.timeout <= 50 * W_JIFFY);
	CU_ASSERT_TRUE(mm->sleep->writeback->exceeded);
	CU_ASSERT_TRUE(mm->sleep->writeback->background);
	so_many_dirty(10, 0);
	mm412_dirty_balance_wait(mm, cpu, writer());
	CU_ASSERT_EQUAL(w.sleeps, 4);
	CU_ASSERT_FALSE(mm->sleep->writeback->exceeded);
	CU_ASSERT_EQUAL(writer()->nr_dirtied, 0);
	no_page_is_dirty(0);
	finish();
}

static void who_is_killed_pauses_no_more(void)
{
	uint64_t thresh, background;

	a_world();
	limits(&thresh, &background);
	so_many_dirty(2 * thresh, 32);
	writer()->killed = true;
	mm412_dirty_balance_wait(mm, cpu, writer());
	CU_ASSERT_EQUAL(w.sleeps, 1);
	no_page_is_dirty(0);
	finish();
}

static CU_TestInfo tests[] = {
	{ "a page of a file is counted once when it gets dirty",
	  a_page_of_a_file_is_counted_once_when_it_gets_dirty },
	{ "a page of a task gets dirty without being counted",
	  a_page_of_a_task_gets_dirty_without_being_counted },
	{ "a dirty entry makes a page of a file dirty before it is written",
	  a_dirty_entry_makes_a_page_of_a_file_dirty_before_it_is_written },
	{ "what can be dirty is what is free beyond the reserves, and files",
	  what_can_be_dirty_is_what_is_free_beyond_the_reserves_and_files },
	{ "limits are shares of it", limits_are_shares_of_it },
	{ "limits in bytes are rounded up to pages", limits_in_bytes_are_rounded_up_to_pages },
	{ "tasks that others wait for get a quarter more",
	  tasks_that_others_wait_for_get_a_quarter_more },
	{ "high memory is left out of the whole, but not of a node",
	  high_memory_is_left_out_of_the_whole_but_not_of_a_node },
	{ "a node may have its own share dirty or being written",
	  a_node_may_have_its_own_share_dirty_or_being_written },
	{ "nothing depends on fewer dirty pages than the bound",
	  nothing_depends_on_fewer_dirty_pages_than_the_bound },
	{ "a writer looks after so many pages as it was told",
	  a_writer_looks_after_so_many_pages_as_it_was_told },
	{ "a CPU looks after many pages of whomever",
	  a_cpu_looks_after_many_pages_of_whomever },
	{ "below the middle of the limits writers run free",
	  below_the_middle_of_the_limits_writers_run_free },
	{ "beyond the lower limit the flusher is called",
	  beyond_the_lower_limit_the_flusher_is_called },
	{ "at the limit a writer pauses until there are fewer",
	  at_the_limit_a_writer_pauses_until_there_are_fewer },
	{ "who is killed pauses no more", who_is_killed_pauses_no_more },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_dirty", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
