/*
 * kreclaimd: moves pages from the inactive_clean lists to the free lists of zones that are
 * low, so that requests that cannot reclaim find some.
 *
 * Kernel: kreclaimd() of mm/vmscan.c.
 */
#include "model/v2_4/mm24.h"

static void fill_zone(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_zone *zone)
{
	while (zone->free_pages < zone->pages_low) {
		uint32_t slot = mm24_reclaim_page(mm, cpu, zone);

		if (slot == MM24_NONE)
			return;
		mm24_buddy_put(mm, cpu, slot, 0);
	}
}

bool mm24_kreclaimd_pass(struct mm24 *mm, struct sim_cpu *cpu)
{
	mm24_charge(cpu, mm->cost.kswapd_pass);
	for (unsigned i = 0; i < mm->npgdats; i++) {
		const struct mm24_node *node = &mm->nodes[mm->pgdat_list[i]];

		for (unsigned z = 0; z < MM24_ZONES; z++)
			if (node->zones[z])
				fill_zone(mm, cpu, node->zones[z]);
	}
	return true;
}

void mm24_kreclaimd_run(void *state, struct sim_cpu *cpu)
{
	struct mm24 *mm = state;

	for (;;) {
		mm24_daemon_sleeps(mm, cpu, MM24_KRECLAIMD, UINT64_MAX);
		mm24_daemon_runs(mm, MM24_KRECLAIMD);
		mm24_kreclaimd_pass(mm, cpu);
	}
}
