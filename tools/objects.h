/*
 * A trace's objects: which frame, order and owner each allocation number has in the
 * simulation. Allocation numbers only grow, so they are kept in chunks of 4096; a chunk
 * whose objects are all gone is used again, and one with an eighth left is packed, again with
 * each half of these that goes, and in the end with each one. Memory follows the live objects;
 * of the length of the trace 24 bytes stay for each chunk.
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
	OBJECTS_HELD,   /* live, and the kernel may take its page: `frame` is a content's number
			 */
};

/* Frames are kept in 32 bits: machines of up to 16 TiB of addresses. */
#define OBJECTS_FRAMES (UINT64_C(1) << 32)

/* What is known of one object: 8 bytes. */
struct objects_entry {
	uint32_t frame; /* first frame; of a HELD object the number of its content */
	uint8_t order : 4;
	uint8_t gfp_class : 4;
	uint8_t state : 4;   /* enum objects_state */
	uint8_t split : 2;   /* parts of it were freed: objects_parts() */
	uint8_t awaited : 1; /* a task waits for its allocation */
	uint8_t dirty : 1;   /* a page of a file that was written, not told to the kernel yet */
	uint8_t node;        /* of the frame */
	uint8_t place;       /* the table's own */
};

/* Which frames of a split object are freed: one bit a frame, up to order 10. */
struct objects_parts {
	uint64_t freed[16];
	uint32_t left; /* frames still allocated */
};

#define OBJECTS_CHUNK_SHIFT 12
#define OBJECTS_CHUNK ((uint64_t)1 << OBJECTS_CHUNK_SHIFT)
#define OBJECTS_PACK_AT 512u /* survivors at which a chunk is packed for the first time */
#define OBJECTS_FEW 16u      /* ... and at which it needs no index any more */

/*
 * What is left of a chunk, ascending. Of each number the entry keeps the lower bits, its place
 * in a group of numbers; the upper ones, the group, say where in `entries` it is to be looked
 * for. So two lines of the host's cache tell where any survivor is, or that it is gone. Behind
 * the entries are as many words (objects_note()).
 */
#define OBJECTS_GROUP_SHIFT 6
#define OBJECTS_GROUPS (1u << (OBJECTS_CHUNK_SHIFT - OBJECTS_GROUP_SHIFT))
struct objects_packed {
	uint16_t first[OBJECTS_GROUPS + 1]; /* survivors of lower groups; at last, of all */
	_Alignas(uint64_t) struct objects_entry entries[];
};

/*
 * A chunk is dense, with an entry a number (objects.dense), or packed: the survivors alone; or
 * a few of them: their entries, their words, and of each the number (uint16_t) in its chunk.
 * This and struct objects are open for the inline functions' sake alone.
 */
struct objects_chunk {
	union {
		uint64_t *notes; /* of a dense one: [OBJECTS_CHUNK]; NULL = none */
		struct objects_packed *packed; /* NULL = nothing is left, or was ever there */
		uint64_t *left;                /* of `few` */
	};
	uint16_t gone; /* GONE since the chunk was made; OBJECTS_CHUNK = nothing left */
	uint16_t few;  /* so many are in `left`; 0 = it is dense or packed */
};

struct objects {
	struct objects_entry **dense; /* by chunk; NULL = none yet, all gone, or packed */
	struct objects_chunk *chunks;
	uint64_t nchunks, room;
	struct objects_split *splits;
	struct objects_slab *slabs; /* what dense chunks are made of */
	struct objects_entry *spare;
	uint64_t *spare_notes; /* [OBJECTS_CHUNK] each, chained by their first bytes */
};

/* NULL when memory is short. */
struct objects *objects_new(void);
void objects_free(struct objects *o);

/* NONE for a number that was never written. */
static inline struct objects_entry objects_get(const struct objects *o, uint64_t number);
/*
 * The place of a number's entry, to read and to write until the next call with another number.
 * NULL when the object is gone or memory is short: objects_get() tells which. It becomes GONE
 * only by objects_end().
 */
static inline struct objects_entry *objects_at(struct objects *o, uint64_t number);
/* All of what is known of the object there, which has just been allocated. */
static inline void objects_set(struct objects_entry *place, struct objects_entry entry);
/* The object is gone; its place is no longer valid. */
static inline void objects_end(struct objects *o, uint64_t number, struct objects_entry *place);
/* The same of one that is not gone and was never split. */
static inline void objects_end_whole(struct objects *o, uint64_t number,
				     struct objects_entry *place);
/* What only prefetches looks to gcc as if it did nothing, and unless it is inlined at once, its
 * calls are dropped. */
#define OBJECTS_PREFETCHES __attribute__((always_inline)) static inline
/*
 * objects_set() and objects_note() of an object that is allocated now. 1: somebody has waited
 * for it (`awaited`, which is cleared); 0: nobody has; -1: memory is short.
 */
static inline int objects_begin(struct objects *o, uint64_t number, struct objects_entry entry,
				uint64_t word);
/* A hint: the entry of that number, which need not exist, is wanted soon. */
OBJECTS_PREFETCHES void objects_prefetch(const struct objects *o, uint64_t number);
/* The same some time later: a survivor of a packed chunk is found by two lines, one after the
 * other. */
OBJECTS_PREFETCHES void objects_prefetch_packed(const struct objects *o, uint64_t number);

/*
 * A word about an object, in memory of its own, which frees do not touch. To be written when
 * its allocation has run. False when memory is short.
 */
static inline bool objects_note(struct objects *o, uint64_t number, uint64_t word);
/* 0 = none was written. */
uint64_t objects_noted(const struct objects *o, uint64_t number);

/* The part map of a split object, made with nothing freed at the first call; NULL when memory
 * is short. Dropped by objects_end(). */
struct objects_parts *objects_parts(struct objects *o, uint64_t number, unsigned order);

/* Counts them: slow. */
uint64_t objects_live(const struct objects *o);
/* Calls visit for every live or held object, ascending numbers. */
void objects_each(const struct objects *o,
		  void (*visit)(void *ctx, uint64_t number, struct objects_entry e), void *ctx);

/* ---- inline for the way of every event -------------------------------------------------- */

/* objects_at() of a number that is in no dense chunk. */
struct objects_entry *objects_elsewhere(struct objects *o, uint64_t number);

static inline struct objects_entry *objects_at(struct objects *o, uint64_t number)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;

	if (at < o->nchunks && o->dense[at])
		return &o->dense[at][number % OBJECTS_CHUNK];
	return objects_elsewhere(o, number);
}

/* objects_get() of a number that is in no dense chunk. */
struct objects_entry objects_get_elsewhere(const struct objects *o, uint64_t number);

static inline struct objects_entry objects_get(const struct objects *o, uint64_t number)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;

	if (at < o->nchunks && o->dense[at])
		return o->dense[at][number % OBJECTS_CHUNK];
	return objects_get_elsewhere(o, number);
}

static inline void objects_set(struct objects_entry *place, struct objects_entry entry)
{
	entry.place = place->place;
	*place = entry;
}

/* objects_end() of what is not just one of many in its chunk. */
void objects_end_here(struct objects *o, uint64_t number, struct objects_entry *place);

static inline void objects_end_whole(struct objects *o, uint64_t number,
				     struct objects_entry *place)
{
	struct objects_chunk *c = &o->chunks[number >> OBJECTS_CHUNK_SHIFT];

	if (__builtin_expect(c->gone >= OBJECTS_CHUNK - OBJECTS_PACK_AT - 1, 0)) {
		objects_end_here(o, number, place);
		return;
	}
	place->state = OBJECTS_GONE;
	c->gone++;
}

static inline void objects_end(struct objects *o, uint64_t number, struct objects_entry *place)
{
	if (place->state == OBJECTS_GONE || place->split)
		objects_end_here(o, number, place);
	else
		objects_end_whole(o, number, place);
}

/* objects_note() of the first one of a chunk, or one in a packed chunk. */
bool objects_note_here(struct objects *o, uint64_t number, uint64_t word);

static inline bool objects_note(struct objects *o, uint64_t number, uint64_t word)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;

	if (!o->dense[at] || !o->chunks[at].notes)
		return objects_note_here(o, number, word);
	o->chunks[at].notes[number % OBJECTS_CHUNK] = word;
	return true;
}

/* objects_begin() of the first one of a chunk, or one in a packed chunk. */
int objects_begin_here(struct objects *o, uint64_t number, struct objects_entry entry,
		       uint64_t word);

static inline int objects_begin(struct objects *o, uint64_t number, struct objects_entry entry,
				uint64_t word)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;
	struct objects_entry *place;
	bool awaited;

	if (at >= o->nchunks || !o->dense[at] || !o->chunks[at].notes)
		return objects_begin_here(o, number, entry, word);
	place = &o->dense[at][number % OBJECTS_CHUNK];
	awaited = place->awaited;
	*place = entry;
	o->chunks[at].notes[number % OBJECTS_CHUNK] = word;
	return awaited;
}

static inline unsigned objects_group(uint64_t number)
{
	return (unsigned)(number % OBJECTS_CHUNK >> OBJECTS_GROUP_SHIFT);
}

OBJECTS_PREFETCHES void objects_prefetch(const struct objects *o, uint64_t number)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;

	if (at >= o->nchunks)
		return;
	if (o->dense[at])
		__builtin_prefetch(&o->dense[at][number % OBJECTS_CHUNK], 1);
	else if (o->chunks[at].packed) /* or `left`, which is where that points or near it */
		__builtin_prefetch(&o->chunks[at].packed->first[objects_group(number)]);
}

OBJECTS_PREFETCHES void objects_prefetch_packed(const struct objects *o, uint64_t number)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;
	const struct objects_packed *p;

	if (at >= o->nchunks || o->dense[at] || o->chunks[at].few)
		return;
	p = o->chunks[at].packed;
	if (p)
		__builtin_prefetch(&p->entries[p->first[objects_group(number)]]);
}

#endif
