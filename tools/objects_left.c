#include "tools/objects_left.h"

#include <assert.h>
#include <stdlib.h>

#define CHUNK OBJECTS_CHUNK
#define GROUP (1u << OBJECTS_GROUP_SHIFT)

static unsigned slots_of(const struct objects_packed *p)
{
	return p->first[OBJECTS_GROUPS];
}

static struct objects_entry *few_entries(const struct objects_chunk *c)
{
	return (struct objects_entry *)(void *)c->left;
}

static uint16_t *few_places(const struct objects_chunk *c)
{
	return (uint16_t *)(void *)(c->left + 2 * c->few);
}

/* Linear: a group has but a few survivors, side by side. */
static struct objects_entry *packed_entry(const struct objects_chunk *c, uint64_t number)
{
	unsigned group = objects_group(number), end;
	uint8_t place = number % GROUP;
	struct objects_packed *p = c->packed;

	end = p->first[group + 1];
	for (unsigned i = p->first[group]; i < end; i++)
		if (p->entries[i].place == place)
			return &p->entries[i];
	return NULL;
}

struct objects_entry *objects_left_entry(const struct objects_chunk *c, uint64_t number)
{
	if (!c->packed)
		return NULL;
	if (!c->few)
		return packed_entry(c, number);
	for (unsigned i = 0; i < c->few; i++)
		if (few_places(c)[i] == number % CHUNK)
			return &few_entries(c)[i];
	return NULL;
}

uint64_t *objects_left_word(const struct objects_chunk *c, const struct objects_entry *entry)
{
	struct objects_packed *p = c->packed;

	if (c->few)
		return &c->left[c->few + (entry - few_entries(c))];
	return (uint64_t *)(void *)&p->entries[slots_of(p)] + (entry - p->entries);
}

struct objects_left_walk objects_left_walk(const struct objects *o, uint64_t at)
{
	return (struct objects_left_walk){ .c = &o->chunks[at], .dense = o->dense[at] };
}

static bool next_dense(struct objects_left_walk *w)
{
	if (w->slot == CHUNK)
		return false;
	w->place = w->slot++;
	w->entry = &w->dense[w->place];
	return true;
}

static bool next_few(struct objects_left_walk *w)
{
	if (w->slot == w->c->few)
		return false;
	w->entry = &few_entries(w->c)[w->slot];
	w->place = few_places(w->c)[w->slot++];
	return true;
}

static bool next_packed(struct objects_left_walk *w)
{
	const struct objects_packed *p = w->c->packed;

	if (!p || w->slot == slots_of(p))
		return false;
	while (w->slot >= p->first[w->group + 1])
		w->group++;
	w->entry = &p->entries[w->slot++];
	w->place = w->group * GROUP + w->entry->place;
	return true;
}

bool objects_left_next(struct objects_left_walk *w)
{
	if (w->dense)
		return next_dense(w);
	return w->c->few ? next_few(w) : next_packed(w);
}

static bool next_survivor(struct objects_left_walk *w)
{
	while (objects_left_next(w))
		if (w->entry->state != OBJECTS_GONE)
			return true;
	return false;
}

static uint64_t word_of(const struct objects_left_walk *w)
{
	if (!w->dense)
		return *objects_left_word(w->c, w->entry);
	return w->c->notes ? w->c->notes[w->place] : 0;
}

/* ---- packing ----------------------------------------------------------------------------- */

/* Both: the n survivors of a walk; NULL when memory is short. */
static struct objects_packed *pack_many(struct objects_left_walk *w, unsigned n)
{
	struct objects_packed *p =
		malloc(sizeof(*p) + n * (sizeof(*p->entries) + sizeof(uint64_t)));
	struct objects_entry *to;
	unsigned i = 0, group = 0;
	uint64_t *words;

	if (!p)
		return NULL;
	to = p->entries;
	words = (uint64_t *)(void *)&to[n];
	for (; next_survivor(w); i++) {
		while (group * GROUP <= w->place)
			p->first[group++] = (uint16_t)i;
		to[i] = *w->entry;
		to[i].place = w->place % GROUP;
		words[i] = word_of(w);
	}
	assert(i == n);
	while (group <= OBJECTS_GROUPS)
		p->first[group++] = (uint16_t)i;
	return p;
}

static uint64_t *pack_few(struct objects_left_walk *w, unsigned n)
{
	uint64_t *left = malloc(n * (2 * sizeof(*left) + sizeof(uint16_t)));
	struct objects_chunk c = { .left = left, .few = (uint16_t)n };
	unsigned i = 0;

	if (!left)
		return NULL;
	for (; next_survivor(w); i++) {
		few_entries(&c)[i] = *w->entry;
		few_places(&c)[i] = (uint16_t)w->place;
		left[n + i] = word_of(w);
	}
	assert(i == n);
	return left;
}

bool objects_left_pack(const struct objects *o, uint64_t at, struct objects_chunk *packed)
{
	unsigned n = (unsigned)(CHUNK - o->chunks[at].gone);
	struct objects_left_walk w = objects_left_walk(o, at);

	*packed = (struct objects_chunk){ .gone = o->chunks[at].gone };
	if (n > OBJECTS_FEW) {
		packed->packed = pack_many(&w, n);
		return packed->packed;
	}
	packed->left = pack_few(&w, n);
	packed->few = (uint16_t)n;
	return packed->left;
}
