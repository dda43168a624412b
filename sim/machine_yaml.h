/*
 * Inside sim/: a machine from a YAML map, docs/machines.md. machine_yaml.c reads the figures,
 * machine_nodes.c nodes, CPUs and memory, machine_disks.c disks; machine_zones.c makes zones of
 * memory, in which machine_cma.c finds areas.
 */
#ifndef SIM_MACHINE_YAML_H
#define SIM_MACHINE_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/conf.h"
#include "sim/machine.h"
#include "sim/span.h"

struct sim_machine *sim_machine_yaml_read(struct conf_node map, struct conf_error *err);
bool sim_machine_yaml_amend(struct sim_machine *m, struct conf_node map,
			    struct conf_error *err);

/* An address as below, in frames. */
bool sim_machine_nodes_address(struct conf_node at, uint64_t *frame, struct conf_error *err);
/* A range [start, end] of addresses, in frames: "0x1000", 3GiB, or a number of bytes. */
bool sim_machine_nodes_range(struct conf_node list, struct sim_span *out,
			     struct conf_error *err);

/* What the list of nodes says. */
struct sim_machine_nodes {
	unsigned n, cpus;
	struct {
		struct conf_node at;
		uint16_t id;
		struct sim_span_list memory; /* ascending, apart */
		uint64_t movable;            /* frames at its end */
	} node[SIM_MAX_NODES];
	int16_t cpu_node[SIM_MAX_CPUS]; /* -1 = no such CPU */
};

/* False leaves nothing to drop. */
bool sim_machine_nodes_read(struct conf_node list, struct sim_machine_nodes *nodes,
			    struct conf_error *err);
void sim_machine_nodes_drop(struct sim_machine_nodes *nodes);

/* Fills in the zones, holes and reserved ranges of m. */
bool sim_machine_zones_make(struct sim_machine *m, const struct sim_machine_nodes *nodes,
			    struct conf_node map, struct conf_error *err);

/* Reads the list `cma`, when there are zones. */
bool sim_machine_cma_read(struct conf_node map, struct sim_machine *m, struct conf_error *err);

/* Reads the map `disks`; what it does not name stays as it is. */
bool sim_machine_disks_read(struct conf_node map, struct sim_machine *m,
			    struct conf_error *err);

#endif
