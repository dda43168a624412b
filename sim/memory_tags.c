#include "sim/memory_tags.h"

#include <stdlib.h>
#include <string.h>

bool sim_memory_tags_init(struct sim_memory_tags *t, uint32_t lines, uint32_t ways,
			  struct sim_memory_tags *next)
{
	*t = (struct sim_memory_tags){ .next = next, .ways = ways };
	if (!lines)
		return true;
	t->sets = lines / ways;
	t->mask = t->sets & (t->sets - 1) ? 0 : t->sets - 1;
	t->seen = calloc(t->sets, sizeof(*t->seen));
	t->tag = calloc((size_t)t->sets * ways, sizeof(*t->tag));
	return t->seen && t->tag;
}

void sim_memory_tags_fini(struct sim_memory_tags *t)
{
	free(t->seen);
	free(t->tag);
}

static uint64_t line_of(uint64_t tag)
{
	return tag >> SIM_MEMORY_TAGS_VERSION_BITS;
}

/* Where the line is in the set; t->ways = nowhere. */
static uint32_t find(const struct sim_memory_tags *t, const uint64_t *row, uint64_t tag)
{
	uint32_t i = 0;

	while (i < t->ways && line_of(row[i]) != line_of(tag))
		i++;
	return i;
}

static void put(struct sim_memory_tags *t, uint64_t tag, uint64_t passed);

/* How many lines of a sweep of that length have come to the set. */
static uint64_t came(const struct sim_memory_tags *t, uint64_t swept, uint32_t set)
{
	return (swept + t->sets - 1 - set) / t->sets;
}

/* The set catches up with the sweep. */
static void catch_up(struct sim_memory_tags *t, uint32_t set)
{
	uint64_t *row = &t->tag[(size_t)set * t->ways];
	uint64_t k = came(t, t->swept, set) - came(t, t->seen[set], set);
	uint32_t n = k < t->ways ? (uint32_t)k : t->ways;

	t->seen[set] = t->swept;
	if (!n)
		return;
	/* The oldest fell out first, and the sweep has gone on since. */
	for (uint32_t i = t->ways; i-- > t->ways - n;)
		if (row[i] && t->next)
			put(t->next, row[i], (k - (t->ways - i)) * t->sets);
	memmove(row + n, row, (t->ways - n) * sizeof(*row));
	memset(row, 0, n * sizeof(*row));
}

static uint64_t *visit(struct sim_memory_tags *t, uint64_t tag)
{
	uint32_t set = sim_memory_tags_set(t, tag);

	if (t->seen[set] != t->swept)
		catch_up(t, set);
	return &t->tag[(size_t)set * t->ways];
}

/* The tag goes to place `at`, which is in front of `from`; what is between moves back. */
static void move(uint64_t *row, uint64_t tag, uint32_t at, uint32_t from)
{
	memmove(row + at + 1, row + at, (from - at) * sizeof(*row));
	row[at] = tag;
}

/* A line that came so many lines of the sweep ago; it may have fallen out again since. */
static void put(struct sim_memory_tags *t, uint64_t tag, uint64_t passed)
{
	uint64_t *row, out = 0;
	uint32_t from, at;

	while (t && (!t->sets || passed / t->sets >= t->ways)) {
		passed -= (uint64_t)t->sets * t->ways;
		t = t->next;
	}
	if (!t)
		return;
	row = visit(t, tag);
	from = find(t, row, tag);
	at = passed ? (uint32_t)(passed / t->sets) : 0;
	if (from == t->ways)
		out = row[--from];
	move(row, tag, at < from ? at : from, from);
	if (out && t->next)
		put(t->next, out, 0);
}

void sim_memory_tags_put(struct sim_memory_tags *t, uint64_t tag)
{
	if (t->sets)
		put(t, tag, 0);
}

bool sim_memory_tags_hit(struct sim_memory_tags *t, uint64_t tag)
{
	uint64_t *row, out = 0;
	uint32_t i;
	bool hit;

	if (!t->sets)
		return false;
	row = visit(t, tag);
	if (row[0] == tag)
		return true;
	i = find(t, row, tag);
	hit = i < t->ways && row[i] == tag;
	if (i == t->ways)
		out = row[--i];
	move(row, tag, 0, i);
	if (out && t->next)
		put(t->next, out, 0);
	return hit;
}

bool sim_memory_tags_has(struct sim_memory_tags *t, uint64_t tag)
{
	const uint64_t *row = t->sets ? visit(t, tag) : NULL;
	uint32_t i = row ? find(t, row, tag) : 0;

	return row && i < t->ways && row[i] == tag;
}
