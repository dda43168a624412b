/*
 * Units and directions of figures, by patterns of their names: the first one that fits counts.
 * docs/metrics.md is printed from here.
 */
#include "tools/metric.h"

#define CYCLES "cycles"
#define PAGES "pages"

const struct metric_kind metric_kinds[] = {
	/* Requests. */
	{ "counters.requests.success", "share", METRIC_MORE,
	  "requests that got memory, 0 to 1" },
	{ "counters.orders.*.success", "share", METRIC_MORE, "the same, of one order" },
	{ "counters.requests.served", "requests", METRIC_MORE, "that got memory" },
	{ "counters.requests.failed", "requests", METRIC_LESS, "that got none" },
	{ "counters.requests.would_sleep", "requests", METRIC_LESS,
	  "failed where they would have had to reclaim, compact or wait" },
	{ "counters.requests.*", "requests", METRIC_NEITHER, "what the trace asked for" },
	{ "counters.orders*.first_failure", CYCLES, METRIC_MORE,
	  "date of the first request that failed; never: none did" },
	{ "counters.orders*.requests", "requests", METRIC_NEITHER, "of that order" },
	{ "counters.orders*.served", "requests", METRIC_MORE, "of them, got memory" },
	{ "counters.orders*.first_unsatisfiable", CYCLES, METRIC_MORE,
	  "date from which no zone had a free block of that order or higher" },
	{ "counters.orders*.*unsatisfiable_cycles", CYCLES, METRIC_LESS,
	  "so long none had: in all, and the longest time" },
	{ "counters.orders*.unsatisfiable_spells", "times", METRIC_LESS, "it came to that" },
	{ "counters.orders*.failed", "requests", METRIC_LESS, "of them, got no memory" },
	{ "counters.orders.*.slept", "requests", METRIC_LESS,
	  "of them, had to reclaim, compact or wait" },
	{ "counters.orders.*", "requests", METRIC_LESS, "as counters.requests, by order" },

	/* Workloads. */
	{ "workload.allocs_per_second", "allocations/s", METRIC_MORE, "of all CPUs" },
	{ "workload.lock", "share", METRIC_LESS, "of all CPUs' time spent waiting for locks" },
	{ "workload.*", CYCLES, METRIC_LESS, "means over the scored operations" },

	/* Latencies. */
	{ "latency.*.count", "operations", METRIC_NEITHER,
	  "in this row; of stalls and refaults see their own" },
	{ "latency.stall.function.*.share", "share", METRIC_NEITHER,
	  "of the time of all requests that slept, in that function of the kernel" },
	{ "latency.stall.function.*", CYCLES, METRIC_NEITHER,
	  "that requests that slept spent in that function of the kernel" },
	{ "latency.stall.*", CYCLES, METRIC_LESS, "of requests that slept" },
	{ "latency.*", CYCLES, METRIC_LESS,
	  "of alloc, free, stall or refault; of an order, gfp class, node, path or part:\n"
	  "mean, min, max, percentiles; sum, and of it memory, pages, lock_wait, sleep, io" },

	/* Fragmentation. */
	{ "fragmentation.*.unusable", "index", METRIC_LESS,
	  "share of free memory that is no use to the order, 0 to 1" },
	{ "fragmentation.*.extfrag", "index", METRIC_NEITHER,
	  "-1: a request succeeds; near 0 memory is missing, near 1 it is in pieces" },
	{ "fragmentation.*.free_blocks", "blocks", METRIC_NEITHER, "free, of the order" },
	{ "fragmentation.*.largest_free_order", "order", METRIC_MORE, "-1: nothing is free" },
	{ "fragmentation.*.pageblocks.*", "pageblocks", METRIC_NEITHER, "of the migratetype" },

	{ "fragmentation.*.blockers.*", "", METRIC_NEITHER,
	  "ranges of the order, those looked at, and pages in use there" },
	{ "fragmentation.all.free_pages", PAGES, METRIC_NEITHER,
	  "fragmentation.all: all zones together" },

	/* Locks. */
	{ "locks.*.waits", "times", METRIC_LESS,
	  "somebody waited for a lock: all of them, and by what it was wanted for" },
	{ "locks.*.wait_cycles", CYCLES, METRIC_LESS, "so long, all CPUs together" },

	/* The kernel's counters. */
	{ "counters.vmstat.alloc_fail*", "requests", METRIC_LESS, "that got no memory" },
	{ "counters.vmstat.allocstall_*", "requests", METRIC_LESS, "reclaimed themselves" },
	{ "counters.vmstat.direct_reclaims", "requests", METRIC_LESS, "reclaimed themselves" },
	{ "counters.vmstat.balance_blocks", "times", METRIC_LESS, "writers had to write" },
	{ "counters.vmstat.would_*", "requests", METRIC_LESS, "never answered, or slept" },
	{ "counters.vmstat.compact_success", "times", METRIC_NEITHER, "compaction was of use" },
	{ "counters.vmstat.compact_*", "times or pages", METRIC_LESS, "work of compaction" },
	{ "counters.vmstat.extfrag_*", "times", METRIC_LESS,
	  "fallbacks to blocks of another type" },
	{ "counters.vmstat.kswapd_*_wmark_hit_quickly", "times", METRIC_LESS,
	  "kswapd went to sleep too early" },
	{ "counters.vmstat.numa_hit", "requests", METRIC_MORE, "served where they wanted" },
	{ "counters.vmstat.numa_local", "requests", METRIC_MORE, "served by their CPU's node" },
	{ "counters.vmstat.numa_*", "requests", METRIC_LESS, "served by another node" },
	{ "counters.vmstat.oom_*", "times", METRIC_LESS, "out of memory" },
	{ "counters.vmstat.pageoutrun", "times", METRIC_LESS, "kswapd balanced a node" },
	{ "counters.vmstat.pgmajfault", "times", METRIC_LESS, "a page was read back" },
	{ "counters.vmstat.pgscan_*", PAGES, METRIC_LESS, "that reclaim looked at" },
	{ "counters.vmstat.pgsteal_*", PAGES, METRIC_LESS, "that reclaim took" },
	{ "counters.vmstat.pswp*", PAGES, METRIC_LESS, "from and to swap" },
	{ "counters.vmstat.refaults_*", PAGES, METRIC_LESS, "reclaimed and read back" },
	{ "counters.vmstat.thp_fault_alloc", "pages of order 9", METRIC_MORE, "" },
	{ "counters.vmstat.thp_fault_fallback", "pages of order 9", METRIC_LESS,
	  "that became small ones" },
	{ "counters.vmstat.tlb_flush_ipis", "interrupts", METRIC_LESS, "to flush TLBs" },
	{ "counters.vmstat.workingset_*", PAGES, METRIC_LESS, "reclaimed and wanted again" },
	{ "counters.vmstat.nr_*", PAGES, METRIC_NEITHER, "now" },
	{ "counters.vmstat.*", "", METRIC_NEITHER,
	  "other counters, by the kernel's names (docs/result-format.md)" },

	/* What else was counted. */
	{ "counters.replay.delay_cycles", CYCLES, METRIC_LESS,
	  "by which tasks fell behind the trace, in all" },
	{ "counters.replay.free_wait*", "", METRIC_LESS,
	  "frees that waited for their request" },
	{ "counters.replay.end_cycles", CYCLES, METRIC_LESS, "date of the end" },
	{ "counters.reclaim.accesses_failed", "accesses", METRIC_LESS, "to pages" },
	{ "counters.reclaim.refaults", PAGES, METRIC_LESS, "reclaimed and read back" },
	{ "counters.reclaim.killed_tasks", "tasks", METRIC_LESS, "for want of memory" },
	{ "counters.reclaim.slept", "requests", METRIC_LESS,
	  "had to reclaim, compact or wait" },
	{ "counters.reclaim.pages_at_end.*", PAGES, METRIC_NEITHER, "where they are" },
	{ "counters.disks.*_cycles", CYCLES, METRIC_LESS, "of a disk's work, or waits for it" },
	{ "counters.disks.*.bytes_*", "bytes", METRIC_LESS, "read and written" },
	{ "counters.disks.*", "requests", METRIC_LESS, "to a disk" },
	{ "counters.locks.*cycles", CYCLES, METRIC_LESS, "spent waiting, by cause and in all" },
	{ "counters.locks.*waits", "times", METRIC_LESS, "somebody waited" },
	{ "counters.locks.*", "times", METRIC_NEITHER, "a lock was taken" },
	{ "counters.cpus.*", "times", METRIC_LESS, "switches, wake-ups, interrupts" },
	{ "counters.fallbacks.*", "times", METRIC_LESS,
	  "requests that took another type's block: wanted, from, kind, severity" },
	{ "counters.unmatched.*", "events", METRIC_NEITHER, "that did not fit" },

	/* Against the recording. */
	{ "score.*error*", "", METRIC_LESS, "distance from the recorded end" },
	{ "score.*", "", METRIC_NEITHER, "start, recorded end and simulated end" },

	/* The end. */
	{ "final_state.*.zone_lock*cycles", CYCLES, METRIC_LESS,
	  "waited for the zone lock, or had it, by cause and in all" },
	{ "final_state.*.zone_lock*waits", "times", METRIC_LESS, "somebody waited for it" },
	{ "final_state.*.zone_lock*", "times", METRIC_NEITHER, "the zone lock was taken" },
	{ "final_state.*.free_blocks_by_type.*", "blocks", METRIC_NEITHER, "free" },
	{ "final_state.*", PAGES, METRIC_NEITHER, "of the zone: free, watermarks, per-cpu" },

	{ "host.events_per_second", "events/s", METRIC_MORE, "of the simulator itself" },
	{ "host.*seconds", "s", METRIC_LESS, "of the simulator itself" },
	{ "host.peak_rss_kib", "KiB", METRIC_LESS, "of the simulator itself" },
	{ NULL, "", METRIC_NEITHER, "" },
};
