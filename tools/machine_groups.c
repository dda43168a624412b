#include "tools/machine_groups.h"

#include <stdio.h>
#include <string.h>

/* What a kernel takes for the distance where the firmware tells none. */
#define OTHER_SOCKET 20

static bool near(const struct sim_machine *m, unsigned a, unsigned b)
{
	return m->node_online[a] && m->node_online[b] &&
	       m->slit[a * m->nodes + b] < OTHER_SOCKET &&
	       m->slit[b * m->nodes + a] < OTHER_SOCKET;
}

/* Everything that can be reached by near steps; each pass goes one step further. */
static void find_sockets(const struct sim_machine *m, struct machine_groups *g)
{
	bool done[SIM_MAX_NODES] = { false };

	for (unsigned first = 0; first < m->nodes; first++) {
		if (done[first] || !m->node_online[first])
			continue;
		g->socket[first] = (uint16_t)g->nsockets;
		done[first] = true;
		for (unsigned pass = 0; pass < m->nodes; pass++)
			for (unsigned a = 0; a < m->nodes; a++)
				for (unsigned b = 0; b < m->nodes; b++)
					if (done[a] && !done[b] &&
					    g->socket[a] == g->nsockets && near(m, a, b)) {
						g->socket[b] = (uint16_t)g->nsockets;
						done[b] = true;
					}
		g->nsockets++;
	}
}

static void find_caches(const struct sim_machine *m, struct machine_groups *g)
{
	unsigned share = m->llc.present && m->llc.shared_by ? m->llc.shared_by : 1;

	for (unsigned socket = 0; socket < g->nsockets; socket++) {
		unsigned found = 0;

		for (unsigned node = 0; node < m->nodes; node++)
			for (unsigned cpu = 0; cpu < m->cpus; cpu++)
				if (m->cpu_node[cpu] == node && g->socket[node] == socket)
					g->llc[cpu] = (uint16_t)(g->nllc + found++ / share);
		g->nllc += (found + share - 1) / share;
	}
}

void machine_groups_find(const struct sim_machine *m, struct machine_groups *g)
{
	memset(g, 0, sizeof(*g));
	find_sockets(m, g);
	find_caches(m, g);
}

void machine_groups_cpus(const struct sim_machine *m, bool (*is)(const void *ctx, unsigned cpu),
			 const void *ctx, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned cpu = 0; cpu < m->cpus && used < size; cpu++) {
		unsigned last = cpu;

		if (!is(ctx, cpu))
			continue;
		while (last + 1 < m->cpus && is(ctx, last + 1))
			last++;
		used += (size_t)snprintf(text + used, size - used, "%s%u", used ? "," : "",
					 cpu);
		if (last > cpu && used < size)
			used += (size_t)snprintf(text + used, size - used, "-%u", last);
		cpu = last;
	}
}

struct of_llc {
	const struct machine_groups *g;
	unsigned llc;
};

static bool has_llc(const void *ctx, unsigned cpu)
{
	const struct of_llc *of = ctx;

	return of->g->llc[cpu] == of->llc;
}

void machine_groups_llc(const struct sim_machine *m, const struct machine_groups *g,
			unsigned llc, char *text, size_t size)
{
	machine_groups_cpus(m, has_llc, &(struct of_llc){ g, llc }, text, size);
}

unsigned machine_groups_of_node(const struct sim_machine *m, const struct machine_groups *g,
				unsigned node, unsigned *first)
{
	unsigned n = 0, last = 0;

	for (unsigned cpu = 0; cpu < m->cpus; cpu++) {
		if (m->cpu_node[cpu] != node)
			continue;
		if (!n || g->llc[cpu] < *first)
			*first = g->llc[cpu];
		if (!n || g->llc[cpu] > last)
			last = g->llc[cpu];
		n = 1;
	}
	return n ? last - *first + 1 : 0;
}
