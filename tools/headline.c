#include "tools/headline.h"

#include <stdint.h>

#include "tools/metric.h"

#define REQUESTS "Requests"
#define STALLS "Stalls and memory pressure"
#define LATENCY "Latency"
#define FRAGMENTATION "Fragmentation at the end"
#define LOCKS "Waits for locks"
#define TIME "Time"

const struct headline headlines[] = {
	{ REQUESTS, "counters.requests.success" },
	{ REQUESTS, "counters.orders.order*.success" },
	{ REQUESTS, "counters.orders.order*.first_failure" },
	{ REQUESTS, "counters.orders.order?.unsatisfiable_cycles" },
	{ REQUESTS, "counters.requests.failed" },
	{ REQUESTS, "counters.vmstat.would_hang" },
	{ REQUESTS, "workload.*" },
	{ STALLS, "counters.reclaim.slept" },
	{ STALLS, "latency.stall.sum" },
	{ STALLS, "latency.stall.p50" },
	{ STALLS, "latency.stall.p99" },
	{ STALLS, "latency.stall.max" },
	{ STALLS, "latency.stall.part.*.sum" },
	{ STALLS, "latency.stall.function.*.share" },
	{ STALLS, "counters.reclaim.refaults" },
	{ STALLS, "counters.reclaim.killed_tasks" },
	{ STALLS, "counters.vmstat.allocstall_*" },
	{ STALLS, "counters.vmstat.direct_reclaims" },
	{ STALLS, "counters.vmstat.pgs[ct]*" },
	{ STALLS, "counters.vmstat.reclaim*" },
	{ STALLS, "counters.vmstat.launder_*" },
	{ STALLS, "counters.vmstat.compact_stall" },
	{ STALLS, "counters.vmstat.compact_success" },
	{ STALLS, "counters.vmstat.kswapd_*_wmark_hit_quickly" },
	{ STALLS, "counters.vmstat.pswp*" },
	{ STALLS, "counters.vmstat.oom_kill*" },
	{ LATENCY, "latency.alloc.mean" },
	{ LATENCY, "latency.alloc.p50" },
	{ LATENCY, "latency.alloc.p99" },
	{ LATENCY, "latency.alloc.p99.9" },
	{ LATENCY, "latency.alloc.order*.p50" },
	{ LATENCY, "latency.alloc.order*.p99" },
	{ LATENCY, "latency.alloc.order*.p99.9" },
	{ LATENCY, "latency.free.mean" },
	{ LATENCY, "latency.free.p50" },
	{ LATENCY, "latency.free.p99" },
	{ FRAGMENTATION, "fragmentation.all.free_pages" },
	{ FRAGMENTATION, "fragmentation.all.order[39].unusable" },
	{ FRAGMENTATION, "fragmentation.node*.order[39].unusable" },
	{ FRAGMENTATION, "fragmentation.node*.largest_free_order" },
	{ FRAGMENTATION, "counters.vmstat.extfrag_*" },
	{ LOCKS, "locks.all.*" },
	{ LOCKS, "locks.*.wait_cycles" },
	{ TIME, "counters.replay.end_cycles" },
	{ TIME, "counters.replay.delay_cycles" },
	{ TIME, "latency.alloc.sum" },
	{ TIME, "latency.free.sum" },
	{ NULL, NULL },
};

size_t headline_rank(const char *name)
{
	for (size_t i = 0; headlines[i].pattern; i++)
		if (metric_fits(headlines[i].pattern, name))
			return i;
	return SIZE_MAX;
}
