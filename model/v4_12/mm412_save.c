/*
 * What a replay that goes on later needs of this kernel: its lists as they stand, and by name
 * the numbers that follow neither from them nor from parameters. Counters of events are none of
 * these: each replay counts its own.
 */
#include <stdio.h>

#include "model/v4_12/mm412_save.h"
#include "model/v4_12/mm412_sleep.h"

/* ---- lists ------------------------------------------------------------------------------- */

static void visit_pageblocks(const struct mm412 *mm, const struct mm412_zone *zone,
			     const struct mm_saver *to)
{
	uint64_t frame = zone->start;

	while (frame < zone->end) {
		to->pageblock(to->ctx, frame, mm412_block_type(mm, mm412_slot(mm, frame)));
		frame = (frame / MM412_BLOCK_FRAMES + 1) * MM412_BLOCK_FRAMES;
	}
}

static void visit_free(const struct mm412 *mm, const struct mm412_zone *zone,
		       const struct mm_saver *to)
{
	for (unsigned t = 0; t < mm->ntypes; t++)
		for (unsigned o = 0; o < MM412_ORDERS; o++) {
			uint32_t at = mm412_list_first(mm, zone, t, o);

			for (; at != MM412_NONE; at = mm412_list_next(mm, zone, t, o, at))
				to->free(to->ctx, mm412_frame(mm, at), o, t);
		}
}

static void visit_pcps(const struct mm412 *mm, const struct mm412_zone *zone,
		       const struct mm_saver *to)
{
	for (unsigned cpu = 0; cpu < mm->ncpus; cpu++)
		for (unsigned t = 0; t < MM412_PCP_TYPES; t++) {
			uint32_t head = mm412_pcp_head(mm, &zone->pcps[cpu], t);

			for (uint32_t at = mm->s[head].next; at != head; at = mm->s[at].next)
				to->pcp(to->ctx, cpu, mm412_frame(mm, at), mm->s[at].type);
		}
}

/* Whoever reads this puts each on the head of its list. */
static void visit_lru(const struct mm412 *mm, const struct mm_saver *to)
{
	for (unsigned n = 0; mm->sleep && n < mm->nnodes; n++)
		for (unsigned i = 0; i < MM412_NODE_LISTS; i++) {
			uint32_t head = mm->node_heads + n * MM412_NODE_LISTS + i;

			for (uint32_t at = mm->s[head].prev; at != head; at = mm->s[at].prev)
				to->listed(to->ctx, mm412_frame(mm, at));
		}
	for (unsigned cpu = 0; mm->sleep && cpu < mm->ncpus; cpu++) {
		const struct mm412_pagevec *pv = &mm->sleep->pagevec[MM412_PV_ADD][cpu];

		for (uint32_t i = 0; i < pv->n; i++)
			to->listed(to->ctx, mm412_frame(mm, pv->page[i]));
	}
}

static void visit_used(const struct mm412 *mm, const struct mm_saver *to)
{
	for (uint32_t slot = mm->frame0; slot < mm->slots;) {
		uint16_t tag = mm->s[slot].tag;

		if (mm412_tag_state(tag) == MM412_USED)
			to->used(to->ctx, mm412_frame(mm, slot), mm412_tag_order(tag),
				 mm->s[slot].use);
		slot += tag ? 1u << mm412_tag_order(tag) : 1;
	}
}

void mm412_save(const void *state, const struct mm_saver *to)
{
	const struct mm412 *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++) {
		visit_pageblocks(mm, &mm->zones[i], to);
		visit_free(mm, &mm->zones[i], to);
		visit_pcps(mm, &mm->zones[i], to);
	}
	visit_used(mm, to);
	visit_lru(mm, to);
}

bool mm412_save_content(const void *state, uint32_t content, struct mm_content *what)
{
	const struct mm412 *mm = state;
	const struct mm412_content *c = mm412_content_number_find(mm, content);
	unsigned flags;

	if (!c || c->place != MM412_IN_MEMORY)
		return false;
	flags = mm412_page(mm, c->where)->flags;
	what->task = c->task;
	what->kind = (enum mm_kind)c->kind;
	what->dirty = flags & (MM412_PG_DIRTY | MM412_PG_PTE_DIRTY);
	what->active = flags & MM412_PG_ACTIVE;
	what->old = false;
	what->stays = c->stays;
	what->order = 0;
	return true;
}

/* ---- numbers ----------------------------------------------------------------------------- */

static void keep(const struct mm_keeper *k, const char *of, unsigned n, const char *what,
		 int64_t *value)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.%u.%s", of, n, what);
	k->number(k->ctx, name, value, 1);
}

#define KEEP(k, of, n, field, object)                                                          \
	do {                                                                                   \
		int64_t value_ = (int64_t)(object)->field;                                     \
		keep(k, of, n, #field, &value_);                                               \
		(object)->field = (__typeof__((object)->field))value_;                         \
	} while (0)

enum { DIFFS = 3 + MM412_NUMA_ITEMS };

/* A CPU's parts of counters. What was counted before does not count again here. */
static void keep_cpu(const struct mm_keeper *k, struct mm412_zone *zone, unsigned cpu)
{
	struct mm412_pcp *pcp = &zone->pcps[cpu];
	int64_t v[DIFFS] = { pcp->free_diff, pcp->cma_diff, pcp->expire };
	char name[64];

	for (unsigned i = 0; i < MM412_NUMA_ITEMS; i++)
		v[3 + i] = pcp->numa_diff[i];
	snprintf(name, sizeof(name), "zone.%u.cpu.%u", zone->id, cpu);
	k->number(k->ctx, name, v, DIFFS);
	if (k->out)
		return;
	pcp->free_diff = (int8_t)v[0];
	pcp->cma_diff = (int8_t)v[1];
	pcp->expire = (uint8_t)v[2];
	for (unsigned i = 0; i < MM412_NUMA_ITEMS; i++) {
		pcp->numa_diff[i] = (int8_t)v[3 + i];
		zone->numa[i] -= pcp->numa_diff[i];
	}
}

static void keep_zone(const struct mm_keeper *k, const struct mm412 *mm,
		      struct mm412_zone *zone)
{
	KEEP(k, "zone", zone->id, nr_free, zone);
	KEEP(k, "zone", zone->id, nr_free_cma, zone);
	KEEP(k, "zone", zone->id, nr_reserved_highatomic, zone);
	KEEP(k, "zone", zone->id, free_gap, zone);
	KEEP(k, "zone", zone->id, cma_gap, zone);
	KEEP(k, "zone", zone->id, stat_threshold, zone);
	KEEP(k, "zone", zone->id, lock.free_at, zone);
	KEEP(k, "zone", zone->id, lock.holder, zone);
	for (unsigned cpu = 0; cpu < mm->ncpus; cpu++)
		keep_cpu(k, zone, cpu);
}

static void keep_compaction(const struct mm_keeper *k, const struct mm412_zone *zone,
			    struct mm412_zone_sleep *z)
{
	KEEP(k, "zone", zone->id, cached_free, z);
	KEEP(k, "zone", zone->id, cached_migrate[0], z);
	KEEP(k, "zone", zone->id, cached_migrate[1], z);
	KEEP(k, "zone", zone->id, compact_considered, z);
	KEEP(k, "zone", zone->id, compact_defer_shift, z);
	KEEP(k, "zone", zone->id, compact_order_failed, z);
	KEEP(k, "zone", zone->id, blockskip_flush, z);
}

/* The CPUs' parts of what is seen of the lists, which are there already. */
static void keep_lists(const struct mm_keeper *k, const struct mm412 *mm,
		       struct mm412_node_sleep *node)
{
	for (unsigned cpu = 0; cpu < mm->ncpus; cpu++) {
		int8_t *parts = mm412_lru_count_of(node, cpu);
		int64_t v[MM412_LRUS];
		char name[64];

		for (unsigned lru = 0; lru < MM412_LRUS; lru++)
			v[lru] = parts[lru];
		snprintf(name, sizeof(name), "node.%u.lru.%u", node->nid, cpu);
		k->number(k->ctx, name, v, MM412_LRUS);
		for (unsigned lru = 0; !k->out && lru < MM412_LRUS; lru++) {
			node->lru.seen[lru] -= (int8_t)v[lru] - parts[lru];
			parts[lru] = (int8_t)v[lru];
		}
	}
}

static void keep_node(const struct mm_keeper *k, struct mm412_node_sleep *node)
{
	for (unsigned i = 0; i < MM412_LRU_KINDS; i++) {
		const char *of = i == MM412_ANON ? "anon" : "file";

		struct {
			uint64_t rotated, scanned;
		} recent = { node->lru.recent_rotated[i], node->lru.recent_scanned[i] };

		KEEP(k, of, node->nid, rotated, &recent);
		KEEP(k, of, node->nid, scanned, &recent);
		node->lru.recent_rotated[i] = recent.rotated;
		node->lru.recent_scanned[i] = recent.scanned;
	}
	KEEP(k, "node", node->nid, lru.inactive_age, node);
	KEEP(k, "node", node->nid, lru.refaults, node);
	KEEP(k, "node", node->nid, lru.lock.free_at, node);
	KEEP(k, "node", node->nid, lru.lock.holder, node);
	KEEP(k, "node", node->nid, kswapd_sleep, node);
	if (!k->out) {
		node->kswapd_goes_on = node->kswapd_sleep;
		node->kswapd_sleep = MM412_KSWAPD_AT_WORK;
	}
	KEEP(k, "node", node->nid, kswapd_order, node);
	KEEP(k, "node", node->nid, kswapd_classzone_idx, node);
	KEEP(k, "node", node->nid, kswapd_failures, node);
	KEEP(k, "node", node->nid, kcompactd_max_order, node);
	KEEP(k, "node", node->nid, kcompactd_classzone_idx, node);
	KEEP(k, "node", node->nid, slab_deferred, node);
	KEEP(k, "node", node->nid, split_deferred, node);
	KEEP(k, "node", node->nid, shadow_deferred, node);
}

/* Pageblocks that compaction passes over, 32 to a number. */
static void keep_skipped(const struct mm_keeper *k, const struct mm412 *mm)
{
	uint32_t blocks = mm->slots >> MM412_BLOCK_ORDER;

	for (uint32_t first = mm->frame0 >> MM412_BLOCK_ORDER; first < blocks; first += 32) {
		uint8_t *skip = &mm->sleep->skip[first];
		unsigned n = blocks - first < 32 ? blocks - first : 32;
		int64_t bits = 0;
		char name[32];

		for (unsigned i = 0; i < n; i++)
			bits |= (int64_t)(skip[i] != 0) << i;
		if (k->out && !bits)
			continue;
		snprintf(name, sizeof(name), "skip.%u",
			 first - (mm->frame0 >> MM412_BLOCK_ORDER));
		k->number(k->ctx, name, &bits, 1);
		for (unsigned i = 0; !k->out && i < n; i++)
			skip[i] = bits >> i & 1;
	}
}

/* The numbers are of the frames that the machine has: places inside zones. */
static bool is_sane(const struct mm412 *mm, char *text, size_t size)
{
	for (unsigned i = 0; mm->sleep && i < mm->nzones; i++) {
		const struct mm412_zone *zone = &mm->zones[i];
		const struct mm412_zone_sleep *z = mm412_zone_sleep(mm, zone);
		uint32_t first = mm412_slot(mm, zone->start) & ~(MM412_BLOCK_FRAMES - 1);
		uint32_t end = mm412_slot(mm, zone->end - 1) + 1;

		if (z->cached_free < first || z->cached_free > end ||
		    z->cached_migrate[0] < first || z->cached_migrate[0] > end ||
		    z->cached_migrate[1] < first || z->cached_migrate[1] > end ||
		    z->compact_defer_shift > 6 || z->compact_order_failed > MM412_ORDERS) {
			snprintf(text, size, "zone %s of node %u: compaction stands outside",
				 mm412_arch_zone(mm, zone), zone->nid);
			return false;
		}
	}
	return true;
}

bool mm412_save_keep(void *state, const struct mm_keeper *k, char *text, size_t size)
{
	struct mm412 *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++) {
		keep_zone(k, mm, &mm->zones[i]);
		if (mm->sleep)
			keep_compaction(k, &mm->zones[i], &mm->sleep->zones[i]);
	}
	for (unsigned n = 0; mm->sleep && n < mm->nnodes; n++)
		if (mm->nodes[n].online) {
			keep_node(k, &mm->sleep->nodes[n]);
			keep_lists(k, mm, &mm->sleep->nodes[n]);
		}
	if (mm->sleep)
		keep_skipped(k, mm);
	return k->out || (is_sane(mm, text, size) && mm412_check(mm, text, size));
}
