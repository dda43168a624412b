/*
 * The memory model of a scenario: `memory_model:` and the map `memory:`.
 */
#ifndef SCENARIO_MEMORY_H
#define SCENARIO_MEMORY_H

#include "model/mm_params.h"
#include "tools/scenario.h"

/* What `memory:` may hold beside `flat:`; values of struct sim_memory_params. Ends with a row
 * whose name is NULL. */
extern const struct mm_param scenario_memory_params[];

/* Reads both keys of a scenario into s->memory_kind and s->memory; false and the first error.
 */
bool scenario_memory_read(struct scenario *s, struct conf_node map, struct conf_error *err);
/* Whether the machine's clock leaves its times within what can be counted; false and a
 * sentence. Once the machine is known. */
bool scenario_memory_check(const struct scenario *s, char *text, size_t size);
/* The map `memory:` in full. NULL when memory is short. */
json_t *scenario_memory_json(const struct scenario *s);

#endif
