#include "tools/machine_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/span.h"

/* ---- to a kernel ----------------------------------------------------------------------- */

static struct mm_span *copy_spans(const struct sim_span *from, unsigned n)
{
	/* One more than needed: no allocation is empty. */
	struct mm_span *to = calloc(n + 1u, sizeof(*to));

	for (unsigned i = 0; to && i < n; i++)
		to[i] = (struct mm_span){ from[i].start, from[i].end };
	return to;
}

static struct mm_zone_span *copy_zones(const struct sim_zone *from, unsigned n)
{
	struct mm_zone_span *to = calloc(n + 1u, sizeof(*to));

	for (unsigned i = 0; to && i < n; i++) {
		to[i].nid = from[i].nid;
		to[i].start = from[i].start;
		to[i].end = from[i].end;
		memcpy(to[i].name, from[i].name, sizeof(to[i].name));
	}
	return to;
}

bool machine_map(const struct sim_machine *m, uint64_t default_hz, struct mm_machine *out)
{
	*out = (struct mm_machine){
		.arch = m->arch == SIM_ARCH_I386 ? MM_ARCH_I386 : MM_ARCH_X86_64,
		.cpus = m->cpus,
		.nodes = m->nodes,
		.cpu_node = m->cpu_node,
		.node_online = m->node_online,
		.distance = m->slit,
		.zones = copy_zones(m->zones, m->nzones),
		.nzones = m->nzones,
		.holes = copy_spans(m->holes, m->nholes),
		.nholes = m->nholes,
		.reserved = copy_spans(m->reserved, m->nreserved),
		.nreserved = m->nreserved,
		.hz = m->hz ? m->hz : default_hz,
	};
	if (out->zones && out->holes && out->reserved)
		return true;
	machine_map_free(out);
	return false;
}

void machine_map_free(struct mm_machine *out)
{
	free((void *)out->zones);
	free((void *)out->holes);
	free((void *)out->reserved);
	*out = (struct mm_machine){ 0 };
}

/* ---- from a trace ---------------------------------------------------------------------- */

/* A header without zones or CPUs, or beyond what we can model. */
static const char *unfit(const struct trace_header *h)
{
	if (!h->nzones)
		return "the trace does not tell the machine it was recorded on, name one";
	if (h->cpus < 1 || h->cpus > SIM_MAX_CPUS)
		return "the trace's number of CPUs is not from 1 to 1024";
	if (h->nodes < 1 || h->nodes > SIM_MAX_NODES)
		return "the trace's number of nodes is not from 1 to 64";
	if (h->page_size && h->page_size != SIM_FRAME_BYTES)
		return "the trace's pages are not of 4 KiB";
	return NULL;
}

static bool copy_text(char **to, const char *text)
{
	char *copy = strdup(text ? text : "");

	if (!copy)
		return false;
	free(*to);
	*to = copy;
	return true;
}

static bool copy_zones_of(struct sim_machine *m, const struct trace_header *h)
{
	m->zones = calloc(h->nzones, sizeof(*m->zones));
	if (!m->zones)
		return false;
	for (unsigned i = 0; i < h->nzones; i++) {
		const struct trace_zone *from = &h->zones[i];
		struct sim_zone *to = &m->zones[m->nzones];

		if (from->start >= from->end)
			continue;
		to->nid = from->nid;
		to->start = from->start;
		to->end = from->end;
		snprintf(to->name, sizeof(to->name), "%s", from->name);
		m->nzones++;
	}
	return true;
}

/* Where firmware says "reserved" of what is not there at all, it is a hole. */
static bool copy_ranges(struct sim_machine *m, const struct trace_header *h)
{
	struct sim_span_list holes = { 0 }, reserved = { 0 };
	bool ok = true;

	for (unsigned i = 0; ok && i < h->nholes; i++)
		ok = sim_span_add(&holes, h->holes[i].start, h->holes[i].end);
	sim_span_tidy(&holes);
	for (unsigned i = 0; ok && i < h->nreserved; i++)
		ok = sim_span_outside(&holes, h->reserved[i].start, h->reserved[i].end,
				      &reserved);
	sim_span_tidy(&reserved);
	m->holes = holes.at;
	m->nholes = holes.n;
	m->reserved = reserved.at;
	m->nreserved = reserved.n;
	return ok;
}

/* A node is there when it has a CPU or memory. */
static void copy_nodes(struct sim_machine *m, const struct trace_header *h)
{
	for (unsigned cpu = 0; cpu < h->cpus; cpu++) {
		m->cpu_node[cpu] = h->cpu_node[cpu];
		if (h->cpu_node[cpu] < h->nodes)
			m->node_online[h->cpu_node[cpu]] = true;
	}
	for (unsigned i = 0; i < m->nzones; i++)
		if (m->zones[i].nid < h->nodes)
			m->node_online[m->zones[i].nid] = true;
	if (h->distance)
		memcpy(m->slit, h->distance, (size_t)h->nodes * h->nodes);
	if (h->nodes)
		m->llc.shared_by = h->cpus / h->nodes ? h->cpus / h->nodes : 1;
	for (unsigned i = 0; i < m->nzones; i++)
		if (strcmp(m->zones[i].name, "HighMem") == 0)
			m->arch = SIM_ARCH_I386;
}

static struct sim_machine *no_machine(struct sim_machine *m, struct conf_error *err,
				      const char *what)
{
	snprintf(err->text, sizeof(err->text), "%s", what);
	sim_machine_free(m);
	return NULL;
}

struct sim_machine *machine_map_from_header(const struct trace_header *header,
					    struct conf_error *err)
{
	const char *why = unfit(header);
	struct sim_machine *m;
	char text[256];

	if (why)
		return no_machine(NULL, err, why);
	m = sim_machine_new(header->cpus, header->nodes);
	if (!m || !copy_text(&m->name, header->name) ||
	    !copy_text(&m->source, "recorded in the trace; clock and latencies are generic") ||
	    !copy_zones_of(m, header) || !copy_ranges(m, header))
		return no_machine(m, err, "out of memory");
	copy_nodes(m, header);
	if (!sim_machine_check(m, text, sizeof(text))) {
		no_machine(m, err, "the machine recorded in the trace makes no sense: ");
		strncat(err->text, text, sizeof(err->text) - strlen(err->text) - 1);
		return NULL;
	}
	return m;
}
