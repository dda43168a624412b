/*
 * Pagevecs: what each CPU has still to do with LRU lists, up to 14 pages at once under one
 * lock. A page in a pagevec is pinned; what has lost its content meanwhile is freed when the
 * pagevec is emptied.
 *
 * Kernel: mm/swap.c: pagevec_lru_move_fn() and the functions it is called with,
 * mark_page_accessed(), __lru_cache_add(), lru_add_drain() and its kin, release_pages().
 * Nobody makes pages lazyfree, so that pagevec is not there.
 */
#include "model/v4_12/mm412_sleep.h"
#include "model/v4_12/mm412_work.h"

/* Beyond this a hint (activate, rotate, deactivate) is forgotten: pins must not overflow. */
#define MAX_HINT_PINS 240

static bool may_move(const struct mm412 *mm, uint32_t slot)
{
	unsigned flags = mm412_page(mm, slot)->flags;

	return flags & MM412_PG_LRU && !(flags & MM412_PG_UNEVICTABLE);
}

/* ---- what is done with each page, the node's lru_lock held ------------------------------ */

/* __pagevec_lru_add_fn() */
static void add(struct mm412 *mm, struct mm412_node_sleep *node, uint32_t slot)
{
	bool active = mm412_page(mm, slot)->flags & MM412_PG_ACTIVE;

	mm412_lru_link(mm, slot, mm412_lru_of(mm, slot));
	mm412_lru_scanned(node, mm412_lru_kind(mm, slot), active);
}

/* pagevec_move_tail_fn() */
static void rotate(struct mm412 *mm, struct mm412_node_sleep *node, uint32_t slot)
{
	(void)node;
	if (!may_move(mm, slot))
		return;
	mm412_lru_unlink(mm, slot, mm412_lru_of(mm, slot));
	mm412_page(mm, slot)->flags &= (uint16_t)~MM412_PG_ACTIVE;
	mm412_lru_link_tail(mm, slot, mm412_lru_of(mm, slot));
	mm412_count(mm, MM412_PGROTATED, 1);
}

/* lru_deactivate_file_fn() */
static void deactivate(struct mm412 *mm, struct mm412_node_sleep *node, uint32_t slot)
{
	struct mm412_page *page = mm412_page(mm, slot);
	bool active = page->flags & MM412_PG_ACTIVE;

	if (!may_move(mm, slot) || page->flags & MM412_PG_MAPPED)
		return;
	mm412_lru_unlink(mm, slot, mm412_lru_of(mm, slot));
	page->flags &= (uint16_t) ~(MM412_PG_ACTIVE | MM412_PG_REFERENCED);
	if (page->flags & (MM412_PG_WRITEBACK | MM412_PG_DIRTY)) {
		mm412_lru_link(mm, slot, mm412_lru_of(mm, slot));
		page->flags |= MM412_PG_RECLAIM;
	} else {
		mm412_lru_link_tail(mm, slot, mm412_lru_of(mm, slot));
		mm412_count(mm, MM412_PGROTATED, 1);
	}
	mm412_count(mm, MM412_PGDEACTIVATE, active);
	mm412_lru_scanned(node, mm412_lru_kind(mm, slot), false);
}

/* __activate_page() */
static void activate(struct mm412 *mm, struct mm412_node_sleep *node, uint32_t slot)
{
	struct mm412_page *page = mm412_page(mm, slot);

	if (!may_move(mm, slot) || page->flags & MM412_PG_ACTIVE)
		return;
	mm412_lru_unlink(mm, slot, mm412_lru_of(mm, slot));
	page->flags |= MM412_PG_ACTIVE;
	mm412_lru_link(mm, slot, mm412_lru_of(mm, slot));
	mm412_count(mm, MM412_PGACTIVATE, 1);
	mm412_lru_scanned(node, mm412_lru_kind(mm, slot), true);
}

typedef void move_fn(struct mm412 *mm, struct mm412_node_sleep *node, uint32_t slot);

static move_fn *const moves[MM412_PAGEVECS] = {
	[MM412_PV_ADD] = add,
	[MM412_PV_ROTATE] = rotate,
	[MM412_PV_COLD] = deactivate,
	[MM412_PV_ACTIVATE] = activate,
};

/* ---- emptying one ----------------------------------------------------------------------- */

/* Locks the page's node's lists, if they are not locked already. */
static struct mm412_node_sleep *lock_of(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
					struct mm412_node_sleep *locked)
{
	struct mm412_node_sleep *node = mm412_node_of(mm, slot);

	if (node == locked)
		return node;
	if (locked)
		mm412_lru_unlock(cpu, locked);
	mm412_lru_lock(mm, cpu, node);
	return node;
}

/* release_pages(): the pins go; pages without any other reference, in reverse order. */
static void release(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_pagevec *pv)
{
	struct mm412_chain free = mm412_chain_empty();
	struct mm412_node_sleep *locked = NULL;

	for (uint32_t i = 0; i < pv->n; i++) {
		uint32_t slot = pv->page[i];
		struct mm412_page *page = mm412_page(mm, slot);

		if (page->pins > 1 || page->content || page->flags & MM412_PG_SWAPCACHE) {
			page->pins--;
			continue;
		}
		if (mm412_pages(mm, slot) > 1) {
			if (locked)
				mm412_lru_unlock(cpu, locked);
			locked = NULL;
			mm412_lru_put(mm, cpu, slot, false);
			continue;
		}
		page->pins--;
		if (page->flags & MM412_PG_LRU) {
			locked = lock_of(mm, cpu, slot, locked);
			mm412_lru_off(mm, slot);
		}
		mm412_chain_add(mm, &free, slot);
	}
	if (locked)
		mm412_lru_unlock(cpu, locked);
	mm412_lru_free_chain(mm, cpu, &free, false);
}

/*
 * The page and its neighbours on its list; on its way to one it will be beside the page that
 * went before it.
 */
static void touch(const struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, uint32_t before)
{
	mm412_touch_frame(mm, cpu, slot);
	if (!(mm412_page(mm, slot)->flags & MM412_PG_LRU))
		return;
	if (mm->s[slot].next != before)
		mm412_touch_beside(mm, cpu, mm->s[slot].next);
	if (mm->s[slot].prev != before)
		mm412_touch_beside(mm, cpu, mm->s[slot].prev);
}

/*
 * pagevec_lru_move_fn(). On an actor others run before the first lock is there, and may have
 * emptied the pagevec; from then on preemption is off, and all is one step.
 */
static void drain(struct mm412 *mm, struct sim_cpu *cpu, unsigned which, unsigned owner)
{
	struct mm412_pagevec *pagevec = &mm->sleep->pagevec[which][owner], pv;
	struct mm412_node_sleep *locked = NULL;

	if (cpu->on_actor && !cpu->locked)
		cpu->port->settle(cpu);
	pv = *pagevec;
	pagevec->n = 0;
	if (!pv.n)
		return;
	cpu->locked++;
	mm412_charge(cpu, mm->cost.lru_drain);
	for (uint32_t i = 0; i < pv.n; i++) {
		locked = lock_of(mm, cpu, pv.page[i], locked);
		mm412_charge(cpu, mm->cost.lru_page);
		touch(mm, cpu, pv.page[i], i ? pv.page[i - 1] : MM412_NONE);
		moves[which](mm, locked, pv.page[i]);
	}
	mm412_lru_unlock(cpu, locked);
	release(mm, cpu, &pv);
	cpu->locked--;
}

/* pagevec_add() and what follows when it is full; a huge page does not wait. */
static void queue(struct mm412 *mm, struct sim_cpu *cpu, unsigned which, uint32_t slot)
{
	struct mm412_pagevec *pv = &mm->sleep->pagevec[which][cpu->id];

	mm412_lru_pin(mm, slot);
	while (pv->n == MM412_PAGEVEC)
		drain(mm, cpu, which, cpu->id);
	mm412_charge(cpu, mm->cost.lru_add);
	pv->page[pv->n++] = slot;
	if (pv->n == MM412_PAGEVEC || mm412_pages(mm, slot) > 1)
		drain(mm, cpu, which, cpu->id);
}

/* In the order of lru_add_drain_cpu(). */
void mm412_pagevec_drain_of(struct mm412 *mm, struct sim_cpu *cpu, unsigned owner)
{
	for (unsigned which = 0; which < MM412_PAGEVECS; which++)
		if (mm->sleep->pagevec[which][owner].n)
			drain(mm, cpu, which, owner);
}

void mm412_pagevec_drain(struct mm412 *mm, struct sim_cpu *cpu)
{
	mm412_pagevec_drain_of(mm, cpu, cpu->id);
}

static bool has_pages(const struct mm412 *mm, unsigned owner)
{
	for (unsigned which = 0; which < MM412_PAGEVECS; which++)
		if (mm->sleep->pagevec[which][owner].n)
			return true;
	return false;
}

/* lru_add_drain_per_cpu() */
static void drain_own(struct mm412 *mm, struct sim_cpu *there, const void *arg)
{
	(void)arg;
	mm412_pagevec_drain_of(mm, there, there->id);
}

void mm412_pagevec_drain_all(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_work work = { 0 };

	if (cpu->on_actor)
		cpu->port->settle(cpu);
	for (unsigned owner = 0; owner < mm->ncpus; owner++)
		if (has_pages(mm, owner))
			mm412_work_on(mm, cpu, owner, drain_own, NULL, &work);
	mm412_work_wait(cpu, &work);
}

/* ---- what callers want ------------------------------------------------------------------ */

void mm412_pagevec_add(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	assert(!(mm412_page(mm, slot)->flags & MM412_PG_LRU));
	queue(mm, cpu, MM412_PV_ADD, slot);
}

static void hint(struct mm412 *mm, struct sim_cpu *cpu, unsigned which, uint32_t slot)
{
	if (mm412_page(mm, slot)->pins < MAX_HINT_PINS)
		queue(mm, cpu, which, slot);
}

void mm412_pagevec_activate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	if (may_move(mm, slot) && !(mm412_page(mm, slot)->flags & MM412_PG_ACTIVE))
		hint(mm, cpu, MM412_PV_ACTIVATE, slot);
}

void mm412_pagevec_rotate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	if (may_move(mm, slot) &&
	    !(mm412_page(mm, slot)->flags & (MM412_PG_LOCKED | MM412_PG_DIRTY)))
		hint(mm, cpu, MM412_PV_ROTATE, slot);
}

void mm412_pagevec_deactivate(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	if (!(mm412_page(mm, slot)->flags & MM412_PG_UNEVICTABLE) && mm412_lru_held(mm, slot))
		hint(mm, cpu, MM412_PV_COLD, slot);
}

/* __lru_cache_activate_page(): while it waits in this CPU's own pagevec it can still be told
 * to begin on the active list. */
static void activate_waiting(struct mm412 *mm, const struct sim_cpu *cpu, uint32_t slot)
{
	const struct mm412_pagevec *pv = &mm->sleep->pagevec[MM412_PV_ADD][cpu->id];

	for (uint32_t i = pv->n; i-- > 0;)
		if (pv->page[i] == slot) {
			mm412_page(mm, slot)->flags |= MM412_PG_ACTIVE;
			return;
		}
}

void mm412_pagevec_accessed(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *page = mm412_page(mm, slot);

	if (!(page->flags & MM412_PG_REFERENCED)) {
		page->flags |= MM412_PG_REFERENCED;
		return;
	}
	if (page->flags & (MM412_PG_ACTIVE | MM412_PG_UNEVICTABLE))
		return;
	page->flags &= (uint16_t)~MM412_PG_REFERENCED;
	if (mm412_lru_kind(mm, slot) == MM412_FILE)
		mm412_workingset_activation(mm, slot);
	if (page->flags & MM412_PG_LRU)
		mm412_pagevec_activate(mm, cpu, slot);
	else
		activate_waiting(mm, cpu, slot);
}
