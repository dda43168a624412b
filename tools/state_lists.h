/*
 * A kernel's lists as the lists of a trace's state: free blocks, per-cpu pages, types of
 * pageblocks. Blocks in use are for who knows whose they are.
 */
#ifndef STATE_LISTS_H
#define STATE_LISTS_H

#include "model/mm_policy.h"
#include "traces/trace.h"

#define STATE_LISTS_NO_TYPE 0xff

struct state_lists {
	struct trace_state *state; /* zeros at first; its lists become the caller's */
	uint64_t free_cap, pcp_cap, block_cap;
	bool failed; /* out of memory */
};

/* Makes room for one more entry of a list; false, and *failed, when memory is short. */
bool state_lists_room(void *list, uint64_t n, uint64_t *cap, size_t size, bool *failed);

/* Calls what `more` has of used() and listed() as well, with its ctx; NULL: nothing. False when
 * memory is short. */
bool state_lists_take(struct state_lists *lists, const struct mm_policy *policy, const void *mm,
		      const struct mm_saver *more);

#endif
