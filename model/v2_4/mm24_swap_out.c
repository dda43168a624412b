/*
 * Taking pages away from address spaces: one space at a time, a few pages of it, going on
 * where the last visit ended. A page leaves its space once it was visited often enough
 * without having been used; it is then in the swap cache and still in memory.
 *
 * Kernel: swap_out(), swap_out_mm(), try_to_swap_out(), flush_tlb_page() of SMP. The area list
 * has one entry, and no area is locked into memory. A task has one thread: the CPU it ran on
 * last stands for those whose TLBs may know its entries.
 */
#include "model/v2_4/mm24_where.h"

enum { SWAP_SHIFT = 5, SWAP_MIN = 8 };

static void refresh(struct mm24_space *space)
{
	space->swap_cnt = space->rss >> SWAP_SHIFT;
	if (space->swap_cnt < SWAP_MIN)
		space->swap_cnt = SWAP_MIN;
}

/* The space with the largest swap_cnt, the first of equals; *resident: some space has pages. */
static struct mm24_space *choose(const struct mm24 *mm, bool assign, bool *resident)
{
	struct mm24_space *best = NULL;
	uint32_t most = 0;

	*resident = false;
	for (struct mm24_space *space = mm->mmlist; space; space = space->next) {
		if (space->rss == 0)
			continue;
		*resident = true;
		if (assign)
			refresh(space);
		if (space->swap_cnt > most) {
			most = space->swap_cnt;
			best = space;
		}
	}
	return best;
}

/* Whether the page has not been used for long: then its entry is to go. */
static bool is_old(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_pte *pte)
{
	struct mm_slot *s = &mm->s[pte->value];
	bool active = s->tag & MM24_ACTIVE;

	mm24_touch(mm, cpu, pte->value);
	if (pte->flags & MM24_PTE_YOUNG) {
		pte->flags &= ~(uint32_t)MM24_PTE_YOUNG;
		mm24_lru_age_up(mm, cpu, pte->value);
		return false;
	}
	/* Pages of the active list grow old there. */
	if (!active)
		mm24_lru_age_down_only(mm, pte->value);
	return s->type == 0 && !(s->tag & MM24_LOCKED);
}

/* The swap slot that takes the entry's place, 0 = the entry is just cleared, MM24_NONE = the
 * page has to stay. */
static uint32_t make_recoverable(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_pte pte)
{
	uint16_t *tag = &mm->s[pte.value].tag;
	uint32_t slot;

	if (*tag & MM24_SWAP_CACHE) {
		if (pte.flags & MM24_PTE_DIRTY)
			*tag |= MM24_DIRTY;
		slot = mm24_page(mm, pte.value)->swap;
		mm24_swap_dup(mm, slot);
		return slot;
	}
	if (!(pte.flags & MM24_PTE_DIRTY))
		return 0;
	if (*tag & MM24_MAPPING) {
		*tag |= MM24_DIRTY;
		return 0;
	}
	mm24_charge(cpu, mm->cost.swap_slot);
	slot = mm24_swap_get(mm);
	if (slot == MM24_NONE)
		return MM24_NONE;
	/* The first use is the swap cache's, the second the entry's. */
	mm24_swap_cache_add(mm, cpu, pte.value, slot);
	*tag |= MM24_DIRTY;
	mm24_swap_dup(mm, slot);
	return slot;
}

/*
 * flush_tlb_page(): the entry is gone, and the CPU that may know it is interrupted, for each
 * page by itself and with the page table's lock held. The own TLB is part of cost.unmap.
 */
static void flush(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_space *space)
{
	uint64_t done;

	if (space->cpu == MM24_NONE || space->cpu == cpu->id)
		return;
	done = cpu->port->run_on(cpu, space->cpu, mm->cost.flush_ipi[0]);
	mm->stats.flush_ipis++;
	if (done > sim_now(cpu))
		sim_charge_part(cpu, SIM_PART_SLEEP, done - sim_now(cpu));
}

/* try_to_swap_out() from where swap_cnt has been lowered. */
static void visit(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_space *space, uint32_t vpn)
{
	struct mm24_pte *pte = &space->pte[vpn];
	uint32_t page = pte->value;
	uint32_t slot;

	mm->stats.ptes_scanned++;
	if (!is_old(mm, cpu, pte))
		return;
	flush(mm, cpu, space);
	slot = make_recoverable(mm, cpu, *pte);
	if (slot == MM24_NONE)
		return;
	/* Contents are in memory or on the swap disk: nothing of theirs is ever just cleared.
	 */
	assert(slot || !space->content);
	pte->value = slot;
	pte->flags = slot ? MM24_PTE_SWAP : 0;
	space->rss--;
	mm->stats.unmapped++;
	mm24_charge(cpu, mm->cost.unmap);
	mm24_lru_deactivate(mm, cpu, page);
	mm24_buddy_put(mm, cpu, page, 0);
}

/* swap_out_mm(): true when swap_cnt ran out before the end of the space. */
static bool scan(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_space *space)
{
	for (uint32_t vpn = space->swap_address; vpn < space->pages; vpn++) {
		const struct mm24_pte *pte = &space->pte[vpn];

		space->swap_address = vpn + 1;
		mm24_charge(cpu, mm->cost.pte_step);
		if (!(pte->flags & MM24_PTE_PRESENT) || (mm->s[pte->value].tag & MM24_RESERVED))
			continue;
		if (space->swap_cnt == 0)
			return true;
		space->swap_cnt--;
		visit(mm, cpu, space, vpn);
	}
	space->swap_address = 0;
	space->swap_cnt = 0;
	return false;
}

static bool swap_out(struct mm24 *mm, struct sim_cpu *cpu)
{
	struct mm24_space *best;
	bool resident, more;

	mm->stats.swap_out_calls++;
	mm24_charge(cpu, mm->cost.swap_out_entry);
	best = choose(mm, false, &resident);
	if (!best && resident)
		best = choose(mm, true, &resident);
	if (!best)
		return false;
	/* The lock keeps the table as it is: what is done under it is one step. */
	best->users++;
	mm24_lock(mm, cpu, &best->lock, SIM_CAUSE_RECLAIM);
	more = scan(mm, cpu, best);
	sim_unlock(cpu, &best->lock);
	mm24_space_put(mm, best);
	return more;
}

bool mm24_swap_out(struct mm24 *mm, struct sim_cpu *cpu)
{
	unsigned before = sim_enter(cpu, MM24_IN_SWAP_OUT);
	bool more = swap_out(mm, cpu);

	sim_leave(cpu, before);
	return more;
}
