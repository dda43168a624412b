/*
 * The tags of one set-associative cache with least-recently-used replacement, for the cache
 * model. A tag is a line's number with a version behind it; a set is a row of tags, the
 * youngest first. What falls out goes to the next cache, if it is not the youngest there
 * already.
 *
 * Applications' lines come as a sweep through all sets, one line after another. They are never
 * looked for again, so a set catches up with the sweep when it is visited next: exactly what
 * putting them in one by one would have left there.
 */
#ifndef SIM_MEMORY_TAGS_H
#define SIM_MEMORY_TAGS_H

#include <stdbool.h>
#include <stdint.h>

/* A tag: which kind of line, which one of them, its version. */
#define SIM_MEMORY_TAGS_VERSION_BITS 26u
#define SIM_MEMORY_TAGS_KEY_BITS 34u

struct sim_memory_tags {
	struct sim_memory_tags *next; /* NULL = memory */
	uint32_t sets, ways;          /* 0 sets: there is no such cache */
	uint64_t swept;               /* lines of the sweep so far */
	uint64_t *seen;               /* [sets]: swept at the last visit */
	uint64_t *tag;                /* [sets * ways], 0 = an application's line, or none */
};

/* False when memory is short; to be given back all the same. */
bool sim_memory_tags_init(struct sim_memory_tags *t, uint32_t lines, uint32_t ways,
			  struct sim_memory_tags *next);
void sim_memory_tags_fini(struct sim_memory_tags *t);

/* Whether the line is there with that version. It is then the youngest of its set. */
bool sim_memory_tags_hit(struct sim_memory_tags *t, uint64_t tag);
/* The same, but nothing changes: somebody else asks. */
bool sim_memory_tags_has(struct sim_memory_tags *t, uint64_t tag);
/* The line becomes the youngest of its set, in place of an older version of itself. */
void sim_memory_tags_put(struct sim_memory_tags *t, uint64_t tag);

static inline void sim_memory_tags_sweep(struct sim_memory_tags *t, uint64_t lines)
{
	t->swept += lines;
}

#endif
