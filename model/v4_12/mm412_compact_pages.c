/*
 * The migrate scanner: from the zone's start upwards it takes pages that can be moved off
 * their LRU lists, at most MM412_CLUSTER at a time.
 *
 * Kernel: isolate_migratepages(), isolate_migratepages_block(), suitable_migration_source(),
 * too_many_isolated(), pageblock_pfn_to_page(); mm/vmscan.c __isolate_lru_page();
 * mm/migrate.c putback_movable_pages().
 *
 * All mappings have a migratepage(), as those of ext4, tmpfs and swap do: dirty pages need not
 * be passed over in async mode.
 */
#include "model/v4_12/mm412_compact.h"

enum look { LOOK_FREE, LOOK_FAIL, LOOK_TAKEN, LOOK_STOP };

/* One pageblock on its way. */
struct scan {
	struct mm412_node_sleep *node;
	uint32_t at, next_skip; /* end of the block of the wanted order */
	uint64_t scanned, taken;
	/* Async direct compaction needs one block of its order emptied: the first page that
	 * cannot be moved is the end of that block's hopes. */
	bool skip_on_failure;
	bool locked;
};

static bool has_section(const struct mm412 *mm, uint64_t frame)
{
	return mm->section[frame / MM412_SECTION_FRAMES - mm->base / MM412_SECTION_FRAMES];
}

bool mm412_compact_pages_in_zone(const struct mm412 *mm, const struct mm412_zone *zone,
				 uint32_t start, uint32_t end)
{
	uint64_t first = mm412_frame(mm, start), last = mm412_frame(mm, end - 1);

	return has_section(mm, first) && has_section(mm, last) &&
	       mm412_pageblock_seen_zone(mm, first) == zone->id &&
	       mm412_pageblock_seen_zone(mm, last) == zone->id;
}

/* suitable_migration_source(): async direct compaction stays among its own kind. */
static bool is_source(const struct mm412 *mm, const struct mm412_compact *cc, uint32_t slot)
{
	unsigned type = mm412_block_type(mm, slot);

	if (cc->mode != MM412_COMPACT_ASYNC || !cc->direct)
		return true;
	if (cc->type == MM412_MOVABLE)
		return type == MM412_MOVABLE || type == MM412_CMA;
	return type == cc->type;
}

/* page_mapping(): page cache and swap cache. */
static bool has_mapping(const struct mm412 *mm, const struct mm412_page *page)
{
	const struct mm412_content *c;

	if (page->flags & MM412_PG_SWAPCACHE)
		return true;
	if (!page->content)
		return false;
	c = &mm->sleep->contents[page->content - 1];
	return c->kind == MM_KIND_FILE || c->kind == MM_KIND_SHMEM;
}

/* page_count(page) > page_mapcount(page), of a page without a mapping. */
static bool is_pinned(const struct mm412_page *page)
{
	int count = page->pins + (page->content != 0);

	return count > ((page->flags & MM412_PG_MAPPED) != 0);
}

/* What is known about the page without a lock. */
static bool may_move(const struct mm412 *mm, const struct mm412_compact *cc, uint32_t slot)
{
	const struct mm412_page *page = mm412_page(mm, slot);
	bool mapping;

	if (!(page->flags & MM412_PG_LRU))
		return false;
	mapping = has_mapping(mm, page);
	if (!mapping && is_pinned(page))
		return false;
	return !mapping || cc->gfp & MM412_GFP_FS;
}

/* __isolate_lru_page() by this mode, with lru_lock held. */
static bool may_isolate(const struct mm412 *mm, const struct mm412_compact *cc, uint32_t slot)
{
	unsigned flags = mm412_page(mm, slot)->flags;

	if (flags & MM412_PG_UNEVICTABLE && !mm->params.compact_unevictable_allowed[0])
		return false;
	return cc->mode == MM412_COMPACT_SYNC || !(flags & MM412_PG_WRITEBACK);
}

static void isolate(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		    uint32_t slot)
{
	struct mm412_page *page = mm412_page(mm, slot);

	mm412_charge(cpu, mm->cost.lru_page);
	mm412_touch_frame(mm, cpu, slot);
	mm412_lru_unlink(mm, slot, mm412_lru_of(mm, slot));
	page->flags |= MM412_PG_ISOLATED;
	mm412_lru_pin(mm, slot);
	mm412_lru_node_add(mm, slot, MM412_NODE_ISOLATED_ANON + mm412_lru_kind(mm, slot), 1);
	mm412_chain_add(mm, &cc->migrate, slot);
	cc->nr_migrate++;
	if (!cc->last_migrated)
		cc->last_migrated = slot;
}

/* Of a block that begins there, the slots behind the first. */
static uint32_t rest_of_block(const struct mm412 *mm, uint32_t slot)
{
	return (1u << mm412_tag_order(mm->s[slot].tag)) - 1;
}

/* A single page in use, which may or may not be movable. */
static enum look look_at_page(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
			      struct scan *s)
{
	if (!may_move(mm, cc, s->at))
		return LOOK_FAIL;
	if (!s->locked) {
		s->locked =
			mm412_compact_lock_try(mm, cpu, cc, &s->node->lru.lock, SIM_CAUSE_LRU);
		if (!s->locked)
			return LOOK_STOP;
		if (!(mm412_page(mm, s->at)->flags & MM412_PG_LRU))
			return LOOK_FAIL;
		/* It went, and came back as a huge page. */
		if (mm412_tag_order(mm->s[s->at].tag)) {
			s->at += rest_of_block(mm, s->at);
			return LOOK_FAIL;
		}
	}
	if (!may_isolate(mm, cc, s->at))
		return LOOK_FAIL;
	isolate(mm, cpu, cc, s->at);
	s->taken++;
	return LOOK_TAKEN;
}

static enum look look(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		      struct scan *s)
{
	unsigned order;

	s->scanned++;
	mm412_charge(cpu, mm->cost.compact_scan);
	if (mm412_compact_is_free(mm, cc->zone, s->at, &order)) {
		s->at += (1u << order) - 1;
		return LOOK_FREE;
	}
	if (mm412_tag_state(mm->s[s->at].tag) != MM412_USED)
		return LOOK_FAIL;
	/* Compound pages stay where they are. */
	if (mm412_tag_order(mm->s[s->at].tag)) {
		s->at += rest_of_block(mm, s->at);
		return LOOK_FAIL;
	}
	return look_at_page(mm, cpu, cc, s);
}

/* The block of the wanted order will not become free: what was taken of it goes back. */
static void skip_block(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		       struct scan *s)
{
	if (s->taken) {
		if (s->locked)
			sim_unlock(cpu, &s->node->lru.lock);
		s->locked = false;
		mm412_compact_pages_putback(mm, cpu, cc);
		cc->last_migrated = 0;
		s->taken = 0;
	}
	if (s->at < s->next_skip)
		s->at = s->next_skip - 1;
}

/* Looks at the slots up to end; s->at is the first that was not looked at. */
static void walk(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		 struct scan *s, uint32_t end)
{
	for (; s->at < end; s->at++) {
		if (s->skip_on_failure && s->at >= s->next_skip) {
			if (s->taken)
				return;
			s->next_skip = mm412_compact_end(s->at, (unsigned)cc->order);
		}
		if (s->at % MM412_CLUSTER == 0 &&
		    mm412_compact_lock_leave(cpu, cc, &s->node->lru.lock, &s->locked))
			return;
		switch (look(mm, cpu, cc, s)) {
		case LOOK_FREE:
			break;
		case LOOK_STOP:
			return;
		case LOOK_TAKEN:
			if (cc->nr_migrate == MM412_CLUSTER) {
				s->at++;
				return;
			}
			break;
		case LOOK_FAIL:
			if (s->skip_on_failure)
				skip_block(mm, cpu, cc, s);
			break;
		}
	}
}

static uint64_t lru_pages(const struct mm412_node_sleep *node, enum mm412_lru anon,
			  enum mm412_lru file)
{
	return (uint64_t)(mm412_lru_count_seen(node, anon) + mm412_lru_count_seen(node, file));
}

static bool too_many_isolated(const struct mm412_node_sleep *node)
{
	uint64_t on_lists = lru_pages(node, MM412_INACTIVE_ANON, MM412_INACTIVE_FILE) +
			    lru_pages(node, MM412_ACTIVE_ANON, MM412_ACTIVE_FILE);
	uint64_t isolated = (uint64_t)(node->stat[MM412_NODE_ISOLATED_ANON] +
				       node->stat[MM412_NODE_ISOLATED_FILE]);

	return isolated > on_lists / 2;
}

/* False: give up. */
static bool wait_for_others(struct mm412 *mm, struct sim_cpu *cpu,
			    const struct mm412_compact *cc, const struct scan *s)
{
	while (too_many_isolated(s->node)) {
		if (cc->mode == MM412_COMPACT_ASYNC || !cpu->on_actor)
			return false;
		mm412_reclaim_congestion_wait(mm, cpu, false, mm->hz / 10);
		if (cc->task && cc->task->killed)
			return false;
	}
	mm412_compact_lock_pause(mm, cpu);
	return true;
}

static void tell(struct mm412 *mm, const struct sim_cpu *cpu, const struct mm412_compact *cc,
		 const struct scan *s, uint32_t start)
{
	mm412_tell(mm, cpu, cc->task,
		   (struct mm_event){ MM_EVENT_ISOLATE_MIGRATEPAGES,
				      { (int64_t)mm412_frame(mm, start),
					(int64_t)mm412_frame(mm, s->at), (int64_t)s->scanned,
					(int64_t)s->taken } });
}

/* isolate_migratepages_block(): where it came to, 0 = give up. */
static uint32_t scan_block(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
			   uint32_t start, uint32_t end)
{
	struct scan s = { .node = &mm->sleep->nodes[cc->zone->nid], .at = start };

	if (!wait_for_others(mm, cpu, cc, &s))
		return 0;
	s.skip_on_failure = cc->direct && cc->mode == MM412_COMPACT_ASYNC;
	if (s.skip_on_failure)
		s.next_skip = mm412_compact_end(start, (unsigned)cc->order);
	walk(mm, cpu, cc, &s, end);
	if (s.at > end)
		s.at = end;
	if (s.locked)
		sim_unlock(cpu, &s.node->lru.lock);
	if (s.at == end && s.scanned)
		mm412_compact_skip_update(mm, cc, start, s.taken, true);
	tell(mm, cpu, cc, &s, start);
	cc->migrate_scanned += s.scanned;
	mm412_count(mm, MM412_COMPACT_ISOLATED, s.taken);
	return s.at;
}

enum mm412_compact_isolated mm412_compact_pages(struct mm412 *mm, struct sim_cpu *cpu,
						struct mm412_compact *cc)
{
	uint32_t at = cc->migrate_at, zone_start = mm412_compact_zone_start(mm, cc->zone);
	uint32_t start = mm412_compact_start(at, MM412_BLOCK_ORDER);
	uint32_t end = mm412_compact_end(at, MM412_BLOCK_ORDER);

	if (start < zone_start)
		start = zone_start;
	while (end <= cc->free_at) {
		if (mm412_frame(mm, at) % (MM412_CLUSTER * MM412_BLOCK_FRAMES) == 0)
			mm412_compact_lock_pause(mm, cpu);
		if (mm412_compact_pages_in_zone(mm, cc->zone, start, end) &&
		    mm412_compact_skip_not(mm, cc, start) && is_source(mm, cc, start)) {
			at = scan_block(mm, cpu, cc, at, end);
			if (!at || cc->contended)
				return MM412_COMPACT_ABORT;
			break;
		}
		at = start = end;
		end += MM412_BLOCK_FRAMES;
	}
	cc->migrate_at = at;
	return cc->nr_migrate ? MM412_COMPACT_SOME : MM412_COMPACT_NONE;
}

void mm412_compact_pages_putback(struct mm412 *mm, struct sim_cpu *cpu,
				 struct mm412_compact *cc)
{
	while (cc->migrate.first != MM412_NONE) {
		uint32_t slot = cc->migrate.first;

		mm412_chain_del(mm, &cc->migrate, slot);
		mm412_lru_node_add(mm, slot,
				   MM412_NODE_ISOLATED_ANON + mm412_lru_kind(mm, slot), -1);
		mm412_lru_putback(mm, cpu, slot);
	}
	cc->nr_migrate = 0;
}
