/*
 * Doors below the policy, for golden files and tests only: single steps of the 2.4.0 kernel,
 * and state that reports do not show. Frames are absolute; tasks are numbered by the caller.
 *
 * In a kernel opened with mm24_probe_by_hand() time stands still until mm24_probe_tick(), and
 * daemons run when mm24_probe_pass() says so: whoever replays a golden file is the scheduler.
 * Requests that yield or sleep call the port of their CPU, as everywhere; the only queue then
 * slept on or woken is kswapd_done, and it is NULL.
 */
#ifndef MM24_PROBE_H
#define MM24_PROBE_H

#include "model/mm_policy.h"

struct mm24_probe_setup {
	uint32_t swap_pages; /* slot 0 is unusable, so one less is free */
	bool io_sync;        /* a write is over where it begins */
};

/* Instead of attach(). Daemons are at their first sleep, all counters 0. */
bool mm24_probe_by_hand(void *mm, const struct mm24_probe_setup *setup);
void mm24_probe_tick(void *mm, uint64_t jiffies);

/* Requests */
uint64_t mm24_probe_alloc(void *mm, struct sim_cpu *cpu, uint32_t task, int nid, uint32_t gfp,
			  unsigned order, bool memalloc);
/* __free_pages(). mm24_probe_may_put() first. */
void mm24_probe_put(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned order);
void mm24_probe_hold(void *mm, uint64_t frame); /* get_page() */
/*
 * What can be done without breaking the kernel, of which each is false for a frame in no
 * zone: a page that somebody has; a page that only its owner has, in no cache, page table or
 * list; a page that is in a page cache of files; a reference that may be dropped.
 */
bool mm24_probe_frame(const void *mm, uint64_t frame);
bool mm24_probe_in_use(const void *mm, uint64_t frame);
bool mm24_probe_private(const void *mm, uint64_t frame);
bool mm24_probe_cached(const void *mm, uint64_t frame);
bool mm24_probe_may_put(const void *mm, uint64_t frame, unsigned order);

/* Pages: `how` 0, 1 = without writepage(), 2 = one that refuses. */
void mm24_probe_cache(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned how);
void mm24_probe_uncache(void *mm, struct sim_cpu *cpu, uint64_t frame);
void mm24_probe_find(void *mm, struct sim_cpu *cpu, uint64_t frame);
enum mm24_probe_flag { MM24_PROBE_REFERENCED, MM24_PROBE_DIRTY, MM24_PROBE_LOCKED };
void mm24_probe_set(void *mm, uint64_t frame, enum mm24_probe_flag flag, bool on);
void mm24_probe_age(void *mm, struct sim_cpu *cpu, uint64_t frame, bool up);
void mm24_probe_activate(void *mm, struct sim_cpu *cpu, uint64_t frame, bool on);
enum mm24_probe_buffer {
	MM24_PROBE_BUFFER_DIRTY,
	MM24_PROBE_BUFFER_CLEAN,
	MM24_PROBE_BUFFER_RAM
};
void mm24_probe_buffer(void *mm, uint64_t frame, enum mm24_probe_buffer what);
void mm24_probe_buffer_page(void *mm, struct sim_cpu *cpu, uint64_t frame, bool dirty);

/* Reclaim */
unsigned mm24_probe_scan(void *mm, struct sim_cpu *cpu, unsigned priority, bool oneshot);
unsigned mm24_probe_launder(void *mm, struct sim_cpu *cpu, uint32_t gfp, bool sync);
/* reclaim_page(): MM_NO_FRAME = nothing. `zone`: mm24_probe_zone.id. */
uint64_t mm24_probe_reclaim(void *mm, struct sim_cpu *cpu, unsigned zone);
void mm24_probe_stats(void *mm); /* recalculate_vm_stats() */

/* Daemons */
enum mm24_probe_daemon {
	MM24_PROBE_KSWAPD,
	MM24_PROBE_KRECLAIMD,
	MM24_PROBE_BDFLUSH,
	MM24_PROBE_DAEMONS
};
bool mm24_probe_runnable(const void *mm, enum mm24_probe_daemon which);
/* One turn of its loop; true = it sleeps now. */
bool mm24_probe_pass(void *mm, struct sim_cpu *cpu, enum mm24_probe_daemon which);
struct mm24_probe_counts {
	uint64_t wake_calls[3], wakes[3];
	uint64_t ooms, reaps, writes, inflight, would_hang;
};
struct mm24_probe_counts mm24_probe_state_counts(const void *mm);
uint32_t mm24_probe_complete(void *mm, struct sim_cpu *cpu, uint32_t n);

/* Address spaces */
bool mm24_probe_space_new(void *mm, uint32_t id,
			  uint32_t pages); /* false: exists, or no memory */
/* The entry exists and is empty, the page is one that can be mapped. */
bool mm24_probe_space_may_map(const void *mm, uint32_t id, uint32_t vpn, uint64_t frame);
void mm24_probe_space_map(void *mm, uint32_t id, uint32_t vpn, uint64_t frame, bool dirty,
			  bool young);
struct mm24_probe_pte {
	bool present, swapped;
	uint64_t where; /* frame or swap slot */
};
/* False: there is no such space or page. touch sets young, and dirty for a write. */
bool mm24_probe_space_pte(const void *mm, uint32_t id, uint32_t vpn,
			  struct mm24_probe_pte *out);
void mm24_probe_space_touch(void *mm, uint32_t id, uint32_t vpn, bool write);
void mm24_probe_space_unmap(void *mm, struct sim_cpu *cpu, uint32_t id, uint32_t vpn);
enum mm24_probe_swapin {
	MM24_PROBE_IN,
	MM24_PROBE_NOTHING,
	MM24_PROBE_IS_LOCKED,
	MM24_PROBE_NO_PAGE
};
enum mm24_probe_swapin mm24_probe_space_swap_in(void *mm, struct sim_cpu *cpu, uint32_t id,
						uint32_t vpn, bool write, uint64_t *frame);
struct mm24_probe_space {
	uint64_t rss, swap_cnt, swap_address;
};
bool mm24_probe_space_state(const void *mm, uint32_t id, struct mm24_probe_space *out);

/* OOM: tasks are those of the CPUs, numbered as these. */
struct mm24_probe_task {
	uint64_t total_vm, utime, stime, start;
	int nice;
	uint32_t uid, euid, caps;
};
void mm24_probe_task(void *mm, uint32_t task, const struct mm24_probe_task *as);
int mm24_probe_badness(void *mm, uint32_t task);
bool mm24_probe_oom(const void *mm);

/* State */
struct mm24_probe_zone {
	unsigned id;
	uint64_t free, inactive_clean, inactive_dirty, min, low, high, managed;
};
bool mm24_probe_state_zone(const void *mm, unsigned nid, const char *name,
			   struct mm24_probe_zone *out);
/* Free blocks of that order; `zone` is an id. */
uint64_t mm24_probe_state_blocks(const void *mm, unsigned zone, unsigned order);
struct mm24_probe_lru {
	uint64_t active, inactive_dirty, inactive_clean, free, memory_pressure, inactive_target,
		free_shortage, inactive_shortage;
};
struct mm24_probe_lru mm24_probe_state_lru(const void *mm);
struct mm24_probe_page {
	const char *list; /* "active", "inactive_dirty", "inactive_clean", "none" */
	unsigned age;
	bool referenced, dirty, locked;
	int32_t count;
};
struct mm24_probe_page mm24_probe_state_page(const void *mm, uint64_t frame);
uint64_t mm24_probe_state_free_swap(const void *mm);
/* FNV-1a over the free lists (F) and over the LRU lists (X). */
uint64_t mm24_probe_state_digest_free(const void *mm);
uint64_t mm24_probe_state_digest_lru(const void *mm);
struct mm24_probe_boot {
	uint64_t free_min, free_low, free_high, num_physpages, max_mapnr, page_cluster;
};
struct mm24_probe_boot mm24_probe_state_boot(const void *mm);
/* The n-th node of pgdat_list; the n-th zone of a list (gfp index); false behind the end. */
bool mm24_probe_state_pgdat(const void *mm, unsigned n, unsigned *nid);
bool mm24_probe_state_zonelist(const void *mm, unsigned nid, unsigned gfp, unsigned n,
			       unsigned *zone_nid, const char **zone_name);

#endif
