/*
 * The recorder on a tracefs of plain files: a tree that a test makes, with sub-buffers in the
 * place of the ring buffers, and /proc beside it. `want` says what is to be otherwise; fill it
 * before record(). What a real kernel does with it is in tests/recorded/record.sh.
 */
#ifndef TESTS_RECORD_CASE_H
#define TESTS_RECORD_CASE_H

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

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
	bool header_elsewhere; /* in tracefs, not in the instance */
	const char *odd;       /* part of the instance that is not there */
	bool raw_is_folder;
	unsigned pages;   /* sub-buffers of CPU 2 */
	rlim_t most_file; /* bytes a file may have from then on, 0 = any */
	enum record_wish wish;
	unsigned ticks;
	uint64_t bytes;
} want;

/* ---- a kernel of plain files --------------------------------------------------------------
 */

static inline void events_folder(const char *path)
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
	if (!want.header_elsewhere)
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
static inline void fill_buffers(const char *path)
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
	if (want.pages) {
		uint8_t *more = calloc(want.pages, RAW_PAGE);

		raw_write(path, "per_cpu/cpu2/trace_pipe_raw", more,
			  (size_t)want.pages * RAW_PAGE);
		free(more);
	}
}

/* A kernel that lacks a part of what others have. */
static inline void spoil(const char *path)
{
	char part[512];

	snprintf(part, sizeof(part), "%s/%s", path, want.odd);
	record_files_remove(part);
	if (want.raw_is_folder)
		raw_folder(path, want.odd);
}

static inline void limit_files(rlim_t most)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = most;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* As mkdir in instances/: the kernel fills the new folder. */
static inline int make_instance(const char *path)
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
	if (want.odd)
		spoil(path);
	if (want.most_file)
		limit_files(want.most_file);
	return 0;
}

static char marks[1024], clock_name[16], overwrite[16], size_kb[32], enabled[16];

static inline void read_back(const char *path, const char *name, char *to, size_t size)
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
static inline int remove_instance(const char *path)
{
	read_back(path, "trace_marker", marks, sizeof(marks));
	read_back(path, "trace_clock", clock_name, sizeof(clock_name));
	read_back(path, "options/overwrite", overwrite, sizeof(overwrite));
	read_back(path, "buffer_size_kb", size_kb, sizeof(size_kb));
	read_back(path, "events/kmem/mm_page_alloc/enable", enabled, sizeof(enabled));
	record_files_remove(path);
	return 0;
}

static inline void move(const char *from, const char *to)
{
	char a[192], b[192];

	snprintf(a, sizeof(a), "%s/before.%s", f.dir, from);
	snprintf(b, sizeof(b), "%s/%s", proc, to);
	CU_ASSERT_EQUAL_FATAL(rename(a, b), 0);
}

static inline void a_kernel(void)
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

static inline void drop(void)
{
	fixture_free_all(&f);
}

static inline enum record_wish watch(void *ctx, uint64_t ns, uint64_t bytes)
{
	(void)ctx;
	want.bytes = bytes;
	return ns && want.ticks-- == 0 ? want.wish : RECORD_GO_ON;
}

static inline bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static inline bool record(char *const *command)
{
	bool ok;

	o.command = command;
	ok = record_run(&o, &result, &err);
	CU_ASSERT_FALSE(is_there(instance));
	CU_ASSERT_EQUAL(is_there(folder), ok);
	return ok;
}

static inline void expect_error(enum trace_trouble kind, const char *text)
{
	CU_ASSERT_EQUAL(err.kind, kind);
	if (err.kind != kind || !strstr(err.text, text))
		printf("\n\"%s\" instead of \"%s\"\n", err.text, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, text));
}

static char *const command_true[] = { (char[]){ "true" }, NULL };

#endif
