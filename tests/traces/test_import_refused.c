/* Snapshots that are wrong or missing: each is refused with its place, or told. */
#include "tests/traces/import_state_case.h"

struct wrong {
	const char *file, *text, *words;
};

static void all_are_refused(const struct wrong *rows, size_t n)
{
	drop();
	for (size_t i = 0; i < n; i++) {
		a_machine_whose_frames_are_in_use();
		fixture_alloc(&f, 0, 99, 0);
		fixture_snapshots(&f);
		fixture_put(&f, rows[i].file, rows[i].text, strlen(rows[i].text));
		fails_with(rows[i].words);
		drop();
	}
	a_machine_whose_frames_are_in_use();
}

static void wrong_snapshots_are_refused_with_their_place(void)
{
	static const struct wrong rows[] = {
		{ "before.zoneinfo.1", "", "before.zoneinfo.1: the file is empty" },
		{ "before.zoneinfo.1", "abc\n",
		  "before.zoneinfo.1: no zone with frames in it" },
		{ "before.zoneinfo.1",
		  "Node 0, zone Normal\n  spanned 9\n  present 10\n  managed 9\n",
		  "spanned, present and managed do not fit together" },
		{ "after.zoneinfo.1",
		  "Node 0, zone Normal\n  spanned 4096\n  present 4096\n  managed 9\n",
		  "is not the same in before.zoneinfo.1 and after.zoneinfo.1" },
		{ "before.zoneinfo.1",
		  "Node 0, zone Normal\n  spanned 64\n  present 64\n  managed 64\n",
		  "snapshots of" },
		{ "before.zoneinfo.1",
		  "Node 0, zone Normal\n  spanned 2048\n  present 2048\n  managed 2048\n  cpu: "
		  "1\n"
		  "  pagesets\n   cpu: 5000\n",
		  "before.zoneinfo.1:7: cpu 5000" },
		{ "before.buddyinfo.1", "Node 0, zone   Normal   1 2 3\n",
		  "before.buddyinfo.1:1: not 11 orders" },
		{ "before.buddyinfo.1", "Node 3, zone   DMA   1 2 3 4 5 6 7 8 9 10 11\n",
		  "before.buddyinfo.1:1: zoneinfo knows no node 3, zone DMA" },
		{ "before.buddyinfo.1", "", "before.buddyinfo.1: the file is empty" },
		{ "before.kpageflags", "1234567", "7 bytes; 8 for each frame were expected" },
		{ "before.kpageflags", "", "0 bytes; 8 for each frame were expected" },
		{ "before.pagetypeinfo", "Pages per block:  1024\n",
		  "before.pagetypeinfo:1: pageblocks of 1024 frames" },
		{ "before.pagetypeinfo", "", "before.pagetypeinfo: the file is empty" },
		{ "before.pagetypeinfo", "Pages per block:  512\n",
		  "before.pagetypeinfo: no number of pageblocks of node 0, zone Normal" },
		{ "before.pagetypeinfo", "Node 0, zone Normal, type Movable 1 2 3\n",
		  "before.pagetypeinfo:1: not 11 orders" },
		{ "after.pagetypeinfo",
		  "Number of blocks type Unmovable Movable\nNode 0, zone Normal 1 \n",
		  "after.pagetypeinfo: no number of pageblocks of node 0, zone Normal" },
		{ "before.zoneinfo.2", "", "before.zoneinfo.2: the file is empty" },
		{ "before.zoneinfo.2", "abc\n",
		  "before.zoneinfo.2: no zone with frames in it" },
		{ "after.zoneinfo.2", "Node 0, zone Normal\n  spanned 2047\n",
		  "after.zoneinfo.2: its zones are not those of after.zoneinfo.1" },
		{ "stats", "", "stats: the file is empty" },
		{ "stats", "cpu0\nbytes: 12\n", "stats: no counters of a ring buffer" },
		{ "stats", "cpu0\nentries: 1\noverrun: 0\ncommit overrun: 0\n",
		  "stats: not every cpu has entries, overrun" },
		{ "stats", "cpu0\nentr", "stats: the last line has no end" },
		{ "kernel", "", "kernel: the file is empty" },
		{ "kernel", "6.1.0 clock mo", "kernel: the last line has no end" },
		{ "kernel", "6.1\001\n", "kernel: byte 3: this is no text" },
		{ "before.vmstat", "nr_free_pages 1\n", "before.vmstat: no line pgfree" },
		{ "before.iomem", "abc\n", "before.iomem:1: no line of iomem" },
		{ "marks.txt", "abc\n", "marks.txt:1: no line of marks" },
	};

	all_are_refused(rows, ARRAY_SIZE(rows));
}

/* Those that sscanf() would wrap: node 0, frame 0, a count of nothing. */
static void numbers_too_large_for_their_type_are_refused(void)
{
	static const struct wrong rows[] = {
		{ "before.zoneinfo.1",
		  "Node 4294967296, zone Normal\n  spanned 2048\n  present 2048\n",
		  "before.zoneinfo.1:1: a number is too large" },
		{ "before.zoneinfo.1",
		  "Node 0, zone Normal\n  spanned 18446744073709553664\n  present 2048\n",
		  "before.zoneinfo.1:2: a number is too large" },
		{ "before.zoneinfo.1",
		  "Node 0, zone Normal\n  spanned 2048\n  present 2048\n  managed 2048\n"
		  "  pagesets\n   cpu: 0\n   high: 4294967296\n",
		  "before.zoneinfo.1:7: a number is too large" },
		{ "before.buddyinfo.1",
		  "Node 4294967296, zone   Normal   1 2 3 4 5 6 7 8 9 10 11\n",
		  "before.buddyinfo.1:1: no line of buddyinfo" },
		{ "before.pagetypeinfo", "Node 4294967296, zone Normal, type Movable 1 2 3\n",
		  "before.pagetypeinfo:1: a number is too large" },
		{ "before.vmstat", "pgfree 18446744073709551617\n",
		  "before.vmstat:1: a number is too large" },
		{ "before.iomem", "0-10000000000000fff : System RAM\n",
		  "before.iomem:1: no line of iomem" },
		{ "stats",
		  "entries: 18446744073709551617\noverrun: 0\ncommit overrun: 0\n"
		  "dropped events: 0\nread events: 0\n",
		  "stats: no counters of a ring buffer" },
		{ "marks.txt", "1 18446744073709551617 10 pgsim\n",
		  "marks.txt:1: no line of marks" },
	};

	all_are_refused(rows, ARRAY_SIZE(rows));
}

/* Free frames that buddyinfo does not count; what the recorder wrote around its scan. */
static void flags_unlike_buddyinfo(void)
{
	make_free(16, 80);
	fixture_mark(&f, "kpageflags 0 begin");
}

static void kpageflags_that_fit_no_zones_buddyinfo_are_refused(void)
{
	flags_unlike_buddyinfo();
	fixture_mark(&f, "kpageflags 0 end");
	fixture_alloc(&f, 0, 99, 0);
	fixture_snapshots(&f);
	fails_with("before.kpageflags and before.buddyinfo.1 agree on the free blocks of no "
		   "zone, and no events explain it (64 free frames differ)");
}

static void fewer_events_in_the_scan_than_frames_differ_do_not_explain_it(void)
{
	flags_unlike_buddyinfo();
	fixture_free(&f, 0, 64, 4);
	fixture_mark(&f, "kpageflags 0 end");
	fixture_snapshots(&f);
	fails_with("agree on the free blocks of no zone");
}

static void events_in_the_scan_may_explain_what_differs_from_buddyinfo(void)
{
	flags_unlike_buddyinfo();
	fixture_free(&f, 0, 1024, 6);
	fixture_mark(&f, "kpageflags 0 end");
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "start_zones_equal"), 0);
}

static void a_difference_to_buddyinfo_may_be_allowed(void)
{
	flags_unlike_buddyinfo();
	fixture_mark(&f, "kpageflags 0 end");
	fixture_alloc(&f, 0, 99, 0);
	f.o.allow_missed = true;
	import();
	CU_ASSERT_EQUAL(fixture_count(&f, "start_zones_equal"), 0);
}

static void needed_snapshots_that_are_missing_are_named(void)
{
	static const char *const files[] = { "before.zoneinfo.1", "before.buddyinfo.1",
					     "before.kpageflags", "after.buddyinfo.1" };

	drop();
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char path[192];

		a_machine_whose_frames_are_in_use();
		fixture_alloc(&f, 0, 99, 0);
		fixture_snapshots(&f);
		snprintf(path, sizeof(path), "%s/%s", f.dir, files[i]);
		CU_ASSERT_EQUAL(unlink(path), 0);
		snprintf(path, sizeof(path), "%s: No such file or directory", files[i]);
		fails_with(path);
		drop();
	}
	a_machine_whose_frames_are_in_use();
	f.o.state_dir = "/nonexistent";
	fails_with("/nonexistent: No such file or directory");
}

static void frames_of_another_machine_are_refused(void)
{
	fixture_alloc(&f, 0, 5000, 0);
	fixture_snapshots(&f);
	fails_with("event 1: page frame 0x1388 of order 0 lies in no zone");
}

static void more_frames_in_use_than_managed_are_refused(void)
{
	for (unsigned i = 0; i < 100; i++)
		fixture_alloc(&f, 0, i, 0);
	f.managed[0] = f.managed[1] = 50;
	make_free(200, FRAMES);
	fixture_snapshots(&f);
	fails_with("more frames are in use than the 50 that zoneinfo calls managed");
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(wrong_snapshots_are_refused_with_their_place),
	T(numbers_too_large_for_their_type_are_refused),
	T(kpageflags_that_fit_no_zones_buddyinfo_are_refused),
	T(fewer_events_in_the_scan_than_frames_differ_do_not_explain_it),
	T(events_in_the_scan_may_explain_what_differs_from_buddyinfo),
	T(a_difference_to_buddyinfo_may_be_allowed),
	T(needed_snapshots_that_are_missing_are_named),
	T(frames_of_another_machine_are_refused),
	T(more_frames_in_use_than_managed_are_refused),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_refused", NULL, NULL, a_machine_whose_frames_are_in_use, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
