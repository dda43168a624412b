/* Where the recorder cannot: kernels that lack something, full disks, what others left. */
#include <signal.h>

#include "tests/traces/record_case.h"

/* No file may become larger than want.most_file, as on a full disk. */
static bool record_with_little_disk(void)
{
	struct rlimit was;
	bool ok;

	getrlimit(RLIMIT_FSIZE, &was);
	signal(SIGXFSZ, SIG_IGN);
	ok = record(command_true);
	setrlimit(RLIMIT_FSIZE, &was);
	signal(SIGXFSZ, SIG_DFL);
	return ok;
}

static void a_disk_that_is_full(void)
{
	want.most_file = 6000;
	CU_ASSERT_FALSE(record_with_little_disk());
	expect_error(TRACE_SYSTEM, "File too large");
}

/* Everything else has room. */
static void a_disk_that_fills_up_with_events(void)
{
	want.pages = 200;
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT_EQUAL(result.bytes, 201 * RAW_PAGE);
	CU_ASSERT_EQUAL(result.fullest_bytes, 200 * RAW_PAGE);
	record_files_remove(folder);
	want.most_file = 150 * RAW_PAGE;
	CU_ASSERT_FALSE(record_with_little_disk());
	expect_error(TRACE_SYSTEM, "writing the recorded events: File too large");
}

static void folders_that_are_there_are_left_alone(void)
{
	raw_folder(root, "raw");
	raw_text(folder, "mine", "x");
	o.command = command_true;
	CU_ASSERT_FALSE(record_run(&o, &result, &err));
	expect_error(TRACE_SYSTEM, "File exists");
	CU_ASSERT_TRUE(is_there(folder));
	CU_ASSERT_EQUAL(instance[0], '\0');
}

static void kernels_that_do_not_let_it(void)
{
	char path[192];

	want.denied = true;
	CU_ASSERT_FALSE(record(command_true));
	expect_error(TRACE_REFUSED,
		     geteuid() ? "recording needs root" : "the kernel is locked down");
	want.denied = false;
	want.no_free_event = true;
	CU_ASSERT_FALSE(record(command_true));
	expect_error(TRACE_REFUSED, "no trace event kmem:mm_page_free");
	want.no_free_event = false;
	snprintf(path, sizeof(path), "%s/kpageflags", proc);
	remove(path);
	CU_ASSERT_FALSE(record(command_true));
	expect_error(TRACE_REFUSED, "CONFIG_PROC_PAGE_MONITOR is missing");
	snprintf(tracefs, sizeof(tracefs), "%s/nowhere", root);
	CU_ASSERT_FALSE(record(command_true));
	expect_error(TRACE_REFUSED, "nowhere: No such file or directory");
}

static void kernels_whose_instances_lack_something(void)
{
	static const struct {
		const char *odd;
		bool folder;
		const char *says;
		enum trace_trouble kind;
	} cases[] = {
		{ "per_cpu", false, "per_cpu: No such file", TRACE_REFUSED },
		{ "per_cpu", true, "per_cpu: no buffers of cpus", TRACE_REFUSED },
		{ "per_cpu/cpu2/trace_pipe_raw", false, "cpu2/trace_pipe_raw: No such file",
		  TRACE_REFUSED },
		{ "per_cpu/cpu2/trace_pipe_raw", true, "trace_pipe_raw: Invalid argument",
		  TRACE_SYSTEM },
		{ "per_cpu/cpu2/stats", false, "cpu2/stats: No such file", TRACE_REFUSED },
		{ "events/header_page", false, "header_page: No such file", TRACE_REFUSED },
		{ "events/kmem/mm_page_alloc/format", false, "format: No such file",
		  TRACE_REFUSED },
		{ "trace_clock", false, "trace_clock: No such file", TRACE_REFUSED },
		{ "trace_marker", false, "trace_marker: No such file", TRACE_REFUSED },
		{ "options", false, "options/overwrite: No such file", TRACE_REFUSED },
		{ "buffer_size_kb", false,
		  "a buffer of 1 MiB for each of 2 cpus: ", TRACE_REFUSED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		want.odd = cases[i].odd;
		want.raw_is_folder = cases[i].folder;
		CU_ASSERT_FALSE(record(command_true));
		expect_error(cases[i].kind, cases[i].says);
	}
}

/* Instances carry their recorder's pid; only those of dead ones go. */
static void what_dead_recorders_left_is_removed(void)
{
	char alive[192], dead[192], other[192];

	snprintf(alive, sizeof(alive), "%s/instances/pagesim-4711", tracefs);
	snprintf(dead, sizeof(dead), "%s/instances/pagesim-4712", tracefs);
	snprintf(other, sizeof(other), "%s/instances/pagesim-of-another", tracefs);
	raw_folder(proc, "4711");
	CU_ASSERT_EQUAL(mkdir(alive, 0777) + mkdir(dead, 0777) + mkdir(other, 0777), 0);
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT_EQUAL(result.stale, 1);
	CU_ASSERT_TRUE(is_there(alive));
	CU_ASSERT_FALSE(is_there(dead));
	CU_ASSERT_TRUE(is_there(other));
}

static CU_TestInfo tests[] = {
	{ "a disk that is full", a_disk_that_is_full },
	{ "a disk that fills up with events", a_disk_that_fills_up_with_events },
	{ "folders that are there are left alone", folders_that_are_there_are_left_alone },
	{ "kernels that do not let it", kernels_that_do_not_let_it },
	{ "kernels whose instances lack something", kernels_whose_instances_lack_something },
	{ "what dead recorders left is removed", what_dead_recorders_left_is_removed },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "record_refused", NULL, NULL, a_kernel, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
