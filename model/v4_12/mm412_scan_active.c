/*
 * Pages from the tail of an active list become inactive.
 *
 * Kernel: shrink_active_list(), move_active_pages_to_lru() of mm/vmscan.c. A trace does not
 * tell what is executed, so nothing stays active for that (VM_EXEC); referenced pages count as
 * rotated all the same.
 */
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_where.h"

struct moved {
	uint64_t rotated, deactivated;
};

/* Pages that are still to be looked at have the accessed bits of their entries cleared. */
static uint64_t age(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *hold,
		    struct mm412_chain *inactive)
{
	uint64_t rotated = 0;

	while (hold->entries) {
		uint32_t slot = hold->last;

		mm412_chain_del(mm, hold, slot);
		mm412_touch_frame(mm, cpu, slot);
		if (mm412_content_referenced(mm, cpu, slot))
			rotated += mm412_pages(mm, slot);
		mm412_page(mm, slot)->flags &= (uint16_t)~MM412_PG_ACTIVE;
		mm412_chain_add(mm, inactive, slot);
	}
	return rotated;
}

static uint64_t move(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *pages,
		     struct mm412_chain *gone)
{
	uint64_t moved = 0;

	while (pages->entries) {
		uint32_t slot = pages->last;
		unsigned n = mm412_pages(mm, slot);

		mm412_chain_del(mm, pages, slot);
		mm412_charge(cpu, mm->cost.lru_page);
		if (mm412_scan_inactive_putback(mm, slot, gone))
			moved += n;
	}
	mm412_count(mm, MM412_PGDEACTIVATE, moved);
	return moved;
}

void mm412_scan_active(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		       enum mm412_lru lru, uint64_t nr, struct mm412_scan *sc)
{
	struct mm412_chain hold = mm412_chain_empty(), inactive = hold, gone = hold;
	bool file = lru == MM412_ACTIVE_FILE;
	uint64_t taken, rotated, moved, scanned = 0;
	unsigned before = sim_enter(cpu, MM412_IN_SHRINK_ACTIVE_LIST);

	mm412_pagevec_drain(mm, cpu);
	mm412_lru_lock_for(mm, cpu, node, SIM_CAUSE_RECLAIM);
	taken = mm412_isolate_lru(mm, cpu, node, lru, nr, sc, !sc->may_unmap, &hold, &scanned);
	node->stat[MM412_NODE_ISOLATED_ANON + file] += (int64_t)taken;
	node->lru.recent_scanned[file] += taken;
	mm412_count(mm, MM412_PGREFILL, scanned);
	mm412_lru_unlock(cpu, node);

	mm412_scan_breathe(mm, cpu);
	rotated = age(mm, cpu, &hold, &inactive);

	mm412_lru_lock_for(mm, cpu, node, SIM_CAUSE_RECLAIM);
	node->lru.recent_rotated[file] += rotated;
	moved = move(mm, cpu, &inactive, &gone);
	node->stat[MM412_NODE_ISOLATED_ANON + file] -= (int64_t)taken;
	mm412_lru_unlock(cpu, node);
	mm412_scan_inactive_free(mm, cpu, &gone);
	mm412_tell(mm, cpu, sc->task,
		   (struct mm_event){ MM_EVENT_SHRINK_ACTIVE,
				      { node->nid, (int64_t)taken, 0, (int64_t)moved,
					(int64_t)rotated, sc->priority, file } });
	sim_leave(cpu, before);
}
