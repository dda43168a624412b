/* One start state made of several: memory side by side, so lists behind each other. */
#include <stdlib.h>
#include <string.h>

#include "traces/trace_merge.h"

/* A pageblock between two machines' memory; nothing asks for it. */
#define NOBODYS 1

static bool make_lists(struct trace_state *s, const struct trace_merge *m)
{
	uint64_t nfree = 1, nused = 1, npcp = 1, nblocks = 1;

	for (unsigned i = 0; i < m->o->n; i++) {
		const struct trace_state *from = m->in[i]->state;

		nfree += from->nfree;
		nused += from->nused;
		npcp += from->npcp;
		if (from->nblocks)
			nblocks = m->in[i]->place->frame_add / TRACE_PAGEBLOCK + from->nblocks;
	}
	s->free = malloc(nfree * sizeof(*s->free));
	s->used = malloc(nused * sizeof(*s->used));
	s->pcp = malloc(npcp * sizeof(*s->pcp));
	s->block_type = malloc(nblocks);
	return s->free && s->used && s->pcp && s->block_type;
}

static void add(struct trace_state *s, const struct trace_state *from,
		const struct trace_merge_place *p)
{
	for (uint64_t i = 0; i < from->nfree; i++) {
		s->free[s->nfree] = from->free[i];
		s->free[s->nfree++].pfn += p->frame_add;
	}
	for (uint64_t i = 0; i < from->nused; i++) {
		s->used[s->nused] = from->used[i];
		s->used[s->nused++].pfn += p->frame_add;
	}
	for (uint64_t i = 0; i < from->npcp; i++) {
		s->pcp[s->npcp] = from->pcp[i];
		s->pcp[s->npcp].cpu = (uint16_t)(s->pcp[s->npcp].cpu + p->first_cpu);
		s->pcp[s->npcp++].pfn += p->frame_add;
	}
	if (!from->nblocks)
		return;
	while (s->nblocks < p->frame_add / TRACE_PAGEBLOCK)
		s->block_type[s->nblocks++] = NOBODYS;
	memcpy(s->block_type + s->nblocks, from->block_type, from->nblocks);
	s->nblocks += from->nblocks;
}

struct trace_state *trace_merge_state(const struct trace_merge *m, struct trace_error *err)
{
	struct trace_state *s;

	err->text[0] = '\0';
	if (!m->in[0]->state)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s || !make_lists(s, m)) {
		trace_state_free(s);
		trace_error_memory(err);
		return NULL;
	}
	s->ordered = true;
	for (unsigned i = 0; i < m->o->n; i++) {
		s->ordered &= m->in[i]->state->ordered;
		add(s, m->in[i]->state, m->in[i]->place);
	}
	return s;
}
