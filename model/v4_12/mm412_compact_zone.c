/*
 * One run of compaction over a zone: isolate, move, and see whether it is enough.
 *
 * Kernel: compact_zone(), compact_finished(), compact_scanners_met().
 */
#include "model/v4_12/mm412_compact.h"
#include "model/v4_12/mm412_where.h"

static bool scanners_met(const struct mm412_compact *cc)
{
	return cc->free_at >> MM412_BLOCK_ORDER <= cc->migrate_at >> MM412_BLOCK_ORDER;
}

static enum mm412_compact_result at_the_end(struct mm412 *mm, const struct mm412_compact *cc)
{
	mm412_compact_skip_positions(mm, cc->zone);
	/* kswapd clears the skip bits when it goes to sleep: only for those who allocate. */
	if (cc->direct)
		mm412_zone_sleep(mm, cc->zone)->blockskip_flush = true;
	return cc->whole_zone ? MM412_COMPACT_COMPLETE : MM412_COMPACT_PARTIAL_SKIPPED;
}

static bool between_blocks(const struct mm412_compact *cc)
{
	return cc->migrate_at % MM412_BLOCK_FRAMES == 0;
}

/* Others may steal a whole pageblock: it is emptied first, so that no second has to follow. */
static enum mm412_compact_result may_steal(struct mm412_compact *cc)
{
	if (cc->type == MM412_MOVABLE || cc->mode == MM412_COMPACT_ASYNC || between_blocks(cc))
		return MM412_COMPACT_SUCCEEDED;
	cc->finishing_block = true;
	return MM412_COMPACT_CONTINUE;
}

/* Whether the request could be served now. */
static enum mm412_compact_result look_at_lists(const struct mm412 *mm, struct mm412_compact *cc)
{
	const struct mm412_zone *zone = cc->zone;
	unsigned own = zone->some[cc->type];

	if (cc->type == MM412_MOVABLE)
		own |= zone->some[MM412_CMA];
	for (unsigned order = (unsigned)cc->order; order < MM412_ORDERS; order++) {
		if (own >> order & 1)
			return MM412_COMPACT_SUCCEEDED;
		if (mm412_fallback_may_steal(mm, zone, order, cc->type))
			return may_steal(cc);
	}
	return MM412_COMPACT_NO_SUITABLE_PAGE;
}

static enum mm412_compact_result judge(struct mm412 *mm, struct mm412_compact *cc)
{
	if (cc->contended || (cc->task && cc->task->killed))
		return MM412_COMPACT_CONTENDED;
	if (scanners_met(cc))
		return at_the_end(mm, cc);
	if (cc->order < 0)
		return MM412_COMPACT_CONTINUE;
	if (cc->finishing_block) {
		if (!between_blocks(cc))
			return MM412_COMPACT_CONTINUE;
		cc->finishing_block = false;
	}
	return look_at_lists(mm, cc);
}

enum mm412_compact_result mm412_compact_zone_finished(struct mm412 *mm, struct sim_cpu *cpu,
						      struct mm412_compact *cc)
{
	enum mm412_compact_result result = judge(mm, cc);

	mm412_tell(mm, cpu, cc->task,
		   (struct mm_event){ MM_EVENT_COMPACTION_FINISHED,
				      { cc->zone->nid, cc->zone->idx, cc->order, result } });
	return result == MM412_COMPACT_NO_SUITABLE_PAGE ? MM412_COMPACT_CONTINUE : result;
}

/* From where the last run stopped, or over all of the zone. */
static void place_scanners(struct mm412 *mm, struct mm412_compact *cc)
{
	const struct mm412_zone_sleep *z = mm412_zone_sleep(mm, cc->zone);
	uint32_t start = mm412_compact_zone_start(mm, cc->zone);
	uint32_t end = mm412_compact_zone_end(mm, cc->zone);

	if (cc->whole_zone) {
		cc->migrate_at = start;
		cc->free_at = mm412_compact_start(end - 1, MM412_BLOCK_ORDER);
		return;
	}
	cc->migrate_at = z->cached_migrate[cc->mode != MM412_COMPACT_ASYNC];
	cc->free_at = z->cached_free;
	cc->whole_zone = cc->migrate_at == start;
}

static void tell_begin(struct mm412 *mm, const struct sim_cpu *cpu,
		       const struct mm412_compact *cc)
{
	mm412_tell(mm, cpu, cc->task,
		   (struct mm_event){
			   MM_EVENT_COMPACTION_BEGIN,
			   { (int64_t)cc->zone->start, (int64_t)mm412_frame(mm, cc->migrate_at),
			     (int64_t)mm412_frame(mm, cc->free_at), (int64_t)cc->zone->end,
			     cc->mode != MM412_COMPACT_ASYNC } });
}

static void tell_end(struct mm412 *mm, const struct sim_cpu *cpu,
		     const struct mm412_compact *cc, enum mm412_compact_result result)
{
	mm412_tell(mm, cpu, cc->task,
		   (struct mm_event){
			   MM_EVENT_COMPACTION_END,
			   { (int64_t)cc->zone->start, (int64_t)mm412_frame(mm, cc->migrate_at),
			     (int64_t)mm412_frame(mm, cc->free_at), (int64_t)cc->zone->end,
			     cc->mode != MM412_COMPACT_ASYNC, result } });
}

/* False: moving came to nothing, because there was no page to move to. */
static bool move(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc)
{
	unsigned before = sim_enter(cpu, MM412_IN_MIGRATE_PAGES);
	uint64_t all = cc->nr_migrate;
	int failed = mm412_migrate(mm, cpu, cc);
	uint64_t left = failed >= 0 ? (uint64_t)failed : cc->migrate.entries;

	sim_leave(cpu, before);
	mm412_tell(mm, cpu, cc->task,
		   (struct mm_event){ MM_EVENT_MIGRATEPAGES,
				      { (int64_t)(all - left), (int64_t)left } });
	cc->nr_migrate = 0;
	if (!failed)
		return true;
	mm412_compact_pages_putback(mm, cpu, cc);
	if (failed == MM412_MIGRATE_NO_MEMORY && !scanners_met(cc))
		return false;
	/* One page of its block stays: the rest of that block is not worth it. */
	if (cc->direct && cc->mode == MM412_COMPACT_ASYNC) {
		cc->migrate_at = mm412_compact_end(cc->migrate_at - 1, (unsigned)cc->order);
		cc->last_migrated = 0;
	}
	return true;
}

/* drain_local_pages() of that zone */
static void drain_local(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_zone *zone)
{
	struct mm412_pcp *pcp = &zone->pcps[cpu->id];

	if (!pcp->count)
		return;
	mm412_charge(cpu, mm->cost.irq);
	mm412_pcp_drain_some(mm, zone, pcp, cpu, pcp->count);
}

/* The block of the wanted order is behind: what became free there is to merge and be seen. */
static void flush(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc)
{
	if (cc->order <= 0 || !cc->last_migrated ||
	    cc->last_migrated >= mm412_compact_start(cc->migrate_at, (unsigned)cc->order))
		return;
	mm412_pagevec_drain_of(mm, cpu, cpu->id);
	drain_local(mm, cpu, cc->zone);
	cc->last_migrated = 0;
}

static enum mm412_compact_isolated isolate(struct mm412 *mm, struct sim_cpu *cpu,
					   struct mm412_compact *cc)
{
	unsigned before = sim_enter(cpu, MM412_IN_ISOLATE_MIGRATEPAGES);
	enum mm412_compact_isolated isolated = mm412_compact_pages(mm, cpu, cc);

	sim_leave(cpu, before);
	return isolated;
}

static enum mm412_compact_result work(struct mm412 *mm, struct sim_cpu *cpu,
				      struct mm412_compact *cc)
{
	enum mm412_compact_result result;

	while ((result = mm412_compact_zone_finished(mm, cpu, cc)) == MM412_COMPACT_CONTINUE) {
		switch (isolate(mm, cpu, cc)) {
		case MM412_COMPACT_ABORT:
			mm412_compact_pages_putback(mm, cpu, cc);
			return MM412_COMPACT_CONTENDED;
		case MM412_COMPACT_SOME:
			if (!move(mm, cpu, cc))
				return MM412_COMPACT_CONTENDED;
			break;
		case MM412_COMPACT_NONE:
			break;
		}
		flush(mm, cpu, cc);
	}
	return result;
}

/* What was not needed is free again, and the next run is to find it. */
static void release(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc)
{
	struct mm412_zone_sleep *z = mm412_zone_sleep(mm, cc->zone);
	uint32_t highest = mm412_compact_free_release(mm, cpu, cc);

	highest = mm412_compact_start(highest, MM412_BLOCK_ORDER);
	if (highest > z->cached_free)
		z->cached_free = highest;
}

enum mm412_compact_result mm412_compact_zone(struct mm412 *mm, struct sim_cpu *cpu,
					     struct mm412_compact *cc)
{
	enum mm412_compact_result result;

	cc->free = cc->migrate = mm412_chain_empty();
	cc->nr_free = cc->nr_migrate = 0;
	cc->last_migrated = 0;
	cc->type = mm412_gfp_type(mm, cc->gfp);
	mm412_charge(cpu, mm->cost.compact_entry);
	result = mm412_compact_suitable_by(mm, cpu, cc->task, cc->zone, cc->order,
					   cc->alloc_flags, cc->classzone);
	if (result != MM412_COMPACT_CONTINUE)
		return result;
	mm412_daemon_want(mm, cpu);
	if (mm412_compact_defer_is_over(mm, cc->zone, cc->order))
		mm412_compact_skip_reset(mm, cc->zone);
	place_scanners(mm, cc);
	tell_begin(mm, cpu, cc);
	mm412_pagevec_drain(mm, cpu);
	result = work(mm, cpu, cc);
	release(mm, cpu, cc);
	mm412_count(mm, MM412_COMPACT_MIGRATE_SCANNED, cc->migrate_scanned);
	mm412_count(mm, MM412_COMPACT_FREE_SCANNED, cc->free_scanned);
	tell_end(mm, cpu, cc, result);
	assert(cc->free.first == MM412_NONE && cc->migrate.first == MM412_NONE);
	return result;
}
