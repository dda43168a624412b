/*
 * The figures of a result as one flat list of named numbers: what rules of `pagesim check`,
 *tables of `pagesim compare`, objectives of sweeps and bands over seeds are about.
 *docs/metrics.md has the names.
 *
 *	latency.alloc.order0.p99                      cycles, less is better
 *	fragmentation.node0.Normal.order9.unusable    index 0..1, less is better
 *	counters.orders.order9.first_failure          cycles, later is better, may be "never"
 *	counters.vmstat.allocstall_normal             requests, less is better
 *
 * Names are made from the keys of result.json, so that a figure that is new there has a name at
 * once; unit and direction come from a table of patterns (metric_kinds), and what no pattern
 * knows is a number without unit of which neither direction is better.
 */
#ifndef METRIC_H
#define METRIC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum metric_better { METRIC_NEITHER, METRIC_LESS, METRIC_MORE };

/* Of all figures whose name fits the pattern; the first one that fits counts. */
struct metric_kind {
	const char *pattern;
	const char *unit;
	enum metric_better better;
	const char *doc;
};

extern const struct metric_kind metric_kinds[]; /* ends with a pattern that is NULL */

struct metric {
	char *name;
	double value; /* INFINITY: it never happened (first_failure) */
	const struct metric_kind *kind;
	bool of_host; /* measured on the host ("host.*"): never the same twice */
};

/* In the order for people: requests first, host last; within, by name, numbers by their size.
 */
struct metric_list {
	size_t n;
	struct metric *metrics;
};

/* All of result.json but series, scenario and engine. NULL when memory is short. */
struct metric_list *metric_list_new(const json_t *result);
void metric_list_free(struct metric_list *list);

/* Which of two stands first in a list: less than, equal to or more than 0. */
int metric_order(const struct metric *a, const struct metric *b);

/* NULL: this result has no figure of that name. */
const struct metric *metric_find(const struct metric_list *list, const char *name);
/* Whether the name fits: * is any characters, dots as well, ? is one, [a-z] one of these. */
bool metric_fits(const char *pattern, const char *name);
/* Whether it is a pattern, or one name. */
bool metric_is_pattern(const char *text);
/* How many figures fit. */
size_t metric_count(const struct metric_list *list, const char *pattern);
/* The name that somebody probably meant, or NULL. */
const char *metric_nearest(const struct metric_list *list, const char *name);

/* For people: "8143", "0.478", "never", with at most 3 decimals. */
#define METRIC_TEXT 32
void metric_print(double value, char text[METRIC_TEXT]);
/* The same as JSON: a whole number where it is one, null for never. */
json_t *metric_json(double value);

#endif
