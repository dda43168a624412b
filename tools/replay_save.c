/*
 * Gathers what a replay leaves: the kernel's lists, blocks by who has them, what they hold. How
 * it is written: replay_save_write.c.
 */
#include "tools/replay_save.h"

#include <stdlib.h>
#include <string.h>

#include "tools/replay_save_core.h"
#include "tools/state_lists.h"

static void save_listed(void *ctx, uint64_t frame)
{
	struct replay_save *s = ctx;

	if (state_lists_room(&s->listed, s->nlisted, &s->listed_cap, sizeof(*s->listed),
			     &s->failed)) {
		s->listed[s->nlisted] =
			(struct replay_save_listed){ frame, (uint32_t)s->nlisted + 1 };
		s->nlisted++;
	}
}

static void add(struct replay_save *s, struct replay_save_block b)
{
	if (state_lists_room(&s->blocks, s->nblocks, &s->blocks_cap, sizeof(*s->blocks),
			     &s->failed))
		s->blocks[s->nblocks++] = b;
}

/* ---- objects ------------------------------------------------------------------------------
 */

static struct trace_name name_of(const struct replay_save *s, uint64_t number)
{
	const struct trace_names *names = s->names;

	if (names && number < names->n)
		return names->name[number];
	return (struct trace_name){
		.object = s->first_object + number - (names ? names->n : 0),
	};
}

static uint8_t holds_of(struct contents_kind kind)
{
	return (uint8_t)(TRACE_HOLDS | (kind.dirty ? TRACE_HOLDS_DIRTY : 0) |
			 (kind.active ? TRACE_HOLDS_ACTIVE : 0) |
			 (kind.old ? TRACE_HOLDS_OLD : 0) |
			 (kind.stays ? TRACE_HOLDS_STAYS : 0) |
			 (unsigned)kind.kind << TRACE_HOLDS_KIND);
}

static void add_whole(struct replay_save *s, uint64_t number, struct objects_entry e,
		      uint64_t frame)
{
	struct replay_save_block b = {
		.frame = frame, .order = e.order, .is_object = true, .name = name_of(s, number)
	};
	struct contents_kind kind;

	if (replay_early_noted(s->r, number, &kind, &b.owner))
		b.name.holds = holds_of(kind);
	add(s, b);
}

/* The maximal aligned blocks that are left of an object. */
static void add_parts(struct replay_save *s, uint64_t number, struct objects_entry e)
{
	const struct objects_parts *parts = objects_parts(s->r->objects, number, e.order);
	uint32_t n = 1u << e.order;
	unsigned order;

	for (uint32_t at = 0; parts && at < n; at += 1u << order) {
		struct replay_save_block b = { .frame = e.frame + at,
					       .is_object = true,
					       .name = name_of(s, number) };
		uint32_t left = 0;

		order = 0;
		while (at + left < n &&
		       !(parts->freed[(at + left) / 64] >> (at + left) % 64 & 1))
			left++;
		while (left && !(at & (1u << order)) && 2u << order <= left)
			order++;
		b.order = (uint8_t)order;
		b.name.offset += at;
		if (left)
			add(s, b);
	}
	s->failed = s->failed || !parts;
}

/* The frames of a huge page lie behind one another as long as it is whole. */
static bool is_together(const struct replay_save *s, struct objects_entry e, uint64_t frame)
{
	const struct mm_policy *policy = s->r->o.policy;

	for (uint32_t i = 1; i < 1u << e.order; i++)
		if (policy->content_frame(s->r->o.mm, e.frame + i) != frame + i)
			return false;
	return !e.split && frame % (UINT64_C(1) << e.order) == 0;
}

static void add_held(struct replay_save *s, uint64_t number, struct objects_entry e)
{
	const struct replay *r = s->r;
	uint64_t frame = r->o.policy->content_frame(r->o.mm, e.frame);
	struct replay_save_block b = {
		.frame = frame, .order = e.order, .is_object = true, .name = name_of(s, number)
	};
	struct mm_content what;

	for (uint32_t i = 0; i < 1u << e.order; i++)
		s->object_of[e.frame + i] = frame != MM_NO_FRAME;
	if (frame == MM_NO_FRAME || !r->o.policy->content_now(r->o.mm, e.frame, &what)) {
		s->report->on_disk += UINT64_C(1) << e.order;
		return;
	}
	if (!is_together(s, e, frame)) {
		for (uint32_t i = 0; i < 1u << e.order; i++)
			s->object_of[e.frame + i] = false;
		s->report->split += UINT64_C(1) << e.order;
		return;
	}
	b.name.holds = (uint8_t)(holds_of((struct contents_kind){ .dirty = what.dirty,
								  .active = what.active,
								  .stays = what.stays,
								  .kind = what.kind }) |
				 TRACE_HOLDS_TOLD);
	b.owner = what.task;
	add(s, b);
}

static bool was_dropped(const struct replay_save *s, uint64_t number)
{
	uint64_t low = 0, high = s->r->ndropped;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		if (s->r->dropped[mid] == number)
			return true;
		if (s->r->dropped[mid] < number)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static void save_object(void *ctx, uint64_t number, struct objects_entry e)
{
	struct replay_save *s = ctx;

	/* No later part knows it: its page stays in use, and is nobody's. */
	if (was_dropped(s, number) && e.state == OBJECTS_LIVE)
		return;
	if (e.state == OBJECTS_HELD)
		add_held(s, number, e);
	else if (e.split)
		add_parts(s, number, e);
	else
		add_whole(s, number, e, e.frame);
}

/* ---- what is nobody's ----------------------------------------------------------------------
 */

static uint8_t use_of(const struct mm_content *what)
{
	static const uint8_t uses[MM_KINDS] = { TRACE_USE_LRU | TRACE_USE_ANON,
						TRACE_USE_LRU | TRACE_USE_FILE,
						TRACE_USE_LRU | TRACE_USE_ANON | TRACE_USE_FILE,
						TRACE_USE_SLAB };

	return (uint8_t)(uses[what->kind] | (what->dirty ? TRACE_USE_DIRTY : 0) |
			 (what->active ? TRACE_USE_ACTIVE : 0));
}

/* Memory from before the trace, and what has lost its object. */
static void save_nobodys(struct replay_save *s)
{
	const struct replay *r = s->r;

	for (uint32_t c = 0; c < s->ncontents; c++) {
		struct mm_content what;

		if (s->object_of[c] || r->o.policy->content_task(r->o.mm, c) == UINT32_MAX)
			continue;
		if (r->o.policy->content_now(r->o.mm, c, &what))
			add(s, (struct replay_save_block){
				       .frame = r->o.policy->content_frame(r->o.mm, c),
				       .use = use_of(&what) });
	}
}

/* ---- all of it ------------------------------------------------------------------------------
 */

static int by_frame(const void *a, const void *b)
{
	const struct replay_save_block *x = a, *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

static int by_listed(const void *a, const void *b)
{
	const struct replay_save_listed *x = a, *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

/* The kernel's blocks in use that nobody is known for; of the others what it says of them. */
static void save_used(void *ctx, uint64_t frame, unsigned order, unsigned use)
{
	struct replay_save *s = ctx;
	struct replay_save_block *b;

	while (s->at < s->nknown &&
	       s->blocks[s->at].frame + (UINT64_C(1) << s->blocks[s->at].order) <= frame)
		s->at++;
	b = &s->blocks[s->at];
	if (s->at == s->nknown || b->frame > frame)
		add(s, (struct replay_save_block){
			       .frame = frame, .order = (uint8_t)order, .use = (uint8_t)use });
	else if (b->frame == frame)
		b->use |= (uint8_t)(b->is_object ? use : use & TRACE_USE_LRU);
}

/* The state says of objects, too, what a kernel may take away: for who takes them for nobody's.
 */
static void finish_block(struct replay_save *s, struct replay_save_block *b)
{
	const struct replay_save_listed key = { .frame = b->frame };
	const struct replay_save_listed *at =
		s->nlisted ? bsearch(&key, s->listed, s->nlisted, sizeof(key), by_listed)
			   : NULL;
	struct mm_content what = { .kind = b->name.holds >> TRACE_HOLDS_KIND,
				   .dirty = b->name.holds & TRACE_HOLDS_DIRTY,
				   .active = b->name.holds & TRACE_HOLDS_ACTIVE };

	if (!b->is_object || !b->name.holds)
		return;
	b->use = (uint8_t)((b->use & TRACE_USE_LRU) | use_of(&what));
	if (at && b->name.holds & TRACE_HOLDS_TOLD)
		b->name.rank = at->rank;
}

static void gather(struct replay_save *s)
{
	const struct replay *r = s->r;
	const struct mm_saver more = { .ctx = s, .used = save_used, .listed = save_listed };
	struct state_lists lists = { .state = &s->state };

	objects_each(r->objects, save_object, s);
	if (r->world && r->o.policy->content_now)
		save_nobodys(s);
	if (s->nblocks)
		qsort(s->blocks, s->nblocks, sizeof(*s->blocks), by_frame);
	s->nknown = s->nblocks;
	/* Behind the last there is one to look at. */
	add(s, (struct replay_save_block){ .frame = UINT64_MAX });
	s->nblocks -= !s->failed;
	if (s->failed)
		return;
	if (!state_lists_take(&lists, r->o.policy, r->o.mm, &more))
		s->failed = true;
	if (s->nlisted)
		qsort(s->listed, s->nlisted, sizeof(*s->listed), by_listed);
	if (s->nblocks)
		qsort(s->blocks, s->nblocks, sizeof(*s->blocks), by_frame);
	for (uint64_t i = 0; i < s->nblocks; i++)
		finish_block(s, &s->blocks[i]);
}

static bool begin(struct replay_save *s, const struct trace_part *part)
{
	const struct replay *r = s->r;
	struct trace_error err = { 0 };

	if (part) {
		s->names = trace_reader_names(r->o.trace, &err);
		s->first_object = part->first_object;
	}
	if (!s->names && err.text[0])
		return replay_save_fail(s, err.kind, err.text);
	s->ncontents = r->world && r->o.policy->contents ? r->o.policy->contents(r->o.mm) : 0;
	s->object_of = calloc(s->ncontents + 1u, sizeof(*s->object_of));
	return s->object_of || replay_save_fail(s, TRACE_SYSTEM, "out of memory");
}

bool replay_save_fail(struct replay_save *s, int status, const char *text)
{
	s->err->status = status;
	snprintf(s->err->text, sizeof(s->err->text), "%s", text);
	return false;
}

bool replay_save(const struct replay *r, const char *path, const struct trace_part *part,
		 struct replay_save_report *report, struct replay_error *err)
{
	struct replay_save s = { .r = r, .part = part, .report = report, .err = err };
	bool ok;

	memset(report, 0, sizeof(*report));
	ok = begin(&s, part);
	if (ok) {
		gather(&s);
		ok = !s.failed || replay_save_fail(&s, TRACE_SYSTEM, "out of memory");
	}
	ok = ok && replay_save_write(&s, path);
	free(s.state.free);
	free(s.state.pcp);
	free(s.state.used);
	free(s.state.block_type);
	free(s.blocks);
	free(s.listed);
	free(s.object_of);
	return ok;
}
