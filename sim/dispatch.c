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
		free(d->cpus[i].ready);
	free(d->cpus);
	free(d->tree);
	*d = (struct sim_dispatch){ 0 };
}

static bool before(struct sim_dispatch_task a, struct sim_dispatch_task b)
{
	return a.date < b.date || (a.date == b.date && a.task < b.task);
}

/* Places x at i or below. */
static void sift_down(struct sim_dispatch_cpu *c, uint32_t i, struct sim_dispatch_task x)
{
	struct sim_dispatch_task *heap = c->ready;

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= c->count)
			break;
		if (child + 1 < c->count && before(heap[child + 1], heap[child]))
			child++;
		if (!before(heap[child], x))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = x;
}

static void sift_up(struct sim_dispatch_cpu *c, uint32_t i, struct sim_dispatch_task x)
{
	struct sim_dispatch_task *heap = c->ready;

	while (i > 0 && before(x, heap[(i - 1) / 2])) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = x;
}

static bool grow(struct sim_dispatch_cpu *c)
{
	uint32_t room = c->room ? 2 * c->room : 8;
	struct sim_dispatch_task *ready = realloc(c->ready, room * sizeof(*ready));

	if (!ready)
		return false;
	c->ready = ready;
	c->room = room;
	return true;
}

bool sim_dispatch_push(struct sim_dispatch_cpu *c, uint32_t task, uint64_t date)
{
	struct sim_dispatch_task x = { .date = date, .task = task };

	if (c->vacant) {
		c->vacant = false;
		sift_down(c, 0, x);
		return true;
	}
	if (c->count == c->room && !grow(c))
		return false;
	sift_up(c, c->count++, x);
	return true;
}

void sim_dispatch_close(struct sim_dispatch_cpu *c)
{
	if (!c->vacant)
		return;
	c->vacant = false;
	c->count--;
	if (c->count > 0)
		sift_down(c, 0, c->ready[c->count]);
}

const struct sim_dispatch_task *sim_dispatch_first(const struct sim_dispatch_cpu *c)
{
	const struct sim_dispatch_task *heap = c->ready;

	if (!c->vacant)
		return c->count > 0 ? heap : NULL;
	if (c->count < 2)
		return NULL;
	return c->count > 2 && before(heap[2], heap[1]) ? &heap[2] : &heap[1];
}
