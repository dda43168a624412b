#include "model/v4_12/mm412_ends.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

void mm412_ends_done(struct mm412_ends *ends)
{
	free(ends->date);
	*ends = (struct mm412_ends){ 0 };
}

/* Room for one more at the end: of what has left at the front, or of twice as much. */
static bool make_room(struct mm412_ends *ends)
{
	uint32_t room = ends->room ? 2 * ends->room : FIRST_ROOM;
	uint64_t *date;

	if (ends->first + ends->n < ends->room)
		return true;
	if (ends->first > ends->room / 2) {
		memmove(ends->date, ends->date + ends->first, ends->n * sizeof(*date));
		ends->first = 0;
		return true;
	}
	date = realloc(ends->date, room * sizeof(*date));
	if (!date)
		return false;
	ends->date = date;
	ends->room = room;
	return true;
}

bool mm412_ends_add(struct mm412_ends *ends, uint64_t date)
{
	uint32_t i;

	if (!make_room(ends))
		return false;
	for (i = ends->first + ends->n++; i > ends->first && date < ends->date[i - 1]; i--)
		ends->date[i] = ends->date[i - 1];
	ends->date[i] = date;
	return true;
}

void mm412_ends_drop(struct mm412_ends *ends)
{
	assert(ends->n > 0);
	ends->first++;
	ends->n--;
}
