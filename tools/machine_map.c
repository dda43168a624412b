#include "tools/machine_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/span.h"

/* ---- to a kernel ----------------------------------------------------------------------- */

/* Zones of 2.4 in the order a node has them. */
enum kind { DMA, NORMAL, HIGHMEM, KINDS };

static const struct kind_row {
	const char *name;
	uint64_t limit[2]; /* its end by address, by enum sim_arch; frames */
} kinds[KINDS] = {
	{ "DMA", { 4096, 4096 } },
	{ "Normal", { UINT64_MAX, 229376 } }, /* 896 MiB */
	{ "HighMem", { UINT64_MAX, UINT64_MAX } },
};

static bool has_merged_zones(const struct mm_policy *kernel)
{
	return kernel && strcmp(kernel->short_name, "2.4") == 0;
}

/* Cuts a zone by address; one of i386 that 2.4 knows, too, is taken as it is. */
static bool add_parts(const struct sim_machine *m, const struct sim_zone *z,
		      struct sim_span_list parts[KINDS])
{
	uint64_t from = 0;

	for (unsigned k = 0; k < KINDS; k++)
		if (m->arch == SIM_ARCH_I386 && strcmp(z->name, kinds[k].name) == 0)
			return sim_span_add(&parts[k], z->start, z->end);
	for (unsigned k = 0; k < KINDS; k++) {
		uint64_t limit = kinds[k].limit[m->arch];
		uint64_t start = z->start > from ? z->start : from;
		uint64_t end = z->end < limit ? z->end : limit;

		if (start < end && !sim_span_add(&parts[k], start, end))
			return false;
		from = limit;
	}
	return true;
}

/* What a kernel's zones are made of. */
struct draft {
	struct mm_zone_span *zones;
	unsigned nzones;
	struct sim_span_list holes, reserved;
};

static void add_zone(struct draft *d, unsigned nid, const char *name, uint64_t start,
		     uint64_t end)
{
	struct mm_zone_span *z = &d->zones[d->nzones++];

	*z = (struct mm_zone_span){ .nid = (uint16_t)nid, .start = start, .end = end };
	snprintf(z->name, sizeof(z->name), "%s", name);
}

static bool merge_node(const struct sim_machine *m, unsigned nid, struct draft *d)
{
	struct sim_span_list parts[KINDS] = { 0 };
	bool ok = true;

	for (unsigned i = 0; ok && i < m->nzones; i++)
		if (m->zones[i].nid == nid)
			ok = add_parts(m, &m->zones[i], parts);
	for (unsigned k = 0; ok && k < KINDS; k++) {
		struct sim_span_list *p = &parts[k];
		uint64_t start, end;

		if (!p->n)
			continue;
		sim_span_tidy(p);
		start = p->at[0].start;
		end = p->at[p->n - 1].end;
		ok = sim_span_outside(p, start, end, &d->holes);
		if (start == 1) /* blocks count from the zone's start: frame 0 is in it */
			ok = ok && sim_span_add(&d->reserved, --start, 1);
		add_zone(d, nid, kinds[k].name, start, end);
	}
	for (unsigned k = 0; k < KINDS; k++)
		sim_span_drop(&parts[k]);
	return ok;
}

static bool wrong(struct conf_error *err, const char *what)
{
	snprintf(err->text, sizeof(err->text), "%s", what);
	return false;
}

static bool no_memory(struct conf_error *err)
{
	err->machine = true;
	return wrong(err, "out of memory");
}

/* Ascending inside a node, and nobody's memory inside anybody's zone. */
static bool check_apart(const struct draft *d, const struct mm_policy *kernel,
			struct conf_error *err)
{
	for (unsigned i = 0; i < d->nzones; i++)
		for (unsigned j = 0; j < i; j++) {
			const struct mm_zone_span *a = &d->zones[j], *b = &d->zones[i];

			if (a->end <= b->start || (a->nid != b->nid && b->end <= a->start))
				continue;
			snprintf(err->text, sizeof(err->text),
				 "under kernel %s a zone is one run of frames: zone %s of node "
				 "%u and zone %s of node %u would lie inside one another",
				 kernel->short_name, a->name, a->nid, b->name, b->nid);
			return false;
		}
	return true;
}

static bool make_zones(const struct sim_machine *m, const struct mm_policy *kernel,
		       struct draft *d, struct conf_error *err)
{
	/* One more than needed: no allocation is empty. */
	d->zones = calloc((size_t)m->nzones + m->nodes * KINDS + 1u, sizeof(*d->zones));
	if (!d->zones)
		return no_memory(err);
	if (!has_merged_zones(kernel)) {
		for (unsigned i = 0; i < m->nzones; i++)
			add_zone(d, m->zones[i].nid, m->zones[i].name, m->zones[i].start,
				 m->zones[i].end);
		return true;
	}
	for (unsigned nid = 0; nid < m->nodes; nid++)
		if (!merge_node(m, nid, d))
			return no_memory(err);
	return check_apart(d, kernel, err);
}

static bool copy_list(const struct sim_span *from, unsigned n, struct sim_span_list *to)
{
	for (unsigned i = 0; i < n; i++)
		if (!sim_span_add(to, from[i].start, from[i].end))
			return false;
	sim_span_tidy(to);
	return true;
}

static struct mm_span *copy_spans(const struct sim_span_list *from)
{
	struct mm_span *to = calloc(from->n + 1u, sizeof(*to));

	for (unsigned i = 0; to && i < from->n; i++)
		to[i] = (struct mm_span){ from->at[i].start, from->at[i].end };
	return to;
}

static bool fill_in(const struct draft *d, struct mm_machine *out)
{
	out->zones = d->zones;
	out->nzones = d->nzones;
	out->holes = copy_spans(&d->holes);
	out->nholes = d->holes.n;
	out->reserved = copy_spans(&d->reserved);
	out->nreserved = d->reserved.n;
	return out->holes && out->reserved;
}

/* 2.4 has nothing of the kind: to it the areas are memory like any other. */
static bool copy_cma(const struct sim_machine *m, const struct mm_policy *kernel,
		     struct mm_machine *out)
{
	unsigned n = has_merged_zones(kernel) ? 0 : m->ncma;
	struct mm_cma *to = calloc(n + 1u, sizeof(*to));

	if (!to)
		return false;
	for (unsigned i = 0; i < n; i++)
		to[i] = (struct mm_cma){ m->cma[i].nid, m->cma[i].start, m->cma[i].end };
	out->cma = to;
	out->ncma = n;
	return true;
}

bool machine_map(const struct sim_machine *m, const struct mm_policy *kernel,
		 uint64_t default_hz, struct mm_machine *out, struct conf_error *err)
{
	struct draft d = { 0 };
	bool ok = make_zones(m, kernel, &d, err);

	*out = (struct mm_machine){
		.arch = m->arch == SIM_ARCH_I386 ? MM_ARCH_I386 : MM_ARCH_X86_64,
		.cpus = m->cpus,
		.nodes = m->nodes,
		.cpu_node = m->cpu_node,
		.node_online = m->node_online,
		.distance = m->slit,
		.hz = m->hz ? m->hz : default_hz,
	};
	if (ok && (!copy_list(m->holes, m->nholes, &d.holes) ||
		   !copy_list(m->reserved, m->nreserved, &d.reserved) || !fill_in(&d, out) ||
		   !copy_cma(m, kernel, out)))
		ok = no_memory(err);
	sim_span_drop(&d.holes);
	sim_span_drop(&d.reserved);
	if (!ok) {
		out->zones = d.zones;
		machine_map_free(out);
	}
	return ok;
}

void machine_map_free(struct mm_machine *out)
{
	free((void *)out->zones);
	free((void *)out->holes);
	free((void *)out->reserved);
	free((void *)out->cma);
	*out = (struct mm_machine){ 0 };
}

/* ---- from a trace ---------------------------------------------------------------------- */

/* A header without zones or CPUs, or beyond what we can model. */
static const char *unfit(const struct trace_header *h)
{
	if (!h->nzones)
		return "the trace does not tell the machine it was recorded on";
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
	    !copy_zones_of(m, header) || !copy_ranges(m, header)) {
		err->machine = true;
		return no_machine(m, err, "out of memory");
	}
	copy_nodes(m, header);
	if (!sim_machine_check(m, text, sizeof(text))) {
		no_machine(m, err, "the machine recorded in the trace makes no sense: ");
		strncat(err->text, text, sizeof(err->text) - strlen(err->text) - 1);
		return NULL;
	}
	return m;
}
