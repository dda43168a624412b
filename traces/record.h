/*
 * Records the page allocator's events of this machine: a ring buffer of its own in tracefs, its
 * sub-buffers spliced into files, snapshots of what every frame is before and after. The folder
 * it leaves is what trace_import() takes (docs/trace-record.md).
 *
 * Needs root. The ring buffer is gone again when record_run() returns, whatever it returns,
 * unless another process keeps it open; one that a killed recorder left is removed by the next.
 */
#ifndef RECORD_H
#define RECORD_H

#include "traces/trace.h"

enum record_set { RECORD_CORE, RECORD_STD, RECORD_LRU };

/* False for a name that is none. */
bool record_events_set(const char *name, enum record_set *set);

enum record_wish {
	RECORD_GO_ON,
	RECORD_STOP,  /* the recording ends here */
	RECORD_ABORT, /* nothing is to be left */
};

/* Called some fifty times a second, with the time since the begin of the work and what has been
 * read so far. */
typedef enum record_wish record_watch(void *ctx, uint64_t ns, uint64_t bytes);

struct record_options {
	const char *folder; /* to be made; must not be there yet */
	enum record_set set;
	uint64_t buffer_bytes;  /* of each cpu; 0 = from a probe of the rate */
	char *const *command;   /* ends with NULL; NULL = none */
	bool command_to_stderr; /* what it prints to standard output */
	uint64_t seconds;       /* without a command; 0 = until the watch says so */
	bool keep_comm;
	record_watch *watch; /* NULL = none */
	void *watch_ctx;

	/* For tests: the places, and how an instance is made and removed (as mkdir and rmdir).
	 */
	const char *tracefs, *proc;
	int (*make)(const char *path);
	int (*remove)(const char *path);
};

struct record_result {
	uint64_t work_ns, recorded_ns; /* of the work; of everything in the trace */
	uint64_t events, bytes, lost;
	uint64_t buffer_bytes;  /* of each cpu */
	uint64_t probe_rate;    /* bytes a second of the busiest cpu before the work; 0 = not
				   probed */
	uint64_t fullest_bytes; /* the most that one cpu's buffer had between two looks */
	uint64_t enough_bytes;  /* with losses: a buffer that would have done */
	unsigned cpus;          /* with a buffer */
	unsigned stale;         /* instances of dead recorders that were removed */
	bool left;              /* its own could not be removed: another process uses it */
	int command_status;     /* as waitpid() gives it */
	char missing[512];      /* events of the set that this kernel does not have */
};

/*
 * True also when events were lost (result->lost): the folder is then whole but for these. On
 * failure the folder is gone. A command that is still running then is told to end (SIGTERM,
 * after two seconds SIGKILL) with all that it has started, and waited for. While a command runs
 * the caller is the subreaper of its processes, and any child of it that ends is waited for
 * here.
 */
bool record_run(const struct record_options *o, struct record_result *result,
		struct trace_error *err);

/* Removes a folder that record_run() made. */
void record_files_remove(const char *folder);

#endif
