/*
 * Who has which frames: objects by what was noted of them when they were allocated, contents
 * from before the trace, and what was pinned before it.
 */
#include <stdlib.h>

#include "tools/replay_world.h"

#define DATE_BITS (64 - REPLAY_NOTE_DATE_SHIFT)

struct looking {
	const struct replay *r;
	void (*visit)(void *ctx, const struct replay_owned *o);
	void *ctx;
	uint8_t *seen;   /* bits of contents that belong to objects */
	uint64_t at;     /* of the start state's used blocks: where the next object may be */
	uint64_t number; /* ... and that object's number */
};

/* ---- what is told of one ----------------------------------------------------------------- */

static uint64_t age_of(const struct replay *r, uint64_t note)
{
	uint64_t now = r->counts.end_date >> REPLAY_NOTE_DATE_UNIT;
	uint64_t then = note >> REPLAY_NOTE_DATE_SHIFT;

	/* An operation that began before the last one ended may end behind it. */
	if (then == now + 1)
		return 0;
	return ((now - then) & ((UINT64_C(1) << DATE_BITS) - 1)) << REPLAY_NOTE_DATE_UNIT;
}

static enum replay_mobility mobility_of(enum replay_owner_kind kind)
{
	static const enum replay_mobility of[REPLAY_OWNER_KINDS] = {
		[REPLAY_OWNER_ANON] = REPLAY_MOVABLE,
		[REPLAY_OWNER_FILE] = REPLAY_MOVABLE,
		[REPLAY_OWNER_SHMEM] = REPLAY_MOVABLE,
		[REPLAY_OWNER_SLAB] = REPLAY_RECLAIMABLE,
		[REPLAY_OWNER_MOVABLE] = REPLAY_MOVABLE,
		[REPLAY_OWNER_RECLAIMABLE] = REPLAY_RECLAIMABLE,
	};

	return of[kind];
}

static const enum replay_owner_kind kinds_held[MM_KINDS] = {
	[MM_KIND_ANON] = REPLAY_OWNER_ANON,
	[MM_KIND_FILE] = REPLAY_OWNER_FILE,
	[MM_KIND_SHMEM] = REPLAY_OWNER_SHMEM,
	[MM_KIND_SLAB] = REPLAY_OWNER_SLAB,
};

static enum replay_owner_kind kind_of(const struct replay *r, uint64_t note, bool held,
				      uint32_t gfp)
{
	static const enum replay_owner_kind by_type[] = { REPLAY_OWNER_UNMOVABLE,
							  REPLAY_OWNER_MOVABLE,
							  REPLAY_OWNER_RECLAIMABLE };

	if (note & REPLAY_NOTE_EARLY)
		return kinds_held[replay_early_kind(note)];
	if (gfp == REPLAY_NO_GFP)
		return held ? REPLAY_OWNER_MOVABLE : REPLAY_OWNER_UNMOVABLE;
	if (held && r->gfps[gfp].kind.reclaimable)
		return kinds_held[r->gfps[gfp].kind.kind];
	return by_type[r->gfps[gfp].type];
}

static struct replay_owned of_request(const struct replay *r, uint64_t note, bool held)
{
	uint32_t gfp = note >> REPLAY_NOTE_GFP_SHIFT & (REPLAY_NOTE_GFPS - 1);
	uint32_t task = note >> REPLAY_NOTE_TASK_SHIFT & (REPLAY_NOTE_TASKS - 1);
	struct replay_owned o = {
		.task = task < REPLAY_NOTE_TASKS - 1 ? task : REPLAY_NO_TASK,
		.gfp = gfp < REPLAY_NOTE_GFPS - 1 ? gfp : REPLAY_NO_GFP,
		.age = age_of(r, note),
	};

	o.kind = kind_of(r, note, held, o.gfp);
	o.mobility = mobility_of(o.kind);
	return o;
}

static struct replay_owned from_before(enum replay_owner_kind kind, unsigned use)
{
	return (struct replay_owned){ .kind = kind,
				      .mobility = use & TRACE_USE_LRU    ? REPLAY_MOVABLE
						  : use & TRACE_USE_SLAB ? REPLAY_RECLAIMABLE
									 : REPLAY_UNMOVABLE,
				      .task = REPLAY_NO_TASK,
				      .gfp = REPLAY_NO_GFP,
				      .age = REPLAY_NO_AGE };
}

/* ---- objects ----------------------------------------------------------------------------- */

/* What the start state says of one of its objects; they come by ascending numbers. */
static unsigned use_of(struct looking *l, uint64_t number)
{
	const struct trace_state *s = l->r->state;

	for (; l->at < s->nused; l->at++) {
		if (s->used[l->at].use & TRACE_USE_PINNED)
			continue;
		if (l->number == number)
			return s->used[l->at].use;
		l->number++;
	}
	return 0;
}

static bool is_freed(const struct objects_parts *parts, unsigned i)
{
	return parts && parts->freed[i / 64] >> (i % 64) & 1;
}

static void tell_frames(const struct looking *l, struct replay_owned *o, uint64_t frame,
			uint64_t frames)
{
	o->frame = frame;
	o->frames = frames;
	l->visit(l->ctx, o);
}

static void tell_content(struct looking *l, struct replay_owned *o, uint32_t content)
{
	uint64_t frame = l->r->o.policy->content_frame(l->r->o.mm, content);

	l->seen[content / 8] |= (uint8_t)(1u << content % 8);
	if (frame != MM_NO_FRAME)
		tell_frames(l, o, frame, 1);
}

static void look_at_object(void *ctx, uint64_t number, struct objects_entry e)
{
	struct looking *l = ctx;
	const struct replay *r = l->r;
	const struct objects_parts *parts =
		e.split ? objects_parts(r->objects, number, e.order) : NULL;
	bool held = e.state == OBJECTS_HELD;
	struct replay_owned o =
		r->has_state && number < r->start_objects
			? from_before(REPLAY_OWNER_BEFORE, use_of(l, number))
			: of_request(r, objects_noted(r->objects, number), held);

	o.order = e.order;
	if (!held && !parts) {
		tell_frames(l, &o, e.frame, UINT64_C(1) << e.order);
		return;
	}
	for (unsigned i = 0; i < 1u << e.order; i++)
		if (is_freed(parts, i))
			continue;
		else if (held)
			tell_content(l, &o, e.frame + i);
		else
			tell_frames(l, &o, e.frame + i, 1);
}

/* ---- what is no object ------------------------------------------------------------------- */

static void look_at_contents(struct looking *l, uint32_t n)
{
	const struct mm_policy *policy = l->r->o.policy;
	struct replay_owned o = from_before(REPLAY_OWNER_BEFORE, TRACE_USE_LRU);

	for (uint32_t c = 0; c < n; c++)
		if (!(l->seen[c / 8] >> (c % 8) & 1) &&
		    policy->content_task(l->r->o.mm, c) != UINT32_MAX)
			tell_content(l, &o, c);
}

/* What the kernel holds may have been moved or taken away, and was looked at. */
static void look_at_pinned(const struct looking *l)
{
	const struct replay *r = l->r;
	const struct trace_state *s = r->state;

	for (uint64_t i = 0; s && i < s->nused; i++) {
		struct contents_kind kind = contents_of_use(s->used[i].use);
		bool object = !(s->used[i].use & TRACE_USE_PINNED) && r->has_state;
		bool held = !r->early && r->world && r->o.policy->hold &&
			    replay_access_can_hold(r, s->used[i].order, &kind);
		struct replay_owned o = from_before(REPLAY_OWNER_PINNED, s->used[i].use);

		o.order = s->used[i].order;
		if (!object && !held)
			tell_frames(l, &o, s->used[i].pfn, UINT64_C(1) << o.order);
	}
}

bool replay_owners_each(const struct replay *r,
			void (*visit)(void *ctx, const struct replay_owned *o), void *ctx)
{
	uint32_t n = r->o.policy->contents && r->world ? r->o.policy->contents(r->o.mm) : 0;
	struct looking l = { .r = r, .visit = visit, .ctx = ctx, .seen = calloc(n / 8 + 1, 1) };

	if (!l.seen)
		return false;
	objects_each(r->objects, look_at_object, &l);
	look_at_contents(&l, n);
	look_at_pinned(&l);
	free(l.seen);
	return true;
}

const struct trace_task *replay_owners_task(const struct replay *r, uint32_t task)
{
	static const struct trace_task interrupt = { .pid = 0, .comm = "<interrupt>" };

	if (task == REPLAY_NO_TASK)
		return NULL;
	if (task < r->first_task)
		return &interrupt;
	return trace_reader_task(r->o.trace, task - r->first_task);
}

const char *replay_owners_gfp(const struct replay *r, uint32_t gfp)
{
	return gfp == REPLAY_NO_GFP ? NULL : trace_reader_gfp(r->o.trace, gfp);
}
