#include "sim/agenda.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/actor.h"

bool sim_agenda_reserve(struct sim_agenda *g, size_t actors)
{
	size_t room = g->room ? g->room : 16;
	struct sim_actor **heap;

	if (actors < g->room)
		return true;
	while (room <= actors)
		room *= 2;
	heap = realloc(g->heap, room * sizeof(struct sim_actor *));
	if (!heap)
		return false;
	g->heap = heap;
	g->room = room;
	return true;
}

void sim_agenda_fini(struct sim_agenda *g)
{
	free(g->heap);
	*g = (struct sim_agenda){ 0 };
}

static bool before(const struct sim_actor *a, const struct sim_actor *b)
{
	return a->date < b->date || (a->date == b->date && a->rank < b->rank);
}

static void put(struct sim_agenda *g, size_t i, struct sim_actor *a)
{
	g->heap[i] = a;
	a->place = i;
}

static void sift_up(struct sim_agenda *g, size_t i, struct sim_actor *a)
{
	for (; i > 0 && before(a, g->heap[(i - 1) / 2]); i = (i - 1) / 2)
		put(g, i, g->heap[(i - 1) / 2]);
	put(g, i, a);
}

static void sift_down(struct sim_agenda *g, size_t i, struct sim_actor *a)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < g->count && before(g->heap[child + 1], g->heap[child]))
			child++;
		if (child >= g->count || !before(g->heap[child], a))
			break;
		put(g, i, g->heap[child]);
		i = child;
	}
	put(g, i, a);
}

/* Places an actor whose date has changed, or another in its place. */
static void settle(struct sim_agenda *g, size_t i, struct sim_actor *a)
{
	if (i > 0 && before(a, g->heap[(i - 1) / 2]))
		sift_up(g, i, a);
	else
		sift_down(g, i, a);
}

void sim_agenda_set(struct sim_agenda *g, struct sim_actor *a, uint64_t date)
{
	bool was_in = a->date != SIM_ACTOR_NEVER;

	a->date = date;
	if (!was_in && date != SIM_ACTOR_NEVER) {
		assert(g->count < g->room);
		sift_up(g, g->count++, a);
	} else if (was_in && date != SIM_ACTOR_NEVER) {
		settle(g, a->place, a);
	} else if (was_in) {
		size_t i = a->place;

		g->count--;
		if (i < g->count)
			settle(g, i, g->heap[g->count]);
	}
}
