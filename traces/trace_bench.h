/*
 * Traces of microbenchmarks: each CPU has a task that allocates so many blocks, frees them in
 * the order in which it got them, and does the same again. With one block that is an
 * alloc-and-free pair, with many a batch; with pauses in between a program that touches a
 * mapping and gives it back.
 *
 * Before, each task can allocate blocks and free every other one, so that there are free blocks
 * whose buddies are in use, as on any machine that has been up for a while: where there are
 * none, each block is split off a large one and merges back into it.
 *
 * Times are pauses alone: an operation takes none of its own. A replay adds what it takes,
 * instead of hiding it in them (docs/replay.md, pacing `think`).
 */
#ifndef TRACE_BENCH_H
#define TRACE_BENCH_H

#include "traces/trace.h"

struct trace_bench {
	const char *name; /* of the trace */
	const char *comm; /* of its tasks */
	const char *gfp;  /* names, as "GFP_KERNEL|__GFP_ZERO" */
	uint64_t hz;      /* ticks of the pauses a second */
	unsigned machine_cpus, nodes;
	const uint16_t *cpu_node; /* [machine_cpus] */
	unsigned cpus;            /* that take part: CPUs 0 to cpus - 1 */
	unsigned order;
	uint32_t blocks; /* allocated before the first is freed */
	uint32_t apart;  /* free blocks of each task whose buddies stay in use */
	/* Rounds of each task; those before and behind are TRACE_UNSCORED. */
	uint64_t warm_up, rounds, cool_down;
	uint64_t alloc_pause, free_pause; /* ticks behind each of them */
	/* Tasks begin one after the other within the time of a round's pauses, else at once. */
	bool staggered;
};

/* How many events such a trace has; UINT64_MAX stands for any larger number. */
uint64_t trace_bench_events(const struct trace_bench *b);

/* Writes the trace to a file that is open for writing, which stays open. */
bool trace_bench_write(const struct trace_bench *b, int fd, struct trace_error *err);

#endif
