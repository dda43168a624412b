#include "traces/trace_check.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "traces/trace_live.h"
#include "traces/trace_reader.h"

#define CHUNK 1024
#define TOTALS 10 /* numbers of struct trace_totals */

_Static_assert(sizeof(struct trace_totals) == TOTALS * sizeof(uint64_t), "all are compared");

struct check {
	struct trace_reader *r;
	struct trace_live live;
	struct trace_totals totals; /* as counted */
	struct trace_check_good good;
	trace_watch *watch;
	void *watch_ctx;
};

static bool add_start_objects(struct check *c, struct trace_error *err)
{
	const struct trace_state *s = trace_reader_state(c->r, err);

	if (!s)
		return !err->text[0];
	for (uint64_t i = 0; i < s->nused; i++) {
		if (s->used[i].use & TRACE_USE_PINNED)
			continue;
		if (!trace_live_add(&c->live, c->r->next_object++, s->used[i].order, err))
			return false;
	}
	c->r->object_known = true;
	return true;
}

static bool check_event(struct check *c, const struct trace_event *e, struct trace_error *err)
{
	struct trace_totals *t = &c->totals;

	if (!t->events)
		t->first_time = e->time;
	t->last_time = e->time;
	t->events++;
	t->failed += e->kind == TRACE_ALLOC_FAILED;
	if (e->kind == TRACE_ALLOC) {
		t->allocs++;
		return trace_live_add(&c->live, e->object, e->order, err);
	}
	if (e->kind != TRACE_FREE)
		return true;
	t->frees++;
	return trace_live_remove(&c->live, e->object, e->value, e->order, err);
}

/* One piece of one block, so that an error can say which. */
static long check_chunk(struct check *c, struct trace_error *err)
{
	struct trace_reader *r = c->r;
	struct trace_event events[CHUNK];
	uint64_t block = r->next_block, left = 1;
	long got;

	if (r->block_open)
		left = r->block.head.count - r->block.done;
	got = trace_reader_next(r, events, left < CHUNK ? (size_t)left : CHUNK, err);
	for (long i = 0; i < got; i++) {
		if (check_event(c, &events[i], err))
			continue;
		trace_error_at(err, "event %llu: ", (unsigned long long)(c->totals.events - 1));
		trace_read_error_in(r, "block", block, r->events.offset, err);
		return -1;
	}
	if (got > 0 && !r->block_open) {
		c->good.blocks = r->next_block;
		c->good.events = c->totals.events;
		c->good.last_time = c->totals.last_time;
	}
	return got;
}

static bool check_events(struct check *c, struct trace_error *err)
{
	long got;

	do {
		got = check_chunk(c, err);
		if (got > 0 && c->watch &&
		    !c->watch(c->watch_ctx, c->r->events.offset, c->r->size))
			return trace_error_set(err, TRACE_STOPPED, "interrupted");
	} while (got > 0);
	c->totals.blocks = c->r->next_block;
	c->totals.tasks = c->r->dict.tasks.count;
	return got == 0;
}

static bool check_truths(struct check *c, struct trace_error *err)
{
	struct trace_truth truths[64];
	long got;

	do {
		got = trace_reader_next_truth(c->r, truths, 64, err);
		c->totals.truths += got > 0 ? (uint64_t)got : 0;
		if (got > 0 && !c->r->truth_open)
			c->good.truths = c->r->next_truth;
	} while (got > 0);
	return got == 0;
}

static bool check_steps(struct check *c, struct trace_error *err)
{
	struct trace_step steps[64];
	long got;

	while ((got = trace_reader_next_step(c->r, steps, 64, err)) > 0)
		c->totals.steps += (uint64_t)got;
	return got == 0;
}

/* ---- what the end of the file claims --------------------------------------------------- */

static bool check_totals(struct check *c, struct trace_error *err)
{
	struct trace_totals t;
	uint64_t got[TOTALS], want[TOTALS];

	if (!trace_reader_totals(c->r, &t, err))
		return false;
	memcpy(want, &t, sizeof(want));
	memcpy(got, &c->totals, sizeof(got));
	for (unsigned i = 0; i < TOTALS; i++) {
		static const char *const names[TOTALS] = { "events",     "allocations",
							   "frees",      "failed allocations",
							   "blocks",     "truth records",
							   "first time", "last time",
							   "tasks",      "steps" };

		if (want[i] != got[i])
			return trace_error_data(err,
						"%s: trailer: it says %llu %s, the file has "
						"%llu",
						c->r->name, (unsigned long long)want[i],
						names[i], (unsigned long long)got[i]);
	}
	return true;
}

static bool check_index_entry(const struct trace_reader *r, const struct trace_frame_in *f,
			      uint32_t frame, struct trace_error *err)
{
	const struct trace_index_entry *e = &r->index.entries[frame];

	if (frame >= r->index.count)
		return trace_error_data(err, "it is not in the seek table");
	if (f->offset != r->index.offset[frame] || f->packed != e->packed ||
	    f->data.len != e->size)
		return trace_error_data(err, "the seek table has another place or size for it");
	return !r->index.checks || (uint32_t)XXH64(f->data.data, f->data.len, 0) == e->check ||
	       trace_error_data(err, "the seek table has another checksum for it");
}

/* The trailer's index names this block. */
static bool check_block_entry(const struct trace_reader *r, const struct trace_frame_in *f,
			      uint32_t frame, uint64_t number, struct trace_error *err)
{
	const struct trace_trailer_block *b = &r->trailer.blocks[number];
	struct trace_block_head head;
	struct trace_sections s;

	if (number >= r->trailer.nblocks || !trace_section_open(&s, &f->data, err) ||
	    !trace_block_head(&s, &head, err) || b->frame != frame ||
	    b->event != head.first_event || b->time != head.first_time)
		return trace_error_data(err, "the trailer's block index does not name it");
	return true;
}

static bool check_frames(struct check *c, struct trace_error *err)
{
	struct trace_reader *r = c->r;
	struct trace_frame_in *f = &r->side;
	uint32_t frame = 0;
	uint64_t block = 0;
	int got;

	trace_frame_seek(f, 0, 0);
	while ((got = trace_frame_next(f, err)) > 0) {
		bool ok = check_index_entry(r, f, frame, err);

		if (ok && trace_section_is(&f->data, TRACE_SECTION_BLOCK))
			ok = check_block_entry(r, f, frame, block++, err);
		if (!ok)
			return trace_read_error_in(r, "frame", frame, f->offset, err);
		frame++;
	}
	if (got < 0)
		return trace_read_error_in(r, "frame", frame, f->offset, err);
	if (frame == r->index.count && block == r->trailer.nblocks)
		return true;
	return trace_error_data(err, "%s: seek table: it has %u frames, the file %u", r->name,
				r->index.count, frame);
}

static bool check_all(struct check *c, struct trace_error *err)
{
	/* On a pipe the two streams cannot both be read; the frames are checked as they pass.
	 */
	if (!add_start_objects(c, err) || !check_events(c, err))
		return false;
	if (!c->r->seekable) {
		c->totals.truths = c->r->trailer.totals.truths;
		c->totals.steps = c->r->trailer.totals.steps;
		return check_totals(c, err);
	}
	/* Entries that no block needs stand at the end alone. */
	if (!check_truths(c, err) || !check_steps(c, err) || !trace_read_dict(c->r, err))
		return false;
	c->totals.tasks = c->r->dict.tasks.count;
	if (!check_totals(c, err))
		return false;
	if (!trace_reader_final(c->r, err) && err->text[0])
		return false;
	if (!trace_reader_names(c->r, err) && err->text[0])
		return false;
	if (!trace_reader_end(c->r, err) && err->text[0])
		return false;
	return check_frames(c, err);
}

/* ---- salvaging ------------------------------------------------------------------------- */

static bool salvage(struct check *c, const char *path, const char *to, struct trace_error *err)
{
	struct trace_error why;
	size_t n = strlen(err->text);

	/* The events may have been read past the damage in the truth stream; what of that
	 * stream is good is found here when the events were not. */
	if (c->r->seekable && !c->good.truths)
		check_truths(c, &why);
	if (!trace_check_salvage(path, to, &c->good, &why)) {
		*err = why;
		return trace_error_at(err, "nothing saved: ");
	}
	snprintf(err->text + n, sizeof(err->text) - n,
		 "; %llu whole blocks with %llu events before it are now in %s",
		 (unsigned long long)c->good.blocks, (unsigned long long)c->good.events, to);
	return false;
}

bool trace_check_watched(const char *path, const char *salvage_to, struct trace_totals *t,
			 trace_watch *watch, void *ctx, struct trace_error *err)
{
	struct check c = { .watch = watch, .watch_ctx = ctx };
	bool ok;

	memset(t, 0, sizeof(*t));
	c.r = trace_reader_open(path, err);
	if (!c.r)
		return false;
	ok = check_all(&c, err);
	if (!ok && salvage_to && err->kind == TRACE_BAD_DATA)
		salvage(&c, path, salvage_to, err);
	*t = c.totals;
	trace_live_free(&c.live);
	trace_reader_close(c.r);
	return ok;
}

bool trace_check(const char *path, const char *salvage_to, struct trace_totals *t,
		 struct trace_error *err)
{
	return trace_check_watched(path, salvage_to, t, NULL, NULL, err);
}
