/* Lists of figures, printed: for people, as JSON, and which there are at all. */
#ifndef METRIC_PRINT_H
#define METRIC_PRINT_H

#include <stdio.h>

#include "tools/metric.h"

void metric_print_text(FILE *out, const struct metric_list *list);
/* False when memory is short or `out` did not take it. */
bool metric_print_json(FILE *out, const struct metric_list *list);
/* The table of patterns, units and directions as Markdown. */
void metric_print_kinds(FILE *out);

#endif
