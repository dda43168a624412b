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
	uint64_t slow_entry[1], kswapd_test[1], kswapd_wake[1], drain_cpu[1], tick_zone[1];
};

#endif
