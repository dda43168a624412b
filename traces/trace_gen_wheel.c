#include "traces/trace_gen_wheel.h"

#include <stdlib.h>
#include <string.h>

#define NONE TRACE_GEN_WHEEL_NONE
#define FIRST UINT32_C(0x80000000)
#define FARTHEST ((UINT64_C(1) << 32) - 1)

bool trace_gen_wheel_init(struct trace_gen_wheel *w)
{
	memset(w, 0, sizeof(*w));
	memset(w->head, 0xff, sizeof(w->head));
	return true;
}

void trace_gen_wheel_free(struct trace_gen_wheel *w)
{
	free(w->node);
	memset(w, 0, sizeof(*w));
}

bool trace_gen_wheel_grow(struct trace_gen_wheel *w, uint32_t cap)
{
	struct trace_gen_wheel_node *node = realloc(w->node, cap * sizeof(*node));

	if (!node)
		return false;
	w->node = node;
	w->cap = cap;
	return true;
}

static void mark(struct trace_gen_wheel *w, uint32_t place)
{
	w->used[place / 64] |= UINT64_C(1) << (place % 64);
}

static void place(struct trace_gen_wheel *w, uint32_t node, unsigned level, uint32_t slot)
{
	uint32_t *head = &w->head[level][slot];

	w->node[node].next = *head;
	w->node[node].prev = FIRST | level << 8 | slot;
	if (*head != NONE)
		w->node[*head].prev = node;
	*head = node;
	if (!level)
		mark(w, slot);
}

void trace_gen_wheel_add(struct trace_gen_wheel *w, uint32_t node, uint64_t due)
{
	uint64_t ahead;
	unsigned level = 0;

	if (due < w->now)
		due = w->now;
	if (due - w->now > FARTHEST)
		due = w->now + FARTHEST;
	ahead = due - w->now;
	w->node[node].due = due;
	while (ahead >> (8 * (level + 1)))
		level++;
	place(w, node, level, (uint32_t)(due >> (8 * level)) & 255);
}

void trace_gen_wheel_remove(struct trace_gen_wheel *w, uint32_t node)
{
	uint32_t next = w->node[node].next, prev = w->node[node].prev;

	if (next != NONE)
		w->node[next].prev = prev;
	if (!(prev & FIRST)) {
		w->node[prev].next = next;
		return;
	}
	w->head[prev >> 8 & 3][prev & 255] = next;
	if (next == NONE && !(prev >> 8 & 3))
		w->used[(prev & 255) / 64] &= ~(UINT64_C(1) << (prev % 64));
}

/* Deals the nodes of one place of a higher level out to the levels below. */
static void deal(struct trace_gen_wheel *w, unsigned level)
{
	uint32_t *head = &w->head[level][(w->now >> (8 * level)) & 255];
	uint32_t node = *head;

	*head = NONE;
	while (node != NONE) {
		uint32_t next = w->node[node].next;

		trace_gen_wheel_add(w, node, w->node[node].due);
		node = next;
	}
}

/* The first used place of the first level from `from` on, or 256. */
static uint32_t next_used(const struct trace_gen_wheel *w, uint32_t from)
{
	while (from < 256) {
		uint64_t rest = w->used[from / 64] >> (from % 64);

		if (rest)
			return from + (uint32_t)__builtin_ctzll(rest);
		from = (from / 64 + 1) * 64;
	}
	return 256;
}

/* To the next tick that may have something, at most to `tick`. */
static void advance(struct trace_gen_wheel *w, uint64_t tick)
{
	uint64_t base = w->now & ~UINT64_C(255);
	uint64_t next = base + next_used(w, (uint32_t)(w->now & 255) + 1);

	w->now = next < tick ? next : tick;
	if (w->now & 255)
		return;
	if (!(w->now & 0xffffff))
		deal(w, 3);
	if (!(w->now & 0xffff))
		deal(w, 2);
	deal(w, 1);
}

uint32_t trace_gen_wheel_take(struct trace_gen_wheel *w, uint64_t tick)
{
	for (;;) {
		uint32_t node = w->head[0][w->now & 255];

		if (node != NONE) {
			trace_gen_wheel_remove(w, node);
			return node;
		}
		if (w->now >= tick)
			return NONE;
		advance(w, tick);
	}
}
