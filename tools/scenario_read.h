/* Inside scenario: the maps of a scenario file, except its machine. */
#ifndef SCENARIO_READ_H
#define SCENARIO_READ_H

#include "tools/scenario.h"

/* Everything but the machine; the keys of the map are checked first. */
bool scenario_read_map(struct scenario *s, struct conf_node map, struct conf_error *err);

/* *out is replaced by the path at n, relative to the file that names it. */
bool scenario_read_path(struct conf_node n, const char *key, char **out,
			struct conf_error *err);
/* Opens the file that n names; if it cannot be read, the error is at n. */
struct conf_file *scenario_read_open(struct conf_node n, const char *path,
				     struct conf_error *err);

#endif
