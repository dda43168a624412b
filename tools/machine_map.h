/*
 * The machine between folders: sim_machine (the modelled hardware) to mm_machine (what a
 * kernel sees at boot), and a trace's header to sim_machine.
 */
#ifndef MACHINE_MAP_H
#define MACHINE_MAP_H

#include <stdbool.h>

#include "model/mm_policy.h"
#include "sim/machine.h"
#include "traces/trace.h"

/*
 * The machine as that kernel sees it; NULL = as it is.
 *
 * 2.4 has no DMA32 and no Movable: a node of x86_64 has DMA (below frame 4096) and Normal (the
 * rest), one of i386 DMA, Normal and HighMem. A zone is one run of frames; what lies between
 * its parts becomes a hole. Frame 0 belongs to its zone and is reserved: blocks of 2.4 begin
 * where their zone does.
 *
 * CMA areas are 4.12's alone.
 *
 * *out looks into m for cpu_node, node_online and distance, and owns its zones, holes, areas
 * and reserved ranges: machine_map_free(). m must outlive *out. hz is the machine's, or
 * default_hz (the kernel's own) where the machine says nothing. False and a sentence when the
 * kernel cannot have the machine's zones (memory of another node lies between the parts of
 * one), or memory is short.
 */
bool machine_map(const struct sim_machine *m, const struct mm_policy *kernel,
		 uint64_t default_hz, struct mm_machine *out, struct conf_error *err);
void machine_map_free(struct mm_machine *out);

/*
 * The machine a trace was recorded on: CPUs, nodes, zones, holes, reserved ranges and
 * distances (10/20 where the trace has none) from its header; clock and latencies, which no
 * trace records, are sim_machine_new()'s generic ones. NULL and a sentence on failure: the
 * header has no zones, or is not consistent. Freed with sim_machine_free().
 */
struct sim_machine *machine_map_from_header(const struct trace_header *header,
					    struct conf_error *err);

#endif
