/*
 * The state of what makes 4.12.0 sleep: see mm412_sleep.h. All of it hangs off mm->sleep, which
 * is NULL in a kernel without a world.
 */
#ifndef MM412_SLEEP_STATE_H
#define MM412_SLEEP_STATE_H

#include "model/mm_event.h"
#include "model/v4_12/mm412.h"

#define MM412_CLUSTER 32u /* SWAP_CLUSTER_MAX, COMPACT_CLUSTER_MAX */
#define MM412_PAGEVEC 14u
#define MM412_PRIORITY 12 /* DEF_PRIORITY */
#define MM412_MAX_RETRIES 16u
#define MM412_COSTLY_ORDER 3u
#define MM412_HUGE_ORDER MM412_BLOCK_ORDER

enum mm412_lru {
	MM412_INACTIVE_ANON,
	MM412_ACTIVE_ANON,
	MM412_INACTIVE_FILE,
	MM412_ACTIVE_FILE,
	MM412_UNEVICTABLE,
	MM412_LRUS
};
/* MM412_ANON and MM412_FILE index the reclaim statistics. */
enum { MM412_ANON, MM412_FILE, MM412_LRU_KINDS };

/* struct mm412_page.flags. PG_lru is MM412_PG_LRU, and with it MM_USE_LRU of mm_slot.use. */
enum {
	MM412_PG_LRU = 1 << 0,
	MM412_PG_ACTIVE = 1 << 1,
	MM412_PG_REFERENCED = 1 << 2,
	MM412_PG_DIRTY = 1 << 3,
	MM412_PG_WRITEBACK = 1 << 4,
	MM412_PG_RECLAIM = 1 << 5,
	MM412_PG_SWAPBACKED = 1 << 6, /* anon and shmem: on the anon lists */
	MM412_PG_SWAPCACHE = 1 << 7,
	MM412_PG_LOCKED = 1 << 8,
	MM412_PG_UNEVICTABLE = 1 << 9,
	MM412_PG_ISOLATED =
		1 << 10, /* off its LRU list, in the hands of reclaim or compaction */
	/* Swapped in for a neighbour's sake: one and the same bit. So a page that comes back
	 * while reclaim writes it looks like one that was read in time. */
	MM412_PG_READAHEAD = MM412_PG_RECLAIM,
	MM412_PG_SLAB = 1 << 12,
	MM412_PG_PTE_YOUNG = 1 << 13, /* the accessed bit of the one page table entry */
	MM412_PG_PTE_DIRTY = 1 << 14,
	MM412_PG_MAPPED = 1 << 15, /* a page table entry points here: page_mapcount() is 1 */
};

/*
 * Of a page with a content, and of swap cache pages whose content is gone: the part of struct
 * page that the core does without. By slot - frame0; all zero = none of this. Of a huge page
 * the first frame's stands for all.
 */
struct mm412_page {
	uint32_t content; /* its number + 1; 0 = none */
	uint32_t swap;    /* slot in swap while MM412_PG_SWAPCACHE; of a slab page the objects
			     that its shrinker has freed */
	uint16_t flags;
	uint8_t pins; /* references of pagevecs and of who works on it: page_count() without the
			 content's and the caches' own */
	uint8_t spare;
};

/* A list of pages in somebody's hands, linked through the slots; no head of its own. */
struct mm412_chain {
	uint32_t first, last; /* MM412_NONE = empty */
	uint32_t entries;     /* huge pages count once */
};

struct mm412_pagevec {
	uint32_t n;
	uint32_t page[MM412_PAGEVEC];
};

enum {
	MM412_PV_ADD,      /* lru_add_pvec */
	MM412_PV_ROTATE,   /* lru_rotate_pvecs */
	MM412_PV_COLD,     /* lru_deactivate_file_pvecs */
	MM412_PV_ACTIVATE, /* activate_page_pvecs */
	MM412_PAGEVECS
};

/* node->sleep->lru */
struct mm412_lruvec {
	uint32_t heads; /* slot of the head of list 0 */
	uint64_t recent_rotated[MM412_LRU_KINDS], recent_scanned[MM412_LRU_KINDS];
	uint64_t inactive_age, refaults;
	struct sim_lock lock;     /* lru_lock */
	int64_t seen[MM412_LRUS]; /* mm412_lru_count.c: pages, without the CPUs' parts */
	int8_t *parts;            /* [ncpus][MM412_LRUS], of mm412_sleep.lru_parts */
	int threshold;            /* above it a part joins what is seen */
	unsigned cpu;             /* who changes the lists: whose parts they are */
};

/* Counters of a node (enum node_stat_item), pages. */
enum mm412_node_item {
	MM412_NODE_LRU, /* by enum mm412_lru from here on */
	MM412_NODE_ISOLATED_ANON = MM412_NODE_LRU + MM412_LRUS,
	MM412_NODE_ISOLATED_FILE,
	MM412_NODE_WORKINGSET_REFAULT,
	MM412_NODE_WORKINGSET_ACTIVATE,
	MM412_NODE_WORKINGSET_NODERECLAIM,
	MM412_NODE_ANON_MAPPED,
	MM412_NODE_FILE_MAPPED,
	MM412_NODE_FILE_PAGES, /* page cache with shmem and the swap cache */
	MM412_NODE_FILE_DIRTY,
	MM412_NODE_WRITEBACK,
	MM412_NODE_SHMEM,
	MM412_NODE_ANON_THPS,
	MM412_NODE_VMSCAN_WRITE,
	MM412_NODE_VMSCAN_IMMEDIATE,
	MM412_NODE_DIRTIED,
	MM412_NODE_WRITTEN,
	MM412_NODE_ITEMS
};

/* Of a zone. */
enum mm412_zone_item {
	MM412_ZONE_LRU, /* by enum mm412_lru from here on */
	MM412_ZONE_WRITE_PENDING = MM412_ZONE_LRU + MM412_LRUS,
	MM412_ZONE_SLAB_RECLAIMABLE,
	MM412_ZONE_SLAB_UNRECLAIMABLE,
	MM412_ZONE_INTERLEAVE_HIT, /* NUMA_INTERLEAVE_HIT */
	MM412_ZONE_ITEMS
};

/* vm_event_item: what these paths count, by mm/vmstat.c's names (mm412_stat.c). */
enum mm412_vm_event {
	MM412_PGPGIN, /* sectors of 512 bytes / 2 as the kernel prints them: KiB */
	MM412_PGPGOUT,
	MM412_PSWPIN,
	MM412_PSWPOUT,
	MM412_ALLOCSTALL,                                   /* by zone type from here on */
	MM412_PGSKIP = MM412_ALLOCSTALL + MM412_ZONE_TYPES, /* likewise */
	MM412_PGACTIVATE = MM412_PGSKIP + MM412_ZONE_TYPES,
	MM412_PGDEACTIVATE,
	MM412_PGFAULT,
	MM412_PGMAJFAULT,
	MM412_PGREFILL,
	MM412_PGSTEAL_KSWAPD,
	MM412_PGSTEAL_DIRECT,
	MM412_PGSCAN_KSWAPD,
	MM412_PGSCAN_DIRECT,
	MM412_PGSCAN_DIRECT_THROTTLE,
	MM412_ZONE_RECLAIM_FAILED,
	MM412_SLABS_SCANNED,
	MM412_KSWAPD_LOW_WMARK_HIT_QUICKLY,
	MM412_KSWAPD_HIGH_WMARK_HIT_QUICKLY,
	MM412_PAGEOUTRUN,
	MM412_PGROTATED,
	MM412_DROP_PAGECACHE,
	MM412_DROP_SLAB,
	MM412_PGMIGRATE_SUCCESS,
	MM412_PGMIGRATE_FAIL,
	MM412_COMPACT_MIGRATE_SCANNED,
	MM412_COMPACT_FREE_SCANNED,
	MM412_COMPACT_ISOLATED,
	MM412_COMPACT_STALL,
	MM412_COMPACT_FAIL,
	MM412_COMPACT_SUCCESS,
	MM412_KCOMPACTD_WAKE,
	MM412_KCOMPACTD_MIGRATE_SCANNED,
	MM412_KCOMPACTD_FREE_SCANNED,
	MM412_THP_FAULT_ALLOC,
	MM412_THP_FAULT_FALLBACK,
	MM412_THP_SPLIT_PAGE,
	MM412_THP_SPLIT_PAGE_FAILED,
	MM412_THP_DEFERRED_SPLIT_PAGE,
	MM412_THP_SPLIT_PMD,
	MM412_OOM_KILL, /* not in 4.12's list: for our own report */
	MM412_VM_EVENTS
};

/* The state of compaction in one zone, and its counters. */
struct mm412_zone_sleep {
	int64_t stat[MM412_ZONE_ITEMS];
	uint32_t cached_free, cached_migrate[2]; /* slots; by sync mode */
	unsigned compact_considered, compact_defer_shift;
	int compact_order_failed;
	bool blockskip_flush;
};

/* Work on a node waits here. */
enum {
	MM412_Q_KSWAPD,     /* kswapd itself */
	MM412_Q_PFMEMALLOC, /* throttled direct reclaimers */
	MM412_Q_KCOMPACTD,
	MM412_Q_CONGESTION, /* congestion_wait(), wait_iff_congested(): nobody wakes it before
			       its time but an ending congestion */
	MM412_NODE_QUEUES
};

/* PGDAT_* */
enum {
	MM412_PGDAT_CONGESTED = 1,
	MM412_PGDAT_DIRTY = 2,
	MM412_PGDAT_WRITEBACK = 4,
	MM412_PGDAT_RECLAIM_LOCKED = 8,
};

/* What a daemon has done: times it went to work, and cycles from waking to sleeping. */
struct mm412_work_done {
	uint64_t runs, awake;
	uint64_t since; /* one more than the date at which it woke up, 0 = it sleeps */
};

struct mm412_node_sleep {
	uint16_t nid;
	struct mm412_lruvec lru;
	int64_t stat[MM412_NODE_ITEMS];
	unsigned flags; /* MM412_PGDAT_* */
	struct sim_queue *queue[MM412_NODE_QUEUES];
	/* How kswapd sleeps; and how it slept where the replay before ended, until it has
	 * begun. */
	enum { MM412_KSWAPD_AT_WORK, MM412_KSWAPD_NAPS, MM412_KSWAPD_SLEEPS } kswapd_sleep;
	unsigned kswapd_goes_on;
	bool kswapd_asleep; /* on its queue: waitqueue_active() */
	unsigned kswapd_order;
	int kswapd_classzone_idx;
	unsigned kswapd_failures;
	bool kcompactd_asleep;
	unsigned kcompactd_max_order;
	int kcompactd_classzone_idx;
	uint32_t slabs; /* slot of the head of its slab pages with a shrinker, oldest last */
	uint32_t used_slabs;   /* ... of those whose objects no shrinker frees */
	uint64_t slabs_in_use; /* pages of the latter */
	uint64_t slab_deferred, split_deferred, shadow_deferred; /* shrinker->nr_deferred */
	struct mm412_chain split_queue; /* of second frames: mm412_huge.c */
	struct mm412_node *node;
	bool unpaid; /* who has lru_lock takes no time and keeps nobody waiting */
	struct mm412_work_done kswapd_done, kcompactd_done; /* for reports: mm412_activity.c */
	uint64_t pages_scanned, pages_stolen;
};

/* A task as the kernel looks at it. Made when it is first seen. */
struct mm412_task {
	uint32_t number;
	uint32_t cpu;   /* it ran on last; MM412_NONE = on none yet */
	bool memalloc;  /* PF_MEMALLOC */
	bool kswapd;    /* PF_KSWAPD; kswapd and the flushers are tasks of their own */
	bool swapwrite; /* PF_SWAPWRITE */
	bool less_throttle;
	bool killed; /* fatal_signal_pending() */
	bool memdie; /* TIF_MEMDIE: has the reserves; mark_oom_victim() */
	bool exited; /* its memory is gone */
	bool reaped; /* MMF_OOM_SKIP */
	bool ruled;  /* has a mempolicy or a cpuset */
	bool cap_admin;
	bool reap_queued;   /* waits for the reaper */
	uint32_t reap_next; /* the next one who does, MM412_NONE = none */
	int oom_score_adj;
	int64_t rss[MM_KINDS];  /* pages by enum mm_kind: anon, file, shmem */
	int64_t swapents, ptes; /* slots; pages of page tables */
	uint64_t mems_allowed, policy_nodes;
	enum mm_mempolicy policy;
	unsigned il_next, il_prev;
	uint32_t ra_start, ra_size, ra_prev; /* file_ra_state, in contents: the last window,
						and one more than the last content read */
	/* Of balance_dirty_pages(), the last in jiffies; nr_dirtied_pause 0 = as it is made. */
	uint64_t nr_dirtied, nr_dirtied_pause, dirty_paused_when;
	uint64_t slab_reclaimed; /* reclaim_state: pages the shrinkers freed */
};

/* Where a content is. */
enum mm412_place {
	MM412_IN_MEMORY, /* where = slot of its page; may be in the swap cache without being
			    mapped: flags of the page tell */
	MM412_ON_SWAP,   /* where = swap slot */
	MM412_ON_DISK,   /* a file's: to be read again; shadow tells of its eviction */
	MM412_NOWHERE,   /* ended, or a reclaimed slab page: nothing comes back */
};

struct mm412_content {
	uint32_t where;  /* by place; of a free number the next free number + 1 */
	uint32_t task;   /* number */
	uint64_t shadow; /* workingset: 0 = none */
	uint8_t kind;    /* enum mm_kind */
	uint8_t place;   /* enum mm412_place */
	bool live;       /* the number is taken */
	bool ended;      /* its task has exited: only drop() is left */
	bool reading;    /* its page is being read: wait for it */
	bool huge;       /* one of 512 that share a huge page; where is its own frame's slot */
	bool part;       /* it was, or is, one of 512 that were held together */
	bool stays;      /* of a file: its buffers are in use */
};

/* ---- scan_control ----------------------------------------------------------------------- */

struct mm412_scan {
	struct mm412_task *task; /* who reclaims; never NULL */
	uint64_t nr_to_reclaim, nr_scanned, nr_reclaimed;
	uint64_t nodes; /* nodemask; all ones = any */
	uint32_t gfp;
	int order, priority;
	unsigned reclaim_idx; /* highest zone type */
	bool kswapd;          /* current_is_kswapd() */
	bool may_writepage, may_unmap, may_swap;
	bool compaction_ready;
};

/* What limits an attempt beyond its nodemask; of a kernel without a world all zero but mems. */
struct mm412_limits {
	struct mm412_task *task;
	uint64_t mems;     /* of its cpuset; with MM412_CPUSET only */
	bool spread_dirty; /* not from nodes beyond their dirty limit */
	bool would_sleep;  /* out: a node has to be reclaimed, which a dispatcher cannot */
};

/* What shrink_page_list() has seen (struct reclaim_stat). */
struct mm412_shrunk {
	uint32_t dirty, unqueued_dirty, congested, writeback, immediate, activate, ref_keep,
		unmap_fail;
};

/* ---- compact_control -------------------------------------------------------------------- */

enum mm412_compact_mode { MM412_COMPACT_ASYNC, MM412_COMPACT_SYNC_LIGHT, MM412_COMPACT_SYNC };
/* enum compact_priority, higher = tries less hard. */
enum { MM412_COMPACT_PRIO_SYNC_FULL, MM412_COMPACT_PRIO_SYNC_LIGHT, MM412_COMPACT_PRIO_ASYNC };
enum mm412_compact_result {
	MM412_COMPACT_NOT_SUITABLE_ZONE,
	MM412_COMPACT_SKIPPED,
	MM412_COMPACT_DEFERRED,
	MM412_COMPACT_INACTIVE = MM412_COMPACT_DEFERRED,
	MM412_COMPACT_NO_SUITABLE_PAGE,
	MM412_COMPACT_CONTINUE,
	MM412_COMPACT_COMPLETE,
	MM412_COMPACT_PARTIAL_SKIPPED,
	MM412_COMPACT_CONTENDED,
	MM412_COMPACT_SUCCEEDED
};

/* ---- everything ------------------------------------------------------------------------- */

struct mm412_swap;         /* mm412_swap.c */
struct mm412_io;           /* mm412_io.c */
struct mm412_writeback;    /* mm412_writeback.c */
struct mm412_shadows;      /* mm412_shadow.c */
struct mm412_objects;      /* mm412_objects.c */
struct mm412_daemon_start; /* mm412_daemon.c */

enum { MM412_FLUSHER_TASK, MM412_REAPER_TASK, MM412_OWN_TASKS };

struct mm412_sleep {
	struct mm412_page *page; /* by slot - frame0; zeroed host memory where touched */
	void *page_map;
	size_t page_map_bytes;
	uint8_t *skip; /* pageblock skip bits, by slot >> MM412_BLOCK_ORDER */
	struct mm412_pagevec *pagevec[MM412_PAGEVECS]; /* [ncpus] each */
	struct mm412_node_sleep *nodes;                /* [nnodes] */
	int8_t *lru_parts;              /* mm412_lru_count.c: [nnodes][ncpus][MM412_LRUS] */
	struct mm412_zone_sleep *zones; /* [nzones] */
	uint64_t event[MM412_VM_EVENTS];

	struct mm412_task **tasks; /* by number; NULL = not seen yet, &plain = it has done
				      nothing that is to be remembered */
	uint32_t ntasks;
	struct mm412_task plain;        /* as tasks begin; its number is nobody's */
	struct mm412_task *kswapd_task; /* [nnodes] */
	struct mm412_task own[MM412_OWN_TASKS];

	struct mm412_content *contents;
	uint32_t ncontents, contents_room, contents_free; /* free: number + 1, 0 = none */
	uint32_t
		contents_runs; /* free runs of 512 for huge pages: first number + 1, 0 = none */

	struct mm412_swap *swap;
	struct mm412_io *io;
	struct mm412_writeback *writeback;
	struct mm412_shadows *shadows; /* NULL = none so far */
	struct mm412_objects *objects; /* likewise */

	struct mm_host host;
	uint64_t jiffy;      /* cycles */
	bool unpaid;         /* in mm412_content_hold(): nobody's time passes */
	bool wanted;         /* contents were asked for: LRU lists mean something */
	bool oom_lock;       /* somebody is in the OOM killer */
	uint64_t draining;   /* date at which a drain of all CPUs ends; 0 = there is none */
	uint64_t flush_ipis; /* interrupts sent to flush TLBs */
	uint64_t panics;     /* of out_of_memory(): the requests failed instead */
	uint64_t would_hang; /* requests given up that the kernel would try for good */
	unsigned oom_victims;
	struct sim_queue *oom_queue, *reaper_queue, *flusher_queue, *page_queue;
	uint32_t reaper_task; /* number of the victim to reap, MM412_NONE = none */
	/* While nr_wb_congested[] is not 0: when the disk that is congested last will not be
	 * any more, as far as is known; else 0. async (write); sync (read) is always 0 */
	uint64_t congested_until[2];
	struct mm412_daemon_start *starts; /* of daemons; [nstarts] */
	unsigned nstarts;
	uint16_t starting; /* node of the daemon that has just begun: mm412_daemon_begins() */
};

static inline struct mm412_page *mm412_page(const struct mm412 *mm, uint32_t slot)
{
	return &mm->sleep->page[slot - mm->frame0];
}

static inline struct mm412_node_sleep *mm412_node_of(const struct mm412 *mm, uint32_t slot)
{
	return &mm->sleep->nodes[mm->zones[mm412_tag_zone(mm->s[slot].tag)].nid];
}

static inline struct mm412_zone_sleep *mm412_zone_sleep(const struct mm412 *mm,
							const struct mm412_zone *zone)
{
	return &mm->sleep->zones[zone->id];
}

/* Base pages of the block in use that begins there: hpage_nr_pages(). */
static inline unsigned mm412_pages(const struct mm412 *mm, uint32_t slot)
{
	return 1u << mm412_tag_order(mm->s[slot].tag);
}

static inline uint64_t mm412_jiffies(const struct mm412 *mm, const struct sim_cpu *cpu)
{
	return sim_now(cpu) / mm->sleep->jiffy;
}

/* vm_event_item */
static inline void mm412_count(struct mm412 *mm, unsigned event, uint64_t n)
{
	mm->sleep->event[event] += n;
}

/* Tells whoever listens of a tracepoint; value[] as model/mm_event.h says. */
static inline void mm412_tell(struct mm412 *mm, const struct sim_cpu *cpu,
			      const struct mm412_task *task, struct mm_event e)
{
	const struct mm_host *host = &mm->sleep->host;

	if (host->event)
		host->event(host->ctx, cpu, task ? task->number : MM412_NONE, &e);
}

#endif
