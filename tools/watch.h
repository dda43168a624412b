/*
 * A live view of a run on the terminal that stderr is: free memory by order and zone, rates,
 * failures, stalls, daemons. At most five times a second; between two views it costs a look at
 * the clock. It has the terminal's second screen, as editors do, and gives it back at the end.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/mm_policy.h"
#include "tools/replay.h"

struct watch;

/* What is looked at; all of it has to outlive the view. */
struct watch_source {
	const char *trace, *machine;
	const struct mm_policy *policy;
	const void *mm;
	const struct replay *replay;
	uint64_t total; /* events of the trace, 0 = not known */
	uint64_t mhz;
	unsigned nodes;
};

/* Whether there is a terminal that can show it; a sentence where there is none. */
bool watch_possible(char *text, size_t size);

/* NULL when memory is short. The screen changes with the first update. */
struct watch *watch_new(const struct watch_source *source);
/* `events` are done, `date` is the simulated one, in cycles. */
void watch_update(struct watch *w, uint64_t events, uint64_t date);
/* Gives the terminal back as it was. */
void watch_free(struct watch *w);

#endif
