/*
 * Free running: the workload of a recording (trace_derive()) under the model's own kernel,
 * reclaim, swap, compaction and OOM killer included, and its counters against those of the
 * recorded kernel's /proc/vmstat.
 */
#ifndef VERIFY_FREE_H
#define VERIFY_FREE_H

#include "tools/verify.h"

#define VERIFY_FREE_ROWS 48
#define VERIFY_FREE_GOAL 15 /* per cent */

/*
 * A kernel under pressure does not do the same twice: which of two CPUs comes first decides
 * what follows. So a replay is done several times, on machines whose clocks differ by half a
 * per cent, and the median of each counter is taken.
 */
#define VERIFY_FREE_RUNS 9
#define VERIFY_FREE_MOST_RUNS 99

struct verify_free_row {
	const char *name; /* as in /proc/vmstat, or ours */
	int64_t measured, simulated;
	int64_t least, most; /* of all runs; simulated is the median */
	bool goal;           /* it is to be inside VERIFY_FREE_GOAL */
	bool known;          /* the recording tells it */
	bool inside;
};

struct verify_free_request {
	const char *path, *name; /* of the recording; what messages call it */
	const char *const *sets; /* [nsets] "key=value", as --set takes them */
	unsigned nsets;
	unsigned runs;        /* 1 to VERIFY_FREE_MOST_RUNS */
	const char *workload; /* where the derived trace is to stay; NULL = nowhere */
	int32_t late_pid;     /* this task does everything later than recorded; 0 = nobody */
	uint32_t late_ms;
	uint32_t untraced_ns;              /* what recording an event took; 0 = it stays in */
	uint32_t pause_every_ms, pause_ms; /* of writes to swap (sim/device.h); 0 = none */
	bool buffers_stay;                 /* struct mm_host */
};

struct verify_free {
	struct verify_free_row rows[VERIFY_FREE_ROWS]; /* the same in each run */
	unsigned nrows, runs;
	struct trace_derive_report workload;
	int32_t victim, recorded_victim; /* pid, 0 = nobody */
	uint64_t blocks, blocks_off;     /* free blocks by order; too many or too few */
	uint64_t end_us, recorded_us;    /* how long it took */
	uint64_t refaults, slept, killed;
	struct verify_error error;
};

/* False and v->error. What has no row is of the run on the machine as it is. `v` needs no end.
 */
bool verify_free(struct verify_free *v, const struct verify_free_request *q);

#endif
