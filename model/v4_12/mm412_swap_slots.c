/*
 * Each CPU's caches of swap slots: 64 to hand out, 64 that came back.
 *
 * Kernel: mm/swap_slots.c and get_swap_pages(). The caches are in use from five times 64 free
 * slots a CPU on, and no longer below twice that.
 */
#include "model/v4_12/mm412_swap.h"

#define ACTIVATE (5 * MM412_SWAP_BATCH)
#define DEACTIVATE (2 * MM412_SWAP_BATCH)

static void free_all(struct mm412_swap *swap, const uint32_t *slots, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		mm412_swap_map_free(swap, slots[i]);
}

static void drain(struct mm412 *mm)
{
	struct mm412_swap *swap = mm->sleep->swap;

	for (unsigned c = 0; c < mm->ncpus; c++) {
		struct mm412_swap_cpu *own = &swap->cpus[c];

		free_all(swap, own->slots + own->cur, own->nr);
		own->cur = own->nr = 0;
		free_all(swap, own->slots_ret, own->returned);
		own->returned = 0;
	}
}

/* check_cache_active() */
static bool is_active(struct mm412 *mm)
{
	struct mm412_swap *swap = mm->sleep->swap;

	if (!swap->caches_active) {
		swap->caches_active = swap->nr_pages > (int64_t)mm->ncpus * ACTIVATE;
	} else if (swap->nr_pages < (int64_t)mm->ncpus * DEACTIVATE) {
		swap->caches_active = false;
		drain(mm);
	}
	return swap->caches_active;
}

/* get_swap_pages() */
static uint32_t get_slots(struct mm412 *mm, struct sim_cpu *cpu, uint32_t goal, uint32_t *slots)
{
	struct mm412_swap *swap = mm->sleep->swap;
	uint32_t got;

	if (swap->nr_pages <= 0)
		return 0;
	if (goal > swap->nr_pages)
		goal = (uint32_t)swap->nr_pages;
	swap->nr_pages -= goal;
	got = swap->highest ? mm412_swap_map_scan(mm, cpu, slots, goal) : 0;
	swap->nr_pages += goal - got;
	return got;
}

uint32_t mm412_swap_slots_get(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_swap_cpu *own = &mm->sleep->swap->cpus[cpu->id];
	uint32_t slots[MM412_SWAP_BATCH], slot;

	mm412_charge(cpu, mm->cost.swap_slot);
	if (is_active(mm)) {
		if (!own->nr) {
			uint32_t got = get_slots(mm, cpu, MM412_SWAP_BATCH, slots);

			/* Somebody else on this CPU may have been as quick. */
			if (own->nr) {
				free_all(mm->sleep->swap, slots, got);
			} else {
				for (uint32_t i = 0; i < got; i++)
					own->slots[i] = slots[i];
				own->cur = 0;
				own->nr = got;
			}
		}
		if (own->nr) {
			own->nr--;
			return own->slots[own->cur++];
		}
	}
	return get_slots(mm, cpu, 1, &slot) ? slot : MM412_NONE;
}

void mm412_swap_slots_put(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_swap *swap = mm->sleep->swap;
	struct mm412_swap_cpu *own = &swap->cpus[cpu->id];

	if (!swap->caches_active) {
		mm412_swap_map_free(swap, slot);
		return;
	}
	if (own->returned == MM412_SWAP_BATCH) {
		free_all(swap, own->slots_ret, own->returned);
		own->returned = 0;
	}
	own->slots_ret[own->returned++] = slot;
}
