/*
 * What `trace info` knows of a trace, and the ways in which it is shown: text, JSON, plots.
 */
#ifndef TRACE_INFO_H
#define TRACE_INFO_H

#include <jansson.h>

#include "tools/trace_stats.h"

#define TRACE_INFO_TOP 10

/* The first ones of something, largest first. */
struct trace_info_top {
	uint32_t index[TRACE_INFO_TOP];
	unsigned n;
};

struct trace_info {
	const char *path;
	uint64_t size; /* of the file, 0 = a pipe */
	struct trace_reader *r;
	const struct trace_header *h;
	const struct trace_end *end; /* NULL: not recorded */
	const char *report;          /* JSON of the trailer, NULL = none */
	struct trace_stats s;
	struct trace_info_top gfps, tasks, cpus; /* by requests, requests, events */
};

void trace_info_text(const struct trace_info *i);
/* The report of an import, a cut or a merge, as text; `report` may be NULL. */
void trace_info_report(const char *report);
/* The caller's; NULL when out of memory. */
json_t *trace_info_json(const struct trace_info *i);
/* rate, live, lifetimes and orders as SVG (tools/plot.h). False and a sentence. */
bool trace_info_plot(const struct trace_info *i, const char *folder, char *text, size_t size);

/* False where the clock only counts. */
bool trace_info_has_times(const struct trace_info *i);
/* In microseconds; 0 without times. */
uint64_t trace_info_span_us(const struct trace_info *i);
/* Over the whole trace; 0 without a span. */
uint64_t trace_info_per_second(const struct trace_info *i, uint64_t count);
/* In a part of the trace, see tools/trace_rates.h. */
uint64_t trace_info_per_second_in(const struct trace_info *i, uint64_t count);

extern const char *const trace_info_clock_units[];
extern const char *const trace_info_rates[TRACE_RATES_KINDS]; /* keys: "events", ... */

#endif
