/*
 * Doors for replays of recordings of a real 4.12.0: the recorded operation and its zone are
 * given, everything below is done by the model's own functions, and what they did can be
 * looked at. Nobody else includes this.
 */
#ifndef MM412_PROBE_GUIDED_H
#define MM412_PROBE_GUIDED_H

#include "model/mm_policy.h"

#define MM412_PROBE_GUIDED_NOTES 256
#define MM412_PROBE_GUIDED_NO_ZONE UINT32_MAX

enum mm412_probe_guided_kind {
	MM412_PROBE_GUIDED_MOVED,  /* free blocks of a pageblock went to the lists of `type` */
	MM412_PROBE_GUIDED_TYPED,  /* a pageblock became one of `type` */
	MM412_PROBE_GUIDED_STOLEN, /* a block of another type was taken for `type` */
};

struct mm412_probe_guided_note {
	uint64_t frame;
	uint32_t frames;        /* MOVED: how many */
	uint32_t movable;       /* MOVED: pages that the model counts as movable */
	uint8_t kind, type;     /* the new type, or the one wanted */
	uint8_t old_type;       /* TYPED, STOLEN: of the pageblock */
	uint8_t order, wanted;  /* STOLEN: of the block found, of the request */
	uint8_t source, result; /* STOLEN: the list's type; enum mm412_extfrag's number */
};

/* What steals, moves and changes of type leave behind, and what they are told. */
struct mm412_probe_guided {
	struct mm412_probe_guided_note note[MM412_PROBE_GUIDED_NOTES];
	unsigned n;              /* notes; those that do not fit are counted, not kept */
	const uint32_t *movable; /* num_movable of the next steals as recorded */
	unsigned nmovable;       /* behind these the model counts itself */
};

/* From now on *guide is used; NULL ends it. */
void mm412_probe_guided_use(void *mm, struct mm412_probe_guided *guide);
/* For the model: */
void mm412_probe_guided_note(struct mm412_probe_guided *guide,
			     struct mm412_probe_guided_note note);

/* A zone's number by node and name, or by a frame; NO_ZONE when there is none. */
uint32_t mm412_probe_guided_zone(const void *mm, unsigned nid, const char *name);
uint32_t mm412_probe_guided_zone_of(const void *mm, uint64_t frame);

/* Counters as recorded. */
struct mm412_probe_guided_counters {
	int64_t free; /* the zone's own counter */
	uint64_t watermark[3], drift_mark, highatomic;
};
void mm412_probe_guided_set(void *mm, uint32_t zone,
			    const struct mm412_probe_guided_counters *c);
void mm412_probe_guided_set_cpu(void *mm, uint32_t zone, unsigned cpu, int free_diff,
				int stat_threshold);
void mm412_probe_guided_get(const void *mm, uint32_t zone,
			    struct mm412_probe_guided_counters *c);
void mm412_probe_guided_get_cpu(const void *mm, uint32_t zone, unsigned cpu, int *free_diff,
				int *stat_threshold);

/* rmqueue() in that zone, whatever its watermark; MM_NO_FRAME when the zone has no block. */
uint64_t mm412_probe_guided_take(void *mm, struct sim_cpu *cpu, uint32_t zone, uint32_t gfp,
				 unsigned order, bool highatomic);
/* The zone that a request would take from above the low marks, on none of the nodes whose bits
 * are set in full_nodes; NO_ZONE: it is a slow one. */
uint32_t mm412_probe_guided_choose(void *mm, struct sim_cpu *cpu, unsigned nid, uint32_t gfp,
				   unsigned order, uint64_t full_nodes);
/* The block in use that holds the frame is on an LRU list from now on. */
void mm412_probe_guided_to_lru(void *mm, uint64_t frame);
/* The migratetype of a request with these flags. */
unsigned mm412_probe_guided_type(const void *mm, uint32_t gfp);
/* Whether such a request takes from, and fills, the cold end of a per-cpu list. */
bool mm412_probe_guided_cold(uint32_t gfp);
/* Whether it asks for a page that will be dirtied, which a node with enough dirty ones refuses.
 */
bool mm412_probe_guided_writes(uint32_t gfp);
/*
 * Makes [frame, +2^order) a block in use of that order, out of larger or smaller ones in use.
 * False when one of its frames is free or on a per-cpu list.
 */
bool mm412_probe_guided_claim(void *mm, uint64_t frame, unsigned order);
/* free_hot_cold_page() or __free_pages_ok() with that type; the block is claimed. */
void mm412_probe_guided_free(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned order,
			     bool cold, unsigned type);
/* free_pcppages_bulk() of so many pages of the CPU's own lists; false when it has fewer. */
bool mm412_probe_guided_drain(void *mm, struct sim_cpu *cpu, uint32_t zone, uint32_t count);
/* __isolate_free_page(): the order of the block, -1 when it is none or must stay. */
int mm412_probe_guided_isolate(void *mm, struct sim_cpu *cpu, uint64_t frame);
/* reserve_highatomic_pageblock() for a page just taken; unreserve_highatomic_pageblock()
 * limited to one zone. */
void mm412_probe_guided_reserve(void *mm, struct sim_cpu *cpu, uint64_t frame);
void mm412_probe_guided_unreserve(void *mm, struct sim_cpu *cpu, uint32_t zone, unsigned type);
/* The part of refresh_cpu_vm_stats() for one zone's counters; what was folded. */
int64_t mm412_probe_guided_fold(void *mm, struct sim_cpu *cpu, uint32_t zone);
/* set_pgdat_percpu_threshold(). */
void mm412_probe_guided_pressure(void *mm, unsigned nid, bool pressure);

unsigned mm412_probe_guided_block_type(const void *mm, uint64_t frame);
/* A page that is off its per-cpu list, but not yet free: a drain is at it. */
bool mm412_probe_guided_leaves_pcp(const void *mm, uint64_t frame);
uint32_t mm412_probe_guided_pcp_count(const void *mm, uint32_t zone, unsigned cpu);
/*
 * Calls visit(ctx, frame, type) for each member from the head on: of a free list, of a CPU's
 * list. False when visit() ended it by returning false.
 */
bool mm412_probe_guided_list(const void *mm, uint32_t zone, unsigned order, unsigned type,
			     bool (*visit)(void *ctx, uint64_t frame, unsigned type),
			     void *ctx);
bool mm412_probe_guided_pcp(const void *mm, uint32_t zone, unsigned cpu, unsigned list,
			    bool from_tail,
			    bool (*visit)(void *ctx, uint64_t frame, unsigned type), void *ctx);

#endif
