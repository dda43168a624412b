/*
 * Linux 4.12.0's page allocator, as an instance of struct mm_policy, and its parameters.
 */
#ifndef MM412_POLICY_H
#define MM412_POLICY_H

#include "model/mm_policy.h"

extern const struct mm_policy mm412_policy;

enum { MM412_ZONELIST_NODE, MM412_ZONELIST_ZONE, MM412_ZONELIST_DEFAULT };
enum { MM412_CPUS_BOOT, MM412_CPUS_KNOWN };

/* The sysctls, each an array of uint64_t as struct mm_param wants it. */
struct mm412_params {
	uint64_t min_free_kbytes[1]; /* 0 = not written: the kernel's formula */
	uint64_t watermark_scale_factor[1];
	uint64_t lowmem_reserve_ratio[3]; /* of the three lower zones; 0 = not written */
	uint64_t percpu_pagelist_fraction[1];
	uint64_t numa_zonelist_order[1]; /* MM412_ZONELIST_* */
	uint64_t zonelist_cpus[1];       /* MM412_CPUS_* */
	uint64_t stat_interval[1];       /* milliseconds */
	/* Reclaim, swap, writeback */
	uint64_t swappiness[1];
	uint64_t vfs_cache_pressure[1];
	uint64_t page_cluster[1];           /* YAML: vm.page-cluster */
	uint64_t zone_reclaim_mode[1];      /* RECLAIM_ZONE 1, _WRITE 2, _UNMAP 4 */
	uint64_t min_unmapped_ratio[1];     /* percent */
	uint64_t min_slab_ratio[1];         /* percent */
	uint64_t dirty_background_ratio[1]; /* percent */
	uint64_t dirty_ratio[1];            /* percent */
	uint64_t dirty_background_bytes[1]; /* 0 = by ratio */
	uint64_t dirty_bytes[1];            /* 0 = by ratio */
	uint64_t dirty_writeback_centisecs[1];
	uint64_t dirty_expire_centisecs[1];
	uint64_t read_ahead_kb[1]; /* of the data disk */
	/* Compaction */
	uint64_t extfrag_threshold[1];
	uint64_t compact_unevictable_allowed[1];
	/* OOM */
	uint64_t panic_on_oom[1];
	uint64_t oom_kill_allocating_task[1];
	uint64_t hang_rounds[1];
	/* /sys/kernel/mm/transparent_hugepage */
	uint64_t thp_enabled[1]; /* MM412_THP_* */
	uint64_t thp_defrag[1];  /* MM412_DEFRAG_* */
	/* Of the model */
	uint64_t pcp_batch[1]; /* pages of a refill or drain; 0 = the kernel's */
	uint64_t pcp_high[1];  /* pages at which a list is drained; 0 = the kernel's */
	uint64_t slab_objects_per_page[1]; /* what a shrinker sees in one reclaimable slab page
					    */
	uint64_t swap_takes_memory[1];     /* 1 = for bios and the swap cache's trees */
};

enum { MM412_THP_ALWAYS, MM412_THP_MADVISE, MM412_THP_NEVER, MM412_THP_TRACE };
enum {
	MM412_DEFRAG_ALWAYS,
	MM412_DEFRAG_DEFER,
	MM412_DEFRAG_DEFER_MADVISE,
	MM412_DEFRAG_MADVISE,
	MM412_DEFRAG_NEVER,
	MM412_DEFRAG_TRACE
};

/* Cycles of each step of the path, without the cache lines that it touches. */
struct mm412_costs {
	uint64_t alloc_entry[1], zone_step[1], watermark[1], watermark_exact[1];
	uint64_t irq[1], lock[1], statistics[1], prep[1], prep_frame[1];
	uint64_t pcp_take[1], pcp_give[1], refill[1], refill_page[1];
	uint64_t take[1], split_step[1];
	uint64_t free_entry[1], free_block[1], free_frame[1], drain[1], drain_page[1],
		merge_step[1], place[1];
	uint64_t fallback[1], steal_frame[1], highatomic[1];
	uint64_t slow_entry[1], kswapd_test[1], kswapd_wake[1], drain_cpu[1];
	uint64_t work[1], flush_ipi[1]; /* on the CPU that does it, and that is flushed */
	uint64_t tick_zone[1];
	/* What sleeps: LRU lists, reclaim, swap, compaction */
	uint64_t lru_add[1], lru_drain[1], lru_page[1]; /* into a pagevec; emptying one; each
							   page of it, and each page isolated */
	uint64_t shrink_page[1], referenced[1], unmap[1], remove[1]; /* a page looked at; its
							   entries tested; unmapped (with the
							   TLB flush); taken out of its cache */
	uint64_t swap_slot[1], writepage[1], fault[1], access[1]; /* a slot; starting a write; a
							   page fault's entry; an access that
							   finds its page */
	uint64_t shrink_slab[1], slab_object[1];
	uint64_t reclaim_entry[1], kswapd_turn[1], wake[1];
	uint64_t compact_entry[1], compact_scan[1]; /* a pfn looked at */
	uint64_t migrate_page[1], migrate_copy[1];  /* a page moved; its copy, under flat */
	uint64_t oom_task[1], oom_kill[1];
};

#endif
