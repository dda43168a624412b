/*
 * Libraries that trust their input read it in a process of its own: whatever happens to that
 * process is one sentence here. It sends back what it read: messages of two 32-bit words, tag
 * and size, then so many bytes. What it prints goes nowhere.
 */
#ifndef IMPORT_CHILD_H
#define IMPORT_CHILD_H

#include "traces/import.h"

enum import_child_tag {
	IMPORT_CHILD_EVENTS,   /* struct import_event[] */
	IMPORT_CHILD_GFP,      /* text; its index is the number of those before */
	IMPORT_CHILD_TEXT,     /* likewise */
	IMPORT_CHILD_EXTRA,    /* struct import_extra, likewise */
	IMPORT_CHILD_COMM,     /* int32_t pid, text */
	IMPORT_CHILD_OTHER,    /* uint64_t count, name of an event that is not used */
	IMPORT_CHILD_META,     /* struct import_child_meta */
	IMPORT_CHILD_PROGRESS, /* uint64_t bytes read */
	IMPORT_CHILD_ERROR,    /* struct trace_error */
	IMPORT_CHILD_DONE
};

struct import_child_meta {
	uint64_t lost, first_lost, unknown_gfp;
	uint32_t cpus;
};

/* False when the parent has gone. */
bool import_child_send(int out, enum import_child_tag tag, const void *data, size_t size);

struct import_child_job {
	const char *label;
	uint64_t bytes; /* of the input: limits its time, 100 % of the progress */
	/* Runs in the process: sends what it finds to `out`, DONE at the end. */
	bool (*read)(void *ctx, struct import_source *s, int out, struct trace_error *err);
	void *ctx;
};

/* Starts the process and takes its events into *s. */
bool import_child(const struct import_child_job *job, struct import_source *s,
		  struct import_progress progress, struct trace_error *err);

#endif
