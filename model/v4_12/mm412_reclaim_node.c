/*
 * A node's own reclaim before a request goes to another node (zone_reclaim_mode).
 *
 * Kernel: node_reclaim(), __node_reclaim(), node_pagecache_reclaimable(),
 * node_unmapped_file_pages() of mm/vmscan.c; setup_min_unmapped_ratio(), setup_min_slab_ratio()
 * of mm/page_alloc.c.
 */
#include "model/v4_12/mm412_scan.h"

enum { RECLAIM_WRITE = 2, RECLAIM_UNMAP = 4 }; /* zone_reclaim_mode */
enum { NOSCAN = -2, FULL = -1 };
enum { NODE_PRIORITY = 4 };

static int64_t unmapped_file_pages(const struct mm412_node_sleep *node)
{
	int64_t pages = mm412_lru_count_seen(node, MM412_INACTIVE_FILE) +
			mm412_lru_count_seen(node, MM412_ACTIVE_FILE) -
			node->stat[MM412_NODE_FILE_MAPPED];

	return pages > 0 ? pages : 0;
}

static uint64_t pagecache_reclaimable(const struct mm412 *mm,
				      const struct mm412_node_sleep *node)
{
	uint64_t mode = mm->params.zone_reclaim_mode[0];
	int64_t pages = mode & RECLAIM_UNMAP ? node->stat[MM412_NODE_FILE_PAGES]
					     : unmapped_file_pages(node);

	if (!(mode & RECLAIM_WRITE))
		pages -= node->stat[MM412_NODE_FILE_DIRTY];
	return pages > 0 ? (uint64_t)pages : 0;
}

static uint64_t share_of_node(const struct mm412_node_sleep *node, uint64_t percent)
{
	uint64_t pages = 0;

	for (unsigned z = 0; z < MM412_ZONE_TYPES; z++)
		if (node->node->zones[z])
			pages += node->node->zones[z]->managed * percent / 100;
	return pages;
}

static bool cache_is_large(const struct mm412 *mm, const struct mm412_node_sleep *node)
{
	return pagecache_reclaimable(mm, node) >
	       share_of_node(node, mm->params.min_unmapped_ratio[0]);
}

static bool reclaim(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		    struct mm412_node_sleep *node, uint32_t gfp, unsigned order)
{
	uint64_t mode = mm->params.zone_reclaim_mode[0], pages = (uint64_t)1 << order;
	struct mm412_scan sc = { .task = task,
				 .nr_to_reclaim = pages > MM412_CLUSTER ? pages : MM412_CLUSTER,
				 .nodes = UINT64_MAX,
				 .gfp = gfp,
				 .order = (int)order,
				 .priority = NODE_PRIORITY,
				 .reclaim_idx = mm412_gfp_zone(mm, gfp),
				 .may_writepage = mode & RECLAIM_WRITE,
				 .may_unmap = mode & RECLAIM_UNMAP,
				 .may_swap = true };
	bool memalloc = task->memalloc;

	mm412_scan_breathe(mm, cpu);
	task->memalloc = true;
	task->swapwrite = true;
	task->slab_reclaimed = 0;
	if (cache_is_large(mm, node)) {
		do {
			mm412_scan_node(mm, cpu, node, &sc);
		} while (sc.nr_reclaimed < pages && --sc.priority >= 0);
	}
	task->swapwrite = false;
	task->memalloc = memalloc;
	return sc.nr_reclaimed >= pages;
}

int mm412_reclaim_node(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		       struct mm412_zone *zone, uint32_t gfp, unsigned order)
{
	struct mm412_node_sleep *node = &mm->sleep->nodes[zone->nid];
	bool done;

	mm412_daemon_want(mm, cpu);
	if (!cache_is_large(mm, node) &&
	    mm412_slab_pages(mm, node) <= share_of_node(node, mm->params.min_slab_ratio[0]))
		return FULL;
	if (!(gfp & MM412_GFP_DIRECT_RECLAIM) || task->memalloc)
		return NOSCAN;
	if (mm->nodes[zone->nid].has_cpu && zone->nid != mm->cpu_node[cpu->id])
		return NOSCAN;
	if (node->flags & MM412_PGDAT_RECLAIM_LOCKED)
		return NOSCAN;
	node->flags |= MM412_PGDAT_RECLAIM_LOCKED;
	done = reclaim(mm, cpu, task, node, gfp, order);
	node->flags &= ~(unsigned)MM412_PGDAT_RECLAIM_LOCKED;
	if (!done)
		mm412_count(mm, MM412_ZONE_RECLAIM_FAILED, 1);
	return done;
}
