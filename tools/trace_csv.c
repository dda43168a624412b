#include "tools/trace_csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/trace_stats.h"
#include "traces/trace_error.h"

#define CHUNK 1024

struct csv {
	const char *path;
	struct trace_reader *reader, *truth_reader;
	uint64_t *pfn; /* by object */
	size_t objects;
	struct trace_event events[CHUNK];
	struct trace_truth truths[CHUNK];
	long nevents, event, ntruths, truth; /* in memory, and the next one of these */
	uint64_t skipped;
	struct trace_error *err;
};

/* The cells of a row that not every event has. */
struct row {
	uint64_t pfn, value[4];
	int order, type;
	const char *gfp, *text;
	unsigned flags, nvalues;
};

/* ---- frames of objects ------------------------------------------------------------------- */

static bool set_frame(struct csv *c, uint64_t object, uint64_t pfn)
{
	if (object >= c->objects) {
		size_t more = c->objects * 2 > object ? c->objects * 2 : (size_t)object + 4096;
		uint64_t *grown = realloc(c->pfn, more * sizeof(*grown));

		if (!grown)
			return trace_error_memory(c->err);
		c->pfn = grown;
		c->objects = more;
	}
	c->pfn[object] = pfn;
	return true;
}

/* Objects of the start state are numbered by frame. */
static bool start_frames(struct csv *c)
{
	const struct trace_state *s;
	uint64_t n = 0;

	if (!trace_reader_header(c->reader)->has_state)
		return true;
	s = trace_reader_state(c->reader, c->err);
	if (!s)
		return false;
	for (uint64_t i = 0; i < s->nused; i++)
		if (!(s->used[i].use & TRACE_USE_PINNED) && !set_frame(c, n++, s->used[i].pfn))
			return false;
	return true;
}

static uint64_t frame_of(const struct csv *c, uint64_t object)
{
	return object < c->objects ? c->pfn[object] : TRACE_NO_PFN;
}

/* ---- cells ------------------------------------------------------------------------------- */

/* In quotes where it has to be; it stays on its line. */
static void print_cell(const char *text)
{
	bool quote = strpbrk(text, ",\"#") || text[0] == ' ' ||
		     (text[0] && text[strlen(text) - 1] == ' ');

	if (quote)
		putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar((unsigned char)*text < ' ' || *text == 127 ? '?' : *text);
	}
	if (quote)
		putchar('"');
}

static void print_flags(unsigned flags)
{
	const char *between = "";

	for (unsigned bit = 0; flags >> bit; bit++)
		if (flags >> bit & 1) {
			printf("%s%s", between, trace_stats_flag(bit));
			between = "|";
		}
}

static void print_row(uint64_t time, unsigned cpu, const struct trace_task *task,
		      const char *name, const struct row *row)
{
	printf("%" PRIu64 ",%u,%" PRId32 ",", time, cpu, task->pid);
	print_cell(task->comm);
	printf(",%s,", name);
	if (row->pfn != TRACE_NO_PFN)
		printf("%#" PRIx64, row->pfn);
	putchar(',');
	if (row->order >= 0)
		printf("%d", row->order);
	putchar(',');
	print_cell(row->gfp);
	putchar(',');
	if (row->type >= 0)
		printf("%d", row->type);
	putchar(',');
	print_flags(row->flags);
	putchar(',');
	print_cell(row->text);
	for (unsigned i = 0; i < 4; i++)
		if (i < row->nvalues)
			printf(",%" PRIu64, row->value[i]);
		else
			putchar(',');
	putchar('\n');
}

static void print_head(const struct trace_header *h)
{
	printf("# clock %s\n", h->clock_name);
	if (h->source_kernel && *h->source_kernel) {
		fputs("# kernel ", stdout);
		for (const char *p = h->source_kernel; *p; p++)
			putchar((unsigned char)*p < ' ' ? '?' : *p);
		putchar('\n');
	}
	printf("%s,cpu,pid,comm,event,pfn,order,gfp,migratetype,flags,text,value0,value1,"
	       "value2,value3\n",
	       h->clock == TRACE_CLOCK_NS ? "time_ns" : "time_ticks");
}

/* ---- rows -------------------------------------------------------------------------------- */

static bool no_frames(struct csv *c)
{
	return trace_error_data(c->err,
				"%s: the trace has no page frames, and nothing else in a CSV "
				"tells its objects apart",
				c->path);
}

/* False at an error; *known: the format has such events. */
static bool fill(struct csv *c, const struct trace_event *e, struct row *row, bool *known)
{
	*known = true;
	row->flags = e->flags & (TRACE_FALLBACK - 1u);
	switch (e->kind) {
	case TRACE_ALLOC:
		if (e->pfn == TRACE_NO_PFN)
			return no_frames(c);
		row->pfn = e->pfn;
		if (!set_frame(c, e->object, e->pfn))
			return false;
		/* fall through */
	case TRACE_ALLOC_FAILED:
		row->order = e->order;
		row->gfp = trace_reader_gfp(c->reader, e->gfp);
		return true;
	case TRACE_FREE:
		row->order = e->order;
		row->pfn = frame_of(c, e->object) + e->value;
		return true;
	case TRACE_LRU_ADD:
		row->nvalues = 2;
		row->value[0] = e->value & TRACE_LRU_LIST;
		row->value[1] = e->value >> TRACE_LRU_SHIFT & TRACE_LRU_FLAGS;
		row->pfn = frame_of(c, e->object);
		return true;
	case TRACE_ACCESS:
		row->pfn = frame_of(c, e->object);
		return true;
	case TRACE_MARK:
		row->text = trace_reader_text(c->reader, e->value);
		return true;
	default:
		*known = false;
		return true;
	}
}

static bool event_row(struct csv *c, const struct trace_event *e)
{
	struct row row = {
		.pfn = TRACE_NO_PFN, .order = -1, .type = -1, .gfp = "", .text = ""
	};
	bool known;

	if (!fill(c, e, &row, &known))
		return false;
	c->skipped += !known;
	if (known)
		print_row(e->time, e->cpu, trace_reader_task(c->reader, e->task),
			  trace_stats_kind(e->kind), &row);
	return true;
}

static void truth_row(struct csv *c, const struct trace_truth *t)
{
	struct row row = { .pfn = t->pfn,
			   .order = t->order,
			   .type = t->type,
			   .gfp = "",
			   .text = "",
			   .nvalues = 4 };

	memcpy(row.value, t->value, sizeof(row.value));
	if (t->kind == TRACE_TRUTH_OTHER)
		c->skipped++;
	else
		print_row(t->time, t->cpu, trace_reader_task(c->truth_reader, t->task),
			  trace_stats_truth(t->kind), &row);
}

/* ---- both streams ------------------------------------------------------------------------ */

static bool next_event(struct csv *c)
{
	if (c->event == c->nevents) {
		c->event = 0;
		c->nevents = trace_reader_next(c->reader, c->events, CHUNK, c->err);
	}
	return c->nevents >= 0;
}

static bool next_truth(struct csv *c)
{
	if (c->truth == c->ntruths) {
		c->truth = 0;
		c->ntruths = trace_reader_next_truth(c->truth_reader, c->truths, CHUNK, c->err);
	}
	return c->ntruths >= 0;
}

/* At one time the truth comes first: a hidden allocation stands at its zone-locked. */
static bool rows(struct csv *c)
{
	for (;;) {
		if (!next_event(c) || !next_truth(c))
			return false;
		if (ferror(stdout) || (!c->nevents && !c->ntruths))
			return true;
		if (c->ntruths &&
		    (!c->nevents || c->truths[c->truth].time <= c->events[c->event].time))
			truth_row(c, &c->truths[c->truth++]);
		else if (!event_row(c, &c->events[c->event++]))
			return false;
	}
}

bool trace_csv_write(const char *path, struct trace_reader *events, struct trace_reader *truths,
		     uint64_t *skipped, struct trace_error *err)
{
	struct csv *c = calloc(1, sizeof(*c));
	bool ok;

	if (!c)
		return trace_error_memory(err);
	c->path = path;
	c->reader = events;
	c->truth_reader = truths;
	c->err = err;
	print_head(trace_reader_header(events));
	ok = start_frames(c) && rows(c);
	*skipped = c->skipped;
	free(c->pfn);
	free(c);
	return ok;
}
