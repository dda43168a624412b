/*
 * Kernel parameters as people write them: `vm:` and `cost:` maps on a kernel's tables. A bare
 * number is in the parameter's own unit; sizes and times may carry theirs ("8MiB" for KiB or
 * pages, "1s" for ms); several values are a list or stand in one text, as in /proc/sys.
 */
#ifndef SCENARIO_PARAMS_H
#define SCENARIO_PARAMS_H

#include <jansson.h>
#include <stdbool.h>

#include "model/mm_params.h"
#include "sim/conf.h"

/* Sets every entry of the map; an empty or missing one is none. False and the first error. */
bool scenario_params_read(struct conf_node map, const struct mm_param *table, void *base,
			  struct conf_error *err);

/* Sets one. */
bool scenario_params_read_one(struct conf_node at, const struct mm_param *row, void *base,
			      struct conf_error *err);

/* One parameter's value or values out of a node, a list or a text, or out of a text alone;
 * their bounds are not checked, and a text may hold fewer than the row has. */
bool scenario_params_values(struct conf_node at, const struct mm_param *row,
			    uint64_t values[MM_PARAM_VALUES], unsigned *count,
			    struct conf_error *err);
bool scenario_params_parse(const struct mm_param *row, const char *text,
			   uint64_t values[MM_PARAM_VALUES], unsigned *count, char *why,
			   size_t size);
json_t *scenario_params_values_json(const struct mm_param *row, const uint64_t *values,
				    unsigned count);

/* What a unit of the tables ("KiB", "pages", "ms") is in bytes or else in ns, the other one 0.
 * False for those that are neither. */
bool scenario_params_unit(const char *unit, uint64_t *bytes, uint64_t *ns);

/* Values as they could stand in a file: numbers, lists, choices; "default" where the preset
 * stands for something. NULL when memory is short. */
json_t *scenario_params_json(const struct mm_param *table, const void *base);

/* The preset as documentation prints it: "256 256 32", "from memory size". */
void scenario_params_preset(const struct mm_param *row, char *text, size_t size);

#endif
