/*
 * Delta debugging (Zeller's ddmin): of a list that fails, a part that still fails and of which
 * nothing can be left out any more.
 */
#ifndef TESTS_DDMIN_H
#define TESTS_DDMIN_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct ddmin {
	size_t size; /* bytes of an item */
	/* Whether this part fails; it is given items in their old order. */
	bool (*fails)(void *ctx, const void *items, size_t n);
	void *ctx;
	size_t tried;
};

/* Copies all items but those from `first` on to `to`. */
static inline size_t ddmin_without(const struct ddmin *d, const void *items, size_t n,
				   size_t first, size_t count, void *to)
{
	const char *from = items;
	size_t end = first + count < n ? first + count : n;

	memcpy(to, from, first * d->size);
	memcpy((char *)to + first * d->size, from + end * d->size, (n - end) * d->size);
	return n - (end - first);
}

/* Leaves out the first piece of that length without which it still fails; false: none. */
static inline bool ddmin_step(struct ddmin *d, void *items, size_t *n, size_t length,
			      void *spare)
{
	for (size_t at = 0; at < *n; at += length) {
		size_t left = ddmin_without(d, items, *n, at, length, spare);

		d->tried++;
		if (!d->fails(d->ctx, spare, left))
			continue;
		memcpy(items, spare, left * d->size);
		*n = left;
		return true;
	}
	return false;
}

/* Shrinks n failing items in place; how many are left. */
static inline size_t ddmin_run(struct ddmin *d, void *items, size_t n)
{
	void *spare = malloc(n * d->size + 1);
	size_t length = n / 2;

	if (!spare)
		abort();
	while (length) {
		if (!ddmin_step(d, items, &n, length, spare))
			length /= 2;
		else if (length > n)
			length = n;
	}
	free(spare);
	return n;
}

#endif
