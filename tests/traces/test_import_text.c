#include "tests/traces/import_fixture.h"

static struct fixture f;

static void a_text_without_snapshots(void)
{
	fixture_new(&f);
	f.o.state_dir = NULL;
	f.o.keep_comm = true;
}

static void drop(void)
{
	fixture_free_all(&f);
}

static struct trace_event first_event(void)
{
	struct trace_error err;
	struct trace_event e = { 0 };

	CU_ASSERT_TRUE_FATAL(trace_reader_seek_event(f.reader, 0, &err));
	CU_ASSERT_EQUAL(trace_reader_next(f.reader, &e, 1, &err), 1);
	return e;
}

/* One allocation as different readers write it. */
static void a_line_means_the_same_in_every_format(void)
{
	static const char *const lines[] = {
		/* tracefs, 4.12: decimal frame numbers */
		"       my-task-4711  [003] d.h1 12.345678: mm_page_alloc: "
		"page=ffffea0000000400 "
		"pfn=16 order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO",
		/* tracefs, newer: one more column, hexadecimal */
		"       my-task-4711    [003] d.h1. 12.345678: mm_page_alloc: "
		"page=00000000deadbeef "
		"pfn=0x10 order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO",
		/* thread groups, no irq columns */
		"       my-task-4711  (   4700) [003] 12.345678: mm_page_alloc: page=x "
		"pfn=0x10 "
		"order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO",
		"       my-task-4711  (-------) [003] 12.345678: mm_page_alloc: page=x "
		"pfn=0x10 "
		"order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO",
		/* trace-cmd report, of an instance */
		"box:         my-task-4711  [003]    12.345678: mm_page_alloc:        "
		"page=0x10 "
		"pfn=0x10 order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO",
		/* trace-cmd report -l -t */
		"box:  my-task-4711    3d.h1. 12.345678000: mm_page_alloc:        page=0x10 "
		"pfn=0x10 order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO",
		/* perf script */
		"my-task  4711 [003]    12.345678: kmem:mm_page_alloc: page=0x10 pfn=0x10 "
		"order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO",
		"my-task  4700/4711 [003]    12.345678: kmem:mm_page_alloc: page=0x10 pfn=0x10 "
		"order=2 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_ZERO",
		/* commas, and a carriage return */
		"my-task-4711 [003] 12.345678: mm_page_alloc: pfn=0x10, order=2, "
		"migratetype=1, "
		"gfp_flags=GFP_KERNEL|__GFP_ZERO\r",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct trace_event e;

		a_text_without_snapshots();
		fixture_line(&f, "%s", lines[i]);
		CU_ASSERT_TRUE_FATAL(fixture_import(&f));
		e = first_event();
		CU_ASSERT_EQUAL(e.time, 12345678000);
		CU_ASSERT_EQUAL(e.kind, TRACE_ALLOC);
		CU_ASSERT_EQUAL(e.pfn, 16);
		CU_ASSERT_EQUAL(e.order, 2);
		CU_ASSERT_EQUAL(e.cpu, 3);
		CU_ASSERT_EQUAL(trace_reader_task(f.reader, e.task)->pid, 4711);
		CU_ASSERT_STRING_EQUAL(trace_reader_task(f.reader, e.task)->comm, "my-task");
		CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, e.gfp),
				       "GFP_KERNEL|__GFP_ZERO");
		CU_ASSERT_EQUAL(!!(e.flags & TRACE_HARDIRQ), !!strstr(lines[i], "d.h1"));
		drop();
	}
	fixture_new(&f);
}

static void commands_may_have_blanks_dashes_and_colons(void)
{
	static const struct {
		const char *line, *comm;
		int pid;
	} rows[] = {
		{ "   Web Content-12 [000] 1.0: mm_page_alloc: pfn=1 order=0 gfp_flags=0",
		  "Web Content", 12 },
		{ "   kworker/0:1-events-13 [000] 1.0: mm_page_alloc: pfn=1 order=0 "
		  "gfp_flags=0",
		  "kworker/0:1-eve", 13 },
		{ "   my-own-name-14 [000] 1.0: mm_page_alloc: pfn=1 order=0 gfp_flags=0",
		  "my-own-name", 14 },
		{ "   <...>-128 [000] 1.0: mm_page_alloc: pfn=1 order=0 gfp_flags=0", "", 128 },
		{ "   <idle>-0 [000] 1.0: mm_page_alloc: pfn=1 order=0 gfp_flags=0", "<idle>",
		  0 },
		{ "Web Content  15 [000] 1.0: kmem:mm_page_alloc: pfn=1 order=0 gfp_flags=0",
		  "Web Content", 15 },
	};

	drop();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct trace_task *task;

		a_text_without_snapshots();
		fixture_line(&f, "%s", rows[i].line);
		CU_ASSERT_TRUE_FATAL(fixture_import(&f));
		task = trace_reader_task(f.reader, first_event().task);
		CU_ASSERT_EQUAL(task->pid, rows[i].pid);
		CU_ASSERT_STRING_EQUAL(task->comm, rows[i].comm);
		drop();
	}
	fixture_new(&f);
}

static void command_names_are_only_kept_when_asked_for(void)
{
	f.o.keep_comm = false;
	fixture_alloc(&f, 0, 16, 0);
	CU_ASSERT_TRUE_FATAL(fixture_import(&f));
	CU_ASSERT_STRING_EQUAL(trace_reader_task(f.reader, 0)->comm, "");
}

static void headers_and_remarks_are_passed_over(void)
{
	fixture_line(&f, "# tracer: nop");
	fixture_line(&f, "#");
	fixture_line(&f, "# entries-in-buffer/entries-written: 141/141   #P:2");
	fixture_line(&f, "#                                _-----=> irqs-off");
	fixture_line(&f, "cpus=2");
	fixture_line(&f, "CPU 1 is empty");
	fixture_line(&f, "##### CPU 1 buffer started ####");
	fixture_line(&f, "%s", "");
	fixture_alloc(&f, 0, 16, 0);
	CU_ASSERT_TRUE_FATAL(fixture_import(&f));
	CU_ASSERT_STRING_EQUAL(f.events, "a0:16/0");
}

static void overwritten_entries_are_lost_events(void)
{
	fixture_line(&f, "# entries-in-buffer/entries-written: 141/150   #P:2");
	fixture_alloc(&f, 0, 16, 0);
	CU_ASSERT_FALSE(fixture_import(&f));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.error, "lost 9 events"));
}

static void times_without_a_point_count_as_they_are(void)
{
	f.o.clock = "counter";
	fixture_line(&f, " t-1 [000] 17: mm_page_alloc: pfn=1 order=0 gfp_flags=0");
	CU_ASSERT_TRUE_FATAL(fixture_import(&f));
	CU_ASSERT_EQUAL(first_event().time, 17);
}

static void events_of_other_kinds_are_counted(void)
{
	fixture_event(&f, 0, "sched_switch: prev_comm=a prev_pid=1 ==> next_comm=b");
	fixture_event(&f, 0, "mm_page_alloc: pfn=1 order=0 gfp_flags=0");
	CU_ASSERT_TRUE_FATAL(fixture_import(&f));
	CU_ASSERT_EQUAL(fixture_count(&f, "others"), 1);
}

static void truth_events_carry_their_fields(void)
{
	struct trace_truth t[8];
	struct trace_error err;

	fixture_locked(&f, 1, 64, 0);
	fixture_alloc(&f, 0, 32, 0);
	fixture_event(&f, 0,
		      "mm_page_alloc_extfrag: page=x pfn=0x40 alloc_order=1 fallback_order=9 "
		      "pageblock_order=9 alloc_migratetype=2 fallback_migratetype=1 "
		      "fragmenting=0 change_ownership=1");
	fixture_event(&f, 0,
		      "mm_compaction_begin: zone_start=0x10 migrate_pfn=0x20 free_pfn=0x30 "
		      "zone_end=0x40, mode=sync");
	fixture_event(&f, 0, "mm_vmscan_kswapd_wake: nid=1 order=3");
	CU_ASSERT_TRUE_FATAL(fixture_import(&f));
	CU_ASSERT_EQUAL_FATAL(trace_reader_next_truth(f.reader, t, 8, &err), 4);
	CU_ASSERT_EQUAL(t[0].cpu, 1);
	CU_ASSERT_EQUAL(t[1].value[1], 1);
	fixture_expect_truths(t);
}

/* Once, "page=" at the very end was looked at one byte behind it: a file that fills its last
 * page of memory has nothing there. */
static void a_file_may_end_in_the_middle_of_a_field(void)
{
	static const char last[] = "t-1 [000] 2.0: mm_page_free: order=0 page=";

	fixture_line(&f, "#%*s", (int)(4096 - sizeof(last) - 1), "");
	fprintf(f.trace, "%s", last);
	CU_ASSERT_FALSE_FATAL(fixture_import(&f));
	CU_ASSERT_EQUAL(f.size, 4096);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.error, "rec.txt:2: mm_page_free: no pfn"));
}

static void wrong_lines_are_named_with_their_number(void)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{ "hello", ":2: no event: nothing like" },
		{ "  t-1 [000] 1.0 mm_page_free: pfn=1 order=0", ":2: no event: nothing like" },
		{ "  t-1 [000] 1.0: nothing", ":2: no event name behind the time" },
		{ "  t-1 1.0: mm_page_free: pfn=1 order=0", ":2: no cpu in front of the time" },
		{ "  [000] 1.0: mm_page_free: pfn=1 order=0",
		  ":2: no task in front of the cpu" },
		{ "  t-1 [000] 1.0: mm_page_free: order=0", ":2: mm_page_free: no pfn" },
		{ "  t-1 [000] 1.0: mm_page_free: pfn=1", ":2: mm_page_free: no order" },
		{ "  t-1 [000] 1.0: mm_page_alloc: pfn=1 order=0",
		  ":2: mm_page_alloc: no gfp_flags" },
		{ "  t-1 [000] 1.0: mm_page_free: pfn=0x1g order=0",
		  "no number in \"pfn=0x1g\"" },
		{ "  t-1 [000] 1.0: mm_page_free: pfn=99999999999999999999 order=0",
		  "no number in" },
		{ "  t-1 [000] 1.0: mm_page_free: pfn=0x1000000000 order=0",
		  "no page frame number: 0x1000000000" },
		{ "  t-1 [000] 1.0: mm_page_free: pfn=16 order=11",
		  "order 11; there are orders 0 to 10" },
		{ "  t-1 [000] 1.0: mm_page_free: pfn=17 order=1",
		  "page frame 0x11 cannot start a block of order 1" },
	};

	drop();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		a_text_without_snapshots();
		fixture_alloc(&f, 0, 32, 0);
		fixture_line(&f, "%s", rows[i].line);
		CU_ASSERT_FALSE_FATAL(fixture_import(&f));
		CU_ASSERT_PTR_NOT_NULL(strstr(f.error, rows[i].words));
		if (!strstr(f.error, rows[i].words))
			printf("\n  %s\n  got %s\n", rows[i].line, f.error);
		CU_ASSERT_PTR_NOT_NULL(strstr(f.error, "rec.txt:2: "));
		drop();
	}
	fixture_new(&f);
}

static void files_without_a_trace_are_refused(void)
{
	static const struct {
		const char *bytes, *words;
		size_t size;
	} rows[] = {
		{ "", "rec.txt: the file is empty", 0 },
		{ "\x7f"
		  "ELF\0\0\0",
		  "neither a trace.dat nor text", 7 },
		{ "PERFILE2........", "import the output of `perf script`", 16 },
		{ "# tracer: nop\n", "no page allocator events in it", 14 },
		{ "\x17\x08\x44tracing9", "byte 10: a trace.dat of version 9", 12 },
		{ "\x17\x08\x44trac", "the file ends inside", 7 },
		{ "\x28\xb5\x2f\xfd\x01", "zstd: ", 5 },
		{ " t-1 [000] 1.0: mm_page_free: pfn=\0 order=0\n", "neither a trace.dat", 45 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct trace_error err;

		fixture_put(&f, "rec.txt", rows[i].bytes, rows[i].size);
		CU_ASSERT_PTR_NULL_FATAL(trace_import(&f.o, &err));
		CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, rows[i].words));
		if (!strstr(err.text, rows[i].words))
			printf("\n  %zu: got %s\n", i, err.text);
		CU_ASSERT_NOT_EQUAL(access(f.output, F_OK), 0);
	}
}

static void missing_files_and_folders_are_bad_input(void)
{
	struct trace_error err;

	f.o.input = "/nonexistent/rec.txt";
	CU_ASSERT_PTR_NULL(trace_import(&f.o, &err));
	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
	CU_ASSERT_STRING_EQUAL(err.text, "/nonexistent/rec.txt: No such file or directory");
	f.o.input = f.dir;
	CU_ASSERT_PTR_NULL(trace_import(&f.o, &err));
	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "Is a directory"));
}

static bool stop(void *ctx, uint64_t done, uint64_t all)
{
	(void)ctx;
	return done > all;
}

static void work_can_be_stopped_and_leaves_nothing(void)
{
	struct trace_error err;

	fixture_alloc(&f, 0, 16, 0);
	fclose(f.trace);
	f.trace = NULL;
	fixture_put(&f, "rec.txt", f.text, f.size);
	f.o.watch = stop;
	CU_ASSERT_PTR_NULL(trace_import(&f.o, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "interrupted");
	CU_ASSERT_NOT_EQUAL(access(f.output, F_OK), 0);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(commands_may_have_blanks_dashes_and_colons),
	T(command_names_are_only_kept_when_asked_for),
	T(headers_and_remarks_are_passed_over),
	T(overwritten_entries_are_lost_events),
	T(times_without_a_point_count_as_they_are),
	T(events_of_other_kinds_are_counted),
	T(truth_events_carry_their_fields),
	T(a_file_may_end_in_the_middle_of_a_field),
	T(wrong_lines_are_named_with_their_number),
	T(files_without_a_trace_are_refused),
	T(missing_files_and_folders_are_bad_input),
	T(work_can_be_stopped_and_leaves_nothing),
	CU_TEST_INFO_NULL,
};

static CU_TestInfo formats[] = {
	T(a_line_means_the_same_in_every_format),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_text_formats", NULL, NULL, NULL, drop, formats },
	{ "import_text", NULL, NULL, a_text_without_snapshots, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
