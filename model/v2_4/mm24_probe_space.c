#include "model/v2_4/mm24.h"
#include "model/v2_4/mm24_probe.h"

bool mm24_probe_space_new(void *state, uint32_t id, uint32_t pages)
{
	return !mm24_space_find(state, id) && mm24_space_new(state, id, pages);
}

bool mm24_probe_space_may_map(const void *state, uint32_t id, uint32_t vpn, uint64_t frame)
{
	const struct mm24 *mm = state;
	const struct mm24_space *space = mm24_space_find(mm, id);

	return space && vpn < space->pages && !space->pte[vpn].flags &&
	       (mm24_probe_private(mm, frame) ||
		(mm24_probe_in_use(mm, frame) &&
		 mm->s[mm24_slot(mm, frame)].tag & MM24_MAPPING));
}

void mm24_probe_space_map(void *state, uint32_t id, uint32_t vpn, uint64_t frame, bool dirty,
			  bool young)
{
	struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);

	if (mm->s[slot].tag & MM24_MAPPING)
		mm24_page(mm, slot)->count++;
	mm24_space_map(mm24_space_find(mm, id), vpn, slot,
		       (dirty ? MM24_PTE_DIRTY : 0) | (young ? MM24_PTE_YOUNG : 0));
}

static struct mm24_pte *entry(const struct mm24 *mm, uint32_t id, uint32_t vpn)
{
	struct mm24_space *space = mm24_space_find(mm, id);

	return space && vpn < space->pages ? &space->pte[vpn] : NULL;
}

bool mm24_probe_space_pte(const void *state, uint32_t id, uint32_t vpn,
			  struct mm24_probe_pte *out)
{
	const struct mm24 *mm = state;
	const struct mm24_pte *pte = entry(mm, id, vpn);

	if (!pte)
		return false;
	*out = (struct mm24_probe_pte){
		.present = pte->flags & MM24_PTE_PRESENT,
		.swapped = pte->flags & MM24_PTE_SWAP,
	};
	if (out->present)
		out->where = mm24_frame(mm, pte->value);
	else if (out->swapped)
		out->where = pte->value;
	return true;
}

void mm24_probe_space_touch(void *state, uint32_t id, uint32_t vpn, bool write)
{
	struct mm24_pte *pte = entry(state, id, vpn);

	if (pte->flags & MM24_PTE_PRESENT)
		pte->flags |= MM24_PTE_YOUNG | (write ? MM24_PTE_DIRTY : 0);
}

void mm24_probe_space_unmap(void *state, struct sim_cpu *cpu, uint32_t id, uint32_t vpn)
{
	if (entry(state, id, vpn)->flags)
		mm24_space_unmap(state, cpu, mm24_space_find(state, id), vpn);
}

enum mm24_probe_swapin mm24_probe_space_swap_in(void *state, struct sim_cpu *cpu, uint32_t id,
						uint32_t vpn, bool write, uint64_t *frame)
{
	static const enum mm24_probe_swapin results[] = {
		[MM24_SWAPIN_DONE] = MM24_PROBE_IN,
		[MM24_SWAPIN_NOTHING] = MM24_PROBE_NOTHING,
		[MM24_SWAPIN_LOCKED] = MM24_PROBE_IS_LOCKED,
		[MM24_SWAPIN_NONE] = MM24_PROBE_NO_PAGE,
	};
	struct mm24 *mm = state;
	uint32_t slot = MM24_NONE;
	enum mm24_swapin result;

	if (!(entry(mm, id, vpn)->flags & MM24_PTE_SWAP))
		return MM24_PROBE_NOTHING;
	result = mm24_space_swap_in(mm, cpu, mm24_oom_task(mm, 0), mm24_space_find(mm, id), vpn,
				    write, &slot);
	if (result == MM24_SWAPIN_DONE)
		*frame = mm24_frame(mm, slot);
	return results[result];
}

bool mm24_probe_space_state(const void *state, uint32_t id, struct mm24_probe_space *out)
{
	const struct mm24_space *space = mm24_space_find(state, id);

	if (!space)
		return false;
	*out = (struct mm24_probe_space){ space->rss, space->swap_cnt, space->swap_address };
	return true;
}
