/*
 * What a run is to do: machine, kernel, its parameters, the trace and how it is replayed.
 * Read from a scenario file (docs/scenarios.md), command-line options and --set, in that
 * order of precedence from low to high; everything is checked as a whole at the end.
 *
 * A life: scenario_new(), then scenario_read_file(), scenario_option(), scenario_set() in any
 * order, then scenario_finish(). Only then are the members below filled in. Without a machine
 * of its own the scenario takes the trace's: scenario_machine().
 *
 * Every function that takes an error returns false with a finished sentence in it
 * ("file:line:column: ..." or "--set key=value: ..."): a configuration error, exit status 2.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/mm_policy.h"
#include "sim/conf.h"
#include "sim/machine.h"
#include "sim/memory.h"
#include "tools/age.h"
#include "tools/change.h"
#include "tools/task_rules.h"
#include "tools/workload.h"
#include "traces/trace.h"

enum scenario_start {
	SCENARIO_START_DEFAULT, /* trace if the file holds a start state, else boot */
	SCENARIO_START_BOOT,
	SCENARIO_START_TRACE,
	SCENARIO_START_FILE, /* start_path */
};

enum scenario_pacing { SCENARIO_CLOSED, SCENARIO_OPEN, SCENARIO_ASAP, SCENARIO_THINK };

enum scenario_access { SCENARIO_ACCESS_NONE, SCENARIO_RECORDED, SCENARIO_WORKING_SET };

/* Sets of these are in output.series. */
enum scenario_series {
	SCENARIO_BUDDYINFO = 1, /* free blocks */
	SCENARIO_EXTFRAG = 2,   /* unusable and extfrag index */
};

struct scenario {
	struct sim_machine *machine; /* NULL until scenario_machine() = the trace's own */
	char *machine_path;          /* NULL = inline, or the trace's own */
	const struct mm_policy *policy;
	void *params, *costs;     /* policy->params_size, costs_size bytes, all values filled */
	char *trace_path;         /* NULL = none given; "-" = stdin */
	bool no_trace;            /* trace_path is of one in memory in which nothing happens */
	struct workload workload; /* kind WORKLOAD_NONE = a trace */
	enum scenario_start start;
	char *start_path;
	struct age age; /* of a machine that has just booted, before anything begins */

	enum scenario_pacing pacing;
	bool keep_recorded_reclaim;
	uint64_t window;       /* events that may wait for a delayed task */
	bool fold_cpus;        /* more CPUs or nodes in the trace than in the machine: modulo */
	uint32_t jitter_milli; /* think times are drawn up to so much longer, 1/1000 */
	bool jitter_given;

	enum scenario_access access;
	uint32_t hot_milli;        /* of the working set: share of contents, 1/1000 */
	uint64_t access_period_ns; /* ... each read once a period */

	enum sim_memory_kind memory_kind;
	struct sim_memory_params
		memory; /* without the zones' nodes, which the kernel decides */
	uint64_t seed;

	uint64_t interval_ns, interval_cycles; /* of the series; one of them, the other is 0 */
	unsigned series;                       /* set of enum scenario_series; 0 = none */
	char *save_path;        /* the state at the end; NULL = it is not saved */
	unsigned events_format; /* of its lines: a set of enum events_format */
	unsigned events;        /* events.txt: bit g = enum events_group g; 0 = none */

	struct change *changes; /* [nchanges], by date: what is written while the kernel runs */
	size_t nchanges;
	struct task_rules *tasks; /* [ntasks] */
	size_t ntasks;

	struct scenario_source *source; /* what was read; scenario.c's own */
};

/* NULL when memory is short. */
struct scenario *scenario_new(void);
void scenario_free(struct scenario *s);

/* At most one file; "-" reads stdin. */
bool scenario_read_file(struct scenario *s, const char *path, struct conf_error *err);
/* The same with a file that is open: a part of a larger one (conf_narrow()), or a text. It is
 * the scenario's from here on, also after a failure. */
bool scenario_take_file(struct scenario *s, struct conf_file *file, struct conf_error *err);
/* A value given by an option of its own: scenario_option(s, "kernel", "4.12", "--kernel", err).
 * The value is taken as it is; paths in it are relative to the working directory. */
bool scenario_option(struct scenario *s, const char *key, const char *value, const char *option,
		     struct conf_error *err);
/* The argument of --set: "key=value", the key a YAML path such as vm.min_free_kbytes or
 * machine.nodes.0.cpus. Values that begin with [ or { are YAML. */
bool scenario_set(struct scenario *s, const char *assignment, struct conf_error *err);

/* A value by its YAML path that another file gives: errors name the label, "FILE:LINE:COLUMN".
 * Raw values are taken as they are, others are YAML when they begin with [ or {. Paths in them
 * are relative to the working directory. */
bool scenario_put(struct scenario *s, const char *key, const char *value, bool raw,
		  const char *label, struct conf_error *err);

/* Reads and checks everything that was given. A missing trace is no error here. */
bool scenario_finish(struct scenario *s, struct conf_error *err);
/* Whether a file, an option or --set gave that key, e.g. "vm", "min_free_kbytes". */
bool scenario_gives(const struct scenario *s, const char *map, const char *key);
/* s->machine is there afterwards: the given one, or that of the trace's header with the given
 * machine settings (machine.clock_mhz=2600) on top. */
bool scenario_machine(struct scenario *s, const struct trace_header *header,
		      struct conf_error *err);

/* The fully resolved scenario as a map that is itself a scenario; the machine in full. The
 * caller drops the reference. NULL when memory is short. */
json_t *scenario_json(const struct scenario *s);

#endif
