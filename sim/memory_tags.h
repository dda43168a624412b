/*
 * The tags of one set-associative cache with least-recently-used replacement, for the cache
 * model. A tag is a line's number with a version behind it; a set is a row of tags, the
 * youngest first. What falls out goes to the next cache, if it is not the youngest there
 * already.
 *
 * Applications' lines come as a sweep through all sets, one line after another. They are never
 * looked for again, so that a set only has to know how many have come since each of its lines
 * was put in: with the lines in front of it, that is the line's place. What has fallen out
 * meanwhile goes to the next cache when the set is visited next: exactly what putting them in
 * one by one would have left there.
 */
#ifndef SIM_MEMORY_TAGS_H
#define SIM_MEMORY_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A tag: which kind of line, which one of them, its version. */
#define SIM_MEMORY_TAGS_VERSION_BITS 26u
#define SIM_MEMORY_TAGS_KEY_BITS 34u

__extension__ typedef unsigned __int128 sim_memory_tags_wide;

/* A line in its set. */
struct sim_memory_tags_line {
	uint64_t tag;  /* 0 = there is none here, nor behind it */
	uint64_t came; /* so many of the sweep's lines had come to the set before it */
};

struct sim_memory_tags {
	struct sim_memory_tags *next; /* NULL = memory */
	uint32_t sets, ways;          /* 0 sets: there is no such cache */
	uint32_t mask;                /* sets - 1, if they are a power of two; else 0 */
	uint64_t inverse;             /* 2^64 / sets, rounded up */
	uint64_t rounds, rest;        /* of the sweep: through all sets, and sets of the next */
	struct sim_memory_tags_line *line; /* [sets * ways] */
};

/* False when memory is short; to be given back all the same. */
bool sim_memory_tags_init(struct sim_memory_tags *t, uint32_t lines, uint32_t ways,
			  struct sim_memory_tags *next);
void sim_memory_tags_fini(struct sim_memory_tags *t);

/* Whether the line is there with that version. From now on it is, the youngest of its set. */
bool sim_memory_tags_hit(struct sim_memory_tags *t, uint64_t tag);
/* The same, but nothing changes: somebody else asks. */
bool sim_memory_tags_has(struct sim_memory_tags *t, uint64_t tag);
/* The same without the question. */
void sim_memory_tags_put(struct sim_memory_tags *t, uint64_t tag);

/* The set of a tag. Lines of one kind lie behind one another as they do in memory, each kind
 * somewhere else. */
static inline uint32_t sim_memory_tags_set(const struct sim_memory_tags *t, uint64_t tag)
{
	uint64_t line = tag >> SIM_MEMORY_TAGS_VERSION_BITS;
	uint32_t kind = (uint32_t)(line >> SIM_MEMORY_TAGS_KEY_BITS);
	uint32_t at = (uint32_t)line + kind * UINT32_C(0x9e3779b1);

	/* The remainder of a number of 32 bits, without a division. */
	return t->mask ? at & t->mask
		       : (uint32_t)((sim_memory_tags_wide)(t->inverse * at) * t->sets >> 64);
}

/* Whether it is the youngest of its set, and nothing has come since; for caches that are there.
 */
static inline bool sim_memory_tags_first(const struct sim_memory_tags *t, uint64_t tag)
{
	uint32_t set = sim_memory_tags_set(t, tag);
	const struct sim_memory_tags_line *line = &t->line[(size_t)set * t->ways];

	return line->tag == tag && line->came == t->rounds + (set < t->rest);
}

static inline void sim_memory_tags_sweep(struct sim_memory_tags *t, uint64_t lines)
{
	t->rest += lines;
	if (t->rest < t->sets || !t->sets)
		return;
	t->rounds += t->rest / t->sets;
	t->rest %= t->sets;
}

#endif
