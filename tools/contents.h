/*
 * What the pages of a trace hold, as far as the trace tells: whether a kernel that reclaims
 * memory may take a page away, and how it would get it back.
 *
 * Where the trace has LRU events, these say it. Else the request does: of order 0 and
 * movable, it is a task's memory (anonymous or shared), unless the mask is one of those that
 * page caches are filled with (for writing, for read-ahead, of a file system's own). One that
 * is reclaimable by its flags is of a slab cache: one with a shrinker, unless the request must
 * not enter file systems. All other pages are pinned.
 */
#ifndef CONTENTS_H
#define CONTENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_policy.h"

struct contents_kind {
	bool reclaimable; /* false: pinned, and the rest means nothing */
	bool dirty;
	bool active;    /* by the lists of 2.6 and later; a slab page: no shrinker frees it */
	bool old : 1;   /* of a start state */
	bool stays : 1; /* reclaim cannot free it (struct mm_content) */
	enum mm_kind kind;
};

/* By the gfp names of a request: of order 0, or for a huge page. */
struct contents_kind contents_of_gfp(const char *names);
/* By the value of a TRACE_LRU_ADD: the list that an mm_lru_insertion names (inactive and active
 * anon, inactive and active file, unevictable, counted from 0) and, above it, its flags where
 * they were recorded. */
struct contents_kind contents_of_lru(uint32_t value);
/* By a set of enum mm_use, of one page of a start state. */
struct contents_kind contents_of_use(unsigned use);

/* Which contents have accesses in a working set: `hot` 1/1000 of all, by a hash. */
bool contents_is_hot(uint64_t seed, uint32_t content, uint32_t hot_milli);

#endif
