/*
 * Kernel: ___slab_alloc(), new_slab(), allocate_slab(), __slab_free(), discard_slab() of
 * mm/slub.c, of two caches. Each CPU takes objects from a slab of its own; when that is full,
 * from one that others have left half empty; then from a new one. An empty slab goes when there
 * are enough half empty ones. CPUs have no lists of such slabs (SLUB_CPU_PARTIAL), and the
 * caches begin without a free object: at the start of the recordings theirs were full. Their
 * pages are in none of the counters of slab pages, which are what shrinkers look at.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_objects.h"
#include "model/v4_12/mm412_sleep.h"

#define NONE UINT32_MAX

enum { MIN_PARTIAL = 5, FIRST_ROOM = 64 };

/* By enum mm412_object: struct bio with its vectors is an object of kmalloc-192, a node of a
 * radix tree has 584 bytes. Where there is no pair of pages SLUB makes do with one. */
static const struct {
	uint8_t order;
	uint16_t on_block, on_page;
	uint32_t gfp;
} kinds[MM412_OBJECTS] = { { 0, 21, 21, 0 }, { 1, 14, 7, MM412_GFP_RECLAIMABLE } };

struct slab {
	uint32_t page;         /* slot; of one that is not there the next such + 1, 0 = none */
	uint32_t before, next; /* on the list of those with room; NONE = nobody */
	uint16_t used, objects;
	uint8_t order;
	bool owned, listed; /* owned: some CPU takes from it */
};

struct cache {
	struct slab *slab;
	uint32_t *of_cpu; /* NONE = has none */
	uint32_t n, room, unused, first, last, nlisted, pages;
	uint32_t empty; /* to be given back, through `next`; NONE = none */
};

struct mm412_objects {
	struct cache cache[MM412_OBJECTS];
};

static bool make(struct mm412 *mm)
{
	struct mm412_objects *o = calloc(1, sizeof(*o));

	mm->sleep->objects = o;
	for (unsigned k = 0; o && k < MM412_OBJECTS; k++) {
		o->cache[k].first = o->cache[k].last = o->cache[k].empty = NONE;
		o->cache[k].of_cpu = malloc(mm->ncpus * sizeof(uint32_t));
		for (unsigned c = 0; o->cache[k].of_cpu && c < mm->ncpus; c++)
			o->cache[k].of_cpu[c] = NONE;
	}
	return o && o->cache[0].of_cpu && o->cache[MM412_OBJECTS - 1].of_cpu;
}

void mm412_objects_done(struct mm412 *mm)
{
	struct mm412_objects *o = mm->sleep->objects;

	for (unsigned k = 0; o && k < MM412_OBJECTS; k++) {
		free(o->cache[k].slab);
		free(o->cache[k].of_cpu);
	}
	free(o);
	mm->sleep->objects = NULL;
}

uint32_t mm412_objects_pages(const struct mm412 *mm, enum mm412_object kind)
{
	return mm->sleep->objects ? mm->sleep->objects->cache[kind].pages : 0;
}

/* ---- the list of slabs with room --------------------------------------------------------- */

static void list(struct cache *c, uint32_t i)
{
	struct slab *s = &c->slab[i];

	s->before = c->last;
	s->next = NONE;
	*(c->last == NONE ? &c->first : &c->slab[c->last].next) = i;
	c->last = i;
	c->nlisted++;
	s->listed = true;
}

static void unlist(struct cache *c, uint32_t i)
{
	struct slab *s = &c->slab[i];

	*(s->before == NONE ? &c->first : &c->slab[s->before].next) = s->next;
	*(s->next == NONE ? &c->last : &c->slab[s->next].before) = s->before;
	c->nlisted--;
	s->listed = false;
}

/* ---- slabs ------------------------------------------------------------------------------- */

static uint32_t number(struct cache *c)
{
	uint32_t i = c->unused, room = c->room ? 2 * c->room : FIRST_ROOM;
	struct slab *grown;

	if (i) {
		c->unused = c->slab[i - 1].page;
		return i - 1;
	}
	if (c->n == c->room) {
		grown = realloc(c->slab, room * sizeof(*grown));
		if (!grown)
			return NONE;
		c->slab = grown;
		c->room = room;
	}
	return c->n++;
}

static void give_back(struct mm412 *mm, struct sim_cpu *cpu, struct cache *c, uint32_t i)
{
	struct slab was = c->slab[i];

	c->slab[i] = (struct slab){ .page = c->unused };
	c->unused = i + 1;
	c->pages -= 1u << was.order;
	mm412_alloc_free(mm, cpu, mm412_frame(mm, was.page), was.order, false);
}

/* A block for a new slab: of the cache's order, or of what there is. */
static uint32_t new_slab(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			 enum mm412_object kind, uint32_t gfp)
{
	struct cache *c = &mm->sleep->objects->cache[kind];
	uint32_t first = gfp | MM412_GFP_NOWARN | MM412_GFP_NORETRY, page, i;
	unsigned order = kinds[kind].order;

	page = mm412_slowpath_block(mm, cpu, task, first | (order ? MM412_GFP_COMP : 0), order);
	if (page == MM412_NONE)
		page = mm412_slowpath_block(mm, cpu, task, gfp, order = 0);
	if (page == MM412_NONE)
		return NONE;
	i = number(c);
	if (i == NONE) {
		mm412_alloc_free(mm, cpu, mm412_frame(mm, page), order, false);
		return NONE;
	}
	c->slab[i] =
		(struct slab){ .page = page,
			       .objects = order ? kinds[kind].on_block : kinds[kind].on_page,
			       .order = (uint8_t)order };
	c->pages += 1u << order;
	return i;
}

/* The CPU's slab from now on. What it had is full, or others come back to it. */
static void own(struct cache *c, unsigned cpu, uint32_t i)
{
	uint32_t had = c->of_cpu[cpu];

	if (had != NONE) {
		c->slab[had].owned = false;
		if (c->slab[had].used < c->slab[had].objects)
			list(c, had);
	}
	c->slab[i].owned = true;
	c->of_cpu[cpu] = i;
}

static bool has_room(const struct cache *c, uint32_t i)
{
	return i != NONE && c->slab[i].used < c->slab[i].objects;
}

uint32_t mm412_objects_take(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			    enum mm412_object kind, uint32_t gfp)
{
	struct cache *c;
	uint32_t i;

	if (!mm->sleep->objects && !make(mm))
		return MM412_NO_OBJECT;
	c = &mm->sleep->objects->cache[kind];
	if (!has_room(c, c->of_cpu[cpu->id])) {
		i = c->first;
		if (i != NONE) {
			unlist(c, i);
		} else {
			i = new_slab(mm, cpu, task, kind, gfp | kinds[kind].gfp);
			if (i == NONE)
				return MM412_NO_OBJECT;
		}
		own(c, cpu->id, i);
	}
	i = c->of_cpu[cpu->id];
	c->slab[i].used++;
	return i;
}

void mm412_objects_put(struct mm412 *mm, enum mm412_object kind, uint32_t slab)
{
	struct cache *c = &mm->sleep->objects->cache[kind];
	struct slab *s = &c->slab[slab];

	assert(s->used > 0);
	s->used--;
	if (s->owned)
		return;
	if (s->used == 0 && c->nlisted >= MIN_PARTIAL) {
		if (s->listed)
			unlist(c, slab);
		s->next = c->empty;
		c->empty = slab;
	} else if (!s->listed) {
		list(c, slab);
	}
}

void mm412_objects_trim(struct mm412 *mm, struct sim_cpu *cpu)
{
	struct mm412_objects *o = mm->sleep->objects;

	for (unsigned k = 0; o && k < MM412_OBJECTS; k++)
		while (o->cache[k].empty != NONE) {
			uint32_t i = o->cache[k].empty;

			o->cache[k].empty = o->cache[k].slab[i].next;
			give_back(mm, cpu, &o->cache[k], i);
		}
}
