/*
 * The machine between folders: sim_machine (the modelled hardware) to mm_machine (what a
 * kernel sees at boot), and a trace's header to sim_machine.
 */
#ifndef MACHINE_MAP_H
#define MACHINE_MAP_H

#include <stdbool.h>

#include "model/mm_machine.h"
#include "sim/machine.h"
#include "traces/trace.h"

/*
 * *out looks into m for cpu_node, node_online and distance, and owns its zones, holes and
 * reserved ranges: machine_map_free(). m must outlive *out. hz is the machine's, or
 * default_hz (the kernel's own) where the machine says nothing. False when memory is short.
 */
bool machine_map(const struct sim_machine *m, uint64_t default_hz, struct mm_machine *out);
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
