#include "model/v4_12/mm412_probe_guided.h"

#include <string.h>

#include "model/v4_12/mm412.h"

void mm412_probe_guided_use(void *state, struct mm412_probe_guided *guide)
{
	((struct mm412 *)state)->guide = guide;
}

void mm412_probe_guided_note(struct mm412_probe_guided *guide,
			     struct mm412_probe_guided_note note)
{
	if (guide->n < MM412_PROBE_GUIDED_NOTES)
		guide->note[guide->n] = note;
	guide->n++;
}

/* ---- zones ------------------------------------------------------------------------------ */

uint32_t mm412_probe_guided_zone(const void *state, unsigned nid, const char *name)
{
	const struct mm412 *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++)
		if (mm->zones[i].nid == nid &&
		    strcmp(mm412_zone_names[mm->zones[i].idx], name) == 0)
			return i;
	return MM412_PROBE_GUIDED_NO_ZONE;
}

uint32_t mm412_probe_guided_zone_of(const void *state, uint64_t frame)
{
	const struct mm412_zone *zone = mm412_pageblock_zone(state, frame);

	return zone ? zone->id : MM412_PROBE_GUIDED_NO_ZONE;
}

void mm412_probe_guided_set(void *state, uint32_t zone,
			    const struct mm412_probe_guided_counters *c)
{
	struct mm412 *mm = state;
	struct mm412_zone *z = &mm->zones[zone];

	z->nr_free = c->free;
	z->percpu_drift_mark = c->drift_mark;
	z->nr_reserved_highatomic = c->highatomic;
	for (unsigned w = 0; w < MM412_WMARKS; w++) {
		z->watermark[w] = c->watermark[w];
		for (unsigned j = 0; j < MM412_ZONE_TYPES; j++)
			z->mark_and_reserve[w][j] = z->watermark[w] + z->reserve[j];
	}
}

void mm412_probe_guided_get(const void *state, uint32_t zone,
			    struct mm412_probe_guided_counters *c)
{
	const struct mm412_zone *z = &((const struct mm412 *)state)->zones[zone];

	c->free = z->nr_free;
	c->drift_mark = z->percpu_drift_mark;
	c->highatomic = z->nr_reserved_highatomic;
	memcpy(c->watermark, z->watermark, sizeof(c->watermark));
}

void mm412_probe_guided_set_cpu(void *state, uint32_t zone, unsigned cpu, int free_diff,
				int stat_threshold)
{
	struct mm412_zone *z = &((struct mm412 *)state)->zones[zone];

	z->pcps[cpu].free_diff = (int8_t)free_diff;
	z->stat_threshold = stat_threshold;
}

void mm412_probe_guided_get_cpu(const void *state, uint32_t zone, unsigned cpu, int *free_diff,
				int *stat_threshold)
{
	const struct mm412_zone *z = &((const struct mm412 *)state)->zones[zone];

	*free_diff = z->pcps[cpu].free_diff;
	*stat_threshold = z->stat_threshold;
}

/* ---- operations ------------------------------------------------------------------------- */

/* A zonelist with one zone. */
struct one_zone {
	struct mm412_zoneref refs[2];
	struct mm412_zonelist list;
	struct mm412_request rq;
};

static struct mm412_request *only(struct one_zone *o, const struct mm412 *mm, uint32_t zone,
				  unsigned order, unsigned type)
{
	struct mm412_zone *z = &mm->zones[zone];

	o->refs[0] = (struct mm412_zoneref){ z, z->idx };
	o->refs[1] = (struct mm412_zoneref){ NULL, 0 };
	o->list.refs = o->refs;
	for (unsigned i = 0; i < MM412_ZONE_TYPES; i++)
		o->list.first[i] = o->refs;
	o->rq = (struct mm412_request){ .order = order,
					.type = type,
					.high_idx = MM412_ZONE_MOVABLE,
					.list = &o->list,
					.preferred = o->refs };
	return &o->rq;
}

uint64_t mm412_probe_guided_take(void *state, struct sim_cpu *cpu, uint32_t zone, uint32_t gfp,
				 unsigned order, bool highatomic)
{
	struct mm412 *mm = state;
	struct one_zone one;
	struct mm412_request *rq = only(&one, mm, zone, order, mm412_gfp_type(mm, gfp));
	uint32_t slot;

	rq->gfp = gfp;
	slot = mm412_alloc_attempt(mm, cpu, rq,
				   MM412_NO_WATERMARKS | (highatomic ? MM412_HARDER : 0));
	return slot == MM412_NONE ? MM_NO_FRAME : mm412_frame(mm, slot);
}

uint32_t mm412_probe_guided_choose(void *state, struct sim_cpu *cpu, unsigned nid, uint32_t gfp,
				   unsigned order, uint64_t full_nodes)
{
	const struct mm412_zone *zone;
	struct mm412_request rq;

	mm412_alloc_request(state, &rq, nid, gfp, order);
	zone = mm412_alloc_choose(state, cpu, &rq, MM412_WMARK_LOW, full_nodes);
	return zone ? zone->id : MM412_PROBE_GUIDED_NO_ZONE;
}

unsigned mm412_probe_guided_type(const void *state, uint32_t gfp)
{
	return mm412_gfp_type(state, gfp);
}

bool mm412_probe_guided_cold(uint32_t gfp)
{
	return gfp & MM412_GFP_COLD;
}

bool mm412_probe_guided_writes(uint32_t gfp)
{
	return gfp & MM412_GFP_WRITE;
}

/* The block in use that holds the frame, MM412_NONE when there is none. */
static uint32_t used_head(const struct mm412 *mm, uint32_t slot)
{
	for (unsigned o = 0; o < MM412_ORDERS; o++) {
		uint32_t head = slot & ~((1u << o) - 1);
		uint16_t tag = mm->s[head].tag;

		if (!tag || mm412_tag_order(tag) < o)
			continue;
		return mm412_tag_state(tag) == MM412_USED ? head : MM412_NONE;
	}
	return MM412_NONE;
}

void mm412_probe_guided_to_lru(void *state, uint64_t frame)
{
	struct mm412 *mm = state;
	uint32_t head;

	if (!mm412_pageblock_zone(mm, frame))
		return;
	head = used_head(mm, mm412_slot(mm, frame));
	if (head != MM412_NONE)
		mm->s[head].use |= MM_USE_LRU;
}

bool mm412_probe_guided_claim(void *state, uint64_t frame, unsigned order)
{
	struct mm412 *mm = state;
	uint32_t first, at;

	if (!mm412_pageblock_zone(mm, frame) || frame & ((UINT64_C(1) << order) - 1))
		return false;
	first = mm412_slot(mm, frame);
	for (at = first; at < first + (1u << order); at++) {
		uint32_t head = used_head(mm, at);

		if (head == MM412_NONE)
			return false;
		if (head == at && at == first && mm412_tag_order(mm->s[at].tag) == order)
			return true;
		mm412_alloc_split(mm, mm412_frame(mm, head), mm412_tag_order(mm->s[head].tag));
	}
	return true;
}

void mm412_probe_guided_free(void *state, struct sim_cpu *cpu, uint64_t frame, unsigned order,
			     bool cold, unsigned type)
{
	struct mm412 *mm = state;
	struct mm412_block *block = &mm->block[mm412_slot(mm, frame) >> MM412_BLOCK_ORDER];
	uint8_t now = block->type;

	block->type = (uint8_t)type;
	mm412_alloc_free(mm, cpu, frame, order, cold);
	block->type = now;
}

bool mm412_probe_guided_drain(void *state, struct sim_cpu *cpu, uint32_t zone, uint32_t count)
{
	struct mm412 *mm = state;
	struct mm412_pcp *pcp = &mm->zones[zone].pcps[cpu->id];

	if (count > pcp->count)
		return false;
	mm412_pcp_drain_some(mm, &mm->zones[zone], pcp, cpu, count);
	return true;
}

int mm412_probe_guided_isolate(void *state, struct sim_cpu *cpu, uint64_t frame)
{
	struct mm412 *mm = state;

	return mm412_isolate_block(mm, mm412_pageblock_zone(mm, frame), cpu,
				   mm412_slot(mm, frame));
}

void mm412_probe_guided_reserve(void *state, struct sim_cpu *cpu, uint64_t frame)
{
	struct mm412 *mm = state;

	mm412_fallback_reserve(mm, mm412_pageblock_zone(mm, frame), cpu, mm412_slot(mm, frame));
}

void mm412_probe_guided_unreserve(void *state, struct sim_cpu *cpu, uint32_t zone,
				  unsigned type)
{
	struct mm412 *mm = state;
	struct one_zone one;

	mm412_fallback_unreserve(mm, cpu, only(&one, mm, zone, 0, type), true);
}

int64_t mm412_probe_guided_fold(void *state, struct sim_cpu *cpu, uint32_t zone)
{
	struct mm412 *mm = state;
	struct mm412_zone *z = &mm->zones[zone];
	int64_t before = z->nr_free;

	mm412_vmstat_fold(mm, z, &z->pcps[cpu->id], cpu);
	return z->nr_free - before;
}

void mm412_probe_guided_pressure(void *state, unsigned nid, bool pressure)
{
	mm412_vmstat_pressure(state, nid, pressure);
}

/* ---- looking ---------------------------------------------------------------------------- */

unsigned mm412_probe_guided_block_type(const void *state, uint64_t frame)
{
	const struct mm412 *mm = state;

	return mm412_block_type(mm, mm412_slot(mm, frame));
}

bool mm412_probe_guided_leaves_pcp(const void *state, uint64_t frame)
{
	const struct mm412 *mm = state;

	uint32_t slot = mm412_slot(mm, frame);

	return mm412_tag_state(mm->s[slot].tag) == MM412_ON_PCP &&
	       mm->s[mm->s[slot].next].prev != slot;
}

uint32_t mm412_probe_guided_pcp_count(const void *state, uint32_t zone, unsigned cpu)
{
	return ((const struct mm412 *)state)->zones[zone].pcps[cpu].count;
}

bool mm412_probe_guided_list(const void *state, uint32_t zone, unsigned order, unsigned type,
			     bool (*visit)(void *ctx, uint64_t frame, unsigned type), void *ctx)
{
	const struct mm412 *mm = state;
	const struct mm412_zone *z = &mm->zones[zone];
	uint32_t at = mm412_list_first(mm, z, type, order);

	for (; at != MM412_NONE; at = mm412_list_next(mm, z, type, order, at))
		if (!visit(ctx, mm412_frame(mm, at), type))
			return false;
	return true;
}

bool mm412_probe_guided_pcp(const void *state, uint32_t zone, unsigned cpu, unsigned list,
			    bool from_tail,
			    bool (*visit)(void *ctx, uint64_t frame, unsigned type), void *ctx)
{
	const struct mm412 *mm = state;
	uint32_t head = mm412_pcp_head(mm, &mm->zones[zone].pcps[cpu], list);
	uint32_t at = head;

	while ((at = from_tail ? mm->s[at].prev : mm->s[at].next) != head)
		if (!visit(ctx, mm412_frame(mm, at), mm->s[at].type))
			return false;
	return true;
}
