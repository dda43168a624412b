/*
 * What a run leaves: one struct that the summary, result.json and the CSV files are written
 * from. docs/result-format.md specifies result.json.
 */
#ifndef RESULT_H
#define RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/blockers.h"
#include "tools/latency_rows.h"
#include "tools/replay.h"
#include "tools/replay_save.h"
#include "tools/scenario.h"
#include "tools/score.h"

#define RESULT_VERSION 1

/* Everything is looked at, nothing is owned, but for rows. */
struct result {
	const struct scenario *scenario;
	const struct trace_header *trace;
	char trace_digest[33];
	const struct mm_snapshot *snap; /* at the end */
	const struct replay_counts *counts;
	const struct replay_node_counts *nodes; /* [nodes of the machine] */
	const struct mm_orders *spells;         /* NULL: the kernel does not tell */
	const struct blockers *blockers;
	const struct replay_sysctl_note *sysctl_notes; /* [nsysctl_notes] */
	unsigned nsysctl_notes;
	const struct series *series;
	struct latency_rows rows;
	const struct score *score; /* NULL = there is no recorded end to compare with */
	bool other_zones; /* ... because this kernel's zones are not the recorded ones */
	struct sim_engine_stats engine;
	struct replay_world_stats world; /* of a kernel with daemons */
	bool strict;
	uint64_t recorded_min_free_kbytes;      /* taken from the recording; 0 = not */
	const char *start_used;                 /* "boot", "trace" or the file */
	bool goes_on;                           /* ... the run before ended there */
	const struct age_report *age;           /* NULL = the machine was not aged */
	const struct replay_save_report *saved; /* NULL = nothing was saved */

	struct {
		uint64_t wall_ns;       /* the whole run: start state, replay, report */
		uint64_t replay_ns;     /* decoding and replaying alone */
		uint64_t replay_cpu_ns; /* ... in which the process had a CPU */
		uint64_t peak_rss_kib;
	} host;
};

/* The whole of result.json, with result_digest. NULL when memory is short. */
json_t *result_json(const struct result *r);

/*
 * XXH3-128 over the canonical JSON (sorted keys, no spaces) of counters, latency,
 * fragmentation, series and final_state, as 32 hex digits. False when memory is short.
 */
bool result_digest(const json_t *result, char digest[33]);
/* XXH3-128 of some bytes, as 32 hex digits; and of all of some other JSON. */
void result_digest_text(const char *text, size_t size, char digest[33]);
bool result_digest_of(const json_t *json, char digest[33]);

/* Members of result.json that are numbers, for the files that put it together. */
void result_set_number(json_t *map, const char *name, uint64_t value);
void result_set_numbers(json_t *map, const char *name, const uint64_t *values, unsigned n);

/* Requests of the trace that the kernel would never have answered. Their time is of no kernel.
 */
uint64_t result_reclaim_given_up(const struct result *r);
/* The part of the summary that a kernel with daemons has (result_reclaim.c). */
void result_reclaim_text(FILE *out, const struct result *r);
/* counters.reclaim and counters.disks. */
json_t *result_reclaim_json(const struct result *r);
json_t *result_reclaim_disks_json(const struct result *r);

/* Writes of kernel parameters in mid-run, where there are any (result_sysctl.c). */
bool result_sysctl_any(const struct result *r);
void result_sysctl_text(FILE *out, const struct result *r);
json_t *result_sysctl_json(const struct result *r);

/* Locks by what they were wanted for, and what CPUs were held up by (result_locks.c). */
json_t *result_locks_json(uint64_t taken, const uint64_t waits[SIM_CAUSES],
			  const uint64_t cycles[SIM_CAUSES]);
/* How often and how long a lock was held, by what it was wanted for. */
json_t *result_locks_held_json(const uint64_t holds[SIM_CAUSES],
			       const uint64_t cycles[SIM_CAUSES]);
/* counters.locks, those of no zone; counters.cpus. */
json_t *result_locks_others_json(const struct result *r);
json_t *result_locks_cpus_json(const struct result *r);
void result_locks_text(FILE *out, const struct result *r);

/* Isolation of page frames, where it was asked for (result_isolate.c). */
bool result_isolate_any(const struct result *r);
void result_isolate_text(FILE *out, const struct result *r);
json_t *result_isolate_json(const struct result *r);

/* What became of each order (result_orders.c): counters.orders, orders_by_node, fallbacks. */
json_t *result_orders_json(const struct result *r);
json_t *result_orders_by_node_json(const struct result *r);
json_t *result_orders_fallbacks_json(const struct result *r);
void result_orders_text(FILE *out, const struct result *r);

/* What blocks orders in a zone: fragmentation[].blockers; of all zones, in short
 * (result_blockers.c). */
json_t *result_blockers_json(const struct result *r, unsigned zone);
void result_blockers_text(FILE *out, const struct result *r);

/* series (result_series.c). */
json_t *result_series_json(const struct result *r);

/* Where the run began and what it leaves (result_state.c). */
bool result_state_any(const struct result *r);
void result_state_text(FILE *out, const struct result *r);
json_t *result_state_json(const struct result *r);

/* What a workload of the scenario measured (result_workload.c). */
void result_workload_text(FILE *out, const struct result *r);
json_t *result_workload_json(const struct result *r);

/* Simulated cycles as a time for people: "4.706 s". */
void result_text_time(char *text, size_t size, uint64_t cycles, uint64_t mhz);

/* latency.csv (result_csv.c) and series.csv (result_series.c). */
void result_csv_latency(FILE *out, const struct result *r);
void result_series_csv(FILE *out, const struct result *r);

/* latency.hlog: a histogram for each row of latency.csv. False when memory is short. */
bool result_hlog(FILE *out, const struct result *r);

/* The table that `pagesim run` prints (result_text.c). */
void result_text(FILE *out, const struct result *r);

#endif
