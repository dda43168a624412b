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
	t->inverse = UINT64_MAX / t->sets + 1;
	t->line = calloc((size_t)t->sets * ways, sizeof(*t->line));
	return t->line;
}

void sim_memory_tags_fini(struct sim_memory_tags *t)
{
	free(t->line);
}

/* One set, at this moment. */
struct set {
	struct sim_memory_tags_line *line;
	uint64_t came; /* lines of the sweep so far */
	uint32_t n;    /* lines in it */
};

/* Where in the set the line is, applications' lines counted. */
static uint64_t place_of(const struct set *set, uint32_t i)
{
	return i + (set->came - set->line[i].came);
}

static bool same_line(uint64_t a, uint64_t b)
{
	return (a ^ b) >> SIM_MEMORY_TAGS_VERSION_BITS == 0;
}

/* Number of the line in the set; set->n = it is not there. */
static uint32_t find(const struct set *set, uint64_t tag)
{
	uint32_t i = 0;

	while (i < set->n && !same_line(set->line[i].tag, tag))
		i++;
	return i;
}

static void put(struct sim_memory_tags *t, uint64_t tag, uint64_t passed);

/* The oldest lines that have fallen out meanwhile; the sweep has gone on since. */
static void drop_old(const struct sim_memory_tags *t, struct set *set)
{
	while (set->n && place_of(set, set->n - 1) >= t->ways) {
		struct sim_memory_tags_line *old = &set->line[set->n - 1];
		uint64_t tag = old->tag, passed = place_of(set, set->n - 1) - t->ways;

		set->n--;
		old->tag = 0;
		if (t->next)
			put(t->next, tag, passed * t->sets);
	}
}

static struct set visit(const struct sim_memory_tags *t, uint64_t tag)
{
	uint32_t at = sim_memory_tags_set(t, tag);
	struct set set = { &t->line[(size_t)at * t->ways], t->rounds + (at < t->rest), 0 };

	/* Where no application computes, sets are full. */
	if (set.line[t->ways - 1].tag)
		set.n = t->ways;
	else
		while (set.line[set.n].tag)
			set.n++;
	drop_old(t, &set);
	return set;
}

/* Makes room for one more line: what falls out, 0 = nothing. */
static uint64_t drop_oldest(const struct sim_memory_tags *t, struct set *set)
{
	if (!set->n || place_of(set, set->n - 1) < t->ways - 1)
		return 0;
	return set->line[--set->n].tag;
}

/* The tag becomes line `at`, so many of the sweep's lines behind the youngest; those before
 * line `from`, which goes, move back. */
static void move(struct set *set, uint64_t tag, uint32_t at, uint32_t from, uint64_t behind)
{
	memmove(set->line + at + 1, set->line + at, (from - at) * sizeof(*set->line));
	set->line[at] = (struct sim_memory_tags_line){ tag, set->came - behind };
}

/* A line that came so many lines of the sweep ago; it may have fallen out again since. */
static void put(struct sim_memory_tags *t, uint64_t tag, uint64_t passed)
{
	uint64_t out = 0, place = 0;
	uint32_t from, at = 0;
	struct set set;

	for (; t; t = t->next) {
		place = t->sets && passed ? passed / t->sets : 0;
		if (t->sets && place < t->ways)
			break;
		passed -= (uint64_t)t->sets * t->ways;
	}
	if (!t)
		return;
	set = visit(t, tag);
	from = find(&set, tag);
	if (from == set.n) {
		out = drop_oldest(t, &set);
		from = set.n;
	} else if (place >= place_of(&set, from)) {
		set.line[from].tag = tag;
		return;
	}
	while (at < from && place_of(&set, at) < place)
		at++;
	move(&set, tag, at, from, place - at);
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
	uint64_t out = 0;
	struct set set;
	uint32_t i;
	bool hit;

	if (!t->sets)
		return false;
	set = visit(t, tag);
	i = find(&set, tag);
	hit = i < set.n && set.line[i].tag == tag;
	if (i == set.n) {
		out = drop_oldest(t, &set);
		i = set.n;
	}
	move(&set, tag, 0, i, 0);
	if (out && t->next)
		put(t->next, out, 0);
	return hit;
}

bool sim_memory_tags_has(struct sim_memory_tags *t, uint64_t tag)
{
	struct set set;
	uint32_t i;

	if (!t->sets)
		return false;
	set = visit(t, tag);
	i = find(&set, tag);
	return i < set.n && set.line[i].tag == tag;
}
