#include "model/mm_params.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_WORD 63

const struct mm_param mm_params_none[] = { { 0 } };

const struct mm_param *mm_params_find(const struct mm_param *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Insertions, deletions and replacements that make one word of the other. */
static unsigned edits(const char *a, const char *b)
{
	unsigned row[MAX_WORD + 1];
	size_t len = strlen(b);

	if (len > MAX_WORD || strlen(a) > MAX_WORD)
		return MAX_WORD;
	for (unsigned j = 0; j <= len; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			unsigned above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1,
				      diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[len];
}

const char *mm_params_nearest(const struct mm_param *table, const char *name)
{
	/* More than a third of the letters wrong is another word. */
	unsigned best = (unsigned)(strlen(name) / 3) + 2;
	const char *nearest = NULL;

	for (; table->name; table++) {
		unsigned d = edits(name, table->name);

		if (d < best) {
			best = d;
			nearest = table->name;
		}
	}
	return nearest;
}

static uint64_t *values_of(const struct mm_param *row, void *base)
{
	return (uint64_t *)((char *)base + row->offset);
}

void mm_params_preset(const struct mm_param *table, void *base)
{
	for (; table->name; table++)
		for (unsigned i = 0; i < table->count; i++)
			values_of(table, base)[i] = table->preset[i];
}

/* " KiB", or " (in 1/10000)" for a unit that would read as one more number. */
static void print_unit(char text[MAX_WORD + 1], const char *unit)
{
	bool number = unit[0] >= '0' && unit[0] <= '9';

	snprintf(text, MAX_WORD + 1, "%s%s%s%s", *unit ? " " : "", number ? "(in " : "", unit,
		 number ? ")" : "");
}

static bool wrong_count(const struct mm_param *row, unsigned count, char *text, size_t size)
{
	snprintf(text, size, "%s takes %u value%s, not %u", row->name, row->count,
		 row->count == 1 ? "" : "s", count);
	return false;
}

bool mm_params_check(const struct mm_param *row, const uint64_t *values, unsigned count,
		     char *text, size_t size)
{
	char unit[MAX_WORD + 1];

	if (count == 0 || count > row->count)
		return wrong_count(row, count, text, size);
	print_unit(unit, row->unit);
	for (unsigned i = 0; i < count; i++) {
		if (values[i] >= row->min && values[i] <= row->max)
			continue;
		snprintf(text, size,
			 "%s: %" PRIu64 " is not within %" PRIu64 " to %" PRIu64 "%s",
			 row->name, values[i], row->min, row->max, unit);
		return false;
	}
	return true;
}

bool mm_params_set(const struct mm_param *row, void *base, const uint64_t *values,
		   unsigned count, char *text, size_t size)
{
	if (count != row->count)
		return wrong_count(row, count, text, size);
	if (!mm_params_check(row, values, count, text, size))
		return false;
	for (unsigned i = 0; i < count; i++)
		values_of(row, base)[i] = values[i];
	return true;
}
