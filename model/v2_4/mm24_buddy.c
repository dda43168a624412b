/*
 * The buddy system: ten lists of power-of-two blocks a zone, and for each pair of buddies one
 * bit that flips whenever one of the two is taken from or put on its list; set, exactly one
 * of them is there.
 *
 * Kernel: rmqueue(), expand(), __free_pages_ok(), __free_pages(). Unlike 4.12, an index counts
 * from the zone's first frame, a split hands out the upper half, and blocks always go to the
 * head of their list.
 */
#include "model/v2_4/mm24.h"

#define LINE_BITS (8 * MM24_LINE_BYTES)

/* Flips the pair's bit and says what it was. */
static inline bool flip(struct mm24_zone *zone, uint32_t index, unsigned order)
{
	uint32_t pair = index >> (order + 1);
	uint64_t *word = &zone->area[order].map[pair / 64];
	uint64_t bit = (uint64_t)1 << pair % 64;

	assert(pair < zone->area[order].nbits);
	*word ^= bit;
	return !(*word & bit);
}

static inline void charge_flip(const struct mm24 *mm, const struct mm24_zone *zone,
			       struct sim_cpu *cpu, uint32_t index, unsigned order)
{
	mm24_charge(cpu, mm->cost.bitmap_step);
	sim_touch(cpu, SIM_LINE_BLOCK,
		  zone->area[order].line + (index >> (order + 1)) / LINE_BITS, true);
}

static inline void push(struct mm24 *mm, struct mm24_zone *zone, uint32_t slot, unsigned order)
{
	mm->s[slot].tag |= MM24_FREE;
	mm24_page(mm, slot)->order = order & 15;
	zone->area_lines |= mm->area_lines[order];
	mm_list_add(mm->s, zone->area[order].head, slot);
	mm->s[zone->area[order].head].stamp++;
	zone->some |= (uint16_t)(1u << order);
}

static inline void unlink_block(struct mm24 *mm, struct mm24_zone *zone, uint32_t slot,
				unsigned order)
{
	assert(mm->s[slot].tag & MM24_FREE);
	mm->s[slot].tag &= (uint16_t)~MM24_FREE;
	mm_list_del(mm->s, slot);
	zone->area_lines |= mm->area_lines[order];
	if (--mm->s[zone->area[order].head].stamp == 0)
		zone->some &= (uint16_t) ~(1u << order);
}

static inline void lock(const struct mm24 *mm, struct mm24_zone *zone, struct sim_cpu *cpu,
			enum sim_cause cause)
{
	mm24_charge(cpu, mm->cost.lock);
	sim_lock(cpu, &zone->lock, cause);
	sim_touch(cpu, SIM_LINE_ZONE, zone->id, true);
	zone->area_lines = 0;
}

/* A line of list heads is priced once for each time that the lock is held. */
static inline void unlock(struct mm24_zone *zone, struct sim_cpu *cpu)
{
	if (zone->area_lines)
		mm24_touch_areas(zone, cpu, zone->area_lines);
	/* With the same highest bit what differs is below it. */
	if (__builtin_expect((zone->some ^ zone->top) >= zone->top, 0))
		mm24_orders_tell(zone, cpu);
	sim_unlock(cpu, &zone->lock);
}

/* The block is 2^from frames: its lower halves go back until 2^order are left. */
static uint32_t expand(struct mm24 *mm, struct mm24_zone *zone, struct sim_cpu *cpu,
		       uint32_t slot, unsigned from, unsigned order)
{
	while (from > order) {
		from--;
		push(mm, zone, slot, from);
		flip(zone, slot - zone->start, from);
		mm24_charge(cpu, mm->cost.split_step);
		charge_flip(mm, zone, cpu, slot - zone->start, from);
		slot += 1u << from;
		mm24_touch(mm, cpu, slot);
	}
	return slot;
}

static uint32_t take_first(struct mm24 *mm, struct mm24_zone *zone, struct sim_cpu *cpu,
			   unsigned found, unsigned order)
{
	uint32_t head = zone->area[found].head, slot = mm->s[head].next;

	mm24_charge(cpu, mm->cost.take);
	mm24_touch(mm, cpu, slot);
	mm24_touch_beside(mm, cpu, mm->s[slot].next);
	charge_flip(mm, zone, cpu, slot - zone->start, found);
	unlink_block(mm, zone, slot, found);
	flip(zone, slot - zone->start, found);
	zone->free_pages -= 1u << order;
	mm->nr_free -= 1u << order;
	/* The next request will want this one. */
	__builtin_prefetch(&mm->s[mm->s[head].next], 1);
	return expand(mm, zone, cpu, slot, found, order);
}

/* An untouched block becomes the one block of its list. */
static void unpack(struct mm24 *mm, struct mm24_zone *zone)
{
	uint32_t slot = mm24_fresh_take(zone);

	mm24_zone_ready(mm, zone, slot);
	push(mm, zone, slot, MM24_ORDERS - 1);
	mm->s[zone->area[MM24_ORDERS - 1].head].stamp--;
}

/* The lowest order from `order` upwards that has a block, MM24_ORDERS = none has. */
static inline unsigned find(struct mm24 *mm, struct mm24_zone *zone, unsigned order)
{
	while (order < MM24_ORDERS && mm_list_empty(mm->s, zone->area[order].head))
		zone->area_lines |= mm->area_lines[order++];
	if (order == MM24_ORDERS && zone->nfresh) {
		unpack(mm, zone);
		order--;
	}
	return order;
}

uint32_t mm24_buddy_take(struct mm24 *mm, struct mm24_zone *zone, struct sim_cpu *cpu,
			 unsigned order)
{
	uint32_t slot = MM24_NONE;
	unsigned found;

	assert(order < MM24_ORDERS);
	lock(mm, zone, cpu, order ? SIM_CAUSE_HIGH_ORDER : SIM_CAUSE_REFILL);
	found = find(mm, zone, order);
	sim_charge(cpu, (uint32_t)mm->cost.order_step[0] * (found - order));
	if (found < MM24_ORDERS)
		slot = take_first(mm, zone, cpu, found, order);
	unlock(zone, cpu);
	if (slot == MM24_NONE)
		return MM24_NONE;
	mm24_page(mm, slot)->count = 1;
	zone->pgalloc += 1u << order;
	return slot;
}

/* Merges the block with its free buddies and puts it on its list. */
static void merge(struct mm24 *mm, struct mm24_zone *zone, struct sim_cpu *cpu, uint32_t slot,
		  unsigned order)
{
	uint32_t index = slot - zone->start;

	for (; order < MM24_ORDERS - 1; order++) {
		uint32_t buddy = zone->start + (index ^ 1u << order);

		charge_flip(mm, zone, cpu, index, order);
		if (!flip(zone, index, order))
			break;
		mm24_charge(cpu, mm->cost.merge_step);
		mm24_touch(mm, cpu, buddy);
		mm24_touch_beside(mm, cpu, mm->s[buddy].next);
		mm24_touch_beside(mm, cpu, mm->s[buddy].prev);
		unlink_block(mm, zone, buddy, order);
		index &= ~(1u << order);
	}
	push(mm, zone, zone->start + index, order);
	mm24_touch_beside(mm, cpu, mm->s[zone->start + index].next);
}

void mm24_buddy_give(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned order)
{
	struct mm24_zone *zone = mm24_zone_of(mm, slot);
	struct mm_slot *s = &mm->s[slot];

	assert(order < MM24_ORDERS);
	assert((slot - zone->start) % (1u << order) == 0);
	assert(slot - zone->start + (1u << order) <= zone->size);
	assert(!(s->tag & (MM24_FREE | MM24_LRU | MM24_LOCKED | MM24_MAPPING | MM24_BUFFERS)));
	s->tag &= (uint16_t) ~(MM24_REFERENCED | MM24_DIRTY);
	s->type = MM24_AGE_START;
	mm24_charge(cpu, mm->cost.free_block);
	lock(mm, zone, cpu, SIM_CAUSE_FREE);
	zone->free_pages += 1u << order;
	mm->nr_free += 1u << order;
	zone->pgfree += 1u << order;
	merge(mm, zone, cpu, slot, order);
	unlock(zone, cpu);
	sim_touch(cpu, SIM_LINE_STAT, 0, mm->memory_pressure > mm->nr_cpus);
	if (mm->memory_pressure > mm->nr_cpus)
		mm->memory_pressure--;
}

uint32_t mm24_buddy_next(const struct mm24 *mm, const struct mm24_zone *zone, unsigned order,
			 uint32_t at)
{
	uint32_t head = zone->area[order].head, next = head;
	bool listed = at == MM24_NONE || mm->s[at].tag & MM24_FREE;

	if (listed)
		next = mm->s[at == MM24_NONE ? head : at].next;
	if (next != head)
		return next;
	if (order < MM24_ORDERS - 1)
		return MM24_NONE;
	return mm24_fresh_next(zone, listed ? MM24_NONE : at);
}

void mm24_buddy_found(struct mm24 *mm, struct mm24_zone *zone, uint32_t slot, unsigned order)
{
	push(mm, zone, slot, order);
	if (order < MM24_ORDERS - 1)
		flip(zone, slot - zone->start, order);
	zone->free_pages += 1u << order;
	mm->nr_free += 1u << order;
}

void mm24_buddy_put(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned order)
{
	mm24_charge(cpu, mm->cost.free_entry);
	mm24_touch(mm, cpu, slot);
	if (mm->s[slot].tag & MM24_RESERVED)
		return;
	if (--mm24_page(mm, slot)->count == 0)
		mm24_buddy_give(mm, cpu, slot, order);
}
