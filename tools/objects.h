/*
 * A trace's objects: which frame, order and owner each allocation number has in the
 * simulation. Allocation numbers only grow, so they are kept in chunks of 4096; a chunk
 * whose objects are all gone is given back, and one with few survivors is packed. Memory
 * follows the live objects, not the length of the trace.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

enum objects_state {
	OBJECTS_NONE, /* its allocation has not run yet */
	OBJECTS_LIVE,
	OBJECTS_FAILED, /* the simulated kernel had no page for it: its free does nothing */
	OBJECTS_GONE,   /* freed */
};

#define OBJECTS_FRAME_MASK ((UINT64_C(1) << 40) - 1)

/* What is known of one object: 8 bytes. */
struct objects_entry {
	uint64_t frame : 40; /* first frame */
	uint64_t order : 4;
	uint64_t state : 2;   /* enum objects_state */
	uint64_t split : 1;   /* parts of it were freed: objects_parts() */
	uint64_t awaited : 1; /* a task waits for its allocation */
	uint64_t node : 6;    /* of the frame */
	uint64_t gfp_class : 4;
	uint64_t spare : 6;
};

/* Which frames of a split object are freed: one bit a frame, up to order 10. */
struct objects_parts {
	uint64_t freed[16];
	uint32_t left; /* frames still allocated */
};

struct objects;

/* NULL when memory is short. */
struct objects *objects_new(void);
void objects_free(struct objects *o);

/* NONE for a number that was never set. */
struct objects_entry objects_get(const struct objects *o, uint64_t number);
/* False when memory is short. Setting GONE ends the object. */
bool objects_set(struct objects *o, uint64_t number, struct objects_entry e);
/* A hint: objects_get(number) comes soon. */
void objects_prefetch(const struct objects *o, uint64_t number);

/* The part map of a split object, made with nothing freed at the first call; NULL when memory
 * is short. Dropped by objects_set(GONE). */
struct objects_parts *objects_parts(struct objects *o, uint64_t number, unsigned order);

uint64_t objects_live(const struct objects *o);
/* Calls visit for every live object, ascending numbers. */
void objects_each(const struct objects *o,
		  void (*visit)(void *ctx, uint64_t number, struct objects_entry e), void *ctx);

#endif
