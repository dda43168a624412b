/* Operations of a 2.4.0 golden file on single pages: page cache, ages, lists, buffers. */
#include "tools/gold24_step.h"

/* The one operand of most of them. */
static bool one_page(const struct gold_step *s, uint64_t *frame)
{
	return s->w.n == 2 && gold24_step_in_use(s, 1, frame);
}

static enum gold_outcome bad_page(struct gold_step *s)
{
	return gold_step_bad(s, "wanted: the operation and the frame of a page in use");
}

static enum gold_outcome op_cache(struct gold_step *s)
{
	uint64_t frame, how = 0;

	if (s->w.n < 2 || s->w.n > 3 || !pagegold_number(s->w.w[1], UINT64_MAX, &frame) ||
	    (s->w.n == 3 && !pagegold_number(s->w.w[2], 2, &how)))
		return gold_step_bad(s, "wanted: cache <frame> [0 or 1 or 2]");
	if (!mm24_probe_private(s->r->mm, frame))
		return gold_step_bad(s, "that page cannot go into a page cache");
	mm24_probe_cache(s->r->mm, s->r->cpus, frame, (unsigned)how);
	return GOLD_NOTHING;
}

static enum gold_outcome op_uncache(struct gold_step *s)
{
	uint64_t frame;

	if (s->w.n != 2 || !pagegold_number(s->w.w[1], UINT64_MAX, &frame))
		return gold_step_bad(s, "wanted: uncache <frame>");
	if (!mm24_probe_cached(s->r->mm, frame))
		return gold_step_bad(s, "that page is in no page cache");
	mm24_probe_uncache(s->r->mm, s->r->cpus, frame);
	return GOLD_NOTHING;
}

static enum gold_outcome op_find(struct gold_step *s)
{
	uint64_t frame;

	if (!one_page(s, &frame))
		return bad_page(s);
	mm24_probe_find(s->r->mm, s->r->cpus, frame);
	return GOLD_NOTHING;
}

static enum gold_outcome op_hold(struct gold_step *s)
{
	uint64_t frame;

	if (!one_page(s, &frame))
		return bad_page(s);
	mm24_probe_hold(s->r->mm, frame);
	return GOLD_NOTHING;
}

static enum gold_outcome op_put(struct gold_step *s)
{
	uint64_t frame;

	if (s->w.n != 2 || !pagegold_number(s->w.w[1], UINT64_MAX, &frame))
		return gold_step_bad(s, "wanted: put <frame>");
	if (!mm24_probe_may_put(s->r->mm, frame, 0))
		return gold_step_bad(s, "no reference to that page can be dropped");
	mm24_probe_put(s->r->mm, s->r->cpus, frame, 0);
	return GOLD_NOTHING;
}

static enum gold_outcome set_flag(struct gold_step *s, enum mm24_probe_flag flag, bool on)
{
	uint64_t frame;

	if (!one_page(s, &frame))
		return bad_page(s);
	mm24_probe_set(s->r->mm, frame, flag, on);
	return GOLD_NOTHING;
}

static enum gold_outcome op_ref(struct gold_step *s)
{
	return set_flag(s, MM24_PROBE_REFERENCED, true);
}

static enum gold_outcome op_dirty(struct gold_step *s)
{
	return set_flag(s, MM24_PROBE_DIRTY, true);
}

static enum gold_outcome op_lock(struct gold_step *s)
{
	return set_flag(s, MM24_PROBE_LOCKED, true);
}

static enum gold_outcome op_unlock(struct gold_step *s)
{
	return set_flag(s, MM24_PROBE_LOCKED, false);
}

static enum gold_outcome age(struct gold_step *s, bool up)
{
	uint64_t frame;

	if (!one_page(s, &frame))
		return bad_page(s);
	mm24_probe_age(s->r->mm, s->r->cpus, frame, up);
	return GOLD_NOTHING;
}

static enum gold_outcome op_ageup(struct gold_step *s)
{
	return age(s, true);
}

static enum gold_outcome op_agedown(struct gold_step *s)
{
	return age(s, false);
}

static enum gold_outcome activate(struct gold_step *s, bool on)
{
	uint64_t frame;

	if (!one_page(s, &frame))
		return bad_page(s);
	mm24_probe_activate(s->r->mm, s->r->cpus, frame, on);
	return GOLD_NOTHING;
}

static enum gold_outcome op_activate(struct gold_step *s)
{
	return activate(s, true);
}

static enum gold_outcome op_deactivate(struct gold_step *s)
{
	return activate(s, false);
}

/* 3 = none of them */
static unsigned buffer_kind(struct pagegold_word w)
{
	static const char *const names[] = { "dirty", "clean", "ram" };
	unsigned i = 0;

	while (i < 3 && !pagegold_is(w, names[i]))
		i++;
	return i;
}

static enum gold_outcome op_buf(struct gold_step *s)
{
	unsigned kind = s->w.n == 3 ? buffer_kind(s->w.w[2]) : 3;
	uint64_t frame;

	if (kind == 3 || !gold24_step_in_use(s, 1, &frame))
		return gold_step_bad(
			s, "wanted: buf <frame of a page in use> dirty or clean or ram");
	mm24_probe_buffer(s->r->mm, frame, kind);
	return GOLD_NOTHING;
}

static enum gold_outcome op_bufcache(struct gold_step *s)
{
	unsigned kind = s->w.n == 3 ? buffer_kind(s->w.w[2]) : 3;
	uint64_t frame;

	if (kind > MM24_PROBE_BUFFER_CLEAN || !pagegold_number(s->w.w[1], UINT64_MAX, &frame))
		return gold_step_bad(s, "wanted: bufcache <frame> dirty or clean");
	if (!mm24_probe_private(s->r->mm, frame))
		return gold_step_bad(s, "that page cannot become one of the buffer cache");
	mm24_probe_buffer_page(s->r->mm, s->r->cpus, frame, kind == MM24_PROBE_BUFFER_DIRTY);
	return GOLD_NOTHING;
}

const struct gold_record gold24_pages[] = {
	{ "cache", op_cache },       { "dirty", op_dirty },
	{ "find", op_find },         { "agedown", op_agedown },
	{ "ref", op_ref },           { "deactivate", op_deactivate },
	{ "ageup", op_ageup },       { "buf", op_buf },
	{ "bufcache", op_bufcache }, { "lock", op_lock },
	{ "unlock", op_unlock },     { "hold", op_hold },
	{ "put", op_put },           { "activate", op_activate },
	{ "uncache", op_uncache },   { NULL, NULL },
};
