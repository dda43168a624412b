/*
 * Ages a machine: memory is filled by requests of many sizes and kinds, and freed until of each
 * zone's free memory a given share is of no use for requests of a given order. All of it goes
 * through the kernel: which blocks are free follows from what was asked for and given back.
 * docs/scenarios.md, "Ageing".
 */
#ifndef AGE_H
#define AGE_H

#include "model/mm_policy.h"
#include "sim/machine.h"
#include "traces/trace.h"

#define AGE_LEAST_FRAMES 8192u /* smaller zones are left as they are */
#define AGE_TOLERANCE 10u      /* 1/1000 */
#define AGE_ZONES 1024

struct age {
	bool given;
	unsigned order;           /* 1 to the kernel's largest */
	uint32_t unusable_milli;  /* 0 to 1000 */
	uint32_t fill_milli;      /* share of a zone that is in use at the end */
	uint32_t unmovable_milli; /* share of what is filled in that cannot be moved */
};

struct age_zone {
	uint16_t nid;
	char name[12];
	bool aged;
	uint32_t unusable_milli, used_milli; /* reached */
	uint64_t allocs, frees;
};

struct age_report {
	unsigned nzones;
	struct age_zone zones[AGE_ZONES];
};

/*
 * `mm` is a kernel that has just booted, without a world. The state that it is then in, for
 * replay_state_put() to a kernel that was created empty: nothing of it is an object. NULL and
 * *status, 2 = the goal cannot be reached, 4 = memory is short, with a sentence in text[size].
 */
struct trace_state *age_run(const struct age *age, const struct mm_policy *policy, void *mm,
			    const struct sim_machine *machine, uint64_t seed,
			    struct age_report *report, int *status, char *text, size_t size);

#endif
