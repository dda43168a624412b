#include "tools/pageblocks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ORDER 9u
#define FRAMES (1u << ORDER)

/* 8 bytes, without gaps: compared as a whole. */
struct row {
	uint16_t free, movable, reclaimable;
	int8_t largest;
	uint8_t type;
};

struct pageblocks {
	const struct framemap *map; /* only while it is made */
	unsigned nzones;
	struct zone_rows {
		uint64_t first; /* frame of the first one, which can lie before the zone */
		uint64_t start, end;
		struct row *rows; /* [n] */
		uint64_t n;
	} * zones;
};

static struct row *row_of(const struct pageblocks *p, uint64_t frame)
{
	unsigned zone = framemap_zone(p->map, frame);

	if (zone >= p->nzones)
		return NULL;
	return &p->zones[zone].rows[(frame - p->zones[zone].first) / FRAMES];
}

static void see_free(void *ctx, uint64_t frame, unsigned order)
{
	struct row *row = row_of(ctx, frame);

	for (uint64_t at = 0; row && at < UINT64_C(1) << order; at += FRAMES, row++)
		if (row->largest < (int)order)
			row->largest = (int8_t)(order < ORDER ? order : ORDER);
}

static void see_owned(void *ctx, const struct replay_owned *o)
{
	const struct pageblocks *p = ctx;
	struct row *row = o->mobility == REPLAY_UNMOVABLE ? NULL : row_of(p, o->frame);
	uint64_t in =
		row ? (o->frame - p->zones[framemap_zone(p->map, o->frame)].first) % FRAMES : 0;

	for (uint64_t left = o->frames; row && left; row++, in = 0) {
		uint64_t n = FRAMES - in < left ? FRAMES - in : left;

		if (o->mobility == REPLAY_MOVABLE)
			row->movable = (uint16_t)(row->movable + n);
		else
			row->reclaimable = (uint16_t)(row->reclaimable + n);
		left -= n;
	}
}

static bool make_zone(struct zone_rows *z, const struct framemap_zone *map,
		      const struct mm_policy *policy, const void *mm)
{
	uint64_t skip = (map->start - map->base) / FRAMES;

	z->first = map->base + skip * FRAMES;
	z->start = map->start;
	z->end = map->end;
	z->n = (map->end - z->first + FRAMES - 1) / FRAMES;
	z->rows = calloc(z->n + 1, sizeof(*z->rows));
	if (!z->rows)
		return false;
	for (uint64_t i = 0; i < z->n; i++) {
		uint64_t frame = z->first + i * FRAMES;
		struct row *row = &z->rows[i];

		row->free = (uint16_t)(framemap_count(map->free, skip + i, ORDER) +
				       framemap_count(map->pcp, skip + i, ORDER));
		row->largest = -1;
		if (policy->block_type)
			row->type = (uint8_t)policy->block_type(mm, frame < z->start ? z->start
										     : frame);
	}
	return true;
}

struct pageblocks *pageblocks_new(const struct framemap *map, const struct mm_policy *policy,
				  const void *mm, const struct mm_snapshot *snap,
				  const struct replay *replay)
{
	struct pageblocks *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->map = map;
	p->zones = calloc(snap->nzones + 1, sizeof(*p->zones));
	if (!p->zones)
		goto fail;
	for (; p->nzones < snap->nzones; p->nzones++)
		if (!make_zone(&p->zones[p->nzones], &map->zones[p->nzones], policy, mm))
			goto fail;
	policy->each_free(mm, false, see_free, p);
	if (!replay_owners_each(replay, see_owned, p))
		goto fail;
	p->map = NULL;
	return p;

fail:
	pageblocks_free(p);
	return NULL;
}

void pageblocks_free(struct pageblocks *p)
{
	if (!p)
		return;
	for (unsigned z = 0; p->zones && z < p->nzones; z++)
		free(p->zones[z].rows);
	free(p->zones);
	free(p);
}

void pageblocks_header(FILE *out)
{
	fputs("when,node,zone,first_frame,blocks,type,free_pages,movable_pages,"
	      "unmovable_pages,reclaimable_pages,largest_free_order\n",
	      out);
}

/* Frames of the pageblock that lie in the zone. */
static uint64_t frames_in(const struct zone_rows *z, uint64_t i)
{
	uint64_t start = z->first + i * FRAMES, end = start + FRAMES;

	return (end < z->end ? end : z->end) - (start > z->start ? start : z->start);
}

static bool alike(const struct zone_rows *z, uint64_t a, uint64_t b)
{
	return frames_in(z, a) == frames_in(z, b) &&
	       memcmp(&z->rows[a], &z->rows[b], sizeof(z->rows[a])) == 0;
}

static void csv_zone(FILE *out, const char *when, const struct zone_rows *z,
		     const struct mm_snapshot *snap, const struct mm_snapshot_zone *zone)
{
	for (uint64_t i = 0, next; i < z->n; i = next) {
		const struct row *row = &z->rows[i];
		uint64_t frame = z->first + i * FRAMES;

		for (next = i + 1; next < z->n && alike(z, i, next);)
			next++;
		fprintf(out, "%s,%u,%s,%" PRIu64 ",%" PRIu64 ",%s,%u,%u,%" PRIu64 ",%u,%d\n",
			when, zone->nid, zone->name, frame < z->start ? z->start : frame,
			next - i, snap->type_names[row->type], row->free, row->movable,
			frames_in(z, i) - row->free - row->movable - row->reclaimable,
			row->reclaimable, row->largest);
	}
}

void pageblocks_csv(FILE *out, const char *when, const struct pageblocks *p,
		    const struct mm_snapshot *snap)
{
	for (unsigned z = 0; z < p->nzones; z++)
		csv_zone(out, when, &p->zones[z], snap, &snap->zones[z]);
}
