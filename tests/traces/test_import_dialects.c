/*
 * One recording as five readers print it, tests/traces/data/text: what tracefs gives as `trace`
 * on 4.12 and 6.1 and as `trace_pipe`, what trace-cmd report and perf script make of it. All
 * have to become the same trace, but for what a reader leaves out.
 */
#include "tests/traces/import_fixture.h"

#define TEXTS "tests/traces/data/text/"

static const struct dialect {
	const char *file;
	bool irqs, cold, marks; /* what it tells */
	long lost, others;
} dialects[] = {
	{ TEXTS "trace-4.12.txt", true, true, true, 0, 1 },
	{ TEXTS "trace-6.1.txt", true, false, true, 0, 1 },
	{ TEXTS "trace_pipe-6.1.txt", true, false, true, 17, 1 },
	{ TEXTS "trace-cmd-report.txt", false, false, true, 17, 1 },
	{ TEXTS "perf-script.txt", false, false, false, 17, 1 },
};

static struct fixture f;

static void begin(const struct dialect *d)
{
	fixture_new(&f);
	f.o.input = d->file;
	f.o.state_dir = NULL;
	f.o.clock = NULL;
	f.o.keep_comm = true;
	f.o.allow_lost = true;
}

static void drop(void)
{
	fixture_free_all(&f);
}

static void the_same_recording_becomes_the_same_trace(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		const struct dialect *d = &dialects[i];
		char want[128];

		begin(d);
		CU_ASSERT_TRUE_FATAL(fixture_import_file(&f));
		snprintf(want, sizeof(want),
			 "a0:18867/0 a1:40960/9 x/9 l0/0 A0/0 a2:34976/2%s f0/0%sr "
			 "f2/1+2%s f1/9",
			 d->irqs ? "h" : "", d->cold ? "c" : "", d->irqs ? "s" : "");
		CU_ASSERT_STRING_EQUAL(f.events, want);
		if (strcmp(f.events, want) != 0)
			printf("\n  %s\n  want %s\n  got  %s\n", d->file, want, f.events);
		CU_ASSERT_EQUAL(fixture_count(&f, "lost"), d->lost);
		CU_ASSERT_EQUAL(fixture_count(&f, "others"), d->others);
		CU_ASSERT_EQUAL(fixture_count(&f, "batched"), 1);
		drop();
	}
}

static void times_cpus_tasks_and_flags_are_read_alike(void)
{
	static const struct {
		uint64_t time;
		unsigned cpu;
		int pid;
		const char *comm;
	} rows[] = {
		{ 12345684000, 0, 4711, "make" },
		{ 12345687000, 1, 33, "Web Content" },
		{ 12345690000, 1, 33, "Web Content" },
		{ 12345693000, 0, 4711, "make" },
		{ 12345696000, 0, 4711, "make" },
		{ 12345699000, 0, 0, "<idle>" },
		{ 0, 0, 26, "kswapd0" },
		{ 12345726000, 0, 4711, "make" },
		{ 12345735000, 1, 35, "kworker/1:2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		struct trace_error err;
		struct trace_event e[ARRAY_SIZE(rows) + 2];
		const struct trace_event *at = &e[dialects[i].marks];

		begin(&dialects[i]);
		CU_ASSERT_TRUE_FATAL(fixture_import_file(&f));
		CU_ASSERT_TRUE_FATAL(trace_reader_seek_event(f.reader, 0, &err));
		CU_ASSERT_EQUAL(trace_reader_next(f.reader, e, ARRAY_SIZE(e), &err),
				(long)ARRAY_SIZE(rows) + 2 * dialects[i].marks);
		for (size_t k = 0; k < ARRAY_SIZE(rows); k++, at++) {
			const struct trace_task *task = trace_reader_task(f.reader, at->task);

			/* The free and its mm_page_free_batched stand in either order. */
			CU_ASSERT_TRUE(at->time == rows[k].time || !rows[k].time);
			CU_ASSERT_EQUAL(at->cpu, rows[k].cpu);
			CU_ASSERT_EQUAL(task->pid, rows[k].pid);
			CU_ASSERT_STRING_EQUAL(task->comm, rows[k].comm);
		}
		at -= ARRAY_SIZE(rows);
		CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, at[0].gfp),
				       "GFP_KERNEL_ACCOUNT|__GFP_ZERO");
		CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, at[5].gfp),
				       "GFP_ATOMIC|__GFP_COMP");
		drop();
	}
}

static void the_truth_stream_is_read_alike(void)
{
	static const struct {
		enum trace_truth_kind kind;
		uint64_t pfn, value[4];
	} rows[] = {
		{ TRACE_TRUTH_ZONE_LOCKED, 18867, { 1 } },
		{ TRACE_TRUTH_KSWAPD_WAKE, TRACE_NO_PFN, { 0 } },
		{ TRACE_TRUTH_EXTFRAG, 43008, { 8, 1 } },
		{ TRACE_TRUTH_PCPU_DRAIN, 18867, { 0 } },
		{ TRACE_TRUTH_RECLAIM_BEGIN, TRACE_NO_PFN, { 0 } },
		{ TRACE_TRUTH_RECLAIM_END, TRACE_NO_PFN, { 36 } },
		{ TRACE_TRUTH_COMPACT_BEGIN, TRACE_NO_PFN, { 0x1000, 0x1000, 0xae00, 0xafd7 } },
		{ TRACE_TRUTH_COMPACT_END, TRACE_NO_PFN, { 0x1000, 0x184c, 0xae22, 0xafd7 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		struct trace_truth t[ARRAY_SIZE(rows) + 1];
		struct trace_error err;

		begin(&dialects[i]);
		CU_ASSERT_TRUE_FATAL(fixture_import_file(&f));
		CU_ASSERT_EQUAL_FATAL(trace_reader_next_truth(f.reader, t, ARRAY_SIZE(t), &err),
				      (long)ARRAY_SIZE(rows));
		for (size_t k = 0; k < ARRAY_SIZE(rows); k++) {
			CU_ASSERT_EQUAL(t[k].kind, rows[k].kind);
			CU_ASSERT_EQUAL(t[k].pfn, rows[k].pfn);
			CU_ASSERT_EQUAL(memcmp(t[k].value, rows[k].value, sizeof(t[k].value)),
					0);
		}
		drop();
	}
}

static void losses_are_refused_in_every_dialect(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		begin(&dialects[i]);
		f.o.allow_lost = false;
		CU_ASSERT_EQUAL(fixture_import_file(&f), dialects[i].lost == 0);
		if (dialects[i].lost)
			CU_ASSERT_PTR_NOT_NULL(strstr(f.error, "lost 17 events"));
		drop();
	}
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(the_same_recording_becomes_the_same_trace),
	T(times_cpus_tasks_and_flags_are_read_alike),
	T(the_truth_stream_is_read_alike),
	T(losses_are_refused_in_every_dialect),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_dialects", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
