/*
 * What is left of a chunk of objects.h, in one of its three forms. For objects.c alone.
 */
#ifndef OBJECTS_LEFT_H
#define OBJECTS_LEFT_H

#include "tools/objects.h"

/* The entry of a number in a chunk that is not dense; NULL = it is gone. */
struct objects_entry *objects_left_entry(const struct objects_chunk *c, uint64_t number);
/* The word that belongs to an entry there. */
uint64_t *objects_left_word(const struct objects_chunk *c, const struct objects_entry *entry);

/* A walk through all entries of a chunk, of whatever form, ascending. */
struct objects_left_walk {
	const struct objects_chunk *c;
	const struct objects_entry *dense;
	unsigned slot, group;
	/* What objects_left_next() has come to. */
	const struct objects_entry *entry;
	unsigned place; /* in the chunk */
};
struct objects_left_walk objects_left_walk(const struct objects *o, uint64_t at);
/* False behind the last one. */
bool objects_left_next(struct objects_left_walk *w);

/*
 * Makes *packed, which owns new memory, of those that are not gone: numbers that are still to
 * come among them. At least one is left. False when memory is short.
 */
bool objects_left_pack(const struct objects *o, uint64_t at, struct objects_chunk *packed);

#endif
