/*
 * One machine made of several: CPUs and nodes behind each other, and memory, too. Zones are
 * named by where they come to lie (DMA below 16 MiB, DMA32 below 4 GiB, Normal); those of one
 * name on one node are one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_header.h"
#include "traces/trace_merge.h"

#define ALIGNED (UINT64_C(1) << (TRACE_ORDERS - 1))
#define DMA_END UINT64_C(4096)
#define DMA32_END (UINT64_C(1) << 20)
#define FAR 20 /* the least distance between nodes of different machines */

static bool refuse(const struct trace_merge *m, unsigned which, struct trace_error *err,
		   const char *why)
{
	return trace_error_data(err, "%s: %s", m->o->inputs[which], why);
}

/* ---- what has to be alike ---------------------------------------------------------------- */

static bool check_alike(struct trace_merge *m, struct trace_error *err)
{
	const struct trace_header *a = m->in[0]->header;

	for (unsigned i = 0; i < m->o->n; i++) {
		const struct trace_header *h = m->in[i]->header;

		if (h->clock == TRACE_CLOCK_COUNTER)
			return refuse(m, i, err,
				      "its clock only counts: nobody knows what happens at "
				      "the same time elsewhere");
		if (h->page_size != a->page_size)
			return refuse(m, i, err,
				      "its pages have another size than the first's");
		if (!m->in[i]->state != !m->in[0]->state)
			return refuse(m, i, err,
				      m->in[i]->state ? "it has a start state, and the first "
							"trace has none"
						      : "it has no start state, and the first "
							"trace has one");
		if (m->in[i]->state && !h->nzones)
			return refuse(m, i, err,
				      "its start state cannot be put beside others: the trace "
				      "does not tell its zones");
		m->to_ns |= h->clock != a->clock || h->clock_hz != a->clock_hz;
	}
	return true;
}

static bool check_zones(const struct trace_merge *m, unsigned which, struct trace_error *err)
{
	static const char *const names[] = { "DMA", "DMA32", "Normal", "Movable" };
	const struct trace_header *h = m->in[which]->header;

	for (unsigned z = 0; z < h->nzones; z++) {
		bool known = false;

		for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
			known |= !strcmp(h->zones[z].name, names[i]);
		if (!known)
			return trace_error_data(err,
						"%s: its zone %s cannot be put beside other "
						"memory",
						m->o->inputs[which], h->zones[z].name);
	}
	return true;
}

/* ---- places ------------------------------------------------------------------------------ */

static uint64_t end_of_memory(const struct trace_header *h)
{
	uint64_t end = 0;

	for (unsigned z = 0; z < h->nzones; z++)
		end = h->zones[z].end > end ? h->zones[z].end : end;
	return (end + ALIGNED - 1) & ~(ALIGNED - 1);
}

/* No zone of a machine that is moved lies on both sides of 4 GiB. */
static bool place_all(struct trace_merge *m, struct trace_error *err)
{
	uint64_t frames = 0, pids = 0;
	unsigned cpus = 0, nodes = 0;

	for (unsigned i = 0; i < m->o->n; i++) {
		struct trace_merge_input *in = m->in[i];
		uint64_t size = end_of_memory(in->header);

		if (frames < DMA32_END && i && frames + size > DMA32_END)
			frames = DMA32_END;
		*in->place =
			(struct trace_merge_place){ frames, (uint32_t)pids, cpus, nodes, 0 };
		in->copy.pid_add = (int64_t)pids;
		frames += size;
		pids += in->pids;
		cpus += in->header->cpus;
		nodes += in->header->nodes;
		if (pids > INT32_MAX)
			return refuse(m, i, err, "its process ids are too many to stay apart");
	}
	if (cpus > TRACE_HEADER_MAX_CPUS || nodes > TRACE_HEADER_MAX_NODES)
		return trace_error_data(err,
					"%u CPUs and %u nodes in all: a trace has at most %u "
					"and %u",
					cpus, nodes, TRACE_HEADER_MAX_CPUS,
					TRACE_HEADER_MAX_NODES);
	m->header.cpus = cpus;
	m->header.nodes = nodes;
	return true;
}

/* ---- zones ------------------------------------------------------------------------------- */

static void name_zone(struct trace_zone *z)
{
	const char *name = z->end <= DMA_END ? "DMA" : z->end <= DMA32_END ? "DMA32" : "Normal";

	if (strcmp(z->name, "Movable") != 0)
		snprintf(z->name, sizeof(z->name), "%s", name);
}

static void add_span(struct trace_span *list, unsigned *n, uint64_t start, uint64_t end)
{
	if (start < end)
		list[(*n)++] = (struct trace_span){ start, end };
}

/* Joins a zone to the one before, or adds it. What lies between them is a hole. */
static void add_zone(struct trace_header *h, struct trace_zone z)
{
	struct trace_zone *last = h->nzones ? &h->zones[h->nzones - 1] : NULL;

	z.nprotection = 0; /* of other sizes now: the kernel works it out */
	if (!last || last->nid != z.nid || strcmp(last->name, z.name) != 0) {
		h->zones[h->nzones++] = z;
		return;
	}
	add_span(h->holes, &h->nholes, last->end, z.start);
	last->end = z.end > last->end ? z.end : last->end;
	last->present += z.present;
	last->managed += z.managed;
	last->min += z.min;
	last->low += z.low;
	last->high += z.high;
	last->pcp_high = z.pcp_high > last->pcp_high ? z.pcp_high : last->pcp_high;
	last->pcp_batch = z.pcp_batch > last->pcp_batch ? z.pcp_batch : last->pcp_batch;
}

static int by_start(const void *a, const void *b)
{
	const struct trace_span *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static bool add_memory(struct trace_merge *m, struct trace_error *err)
{
	struct trace_header *h = &m->header;
	size_t zones = 1, spans = 1;

	for (unsigned i = 0; i < m->o->n; i++) {
		const struct trace_header *from = m->in[i]->header;

		if (!from->nzones)
			return true; /* then nothing is known of the whole machine's */
		if (!check_zones(m, i, err))
			return false;
		zones += from->nzones;
		spans += from->nholes + from->nreserved + from->nzones;
	}
	h->zones = calloc(zones, sizeof(*h->zones));
	h->holes = calloc(spans, sizeof(*h->holes));
	h->reserved = calloc(spans, sizeof(*h->reserved));
	if (!h->zones || !h->holes || !h->reserved)
		return trace_error_memory(err);
	for (unsigned i = 0; i < m->o->n; i++) {
		const struct trace_header *from = m->in[i]->header;
		const struct trace_merge_place *p = m->in[i]->place;

		for (unsigned z = 0; z < from->nzones; z++) {
			struct trace_zone zone = from->zones[z];

			zone.start += p->frame_add;
			zone.end += p->frame_add;
			zone.nid = (uint16_t)(zone.nid + p->first_node);
			if (i)
				name_zone(&zone);
			add_zone(h, zone);
		}
		for (unsigned s = 0; s < from->nholes; s++)
			add_span(h->holes, &h->nholes, from->holes[s].start + p->frame_add,
				 from->holes[s].end + p->frame_add);
		for (unsigned s = 0; s < from->nreserved; s++)
			add_span(h->reserved, &h->nreserved,
				 from->reserved[s].start + p->frame_add,
				 from->reserved[s].end + p->frame_add);
	}
	qsort(h->holes, h->nholes, sizeof(*h->holes), by_start);
	return true;
}

/* ---- nodes ------------------------------------------------------------------------------- */

/* Between machines: as far as it is inside any of them. */
static bool add_distances(struct trace_merge *m, struct trace_error *err)
{
	struct trace_header *h = &m->header;
	uint8_t far = FAR;

	for (unsigned i = 0; i < m->o->n; i++) {
		const struct trace_header *from = m->in[i]->header;

		if (!from->distance && from->nodes > 1)
			return true;
		for (unsigned d = 0; from->distance && d < from->nodes * from->nodes; d++)
			far = from->distance[d] > far ? from->distance[d] : far;
	}
	h->distance = malloc((size_t)h->nodes * h->nodes);
	if (!h->distance)
		return trace_error_memory(err);
	memset(h->distance, far, (size_t)h->nodes * h->nodes);
	for (unsigned i = 0; i < m->o->n; i++) {
		const struct trace_header *from = m->in[i]->header;
		unsigned first = m->in[i]->place->first_node;

		for (unsigned a = 0; a < from->nodes; a++)
			for (unsigned b = 0; b < from->nodes; b++)
				h->distance[(first + a) * h->nodes + first + b] =
					from->distance ? from->distance[a * from->nodes + b]
						       : 10;
	}
	return true;
}

static bool add_cpus(struct trace_merge *m, struct trace_error *err)
{
	m->header.cpu_node = calloc(m->header.cpus, sizeof(*m->header.cpu_node));
	if (!m->header.cpu_node)
		return trace_error_memory(err);
	for (unsigned i = 0; i < m->o->n; i++) {
		const struct trace_merge_place *p = m->in[i]->place;

		for (unsigned c = 0; c < m->in[i]->header->cpus; c++)
			m->header.cpu_node[p->first_cpu + c] =
				(uint16_t)(m->in[i]->header->cpu_node[c] + p->first_node);
	}
	return true;
}

/* ---- all --------------------------------------------------------------------------------- */

/* "a + b", of what get() takes from each header; one that is there twice in a row once. */
static char *joined(const struct trace_merge *m, char *(*get)(const struct trace_header *h))
{
	char *all = NULL, *longer;
	const char *last = NULL;

	for (unsigned i = 0; i < m->o->n; i++) {
		const char *one = get(m->in[i]->header);

		if (!one || !*one || (last && strcmp(last, one) == 0))
			continue;
		if (asprintf(&longer, "%s%s%s", all ? all : "", all ? " + " : "", one) < 0)
			longer = NULL;
		free(all);
		all = longer;
		last = one;
		if (!all)
			return NULL;
	}
	return all ? all : strdup("");
}

static char *name_of(const struct trace_header *h)
{
	return h->name;
}

static char *kernel_of(const struct trace_header *h)
{
	return h->source_kernel;
}

bool trace_merge_header(struct trace_merge *m, struct trace_error *err)
{
	struct trace_header *h = &m->header;

	if (!check_alike(m, err) || !place_all(m, err))
		return false;
	h->page_size = m->in[0]->header->page_size;
	h->clock = m->to_ns ? TRACE_CLOCK_NS : m->in[0]->header->clock;
	h->clock_hz = m->to_ns ? 1000000000 : m->in[0]->header->clock_hz;
	snprintf(h->clock_name, sizeof(h->clock_name), "%s",
		 m->to_ns ? "mono" : m->in[0]->header->clock_name);
	h->synthetic = true;
	for (unsigned i = 0; i < m->o->n; i++) {
		h->minor =
			m->in[i]->header->minor > h->minor ? m->in[i]->header->minor : h->minor;
		h->synthetic &= m->in[i]->header->synthetic;
	}
	h->name = m->o->name ? strdup(m->o->name) : joined(m, name_of);
	h->source_kernel = joined(m, kernel_of);
	h->tool = strdup("pagesim trace merge");
	if (!h->name || !h->source_kernel || !h->tool)
		return trace_error_memory(err);
	return add_cpus(m, err) && add_distances(m, err) && add_memory(m, err);
}
