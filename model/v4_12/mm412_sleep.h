/*
 * What the files share that make 4.12.0 sleep: pages with contents, LRU lists, reclaim, swap,
 * writeback, compaction, the OOM killer. The allocator's core (mm412.h) knows none of it; of
 * these files only those named in mm412.h are called by it.
 *
 * All this state hangs off mm->sleep, which is NULL in a kernel without a world (golden files,
 * guided replays): such a kernel never gets here.
 *
 * Rules of the house:
 * - Whoever sleeps, yields or waits for a disk is on an actor (cpu->on_actor) and holds no
 *   lock; afterwards it looks again at whatever may have changed.
 * - Between two calls that can sleep, code is one step: nobody else runs.
 * - Actors own no heap memory. Counts of pages are in base pages, as the kernel's are.
 * - Counters of nodes and of LRU lists are exact: without per-cpu parts, unlike the kernel's
 *   (docs/model-limits.md).
 */
#ifndef MM412_SLEEP_H
#define MM412_SLEEP_H

#include "model/v4_12/mm412_contents.h"
#include "model/v4_12/mm412_lists.h"
#include "model/v4_12/mm412_reclaim.h"
#include "model/v4_12/mm412_sleep_state.h"

/* ---- reports and checks: mm412_stat.c, mm412_check_lru.c --------------------------------- */

/*
 * All counters of /proc/vmstat that this model keeps, in the kernel's order, those of the core
 * among them, appended: the array has room for MM412_STAT_COUNTERS more. Then the zones' and
 * nodes' of /proc/zoneinfo. False when memory is short.
 */
#define MM412_STAT_COUNTERS 128
bool mm412_stat_counters(const struct mm412 *mm, struct mm_snapshot *snapshot);
/* A daemon goes to sleep, or begins to work: mm412_activity.c */
void mm412_activity_sleeps(struct mm412_work_done *w, const struct sim_cpu *cpu);
void mm412_activity_wakes(struct mm412_work_done *w, const struct sim_cpu *cpu);
/* Between any two steps: false and a sentence when something does not add up. Walks all frames
 * and contents once. */
bool mm412_check_sleep(const struct mm412 *mm, char *text, size_t size);
/* ... and when nobody is inside an operation, and no daemon is but asleep: nothing is isolated,
 * locked or pinned but by pagevecs. */
bool mm412_check_sleep_rest(const struct mm412 *mm, char *text, size_t size);

#endif
