/* Steals, moves and changes of type: what the model did against what was recorded. */
#include <inttypes.h>
#include <string.h>

#include "tools/verify_guided.h"

#define RESULT_UNIT 8 /* a steal's first value: old type + 8 * result */
#define CLAIMED 2
#define MOVABLE 1
#define BLOCK_FRAMES 512

static void note_text(char out[VERIFY_TEXT], const struct mm412_probe_guided_note *n)
{
	switch (n->kind) {
	case MM412_PROBE_GUIDED_MOVED:
		verify_differ_text(out,
				   "move of %" PRIu32 " frames from %" PRIu64 " to type %u",
				   n->frames, n->frame, n->type);
		return;
	case MM412_PROBE_GUIDED_TYPED:
		verify_differ_text(out, "pageblock of %" PRIu64 " from type %u to %u", n->frame,
				   n->old_type, n->type);
		return;
	default:
		verify_differ_text(out,
				   "steal of %" PRIu64
				   ", order %u, for type %u in a block of type %u, "
				   "result %u",
				   n->frame, n->order, n->type, n->old_type, n->result);
	}
}

static bool step_text(char out[VERIFY_TEXT], const struct verify_item *s)
{
	switch (s->kind) {
	case TRACE_STEP_MOVE:
		verify_differ_text(out,
				   "move of %" PRId64 " frames from %" PRIu64 " to type %d",
				   s->value[0], s->pfn, s->type);
		return true;
	case TRACE_STEP_PAGEBLOCK:
		verify_differ_text(out, "pageblock of %" PRIu64 " from type %" PRId64 " to %d",
				   s->pfn, s->value[0], s->type);
		return true;
	case TRACE_STEP_STEAL:
		verify_differ_text(out,
				   "steal of %" PRIu64
				   ", order %u, for type %d in a block of type "
				   "%" PRId64 ", result %" PRId64,
				   s->pfn, s->order, s->type, s->value[0] % RESULT_UNIT,
				   s->value[0] / RESULT_UNIT);
		return true;
	default:
		return false;
	}
}

/* mm_page_alloc_extfrag tells of the steal in front of it once more, and what was asked for. */
static void compare_extfrag(struct guided *g, const struct verify_item *s,
			    const struct mm412_probe_guided_note *n)
{
	char a[VERIFY_TEXT], b[VERIFY_TEXT];

	verify_differ_text(
		a, "%" PRIu64 ": order %u of type %d from order %" PRId64 " of type %" PRId64,
		s->pfn, s->order, s->type, s->value[0], s->value[1]);
	verify_differ_text(b, "%" PRIu64 ": order %u of type %d from order %u of type %u",
			   n->frame, n->wanted, n->type, n->order, n->source);
	if (strcmp(a, b) != 0)
		verify_differ(g, s, "fallback", a, b);
}

/* What the model noted against the steps of the same kinds, one by one. */
/* The move that the steal noted as the n-th made, or the n-th note itself. */
static const struct mm412_probe_guided_note *last_move(const struct guided *g, unsigned n)
{
	unsigned at = n;

	while (at && at + 2 >= n && g->notes.note[at].kind != MM412_PROBE_GUIDED_MOVED)
		at--;
	return &g->notes.note[at];
}

/* Whether the pageblock would have been claimed by the pages that the model thinks can be
 * migrated: those on LRU lists. */
static void predict_claim(struct guided *g, const struct verify_item *s,
			  const struct mm412_probe_guided_note *moved)
{
	struct verify_ahead *a = &g->v->ahead;
	int64_t free = s->value[1], alike = 0;

	if (g->v->mode != VERIFY_PREDICT || s->value[0] / RESULT_UNIT == 0 ||
	    moved->kind != MM412_PROBE_GUIDED_MOVED)
		return;
	if (s->type == MOVABLE)
		alike = moved->movable;
	else if (s->value[0] % RESULT_UNIT == MOVABLE)
		alike = BLOCK_FRAMES - (free + moved->movable);
	a->steals++;
	a->claims +=
		(free + alike >= BLOCK_FRAMES / 2) == (s->value[0] / RESULT_UNIT == CLAIMED);
}

void verify_steal(struct guided *g, const struct verify_item *anchor)
{
	char a[VERIFY_TEXT], b[VERIFY_TEXT];
	unsigned n = 0;

	for (size_t i = 0; i < g->nsteps; i++) {
		const struct verify_item *s = &g->v->items[g->steps[i]];

		if (s->kind == TRACE_STEP_EXTFRAG && n && n <= MM412_PROBE_GUIDED_NOTES)
			compare_extfrag(g, s, &g->notes.note[n - 1]);
		if (!step_text(a, s))
			continue;
		g->v->count[VERIFY_STEAL] += s->kind == TRACE_STEP_STEAL;
		if (n >= g->notes.n || n >= MM412_PROBE_GUIDED_NOTES) {
			verify_differ(g, s, "steal", a, "nothing");
			return;
		}
		if (s->kind == TRACE_STEP_STEAL)
			predict_claim(g, s, last_move(g, n));
		note_text(b, &g->notes.note[n++]);
		if (strcmp(a, b) != 0)
			verify_differ(g, s, "steal", a, b);
	}
	if (n < g->notes.n && n < MM412_PROBE_GUIDED_NOTES) {
		note_text(b, &g->notes.note[n]);
		verify_differ(g, anchor, "steal", "nothing", b);
	}
}
