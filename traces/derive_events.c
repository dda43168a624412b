/*
 * What each event of a recording says about the workload. Frees by reclaim, pages read back
 * from swap, pages that compaction moved or took are the recorded kernel's doing: they tell
 * where the workload's pages are, and are not in it.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/derive.h"

#define BATCH 4096

/* ---- gfp flags --------------------------------------------------------------------------- */

static bool has(const char *names, const char *flag)
{
	return strstr(names, flag) != NULL;
}

static enum derive_gfp gfp_of_names(const char *names)
{
	if (!has(names, "MOVABLE") && !has(names, "GFP_TRANSHUGE"))
		return has(names, "GFP_KERNEL_ACCOUNT") && has(names, "__GFP_ZERO") &&
				       has(names, "__GFP_NOTRACK")
			       ? DERIVE_TABLE
			       : DERIVE_KERNEL;
	if (has(names, "__GFP_WRITE"))
		return DERIVE_WRITE;
	if (has(names, "__GFP_COLD") || has(names, "GFP_NOFS") ||
	    (has(names, "__GFP_NORETRY") && has(names, "__GFP_NOWARN")))
		return DERIVE_READ;
	return has(names, "__GFP_ZERO") || has(names, "GFP_TRANSHUGE") ? DERIVE_ZERO
								       : DERIVE_BARE;
}

static enum derive_gfp gfp_of(struct derive *d, unsigned index)
{
	for (; d->ngfps <= index; d->ngfps++) {
		const char *names = trace_reader_gfp(d->reader, (unsigned)d->ngfps);

		if (!names || !derive_room(d, &d->gfps, &d->gfps_cap, d->ngfps, 1))
			return DERIVE_KERNEL;
		d->gfps[d->ngfps] = (uint8_t)gfp_of_names(names);
	}
	return (enum derive_gfp)d->gfps[index];
}

/* ---- requests ---------------------------------------------------------------------------- */

static struct derive_object *object_of(struct derive *d, const struct trace_event *e,
				       uint64_t now)
{
	struct derive_object *o;

	if (!derive_room(d, &d->objects, &d->objects_cap, d->nobjects, sizeof(*o)))
		return NULL;
	o = &d->objects[d->nobjects++];
	*o = (struct derive_object){ .time = now,
				     .page = DERIVE_NONE,
				     .task = e->task,
				     .cpu = e->cpu,
				     .gfp = e->gfp,
				     .order = e->order,
				     .node = e->node,
				     .flags = e->flags };
	return o;
}

static bool in_interrupt(const struct trace_event *e)
{
	return e->flags & (TRACE_HARDIRQ | TRACE_SOFTIRQ);
}

/* kswapd asks for nothing but what its own writes and the swap cache need, which the kernel
 * that the workload runs under needs at other moments. */
static bool is_of_reclaim(struct derive *d, const struct trace_event *e)
{
	const struct derive_task *task = derive_task(d, e->task);

	if (in_interrupt(e) || !task || !task->kswapd)
		return false;
	d->count[DERIVE_N_KSWAPD]++;
	return true;
}

static void plain(struct derive *d, struct derive_object *o)
{
	o->role = DERIVE_PLAIN;
	o->page = derive_pages_block(d, o, false);
	d->count[DERIVE_N_PLAIN]++;
}

static void user_alloc(struct derive *d, struct derive_object *o, enum derive_gfp gfp)
{
	if (o->order == DERIVE_HUGE && gfp == DERIVE_ZERO)
		derive_walk_huge(d, o, true);
	else if (o->order)
		plain(d, o);
	else if (gfp == DERIVE_ZERO)
		derive_walk_zero(d, o);
	else if (gfp == DERIVE_BARE)
		o->role = DERIVE_UNKNOWN;
	else
		derive_walk_file(d, o, gfp == DERIVE_WRITE);
}

static void alloc(struct derive *d, const struct trace_event *e, uint64_t now)
{
	struct derive_object *o = object_of(d, e, now);
	enum derive_gfp gfp = gfp_of(d, e->gfp);
	struct derive_task *t = derive_task(d, e->task);

	if (!o || !t)
		return;
	if (e->flags & TRACE_HIDDEN) {
		o->role = DERIVE_TARGET;
		return;
	}
	if (is_of_reclaim(d, e)) {
		o->role = DERIVE_ENDED;
		return;
	}
	if (in_interrupt(e) || gfp <= DERIVE_TABLE) {
		t->new_table |= gfp == DERIVE_TABLE && !in_interrupt(e);
		plain(d, o);
		return;
	}
	user_alloc(d, o, gfp);
}

static void alloc_failed(struct derive *d, const struct trace_event *e, uint64_t now)
{
	struct derive_object *o;
	struct derive_item *item;

	if (is_of_reclaim(d, e))
		return;
	o = object_of(d, e, now);
	if (!o)
		return;
	if (e->order == DERIVE_HUGE && gfp_of(d, e->gfp) == DERIVE_ZERO && !in_interrupt(e)) {
		derive_walk_huge(d, o, false);
	} else {
		item = derive_pages_block_item(d, TRACE_ALLOC_FAILED, DERIVE_NONE, now, e->task,
					       e->cpu);
		if (item) {
			item->gfp = e->gfp;
			item->order = e->order;
			item->node = e->node;
			item->flags = e->flags;
		}
		d->count[DERIVE_N_PLAIN]++;
	}
	/* A failed request is no object of the recording. */
	d->nobjects--;
}

/* ---- frees ------------------------------------------------------------------------------- */

/* The task is compacting at this moment. */
static bool compacts(const struct derive *d, const struct trace_event *e)
{
	uint32_t span = d->tasks[e->task].span;

	return span && d->spans[span - 1].compacts && d->spans[span - 1].to > e->time &&
	       !in_interrupt(e);
}

/* An old page of a migration: its content went to the target of the same place in line. */
static void moved(struct derive *d, const struct trace_event *e, uint32_t page)
{
	uint32_t to = derive_queue_pop(&d->targets[e->cpu]);

	if (to == DERIVE_NONE) {
		derive_queue_push(d, &d->moving[e->cpu], page);
		return;
	}
	d->objects[to].role = DERIVE_PAGES;
	d->objects[to].listed = true;
	d->objects[to].page = page;
	d->count[DERIVE_N_MOVED]++;
}

static void free_page(struct derive *d, const struct trace_event *e, uint64_t now,
		      uint32_t page)
{
	if (e->flags & TRACE_RECLAIM) {
		derive_pages_place(d, page, DERIVE_OUT);
		d->count[DERIVE_N_RECLAIMED]++;
	} else if (compacts(d, e)) {
		moved(d, e, page);
	} else {
		derive_pages_free(d, page, now, e->task, e->cpu);
	}
}

static void free_plain(struct derive *d, const struct trace_event *e, uint64_t now,
		       uint32_t block)
{
	struct derive_item *item =
		derive_pages_block_item(d, TRACE_FREE, block, now, e->task, e->cpu);

	d->blocks[block].left = true;
	if (!item)
		return;
	item->order = e->order;
	item->value = e->value;
	item->flags = e->flags & (uint8_t)~TRACE_RECLAIM;
}

static void copy_ended(struct derive *d, struct derive_object *o)
{
	d->count[DERIVE_N_UNTOUCHED]++;
	d->tasks[o->task].copies--;
	o->role = DERIVE_ENDED;
}

static void release(struct derive *d, const struct trace_event *e, uint64_t now)
{
	struct derive_object *o = &d->objects[e->object];

	switch (o->role) {
	case DERIVE_PLAIN:
		free_plain(d, e, now, o->page);
		break;
	case DERIVE_PAGES:
		/* Beyond the object there is nothing to free. */
		for (uint32_t i = e->value, n = 1u << o->order;
		     i < n && i - e->value < 1u << e->order && !d->failed; i++)
			free_page(d, e, now, o->page + i);
		break;
	case DERIVE_COPY:
		copy_ended(d, o);
		break;
	case DERIVE_TARGET:
		d->count[DERIVE_N_SPARE]++;
		o->role = DERIVE_ENDED;
		break;
	default:
		o->role = DERIVE_ENDED;
	}
}

/* ---- LRU lists --------------------------------------------------------------------------- */

/* Right behind the request: from then on it is known what the page holds. */
static void list_item(struct derive *d, struct derive_object *o, uint32_t block, uint32_t value)
{
	struct derive_item *item =
		derive_pages_block_item(d, TRACE_LRU_ADD, block, o->time, o->task, o->cpu);

	if (item) {
		item->value = value;
		item->seq = d->blocks[block].seq + 1;
	}
	d->blocks[block].reclaimed = d->count[DERIVE_N_RECLAIMED];
	o->listed = true;
	d->count[DERIVE_N_LRU]++;
}

/* A page asked for without telling what for: the list and what it was tell. */
static void unknown_listed(struct derive *d, struct derive_object *o, uint32_t value)
{
	uint32_t list = value & TRACE_LRU_LIST, flags = value >> TRACE_LRU_SHIFT;

	o->role = DERIVE_ENDED;
	if (list != 0) {
		derive_walk_copied(d, o);
		if (!d->failed)
			list_item(d, o, d->pages[o->page].block, value);
	} else if (flags & TRACE_LRU_ANON) {
		derive_walk_back(d, o, o->time, false);
		*(flags & TRACE_LRU_SWAP_CACHE ? &d->tasks[o->task].read
					       : &d->tasks[o->task].wrote) += 1;
	} else if (flags & TRACE_LRU_SWAP_CACHE && d->tasks[o->task].walk[DERIVE_ANON].out) {
		o->role = DERIVE_COPY;
		d->tasks[o->task].copies++;
	} else if (!derive_walk_old(d, o, o->time)) {
		plain(d, o);
		d->count[DERIVE_N_SHARED]++;
		list_item(d, o, o->page, value);
	}
}

static void target_listed(struct derive *d, const struct trace_event *e,
			  struct derive_object *o)
{
	uint32_t page = derive_queue_pop(&d->moving[e->cpu]);

	o->role = DERIVE_ENDED;
	if (page == DERIVE_NONE) {
		derive_queue_push(d, &d->targets[e->cpu], (uint32_t)e->object);
		return;
	}
	o->role = DERIVE_PAGES;
	o->listed = true;
	o->page = page;
	d->count[DERIVE_N_MOVED]++;
}

static void listed(struct derive *d, const struct trace_event *e)
{
	struct derive_object *o = &d->objects[e->object];

	switch (o->role) {
	case DERIVE_UNKNOWN:
		unknown_listed(d, o, e->value);
		break;
	case DERIVE_TARGET:
		target_listed(d, e, o);
		break;
	case DERIVE_PLAIN:
		if (!o->listed)
			list_item(d, o, o->page, e->value);
		break;
	case DERIVE_PAGES:
		/* A page that is new to the workload, in the block that was made for it. */
		if (!o->listed && e->object >= d->start_objects)
			list_item(d, o,
				  d->pages[o->page].twin == DERIVE_NONE
					  ? d->pages[o->page].block
					  : d->pages[o->page].twin,
				  e->value);
		break;
	default:
		break;
	}
}

/* Writes mark no page of a file as accessed: the second read is the one that activates it. The
 * first one left no trace, somewhere between. */
static void first_read(struct derive *d, const struct derive_object *o, uint64_t now,
		       uint16_t cpu)
{
	if (!d->pages[o->page].unread)
		return;
	d->pages[o->page].unread = false;
	derive_pages_touch(d, o->page, o->time + (now - o->time) / 2, cpu);
}

static void activated(struct derive *d, const struct trace_event *e, uint64_t now)
{
	struct derive_object *o = &d->objects[e->object];

	if (o->role == DERIVE_COPY) {
		d->tasks[o->task].copies--;
		derive_walk_back(d, o, now, true);
	} else if (o->role == DERIVE_PAGES) {
		first_read(d, o, now, e->cpu);
		derive_pages_touch(d, o->page, now, e->cpu);
	}
}

/* ---- all --------------------------------------------------------------------------------- */

/* Spans begin as the recording goes on. */
static void pass_spans(struct derive *d, uint64_t time)
{
	for (; d->span_at < d->nspans && d->spans[d->span_at].from <= time; d->span_at++) {
		struct derive_task *t = derive_task(d, d->spans[d->span_at].task);

		if (t)
			t->span = (uint32_t)d->span_at + 1;
	}
}

static void one(struct derive *d, const struct trace_event *e)
{
	struct derive_task *t = derive_task(d, e->task);
	uint64_t now = derive_time_ns(d, e->time);

	if (!t)
		return;
	derive_time_seen(d, e);
	if (!in_interrupt(e)) {
		if (!t->last_time)
			t->first_time = now;
		t->last_time = now;
		t->last_cpu = e->cpu;
	}
	if (e->object != TRACE_NO_OBJECT && e->kind != TRACE_ALLOC && e->object >= d->nobjects)
		return;
	switch (e->kind) {
	case TRACE_ALLOC:
		alloc(d, e, now);
		break;
	case TRACE_ALLOC_FAILED:
		alloc_failed(d, e, now);
		break;
	case TRACE_FREE:
		release(d, e, now);
		break;
	case TRACE_LRU_ADD:
		listed(d, e);
		break;
	case TRACE_ACCESS:
		activated(d, e, now);
		break;
	default:
		break;
	}
}

/* What was there before: memory on LRU lists is pages, too, of nobody's walk. */
static bool start(struct derive *d)
{
	const struct trace_state *s = trace_reader_state(d->reader, d->err);
	struct trace_event e = { .node = TRACE_NODE_LOCAL };

	if (!s)
		return *d->err->text == '\0';
	for (uint64_t i = 0; i < s->nused && !d->failed; i++) {
		struct derive_object *o;

		if (s->used[i].use & TRACE_USE_PINNED)
			continue;
		e.order = s->used[i].order;
		o = object_of(d, &e, 0);
		if (!o ||
		    !derive_room(d, &d->blocks, &d->blocks_cap, d->nblocks, sizeof(*d->blocks)))
			break;
		d->blocks[d->nblocks] = (struct derive_block){ .number = (uint32_t)d->nblocks,
							       .order = e.order };
		o->page = (uint32_t)d->nblocks++;
		if (s->used[i].use & TRACE_USE_LRU && !e.order) {
			o->role = DERIVE_PAGES;
			o->page = derive_pages_new(d, o, o->page, DERIVE_OLD, 1);
		}
	}
	d->start_objects = d->nobjects;
	return !d->failed;
}

static bool queues(struct derive *d)
{
	d->moving = calloc(d->header->cpus, sizeof(*d->moving));
	d->targets = calloc(d->header->cpus, sizeof(*d->targets));
	return (d->moving && d->targets) || derive_fail(d);
}

bool derive_events(struct derive *d)
{
	struct trace_event *events = malloc(BATCH * sizeof(*events));
	long n = 0;

	if (!events || !queues(d) || !start(d)) {
		free(events);
		return events ? false : derive_fail(d);
	}
	while (!d->failed && (n = trace_reader_next(d->reader, events, BATCH, d->err)) > 0)
		for (long i = 0; i < n && !d->failed; i++) {
			pass_spans(d, events[i].time);
			one(d, &events[i]);
		}
	free(events);
	if (!d->failed && n == 0)
		derive_walk_end(d);
	return !d->failed && n == 0;
}
