/*
 * Per-cpu lists: single pages of a zone that one CPU keeps at hand, by type. They are filled
 * and emptied in batches, so that the zone lock is taken once for many pages.
 *
 * Kernel: rmqueue_bulk(), free_pcppages_bulk(), drain_pages(), drain_all_pages(),
 * zone_batchsize(), pageset_set_high().
 */
#include "model/v4_12/mm412_sleep.h"
#include "model/v4_12/mm412_tell.h"
#include "model/v4_12/mm412_where.h"
#include "model/v4_12/mm412_work.h"

/* A loop that is compiled twice: as it mostly runs, and with events to tell. */
#define TWICE static inline __attribute__((always_inline))
#define TELLING static __attribute__((cold, noinline))

#define POLL 64 /* times a jiffy that who has to wait looks whether another drain is over */

/* A 1024th of the zone, at most half a MiB, a quarter of it, as 2^n - 1. */
static uint64_t default_batch(const struct mm412_zone *zone)
{
	uint64_t batch = zone->managed / 1024, power = 1;

	if (batch > 128)
		batch = 128;
	batch /= 4;
	if (batch < 1)
		batch = 1;
	batch += batch / 2;
	while (power * 2 <= batch)
		power *= 2;
	return power - 1;
}

static void limit(const struct mm412_params *p, struct mm412_zone *zone, uint64_t fraction)
{
	uint64_t high, batch;

	if (fraction) {
		high = zone->managed / fraction;
		batch = high / 4;
		if (batch > 96)
			batch = 96;
	} else {
		batch = default_batch(zone);
		high = 6 * batch;
	}
	if (p->pcp_high[0])
		high = p->pcp_high[0];
	if (p->pcp_batch[0])
		batch = p->pcp_batch[0];
	zone->pcp_high = (uint32_t)high;
	zone->pcp_batch = batch ? (uint32_t)batch : 1;
}

void mm412_pcp_limits(struct mm412 *mm, uint64_t fraction)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		limit(&mm->params, &mm->zones[i], fraction);
}

/*
 * The scout starts anew with each refill, from the list that the next one begins with. Where it
 * was is too far ahead by then: drains put pages in front of it, and the next refill takes
 * those.
 */
static void send_scout(struct mm412_zone *zone, unsigned type)
{
	unsigned some = zone->some[type];

	if (some)
		zone->scout[type] = mm412_list(zone, type, (unsigned)__builtin_ctz(some));
}

TWICE uint32_t take_batch(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			  uint32_t at, unsigned type, bool cold, bool telling)
{
	uint32_t got = 0;

	for (; got < zone->pcp_batch; got++) {
		uint32_t slot = mm412_buddy_take(mm, zone, cpu, 0, type);

		if (telling)
			mm412_tell_taken(mm, cpu, slot, 0, type);
		if (slot == MM412_NONE)
			break;
		mm->s[slot].tag = mm412_tag(MM412_ON_PCP, 0, zone->id);
		/* The list grows at its far end: the page taken first is handed out first. */
		if (cold)
			mm_list_add_tail(mm->s, at, slot);
		else
			mm_list_add(mm->s, at, slot);
		at = slot;
		mm412_charge(cpu, mm->cost.refill_page);
	}
	return got;
}

TELLING uint32_t take_batch_telling(struct mm412 *mm, struct mm412_zone *zone,
				    struct sim_cpu *cpu, uint32_t at, unsigned type, bool cold)
{
	return take_batch(mm, zone, cpu, at, type, cold, true);
}

void mm412_pcp_fill(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		    struct sim_cpu *cpu, unsigned type, bool cold)
{
	uint32_t at = mm412_pcp_head(mm, pcp, type);
	uint32_t got;

	mm412_charge(cpu, mm->cost.refill);
	mm412_lock(mm, zone, cpu, SIM_CAUSE_REFILL);
	got = __builtin_expect(mm->telling, 0)
		      ? take_batch_telling(mm, zone, cpu, at, type, cold)
		      : take_batch(mm, zone, cpu, at, type, cold, false);
	mm412_vmstat_free(mm, zone, pcp, cpu, -(int64_t)got);
	mm412_unlock(zone, cpu);
	send_scout(zone, type);
	pcp->count += got;
	zone->events.refill++;
	zone->events.refill_pages += got;
}

/*
 * For the host's cache, two pages ahead of the one that is drained: the page after that one,
 * and what a merge of it looks at: the neighbours of its buddy on their list, and the next
 * line, where the buddy of both is. Inline: gcc drops calls of what does nothing but prefetch.
 */
__attribute__((always_inline)) static inline void look_ahead(const struct mm412 *mm,
							     uint32_t head)
{
	uint32_t slot = mm->s[mm->s[head].prev].prev, buddy = slot ^ 1;

	__builtin_prefetch(&mm->s[mm->s[slot].prev], 1);
	if (mm412_tag_state(mm->s[buddy].tag) == MM412_FREE) {
		__builtin_prefetch(&mm->s[mm->s[buddy].prev], 1);
		__builtin_prefetch(&mm->s[mm->s[buddy].next], 1);
		__builtin_prefetch(&mm->s[slot ^ 4], 1);
	}
}

TWICE void free_tail(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		     struct sim_cpu *cpu, uint32_t head, bool isolated, bool telling)
{
	uint32_t slot = mm->s[head].prev;
	/* The cached type, though the pageblock may have changed hands meanwhile. */
	unsigned type = isolated ? mm412_block_type(mm, slot) : mm->s[slot].type;

	mm_list_del(mm->s, slot);
	look_ahead(mm, head);
	mm412_touch_held(mm, zone, cpu, slot, true);
	mm412_charge(cpu, mm->cost.drain_page);
	mm412_buddy_give(mm, zone, pcp, cpu, slot, 0, type);
	if (telling)
		mm412_tell_drained(mm, cpu, slot, type);
}

/* Returns the lists that gave pages, as bits by type. */
TWICE unsigned free_batch(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
			  struct sim_cpu *cpu, uint32_t count, bool telling)
{
	bool isolated = zone->nr_isolated;
	unsigned type = 0, drained = 0;
	uint32_t quota = 0;

	while (count) {
		uint32_t head;

		/* Each list visited, empty or not, lets the next full one give a page more. */
		do {
			quota++;
			type = (type + 1) % MM412_PCP_TYPES;
			head = mm412_pcp_head(mm, pcp, type);
		} while (mm_list_empty(mm->s, head));
		if (quota == MM412_PCP_TYPES)
			quota = count;
		do {
			free_tail(mm, zone, pcp, cpu, head, isolated, telling);
			count--;
			quota--;
		} while (count && quota && !mm_list_empty(mm->s, head));
		drained |= 1u << type;
	}
	return drained;
}

TELLING unsigned free_batch_telling(struct mm412 *mm, struct mm412_zone *zone,
				    struct mm412_pcp *pcp, struct sim_cpu *cpu, uint32_t count)
{
	return free_batch(mm, zone, pcp, cpu, count, true);
}

void mm412_pcp_drain_some(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
			  struct sim_cpu *cpu, uint32_t count)
{
	unsigned drained;

	mm412_charge(cpu, mm->cost.drain);
	mm412_lock(mm, zone, cpu, SIM_CAUSE_DRAIN);
	if (count > pcp->count)
		count = pcp->count;
	pcp->count -= count;
	zone->events.drain++;
	zone->events.drain_pages += count;
	drained = __builtin_expect(mm->telling, 0)
			  ? free_batch_telling(mm, zone, pcp, cpu, count)
			  : free_batch(mm, zone, pcp, cpu, count, false);
	/* The neighbour of each page was the next one, but for the last. */
	for (unsigned type = 0; type < MM412_PCP_TYPES; type++)
		if (drained >> type & 1)
			mm412_touch_held_beside(mm, zone, cpu,
						mm->s[mm412_pcp_head(mm, pcp, type)].prev);
	mm412_unlock(zone, cpu);
}

void mm412_pcp_drain(struct mm412 *mm, struct sim_cpu *cpu, unsigned owner)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_pcp *pcp = &mm->zones[i].pcps[owner];

		mm412_touch_pcp(mm, cpu, pcp, pcp->count);
		if (!pcp->count)
			continue;
		mm412_charge(cpu, mm->cost.irq);
		mm412_pcp_drain_some(mm, &mm->zones[i], pcp, cpu, pcp->count);
	}
}

static bool has_pages_of(const struct mm412 *mm, struct sim_cpu *cpu,
			 const struct mm412_zone *zone, unsigned owner)
{
	mm412_touch_pcp(mm, cpu, &zone->pcps[owner], false);
	return zone->pcps[owner].count;
}

static bool has_pages(const struct mm412 *mm, struct sim_cpu *cpu, unsigned owner)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		if (has_pages_of(mm, cpu, &mm->zones[i], owner))
			return true;
	return false;
}

/* drain_local_pages_wq(): of all zones, whichever was asked for. */
static void drain_own(struct mm412 *mm, struct sim_cpu *there, const void *arg)
{
	(void)arg;
	mm412_pcp_drain(mm, there, there->id);
}

/*
 * pcpu_drain_mutex. False: a drain is under way that does what this one would; who needs one
 * zone's pages has to wait for it and drain again.
 */
static bool begin_drain(const struct mm412 *mm, struct sim_cpu *cpu, bool wait)
{
	if (!mm->sleep || !mm->sleep->draining)
		return true;
	while (wait && cpu->on_actor && mm->sleep->draining) {
		uint64_t end = mm->sleep->draining, now = sim_now(cpu);

		/* Who drains may still wait for its CPU. */
		cpu->port->sleep(cpu, NULL, end > now ? end - now : mm->sleep->jiffy / POLL);
	}
	return wait;
}

static void drain_all(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_zone *zone)
{
	struct mm412_work work = { 0 };

	if (cpu->on_actor)
		cpu->port->settle(cpu);
	if (!begin_drain(mm, cpu, zone))
		return;
	for (unsigned owner = 0; owner < mm->ncpus; owner++)
		if (zone ? has_pages_of(mm, cpu, zone, owner) : has_pages(mm, cpu, owner))
			mm412_work_on(mm, cpu, owner, drain_own, NULL, &work);
	if (!cpu->on_actor || work.done <= sim_now(cpu))
		return;
	mm->sleep->draining = work.done;
	mm412_work_wait(cpu, &work);
	mm->sleep->draining = 0;
}

void mm412_pcp_drain_all(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_zone *zone)
{
	unsigned before = sim_enter(cpu, MM412_IN_DRAIN_ALL_PAGES);

	drain_all(mm, cpu, zone);
	sim_leave(cpu, before);
}
