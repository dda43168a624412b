/*
 * Linux 2.4.0's page allocator and its reclaim, as an instance of struct mm_policy, and its
 * parameters.
 */
#ifndef MM24_POLICY_H
#define MM24_POLICY_H

#include "model/mm_policy.h"

extern const struct mm_policy mm24_policy;

enum { MM24_PAGE_CLUSTER_AUTO = 16 };

/* /proc/sys/vm and boot options, each an array of uint64_t as struct mm_param wants it. */
struct mm24_params {
	uint64_t freepages[3];       /* min low high; 0 0 0 = from the zones */
	uint64_t memfrac[3];         /* zone_balance_ratio: DMA Normal HighMem */
	uint64_t bdflush[9];         /* nfract ndirty nrefill nref_dirt interval age_buffer
					nfract_sync dummy2 dummy3, ages in jiffies */
	uint64_t kswapd[3];          /* tries_base tries_min swap_cluster */
	uint64_t page_cluster[1];    /* MM24_PAGE_CLUSTER_AUTO: from memory size */
	uint64_t pagetable_cache[2]; /* low high */
	uint64_t memory_model[1];    /* enum mm_memory_model: auto contig discontig numa */
	uint64_t hang_rounds[1]; /* rounds of the endless loop after which a request is given
				    up, and counted as would_hang */
};

/* Cycles of each step of the path, without the cache lines that it touches. */
struct mm24_costs {
	uint64_t alloc_entry[1], shortage[1], zone_step[1], limit_step[1], lock[1], spin[1],
		lock_move[1];
	uint64_t take[1], order_step[1], split_step[1], bitmap_step[1], merge_step[1];
	uint64_t free_entry[1], free_block[1];
	uint64_t reclaim_entry[1], scan_step[1], lru_move[1], age_step[1];
	uint64_t launder_entry[1], writepage[1], buffers[1];
	uint64_t swap_out_entry[1], pte_step[1], unmap[1];
	uint64_t flush_ipi[1], swap_slot[1]; /* on the CPU whose TLB is flushed; a slot */
	uint64_t kswapd_pass[1], wake[1], oom_task[1], fault[1], lookup[1];
};

#endif
