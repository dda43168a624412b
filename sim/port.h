/*
 * Everything a kernel model may ask of the machine it runs on.
 *
 * Costs: sim_charge() and sim_touch() only add to the running operation's cycles; they are
 * inline and the same everywhere. sim_lock() adds the wait for the lock's next free date.
 * What can really sleep (sim_sleep(), sim_io()) goes through the table in struct sim_cpu,
 * so that one model serves the engine (port_engine.c) and engine-less tests and golden
 * replays (port_direct.c).
 *
 * All times are cycles of the machine's one clock.
 */
#ifndef SIM_PORT_H
#define SIM_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/where.h"

/* Where an operation's cycles went; what is none of these is the instruction path. */
enum sim_part {
	SIM_PART_MEMORY, /* cache lines: hits, misses, transfers */
	SIM_PART_PAGES,  /* pages cleared and copied */
	SIM_PART_LOCK,
	SIM_PART_SLEEP,
	SIM_PART_IO,
	SIM_PARTS
};

/*
 * The kinds of shared cache lines a page allocator touches. Keys of a kind are small numbers
 * (a memory model keeps a word for each up to the largest seen), one a line: what shares a line
 * in the kernel has the same key. Only SIM_LINE_PAGE has its words with the kernel's pages.
 */
enum sim_line {
	SIM_LINE_PAGE,  /* a struct page; key = frame */
	SIM_LINE_LIST,  /* a free list's head; key = number of the line of heads */
	SIM_LINE_ZONE,  /* a zone's lock; key = zone number */
	SIM_LINE_MARKS, /* a zone's watermarks and reserves, mostly read; key = zone number */
	SIM_LINE_STAT,  /* a zone's shared counters; key = zone number, then their further lines
			 */
	SIM_LINE_PCP, /* a CPU's lists of a zone, and its parts of counters; key = its number */
	SIM_LINE_BLOCK, /* bits of pageblocks or of pairs of buddies; key = number of the line
			 */
	SIM_LINE_LRU,   /* an LRU lock with its lists' heads; key = node (2.4: 0 locks, 1 lists)
			 */
	SIM_LINES
};

/* Why a zone lock (or another lock) was wanted: waits are reported by cause. */
enum sim_cause {
	SIM_CAUSE_REFILL,
	SIM_CAUSE_DRAIN,
	SIM_CAUSE_HIGH_ORDER, /* an allocation of order > 0 */
	SIM_CAUSE_FREE,       /* a free of order > 0, or one that bypasses the per-cpu list */
	SIM_CAUSE_SPLIT, /* blocks taken apart or moved by frame number: compaction, types */
	SIM_CAUSE_RECLAIM,
	SIM_CAUSE_LRU,
	SIM_CAUSES
};

struct sim_cpu;
struct sim_queue; /* tasks and daemons waiting for an event */
struct sim_disk;

/*
 * The calls that may leave the running operation: for code on an actor (cpu->on_actor) that
 * holds no lock, but wake() and submit() for everybody. No member is NULL: without an engine
 * nothing takes time and nobody waits (port_direct.h).
 */
struct sim_port {
	/* Before anything that others can see in time: tells the engine the cycles so far. */
	void (*settle)(struct sim_cpu *cpu);
	/*
	 * Sleeps until woken or until `timeout` cycles have passed; returns the cycles left, as
	 * schedule_timeout() does. UINT64_MAX = no timeout; a NULL queue = nobody wakes it.
	 */
	uint64_t (*sleep)(struct sim_cpu *cpu, struct sim_queue *queue, uint64_t timeout);
	/*
	 * Wakes the first `n` sleepers of the queue (or all: n = UINT32_MAX), returns how many.
	 * Nothing remembers a wake-up that finds nobody: look at what you wait for, then sleep.
	 */
	uint32_t (*wake)(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n);
	/* Gives the CPU to whoever else is ready; returns at once when nobody is. */
	void (*yield)(struct sim_cpu *cpu);
	/* Reads or writes `bytes` at `offset` of a disk and sleeps until it is done. */
	void (*io)(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset, uint64_t bytes,
		   bool write);
	/*
	 * Queues a request at a disk and goes on; returns the date at which the disk will have
	 * done it: whoever wants to wait for it sleeps until then. Never sleeps, may be called
	 * with locks held. A disk sees requests in the order of their dates, which is that of
	 * the calls: one whose moment lies before that of the request before it is made at the
	 * moment of that one. Nothing remembers the request but the disk: a run can end before
	 * its date. The disk needs no driver for it.
	 */
	uint64_t (*submit)(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
			   uint64_t bytes, bool write);
	/*
	 * CPU `target` does `cycles` of kernel work as soon as what runs there is through: an
	 * interrupt, a work item. Returns the date at which it has done it, not before the
	 * interrupt's way there (the machine's sched_cycles.ipi) and the work itself, without
	 * waiting; whoever has to wait for it sleeps or spins until then. Never sleeps, may be
	 * called with locks held. On the CPU itself the work is part of the running operation.
	 * Whoever computes there on an actor is held up by as much (SIM_PART_SLEEP).
	 */
	uint64_t (*run_on)(struct sim_cpu *cpu, unsigned target, uint64_t cycles);
	/*
	 * Where the time of an actor's code passes: from now on it is counted in *where, whose
	 * `since` says from which date, and which stays the caller's; NULL = no more. And what
	 * it is counted in. Both take no time.
	 */
	void (*watch)(struct sim_cpu *cpu, struct sim_where *where);
	struct sim_where *(*watched)(struct sim_cpu *cpu);
};

/* No frame: sim_pages() clears. */
#define SIM_NO_FRAME UINT64_MAX

/*
 * The memory model: flat needs only the table; others supply touch(), which tells where a
 * line is and what it costs. docs/memory-models.md
 */
struct sim_memory {
	uint32_t flat_cycles[SIM_LINES];
	/*
	 * Both NULL in the flat model. Return the cycles of one access: to a line, which is no
	 * struct page, by its key; to a struct page. `cell` is a word of the model's own that
	 * belongs to the page, all zero before the first access.
	 */
	uint32_t (*touch)(struct sim_memory *memory, struct sim_cpu *cpu, enum sim_line line,
			  uint64_t key, bool write);
	uint32_t (*touch_page)(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t frame,
			       uint32_t *cell, bool write);
	/* NULL = it takes no time. Cycles of sim_pages(). */
	uint64_t (*pages)(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t from,
			  uint64_t to, uint64_t frames);
	/* Of a model that sim_memory_new() made: sim_memory_free() calls it. */
	void (*drop)(struct sim_memory *memory);
};

struct sim_cpu {
	uint64_t now;             /* date at which the running operation began */
	uint64_t due;             /* cycles it has taken so far, all parts */
	uint64_t part[SIM_PARTS]; /* of these, the ones not spent on the instruction path */
	struct sim_memory *memory;
	const struct sim_port *port;
	void *engine;   /* the engine's own; NULL with the direct port */
	uint16_t id;    /* from 0 */
	uint16_t node;  /* its NUMA node */
	bool on_actor;  /* settle before locks: the operation can sleep */
	uint8_t locked; /* locks held: nothing settles or sleeps inside */
};

/* Waiters of a lock that spins are counted up to this number, itself not among them. */
#define SIM_LOCK_RING 16

/* A lock whose holder is never preempted: only its next free date matters. */
struct sim_lock {
	uint64_t free_at;
	uint64_t waits[SIM_CAUSES], wait_cycles[SIM_CAUSES];
	uint64_t taken;
	/* How often and how long somebody had it who wanted it for that. */
	uint64_t holds[SIM_CAUSES], held_cycles[SIM_CAUSES];
	uint64_t held_since;
	/*
	 * Cycles to move the lock's line from its last holder; 0 = none. Where the holder's
	 * code touches the line itself, right behind sim_lock(), a memory model that knows
	 * where lines are charges the move: `touched`, and hand_over is for the flat one alone.
	 */
	uint32_t hand_over;
	uint16_t holder; /* the last CPU that held it */
	bool touched;
	uint8_t held_for; /* enum sim_cause */
	/*
	 * A test-and-set lock: all who wait try again and again, so that its line visits each
	 * of them before it gets to the next holder. Needs hand_over.
	 */
	bool spins;
	uint8_t ring_next;
	uint64_t ring[SIM_LOCK_RING]; /* dates at which it was left to those who waited last */
};

static inline void sim_charge(struct sim_cpu *cpu, uint32_t cycles)
{
	cpu->due += cycles;
}

static inline void sim_charge_part(struct sim_cpu *cpu, enum sim_part part, uint64_t cycles)
{
	cpu->due += cycles;
	cpu->part[part] += cycles;
}

static inline void sim_touch(struct sim_cpu *cpu, enum sim_line line, uint64_t key, bool write)
{
	struct sim_memory *m = cpu->memory;
	uint32_t cycles = m->touch ? m->touch(m, cpu, line, key, write) : m->flat_cycles[line];

	sim_charge_part(cpu, SIM_PART_MEMORY, cycles);
}

/* The same for a struct page, whose cell the kernel keeps with the page. */
static inline void sim_touch_page(struct sim_cpu *cpu, uint64_t frame, uint32_t *cell,
				  bool write)
{
	struct sim_memory *m = cpu->memory;
	uint32_t cycles = m->touch_page ? m->touch_page(m, cpu, frame, cell, write)
					: m->flat_cycles[SIM_LINE_PAGE];

	sim_charge_part(cpu, SIM_PART_MEMORY, cycles);
}

/* Copies `frames` pages from one frame on to another, or clears them: from = SIM_NO_FRAME. */
static inline void sim_pages(struct sim_cpu *cpu, uint64_t from, uint64_t to, uint64_t frames)
{
	struct sim_memory *m = cpu->memory;

	if (m->pages)
		sim_charge_part(cpu, SIM_PART_PAGES, m->pages(m, cpu, from, to, frames));
}

/*
 * The code is in another of its parts from now on, for whoever wants to know where time
 * passes. Returns the part that it has to go back to. What is on no actor never takes long.
 */
static inline unsigned sim_enter(struct sim_cpu *cpu, unsigned part)
{
	struct sim_where *where = cpu->on_actor ? cpu->port->watched(cpu) : NULL;

	return where ? sim_where_enter(where, cpu->now + cpu->due, part) : 0;
}

static inline void sim_leave(struct sim_cpu *cpu, unsigned before)
{
	sim_enter(cpu, before);
}

/* The date of this very moment of the running operation. */
static inline uint64_t sim_now(const struct sim_cpu *cpu)
{
	return cpu->now + cpu->due;
}

/*
 * What a lock that spins costs above a fair one, for somebody who came at `at` and waits:
 * every hand-over before its own takes one hand_over longer, because it spins. Who stands
 * before it has its date already, so this one pays for all of them, and gets the lock at the
 * date it should. Whoever comes later is not known yet and will pay likewise.
 *
 * The order stays first come first served. A real test-and-set lock can be overtaken by
 * somebody who is not known yet either (docs/model-limits.md).
 */
static inline void sim_lock_spin(struct sim_cpu *cpu, struct sim_lock *lock, uint64_t at)
{
	uint32_t cycles = lock->holder == cpu->id ? 0 : lock->hand_over;
	uint64_t before = 0;

	for (unsigned i = 0; i < SIM_LOCK_RING; i++)
		before += lock->ring[i] > at;
	sim_charge_part(cpu, SIM_PART_LOCK, before * cycles);
	lock->ring[lock->ring_next++ % SIM_LOCK_RING] = lock->free_at;
}

/*
 * Takes a lock, first come first served: waits until its last holder is through. Operations
 * of the dispatcher take locks in the order of their start dates, which can differ from the
 * order of the lock's arrivals by less than one fast path (docs/model-limits.md). Actors
 * settle first, unless they hold another lock: a critical section is one step, so that nobody
 * finds its lock's free date out of date.
 */
static inline void sim_lock(struct sim_cpu *cpu, struct sim_lock *lock, enum sim_cause cause)
{
	uint64_t at;

	if (cpu->on_actor && !cpu->locked)
		cpu->port->settle(cpu);
	cpu->locked++;
	at = sim_now(cpu);
	lock->taken++;
	if (lock->free_at > at) {
		uint64_t wait = lock->free_at - at;

		lock->waits[cause]++;
		sim_charge_part(cpu, SIM_PART_LOCK, wait);
		if (lock->spins)
			sim_lock_spin(cpu, lock, at);
		lock->wait_cycles[cause] += sim_now(cpu) - at;
	}
	if (lock->hand_over && lock->holder != cpu->id &&
	    !(lock->touched && cpu->memory->touch))
		sim_charge_part(cpu, SIM_PART_LOCK, lock->hand_over);
	lock->holder = cpu->id;
	lock->held_for = (uint8_t)cause;
	lock->held_since = sim_now(cpu);
}

static inline void sim_unlock(struct sim_cpu *cpu, struct sim_lock *lock)
{
	lock->free_at = sim_now(cpu);
	lock->holds[lock->held_for]++;
	lock->held_cycles[lock->held_for] += lock->free_at - lock->held_since;
	cpu->locked--;
}

#endif
