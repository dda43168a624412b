/*
 * A trace inside another text: events.txt has the events of the trace that was replayed in
 * lines like those of ftrace, and what belongs to no moment in remarks, as records of the
 * whole-text form (docs/traces.md, "As text"). docs/result-format.md specifies the lines;
 * trace_import() makes the trace of them again.
 */
#ifndef TRACE_LINES_H
#define TRACE_LINES_H

#include "traces/trace.h"

/* A line of its own that says that there is a trace; the beginning of its remarks, and of the
 * names of its events. */
#define TRACE_LINES_MAGIC "# pagesim-trace version 1\n"
#define TRACE_LINES_REMARK "# pagesim "
#define TRACE_LINES_NAME "pagesim_"

struct trace_lines;

/* The events are the reader's, which has to be at its begin; both stay the caller's. NULL when
 * memory is short. */
struct trace_lines *trace_lines_new(struct trace_reader *r, FILE *out);
void trace_lines_free(struct trace_lines *l);
/* The remarks at the begin: header and start state. */
bool trace_lines_begin(struct trace_lines *l, struct trace_error *err);
/* Entries of dictionaries that are new since: in front of events that the reader has just
 * given.
 */
void trace_lines_words(struct trace_lines *l);
/* The name of a kind of events, and what follows it and ": " on the line. Numbers count the
 * trace's events from 0. */
const char *trace_lines_name(uint8_t kind);
void trace_lines_event(FILE *out, uint64_t number, const struct trace_event *e);
/* The remarks at the end, when the reader has given its last event: how many events there are,
 * and what else a trace has but for its truth stream, steps and final state. */
bool trace_lines_end(struct trace_lines *l, uint64_t events, struct trace_error *err);

bool trace_lines_import_is(const void *data, size_t size);
/* As trace_text_import(). Events can stand in any order. Lines of mm_page_alloc and
 * mm_page_free have to answer those of the trace; all others are passed over. */
bool trace_lines_import(const void *data, size_t size, const char *label,
			const struct trace_import_options *o, struct trace_header *h,
			struct trace_totals *t, struct trace_error *err);

#endif
