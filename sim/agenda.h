/*
 * Actors by (date, rank): a binary heap that knows each one's place, so that a date can be
 * changed. Actors whose date is SIM_ACTOR_NEVER are not in it. Internal to the engine.
 */
#ifndef SIM_AGENDA_H
#define SIM_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_actor;

struct sim_agenda {
	struct sim_actor **heap;
	size_t count, room;
};

/* Makes room for one actor more than `actors`; false when memory is short. */
bool sim_agenda_reserve(struct sim_agenda *g, size_t actors);
void sim_agenda_fini(struct sim_agenda *g);
/* Changes the actor's date and puts it where it then belongs. */
void sim_agenda_set(struct sim_agenda *g, struct sim_actor *a, uint64_t date);

static inline struct sim_actor *sim_agenda_first(const struct sim_agenda *g)
{
	return g->count > 0 ? g->heap[0] : NULL;
}

#endif
