/*
 * What daemons and reclaim have done so far, node by node: for reports, no part of the kernel.
 */
#include "model/v4_12/mm412_sleep.h"

const char *const mm412_activity_names[] = { "swap_in_pages", "swap_out_pages",
					     "compact_success", "oom_kills", NULL };

const char *const mm412_activity_node_names[] = { "kswapd_wakes",           "kswapd_runs",
						  "kswapd_awake_cycles",    "kcompactd_runs",
						  "kcompactd_awake_cycles", "scanned_pages",
						  "stolen_pages",           NULL };

void mm412_activity_sleeps(struct mm412_work_done *w, const struct sim_cpu *cpu)
{
	w->awake += sim_now(cpu) + 1 - w->since;
	w->since = 0;
}

void mm412_activity_wakes(struct mm412_work_done *w, const struct sim_cpu *cpu)
{
	w->since = sim_now(cpu) + 1;
}

static uint64_t awake(const struct mm412_work_done *w, uint64_t date)
{
	return w->since && w->since <= date ? w->awake + date + 1 - w->since : w->awake;
}

static void of_node(const struct mm412 *mm, unsigned nid, uint64_t date, uint64_t *values)
{
	const struct mm412_node_sleep *node = &mm->sleep->nodes[nid];

	*values++ = mm->nodes[nid].kswapd_wakes;
	*values++ = node->kswapd_done.runs;
	*values++ = awake(&node->kswapd_done, date);
	*values++ = node->kcompactd_done.runs;
	*values++ = awake(&node->kcompactd_done, date);
	*values++ = node->pages_scanned;
	*values = node->pages_stolen;
}

void mm412_activity(const void *state, uint32_t node, uint64_t date, uint64_t *values)
{
	const struct mm412 *mm = state;
	bool machine = node == MM_ORDERS_MACHINE;
	const char *const *names = machine ? mm412_activity_names : mm412_activity_node_names;

	if (mm->sleep && !machine) {
		of_node(mm, node, date, values);
		return;
	}
	for (unsigned i = 0; names[i]; i++)
		values[i] = 0;
	if (!mm->sleep)
		return;
	values[0] = mm->sleep->event[MM412_PSWPIN];
	values[1] = mm->sleep->event[MM412_PSWPOUT];
	values[2] = mm->sleep->event[MM412_COMPACT_SUCCESS];
	values[3] = mm->sleep->event[MM412_OOM_KILL];
}
