/*
 * Tasks touch their pages in passes, in the order of their addresses. The recording tells when
 * a page is touched for the first time, and when one came back from swap, but not which one. So
 * each task's pages stand on its walk in the order of their addresses, and in a pass each page
 * that is not in memory, and no other, takes a fault: the next fault is that of the next such
 * page. The pages in between, which are in memory, were touched without a fault.
 *
 * What is touched anew after it was given up (madvise) takes its old place, unless a page table
 * was made for it: then it is at new addresses, behind all others.
 */
#include "traces/derive.h"

/* A read cluster of 8 pages and the pagevec behind it: so many pages that came back may be
 * touched before the recording says so. */
#define LATE 22
#define CLUSTER 8 /* pages of swap read at a time */
#define SLOTS 64  /* that a CPU takes at a time */

static struct derive_walk *walk_of(struct derive *d, uint32_t task, enum derive_kind kind)
{
	return &d->tasks[task].walk[kind];
}

static enum derive_place place_at(const struct derive *d, const struct derive_walk *w, size_t i)
{
	return (enum derive_place)d->pages[w->pages[i]].place;
}

/* The next one behind `at`, around the end. SIZE_MAX = none. */
static size_t next_at(const struct derive *d, const struct derive_walk *w, size_t at, bool out,
		      bool gone)
{
	for (size_t i = 1; i <= w->n && (out || gone); i++) {
		size_t k = (at + i) % w->n;
		enum derive_place place = place_at(d, w, k);

		if ((out && place == DERIVE_OUT) || (gone && place == DERIVE_GONE))
			return k;
	}
	return SIZE_MAX;
}

/* The task did something else than touching its last huge page. */
static void leave_huge(struct derive *d, struct derive_task *t, uint64_t time)
{
	if (t->huge == DERIVE_NONE)
		return;
	if (!d->blocks[t->huge].until)
		d->blocks[t->huge].until = time;
	if (!t->huge_failed)
		t->huge = DERIVE_NONE;
}

static void append(struct derive *d, struct derive_walk *w, uint32_t page)
{
	if (!derive_room(d, &w->pages, &w->cap, w->n, sizeof(*w->pages)))
		return;
	/* Whoever was at the end goes on there; a pass elsewhere is not disturbed. */
	if (w->at == SIZE_MAX || w->at + 1 == w->n)
		w->at = w->back = w->n;
	w->pages[w->n++] = page;
}

/* Pages in memory that the pass came by. */
static void touch_between(struct derive *d, struct derive_walk *w, size_t to, uint64_t time,
			  uint16_t cpu)
{
	size_t n = (to + w->n - w->at - 1) % w->n, done = 0;

	if (w->at == SIZE_MAX)
		return;
	if (to <= w->at)
		d->count[DERIVE_N_ROUNDS]++;
	for (size_t i = 1; i <= n && !d->failed; i++) {
		uint32_t page = w->pages[(w->at + i) % w->n];
		struct derive_item *item;

		if (d->pages[page].place != DERIVE_IN)
			continue;
		item = derive_pages_touch(d, page, w->time + (time - w->time) * i / (n + 1),
					  cpu);
		if (item)
			item->touch = false;
		done++;
	}
	d->count[DERIVE_N_BETWEEN] += done;
}

static void advance(struct derive *d, struct derive_walk *w, size_t to, uint64_t time,
		    uint16_t cpu)
{
	touch_between(d, w, to, time, cpu);
	w->at = to;
	w->time = time;
}

/* ---- first touches ----------------------------------------------------------------------- */

/* Where a page is touched anew, SIZE_MAX = at new addresses. Pages that came back and were not
 * told yet may have been passed. */
static size_t place_of_new(const struct derive *d, const struct derive_task *t)
{
	const struct derive_walk *w = &t->walk[DERIVE_ANON];
	size_t late = t->copies < LATE ? t->copies : LATE, at = w->at, first, k;

	if (t->new_table || !w->gone || w->at == SIZE_MAX)
		return SIZE_MAX;
	first = k = next_at(d, w, at, true, true);
	for (size_t i = 0; i < late && place_at(d, w, k) == DERIVE_OUT; i++)
		k = next_at(d, w, k, true, true);
	return place_at(d, w, k) == DERIVE_GONE ? k : first;
}

/* The old page of that place was given up, on swap, which nothing told. */
static void drop_old(struct derive *d, struct derive_walk *w, size_t k, uint64_t time,
		     const struct derive_object *o)
{
	if (place_at(d, w, k) == DERIVE_GONE) {
		d->count[DERIVE_N_REFILLED]++;
		w->gone--;
		return;
	}
	derive_pages_free(d, w->pages[k], time, o->task, o->cpu);
	w->gone--;
	d->count[DERIVE_N_DROPPED]++;
}

/* In a region whose huge page failed, a page of its own stands in for it. */
static uint32_t zero_page(struct derive *d, struct derive_object *o, struct derive_task *t,
			  bool behind)
{
	bool in_huge = behind && t->huge != DERIVE_NONE && t->huge_failed && t->in_huge < 512;
	uint32_t block = derive_pages_block(d, o, in_huge);
	uint32_t page;

	if (d->failed)
		return 0;
	d->items[d->nitems - 1].touch = true;
	if (!in_huge)
		return derive_pages_new(d, o, block, DERIVE_ANON, 1);
	page = derive_pages_new(d, o, t->huge, DERIVE_ANON, 1);
	if (d->failed)
		return 0;
	d->pages[page].twin = block;
	d->pages[page].offset = (uint16_t)t->in_huge++;
	t->touched_huge++;
	return page;
}

void derive_walk_zero(struct derive *d, struct derive_object *o)
{
	struct derive_task *t = &d->tasks[o->task];
	struct derive_walk *w = &t->walk[DERIVE_ANON];
	size_t k = place_of_new(d, t);

	leave_huge(d, t, o->time);
	if (k != SIZE_MAX) {
		advance(d, w, k, o->time, o->cpu);
		drop_old(d, w, k, o->time, o);
	}
	o->role = DERIVE_PAGES;
	o->page = zero_page(d, o, t, k == SIZE_MAX);
	if (d->failed)
		return;
	if (k == SIZE_MAX)
		append(d, w, o->page);
	else
		w->pages[k] = o->page;
	if (!t->copies)
		w->back = w->at;
	w->time = o->time;
	t->new_table = false;
	d->count[DERIVE_N_ZERO]++;
}

void derive_walk_huge(struct derive *d, struct derive_object *o, bool served)
{
	struct derive_task *t = &d->tasks[o->task];
	uint32_t block = derive_pages_block(d, o, false);

	if (d->failed)
		return;
	d->items[d->nitems - 1].touch = true;
	leave_huge(d, t, o->time);
	t->huge = block;
	t->huge_failed = !served;
	t->in_huge = 0;
	t->walk[DERIVE_ANON].time = o->time;
	d->count[served ? DERIVE_N_HUGE : DERIVE_N_HUGE_FAILED]++;
	if (!served) {
		t->failed_huge++;
		derive_pages_listed(d, block, o);
		return;
	}
	o->role = DERIVE_PAGES;
	o->page = derive_pages_new(d, o, block, DERIVE_ANON, 1u << DERIVE_HUGE);
	d->blocks[block].page = o->page;
	for (uint32_t i = 0; i < 1u << DERIVE_HUGE && !d->failed; i++)
		append(d, &t->walk[DERIVE_ANON], o->page + i);
}

void derive_walk_copied(struct derive *d, struct derive_object *o)
{
	uint32_t block = derive_pages_block(d, o, false);

	if (d->failed)
		return;
	d->items[d->nitems - 1].touch = true;
	o->role = DERIVE_PAGES;
	o->page = derive_pages_new(d, o, block, DERIVE_ANON, 1);
	if (!d->failed)
		append(d, walk_of(d, o->task, DERIVE_ANON), o->page);
	d->count[DERIVE_N_COPIED]++;
}

/* ---- pages that come back ---------------------------------------------------------------- */

bool derive_walk_old(struct derive *d, struct derive_object *o, uint64_t time)
{
	uint32_t page;
	struct derive_item *item;

	do {
		page = derive_queue_pop(&d->old_out);
		if (page == DERIVE_NONE)
			return false;
	} while (d->pages[page].place != DERIVE_OUT);
	derive_pages_place(d, page, DERIVE_IN);
	o->role = DERIVE_PAGES;
	o->listed = true;
	o->page = page;
	item = derive_pages_touch(d, page, time, o->cpu);
	if (item) {
		item->task = o->task;
		item->stalls = true;
	}
	d->count[DERIVE_N_OLD_BACK]++;
	return true;
}

/* Neighbours in swap are read together, and got there one after the other: that the pages found
 * for them did so is an independent check. */
static void check_pair(struct derive *d, const struct derive_object *o, uint32_t page)
{
	struct derive_task *t = &d->tasks[o->task];
	uint32_t self = (uint32_t)(o - d->objects), out = d->pages[page].out;

	if (t->last_back && self + 1 - t->last_back < CLUSTER) {
		uint32_t apart = out > t->last_out ? out - t->last_out : t->last_out - out;

		d->count[DERIVE_N_PAIRS]++;
		d->count[DERIVE_N_PAIRS_NEAR] += apart <= SLOTS + CLUSTER;
	}
	t->last_back = self + 1;
	t->last_out = out;
}

static void take_back(struct derive *d, struct derive_object *o, struct derive_walk *w,
		      size_t k, uint64_t time)
{
	struct derive_item *item;

	derive_pages_place(d, w->pages[k], DERIVE_IN);
	d->pages[w->pages[k]].unread = false;
	o->role = DERIVE_PAGES;
	o->listed = true;
	o->page = w->pages[k];
	check_pair(d, o, o->page);
	item = derive_pages_touch(d, o->page, time, o->cpu);
	if (item)
		item->stalls = true;
}

void derive_walk_back(struct derive *d, struct derive_object *o, uint64_t time, bool late)
{
	struct derive_task *t = &d->tasks[o->task];
	struct derive_walk *w = &t->walk[DERIVE_ANON];
	size_t from = w->back == SIZE_MAX ? 0 : w->back;
	size_t k = w->out ? next_at(d, w, from, true, false) : SIZE_MAX;
	size_t ahead, behind;

	leave_huge(d, t, time);
	if (k == SIZE_MAX) {
		o->role = DERIVE_ENDED;
		d->count[DERIVE_N_NOBODY] += !derive_walk_old(d, o, time);
		return;
	}
	/* Behind `back` and not yet at `at`: it was passed over before. */
	ahead = (k + w->n - from) % w->n;
	behind = (w->at + w->n - from) % w->n;
	if (ahead > behind)
		advance(d, w, k, time, o->cpu);
	w->back = k;
	take_back(d, o, w, k, time);
	d->count[late ? DERIVE_N_SWAP_IN : DERIVE_N_SWAP_IN_AT_ONCE]++;
}

/* ---- page cache -------------------------------------------------------------------------- */

void derive_walk_file(struct derive *d, struct derive_object *o, bool write)
{
	struct derive_walk *w = walk_of(d, o->task, DERIVE_FILE);
	size_t k = write || !w->out ? SIZE_MAX : next_at(d, w, w->at, true, false);
	struct derive_item *item;
	uint32_t block;

	if (k != SIZE_MAX) {
		w->at = k;
		take_back(d, o, w, k, o->time);
		d->count[DERIVE_N_AGAIN]++;
		return;
	}
	block = derive_pages_block(d, o, false);
	if (d->failed)
		return;
	d->items[d->nitems - 1].touch = true;
	d->items[d->nitems - 1].stalls = !write;
	o->role = DERIVE_PAGES;
	o->page = derive_pages_new(d, o, block, DERIVE_FILE, 1);
	if (d->failed)
		return;
	append(d, w, o->page);
	d->pages[o->page].unread = write;
	item = derive_pages_touch(d, o->page, o->time, o->cpu);
	if (item) {
		item->kind = write ? TRACE_DIRTY : TRACE_ACCESS;
		item->touch = false;
	}
	d->count[DERIVE_N_FILE]++;
}

/* ---- the end ----------------------------------------------------------------------------- */

/* A task that gave back what it had in memory has exited. */
static void exit_task(struct derive *d, uint32_t number)
{
	struct derive_task *t = &d->tasks[number];
	struct derive_walk *w = &t->walk[DERIVE_ANON];

	if (t->in * 16 > t->most_in)
		return;
	for (size_t i = 0; i < w->n && !d->failed; i++)
		if (place_at(d, w, i) == DERIVE_OUT) {
			derive_pages_free(d, w->pages[i], t->last_time, number, t->last_cpu);
			d->count[DERIVE_N_AT_EXIT]++;
		}
}

/* Had a huge page failed, the task would have touched single ones: as many as it did where one
 * failed. */
static void add_fallbacks(struct derive *d, uint32_t block, const struct derive_item *asked,
			  uint16_t gfp)
{
	const struct derive_task *t = &d->tasks[asked->task];
	struct derive_object o = {
		.task = asked->task, .cpu = asked->cpu, .node = asked->node, .gfp = gfp
	};
	uint64_t from = asked->time, until = d->blocks[block].until;
	uint32_t n = 1u << DERIVE_HUGE;

	if (t->failed_huge)
		n = (uint32_t)((t->touched_huge + t->failed_huge / 2) / t->failed_huge);
	for (uint32_t i = 0; i < n && !d->failed; i++) {
		uint32_t page = d->blocks[block].page + i;

		o.time = until > from ? from + (until - from) * i / n : from;
		d->pages[page].twin = derive_pages_block(d, &o, true);
		if (d->failed)
			return;
		derive_pages_listed(d, d->pages[page].twin, &o);
	}
}

/* The flags of some request for a single zeroed page. */
static bool zero_gfp(const struct derive *d, uint16_t *gfp)
{
	for (size_t i = 0; i < d->nitems; i++)
		if (d->items[i].kind == TRACE_ALLOC && !d->items[i].order &&
		    d->gfps[d->items[i].gfp] == DERIVE_ZERO) {
			*gfp = d->items[i].gfp;
			return true;
		}
	return false;
}

static void all_fallbacks(struct derive *d)
{
	size_t n = d->nitems;
	uint16_t gfp;

	if (!zero_gfp(d, &gfp))
		return;
	for (size_t i = 0; i < n && !d->failed; i++) {
		struct derive_item asked = d->items[i];

		if (asked.kind == TRACE_ALLOC && asked.order == DERIVE_HUGE &&
		    !(asked.flags & TRACE_HIDDEN) && d->gfps[asked.gfp] == DERIVE_ZERO &&
		    d->blocks[asked.target].page != DERIVE_NONE)
			add_fallbacks(d, asked.target, &asked, gfp);
	}
}

/* Whoever was killed for memory would have gone on; what others gave back for it comes later.
 */
static void go_on(struct derive *d)
{
	struct derive_task *t = &d->tasks[d->victim];
	size_t n = t->walk[DERIVE_ANON].n, more = n / 20, frees = d->nitems;
	uint64_t from = t->last_time, gap = n ? (from - t->first_time) / n : 0;
	struct derive_object o = { .task = d->victim,
				   .cpu = t->last_cpu,
				   .node = TRACE_NODE_LOCAL };

	if (!zero_gfp(d, &o.gfp))
		return;
	for (size_t i = 0; i < more && !d->failed; i++) {
		o.time = from + gap * (i + 1);
		derive_pages_listed(d, derive_pages_block(d, &o, false), &o);
	}
	for (size_t i = 0; i < frees; i++) {
		struct derive_item *item = &d->items[i];

		if (item->kind != TRACE_FREE || !item->of_page ||
		    d->pages[item->target].task != d->victim || item->time < d->killed_at)
			continue;
		item->task = d->victim;
		item->time = o.time + 1;
	}
	d->count[DERIVE_N_BEYOND] = more;
}

void derive_walk_end(struct derive *d)
{
	for (uint32_t i = 0; i < d->ntasks && !d->failed; i++)
		exit_task(d, i);
	if (!d->failed)
		all_fallbacks(d);
	if (!d->failed && d->victim < d->ntasks)
		go_on(d);
}
