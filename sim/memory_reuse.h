/*
 * What the files of the reuse model share: sim/memory_reuse.c (touches, lines that several have
 * read), sim/memory_reuse_age.c and sim/memory_reuse_age.h (clocks and ages).
 * docs/memory-models.md explains the model.
 *
 * The third part of a cell is a stamp of the owner's clock; of a line that several have read,
 * a serial number.
 */
#ifndef SIM_MEMORY_REUSE_H
#define SIM_MEMORY_REUSE_H

#include "sim/memory_place.h"
#include "sim/memory_prefetch.h"

/* Clocks count lines taken in; 32 bits behind the point. */
#define SIM_MEMORY_REUSE_LINE (UINT64_C(1) << 32)
#define SIM_MEMORY_REUSE_FINE 128u
#define SIM_MEMORY_REUSE_COARSE 256u
#define SIM_MEMORY_REUSE_SEEN 256u
#define SIM_MEMORY_REUSE_LLC_SEEN 1024u
#define SIM_MEMORY_REUSE_AGES UINT32_MAX /* older than anybody remembers */

/* Where the clocks of the larger caches stood as a segment of the CPU's clock began. */
struct sim_memory_reuse_mark {
	uint32_t l2, llc;
};

/* A shared line that somebody has read: valid while its cell still has that serial number. */
struct sim_memory_reuse_seen {
	uint64_t id;
	uint32_t serial, when;
};

struct sim_memory_reuse_llc {
	uint64_t clock;
	struct sim_memory_reuse_seen seen[SIM_MEMORY_REUSE_LLC_SEEN];
};

struct sim_memory_reuse_cpu {
	uint64_t last;      /* date at which its last touch ended */
	uint64_t clock;     /* of L1 */
	uint64_t next_mark; /* of clock */
	uint64_t clock2;    /* of L2 */
	struct sim_memory_reuse_llc *llc;
	uint32_t owned;                /* cell of a line it owns, without the stamp */
	uint32_t now;                  /* cell of a line that it has just touched */
	uint32_t fine_now, coarse_now; /* segments of clock */
	struct sim_memory_prefetch prefetch;
	struct sim_memory_reuse_mark fine[SIM_MEMORY_REUSE_FINE];
	uint32_t coarse[SIM_MEMORY_REUSE_COARSE]; /* of the last-level cache */
	struct sim_memory_reuse_seen seen[SIM_MEMORY_REUSE_SEEN];
};

struct sim_memory_reuse {
	struct sim_memory_place place; /* first */
	struct sim_memory_reuse_cpu *cpu;
	struct sim_memory_reuse_llc *llc;
	unsigned unit_shift, stamp_shift; /* a stamp = clock >> stamp_shift, in 2^unit lines */
	uint32_t young;                   /* stamps of L1: ages below this, in units */
	uint64_t young_weight;            /* what a unit of age adds to the clock then */
	unsigned fine_shift, coarse_shift;
	uint64_t weight[SIM_MEMORY_LEVELS]; /* 1 / lines of the cache */
	uint64_t most_pollution;            /* lines at a time */
	uint32_t serial;
	struct sim_memory_prefetch_costs ahead;
};

/* ---- sim/memory_reuse_age.c, and sim/memory_reuse_age.h ---- */

/* Units, segments and weights by the machine's caches; what a CPU begins with. */
void sim_memory_reuse_age_init(struct sim_memory_reuse *r);
/* Whole segments of the CPU's clock have passed. */
void sim_memory_reuse_age_mark(struct sim_memory_reuse *r, struct sim_memory_reuse_cpu *c);

#endif
