/*
 * The sides of a comparison as the command line names them, and what has to be run for them.
 */
#ifndef COMPARE_PLAN_H
#define COMPARE_PLAN_H

#include "tools/compare.h"
#include "tools/compare_runs.h"

struct compare_plan_side {
	char label[COMPARE_LABEL];
	const char *scenario; /* its file; NULL = none, or a result */
	const char *with;     /* settings of this side alone, or NULL */
	char kernel[16];      /* of --kernels; "" = the scenario's own */
	bool run;             /* whether it has to be run */
	char *result;         /* folder or file of its result */
};

enum compare_plan_list { COMPARE_PLAN_WITH, COMPARE_PLAN_SET, COMPARE_PLAN_LISTS };

/* Words are those of the command line, which outlive the plan. */
struct compare_plan {
	const char *lists[COMPARE_PLAN_LISTS][COMPARE_SIDES];
	unsigned nlists[COMPARE_PLAN_LISTS];
	const char *kernels, *trace, *machine, *out;
	unsigned jobs; /* 0 = as many as there are CPUs */

	unsigned nsides;
	struct compare_plan_side sides[COMPARE_SIDES];
	char *temporary; /* folder of results that are not kept */
};

/* False when there are too many. */
bool compare_plan_add(struct compare_plan *plan, enum compare_plan_list list, const char *word);
/* Lays out the sides; at least two have to come out. */
bool compare_plan_make(struct compare_plan *plan, char **operands, int n,
		       struct compare_runs_error *err);
/* Runs what has to be run: all results are there afterwards. */
bool compare_plan_run(struct compare_plan *plan, struct compare_runs_error *err);
/* Removes results that are not kept. */
void compare_plan_free(struct compare_plan *plan);

#endif
