/* The flusher: what it writes, in which order and how much, and when it is awake. */
#include "model/v4_12/mm412_writeback.h"
#include "tests/model/world412.h"

enum { HZ = 250, FRAMES = 16384 };

static struct world412 w;
static struct sim_cpu *cpu;
static struct mm412 *mm;
static struct mm412_writeback *wb;

/* What went to the data disk: contents, in order. */
static uint32_t sent[FRAMES];
static unsigned nsent;

static uint64_t submit(struct sim_cpu *c, struct sim_disk *disk, uint64_t offset,
		       uint64_t bytes, bool write)
{
	if (write)
		sent[nsent++] = (uint32_t)((offset - w.host.data_start) / 4096);
	return w_submit(c, disk, offset, bytes, write);
}

static void a_world(void)
{
	w_open(&w, FRAMES, 64);
	mm = w.mm;
	cpu = w_cpu(&w);
	wb = mm->sleep->writeback;
	memset(&mm->cost, 0, sizeof(mm->cost));
	mm->sleep->wanted = true;
	w.port.submit = submit;
	nsent = 0;
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
	uint32_t content = w_hold(&w, 1, MM_KIND_FILE, dirty);

	mm412_pagevec_drain(mm, cpu);
	return content;
}

static void dirty(uint32_t content)
{
	mm412_dirty_set(mm, cpu, w_slot(&w, content));
}

static void seconds(uint64_t n)
{
	cpu->due += n * HZ * W_JIFFY;
}

static void leave_when_idle(struct world412 *world)
{
	if (world->queue == mm->sleep->flusher_queue)
		world->sleeps_left = 1;
}

/* Runs until it has nothing more to do, and sleeps; it waits for disks on the way. */
static void run(void)
{
	w.asleep = leave_when_idle;
	w_run(&w, mm412_writeback_run, UINT32_MAX);
}

/* Limits do not matter: nothing is too much. */
static void no_limits(void)
{
	mm->params.dirty_background_ratio[0] = 100;
	mm->params.dirty_ratio[0] = 100;
	mm->params.dirty_bytes[0] = (uint64_t)FRAMES * 8 * 4096;
	mm->params.dirty_background_bytes[0] = (uint64_t)FRAMES * 4 * 4096;
	mm412_dirty_set_limits(mm);
}

/* ---- old pages -------------------------------------------------------------------------- */

static void nothing_dirty_lets_it_sleep_for_good(void)
{
	a_world();
	file_page(false);
	run();
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_TRUE(wb->asleep);
	CU_ASSERT_EQUAL(nsent, 0);
	finish();
}

static void the_first_dirty_page_sets_it_a_time_five_seconds_later(void)
{
	a_world();
	run();
	file_page(true);
	CU_ASSERT_EQUAL(w_wakes(&w, "flusher"), 1);
	run();
	CU_ASSERT_EQUAL(w.timeout, 5 * HZ * W_JIFFY);
	/* The next one changes nothing. */
	file_page(true);
	CU_ASSERT_EQUAL(w_wakes(&w, "flusher"), 1);
	finish();
}

static void pages_are_written_when_they_are_thirty_seconds_old(void)
{
	uint32_t first, second;

	a_world();
	first = file_page(true);
	seconds(2);
	second = file_page(true);
	for (unsigned looks = 0; !nsent; looks++) {
		CU_ASSERT_FATAL(looks < 20);
		run();
	}
	/* Looks are five seconds apart: the first of them after thirty is at thirty. */
	CU_ASSERT_EQUAL(nsent, 1);
	CU_ASSERT_EQUAL(sent[0], first);
	CU_ASSERT_EQUAL(wb->last_old_flush, 30 * HZ);
	CU_ASSERT_EQUAL(w.timeout, 5 * HZ * W_JIFFY);
	run();
	CU_ASSERT_EQUAL(nsent, 2);
	CU_ASSERT_EQUAL(sent[1], second);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY], 0);
	finish();
}

static void expiry_and_interval_are_parameters(void)
{
	a_world();
	mm->params.dirty_expire_centisecs[0] = 300;
	mm->params.dirty_writeback_centisecs[0] = 100;
	file_page(true);
	for (unsigned looks = 1; looks <= 3; looks++) {
		CU_ASSERT_EQUAL(nsent, 0);
		run();
		CU_ASSERT_EQUAL(w.slept, looks * HZ * W_JIFFY);
	}
	run();
	CU_ASSERT_EQUAL(nsent, 1);
	finish();
}

static void without_an_interval_nothing_is_written_for_its_age(void)
{
	a_world();
	mm->params.dirty_writeback_centisecs[0] = 0;
	file_page(true);
	seconds(3600);
	run();
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	mm412_writeback_background(mm, cpu);
	run();
	CU_ASSERT_EQUAL(nsent, 0);
	/* Who asks gets it all the same. */
	mm412_writeback_wake(mm, cpu, 0);
	run();
	CU_ASSERT_EQUAL(nsent, 1);
	finish();
}

static void looks_for_old_pages_are_an_interval_apart(void)
{
	a_world();
	file_page(true);
	seconds(40);
	wb->timer = UINT64_MAX;
	wb->last_old_flush = mm412_jiffies(mm, cpu) - 4 * HZ;
	mm412_writeback_background(mm, cpu);
	run();
	CU_ASSERT_EQUAL(nsent, 0);
	run();
	CU_ASSERT_EQUAL(nsent, 1);
	finish();
}

/* ---- order ------------------------------------------------------------------------------ */

static void pages_are_written_in_the_order_in_which_they_became_dirty(void)
{
	static const unsigned order[] = { 5, 2, 7, 0, 3, 6, 1, 4 };
	uint32_t contents[ARRAY_SIZE(order)];

	a_world();
	for (unsigned i = 0; i < ARRAY_SIZE(order); i++)
		contents[i] = file_page(false);
	for (unsigned i = 0; i < ARRAY_SIZE(order); i++)
		dirty(contents[order[i]]);
	/* Once more: it stays where it was. */
	mm412_writeback_dirtied(mm, cpu, w_slot(&w, contents[5]));
	mm412_writeback_wake(mm, cpu, 0);
	run();
	CU_ASSERT_EQUAL_FATAL(nsent, ARRAY_SIZE(order));
	for (unsigned i = 0; i < nsent; i++)
		CU_ASSERT_EQUAL(sent[i], contents[order[i]]);
	finish();
}

static void a_page_that_was_cleaned_meanwhile_begins_anew(void)
{
	uint32_t a, b;

	a_world();
	a = file_page(true);
	b = file_page(true);
	CU_ASSERT_TRUE(mm412_dirty_clear(mm, cpu, w_slot(&w, a)));
	dirty(a);
	mm412_writeback_wake(mm, cpu, 0);
	run();
	CU_ASSERT_EQUAL_FATAL(nsent, 2);
	CU_ASSERT_EQUAL(sent[0], b);
	CU_ASSERT_EQUAL(sent[1], a);
	finish();
}

static void what_is_dropped_is_not_written(void)
{
	uint32_t gone, kept;

	a_world();
	gone = file_page(true);
	kept = file_page(true);
	cpu->on_actor = false;
	mm412_content_drop(mm, cpu, gone);
	cpu->on_actor = true;
	CU_ASSERT_EQUAL(wb->dirty, 1);
	mm412_writeback_wake(mm, cpu, 0);
	run();
	CU_ASSERT_EQUAL(nsent, 1);
	CU_ASSERT_EQUAL(sent[0], kept);
	finish();
}

static void pages_being_written_or_locked_are_passed_over(void)
{
	uint32_t c[3];

	a_world();
	for (unsigned i = 0; i < 3; i++)
		c[i] = file_page(true);
	mm412_writeback_wake(mm, cpu, 0);
	run();
	CU_ASSERT_EQUAL(nsent, 3);
	mm412_io_wait(mm, cpu, w_slot(&w, c[1]));
	for (unsigned i = 0; i < 3; i++)
		dirty(c[i]);
	mm412_page(mm, w_slot(&w, c[0]))->flags |= MM412_PG_LOCKED;
	CU_ASSERT_TRUE(mm412_page(mm, w_slot(&w, c[2]))->flags & MM412_PG_WRITEBACK);
	mm412_writeback_wake(mm, cpu, 0);
	run();
	CU_ASSERT_EQUAL(nsent, 4);
	CU_ASSERT_EQUAL(sent[3], c[1]);
	CU_ASSERT_EQUAL(wb->dirty, 2);
	mm412_page(mm, w_slot(&w, c[0]))->flags &= (uint16_t)~MM412_PG_LOCKED;
	finish();
}

/* The ring grows and is tidied; each page is written once, the oldest first. */
static void order_holds_for_thousands_of_pages_of_which_many_are_cleaned(void)
{
	enum { N = 3000 };
	static uint32_t contents[N];
	unsigned left = 0;

	a_world();
	no_limits();
	for (unsigned i = 0; i < N; i++)
		contents[i] = file_page(true);
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < N; i++)
			if (i % 5 != 0 && mm412_dirty_clear(mm, cpu, w_slot(&w, contents[i])) &&
			    i % 5 != 1)
				dirty(contents[i]);
	CU_ASSERT_EQUAL(wb->dirty, N - N / 5);
	CU_ASSERT_TRUE(wb->room <= 8192);
	mm412_writeback_wake(mm, cpu, 0);
	run();
	while (wb->dirty)
		run();
	CU_ASSERT_EQUAL_FATAL(nsent, N - N / 5);
	for (unsigned i = 0; i < N; i += 5)
		CU_ASSERT_EQUAL(sent[left++], contents[i]);
	for (unsigned i = 0; i < N; i++)
		if (i % 5 > 1)
			CU_ASSERT_EQUAL(sent[left++], contents[i]);
	finish();
}

/* ---- too much --------------------------------------------------------------------------- */

static void it_writes_until_no_more_is_dirty_than_may_be(void)
{
	uint64_t thresh, background;
	unsigned chunks;

	a_world();
	mm412_dirty_limits(mm, NULL, &thresh, &background);
	for (unsigned i = 0; i < background + 500; i++)
		file_page(true);
	mm412_writeback_background(mm, cpu);
	run();
	/* In chunks: of 4 MiB, as nothing is known of the disk that would ask for more. */
	mm412_dirty_limits(mm, NULL, &thresh, &background);
	chunks = nsent / 1024;
	CU_ASSERT_TRUE(chunks >= 1);
	CU_ASSERT_TRUE(w_node(&w, 0)->stat[MM412_NODE_FILE_DIRTY] <= (int64_t)background);
	finish();
}

static void as_much_as_is_allowed_is_left_alone(void)
{
	uint64_t thresh, background;

	a_world();
	mm412_dirty_limits(mm, NULL, &thresh, &background);
	for (unsigned i = 0; i < background; i++)
		file_page(true);
	mm412_writeback_background(mm, cpu);
	run();
	CU_ASSERT_EQUAL(nsent, 0);
	file_page(true);
	mm412_writeback_background(mm, cpu);
	run();
	CU_ASSERT_TRUE(nsent > 0);
	finish();
}

static void reclaim_gets_what_it_asks_for(void)
{
	a_world();
	no_limits();
	for (unsigned i = 0; i < 3000; i++)
		file_page(true);
	mm412_writeback_wake(mm, cpu, 10);
	CU_ASSERT_EQUAL(wb->asked, 10);
	run();
	/* A chunk is the least. */
	CU_ASSERT_EQUAL(nsent, 1024);
	CU_ASSERT_EQUAL(wb->asked, 0);
	finish();
}

static void with_nothing_dirty_nobody_is_woken(void)
{
	a_world();
	run();
	mm412_writeback_wake(mm, cpu, 0);
	CU_ASSERT_EQUAL(w_wakes(&w, "flusher"), 0);
	CU_ASSERT_EQUAL(wb->asked, 0);
	finish();
}

static CU_TestInfo tests[] = {
	{ "nothing dirty lets it sleep for good", nothing_dirty_lets_it_sleep_for_good },
	{ "the first dirty page sets it a time five seconds later",
	  the_first_dirty_page_sets_it_a_time_five_seconds_later },
	{ "pages are written when they are thirty seconds old",
	  pages_are_written_when_they_are_thirty_seconds_old },
	{ "expiry and interval are parameters", expiry_and_interval_are_parameters },
	{ "without an interval nothing is written for its age",
	  without_an_interval_nothing_is_written_for_its_age },
	{ "looks for old pages are an interval apart",
	  looks_for_old_pages_are_an_interval_apart },
	{ "pages are written in the order in which they became dirty",
	  pages_are_written_in_the_order_in_which_they_became_dirty },
	{ "a page that was cleaned meanwhile begins anew",
	  a_page_that_was_cleaned_meanwhile_begins_anew },
	{ "what is dropped is not written", what_is_dropped_is_not_written },
	{ "pages being written or locked are passed over",
	  pages_being_written_or_locked_are_passed_over },
	{ "order holds for thousands of pages of which many are cleaned",
	  order_holds_for_thousands_of_pages_of_which_many_are_cleaned },
	{ "it writes until no more is dirty than may be",
	  it_writes_until_no_more_is_dirty_than_may_be },
	{ "as much as is allowed is left alone", as_much_as_is_allowed_is_left_alone },
	{ "reclaim gets what it asks for", reclaim_gets_what_it_asks_for },
	{ "with nothing dirty nobody is woken", with_nothing_dirty_nobody_is_woken },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_writeback", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
