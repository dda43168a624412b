/*
 * The replay's own rules, on an allocator with no kernel in it. Each case runs in a process of
 * its own: SimGrid allows one simulation a process.
 */
#include "tests/tools/replay_case.h"
#include "tests/tools/toy_policy.h"

struct outcome {
	bool ok;
	struct replay_error err;
	struct replay_counts counts;
	struct toy toy;
	uint64_t live;
	uint64_t nsamples, interval, off_the_grid; /* of the series */
	uint64_t first_free, last_free, last_date;
	unsigned nnotes;
	struct replay_sysctl_note notes[REPLAY_SYSCTL_NOTES];
};

static struct outcome *out; /* shared with the child */
static struct replay_options options;
static struct toy_params params;

static void a_trace_to_write(void)
{
	out = child_shared(sizeof(*out));
	case_begin();
	memset(&params, 0, sizeof(params));
	options = (struct replay_options){ .pacing = REPLAY_CLOSED, .window = 1 << 20 };
}

static void drop(void)
{
	unlink(case_path);
	munmap(out, sizeof(*out));
}

static void note_series(const struct series *s)
{
	out->nsamples = s->nsamples;
	out->interval = s->interval;
	for (uint64_t i = 0; i < s->nsamples; i++)
		out->off_the_grid += s->dates[i] != i * s->interval;
	if (s->nsamples == 0)
		return;
	out->first_free = s->zones[0].blocks[0];
	out->last_free = s->zones[(s->nsamples - 1) * s->nzones].blocks[0];
	out->last_date = s->dates[s->nsamples - 1];
}

static void replay(uint64_t mode)
{
	struct replay *r;

	options.policy = &toy_policy;
	options.mm = &out->toy;
	options.params = &params;
	options.engine = (enum sim_engine_mode)mode;
	r = case_replay(&options, &out->ok, &out->err);
	if (r) {
		out->counts = *replay_counts(r);
		const struct replay_sysctl_note *notes;

		out->live = replay_live_objects(r);
		note_series(replay_series(r));
		out->nnotes = replay_sysctl_notes(r, &notes);
		memcpy(out->notes, notes, sizeof(out->notes));
	}
	case_close(&options, r);
}

static void run_in(enum sim_engine_mode mode)
{
	memset(out, 0, sizeof(*out));
	child_run(replay, mode);
}

static void run(void)
{
	case_end();
	run_in(SIM_ENGINE_DISPATCH);
}

static void expect_call(unsigned i, char what, unsigned cpu, uint64_t date)
{
	CU_ASSERT_TRUE_FATAL(i < out->toy.ncalls);
	CU_ASSERT_EQUAL(out->toy.calls[i].what, what);
	CU_ASSERT_EQUAL(out->toy.calls[i].cpu, cpu);
	CU_ASSERT_EQUAL(out->toy.calls[i].date, date);
}

static void operations_run_at_their_trace_times(void)
{
	uint64_t a = case_alloc(5000, 0, 0, 0);

	case_free(9000, 0, 0, a, 0, 0);
	case_alloc(9500, 1, 1, 2);
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	expect_call(0, 'a', 0, 0); /* the first event's time is date 0 */
	expect_call(1, 'f', 0, 4000);
	expect_call(2, 'a', 1, 4500);
	CU_ASSERT_EQUAL(out->counts.events, 3);
	CU_ASSERT_EQUAL(out->counts.end_date, 4500 + TOY_ALLOC_CYCLES);
	CU_ASSERT_EQUAL(out->live, 1);
}

static void a_busy_cpu_delays_a_task_and_all_its_later_events(void)
{
	case_alloc(1000, 0, 0, 0);
	case_alloc(1010, 1, 0, 0); /* finds the CPU held until 100 */
	case_alloc(1500, 1, 1, 0); /* 90 late as well */
	case_alloc(1500, 2, 0, 0); /* another task: on time */
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	expect_call(1, 'a', 0, 100);
	expect_call(2, 'a', 0, 500);
	expect_call(3, 'a', 1, 590);
	CU_ASSERT_EQUAL(out->counts.delay_cycles, 90);
}

static void open_pacing_keeps_trace_times_after_a_delay(void)
{
	case_alloc(1000, 0, 0, 0);
	case_alloc(1010, 1, 0, 0);
	case_alloc(1500, 1, 1, 0);
	options.pacing = REPLAY_OPEN;
	run();
	expect_call(1, 'a', 0, 100);
	expect_call(2, 'a', 1, 500);
}

static void asap_pacing_has_no_think_time(void)
{
	case_alloc(1000, 0, 0, 0);
	case_alloc(900000, 0, 0, 0);
	case_alloc(1000000, 1, 1, 0);
	options.pacing = REPLAY_ASAP;
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->counts.end_date, 2 * TOY_ALLOC_CYCLES);
}

static void events_closer_than_an_operation_takes_push_the_task_back(void)
{
	case_alloc(1000, 0, 0, 0);
	case_alloc(1001, 0, 0, 0);
	case_alloc(1002, 0, 0, 0);
	case_alloc(9000, 0, 0, 0);
	run();
	expect_call(2, 'a', 0, 200);
	expect_call(3, 'a', 0, 8000 + 198);
}

/* Task 1 frees what task 0 allocates; task 0 is late because its CPU is held. */
static void a_free_waits_for_its_allocation(void)
{
	uint64_t a;

	case_alloc(1000, 2, 0, 0);
	a = case_alloc(1001, 0, 0, 0);
	case_free(1002, 1, 1, a, 0, 0);
	case_alloc(1300, 1, 1, 0);
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	expect_call(1, 'a', 0, 100);
	expect_call(2, 'f', 1, 200);
	CU_ASSERT_EQUAL(out->counts.free_waits, 1);
	CU_ASSERT_EQUAL(out->counts.free_wait_cycles, 198);
	expect_call(3, 'a', 1, 300 + 198);
}

static void the_free_of_a_failed_allocation_does_nothing_and_is_counted(void)
{
	uint64_t a = case_alloc(1000, 0, 0, 9), b = case_alloc(2000, 0, 0, 10);

	case_free(3000, 0, 0, a, 9, 0);
	case_free(4000, 0, 0, b, 10, 0);
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->toy.ncalls, 0);
	CU_ASSERT_EQUAL(out->counts.failed, 2);
	CU_ASSERT_EQUAL(out->counts.would_sleep, 1);
	CU_ASSERT_EQUAL(out->counts.order_first_failure[9], 0);
	CU_ASSERT_EQUAL(out->counts.order_first_failure[10], 1000);
	CU_ASSERT_EQUAL(out->counts.frees_of_failed, 2);
}

static void a_partial_free_splits_the_block_once_and_frees_the_part(void)
{
	uint64_t a = case_alloc(1000, 0, 0, 3);

	case_free(2000, 0, 0, a, 0, 5);
	case_free(3000, 0, 0, a, 2, 0);
	case_free(4000, 0, 0, a, 1, 6);
	case_free(5000, 0, 0, a, 0, 4);
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->toy.ncalls, 6);
	CU_ASSERT_EQUAL(out->toy.calls[1].what, 's');
	CU_ASSERT_EQUAL(out->toy.calls[2].frame, 5);
	CU_ASSERT_EQUAL(out->toy.calls[3].order, 2);
	CU_ASSERT_EQUAL(out->toy.calls[4].frame, 6);
	CU_ASSERT_EQUAL(out->counts.partial_frees, 4);
	CU_ASSERT_EQUAL(out->live, 0);
}

static void freeing_twice_is_counted_and_skipped(void)
{
	uint64_t a = case_alloc(1000, 0, 0, 1);

	case_free(2000, 0, 0, a, 0, 1);
	case_free(3000, 0, 0, a, 1, 0);
	case_free(4000, 0, 0, a, 0, 0);
	case_free(5000, 0, 0, a, 1, 0);
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->counts.frees_unknown, 2);
	CU_ASSERT_EQUAL(out->live, 0);
}

static void a_recorded_failure_is_asked_again_and_given_back(void)
{
	case_event((struct trace_event){ .time = 1000,
					 .kind = TRACE_ALLOC_FAILED,
					 .order = 2,
					 .object = TRACE_NO_OBJECT,
					 .pfn = TRACE_NO_PFN });
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->counts.recorded_failures, 1);
	CU_ASSERT_EQUAL(out->counts.recorded_failures_served, 1);
	CU_ASSERT_EQUAL(out->toy.ncalls, 2);
	CU_ASSERT_EQUAL(out->live, 0);
}

static void reclaim_frees_are_dropped_unless_kept(void)
{
	uint64_t a = case_alloc(1000, 0, 0, 0);

	case_event((struct trace_event){ .time = 2000,
					 .kind = TRACE_FREE,
					 .object = a,
					 .pfn = TRACE_NO_PFN,
					 .flags = TRACE_RECLAIM });
	run();
	CU_ASSERT_EQUAL(out->counts.reclaim_frees_dropped, 1);
	CU_ASSERT_EQUAL(out->live, 1);
	options.keep_recorded_reclaim = true;
	run_in(SIM_ENGINE_DISPATCH);
	CU_ASSERT_EQUAL(out->counts.reclaim_frees_dropped, 0);
	CU_ASSERT_EQUAL(out->live, 0);
}

static void a_narrow_window_ends_the_same_way(void)
{
	uint64_t a[64];

	for (unsigned i = 0; i < 64; i++)
		a[i] = case_alloc(1000 + 10 * i, i % 4, i % 2, i % 3);
	for (unsigned i = 0; i < 64; i++)
		case_free(2000 + 10 * i, (i + 1) % 4, i % 2, a[i], i % 3, 0);
	options.window = 2;
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->counts.events, 128);
	CU_ASSERT_EQUAL(out->live, 0);
	CU_ASSERT_TRUE(out->counts.window_full > 0);
	CU_ASSERT_TRUE(out->counts.most_queued <= 2);
}

static void a_sysctl_event_is_written_at_its_tasks_date(void)
{
	case_alloc(1000, 0, 0, 0);
	case_sysctl(1010, 1, 0, "vm.level=8KiB"); /* finds the CPU held until 100 */
	case_sysctl(2000, 2, 1, "level=7");
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	expect_call(1, 'w', 0, 100);
	CU_ASSERT_EQUAL(out->toy.calls[1].frame, 2);
	expect_call(2, 'w', 1, 1000);
	CU_ASSERT_EQUAL(out->toy.calls[2].frame, 7);
	CU_ASSERT_EQUAL(out->counts.sysctl_applied, 2);
	CU_ASSERT_EQUAL(out->counts.events, 3);
	CU_ASSERT_EQUAL(out->nnotes, 0);
}

static void what_cannot_be_written_is_counted_and_named_and_no_error(void)
{
	static const char *const refused[] = { "vm.level=13", "vm.level=1001", "level=much",
					       "fixed=1",     "level=",        "level=1 2" };
	static const char *const unknown[] = { "vm.swappiness=60", "level", "vm.=1", "", "=" };
	uint64_t time = 1000;

	for (unsigned i = 0; i < ARRAY_SIZE(refused); i++)
		case_sysctl(time++, 0, 0, refused[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(unknown); i++)
		case_sysctl(time++, 0, 0, unknown[i]);
	case_sysctl(time, 0, 0, "vm.level=13");
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->toy.ncalls, 0);
	CU_ASSERT_EQUAL(out->counts.sysctl_applied, 0);
	CU_ASSERT_EQUAL(out->counts.sysctl_refused, ARRAY_SIZE(refused) + 1);
	CU_ASSERT_EQUAL(out->counts.sysctl_unknown, ARRAY_SIZE(unknown));
	CU_ASSERT_EQUAL_FATAL(out->nnotes, ARRAY_SIZE(refused) + ARRAY_SIZE(unknown));
	CU_ASSERT_STRING_EQUAL(out->notes[0].why, "13 is unlucky");
	CU_ASSERT_EQUAL(out->notes[0].times, 2);
	CU_ASSERT_TRUE(out->notes[0].refused);
	CU_ASSERT_STRING_EQUAL(out->notes[6].text, "vm.swappiness=60");
	CU_ASSERT_FALSE(out->notes[6].refused);
}

static void what_holds_no_value_can_be_written_all_the_same(void)
{
	static const struct change change = { 300, "poke", { 7 }, 1, CHANGE_SYSCTL };

	params.level[0] = 77;
	case_sysctl(1000, 0, 0, "vm.poke=1");
	case_sysctl(1100, 0, 0, "poke=3");
	case_sysctl(1200, 0, 0, "poke=13");
	case_sysctl(1210, 0, 0, "poke=1 2");
	case_sysctl(1220, 0, 0, "poke=yes");
	case_sysctl(1400, 0, 0, "pok=1");
	options.changes = &change;
	options.nchanges = 1;
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL_FATAL(out->toy.ncalls, 3);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(out->toy.calls[i].what, 'w');
	CU_ASSERT_EQUAL(out->toy.calls[0].frame, 1);
	CU_ASSERT_EQUAL(out->toy.calls[1].frame, 3);
	CU_ASSERT_EQUAL(out->toy.calls[2].frame, 7);
	CU_ASSERT_EQUAL(out->counts.sysctl_applied, 3);
	CU_ASSERT_EQUAL(out->counts.sysctl_refused, 3);
	CU_ASSERT_EQUAL(out->counts.sysctl_unknown, 1);
	CU_ASSERT_EQUAL(params.level[0], 77);
}

static void more_different_refusals_than_are_named_are_still_counted(void)
{
	char text[80];

	for (unsigned i = 0; i < 2 * REPLAY_SYSCTL_NOTES; i++) {
		snprintf(text, sizeof(text), "no\tsuch%u=%60u", i, i);
		case_sysctl(1000 + i, 0, 0, text);
	}
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->counts.sysctl_unknown, 2 * REPLAY_SYSCTL_NOTES);
	CU_ASSERT_EQUAL(out->nnotes, REPLAY_SYSCTL_NOTES);
	CU_ASSERT_EQUAL(strncmp(out->notes[1].text, "no?such1=  ", 11), 0);
}

static const struct change three_changes[] = { { 0, "level", { 1 }, 1, CHANGE_SYSCTL },
					       { 400, "level", { 2 }, 1, CHANGE_SYSCTL },
					       { 90000, "level", { 3 }, 1, CHANGE_SYSCTL } };

static void changes_come_at_their_dates_and_not_after_the_end(void)
{
	case_alloc(1000, 0, 0, 0);
	case_alloc(1350, 1, 0, 0); /* holds CPU 0 until 450 */
	case_alloc(1600, 1, 1, 0);
	options.changes = three_changes;
	options.nchanges = 3;
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL_FATAL(out->toy.ncalls, 5);
	CU_ASSERT_EQUAL(out->toy.calls[0].what, 'w');
	CU_ASSERT_EQUAL(out->toy.calls[0].frame, 1);
	expect_call(1, 'a', 0, 0);
	expect_call(2, 'a', 0, 350);
	CU_ASSERT_EQUAL(out->toy.calls[3].what, 'w');
	CU_ASSERT_EQUAL(out->toy.calls[3].frame, 2);
	expect_call(4, 'a', 1, 600);
	CU_ASSERT_EQUAL(out->counts.sysctl_applied, 2);
	CU_ASSERT_EQUAL(out->counts.changes_not_reached, 1);
	CU_ASSERT_EQUAL(out->counts.end_date, 600 + TOY_ALLOC_CYCLES);
}

/* Ticks at 1 ms; written in between, the next one but one comes after 3 ms. */
static void a_written_tick_interval_counts_from_the_next_tick_on(void)
{
	static const struct change change = { 1500000, "interval", { 3 }, 1, CHANGE_SYSCTL };
	uint64_t dates[8];
	unsigned n = 0;

	params.interval[0] = 1;
	case_alloc(1000, 0, 0, 0);
	case_alloc(6001000, 0, 0, 0);
	options.changes = &change;
	options.nchanges = 1;
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	for (unsigned i = 0; i < out->toy.ncalls && n < 8; i++)
		if (out->toy.calls[i].what == 't' && out->toy.calls[i].cpu == 0)
			dates[n++] = out->toy.calls[i].date;
	CU_ASSERT_EQUAL_FATAL(n, 3);
	CU_ASSERT_EQUAL(dates[0], 1000000);
	CU_ASSERT_EQUAL(dates[1], 2000000);
	CU_ASSERT_EQUAL(dates[2], 5000000);
	CU_ASSERT_EQUAL(params.interval[0], 1);
}

static void the_strict_engine_gives_the_same_calls_at_the_same_dates(void)
{
	uint64_t a[40];
	struct outcome first;

	options.changes = three_changes;
	options.nchanges = 2;
	case_sysctl(1000, 0, 0, "level=5");
	for (unsigned i = 0; i < 40; i++)
		a[i] = case_alloc(1000 + 7 * i, i % 4, i % 2, i % 4);
	for (unsigned i = 0; i < 40; i++)
		case_free(2000 + 7 * i, (i + 1) % 4, (i / 2) % 2, a[i], i % 4, 0);
	run();
	first = *out;
	run_in(SIM_ENGINE_STRICT);
	CU_ASSERT_TRUE_FATAL(first.ok && out->ok);
	CU_ASSERT_EQUAL(memcmp(&first.toy, &out->toy, sizeof(first.toy)), 0);
	CU_ASSERT_EQUAL(memcmp(&first.counts, &out->counts, sizeof(first.counts)), 0);
}

static void a_series_has_a_sample_at_every_interval(void)
{
	case_alloc(1000, 0, 0, 0);
	case_alloc(2000, 0, 0, 0);
	options.series_cycles = 300;
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->nsamples, 4);
	CU_ASSERT_EQUAL(out->interval, 300);
	CU_ASSERT_EQUAL(out->off_the_grid, 0);
	CU_ASSERT_EQUAL(out->first_free, 0);
	CU_ASSERT_EQUAL(out->last_free, 1);
}

static void a_series_that_grows_too_long_is_thinned_and_covers_the_run(void)
{
	uint64_t ten = 10, most = REPLAY_MOST_SAMPLES;

	case_alloc(1000, 0, 0, 0);
	case_alloc(1000 + most * ten, 0, 0, 0); /* one sample too many */
	case_alloc(1000 + 5 * most * ten / 2, 0, 0, 0);
	options.series_cycles = ten;
	run();
	CU_ASSERT_TRUE_FATAL(out->ok);
	CU_ASSERT_EQUAL(out->interval, 4 * ten);
	CU_ASSERT_EQUAL(out->nsamples, 5 * most / 2 / 4 + 1);
	CU_ASSERT_EQUAL(out->off_the_grid, 0);
	CU_ASSERT_EQUAL(out->last_date, 5 * most * ten / 2);
	CU_ASSERT_EQUAL(out->first_free, 0);
	CU_ASSERT_EQUAL(out->last_free, 2);
}

static CU_TestInfo tests[] = {
	{ "operations run at their trace times", operations_run_at_their_trace_times },
	{ "a busy CPU delays a task and all its later events",
	  a_busy_cpu_delays_a_task_and_all_its_later_events },
	{ "open pacing keeps trace times after a delay",
	  open_pacing_keeps_trace_times_after_a_delay },
	{ "asap pacing has no think time", asap_pacing_has_no_think_time },
	{ "events closer than an operation takes push the task back",
	  events_closer_than_an_operation_takes_push_the_task_back },
	{ "a free waits for its allocation", a_free_waits_for_its_allocation },
	{ "the free of a failed allocation does nothing and is counted",
	  the_free_of_a_failed_allocation_does_nothing_and_is_counted },
	{ "a partial free splits the block once and frees the part",
	  a_partial_free_splits_the_block_once_and_frees_the_part },
	{ "freeing twice is counted and skipped", freeing_twice_is_counted_and_skipped },
	{ "a recorded failure is asked again and given back",
	  a_recorded_failure_is_asked_again_and_given_back },
	{ "reclaim frees are dropped unless kept", reclaim_frees_are_dropped_unless_kept },
	{ "a narrow window ends the same way", a_narrow_window_ends_the_same_way },
	{ "a sysctl event is written at its task's date",
	  a_sysctl_event_is_written_at_its_tasks_date },
	{ "what cannot be written is counted and named, and no error",
	  what_cannot_be_written_is_counted_and_named_and_no_error },
	{ "what holds no value can be written all the same",
	  what_holds_no_value_can_be_written_all_the_same },
	{ "more different refusals than are named are still counted",
	  more_different_refusals_than_are_named_are_still_counted },
	{ "changes come at their dates, and not after the end",
	  changes_come_at_their_dates_and_not_after_the_end },
	{ "a written tick interval counts from the next tick on",
	  a_written_tick_interval_counts_from_the_next_tick_on },
	{ "the strict engine gives the same calls at the same dates",
	  the_strict_engine_gives_the_same_calls_at_the_same_dates },
	{ "a series has a sample at every interval", a_series_has_a_sample_at_every_interval },
	{ "a series that grows too long is thinned and covers the run",
	  a_series_that_grows_too_long_is_thinned_and_covers_the_run },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "replay", NULL, NULL, a_trace_to_write, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
