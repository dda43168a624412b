/*
 * What reports read: marks, free blocks, counters. Counters begin at 0 after boot. 2.4 itself
 * counts little: names that later kernels have mean the same here, the others are our own
 * (docs/result-format.md lists them).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v2_4/mm24.h"

static const char *const pgalloc_names[MM24_ZONES] = { "pgalloc_dma", "pgalloc_normal",
						       "pgalloc_highmem" };
static const char *const pgsteal_names[MM24_ZONES] = { "pgsteal_dma", "pgsteal_normal",
						       "pgsteal_highmem" };

static const char *const daemon_names[MM24_DAEMONS][3] = {
	[MM24_KSWAPD] = { "kswapd_runs", "kswapd_wakes", "kswapd_wake_calls" },
	[MM24_KRECLAIMD] = { "kreclaimd_runs", "kreclaimd_wakes", "kreclaimd_wake_calls" },
	[MM24_BDFLUSH] = { "bdflush_runs", "bdflush_wakes", "bdflush_wake_calls" },
	[MM24_KUPDATE] = { "kupdate_runs", "kupdate_wakes", "kupdate_wake_calls" },
};

static void fill_zone(const struct mm24 *mm, const struct mm24_zone *zone,
		      struct mm_snapshot_zone *out)
{
	out->nid = zone->nid;
	snprintf(out->name, sizeof(out->name), "%s", mm24_zone_names[zone->idx]);
	out->start = mm24_frame(mm, zone->start);
	out->end = out->start + zone->size;
	out->present = zone->present;
	out->managed = zone->managed;
	out->min = zone->pages_min;
	out->low = zone->pages_low;
	out->high = zone->pages_high;
	out->nr_free_pages = (int64_t)zone->free_pages;
	out->inactive_clean = zone->inactive_clean_pages;
	out->inactive_dirty = zone->inactive_dirty_pages;
	mm_snapshot_zone_lock(out, &zone->lock);
	for (unsigned o = 0; o < MM24_ORDERS; o++)
		out->free[0][o] = mm->s[zone->area[o].head].stamp;
}

/* The kernel keeps no count of a zone's active pages. */
static void count_active(const struct mm24 *mm, struct mm_snapshot *s)
{
	uint32_t at = mm->s[mm->active_head].next;

	for (; at != mm->active_head; at = mm->s[at].next)
		s->zones[mm24_zone_of(mm, at)->id].active++;
}

/* Task memory that is on no list: 2.4.0 lists anonymous pages once they have a swap slot. */
static uint64_t count_unlisted(const struct mm24 *mm)
{
	uint64_t pages = 0;

	for (const struct mm24_space *space = mm->mmlist; space; space = space->next)
		for (uint32_t i = 0; i < space->pages; i++)
			pages += space->pte[i].flags & MM24_PTE_PRESENT &&
				 !(mm->s[space->pte[i].value].tag & MM24_LRU);
	return pages;
}

static void put_memory(struct mm_snapshot *s, const struct mm24 *mm)
{
	uint64_t pgalloc[MM24_ZONES] = { 0 }, pgsteal[MM24_ZONES] = { 0 }, pgfree = 0;

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm24_zone *zone = &mm->zones[i];

		pgalloc[zone->idx] += zone->pgalloc;
		pgsteal[zone->idx] += zone->pgsteal;
		pgfree += zone->pgfree;
	}
	mm_snapshot_count(s, "nr_free_pages", mm->nr_free);
	for (unsigned z = 0; z < MM24_ZONES; z++)
		mm_snapshot_count(s, pgalloc_names[z], pgalloc[z]);
	mm_snapshot_count(s, "pgfree", pgfree);
	for (unsigned z = 0; z < MM24_ZONES; z++)
		mm_snapshot_count(s, pgsteal_names[z], pgsteal[z]);
	mm_snapshot_count(s, "nr_active_pages", mm->nr_active);
	mm_snapshot_count(s, "nr_inactive_dirty_pages", mm->nr_inactive_dirty);
	mm_snapshot_count(s, "nr_inactive_clean_pages", mm->nr_clean);
	mm_snapshot_count(s, "nr_anon_unlisted_pages", count_unlisted(mm));
	mm_snapshot_count(s, "buffermem_pages", mm->buffermem_pages);
	mm_snapshot_count(s, "freepages_min", mm->free_min);
	mm_snapshot_count(s, "freepages_low", mm->free_low);
	mm_snapshot_count(s, "freepages_high", mm->free_high);
	mm_snapshot_count(s, "memory_pressure", mm->memory_pressure);
	mm_snapshot_count(s, "inactive_target", mm24_lru_inactive_target(mm));
}

static void put_daemons(struct mm_snapshot *s, const struct mm24 *mm)
{
	for (unsigned d = 0; d < MM24_DAEMONS; d++) {
		mm_snapshot_count(s, daemon_names[d][0], mm->daemon[d].runs);
		mm_snapshot_count(s, daemon_names[d][1], mm->daemon[d].wakes);
		mm_snapshot_count(s, daemon_names[d][2], mm->daemon[d].wake_calls);
	}
}

static void put_reclaim(struct mm_snapshot *s, const struct mm24 *mm)
{
	const struct mm24_stats *n = &mm->stats;

	mm_snapshot_count(s, "reclaim_scanned", n->reclaim_scanned);
	mm_snapshot_count(s, "reclaimed", n->reclaimed);
	mm_snapshot_count(s, "refill_scanned", n->refill_scanned);
	mm_snapshot_count(s, "refill_deactivated", n->refill_deactivated);
	mm_snapshot_count(s, "launder_calls", n->launder_calls);
	mm_snapshot_count(s, "launder_scanned", n->launder_scanned);
	mm_snapshot_count(s, "launder_cleaned", n->launder_cleaned);
	mm_snapshot_count(s, "launder_writes", n->launder_writes);
	mm_snapshot_count(s, "swap_out_calls", n->swap_out_calls);
	mm_snapshot_count(s, "ptes_scanned", n->ptes_scanned);
	mm_snapshot_count(s, "unmapped", n->unmapped);
	mm_snapshot_count(s, "tlb_flush_ipis", n->flush_ipis);
	mm_snapshot_count(s, "refaults_swap", n->refaults_swap);
	mm_snapshot_count(s, "refaults_file", n->refaults_file);
	mm_snapshot_count(s, "direct_reclaims", n->direct_reclaims);
	mm_snapshot_count(s, "balance_blocks", n->balance_blocks);
	mm_snapshot_count(s, "slab_reaps", n->reaps);
}

static void put_requests(struct mm_snapshot *s, const struct mm24 *mm)
{
	const struct mm24_stats *n = &mm->stats;

	mm_snapshot_count(s, "swap_pages", mm->swap.pages);
	mm_snapshot_count(s, "swap_free", mm->swap.free);
	mm_snapshot_count(s, "pswpin", mm->swap.reads);
	mm_snapshot_count(s, "pswpout", mm->swap.writes);
	mm_snapshot_count(s, "alloc_yields", n->yields);
	mm_snapshot_count(s, "alloc_blocks", n->blocks);
	mm_snapshot_count(s, "alloc_fail", n->failures);
	mm_snapshot_count(s, "alloc_fail_order", n->refused_orders);
	mm_snapshot_count(s, "would_hang", n->would_hang);
	mm_snapshot_count(s, "would_hang_faults", n->would_hang_faults);
	mm_snapshot_count(s, "waits_beside_free", n->waits_beside_free);
	mm_snapshot_count(s, "oom_tests", n->ooms);
	mm_snapshot_count(s, "oom_kills", n->oom_kills);
}

static void add_lock(struct sim_lock *sum, const struct sim_lock *lock)
{
	sum->taken += lock->taken;
	for (unsigned i = 0; i < SIM_CAUSES; i++) {
		sum->waits[i] += lock->waits[i];
		sum->wait_cycles[i] += lock->wait_cycles[i];
	}
}

void mm24_snapshot_forget_lock(struct mm24 *mm, const struct sim_lock *lock)
{
	add_lock(&mm->old_locks, lock);
}

static bool put_locks(struct mm_snapshot *s, const struct mm24 *mm)
{
	struct sim_lock tables = mm->old_locks;

	s->locks = calloc(3, sizeof(*s->locks));
	if (!s->locks)
		return false;
	for (const struct mm24_space *space = mm->mmlist; space; space = space->next)
		add_lock(&tables, &space->lock);
	mm_snapshot_lock(s, "pagemap_lru_lock", -1, &mm->lru_lock);
	mm_snapshot_lock(s, "pagecache_lock", -1, &mm->cache_lock);
	mm_snapshot_lock(s, "page_table_lock", -1, &tables);
	return true;
}

/* All counters, with room to spare. */
#define MAX_COUNTERS 64

struct mm_snapshot *mm24_snapshot_take(const void *state)
{
	const struct mm24 *mm = state;
	struct mm_snapshot *s =
		mm_snapshot_new(MM24_ORDERS, mm->nzones, mm->ncpus, MAX_COUNTERS);

	if (!s)
		return NULL;
	for (unsigned i = 0; i < mm->nzones; i++)
		fill_zone(mm, &mm->zones[i], &s->zones[i]);
	count_active(mm, s);
	put_memory(s, mm);
	put_daemons(s, mm);
	put_reclaim(s, mm);
	put_requests(s, mm);
	if (put_locks(s, mm))
		return s;
	mm_snapshot_free(s);
	return NULL;
}

void mm24_snapshot_sample(const void *state, unsigned number, struct mm_sample *sample)
{
	const struct mm24 *mm = state;
	const struct mm24_zone *zone = &mm->zones[number];

	*sample = (struct mm_sample){ 0 };
	for (unsigned o = 0; o < MM24_ORDERS; o++)
		sample->blocks[o] = mm->s[zone->area[o].head].stamp;
}

/* Of 2.4.0, whose daemons are the machine's. */
const char *const mm24_snapshot_activity_names[] = {
	"kswapd_wakes", "kswapd_runs",   "kreclaimd_runs", "bdflush_runs", "scanned_pages",
	"stolen_pages", "swap_in_pages", "swap_out_pages", "oom_kills",    NULL
};

void mm24_snapshot_activity(const void *state, uint32_t node, uint64_t date, uint64_t *values)
{
	const struct mm24 *mm = state;

	(void)date;
	if (node != MM_ORDERS_MACHINE)
		return;
	*values++ = mm->daemon[MM24_KSWAPD].wakes;
	*values++ = mm->daemon[MM24_KSWAPD].runs;
	*values++ = mm->daemon[MM24_KRECLAIMD].runs;
	*values++ = mm->daemon[MM24_BDFLUSH].runs;
	*values++ = mm->stats.reclaim_scanned + mm->stats.refill_scanned +
		    mm->stats.launder_scanned;
	*values++ = mm->stats.reclaimed;
	*values++ = mm->swap.reads;
	*values++ = mm->swap.writes;
	*values = mm->stats.oom_kills;
}

void mm24_snapshot_each_free(const void *state, bool with_pcp,
			     void (*visit)(void *ctx, uint64_t frame, unsigned order),
			     void *ctx)
{
	const struct mm24 *mm = state;

	(void)with_pcp;
	for (unsigned i = 0; i < mm->nzones; i++)
		for (unsigned o = 0; o < MM24_ORDERS; o++) {
			const struct mm24_zone *zone = &mm->zones[i];
			uint32_t at = mm24_buddy_next(mm, zone, o, MM24_NONE);

			for (; at != MM24_NONE; at = mm24_buddy_next(mm, zone, o, at))
				visit(ctx, mm24_frame(mm, at), o);
		}
}
