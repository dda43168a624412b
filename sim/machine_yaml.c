#include "sim/machine_yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

#define MAX_CYCLES 1000000
#define MAX_NS_MILLI (UINT64_C(1000000) * 1000) /* 1 ms */
#define MAX_GBS_MILLI (UINT64_C(100000) * 1000)

/* Keys that say what the machine is made of; amending leaves that as it is. */
#define STRUCTURE_KEYS "arch", "nodes", "zones", "holes", "reserved", "cma"
#define FIGURE_KEYS                                                                            \
	"name", "source", "confidence", "clock_mhz", "hz", "caches", "dram_ns", "c2c_ns",      \
		"atomics", "bandwidth", "loaded_latency", "slit", "sched", "disks"

/* Each reader leaves the machine's value alone when its key is not there. */
static bool has(struct conf_node map, const char *key)
{
	return conf_get(map, key).yaml;
}

/* ---- texts ----------------------------------------------------------------------------- */

static bool read_text(struct conf_node map, const char *key, char **out, struct conf_error *err)
{
	const char *text = conf_text(conf_get(map, key));
	char *copy;

	if (!has(map, key))
		return true;
	if (!text)
		return conf_fail(conf_get(map, key), err, "'%s' should be a text", key);
	copy = strdup(text);
	if (!copy)
		return conf_no_memory(map, err);
	free(*out);
	*out = copy;
	return true;
}

/* ---- caches ---------------------------------------------------------------------------- */

static bool read_cache_latency(struct conf_node map, uint64_t mhz, struct sim_cache *c,
			       struct conf_error *err)
{
	uint64_t v;

	if (has(map, "latency_cycles") && has(map, "latency_ns"))
		return conf_fail(conf_get(map, "latency_ns"), err,
				 "a cache has 'latency_cycles' or 'latency_ns', not both");
	if (has(map, "latency_ns")) {
		if (!conf_milli(map, "latency_ns", 1, 1000000, &v, err))
			return false;
		c->latency_milli = (uint32_t)(((wide)v * mhz + 500) / 1000);
		return true;
	}
	if (!conf_milli(map, "latency_cycles", 1, 1000000, &v, err))
		return false;
	c->latency_milli = (uint32_t)v;
	return true;
}

static bool read_cache(struct conf_node caches, const char *key, const struct sim_machine *m,
		       uint64_t shared_by, struct sim_cache *c, struct conf_error *err)
{
	static const char *const keys[] = { "size",       "ways",      "latency_cycles",
					    "latency_ns", "shared_by", NULL };
	struct conf_node map = conf_get(caches, key);
	const char *text = conf_text(map);
	uint64_t size, ways;

	if (!map.yaml)
		return true;
	if (text && strcmp(text, "none") == 0) {
		*c = (struct sim_cache){ 0 };
		return true;
	}
	if (!conf_is_map(map))
		return conf_fail(map, err, "'%s' should be a map, or none", key);
	if (!conf_only_keys(map, keys, err) ||
	    !conf_size(map, "size", 1, 1 << 10, UINT64_C(16) << 30, &size, err) ||
	    !conf_u64(map, "ways", 1, 1024, &ways, err) ||
	    !read_cache_latency(map, m->clock_mhz, c, err))
		return false;
	if (has(map, "shared_by") &&
	    !conf_u64(map, "shared_by", 1, SIM_MAX_CPUS, &shared_by, err))
		return false;
	if (size % (64 * ways))
		return conf_fail(
			conf_get(map, "size"), err,
			"'size' is not a multiple of %" PRIu64 " ways of 64-byte lines", ways);
	c->size_bytes = size;
	c->ways = (uint32_t)ways;
	c->line_bytes = 64;
	c->shared_by = (uint32_t)shared_by;
	c->present = true;
	return true;
}

static bool read_caches(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	static const char *const keys[] = { "l1", "l2", "llc", NULL };
	struct conf_node caches = conf_get(map, "caches");

	if (!caches.yaml)
		return true;
	return conf_only_keys(caches, keys, err) &&
	       read_cache(caches, "l1", m, 1, &m->l1, err) &&
	       read_cache(caches, "l2", m, 1, &m->l2, err) &&
	       read_cache(caches, "llc", m, m->llc.shared_by, &m->llc, err);
}

/* ---- matrices -------------------------------------------------------------------------- */

/* Node ids of the rows and columns: the nodes that are there, ascending. */
struct rows {
	unsigned n;
	uint16_t id[SIM_MAX_NODES];
};

static struct rows rows_of(const struct sim_machine *m)
{
	struct rows r = { 0 };

	for (unsigned id = 0; id < m->nodes; id++)
		if (m->node_online[id])
			r.id[r.n++] = (uint16_t)id;
	return r;
}

static bool read_matrix(struct conf_node map, const char *key, const struct sim_machine *m,
			bool (*cell)(struct conf_node at, const char *text, unsigned from,
				     unsigned to, void *out, struct conf_error *err),
			void *out, struct conf_error *err)
{
	struct conf_node list = conf_get(map, key);
	struct rows rows = rows_of(m);

	if (!list.yaml)
		return true;
	if (!conf_is_list(list) || conf_count(list) != rows.n)
		return conf_fail(list, err, "'%s' should be a list of %u rows, one a node", key,
				 rows.n);
	for (unsigned i = 0; i < rows.n; i++) {
		struct conf_node row = conf_item(list, i);

		if (!conf_is_list(row) || conf_count(row) != rows.n)
			return conf_fail(row, err,
					 "a row of '%s' should be a list of %u numbers", key,
					 rows.n);
		for (unsigned k = 0; k < rows.n; k++) {
			struct conf_node at = conf_item(row, k);
			const char *text = conf_text(at);

			if (!cell(at, text ? text : "", rows.id[i], rows.id[k], out, err))
				return false;
		}
	}
	return true;
}

static bool latency_fits(struct conf_node at, const struct sim_machine *m, uint64_t ps,
			 struct conf_error *err)
{
	uint64_t cycles = sim_machine_cycles(m, ps);

	return cycles <= SIM_MACHINE_MOST_LATENCY ||
	       conf_fail(at, err,
			 "a latency of %" PRIu64 " cycles at %" PRIu64
			 " MHz, it should be at most %u",
			 cycles, m->clock_mhz, SIM_MACHINE_MOST_LATENCY);
}

static bool dram_cell(struct conf_node at, const char *text, unsigned from, unsigned to,
		      void *out, struct conf_error *err)
{
	struct sim_machine *m = out;
	uint64_t v;

	if (!conf_parse_milli(text, &v) || v < 1 || v > MAX_NS_MILLI)
		return conf_fail(at, err,
				 "a latency should be a number of nanoseconds from 0.001 to "
				 "1000000, not \"%.60s\"",
				 text);
	m->dram_ps[from * m->nodes + to] = v;
	return latency_fits(at, m, v, err);
}

static bool slit_cell(struct conf_node at, const char *text, unsigned from, unsigned to,
		      void *out, struct conf_error *err)
{
	struct sim_machine *m = out;
	uint64_t v;

	if (!conf_parse_u64(text, &v))
		return conf_fail(at, err, "a distance should be a whole number, not \"%.60s\"",
				 text);
	if (from == to && v != 10)
		return conf_fail(at, err, "a node's distance to itself is 10, not %" PRIu64, v);
	if (from != to && (v < 11 || v > 254))
		return conf_fail(
			at, err,
			"a distance is %" PRIu64 ", should be from 11 to 254 between nodes", v);
	m->slit[from * m->nodes + to] = (uint8_t)v;
	return true;
}

/* ---- other figures --------------------------------------------------------------------- */

static bool read_c2c(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	static const char *const keys[] = { "same_cache", "same_socket", "other_socket",
					    "other_socket_home_reader", NULL };
	uint64_t *const out[] = { &m->c2c_llc_ps, &m->c2c_same_ps, &m->c2c_other_ps,
				  &m->c2c_reader_ps };
	struct conf_node c = conf_get(map, "c2c_ns");

	if (!c.yaml)
		return true;
	if (!conf_only_keys(c, keys, err) ||
	    !conf_milli(c, "same_socket", 1, MAX_NS_MILLI, &m->c2c_same_ps, err))
		return false;
	m->c2c_other_ps = m->c2c_same_ps;
	m->c2c_llc_ps = m->c2c_reader_ps = 0;
	for (unsigned i = 0; keys[i]; i++)
		if (has(c, keys[i]) && (!conf_milli(c, keys[i], 1, MAX_NS_MILLI, out[i], err) ||
					!latency_fits(conf_get(c, keys[i]), m, *out[i], err)))
			return false;
	return true;
}

static bool read_atomics(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	static const char *const keys[] = { "rmw_cycles", NULL };
	struct conf_node a = conf_get(map, "atomics");

	return !a.yaml || (conf_only_keys(a, keys, err) &&
			   conf_u64(a, "rmw_cycles", 0, MAX_CYCLES, &m->atomic_cycles, err));
}

/* GB/s are 10^9 bytes a second, so thousandths of them are MB/s. */
static bool read_bandwidth(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	static const char *const keys[] = { "node_gbs", "link_gbs", NULL };
	struct conf_node b = conf_get(map, "bandwidth");

	if (!b.yaml)
		return true;
	if (!conf_only_keys(b, keys, err))
		return false;
	if (has(b, "node_gbs") &&
	    !conf_milli(b, "node_gbs", 1, MAX_GBS_MILLI, &m->node_bandwidth_mbs, err))
		return false;
	return !has(b, "link_gbs") ||
	       conf_milli(b, "link_gbs", 1, MAX_GBS_MILLI, &m->link_bandwidth_mbs, err);
}

static bool read_point(struct conf_node point, struct sim_machine *m, unsigned i,
		       struct conf_error *err)
{
	const char *load = conf_text(conf_item(point, 0)), *factor;
	uint64_t l, f;

	factor = conf_text(conf_item(point, 1));
	if (conf_count(point) != 2 || !load || !factor || !conf_parse_milli(load, &l) ||
	    !conf_parse_milli(factor, &f))
		return conf_fail(point, err,
				 "a point should be [fraction of peak load, multiple of idle]");
	if (l > 1000 || f < 1000 || f > 1000000)
		return conf_fail(point, err,
				 "a point should be [0 to 1, 1 to 1000], not [%s, %s]", load,
				 factor);
	if (i && (l <= m->loaded[i - 1].load_milli || f < m->loaded[i - 1].factor_milli))
		return conf_fail(point, err, "the points of 'loaded_latency' should ascend");
	m->loaded[i].load_milli = (uint32_t)l;
	m->loaded[i].factor_milli = (uint32_t)f;
	return true;
}

static bool read_loaded(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	struct conf_node list = conf_get(map, "loaded_latency");

	if (!list.yaml)
		return true;
	if (!conf_is_list(list) || conf_count(list) > SIM_MAX_LOADED)
		return conf_fail(list, err,
				 "'loaded_latency' should be a list of at most %d points",
				 SIM_MAX_LOADED);
	for (unsigned i = 0; i < conf_count(list); i++)
		if (!read_point(conf_item(list, i), m, i, err))
			return false;
	m->nloaded = (unsigned)conf_count(list);
	return true;
}

static bool read_sched(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	static const char *const keys[] = { "context_switch", "wake_up", "ipi", NULL };
	uint64_t *const out[] = { &m->sched_cycles.context_switch, &m->sched_cycles.wake_up,
				  &m->sched_cycles.ipi };
	struct conf_node s = conf_get(map, "sched");

	if (!s.yaml)
		return true;
	if (!conf_only_keys(s, keys, err))
		return false;
	for (unsigned i = 0; keys[i]; i++)
		if (has(s, keys[i]) &&
		    !conf_cycles(s, keys[i], m->clock_mhz, 0, UINT64_C(1) << 32, out[i], err))
			return false;
	return true;
}

/* It stands in headings and tables, which are lines. */
static bool read_name(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	const char *text = conf_text(conf_get(map, "name"));

	for (; text && *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return conf_fail(
				conf_get(map, "name"), err,
				"'name' should be one line without control characters");
	return read_text(map, "name", &m->name, err);
}

static bool read_figures(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	if (has(map, "clock_mhz") && !conf_u64(map, "clock_mhz", 1, 100000, &m->clock_mhz, err))
		return false;
	if (has(map, "hz") && !conf_u64(map, "hz", 1, 10000, &m->hz, err))
		return false;
	return read_name(map, m, err) && read_text(map, "source", &m->source, err) &&
	       conf_free_text(map, "confidence", err) && read_caches(map, m, err) &&
	       read_matrix(map, "dram_ns", m, dram_cell, m, err) &&
	       read_matrix(map, "slit", m, slit_cell, m, err) && read_c2c(map, m, err) &&
	       read_atomics(map, m, err) && read_bandwidth(map, m, err) &&
	       read_loaded(map, m, err) && read_sched(map, m, err) &&
	       sim_machine_disks_read(map, m, err);
}

/* ---- the whole ------------------------------------------------------------------------- */

static bool read_arch(struct conf_node map, enum sim_arch *arch, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "arch");
	const char *text = conf_text(n);

	if (!n.yaml || (text && strcmp(text, "x86_64") == 0)) {
		*arch = SIM_ARCH_X86_64;
		return true;
	}
	*arch = SIM_ARCH_I386;
	return (text && strcmp(text, "i386") == 0) ||
	       conf_fail(n, err, "'arch' should be x86_64 or i386");
}

/* CPUs that share a last-level cache unless the file says otherwise: those of a node. */
static uint32_t most_cpus_of_a_node(const struct sim_machine *m)
{
	uint32_t count[SIM_MAX_NODES] = { 0 }, most = 1;

	for (unsigned cpu = 0; cpu < m->cpus; cpu++)
		if (++count[m->cpu_node[cpu]] > most)
			most = count[m->cpu_node[cpu]];
	return most;
}

static struct sim_machine *made_of(const struct sim_machine_nodes *nodes)
{
	struct sim_machine *m = sim_machine_new(nodes->cpus, nodes->node[nodes->n - 1].id + 1u);

	if (!m)
		return NULL;
	for (unsigned i = 0; i < nodes->n; i++)
		m->node_online[nodes->node[i].id] = true;
	for (unsigned cpu = 0; cpu < nodes->cpus; cpu++)
		m->cpu_node[cpu] = (uint16_t)nodes->cpu_node[cpu];
	m->llc.shared_by = most_cpus_of_a_node(m);
	return m;
}

static bool fill(struct sim_machine *m, const struct sim_machine_nodes *nodes,
		 struct conf_node map, struct conf_error *err)
{
	char text[256];

	if (!read_arch(map, &m->arch, err) || !sim_machine_zones_make(m, nodes, map, err) ||
	    !sim_machine_cma_read(map, m, err) || !read_figures(map, m, err))
		return false;
	return sim_machine_check(m, text, sizeof(text)) || conf_fail(map, err, "%s", text);
}

struct sim_machine *sim_machine_yaml_read(struct conf_node map, struct conf_error *err)
{
	static const char *const keys[] = { STRUCTURE_KEYS, FIGURE_KEYS, NULL };
	struct sim_machine_nodes nodes;
	struct sim_machine *m = NULL;

	if (!conf_only_keys(map, keys, err))
		return NULL;
	if (!has(map, "nodes")) {
		conf_fail(map, err, "'nodes' is missing");
		return NULL;
	}
	if (!sim_machine_nodes_read(conf_get(map, "nodes"), &nodes, err))
		return NULL;
	m = made_of(&nodes);
	if (!m)
		conf_no_memory(map, err);
	if (m && !fill(m, &nodes, map, err)) {
		sim_machine_free(m);
		m = NULL;
	}
	sim_machine_nodes_drop(&nodes);
	return m;
}

bool sim_machine_yaml_amend(struct sim_machine *m, struct conf_node map, struct conf_error *err)
{
	static const char *const structure[] = { STRUCTURE_KEYS, NULL };
	static const char *const keys[] = { STRUCTURE_KEYS, FIGURE_KEYS, NULL };

	if (!conf_only_keys(map, keys, err))
		return false;
	for (unsigned i = 0; structure[i]; i++)
		if (has(map, structure[i]))
			return conf_fail(conf_get(map, structure[i]), err,
					 "'%s' goes with a machine of its own, with 'nodes'",
					 structure[i]);
	return read_figures(map, m, err);
}
