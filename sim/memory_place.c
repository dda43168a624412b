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

/*
 * What a page of node `to` takes a core of node `from` that needs `cycles` for one of its own:
 * longer by half of what a single access would (one thread's copy over the link of a Broadwell
 * is 1.28 times slower, its latency 1.6 times longer), and no shorter than the bandwidth of
 * node and link allow, in bytes over MB/s, which are microseconds.
 */
static uint64_t page_cycles(const struct sim_memory_place *p, const struct sim_machine *m,
			    unsigned from, unsigned to, uint64_t cycles_own)
{
	uint64_t local = p->dram[from * p->nodes + from], there = p->dram[from * p->nodes + to],
		 own = cycles_own, bytes = SIM_FRAME_BYTES * m->clock_mhz;

	if (there > local && local)
		own += own * (there - local) / (2 * local);
	if (m->node_bandwidth_mbs && own < bytes / m->node_bandwidth_mbs)
		own = bytes / m->node_bandwidth_mbs;
	if (to != from && m->link_bandwidth_mbs && own < bytes / m->link_bandwidth_mbs)
		own = bytes / m->link_bandwidth_mbs;
	return own;
}

/* ... of all nodes, from `ns` by itself. */
static void read_page_cycles(const struct sim_memory_place *p, const struct sim_machine *m,
			     uint64_t ns, uint64_t *out)
{
	uint64_t own = sim_machine_cycles(m, ns * 1000);

	assert(own <= SIM_MACHINE_MOST_LATENCY);
	for (unsigned i = 0; i < p->nodes * p->nodes; i++)
		out[i] = page_cycles(p, m, i / p->nodes, i % p->nodes, own);
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
	read_page_cycles(p, m, clear, p->clear_cycles);
	read_page_cycles(p, m, copy, p->copy_cycles);
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
	if (m->atomic_cycles > p->cycles[SIM_MEMORY_L1]) {
		p->kind[SIM_LINE_ZONE].locked =
			(uint32_t)(m->atomic_cycles - p->cycles[SIM_MEMORY_L1]);
		p->kind[SIM_LINE_LRU].locked = p->kind[SIM_LINE_ZONE].locked;
	}
	/* The Pentium III of i386 machines has no such prefetchers. */
	p->prefetch = params->prefetch && m->arch != SIM_ARCH_I386;
	read_transfers(p, m);
	for (unsigned i = 0; i < m->nodes * m->nodes; i++)
		p->dram[i] = cycles(m, m->dram_ps[i]);
	read_pages(p, m, params);
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
	size_t pairs = (size_t)m->nodes * m->nodes;

	p->dram = calloc(pairs, sizeof(*p->dram));
	p->clear_cycles = calloc(pairs, sizeof(*p->clear_cycles));
	p->copy_cycles = calloc(pairs, sizeof(*p->copy_cycles));
	p->socket = calloc(m->nodes, sizeof(*p->socket));
	p->cpu = calloc(m->cpus, sizeof(*p->cpu));
	p->llc_socket = calloc(m->cpus, sizeof(*p->llc_socket));
	if (!p->dram || !p->clear_cycles || !p->copy_cycles || !p->socket || !p->cpu ||
	    !p->llc_socket || !sim_memory_load_init(&p->load, m) || !find_spans(p, m))
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
	free(p->clear_cycles);
	free(p->copy_cycles);
	free(p->socket);
	free(p->cpu);
	free(p->llc_socket);
	free(p->span);
	for (unsigned k = 0; k < SIM_LINES; k++)
		free(p->kind[k].line);
}

/* ---- homes ----------------------------------------------------------------------------- */

unsigned sim_memory_place_look(struct sim_memory_place *p, uint64_t frame)
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
	p->near_begin = low ? p->span[low - 1].end : 0;
	p->near_frames = (low + 1 < p->nspans ? p->span[low].end : UINT64_MAX) - p->near_begin;
	p->near_node = p->span[low].node;
	return p->near_node;
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

/* ---- costs ----------------------------------------------------------------------------- */

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

/* Pages on one after another, each at the load the ones before have made. */
static uint64_t clear_pages(struct sim_memory_place *p, const uint64_t *cycles_to,
			    uint64_t frame, uint64_t frames, uint64_t date)
{
	uint64_t end = date;

	for (uint64_t i = 0; i < frames; i++) {
		unsigned node = sim_memory_place_frame_node(p, frame + i);
		uint32_t factor = sim_memory_load_add(&p->load, node, end, SIM_FRAME_BYTES);

		end += cycles_to[node] * factor / 1000;
	}
	return end - date;
}

static uint64_t copy_pages(struct sim_memory_place *p, const uint64_t *cycles_to, uint64_t from,
			   uint64_t to, uint64_t frames, uint64_t date)
{
	uint64_t end = date;

	for (uint64_t i = 0; i < frames; i++) {
		unsigned there = sim_memory_place_frame_node(p, to + i),
			 here = sim_memory_place_frame_node(p, from + i);
		uint32_t write = sim_memory_load_add(&p->load, there, end, SIM_FRAME_BYTES);
		uint32_t read = sim_memory_load_add(&p->load, here, end, SIM_FRAME_BYTES);
		uint64_t took =
			cycles_to[there] > cycles_to[here] ? cycles_to[there] : cycles_to[here];

		end += took * (read > write ? read : write) / 1000;
	}
	return end - date;
}

uint64_t sim_memory_place_pages(struct sim_memory_place *p, struct sim_cpu *cpu, uint64_t from,
				uint64_t to, uint64_t frames)
{
	size_t row = (size_t)p->cpu[cpu->id].node * p->nodes;

	return from == SIM_NO_FRAME
		       ? clear_pages(p, p->clear_cycles + row, to, frames, sim_now(cpu))
		       : copy_pages(p, p->copy_cycles + row, from, to, frames, sim_now(cpu));
}
