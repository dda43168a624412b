/*
 * What a kernel with a world says in /proc/vmstat and /proc/zoneinfo: the counters that this
 * model keeps, under the kernel's names and in its order, and those of its zeros that are
 * zeros of the kernel's as well (nobody locks memory, mounts NFS or asks for hugetlb pages).
 * Counters of what is not there are left out: docs/model-limits.md, "stay away".
 *
 * Kernel: vmstat_text[], vmstat_start(), zoneinfo_show_print() of mm/vmstat.c.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_sleep.h"

/* kswapd_failures from which a node is given up: MAX_RECLAIM_RETRIES */
#define HOPELESS MM412_MAX_RETRIES

enum source {
	ZERO,
	FREE,
	FREE_CMA,
	NUMA, /* by enum mm412_numa */
	ZONE, /* by enum mm412_zone_item */
	NODE, /* by enum mm412_node_item */
	EVENT,
	BY_ZONE, /* an event counted by zone type */
	PGALLOC,
	PGFREE,
};

struct row {
	const char *name; /* of BY_ZONE its beginning */
	enum source source;
	unsigned index;
};

/* enum zone_stat_item */
static const struct row zone_rows[] = {
	{ "nr_free_pages", FREE, 0 },
	{ "nr_zone_inactive_anon", ZONE, MM412_ZONE_LRU + MM412_INACTIVE_ANON },
	{ "nr_zone_active_anon", ZONE, MM412_ZONE_LRU + MM412_ACTIVE_ANON },
	{ "nr_zone_inactive_file", ZONE, MM412_ZONE_LRU + MM412_INACTIVE_FILE },
	{ "nr_zone_active_file", ZONE, MM412_ZONE_LRU + MM412_ACTIVE_FILE },
	{ "nr_zone_unevictable", ZONE, MM412_ZONE_LRU + MM412_UNEVICTABLE },
	{ "nr_zone_write_pending", ZONE, MM412_ZONE_WRITE_PENDING },
	{ "nr_mlock", ZERO, 0 },
	{ "nr_slab_reclaimable", ZONE, MM412_ZONE_SLAB_RECLAIMABLE },
	{ "nr_bounce", ZERO, 0 },
	{ "numa_hit", NUMA, MM412_NUMA_HIT },
	{ "numa_miss", NUMA, MM412_NUMA_MISS },
	{ "numa_foreign", NUMA, MM412_NUMA_FOREIGN },
	{ "numa_interleave", ZONE, MM412_ZONE_INTERLEAVE_HIT },
	{ "numa_local", NUMA, MM412_NUMA_LOCAL },
	{ "numa_other", NUMA, MM412_NUMA_OTHER },
	{ "nr_free_cma", FREE_CMA, 0 },
};

/* enum node_stat_item */
static const struct row node_rows[] = {
	{ "nr_inactive_anon", NODE, MM412_NODE_LRU + MM412_INACTIVE_ANON },
	{ "nr_active_anon", NODE, MM412_NODE_LRU + MM412_ACTIVE_ANON },
	{ "nr_inactive_file", NODE, MM412_NODE_LRU + MM412_INACTIVE_FILE },
	{ "nr_active_file", NODE, MM412_NODE_LRU + MM412_ACTIVE_FILE },
	{ "nr_unevictable", NODE, MM412_NODE_LRU + MM412_UNEVICTABLE },
	{ "nr_isolated_anon", NODE, MM412_NODE_ISOLATED_ANON },
	{ "nr_isolated_file", NODE, MM412_NODE_ISOLATED_FILE },
	{ "workingset_refault", NODE, MM412_NODE_WORKINGSET_REFAULT },
	{ "workingset_activate", NODE, MM412_NODE_WORKINGSET_ACTIVATE },
	{ "workingset_nodereclaim", NODE, MM412_NODE_WORKINGSET_NODERECLAIM },
	{ "nr_anon_pages", NODE, MM412_NODE_ANON_MAPPED },
	{ "nr_mapped", NODE, MM412_NODE_FILE_MAPPED },
	{ "nr_file_pages", NODE, MM412_NODE_FILE_PAGES },
	{ "nr_dirty", NODE, MM412_NODE_FILE_DIRTY },
	{ "nr_writeback", NODE, MM412_NODE_WRITEBACK },
	{ "nr_writeback_temp", ZERO, 0 },
	{ "nr_shmem", NODE, MM412_NODE_SHMEM },
	{ "nr_shmem_hugepages", ZERO, 0 },
	{ "nr_shmem_pmdmapped", ZERO, 0 },
	{ "nr_anon_transparent_hugepages", NODE, MM412_NODE_ANON_THPS },
	{ "nr_unstable", ZERO, 0 },
	{ "nr_vmscan_write", NODE, MM412_NODE_VMSCAN_WRITE },
	{ "nr_vmscan_immediate_reclaim", NODE, MM412_NODE_VMSCAN_IMMEDIATE },
	{ "nr_dirtied", NODE, MM412_NODE_DIRTIED },
	{ "nr_written", NODE, MM412_NODE_WRITTEN },
};

/* enum vm_event_item; behind it what that kernel does not count. */
static const struct row event_rows[] = {
	{ "pgpgin", EVENT, MM412_PGPGIN },
	{ "pgpgout", EVENT, MM412_PGPGOUT },
	{ "pswpin", EVENT, MM412_PSWPIN },
	{ "pswpout", EVENT, MM412_PSWPOUT },
	{ "pgalloc", PGALLOC, 0 },
	{ "allocstall", BY_ZONE, MM412_ALLOCSTALL },
	{ "pgskip", BY_ZONE, MM412_PGSKIP },
	{ "pgfree", PGFREE, 0 },
	{ "pgactivate", EVENT, MM412_PGACTIVATE },
	{ "pgdeactivate", EVENT, MM412_PGDEACTIVATE },
	{ "pglazyfree", ZERO, 0 },
	{ "pgfault", EVENT, MM412_PGFAULT },
	{ "pgmajfault", EVENT, MM412_PGMAJFAULT },
	{ "pglazyfreed", ZERO, 0 },
	{ "pgrefill", EVENT, MM412_PGREFILL },
	{ "pgsteal_kswapd", EVENT, MM412_PGSTEAL_KSWAPD },
	{ "pgsteal_direct", EVENT, MM412_PGSTEAL_DIRECT },
	{ "pgscan_kswapd", EVENT, MM412_PGSCAN_KSWAPD },
	{ "pgscan_direct", EVENT, MM412_PGSCAN_DIRECT },
	{ "pgscan_direct_throttle", EVENT, MM412_PGSCAN_DIRECT_THROTTLE },
	{ "zone_reclaim_failed", EVENT, MM412_ZONE_RECLAIM_FAILED },
	{ "slabs_scanned", EVENT, MM412_SLABS_SCANNED },
	{ "kswapd_low_wmark_hit_quickly", EVENT, MM412_KSWAPD_LOW_WMARK_HIT_QUICKLY },
	{ "kswapd_high_wmark_hit_quickly", EVENT, MM412_KSWAPD_HIGH_WMARK_HIT_QUICKLY },
	{ "pageoutrun", EVENT, MM412_PAGEOUTRUN },
	{ "pgrotated", EVENT, MM412_PGROTATED },
	{ "drop_pagecache", EVENT, MM412_DROP_PAGECACHE },
	{ "drop_slab", EVENT, MM412_DROP_SLAB },
	{ "pgmigrate_success", EVENT, MM412_PGMIGRATE_SUCCESS },
	{ "pgmigrate_fail", EVENT, MM412_PGMIGRATE_FAIL },
	{ "compact_migrate_scanned", EVENT, MM412_COMPACT_MIGRATE_SCANNED },
	{ "compact_free_scanned", EVENT, MM412_COMPACT_FREE_SCANNED },
	{ "compact_isolated", EVENT, MM412_COMPACT_ISOLATED },
	{ "compact_stall", EVENT, MM412_COMPACT_STALL },
	{ "compact_fail", EVENT, MM412_COMPACT_FAIL },
	{ "compact_success", EVENT, MM412_COMPACT_SUCCESS },
	{ "compact_daemon_wake", EVENT, MM412_KCOMPACTD_WAKE },
	{ "compact_daemon_migrate_scanned", EVENT, MM412_KCOMPACTD_MIGRATE_SCANNED },
	{ "compact_daemon_free_scanned", EVENT, MM412_KCOMPACTD_FREE_SCANNED },
	{ "htlb_buddy_alloc_success", ZERO, 0 },
	{ "htlb_buddy_alloc_fail", ZERO, 0 },
	{ "unevictable_pgs_culled", ZERO, 0 },
	{ "unevictable_pgs_scanned", ZERO, 0 },
	{ "unevictable_pgs_rescued", ZERO, 0 },
	{ "unevictable_pgs_mlocked", ZERO, 0 },
	{ "unevictable_pgs_munlocked", ZERO, 0 },
	{ "unevictable_pgs_cleared", ZERO, 0 },
	{ "unevictable_pgs_stranded", ZERO, 0 },
	{ "thp_fault_alloc", EVENT, MM412_THP_FAULT_ALLOC },
	{ "thp_fault_fallback", EVENT, MM412_THP_FAULT_FALLBACK },
	{ "thp_file_alloc", ZERO, 0 },
	{ "thp_file_mapped", ZERO, 0 },
	{ "thp_split_page", EVENT, MM412_THP_SPLIT_PAGE },
	{ "thp_split_page_failed", EVENT, MM412_THP_SPLIT_PAGE_FAILED },
	{ "thp_deferred_split_page", EVENT, MM412_THP_DEFERRED_SPLIT_PAGE },
	{ "thp_split_pmd", EVENT, MM412_THP_SPLIT_PMD },
	{ "thp_split_pud", ZERO, 0 },
	{ "oom_kill", EVENT, MM412_OOM_KILL },
};

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

static const char *const by_zone_names[][2][MM412_ZONE_TYPES] = {
	{ { "allocstall_dma", "allocstall_dma32", "allocstall_normal", "allocstall_movable" },
	  { "allocstall_dma", "allocstall_normal", "allocstall_high", "allocstall_movable" } },
	{ { "pgskip_dma", "pgskip_dma32", "pgskip_normal", "pgskip_movable" },
	  { "pgskip_dma", "pgskip_normal", "pgskip_high", "pgskip_movable" } },
};

static void put(struct mm_snapshot_counter *out, unsigned *n, const char *name, int64_t value)
{
	out[(*n)++] = (struct mm_snapshot_counter){ name, value > 0 ? (uint64_t)value : 0 };
}

/* ---- /proc/zoneinfo --------------------------------------------------------------------- */

static int64_t of_zone(const struct mm412 *mm, const struct mm412_zone *zone,
		       const struct row *row)
{
	switch (row->source) {
	case FREE:
		return mm412_vmstat_exact(mm, zone);
	case FREE_CMA:
		return mm412_vmstat_exact_cma(mm, zone);
	case NUMA:
		return mm412_vmstat_numa(mm, zone, (enum mm412_numa)row->index);
	case ZONE:
		return mm412_zone_sleep(mm, zone)->stat[row->index];
	default:
		return 0;
	}
}

static bool fill_zone(const struct mm412 *mm, const struct mm412_zone *zone,
		      struct mm_snapshot_zone *out)
{
	out->stats = calloc(ROWS(zone_rows), sizeof(*out->stats));
	if (!out->stats)
		return false;
	for (unsigned i = 0; i < ROWS(zone_rows); i++)
		put(out->stats, &out->nstats, zone_rows[i].name,
		    of_zone(mm, zone, &zone_rows[i]));
	out->node_unreclaimable = mm->sleep->nodes[zone->nid].kswapd_failures >= HOPELESS;
	return true;
}

static int64_t of_node(const struct mm412_node_sleep *node, const struct row *row)
{
	return row->source == NODE ? node->stat[row->index] : 0;
}

static bool fill_node(const struct mm412_node_sleep *node, struct mm_snapshot_zone *out)
{
	out->node_stats = calloc(ROWS(node_rows), sizeof(*out->node_stats));
	if (!out->node_stats)
		return false;
	for (unsigned i = 0; i < ROWS(node_rows); i++)
		put(out->node_stats, &out->nnode_stats, node_rows[i].name,
		    of_node(node, &node_rows[i]));
	return true;
}

static bool fill_zones(const struct mm412 *mm, struct mm_snapshot *s)
{
	for (unsigned i = 0; i < s->nzones; i++) {
		const struct mm412_zone *zone = &mm->zones[i];
		bool first = i == 0 || zone->nid != mm->zones[i - 1].nid;

		if (!fill_zone(mm, zone, &s->zones[i]) ||
		    (first && !fill_node(&mm->sleep->nodes[zone->nid], &s->zones[i])))
			return false;
	}
	return true;
}

/* ---- /proc/vmstat ----------------------------------------------------------------------- */

static void put_zones(const struct mm412 *mm, struct mm_snapshot *s)
{
	for (unsigned i = 0; i < ROWS(zone_rows); i++) {
		int64_t sum = 0;

		for (unsigned z = 0; z < mm->nzones; z++)
			sum += of_zone(mm, &mm->zones[z], &zone_rows[i]);
		put(s->counters, &s->ncounters, zone_rows[i].name, sum);
	}
}

static void put_nodes(const struct mm412 *mm, struct mm_snapshot *s)
{
	uint64_t threshold, background;

	for (unsigned i = 0; i < ROWS(node_rows); i++) {
		int64_t sum = 0;

		for (unsigned n = 0; n < mm->nnodes; n++)
			sum += of_node(&mm->sleep->nodes[n], &node_rows[i]);
		put(s->counters, &s->ncounters, node_rows[i].name, sum);
	}
	mm412_dirty_limits(mm, NULL, &threshold, &background);
	put(s->counters, &s->ncounters, "nr_dirty_threshold", (int64_t)threshold);
	put(s->counters, &s->ncounters, "nr_dirty_background_threshold", (int64_t)background);
}

static void put_by_zone(const struct mm412 *mm, struct mm_snapshot *s, const struct row *row)
{
	bool high = mm->arch->highmem < MM412_ZONE_TYPES;
	unsigned which = row->index == MM412_PGSKIP;

	for (unsigned z = 0; z < MM412_ZONE_TYPES; z++)
		put(s->counters, &s->ncounters, by_zone_names[which][high][z],
		    (int64_t)mm->sleep->event[row->index + z]);
}

static void put_pgalloc(const struct mm412 *mm, struct mm_snapshot *s)
{
	int64_t pages[MM412_ZONE_TYPES] = { 0 };

	for (unsigned i = 0; i < mm->nzones; i++)
		pages[mm->zones[i].idx] += (int64_t)mm->zones[i].events.pgalloc;
	for (unsigned z = 0; z < MM412_ZONE_TYPES; z++)
		put(s->counters, &s->ncounters, mm->arch->pgalloc[z], pages[z]);
}

static int64_t pgfree(const struct mm412 *mm)
{
	int64_t pages = 0;

	for (unsigned i = 0; i < mm->nzones; i++)
		pages += (int64_t)mm->zones[i].events.pgfree;
	return pages;
}

static void put_events(const struct mm412 *mm, struct mm_snapshot *s)
{
	for (unsigned i = 0; i < ROWS(event_rows); i++) {
		const struct row *row = &event_rows[i];
		int64_t value = 0;

		if (row->source == PGALLOC) {
			put_pgalloc(mm, s);
			continue;
		}
		if (row->source == BY_ZONE) {
			put_by_zone(mm, s, row);
			continue;
		}
		if (row->source == EVENT)
			value = (int64_t)mm->sleep->event[row->index];
		else if (row->source == PGFREE)
			value = pgfree(mm);
		put(s->counters, &s->ncounters, row->name, value);
	}
}

/* Each row is a counter, but those by zone type: three of them. */
_Static_assert(ROWS(zone_rows) + ROWS(node_rows) + 2 + ROWS(event_rows) +
			       3 * (MM412_ZONE_TYPES - 1) <=
		       MM412_STAT_COUNTERS,
	       "a snapshot has room for all counters");

bool mm412_stat_counters(const struct mm412 *mm, struct mm_snapshot *snapshot)
{
	put_zones(mm, snapshot);
	put_nodes(mm, snapshot);
	put_events(mm, snapshot);
	return fill_zones(mm, snapshot);
}
