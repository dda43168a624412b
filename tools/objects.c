#include "tools/objects.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define CHUNK_SHIFT 12
#define CHUNK ((uint64_t)1 << CHUNK_SHIFT)
#define PACK_AT 64u /* survivors at which a chunk is packed */

_Static_assert(sizeof(struct objects_entry) == 8, "an object is 8 bytes");

/* Dense: an entry per number. Packed: the survivors with their places, ascending. */
struct chunk {
	struct objects_entry *entries;
	uint16_t *places; /* NULL = dense */
	uint16_t packed;  /* entries of a packed chunk */
	uint16_t gone;    /* GONE since the chunk was made; CHUNK = nothing left */
};

struct split {
	uint64_t number;
	struct objects_parts parts;
	UT_hash_handle hh;
};

struct objects {
	struct chunk *chunks;
	uint64_t nchunks;
	struct split *splits;
};

struct objects *objects_new(void)
{
	return calloc(1, sizeof(struct objects));
}

static void drop_split(struct objects *o, uint64_t number)
{
	struct split *s;

	HASH_FIND(hh, o->splits, &number, sizeof(number), s);
	if (!s)
		return;
	HASH_DEL(o->splits, s);
	free(s);
}

static void drop_chunk(struct chunk *c)
{
	free(c->entries);
	free(c->places);
	c->entries = NULL;
	c->places = NULL;
	c->packed = 0;
}

void objects_free(struct objects *o)
{
	struct split *s, *next;

	if (!o)
		return;
	for (uint64_t i = 0; i < o->nchunks; i++)
		drop_chunk(&o->chunks[i]);
	HASH_ITER(hh, o->splits, s, next)
	{
		HASH_DEL(o->splits, s);
		free(s);
	}
	free(o->chunks);
	free(o);
}

static bool grow(struct objects *o, uint64_t chunk)
{
	uint64_t n = o->nchunks ? o->nchunks : 64;
	struct chunk *chunks;

	while (n <= chunk)
		n *= 2;
	chunks = realloc(o->chunks, n * sizeof(*chunks));
	if (!chunks)
		return false;
	memset(chunks + o->nchunks, 0, (n - o->nchunks) * sizeof(*chunks));
	o->chunks = chunks;
	o->nchunks = n;
	return true;
}

static struct objects_entry *packed_entry(const struct chunk *c, uint16_t place)
{
	unsigned low = 0, high = c->packed;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (c->places[mid] < place)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->packed && c->places[low] == place ? &c->entries[low] : NULL;
}

static struct objects_entry *entry(const struct chunk *c, uint64_t number)
{
	uint16_t place = (uint16_t)(number % CHUNK);

	if (c->places)
		return packed_entry(c, place);
	return c->entries ? &c->entries[place] : NULL;
}

struct objects_entry objects_get(const struct objects *o, uint64_t number)
{
	static const struct objects_entry none, gone = { .state = OBJECTS_GONE };
	const struct chunk *c;
	const struct objects_entry *e;

	if (number >> CHUNK_SHIFT >= o->nchunks)
		return none;
	c = &o->chunks[number >> CHUNK_SHIFT];
	e = entry(c, number);
	if (e)
		return *e;
	return c->gone ? gone : none;
}

void objects_prefetch(const struct objects *o, uint64_t number)
{
	const struct chunk *c;

	if (number >> CHUNK_SHIFT >= o->nchunks)
		return;
	c = &o->chunks[number >> CHUNK_SHIFT];
	if (c->entries && !c->places)
		__builtin_prefetch(&c->entries[number % CHUNK]);
}

/* Keeps only the survivors of a chunk all of whose numbers have been given out. */
static void pack(struct chunk *c)
{
	unsigned n = (unsigned)(CHUNK - c->gone), at = 0;
	struct objects_entry *entries = malloc(n * sizeof(*entries));
	uint16_t *places = malloc(n * sizeof(*places));

	if (!entries || !places) { /* only an economy: the dense chunk serves as well */
		free(entries);
		free(places);
		return;
	}
	for (unsigned i = 0; i < CHUNK; i++) {
		if (c->entries[i].state == OBJECTS_GONE)
			continue;
		assert(at < n);
		entries[at] = c->entries[i];
		places[at++] = (uint16_t)i;
	}
	assert(at == n);
	free(c->entries);
	c->entries = entries;
	c->places = places;
	c->packed = (uint16_t)n;
}

/* The chunk of a number that has none yet. */
static struct chunk *make_chunk(struct objects *o, uint64_t at)
{
	if (at >= o->nchunks && !grow(o, at))
		return NULL;
	if (!o->chunks[at].entries && !o->chunks[at].gone)
		o->chunks[at].entries = calloc(CHUNK, sizeof(struct objects_entry));
	return o->chunks[at].entries ? &o->chunks[at] : NULL;
}

struct objects_entry *objects_at(struct objects *o, uint64_t number)
{
	uint64_t at = number >> CHUNK_SHIFT;
	const struct chunk *c = at < o->nchunks ? &o->chunks[at] : NULL;

	if (!c || !c->entries) {
		c = make_chunk(o, at);
		if (!c)
			return NULL;
	}
	return c->places ? packed_entry(c, (uint16_t)(number % CHUNK))
			 : &c->entries[number % CHUNK];
}

void objects_end(struct objects *o, uint64_t number, struct objects_entry *place)
{
	struct chunk *c = &o->chunks[number >> CHUNK_SHIFT];

	if (place->state == OBJECTS_GONE)
		return;
	if (place->split)
		drop_split(o, number);
	place->state = OBJECTS_GONE;
	c->gone++;
	if (c->gone == CHUNK)
		drop_chunk(c);
	else if (!c->places && c->gone == CHUNK - PACK_AT)
		pack(c);
}

struct objects_parts *objects_parts(struct objects *o, uint64_t number, unsigned order)
{
	struct split *s;

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

static void each_in_chunk(const struct chunk *c, uint64_t first,
			  void (*visit)(void *ctx, uint64_t number, struct objects_entry e),
			  void *ctx)
{
	unsigned n = c->places ? c->packed : (unsigned)CHUNK;

	for (unsigned i = 0; c->entries && i < n; i++)
		if (c->entries[i].state == OBJECTS_LIVE)
			visit(ctx, first + (c->places ? c->places[i] : i), c->entries[i]);
}

void objects_each(const struct objects *o,
		  void (*visit)(void *ctx, uint64_t number, struct objects_entry e), void *ctx)
{
	for (uint64_t i = 0; i < o->nchunks; i++)
		each_in_chunk(&o->chunks[i], i << CHUNK_SHIFT, visit, ctx);
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
