/*
 * The recorder on a tracefs of plain files: a tree that a test makes, with sub-buffers in the
 * place of the ring buffers, and /proc beside it. What a real kernel does with it is in
 * tests/recorded/record.sh.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/traces/import_fixture.h"
#include "tests/traces/raw_pages.h"
#include "traces/record.h"

static struct fixture f;
static struct raw_page page;
static char root[64], tracefs[96], proc[96], folder[96], instance[192];
static struct record_options o;
static struct record_result result;
static struct trace_error err;

/* What a test wants to be otherwise. */
static struct {
	const char *stats;
	bool no_free_event, denied;
	enum record_wish wish;
	unsigned ticks;
	uint64_t bytes;
} want;

/* ---- a kernel of plain files --------------------------------------------------------------
 */

static void events_folder(const char *path)
{
	static const struct {
		const char *folder, *format;
	} events[] = {
		{ "events/ftrace/print", raw_print_format },
		{ "events/kmem/mm_page_alloc", raw_alloc_format },
		{ "events/kmem/mm_page_free", raw_free_format },
	};
	char name[64];

	raw_folder(path, "events");
	raw_folder(path, "events/ftrace");
	raw_folder(path, "events/kmem");
	raw_text(path, "events/header_page", raw_header_page);
	for (unsigned i = 0; i < ARRAY_SIZE(events) - want.no_free_event; i++) {
		raw_folder(path, events[i].folder);
		snprintf(name, sizeof(name), "%s/format", events[i].folder);
		raw_text(path, name, events[i].format);
		snprintf(name, sizeof(name), "%s/enable", events[i].folder);
		raw_text(path, name, "0\n");
	}
}

/* Marks, and one allocation of the work, before the recorder begins: the importer asks for
 * their order only. */
static void fill_buffers(const char *path)
{
	raw_begin(&page, 1000);
	raw_mark(&page, 0, 99, "kpageflags 0 begin");
	raw_mark(&page, 1000, 99, "kpageflags 0 end");
	raw_mark(&page, 1000, 99, "work begin");
	raw_alloc(&page, 1000, 100, 16, 0);
	raw_alloc(&page, 1000, 99, 17, 0);
	raw_mark(&page, 1000, 99, "work end");
	raw_mark(&page, 1000, 99, "kpageflags 1 begin");
	raw_mark(&page, 1000, 99, "kpageflags 1 end");
	raw_end(&page);
	raw_write(path, "per_cpu/cpu0/trace_pipe_raw", page.bytes, sizeof(page.bytes));
	raw_write(path, "per_cpu/cpu2/trace_pipe_raw", "", 0);
}

/* As mkdir in instances/: the kernel fills the new folder. */
static int make_instance(const char *path)
{
	static const char *const empty[] = { "tracing_on", "trace_clock", "trace_marker",
					     "buffer_size_kb", "trace" };

	if (want.denied) {
		errno = EPERM;
		return -1;
	}
	snprintf(instance, sizeof(instance), "%s", path);
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(empty); i++)
		raw_text(path, empty[i], "");
	raw_folder(path, "options");
	raw_text(path, "options/overwrite", "1");
	raw_folder(path, "per_cpu");
	raw_folder(path, "per_cpu/cpu0");
	raw_folder(path, "per_cpu/cpu2");
	raw_text(path, "per_cpu/cpu0/stats", want.stats);
	raw_text(path, "per_cpu/cpu2/stats", raw_stats);
	fill_buffers(path);
	events_folder(path);
	return 0;
}

static char marks[1024], clock_name[16], overwrite[16], size_kb[32], enabled[16];

static void read_back(const char *path, const char *name, char *to, size_t size)
{
	char whole[512];
	FILE *in;

	snprintf(whole, sizeof(whole), "%s/%s", path, name);
	in = fopen(whole, "r");
	to[0] = '\0';
	if (in) {
		to[fread(to, 1, size - 1, in)] = '\0';
		fclose(in);
	}
}

/* As rmdir of an instance; what the recorder wrote there is looked at before. */
static int remove_instance(const char *path)
{
	read_back(path, "trace_marker", marks, sizeof(marks));
	read_back(path, "trace_clock", clock_name, sizeof(clock_name));
	read_back(path, "options/overwrite", overwrite, sizeof(overwrite));
	read_back(path, "buffer_size_kb", size_kb, sizeof(size_kb));
	read_back(path, "events/kmem/mm_page_alloc/enable", enabled, sizeof(enabled));
	record_files_remove(path);
	return 0;
}

static void move(const char *from, const char *to)
{
	char a[192], b[192];

	snprintf(a, sizeof(a), "%s/before.%s", f.dir, from);
	snprintf(b, sizeof(b), "%s/%s", proc, to);
	CU_ASSERT_EQUAL_FATAL(rename(a, b), 0);
}

static void a_kernel(void)
{
	fixture_new(&f);
	for (unsigned i = 0; i < 64; i++)
		f.before[16 + i] = 0;
	fixture_snapshots(&f);
	snprintf(root, sizeof(root), "%s", f.dir);
	snprintf(tracefs, sizeof(tracefs), "%s/tracing", root);
	snprintf(proc, sizeof(proc), "%s/proc", root);
	snprintf(folder, sizeof(folder), "%s/raw", root);
	raw_folder(root, "tracing");
	raw_folder(root, "tracing/instances");
	raw_folder(root, "proc");
	raw_text(tracefs, "saved_cmdlines", "100 make\n99 pagesim\n");
	move("zoneinfo.1", "zoneinfo");
	move("buddyinfo.1", "buddyinfo");
	move("kpageflags", "kpageflags");
	raw_text(proc, "meminfo", "MemTotal: 8000 kB\nMemAvailable: 4194304 kB\n");
	raw_text(proc, "iomem",
		 "00000000-00000fff : Reserved\n00001000-007fffff : System RAM\n"
		 "  00002000-00002fff : Kernel code of System RAM\n"
		 "10000000-1fffffff : PCI Bus 0000:00\n");
	memset(&want, 0, sizeof(want));
	want.stats = "entries: 0\noverrun: 0\ncommit overrun: 0\nbytes: 2097152\n"
		     "dropped events: 0\nread events: 8\n";
	o = (struct record_options){ .folder = folder,
				     .tracefs = tracefs,
				     .proc = proc,
				     .make = make_instance,
				     .remove = remove_instance,
				     .buffer_bytes = 1 << 20 };
	marks[0] = instance[0] = '\0';
}

static void drop(void)
{
	fixture_free_all(&f);
}

static enum record_wish watch(void *ctx, uint64_t ns, uint64_t bytes)
{
	(void)ctx;
	want.bytes = bytes;
	return ns && want.ticks-- == 0 ? want.wish : RECORD_GO_ON;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool record(char *const *command)
{
	bool ok;

	o.command = command;
	ok = record_run(&o, &result, &err);
	CU_ASSERT_FALSE(is_there(instance));
	CU_ASSERT_EQUAL(is_there(folder), ok);
	return ok;
}

static void expect_error(enum trace_trouble kind, const char *text)
{
	CU_ASSERT_EQUAL(err.kind, kind);
	if (!strstr(err.text, text))
		printf("\n\"%s\" instead of \"%s\"\n", err.text, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, text));
}

static char *const command_true[] = { (char[]){ "true" }, NULL };

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
	expect_error(TRACE_SYSTEM, "interrupted");
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

/* No file may become larger than a few bytes, as on a full disk. */
static void a_disk_that_is_full(void)
{
	struct rlimit was, small;

	getrlimit(RLIMIT_FSIZE, &was);
	small = (struct rlimit){ 6000, was.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	CU_ASSERT_FALSE(record(command_true));
	setrlimit(RLIMIT_FSIZE, &was);
	signal(SIGXFSZ, SIG_DFL);
	expect_error(TRACE_SYSTEM, "File too large");
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

/* ---- where it cannot ----------------------------------------------------------------------
 */

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
	{ "the status of the command is told", the_status_of_the_command_is_told },
	{ "a command that is not there", a_command_that_is_not_there },
	{ "without a command the watch ends it", without_a_command_the_watch_ends_it },
	{ "seconds end it", seconds_end_it },
	{ "an interruption leaves nothing and ends the command",
	  an_interruption_leaves_nothing_and_ends_the_command },
	{ "an interruption ends what the command started",
	  an_interruption_ends_what_the_command_started },
	{ "what a command left when it ended goes on",
	  what_a_command_left_when_it_ended_goes_on },
	{ "a command is told that its recorder was killed",
	  a_command_is_told_that_its_recorder_was_killed },
	{ "a disk that is full", a_disk_that_is_full },
	{ "folders that are there are left alone", folders_that_are_there_are_left_alone },
	{ "kernels that do not let it", kernels_that_do_not_let_it },
	{ "what dead recorders left is removed", what_dead_recorders_left_is_removed },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "record", NULL, NULL, a_kernel, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
