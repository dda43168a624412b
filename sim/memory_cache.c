/*
 * The cache model: the tags of every cache. A line's cell has a version that changes when
 * somebody else writes it, so that all older copies are misses without anybody looking for
 * them. docs/memory-models.md
 */
#include <stdlib.h>

#include "sim/memory_place.h"
#include "sim/memory_prefetch.h"
#include "sim/memory_tags.h"

/* Think times longer than this are all the same; keeps products in 64 bits. */
#define MOST_THINK (UINT64_C(1) << 44)

struct cache_cpu {
	struct sim_memory_tags l1, l2;
	struct sim_memory_tags *llc;
	uint32_t owned; /* cell of a line it owns, without the version */
	uint64_t last;  /* date at which its last touch ended */
	struct sim_memory_prefetch prefetch;
};

struct cache {
	struct sim_memory_place place; /* first */
	struct cache_cpu *cpu;
	struct sim_memory_tags *llc;
	uint32_t version_mask;
	struct sim_memory_prefetch_costs ahead;
};

/* One access. */
struct access {
	struct cache *m;
	struct cache_cpu *c;
	enum sim_line line;
	uint64_t key, date;
	uint32_t *cell;
	unsigned cpu;
	bool write;
};

/* ---- pollution ------------------------------------------------------------------------- */

static void sweep(struct cache_cpu *c, uint64_t lines)
{
	sim_memory_tags_sweep(&c->l1, lines);
	sim_memory_tags_sweep(&c->l2, lines);
	sim_memory_tags_sweep(c->llc, lines);
}

/* What the CPU's application has taken in up to `date`. */
static void think(const struct cache *m, struct cache_cpu *c, uint64_t date)
{
	uint64_t time = date > c->last ? date - c->last : 0;

	sweep(c, (time < MOST_THINK ? time : MOST_THINK) * m->place.pollution / 1000);
}

/* ---- lines ----------------------------------------------------------------------------- */

static uint64_t tag_of(const struct cache *m, enum sim_line kind, uint64_t key, uint32_t cell)
{
	uint64_t line = ((uint64_t)kind + 1) << SIM_MEMORY_TAGS_KEY_BITS | key;

	return line << SIM_MEMORY_TAGS_VERSION_BITS | (cell & m->version_mask);
}

static uint64_t tag_now(const struct access *a)
{
	return tag_of(a->m, a->line, a->key, *a->cell);
}

/* The level of the CPU's caches that has the line; now all down to there have it. */
static unsigned find(struct cache_cpu *c, uint64_t tag)
{
	if (sim_memory_tags_hit(&c->l1, tag))
		return SIM_MEMORY_L1;
	if (sim_memory_tags_hit(&c->l2, tag))
		return SIM_MEMORY_L2;
	return sim_memory_tags_hit(c->llc, tag) ? SIM_MEMORY_LLC : SIM_MEMORY_LEVELS;
}

static void fill(struct cache_cpu *c, uint64_t tag)
{
	sim_memory_tags_put(&c->l1, tag);
	sim_memory_tags_put(&c->l2, tag);
	sim_memory_tags_put(c->llc, tag);
}

/* A line that is in that cache of the CPU's own, or comes from memory: SIM_MEMORY_LEVELS. */
static uint32_t fetch(const struct access *a, unsigned level)
{
	struct sim_memory_place *p = &a->m->place;
	enum sim_memory_prefetch_how how = SIM_MEMORY_PREFETCH_NONE;

	if (a->line == SIM_LINE_PAGE && level != SIM_MEMORY_L1)
		how = sim_memory_prefetch_miss(&a->c->prefetch, a->key);
	if (level < SIM_MEMORY_LEVELS)
		return a->m->ahead.cycles[level][how];
	return sim_memory_place_dram(p, a->cpu,
				     sim_memory_place_home(p, a->line, a->key, a->cpu), a->date,
				     a->write);
}

/* A line that comes from caches elsewhere. */
static uint32_t demand(const struct access *a, uint32_t cycles)
{
	if (a->line == SIM_LINE_PAGE)
		sim_memory_prefetch_miss(&a->c->prefetch, a->key);
	return cycles;
}

/* A new version: other copies are of no use any more. */
static void own(const struct access *a)
{
	uint32_t version = *a->cell + 1;

	*a->cell = sim_memory_place_cell(&a->m->place, SIM_MEMORY_OWNED, a->cpu) |
		   (version & a->m->version_mask);
}

/* ---- where lines come from ------------------------------------------------------------- */

static uint32_t touch_own(const struct access *a)
{
	const struct sim_memory_place *p = &a->m->place;

	if (p->lines[SIM_MEMORY_L1] && sim_memory_tags_first(&a->c->l1, tag_now(a)))
		return p->cycles[SIM_MEMORY_L1];
	return fetch(a, find(a->c, tag_now(a)));
}

static uint32_t touch_first(const struct access *a)
{
	own(a);
	fill(a->c, tag_now(a));
	return fetch(a, SIM_MEMORY_LEVELS);
}

/* Where the owner has the line, without being disturbed. */
static unsigned owners_level(const struct access *a, unsigned owner, uint64_t tag)
{
	struct cache_cpu *o = &a->m->cpu[owner];

	if (a->date > o->last) {
		think(a->m, o, a->date);
		o->last = a->date;
	}
	if (sim_memory_tags_has(&o->l1, tag) || sim_memory_tags_has(&o->l2, tag))
		return SIM_MEMORY_L2;
	return sim_memory_tags_has(o->llc, tag) ? SIM_MEMORY_LLC : SIM_MEMORY_LEVELS;
}

static uint32_t touch_others(const struct access *a)
{
	struct sim_memory_place *p = &a->m->place;
	unsigned owner = sim_memory_place_owner(p, *a->cell);
	uint64_t tag = tag_now(a);
	unsigned level = owners_level(a, owner, tag);
	uint32_t cycles;

	if (level == SIM_MEMORY_LEVELS ||
	    (level == SIM_MEMORY_LLC && p->cpu[owner].llc == p->cpu[a->cpu].llc))
		cycles = fetch(a, level);
	else
		cycles = demand(a, sim_memory_place_transfer(
					   p, a->cpu, owner,
					   sim_memory_place_home(p, a->line, a->key, a->cpu)));
	if (a->write || level > SIM_MEMORY_L2)
		own(a);
	else if (p->cpu[owner].socket == p->cpu[a->cpu].socket)
		*a->cell = (*a->cell & ~SIM_MEMORY_STATE) | SIM_MEMORY_SHARED;
	else
		*a->cell |= SIM_MEMORY_SOCKETS;
	fill(a->c, tag_now(a));
	return cycles;
}

/* Another last-level cache of the socket has a shared line that this CPU's had not. */
static bool neighbour_has(const struct access *a, uint64_t tag)
{
	const struct sim_memory_place *p = &a->m->place;

	for (unsigned llc = 0; llc < p->nllc; llc++)
		if (llc != p->cpu[a->cpu].llc && p->llc_socket[llc] == p->cpu[a->cpu].socket &&
		    sim_memory_tags_has(&a->m->llc[llc], tag))
			return true;
	return false;
}

static uint32_t touch_shared(const struct access *a)
{
	struct sim_memory_place *p = &a->m->place;
	unsigned owner = sim_memory_place_owner(p, *a->cell), level;
	uint64_t tag = tag_now(a);
	uint32_t cycles, all;

	level = find(a->c, tag);
	if (level == SIM_MEMORY_LEVELS && neighbour_has(a, tag))
		cycles = demand(a, p->transfer_same);
	else
		cycles = fetch(a, level);
	if (a->write) {
		all = sim_memory_place_invalidate(p, a->cpu, owner, *a->cell);
		cycles = all > cycles ? all : cycles;
		own(a);
		fill(a->c, tag_now(a));
	} else if (p->cpu[owner].socket != p->cpu[a->cpu].socket) {
		*a->cell |= SIM_MEMORY_SOCKETS;
	}
	return cycles;
}

static uint32_t touch_any(const struct access *a)
{
	uint32_t cell = *a->cell;

	if (cell & SIM_MEMORY_SHARED)
		return touch_shared(a);
	if (!cell)
		return touch_first(a);
	return sim_memory_place_owner(&a->m->place, cell) == a->cpu ? touch_own(a)
								    : touch_others(a);
}

/* Compiled for struct pages and for all others. */
static inline __attribute__((always_inline)) uint32_t touch(struct cache *m,
							    struct sim_cpu *cpu,
							    enum sim_line line, uint64_t key,
							    uint32_t *cell, bool write)
{
	struct cache_cpu *c = &m->cpu[cpu->id];
	struct access a = { m, c, line, key, sim_now(cpu), cell, cpu->id, write };

	if (cpu->now > c->last)
		think(m, c, cpu->now);
	c->last = a.date;
	return touch_any(&a) + sim_memory_place_locked(&m->place, line, write);
}

static uint32_t touch_page(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t frame,
			   uint32_t *cell, bool write)
{
	struct cache *m = (struct cache *)(void *)memory;

	return touch(m, cpu, SIM_LINE_PAGE, frame, cell, write);
}

static uint32_t touch_line(struct sim_memory *memory, struct sim_cpu *cpu, enum sim_line line,
			   uint64_t key, bool write)
{
	struct cache *m = (struct cache *)(void *)memory;

	return touch(m, cpu, line, key, &sim_memory_place_line(&m->place, line, key)->cell,
		     write);
}

/* Cleared and copied lines go through the CPU's caches, those that are read as well. */
static uint64_t pages(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t from,
		      uint64_t to, uint64_t frames)
{
	struct cache *m = (struct cache *)(void *)memory;
	struct cache_cpu *c = &m->cpu[cpu->id];
	uint64_t cycles = sim_memory_place_pages(&m->place, cpu, from, to, frames);

	if (cpu->now > c->last)
		think(m, c, cpu->now);
	c->last = sim_now(cpu) + cycles;
	sweep(c, frames * SIM_MEMORY_PAGE_LINES * (from == SIM_NO_FRAME ? 1 : 2));
	return cycles;
}

/* ---- a life ---------------------------------------------------------------------------- */

static void drop(struct sim_memory *memory)
{
	struct cache *m = (struct cache *)(void *)memory;

	for (unsigned c = 0; m->cpu && c < m->place.cpus; c++) {
		sim_memory_tags_fini(&m->cpu[c].l1);
		sim_memory_tags_fini(&m->cpu[c].l2);
	}
	for (unsigned l = 0; m->llc && l < m->place.nllc; l++)
		sim_memory_tags_fini(&m->llc[l]);
	free(m->cpu);
	free(m->llc);
	sim_memory_place_fini(&m->place);
	free(m);
}

static bool make_tags(struct cache *m)
{
	const uint32_t *lines = m->place.lines, *ways = m->place.ways;

	for (unsigned l = 0; l < m->place.nllc; l++)
		if (!sim_memory_tags_init(&m->llc[l], lines[SIM_MEMORY_LLC],
					  ways[SIM_MEMORY_LLC], NULL))
			return false;
	for (unsigned c = 0; c < m->place.cpus; c++) {
		struct cache_cpu *cpu = &m->cpu[c];

		cpu->llc = &m->llc[m->place.cpu[c].llc];
		cpu->owned = sim_memory_place_cell(&m->place, SIM_MEMORY_OWNED, c);
		if (!sim_memory_tags_init(&cpu->l1, lines[SIM_MEMORY_L1], ways[SIM_MEMORY_L1],
					  &cpu->l2) ||
		    !sim_memory_tags_init(&cpu->l2, lines[SIM_MEMORY_L2], ways[SIM_MEMORY_L2],
					  cpu->llc))
			return false;
	}
	return true;
}

struct sim_memory *sim_memory_cache_new(const struct sim_machine *machine,
					const struct sim_memory_params *params)
{
	struct cache *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->place.base.drop = drop;
	if (!sim_memory_place_init(&m->place, machine, params))
		goto fail;
	m->cpu = calloc(machine->cpus, sizeof(*m->cpu));
	m->llc = calloc(m->place.nllc, sizeof(*m->llc));
	if (!m->cpu || !m->llc || !make_tags(m))
		goto fail;
	m->version_mask =
		m->place.stamp_mask & ((UINT32_C(1) << SIM_MEMORY_TAGS_VERSION_BITS) - 1);
	m->place.base.touch = touch_line;
	m->place.base.touch_page = touch_page;
	sim_memory_prefetch_price(&m->place, &m->ahead);
	m->place.base.pages = pages;
	return &m->place.base;

fail:
	drop(&m->place.base);
	return NULL;
}
