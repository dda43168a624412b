#include "tools/blockers.h"

#include <stdlib.h>
#include <string.h>

#include "tools/series.h"

#define ALWAYS 9           /* the order of huge pages is looked at in any case */
#define AT_LEAST 64u       /* ranges looked at when fewer are half free */
#define AT_MOST (1u << 21) /* frames looked at */
#define MOST_USED 1024u    /* pages of a range */

/* Pages of one owner in one range, of one age. */
struct entry {
	uint64_t key, age;
	uint32_t range, pages;
	uint8_t order;
	bool moves;        /* compaction can move them, or a list gives them back */
	bool first, alone; /* of its owner in the range; nobody else is there */
	bool sticks;       /* ... but for pages that move, and it has others */
};

/* One order of one zone. */
struct job {
	const struct framemap_zone *zone;
	struct blockers_order *out;
	uint64_t *selected; /* ranges, a bit each */
	uint64_t nranges;
	struct entry *entries;
	size_t n, room;
};

struct work {
	const struct framemap *map;
	const struct replay *replay;
	struct job *jobs; /* ascending by zone */
	unsigned njobs;
	bool short_of_memory;
};

const char *blockers_kind_name(enum replay_owner_kind kind)
{
	static const char *const names[REPLAY_OWNER_KINDS] = {
		[REPLAY_OWNER_ANON] = "anon",
		[REPLAY_OWNER_FILE] = "file",
		[REPLAY_OWNER_SHMEM] = "shmem",
		[REPLAY_OWNER_SLAB] = "slab",
		[REPLAY_OWNER_MOVABLE] = "movable",
		[REPLAY_OWNER_RECLAIMABLE] = "reclaimable",
		[REPLAY_OWNER_UNMOVABLE] = "unmovable",
		[REPLAY_OWNER_BEFORE] = "before",
		[REPLAY_OWNER_PINNED] = "pinned",
		[REPLAY_OWNER_PCP] = "pcp",
		[REPLAY_OWNER_KERNEL] = "kernel",
	};

	return names[kind];
}

/* ---- which ranges ------------------------------------------------------------------------ */

#define NEVER_FREE UINT32_MAX

/* Used pages of a range; NEVER_FREE: part of it is no memory, or reserved at boot. */
static unsigned used_in(const struct job *j, uint64_t range)
{
	unsigned order = j->out->order;
	unsigned used = (1u << order) - framemap_count(j->zone->free, range, order);

	if (used && framemap_count(j->zone->managed, range, order) != 1u << order)
		return NEVER_FREE;
	return used;
}

static void count_ranges(const struct job *j, uint64_t by_used[MOST_USED + 1])
{
	for (uint64_t range = 0; range < j->nranges; range++) {
		unsigned used = used_in(j, range);

		if (used == NEVER_FREE)
			continue;
		by_used[used]++;
		j->out->ranges++;
		j->out->free_ranges += !used;
	}
}

/* How many ranges are looked at: those that are half free, but not too few nor too many. */
static uint64_t how_many(unsigned order, const uint64_t by_used[MOST_USED + 1])
{
	uint64_t all = 0, half = 0, most = AT_MOST >> order;

	for (unsigned used = 1; used <= 1u << order; used++) {
		all += by_used[used];
		half += 2 * used <= 1u << order ? by_used[used] : 0;
	}
	if (order == 0)
		half = all;
	if (half < AT_LEAST)
		half = all < AT_LEAST ? all : AT_LEAST;
	return half < most ? half : most;
}

static void select_ranges(struct job *j)
{
	uint64_t by_used[MOST_USED + 1] = { 0 }, left, of_last;
	unsigned last = 1; /* ranges with fewer used pages are all taken */

	count_ranges(j, by_used);
	left = how_many(j->out->order, by_used);
	j->out->looked_at = left;
	while (last <= MOST_USED && by_used[last] <= left)
		left -= by_used[last++];
	of_last = left;
	for (uint64_t range = 0; range < j->nranges; range++) {
		unsigned used = used_in(j, range);

		if (!used || used > last || (used == last && !of_last))
			continue;
		of_last -= used == last;
		j->selected[range / 64] |= UINT64_C(1) << range % 64;
		j->out->used_pages += used;
	}
}

/* ---- who is there ------------------------------------------------------------------------ */

static uint64_t key_of(const struct replay_owned *o)
{
	return (uint64_t)o->kind << 48 | (uint64_t)(uint16_t)o->gfp << 32 | o->task;
}

static bool add(struct job *j, struct entry e)
{
	struct entry *last = j->n ? &j->entries[j->n - 1] : NULL;

	if (last && last->key == e.key && last->range == e.range && last->age == e.age &&
	    last->moves == e.moves) {
		last->pages += e.pages;
		if (e.order > last->order)
			last->order = e.order;
		return true;
	}
	if (j->n == j->room) {
		size_t room = j->room ? 2 * j->room : 256;
		struct entry *entries = realloc(j->entries, room * sizeof(*entries));

		if (!entries)
			return false;
		j->entries = entries;
		j->room = room;
	}
	j->entries[j->n++] = e;
	return true;
}

/* A block's frames, range by range. */
static bool add_block(struct job *j, const struct replay_owned *o)
{
	unsigned order = j->out->order;
	uint64_t at = o->frame - j->zone->base, end = at + o->frames;

	while (at < end) {
		uint64_t range = at >> order, next = (range + 1) << order;
		struct entry e = { .key = key_of(o),
				   .age = o->age,
				   .range = (uint32_t)range,
				   .order = o->order,
				   .moves = o->mobility == REPLAY_MOVABLE };

		if (next > end)
			next = end;
		e.pages = (uint32_t)(next - at);
		if (framemap_has(j->selected, range) && !add(j, e))
			return false;
		at = next;
	}
	return true;
}

static void look(void *ctx, const struct replay_owned *o)
{
	struct work *w = ctx;
	unsigned zone = framemap_zone(w->map, o->frame);

	for (unsigned i = 0; zone < w->map->nzones && i < w->njobs; i++)
		if (w->jobs[i].zone == &w->map->zones[zone] && !add_block(&w->jobs[i], o))
			w->short_of_memory = true;
}

static int by_range(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->range != y->range)
		return x->range < y->range ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static int by_owner(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->age > y->age) - (x->age < y->age);
}

static bool add_unowned(struct job *j, uint64_t range, enum replay_owner_kind kind,
			unsigned pages)
{
	const struct replay_owned o = { .kind = kind,
					.task = REPLAY_NO_TASK,
					.gfp = REPLAY_NO_GFP };

	return !pages || add(j, (struct entry){ .key = key_of(&o),
						.age = REPLAY_NO_AGE,
						.range = (uint32_t)range,
						.pages = pages,
						.moves = true });
}

/* Pages on per-cpu lists, and those that nobody is known to have. */
static bool add_rest(struct job *j)
{
	size_t n = j->n, at = 0;

	for (uint64_t range = 0; range < j->nranges; range++) {
		unsigned used, pcp, owned = 0;

		if (!framemap_has(j->selected, range))
			continue;
		used = used_in(j, range);
		pcp = framemap_count(j->zone->pcp, range, j->out->order);
		for (; at < n && j->entries[at].range == range; at++)
			owned += j->entries[at].pages;
		if (!add_unowned(j, range, REPLAY_OWNER_PCP, pcp) ||
		    !add_unowned(j, range, REPLAY_OWNER_KERNEL,
				 used > pcp + owned ? used - pcp - owned : 0))
			return false;
	}
	return true;
}

static bool is_pcp(const struct entry *e)
{
	return e->key >> 48 == REPLAY_OWNER_PCP;
}

/* The entries of one range, by owner: the first of each owner stands for the range. Pages on
 * per-cpu lists come last, and are nobody's. */
static void mark_range(struct entry *e, size_t n)
{
	struct entry *stuck = NULL;
	bool alone = true, several = false;

	for (size_t i = 0; i < n; i++) {
		e[i].first = i == 0 || e[i].key != e[i - 1].key;
		alone = alone && (e[i].key == e[0].key || is_pcp(&e[i]));
		if (e[i].moves)
			continue;
		several = several || (stuck && stuck->key != e[i].key);
		if (!stuck)
			stuck = &e[i];
	}
	e[0].alone = alone;
	if (stuck && !several)
		stuck->sticks = true;
}

static void mark_ranges(struct job *j)
{
	for (size_t i = 0, next; i < j->n; i = next) {
		for (next = i + 1;
		     next < j->n && j->entries[next].range == j->entries[i].range;)
			next++;
		mark_range(&j->entries[i], next - i);
	}
}

/* ---- whom to tell ------------------------------------------------------------------------ */

/* The smallest age that half of the pages do not exceed. */
static uint64_t median(const struct entry *e, size_t n, uint64_t pages)
{
	uint64_t younger = 0;
	size_t i = 0;

	while (i < n - 1 && 2 * (younger + e[i].pages) < pages)
		younger += e[i++].pages;
	return e[i].age;
}

/* The entries of one owner, by age. */
static struct blockers_owner owner_of(const struct replay *r, const struct entry *e, size_t n)
{
	uint32_t gfp = e->key >> 32 & UINT16_MAX;
	struct blockers_owner o = {
		.task = replay_owners_task(r, (uint32_t)e->key),
		.gfp = replay_owners_gfp(r, gfp == UINT16_MAX ? REPLAY_NO_GFP : gfp),
		.kind = (enum replay_owner_kind)(e->key >> 48),
		.age_min = e[0].age,
		.age_max = e[n - 1].age,
	};

	for (size_t i = 0; i < n; i++) {
		o.pages += e[i].pages;
		o.ranges += e[i].first;
		o.ranges_alone += e[i].alone;
		o.unmovable_alone += e[i].sticks;
		if (e[i].order > o.order)
			o.order = e[i].order;
	}
	o.age_median = median(e, n, o.pages);
	return o;
}

static bool ranks_before(const struct blockers_owner *a, const struct blockers_owner *b)
{
	if (a->unmovable_alone != b->unmovable_alone)
		return a->unmovable_alone > b->unmovable_alone;
	if (a->ranges_alone != b->ranges_alone)
		return a->ranges_alone > b->ranges_alone;
	if (a->pages != b->pages)
		return a->pages > b->pages;
	return a->ranges > b->ranges;
}

static void count_other(struct blockers_order *out, const struct blockers_owner *o)
{
	out->others++;
	out->others_pages += o->pages;
	out->others_alone += o->ranges_alone;
	out->others_unmovable += o->unmovable_alone;
}

/* Of equals the one that came first stays before. */
static void rank(struct blockers_order *out, struct blockers_owner o)
{
	unsigned at = out->nowners;

	while (at > 0 && ranks_before(&o, &out->owners[at - 1]))
		at--;
	if (at == BLOCKERS_OWNERS) {
		count_other(out, &o);
		return;
	}
	if (out->nowners == BLOCKERS_OWNERS)
		count_other(out, &out->owners[--out->nowners]);
	memmove(&out->owners[at + 1], &out->owners[at], (out->nowners - at) * sizeof(o));
	out->owners[at] = o;
	out->nowners++;
}

static void sort(struct job *j, int (*compare)(const void *a, const void *b))
{
	if (j->n)
		qsort(j->entries, j->n, sizeof(*j->entries), compare);
}

static bool finish(struct job *j, const struct replay *r)
{
	sort(j, by_range);
	if (!add_rest(j))
		return false;
	sort(j, by_range);
	mark_ranges(j);
	sort(j, by_owner);
	for (size_t i = 0, next; i < j->n; i = next) {
		for (next = i + 1; next < j->n && j->entries[next].key == j->entries[i].key;)
			next++;
		rank(j->out, owner_of(r, &j->entries[i], next - i));
	}
	return true;
}

/* ---- all --------------------------------------------------------------------------------- */

static bool make_job(struct work *w, const struct framemap_zone *zone,
		     struct blockers_order *out, unsigned order)
{
	struct job *j = &w->jobs[w->njobs++];

	out->order = order;
	*j = (struct job){ .zone = zone, .out = out, .nranges = zone->nbits >> order };
	j->selected = calloc(j->nranges / 64 + 1, sizeof(*j->selected));
	if (!j->selected)
		return false;
	select_ranges(j);
	return true;
}

static bool make_jobs(struct work *w, struct blockers *b, const struct mm_snapshot *snap)
{
	for (unsigned z = 0; z < snap->nzones; z++) {
		struct blockers_zone *zone = &b->zones[z];
		uint64_t blocks[FRAG_ORDERS];

		zone->orders = calloc(FRAG_ORDERS, sizeof(*zone->orders));
		if (!zone->orders)
			return false;
		series_blocks(&snap->zones[z], snap->ntypes, blocks);
		for (unsigned order = 0; order < snap->norders; order++)
			if ((order == ALWAYS || (int)order > frag_largest_order(blocks)) &&
			    !make_job(w, &w->map->zones[z], &zone->orders[zone->norders++],
				      order))
				return false;
	}
	return true;
}

static bool fill(struct work *w, struct blockers *b, const struct mm_snapshot *snap)
{
	if (!w->jobs || !b->zones || !make_jobs(w, b, snap) ||
	    !replay_owners_each(w->replay, look, w) || w->short_of_memory)
		return false;
	for (unsigned i = 0; i < w->njobs; i++)
		if (!finish(&w->jobs[i], w->replay))
			return false;
	return true;
}

struct blockers *blockers_new(const struct framemap *map, const struct mm_snapshot *snap,
			      const struct replay *replay)
{
	struct blockers *b = calloc(1, sizeof(*b));
	struct work w = { .map = map, .replay = replay };
	bool ok;

	if (!b)
		return NULL;
	b->nzones = snap->nzones;
	b->zones = calloc(snap->nzones + 1, sizeof(*b->zones));
	w.jobs = calloc((size_t)snap->nzones * FRAG_ORDERS + 1, sizeof(*w.jobs));
	ok = fill(&w, b, snap);
	for (unsigned i = 0; i < w.njobs; i++) {
		free(w.jobs[i].selected);
		free(w.jobs[i].entries);
	}
	free(w.jobs);
	if (ok)
		return b;
	blockers_free(b);
	return NULL;
}

void blockers_free(struct blockers *b)
{
	if (!b)
		return;
	for (unsigned z = 0; b->zones && z < b->nzones; z++)
		free(b->zones[z].orders);
	free(b->zones);
	free(b);
}
