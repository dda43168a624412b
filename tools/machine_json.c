#include "tools/machine_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/machine_groups.h"

void machine_json_milli(uint64_t thousandths, char *text, size_t size)
{
	size_t n;

	snprintf(text, size, "%" PRIu64 ".%03u", thousandths / 1000,
		 (unsigned)(thousandths % 1000));
	n = strlen(text);
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	text[n] = '\0';
}

struct of_node {
	const struct sim_machine *m;
	unsigned node;
};

static bool on_node(const void *ctx, unsigned cpu)
{
	const struct of_node *of = ctx;

	return of->m->cpu_node[cpu] == of->node;
}

void machine_json_cpus(const struct sim_machine *m, unsigned node, char *text, size_t size)
{
	machine_groups_cpus(m, on_node, &(struct of_node){ m, node }, text, size);
}

/* ---- parts ----------------------------------------------------------------------------- */

/* Text, since a decimal fraction would not survive a double. */
static json_t *milli(uint64_t thousandths)
{
	char text[32];

	if (thousandths % 1000 == 0)
		return json_integer((json_int_t)(thousandths / 1000));
	machine_json_milli(thousandths, text, sizeof(text));
	return json_string(text);
}

static json_t *address(uint64_t frame)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, frame * SIM_FRAME_BYTES);
	return json_string(text);
}

static json_t *range(uint64_t start, uint64_t end)
{
	return json_pack("[oo]", address(start), address(end));
}

static json_t *spans(const struct sim_span *s, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, range(s[i].start, s[i].end));
	return list;
}

static json_t *areas(const struct sim_machine *m)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < m->ncma; i++) {
		const struct sim_cma *a = &m->cma[i];

		json_array_append_new(
			list,
			json_pack("{si so sI}", "node", (int)a->nid, "start", address(a->start),
				  "size", (json_int_t)((a->end - a->start) * SIM_FRAME_BYTES)));
	}
	return list;
}

static json_t *nodes(const struct sim_machine *m)
{
	json_t *list = json_array();

	for (unsigned id = 0; id < m->nodes; id++) {
		/* Room for every other of SIM_MAX_CPUS numbers. */
		char cpus[4096];
		json_t *node;

		if (!m->node_online[id])
			continue;
		machine_json_cpus(m, id, cpus, sizeof(cpus));
		node = json_pack("{si}", "id", (int)id);
		if (*cpus && !strpbrk(cpus, ",-"))
			/* One number would be read as a count. */
			json_object_set_new(node, "cpus", json_pack("[s]", cpus));
		else if (*cpus)
			json_object_set_new(node, "cpus", json_string(cpus));
		json_array_append_new(list, node);
	}
	return list;
}

static json_t *zones(const struct sim_machine *m)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < m->nzones; i++) {
		const struct sim_zone *z = &m->zones[i];

		json_array_append_new(list,
				      json_pack("{si ss so}", "node", (int)z->nid, "name",
						z->name, "range", range(z->start, z->end)));
	}
	return list;
}

static json_t *cache(const struct sim_cache *c)
{
	if (!c->present)
		return json_string("none");
	return json_pack("{sI sI so sI}", "size", (json_int_t)c->size_bytes, "ways",
			 (json_int_t)c->ways, "latency_cycles", milli(c->latency_milli),
			 "shared_by", (json_int_t)c->shared_by);
}

/* A matrix of the nodes that are there. */
static json_t *matrix(const struct sim_machine *m,
		      json_t *(*cell)(const struct sim_machine *m, unsigned i))
{
	json_t *list = json_array();

	for (unsigned from = 0; from < m->nodes; from++) {
		json_t *row;

		if (!m->node_online[from])
			continue;
		row = json_array();
		for (unsigned to = 0; to < m->nodes; to++)
			if (m->node_online[to])
				json_array_append_new(row, cell(m, from * m->nodes + to));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *dram_cell(const struct sim_machine *m, unsigned i)
{
	return milli(m->dram_ps[i]);
}

static json_t *slit_cell(const struct sim_machine *m, unsigned i)
{
	return json_integer(m->slit[i]);
}

static json_t *transfers(const struct sim_machine *m)
{
	json_t *map = json_pack("{so so}", "same_socket", milli(m->c2c_same_ps), "other_socket",
				milli(m->c2c_other_ps));

	if (m->c2c_llc_ps)
		json_object_set_new(map, "same_cache", milli(m->c2c_llc_ps));
	if (m->c2c_reader_ps)
		json_object_set_new(map, "other_socket_home_reader", milli(m->c2c_reader_ps));
	return map;
}

static json_t *bandwidth(const struct sim_machine *m)
{
	json_t *map = json_object();

	if (m->node_bandwidth_mbs)
		json_object_set_new(map, "node_gbs", milli(m->node_bandwidth_mbs));
	if (m->link_bandwidth_mbs)
		json_object_set_new(map, "link_gbs", milli(m->link_bandwidth_mbs));
	return map;
}

static json_t *loaded(const struct sim_machine *m)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < m->nloaded; i++)
		json_array_append_new(list, json_pack("[oo]", milli(m->loaded[i].load_milli),
						      milli(m->loaded[i].factor_milli)));
	return list;
}

static json_t *cycles(uint64_t n)
{
	char text[40];

	snprintf(text, sizeof(text), "%" PRIu64 "cycles", n);
	return json_string(text);
}

/* ---- disks ----------------------------------------------------------------------------- */

static json_t *nanoseconds(uint64_t ns)
{
	char text[40];

	snprintf(text, sizeof(text), "%" PRIu64 "ns", ns);
	return json_string(text);
}

/* Turns a minute are whole numbers in a device file. */
static json_t *rotation(const struct sim_device_figures *f)
{
	uint64_t rpm = (UINT64_C(60000000000) + f->turn_ns / 2) / f->turn_ns;

	return json_pack("{sI sI}", "rpm", (json_int_t)rpm, "track",
			 (json_int_t)f->track_bytes);
}

static json_t *link_json(const struct sim_device_figures *f)
{
	json_t *map = json_pack("{so so}", "read", nanoseconds(f->link_read_ns), "write",
				nanoseconds(f->link_write_ns));

	if (f->link_read_bytes_s) {
		json_object_set_new(map, "read_mbs", milli(f->link_read_bytes_s / 1000));
		json_object_set_new(map, "write_mbs", milli(f->link_write_bytes_s / 1000));
	}
	return map;
}

static json_t *device(const struct sim_machine_disk *d)
{
	const struct sim_device_figures *f = &d->figures;
	json_t *map =
		json_pack("{sI s{so so} s{so so}}", "size", (json_int_t)f->size_bytes, "fixed",
			  "read", nanoseconds(f->read_ns), "write", nanoseconds(f->write_ns),
			  "transfer", "read_mbs", milli(f->read_bytes_s / 1000), "write_mbs",
			  milli(f->write_bytes_s / 1000));

	if (*d->name)
		json_object_set_new(map, "name", json_string(d->name));
	if (f->channels > 1)
		json_object_set_new(map, "channels", json_integer(f->channels));
	if (f->link_read_ns || f->link_write_ns || f->link_read_bytes_s)
		json_object_set_new(map, "link", link_json(f));
	if (f->seek_max_ns)
		json_object_set_new(map, "seek",
				    json_pack("{so so}", "track", nanoseconds(f->seek_min_ns),
					      "full", nanoseconds(f->seek_max_ns)));
	if (f->rotational)
		json_object_set_new(map, "rotational", json_integer(1));
	if (f->turn_ns)
		json_object_set_new(map, "rotation", rotation(f));
	return map;
}

static json_t *disks(const struct sim_machine *m)
{
	json_t *map = json_object();

	if (m->swap.present)
		json_object_set_new(map, "swap",
				    json_pack("{so sI}", "device", device(&m->swap), "size",
					      (json_int_t)m->swap.size_bytes));
	if (m->data.present && m->one_drive)
		json_object_set_new(map, "data",
				    json_pack("{ss sI}", "same_as", "swap", "size",
					      (json_int_t)m->data.size_bytes));
	else if (m->data.present)
		json_object_set_new(map, "data",
				    json_pack("{so sI}", "device", device(&m->data), "size",
					      (json_int_t)m->data.size_bytes));
	return map;
}

/* ---- the whole ------------------------------------------------------------------------- */

json_t *machine_json(const struct sim_machine *m)
{
	json_t *map = json_pack(
		"{ss ss ss sI so so so so s{so so so} so so so s{sI} so so s{so so so}}",
		"name", m->name, "source", m->source, "arch",
		m->arch == SIM_ARCH_I386 ? "i386" : "x86_64", "clock_mhz",
		(json_int_t)m->clock_mhz, "nodes", nodes(m), "zones", zones(m), "holes",
		spans(m->holes, m->nholes), "reserved", spans(m->reserved, m->nreserved),
		"caches", "l1", cache(&m->l1), "l2", cache(&m->l2), "llc", cache(&m->llc),
		"dram_ns", matrix(m, dram_cell), "slit", matrix(m, slit_cell), "c2c_ns",
		transfers(m), "atomics", "rmw_cycles", (json_int_t)m->atomic_cycles,
		"bandwidth", bandwidth(m), "loaded_latency", loaded(m), "sched",
		"context_switch", cycles(m->sched_cycles.context_switch), "wake_up",
		cycles(m->sched_cycles.wake_up), "ipi", cycles(m->sched_cycles.ipi));

	if (map && m->ncma)
		json_object_set_new(map, "cma", areas(m));
	if (map && m->hz)
		json_object_set_new(map, "hz", json_integer((json_int_t)m->hz));
	if (map && (m->swap.present || m->data.present))
		json_object_set_new(map, "disks", disks(m));
	return map;
}
