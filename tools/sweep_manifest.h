/*
 * The manifest of a sweep: every point that is to be done, as JSON lines (docs/sweeps.md). It
 * is made by sweep_plan_make() and is all that is needed to do the points, here or elsewhere,
 * but for the trace files.
 */
#ifndef SWEEP_MANIFEST_H
#define SWEEP_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SWEEP_MANIFEST_VERSION 1
#define SWEEP_MANIFEST_NONE SIZE_MAX

/* A trace, or a file with a start state. */
struct sweep_manifest_file {
	const char *path, *digest;
	uint64_t events, allocs; /* of a trace; 0 = not known */
	bool has_state;
	json_t *json;
};

struct sweep_manifest_point {
	char id[33];
	size_t trace, start; /* of files[], or SWEEP_MANIFEST_NONE */
	size_t machine;      /* of machines[] */
	uint64_t events;     /* of a workload, 0 = the trace tells */
	json_t *values;      /* axis -> text, as the sweep file has it */
	json_t *patch;       /* from the head's scenario to this one's */
};

struct sweep_manifest {
	json_t *head; /* the first line */
	json_t *axes; /* of it: [{key, unit}] */
	struct sweep_manifest_file *files;
	size_t nfiles;
	json_t **machines;
	size_t nmachines;
	struct sweep_manifest_point *points;
	size_t npoints;
};

struct sweep_manifest_error {
	int status; /* 2: there is no such file, or it is of another version; 3: damaged; 4 */
	char text[1024];
};

/* NULL on failure. "-" reads stdin. */
struct sweep_manifest *sweep_manifest_open(const char *path, struct sweep_manifest_error *err);
/* The same from memory; `name` is what errors call it. */
struct sweep_manifest *sweep_manifest_parse(const char *text, size_t size, const char *name,
					    struct sweep_manifest_error *err);
void sweep_manifest_free(struct sweep_manifest *m);

/* The point's whole scenario, without `trace` and without a `start` that is a file. A reference
 * of the caller's own; NULL when memory is short. */
json_t *sweep_manifest_scenario(const struct sweep_manifest *m, size_t point);
/* The number of the point with that id, or SWEEP_MANIFEST_NONE. */
size_t sweep_manifest_find(const struct sweep_manifest *m, const char *id);

#endif
