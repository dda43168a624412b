/*
 * The importer's speed on the recording vm-fragment (297,946 events): opening a trace.dat (one
 * with hardly any events: the formats of 1,500 events are parsed), reading a whole one,
 * reading the same events as text and as CSV, and a whole import without snapshots.
 * bench_import [REPEATS]: the best of so many is printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "traces/import.h"

#define RECORDING "tests/traces/data/vm-fragment.trace.dat.zst"
#define SMALL "tests/traces/data/small.v6.dat.zst"

static char text_path[] = "/tmp/pagesim-bench-XXXXXX", csv_path[] = "/tmp/pagesim-bench-XXXXXX";

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

/* CPU time, also that of processes which have ended: a trace.dat is read in one. */
static double now(void)
{
	struct rusage own, children;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	return seconds(own.ru_utime) + seconds(own.ru_stime) + seconds(children.ru_utime) +
	       seconds(children.ru_stime);
}

static void fail(const struct trace_error *err)
{
	fprintf(stderr, "bench_import: %s\n", err->text);
	exit(EXIT_FAILURE);
}

/* Events read, in time order. */
static size_t read_events(const char *path, struct import_source *s)
{
	struct import_progress none = { NULL, NULL };
	struct trace_error err;
	struct import_input in;

	if (!import_open(&in, path, &err))
		fail(&err);
	import_source_init(s, path);
	if (!(in.format == IMPORT_FORMAT_DAT   ? import_dat(&in, s, none, &err)
	      : in.format == IMPORT_FORMAT_CSV ? import_csv(&in, s, none, &err)
					       : import_text(&in, s, none, &err)) ||
	    !import_order(s, &err))
		fail(&err);
	import_open_close(&in);
	return s->n;
}

static size_t read_path(const char *path)
{
	struct import_source s;
	size_t n = read_events(path, &s);

	import_source_free(&s);
	return n;
}

/* The page events of the recording as tracefs would print them. */
static void make_text(void)
{
	struct import_source s;
	int fd = mkstemp(text_path);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		exit(EXIT_FAILURE);
	read_events(RECORDING, &s);
	for (size_t i = 0; i < s.n; i++) {
		const struct import_event *e = &s.events[i];

		fprintf(out, "           <...>-%-5d   [%03d] ..... %5llu.%06llu: ", e->pid,
			e->cpu, (unsigned long long)(e->time / 1000000000),
			(unsigned long long)(e->time / 1000 % 1000000));
		if (e->kind == IMPORT_ALLOC)
			fprintf(out,
				"mm_page_alloc: page=0x%llx pfn=0x%llx order=%d migratetype=%d "
				"gfp_flags=%s\n",
				(unsigned long long)e->pfn, (unsigned long long)e->pfn,
				e->order, e->type, s.gfp.text[e->gfp]);
		else
			fprintf(out,
				"%s: page=0x%llx pfn=0x%llx order=%d migratetype=%d "
				"percpu_refill=1\n",
				e->kind == IMPORT_FREE ? "mm_page_free"
						       : "mm_page_alloc_zone_locked",
				(unsigned long long)(e->pfn == IMPORT_NO_PFN ? 1 : e->pfn),
				(unsigned long long)(e->pfn == IMPORT_NO_PFN ? 1 : e->pfn), 0,
				e->type);
	}
	fclose(out);
	import_source_free(&s);
}

/* The same as rows. */
static void make_csv(void)
{
	struct import_source s;
	int fd = mkstemp(csv_path);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		exit(EXIT_FAILURE);
	read_events(text_path, &s);
	fputs("time_ns,cpu,pid,event,pfn,order,gfp,migratetype\n", out);
	for (size_t i = 0; i < s.n; i++) {
		const struct import_event *e = &s.events[i];
		bool alloc = e->kind == IMPORT_ALLOC;

		fprintf(out, "%llu,%d,%d,%s,%lld,%d,%s,%d\n", (unsigned long long)e->time,
			e->cpu, e->pid,
			alloc                    ? "alloc"
			: e->kind == IMPORT_FREE ? "free"
						 : "zone-locked",
			(long long)e->pfn, e->order, alloc ? s.gfp.text[e->gfp] : "", e->type);
	}
	fclose(out);
	import_source_free(&s);
}

static size_t recorded; /* events of all kinds, in whatever form */

/* All of an import without snapshots: reading, sorting, rules, writing. */
static size_t import_path(const char *path)
{
	char out[64];
	struct trace_import_options o = {
		.input = path, .output = out, .clock = "mono", .allow_missed = true
	};
	struct trace_import_report *r;
	struct trace_error err;

	snprintf(out, sizeof(out), "%s.pgt", text_path);
	r = trace_import(&o, &err);
	if (!r)
		fail(&err);
	trace_import_report_free(r);
	unlink(out);
	return recorded;
}

static size_t run(const char *name, size_t (*work)(const char *path), const char *path,
		  unsigned repeats)
{
	double best = 1e9;
	size_t n = 0;

	for (unsigned i = 0; i < repeats; i++) {
		double start = now(), took;

		n = work(path);
		took = now() - start;
		best = took < best ? took : best;
	}
	printf("%s,%zu,%.1f\n", name, n, best * 1e9 / (double)n);
	fflush(stdout);
	return n;
}

int main(int argc, char **argv)
{
	unsigned repeats = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 3;

	make_text();
	make_csv();
	printf("case,ops,ns_per_op\n");
	run("dat_open", read_path, SMALL, repeats);
	recorded = run("dat_read", read_path, RECORDING, repeats);
	run("text_read", read_path, text_path, repeats);
	run("csv_read", read_path, csv_path, repeats);
	run("dat_import", import_path, RECORDING, repeats);
	run("text_import", import_path, text_path, repeats);
	run("csv_import", import_path, csv_path, repeats);
	unlink(text_path);
	unlink(csv_path);
	return EXIT_SUCCESS;
}
