/*
 * The dates at which the requests in a disk's line will end, in order, so that the date of the
 * n-th to end is one look away. Dates come in any order, though mostly a later one last; they
 * leave from the front.
 */
#ifndef MM412_ENDS_H
#define MM412_ENDS_H

#include <stdbool.h>
#include <stdint.h>

/* Starts as { 0 }; ends with mm412_ends_done(). */
struct mm412_ends {
	uint64_t *date; /* [first .. first + n - 1], ascending */
	uint32_t first, n, room;
};

void mm412_ends_done(struct mm412_ends *ends);
/* False when memory is short; nothing has changed then. */
bool mm412_ends_add(struct mm412_ends *ends, uint64_t date);
/* Drops the earliest; there must be one. */
void mm412_ends_drop(struct mm412_ends *ends);

/* The n-th to end, from 1, or the last when they are fewer; UINT64_MAX when there is none. */
static inline uint64_t mm412_ends_nth(const struct mm412_ends *ends, uint32_t n)
{
	if (n > ends->n)
		n = ends->n;
	return n ? ends->date[ends->first + n - 1] : UINT64_MAX;
}

#endif
