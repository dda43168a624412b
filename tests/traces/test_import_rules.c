#include "tests/traces/import_fixture.h"

static struct fixture f;

static void a_machine_whose_frames_are_in_use(void)
{
	fixture_new(&f);
}

static void drop(void)
{
	fixture_free_all(&f);
}

/* Imports with the snapshots; the events must come out as written. */
static void comes_out_as(const char *events)
{
	fixture_snapshots(&f);
	CU_ASSERT_TRUE_FATAL(fixture_import(&f));
	CU_ASSERT_STRING_EQUAL(f.events, events);
	if (strcmp(f.events, events) != 0)
		printf("\n  want %s\n  got  %s\n", events, f.events);
}

static void fails_with(const char *words)
{
	fixture_snapshots(&f);
	CU_ASSERT_FALSE_FATAL(fixture_import(&f));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.error, words));
	if (!strstr(f.error, words))
		printf("\n  want %s\n  got  %s\n", words, f.error);
}

static void make_free(unsigned from, unsigned to)
{
	for (; from < to; from++)
		f.before[from] = f.after[from] = BUDDY;
}

/* Each share of the report as JSON is of 1/1000 %; the trailer tells counts alone. */
static void the_report_has_percentages(void)
{
	struct trace_error err;
	json_t *count;

	fixture_alloc(&f, 0, 16, 0);
	fixture_free(&f, 0, 16, 0);
	fixture_event(&f, 0, "mm_page_free_batched: page=0x10 pfn=0x10 order=0");
	fixture_alloc(&f, 0, 17, 0);
	comes_out_as("a0:16/0 f0/0 a1:17/0");
	count = json_object_get(json_object_get(f.report, "counts"), "batched");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(count, "of")), 3);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(count, "percent_milli")), 33333);
	count = json_object_get(json_object_get(f.report, "counts"), "lost");
	CU_ASSERT_PTR_NULL(json_object_get(count, "percent_milli"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(trace_reader_report(f.reader, &err));
	CU_ASSERT_PTR_NULL(strstr(trace_reader_report(f.reader, &err), "percent"));
}

/* ---- R1 --------------------------------------------------------------------------------- */

static void batched_frees_repeat_a_free_and_are_dropped(void)
{
	fixture_alloc(&f, 0, 16, 0);
	fixture_free(&f, 0, 16, 0);
	fixture_event(&f, 0, "mm_page_free_batched: page=0x10 pfn=0x10 order=0");
	comes_out_as("a0:16/0 f0/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "batched"), 1);
	CU_ASSERT_EQUAL(fixture_count(&f, "batched_alone"), 0);
}

/* 4.12 emits the batched event first, and only it tells that the page goes to the cold end. */
static void the_cold_flag_is_kept_by_frame_and_cpu(void)
{
	fixture_alloc(&f, 0, 16, 0);
	fixture_alloc(&f, 0, 17, 0);
	fixture_alloc(&f, 0, 18, 0);
	fixture_event(&f, 0, "mm_page_free_batched: page=x pfn=16 order=0 cold=1");
	fixture_free(&f, 0, 16, 0);
	fixture_event(&f, 1, "mm_page_free_batched: page=x pfn=17 order=0 cold=1");
	fixture_free(&f, 0, 17, 0);
	fixture_event(&f, 0, "mm_page_free_batched: page=x pfn=18 order=0 cold=0");
	fixture_free(&f, 0, 18, 0);
	fixture_alloc(&f, 0, 19, 0);
	fixture_alloc(&f, 0, 20, 0);
	fixture_event(&f, 0, "mm_page_free_batched: page=x pfn=19 order=0 cold=1");
	fixture_free(&f, 0, 20, 0);
	fixture_free(&f, 0, 19, 0);
	comes_out_as("a0:16/0 a1:17/0 a2:18/0 f0/0c f1/0 f2/0 a3:19/0 a4:20/0 f4/0 f3/0c");
	CU_ASSERT_EQUAL(fixture_count(&f, "cold"), 2);
}

/* ---- R2, R3 ----------------------------------------------------------------------------- */

static void events_are_merged_by_time_then_cpu_and_keep_their_order(void)
{
	fixture_line(&f, " t-1 [001] 1.000002: mm_page_alloc: pfn=3 order=0 migratetype=0 "
			 "gfp_flags=GFP_KERNEL");
	fixture_line(&f, " t-1 [001] 1.000002: mm_page_alloc: pfn=2 order=0 migratetype=0 "
			 "gfp_flags=GFP_KERNEL");
	fixture_line(&f, " t-2 [000] 1.000001: mm_page_alloc: pfn=9 order=0 migratetype=0 "
			 "gfp_flags=GFP_KERNEL");
	fixture_line(&f, " t-2 [000] 1.000002: mm_page_alloc: pfn=8 order=0 migratetype=0 "
			 "gfp_flags=GFP_KERNEL");
	comes_out_as("a0:9/0 a1:8/0 a2:3/0 a3:2/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "ties"), 1);
}

static void time_that_goes_back_on_a_cpu_is_refused(void)
{
	fixture_line(&f, " t-1 [001] 1.000002: mm_page_free: pfn=3 order=0");
	fixture_line(&f, " t-1 [001] 1.000001: mm_page_free: pfn=4 order=0");
	fails_with("event 2: time goes back on cpu 1, from 1000002000 to 1000001000");
}

static void lost_events_are_refused(void)
{
	fixture_alloc(&f, 0, 16, 0);
	fixture_line(&f, "CPU:1 [LOST 17 EVENTS]");
	fixture_alloc(&f, 1, 17, 0);
	fails_with("the recording lost 17 events");
}

static void allowed_losses_cut_the_trace_in_front_of_the_first(void)
{
	f.o.allow_lost = true;
	fixture_alloc(&f, 0, 16, 0);
	fixture_line(&f, "CPU:1 [EVENTS DROPPED]");
	fixture_alloc(&f, 1, 17, 0);
	fixture_alloc(&f, 1, 18, 0);
	comes_out_as("a0:16/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "lost"), 1);
}

static void losses_in_the_recorders_statistics_are_refused(void)
{
	static const char stats[] = "cpu0\nentries: 1\noverrun: 0\ncommit overrun: 0\n"
				    "dropped events: 5\nread events: 0\n";

	fixture_alloc(&f, 0, 16, 0);
	fixture_put(&f, "stats", stats, strlen(stats));
	fails_with("the recording lost 5 events");
}

static void a_clock_of_cycles_needs_their_number_in_a_second(void)
{
	fixture_alloc(&f, 0, 16, 0);
	f.o.clock = "x86-tsc";
	fails_with("give their number in a second with --tsc-hz");
	f.o.tsc_hz = 2000000000;
	comes_out_as("a0:16/0");
	CU_ASSERT_EQUAL(trace_reader_header(f.reader)->clock, TRACE_CLOCK_TSC);
	CU_ASSERT_EQUAL(trace_reader_header(f.reader)->clock_hz, 2000000000);
}

static void an_unknown_clock_is_refused_and_local_warns(void)
{
	fixture_alloc(&f, 0, 16, 0);
	fixture_alloc(&f, 1, 17, 0);
	f.o.clock = "sundial";
	fails_with("the clock \"sundial\" is not known");
	f.o.clock = "local";
	comes_out_as("a0:16/0 a1:17/0");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(f.report, "warnings")), 2);
}

static void a_counter_gives_the_order_and_warns(void)
{
	f.o.clock = "counter";
	fixture_line(&f, "  t-1 [001] 18: mm_page_alloc: pfn=17 order=0 gfp_flags=0");
	fixture_line(&f, "  t-1 [000] 17: mm_page_alloc: pfn=16 order=0 gfp_flags=0");
	comes_out_as("a0:16/0 a1:17/0");
	CU_ASSERT_EQUAL(trace_reader_header(f.reader)->clock, TRACE_CLOCK_COUNTER);
	CU_ASSERT_PTR_NOT_NULL(strstr(
		json_string_value(json_array_get(json_object_get(f.report, "warnings"), 1)),
		"gives the order only"));
}

/* ---- R7, R8, R9 ------------------------------------------------------------------------- */

static void a_page_allocated_twice_was_freed_in_between(void)
{
	f.o.allow_missed = true;
	fixture_alloc(&f, 0, 16, 0);
	fixture_alloc(&f, 1, 16, 0);
	fixture_free(&f, 1, 16, 0);
	comes_out_as("a0:16/0 f0/0m a1:16/0 f1/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "missed"), 1);
}

static void an_allocation_inside_a_larger_object_frees_one_frame_of_it(void)
{
	f.o.allow_missed = true;
	fixture_alloc(&f, 0, 16, 2);
	fixture_alloc(&f, 0, 18, 0);
	comes_out_as("a0:16/2 f0/0+2m a1:18/0");
}

static void several_objects_inside_a_new_one_are_freed_each(void)
{
	f.o.allow_missed = true;
	fixture_alloc(&f, 0, 16, 0);
	fixture_alloc(&f, 0, 18, 1);
	fixture_alloc(&f, 0, 16, 2);
	comes_out_as("a0:16/0 a1:18/1 f0/0m f1/1m a2:16/2");
	CU_ASSERT_EQUAL(fixture_count(&f, "missed"), 2);
}

static void a_free_page_that_is_freed_was_allocated_unseen(void)
{
	make_free(16, 18);
	f.o.allow_missed = true;
	fixture_alloc(&f, 0, 99, 0);
	fixture_free(&f, 0, 16, 1);
	comes_out_as("a0:99/0 a1:16/1H f1/1");
	CU_ASSERT_EQUAL(fixture_count(&f, "hidden"), 1);
	CU_ASSERT_EQUAL(fixture_count(&f, "hidden_at_lock"), 0);
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, 1), "GFP_KERNEL");
}

static void an_unseen_allocation_stands_where_its_page_left_the_free_list(void)
{
	make_free(16, 17);
	f.o.allow_missed = true;
	fixture_locked(&f, 0, 16, 0);
	fixture_alloc(&f, 0, 99, 0);
	fixture_free(&f, 0, 16, 0);
	comes_out_as("a0:16/0H a1:99/0 f0/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "hidden_at_lock"), 1);
}

/* zone_locked in front of the page's last free tells of an earlier stay. */
static void an_old_zone_locked_does_not_count(void)
{
	make_free(16, 17);
	f.o.allow_missed = true;
	fixture_locked(&f, 0, 16, 0);
	fixture_alloc(&f, 0, 16, 0);
	fixture_free(&f, 0, 16, 0);
	fixture_alloc(&f, 0, 99, 0);
	fixture_free(&f, 0, 16, 0);
	comes_out_as("a0:16/0 f0/0 a1:99/0 a2:16/0H f2/0");
}

static void a_smaller_free_splits_its_object(void)
{
	fixture_alloc(&f, 0, 16, 3);
	fixture_free(&f, 0, 20, 2);
	fixture_free(&f, 0, 17, 0);
	comes_out_as("a0:16/3 f0/2+4 f0/0+1");
	CU_ASSERT_EQUAL(fixture_count(&f, "partial"), 2);
}

static void a_larger_free_frees_each_object(void)
{
	fixture_alloc(&f, 0, 16, 1);
	fixture_alloc(&f, 0, 18, 0);
	fixture_alloc(&f, 0, 19, 0);
	fixture_free(&f, 0, 16, 2);
	comes_out_as("a0:16/1 a1:18/0 a2:19/0 f0/1 f1/0 f2/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "larger"), 1);
}

static void any_other_free_goes_frame_by_frame(void)
{
	make_free(19, 20);
	f.o.allow_missed = true;
	fixture_alloc(&f, 0, 16, 1);
	fixture_alloc(&f, 0, 18, 0);
	fixture_free(&f, 0, 16, 2);
	comes_out_as("a0:16/1 a1:18/0 a2:19/0H f0/0 f0/0+1 f1/0 f2/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "pieces"), 1);
}

static void a_failed_allocation_stays_a_request(void)
{
	fixture_event(&f, 0,
		      "mm_page_alloc: page=(null) pfn=0 order=9 migratetype=1 "
		      "gfp_flags=GFP_TRANSHUGE");
	fixture_event(&f, 0,
		      "mm_page_alloc: page=          (nil) pfn=0x0 order=3 migratetype=1 "
		      "gfp_flags=GFP_ATOMIC");
	comes_out_as("x/9 x/3");
	CU_ASSERT_EQUAL(fixture_count(&f, "failed"), 2);
}

/* ---- R10 -------------------------------------------------------------------------------- */

static void gfp_flags_keep_their_names_and_bits_without_one_are_counted(void)
{
	static const char *const sets[] = { "GFP_KERNEL|__GFP_ZERO", "0",
					    "GFP_NOWAIT|0x4000000" };

	fixture_event(&f, 0, "mm_page_alloc: pfn=16 order=0 migratetype=1 gfp_flags=%s",
		      sets[0]);
	fixture_event(&f, 0, "mm_page_alloc: pfn=17 order=0 migratetype=1 gfp_flags=none");
	fixture_event(&f, 0, "mm_page_alloc: pfn=18 order=0 migratetype=1 gfp_flags=%s",
		      sets[2]);
	comes_out_as("a0:16/0 a1:17/0 a2:18/0");
	for (unsigned i = 0; i < ARRAY_SIZE(sets); i++)
		CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, i), sets[i]);
	CU_ASSERT_EQUAL(fixture_count(&f, "gfp_unknown"), 1);
}

/* ---- R13, R14, R15 ---------------------------------------------------------------------- */

static void what_the_recorder_does_and_what_is_outside_the_work_is_not_scored(void)
{
	fixture_alloc(&f, 0, 8, 0);
	fixture_mark(&f, "kpageflags 0 begin");
	fixture_alloc(&f, 0, 16, 0);
	fixture_mark(&f, "kpageflags 0 end");
	fixture_mark(&f, "work begin");
	fixture_alloc(&f, 1, 17, 0);
	fixture_line(
		&f,
		" pgsim-99 [000] 1.0: mm_page_alloc: pfn=18 order=0 migratetype=1 gfp_flags=0");
	f.now = 2000000;
	fixture_mark(&f, "work end");
	fixture_free(&f, 1, 17, 0);
	fixture_mark(&f, "kpageflags 1 begin");
	fixture_free(&f, 1, 16, 0);
	fixture_mark(&f, "kpageflags 1 end");
	comes_out_as("a0:16/0u a1:17/0 a2:18/0u f1/0u");
	CU_ASSERT_EQUAL(fixture_count(&f, "unscored_recorder"), 1);
	CU_ASSERT_EQUAL(fixture_count(&f, "unscored_outside_work"), 2);
	CU_ASSERT_EQUAL(fixture_count(&f, "before_scan"), 1);
	CU_ASSERT_EQUAL(fixture_count(&f, "after_scan"), 1);
}

static void marks_out_of_order_are_refused(void)
{
	fixture_mark(&f, "kpageflags 1 begin");
	fixture_alloc(&f, 0, 16, 0);
	fixture_mark(&f, "kpageflags 0 begin");
	fails_with("marks are not in their order");
}

static void frees_of_kswapd_and_of_direct_reclaim_are_tagged(void)
{
	for (unsigned i = 0; i < 5; i++)
		fixture_alloc(&f, 0, 16 + i, 0);
	fixture_free(&f, 1, 16, 0);
	fixture_event(
		&f, 0,
		"mm_vmscan_direct_reclaim_begin: order=0 may_writepage=1 gfp_flags=GFP_KERNEL");
	fixture_free(&f, 0, 17, 0);
	fixture_line(&f, " task-100 [000] ..s. 0.0001: mm_page_free: pfn=18 order=0");
	f.now = 200;
	fixture_event(&f, 0, "mm_vmscan_direct_reclaim_end: nr_reclaimed=1");
	fixture_free(&f, 0, 19, 0);
	fixture_event(&f, 1, "mm_vmscan_kswapd_wake: nid=0 order=0");
	fixture_free(&f, 0, 20, 0);
	comes_out_as("a0:16/0 a1:17/0 a2:18/0 a3:19/0 a4:20/0 f0/0r f1/0r f2/0s f3/0 f4/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "reclaim"), 2);
}

static void a_hundred_requests_and_more_with_missing_frees(unsigned missing)
{
	for (unsigned i = 0; i < 49; i++) {
		fixture_alloc(&f, 0, 16, 0);
		fixture_free(&f, 0, 16, 0);
	}
	fixture_alloc(&f, 0, 17, 0);
	fixture_alloc(&f, 0, 18, 0);
	for (unsigned i = 0; i < missing; i++)
		fixture_alloc(&f, 0, 17, 0);
	fixture_snapshots(&f);
}

static void one_in_a_hundred_put_in_is_allowed(void)
{
	a_hundred_requests_and_more_with_missing_frees(1);
	CU_ASSERT_TRUE(fixture_import(&f));
	CU_ASSERT_EQUAL(fixture_count(&f, "put_in"), 1);
}

static void more_than_one_in_a_hundred_put_in_is_refused(void)
{
	a_hundred_requests_and_more_with_missing_frees(2);
	CU_ASSERT_FALSE(fixture_import(&f));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.error, "2 of 102 requests"));
}

static void the_refusal_says_what_does_not_fit(void)
{
	fixture_alloc(&f, 0, 17, 0);
	fixture_alloc(&f, 0, 17, 0);
	fails_with(
		"1 of 2 requests do not fit together (1 missing frees, 0 hidden allocations)");
}

/* ---- parts ------------------------------------------------------------------------------ */

static void a_part_begins_with_what_lives_at_its_place(void)
{
	make_free(16, 32);
	f.o.first = 2;
	f.o.count = 2;
	fixture_locked(&f, 0, 16, 0);
	fixture_alloc(&f, 0, 16, 0);
	fixture_locked(&f, 0, 24, 3);
	fixture_alloc(&f, 0, 24, 3);
	fixture_free(&f, 0, 16, 0);
	fixture_free(&f, 0, 28, 2);
	fixture_free(&f, 0, 24, 2);
	comes_out_as("f0/0 f1/2");
	CU_ASSERT_EQUAL(fixture_count(&f, "requests"), 2);
}

static void without_snapshots_frees_of_unknown_pages_are_dropped(void)
{
	f.o.state_dir = NULL;
	fixture_free(&f, 0, 16, 0);
	fixture_alloc(&f, 0, 16, 0);
	fixture_free(&f, 0, 16, 0);
	comes_out_as("a0:16/0 f0/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "unknown"), 1);
	CU_ASSERT_FALSE(trace_reader_header(f.reader)->has_state);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo rules[] = {
	T(the_report_has_percentages),
	T(batched_frees_repeat_a_free_and_are_dropped),
	T(the_cold_flag_is_kept_by_frame_and_cpu),
	T(events_are_merged_by_time_then_cpu_and_keep_their_order),
	T(time_that_goes_back_on_a_cpu_is_refused),
	T(lost_events_are_refused),
	T(allowed_losses_cut_the_trace_in_front_of_the_first),
	T(losses_in_the_recorders_statistics_are_refused),
	T(a_clock_of_cycles_needs_their_number_in_a_second),
	T(an_unknown_clock_is_refused_and_local_warns),
	T(a_counter_gives_the_order_and_warns),
	T(a_page_allocated_twice_was_freed_in_between),
	T(an_allocation_inside_a_larger_object_frees_one_frame_of_it),
	T(several_objects_inside_a_new_one_are_freed_each),
	T(a_free_page_that_is_freed_was_allocated_unseen),
	T(an_unseen_allocation_stands_where_its_page_left_the_free_list),
	T(an_old_zone_locked_does_not_count),
	T(a_smaller_free_splits_its_object),
	T(a_larger_free_frees_each_object),
	T(any_other_free_goes_frame_by_frame),
	T(a_failed_allocation_stays_a_request),
	T(gfp_flags_keep_their_names_and_bits_without_one_are_counted),
	T(what_the_recorder_does_and_what_is_outside_the_work_is_not_scored),
	T(marks_out_of_order_are_refused),
	T(frees_of_kswapd_and_of_direct_reclaim_are_tagged),
	T(one_in_a_hundred_put_in_is_allowed),
	T(more_than_one_in_a_hundred_put_in_is_refused),
	T(the_refusal_says_what_does_not_fit),
	T(a_part_begins_with_what_lives_at_its_place),
	T(without_snapshots_frees_of_unknown_pages_are_dropped),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_rules", NULL, NULL, a_machine_whose_frames_are_in_use, drop, rules },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
