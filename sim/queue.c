#include "sim/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/actor.h"

struct sim_queue *sim_queue_new(struct sim_engine *e, const char *name)
{
	size_t size = strlen(name) + 1;
	struct sim_queue *q = malloc(sizeof(*q) + size);

	(void)e;
	if (!q)
		return NULL;
	*q = (struct sim_queue){ .name = memcpy(q + 1, name, size) };
	return q;
}

void sim_queue_free(struct sim_queue *q)
{
	free(q);
}

void sim_queue_append(struct sim_queue *q, struct sim_actor *a)
{
	assert(!a->queue);
	a->queue = q;
	a->next = NULL;
	a->prev = q->last;
	if (q->last)
		q->last->next = a;
	else
		q->first = a;
	q->last = a;
}

void sim_queue_remove(struct sim_actor *a)
{
	struct sim_queue *q = a->queue;

	if (a->prev)
		a->prev->next = a->next;
	else
		q->first = a->next;
	if (a->next)
		a->next->prev = a->prev;
	else
		q->last = a->prev;
	a->queue = NULL;
	a->next = a->prev = NULL;
}
