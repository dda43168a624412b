#include <stdlib.h>

#include "sim/memory_reuse_age.h"

/* Of one touch: inline at once, so that what it is about stays in registers. */
#define INLINE SIM_MEMORY_REUSE_INLINE
#define APART __attribute__((noinline)) static

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

static struct sim_memory_reuse_seen *seen_in(struct sim_memory_reuse_llc *llc, uint64_t id)
{
	return &llc->seen[place_of(id, SIM_MEMORY_REUSE_LLC_SEEN)];
}

static uint32_t serial_of(uint32_t cell)
{
	return cell & ~SIM_MEMORY_STATE;
}

static uint32_t llc_now(const struct sim_memory_reuse_llc *llc)
{
	return sim_memory_reuse_age_whole(llc->clock);
}

static uint32_t stamp_of(const struct access *a, uint32_t cell)
{
	return cell & a->r->place.stamp_mask;
}

/* The CPU with that clock has the shared line, its last-level cache from now on. */
INLINE void note(const struct access *a, struct sim_memory_reuse_cpu *c, uint32_t when)
{
	uint64_t id = id_of(a);
	uint32_t serial = serial_of(*a->cell);

	*seen_by(c, id) = (struct sim_memory_reuse_seen){ id, serial, when };
	*seen_in(c->llc, id) = (struct sim_memory_reuse_seen){ id, serial, llc_now(c->llc) };
}

/* The level of the CPU's own caches that a shared line is in. */
INLINE unsigned shared_level(const struct access *a, struct sim_memory_reuse_age *age)
{
	uint64_t id = id_of(a);
	uint32_t serial = serial_of(*a->cell);
	const struct sim_memory_reuse_seen *own = seen_by(a->c, id), *llc;

	if (own->id == id && own->serial == serial) {
		unsigned level = sim_memory_reuse_age_find(a->r, a->c, own->when, 0, age);

		if (level <= SIM_MEMORY_L2)
			return level;
	}
	llc = seen_in(a->c->llc, id);
	if (llc->id == id && llc->serial == serial) {
		age->llc = llc_now(a->c->llc) - llc->when;
		if (age->llc < a->r->place.lines[SIM_MEMORY_LLC])
			return SIM_MEMORY_LLC;
	}
	return SIM_MEMORY_LEVELS;
}

/* Another cache of the CPU's socket has a shared line that the CPU's caches have not. No access
 * as its parameter: one whose address is taken would have to lie in memory for all others. */
APART bool neighbour_has(const struct sim_memory_reuse *r, unsigned cpu, uint64_t id,
			 uint32_t serial)
{
	const struct sim_memory_place *p = &r->place;

	for (unsigned llc = 0; llc < p->nllc; llc++) {
		const struct sim_memory_reuse_seen *there = seen_in(&r->llc[llc], id);

		if (p->llc_socket[llc] == p->cpu[cpu].socket && there->id == id &&
		    there->serial == serial &&
		    llc_now(&r->llc[llc]) - there->when < p->lines[SIM_MEMORY_LLC])
			return true;
	}
	return false;
}

/* ---- where lines come from ------------------------------------------------------------- */

/* A line that is in that cache of the CPU's own, or comes from memory: SIM_MEMORY_LEVELS. */
INLINE uint32_t fetch(const struct access *a, unsigned level)
{
	struct sim_memory_place *p = &a->r->place;
	enum sim_memory_prefetch_how how = SIM_MEMORY_PREFETCH_NONE;

	if (a->line == SIM_LINE_PAGE && level != SIM_MEMORY_L1)
		how = sim_memory_prefetch_miss(&a->c->prefetch, a->key);
	if (level < SIM_MEMORY_LEVELS)
		return a->r->ahead.cycles[level][how];
	return sim_memory_place_dram(p, a->cpu,
				     sim_memory_place_home(p, a->line, a->key, a->cpu), a->date,
				     a->write);
}

/* A line that comes from caches elsewhere. */
INLINE uint32_t demand(const struct access *a, uint32_t cycles)
{
	if (a->line == SIM_LINE_PAGE)
		sim_memory_prefetch_miss(&a->c->prefetch, a->key);
	return cycles;
}

INLINE void own(const struct access *a)
{
	*a->cell = a->c->now;
}

INLINE uint32_t touch_first(const struct access *a)
{
	static const struct sim_memory_reuse_age none = { SIM_MEMORY_REUSE_AGES,
							  SIM_MEMORY_REUSE_AGES,
							  SIM_MEMORY_REUSE_AGES };

	sim_memory_reuse_age_take(a->r, a->c, SIM_MEMORY_LEVELS, &none);
	own(a);
	return fetch(a, SIM_MEMORY_LEVELS);
}

/* A line of the CPU's own that is not among the youngest any more. */
INLINE uint32_t touch_own(const struct access *a)
{
	struct sim_memory_reuse_age age;
	unsigned level = sim_memory_reuse_age_find(a->r, a->c, stamp_of(a, *a->cell), 0, &age);

	sim_memory_reuse_age_take(a->r, a->c, level, &age);
	own(a);
	return fetch(a, level);
}

/* The line stays with its owner, and this CPU has it, too. */
INLINE void share(const struct access *a, unsigned owner)
{
	const struct sim_memory_place *p = &a->r->place;
	bool near = p->cpu[owner].socket == p->cpu[a->cpu].socket;
	uint32_t stamp = stamp_of(a, *a->cell);

	*a->cell = (near ? SIM_MEMORY_SHARED : SIM_MEMORY_SOCKETS) | owner << p->stamp_bits |
		   (++a->r->serial & p->stamp_mask);
	note(a, &a->r->cpu[owner], stamp);
	note(a, a->c, stamp_of(a, a->c->now));
}

INLINE uint32_t touch_others(const struct access *a)
{
	struct sim_memory_place *p = &a->r->place;
	unsigned owner = sim_memory_place_owner(p, *a->cell);
	const struct sim_memory_reuse_cpu *o = &a->r->cpu[owner];
	struct sim_memory_reuse_age age;
	unsigned level =
		sim_memory_reuse_age_find(a->r, o, stamp_of(a, *a->cell),
					  sim_memory_reuse_age_thought(a->r, o, a->date), &age);
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

INLINE uint32_t touch_shared(const struct access *a)
{
	struct sim_memory_place *p = &a->r->place;
	struct sim_memory_reuse_age age = { 0 };
	unsigned level = shared_level(a, &age), owner = sim_memory_place_owner(p, *a->cell);
	uint32_t cycles;

	if (level == SIM_MEMORY_LEVELS &&
	    neighbour_has(a->r, a->cpu, id_of(a), serial_of(*a->cell)))
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
	note(a, a->c, stamp_of(a, a->c->now));
	return cycles;
}

/* ---- the way of every access ------------------------------------------------------------ */

/* Whatever is no hit in L1; compiled for struct pages and for all others. */
INLINE uint32_t touch_far(struct sim_memory_reuse *r, struct sim_cpu *cpu, enum sim_line line,
			  uint64_t key, uint32_t *cell, bool write)
{
	struct sim_memory_reuse_cpu *c = &r->cpu[cpu->id];
	struct access a = { r, c, line, key, sim_now(cpu), cell, cpu->id, write };

	c->last = a.date;
	if ((*cell ^ c->now) <= r->place.stamp_mask)
		return touch_own(&a);
	if (*cell & SIM_MEMORY_SHARED)
		return touch_shared(&a);
	return *cell ? touch_others(&a) : touch_first(&a);
}

APART uint32_t page_far(struct sim_memory_reuse *r, struct sim_cpu *cpu, uint64_t frame,
			uint32_t *cell, bool write)
{
	return touch_far(r, cpu, SIM_LINE_PAGE, frame, cell, write);
}

APART uint32_t line_far(struct sim_memory_reuse *r, struct sim_cpu *cpu, enum sim_line line,
			uint64_t key, uint32_t *cell, bool write)
{
	if (line == SIM_LINE_PAGE)
		__builtin_unreachable();
	return touch_far(r, cpu, line, key, cell, write) +
	       sim_memory_place_locked(&r->place, line, write);
}

/* The first touch of an operation comes later than the last one of the operation before. */
INLINE void begin(struct sim_memory_reuse *r, struct sim_memory_reuse_cpu *c, uint64_t date)
{
	sim_memory_reuse_age_pollute(r, c, sim_memory_reuse_age_thought(r, c, date));
	c->last = date;
}

/* A line of the CPU's own in L1 is done here, without a call. */
INLINE bool in_l1(const struct sim_memory_reuse *r, const struct sim_cpu *cpu,
		  struct sim_memory_reuse_cpu *c, uint32_t *cell)
{
	uint32_t age = c->now - *cell;
	uint64_t clock;

	/* Of other CPUs' lines the owner differs; stamps that came round look too old. */
	if (age >= r->young || (c->now ^ *cell) > r->place.stamp_mask)
		return false;
	clock = c->clock + age * r->young_weight;
	if (clock >= c->next_mark)
		return false;
	/* At age 0 as well, where nothing moves: that would be a branch to guess. */
	c->last = sim_now(cpu);
	c->clock = clock;
	*cell = c->now = sim_memory_reuse_age_cell(r, c);
	return true;
}

INLINE uint32_t page(struct sim_memory_reuse *r, struct sim_cpu *cpu, uint64_t frame,
		     uint32_t *cell, bool write)
{
	return in_l1(r, cpu, &r->cpu[cpu->id], cell) ? r->place.cycles[SIM_MEMORY_L1]
						     : page_far(r, cpu, frame, cell, write);
}

INLINE uint32_t line_at(struct sim_memory_reuse *r, struct sim_cpu *cpu, enum sim_line line,
			uint64_t key, uint32_t *cell, bool write)
{
	return in_l1(r, cpu, &r->cpu[cpu->id], cell)
		       ? r->place.cycles[SIM_MEMORY_L1] +
				 sim_memory_place_locked(&r->place, line, write)
		       : line_far(r, cpu, line, key, cell, write);
}

/* The same for the first touch of an operation, and of a line. */

APART uint32_t page_first(struct sim_memory_reuse *r, struct sim_cpu *cpu, uint64_t frame,
			  uint32_t *cell, bool write)
{
	begin(r, &r->cpu[cpu->id], cpu->now);
	return page(r, cpu, frame, cell, write);
}

APART uint32_t line_first(struct sim_memory_reuse *r, struct sim_cpu *cpu, enum sim_line line,
			  uint64_t key, bool write)
{
	uint32_t *cell = &sim_memory_place_line(&r->place, line, key)->cell;

	if (cpu->now > r->cpu[cpu->id].last)
		begin(r, &r->cpu[cpu->id], cpu->now);
	return line_at(r, cpu, line, key, cell, write);
}

/* All calls are the last thing that is done: nothing has to live across one. */

static uint32_t touch_page(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t frame,
			   uint32_t *cell, bool write)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;

	return cpu->now > r->cpu[cpu->id].last ? page_first(r, cpu, frame, cell, write)
					       : page(r, cpu, frame, cell, write);
}

static uint32_t touch_line(struct sim_memory *memory, struct sim_cpu *cpu, enum sim_line line,
			   uint64_t key, bool write)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;
	const struct sim_memory_kind_lines *k = &r->place.kind[line];

	if (cpu->now > r->cpu[cpu->id].last || key >= k->n)
		return line_first(r, cpu, line, key, write);
	return line_at(r, cpu, line, key, &k->line[key].cell, write);
}

/* Cleared and copied lines go through the CPU's caches, those that are read as well. */
static uint64_t pages(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t from,
		      uint64_t to, uint64_t frames)
{
	struct sim_memory_reuse *r = (struct sim_memory_reuse *)(void *)memory;
	struct sim_memory_reuse_cpu *c = &r->cpu[cpu->id];
	uint64_t cycles = sim_memory_place_pages(&r->place, cpu, from, to, frames);

	if (cpu->now > c->last)
		begin(r, c, cpu->now);
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
	sim_memory_prefetch_price(&r->place, &r->ahead);
	r->place.base.touch = touch_line;
	r->place.base.touch_page = touch_page;
	r->place.base.pages = pages;
	return &r->place.base;

fail:
	drop(&r->place.base);
	return NULL;
}
