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

/* Behind `prev`, NULL = in front of all. */
static void insert(struct sim_queue *q, struct sim_actor *a, struct sim_actor *prev)
{
	struct sim_actor *next = prev ? prev->next : q->first;

	assert(!a->queue);
	a->queue = q;
	a->prev = prev;
	a->next = next;
	if (prev)
		prev->next = a;
	else
		q->first = a;
	if (next)
		next->prev = a;
	else
		q->last = a;
}

void sim_queue_append(struct sim_queue *q, struct sim_actor *a)
{
	insert(q, a, q->last);
}

void sim_queue_insert(struct sim_queue *q, struct sim_actor *a)
{
	struct sim_actor *prev = q->last;

	while (prev && prev->until > a->until)
		prev = prev->prev;
	insert(q, a, prev);
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
