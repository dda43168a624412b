/* The map `age:` of a scenario (docs/scenarios.md, "Ageing"). */
#ifndef SCENARIO_AGE_H
#define SCENARIO_AGE_H

#include "tools/scenario.h"

/* False and the first error; without the map nothing is changed. */
bool scenario_age_read(struct scenario *s, struct conf_node map, struct conf_error *err);
/* The map in full. NULL when memory is short. */
json_t *scenario_age_json(const struct scenario *s);
/* The argument of --age, "order=9,unusable=0.8", as if it stood in the file. */
bool scenario_age_option(struct scenario *s, const char *value, struct conf_error *err);

#endif
