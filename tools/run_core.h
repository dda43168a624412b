/*
 * What one run holds: run.c goes through its steps, run_open.c makes what it needs, run_files.c
 * writes what it leaves.
 */
#ifndef RUN_CORE_H
#define RUN_CORE_H

#include "tools/outdir.h"
#include "tools/pageblocks.h"
#include "tools/progress.h"
#include "tools/replay_save.h"
#include "tools/run.h"
#include "tools/watch.h"

struct run {
	struct run_options options;
	struct scenario *scenario;
	struct trace_reader *trace, *start; /* start: of a start state's own file */
	const struct trace_state *state;    /* where the run starts from, NULL = boot */
	bool state_is_own;
	struct trace_state *aged; /* made by ageing the machine; NULL = it was not aged */
	struct age_report age_report;
	struct saved *saved;    /* `start` was left by another run; NULL = it was not */
	struct trace_part part; /* what the trace is, where is_part */
	bool is_part;
	bool goes_on; /* the trace goes on where that run ended */
	struct replay_save_report saved_report;
	struct mm_machine machine;
	bool machine_made;
	int workload; /* descriptor of its trace; -1 = none */
	void *mm;
	struct sim_memory *memory;
	struct events events; /* of output.events */
	struct replay *replay;
	struct mm_snapshot *snap;
	struct score *score;
	struct blockers *blockers;
	struct pageblocks *before, *after; /* of a folder */
	struct result result;
	json_t *json;
	struct progress *progress;
	struct watch *watch;
	uint64_t total_events; /* of the trace, for those two; 0 = not known */
	struct outdir *dir;    /* of options.out */
	uint64_t started_ns;
	char error[1280];
};

/* Keeps the sentence for run_error(); returns status, so that callers can return it. */
int run_fail(struct run *run, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Pipes, named or not, can be read only once. */
bool run_open_rereadable(const char *path);
/* The steps in front of the replay, in this order; each returns an exit status. */
int run_open_workload(struct run *run);
int run_open_trace(struct run *run);
int run_open_kernel(struct run *run);
int run_open_memory(struct run *run);
int run_open_replay(struct run *run);

/* scenario.age: the trace of a run that has none; then the state, with the machine there. */
int run_age_without_trace(struct run *run);
int run_age(struct run *run);

/* Which part of which trace this is, and what its start state was saved in. */
int run_save_open(struct run *run);
/* output.save_state, between the last event and what the report does to the kernel. */
int run_save_write(struct run *run);

/* Before the work, so that none of it is lost to a folder that cannot be. */
int run_files_open(struct run *run);
int run_files_events(struct run *run);
/* The pageblocks before the replay. */
int run_files_begin(struct run *run);
/* Who blocks what, and the pageblocks behind the replay; the snapshot is there. */
int run_files_end(struct run *run);
/* Behind the work: all files, or none. */
int run_files_write(struct run *run);

#endif
