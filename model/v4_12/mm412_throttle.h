/*
 * How long a writer pauses that has made too many pages dirty: a rate limit that follows what
 * the disk has written lately, and the number of dirty pages between its limits. Numbers are
 * pages and jiffies; rates are pages a second.
 *
 * Kernel: mm/page-writeback.c from pos_ratio_polynom() to wb_min_pause(). With one disk for all
 * files its share of the limits is all of them.
 */
#ifndef MM412_THROTTLE_H
#define MM412_THROTTLE_H

#include "model/v4_12/mm412_writeback.h"

/* What a writer sees: struct dirty_throttle_control. */
struct mm412_throttle {
	uint64_t now;             /* jiffies */
	uint64_t reclaimable;     /* dirty */
	uint64_t dirty, wb_dirty; /* with those being written, to any disk and to the files' */
	uint64_t thresh, background; /* domain_dirty_limits() */
	uint64_t pos_ratio;          /* 1024 = the middle */
	uint64_t task_rate;          /* task_ratelimit; 0 = no page more */
};

/* dirty_poll_interval(): pages until a writer that runs free looks again; never 0. */
uint64_t mm412_throttle_interval(uint64_t dirty, uint64_t thresh);
/* wb_position_ratio(): sets t->pos_ratio. */
void mm412_throttle_position(const struct mm412_writeback *wb, struct mm412_throttle *t);
/*
 * The pause for `pages` that the task has made dirty, 0 = none this time; sets what t and the
 * task remember of it. `begin`: when it began to wait.
 */
uint64_t mm412_throttle_pause(struct mm412 *mm, struct mm412_task *task,
			      struct mm412_throttle *t, uint64_t pages, uint64_t begin);
/* wb_update_bandwidth(): every fifth of a second what was written since is taken into account.
 */
void mm412_throttle_bandwidth(struct mm412 *mm, const struct sim_cpu *cpu, uint64_t begin);
/* What the kernel's counters may be off by; here a number alone. */
uint64_t mm412_throttle_error(const struct mm412 *mm);
/* writeback_set_ratelimit(): the limit that is followed begins anew. */
void mm412_throttle_limit(struct mm412 *mm);
/* ... and what bandwidths begin with. */
void mm412_throttle_init(struct mm412 *mm);

#endif
