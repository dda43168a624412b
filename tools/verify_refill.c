/* A refill of a per-cpu list in the model against the recorded one, page by page. */
#include "tools/verify_guided.h"

/* The recorded pages of a refill, in their order, while the model's are visited. */
struct walk {
	struct guided *g;
	size_t step;
};

static const struct verify_item *next_refill(struct walk *w)
{
	while (w->step < w->g->nsteps) {
		const struct verify_item *s = &w->g->v->items[w->g->steps[w->step++]];

		if (s->kind == TRACE_STEP_REFILL && s->pfn != TRACE_NO_PFN)
			return s;
	}
	return NULL;
}

static bool visit_refill(void *ctx, uint64_t frame, unsigned type)
{
	struct walk *w = ctx;
	const struct verify_item *s = next_refill(w);
	char text[VERIFY_TEXT];

	(void)type;
	if (s) {
		verify_differ_frame(w->g, s, "page of a refill", frame);
		return true;
	}
	verify_differ_name(text, frame);
	verify_differ(w->g, &w->g->v->items[w->g->steps[0]], "page of a refill", "no page",
		      text);
	return false;
}

/* The list was empty: what is on it now, and the page taken from it, came with the refill. */
void verify_refill(struct guided *g, const struct verify_item *item, uint32_t zone,
		   unsigned type, uint64_t taken)
{
	struct walk w = { g, 0 };
	const struct verify_item *s;

	g->v->count[VERIFY_REFILL]++;
	if (taken != MM_NO_FRAME)
		visit_refill(&w, taken, type);
	mm412_probe_guided_pcp(g->v->mm, zone, item->cpu, type, item->cold, visit_refill, &w);
	while ((s = next_refill(&w)))
		verify_differ_frame(g, s, "page of a refill", TRACE_NO_PFN);
	for (size_t i = 0; i < g->nsteps; i++) {
		s = &g->v->items[g->steps[i]];
		if (s->kind == TRACE_STEP_REFILL)
			verify_differ_number(g, s, "type of a refill", s->type, type);
	}
}
