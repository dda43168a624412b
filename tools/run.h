/*
 * One run from a scenario to its result: the trace is opened, the machine and the kernel are
 * made, everything is replayed, and what came out is there to be looked at or written to a
 * folder. `pagesim run` is one of these; whatever makes several runs makes several of these,
 * one after the other or in processes of their own.
 *
 *	struct run *run = run_new(scenario, &(struct run_options){ .out = "results/a" });
 *	int status = run_go(run);
 *
 *	if (status)
 *		fprintf(stderr, "%s\n", run_error(run));
 *	else
 *		result_text(stdout, run_result(run));
 *	run_free(run);
 *
 * At most one run is under way in a process: the engine is the process's.
 */
#ifndef RUN_H
#define RUN_H

#include <jansson.h>
#include <stdbool.h>

#include "tools/result.h"
#include "tools/scenario.h"

struct run_options {
	const char *out; /* folder for result.json and the others, NULL = no files */
	uint64_t check;  /* audit the whole state every so many events, 0 = never */
	bool strict;     /* every operation on an actor: the same bits, slowly */
	bool progress;   /* on stderr, when that is a terminal */
	bool watch;      /* a live view there instead: watch_possible() has said yes */
	/* Where the number of events replayed so far is written, for who looks at it from
	 * another process; NULL = nobody does. */
	volatile uint64_t *events;
	const struct trace_share *share; /* the trace's events, if somebody has decoded them */
	const char
		*trace_digest; /* 32 hex digits, when known; NULL = the trace is read for it */
};

struct run;

/* Takes over a scenario that is finished (scenario_finish()). The options are copied, what they
 * point to has to outlive the run. NULL when memory is short: the scenario is then freed. */
struct run *run_new(struct scenario *scenario, const struct run_options *options);
void run_free(struct run *run);

/*
 * All of it, once. The program's exit status: 0, 1 (an audit found what cannot be), 2 (the
 * scenario does not fit), 3 (bad input), 4 (the machine failed), 130 (SIGINT, SIGTERM or SIGHUP
 * while it replayed). Files are in their folder when it returns 0, and else not at all.
 */
int run_go(struct run *run);
/* Why it was not 0: one sentence without the program's name. */
const char *run_error(const struct run *run);

/*
 * What a scenario takes from its trace: the machine, where it has none of its own, and with it
 * the recorded memory reserve (*recorded_kbytes, 0 = not taken). run_go() does so by itself.
 * Exit status 0, 2 or 3, then with a sentence.
 */
int run_open_resolve(struct scenario *s, const struct trace_header *h,
		     uint64_t *recorded_kbytes, struct conf_error *err);

/* Audits that were made, all of them without a finding. */
uint64_t run_checks(const struct run *run);
/* After run_go() gave 0; both belong to the run. */
const struct result *run_result(const struct run *run);
/* The whole of result.json, with result_digest. */
json_t *run_json(const struct run *run);

/* As result.json stands in a file: sorted keys, indented. False when `out` did not take it. */
bool run_write_json(FILE *out, const json_t *json);

struct outdir;
/* A folder holds one result: what a run before has left there, of another kernel or with a
 * series or bands that this one has not, goes when the new files are in place. */
void run_files_replace(struct outdir *dir);

#endif
