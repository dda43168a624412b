/*
 * What the checks of a kernel with a world count, to be held against its counters.
 */
#ifndef MM412_CHECK_LRU_H
#define MM412_CHECK_LRU_H

#include "model/v4_12/mm412_sleep.h"

struct mm412_check_node {
	int64_t stat[MM412_NODE_ITEMS];
	uint32_t entries[MM412_LRUS]; /* huge pages count once */
};

struct mm412_check_task {
	int64_t rss[MM_KINDS], swapents;
};

struct mm412_check_lru {
	const struct mm412 *mm;
	bool rest;       /* nobody works */
	uint8_t *queued; /* by slot - frame0: times the page is in a pagevec */
	struct mm412_check_node *nodes;
	struct mm412_zone_sleep *zones; /* stat[] alone */
	struct mm412_check_task *tasks;
	uint64_t swap_slots; /* that the swap cache has */
	char *text;
	size_t size;
};

/* A sentence into c->text; always false. */
bool mm412_check_lru_wrong(const struct mm412_check_lru *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Every frame, the LRU lists and the pagevecs; adds up what the pages say. */
bool mm412_check_lru(struct mm412_check_lru *c);

#endif
