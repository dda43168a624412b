/*
 * What the files share that make 4.12.0 sleep: pages with contents, LRU lists, reclaim, swap,
 * writeback, compaction, the OOM killer. The allocator's core (mm412.h) knows none of it; of
 * these files only those named in mm412.h are called by it.
 *
 * All this state hangs off mm->sleep, which is NULL in a kernel without a world (golden files,
 * guided replays): such a kernel never gets here.
 *
 * Rules of the house:
 * - Whoever sleeps, yields or waits for a disk is on an actor (cpu->on_actor) and holds no
 *   lock; afterwards it looks again at whatever may have changed.
 * - Between two calls that can sleep, code is one step: nobody else runs.
 * - Actors own no heap memory. Counts of pages are in base pages, as the kernel's are.
 * - Counters of nodes and of LRU lists are exact: without per-cpu parts, unlike the kernel's
 *   (docs/model-limits.md).
 */
#ifndef MM412_SLEEP_H
#define MM412_SLEEP_H

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
	MM412_PG_READAHEAD = 1 << 11, /* swapped in for a neighbour's sake */
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
	struct sim_lock lock; /* lru_lock */
};

/* Counters of a node (enum node_stat_item), pages. */
enum mm412_node_item {
	MM412_NODE_LRU, /* by enum mm412_lru from here on */
	MM412_NODE_ISOLATED_ANON = MM412_NODE_LRU + MM412_LRUS,
	MM412_NODE_ISOLATED_FILE,
	MM412_NODE_WORKINGSET_REFAULT,
	MM412_NODE_WORKINGSET_ACTIVATE,
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

struct mm412_node_sleep {
	uint16_t nid;
	struct mm412_lruvec lru;
	int64_t stat[MM412_NODE_ITEMS];
	unsigned flags; /* MM412_PGDAT_* */
	struct sim_queue *queue[MM412_NODE_QUEUES];
	bool kswapd_asleep; /* on its queue: waitqueue_active() */
	unsigned kswapd_order;
	int kswapd_classzone_idx;
	unsigned kswapd_failures;
	bool kcompactd_asleep;
	unsigned kcompactd_max_order;
	int kcompactd_classzone_idx;
	uint32_t slabs; /* slot of the head of its reclaimable slab pages, oldest last */
	uint64_t slab_deferred, split_deferred; /* shrinker->nr_deferred */
	struct mm412_chain split_queue;         /* of second frames: mm412_huge.c */
	struct mm412_node *node;
	bool unpaid; /* who has lru_lock takes no time and keeps nobody waiting */
};

/* A task as the kernel looks at it. Made when it is first seen. */
struct mm412_task {
	uint32_t number;
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
struct mm412_daemon_start; /* mm412_daemon.c */

enum { MM412_FLUSHER_TASK, MM412_REAPER_TASK, MM412_OWN_TASKS };

struct mm412_sleep {
	struct mm412_page *page; /* by slot - frame0; zeroed host memory where touched */
	void *page_map;
	size_t page_map_bytes;
	uint8_t *skip; /* pageblock skip bits, by slot >> MM412_BLOCK_ORDER */
	struct mm412_pagevec *pagevec[MM412_PAGEVECS]; /* [ncpus] each */
	struct mm412_node_sleep *nodes;                /* [nnodes] */
	struct mm412_zone_sleep *zones;                /* [nzones] */
	uint64_t event[MM412_VM_EVENTS];

	struct mm412_task **tasks; /* by number, NULL = not seen yet */
	uint32_t ntasks;
	struct mm412_task *kswapd_task; /* [nnodes] */
	struct mm412_task own[MM412_OWN_TASKS];

	struct mm412_content *contents;
	uint32_t ncontents, contents_room, contents_free; /* free: number + 1, 0 = none */
	uint32_t
		contents_runs; /* free runs of 512 for huge pages: first number + 1, 0 = none */

	struct mm412_swap *swap;
	struct mm412_io *io;
	struct mm412_writeback *writeback;

	struct mm_host host;
	uint64_t jiffy;      /* cycles */
	bool unpaid;         /* in mm412_content_hold(): nobody's time passes */
	bool wanted;         /* contents were asked for: LRU lists mean something */
	bool oom_lock;       /* somebody is in the OOM killer */
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

/* ---- chains: mm412_chain.c ----------------------------------------------------------------
 */

static inline struct mm412_chain mm412_chain_empty(void)
{
	return (struct mm412_chain){ MM412_NONE, MM412_NONE, 0 };
}

/* The page behind that one, MM412_NONE = it is the last. */
static inline uint32_t mm412_chain_next(const struct mm412 *mm, const struct mm412_chain *chain,
					uint32_t slot)
{
	return slot == chain->last ? MM412_NONE : mm->s[slot].next;
}

void mm412_chain_add(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot); /* head */
void mm412_chain_add_tail(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot);
void mm412_chain_del(struct mm412 *mm, struct mm412_chain *chain, uint32_t slot);
/* list_splice(): all of `from` to the head; from is empty then. */
void mm412_chain_splice(struct mm412 *mm, struct mm412_chain *chain, struct mm412_chain *from);

/* ---- LRU lists: mm412_lru.c, mm412_pagevec.c -------------------------------------------- */

/* page_lru(): the list that the page is on or belongs to. */
enum mm412_lru mm412_lru_of(const struct mm412 *mm, uint32_t slot);
/* page_is_file_cache() as an index. */
unsigned mm412_lru_kind(const struct mm412 *mm, uint32_t slot);
/* add_page_to_lru_list(), add_page_to_lru_list_tail(), del_page_from_lru_list(): links, the
 * counters of node and zone, MM412_PG_LRU and MM_USE_LRU. lru_lock is the caller's business. */
void mm412_lru_link(struct mm412 *mm, uint32_t slot, enum mm412_lru lru);
void mm412_lru_link_tail(struct mm412 *mm, uint32_t slot, enum mm412_lru lru);
void mm412_lru_unlink(struct mm412 *mm, uint32_t slot, enum mm412_lru lru);
/* isolate_lru_page(): off its list and pinned; false when it is on none. */
bool mm412_lru_isolate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* putback_lru_page(): through a pagevec, the caller's pin goes. */
void mm412_lru_putback(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* One pin less (put_page()); who held the last reference frees the page: off its LRU list
 * (__page_cache_release()), then free_hot_cold_page() or by order. */
void mm412_lru_put(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool cold);
/* Nobody but pins and caches has the page any more: it goes now or with its last pin. */
void mm412_lru_release(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* free_hot_cold_page_list(): pages without any reference, in the chain's order. */
void mm412_lru_free_chain(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *chain,
			  bool cold);
/* lruvec_lru_size(): pages of the list in zones up to that type. */
uint64_t mm412_lru_size(const struct mm412 *mm, const struct mm412_node_sleep *node,
			enum mm412_lru lru, unsigned zone_idx);
/* node_page_state() of that item over all nodes; of zones: zone_page_state(), global. */
uint64_t mm412_lru_node_sum(const struct mm412 *mm, enum mm412_node_item item);
uint64_t mm412_lru_zone_sum(const struct mm412 *mm, enum mm412_zone_item item);
void mm412_lru_node_add(struct mm412 *mm, uint32_t slot, enum mm412_node_item item, int64_t n);
void mm412_lru_zone_add(struct mm412 *mm, uint32_t slot, enum mm412_zone_item item, int64_t n);
uint32_t mm412_lru_head(const struct mm412_node_sleep *node, enum mm412_lru lru);
/* lru_lock of the node: costs, its line, its waits. */
void mm412_lru_lock(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node);
void mm412_lru_unlock(struct sim_cpu *cpu, struct mm412_node_sleep *node);
/* update_page_reclaim_stat() */
void mm412_lru_scanned(struct mm412_node_sleep *node, unsigned kind, bool rotated);
/* Unlinks a page that is about to be freed, with page_off_lru(). */
void mm412_lru_off(struct mm412 *mm, uint32_t slot);
/* Somebody has the page: page_count() > 0. Who takes pages off LRU lists leaves others alone
 * (get_page_unless_zero()). */
bool mm412_lru_held(const struct mm412 *mm, uint32_t slot);
/* get_page() */
void mm412_lru_pin(struct mm412 *mm, uint32_t slot);

/* lru_cache_add() and its kin; the page's flags say which list it will be on. */
void mm412_pagevec_add(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* mark_page_accessed() */
void mm412_pagevec_accessed(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* activate_page() */
void mm412_pagevec_activate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* rotate_reclaimable_page(): at the end of a write that reclaim began. */
void mm412_pagevec_rotate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* deactivate_file_page() */
void mm412_pagevec_deactivate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* lru_add_drain(), lru_add_drain_cpu(), lru_add_drain_all() */
void mm412_pagevec_drain(struct mm412 *mm, struct sim_cpu *cpu);
void mm412_pagevec_drain_of(struct mm412 *mm, struct sim_cpu *cpu, unsigned owner);
void mm412_pagevec_drain_all(struct mm412 *mm, struct sim_cpu *cpu);

/* ---- workingset: mm412_workingset.c ----------------------------------------------------- */

/* workingset_eviction(): what to keep of a file page that reclaim takes away; never 0. */
uint64_t mm412_workingset_eviction(struct mm412 *mm, uint32_t slot);
/* workingset_refault(): counts; true when the page is to be activated. */
bool mm412_workingset_refault(struct mm412 *mm, uint64_t shadow);
void mm412_workingset_activation(struct mm412 *mm, uint32_t slot);

/* ---- reclaim: mm412_shrink.c, mm412_isolate_lru.c, mm412_scan.c, mm412_reclaim.c --------- */

/* shrink_page_list() of isolated pages: what stays comes back in *pages. The rest is freed.
 * `force`: no reference check (ttu of reclaim_clean_pages_from_list). Returns pages freed. */
uint64_t mm412_shrink(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *pages,
		      struct mm412_node_sleep *node, struct mm412_scan *sc, bool force,
		      struct mm412_shrunk *seen);
/* isolate_lru_pages(): up to nr entries from the tail into *out, lru_lock held; returns pages
 * taken and adds up entries scanned, skipped ones among them. */
uint64_t mm412_isolate_lru(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			   enum mm412_lru lru, uint64_t nr, const struct mm412_scan *sc,
			   bool unmapped, struct mm412_chain *out, uint64_t *scanned);
/* inactive_list_is_low() */
bool mm412_scan_inactive_is_low(const struct mm412 *mm, const struct mm412_node_sleep *node,
				bool file, const struct mm412_scan *sc, bool actual);
/* shrink_active_list() */
void mm412_scan_active(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		       enum mm412_lru lru, uint64_t nr, struct mm412_scan *sc);
/* shrink_node(): true when it has reclaimed something. */
bool mm412_scan_node(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		     struct mm412_scan *sc);
/* age_active_anon() */
void mm412_scan_age_anon(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			 struct mm412_scan *sc);
/* pgdat_reclaimable_pages(), zone_reclaimable_pages() */
uint64_t mm412_scan_reclaimable(const struct mm412 *mm, const struct mm412_node_sleep *node);
uint64_t mm412_scan_zone_reclaimable(const struct mm412 *mm, const struct mm412_zone *zone);
/* shrink_slab(): pages scanned of the eligible ones say how hard. Returns objects freed; the
 * pages are counted in task->slab_reclaimed, unless task is NULL. mm412_slab.c */
uint64_t mm412_slab_shrink(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			   struct mm412_task *task, uint32_t gfp, uint64_t scanned,
			   uint64_t eligible);
/* try_to_free_pages(): pages reclaimed; throttles first. Sleeps. */
uint64_t mm412_reclaim_direct(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			      const struct mm412_request *rq);
/* allow_direct_reclaim(), which also wakes a kswapd that sleeps. */
bool mm412_reclaim_allowed(struct mm412 *mm, struct sim_cpu *cpu,
			   struct mm412_node_sleep *node);
/* node_reclaim(): NODE_RECLAIM_* as -2 no scan, -1 full, 0 some, 1 success. */
int mm412_reclaim_node(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		       struct mm412_zone *zone, uint32_t gfp, unsigned order);
/* drop_caches: bit 0 page cache, bit 1 slab. */
void mm412_reclaim_drop_caches(struct mm412 *mm, struct sim_cpu *cpu, uint64_t what);
/* congestion_wait(), wait_iff_congested(): jiffies. */
void mm412_reclaim_congestion_wait(struct mm412 *mm, struct sim_cpu *cpu, bool sync,
				   uint64_t jiffies);
void mm412_reclaim_wait_iff_congested(struct mm412 *mm, struct sim_cpu *cpu,
				      struct mm412_node_sleep *node, bool sync,
				      uint64_t jiffies);

/* ---- daemons: mm412_daemon.c, mm412_kswapd.c -------------------------------------------- */

/* mm_policy.attach: makes mm->sleep, swap, queues and daemons. mm412_daemon_done(): frees. */
bool mm412_daemon_attach(void *state, const struct mm_host *host, char *text, size_t size);
void mm412_daemon_done(struct mm412 *mm);
/*
 * The node that a daemon of a node is for, which it asks first of all, before it settles. (Its
 * CPU does not tell: a node without CPUs has its daemons elsewhere.) Tests that call
 * mm412_kswapd_run() themselves set sleep->starting.
 */
static inline struct mm412_node_sleep *mm412_daemon_begins(const struct mm412 *mm)
{
	return &mm->sleep->nodes[mm->sleep->starting];
}
/* Contents matter from now on: the host tells of those it has not told yet. Call it before
 * the first look at an LRU list; cheap afterwards. */
void mm412_daemon_want(struct mm412 *mm, struct sim_cpu *cpu);
/* wakeup_kswapd(): counts, hands over order and zone type, wakes who sleeps. `rq` for the
 * request's order and highest zone type. */
void mm412_kswapd_wake(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_zone *zone,
		       unsigned order, unsigned classzone);
/* pgdat_balanced() */
bool mm412_kswapd_balanced(const struct mm412 *mm, const struct mm412_node *node,
			   unsigned order, unsigned classzone);
void mm412_kswapd_run(void *state, struct sim_cpu *cpu);

/* ---- disks and writeback: mm412_io.c, mm412_dirty.c, mm412_writeback.c ------------------- */

bool mm412_io_make(struct mm412 *mm);
void mm412_io_done(struct mm412 *mm);
/* Starts writing a page: MM412_PG_WRITEBACK until its date (__swap_writepage(), a file
 * system's writepage()). The page is unlocked; counters of writeback, pswpout, pgpgout. */
void mm412_io_write(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool reclaim);
/* The same under the reclaimer's plug: the disk gets the page at mm412_io_unplug(). */
void mm412_io_write_later(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task,
			  uint32_t slot);
void mm412_io_unplug(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task);
/* Ends what the disks have done by now: end_page_writeback() with its rotation, wakes
 * sleepers. Call it before looking at pages' flags or LRU lists after time has passed. */
void mm412_io_reap(struct mm412 *mm, struct sim_cpu *cpu);
/* wait_on_page_writeback(): on an actor, sleeps. */
void mm412_io_wait(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* Reads n pages at `at` (a swap slot, or a file content's number) and sleeps until they are
 * there; counts pswpin or pgpgin. */
void mm412_io_read(struct mm412 *mm, struct sim_cpu *cpu, bool swap, uint32_t at, unsigned n);
/* The page goes while it is written: the disk goes on, nobody is told. */
void mm412_io_forget(struct mm412 *mm, uint32_t slot);
/* inode_write_congested() of a page's file: too many requests are under way. Never of
 * swap: 4.12 asks a backing device that stands for none. */
bool mm412_io_congested(const struct mm412 *mm, const struct sim_cpu *cpu, bool swap);
/* The date at which clear_wb_congested() next wakes those who wait for congestion to end: the
 * end of a write that leaves its disk uncongested. UINT64_MAX = none is under way. */
uint64_t mm412_io_relief(const struct mm412 *mm);

/* set_page_dirty() / clear_page_dirty_for_io() of a file page with their counters. */
void mm412_dirty_set(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
bool mm412_dirty_clear(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* node_dirty_ok() */
bool mm412_dirty_node_ok(const struct mm412 *mm, unsigned nid, const struct mm412_task *task);
/* global_dirtyable_memory(), domain_dirty_limits(): pages. */
uint64_t mm412_dirty_dirtyable(const struct mm412 *mm);
void mm412_dirty_limits(const struct mm412 *mm, const struct mm412_task *task, uint64_t *thresh,
			uint64_t *background);
/* writeback_set_ratelimit(): dirty_ratio or dirty_bytes has been written. */
void mm412_dirty_set_limits(struct mm412 *mm);
/* mm_policy.dirty_bound: the fewest dirty pages at which node_dirty_ok() could refuse a node,
 * or the flusher begin, as things are. */
uint64_t mm412_dirty_bound(const void *state);
/* balance_dirty_pages_ratelimited(): after a write; true when the writer has to sleep, which
 * mm412_dirty_balance_wait() then does on an actor. */
bool mm412_dirty_balance(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
void mm412_dirty_balance_wait(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
bool mm412_writeback_make(struct mm412 *mm);
void mm412_writeback_done(struct mm412 *mm);
/* wb_start_background_writeback(): the flusher looks whether too much is dirty. */
void mm412_writeback_background(struct mm412 *mm, struct sim_cpu *cpu);
void mm412_writeback_run(void *state, struct sim_cpu *cpu);
/* A file page became dirty, or is none any more before it was written. */
void mm412_writeback_dirtied(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* wakeup_flusher_threads(): 0 pages = all. */
void mm412_writeback_wake(struct mm412 *mm, struct sim_cpu *cpu, uint64_t pages);

/* ---- swap: mm412_swap.c, mm412_swap_cache.c, mm412_swap_in.c ----------------------------- */

bool mm412_swap_make(struct mm412 *mm, uint64_t pages);
void mm412_swap_done(struct mm412 *mm); /* frees; takes a kernel whose swap was not made */
uint64_t mm412_swap_free_pages(const struct mm412 *mm); /* get_nr_swap_pages() */
uint64_t mm412_swap_total(const struct mm412 *mm);
/* add_to_swap(): a slot and the swap cache for an anon or shmem page; splits a huge page, whose
 * other pages go to the tail of *rest. False: swap is full, or the page cannot be split. */
bool mm412_swap_add(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
		    struct mm412_chain *rest);
/* try_to_free_swap(), delete_from_swap_cache(): the page is no longer in the swap cache. */
bool mm412_swap_try_free(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
void mm412_swap_cache_del(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* The swap cache's page for that slot is another one: migration. */
void mm412_swap_cache_move(struct mm412 *mm, uint32_t swap, uint32_t to);
/* swap_free(): one user of the slot less. */
void mm412_swap_free(struct mm412 *mm, struct sim_cpu *cpu, uint32_t swap);
/* The page of the swap cache for that slot, MM412_NONE = none. */
uint32_t mm412_swap_cached(const struct mm412 *mm, uint32_t swap);
/* do_swap_page() with swapin_readahead(): on an actor. The content is mapped again, or false
 * when there is no page for it or it has gone. *major: it was read. */
bool mm412_swap_in(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		   uint32_t content, bool write, bool *major);
bool mm412_swap_full(const struct mm412 *mm); /* vm_swap_full() */

/* ---- contents and tasks: mm412_content.c, mm412_task.c, mm412_huge.c --------------------- */

/* Made at the first call; NULL when memory is short. */
struct mm412_task *mm412_task_of(struct mm412 *mm, uint32_t number);
/* get_mm_counter(): that many pages of a kind, or swap entries, more; page tables follow. */
void mm412_task_rss(struct mm412_task *task, enum mm_kind kind, int64_t pages);
void mm412_task_swapents(struct mm412_task *task, int64_t entries);

/* Numbers: mm412_content_number.c. MM_NO_CONTENT when memory is short; a run is 512 in a row,
 * whose numbers are free again when all of them have been given. */
uint32_t mm412_content_number_take(struct mm412 *mm);
uint32_t mm412_content_number_take_run(struct mm412 *mm);
void mm412_content_number_give(struct mm412 *mm, uint32_t number);
/* NULL: it was dropped, or its task has exited. */
struct mm412_content *mm412_content_number_find(const struct mm412 *mm, uint32_t number);
/* Ends what it holds, wherever it is, but for its number: zap_pte_range(),
 * truncate_inode_page(). */
void mm412_content_drop_it(struct mm412 *mm, struct sim_cpu *cpu, uint32_t number);
/* The page is the content's: mapped, and counted for its task. */
void mm412_content_map(struct mm412 *mm, uint32_t slot);
void mm412_content_map_not(struct mm412 *mm, uint32_t slot);
/* Members of struct mm_policy. Only anonymous memory is huge; a block of a slab is one content,
 * whatever its order. */
uint32_t mm412_content_hold(void *state, struct sim_cpu *cpu, uint64_t frame,
			    struct mm_content what);
void mm412_content_drop(void *state, struct sim_cpu *cpu, uint32_t content);
struct mm_access mm412_content_try(void *state, struct sim_cpu *cpu, uint32_t content,
				   bool write);
struct mm_access mm412_content_wait(void *state, struct sim_cpu *cpu, uint32_t content,
				    bool write);
/* A file's content that is on disk only, and maybe those behind it: on an actor. False when
 * there is no page for it. */
bool mm412_content_read(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			uint32_t number, bool write);
uint64_t mm412_content_frame(const void *state, uint32_t content);
uint32_t mm412_content_count(const void *state);
uint32_t mm412_content_task(const void *state, uint32_t content);
void mm412_content_task_exit(void *state, struct sim_cpu *cpu, uint32_t task);
bool mm412_mempolicy_rules(void *state, uint32_t task, const struct mm_task_rules *rules,
			   char *text, size_t size);
/* page_referenced(): entries that were young, which they are no longer. *exec: VM_EXEC (never,
 * see model-limits). */
unsigned mm412_content_referenced(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* try_to_unmap(): false when it stays mapped. Anon: the entry becomes the swap slot's, which
 * gets a user more; a dirty entry makes the page dirty. */
bool mm412_content_unmap(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* __remove_mapping() of a page that is not dirty and has no other reference: the content is on
 * swap or on disk (with a shadow when reclaimed). False when it is in use. */
bool mm412_content_remove(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool reclaimed);
/* migrate_page(): contents, flags and caches move to another page in use, whose own entry was
 * empty; neither is on an LRU list. False when it may not move now (being written, locked). */
bool mm412_content_move(struct mm412 *mm, struct sim_cpu *cpu, uint32_t from, uint32_t to,
			enum mm412_compact_mode mode);
/* Frees a task's anonymous pages but not their numbers (__oom_reap_task_mm()): pages freed. */
uint64_t mm412_content_reap(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
/* split_huge_page(): its 512 pages are single ones, the others' LRU place is behind the first
 * (or on *rest when not NULL and it is on no list); those without a content are freed. The
 * caller has pinned it; false when somebody else has, too. */
bool mm412_huge_split(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
		      struct mm412_chain *rest);
/* One of a huge page's contents ends: the page itself goes with the last of them, or when it is
 * split. zap_huge_pmd(), page_remove_rmap() of a part. */
void mm412_huge_drop(struct mm412 *mm, struct sim_cpu *cpu, uint32_t number);
/* deferred_split_count(), deferred_split_scan(): huge pages that have lost contents; splits up
 * to nr of them and returns how many. */
uint64_t mm412_huge_deferred(const struct mm412 *mm, const struct mm412_node_sleep *node);
uint64_t mm412_huge_scan(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			 uint64_t nr);
/* A page for the kernel's own needs (swap-in, refault), on an actor, by the task's rules:
 * MM412_NONE when there is none. */
uint32_t mm412_slowpath_page(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			     uint32_t gfp);

/* ---- compaction: mm412_compact*.c, mm412_migrate.c, mm412_kcompactd.c ---------------------
 */

/* try_to_compact_pages(): on an actor. */
enum mm412_compact_result mm412_compact_try(struct mm412 *mm, struct sim_cpu *cpu,
					    struct mm412_task *task,
					    const struct mm412_request *rq,
					    unsigned alloc_flags, unsigned priority);
/* compaction_suitable() of the zone for such a request. */
enum mm412_compact_result mm412_compact_suitable(const struct mm412 *mm,
						 const struct mm412_zone *zone, int order,
						 unsigned alloc_flags, unsigned classzone);
/* compaction_zonelist_suitable() */
bool mm412_compact_zonelist_suitable(const struct mm412 *mm, const struct mm412_request *rq,
				     unsigned alloc_flags);
/* compaction_deferred(), compaction_defer_reset(), defer_compaction() */
bool mm412_compact_deferred(struct mm412 *mm, const struct mm412_zone *zone, int order);
void mm412_compact_defer(struct mm412 *mm, const struct mm412_zone *zone, int order);
void mm412_compact_defer_reset(struct mm412 *mm, const struct mm412_zone *zone, int order,
			       bool allocated);
/*
 * The same with their tracepoints, on that CPU and of that task (NULL = a daemon). What the
 * kernel calls is these; the others are for those who have no CPU at hand.
 */
enum mm412_compact_result mm412_compact_suitable_by(struct mm412 *mm, const struct sim_cpu *cpu,
						    const struct mm412_task *task,
						    const struct mm412_zone *zone, int order,
						    unsigned alloc_flags, unsigned classzone);
bool mm412_compact_deferred_by(struct mm412 *mm, const struct sim_cpu *cpu,
			       const struct mm412_task *task, const struct mm412_zone *zone,
			       int order);
void mm412_compact_defer_by(struct mm412 *mm, const struct sim_cpu *cpu,
			    const struct mm412_task *task, const struct mm412_zone *zone,
			    int order);
void mm412_compact_defer_reset_by(struct mm412 *mm, const struct sim_cpu *cpu,
				  const struct mm412_task *task, const struct mm412_zone *zone,
				  int order, bool allocated);
/* compaction_restarting(): the longest deferral is over. */
bool mm412_compact_defer_is_over(const struct mm412 *mm, const struct mm412_zone *zone,
				 int order);
/* __compaction_suitable() as if so many pages were free. */
enum mm412_compact_result mm412_compact_suitable_with(const struct mm412_zone *zone, int order,
						      unsigned alloc_flags, unsigned classzone,
						      int64_t free);
/* compact_gap(), fragmentation_index() */
uint64_t mm412_compact_gap(unsigned order);
int mm412_compact_index(const struct mm412 *mm, const struct mm412_zone *zone, unsigned order);
/* reset_isolation_suitable() of a node's zones; reset_cached_positions() at boot. */
void mm412_compact_reset(struct mm412 *mm, struct mm412_node_sleep *node);
/* wakeup_kcompactd(); kcompactd() */
void mm412_kcompactd_wake(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			  int order, int classzone);
void mm412_kcompactd_run(void *state, struct sim_cpu *cpu);
/* echo 1 > compact_memory. Sleeps when on an actor; else works without waiting. */
void mm412_compact_all(struct mm412 *mm, struct sim_cpu *cpu);

/* ---- the slow path and OOM: mm412_slowpath.c, mm412_retry.c, mm412_oom.c, mm412_reaper.c --
 */

struct mm_grant mm412_slowpath_wait(void *state, struct sim_cpu *cpu, struct mm_request req,
				    struct mm_grant so_far);
/* should_reclaim_retry(): sleeps where writing has to go on first. */
bool mm412_retry_reclaim(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			 const struct mm412_request *rq, unsigned flags, bool progress,
			 int *no_progress_loops);
/* should_compact_retry() */
bool mm412_retry_compact(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			 const struct mm412_request *rq, unsigned flags,
			 enum mm412_compact_result result, unsigned *priority,
			 unsigned *retries);
/* cpuset and nodemask allow the zone. mm412_mempolicy.c */
bool mm412_mempolicy_allows(const struct mm412_request *rq, const struct mm412_zone *zone,
			    unsigned flags, const struct mm412_limits *limits);
/* The first reference within high_idx and nodes: first_zones_zonelist(). */
const struct mm412_zoneref *mm412_mempolicy_first(const struct mm412_request *rq);
/* oom_badness(); 0 = may not be killed. `nodes` as constrained_alloc() leaves them. */
int64_t mm412_oom_badness(const struct mm412_task *task, uint64_t totalpages);
/* wake_oom_reaper() */
void mm412_reaper_wake(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
/* out_of_memory(): true when it did something that may help. */
bool mm412_oom_kill(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		    const struct mm412_request *rq);
void mm412_oom_exited(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task);
void mm412_reaper_run(void *state, struct sim_cpu *cpu);
/* policy_node(), policy_nodemask(), interleave, cpuset: where a request of that task begins and
 * what nodes it may use. Only for ruled tasks. `again`: the same request once more, which does
 * not interleave further. mm412_mempolicy.c */
void mm412_mempolicy_apply(struct mm412 *mm, struct mm412_request *rq, struct mm412_task *task,
			   unsigned nid, bool again);

/* ---- reports and checks: mm412_stat.c, mm412_check_lru.c --------------------------------- */

/*
 * All counters of /proc/vmstat that this model keeps, in the kernel's order, those of the core
 * among them, appended: the array has room for MM412_STAT_COUNTERS more. Then the zones' and
 * nodes' of /proc/zoneinfo. False when memory is short.
 */
#define MM412_STAT_COUNTERS 128
bool mm412_stat_counters(const struct mm412 *mm, struct mm_snapshot *snapshot);
/* Between any two steps: false and a sentence when something does not add up. Walks all frames
 * and contents once. */
bool mm412_check_sleep(const struct mm412 *mm, char *text, size_t size);
/* ... and when nobody is inside an operation, and no daemon is but asleep: nothing is isolated,
 * locked or pinned but by pagevecs. */
bool mm412_check_sleep_rest(const struct mm412 *mm, char *text, size_t size);

#endif
