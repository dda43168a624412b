#include "traces/derive.h"

#include <stdlib.h>
#include <string.h>

#include "traces/trace_error.h"

bool derive_fail(struct derive *d)
{
	if (!d->failed)
		trace_error_memory(d->err);
	d->failed = true;
	return false;
}

bool derive_room(struct derive *d, void *list, size_t *cap, size_t n, size_t size)
{
	size_t more = *cap ? *cap + *cap / 2 : 64;
	void *old, *grown;

	if (n < *cap)
		return true;
	memcpy(&old, list, sizeof(old));
	grown = n < UINT32_MAX - 1 && more < SIZE_MAX / size ? realloc(old, more * size) : NULL;
	if (!grown)
		return derive_fail(d);
	memcpy(list, &grown, sizeof(grown));
	*cap = more;
	return true;
}

bool derive_queue_push(struct derive *d, struct derive_queue *q, uint32_t what)
{
	if (q->head && q->head == q->n)
		q->head = q->n = 0;
	if (!derive_room(d, &q->list, &q->cap, q->n, sizeof(*q->list)))
		return false;
	q->list[q->n++] = what;
	return true;
}

uint32_t derive_queue_pop(struct derive_queue *q)
{
	return q->head < q->n ? q->list[q->head++] : DERIVE_NONE;
}

struct derive_task *derive_task(struct derive *d, uint32_t number)
{
	while (d->ntasks <= number) {
		struct derive_task fresh = { .huge = DERIVE_NONE };

		if (!derive_room(d, &d->tasks, &d->tasks_cap, d->ntasks, sizeof(*d->tasks)))
			return NULL;
		for (unsigned k = 0; k < DERIVE_WALKS; k++)
			fresh.walk[k].at = fresh.walk[k].back = SIZE_MAX;
		d->tasks[d->ntasks++] = fresh;
	}
	return &d->tasks[number];
}
