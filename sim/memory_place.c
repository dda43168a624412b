#include "sim/memory_place.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * Nodes of one socket are nearer to each other than 20, the distance that a kernel assumes
 * between nodes when the firmware tells none: 11, 12, 16 and 17 stand in the tables of machines
 * with several nodes a socket, 20 and more between sockets.
 */
#define OTHER_SOCKET 20

/* A core clears 13.75 GB/s, and copies 5.05 GB/s (STREAM's 10.1 count a byte twice). */
#define CLEAR_NS 298
#define COPY_NS 811
/* 0.236 and 0.167 GB/s on a Pentium III of 1 GHz. */
#define CLEAR_NS_I386 17356
#define COPY_NS_I386 24527

#define MAX_KEY (UINT64_C(1) << 32)
#define FIRST_KEYS 64

/* ---- who shares what ------------------------------------------------------------------- */

static bool same_socket(const struct sim_machine *m, unsigned a, unsigned b)
{
	return m->slit[a * m->nodes + b] < OTHER_SOCKET &&
	       m->slit[b * m->nodes + a] < OTHER_SOCKET;
}

/* A socket's number is that of its first node; nearness is handed on from node to node. */
static void find_sockets(struct sim_memory_place *p, const struct sim_machine *m)
{
	for (unsigned n = 0; n < m->nodes; n++)
		p->socket[n] = (uint16_t)n;
	for (unsigned a = 0; a < m->nodes; a++)
		for (unsigned b = 0; b < a; b++) {
			uint16_t from = p->socket[a], to = p->socket[b];

			if (from == to || !m->node_online[a] || !m->node_online[b] ||
			    !same_socket(m, a, b))
				continue;
			for (unsigned n = 0; n < m->nodes; n++)
				if (p->socket[n] == from)
					p->socket[n] = to;
		}
}

/* The CPUs of a socket share its last-level caches in the order of their nodes and numbers. */
static void find_caches(struct sim_memory_place *p, const struct sim_machine *m)
{
	unsigned share = m->llc.present && m->llc.shared_by ? m->llc.shared_by : 1;

	for (unsigned socket = 0; socket < m->nodes; socket++) {
		unsigned found = 0;

		for (unsigned node = 0; node < m->nodes; node++)
			for (unsigned c = 0; c < m->cpus; c++) {
				if (m->cpu_node[c] != node || p->socket[node] != socket)
					continue;
				p->cpu[c].node = (uint16_t)node;
				p->cpu[c].socket = (uint16_t)socket;
				p->cpu[c].llc = (uint16_t)(p->nllc + found++ / share);
				p->llc_socket[p->cpu[c].llc] = (uint16_t)socket;
			}
		p->nllc += (found + share - 1) / share;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct sim_zone *x = *(const struct sim_zone *const *)a,
			      *y = *(const struct sim_zone *const *)b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Where each node's memory ends; what lies between belongs to the node behind it. */
static bool find_spans(struct sim_memory_place *p, const struct sim_machine *m)
{
	const struct sim_zone **zones = calloc(m->nzones + 1, sizeof(*zones));

	p->span = calloc(m->nzones + 1, sizeof(*p->span));
	if (!zones || !p->span) {
		free(zones);
		return false;
	}
	for (unsigned z = 0; z < m->nzones; z++)
		zones[z] = &m->zones[z];
	qsort(zones, m->nzones, sizeof(*zones), by_start);
	for (unsigned z = 0; z < m->nzones; z++) {
		if (p->nspans && p->span[p->nspans - 1].node == zones[z]->nid)
			p->nspans--;
		p->span[p->nspans++] = (struct sim_memory_span){ zones[z]->end, zones[z]->nid };
	}
	free(zones);
	return true;
}

/* ---- figures --------------------------------------------------------------------------- */

static uint32_t cycles(const struct sim_machine *m, uint64_t picoseconds)
{
	uint64_t n = sim_machine_cycles(m, picoseconds);

	assert(n <= SIM_MACHINE_MOST_LATENCY);
	return (uint32_t)n;
}

static void read_level(struct sim_memory_place *p, unsigned level, const struct sim_cache *c)
{
	if (!c->present)
		return;
	p->lines[level] = (uint32_t)(c->size_bytes / SIM_MEMORY_LINE_BYTES);
	p->ways[level] = c->ways;
	p->cycles[level] = (c->latency_milli + 500) / 1000;
}

static void read_transfers(struct sim_memory_place *p, const struct sim_machine *m)
{
	p->transfer_same = cycles(m, m->c2c_same_ps);
	p->transfer_other = cycles(m, m->c2c_other_ps);
	p->transfer_llc = m->c2c_llc_ps ? cycles(m, m->c2c_llc_ps) : p->transfer_same;
	p->transfer_reader = m->c2c_reader_ps ? cycles(m, m->c2c_reader_ps) : p->transfer_other;
}

static void read_pages(struct sim_memory_place *p, const struct sim_machine *m,
		       const struct sim_memory_params *params)
{
	bool old = m->arch == SIM_ARCH_I386;
	uint64_t clear = params->clear_ns, copy = params->copy_ns;

	if (!clear)
		clear = old ? CLEAR_NS_I386 : CLEAR_NS;
	if (!copy)
		copy = old ? COPY_NS_I386 : COPY_NS;
	p->clear_cycles = sim_machine_cycles(m, clear * 1000);
	p->copy_cycles = sim_machine_cycles(m, copy * 1000);
	assert(p->clear_cycles <= SIM_MACHINE_MOST_LATENCY);
	assert(p->copy_cycles <= SIM_MACHINE_MOST_LATENCY);
	/* Bytes over MB/s are microseconds. */
	if (m->node_bandwidth_mbs)
		p->page_cycles_node = SIM_FRAME_BYTES * m->clock_mhz / m->node_bandwidth_mbs;
	if (m->link_bandwidth_mbs)
		p->page_cycles_link = SIM_FRAME_BYTES * m->clock_mhz / m->link_bandwidth_mbs;
}

static void read_figures(struct sim_memory_place *p, const struct sim_machine *m,
			 const struct sim_memory_params *params)
{
	p->cpus = m->cpus;
	p->nodes = m->nodes;
	p->stamp_bits = 30;
	while (p->cpus > 1u << (30 - p->stamp_bits))
		p->stamp_bits--;
	p->stamp_mask = (UINT32_C(1) << p->stamp_bits) - 1;
	p->pollution = params->pollution;
	read_level(p, SIM_MEMORY_L1, &m->l1);
	read_level(p, SIM_MEMORY_L2, &m->l2);
	read_level(p, SIM_MEMORY_LLC, &m->llc);
	if (m->atomic_cycles > p->cycles[SIM_MEMORY_L1])
		p->locked = (uint32_t)(m->atomic_cycles - p->cycles[SIM_MEMORY_L1]);
	/* The Pentium III of i386 machines has no such prefetchers. */
	p->prefetch = params->prefetch && m->arch != SIM_ARCH_I386;
	read_transfers(p, m);
	read_pages(p, m, params);
	for (unsigned i = 0; i < m->nodes * m->nodes; i++)
		p->dram[i] = cycles(m, m->dram_ps[i]);
}

/* ---- a life ---------------------------------------------------------------------------- */

/* The lines of zones have a node before anybody touches them. */
static bool place_zones(struct sim_memory_place *p, const struct sim_memory_params *params)
{
	static const enum sim_line kinds[] = { SIM_LINE_ZONE, SIM_LINE_MARKS, SIM_LINE_STAT };

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		for (unsigned z = params->zone_node ? params->nzones : 0; z-- > 0;) {
			struct sim_memory_line *l = sim_memory_place_line(p, kinds[k], z);

			l->node = params->zone_node[z];
			l->known = true;
		}
	return !p->failed;
}

bool sim_memory_place_init(struct sim_memory_place *p, const struct sim_machine *m,
			   const struct sim_memory_params *params)
{
	p->dram = calloc((size_t)m->nodes * m->nodes, sizeof(*p->dram));
	p->socket = calloc(m->nodes, sizeof(*p->socket));
	p->cpu = calloc(m->cpus, sizeof(*p->cpu));
	p->llc_socket = calloc(m->cpus, sizeof(*p->llc_socket));
	if (!p->dram || !p->socket || !p->cpu || !p->llc_socket ||
	    !sim_memory_load_init(&p->load, m) || !find_spans(p, m))
		return false;
	read_figures(p, m, params);
	find_sockets(p, m);
	find_caches(p, m);
	return place_zones(p, params);
}

void sim_memory_place_fini(struct sim_memory_place *p)
{
	sim_memory_load_fini(&p->load);
	free(p->dram);
	free(p->socket);
	free(p->cpu);
	free(p->llc_socket);
	free(p->span);
	for (unsigned k = 0; k < SIM_LINES; k++)
		free(p->kind[k].line);
}

/* ---- homes ----------------------------------------------------------------------------- */

unsigned sim_memory_place_frame_node(const struct sim_memory_place *p, uint64_t frame)
{
	unsigned low = 0, high = p->nspans - 1;

	/* The first span that ends behind the frame; frames behind all are the last one's. */
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (frame < p->span[middle].end)
			high = middle;
		else
			low = middle + 1;
	}
	return p->span[low].node;
}

struct sim_memory_line *sim_memory_place_grow(struct sim_memory_place *p, enum sim_line line,
					      uint64_t key)
{
	struct sim_memory_kind_lines *k = &p->kind[line];
	uint64_t n = k->n ? k->n : FIRST_KEYS;
	struct sim_memory_line *more = NULL;

	while (n <= key && n < MAX_KEY)
		n *= 2;
	if (key < n)
		more = realloc(k->line, n * sizeof(*more));
	if (!more) {
		p->failed = true;
		p->spare = (struct sim_memory_line){ 0 };
		return &p->spare;
	}
	memset(more + k->n, 0, (n - k->n) * sizeof(*more));
	k->line = more;
	k->n = n;
	return &more[key];
}

unsigned sim_memory_place_home(struct sim_memory_place *p, enum sim_line line, uint64_t key,
			       unsigned cpu)
{
	struct sim_memory_line *l;

	if (line == SIM_LINE_PAGE)
		return sim_memory_place_frame_node(p, key);
	l = sim_memory_place_line(p, line, key);
	if (!l->known) {
		l->node = p->cpu[cpu].node;
		l->known = true;
	}
	return l->node;
}

/* ---- costs ----------------------------------------------------------------------------- */

uint32_t sim_memory_place_dram(struct sim_memory_place *p, unsigned cpu, unsigned home,
			       uint64_t date, bool write)
{
	/* A changed line goes back one day. */
	uint64_t bytes = SIM_MEMORY_LINE_BYTES << write;
	uint32_t idle = p->dram[p->cpu[cpu].node * p->nodes + home];

	return (uint32_t)((uint64_t)idle * sim_memory_load_add(&p->load, home, date, bytes) /
			  1000);
}

uint32_t sim_memory_place_transfer(const struct sim_memory_place *p, unsigned cpu,
				   unsigned owner, unsigned home)
{
	const struct sim_memory_cpu_place *to = &p->cpu[cpu], *from = &p->cpu[owner];

	if (to->llc == from->llc)
		return p->transfer_llc;
	if (to->socket == from->socket)
		return p->transfer_same;
	return p->socket[home] == to->socket ? p->transfer_reader : p->transfer_other;
}

uint32_t sim_memory_place_invalidate(const struct sim_memory_place *p, unsigned cpu,
				     unsigned owner, uint32_t cell)
{
	if ((cell & SIM_MEMORY_STATE) == SIM_MEMORY_SOCKETS ||
	    p->cpu[owner].socket != p->cpu[cpu].socket)
		return p->transfer_other;
	return p->cpu[owner].llc == p->cpu[cpu].llc ? p->transfer_llc : p->transfer_same;
}

/* ---- pages ----------------------------------------------------------------------------- */

/*
 * What a page of node `node` takes a core that needs `cycles` for one of its own node: longer
 * by half of what a single access would (one thread's copy over the link of a Broadwell is
 * 1.28 times slower, its latency 1.6 times longer), and no shorter than the bandwidth of node
 * and link allow.
 */
static uint64_t page_cycles(const struct sim_memory_place *p, unsigned cpu, unsigned node,
			    uint64_t own)
{
	unsigned here = p->cpu[cpu].node;
	uint64_t local = p->dram[here * p->nodes + here],
		 there = p->dram[here * p->nodes + node];

	if (there > local && local)
		own += own * (there - local) / (2 * local);
	if (own < p->page_cycles_node)
		own = p->page_cycles_node;
	if (node != here && own < p->page_cycles_link)
		own = p->page_cycles_link;
	return own;
}

/* Pages on one after another, each at the load the ones before have made. */
uint64_t sim_memory_place_pages(struct sim_memory_place *p, struct sim_cpu *cpu, uint64_t from,
				uint64_t to, uint64_t frames)
{
	bool copy = from != SIM_NO_FRAME;
	uint64_t date = sim_now(cpu), end = date;

	for (uint64_t i = 0; i < frames; i++) {
		unsigned node = sim_memory_place_frame_node(p, to + i);
		uint32_t factor = sim_memory_load_add(&p->load, node, end, SIM_FRAME_BYTES);
		uint64_t took =
			page_cycles(p, cpu->id, node, copy ? p->copy_cycles : p->clear_cycles);

		if (copy) {
			unsigned source = sim_memory_place_frame_node(p, from + i);
			uint64_t read = page_cycles(p, cpu->id, source, p->copy_cycles);
			uint32_t slow =
				sim_memory_load_add(&p->load, source, end, SIM_FRAME_BYTES);

			took = read > took ? read : took;
			factor = slow > factor ? slow : factor;
		}
		end += took * factor / 1000;
	}
	return end - date;
}
