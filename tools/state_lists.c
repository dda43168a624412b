#include "tools/state_lists.h"

#include <stdlib.h>

struct taking {
	struct state_lists *lists;
	const struct mm_saver *more;
};

bool state_lists_room(void *list, uint64_t n, uint64_t *cap, size_t size, bool *failed)
{
	void **p = list, *more;
	uint64_t want = *cap ? 2 * *cap : 1024;

	if (n < *cap)
		return true;
	more = realloc(*p, want * size);
	if (!more) {
		*failed = true;
		return false;
	}
	*p = more;
	*cap = want;
	return true;
}

static void take_pageblock(void *ctx, uint64_t frame, unsigned type)
{
	struct state_lists *l = ((struct taking *)ctx)->lists;
	struct trace_state *s = l->state;
	uint64_t block = frame / TRACE_PAGEBLOCK;

	while (!l->failed && s->nblocks <= block)
		if (state_lists_room(&s->block_type, s->nblocks, &l->block_cap, 1, &l->failed))
			s->block_type[s->nblocks++] = STATE_LISTS_NO_TYPE;
	if (!l->failed)
		s->block_type[block] = (uint8_t)type;
}

static void take_free(void *ctx, uint64_t frame, unsigned order, unsigned type)
{
	struct state_lists *l = ((struct taking *)ctx)->lists;
	struct trace_state *s = l->state;

	if (state_lists_room(&s->free, s->nfree, &l->free_cap, sizeof(*s->free), &l->failed))
		s->free[s->nfree++] =
			(struct trace_free){ frame, (uint8_t)order, (uint8_t)type };
}

static void take_pcp(void *ctx, unsigned cpu, uint64_t frame, unsigned type)
{
	struct state_lists *l = ((struct taking *)ctx)->lists;
	struct trace_state *s = l->state;

	if (state_lists_room(&s->pcp, s->npcp, &l->pcp_cap, sizeof(*s->pcp), &l->failed))
		s->pcp[s->npcp++] =
			(struct trace_pcp){ frame, (uint16_t)cpu, 0, (uint8_t)type };
}

static void take_used(void *ctx, uint64_t frame, unsigned order, unsigned use)
{
	const struct mm_saver *more = ((struct taking *)ctx)->more;

	if (more)
		more->used(more->ctx, frame, order, use);
}

static void take_listed(void *ctx, uint64_t frame)
{
	const struct mm_saver *more = ((struct taking *)ctx)->more;

	if (more)
		more->listed(more->ctx, frame);
}

bool state_lists_take(struct state_lists *lists, const struct mm_policy *policy, const void *mm,
		      const struct mm_saver *more)
{
	struct taking t = { lists, more };
	const struct mm_saver saver = { .ctx = &t,
					.pageblock = take_pageblock,
					.free = take_free,
					.pcp = take_pcp,
					.used = take_used,
					.listed = take_listed };

	mm_policy_save(policy, mm, &saver);
	lists->state->ordered = true;
	return !lists->failed;
}
