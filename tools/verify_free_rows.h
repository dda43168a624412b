/*
 * Rows of the table of a free-running replay: what the recorded kernel counted, and the model.
 */
#ifndef VERIFY_FREE_ROWS_H
#define VERIFY_FREE_ROWS_H

#include <jansson.h>

#include "model/mm_snapshot.h"
#include "tools/verify_free.h"

/* `report` is the import report in the recording's trailer; NULL: nothing is known. */
void verify_free_rows(struct verify_free *v, const json_t *report,
		      const struct mm_snapshot *before, const struct mm_snapshot *after,
		      uint64_t recorded_wakeups);

/* What was simulated, where the model's counters do not tell it. */
void verify_free_rows_set(struct verify_free *v, const char *name, int64_t simulated);

/* The row of that name, NULL = none. */
const struct verify_free_row *verify_free_rows_find(const struct verify_free *v,
						    const char *name);

#endif
