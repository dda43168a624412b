#include "traces/trace_lines.h"

#include <inttypes.h>
#include <stdlib.h>

#include "traces/trace_reader.h"
#include "traces/trace_text.h"

struct trace_lines {
	struct trace_text_out o;
};

struct trace_lines *trace_lines_new(struct trace_reader *r, FILE *out)
{
	struct trace_lines *l = calloc(1, sizeof(*l));

	if (l)
		l->o = (struct trace_text_out){ .r = r,
						.out = out,
						.head = TRACE_LINES_REMARK };
	return l;
}

void trace_lines_free(struct trace_lines *l)
{
	free(l);
}

bool trace_lines_begin(struct trace_lines *l, struct trace_error *err)
{
	fputs(TRACE_LINES_MAGIC, l->o.out);
	return trace_text_export_head(&l->o, err);
}

void trace_lines_words(struct trace_lines *l)
{
	trace_text_export_dict(&l->o, &l->o.r->dict);
}

const char *trace_lines_name(uint8_t kind)
{
	static const char *const names[TRACE_KINDS] = {
		[TRACE_ALLOC] = TRACE_LINES_NAME "alloc",
		[TRACE_ALLOC_FAILED] = TRACE_LINES_NAME "alloc_failed",
		[TRACE_FREE] = TRACE_LINES_NAME "free",
		[TRACE_LRU_ADD] = TRACE_LINES_NAME "lru_add",
		[TRACE_ACCESS] = TRACE_LINES_NAME "access",
		[TRACE_DIRTY] = TRACE_LINES_NAME "dirty",
		[TRACE_TASK_START] = TRACE_LINES_NAME "task_start",
		[TRACE_TASK_EXIT] = TRACE_LINES_NAME "task_exit",
		[TRACE_SYSCTL] = TRACE_LINES_NAME "sysctl",
		[TRACE_MARK] = TRACE_LINES_NAME "mark",
		[TRACE_ISOLATE] = TRACE_LINES_NAME "isolate",
		[TRACE_UNISOLATE] = TRACE_LINES_NAME "unisolate",
	};

	return names[kind];
}

void trace_lines_event(FILE *out, uint64_t number, const struct trace_event *e)
{
	fprintf(out, "event=%" PRIu64 " time=%" PRIu64 " cpu=%u task=%" PRIu32, number, e->time,
		e->cpu, e->task);
	trace_text_export_fields(out, e);
}

bool trace_lines_end(struct trace_lines *l, uint64_t events, struct trace_error *err)
{
	trace_lines_words(l);
	fprintf(l->o.out, "%sevents %" PRIu64 "\n", l->o.head, events);
	return trace_text_export_tail(&l->o, err);
}
