/*
 * Taking pages away: reclaim, kswapd, compaction, the slow path of requests, the OOM killer.
 */
#ifndef MM412_RECLAIM_H
#define MM412_RECLAIM_H

#include "model/v4_12/mm412_sleep_state.h"

/* ---- reclaim: mm412_shrink.c, mm412_isolate_lru.c, mm412_scan.c, mm412_reclaim.c --------- */

/* shrink_page_list() of isolated pages: what stays comes back in *pages. The rest is freed.
 * `force`: no reference check (ttu of reclaim_clean_pages_from_list). Returns pages freed. */
uint64_t mm412_shrink(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *pages,
		      struct mm412_node_sleep *node, struct mm412_scan *sc, bool force,
		      struct mm412_shrunk *seen);
/* isolate_lru_pages(): up to nr entries from the tail into *out, lru_lock held; returns pages
 * taken and adds up entries scanned, skipped ones among them. */
uint64_t mm412_isolate_lru(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			   enum mm412_lru lru, uint64_t nr, const struct mm412_scan *sc,
			   bool unmapped, struct mm412_chain *out, uint64_t *scanned);
/* inactive_list_is_low() */
bool mm412_scan_inactive_is_low(const struct mm412 *mm, const struct mm412_node_sleep *node,
				bool file, const struct mm412_scan *sc, bool actual);
/* shrink_active_list() */
void mm412_scan_active(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		       enum mm412_lru lru, uint64_t nr, struct mm412_scan *sc);
/* shrink_node(): true when it has reclaimed something. */
bool mm412_scan_node(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		     struct mm412_scan *sc);
/* age_active_anon() */
void mm412_scan_age_anon(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			 struct mm412_scan *sc);
/* pgdat_reclaimable_pages(), zone_reclaimable_pages() */
uint64_t mm412_scan_reclaimable(const struct mm412 *mm, const struct mm412_node_sleep *node);
uint64_t mm412_scan_zone_reclaimable(const struct mm412 *mm, const struct mm412_zone *zone);
/* shrink_slab(): pages scanned of the eligible ones say how hard. Returns objects freed; the
 * pages are counted in task->slab_reclaimed, unless task is NULL. mm412_slab.c */
uint64_t mm412_slab_shrink(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			   struct mm412_task *task, uint32_t gfp, uint64_t scanned,
			   uint64_t eligible);
/* try_to_free_pages(): pages reclaimed; throttles first. Sleeps. */
uint64_t mm412_reclaim_direct(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			      const struct mm412_request *rq);
/* allow_direct_reclaim(), which also wakes a kswapd that sleeps. */
bool mm412_reclaim_allowed(struct mm412 *mm, struct sim_cpu *cpu,
			   struct mm412_node_sleep *node);
/* node_reclaim(): NODE_RECLAIM_* as -2 no scan, -1 full, 0 some, 1 success. */
int mm412_reclaim_node(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		       struct mm412_zone *zone, uint32_t gfp, unsigned order);
/* drop_caches: bit 0 page cache, bit 1 slab. */
void mm412_reclaim_drop_caches(struct mm412 *mm, struct sim_cpu *cpu, uint64_t what);
/* congestion_wait(), wait_iff_congested(): jiffies. The latter first gives the disk what the
 * task holds back. */
void mm412_reclaim_congestion_wait(struct mm412 *mm, struct sim_cpu *cpu, bool sync,
				   uint64_t jiffies);
void mm412_reclaim_wait_iff_congested(struct mm412 *mm, struct sim_cpu *cpu,
				      struct mm412_node_sleep *node,
				      const struct mm412_task *task, uint64_t jiffies);

/* ---- daemons: mm412_daemon.c, mm412_kswapd.c -------------------------------------------- */

/* mm_policy.attach: makes mm->sleep, swap, queues and daemons. mm412_daemon_done(): frees. */
bool mm412_daemon_attach(void *state, const struct mm_host *host, char *text, size_t size);
void mm412_daemon_done(struct mm412 *mm);
/*
 * The node that a daemon of a node is for, which it asks first of all, before it settles. (Its
 * CPU does not tell: a node without CPUs has its daemons elsewhere.) Tests that call
 * mm412_kswapd_run() themselves set sleep->starting.
 */
static inline struct mm412_node_sleep *mm412_daemon_begins(const struct mm412 *mm)
{
	return &mm->sleep->nodes[mm->sleep->starting];
}
/* Contents matter from now on: the host tells of those it has not told yet. Call it before
 * the first look at an LRU list; cheap afterwards. */
void mm412_daemon_want(struct mm412 *mm, struct sim_cpu *cpu);
/* wakeup_kswapd(): counts, hands over order and zone type, wakes who sleeps. `rq` for the
 * request's order and highest zone type. */
void mm412_kswapd_wake(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task,
		       const struct mm412_zone *zone, unsigned order, unsigned classzone);
/* pgdat_balanced() */
bool mm412_kswapd_balanced(const struct mm412 *mm, struct sim_cpu *cpu,
			   const struct mm412_node *node, unsigned order, unsigned classzone);
void mm412_kswapd_run(void *state, struct sim_cpu *cpu);

/* ---- compaction: mm412_compact*.c, mm412_migrate.c, mm412_kcompactd.c ---------------------
 */

/* try_to_compact_pages(): on an actor. */
enum mm412_compact_result mm412_compact_try(struct mm412 *mm, struct sim_cpu *cpu,
					    struct mm412_task *task,
					    const struct mm412_request *rq,
					    unsigned alloc_flags, unsigned priority);
/* compaction_suitable() of the zone for such a request. */
enum mm412_compact_result mm412_compact_suitable(const struct mm412 *mm,
						 const struct mm412_zone *zone, int order,
						 unsigned alloc_flags, unsigned classzone);
/* compaction_zonelist_suitable() */
bool mm412_compact_zonelist_suitable(const struct mm412 *mm, const struct mm412_request *rq,
				     unsigned alloc_flags);
/* compaction_deferred(), compaction_defer_reset(), defer_compaction() */
bool mm412_compact_deferred(struct mm412 *mm, const struct mm412_zone *zone, int order);
void mm412_compact_defer(struct mm412 *mm, const struct mm412_zone *zone, int order);
void mm412_compact_defer_reset(struct mm412 *mm, const struct mm412_zone *zone, int order,
			       bool allocated);
/*
 * The same with their tracepoints, on that CPU and of that task (NULL = a daemon). What the
 * kernel calls is these; the others are for those who have no CPU at hand.
 */
enum mm412_compact_result mm412_compact_suitable_by(struct mm412 *mm, struct sim_cpu *cpu,
						    const struct mm412_task *task,
						    const struct mm412_zone *zone, int order,
						    unsigned alloc_flags, unsigned classzone);
bool mm412_compact_deferred_by(struct mm412 *mm, const struct sim_cpu *cpu,
			       const struct mm412_task *task, const struct mm412_zone *zone,
			       int order);
void mm412_compact_defer_by(struct mm412 *mm, const struct sim_cpu *cpu,
			    const struct mm412_task *task, const struct mm412_zone *zone,
			    int order);
void mm412_compact_defer_reset_by(struct mm412 *mm, const struct sim_cpu *cpu,
				  const struct mm412_task *task, const struct mm412_zone *zone,
				  int order, bool allocated);
/* compaction_restarting(): the longest deferral is over. */
bool mm412_compact_defer_is_over(const struct mm412 *mm, const struct mm412_zone *zone,
				 int order);
/* __compaction_suitable() as if so many pages were free. */
enum mm412_compact_result mm412_compact_suitable_with(const struct mm412_zone *zone, int order,
						      unsigned alloc_flags, unsigned classzone,
						      int64_t free);
/* compact_gap(), fragmentation_index() */
uint64_t mm412_compact_gap(unsigned order);
int mm412_compact_index(const struct mm412 *mm, const struct mm412_zone *zone, unsigned order);
/* reset_isolation_suitable() of a node's zones; reset_cached_positions() at boot. */
void mm412_compact_reset(struct mm412 *mm, struct mm412_node_sleep *node);
/* wakeup_kcompactd(); kcompactd() */
void mm412_kcompactd_wake(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			  int order, int classzone);
void mm412_kcompactd_run(void *state, struct sim_cpu *cpu);
/* echo 1 > compact_memory. Sleeps when on an actor; else works without waiting. */
void mm412_compact_all(struct mm412 *mm, struct sim_cpu *cpu);

/* ---- the slow path and OOM: mm412_slowpath.c, mm412_retry.c, mm412_oom.c, mm412_reaper.c --
 */

struct mm_grant mm412_slowpath_wait(void *state, struct sim_cpu *cpu, struct mm_request req,
				    struct mm_grant so_far);
/* should_reclaim_retry(): sleeps where writing has to go on first. */
bool mm412_retry_reclaim(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			 const struct mm412_request *rq, unsigned flags, bool progress,
			 int *no_progress_loops);
/* should_compact_retry() */
bool mm412_retry_compact(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			 const struct mm412_request *rq, unsigned flags,
			 enum mm412_compact_result result, unsigned *priority,
			 unsigned *retries);
/* cpuset and nodemask allow the zone. mm412_mempolicy.c */
bool mm412_mempolicy_allows(const struct mm412_request *rq, const struct mm412_zone *zone,
			    unsigned flags, const struct mm412_limits *limits);
/* The first reference within high_idx and nodes: first_zones_zonelist(). */
const struct mm412_zoneref *mm412_mempolicy_first(const struct mm412_request *rq);
/* oom_badness(); 0 = may not be killed. `nodes` as constrained_alloc() leaves them. */
int64_t mm412_oom_badness(const struct mm412_task *task, uint64_t totalpages);
/* wake_oom_reaper() */
void mm412_reaper_wake(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
/* Whether a task's memory could serve such a request at all. */
bool mm412_oom_helps(const struct mm412 *mm, const struct mm412_request *rq);
/* out_of_memory(): true when it did something that may help. */
bool mm412_oom_kill(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		    const struct mm412_request *rq);
void mm412_oom_exited(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
void mm412_reaper_run(void *state, struct sim_cpu *cpu);
/* policy_node(), policy_nodemask(), interleave, cpuset: where a request of that task begins and
 * what nodes it may use. Only for ruled tasks. `again`: the same request once more, which does
 * not interleave further. True: it interleaves. mm412_mempolicy.c */
bool mm412_mempolicy_apply(struct mm412 *mm, struct mm412_request *rq, struct mm412_task *task,
			   unsigned nid, bool again);

/* The same within what else limits the request; sleeps where a node is reclaimed. */
uint32_t mm412_alloc_within(struct mm412 *mm, struct sim_cpu *cpu,
			    const struct mm412_request *rq, unsigned flags,
			    struct mm412_limits *limits);
/* A request that struct mm412.watch wants: the fast path, and on. */
struct mm_grant mm412_slowpath_watched(struct mm412 *mm, struct sim_cpu *cpu,
				       struct mm_request req);
/* Sets struct mm412.watch by rules and parameters. mm412_mempolicy.c */
void mm412_mempolicy_watch(struct mm412 *mm);
/* Huge pages as their parameters want them: at boot, and after a change. mm412_sysctl.c */
void mm412_sysctl_thp(struct mm412 *mm);
/* The flags that a fault for a huge page would have with these parameters; false: it would ask
 * for none. Other requests stay as they are. */
bool mm412_gfp_thp(const struct mm412 *mm, uint32_t *gfp, unsigned order);
/* Whether it is such a fault's request. */
bool mm412_gfp_is_thp(uint32_t gfp, unsigned order);
/* What is left of a request's own flags in the slow path: some have ATOMIC and may sleep, by
 * mistake. */
uint32_t mm412_gfp_own(uint32_t gfp);

#endif
