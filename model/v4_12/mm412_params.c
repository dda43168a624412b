/*
 * The tables of 4.12.0's parameters and of the costs of its paths: YAML, --set and the
 * documentation follow from these rows.
 */
#include "model/v4_12/mm412.h"

#define PARAM(m) offsetof(struct mm412_params, m)
#define COST(m) offsetof(struct mm412_costs, m)

const struct mm_param mm412_params_table[] = {
	{ "min_free_kbytes",
	  "KiB",
	  "Memory that only urgent requests may use; watermarks follow from it. A value is a "
	  "sysctl write after boot; 0 leaves the kernel's 4 * sqrt(low memory).",
	  NULL,
	  PARAM(min_free_kbytes),
	  1,
	  0,
	  INT32_MAX,
	  { 0 },
	  "from memory size" },
	{ "watermark_scale_factor",
	  "1/10000",
	  "Distance between the marks min, low and high, as a part of a zone's memory.",
	  NULL,
	  PARAM(watermark_scale_factor),
	  1,
	  1,
	  1000,
	  { 10 },
	  NULL },
	{ "lowmem_reserve_ratio",
	  "",
	  "DMA, DMA32, Normal (i386: DMA, Normal, HighMem): requests that could use a higher "
	  "zone leave a part of it, one over this ratio, free in the lower zone.",
	  NULL,
	  PARAM(lowmem_reserve_ratio),
	  3,
	  1,
	  INT32_MAX,
	  { 0 },
	  "256 256 32; i386: 256 32 32" },
	{ "percpu_pagelist_fraction",
	  "",
	  "Each CPU may keep this fraction of a zone's pages on its lists (8 or more); 0 "
	  "leaves the kernel's batch sizes.",
	  NULL,
	  PARAM(percpu_pagelist_fraction),
	  1,
	  0,
	  INT32_MAX,
	  { 0 },
	  NULL },
	{ "numa_zonelist_order",
	  "",
	  "Whether requests fall back to lower zones of a node or to other nodes first.",
	  "node|zone",
	  PARAM(numa_zonelist_order),
	  1,
	  0,
	  1,
	  { MM412_ZONELIST_DEFAULT },
	  "node; i386: zone" },
	{ "zonelist_cpus",
	  "",
	  "Whether it is known which nodes have CPUs when zonelists are made; on x86 it is "
	  "not at boot.",
	  "boot|known",
	  PARAM(zonelist_cpus),
	  1,
	  0,
	  1,
	  { MM412_CPUS_BOOT },
	  NULL },
	{ "stat_interval",
	  "ms",
	  "How often each CPU folds its counters and returns pages of remote zones.",
	  NULL,
	  PARAM(stat_interval),
	  1,
	  1,
	  3600000,
	  { 1000 },
	  NULL },
	{ 0 },
};

#define ROW(m, cycles, text)                                                                   \
	{                                                                                      \
#m, "cycles", text, NULL, COST(m), 1, 0, 1000000, { cycles }, NULL             \
	}

/*
 * Calibrated on published microbenchmarks (configs/costs/4.12.yaml names them): a warm,
 * uncontended page from a per-cpu list in 142 cycles, its free in 77, 300-800 a refill and
 * about 1000 a drain of 31 pages, +58 and +65 for order 2, with 4 cycles for each line that is
 * touched.
 */
const struct mm_param mm412_params_costs[] = {
	ROW(alloc_entry, 40, "entering an allocation: flags, zonelist, preferred zone"),
	ROW(zone_step, 8, "each zone of the zonelist that is looked at"),
	ROW(watermark, 6, "the short test of a watermark"),
	ROW(watermark_exact, 12, "the full test of a watermark"),
	ROW(irq, 38, "interrupts off and on again"),
	ROW(lock, 33, "a free zone lock, taken and given back"),
	ROW(statistics, 10, "event and NUMA counters of an allocation"),
	ROW(prep, 12, "checks and preparation of the block handed out"),
	ROW(prep_frame, 2, "... of each further frame of it"),
	ROW(pcp_take, 12, "a page from a per-cpu list"),
	ROW(pcp_give, 9, "a page to a per-cpu list"),
	ROW(refill, 12, "starting to fill a per-cpu list"),
	ROW(refill_page, 4, "each page put on it"),
	ROW(take, 4, "a block off its free list"),
	ROW(split_step, 3, "each halving of a block"),
	ROW(free_entry, 14, "entering a free: checks, type of the pageblock"),
	ROW(free_block, 18, "... of a block of order 1 and more"),
	ROW(free_frame, 2, "checks of each further frame of a block"),
	ROW(drain, 12, "starting to empty a per-cpu list"),
	ROW(drain_page, 10, "each page taken off it"),
	ROW(merge_step, 4, "each merge of two buddies"),
	ROW(place, 5, "a block to its free list"),
	ROW(fallback, 40, "finding a block of another type"),
	ROW(steal_frame, 2, "each frame seen while a pageblock's free blocks move"),
	ROW(highatomic, 40, "reserving or unreserving a pageblock"),
	ROW(slow_entry, 60, "entering the slow path"),
	ROW(kswapd_test, 40, "testing whether a node is balanced"),
	ROW(kswapd_wake, 600, "waking a node's kswapd"),
	ROW(drain_cpu, 1500, "work queued on another CPU to empty its lists"),
	ROW(tick_zone, 20, "vmstat_update, for each zone"),
	{ 0 },
};
