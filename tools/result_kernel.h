/*
 * What the reports of memory pressure say in each kernel's own terms: its lists of pages, and
 * which of its counters tell what its daemons and its reclaim did.
 */
#ifndef RESULT_KERNEL_H
#define RESULT_KERNEL_H

#include "model/mm_policy.h"

/* A figure is the counter of that name, or with a '*' at its end the sum of all that begin so.
 */
struct result_kernel_list {
	const char *key;   /* in result.json */
	const char *label; /* in the summary */
	const char *counter;
};

/* A line of the summary; counter[1] NULL = one column. */
struct result_kernel_row {
	const char *label;
	const char *counter[2];
};

struct result_kernel {
	const char *kernel; /* short name */
	/* Where pages are; the rest is free or pinned. Ends with key NULL, as do the others. */
	const struct result_kernel_list *lists;
	const char *heading[3]; /* of rows with two columns: what, and the columns */
	const struct result_kernel_row *pairs, *facts;
};

/* NULL for a kernel without daemons. */
const struct result_kernel *result_kernel_of(const struct mm_policy *policy);
uint64_t result_kernel_value(const struct mm_snapshot *s, const char *counter);

#endif
