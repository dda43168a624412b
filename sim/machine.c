#include "sim/machine.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_yaml.h"
#include "sim/span.h"

__extension__ typedef unsigned __int128 wide;

#define LOCAL_DISTANCE 10
#define REMOTE_DISTANCE 20 /* what the kernel assumes where the firmware has no SLIT */

/* Idle load-to-use latencies of a two-socket server of 2016, docs/machines.md. */
#define LOCAL_DRAM_PS 85000
#define REMOTE_DRAM_PS 136300

/* ---- making one ------------------------------------------------------------------------ */

static void generic_figures(struct sim_machine *m)
{
	m->arch = SIM_ARCH_X86_64;
	m->clock_mhz = 2600;
	m->l1 = (struct sim_cache){ 32 << 10, 8, 64, 4000, 1, true };
	m->l2 = (struct sim_cache){ 256 << 10, 8, 64, 12000, 1, true };
	m->llc = (struct sim_cache){ 35 << 20, 20, 64, 50000, m->cpus, true };
	m->c2c_same_ps = 47000;
	m->c2c_other_ps = 108000;
	m->atomic_cycles = 20;
	m->sched_cycles.context_switch = 2600;
	m->sched_cycles.wake_up = 2600;
	m->sched_cycles.ipi = 2600;
	for (unsigned i = 0; i < m->nodes * m->nodes; i++)
		m->dram_ps[i] = i % (m->nodes + 1) ? REMOTE_DRAM_PS : LOCAL_DRAM_PS;
}

struct sim_machine *sim_machine_new(unsigned cpus, unsigned nodes)
{
	struct sim_machine *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->cpus = cpus;
	m->nodes = nodes;
	m->name = strdup("machine");
	m->source = strdup("");
	m->cpu_node = calloc(cpus, sizeof(*m->cpu_node));
	m->node_online = calloc(nodes, sizeof(*m->node_online));
	m->slit = calloc((size_t)nodes * nodes, sizeof(*m->slit));
	m->dram_ps = calloc((size_t)nodes * nodes, sizeof(*m->dram_ps));
	m->loaded = calloc(SIM_MAX_LOADED, sizeof(*m->loaded));
	if (!m->name || !m->source || !m->cpu_node || !m->node_online || !m->slit ||
	    !m->dram_ps || !m->loaded) {
		sim_machine_free(m);
		return NULL;
	}
	sim_machine_distances(m, LOCAL_DISTANCE, REMOTE_DISTANCE);
	generic_figures(m);
	return m;
}

void sim_machine_free(struct sim_machine *m)
{
	if (!m)
		return;
	free(m->name);
	free(m->source);
	free(m->cpu_node);
	free(m->node_online);
	free(m->slit);
	free(m->zones);
	free(m->holes);
	free(m->reserved);
	free(m->cma);
	free(m->dram_ps);
	free(m->loaded);
	free(m);
}

void sim_machine_distances(struct sim_machine *m, uint8_t local, uint8_t remote)
{
	for (unsigned i = 0; i < m->nodes * m->nodes; i++)
		m->slit[i] = i % (m->nodes + 1) ? remote : local;
}

struct sim_machine *sim_machine_load(const char *path, struct conf_error *err)
{
	struct conf_file *file = conf_open(path, err);
	struct sim_machine *m = file ? sim_machine_read(conf_root(file), err) : NULL;

	conf_close(file);
	return m;
}

struct sim_machine *sim_machine_read(struct conf_node map, struct conf_error *err)
{
	return sim_machine_yaml_read(map, err);
}

bool sim_machine_amend(struct sim_machine *m, struct conf_node map, struct conf_error *err)
{
	return sim_machine_yaml_amend(m, map, err);
}

/* ---- checks ---------------------------------------------------------------------------- */

/* Returns false, so that a check reads: return wrong(text, size, "..."). */
static bool wrong(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool wrong(char *text, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, size, fmt, ap);
	va_end(ap);
	return false;
}

static bool check_cpus(const struct sim_machine *m, char *text, size_t size)
{
	if (m->cpus < 1 || m->cpus > SIM_MAX_CPUS)
		return wrong(text, size, "%u CPUs, should be from 1 to %d", m->cpus,
			     SIM_MAX_CPUS);
	if (m->nodes < 1 || m->nodes > SIM_MAX_NODES)
		return wrong(text, size, "%u nodes, should be from 1 to %d", m->nodes,
			     SIM_MAX_NODES);
	for (unsigned cpu = 0; cpu < m->cpus; cpu++) {
		unsigned node = m->cpu_node[cpu];

		if (node >= m->nodes || !m->node_online[node])
			return wrong(text, size, "CPU %u is on node %u, which is not there",
				     cpu, node);
	}
	return true;
}

static bool check_distances(const struct sim_machine *m, char *text, size_t size)
{
	for (unsigned i = 0; i < m->nodes * m->nodes; i++) {
		unsigned from = i / m->nodes, to = i % m->nodes;

		if (!m->node_online[from] || !m->node_online[to])
			continue;
		if (from == to ? m->slit[i] != LOCAL_DISTANCE
			       : m->slit[i] <= LOCAL_DISTANCE || m->slit[i] == 255)
			return wrong(text, size,
				     "the distance from node %u to node %u is %u, should be %s",
				     from, to, m->slit[i],
				     from == to ? "10" : "from 11 to 254");
		if (!m->dram_ps[i])
			return wrong(text, size,
				     "the latency from node %u to node %u is missing", from,
				     to);
	}
	return true;
}

static bool check_zone(const struct sim_machine *m, unsigned i, char *text, size_t size)
{
	const struct sim_zone *z = &m->zones[i];

	if (z->nid >= m->nodes || !m->node_online[z->nid])
		return wrong(text, size, "zone %s is on node %u, which is not there", z->name,
			     z->nid);
	if (z->start >= z->end || z->end > SIM_MAX_FRAMES)
		return wrong(text, size,
			     "zone %s of node %u has the frames %" PRIu64 " to %" PRIu64,
			     z->name, z->nid, z->start, z->end);
	for (unsigned j = 0; j < i; j++)
		if (m->zones[j].start < z->end && z->start < m->zones[j].end)
			return wrong(text, size,
				     "zone %s of node %u and zone %s of node %u overlap",
				     m->zones[j].name, m->zones[j].nid, z->name, z->nid);
	if (i && (m->zones[i - 1].nid > z->nid ||
		  (m->zones[i - 1].nid == z->nid && m->zones[i - 1].start > z->start)))
		return wrong(text, size, "zones should ascend by node and address");
	return true;
}

static bool check_reserved(const struct sim_machine *m, char *text, size_t size)
{
	for (unsigned i = 0; i < m->nreserved; i++)
		if (sim_span_frames(m->holes, m->nholes, m->reserved[i].start,
				    m->reserved[i].end))
			return wrong(text, size, "a reserved range lies in a hole");
	return true;
}

static bool check_memory(const struct sim_machine *m, char *text, size_t size)
{
	uint64_t managed = 0;

	for (unsigned i = 0; i < m->nzones; i++) {
		if (!check_zone(m, i, text, size))
			return false;
		managed += sim_machine_zone_frames(m, i).managed;
	}
	if (!managed)
		return wrong(text, size, "no node has usable memory");
	return true;
}

static bool check_spans(const struct sim_span *spans, unsigned n, const char *what, char *text,
			size_t size)
{
	for (unsigned i = 0; i < n; i++)
		if (spans[i].start >= spans[i].end || (i && spans[i - 1].end > spans[i].start))
			return wrong(text, size, "%s should ascend and not overlap", what);
	return true;
}

bool sim_machine_check(const struct sim_machine *m, char *text, size_t size)
{
	if (m->clock_mhz < 1 || m->clock_mhz > 100000)
		return wrong(text, size,
			     "a clock of %" PRIu64 " MHz, should be from 1 to 100000",
			     m->clock_mhz);
	return check_cpus(m, text, size) && check_distances(m, text, size) &&
	       check_spans(m->holes, m->nholes, "holes", text, size) &&
	       check_spans(m->reserved, m->nreserved, "reserved ranges", text, size) &&
	       check_reserved(m, text, size) && check_memory(m, text, size);
}

/* ---- figures --------------------------------------------------------------------------- */

struct sim_zone_frames sim_machine_zone_frames(const struct sim_machine *m, unsigned zone)
{
	const struct sim_zone *z = &m->zones[zone];
	struct sim_zone_frames f = { .spanned = z->end - z->start };

	f.present = f.spanned - sim_span_frames(m->holes, m->nholes, z->start, z->end);
	f.managed = f.present - sim_span_frames(m->reserved, m->nreserved, z->start, z->end);
	return f;
}

uint64_t sim_machine_cycles(const struct sim_machine *m, uint64_t picoseconds)
{
	return (uint64_t)(((wide)picoseconds * m->clock_mhz + 500000) / 1000000);
}
