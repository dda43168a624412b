/*
 * Memory pageblock by pageblock: what a page map is drawn from. pageblocks.csv
 */
#ifndef PAGEBLOCKS_H
#define PAGEBLOCKS_H

#include <stdio.h>

#include "tools/framemap.h"
#include "tools/replay.h"

struct pageblocks;

/* The present state. NULL when memory is short. */
struct pageblocks *pageblocks_new(const struct framemap *map, const struct mm_policy *policy,
				  const void *mm, const struct mm_snapshot *snap,
				  const struct replay *replay);
void pageblocks_free(struct pageblocks *p);

void pageblocks_header(FILE *out);
/* One line for pageblocks in a row that are alike; `snap` names zones and types. */
void pageblocks_csv(FILE *out, const char *when, const struct pageblocks *p,
		    const struct mm_snapshot *snap);

#endif
