/* What the files of the list of figures share: see tools/metric.h. */
#ifndef METRIC_CORE_H
#define METRIC_CORE_H

#include "tools/metric.h"

/* A figure more; the name is copied. False when memory is short. */
bool metric_put(struct metric_list *list, const char *name, double value);

/* Puts all figures of a result (metric_walk.c). False when memory is short. */
bool metric_walk_result(struct metric_list *list, const json_t *result);

/* Puts figures of the whole machine, made of its zones' and locks' (metric_totals.c). */
bool metric_totals(struct metric_list *list, const json_t *result);

#endif
