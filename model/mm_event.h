/*
 * Events of a running kernel model, shaped like the kernel's tracepoints. Values are what the
 * tracepoint's fields are, in the order given here; frames, orders and gfp sets are the
 * model's own numbers. Whoever prints them (tools/) gives them names.
 */
#ifndef MM_EVENT_H
#define MM_EVENT_H

#include <stdint.h>

enum mm_event_kind {
	/* kmem: what happens under a zone's lock; frame -1 = there was none */
	MM_EVENT_ZONE_LOCKED, /* frame, order, migratetype, whether for a per-cpu list */
	MM_EVENT_PCPU_DRAIN,  /* frame, order, migratetype */
	MM_EVENT_EXTFRAG,     /* frame, order wanted, order found, pageblock order, migratetype
				 wanted, migratetype found, whether it is a part of a pageblock,
				 whether the pageblock is now of the type wanted */
	/* vmscan */
	MM_EVENT_KSWAPD_SLEEP,         /* nid */
	MM_EVENT_KSWAPD_WAKE,          /* nid, zone index, order */
	MM_EVENT_WAKEUP_KSWAPD,        /* nid, zone index, order */
	MM_EVENT_DIRECT_RECLAIM_BEGIN, /* order, may_writepage, gfp, classzone_idx */
	MM_EVENT_DIRECT_RECLAIM_END,   /* nr_reclaimed */
	MM_EVENT_SHRINK_SLAB_START,    /* nid, objects to scan, gfp, pages scanned, LRU pages,
					  cache items, delta, total scan, which: enum
					  mm_event_shrinker */
	MM_EVENT_SHRINK_SLAB_END, /* nid, unused scan, new scan, total scan, freed, which */
	MM_EVENT_LRU_ISOLATE, /* isolate mode, classzone, order, requested, scanned, skipped,
				 taken, lru */
	MM_EVENT_WRITEPAGE,   /* frame, flags */
	MM_EVENT_SHRINK_INACTIVE, /* nid, scanned, reclaimed, dirty, writeback, congested,
				     immediate, activate, ref_keep, unmap_fail, priority, file
				   */
	MM_EVENT_SHRINK_ACTIVE,   /* nid, taken, active, deactivated, referenced, priority, file
				   */
	MM_EVENT_INACTIVE_IS_LOW, /* nid, reclaim_idx, total inactive, inactive, total active,
				     active, ratio, file */
	/* compaction */
	MM_EVENT_ISOLATE_MIGRATEPAGES, /* start, end, scanned, taken */
	MM_EVENT_ISOLATE_FREEPAGES,    /* start, end, scanned, taken */
	MM_EVENT_MIGRATEPAGES,         /* migrated, failed */
	MM_EVENT_COMPACTION_BEGIN,     /* zone start, migrate pfn, free pfn, zone end, sync */
	MM_EVENT_COMPACTION_END, /* zone start, migrate pfn, free pfn, zone end, sync, status */
	MM_EVENT_TRY_TO_COMPACT, /* order, gfp, priority */
	MM_EVENT_COMPACTION_FINISHED, /* nid, zone index, order, result */
	MM_EVENT_COMPACTION_SUITABLE, /* nid, zone index, order, result */
	MM_EVENT_COMPACTION_DEFERRED, /* nid, zone index, order, considered, defer_shift,
					 order_failed */
	MM_EVENT_COMPACTION_DEFER_COMPACTION,
	MM_EVENT_COMPACTION_DEFER_RESET,
	MM_EVENT_KCOMPACTD_SLEEP,  /* nid */
	MM_EVENT_WAKEUP_KCOMPACTD, /* nid, order, zone index */
	MM_EVENT_KCOMPACTD_WAKE,
	/* oom */
	MM_EVENT_RECLAIM_RETRY_ZONE, /* nid, zone index, order, reclaimable, available,
					min_wmark, no_progress_loops, wmark_check */
	MM_EVENT_COMPACT_RETRY,      /* order, priority, result, retries, max_retries, ret */
	MM_EVENT_MARK_VICTIM,        /* task */
	MM_EVENT_WAKE_REAPER,
	MM_EVENT_START_REAPING,
	MM_EVENT_FINISH_REAPING,
	MM_EVENT_SKIP_REAPING, /* task */
	MM_EVENT_KINDS
};

/* Whose caches: a file system's, huge pages partly unused, nodes of shadows. */
enum mm_event_shrinker { MM_EVENT_SUPER_CACHE, MM_EVENT_DEFERRED_SPLIT, MM_EVENT_SHADOW_NODES };

#define MM_EVENT_VALUES 12

struct mm_event {
	enum mm_event_kind kind;
	int64_t value[MM_EVENT_VALUES];
};

#endif
