/*
 * What reports read of a kernel's page allocator, whatever the kernel. Filled by
 * mm_policy.snapshot() into memory the snapshot owns; freed with mm_snapshot_free().
 */
#ifndef MM_SNAPSHOT_H
#define MM_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_machine.h"
#include "sim/port.h"

#define MM_SNAPSHOT_TYPES 6 /* Unmovable Movable Reclaimable HighAtomic CMA Isolate */

struct mm_snapshot_counter {
	const char *name; /* the kernel's vmstat name, e.g. "pgalloc_normal" */
	uint64_t value;
};

struct mm_snapshot_zone {
	uint16_t nid;
	char name[12];
	uint64_t start, end, present, managed;
	uint64_t min, low, high;
	uint64_t reserve[4];   /* lowmem_reserve ("protection") */
	int64_t nr_free_pages; /* the counter, exact (per-cpu parts added) */
	/* 2.4: pages on the LRU lists; inactive_clean ones the zone could reuse at once. */
	uint64_t active, inactive_dirty, inactive_clean;
	uint64_t free[MM_SNAPSHOT_TYPES][MM_MAX_ORDERS]; /* blocks on the free lists */
	uint64_t pageblocks[MM_SNAPSHOT_TYPES];
	uint64_t nr_reserved_highatomic;
	int64_t nr_free_cma;           /* in nr_free_pages; 0 without CMA */
	uint64_t nr_isolate_pageblock; /* their free pages are in no counter */
	uint32_t pcp_batch, pcp_high;
	int32_t stat_threshold; /* by how much a CPU's part of the counters may be off; 4.12 */
	uint32_t *pcp_count;    /* one a CPU */
	uint64_t lock_taken, lock_waits[SIM_CAUSES], lock_wait_cycles[SIM_CAUSES];
	uint64_t lock_holds[SIM_CAUSES], lock_held_cycles[SIM_CAUSES];
	/*
	 * 4.12 with a world: what /proc/zoneinfo lists of the zone behind "protection", and of
	 * its node at the node's first zone ("per-node stats"). NULL and 0 otherwise.
	 */
	struct mm_snapshot_counter *stats, *node_stats;
	unsigned nstats, nnode_stats;
	bool node_unreclaimable;
};

/* How much changed hands when a request took another migratetype's block. */
enum mm_fallback {
	MM_FALLBACK_PAGE,  /* only the block found */
	MM_FALLBACK_STEAL, /* all free pages of its pageblock; the block keeps its type */
	MM_FALLBACK_CLAIM, /* the pageblock or pageblocks changed type */
	MM_FALLBACKS
};

struct mm_snapshot_fallback {
	uint8_t wanted, from; /* types: of the request, of the list that it took from */
	uint8_t order;        /* of the request */
	enum mm_fallback kind;
	uint64_t count;
};

/* What a series over time samples of a zone. */
struct mm_sample {
	uint64_t blocks[MM_MAX_ORDERS]; /* free ones, of all types */
	uint64_t pcp_pages;
	uint64_t pageblocks[MM_SNAPSHOT_TYPES]; /* none in 2.4 */
};

/* A lock of all zones or of a node. */
struct mm_snapshot_lock {
	const char *name; /* the kernel's: "lru_lock" */
	int nid;          /* -1 = there is only one of it, or all of a kind are added up */
	uint64_t taken, waits[SIM_CAUSES], wait_cycles[SIM_CAUSES];
};

struct mm_snapshot {
	unsigned nzones, ntypes, norders, ncounters, ncpus;
	const char *const *type_names; /* ntypes names as in /proc/pagetypeinfo */
	struct mm_snapshot_zone *zones;
	struct mm_snapshot_counter *counters;
	struct mm_snapshot_lock *locks; /* others than those of zones; NULL without any */
	unsigned nlocks;
	struct mm_snapshot_fallback *fallbacks; /* those that happened; NULL without any */
	unsigned nfallbacks;
};

/*
 * An empty one of so many zones, which have neither frames nor names yet and an empty list for
 * each CPU, with room for so many counters; all blocks are of one type, "All". NULL when memory
 * is short.
 */
struct mm_snapshot *mm_snapshot_new(unsigned norders, unsigned nzones, unsigned ncpus,
				    unsigned counters);
/* Where a zone is, and its name. */
void mm_snapshot_zone_span(struct mm_snapshot_zone *zone, const struct mm_zone_span *span);
/* Appends a counter. `name` lives as long as the program. */
void mm_snapshot_count(struct mm_snapshot *s, const char *name, uint64_t value);
/* The figures of a zone's lock. */
void mm_snapshot_zone_lock(struct mm_snapshot_zone *zone, const struct sim_lock *lock);
/* One more free block of type 0, and its pages, in the zone that holds it; to be called from
 * each_free(). */
void mm_snapshot_free_block(void *snapshot, uint64_t frame, unsigned order);
/* What a series samples of a zone. */
void mm_snapshot_sample(const struct mm_snapshot *s, unsigned zone, struct mm_sample *sample);
/* Appends a lock's figures to s->locks, which has room for it. */
void mm_snapshot_lock(struct mm_snapshot *s, const char *name, int nid,
		      const struct sim_lock *lock);
void mm_snapshot_free(struct mm_snapshot *s);
/* The counter of that name; 0 when this kernel has none. */
uint64_t mm_snapshot_value(const struct mm_snapshot *s, const char *name);

#endif
