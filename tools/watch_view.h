/*
 * The picture that `pagesim run --watch` shows, as plain lines: what a run is doing at a
 * moment. Nothing here knows of terminals but how wide and high one is.
 */
#ifndef WATCH_VIEW_H
#define WATCH_VIEW_H

#include <stdint.h>
#include <stdio.h>

#include "tools/frag.h"

struct watch_view_zone {
	unsigned node;
	const char *name;
	uint64_t managed, min, low, high; /* pages */
	uint64_t blocks[FRAG_ORDERS];     /* free ones */
};

/* Something that the kernel counts: its name, how much so far, how much since the last view. */
struct watch_view_count {
	const char *name;
	uint64_t all, since;
};

struct watch_view {
	const char *trace, *kernel, *machine;
	uint64_t events, total;                 /* done, to be done; total 0 = not known */
	uint64_t events_a_second, seconds_left; /* of the host's time; 0 = not known */
	uint64_t cycles, mhz;                   /* simulated time */
	uint64_t since_cycles;                  /* ... since the last view */
	struct watch_view_count requests, failed, slept;
	const struct watch_view_count *counts; /* [ncounts]; those of 0 are not shown */
	unsigned ncounts;
	const struct watch_view_zone *zones; /* [nzones] */
	unsigned nzones, norders;
};

#define WATCH_VIEW_CLEAR "\033[K" /* the rest of a line */

/*
 * Writes at most `rows` lines of at most `columns` characters, new lines between them. Each
 * begins with what clears it. What has no room is left out, zones from the end on; the last
 * line then says so.
 */
void watch_view_draw(const struct watch_view *v, unsigned columns, unsigned rows, FILE *out);

#endif
