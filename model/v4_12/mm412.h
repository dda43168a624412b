/*
 * What the files of the 4.12.0 allocator share: the state of one kernel, and the small
 * operations that the hot paths inline.
 *
 * Frames are handled as slot numbers (model/mm_list.h). The table begins with the heads of
 * all lists; the frames follow from `frame0` on, a multiple of the largest block, so a slot
 * number has the alignment of its frame and a buddy's slot is one XOR away.
 * Files and the kernel functions they stand for: docs/kernel-map.md.
 */
#ifndef MM412_H
#define MM412_H

#include <assert.h>

#include "model/mm_list.h"
#include "model/mm_orders.h"
#include "model/mm_policy.h"
#include "model/v4_12/mm412_policy.h"

#define MM412_ORDERS 11
#define MM412_MAX_BLOCK (1u << (MM412_ORDERS - 1))
#define MM412_BLOCK_ORDER 9 /* a pageblock: 2 MiB */
#define MM412_BLOCK_FRAMES (1u << MM412_BLOCK_ORDER)
#define MM412_SECTION_FRAMES 32768u /* 128 MiB: what has struct pages, and what has not */
#define MM412_ZONE_TYPES 4
#define MM412_MAX_ZONES 254
#define MM412_NO_ZONE 254    /* of a pageblock without any zone */
#define MM412_MIXED_ZONE 255 /* of a pageblock that zones share */
#define MM412_NONE UINT32_MAX
#define MM412_NODE_LISTS 7 /* LRU lists, two of slab pages: mm412_sleep.h */

/* Types of pageblocks and of free lists; the last two where the kernel has CMA. */
enum {
	MM412_UNMOVABLE,
	MM412_MOVABLE,
	MM412_RECLAIMABLE,
	MM412_PCP_TYPES,
	MM412_HIGHATOMIC = MM412_PCP_TYPES,
	MM412_CMA,
	MM412_ISOLATE,
	MM412_TYPES,
};

/* Zone types of x86_64 and, where they differ, of i386. */
enum { MM412_ZONE_DMA, MM412_ZONE_DMA32, MM412_ZONE_NORMAL, MM412_ZONE_MOVABLE };
enum { MM412_ZONE_NORMAL32 = 1, MM412_ZONE_HIGHMEM };
enum { MM412_WMARK_MIN, MM412_WMARK_LOW, MM412_WMARK_HIGH, MM412_WMARKS };

/* How an attempt may treat the reserves; the low bits are the watermark's index. */
enum {
	MM412_WMARK_MASK = 3,
	MM412_NO_WATERMARKS = 4,
	MM412_HARDER = 16,
	MM412_HIGH = 32,
	MM412_CPUSET = 64,
	MM412_USE_CMA = 128,
};

/* 4.12.0's gfp bits, by the values of that kernel. */
enum {
	MM412_GFP_DMA = 0x1,
	MM412_GFP_HIGHMEM = 0x2,
	MM412_GFP_DMA32 = 0x4,
	MM412_GFP_MOVABLE = 0x8,
	MM412_GFP_RECLAIMABLE = 0x10,
	MM412_GFP_HIGH = 0x20,
	MM412_GFP_IO = 0x40,
	MM412_GFP_FS = 0x80,
	MM412_GFP_COLD = 0x100,
	MM412_GFP_NOWARN = 0x200,
	MM412_GFP_REPEAT = 0x400,
	MM412_GFP_NOFAIL = 0x800,
	MM412_GFP_NORETRY = 0x1000,
	MM412_GFP_MEMALLOC = 0x2000,
	MM412_GFP_COMP = 0x4000,
	MM412_GFP_ZERO = 0x8000,
	MM412_GFP_NOMEMALLOC = 0x10000,
	MM412_GFP_HARDWALL = 0x20000,
	MM412_GFP_THISNODE = 0x40000,
	MM412_GFP_ATOMIC = 0x80000,
	MM412_GFP_ACCOUNT = 0x100000,
	MM412_GFP_NOTRACK = 0x200000,
	MM412_GFP_DIRECT_RECLAIM = 0x400000,
	MM412_GFP_WRITE = 0x800000,
	MM412_GFP_KSWAPD_RECLAIM = 0x1000000,
};

/*
 * A slot's tag says what begins at that frame: state, order and zone in one comparable
 * number. 0 = nothing: the inside of a block, a hole, reserved memory, or a frame in use
 * since before the start.
 */
enum mm412_state { MM412_INSIDE, MM412_FREE, MM412_ON_PCP, MM412_USED };

static inline uint16_t mm412_tag(enum mm412_state state, unsigned order, unsigned zone)
{
	return (uint16_t)(state << 12 | order << 8 | zone);
}

static inline enum mm412_state mm412_tag_state(uint16_t tag)
{
	return (enum mm412_state)(tag >> 12);
}

static inline unsigned mm412_tag_order(uint16_t tag)
{
	return tag >> 8 & 15;
}

static inline unsigned mm412_tag_zone(uint16_t tag)
{
	return tag & 255;
}

struct mm412_block {
	uint8_t type;
	uint8_t zone; /* its zone's number, MM412_MIXED_ZONE or MM412_NO_ZONE */
};

enum mm412_numa {
	MM412_NUMA_HIT,
	MM412_NUMA_MISS,
	MM412_NUMA_FOREIGN,
	MM412_NUMA_LOCAL,
	MM412_NUMA_OTHER,
	MM412_NUMA_ITEMS
};

/* One CPU's lists of single pages of one zone, and its parts of the zone's counters. */
struct mm412_pcp {
	struct mm_slot list[MM412_PCP_TYPES]; /* heads: slots of the table themselves */
	uint32_t count;
	int8_t free_diff; /* NR_FREE_PAGES */
	int8_t numa_diff[MM412_NUMA_ITEMS];
	uint8_t expire;  /* vmstat ticks until a remote zone's pages are given back */
	int8_t cma_diff; /* NR_FREE_CMA_PAGES */
	uint8_t spare[4];
};

_Static_assert(sizeof(struct mm412_pcp) == 64, "a pcp is four slots and one cache line");
#define MM412_PCP_SLOTS 4

/* What an allocation of one type took from another, by how much changed hands. */
enum mm412_extfrag {
	MM412_EXTFRAG_PAGE,  /* only the block found */
	MM412_EXTFRAG_STEAL, /* all free pages of its pageblock; the block keeps its type */
	MM412_EXTFRAG_CLAIM, /* the pageblock or pageblocks changed type */
	MM412_EXTFRAG_KINDS
};

struct mm412_events {
	uint64_t pgalloc, pgfree;
	uint64_t refill, refill_pages, drain, drain_pages;
	/* ... by type asked for, type taken from, how, and the order asked for. */
	uint64_t extfrag[MM412_PCP_TYPES][MM412_PCP_TYPES][MM412_EXTFRAG_KINDS][MM412_ORDERS];
	uint64_t highatomic_reserve, highatomic_unreserve;
};

/* Slots of blocks of order 10, end exclusive. */
struct mm412_run {
	uint32_t start, end;
};

struct mm412_zone {
	/* Read by every attempt. */
	int64_t nr_free; /* NR_FREE_PAGES without the per-cpu parts */
	uint64_t mark_and_reserve[MM412_WMARKS][MM412_ZONE_TYPES];
	struct mm412_pcp *pcps;     /* one a CPU */
	int64_t nr_free_cma;        /* NR_FREE_CMA_PAGES without the per-cpu parts */
	uint32_t heads;             /* slot of the list of type 0, order 0 */
	uint16_t some[MM412_TYPES]; /* bit o: the list of order o has a block */
	uint8_t id, idx;            /* number among all zones; MM412_ZONE_* */
	uint16_t nid;
	uint16_t top; /* the largest order with a free block as told, as its bit; 0 = none */
	uint32_t pcp_high, pcp_batch;
	int32_t stat_threshold;
	uint32_t nr_isolated;            /* nr_isolate_pageblock */
	uint32_t scout[MM412_PCP_TYPES]; /* for the host's cache: mm412_pcp_scout() */
	uint32_t area_lines; /* of free areas that the lock's holder has touched: bits */
	uint32_t flat_pages; /* struct pages likewise, where all lines cost the same */
	uint32_t warm; /* a page whose line the lock's holder has written as a neighbour */

	uint64_t watermark[MM412_WMARKS];
	uint64_t reserve[MM412_ZONE_TYPES];
	uint64_t nr_reserved_highatomic;
	uint64_t percpu_drift_mark;
	uint64_t start, end, present, managed; /* frames */
	uint64_t early_managed;                /* as estimated before memory was freed */
	int64_t numa[MM412_NUMA_ITEMS];
	struct mm412_run *fresh; /* ascending; not yet linked */
	unsigned nfresh;
	uint64_t pageblocks[MM412_TYPES]; /* by type, as /proc/pagetypeinfo counts them */
	struct mm_orders *orders;         /* mm412.orders */
	/* What the counters are off by, as the kernel's are: mm412_isolation.c */
	int64_t free_gap, cma_gap;
	struct mm412_events events;
	struct sim_lock lock;
};

struct mm412_zoneref {
	struct mm412_zone *zone; /* NULL ends a list */
	unsigned idx;
};

enum { MM412_FALLBACK, MM412_NOFALLBACK, MM412_ZONELISTS };

struct mm412_zonelist {
	struct mm412_zoneref *refs;
	const struct mm412_zoneref *first[MM412_ZONE_TYPES]; /* within that zone type */
};

struct mm412_node {
	bool online, has_memory, has_cpu;
	uint64_t near;                              /* nodes within RECLAIM_DISTANCE of it */
	struct mm412_zone *zones[MM412_ZONE_TYPES]; /* NULL = none */
	struct mm412_zonelist lists[MM412_ZONELISTS];
	uint64_t kswapd_wakes;
};

/* What the kernel's configuration for a processor decides: mm412_arch.c */
struct mm412_arch {
	const char *name;
	const char *zones[MM412_ZONE_TYPES];
	const char *pgalloc[MM412_ZONE_TYPES]; /* counters of the zones' pages */
	uint8_t gfp_zone[16];                  /* by DMA, HIGHMEM, DMA32, MOVABLE as bits 0-3 */
	unsigned normal;                       /* the zone of requests without such flags */
	unsigned highmem;                      /* MM412_ZONE_TYPES = there is none */
	uint64_t lowmem_reserve_ratio[3];
	unsigned zonelist_order; /* MM412_ZONELIST_* */
};

/* struct mm412.watch, beside flags of requests: no request has this bit. */
#define MM412_WATCH_ALL UINT32_C(0x80000000)

/* What direct reclaim does. Runs of the engine: the request would sleep. */
enum mm412_reclaim { MM412_RECLAIM_SLEEPS, MM412_RECLAIM_FAILS, MM412_RECLAIM_PROGRESS };

struct mm412 {
	struct mm_slot *s;
	struct mm412_block *block; /* by slot / 512 */
	struct mm412_zone *zones;  /* ascending by node, then zone type */
	struct mm412_node *nodes;
	uint16_t *cpu_node;
	uint8_t *distance; /* [nnodes][nnodes] */
	uint64_t base;     /* the frame of slot frame0 */
	uint32_t frame0, slots;
	uint32_t node_heads; /* slot of the first of MM412_NODE_LISTS heads of each node */
	unsigned nzones, nnodes, ncpus;
	uint8_t gfp_zone[16]; /* arch->gfp_zone at hand */
	bool grouping;        /* by mobility: page_group_by_mobility_disabled is off */
	bool telling;         /* somebody listens to events: mm412_tell.c */
	enum mm_path path;    /* how far the running operation had to go */
	uint32_t block_shift; /* what makes slots / 64 Ki numbers of lines: mm412_touch.h */
	/* Of a zone's free areas, as bits: a list and its count, a count, and the lock's. */
	uint32_t area_lines[MM412_TYPES][MM412_ORDERS], count_lines[MM412_ORDERS], lock_line;
	enum mm412_reclaim reclaim;
	/* Flags, MM412_WATCH_ALL among them, by which a request takes the long way. */
	uint32_t watch;
	struct mm412_costs cost;
	struct mm412_params params;

	const struct mm412_arch *arch;
	unsigned ntypes;          /* of pageblocks and lists: without or with CMA and ISOLATE */
	unsigned first_high;      /* zone types from here on are high memory */
	uint64_t min_free_kbytes; /* in effect */
	uint64_t vm_total_pages;
	uint64_t hz; /* jiffies a second */
	uint64_t slow_entries, failures, would_sleep;

	struct mm_cma *cma; /* [ncma] the machine's areas */
	unsigned ncma;
	struct mm_span *unset; /* inside zones, but without initialised struct pages */
	unsigned nunset;
	bool *section; /* by frame / MM412_SECTION_FRAMES: has struct pages */
	uint64_t nsections;
	struct mm_orders *orders; /* for how long none could be had */
	struct mm_list_table table;
	struct mm412_sleep *sleep;        /* mm412_sleep.h; NULL = a kernel without a world */
	struct mm412_probe_guided *guide; /* NULL unless a recording is replayed step by step */
	char put_error[160];              /* the first contradiction of the put_* calls */
};

/* is_highmem() */
static inline bool mm412_is_high(const struct mm412 *mm, const struct mm412_zone *zone)
{
	return zone->idx >= mm->first_high;
}

/* What one request may use: alloc_context. */
struct mm412_request {
	uint32_t gfp;
	unsigned order, type, high_idx;
	const struct mm412_zonelist *list;
	const struct mm412_zoneref *preferred;
	uint64_t nodes; /* nodemask: all ones but for tasks with a mempolicy or a cpuset */
};

/* Frames and slots */

static inline uint32_t mm412_slot(const struct mm412 *mm, uint64_t frame)
{
	return (uint32_t)(frame - mm->base) + mm->frame0;
}

static inline uint64_t mm412_frame(const struct mm412 *mm, uint32_t slot)
{
	return mm->base + (slot - mm->frame0);
}

/* Costs */

static inline void mm412_charge(struct sim_cpu *cpu, const uint64_t *cycles)
{
	sim_charge(cpu, (uint32_t)*cycles);
}

/* One write instead of two: each has to wait for the one before. */
static inline void mm412_charge_both(struct sim_cpu *cpu, const uint64_t *a, const uint64_t *b)
{
	sim_charge(cpu, (uint32_t)(*a + *b));
}

static inline void mm412_touch_frame(const struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	sim_touch_page(cpu, mm412_frame(mm, slot), &mm->s[slot].stamp, true);
}

/* What the lock's new holder knows about the zone's lines: nothing but the lock's own. */
static inline void mm412_locked(struct mm412_zone *zone, struct sim_cpu *cpu)
{
	sim_touch(cpu, SIM_LINE_ZONE, zone->id, true);
	zone->area_lines = 0;
	zone->flat_pages = 0;
	zone->warm = MM412_NONE;
}

/* The line comes from the last holder when that has left the lock, not while it is waited for.
 */
static inline void mm412_lock(const struct mm412 *mm, struct mm412_zone *zone,
			      struct sim_cpu *cpu, enum sim_cause cause)
{
	mm412_charge(cpu, mm->cost.lock);
	sim_lock(cpu, &zone->lock, cause);
	mm412_locked(zone, cpu);
}

/* What so many lines of free areas cost where all cost the same. */
static inline uint64_t mm412_touch_flat(const struct sim_memory *m, uint32_t lines)
{
	uint64_t sum = 0;

	for (; lines; lines &= lines - 1)
		sum += m->flat_cycles[SIM_LINE_LIST];
	return sum;
}

/* Lines of free areas, bits of mm412.area_lines, under the zone's lock or to look at them. */
void mm412_touch_areas(const struct mm412_zone *zone, struct sim_cpu *cpu, uint32_t lines,
		       bool write);

/* The zone's largest order is another one than before: mm412_orders.c */
void mm412_orders_tell(struct mm412_zone *zone, const struct sim_cpu *cpu);

/* Bits of the orders that have a free block, of whatever type. */
static inline unsigned mm412_orders_some(const struct mm412_zone *zone)
{
	unsigned some = 0;

	for (unsigned type = 0; type < MM412_TYPES; type++)
		some |= zone->some[type];
	return some;
}

/* A line of list heads and counts is priced once for each time that the lock is held. */
static inline void mm412_unlock(struct mm412_zone *zone, struct sim_cpu *cpu)
{
	const struct sim_memory *m = cpu->memory;

	/* With the same highest bit what differs is below it. */
	if (__builtin_expect((mm412_orders_some(zone) ^ zone->top) >= zone->top, 0))
		mm412_orders_tell(zone, cpu);
	if (m->touch)
		mm412_touch_areas(zone, cpu, zone->area_lines, true);
	else
		sim_charge_part(cpu, SIM_PART_MEMORY,
				(uint64_t)m->flat_cycles[SIM_LINE_PAGE] * zone->flat_pages +
					mm412_touch_flat(m, zone->area_lines));
	sim_unlock(cpu, &zone->lock);
}

/* Pageblocks: mm412_pageblock.c */

static inline unsigned mm412_block_type(const struct mm412 *mm, uint32_t slot)
{
	return mm->block[slot >> MM412_BLOCK_ORDER].type;
}

/* Another type for the pageblock of `slot`; without grouping not for each type. */
void mm412_pageblock_set(struct mm412 *mm, uint32_t slot, unsigned type);
/* The frame is in a zone and its struct page was initialised. */
bool mm412_pageblock_has_page(const struct mm412 *mm, uint64_t frame);
/* The zone that spans the frame, NULL if none does. */
struct mm412_zone *mm412_pageblock_zone(const struct mm412 *mm, uint64_t frame);
/*
 * The number of the zone that the frame's struct page names: outside zones, and where it was
 * never initialised, it is zero and names the lowest zone of node 0.
 */
unsigned mm412_pageblock_seen_zone(const struct mm412 *mm, uint64_t frame);
/* Types at boot; the machine's memory as seen by memblock; what has no struct pages. */
bool mm412_pageblock_boot(struct mm412 *mm, const struct mm_machine *machine);
/* Counts a zone's pageblocks by type as /proc/pagetypeinfo does. */
void mm412_pageblock_count(const struct mm412 *mm, const struct mm412_zone *zone,
			   uint64_t count[MM412_TYPES]);
/*
 * Moves all free blocks of the pageblock of `slot` to the lists of `type`. Returns frames
 * moved, and in *movable (unless NULL) the pages seen that could be migrated.
 */
unsigned mm412_pageblock_move(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			      uint32_t slot, unsigned type, unsigned *movable);

/* Free blocks: mm412_buddy.c */

/* Of the type's own lists: the smallest block that fits, split. MM412_NONE when empty. */
uint32_t mm412_buddy_smallest(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			      unsigned order, unsigned type);
/* ... or of another type's. */
uint32_t mm412_buddy_take(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			  unsigned order, unsigned type);
/* Gives a block back to the lists of `type`, merged with its free buddies. */
void mm412_buddy_give(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		      struct sim_cpu *cpu, uint32_t slot, unsigned order, unsigned type);

/*
 * Blocks by frame number: mm412_isolate.c. Takes the free block that begins at `slot` off its
 * list and into use, zone->lock held; its order, -1 when none begins there or when the zone
 * would fall below its lowest mark.
 */
int mm412_isolate_block(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			uint32_t slot);

/* CMA areas: mm412_cma.c */

/* False and a sentence in text[size] when the kernel could not have the machine's areas. */
bool mm412_cma_check(const struct mm412 *mm, const struct mm_machine *machine, char *text,
		     size_t size);
/* Hands the areas' pageblocks over to the allocator; with `empty` only marks them. */
void mm412_cma_activate(struct mm412 *mm, const struct mm_machine *machine, bool empty);

/* Isolated pageblocks, whose free frames nobody gets: mm412_isolation.c */

/* set_migratetype_isolate(); false when something in the pageblock cannot be moved away. */
bool mm412_isolation_set(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot);
/* unset_migratetype_isolate(): the pageblock, if it is isolated, is one of `type` again. */
void mm412_isolation_unset(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned type);
/* mm_policy.isolate: the type that a pageblock gets back is CMA inside an area, else Movable,
 * as alloc_contig_range() is asked for. */
enum mm_isolation mm412_isolation_change(void *state, struct sim_cpu *cpu, uint64_t frame,
					 bool on);
/* Free frames that were counted as `from` lie on a list of type `to`. */
void mm412_isolation_relisted(struct mm412_zone *zone, unsigned from, unsigned to,
			      int64_t frames);
/* A block of half the largest order must not merge with its buddy. */
bool mm412_isolation_parts(const struct mm412 *mm, uint32_t slot, unsigned type);

/* Fallback, stealing and the reserve for atomic requests of order > 0: mm412_fallback.c */

/* Brings a block of another type to the lists of `type`; false when there is none. */
bool mm412_fallback_steal(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			  unsigned order, unsigned type);
/* find_suitable_fallback() of that very order: there is a block whose pageblock may be stolen.
 */
bool mm412_fallback_may_steal(const struct mm412 *mm, const struct mm412_zone *zone,
			      unsigned order, unsigned type);
void mm412_fallback_reserve(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			    uint32_t slot);
bool mm412_fallback_unreserve(struct mm412 *mm, struct sim_cpu *cpu,
			      const struct mm412_request *rq, bool force);

/* Per-cpu lists: mm412_pcp.c */

static inline uint32_t mm412_pcp_head(const struct mm412 *mm, const struct mm412_pcp *pcp,
				      unsigned type)
{
	return (uint32_t)(&pcp->list[type] - mm->s);
}

/* With fraction 0 the kernel's own limits. */
void mm412_pcp_limits(struct mm412 *mm, uint64_t fraction);
void mm412_pcp_fill(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		    struct sim_cpu *cpu, unsigned type, bool cold);
/* Frees `count` pages in the kernel's round robin, or as many as are left when the lock is
 * there: on an actor others may have drained the lists meanwhile. */
void mm412_pcp_drain_some(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
			  struct sim_cpu *cpu, uint32_t count);
/* All pages of `owner`'s lists, in all zones; `cpu` is charged. */
void mm412_pcp_drain(struct mm412 *mm, struct sim_cpu *cpu, unsigned owner);
/* All CPUs that have pages; with `zone` those that have pages of it. */
void mm412_pcp_drain_all(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_zone *zone);

/* Writes to /proc/sys/vm: mm412_sysctl.c. See mm_policy.h. */

bool mm412_sysctl(void *state, struct sim_cpu *cpu, const char *name, const uint64_t *values,
		  unsigned count, char *text, size_t size);
extern const char *const mm412_sysctl_names[];

/* Zones, zonelists, boot: mm412_zone.c, mm412_zonelist.c */

bool mm412_zone_build(struct mm412 *mm, const struct mm_machine *machine, char *text,
		      size_t size);
bool mm412_zone_free_memory(struct mm412 *mm, const struct mm_machine *machine);
extern const char *const mm412_zone_names[MM412_ZONE_TYPES]; /* x86_64 */
bool mm412_zonelist_build(struct mm412 *mm, const struct mm_machine *machine);
void mm412_zonelist_rebuild(struct mm412 *mm, unsigned nid); /* in mid-run, on that node */
/* Managed pages of the zones up to `idx` on a node's list (before the marks are set). */
uint64_t mm412_zonelist_pages(const struct mm412 *mm, unsigned nid, unsigned idx, bool early);
/* ... of them those above the high marks: nr_free_zone_pages(). */
uint64_t mm412_zonelist_above_high(const struct mm412 *mm, unsigned nid, unsigned idx);

/* Next reference from `ref` on that is within high_idx. */
static inline const struct mm412_zoneref *mm412_zonelist_next(const struct mm412_zoneref *ref,
							      unsigned high_idx)
{
	while (ref->zone && ref->idx > high_idx)
		ref++;
	return ref;
}

/* Requests: mm412_gfp.c, mm412_alloc.c, mm412_slowpath.c */
uint32_t mm412_gfp_parse(const char *names, unsigned *unknown);
unsigned mm412_gfp_class(uint32_t gfp);
void mm412_gfp_text(uint32_t gfp, char *text, size_t size);
extern const char *const mm412_gfp_class_names[];
static inline unsigned mm412_gfp_zone(const struct mm412 *mm, uint32_t gfp)
{
	return mm->gfp_zone[gfp & 15];
}

unsigned mm412_gfp_type(const struct mm412 *mm, uint32_t gfp);

void mm412_alloc_request(const struct mm412 *mm, struct mm412_request *rq, unsigned nid,
			 uint32_t gfp, unsigned order);
/* The zone that such a walk would take from first, on none of the nodes whose bits are set in
 * full_nodes; NULL when none is above its mark. */
const struct mm412_zone *mm412_alloc_choose(const struct mm412 *mm, struct sim_cpu *cpu,
					    const struct mm412_request *rq, unsigned flags,
					    uint64_t full_nodes);
/* One walk over the zonelist: get_page_from_freelist. MM412_NONE when no zone gave. */
uint32_t mm412_alloc_attempt(struct mm412 *mm, struct sim_cpu *cpu,
			     const struct mm412_request *rq, unsigned flags);
struct mm_grant mm412_alloc_try(void *state, struct sim_cpu *cpu, struct mm_request req);
void mm412_alloc_free(void *state, struct sim_cpu *cpu, uint64_t frame, unsigned order,
		      bool cold);
void mm412_alloc_split(void *state, uint64_t frame, unsigned order);
void mm412_alloc_note_use(void *state, uint64_t frame, unsigned order, unsigned use);

struct mm_grant mm412_alloc_granted(const struct mm412 *mm, uint32_t slot, enum mm_path path);

/* Goes on where the fast path failed. */
struct mm_grant mm412_slowpath(struct mm412 *mm, struct sim_cpu *cpu,
			       const struct mm412_request *rq, struct mm_request req);
/* The end of boot, or of a start state: mm412_orders.c */
void mm412_orders_begin(struct mm412 *mm);
bool mm412_orders_new(struct mm412 *mm);

/* Start states, snapshots, checks */

bool mm412_state_put_pageblock(void *state, uint64_t frame, unsigned type);
bool mm412_state_put_free(void *state, uint64_t frame, unsigned order, unsigned type);
bool mm412_state_put_pcp(void *state, unsigned cpu, uint64_t frame, unsigned type);
bool mm412_state_put_used(void *state, uint64_t frame, unsigned order, unsigned use);
bool mm412_state_put_done(void *state, char *text, size_t size);
struct mm_snapshot *mm412_snapshot_take(const void *state);
void mm412_snapshot_sample(const void *state, unsigned zone, struct mm_sample *sample);
unsigned mm412_snapshot_block_type(const void *state, uint64_t frame);
/* See mm_policy.activity, and spells: mm412_activity.c, mm412_orders.c */
void mm412_activity(const void *state, uint32_t node, uint64_t date, uint64_t *values);
extern const char *const mm412_activity_names[], *const mm412_activity_node_names[];
const struct mm_orders *mm412_orders_of(const void *state);
void mm412_snapshot_each_free(const void *state, bool with_pcp,
			      void (*visit)(void *ctx, uint64_t frame, unsigned order),
			      void *ctx);
bool mm412_check(const void *state, char *text, size_t size);

/* The kernel's configuration for such a machine. */
const struct mm412_arch *mm412_arch_of(enum mm_arch arch);

static inline const char *mm412_arch_zone(const struct mm412 *mm, const struct mm412_zone *zone)
{
	return mm->arch->zones[zone->idx];
}

extern const struct mm_param mm412_params_table[];
extern const struct mm_param mm412_params_costs[];

#include "model/v4_12/mm412_free.h"
#include "model/v4_12/mm412_marks.h"
#include "model/v4_12/mm412_touch.h"

#endif
