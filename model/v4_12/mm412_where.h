/*
 * The functions of 4.12 in which the time of a request that waits is told apart: their numbers
 * for sim_enter(), and their names. Time is that of the innermost of them.
 */
#ifndef MM412_WHERE_H
#define MM412_WHERE_H

#include "sim/port.h"

enum mm412_where {
	MM412_IN_ALLOC_PAGES, /* and whatever is none of the others */
	MM412_IN_NODE_RECLAIM,
	MM412_IN_TRY_TO_FREE_PAGES,
	MM412_IN_THROTTLE_DIRECT_RECLAIM,
	MM412_IN_SHRINK_INACTIVE_LIST,
	MM412_IN_SHRINK_PAGE_LIST,
	MM412_IN_PAGEOUT,
	MM412_IN_SHRINK_ACTIVE_LIST,
	MM412_IN_SHRINK_SLAB,
	MM412_IN_CONGESTION_WAIT,
	MM412_IN_WAIT_IFF_CONGESTED,
	MM412_IN_DRAIN_ALL_PAGES,
	MM412_IN_TRY_TO_COMPACT_PAGES,
	MM412_IN_ISOLATE_MIGRATEPAGES,
	MM412_IN_ISOLATE_FREEPAGES,
	MM412_IN_MIGRATE_PAGES,
	MM412_IN_WAIT_ON_PAGE_WRITEBACK,
	MM412_IN_ALLOC_PAGES_MAY_OOM,
	MM412_IN_OUT_OF_MEMORY,
	MM412_WHERES
};

_Static_assert((unsigned)MM412_WHERES <= SIM_WHERES, "each has its number");

extern const char *const mm412_where_names[]; /* ends with NULL */

#endif
