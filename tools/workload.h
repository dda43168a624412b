/*
 * Microbenchmarks that a scenario describes in place of a trace (docs/scenarios.md,
 * "Workloads"), and their traces, which are made when the run begins and are never in a file.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdint.h>

#include "sim/machine.h"
#include "traces/trace_bench.h"

enum workload_kind { WORKLOAD_NONE, WORKLOAD_PAIRS, WORKLOAD_BATCH, WORKLOAD_PAGE_FAULTS };

#define WORKLOAD_GFP 160
#define WORKLOAD_MOST_EVENTS (UINT64_C(1) << 32)
#define WORKLOAD_MOST_PAUSE (UINT64_C(1) << 51)  /* cycles of a task, about */
#define WORKLOAD_MOST_BLOCKS (UINT32_C(1) << 24) /* 64 GiB of single pages a task */

struct workload {
	enum workload_kind kind;
	char gfp[WORKLOAD_GFP];
	unsigned cpus; /* that take part, from CPU 0 on */
	unsigned order;
	uint32_t blocks;                  /* allocated before the first is freed */
	uint32_t apart;                   /* see struct trace_bench */
	uint64_t warm_up, rounds;         /* of each CPU; the first are not scored */
	uint64_t alloc_pause, free_pause; /* cycles behind each operation */
};

extern const char *const workload_names[]; /* by kind */

/* The workload's trace on that machine, but for writing it. Looks into both. */
struct trace_bench workload_bench(const struct workload *w, const struct sim_machine *m);

/*
 * Makes the trace. Returns a descriptor of a file in memory, which can be read by the name
 * that workload_path() tells for as long as it is open; -1 on failure.
 */
int workload_open(const struct workload *w, const struct sim_machine *m,
		  struct trace_error *err);
#define WORKLOAD_PATH 32
void workload_path(int fd, char path[WORKLOAD_PATH]);

#endif
