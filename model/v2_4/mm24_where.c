#include "model/v2_4/mm24_where.h"

const char *const mm24_where_names[] = {
	[MM24_IN_ALLOC_PAGES] = "__alloc_pages",
	[MM24_IN_RECLAIM_PAGE] = "reclaim_page",
	[MM24_IN_PAGE_LAUNDER] = "page_launder",
	[MM24_IN_SYNC_PAGE_BUFFERS] = "sync_page_buffers",
	[MM24_IN_REFILL_INACTIVE] = "refill_inactive",
	[MM24_IN_REFILL_INACTIVE_SCAN] = "refill_inactive_scan",
	[MM24_IN_SWAP_OUT] = "swap_out",
	[MM24_IN_TRY_TO_FREE_PAGES] = "try_to_free_pages",
	[MM24_IN_WAKEUP_KSWAPD] = "wakeup_kswapd",
	[MM24_IN_SCHEDULE] = "schedule",
	[MM24_WHERES] = NULL,
};

void mm24_where_watch_kswapd(struct mm24 *mm, struct sim_cpu *cpu)
{
	mm->kswapd_where = (struct sim_where){ .since = sim_now(cpu) };
	cpu->port->watch(cpu, &mm->kswapd_where);
}

struct mm24_where_mark mm24_where_mark(const struct mm24 *mm, uint64_t date)
{
	const struct sim_where *kswapd = &mm->kswapd_where;
	struct mm24_where_mark mark = { .date = date };

	for (unsigned i = 0; i < MM24_WHERES; i++)
		mark.cycles[i] = kswapd->cycles[i];
	/* It can be ahead of whoever asks, by less than it settles at a time. */
	if (date > kswapd->since)
		mark.cycles[kswapd->in] += date - kswapd->since;
	return mark;
}

void mm24_where_slept(const struct mm24 *mm, struct sim_cpu *cpu,
		      const struct mm24_where_mark *since)
{
	struct sim_where *own = cpu->port->watched(cpu);
	struct mm24_where_mark now = mm24_where_mark(mm, sim_now(cpu));
	uint64_t left = now.date - since->date;

	if (!own)
		return;
	sim_where_count(own, now.date);
	for (unsigned i = MM24_IN_ALLOC_PAGES + 1; i < MM24_WHERES; i++) {
		uint64_t took = now.cycles[i] - since->cycles[i];

		/* Both marks are right but for a few cycles: not more than was slept. */
		if (now.cycles[i] < since->cycles[i])
			took = 0;
		if (took > left)
			took = left;
		own->cycles[MM24_IN_WAKEUP_KSWAPD] -= took;
		own->cycles[i] += took;
		left -= took;
	}
}
