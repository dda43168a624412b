/*
 * Lists of runs of frames, as memory maps are made of: put together, cut against one another.
 * A list is tidy when it ascends and nothing in it touches; sim_span_tidy() makes it so.
 */
#ifndef SIM_SPAN_H
#define SIM_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine.h"

/* Starts as { 0 }; ends with sim_span_drop(). */
struct sim_span_list {
	struct sim_span *at;
	unsigned n, room;
};

/* Appends; an empty run is left out. False when memory is short. */
bool sim_span_add(struct sim_span_list *list, uint64_t start, uint64_t end);
void sim_span_drop(struct sim_span_list *list);
/* Sorts, and joins what overlaps or touches. */
void sim_span_tidy(struct sim_span_list *list);

/* Appends to `to` what of the tidy list lies in start..end, or what of start..end does not lie
 * in the list. False when memory is short. */
bool sim_span_inside(const struct sim_span_list *list, uint64_t start, uint64_t end,
		     struct sim_span_list *to);
bool sim_span_outside(const struct sim_span_list *list, uint64_t start, uint64_t end,
		      struct sim_span_list *to);
/* Frames of an ascending array of runs that lie in start..end. */
uint64_t sim_span_frames(const struct sim_span *spans, unsigned n, uint64_t start,
			 uint64_t end);

#endif
