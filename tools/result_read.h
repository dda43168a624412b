/*
 * Reads what a run left: result.json, of its folder or by itself, checked for format, version
 * and that nobody changed it: result_digest has to be that of what stands in the file.
 *
 *	struct result_read r;
 *	struct result_read_error err;
 *
 *	if (!result_read_open("results/a", &r, &err))
 *		return options_fail(&spec, err.status, "%s", err.text);
 *	metric_list_new(r.json), ...
 *	result_read_close(&r);
 */
#ifndef RESULT_READ_H
#define RESULT_READ_H

#include <jansson.h>
#include <stdbool.h>

#include "sim/hist_log.h"

struct result_read {
	json_t *json; /* all of result.json */
	char *name;   /* the file, "stdin" for "-": what messages call it */
	char *folder; /* where latency.hlog and the others lie; NULL for "-" */
	/* What stands in json, for short. */
	const char *kernel, *digest;
	unsigned clock_mhz; /* cycles of 1 us; 0 = the scenario does not say */
};

/* The sentence begins with the file's name, and line and column where it is no JSON. */
struct result_read_error {
	int status; /* 2: there is no such file; 3: it is no result, or damaged; 4: memory, I/O
		     */
	char text[1024];
};

/* A folder with a result.json in it, a file, or "-". On failure *r is empty. */
bool result_read_open(const char *path, struct result_read *r, struct result_read_error *err);
/* The same of a result that is there already; takes a reference of its own. */
bool result_read_json(json_t *json, const char *name, struct result_read *r,
		      struct result_read_error *err);
void result_read_close(struct result_read *r);

/*
 * The histograms that lie beside it, to be freed with sim_hist_log_free(). A result can do
 * without: then *there is false and *log empty. One that is of another run is bad data.
 */
bool result_read_log(const struct result_read *r, struct sim_hist_log *log, bool *there,
		     struct result_read_error *err);

#endif
