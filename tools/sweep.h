/*
 * A sweep: which configurations are to be tried, as a sweep file says it (docs/sweeps.md).
 *
 * Every axis is a YAML path of a scenario. Axes that change together (a zipped or a sampled
 * set) are one group, each other axis is a group of its own; a point is one row of each group,
 * and all combinations are points but those that a constraint rules out.
 *
 * Functions that take an error return false with "FILE:LINE:COLUMN: ..." in it: a configuration
 * error, exit status 2.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/conf.h"
#include "tools/scenario.h"

#define SWEEP_MOST_POINTS 10000000

struct sweep_value {
	char *text;          /* for the scenario */
	char *shown;         /* as the file has it, for tables */
	bool raw;            /* a scalar, taken as it is; else YAML, a list or map */
	struct conf_node at; /* where it comes from, for errors */
};

/* The values of one axis, in their order. */
struct sweep_values {
	struct sweep_value *value;
	size_t n;
};

struct sweep_group {
	char **keys; /* [nkeys] */
	size_t nkeys, nrows;
	struct sweep_values *columns; /* [nkeys], each with nrows values */
	bool fixed;                   /* `set`: one row, of every point alike: no axes */
};

struct sweep {
	struct conf_file *file;
	const char *name, *question; /* NULL = not given */
	struct conf_node base;       /* of the file; yaml NULL = none */
	struct sweep_group *groups;
	size_t ngroups;
	struct conf_node constraints, objectives; /* lists, or yaml NULL */
};

/* NULL on failure. "-" reads stdin. */
struct sweep *sweep_read(const char *path, struct conf_error *err);
void sweep_free(struct sweep *s);

/* Combinations in all; more than SWEEP_MOST_POINTS is refused by sweep_read(). */
uint64_t sweep_combinations(const struct sweep *s);
/* The row of each group in combination `number`: the last group changes fastest. */
void sweep_rows(const struct sweep *s, uint64_t number, size_t rows[]);

/* The scenario of a combination, with everything set and nothing resolved: scenario_finish()
 * comes next. NULL on failure. */
struct scenario *sweep_scenario(const struct sweep *s, const size_t rows[],
				struct conf_error *err);

/* Whether a combination meets every constraint (sweep_rule.c). */
bool sweep_rule_all(const struct sweep *s, const size_t rows[], bool *holds,
		    struct conf_error *err);

/* ---- what the files behind sweep_read() share ------------------------------------------- */

/* An axis as the file has it: a list, {from, to, steps, scale}, or {files: "*.pgt"}
 * (sweep_axis.c). */
bool sweep_axis_read(const char *key, struct conf_node at, struct sweep_values *out,
		     struct conf_error *err);
/* A single value. */
bool sweep_axis_one(const char *key, struct conf_node at, struct sweep_values *out,
		    struct conf_error *err);
/* n values at given places of an axis, 0 to 2^32 - 1: of a list that many equal parts, of a
 * range its length. */
bool sweep_axis_at(const char *key, struct conf_node at, const uint32_t *places, size_t n,
		   struct sweep_values *out, struct conf_error *err);
void sweep_axis_free(struct sweep_values *values);
/* The map `sample` as one group (sweep_sample.c). */
bool sweep_sample_read(struct conf_node map, struct sweep_group *out, struct conf_error *err);

#endif
