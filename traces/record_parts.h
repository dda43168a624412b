/*
 * What the recorder's files share:
 *
 *   record            the steps in their order
 *   record_instance   the ring buffer in tracefs: made, set up, probed, counted, removed
 *   record_events     which events, and their formats
 *   record_pages      from the ring buffer to files
 *   record_state      the snapshots
 *   record_command    the command that is recorded
 *   record_files      small files
 */
#ifndef RECORD_PARTS_H
#define RECORD_PARTS_H

#include <sys/types.h>

#include "traces/import_raw.h"
#include "traces/record.h"
#include "traces/trace_error.h"

#define RECORD_PATH 4096
#define RECORD_TICK_NS 20000000 /* how often the buffers are looked at */
#define RECORD_TEXTS 8          /* of a snapshot */

struct record_cpu {
	unsigned number;
	int from, to; /* its ring buffer, its file */
};

struct record {
	const struct record_options *o;
	struct record_result *res;
	struct trace_error *err;
	const char *proc;
	char tracefs[RECORD_PATH / 2];
	char instance[RECORD_PATH]; /* its folder, empty = none */
	int marker;
	int pipe[2];
	struct record_cpu *cpus;
	unsigned ncpus;
	struct import_raw_layout layout; /* of a sub-buffer */
	uint8_t *page_bytes;
	bool has_folder, stop;
	struct import_source comms; /* names of tasks, nothing else */
	uint64_t ticks, work_began; /* ns, 0 = not yet */

	uint64_t *flags; /* of kpageflags, in memory of its own */
	size_t flags_bytes, flags_read;
	char *texts[RECORD_TEXTS];
	size_t text_bytes[RECORD_TEXTS];

	pid_t child;                    /* 0 = none is running */
	unsigned long long child_began; /* as /proc/PID/stat says */
	int nice;                       /* the recorder's before it raised itself */
};

/* Takes what the buffers have and asks the watch; false when there is to be no recording. */
bool record_tick(struct record *r);
uint64_t record_now(void);

/* An error with errno; `kind` unless errno says that rights are missing, or space. */
bool record_files_error(struct trace_error *err, enum trace_trouble kind, const char *path);
bool record_files_path(char *to, struct trace_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A whole file whose size nobody knows, with a NUL behind it; malloc()ed. */
char *record_files_read(const char *path, size_t *size, struct trace_error *err);
/* Writes a word into a file of the kernel's; errno stays what it was on failure. */
bool record_files_set(const char *path, const char *text, struct trace_error *err);
/* A new file in the recording's folder. */
bool record_files_put(struct record *r, const char *name, const void *data, size_t size,
		      bool append);

/* Finds tracefs, removes what dead recorders left, makes the instance, sets it up. */
bool record_instance_make(struct record *r);
/* A file of the instance: a word into it. */
bool record_instance_set(struct record *r, const char *name, const char *text);
bool record_instance_mark(struct record *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Sizes the buffers, after a look at how much the events make when they have to be. */
bool record_instance_size(struct record *r);
/* Counts and losses, also into the folder's file `stats`. */
bool record_instance_count(struct record *r);
void record_instance_remove(struct record *r);

/* Switches the set's events on, saves their formats. */
bool record_events_enable(struct record *r);

bool record_pages_open(struct record *r);
bool record_pages_drain(struct record *r);
/* Also sub-buffers that are not full; after tracing has ended. */
bool record_pages_rest(struct record *r);
void record_pages_close(struct record *r);

/* Memory for kpageflags, before anything is recorded. */
bool record_state_prepare(struct record *r);
/* Reads a snapshot, with its marks; then writes it to the folder. */
bool record_state_take(struct record *r, unsigned which);
bool record_state_write(struct record *r, unsigned which);
void record_state_free(struct record *r);

bool record_command_start(struct record *r);
/* Whether it still runs. */
bool record_command_runs(struct record *r);
/* Ends it and what it started, unless it has ended by itself. */
void record_command_stop(struct record *r);

#endif
