#include "tools/objects.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define CHUNK OBJECTS_CHUNK
#define GROUP (1u << OBJECTS_GROUP_SHIFT)

/* Dense chunks are cut out of pieces of one huge page: they are looked at in no order. */
#define SLAB_BYTES ((size_t)2 << 20)
#define SLAB_CHUNKS (SLAB_BYTES / (CHUNK * sizeof(struct objects_entry)))

/* What inline functions leave to others: kept out of their callers, whose registers it took. */
#define RARE __attribute__((noinline))

_Static_assert(sizeof(struct objects_entry) == 8, "an object is 8 bytes");

/* Survivors at which a packed chunk is packed again: its memory follows what is alive. */
#define PACK_AGAIN_AT 64u
#define PACK_LAST_AT 8u

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

static void drop_notes(struct objects *o, uint64_t at)
{
	uint64_t *notes = o->chunks[at].notes;

	o->chunks[at].notes = NULL;
	if (notes && o->dense[at]) {
		memcpy(notes, &o->spare_notes, sizeof(o->spare_notes));
		o->spare_notes = notes;
	} else {
		free(notes);
	}
}

static void free_spare_notes(struct objects *o)
{
	while (o->spare_notes) {
		uint64_t *notes = o->spare_notes;

		memcpy(&o->spare_notes, notes, sizeof(o->spare_notes));
		free(notes);
	}
}

static void drop_chunk(struct objects *o, uint64_t at)
{
	drop_notes(o, at);
	if (o->dense[at])
		spare_dense(o, o->dense[at]);
	o->dense[at] = NULL;
	free(o->chunks[at].packed);
	o->chunks[at].packed = NULL;
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

static bool grow(struct objects *o, uint64_t chunk)
{
	uint64_t n = o->nchunks ? o->nchunks : 64;
	struct objects_entry **dense;
	struct objects_chunk *chunks;

	while (n <= chunk)
		n *= 2;
	chunks = realloc(o->chunks, n * sizeof(*chunks));
	if (!chunks)
		return false;
	o->chunks = chunks;
	dense = realloc(o->dense, n * sizeof(*dense));
	if (!dense)
		return false;
	o->dense = dense;
	for (; o->nchunks < n; o->nchunks++) {
		chunks[o->nchunks] = (struct objects_chunk){ 0 };
		dense[o->nchunks] = NULL;
	}
	return true;
}

/* Linear: a group has but a few survivors, side by side. */
static struct objects_entry *packed_entry(const struct objects_chunk *c, uint64_t number)
{
	unsigned group = objects_group(number), end;
	uint8_t place = number % GROUP;
	struct objects_packed *p = c->packed;

	if (!p)
		return NULL;
	end = p->first[group + 1];
	for (unsigned i = p->first[group]; i < end; i++)
		if (p->entries[i].place == place)
			return &p->entries[i];
	return NULL;
}

struct objects_entry objects_get_elsewhere(const struct objects *o, uint64_t number)
{
	static const struct objects_entry none, gone = { .state = OBJECTS_GONE };
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;
	const struct objects_entry *e;

	if (at >= o->nchunks)
		return none;
	e = packed_entry(&o->chunks[at], number);
	if (e)
		return *e;
	return o->chunks[at].gone ? gone : none;
}

/* The survivors' words; false when memory is short. */
static bool pack_notes(struct objects *o, uint64_t chunk, const struct objects_entry *from,
		       unsigned nfrom, unsigned n)
{
	struct objects_chunk *c = &o->chunks[chunk];
	uint64_t *fewer;
	unsigned at = 0;

	if (!c->notes)
		return true;
	fewer = malloc(n * sizeof(*fewer));
	if (!fewer)
		return false;
	for (unsigned i = 0; i < nfrom; i++)
		if (from[i].state != OBJECTS_GONE)
			fewer[at++] = c->notes[i];
	drop_notes(o, chunk);
	c->notes = fewer;
	return true;
}

static unsigned entries_of(const struct objects_packed *p)
{
	return p ? p->first[OBJECTS_GROUPS] : (unsigned)CHUNK;
}

/* The survivors of one group; `at` of them are packed already, and then how many. */
static unsigned pack_group(struct objects_packed *to, const struct objects_entry *from,
			   unsigned n, bool dense, unsigned at)
{
	for (unsigned i = 0; i < n; i++) {
		if (from[i].state == OBJECTS_GONE)
			continue;
		to->entries[at] = from[i];
		if (dense)
			to->entries[at].place = (uint8_t)i;
		at++;
	}
	return at;
}

/* Keeps only the survivors of a chunk, numbers that are still to come among them. */
static void pack(struct objects *o, uint64_t chunk)
{
	struct objects_chunk *c = &o->chunks[chunk];
	struct objects_packed *old = c->packed, *packed;
	const struct objects_entry *from = old ? old->entries : o->dense[chunk];
	unsigned n = (unsigned)(CHUNK - c->gone), at = 0;

	packed = malloc(sizeof(*packed) + n * sizeof(*from));
	if (!packed || !pack_notes(o, chunk, from, entries_of(old), n)) {
		free(packed); /* only an economy: the chunk serves as well as it is */
		return;
	}
	for (unsigned g = 0; g < OBJECTS_GROUPS; g++) {
		unsigned first = old ? old->first[g] : g * GROUP,
			 end = old ? old->first[g + 1] : (g + 1) * GROUP;

		packed->first[g] = (uint16_t)at;
		at = pack_group(packed, from + first, end - first, !old, at);
	}
	assert(at == n);
	packed->first[OBJECTS_GROUPS] = (uint16_t)at;
	if (!old)
		spare_dense(o, o->dense[chunk]);
	o->dense[chunk] = NULL;
	free(old);
	c->packed = packed;
}

RARE struct objects_entry *objects_elsewhere(struct objects *o, uint64_t number)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;

	if (at >= o->nchunks && !grow(o, at))
		return NULL;
	if (o->chunks[at].gone) /* it was dense once */
		return packed_entry(&o->chunks[at], number);
	o->dense[at] = new_dense(o);
	return o->dense[at] ? &o->dense[at][number % CHUNK] : NULL;
}

RARE void objects_end_here(struct objects *o, uint64_t number, struct objects_entry *place)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT;
	struct objects_chunk *c = &o->chunks[at];

	if (place->state == OBJECTS_GONE)
		return;
	if (place->split)
		drop_split(o, number);
	place->state = OBJECTS_GONE;
	c->gone++;
	if (c->gone == CHUNK)
		drop_chunk(o, at);
	else if (c->gone == CHUNK - OBJECTS_PACK_AT || c->gone == CHUNK - PACK_AGAIN_AT ||
		 c->gone == CHUNK - PACK_LAST_AT)
		pack(o, at);
}

RARE bool objects_note_here(struct objects *o, uint64_t number, uint64_t word)
{
	uint64_t at = number >> OBJECTS_CHUNK_SHIFT, place = number % CHUNK;
	struct objects_chunk *c = &o->chunks[at];

	if (!o->dense[at]) {
		const struct objects_entry *entry = packed_entry(c, number);

		if (!entry)
			return true;
		place = (uint64_t)(entry - c->packed->entries);
	}
	if (!c->notes)
		c->notes = o->dense[at] ? new_notes(o)
					: calloc(entries_of(c->packed), sizeof(*c->notes));
	if (!c->notes)
		return false;
	c->notes[place] = word;
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

	if (at >= o->nchunks || !c->notes)
		return 0;
	if (o->dense[at])
		return c->notes[number % CHUNK];
	entry = packed_entry(c, number);
	return entry ? c->notes[entry - c->packed->entries] : 0;
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

/* Number of entry i of a chunk's part that begins at number `base`. */
static uint64_t number_of(const struct objects_packed *p, uint64_t base, unsigned i)
{
	return base + (p ? p->entries[i].place : i % GROUP);
}

static void each_in_chunk(const struct objects *o, uint64_t at,
			  void (*visit)(void *ctx, uint64_t number, struct objects_entry e),
			  void *ctx)
{
	const struct objects_packed *p = o->chunks[at].packed;
	const struct objects_entry *entries = p ? p->entries : o->dense[at];

	for (unsigned g = 0; g < OBJECTS_GROUPS; g++) {
		unsigned end = p ? p->first[g + 1] : (g + 1) * GROUP;

		for (unsigned i = p ? p->first[g] : g * GROUP; i < end; i++)
			if (entries[i].state == OBJECTS_LIVE ||
			    entries[i].state == OBJECTS_HELD)
				visit(ctx, number_of(p, at * CHUNK + g * GROUP, i), entries[i]);
	}
}

void objects_each(const struct objects *o,
		  void (*visit)(void *ctx, uint64_t number, struct objects_entry e), void *ctx)
{
	for (uint64_t i = 0; i < o->nchunks; i++)
		if (o->dense[i] || o->chunks[i].packed)
			each_in_chunk(o, i, visit, ctx);
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
