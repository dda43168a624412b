/*
 * The memory of a zone that is logically free, whoever holds it: free lists and per-cpu lists
 * together, merged to maximal aligned blocks. That is how kernels with different per-cpu
 * lists can be compared (newer kernels keep orders 0-3 and 9 there, 4.12 only order 0).
 */
#ifndef FREEMAP_H
#define FREEMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/frag.h"

struct freemap;

/* A map of frames start..end (end exclusive), nothing free. NULL when memory is short. */
struct freemap *freemap_new(uint64_t start, uint64_t end);
void freemap_free(struct freemap *m);

/* Marks 2^order frames free; frames outside the map are ignored. */
void freemap_add(struct freemap *m, uint64_t frame, unsigned order);

/* Calls visit for every maximal block: aligned, wholly free, order <= 10; ascending. */
void freemap_each(const struct freemap *m,
		  void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx);

/* Counts the same blocks by order. */
void freemap_blocks(const struct freemap *m, uint64_t blocks[FRAG_ORDERS]);

#endif
