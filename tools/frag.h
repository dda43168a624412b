/*
 * Fragmentation figures from counts of free blocks, as 4.12's mm/vmstat.c computes them:
 * unusable_free_index() and __fragmentation_index(), in 1/1000.
 */
#ifndef FRAG_H
#define FRAG_H

#include <stdint.h>

#define FRAG_ORDERS 11

uint64_t frag_free_pages(const uint64_t blocks[FRAG_ORDERS]);

/* Share of free memory that a request of that order cannot use, 0..1000; 1000 when nothing is
 * free. debugfs: extfrag/unusable_index. */
int frag_unusable(const uint64_t blocks[FRAG_ORDERS], unsigned order);

/* -1000 when the request would succeed; towards 0 it fails for lack of memory, towards 1000
 * for fragmentation. debugfs: extfrag/extfrag_index. */
int frag_extfrag(const uint64_t blocks[FRAG_ORDERS], unsigned order);

/* The largest order with a free block, -1 = none. */
int frag_largest_order(const uint64_t blocks[FRAG_ORDERS]);

#endif
