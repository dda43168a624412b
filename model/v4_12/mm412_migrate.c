/*
 * Moving pages: what a page holds gets another frame, and its own becomes free.
 *
 * Kernel: mm/migrate.c migrate_pages(), unmap_and_move(), __unmap_and_move(),
 * move_to_new_page(). All mappings have a migratepage(), so that dirty pages need not be
 * written first.
 */
#include "model/v4_12/mm412_compact.h"
#include "model/v4_12/mm412_where.h"
#include "model/v4_12/mm412_work.h"

enum outcome { MOVED, AGAIN, BUSY, NO_MEMORY };

/* From this pass on it waits for what others do to the page; the last pass. */
enum { FORCED_PASS = 3, PASSES = 10 };

#define LOCK_POLL 64 /* times a jiffy that a locked page is looked at */

/* lock_page(); false: who compacts may not wait, or could wait for itself. */
static bool lock(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_compact *cc,
		 uint32_t slot, bool force)
{
	const struct mm412_page *page = mm412_page(mm, slot);

	if (!(page->flags & MM412_PG_LOCKED))
		return true;
	if (!force || cc->mode == MM412_COMPACT_ASYNC || (cc->task && cc->task->memalloc) ||
	    !cpu->on_actor)
		return false;
	while (page->flags & MM412_PG_LOCKED) {
		cpu->port->sleep(cpu, mm->sleep->page_queue, mm->sleep->jiffy / LOCK_POLL);
		mm412_io_reap(mm, cpu);
	}
	return true;
}

/* Only a full sync migration waits for a write. */
static enum outcome wait_for_write(struct mm412 *mm, struct sim_cpu *cpu,
				   const struct mm412_compact *cc, uint32_t slot, bool force)
{
	unsigned before;

	if (!(mm412_page(mm, slot)->flags & MM412_PG_WRITEBACK))
		return MOVED;
	if (cc->mode != MM412_COMPACT_SYNC || !cpu->on_actor)
		return BUSY;
	if (!force)
		return AGAIN;
	before = sim_enter(cpu, MM412_IN_WAIT_ON_PAGE_WRITEBACK);
	mm412_io_wait(mm, cpu, slot);
	sim_leave(cpu, before);
	return MOVED;
}

/* The entry is made anew: old, and clean, which the page is not if the entry was not. */
static void renew_entry(struct mm412_page *page)
{
	if (page->flags & MM412_PG_PTE_DIRTY)
		page->flags |= MM412_PG_DIRTY;
	page->flags &= (uint16_t) ~(MM412_PG_PTE_YOUNG | MM412_PG_PTE_DIRTY);
}

/* Who has the page in its page table, and so perhaps in a TLB. */
static void note_users(const struct mm412 *mm, const struct sim_cpu *cpu,
		       const struct mm412_page *page, struct mm412_flush *flush)
{
	const struct mm412_sleep *sl = mm->sleep;

	if (page->flags & MM412_PG_MAPPED)
		mm412_work_flush_later(flush, cpu,
				       sl->tasks[sl->contents[page->content - 1].task], false);
}

/*
 * __unmap_and_move(): the new page is on its way to its LRU list when it has moved. Migration
 * flushes every page by itself; where the kernel waits for that before it copies, nobody sees
 * the difference.
 */
static enum outcome move(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_compact *cc,
			 uint32_t from, uint32_t to, bool force)
{
	struct mm412_page *page = mm412_page(mm, from);
	struct mm412_flush flush = { 0 };
	enum outcome waited;

	if (!lock(mm, cpu, cc, from, force))
		return AGAIN;
	waited = wait_for_write(mm, cpu, cc, from, force);
	if (waited != MOVED)
		return waited;
	renew_entry(page);
	note_users(mm, cpu, page, &flush);
	/* Somebody else works on it: page_count() is not what it should be. */
	if (page->pins != 1 || !mm412_content_move(mm, cpu, from, to, cc->mode)) {
		mm412_charge(cpu, mm->cost.unmap);
		mm412_work_flush(mm, cpu, &flush);
		return AGAIN;
	}
	mm412_charge(cpu, mm->cost.migrate_page);
	if (!cpu->memory->pages)
		mm412_charge(cpu, mm->cost.migrate_copy);
	mm412_touch_frame(mm, cpu, from);
	mm412_touch_frame(mm, cpu, to);
	sim_pages(cpu, mm412_frame(mm, from), mm412_frame(mm, to), 1);
	mm412_page(mm, to)->pins = 1;
	mm412_lru_putback(mm, cpu, to);
	mm412_work_flush(mm, cpu, &flush);
	return MOVED;
}

/* Only compaction itself still has the page: what it held has gone. */
static bool has_gone(const struct mm412_page *page)
{
	return page->pins == 1 && !page->content && !(page->flags & MM412_PG_SWAPCACHE);
}

/* The page leaves the chain; it is freed, or goes back to its list. */
static void leave(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		  uint32_t slot, unsigned kind, bool moved)
{
	struct mm412_node_sleep *node = mm412_node_of(mm, slot);

	mm412_chain_del(mm, &cc->migrate, slot);
	node->stat[MM412_NODE_ISOLATED_ANON + kind]--;
	if (moved)
		mm412_lru_put(mm, cpu, slot, false);
	else
		mm412_lru_putback(mm, cpu, slot);
}

/* unmap_and_move() */
static enum outcome unmap_and_move(struct mm412 *mm, struct sim_cpu *cpu,
				   struct mm412_compact *cc, uint32_t slot, bool force)
{
	unsigned kind = mm412_lru_kind(mm, slot);
	uint32_t to = mm412_compact_free_get(mm, cpu, cc);
	enum outcome outcome = MOVED;

	if (to == MM412_NONE)
		return NO_MEMORY;
	if (!has_gone(mm412_page(mm, slot)))
		outcome = move(mm, cpu, cc, slot, to, force);
	else
		mm412_compact_free_put(mm, cc, to);
	if (outcome != MOVED)
		mm412_compact_free_put(mm, cc, to);
	if (outcome != AGAIN)
		leave(mm, cpu, cc, slot, kind, outcome == MOVED);
	return outcome;
}

/* What became of the pages of a pass. */
struct tally {
	int moved, failed, again;
	bool no_memory;
};

static void pass(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc, bool force,
		 struct tally *t)
{
	uint32_t next;

	t->again = 0;
	for (uint32_t slot = cc->migrate.first; slot != MM412_NONE; slot = next) {
		next = mm412_chain_next(mm, &cc->migrate, slot);
		mm412_compact_lock_pause(mm, cpu);
		switch (unmap_and_move(mm, cpu, cc, slot, force)) {
		case MOVED:
			t->moved++;
			break;
		case AGAIN:
			t->again++;
			break;
		case BUSY:
			t->failed++;
			break;
		case NO_MEMORY:
			t->failed++;
			t->no_memory = true;
			return;
		}
	}
}

int mm412_migrate(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc)
{
	struct tally t = { .again = 1 };

	for (int i = 0; i < PASSES && t.again && !t.no_memory; i++)
		pass(mm, cpu, cc, i >= FORCED_PASS, &t);
	if (!t.no_memory)
		t.failed += t.again;
	mm412_count(mm, MM412_PGMIGRATE_SUCCESS, (uint64_t)t.moved);
	mm412_count(mm, MM412_PGMIGRATE_FAIL, (uint64_t)t.failed);
	return t.no_memory ? MM412_MIGRATE_NO_MEMORY : t.failed;
}
