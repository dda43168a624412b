/*
 * What stands in the way of an order: who has the used pages of those ranges that would be
 * free blocks with the least effort. docs/result-format.md, "What blocks an order".
 */
#ifndef BLOCKERS_H
#define BLOCKERS_H

#include "tools/framemap.h"
#include "tools/replay.h"

#define BLOCKERS_OWNERS 10 /* told by name */

struct blockers_owner {
	const struct trace_task *task; /* NULL = none is known; belongs to the trace's reader */
	const char *gfp;               /* likewise */
	enum replay_owner_kind kind;
	unsigned order;           /* of its largest allocation there */
	uint64_t pages, ranges;   /* its own; in which it has some */
	uint64_t ranges_alone;    /* with nobody else in them */
	uint64_t unmovable_alone; /* in which no other has pages that cannot be moved, and it
				     has */
	uint64_t age_min, age_median, age_max; /* cycles, REPLAY_NO_AGE = not known */
};

struct blockers_order {
	unsigned order;
	uint64_t ranges, free_ranges; /* that could ever be free; that are */
	uint64_t looked_at, used_pages;
	struct blockers_owner owners[BLOCKERS_OWNERS]; /* who blocks most first */
	unsigned nowners;
	/* The rest of the owners. */
	uint64_t others, others_pages, others_alone, others_unmovable;
};

struct blockers_zone {
	struct blockers_order *orders; /* [norders], ascending */
	unsigned norders;
};

struct blockers {
	unsigned nzones;
	struct blockers_zone *zones; /* as the snapshot's */
};

/* NULL when memory is short. */
struct blockers *blockers_new(const struct framemap *map, const struct mm_snapshot *snap,
			      const struct replay *replay);
void blockers_free(struct blockers *b);

/* "unmovable" and so on. */
const char *blockers_kind_name(enum replay_owner_kind kind);

#endif
