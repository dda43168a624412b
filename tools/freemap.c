#include "tools/freemap.h"

#include <stdlib.h>
#include <string.h>

struct freemap {
	uint64_t start, end;
	uint64_t base; /* start, rounded down to the largest block */
	uint8_t *free; /* one byte a frame from base */
};

#define LARGEST (UINT64_C(1) << (FRAG_ORDERS - 1))

struct freemap *freemap_new(uint64_t start, uint64_t end)
{
	struct freemap *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->start = start;
	m->end = end;
	m->base = start & ~(LARGEST - 1);
	m->free = calloc(((end - m->base) | (LARGEST - 1)) + 1, 1);
	if (!m->free) {
		free(m);
		return NULL;
	}
	return m;
}

void freemap_free(struct freemap *m)
{
	if (!m)
		return;
	free(m->free);
	free(m);
}

void freemap_add(struct freemap *m, uint64_t frame, unsigned order)
{
	uint64_t first = frame < m->start ? m->start : frame;
	uint64_t last = frame + (UINT64_C(1) << order);

	if (last > m->end)
		last = m->end;
	if (first < last)
		memset(m->free + (first - m->base), 1, last - first);
}

static bool all_free(const uint8_t *frames, uint64_t n)
{
	return frames[0] && (n == 1 || memcmp(frames, frames + 1, n - 1) == 0);
}

struct visitor {
	const struct freemap *map;
	void (*visit)(void *ctx, uint64_t frame, unsigned order);
	void *ctx;
};

/* Visits the maximal blocks of one aligned run of 2^order frames. */
static void walk(const struct visitor *v, const uint8_t *frames, unsigned order)
{
	uint64_t n = UINT64_C(1) << order;

	if (all_free(frames, n)) {
		v->visit(v->ctx, v->map->base + (uint64_t)(frames - v->map->free), order);
		return;
	}
	if (order == 0 || !memchr(frames, 1, n))
		return;
	walk(v, frames, order - 1);
	walk(v, frames + n / 2, order - 1);
}

void freemap_each(const struct freemap *m,
		  void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx)
{
	const struct visitor v = { m, visit, ctx };

	for (uint64_t at = m->base; at < m->end; at += LARGEST)
		walk(&v, m->free + (at - m->base), FRAG_ORDERS - 1);
}

static void count(void *ctx, uint64_t frame, unsigned order)
{
	uint64_t *blocks = ctx;

	(void)frame;
	blocks[order]++;
}

void freemap_blocks(const struct freemap *m, uint64_t blocks[FRAG_ORDERS])
{
	memset(blocks, 0, FRAG_ORDERS * sizeof(*blocks));
	freemap_each(m, count, blocks);
}
