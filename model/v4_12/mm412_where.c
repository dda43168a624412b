#include "model/v4_12/mm412_where.h"

const char *const mm412_where_names[] = {
	[MM412_IN_ALLOC_PAGES] = "__alloc_pages_nodemask",
	[MM412_IN_NODE_RECLAIM] = "node_reclaim",
	[MM412_IN_TRY_TO_FREE_PAGES] = "try_to_free_pages",
	[MM412_IN_THROTTLE_DIRECT_RECLAIM] = "throttle_direct_reclaim",
	[MM412_IN_SHRINK_INACTIVE_LIST] = "shrink_inactive_list",
	[MM412_IN_SHRINK_PAGE_LIST] = "shrink_page_list",
	[MM412_IN_PAGEOUT] = "pageout",
	[MM412_IN_SHRINK_ACTIVE_LIST] = "shrink_active_list",
	[MM412_IN_SHRINK_SLAB] = "shrink_slab",
	[MM412_IN_CONGESTION_WAIT] = "congestion_wait",
	[MM412_IN_WAIT_IFF_CONGESTED] = "wait_iff_congested",
	[MM412_IN_DRAIN_ALL_PAGES] = "drain_all_pages",
	[MM412_IN_TRY_TO_COMPACT_PAGES] = "try_to_compact_pages",
	[MM412_IN_ISOLATE_MIGRATEPAGES] = "isolate_migratepages",
	[MM412_IN_ISOLATE_FREEPAGES] = "isolate_freepages",
	[MM412_IN_MIGRATE_PAGES] = "migrate_pages",
	[MM412_IN_WAIT_ON_PAGE_WRITEBACK] = "wait_on_page_writeback",
	[MM412_IN_ALLOC_PAGES_MAY_OOM] = "__alloc_pages_may_oom",
	[MM412_IN_OUT_OF_MEMORY] = "out_of_memory",
	[MM412_WHERES] = NULL,
};
