#include "tools/objects_left.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define CHUNK OBJECTS_CHUNK

/* Dense chunks are cut out of pieces of one huge page: they are looked at in no order. */
#define SLAB_BYTES ((size_t)2 << 20)
#define SLAB_CHUNKS (SLAB_BYTES / (CHUNK * sizeof(struct objects_entry)))

/* What inline functions leave to others: kept out of their callers, whose registers it took. */
#define RARE __attribute__((noinline))

_Static_assert(sizeof(struct objects_entry) == 8, "an object is 8 bytes");

_Static_assert((OBJECTS_PACK_AT & (OBJECTS_PACK_AT - 1)) == 0 && OBJECTS_PACK_AT > OBJECTS_FEW,
	       "chunks are packed at powers of two, and with few left always");

struct objects_split {
	uint64_t number;
	struct objects_parts parts;
	UT_hash_handle hh;
};

struct objects_slab {
	void *memory;
	struct objects_slab *next;
};

struct objects *objects_new(void)
{
	return calloc(1, sizeof(struct objects));
}

static void drop_split(struct objects *o, uint64_t number)
{
	struct objects_split *s;

	HASH_FIND(hh, o->splits, &number, sizeof(number), s);
	if (!s)
		return;
	HASH_DEL(o->splits, s);
	free(s);
}

/* A spare piece of memory for a dense chunk begins with the address of the next one. */
static void spare_dense(struct objects *o, struct objects_entry *dense)
{
	memcpy((void *)dense, &o->spare, sizeof(o->spare));
	o->spare = dense;
}

static bool add_slab(struct objects *o)
{
	struct objects_slab *slab = malloc(sizeof(*slab));
	struct objects_entry *dense = aligned_alloc(SLAB_BYTES, SLAB_BYTES);

	if (!slab || !dense) {
		free(slab);
		free(dense);
		return false;
	}
	/* Only advice: a host without huge pages is slower, not wrong. */
	(void)madvise(dense, SLAB_BYTES, MADV_HUGEPAGE);
	*slab = (struct objects_slab){ .memory = dense, .next = o->slabs };
	o->slabs = slab;
	for (size_t i = 0; i < SLAB_CHUNKS; i++)
		spare_dense(o, dense + i * CHUNK);
	return true;
}

static struct objects_entry *new_dense(struct objects *o)
{
	struct objects_entry *dense;

	if (!o->spare && !add_slab(o))
		return NULL;
	dense = o->spare;
	memcpy(&o->spare, (const void *)dense, sizeof(o->spare));
	memset(dense, 0, CHUNK * sizeof(*dense));
	return dense;
}

/* A dense chunk's words. They are used again, as dense chunks are: survivors' words between
 * them would leave holes that none fits into. */
static uint64_t *new_notes(struct objects *o)
{
	uint64_t *notes = o->spare_notes;

	if (notes)
		memcpy(&o->spare_notes, notes, sizeof(o->spare_notes));
	else
		notes = malloc(CHUNK * sizeof(*notes));
	if (notes)
		memset(notes, 0, CHUNK * sizeof(*notes));
	return notes;
}

static void free_spare_notes(struct objects *o)
{
	while (o->spare_notes) {
		uint64_t *notes = o->spare_notes;

		memcpy(&o->spare_notes, notes, sizeof(o->spare_notes));
		free(notes);
	}
}

/* What a chunk is made of. */
static void drop_chunk(struct objects *o, uint64_t at)
{
	struct objects_chunk *c = &o->chunks[at];

	if (!o->dense[at]) {
		free(c->packed);
	} else {
		spare_dense(o, o->dense[at]);
		if (c->notes) {
			memcpy(c->notes, &o->spare_notes, sizeof(o->spare_notes));
			o->spare_notes = c->notes;
		}
	}
	o->dense[at] = NULL;
	c->packed = NULL;
	c->few = 0;
}

static void free_slabs(struct objects *o)
{
	while (o->slabs) {
		struct objects_slab *slab = o->slabs;

		o->slabs = slab->next;
		free(slab->memory);
		free(slab);
	}
}

void objects_free(struct objects *o)
{
	struct objects_split *s, *next;

	if (!o)
		return;
	for (uint64_t i = 0; i < o->nchunks; i++)
		drop_chunk(o, i);
	free_slabs(o);
	free_spare_notes(o);
	HASH_ITER(hh, o->splits, s, next)
	{
		HASH_DEL(o->splits, s);
		free(s);
	}
	free(o->dense);
	free(o->chunks);
	free(o);
}

/* The tables for so many chunks at least. */
static bool make_room(struct objects *o, uint64_t chunks)
{
	uint64_t room = o->room ? o->room : 64;
	void *more;

	while (room < chunks)
		room *= 2;
	if (room == o->room)
		return true;
	more = realloc(o->chunks, room * sizeof(*o->chunks));
	if (!more)
		return false;
	o->chunks = more;
	more = realloc(o->dense, room * sizeof(*o->dense));
	if (!more)
		return false;
	o->dense = more;
	o->room = room;
	return true;
}

/* What is not needed yet is not touched, so that the host does not have to give it. */
static bool grow(struct objects *o, uint64_t chunk)
{
	if (!make_room(o, chunk + 1))
		return false;
	for (; o->nchunks <= chunk; o->nchunks++) {
		o->chunks[o->nchunks] = (struct objects_chunk){ 0 };
		o->dense[o->nchunks] = NULL;
	}
	return true;
}

/* Keeps only the survivors of a chunk. An economy: without memory it serves as it is. */
static void pack(struct objects *o, uint64_t at)
{
	struct objects_chunk packed;

	if (!objects_left_pack(o, at, &packed))
		return;
	drop_chunk(o, at);
	o->chunks[at] = packed;
}

struct objects_entry objects_get_elsewhere(const struct objects *o, uint64_t number)
{
	static const struct objects_entry none, gone = { .state = OBJECTS_GONE };
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;
	const struct objects_entry *e;

	if (at >= o->nchunks)
		return none;
	e = objects_left_entry(&o->chunks[at], number);
	if (e)
		return *e;
	return o->chunks[at].gone ? gone : none;
}

RARE struct objects_entry *objects_elsewhere(struct objects *o, uint64_t number)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;

	if (at >= o->nchunks && !grow(o, at))
		return NULL;
	if (o->chunks[at].gone) /* it was dense once */
		return objects_left_entry(&o->chunks[at], number);
	o->dense[at] = new_dense(o);
	return o->dense[at] ? &o->dense[at][number % CHUNK] : NULL;
}

RARE void objects_end_here(struct objects *o, uint64_t number, struct objects_entry *place)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;
	unsigned left;

	if (place->state == OBJECTS_GONE)
		return;
	if (place->split)
		drop_split(o, number);
	place->state = OBJECTS_GONE;
	left = (unsigned)CHUNK - ++o->chunks[at].gone;
	if (left == 0)
		drop_chunk(o, at);
	else if (left <= OBJECTS_FEW || (left <= OBJECTS_PACK_AT && (left & (left - 1)) == 0))
		pack(o, at);
}

RARE bool objects_note_here(struct objects *o, uint64_t number, uint64_t word)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;
	struct objects_chunk *c = &o->chunks[at];
	const struct objects_entry *entry;

	if (!o->dense[at]) {
		entry = objects_left_entry(c, number);
		if (entry)
			*objects_left_word(c, entry) = word;
		return true;
	}
	if (!c->notes)
		c->notes = new_notes(o);
	if (!c->notes)
		return false;
	c->notes[number % CHUNK] = word;
	return true;
}

RARE int objects_begin_here(struct objects *o, uint64_t number, struct objects_entry entry,
			    uint64_t word)
{
	struct objects_entry *place = objects_at(o, number);
	bool awaited;

	if (!place)
		return -1;
	awaited = place->awaited;
	objects_set(place, entry);
	return objects_note(o, number, word) ? awaited : -1;
}

uint64_t objects_noted(const struct objects *o, uint64_t number)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;
	const struct objects_chunk *c = &o->chunks[at];
	const struct objects_entry *entry;

	if (at >= o->nchunks)
		return 0;
	if (o->dense[at])
		return c->notes ? c->notes[number % CHUNK] : 0;
	entry = objects_left_entry(c, number);
	return entry ? *objects_left_word(c, entry) : 0;
}

struct objects_parts *objects_parts(struct objects *o, uint64_t number, unsigned order)
{
	struct objects_split *s;

	HASH_FIND(hh, o->splits, &number, sizeof(number), s);
	if (s)
		return &s->parts;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->number = number;
	s->parts.left = 1u << order;
	HASH_ADD(hh, o->splits, number, sizeof(s->number), s);
	if (!s->hh.tbl) { /* the table could not grow */
		free(s);
		return NULL;
	}
	return &s->parts;
}

void objects_each(const struct objects *o,
		  void (*visit)(void *ctx, uint64_t number, struct objects_entry e), void *ctx)
{
	for (uint64_t i = 0; i < o->nchunks; i++) {
		struct objects_left_walk w = objects_left_walk(o, i);

		while (objects_left_next(&w))
			if (w.entry->state == OBJECTS_LIVE || w.entry->state == OBJECTS_HELD)
				visit(ctx, i * CHUNK + w.place, *w.entry);
	}
}

static void count(void *ctx, uint64_t number, struct objects_entry e)
{
	uint64_t *n = ctx;

	(void)number;
	(void)e;
	++*n;
}

uint64_t objects_live(const struct objects *o)
{
	uint64_t n = 0;

	objects_each(o, count, &n);
	return n;
}
