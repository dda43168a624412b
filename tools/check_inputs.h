/*
 * Whether two results are of the same experiment. What an experiment is about (trace, kernel,
 * machine, start, replay, ...) has to be the same, or a comparison says nothing; the kernel's
 * parameters and costs may differ, because what becomes of them is what a gate is to find: that
 * is stated, and figures decide.
 */
#ifndef CHECK_INPUTS_H
#define CHECK_INPUTS_H

#include <jansson.h>
#include <stdbool.h>

#define CHECK_INPUTS_MOST 256 /* differences that are kept: more than there are inputs */

struct check_input {
	char name[80];         /* "trace", "machine", "vm.min_free_kbytes" */
	char was[96], now[96]; /* as short texts, "-" = not given */
	bool must;             /* has to be the same */
};

struct check_inputs {
	size_t n;
	struct check_input list[CHECK_INPUTS_MOST];
};

void check_inputs_compare(const json_t *was, const json_t *now, struct check_inputs *out);
/* The words that rules can allow to differ, NULL at the end. */
extern const char *const check_inputs_names[];

#endif
