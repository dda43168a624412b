#include "sim/dispatch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool sim_dispatch_init(struct sim_dispatch *d, unsigned cpus)
{
	assert(cpus > 0 && cpus <= SIM_DISPATCH_CPUS);
	*d = (struct sim_dispatch){ .leaves = 1, .count = cpus };
	while (d->leaves < cpus)
		d->leaves *= 2;
	d->tree = malloc(2 * d->leaves * sizeof(*d->tree));
	d->cpus = aligned_alloc(64, cpus * sizeof(*d->cpus));
	if (!d->tree || !d->cpus) {
		sim_dispatch_fini(d);
		return false;
	}
	for (size_t i = 0; i < 2 * d->leaves; i++)
		d->tree[i] = SIM_DISPATCH_NEVER;
	memset(d->cpus, 0, cpus * sizeof(*d->cpus));
	return true;
}

void sim_dispatch_fini(struct sim_dispatch *d)
{
	for (unsigned i = 0; d->cpus && i < d->count; i++)
		free(d->cpus[i].heap);
	free(d->cpus);
	free(d->tree);
	*d = (struct sim_dispatch){ 0 };
}

/* Puts x in the root's place. */
static void replace_root(struct sim_dispatch_cpu *c, struct sim_dispatch_task x)
{
	struct sim_dispatch_task *heap = c->heap;
	uint32_t i = 0;

	while (2 * i + 1 < c->count) {
		uint32_t child = sim_dispatch_child(c, i);

		if (!sim_dispatch_before(heap[child], x))
			break;
		*(i ? &heap[i] : &c->first) = heap[child];
		i = child;
	}
	*(i ? &heap[i] : &c->first) = x;
}

static void sift_up(struct sim_dispatch_cpu *c, struct sim_dispatch_task x)
{
	uint32_t i = c->count++;

	if (i == 0 || sim_dispatch_before(x, c->first)) {
		struct sim_dispatch_task first = c->first;

		c->first = x;
		x = first;
	}
	for (; i > 2 && sim_dispatch_before(x, c->heap[(i - 1) / 2]); i = (i - 1) / 2)
		c->heap[i] = c->heap[(i - 1) / 2];
	if (i > 0)
		c->heap[i] = x;
}

static bool has_room(const struct sim_dispatch_cpu *c)
{
	return c->room_bits && !(c->count >> c->room_bits);
}

static bool grow(struct sim_dispatch_cpu *c)
{
	uint8_t bits = c->room_bits ? c->room_bits + 1 : 3;
	struct sim_dispatch_task *heap = realloc(c->heap, sizeof(*heap) << bits);

	if (!heap)
		return false;
	c->heap = heap;
	c->room_bits = bits;
	return true;
}

bool sim_dispatch_push(struct sim_dispatch_cpu *c, uint32_t task, uint64_t date)
{
	struct sim_dispatch_task x = { .date = date, .task = task };

	if (c->vacant) {
		c->vacant = false;
		replace_root(c, x);
		return true;
	}
	if (c->count > 0 && !has_room(c) && !grow(c))
		return false;
	sift_up(c, x);
	return true;
}

void sim_dispatch_close(struct sim_dispatch_cpu *c)
{
	assert(c->vacant);
	c->vacant = false;
	c->count--;
	if (c->count > 0)
		replace_root(c, c->heap[c->count]);
}

const struct sim_dispatch_task *sim_dispatch_first(const struct sim_dispatch_cpu *c)
{
	if (!c->vacant)
		return c->count > 0 ? &c->first : NULL;
	return c->count > 1 ? &c->heap[sim_dispatch_child(c, 0)] : NULL;
}
