/*
 * A write to /proc/sys/vm/drop_caches.
 *
 * Kernel: drop_caches_sysctl_handler(), drop_pagecache_sb() of fs/drop_caches.c,
 * invalidate_mapping_pages() of mm/truncate.c, drop_slab() of mm/vmscan.c. Files are gone
 * through by the numbers of their pages' contents.
 */
#include "model/v4_12/mm412_scan.h"

/* One page of a file: gone, or else a candidate for the next reclaim. */
static void invalidate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool file)
{
	const unsigned busy = MM412_PG_DIRTY | MM412_PG_WRITEBACK | MM412_PG_MAPPED;
	struct mm412_page *page = mm412_page(mm, slot);

	if (page->flags & MM412_PG_LOCKED)
		return;
	mm412_lru_pin(mm, slot);
	if (file && !(page->flags & busy) && mm412_content_remove(mm, cpu, slot, false)) {
		/* Only the reference of who looks at it is left. */
		page->pins = 1;
	} else {
		mm412_pagevec_deactivate(mm, cpu, slot);
	}
	mm412_lru_put(mm, cpu, slot, false);
}

static void drop_page_cache(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_sleep *sleep = mm->sleep;

	for (uint32_t i = 0; i < sleep->ncontents; i++) {
		const struct mm412_content *c = &sleep->contents[i];

		if (!c->live || c->place != MM412_IN_MEMORY || c->reading)
			continue;
		if (c->kind == MM_KIND_FILE || c->kind == MM_KIND_SHMEM)
			invalidate(mm, cpu, c->where, c->kind == MM_KIND_FILE);
	}
	mm412_count(mm, MM412_DROP_PAGECACHE, 1);
}

static void drop_slab(struct mm412 *mm, struct sim_cpu *cpu)
{
	const uint32_t gfp_kernel = MM412_GFP_IO | MM412_GFP_FS | MM412_GFP_DIRECT_RECLAIM |
				    MM412_GFP_KSWAPD_RECLAIM;

	for (unsigned n = 0; n < mm->nnodes; n++)
		if (mm->nodes[n].online)
			while (mm412_slab_shrink(mm, cpu, &mm->sleep->nodes[n], NULL,
						 gfp_kernel, 1000, 1000) > 10)
				;
	mm412_count(mm, MM412_DROP_SLAB, 1);
}

void mm412_reclaim_drop_caches(struct mm412 *mm, struct sim_cpu *cpu, uint64_t what)
{
	mm412_daemon_want(mm, cpu);
	mm412_io_reap(mm, cpu);
	if (what & 1)
		drop_page_cache(mm, cpu);
	if (what & 2)
		drop_slab(mm, cpu);
}
