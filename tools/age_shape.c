/*
 * Frees what is to be free. With a share U of the free memory in blocks below the goal's order
 * and L pages in larger ones, small = L * U / (1 - U): whole regions of 2^order frames are
 * opened for the large part, all they hold is given back; blocks by chance everywhere else, but
 * never the last one of a region, make the small part. What is off in the end is put right by
 * requests and frees of single pages.
 */
#include "tools/age_core.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 200

struct goal {
	uint64_t small, large; /* pages */
};

static uint64_t region_of(const struct age_work *w, uint64_t frame)
{
	return (frame - w->base) >> w->age->order;
}

static uint32_t unusable(uint64_t small, uint64_t large)
{
	return small + large ? (uint32_t)(small * 1000 / (small + large)) : 1000;
}

/* ---- regions ------------------------------------------------------------------------------
 */

static void mark_free(void *ctx, uint64_t frame, unsigned order)
{
	struct age_work *w = ctx;
	const struct mm_snapshot_zone *z = &w->snap->zones[w->zone];

	if (frame < z->start || frame >= z->end)
		return;
	for (uint64_t f = frame; f < frame + (UINT64_C(1) << order); f++)
		w->taken[region_of(w, f)]--;
}

/* 4.12's blocks count from frame 0, 2.4's from where the zone begins: there a region can have
 * frames that no zone has, which are taken for good. */
static bool make_regions(struct age_work *w)
{
	const struct mm_snapshot_zone *z = &w->snap->zones[w->zone];
	uint64_t size = UINT64_C(1) << w->age->order;

	w->base = w->policy->put_listed ? z->start : z->start / size * size;
	w->nregions = (z->end - w->base + size - 1) / size;
	w->taken = malloc(w->nregions * sizeof(*w->taken));
	w->open = calloc(w->nregions, sizeof(*w->open));
	if (!w->taken || !w->open) {
		w->failed = true;
		return false;
	}
	for (uint64_t r = 0; r < w->nregions; r++)
		w->taken[r] = (uint32_t)size;
	w->policy->each_free(w->mm, true, mark_free, w);
	return true;
}

/* Frames of regions that only our blocks lie in. */
static uint32_t *count_own(const struct age_work *w)
{
	uint32_t *own = calloc(w->nregions, sizeof(*own));

	for (uint64_t i = 0; own && i < w->nblocks[w->zone]; i++) {
		const struct age_block *b = &w->blocks[w->zone][i];

		for (uint64_t f = 0; f < UINT64_C(1) << b->order; f++)
			own[region_of(w, w->start + b->frame + f)]++;
	}
	return own;
}

/* Regions that can be free as a whole, by chance, as many as it takes. */
static void open_regions(struct age_work *w, uint64_t pages)
{
	uint64_t size = UINT64_C(1) << w->age->order, opened = 0;
	uint32_t *own = count_own(w);

	if (!own) {
		w->failed = true;
		return;
	}
	for (uint64_t tries = 0; opened < pages && tries < 20 * w->nregions; tries++) {
		uint64_t r = trace_gen_math_random(&w->draw) % w->nregions;

		if (w->open[r] || !own[r] || own[r] != w->taken[r])
			continue;
		w->open[r] = true;
		opened += size;
	}
	free(own);
	for (uint64_t i = 0; i < w->nblocks[w->zone]; i++) {
		struct age_block *b = &w->blocks[w->zone][i];

		if (!b->gone && w->open[region_of(w, w->start + b->frame)])
			age_give(w, b);
	}
}

/* ---- holes --------------------------------------------------------------------------------
 */

/* A block by chance that leaves its region in use; what cannot be moved stays. */
static bool punch(struct age_work *w)
{
	for (unsigned i = 0; i < TRIES; i++) {
		struct age_block *b = &w->blocks[w->zone][trace_gen_math_random(&w->draw) %
							  w->nblocks[w->zone]];
		uint64_t r = region_of(w, w->start + b->frame);

		if (b->gone || b->kind == AGE_UNMOVABLE || w->open[r] ||
		    b->order >= w->age->order || w->taken[r] <= 1u << b->order)
			continue;
		age_give(w, b);
		return true;
	}
	return false;
}

static void punch_pages(struct age_work *w, uint64_t pages)
{
	for (uint64_t i = 0; i < pages && punch(w); i++)
		;
}

/* ---- the goal -----------------------------------------------------------------------------
 */

/* As near to the wanted fill as whole regions allow. */
static struct goal goal_of(const struct age_work *w)
{
	const struct mm_snapshot_zone *z = &w->snap->zones[w->zone];
	uint64_t size = UINT64_C(1) << w->age->order, u = w->age->unusable_milli;
	uint64_t free = z->managed * (1000 - w->age->fill_milli) / 1000;
	uint64_t regions = (free * (1000 - u) / 1000 + size / 2) / size;

	if (u == 1000)
		return (struct goal){ .small = free };
	if (!regions)
		regions = 1;
	return (struct goal){ .small = regions * size * u / (1000 - u),
			      .large = regions * size };
}

static bool is_near(const struct age_work *w, uint64_t small, uint64_t large)
{
	uint32_t have = unusable(small, large), want = w->age->unusable_milli;

	return small + large && (have > want ? have - want : want - have) < AGE_TOLERANCE / 2;
}

/* So many blocks of a type's list, which nothing larger has to be broken up for: single pages
 * come in batches. */
static uint64_t to_use_up(const struct mm_snapshot_zone *z, unsigned type, unsigned order,
			  uint64_t pages)
{
	uint64_t blocks = z->free[type][order];

	if (order == 0 && z->pcp_batch)
		blocks -= blocks % z->pcp_batch;
	return blocks < pages >> order ? blocks : pages >> order;
}

static bool use_up(struct age_work *w, uint64_t pages)
{
	static const enum age_kind kinds[] = { AGE_UNMOVABLE, AGE_ANON, AGE_SLAB };
	struct mm_snapshot *snap = w->policy->snapshot(w->mm);
	uint64_t before = pages;

	w->failed = w->failed || !snap;
	for (unsigned o = w->age->order; snap && o-- > 0;)
		for (unsigned t = 0; t < sizeof(kinds) / sizeof(*kinds) && t < snap->ntypes;
		     t++) {
			uint64_t n = to_use_up(&snap->zones[w->zone], t, o, pages);

			for (; n && age_ask(w, snap->ntypes == 1 ? AGE_ANON : kinds[t], o); n--)
				pages -= UINT64_C(1) << o;
		}
	if (snap)
		mm_snapshot_free(snap);
	return pages < before;
}

/* One step towards the goal; false: there is none left. */
static bool correct(struct age_work *w, uint64_t small, uint64_t large)
{
	uint64_t u = w->age->unusable_milli;
	uint64_t want = u == 1000 ? UINT64_MAX : large * u / (1000 - u);
	uint64_t before = w->report->frees;

	if (u == 1000)
		return large ? age_ask(w, AGE_ANON, w->age->order) : punch(w);
	if (!large)
		open_regions(w, UINT64_C(1) << w->age->order);
	else if (small < want)
		punch_pages(w, want - small);
	if (w->report->frees > before)
		return true;
	return small > want && use_up(w, small - want);
}

static void settle(struct age_work *w, uint64_t *small, uint64_t *large)
{
	for (unsigned i = 0; i < TRIES && !w->failed; i++) {
		age_count(w, small, large);
		if (is_near(w, *small, *large) || !correct(w, *small, *large))
			break;
	}
	age_count(w, small, large);
}

static bool out_of_reach(const struct age_work *w, const struct goal *g, char *text,
			 size_t size)
{
	const struct mm_snapshot_zone *z = &w->snap->zones[w->zone];

	if (g->small + g->large >= z->managed / 2)
		snprintf(text, size,
			 "ageing node %u, zone %s: its %" PRIu64
			 " pages are too few for an unusable index of %u/1000 at order %u",
			 z->nid, z->name, z->managed, w->age->unusable_milli, w->age->order);
	else if (g->small + g->large <= z->high)
		snprintf(text, size,
			 "ageing node %u, zone %s: with %u.%u %% in use it would be below its "
			 "high mark of %" PRIu64 " pages, where the kernel takes pages back",
			 z->nid, z->name, w->age->fill_milli / 10, w->age->fill_milli % 10,
			 z->high);
	else
		return false;
	return true;
}

static bool shape(struct age_work *w, char *text, size_t size)
{
	const struct mm_snapshot_zone *z = &w->snap->zones[w->zone];
	struct goal g = goal_of(w);
	uint64_t small, large;

	if (out_of_reach(w, &g, text, size) || !make_regions(w))
		return false;
	age_count(w, &small, &large);
	if (large < g.large)
		open_regions(w, g.large - large);
	if (small < g.small)
		punch_pages(w, g.small - small);
	for (age_count(w, &small, &large); large > g.large + (UINT64_C(1) << w->age->order) / 2;
	     age_count(w, &small, &large))
		if (!age_ask(w, AGE_ANON, w->age->order))
			break;
	settle(w, &small, &large);
	w->report->unusable_milli = unusable(small, large);
	w->report->used_milli = (uint32_t)((z->managed - small - large) * 1000 / z->managed);
	if (is_near(w, small, large) || w->failed)
		return !w->failed;
	snprintf(text, size,
		 "ageing node %u, zone %s: an unusable index of %u/1000 at order %u was not "
		 "reached, but %u/1000",
		 z->nid, z->name, w->age->unusable_milli, w->age->order,
		 w->report->unusable_milli);
	return false;
}

bool age_shape(struct age_work *w, char *text, size_t size)
{
	bool ok = shape(w, text, size);

	free(w->taken);
	free(w->open);
	w->taken = NULL;
	w->open = NULL;
	return ok;
}
