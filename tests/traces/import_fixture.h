/*
 * A small machine for the importer's tests: one node, one zone Normal of FRAMES frames from 0
 * on, two cpus. A test says what its frames were before and after (flags of kpageflags) and
 * which events were recorded, imports that, and reads the trace back as a line of text, one
 * word an event:
 *
 *   a3:17/0   object 3 allocated at frame 17, order 0      x/9     failed, order 9
 *   f3/0      object 3 freed                               f3/0+1  its part 1 frame behind
 *
 * with letters behind it: c cold, h hardirq, s softirq, r reclaim, u unscored, m missed, H
 * hidden.
 */
#ifndef TESTS_IMPORT_FIXTURE_H
#define TESTS_IMPORT_FIXTURE_H

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit.h"
#include "traces/trace.h"

#define FRAMES 2048
#define RESERVED_FRAMES 8 /* the zone's last ones */
#define BUDDY (UINT64_C(1) << 10)
#define LRU (UINT64_C(1) << 5)
#define RESERVED (UINT64_C(1) << 32)

struct fixture {
	char dir[64], output[96], input[96], error[768];
	uint64_t before[FRAMES], after[FRAMES];
	uint64_t buddyinfo[2][TRACE_ORDERS];
	unsigned pcp[2], managed[2];
	unsigned long long now; /* us */
	char *text;
	size_t size;
	FILE *trace;
	struct trace_import_options o;
	json_t *report;
	char events[65536];
	struct trace_reader *reader;
};

static inline void fixture_new(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	strcpy(f->dir, "/tmp/pagesim-import-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->dir));
	snprintf(f->output, sizeof(f->output), "%s/out.pgt", f->dir);
	snprintf(f->input, sizeof(f->input), "%s/rec.txt", f->dir);
	for (unsigned i = FRAMES - RESERVED_FRAMES; i < FRAMES; i++)
		f->before[i] = f->after[i] = RESERVED;
	f->managed[0] = f->managed[1] = FRAMES - RESERVED_FRAMES;
	f->trace = open_memstream(&f->text, &f->size);
	f->o = (struct trace_import_options){
		.input = f->input, .state_dir = f->dir, .output = f->output, .clock = "mono"
	};
}

static inline void fixture_put(const struct fixture *f, const char *name, const char *text,
			       size_t size)
{
	char path[192];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	out = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	CU_ASSERT_EQUAL_FATAL(fwrite(text, 1, size, out), size);
	fclose(out);
}

static inline void fixture_zoneinfo(const struct fixture *f, const char *name, unsigned managed)
{
	char text[1024];
	int n = snprintf(text, sizeof(text),
			 "Node 0, zone   Normal\n  pages free     0\n        min      10\n"
			 "        low      20\n        high     30\n        spanned  %u\n"
			 "        present  %u\n        managed  %u\n"
			 "        protection: (0, 0, 0, 0)\n  pagesets\n"
			 "    cpu: 0\n              count: %u\n              high:  90\n"
			 "              batch: 15\n    cpu: 1\n              count: %u\n"
			 "              high:  90\n              batch: 15\n"
			 "  start_pfn:           0\n",
			 FRAMES, FRAMES, managed, f->pcp[0], f->pcp[1]);

	fixture_put(f, name, text, (size_t)n);
}

static inline void fixture_buddyinfo(const struct fixture *f, const char *name,
				     const uint64_t *v)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "Node 0, zone   Normal ");

	for (unsigned o = 0; o < TRACE_ORDERS; o++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%6llu ",
			      (unsigned long long)v[o]);
	text[n++] = '\n';
	fixture_put(f, name, text, (size_t)n);
}

static inline void fixture_snapshots(const struct fixture *f)
{
	fixture_zoneinfo(f, "before.zoneinfo.1", f->managed[0]);
	fixture_zoneinfo(f, "after.zoneinfo.1", f->managed[1]);
	fixture_buddyinfo(f, "before.buddyinfo.1", f->buddyinfo[0]);
	fixture_buddyinfo(f, "after.buddyinfo.1", f->buddyinfo[1]);
	fixture_put(f, "before.kpageflags", (const char *)f->before, sizeof(f->before));
	fixture_put(f, "after.kpageflags", (const char *)f->after, sizeof(f->after));
}

static inline void fixture_line(struct fixture *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static inline void fixture_line(struct fixture *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(f->trace, fmt, ap);
	va_end(ap);
	fputc('\n', f->trace);
}

/* An event of cpu 0 (pid 100) or cpu 1 (pid 101), a microsecond after the last one. */
static inline void fixture_event(struct fixture *f, unsigned cpu, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static inline void fixture_event(struct fixture *f, unsigned cpu, const char *fmt, ...)
{
	va_list ap;

	f->now++;
	fprintf(f->trace, "            task-%u   [%03u] ..... %6llu.%06llu: ", 100 + cpu, cpu,
		f->now / 1000000, f->now % 1000000);
	va_start(ap, fmt);
	vfprintf(f->trace, fmt, ap);
	va_end(ap);
	fputc('\n', f->trace);
}

static inline void fixture_alloc(struct fixture *f, unsigned cpu, unsigned pfn, unsigned order)
{
	fixture_event(f, cpu,
		      "mm_page_alloc: page=0x%x pfn=0x%x order=%u migratetype=1 "
		      "gfp_flags=GFP_HIGHUSER_MOVABLE",
		      pfn, pfn, order);
}

static inline void fixture_free(struct fixture *f, unsigned cpu, unsigned pfn, unsigned order)
{
	fixture_event(f, cpu, "mm_page_free: page=0x%x pfn=0x%x order=%u", pfn, pfn, order);
}

static inline void fixture_locked(struct fixture *f, unsigned cpu, unsigned pfn, unsigned order)
{
	fixture_event(f, cpu,
		      "mm_page_alloc_zone_locked: page=0x%x pfn=0x%x order=%u migratetype=1 "
		      "percpu_refill=%d",
		      pfn, pfn, order, order == 0);
}

static inline void fixture_drain(struct fixture *f, unsigned cpu, unsigned pfn, unsigned order)
{
	fixture_event(f, cpu, "mm_page_pcpu_drain: page=0x%x pfn=0x%x order=%u migratetype=1",
		      pfn, pfn, order);
}

/* The recorder is pid 99 on cpu 0. */
static inline void fixture_mark(struct fixture *f, const char *text)
{
	f->now++;
	fixture_line(
		f,
		"          pgsim-99    [000] ..... %6llu.%06llu: tracing_mark_write: pgsim %s",
		f->now / 1000000, f->now % 1000000, text);
}

static inline void fixture_describe(struct fixture *f, const struct trace_event *e)
{
	static const char letters[] = "chsrumH";
	size_t n = strlen(f->events);
	char *at = f->events + n;
	size_t left = sizeof(f->events) - n;
	static const char kinds[TRACE_KINDS] = "axflAdSEsk";

	if (e->kind == TRACE_MARK || left < 128)
		return;
	n = (size_t)snprintf(at, left, "%s%c", n ? " " : "", kinds[e->kind]);
	if (e->object != TRACE_NO_OBJECT)
		n += (size_t)snprintf(at + n, left - n, "%llu", (unsigned long long)e->object);
	if (e->pfn != TRACE_NO_PFN)
		n += (size_t)snprintf(at + n, left - n, ":%llu", (unsigned long long)e->pfn);
	n += (size_t)snprintf(at + n, left - n, "/%u", e->order);
	if (e->kind == TRACE_FREE && e->value)
		n += (size_t)snprintf(at + n, left - n, "+%u", e->value);
	for (unsigned bit = 0; letters[bit]; bit++)
		if (e->flags >> bit & 1)
			n += (size_t)snprintf(at + n, left - n, "%c", letters[bit]);
}

static inline bool fixture_read(struct fixture *f)
{
	struct trace_error err;
	struct trace_event e[64];
	long n;

	f->reader = trace_reader_open(f->output, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->reader);
	while ((n = trace_reader_next(f->reader, e, ARRAY_SIZE(e), &err)) > 0)
		for (long i = 0; i < n; i++)
			fixture_describe(f, &e[i]);
	CU_ASSERT_EQUAL(n, 0);
	return trace_check(f->output, NULL, &(struct trace_totals){ 0 }, &err);
}

/* Imports what f->o says. False: f->error says why; checked: nothing is left behind. */
static inline bool fixture_import_file(struct fixture *f)
{
	struct trace_error err;
	struct trace_import_report *r = trace_import(&f->o, &err);
	char *json;

	if (!r) {
		CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
		CU_ASSERT_NOT_EQUAL(access(f->output, F_OK), 0);
		snprintf(f->error, sizeof(f->error), "%s", err.text);
		return false;
	}
	json = trace_import_report_json(r);
	f->report = json_loads(json, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->report);
	free(json);
	trace_import_report_free(r);
	CU_ASSERT_TRUE(fixture_read(f));
	return true;
}

/* Imports what was put together. */
static inline bool fixture_import(struct fixture *f)
{
	if (f->trace)
		fclose(f->trace);
	f->trace = NULL;
	fixture_put(f, "rec.txt", f->text, f->size);
	return fixture_import_file(f);
}

static inline long fixture_count(const struct fixture *f, const char *key)
{
	json_t *count = json_object_get(json_object_get(f->report, "counts"), key);

	CU_ASSERT_PTR_NOT_NULL_FATAL(count);
	return (long)json_integer_value(json_object_get(count, "count"));
}

static inline void fixture_free_all(struct fixture *f)
{
	char command[128];

	trace_reader_close(f->reader);
	json_decref(f->report);
	if (f->trace)
		fclose(f->trace);
	free(f->text);
	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	CU_ASSERT_EQUAL(system(command), 0);
}

/* A lock taken, a block of another type, a compaction that begins, and kswapd's wake-up: what
 * the readers of every format make of the same four lines. */
static inline void fixture_expect_truths(const struct trace_truth *t)
{
	CU_ASSERT_EQUAL(t[0].kind, TRACE_TRUTH_ZONE_LOCKED);
	CU_ASSERT_EQUAL(t[0].pfn, 64);
	CU_ASSERT_EQUAL(t[0].type, 1);
	CU_ASSERT_EQUAL(t[0].value[0], 1);
	CU_ASSERT_EQUAL(t[1].kind, TRACE_TRUTH_EXTFRAG);
	CU_ASSERT_EQUAL(t[1].order, 1);
	CU_ASSERT_EQUAL(t[1].type, 2);
	CU_ASSERT_EQUAL(t[1].value[0], 9);
	CU_ASSERT_EQUAL(t[1].value[2], 1);
	CU_ASSERT_EQUAL(t[2].kind, TRACE_TRUTH_COMPACT_BEGIN);
	CU_ASSERT_EQUAL(t[2].value[3], 64);
	CU_ASSERT_EQUAL(t[3].kind, TRACE_TRUTH_KSWAPD_WAKE);
	CU_ASSERT_EQUAL(t[3].order, 3);
	CU_ASSERT_EQUAL(t[3].value[0], 1);
}

#endif
