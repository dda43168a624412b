/* pagesim trace cat: events as text, one a line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/cmd_trace.h"
#include "tools/trace_csv.h"
#include "tools/trace_stats.h"

#define CHUNK 1024

struct cat {
	uint64_t from, to; /* event numbers, `to` excluded */
	bool truth, steps, csv, whole;
};

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct cat *cat = ctx;
	uint64_t *number = strcmp(row->name, "from") == 0 ? &cat->from : &cat->to;

	if (strcmp(row->name, "whole") == 0) {
		cat->whole = true;
		return true;
	}
	if (!row->value) {
		*(*row->name == 't'   ? &cat->truth
		  : *row->name == 's' ? &cat->steps
				      : &cat->csv) = true;
		return true;
	}
	if (conf_parse_u64(value, number))
		return true;
	fprintf(stderr, "pagesim trace cat: --%s: '%s' is no number\n", row->name,
		options_short(value).text);
	return false;
}

/* ---- one line -------------------------------------------------------------------------- */

static void print_head(const struct trace_reader *r, const struct cat *cat)
{
	const struct trace_header *h = trace_reader_header(r);

	printf("# %s, %s, %u cpu%s, %u node%s, clock %s at %" PRIu64 " Hz\n",
	       h->name && *h->name ? h->name : "unnamed",
	       h->source_kernel && *h->source_kernel ? h->source_kernel : "no kernel", h->cpus,
	       h->cpus == 1 ? "" : "s", h->nodes, h->nodes == 1 ? "" : "s", h->clock_name,
	       h->clock_hz);
	puts(cat->truth   ? "# time cpu pid kind order pfn type values"
	     : cat->steps ? "# time cpu kind order pfn type values"
			  : "# number time cpu pid kind ...");
}

static void print_flags(unsigned flags)
{
	for (unsigned bit = 0; flags >> bit; bit++)
		if (flags >> bit & 1)
			printf(" %s", trace_stats_flag(bit));
}

/* A text of the trace stays on its line. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 127 ? '?' : *text);
}

static void print_request(const struct trace_reader *r, const struct trace_event *e)
{
	printf(" order=%u gfp=", e->order);
	print_text(trace_reader_gfp(r, e->gfp));
	if (e->node != TRACE_NODE_LOCAL)
		printf(" node=%u", e->node);
	if (e->kind == TRACE_ALLOC)
		printf(" object=%" PRIu64, e->object);
	if (e->pfn != TRACE_NO_PFN)
		printf(" pfn=%" PRIu64, e->pfn);
}

static void print_event(const struct trace_reader *r, const struct trace_event *e,
			uint64_t number)
{
	printf("%" PRIu64 " %" PRIu64 " %u %" PRId32 " %s", number, e->time, e->cpu,
	       trace_reader_task(r, e->task)->pid, trace_stats_kind(e->kind));
	switch (e->kind) {
	case TRACE_ALLOC:
	case TRACE_ALLOC_FAILED:
		print_request(r, e);
		break;
	case TRACE_FREE:
		printf(" object=%" PRIu64 " order=%u", e->object, e->order);
		if (e->value)
			printf(" offset=%" PRIu32, e->value);
		break;
	case TRACE_TASK_START:
		if (e->value)
			printf(" parent=%" PRId32, trace_reader_task(r, e->value - 1)->pid);
		break;
	case TRACE_SYSCTL:
	case TRACE_MARK:
		putchar(' ');
		print_text(trace_reader_text(r, e->value));
		break;
	case TRACE_ISOLATE:
	case TRACE_UNISOLATE:
		printf(" pfn=%" PRIu64 " pageblocks=%" PRIu32, e->pfn, e->value);
		break;
	default:
		if (e->object != TRACE_NO_OBJECT)
			printf(" object=%" PRIu64, e->object);
		if (e->value)
			printf(" value=%" PRIu32, e->value);
		break;
	}
	print_flags(e->flags);
	putchar('\n');
}

static void print_truth(const struct trace_reader *r, const struct trace_truth *t)
{
	printf("%" PRIu64 " %u %" PRId32 " %s order=%u", t->time, t->cpu,
	       trace_reader_task(r, t->task)->pid, trace_stats_truth(t->kind), t->order);
	if (t->pfn != TRACE_NO_PFN)
		printf(" pfn=%" PRIu64, t->pfn);
	printf(" type=%d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", t->type,
	       t->value[0], t->value[1], t->value[2], t->value[3]);
}

static void print_step(const struct trace_step *t)
{
	printf("%" PRIu64 " %u %s order=%u", t->time, t->cpu, trace_stats_step(t->kind),
	       t->order);
	if (t->pfn != TRACE_NO_PFN)
		printf(" pfn=%" PRIu64, t->pfn);
	printf(" type=%d %" PRId64 " %" PRId64 " %" PRId64 "\n", t->type, t->value[0],
	       t->value[1], t->value[2]);
}

/* ---- all of them ----------------------------------------------------------------------- */

static bool cat_events(struct trace_reader *r, const struct cat *cat, struct trace_error *err)
{
	struct trace_event events[CHUNK];
	uint64_t number = cat->from;
	long n;

	if (cat->from && !trace_reader_seek_event(r, cat->from, err))
		return false;
	while (number < cat->to) {
		uint64_t left = cat->to - number;

		n = trace_reader_next(r, events, left < CHUNK ? (size_t)left : CHUNK, err);
		if (n <= 0)
			return n == 0;
		for (long i = 0; i < n; i++)
			print_event(r, &events[i], number++);
		if (ferror(stdout))
			break;
	}
	return true;
}

static bool cat_truths(struct trace_reader *r, struct trace_error *err)
{
	struct trace_truth truths[64];
	long n;

	while ((n = trace_reader_next_truth(r, truths, 64, err)) > 0)
		for (long i = 0; i < n; i++)
			print_truth(r, &truths[i]);
	return n == 0;
}

static bool cat_steps(struct trace_reader *r, struct trace_error *err)
{
	struct trace_step steps[64];
	long n;

	while ((n = trace_reader_next_step(r, steps, 64, err)) > 0)
		for (long i = 0; i < n; i++)
			print_step(&steps[i]);
	return n == 0;
}

static bool cat_all(struct trace_reader *r, const struct cat *cat, struct trace_error *err)
{
	if (cat->steps)
		return cat_steps(r, err);
	return cat->truth ? cat_truths(r, err) : cat_events(r, cat, err);
}

/* Events and truth stream lie in different places of the file: each has its own reader. */
static int cat_csv(const struct options_spec *spec, const char *path, bool quiet)
{
	struct trace_error err;
	struct trace_reader *events = trace_reader_open(path, &err);
	struct trace_reader *truths = events ? trace_reader_open(path, &err) : NULL;
	uint64_t skipped = 0;
	bool ok = truths && trace_csv_write(path, events, truths, &skipped, &err);

	trace_reader_close(truths);
	trace_reader_close(events);
	if (!ok)
		return cmd_trace_fail(spec, &err);
	if (skipped && !quiet)
		fprintf(stderr,
			"pagesim trace cat: %" PRIu64
			" events of kinds that the CSV has no name for are not in it\n",
			skipped);
	return CMD_DONE;
}

static bool bad_combination(const struct options_spec *spec, const struct cat *cat,
			    const char *path)
{
	bool part = cat->from || cat->to != UINT64_MAX;

	if (cat->csv && (part || cat->truth || cat->steps))
		return options_fail(spec, CMD_USAGE, "--csv goes alone: it is the whole trace");
	if (cat->csv && strcmp(path, "-") == 0)
		return options_fail(spec, CMD_USAGE,
				    "--csv reads events and truth stream side by side: it "
				    "needs a file, not standard input");
	if (cat->truth && part)
		return options_fail(spec, CMD_USAGE,
				    "--from and --to number events, not the truth stream");
	if (cat->steps && (cat->truth || part))
		return options_fail(spec, CMD_USAGE,
				    "--steps goes alone: --from and --to number events");
	if (cat->from > cat->to)
		return options_fail(spec, CMD_USAGE,
				    "--from %" PRIu64 " lies behind --to %" PRIu64
				    ": there is no event between them",
				    cat->from, cat->to);
	return false;
}

int cmd_trace_cat(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "from", 0, "N", "begin at event number N (the first is 0)" },
		{ "to", 0, "N", "end before event number N" },
		{ "truth", 0, NULL, "the truth stream instead of the events" },
		{ "steps", 0, NULL,
		  "what the recorded kernel did below requests, instead of the events" },
		{ "csv", 0, NULL,
		  "events and truth stream as the CSV that `trace import` reads" },
		{ "whole", 0, NULL,
		  "all of the trace, so that trace import makes the same file of the text" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"trace cat",
		"FILE",
		"Prints the events of a trace, one a line: number, time in the trace's clock, "
		"CPU,\n"
		"pid, kind, then name=value. Frames and objects are decimal numbers. Lines "
		"with #\n"
		"are no events.",
		rows,
		"  pagesim trace cat traces/samples/vm-fragment.pgt | less\n"
		"  pagesim trace cat --from 1000 --to 1020 traces/samples/vm-fragment.pgt\n"
		"  pagesim trace cat --csv traces/samples/vm-fragment.pgt >vm-fragment.csv\n"
		"  # out as text and in again\n"
		"  pagesim trace cat --whole a.pgt | sed 's/GFP_KERNEL/GFP_NOFS/' |\n"
		"      pagesim trace import - -o b.pgt\n",
		1,
		1,
	};
	struct cat cat = { .to = UINT64_MAX };
	struct options_result o = options_parse(&spec, argc, argv, set, &cat);
	struct trace_reader *r;
	struct trace_error err;
	bool ok;

	if (o.ended)
		return o.status;
	if (cat.whole &&
	    (cat.csv || cat.steps || cat.truth || cat.from || cat.to != UINT64_MAX))
		return options_fail(&spec, CMD_USAGE, "--whole goes alone");
	if (bad_combination(&spec, &cat, o.operands[0]))
		return CMD_USAGE;
	if (cat.csv)
		return cat_csv(&spec, o.operands[0], o.quiet);
	r = trace_reader_open(o.operands[0], &err);
	if (!r)
		return cmd_trace_fail(&spec, &err);
	if (!o.quiet && !cat.whole)
		print_head(r, &cat);
	ok = cat.whole ? trace_text_export(r, stdout, &err) : cat_all(r, &cat, &err);
	trace_reader_close(r);
	return ok ? CMD_DONE : cmd_trace_fail(&spec, &err);
}
