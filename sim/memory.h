/*
 * Memory models: what the cache lines that a kernel touches cost, and what clearing and
 * copying pages costs. All three are a struct sim_memory (port.h):
 *
 *   flat   every access to a kind of line costs the same, wherever the line is; page work
 *          costs nothing
 *   reuse  a line's last CPU and how many lines that CPU has taken in since tell where it is
 *   cache  tags of every cache: slower, the reference that `reuse` is held against
 *
 * How they work and where they are wrong: docs/memory-models.md. A run with the same touches
 * at the same dates gives the same cycles on every host.
 */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine.h"
#include "sim/port.h"

enum sim_memory_kind { SIM_MEMORY_FLAT, SIM_MEMORY_REUSE, SIM_MEMORY_CACHE };

/* "flat", "reuse", "cache", and NULL behind them. */
extern const char *const sim_memory_names[];

struct sim_memory_params {
	/* Lines that applications bring into all caches of their CPU in 1000 cycles between two
	 * operations of the kernel there. */
	uint64_t pollution;
	/* 1: the CPUs' hardware fetches struct pages ahead; 0: it does not. Never on i386. */
	uint64_t prefetch;
	/* What a core takes to clear or copy 4 KiB of its node's memory; 0 = the figure of the
	 * machine's architecture. */
	uint64_t clear_ns, copy_ns;
	uint32_t flat_cycles[SIM_LINES]; /* of the flat model, sim/memory_flat.h */
	/* The node of each zone's lines by the zone's number, [nzones]; may be NULL: lines then
	 * are at home where they are touched first. */
	const uint16_t *zone_node;
	unsigned nzones;
};

void sim_memory_preset(struct sim_memory_params *p);

/*
 * The model of a machine that passes sim_machine_check(). Both arguments may go away after the
 * call. Freed with sim_memory_free(); one belongs to one simulation, whose CPUs it knows
 * by cpu->id. NULL when memory is short.
 */
struct sim_memory *sim_memory_new(enum sim_memory_kind kind, const struct sim_machine *machine,
				  const struct sim_memory_params *params);
void sim_memory_free(struct sim_memory *memory);

/* Whether host memory was short when the model had to grow: its cycles are then worthless. */
bool sim_memory_failed(const struct sim_memory *memory);

#endif
