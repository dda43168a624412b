/*
 * The LRU lists of the nodes, their counters, and the last reference of a page.
 *
 * Kernel: include/linux/mm_inline.h; put_page(), __page_cache_release() and
 * __put_compound_page() of mm/swap.c; free_hot_cold_page_list(); isolate_lru_page(),
 * putback_lru_page() and lruvec_lru_size() of mm/vmscan.c.
 */
#include "model/v4_12/mm412_sleep.h"

/* ---- which list, and what it counts ----------------------------------------------------- */

unsigned mm412_lru_kind(const struct mm412 *mm, uint32_t slot)
{
	return mm412_page(mm, slot)->flags & MM412_PG_SWAPBACKED ? MM412_ANON : MM412_FILE;
}

enum mm412_lru mm412_lru_of(const struct mm412 *mm, uint32_t slot)
{
	unsigned flags = mm412_page(mm, slot)->flags;
	unsigned lru = flags & MM412_PG_SWAPBACKED ? MM412_INACTIVE_ANON : MM412_INACTIVE_FILE;

	if (flags & MM412_PG_UNEVICTABLE)
		return MM412_UNEVICTABLE;
	return (enum mm412_lru)(flags & MM412_PG_ACTIVE ? lru + 1 : lru);
}

uint32_t mm412_lru_head(const struct mm412_node_sleep *node, enum mm412_lru lru)
{
	return node->lru.heads + lru;
}

void mm412_lru_node_add(struct mm412 *mm, uint32_t slot, enum mm412_node_item item, int64_t n)
{
	mm412_node_of(mm, slot)->stat[item] += n;
}

void mm412_lru_zone_add(struct mm412 *mm, uint32_t slot, enum mm412_zone_item item, int64_t n)
{
	mm->sleep->zones[mm412_tag_zone(mm->s[slot].tag)].stat[item] += n;
}

uint64_t mm412_lru_node_sum(const struct mm412 *mm, enum mm412_node_item item)
{
	int64_t sum = 0;

	for (unsigned n = 0; n < mm->nnodes; n++)
		sum += mm->sleep->nodes[n].stat[item];
	return sum > 0 ? (uint64_t)sum : 0;
}

uint64_t mm412_lru_zone_sum(const struct mm412 *mm, enum mm412_zone_item item)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < mm->nzones; i++)
		sum += mm->sleep->zones[i].stat[item];
	return sum > 0 ? (uint64_t)sum : 0;
}

uint64_t mm412_lru_size(const struct mm412 *mm, const struct mm412_node_sleep *node,
			enum mm412_lru lru, unsigned zone_idx)
{
	int64_t size = mm412_lru_count_seen(node, lru);

	for (unsigned z = zone_idx + 1; z < MM412_ZONE_TYPES; z++) {
		const struct mm412_zone *zone = node->node->zones[z];

		if (zone)
			size -= mm412_zone_sleep(mm, zone)->stat[MM412_ZONE_LRU + lru];
	}
	return size > 0 ? (uint64_t)size : 0;
}

static void count(struct mm412 *mm, uint32_t slot, enum mm412_lru lru, int64_t entries)
{
	int64_t pages = entries * mm412_pages(mm, slot);

	mm->s[mm412_lru_head(mm412_node_of(mm, slot), lru)].stamp += (uint32_t)entries;
	mm412_lru_node_add(mm, slot, (enum mm412_node_item)(MM412_NODE_LRU + lru), pages);
	mm412_lru_zone_add(mm, slot, (enum mm412_zone_item)(MM412_ZONE_LRU + lru), pages);
}

static void linked(struct mm412 *mm, uint32_t slot, enum mm412_lru lru)
{
	struct mm412_page *page = mm412_page(mm, slot);

	assert(!(page->flags & MM412_PG_LRU));
	page->flags = (uint16_t)((page->flags & ~(unsigned)MM412_PG_ISOLATED) | MM412_PG_LRU);
	mm->s[slot].use |= MM_USE_LRU;
	count(mm, slot, lru, 1);
	mm412_lru_count_add(mm412_node_of(mm, slot), lru, mm412_pages(mm, slot));
}

void mm412_lru_link(struct mm412 *mm, uint32_t slot, enum mm412_lru lru)
{
	linked(mm, slot, lru);
	mm_list_add(mm->s, mm412_lru_head(mm412_node_of(mm, slot), lru), slot);
}

void mm412_lru_link_tail(struct mm412 *mm, uint32_t slot, enum mm412_lru lru)
{
	linked(mm, slot, lru);
	mm_list_add_tail(mm->s, mm412_lru_head(mm412_node_of(mm, slot), lru), slot);
}

void mm412_lru_take(struct mm412 *mm, uint32_t slot, enum mm412_lru lru)
{
	struct mm412_page *page = mm412_page(mm, slot);

	assert(page->flags & MM412_PG_LRU && mm412_lru_of(mm, slot) == lru);
	page->flags = (uint16_t)(page->flags & ~(unsigned)MM412_PG_LRU);
	mm->s[slot].use = (uint8_t)(mm->s[slot].use & ~(unsigned)MM_USE_LRU);
	count(mm, slot, lru, -1);
	mm_list_del(mm->s, slot);
}

void mm412_lru_unlink(struct mm412 *mm, uint32_t slot, enum mm412_lru lru)
{
	mm412_lru_take(mm, slot, lru);
	mm412_lru_count_add(mm412_node_of(mm, slot), lru, -(int64_t)mm412_pages(mm, slot));
}

void mm412_lru_scanned(struct mm412_node_sleep *node, unsigned kind, bool rotated)
{
	node->lru.recent_scanned[kind]++;
	node->lru.recent_rotated[kind] += rotated;
}

/* ---- lru_lock --------------------------------------------------------------------------- */

/* The line comes when the lock has been left, as a zone's does. */
void mm412_lru_lock_for(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			enum sim_cause cause)
{
	node->unpaid = mm->sleep->unpaid;
	if (!node->unpaid) {
		mm412_charge(cpu, mm->cost.lock);
		sim_lock(cpu, &node->lru.lock, cause);
	}
	node->lru.cpu = cpu->id;
	if (!node->unpaid)
		mm412_touch_lru(cpu, node->nid);
}

/* With spin_lock_irqsave(); reclaim and isolation know that interrupts are on. */
void mm412_lru_lock(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	if (!mm->sleep->unpaid)
		mm412_charge(cpu, mm->cost.irq);
	mm412_lru_lock_for(mm, cpu, node, SIM_CAUSE_LRU);
}

void mm412_lru_unlock(struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	/* Nobody else runs while pages are held; whoever has the lock meanwhile keeps it. */
	if (node->unpaid) {
		node->unpaid = false;
		return;
	}
	sim_unlock(cpu, &node->lru.lock);
}

/* ---- references ------------------------------------------------------------------------- */

bool mm412_lru_held(const struct mm412 *mm, uint32_t slot)
{
	const struct mm412_page *page = mm412_page(mm, slot);

	return page->content || page->pins || page->flags & MM412_PG_SWAPCACHE;
}

void mm412_lru_pin(struct mm412 *mm, uint32_t slot)
{
	assert(mm412_page(mm, slot)->pins < UINT8_MAX);
	mm412_page(mm, slot)->pins++;
}

/* A page of which nobody knows any more goes back to the allocator. */
static void give_back(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool cold)
{
	unsigned order = mm412_tag_order(mm->s[slot].tag);

	assert(!mm412_lru_held(mm, slot));
	assert(!(mm412_page(mm, slot)->flags & (MM412_PG_LRU | MM412_PG_SLAB)));
	if (mm412_page(mm, slot)->flags & MM412_PG_WRITEBACK)
		mm412_io_forget(mm, slot);
	*mm412_page(mm, slot) = (struct mm412_page){ 0 };
	mm412_alloc_free(mm, cpu, mm412_frame(mm, slot), order, cold);
}

void mm412_lru_free_chain(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *chain,
			  bool cold)
{
	while (chain->first != MM412_NONE) {
		uint32_t slot = chain->first;

		mm412_chain_del(mm, chain, slot);
		give_back(mm, cpu, slot, cold);
	}
}

void mm412_lru_off(struct mm412 *mm, uint32_t slot)
{
	mm412_lru_unlink(mm, slot, mm412_lru_of(mm, slot));
	mm412_page(mm, slot)->flags &= (uint16_t) ~(MM412_PG_ACTIVE | MM412_PG_UNEVICTABLE);
}

/*
 * The last pin goes under the lock, since on an actor others run before it is there: they may
 * have taken the page off its list and pinned it.
 */
void mm412_lru_put(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool cold)
{
	struct mm412_page *page = mm412_page(mm, slot);
	struct mm412_node_sleep *node;
	bool last;

	assert(page->pins > 0);
	if (page->pins > 1 || page->content || page->flags & MM412_PG_SWAPCACHE) {
		page->pins--;
		return;
	}
	if (!(page->flags & MM412_PG_LRU)) {
		page->pins--;
		give_back(mm, cpu, slot, cold);
		return;
	}
	node = mm412_node_of(mm, slot);
	mm412_lru_lock(mm, cpu, node);
	page->pins--;
	last = !mm412_lru_held(mm, slot);
	if (last && page->flags & MM412_PG_LRU) {
		mm412_charge(cpu, mm->cost.lru_page);
		mm412_lru_off(mm, slot);
	}
	mm412_lru_unlock(cpu, node);
	if (last)
		give_back(mm, cpu, slot, cold);
}

void mm412_lru_release(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	assert(!mm412_page(mm, slot)->content);
	if (mm412_lru_held(mm, slot))
		return;
	/* Nobody sees the list meanwhile, and what it costs to take a page off it when its task
	 * unmaps it is part of the recorded time between two events. */
	mm412_node_of(mm, slot)->lru.cpu = cpu->id;
	if (mm412_page(mm, slot)->flags & MM412_PG_LRU)
		mm412_lru_off(mm, slot);
	give_back(mm, cpu, slot, false);
}

/* ---- isolation -------------------------------------------------------------------------- */

bool mm412_lru_isolate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *page = mm412_page(mm, slot);
	struct mm412_node_sleep *node;
	bool taken;

	if (!(page->flags & MM412_PG_LRU))
		return false;
	node = mm412_node_of(mm, slot);
	mm412_lru_lock_for(mm, cpu, node, SIM_CAUSE_LRU);
	mm412_charge(cpu, mm->cost.lru_page);
	mm412_touch_frame(mm, cpu, slot);
	taken = page->flags & MM412_PG_LRU;
	if (taken) {
		mm412_lru_pin(mm, slot);
		mm412_lru_unlink(mm, slot, mm412_lru_of(mm, slot));
		page->flags |= MM412_PG_ISOLATED;
	}
	mm412_lru_unlock(cpu, node);
	return taken;
}

void mm412_lru_putback(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm412_page(mm, slot)->flags &= (uint16_t)~MM412_PG_ISOLATED;
	mm412_pagevec_add(mm, cpu, slot);
	mm412_lru_put(mm, cpu, slot, false);
}
