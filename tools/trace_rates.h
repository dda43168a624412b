/*
 * How much happens when: counts over equal parts of a trace's time, whose number stays between
 * 100 and 1000 however long it is. Each part is a power of ten long, so that a peak can be told
 * as "over 10 ms". Times are ns since the first event; of a trace whose clock only counts they
 * are counts.
 */
#ifndef TRACE_RATES_H
#define TRACE_RATES_H

#include "traces/trace.h"

#define TRACE_RATES_BINS 1000

struct trace_rates_bin {
	uint64_t events, requests, failed, frees; /* requests: failed ones, too */
	uint64_t allocated, freed;                /* frames */
	uint64_t most_live, live;                 /* frames: at most, at its end */
};

/* All zeros at first. */
struct trace_rates {
	uint64_t width; /* of a bin, ns */
	uint64_t end;   /* of the bin of the event before, ns */
	unsigned last;  /* that bin */
	unsigned n;
	struct trace_rates_bin bin[TRACE_RATES_BINS];
};

enum trace_rates_what {
	TRACE_RATES_EVENTS,
	TRACE_RATES_REQUESTS,
	TRACE_RATES_FAILED,
	TRACE_RATES_FREES,
	TRACE_RATES_ALLOCATED,
	TRACE_RATES_FREED,
	TRACE_RATES_KINDS
};

/* `at` never decreases; `live` are the frames of live objects behind the event. */
void trace_rates_add(struct trace_rates *r, uint64_t at, const struct trace_event *e,
		     uint64_t live);
/* When all events are in: parts without events have the live memory of the one before. */
void trace_rates_finish(struct trace_rates *r);

uint64_t trace_rates_value(const struct trace_rates_bin *b, enum trace_rates_what what);
uint64_t trace_rates_sum(const struct trace_rates *r, enum trace_rates_what what);
/* The first part that has most of it; 0 when there is none. */
unsigned trace_rates_peak(const struct trace_rates *r, enum trace_rates_what what);

#endif
