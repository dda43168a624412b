/*
 * A state that a run left (`pagesim run --save-state`), as another run finds it: beside the
 * start state the file says who the objects are, and in its report how far tasks, CPUs and
 * daemons had come and what the kernel's numbers were. docs/trace-format.md, "Saved states".
 */
#ifndef SAVED_H
#define SAVED_H

#include <jansson.h>
#include <stdbool.h>

#include "traces/trace.h"

struct saved {
	const struct trace_names *names; /* of the state's objects; the reader's */
	const char *path;                /* of the file, for errors */
	struct trace_reader *reader;     /* whose dictionary has the tasks */
	json_t *json;
	char kernel[24];
	uint64_t mhz;  /* of the clock whose cycles the dates are */
	unsigned cpus; /* of the machine */
	bool told;     /* its kernel knew what pages hold */
	bool of_trace; /* it was saved at the end of events of a trace: */
	struct trace_part at;
	uint64_t end;       /* date of the end of its last operation */
	uint64_t base_time; /* the trace's time of date 0 */
};

/* NULL and an empty err->text: the file is no saved state. Path and reader must outlive it. */
struct saved *saved_open(const char *path, struct trace_reader *reader,
			 struct trace_error *err);
void saved_free(struct saved *s);

/* A number of a list of lists: member `field` of entry `i` under key; 0 when it is not there.
 */
uint64_t saved_number(const struct saved *s, const char *key, size_t i, size_t field);
size_t saved_count(const struct saved *s, const char *key);

#endif
