#include "sim/memory_load.h"

#include <stdlib.h>

/*
 * A window is the power of two of cycles next below this time: long enough for thousands of
 * lines at full bandwidth, short enough to see a burst of one operation.
 */
#define WINDOW_NS 10000

/* The curve at a load, straight between its points; before the first point it is that one's,
 * behind the last one that one's. */
static uint32_t on_curve(const struct sim_machine *m, uint32_t load)
{
	unsigned i = 0;
	uint64_t span, rise;

	while (i < m->nloaded && m->loaded[i].load_milli < load)
		i++;
	if (i == 0)
		return m->loaded[0].factor_milli;
	if (i == m->nloaded)
		return m->loaded[i - 1].factor_milli;
	span = m->loaded[i].load_milli - m->loaded[i - 1].load_milli;
	rise = m->loaded[i].factor_milli - m->loaded[i - 1].factor_milli;
	return m->loaded[i - 1].factor_milli +
	       (uint32_t)(rise * (load - m->loaded[i - 1].load_milli) / span);
}

bool sim_memory_load_init(struct sim_memory_load *l, const struct sim_machine *m)
{
	*l = (struct sim_memory_load){ 0 };
	if (!m->node_bandwidth_mbs || !m->nloaded)
		return true;
	while (UINT64_C(2) << l->shift <= m->clock_mhz * WINDOW_NS / 1000)
		l->shift++;
	/* MB/s over MHz are bytes a cycle. */
	l->full = (m->node_bandwidth_mbs << l->shift) / m->clock_mhz;
	l->full += l->full == 0;
	l->scale = ((uint64_t)SIM_MEMORY_LOAD_FULL << 32) / l->full;
	l->node = calloc(m->nodes, sizeof(*l->node));
	l->factor_milli = calloc(SIM_MEMORY_LOAD_FULL + 1, sizeof(*l->factor_milli));
	if (!l->node || !l->factor_milli)
		return false;
	for (uint32_t load = 0; load <= SIM_MEMORY_LOAD_FULL; load++)
		l->factor_milli[load] = on_curve(m, load);
	return true;
}

void sim_memory_load_fini(struct sim_memory_load *l)
{
	free(l->node);
	free(l->factor_milli);
}
