#include "tests/traces/import_fixture.h"

#define COLUMNS "time_ns,cpu,pid,event,pfn,order,gfp\n"

static struct fixture f;

static void a_csv_without_snapshots(void)
{
	fixture_new(&f);
	f.o.state_dir = NULL;
	f.o.clock = NULL;
	f.o.keep_comm = true;
}

static void drop(void)
{
	fixture_free_all(&f);
}

static void imports(const char *csv)
{
	bool ok;

	fputs(csv, f.trace);
	ok = fixture_import(&f);
	if (!ok)
		printf("\n  %s\n", f.error);
	CU_ASSERT_TRUE_FATAL(ok);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(f.report, "format")), "csv");
}

static struct trace_event event(uint64_t number)
{
	struct trace_error err;
	struct trace_event e = { 0 };

	CU_ASSERT_TRUE_FATAL(trace_reader_seek_event(f.reader, number, &err));
	CU_ASSERT_EQUAL(trace_reader_next(f.reader, &e, 1, &err), 1);
	return e;
}

static void a_row_is_an_event(void)
{
	struct trace_event e;

	imports("# kernel 6.1.0-made-up\n# clock boot\n" COLUMNS
		"12345678000,3,4711,alloc,0x10,2,GFP_KERNEL|__GFP_ZERO\n"
		"12345679000,3,4711,free,16,2,\n");
	CU_ASSERT_STRING_EQUAL(f.events, "a0:16/2 f0/2");
	e = event(0);
	CU_ASSERT_EQUAL(e.time, 12345678000);
	CU_ASSERT_EQUAL(e.cpu, 3);
	CU_ASSERT_EQUAL(trace_reader_task(f.reader, e.task)->pid, 4711);
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, e.gfp), "GFP_KERNEL|__GFP_ZERO");
	CU_ASSERT_STRING_EQUAL(trace_reader_header(f.reader)->clock_name, "boot");
	CU_ASSERT_STRING_EQUAL(trace_reader_header(f.reader)->source_kernel, "6.1.0-made-up");
}

static void columns_stand_in_any_order_and_cells_may_be_quoted(void)
{
	imports("gfp,order,pfn,event,comm,pid,cpu,time_ns\r\n"
		"\"GFP_KERNEL\", 0, 0x11 ,alloc,\"a \"\"b\"\", c\",7,0,1000\r\n"
		"\r\n"
		",0,0x11,free,,7,0,2000");
	CU_ASSERT_STRING_EQUAL(f.events, "a0:17/0 f0/0");
	CU_ASSERT_STRING_EQUAL(trace_reader_task(f.reader, event(0).task)->comm, "a \"b\", c");
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, event(0).gfp), "GFP_KERNEL");
}

static void an_allocation_without_a_page_failed(void)
{
	imports(COLUMNS "1,0,7,alloc,,9,GFP_TRANSHUGE\n2,0,7,alloc,-1,9,GFP_TRANSHUGE\n"
			"3,0,7,alloc,0,9,GFP_TRANSHUGE\n4,0,7,alloc-failed,,9,GFP_TRANSHUGE\n"
			"5,0,7,alloc,18446744073709551615,9,GFP_TRANSHUGE\n");
	CU_ASSERT_STRING_EQUAL(f.events, "x/9 x/9 x/9 x/9 x/9");
	CU_ASSERT_EQUAL(fixture_count(&f, "failed"), 5);
}

static void bits_of_gfp_get_the_names_that_the_file_gives_them(void)
{
	imports("# gfp 0xc0 GFP_BOTH\n# gfp 0x100 __GFP_ZERO\n# gfp 0x40 __GFP_IO\n" COLUMNS
		"1,0,7,alloc,16,0,0x1c0\n2,0,7,alloc,17,0,64\n3,0,7,alloc,18,0,0x2100\n"
		"4,0,7,alloc,19,0,0\n5,0,7,alloc,20,0,none\n");
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, event(0).gfp), "GFP_BOTH|__GFP_ZERO");
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, event(1).gfp), "__GFP_IO");
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, event(2).gfp), "__GFP_ZERO|0x2000");
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, event(3).gfp), "0");
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, event(4).gfp), "0");
	CU_ASSERT_EQUAL(fixture_count(&f, "gfp_unknown"), 1);
}

static void rows_are_merged_by_time_as_any_recording(void)
{
	imports(COLUMNS "3000,1,7,free,16,0,\n1000,0,7,alloc,16,0,0\n2000,0,7,alloc,17,0,0\n");
	CU_ASSERT_STRING_EQUAL(f.events, "a0:16/0 a1:17/0 f0/0");
}

static void flags_are_words_and_are_kept(void)
{
	imports("time_ns,cpu,pid,event,pfn,order,gfp,flags\n"
		"1,0,7,alloc,16,0,0,softirq|hidden\n2,0,7,free,16,0,,cold|hardirq|missed\n"
		"3,0,7,alloc,16,0,0,unscored\n4,0,7,free,16,0,,reclaim\n");
	CU_ASSERT_STRING_EQUAL(f.events, "a0:16/0sH f0/0chm a1:16/0u f1/0r");
}

static void truth_events_carry_their_values(void)
{
	struct trace_truth t[8];
	struct trace_error err;

	imports("time_ns,cpu,pid,event,pfn,order,gfp,migratetype,value0,value1,value2,value3\n"
		"1,1,7,zone-locked,64,0,,1,1,,,\n"
		"2,0,7,alloc,32,0,0,1,,,,\n"
		"3,0,7,mm_page_alloc_extfrag,0x40,1,,2,9,1,1,\n"
		"4,0,7,compact-begin,,,,,16,32,48,64\n"
		"5,0,7,kswapd-wake,,3,,,1,,,\n");
	CU_ASSERT_EQUAL_FATAL(trace_reader_next_truth(f.reader, t, 8, &err), 4);
	fixture_expect_truths(t);
}

static void marks_say_what_is_scored(void)
{
	imports("time_ns,cpu,pid,event,pfn,order,gfp,text\n1,0,7,alloc,16,0,0,\n"
		"2,0,9,mark,,,,my work begin\n3,0,7,alloc,17,0,0,\n"
		"4,0,9,mark,,,,\"my work end\"\n5,0,7,alloc,18,0,0,\n");
	CU_ASSERT_STRING_EQUAL(f.events, "a0:16/0u a1:17/0 a2:18/0u");
}

static void cycles_have_a_column_of_their_own(void)
{
	f.o.tsc_hz = 2000000000;
	imports("# clock x86-tsc\ntime_ticks,cpu,pid,event,pfn,order,gfp\n"
		"4498883674766,0,7,alloc,16,0,0\n");
	CU_ASSERT_EQUAL(event(0).time, 4498883674766);
	CU_ASSERT_EQUAL(trace_reader_header(f.reader)->clock_hz, 2000000000);
}

static void lost_events_are_refused_or_cut_the_trace(void)
{
	static const char csv[] = COLUMNS "1,0,7,alloc,16,0,0\n2,0,7,lost,,,\n"
					  "3,0,7,alloc,17,0,0\n4,0,7,lost,,,\nLost 2 events\n";

	fputs(csv, f.trace);
	CU_ASSERT_FALSE_FATAL(fixture_import(&f));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.error, "lost 4 events"));
	drop();
	a_csv_without_snapshots();
	f.o.allow_lost = true;
	imports(csv);
	CU_ASSERT_STRING_EQUAL(f.events, "a0:16/0");
	CU_ASSERT_EQUAL(fixture_count(&f, "lost"), 4);
}

static void a_loss_may_say_how_many(void)
{
	fputs("time_ns,cpu,pid,event,pfn,order,gfp,value0\n1,0,7,alloc,16,0,0,\n"
	      ",,,lost,,,,17\n",
	      f.trace);
	CU_ASSERT_FALSE_FATAL(fixture_import(&f));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.error, "lost 17 events"));
}

/* The rules do not care where events come from. */
static void snapshots_go_with_it(void)
{
	f.o.state_dir = f.dir;
	for (unsigned i = 16; i < 32; i++)
		f.before[i] = f.after[i] = BUDDY;
	f.buddyinfo[0][4] = f.buddyinfo[1][4] = 1;
	fixture_snapshots(&f);
	imports(COLUMNS "1,0,7,alloc,16,0,0\n2,0,7,free,16,0,\n3,0,7,free,40,3,\n");
	CU_ASSERT_STRING_EQUAL(f.events, "a1:16/0 f1/0 f0/3");
	CU_ASSERT_TRUE(trace_reader_header(f.reader)->has_state);
}

static void wrong_lines_are_named_with_their_number(void)
{
	static const struct {
		const char *csv, *words;
	} rows[] = {
		{ "time,cpu\n", ":1: column 1 is called \"time\"; known are time_ns, " },
		{ "time_ns,cpu,pid,event,pfn,order,\n", ":1: column 7 is called \"\"" },
		{ "time_ns,cpu,cpu\n", ":1: two columns are called \"cpu\"" },
		{ "time_ns,cpu,pid,event,pfn,gfp\n", ":1: no column is called \"order\"" },
		{ "cpu,pid,event,pfn,order,gfp\n", ":1: one column has to be called" },
		{ "time_ns,time_ticks,cpu,pid,event,pfn,order,gfp\n",
		  ":1: one column has to be called" },
		{ "1000,0,7,alloc,16,0,0\n", ":1: column 1 is called \"1000\"" },
		{ "# gfp 0x100\n" COLUMNS, ":1: \"# gfp\" wants bits and a name" },
		{ "# gfp 0 __GFP_X\n" COLUMNS, ":1: \"# gfp\" wants bits and a name" },
		{ "# gfp 1 A,B\n" COLUMNS, ":1: no name of a gfp flag: \"A,B\"" },
		{ COLUMNS, "no page allocator events in it" },
		{ COLUMNS "1,0,7,alloc,16,0\n", ":2: 6 cells below 7 columns" },
		{ COLUMNS "1,0,7,alloc,16,0,0,0\n", ":2: 8 cells below 7 columns" },
		{ COLUMNS "1,0,7,allocate,16,0,0\n",
		  ":2: event is \"allocate\", alloc, free, alloc-failed, " },
		{ COLUMNS "1,0,7,q_isolate,16,0,0\n", ":2: event is \"q_isolate\"" },
		{ COLUMNS "1.5,0,7,alloc,16,0,0\n", ":2: time_ns is \"1.5\", a number was" },
		{ COLUMNS "-5,0,7,alloc,16,0,0\n", ":2: time_ns is -5, more than" },
		{ COLUMNS "1,4096,7,alloc,16,0,0\n", ":2: cpu is 4096, more than 4095" },
		{ COLUMNS "1,0,4294967296,alloc,16,0,0\n", ":2: pid is \"4294967296\"" },
		{ COLUMNS "1,0,,alloc,16,0,0\n", ":2: pid is \"\", a number was expected" },
		{ COLUMNS "1,0,7,alloc,0x1g,0,0\n", ":2: pfn is \"0x1g\"" },
		{ COLUMNS "1,0,7,alloc,99999999999999999999,0,0\n", ":2: pfn is \"9999" },
		{ COLUMNS "1,0,7,alloc,0x1000000000,0,0\n",
		  ":2: no page frame number: 0x1000000000" },
		{ COLUMNS "1,0,7,free,,0,\n", ":2: pfn is \"\", a page frame number" },
		{ COLUMNS "1,0,7,alloc,16,11,0\n", ":2: order is 11, more than 10" },
		{ COLUMNS "1,0,7,alloc,17,1,0\n", ":2: page frame 0x11 cannot start a block" },
		{ COLUMNS "1,0,7,alloc,16,0,\n", ":2: gfp is \"\", names of flags" },
		{ COLUMNS "1,0,7,alloc,16,0,A B\n", ":2: gfp is \"A B\", names of flags" },
		{ COLUMNS "1,0,7,alloc,16,0,0x100\n", ":2: gfp is \"0x100\", names, or lines" },
		{ COLUMNS "1,0,7,alloc,16,0,\"0\n", ":2: a quote is not closed" },
		{ COLUMNS "1,0,7,alloc,16,\"0\"1,0\n", ":2: a quote is closed in the middle" },
		{ "time_ns,cpu,pid,event,pfn,order,gfp,flags\n1,0,7,alloc,16,0,0,warm\n",
		  ":2: flags is \"warm\", cold, hardirq" },
		{ COLUMNS "2,0,7,alloc,16,0,0\n1,0,7,alloc,17,0,0\n", "goes back" },
	};

	drop();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		a_csv_without_snapshots();
		fputs(rows[i].csv, f.trace);
		CU_ASSERT_FALSE_FATAL(fixture_import(&f));
		CU_ASSERT_PTR_NOT_NULL(strstr(f.error, rows[i].words));
		if (!strstr(f.error, rows[i].words))
			printf("\n  %s  got %s\n", rows[i].csv, f.error);
		drop();
	}
	fixture_new(&f);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(a_row_is_an_event),
	T(columns_stand_in_any_order_and_cells_may_be_quoted),
	T(an_allocation_without_a_page_failed),
	T(bits_of_gfp_get_the_names_that_the_file_gives_them),
	T(rows_are_merged_by_time_as_any_recording),
	T(flags_are_words_and_are_kept),
	T(truth_events_carry_their_values),
	T(marks_say_what_is_scored),
	T(cycles_have_a_column_of_their_own),
	T(lost_events_are_refused_or_cut_the_trace),
	T(a_loss_may_say_how_many),
	T(snapshots_go_with_it),
	T(wrong_lines_are_named_with_their_number),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_csv", NULL, NULL, a_csv_without_snapshots, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
