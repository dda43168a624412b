/*
 * The list `changes` of a scenario: kernel parameters that are written while the kernel runs,
 * and page frames that are isolated.
 */
#ifndef SCENARIO_CHANGES_H
#define SCENARIO_CHANGES_H

#include "tools/scenario.h"

/* [{at: 2s, set: {vm.min_free_kbytes: 64MiB}}, {at: 3s, isolate: {pfn: 28672, pageblocks: 2}},
 * ...] in the order of their dates; every write is one that the scenario's kernel takes. A
 * missing list is none. */
bool scenario_changes_read(struct scenario *s, struct conf_node list, struct conf_error *err);
/* The list as it could stand in a file. NULL when memory is short. */
json_t *scenario_changes_json(const struct scenario *s);

#endif
