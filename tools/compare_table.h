/*
 * The table of a comparison, for text and for a page: which figures stand in it, in what order,
 * and what stands in its cells.
 */
#ifndef COMPARE_TABLE_H
#define COMPARE_TABLE_H

#include "tools/compare.h"
#include "tools/diff.h"

/* The rows of a short table, or of all that differ, by its parts. The caller frees the list;
 * NULL when memory is short. */
const struct compare_row **compare_table(const struct compare *c, bool all, size_t *n);

/* The heading of the part in which the row stands. */
const char *compare_table_part(const struct compare_row *row);

struct compare_table_cell {
	char value[METRIC_TEXT]; /* "-": that side has no such figure */
	char change[DIFF_TEXT];  /* from the first side; "" for none, and on the first side */
};
struct compare_table_cell compare_table_cell(const struct compare_row *row, unsigned side);

#endif
