/*
 * Compaction of one zone: what its files share. A migrate scanner walks up from the zone's
 * start and takes movable pages off their lists; a free scanner walks down from its end and
 * takes free blocks; pages move from the one to the other until the two meet, or until a block
 * of the wanted order is free.
 *
 * Kernel: mm/compaction.c, struct compact_control in mm/internal.h; mm/migrate.c.
 *
 * Whoever compacts is on an actor and may sleep; from a dispatcher it works without waiting.
 * Positions are slots, pageblocks are by slot >> MM412_BLOCK_ORDER. The pages in the two
 * chains are in nobody else's reach: those to be moved are off their LRU list and pinned, the
 * free ones are single pages in use without a content.
 */
#ifndef MM412_COMPACT_H
#define MM412_COMPACT_H

#include "model/v4_12/mm412_sleep.h"

/* compact_control; the caller sets the lower half, mm412_compact_zone() what it works with. */
struct mm412_compact {
	struct mm412_chain free;    /* single pages to move to: freepages */
	struct mm412_chain migrate; /* isolated pages: migratepages */
	uint64_t nr_free, nr_migrate;
	uint64_t migrate_scanned, free_scanned; /* slots looked at */
	uint32_t migrate_at, free_at;           /* where the scanners stand: migrate_pfn, ... */
	uint32_t last_migrated; /* its old place may not have merged yet; 0 = none */
	unsigned type;          /* of pageblocks that the request takes from */
	bool contended;         /* somebody is in the way: give up */
	bool finishing_block;

	struct mm412_zone *zone;
	struct mm412_task *task; /* who compacts; NULL = a daemon or nobody in particular */
	uint32_t gfp;
	int order; /* -1 = all there is, for compact_memory */
	unsigned alloc_flags, classzone;
	enum mm412_compact_mode mode;
	bool ignore_skip_hint, ignore_block_suitable, direct, whole_zone;
};

/* The alignment of blocks of that order: block_start_pfn(), block_end_pfn(). */
static inline uint32_t mm412_compact_start(uint32_t slot, unsigned order)
{
	return slot & ~((1u << order) - 1);
}

static inline uint32_t mm412_compact_end(uint32_t slot, unsigned order)
{
	return (slot | ((1u << order) - 1)) + 1;
}

/* The zone's first slot, and the one behind its last. */
static inline uint32_t mm412_compact_zone_start(const struct mm412 *mm,
						const struct mm412_zone *zone)
{
	return mm412_slot(mm, zone->start);
}

static inline uint32_t mm412_compact_zone_end(const struct mm412 *mm,
					      const struct mm412_zone *zone)
{
	return mm412_slot(mm, zone->end);
}

/* PageBuddy(): a free block begins there; blocks untouched since boot count as they will be. */
static inline bool mm412_compact_is_free(const struct mm412 *mm, const struct mm412_zone *zone,
					 uint32_t slot, unsigned *order)
{
	uint16_t tag = mm->s[slot].tag;

	*order = tag ? mm412_tag_order(tag) : MM412_ORDERS - 1;
	if (tag)
		return mm412_tag_state(tag) == MM412_FREE;
	return slot % MM412_MAX_BLOCK == 0 && mm412_fresh_has(zone, slot);
}

/* ---- skip bits and cached positions: mm412_compact_skip.c -------------------------------- */

/* isolation_suitable(), update_pageblock_skip() */
bool mm412_compact_skip_not(const struct mm412 *mm, const struct mm412_compact *cc,
			    uint32_t slot);
void mm412_compact_skip_update(struct mm412 *mm, const struct mm412_compact *cc, uint32_t slot,
			       uint64_t isolated, bool migrate);
/* reset_cached_positions(), __reset_isolation_suitable() */
void mm412_compact_skip_positions(struct mm412 *mm, const struct mm412_zone *zone);
void mm412_compact_skip_reset(struct mm412 *mm, const struct mm412_zone *zone);

/* ---- who waits for whom: mm412_compact_lock.c -------------------------------------------- */

/* Others see time pass, and disks tell what they have done. No lock may be held. */
void mm412_compact_lock_pause(struct mm412 *mm, struct sim_cpu *cpu);
/* compact_trylock_irqsave(): who may not wait gives up, and contended says so. */
bool mm412_compact_lock_try(const struct mm412 *mm, struct sim_cpu *cpu,
			    struct mm412_compact *cc, struct sim_lock *lock,
			    enum sim_cause cause);
/* compact_unlock_should_abort(): leaves the lock, if it is held; true = give up. */
bool mm412_compact_lock_leave(struct sim_cpu *cpu, struct mm412_compact *cc,
			      struct sim_lock *lock, bool *locked);

/* ---- the scanners: mm412_compact_free.c, mm412_compact_pages.c ----------------------------
 */

/* pageblock_pfn_to_page(): both ends of [start, end) have struct pages of the zone. */
bool mm412_compact_pages_in_zone(const struct mm412 *mm, const struct mm412_zone *zone,
				 uint32_t start, uint32_t end);
enum mm412_compact_isolated {
	MM412_COMPACT_ABORT, /* give up */
	MM412_COMPACT_NONE,  /* nothing found so far */
	MM412_COMPACT_SOME   /* there are pages to move */
};
/* isolate_migratepages() */
enum mm412_compact_isolated mm412_compact_pages(struct mm412 *mm, struct sim_cpu *cpu,
						struct mm412_compact *cc);
/* putback_movable_pages(): all pages to be moved go back to where they were. */
void mm412_compact_pages_putback(struct mm412 *mm, struct sim_cpu *cpu,
				 struct mm412_compact *cc);

/* compaction_alloc(), compaction_free(): a page to move to, MM412_NONE when there is none. */
uint32_t mm412_compact_free_get(struct mm412 *mm, struct sim_cpu *cpu,
				struct mm412_compact *cc);
void mm412_compact_free_put(struct mm412 *mm, struct mm412_compact *cc, uint32_t slot);
/* release_freepages(): all are freed; the highest of their slots, 0 = there was none. */
uint32_t mm412_compact_free_release(struct mm412 *mm, struct sim_cpu *cpu,
				    struct mm412_compact *cc);

/* ---- moving: mm412_migrate.c ------------------------------------------------------------- */

#define MM412_MIGRATE_NO_MEMORY (-1)

/*
 * migrate_pages() of cc->migrate to pages of cc's free scanner. Returns how many pages could
 * not be moved, of which those that could be tried again are still in the chain; or
 * MM412_MIGRATE_NO_MEMORY when the free scanner had no more pages.
 */
int mm412_migrate(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc);

/* ---- the zone: mm412_compact_zone.c ------------------------------------------------------ */

/* compact_zone(): cc's zone, by cc's rules; cc's chains are empty before and afterwards. */
enum mm412_compact_result mm412_compact_zone(struct mm412 *mm, struct sim_cpu *cpu,
					     struct mm412_compact *cc);
/* compact_finished() */
enum mm412_compact_result mm412_compact_zone_finished(struct mm412 *mm, struct sim_cpu *cpu,
						      struct mm412_compact *cc);

#endif
