/*
 * The functions of 2.4.0 in which the time of a request that waits is told apart: their numbers
 * for sim_enter(), and their names. A request that sleeps for kswapd waits for what kswapd
 * does: that is its time in those functions, and the rest of the sleep is wakeup_kswapd().
 */
#ifndef MM24_WHERE_H
#define MM24_WHERE_H

#include "model/v2_4/mm24.h"

enum mm24_where {
	MM24_IN_ALLOC_PAGES, /* and whatever is none of the others */
	MM24_IN_RECLAIM_PAGE,
	MM24_IN_PAGE_LAUNDER, /* also the writes it begins, and waits for room at a disk */
	MM24_IN_SYNC_PAGE_BUFFERS,
	MM24_IN_REFILL_INACTIVE,
	MM24_IN_REFILL_INACTIVE_SCAN,
	MM24_IN_SWAP_OUT,
	MM24_IN_TRY_TO_FREE_PAGES,
	MM24_IN_WAKEUP_KSWAPD,
	MM24_IN_SCHEDULE, /* the CPU is offered to others */
	MM24_WHERES
};

_Static_assert((unsigned)MM24_WHERES <= SIM_WHERES, "each has its number");

extern const char *const mm24_where_names[]; /* ends with NULL */

/* kswapd's time is told apart from now on; on its actor. */
void mm24_where_watch_kswapd(struct mm24 *mm, struct sim_cpu *cpu);

/* Where kswapd's time has passed until that date. */
struct mm24_where_mark {
	uint64_t date;
	uint64_t cycles[MM24_WHERES];
};
struct mm24_where_mark mm24_where_mark(const struct mm24 *mm, uint64_t date);

/* A request has slept for kswapd since the mark, in MM24_IN_WAKEUP_KSWAPD. */
void mm24_where_slept(const struct mm24 *mm, struct sim_cpu *cpu,
		      const struct mm24_where_mark *since);

#endif
