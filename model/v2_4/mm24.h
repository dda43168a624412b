/*
 * What the files of the 2.4.0 model share: the state of one kernel, and the operations each
 * file offers to the others. docs/kernel-map.md names the kernel functions they stand for.
 *
 * Frames are handled as slot numbers (model/mm_list.h). The table begins with the heads of
 * all lists; the frames follow from `frame0` on. 2.4's buddies are relative to their zone's
 * start, so slot numbers need no alignment.
 *
 * Who runs is passed along: a CPU, and where it matters the task, since a sleeping request
 * of one task lets others go on. Nothing here is global.
 */
#ifndef MM24_H
#define MM24_H

#include <assert.h>

#include "model/mm_list.h"
#include "model/mm_orders.h"
#include "model/mm_policy.h"
#include "model/v2_4/mm24_policy.h"

#define MM24_ORDERS 10
#define MM24_MAX_ZONES (3 * MM_MAX_NODES)
#define MM24_NONE UINT32_MAX
#define MM24_AGE_START 2
#define MM24_AGE_ADV 3
#define MM24_AGE_MAX 64

enum { MM24_ZONE_DMA, MM24_ZONE_NORMAL, MM24_ZONE_HIGHMEM, MM24_ZONES };

/* gfp bits by the values of that kernel. */
enum {
	MM24_GFP_WAIT = 0x01,
	MM24_GFP_HIGH = 0x02,
	MM24_GFP_IO = 0x04,
	MM24_GFP_DMA = 0x08,
	MM24_GFP_HIGHMEM = 0x10,
	MM24_GFP_MASK = 0x1f,
	/* No bit of 2.4.0: whoever asks clears the pages at once (get_zeroed_page(), faults).
	 */
	MM24_GFP_ZERO = 0x20,
	MM24_GFP_BUFFER = MM24_GFP_HIGH | MM24_GFP_WAIT,
	MM24_GFP_ATOMIC = MM24_GFP_HIGH,
	MM24_GFP_USER = MM24_GFP_WAIT | MM24_GFP_IO,
	MM24_GFP_KERNEL = MM24_GFP_HIGH | MM24_GFP_WAIT | MM24_GFP_IO,
	MM24_GFP_KSWAPD = MM24_GFP_IO,
};

/*
 * A slot's tag holds a page's flags (mm_slot.tag), its type the age, its use the number of
 * its zone. A page is on at most one list: free (no LRU flag set), active, inactive_dirty or
 * inactive_clean.
 */
enum {
	MM24_LOCKED = 1 << 0,
	MM24_REFERENCED = 1 << 1,
	MM24_DIRTY = 1 << 2, /* PG_dirty */
	MM24_RESERVED = 1 << 3,
	MM24_ACTIVE = 1 << 4,
	MM24_INACTIVE_DIRTY = 1 << 5,
	MM24_INACTIVE_CLEAN = 1 << 6,
	MM24_LRU = MM24_ACTIVE | MM24_INACTIVE_DIRTY | MM24_INACTIVE_CLEAN,
	MM24_SWAP_CACHE = 1 << 7, /* its mapping is the swap cache; MM24_MAPPING is set, too */
	MM24_MAPPING = 1 << 8,    /* in a page cache */
	MM24_NO_WRITEPAGE = 1 << 9, /* whose file system has no writepage() */
	MM24_REFUSES = 1 << 10,     /* ... or one that always says 1 */
	MM24_BUFFERS = 1 << 11,     /* has a buffer head, which counts as one reference */
	MM24_BUFFER_DIRTY = 1 << 12,
	MM24_BUFFER_LOCKED = 1 << 13, /* its write is on the way */
	MM24_RAMDISK = 1 << 14,
	MM24_FREE = 1 << 15, /* the first frame of a block on a free list */
};

/* What struct page says beside the slot. Zero for memory that was never used. */
struct mm24_page {
	int32_t count;
	uint32_t content;      /* contents + 1 of a page cache page; 0 = none */
	uint32_t swap;         /* slot of a page in the swap cache */
	uint32_t order : 4;    /* of a free block, where MM24_FREE is set: for checks only */
	uint32_t dirtied : 28; /* odd while its buffer has a valid entry in the ring */
};

struct mm24_area {
	uint32_t head; /* slot of the list's head */
	uint64_t *map; /* one bit for each pair of buddies */
	uint64_t nbits;
	uint32_t line; /* number of the map's first cache line */
};

/* Slots, end exclusive. */
struct mm24_run {
	uint32_t start, end;
};

struct mm24_zone {
	uint64_t free_pages, inactive_clean_pages, inactive_dirty_pages;
	uint64_t pages_min, pages_low, pages_high;
	uint32_t start, size; /* slots */
	uint32_t clean_head;  /* slot of inactive_clean_list's head */
	uint8_t id, idx;      /* number among all zones = index in mm24.zones; MM24_ZONE_* */
	uint16_t nid;
	uint64_t present, managed; /* frames: without holes; that reached the allocator */
	struct mm24_area area[MM24_ORDERS];
	struct mm24_run *fresh; /* mm24_fresh.c; ascending */
	unsigned nfresh;
	uint32_t area_lines; /* of list heads that the lock's holder has touched: bits */
	uint16_t some,
		top; /* orders with free blocks, as bits; the largest as told, as its bit */
	struct mm_orders *orders;          /* mm24.orders */
	uint64_t pgalloc, pgfree, pgsteal; /* frames */
	uint64_t given_up; /* pages within reach, and one, when a request was given up whose
			      list begins here; 0 = none was */
	struct sim_lock lock;
};

/* The zones a request may use, in order, ended by NULL. Only bits 3 and 4 of gfp matter. */
enum { MM24_LISTS = 4, MM24_NO_POSITION = UINT8_MAX };

struct mm24_zonelist {
	struct mm24_zone *zones[MM24_ZONES + 1];
	uint64_t given_up; /* of an empty list; otherwise the first zone has it */
};

struct mm24_node {
	bool online;
	uint8_t position;                    /* in pgdat_list, MM24_NO_POSITION = not there */
	struct mm24_zone *zones[MM24_ZONES]; /* NULL = of size 0 */
	struct mm24_zonelist lists[MM24_LISTS]; /* by gfp >> 3 & 3 */
};

/* Something that sleeps until it is woken: a daemon. */
enum { MM24_KSWAPD, MM24_KRECLAIMD, MM24_BDFLUSH, MM24_KUPDATE, MM24_DAEMONS };

struct mm24_daemon {
	bool queued; /* on its wait queue: until it runs, also when already woken */
	bool asleep;
	bool sleeps_on;      /* it slept where the replay before ended: it begins with that */
	uint64_t wake_calls; /* made while it was queued (bdflush: all) */
	uint64_t wakes;      /* from asleep to runnable */
	uint64_t runs;
	struct sim_queue *queue; /* NULL without a world */
};

struct mm24_space;

/* A task, as far as the kernel looks at it. */
struct mm24_task {
	uint32_t number;
	bool memalloc; /* PF_MEMALLOC */
	bool killed;   /* by the OOM killer */
	enum { MM24_TASK, MM24_IS_KSWAPD, MM24_IS_BDFLUSH } kind;
	int nice;
	uint32_t uid, euid, caps;
	uint64_t total_vm, utime, stime, start; /* pages, jiffies */
	struct mm24_space *space;               /* NULL = none yet */
	bool no_mm;                             /* p->mm is NULL: badness 0 */
};

/* A page table entry: empty when flags are 0. */
enum { MM24_PTE_PRESENT = 1, MM24_PTE_YOUNG = 2, MM24_PTE_DIRTY = 4, MM24_PTE_SWAP = 8 };

struct mm24_pte {
	uint32_t value; /* slot of the frame, or swap slot; next free entry + 1 when empty */
	uint32_t flags;
};

/* One address space: a single area of `pages` pages. */
struct mm24_space {
	uint32_t id;
	struct mm24_pte *pte;
	uint32_t *content; /* [room]: content number of each entry; NULL in golden replays */
	uint32_t pages, room, free;           /* free: first free entry + 1, 0 = none */
	uint32_t rss, swap_cnt, swap_address; /* pages */
	uint32_t users;                       /* mm_users: its task, and who works on it */
	struct mm24_space *next;              /* in mmlist */
	uint32_t cpu;                         /* its task ran on last; MM24_NONE = on none */
	struct sim_lock lock;                 /* page_table_lock */
};

/* Swap: one use count a slot; slot 0 is never given out. */
struct mm24_swap {
	uint16_t *map;
	uint32_t *page;               /* slot of the page in the swap cache, MM24_NONE = none */
	uint32_t pages, free, lowest; /* lowest: no free slot below */
	uint64_t reads, writes;
};

/* A write on the way. */
struct mm24_write {
	uint64_t date; /* when the disk will have done it */
	uint32_t page; /* MM24_NONE: it left its cache meanwhile, nobody waits */
	bool buffer;   /* of the page's buffer; else of the page itself */
	bool swap;     /* to the swap disk */
};

/* By date, those of one date in the order they were begun (by hand: dates are 0): a ring. */
struct mm24_io {
	struct mm24_write *ring;
	uint32_t first, n, room;
	uint64_t writes; /* begun so far */
	bool by_hand;    /* golden replays: they end when mm24_probe says so */
	bool sync;       /* golden replays: they end where they begin */
};

struct mm24_content {
	uint32_t where; /* anon: page table entry; file: slot, MM24_NONE = on disk only */
	uint32_t task;  /* number of the task */
	uint8_t kind;   /* enum mm_kind */
	bool live;      /* false: the number is free, where = next free number */
	bool ended;     /* its task has exited: drop() frees the number */
	bool reading;   /* its page is being read from the data disk */
};

/* A buffer that became dirty, in that order; void when the page was cleaned since. */
struct mm24_dirty {
	uint32_t page;
	uint32_t dirtied; /* equal to the page's while it is valid */
	uint64_t date;
};

struct mm24_stats {
	uint64_t failures, would_hang, yields, blocks, ooms, reaps;
	uint64_t would_hang_faults; /* of would_hang: the pages of faults */
	uint64_t waits_beside_free; /* requests that waited while another node had memory */
	uint64_t refused_orders;    /* requests of an order that 2.4 does not have */
	uint64_t launder_calls, launder_scanned, launder_cleaned, launder_writes;
	uint64_t refill_scanned, refill_deactivated, reclaim_scanned, reclaimed;
	uint64_t swap_out_calls, ptes_scanned, unmapped, flush_ipis;
	uint64_t refaults_swap, refaults_file;
	uint64_t direct_reclaims, oom_kills, balance_blocks;
};

struct mm24 {
	struct mm_slot *s;
	struct mm24_page *page;  /* by slot - frame0 */
	struct mm24_zone *zones; /* ascending by node, then zone index; size > 0 only */
	struct mm24_node *nodes;
	uint16_t *pgdat_list;
	unsigned nzones, nnodes, ncpus, npgdats;
	struct mm_orders *orders; /* for how long none could be had */
	uint64_t base;            /* the frame of slot frame0 */
	uint32_t frame0, slots;
	uint32_t active_head, dirty_head; /* active_list, inactive_dirty_list */
	enum mm_memory_model model;
	unsigned nr_cpus;                 /* NR_CPUS */
	uint32_t area_lines[MM24_ORDERS]; /* lines of an order's head: bits, mm24_touch.c */
	uint32_t clean_lines;             /* ... of a zone's inactive_clean_list */
	uint32_t block_lines;             /* lines of all zones' maps */
	unsigned next_pgdat; /* discontig: where the next request begins; npgdats = at the head
			      */
	uint64_t num_physpages, max_mapnr, page_cluster;
	uint64_t nr_free,
		nr_clean; /* sums over the zones of free_pages, inactive_clean_pages */
	uint64_t nr_active, nr_inactive_dirty, buffermem_pages;
	uint64_t memory_pressure;
	uint64_t free_min, free_low, free_high; /* freepages */
	uint64_t jiffies_by_hand;               /* golden replays: mm24_probe_tick() */
	uint64_t jiffy;                         /* cycles; 0 = by hand */
	uint64_t last_recalc;                   /* jiffies */
	enum mm_path path;                      /* how far the running try had to go */

	struct mm24_daemon daemon[MM24_DAEMONS];
	struct mm24_task daemon_task[MM24_DAEMONS];
	struct sim_queue *kswapd_done;
	unsigned sleepers;             /* on kswapd_done */
	struct sim_where kswapd_where; /* in which functions its time has passed */
	struct mm24_task nobody;       /* stands for tasks that were not seen yet */
	struct mm24_task **tasks;      /* by number; NULL = not seen yet */
	struct mm24_space *mmlist;
	struct mm24_swap swap;
	struct mm24_io io;
	struct mm24_content *contents;
	uint32_t ntasks, ncontents, contents_room, contents_free; /* free: number + 1 */
	struct mm24_dirty *dirty; /* ring of dirty buffers, oldest first */
	uint32_t dirty_first, dirty_n, dirty_room;
	uint64_t nr_dirty_buffers;  /* pages with MM24_BUFFER_DIRTY that are in the ring */
	const struct mm_host *host; /* NULL = no world: golden replays and tests */
	struct mm_host host_copy;

	struct mm24_stats stats;
	struct mm24_costs cost;
	struct mm24_params params;
	struct sim_lock lru_lock, cache_lock; /* pagemap_lru_lock, pagecache_lock */
	struct sim_lock old_locks; /* figures of page_table_locks of spaces that are gone */
	struct mm_list_table table, page_table;
	char put_error[160]; /* the first contradiction of the put_* calls */
	/* While a state is put: bits of the frames that are free, and of those told about. */
	uint64_t *put_free, *put_known;
	bool put_listed; /* ... that this kernel saved: blocks as they stood on lists */
	struct mm24_put *put_list; /* [nput_list] these, in order */
	size_t nput_list, put_list_room;
};

/* What one request may use. */
struct mm24_request {
	uint32_t gfp;
	unsigned order;
	struct mm24_task *task;
	struct mm24_zonelist *list;
	bool direct_reclaim; /* takes clean pages itself; fixed when it enters */
	bool fault;          /* the kernel's own, for an access */
};

/* Frames, slots, pages */

static inline uint32_t mm24_slot(const struct mm24 *mm, uint64_t frame)
{
	return (uint32_t)(frame - mm->base) + mm->frame0;
}

static inline uint64_t mm24_frame(const struct mm24 *mm, uint32_t slot)
{
	return mm->base + (slot - mm->frame0);
}

static inline struct mm24_page *mm24_page(const struct mm24 *mm, uint32_t slot)
{
	return &mm->page[slot - mm->frame0];
}

static inline struct mm24_zone *mm24_zone_of(const struct mm24 *mm, uint32_t slot)
{
	return &mm->zones[mm->s[slot].use];
}

/* Costs */

static inline void mm24_charge(struct sim_cpu *cpu, const uint64_t *cycles)
{
	sim_charge(cpu, (uint32_t)*cycles);
}

/*
 * Cache lines: mm24_touch.c. A struct page is one; a zone_t begins with its lock, counters and
 * marks (SIM_LINE_ZONE), list heads follow (SIM_LINE_LIST). SIM_LINE_LRU 0 are pagecache_lock
 * and pagemap_lru_lock, 1 the lists of all zones with their lengths. SIM_LINE_STAT 0 is
 * memory_pressure. SIM_LINE_BLOCK are the maps, one after another.
 */
enum { MM24_LINE_LOCKS, MM24_LINE_LISTS };
#define MM24_LINE_BYTES 64
#define MM24_AREA_LINES 4 /* of a zone, behind the first */

void mm24_touch_boot(struct mm24 *mm, enum mm_arch arch);
/* The head of an LRU list, by its slot. */
void mm24_touch_head(const struct mm24 *mm, struct sim_cpu *cpu, uint32_t head);
/* Lines of a zone_t, as bits; the first one came with the lock. */
void mm24_touch_areas(const struct mm24_zone *zone, struct sim_cpu *cpu, uint32_t lines);

static inline void mm24_touch(const struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	if (slot >= mm->frame0)
		sim_touch_page(cpu, mm24_frame(mm, slot), &mm->s[slot].stamp, true);
	else
		mm24_touch_head(mm, cpu, slot);
}

/* A neighbour on a free list: the head's line is priced with the lock. */
static inline void mm24_touch_beside(const struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	if (slot >= mm->frame0)
		mm24_touch(mm, cpu, slot);
}

/* Before a moment that others must be able to see first, where code may leave its CPU. */
static inline void mm24_settle(struct sim_cpu *cpu)
{
	if (cpu->on_actor && !cpu->locked)
		cpu->port->settle(cpu);
}

static inline void mm24_lock(const struct mm24 *mm, struct sim_cpu *cpu, struct sim_lock *lock,
			     enum sim_cause cause)
{
	mm24_charge(cpu, mm->cost.spin);
	sim_lock(cpu, lock, cause);
	if (lock->touched)
		sim_touch(cpu, SIM_LINE_LRU, MM24_LINE_LOCKS, true);
}

/* Time: mm24_daemon.c */

uint64_t mm24_daemon_jiffies(const struct mm24 *mm, const struct sim_cpu *cpu);

/* Zones and boot: mm24_zone.c. False and a sentence on failure. */

bool mm24_zone_build(struct mm24 *mm, const struct mm_machine *machine, char *text,
		     size_t size);
/* The machine's zones in the order of mm->zones. */
bool mm24_zone_sort(const struct mm_machine *machine,
		    const struct mm_zone_span *sorted[MM24_MAX_ZONES], char *text, size_t size);
/* Leaves free what freeing all memory page by page would, in the kernel's order. False: memory
 * is short. */
bool mm24_zone_free_memory(struct mm24 *mm, const struct mm_machine *machine);
/* pages_min/low/high, freepages, page_cluster, as the parameters want them. */
void mm24_zone_marks(struct mm24 *mm);
/* The zone of a frame, NULL if it is in none; reads no slot. */
struct mm24_zone *mm24_zone_find(const struct mm24 *mm, uint64_t frame);
/* Fills in the slots of the 512 frames around: zone and age as they are after boot. Needed
 * once before one of them is handed out; at boot, memory is not touched page by page. */
void mm24_zone_ready(struct mm24 *mm, const struct mm24_zone *zone, uint32_t slot);
extern const char *const mm24_zone_names[MM24_ZONES];

/* Several nodes as one: mm24_flat.c */

struct mm24_flat {
	struct mm_machine machine; /* looks into the other members and the machine merged */
	struct mm_zone_span zones[MM24_ZONES];
	struct mm_span *holes;
};

/* Whether the kernel is one of one node although several have memory. */
bool mm24_flat_wanted(const struct mm_machine *machine, const struct mm24_params *params);
/* All nodes' zones of one type become one of node 0. False and a sentence on failure; else
 * mm24_flat_free(). *flat stays where it is. */
bool mm24_flat_merge(struct mm24_flat *flat, const struct mm_machine *machine, char *text,
		     size_t size);
void mm24_flat_free(struct mm24_flat *flat);

/* Puts free frames on the lists, as freeing them one by one in ascending order would. False:
 * memory is short. */
bool mm24_zone_free_run(struct mm24 *mm, struct mm24_zone *zone, uint32_t at, uint32_t end);

/* Untouched blocks of the largest order behind those on the list: mm24_fresh.c */

bool mm24_fresh_add(struct mm24 *mm, struct mm24_zone *zone, uint32_t start, uint32_t end);
/* The first of them, which is then on no list. There is one. */
uint32_t mm24_fresh_take(struct mm24_zone *zone);
/* The one behind `at`, or the first for MM24_NONE; MM24_NONE = there is none. */
uint32_t mm24_fresh_next(const struct mm24_zone *zone, uint32_t at);
bool mm24_fresh_holds(const struct mm24_zone *zone, uint32_t slot);

/* Free blocks: mm24_buddy.c. take(), give() and put() take the zone's lock. */

/* rmqueue(): MM24_NONE when no list of that order or above has a block. */
uint32_t mm24_buddy_take(struct mm24 *mm, struct mm24_zone *zone, struct sim_cpu *cpu,
			 unsigned order);
/* The free block behind `at` on its list, the first for MM24_NONE; MM24_NONE = no more. */
uint32_t mm24_buddy_next(const struct mm24 *mm, const struct mm24_zone *zone, unsigned order,
			 uint32_t at);
/* __free_pages_ok(): the block goes back whatever its count; memory_pressure falls. */
void mm24_buddy_give(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned order);
/* A free block of a booting or restored zone, at the head of its list. Its buddy is not free.
 */
void mm24_buddy_found(struct mm24 *mm, struct mm24_zone *zone, uint32_t slot, unsigned order);
/* __free_pages(): drops one reference; at 0 the block goes back. Not for reserved pages. */
void mm24_buddy_put(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned order);

/* Nodes: mm24_numa.c */

/*
 * Where the walk of a request that runs on that CPU begins; nid < 0: no node was asked for.
 * Discontig moves its pointer. The result is for mm24_numa_node() only.
 */
unsigned mm24_numa_first(struct mm24 *mm, const struct sim_cpu *cpu, int nid);
/* The n-th node (0, 1, ...) of that walk, -1 behind the last. */
int mm24_numa_node(const struct mm24 *mm, unsigned first, unsigned n);

/* Requests: mm24_gfp.c, mm24_alloc.c */

uint32_t mm24_gfp_parse(const char *names, unsigned *unknown);
unsigned mm24_gfp_class(uint32_t gfp);
extern const char *const mm24_gfp_class_names[];

/* alloc_try() is all of __alloc_pages() for a request without __GFP_WAIT; for others it goes up
 * to wakeup_kswapd(0), and alloc_wait() is the rest, which sleeps, yields and loops. */
struct mm_grant mm24_alloc_try(void *state, struct sim_cpu *cpu, struct mm_request req);
struct mm_grant mm24_alloc_wait(void *state, struct sim_cpu *cpu, struct mm_request req,
				struct mm_grant so_far);
void mm24_alloc_free(void *state, struct sim_cpu *cpu, uint64_t frame, unsigned order,
		     bool cold);
void mm24_alloc_split(void *state, uint64_t frame, unsigned order);
/* A page for the kernel's own needs (swap-in, refaults), on an actor: sleeps as GFP_HIGHUSER
 * of that task does; MM24_NONE only for a killed task or a request that was given up. */
uint32_t mm24_alloc_page(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
			 uint32_t gfp);
/* Any node, any number of retries: alloc_pages() and alloc_pages_node() of golden files. */
uint32_t mm24_alloc_pages(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task, int nid,
			  uint32_t gfp, unsigned order);

#include "model/v2_4/mm24_reclaim.h"

/* Start states, snapshots, checks: mm24_state.c, mm24_snapshot.c, mm24_check.c */

bool mm24_state_put_free(void *state, uint64_t frame, unsigned order, unsigned type);
bool mm24_state_put_used(void *state, uint64_t frame, unsigned order, unsigned use);
bool mm24_state_put_done(void *state, char *text, size_t size);
struct mm_snapshot *mm24_snapshot_take(const void *state);
/* An address space goes: its page_table_lock's figures stay in the sum. */
void mm24_snapshot_forget_lock(struct mm24 *mm, const struct sim_lock *lock);
void mm24_snapshot_sample(const void *state, unsigned zone, struct mm_sample *sample);
/* See mm_policy.activity and spells. */
void mm24_snapshot_activity(const void *state, uint32_t node, uint64_t date, uint64_t *values);
extern const char *const mm24_snapshot_activity_names[];
const struct mm_orders *mm24_orders_of(const void *state);
/* The zone's largest order is another one than before; the end of boot, or of a start state:
 * mm24_orders.c */
void mm24_orders_tell(struct mm24_zone *zone, const struct sim_cpu *cpu);
bool mm24_orders_new(struct mm24 *mm);
void mm24_orders_begin(struct mm24 *mm);
void mm24_snapshot_each_free(const void *state, bool with_pcp,
			     void (*visit)(void *ctx, uint64_t frame, unsigned order),
			     void *ctx);
bool mm24_check(const void *state, char *text, size_t size);

/* Parameters: mm24_params.c; writes to /proc/sys/vm: mm24_sysctl.c. See mm_policy.h. */

/* The first values of bdflush: the table has one pair of bounds for all nine, the kernel one
 * for each. */
bool mm24_policy_check_bdflush(const uint64_t *values, unsigned count, char *text, size_t size);
bool mm24_sysctl(void *state, struct sim_cpu *cpu, const char *name, const uint64_t *values,
		 unsigned count, char *text, size_t size);
extern const char *const mm24_sysctl_names[];

extern const struct mm_param mm24_params_table[];
extern const struct mm_param mm24_params_costs[];

#endif
