#include <stdlib.h>

#include "sim/memory_reuse.h"

/* One access. */
struct access {
	struct sim_memory_reuse *r;
	struct sim_memory_reuse_cpu *c;
	enum sim_line line;
	uint64_t key, date;
	uint32_t *cell;
	unsigned cpu;
	bool write;
};

/* ---- shared lines ---------------------------------------------------------------------- */

static uint64_t id_of(const struct access *a)
{
	return a->key * SIM_LINES + (uint64_t)a->line;
}

/* Neighbours go side by side, kinds apart. */
static unsigned place_of(uint64_t id, unsigned places)
{
	return (unsigned)(id * UINT64_C(0x9e3779b97f4a7c15) >> 40) % places;
}

static struct sim_memory_reuse_seen *seen_by(struct sim_memory_reuse_cpu *c, uint64_t id)
{
	return &c->seen[place_of(id, SIM_MEMORY_REUSE_SEEN)];
}

static struct sim_memory_reuse_seen *seen_in(struct sim_memory_reuse *r, unsigned llc,
					     uint64_t id)
{
	return &r->llc[llc].seen[place_of(id, SIM_MEMORY_REUSE_LLC_SEEN)];
}

static uint32_t serial_of(uint32_t cell)
{
	return cell & ~SIM_MEMORY_STATE;
}

static uint32_t llc_now(const struct sim_memory_reuse *r, unsigned llc)
{
	return (uint32_t)(r->llc[llc].clock >> 32);
}

/* The CPU has the shared line from now on. */
static inline void note(const struct access *a)
{
	uint64_t id = id_of(a);
	uint32_t serial = serial_of(*a->cell);

	*seen_by(a->c, id) =
		(struct sim_memory_reuse_seen){ id, serial,
						sim_memory_reuse_age_stamp(a->r, a->c) };
	*seen_in(a->r, a->c->llc, id) =
		(struct sim_memory_reuse_seen){ id, serial, llc_now(a->r, a->c->llc) };
}

/* The level of the CPU's own caches that a shared line is in. */
static unsigned shared_level(const struct access *a, struct sim_memory_reuse_age *age)
{
	uint64_t id = id_of(a);
	uint32_t serial = serial_of(*a->cell);
	const struct sim_memory_reuse_seen *own = seen_by(a->c, id),
					   *llc = seen_in(a->r, a->c->llc, id);
	unsigned level = SIM_MEMORY_LEVELS;

	if (own->id == id && own->serial == serial) {
		level = sim_memory_reuse_age_find(a->r, a->c, own->when, 0, age);
		if (level <= SIM_MEMORY_L2)
			return level;
	}
	if (llc->id == id && llc->serial == serial) {
		age->llc = llc_now(a->r, a->c->llc) - llc->when;
		if (age->llc < a->r->place.lines[SIM_MEMORY_LLC])
			return SIM_MEMORY_LLC;
	}
	return SIM_MEMORY_LEVELS;
}

/* Another cache of the socket has a shared line that this CPU's caches have not. */
static bool neighbour_has(const struct access *a)
{
	const struct sim_memory_place *p = &a->r->place;
	uint64_t id = id_of(a);

	for (unsigned llc = 0; llc < p->nllc; llc++) {
		const struct sim_memory_reuse_seen *there = seen_in(a->r, llc, id);

		if (p->llc_socket[llc] == p->cpu[a->cpu].socket && there->id == id &&
		    there->serial == serial_of(*a->cell) &&
		    llc_now(a->r, llc) - there->when < p->lines[SIM_MEMORY_LLC])
			return true;
	}
	return false;
}

/* ---- where lines come from ------------------------------------------------------------- */

static uint32_t from_memory(const struct access *a)
{
	struct sim_memory_place *p = &a->r->place;
	unsigned home = sim_memory_place_home(p, a->line, a->key, a->cpu);

	return sim_memory_place_dram(p, a->cpu, home, a->date, a->write);
}

/* What an access costs that would cost `cycles`, if its line was fetched ahead: out of that
 * cache of the CPU's own; what lies elsewhere, SIM_MEMORY_LEVELS, is not. */
static uint32_t ahead(const struct sim_memory_reuse *r, struct sim_memory_reuse_cpu *c,
		      enum sim_line line, uint64_t key, unsigned level, uint32_t cycles)
{
	return line == SIM_LINE_PAGE
		       ? sim_memory_prefetch_cycles(&r->place, &c->prefetch, key, level, cycles)
		       : cycles;
}

/* A line that is in that cache of the CPU's own, or comes from memory. */
static uint32_t fetch(const struct access *a, unsigned level)
{
	uint32_t cycles =
		level < SIM_MEMORY_LEVELS ? a->r->place.cycles[level] : from_memory(a);

	return ahead(a->r, a->c, a->line, a->key, level, cycles);
}

/* A line that comes from caches elsewhere. */
static uint32_t demand(const struct access *a, uint32_t cycles)
{
	return ahead(a->r, a->c, a->line, a->key, SIM_MEMORY_LEVELS, cycles);
}

static void own(const struct access *a)
{
	*a->cell = a->c->owned | sim_memory_reuse_age_stamp(a->r, a->c);
}

static uint32_t touch_first(const struct access *a)
{
	static const struct sim_memory_reuse_age none = { SIM_MEMORY_REUSE_AGES,
							  SIM_MEMORY_REUSE_AGES,
							  SIM_MEMORY_REUSE_AGES };

	sim_memory_reuse_age_take(a->r, a->c, SIM_MEMORY_LEVELS, &none);
	own(a);
	return fetch(a, SIM_MEMORY_LEVELS);
}

/* The line stays with its owner, and this CPU has it, too. */
static void share(const struct access *a, unsigned owner)
{
	const struct sim_memory_place *p = &a->r->place;
	bool near = p->cpu[owner].socket == p->cpu[a->cpu].socket;
	uint32_t stamp = *a->cell & a->r->place.stamp_mask;
	uint64_t id = id_of(a);

	*a->cell = (near ? SIM_MEMORY_SHARED : SIM_MEMORY_SOCKETS) |
		   owner << a->r->place.stamp_bits | (++a->r->serial & a->r->place.stamp_mask);
	*seen_by(&a->r->cpu[owner], id) =
		(struct sim_memory_reuse_seen){ id, serial_of(*a->cell), stamp };
	*seen_in(a->r, p->cpu[owner].llc, id) =
		(struct sim_memory_reuse_seen){ id, serial_of(*a->cell),
						llc_now(a->r, p->cpu[owner].llc) };
	note(a);
}

static uint32_t touch_others(const struct access *a)
{
	struct sim_memory_place *p = &a->r->place;
	unsigned owner = sim_memory_place_owner(&a->r->place, *a->cell);
	const struct sim_memory_reuse_cpu *o = &a->r->cpu[owner];
	struct sim_memory_reuse_age age;
	unsigned level = sim_memory_reuse_age_find(a->r, o, *a->cell & a->r->place.stamp_mask,
						   a->date, &age);
	bool near = o->llc == a->c->llc;
	uint32_t cycles;

	if (level == SIM_MEMORY_LEVELS || (level == SIM_MEMORY_LLC && near))
		cycles = fetch(a, level);
	else
		cycles = demand(a, sim_memory_place_transfer(
					   p, a->cpu, owner,
					   sim_memory_place_home(p, a->line, a->key, a->cpu)));
	near = near && age.llc < p->lines[SIM_MEMORY_LLC];
	sim_memory_reuse_age_take(a->r, a->c, near ? SIM_MEMORY_LLC : SIM_MEMORY_LEVELS, &age);
	if (!a->write && level <= SIM_MEMORY_L2)
		share(a, owner);
	else
		own(a);
	return cycles;
}

static uint32_t touch_shared(const struct access *a)
{
	struct sim_memory_place *p = &a->r->place;
	struct sim_memory_reuse_age age = { 0 };
	unsigned level = shared_level(a, &age),
		 owner = sim_memory_place_owner(&a->r->place, *a->cell);
	uint32_t cycles;

	if (level == SIM_MEMORY_LEVELS && neighbour_has(a))
		cycles = demand(a, p->transfer_same);
	else
		cycles = fetch(a, level);
	sim_memory_reuse_age_take(a->r, a->c, level, &age);
	if (a->write) {
		uint32_t all = sim_memory_place_invalidate(p, a->cpu, owner, *a->cell);

		own(a);
		return all > cycles ? all : cycles;
	}
	if (p->cpu[owner].socket != p->cpu[a->cpu].socket)
		*a->cell |= SIM_MEMORY_SOCKETS;
	note(a);
	return cycles;
}

static uint32_t touch_any(const struct access *a)
{
	uint32_t cell = *a->cell;

	if (cell & SIM_MEMORY_SHARED)
		return touch_shared(a);
	if (!cell)
		return touch_first(a);
	return touch_others(a);
}

/* ---- the way of every access ------------------------------------------------------------ */

static uint32_t locked(const struct sim_memory_reuse *r, enum sim_line line, bool write)
{
	return write && sim_memory_place_is_lock(line) ? r->place.locked : 0;
}

/* These take the same as touch(), so that it has nothing to keep for the calls. */

/* A line of somebody else's, of several, or of nobody's yet. */
__attribute__((noinline)) static uint32_t touch_slow(struct sim_memory *memory,
						     struct sim_cpu *cpu, enum sim_line line,
						     uint64_t key, uint32_t *cell, bool write)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;
	struct sim_memory_reuse_cpu *c = &r->cpu[cpu->id];
	struct access a = { r, c, line, key, sim_now(cpu), cell, cpu->id, write };

	if (!cell)
		a.cell = &sim_memory_place_line(&r->place, line, key)->cell;
	c->last = a.date;
	return touch_any(&a) + locked(r, line, write);
}

/* A line of the CPU's own that is not in L1 any more. */
__attribute__((noinline)) static uint32_t touch_own(struct sim_memory *memory,
						    struct sim_cpu *cpu, enum sim_line line,
						    uint64_t key, uint32_t *cell, bool write)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;
	struct sim_memory_reuse_cpu *c = &r->cpu[cpu->id];
	struct sim_memory_reuse_age age;
	unsigned level = sim_memory_reuse_age_find(r, c, *cell & r->place.stamp_mask, 0, &age);

	c->last = sim_now(cpu);
	sim_memory_reuse_age_take(r, c, level, &age);
	*cell = c->owned | sim_memory_reuse_age_stamp(r, c);
	if (level == SIM_MEMORY_LEVELS) {
		struct access a = { r, c, line, key, c->last, cell, cpu->id, write };

		return fetch(&a, level) + locked(r, line, write);
	}
	return ahead(r, c, line, key, level, r->place.cycles[level]) + locked(r, line, write);
}

static uint32_t touch(struct sim_memory *memory, struct sim_cpu *cpu, enum sim_line line,
		      uint64_t key, uint32_t *cell, bool write);

/* The first touch of an operation. */
__attribute__((noinline)) static uint32_t touch_again(struct sim_memory *memory,
						      struct sim_cpu *cpu, enum sim_line line,
						      uint64_t key, uint32_t *cell, bool write)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;
	struct sim_memory_reuse_cpu *c = &r->cpu[cpu->id];

	sim_memory_reuse_age_think(r, c, cpu->now);
	c->last = cpu->now;
	return touch(memory, cpu, line, key, cell, write);
}

/* A line of the CPU's own in L1; a segment of the CPU's clock ends with it. */
__attribute__((noinline)) static uint32_t touch_mark(struct sim_memory *memory,
						     struct sim_cpu *cpu, enum sim_line line,
						     uint64_t key, uint32_t *cell, bool write)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;
	struct sim_memory_reuse_cpu *c = &r->cpu[cpu->id];

	(void)key;
	sim_memory_reuse_age_mark(r, c);
	*cell = c->owned | sim_memory_reuse_age_stamp(r, c);
	return r->place.cycles[SIM_MEMORY_L1] + locked(r, line, write);
}

/*
 * A line of the CPU's own in L1, in an operation that has touched before, is done here. All
 * calls are the last thing that is done: nothing has to live across one.
 */
static uint32_t touch(struct sim_memory *memory, struct sim_cpu *cpu, enum sim_line line,
		      uint64_t key, uint32_t *cell, bool write)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;
	struct sim_memory_reuse_cpu *c = &r->cpu[cpu->id];
	uint32_t stamp, age;

	if (cpu->now > c->last)
		return touch_again(memory, cpu, line, key, cell, write);
	if (!cell) {
		const struct sim_memory_kind_lines *k = &r->place.kind[line];

		if (key >= k->n)
			return touch_slow(memory, cpu, line, key, cell, write);
		cell = &k->line[key].cell;
	}
	/* Of the CPU's own cells the stamp is left; others are more than any stamp. */
	stamp = *cell ^ c->owned;
	if (stamp > r->place.stamp_mask)
		return touch_slow(memory, cpu, line, key, cell, write);
	age = ((uint32_t)(c->clock >> r->stamp_shift) - stamp) & r->place.stamp_mask;
	if (age >= r->young)
		return touch_own(memory, cpu, line, key, cell, write);
	c->last = sim_now(cpu);
	if (age) {
		c->clock += age * r->young_weight;
		if (c->clock >= c->next_mark)
			return touch_mark(memory, cpu, line, key, cell, write);
		*cell = c->owned | sim_memory_reuse_age_stamp(r, c);
	}
	return r->place.cycles[SIM_MEMORY_L1] + locked(r, line, write);
}

/* Cleared and copied lines go through the CPU's caches, those that are read as well. */
static uint64_t pages(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t from,
		      uint64_t to, uint64_t frames)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;
	struct sim_memory_reuse_cpu *c = &r->cpu[cpu->id];
	uint64_t cycles = sim_memory_place_pages(&r->place, cpu, from, to, frames);

	if (cpu->now > c->last)
		sim_memory_reuse_age_think(r, c, cpu->now);
	c->last = sim_now(cpu) + cycles;
	sim_memory_reuse_age_pollute(
		r, c, frames * SIM_MEMORY_PAGE_LINES * (from == SIM_NO_FRAME ? 1 : 2));
	return cycles;
}

/* ---- a life ---------------------------------------------------------------------------- */

static void drop(struct sim_memory *memory)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;

	sim_memory_place_fini(&r->place);
	free(r->cpu);
	free(r->llc);
	free(r);
}

struct sim_memory *sim_memory_reuse_new(const struct sim_machine *machine,
					const struct sim_memory_params *params)
{
	struct sim_memory_reuse *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->place.base.drop = drop;
	if (!sim_memory_place_init(&r->place, machine, params))
		goto fail;
	r->cpu = calloc(machine->cpus, sizeof(*r->cpu));
	r->llc = calloc(r->place.nllc, sizeof(*r->llc));
	if (!r->cpu || !r->llc)
		goto fail;
	sim_memory_reuse_age_init(r);
	r->place.base.touch = touch;
	r->place.base.pages = pages;
	return &r->place.base;

fail:
	drop(&r->place.base);
	return NULL;
}
