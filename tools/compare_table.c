#include "tools/compare_table.h"

#include <stdint.h>
#include <stdlib.h>

#include "tools/headline.h"

static int in_order(const void *a, const void *b)
{
	const struct compare_row *const *left = a, *const *right = b;

	if ((*left)->headline != (*right)->headline)
		return (*left)->headline < (*right)->headline ? -1 : 1;
	return (*left > *right) - (*left < *right);
}

const struct compare_row **compare_table(const struct compare *c, bool all, size_t *n)
{
	const struct compare_row **rows =
		calloc(c->nrows + 1, sizeof(const struct compare_row *));

	*n = 0;
	for (size_t i = 0; rows && i < c->nrows; i++)
		if (all || c->rows[i].matters)
			rows[(*n)++] = &c->rows[i];
	if (rows)
		qsort(rows, *n, sizeof(const struct compare_row *), in_order);
	return rows;
}

const char *compare_table_part(const struct compare_row *row)
{
	return row->headline == SIZE_MAX ? "All others" : headlines[row->headline].section;
}

struct compare_table_cell compare_table_cell(const struct compare_row *row, unsigned side)
{
	const struct metric *base = row->values[0], *value = row->values[side];
	struct diff_row differ = { .name = row->name,
				   .kind = row->kind,
				   .had = base,
				   .has = value,
				   .was = base ? base->value : 0,
				   .now = value ? value->value : 0 };
	struct compare_table_cell cell = { "", "" };

	diff_side(value, differ.now, cell.value);
	if (side && base && value && base->value != value->value)
		diff_change(&differ, cell.change);
	return cell;
}
