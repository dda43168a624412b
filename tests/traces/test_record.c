/* What the recorder makes, and how it ends. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/traces/record_case.h"

/* ---- a recording --------------------------------------------------------------------------
 */

static void the_snapshots_and_the_work_stand_between_their_marks(void)
{
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT_STRING_EQUAL(
		marks, "pgsim snap 0 begin\npgsim kpageflags 0 begin\npgsim kpageflags 0 end\n"
		       "pgsim snap 0 end\npgsim work begin\npgsim work end\n"
		       "pgsim snap 1 begin\npgsim kpageflags 1 begin\n"
		       "pgsim kpageflags 1 end\npgsim snap 1 end\n");
	CU_ASSERT_STRING_EQUAL(clock_name, "mono");
	CU_ASSERT_STRING_EQUAL(overwrite, "0");
	CU_ASSERT_STRING_EQUAL(size_kb, "1024");
	CU_ASSERT_STRING_EQUAL(enabled, "1");
	CU_ASSERT_EQUAL(result.events, 8);
	CU_ASSERT_EQUAL(result.lost, 0);
	CU_ASSERT_EQUAL(result.cpus, 2);
	CU_ASSERT_EQUAL(result.bytes, RAW_PAGE);
	CU_ASSERT_TRUE(WIFEXITED(result.command_status));
	CU_ASSERT_EQUAL(WEXITSTATUS(result.command_status), 0);
}

static void the_folder_becomes_a_trace_whose_recorder_is_not_scored(void)
{
	CU_ASSERT_TRUE_FATAL(record(command_true));
	f.o.input = folder;
	f.o.state_dir = NULL;
	CU_ASSERT_TRUE_FATAL(fixture_import_file(&f));
	CU_ASSERT_STRING_EQUAL(f.events, "a0:16/0 a1:17/0u");
	CU_ASSERT_EQUAL(trace_reader_header(f.reader)->cpus, 2);
	CU_ASSERT_STRING_EQUAL(trace_reader_task(f.reader, 1)->comm, "");
}

static void names_are_kept_only_when_that_is_asked_for(void)
{
	char path[192], text[64];

	CU_ASSERT_TRUE_FATAL(record(command_true));
	snprintf(path, sizeof(path), "%s/saved_cmdlines", folder);
	CU_ASSERT_FALSE(is_there(path));
	record_files_remove(folder);
	o.keep_comm = true;
	CU_ASSERT_TRUE_FATAL(record(command_true));
	read_back(folder, "saved_cmdlines", text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "100 make\n99 pagesim\n");
}

static void of_iomem_only_memory_is_kept(void)
{
	char text[256];

	CU_ASSERT_TRUE_FATAL(record(command_true));
	read_back(folder, "before.iomem", text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "00001000-007fffff : System RAM\n");
}

static void events_that_the_kernel_lacks_are_listed(void)
{
	o.set = RECORD_CORE;
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT_STRING_EQUAL(result.missing, "kmem:mm_page_free_batched");
	record_files_remove(folder);
	o.set = RECORD_LRU;
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT_PTR_NOT_NULL(strstr(result.missing, "oom:mark_victim"));
	CU_ASSERT_PTR_NOT_NULL(strstr(result.missing, "pagemap:mm_lru_activate"));
}

/* 2 MiB in a fifth of a second: 4 s of that are 40 MiB, a little less because a sleep lasts
 * longer; an eighth of 4 GiB for two cpus is more. */
static void a_probe_sizes_the_buffers(void)
{
	o.buffer_bytes = 0;
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT(result.probe_rate > 5 << 20 && result.probe_rate <= 10 << 20);
	CU_ASSERT(result.buffer_bytes > 20 << 20 && result.buffer_bytes <= 40 << 20);
	CU_ASSERT_EQUAL(strtoull(size_kb, NULL, 10) << 10, result.buffer_bytes);
	record_files_remove(folder);
	raw_text(proc, "meminfo", "MemAvailable: 131072 kB\n");
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT_EQUAL(result.buffer_bytes, 8 << 20);
}

static void losses_are_counted_with_the_buffer_that_would_have_done(void)
{
	want.stats = "entries: 0\noverrun: 3\ncommit overrun: 0\nbytes: 0\n"
		     "dropped events: 39997\nread events: 8\n";
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT_EQUAL(result.lost, 40000);
	CU_ASSERT_EQUAL(result.enough_bytes, 8 << 20); /* 1 MiB and 1.8 lost, twice */
}

static void sets_of_events_have_names(void)
{
	enum record_set set = RECORD_CORE;

	CU_ASSERT(record_events_set("core", &set) && set == RECORD_CORE);
	CU_ASSERT(record_events_set("lru", &set) && set == RECORD_LRU);
	CU_ASSERT(record_events_set("std", &set) && set == RECORD_STD);
	CU_ASSERT_FALSE(record_events_set("all", &set));
	CU_ASSERT_FALSE(record_events_set("", &set));
	CU_ASSERT_EQUAL(set, RECORD_STD);
}

static void a_kernel_tells_what_a_sub_buffer_looks_like_in_one_of_two_places(void)
{
	raw_folder(tracefs, "events");
	raw_text(tracefs, "events/header_page", raw_header_page);
	want.header_elsewhere = true;
	CU_ASSERT_TRUE_FATAL(record(command_true));
	CU_ASSERT_EQUAL(result.bytes, RAW_PAGE);
	record_files_remove(folder);
	raw_text(tracefs, "events/header_page", "field: u64 timestamp;\n");
	CU_ASSERT_FALSE(record(command_true));
	expect_error(TRACE_BAD_DATA, "header_page: it does not tell where time, commit and");
}

static void what_the_command_prints_goes_where_it_is_wanted(void)
{
	char *const says[] = { (char[]){ "echo" }, (char[]){ "here" }, NULL };
	int out = dup(STDOUT_FILENO), errors = dup(STDERR_FILENO);
	char path[192], text[64];
	int fd;

	for (unsigned to_stderr = 0; to_stderr < 2; to_stderr++) {
		snprintf(path, sizeof(path), "%s/errors", root);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		fflush(stdout);
		dup2(fd, STDERR_FILENO);
		snprintf(path, sizeof(path), "%s/output", root);
		close(fd);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(fd, STDOUT_FILENO);
		close(fd);
		o.command_to_stderr = to_stderr;
		CU_ASSERT_TRUE(record(says));
		dup2(out, STDOUT_FILENO);
		dup2(errors, STDERR_FILENO);
		record_files_remove(folder);
		read_back(root, "output", text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, to_stderr ? "" : "here\n");
		read_back(root, "errors", text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, to_stderr ? "here\n" : "");
	}
	close(out);
	close(errors);
}

/* ---- how it ends --------------------------------------------------------------------------
 */

static void the_status_of_the_command_is_told(void)
{
	char *const fails[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "exit 7" },
				NULL };
	char *const dies[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "kill -9 $$" },
			       NULL };

	CU_ASSERT_TRUE_FATAL(record(fails));
	CU_ASSERT_EQUAL(WEXITSTATUS(result.command_status), 7);
	record_files_remove(folder);
	CU_ASSERT_TRUE_FATAL(record(dies));
	CU_ASSERT_TRUE(WIFSIGNALED(result.command_status));
	CU_ASSERT_EQUAL(WTERMSIG(result.command_status), SIGKILL);
}

static void a_command_that_is_not_there(void)
{
	char *const gone[] = { (char[]){ "/nowhere/to/be/found" }, NULL };

	CU_ASSERT_FALSE(record(gone));
	expect_error(TRACE_REFUSED, "/nowhere/to/be/found: cannot be started: No such file");
}

static void without_a_command_the_watch_ends_it(void)
{
	o.watch = watch;
	want.wish = RECORD_STOP;
	want.ticks = 2;
	CU_ASSERT_TRUE_FATAL(record(NULL));
	CU_ASSERT(result.work_ns >= 60000000);
	CU_ASSERT_EQUAL(want.bytes, RAW_PAGE);
}

static void seconds_end_it(void)
{
	o.seconds = 1;
	CU_ASSERT_TRUE_FATAL(record(NULL));
	CU_ASSERT(result.work_ns >= 1000000000);
	CU_ASSERT(result.work_ns < 3000000000);
}

/* Told to go, a command gets SIGTERM. */
static void an_interruption_leaves_nothing_and_ends_the_command(void)
{
	char mark[128], script[256];
	char *const waits[] = { (char[]){ "sh" }, (char[]){ "-c" }, script, NULL };

	snprintf(mark, sizeof(mark), "%s/told", root);
	snprintf(script, sizeof(script),
		 "trap 'echo >%s; exit' TERM; while sleep 0.1; do :; done", mark);
	o.watch = watch;
	want.wish = RECORD_ABORT;
	want.ticks = 10;
	CU_ASSERT_FALSE(record(waits));
	expect_error(TRACE_STOPPED, "interrupted");
	CU_ASSERT_TRUE(is_there(mark));
}

/* The number that a script has written; waits for it. */
static pid_t told_pid(const char *name)
{
	char text[32] = "";

	for (unsigned i = 0; i < 500 && !strchr(text, '\n'); i++) {
		usleep(10000);
		read_back(root, name, text, sizeof(text));
	}
	return (pid_t)strtol(text, NULL, 10);
}

/* One that lost its parent and has a session of its own, and one that does not care for
 * SIGTERM. */
static void an_interruption_ends_what_the_command_started(void)
{
	char script[512];
	char *const waits[] = { (char[]){ "sh" }, (char[]){ "-c" }, script, NULL };
	pid_t orphan, deaf;

	snprintf(script, sizeof(script),
		 "(setsid sh -c 'echo $$ >%s/orphan; exec sleep 20' &); "
		 "sh -c 'trap \"\" TERM; echo $$ >%s/deaf; exec sleep 20' & "
		 "while ! [ -s %s/deaf -a -s %s/orphan ]; do sleep 0.01; done; wait",
		 root, root, root, root);
	o.watch = watch;
	want.wish = RECORD_ABORT;
	want.ticks = 25;
	CU_ASSERT_FALSE(record(waits));
	orphan = told_pid("orphan");
	deaf = told_pid("deaf");
	CU_ASSERT(orphan > 1 && kill(orphan, 0) < 0 && errno == ESRCH);
	CU_ASSERT(deaf > 1 && kill(deaf, 0) < 0 && errno == ESRCH);
}

/* Its name looks like the fields that /proc tells behind names: a parent, 1. */
static void an_interruption_ends_processes_of_any_name(void)
{
	char script[256];
	char *const waits[] = { (char[]){ "sh" }, (char[]){ "-c" }, script, NULL };
	pid_t odd;

	snprintf(script, sizeof(script),
		 "cd %s; ln -s \"$(command -v sleep)\" 'x) S 1 1 ('; "
		 "'./x) S 1 1 (' 20 & echo $! >odd; wait",
		 root);
	o.watch = watch;
	want.wish = RECORD_ABORT;
	want.ticks = 15;
	CU_ASSERT_FALSE(record(waits));
	odd = told_pid("odd");
	CU_ASSERT(odd > 1 && kill(odd, 0) < 0 && errno == ESRCH);
}

static void what_a_command_left_when_it_ended_goes_on(void)
{
	char script[256];
	char *const leaves[] = { (char[]){ "sh" }, (char[]){ "-c" }, script, NULL };
	pid_t left;

	snprintf(script, sizeof(script), "sleep 20 & echo $! >%s/left", root);
	CU_ASSERT_TRUE(record(leaves));
	left = told_pid("left");
	CU_ASSERT_FATAL(left > 1);
	CU_ASSERT_EQUAL(kill(left, SIGKILL), 0);
	waitpid(left, NULL, 0);
}

static void a_command_is_told_that_its_recorder_was_killed(void)
{
	char script[256];
	char *const waits[] = { (char[]){ "sh" }, (char[]){ "-c" }, script, NULL };
	pid_t recorder, command;
	int status = 0;

	snprintf(script, sizeof(script), "echo $$ >%s/command; exec sleep 20", root);
	prctl(PR_SET_CHILD_SUBREAPER, 1ul, 0ul, 0ul, 0ul);
	recorder = fork();
	if (recorder == 0) {
		o.command = waits;
		record_run(&o, &result, &err);
		_exit(0);
	}
	command = told_pid("command");
	CU_ASSERT_FATAL(recorder > 0 && command > 1);
	kill(recorder, SIGKILL);
	waitpid(recorder, NULL, 0);
	CU_ASSERT_EQUAL(waitpid(command, &status, 0), command);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	prctl(PR_SET_CHILD_SUBREAPER, 0ul, 0ul, 0ul, 0ul);
}

static CU_TestInfo tests[] = {
	{ "the snapshots and the work stand between their marks",
	  the_snapshots_and_the_work_stand_between_their_marks },
	{ "the folder becomes a trace whose recorder is not scored",
	  the_folder_becomes_a_trace_whose_recorder_is_not_scored },
	{ "names are kept only when that is asked for",
	  names_are_kept_only_when_that_is_asked_for },
	{ "of iomem only memory is kept", of_iomem_only_memory_is_kept },
	{ "events that the kernel lacks are listed", events_that_the_kernel_lacks_are_listed },
	{ "a probe sizes the buffers", a_probe_sizes_the_buffers },
	{ "losses are counted with the buffer that would have done",
	  losses_are_counted_with_the_buffer_that_would_have_done },
	{ "sets of events have names", sets_of_events_have_names },
	{ "a kernel tells what a sub-buffer looks like in one of two places",
	  a_kernel_tells_what_a_sub_buffer_looks_like_in_one_of_two_places },
	{ "what the command prints goes where it is wanted",
	  what_the_command_prints_goes_where_it_is_wanted },
	{ "the status of the command is told", the_status_of_the_command_is_told },
	{ "a command that is not there", a_command_that_is_not_there },
	{ "without a command the watch ends it", without_a_command_the_watch_ends_it },
	{ "seconds end it", seconds_end_it },
	{ "an interruption leaves nothing and ends the command",
	  an_interruption_leaves_nothing_and_ends_the_command },
	{ "an interruption ends what the command started",
	  an_interruption_ends_what_the_command_started },
	{ "an interruption ends processes of any name",
	  an_interruption_ends_processes_of_any_name },
	{ "what a command left when it ended goes on",
	  what_a_command_left_when_it_ended_goes_on },
	{ "a command is told that its recorder was killed",
	  a_command_is_told_that_its_recorder_was_killed },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "record", NULL, NULL, a_kernel, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
