/*
 * The map `workload` of a scenario: a microbenchmark in place of a trace.
 */
#ifndef SCENARIO_WORKLOAD_H
#define SCENARIO_WORKLOAD_H

#include "tools/scenario.h"

/* {kind: pairs, order: 3, cpus: 4, ...}, when kernel and machine are known. A missing map is
 * none. */
bool scenario_workload_read(struct scenario *s, struct conf_node scenario_map,
			    struct conf_error *err);
/* The map as it could stand in a file. NULL when memory is short. */
json_t *scenario_workload_json(const struct scenario *s);

#endif
