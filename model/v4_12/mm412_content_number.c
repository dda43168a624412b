/*
 * The numbers of contents. Those of single pages are handed out again in the reverse order in
 * which they became free; those of a huge page are 512 in a row that begin at a multiple of
 * 512, and become free together: a run is used again only for another huge page. So there are
 * never more numbers than contents lived at the same time, of either sort.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_sleep.h"

#define RUN MM412_BLOCK_FRAMES
#define FIRST_ROOM 1024u

static bool make_room(struct mm412_sleep *sl, uint32_t numbers)
{
	uint32_t room = sl->contents_room ? sl->contents_room : FIRST_ROOM;
	struct mm412_content *contents;

	if (numbers <= sl->contents_room)
		return true;
	if (numbers > UINT32_MAX / 2)
		return false;
	while (room < numbers)
		room *= 2;
	contents = realloc(sl->contents, room * sizeof(*contents));
	if (!contents)
		return false;
	sl->contents = contents;
	sl->contents_room = room;
	return true;
}

static void push_single(struct mm412_sleep *sl, uint32_t number)
{
	sl->contents[number] =
		(struct mm412_content){ .where = sl->contents_free, .place = MM412_NOWHERE };
	sl->contents_free = number + 1;
}

uint32_t mm412_content_number_take(struct mm412 *mm)
{
	struct mm412_sleep *sl = mm->sleep;
	uint32_t number;

	if (sl->contents_free) {
		number = sl->contents_free - 1;
		sl->contents_free = sl->contents[number].where;
		if (sl->contents_free)
			__builtin_prefetch(&sl->contents[sl->contents_free - 1], 1);
		return number;
	}
	if (!make_room(sl, sl->ncontents + 1))
		return MM_NO_CONTENT;
	return sl->ncontents++;
}

/* The first number of a run at the end of the table; those before it become single ones. */
static uint32_t new_run(struct mm412_sleep *sl)
{
	uint32_t first = (sl->ncontents + RUN - 1) / RUN * RUN;

	if (!make_room(sl, first + RUN))
		return MM_NO_CONTENT;
	for (uint32_t i = first; i-- > sl->ncontents;)
		push_single(sl, i);
	sl->ncontents = first + RUN;
	return first;
}

/* The first of a run counts in `shadow` how many of its numbers are taken: nothing that is not
 * a file's has a shadow. */
uint32_t mm412_content_number_take_run(struct mm412 *mm)
{
	struct mm412_sleep *sl = mm->sleep;
	uint32_t first = sl->contents_runs ? sl->contents_runs - 1 : new_run(sl);

	if (first == MM_NO_CONTENT)
		return first;
	if (sl->contents_runs)
		sl->contents_runs = sl->contents[first].where;
	for (uint32_t i = 0; i < RUN; i++)
		sl->contents[first + i] = (struct mm412_content){ .part = true };
	sl->contents[first].shadow = RUN;
	return first;
}

static void give_part(struct mm412_sleep *sl, uint32_t number)
{
	uint32_t first = number & ~(RUN - 1);
	uint64_t left = sl->contents[first].shadow - 1;

	sl->contents[number] = (struct mm412_content){ .place = MM412_NOWHERE, .part = true };
	sl->contents[first].shadow = left;
	if (left)
		return;
	sl->contents[first].where = sl->contents_runs;
	sl->contents_runs = first + 1;
}

void mm412_content_number_give(struct mm412 *mm, uint32_t number)
{
	struct mm412_sleep *sl = mm->sleep;

	if (sl->contents[number].part)
		give_part(sl, number);
	else
		push_single(sl, number);
}

struct mm412_content *mm412_content_number_find(const struct mm412 *mm, uint32_t number)
{
	struct mm412_content *c;

	if (number >= mm->sleep->ncontents)
		return NULL;
	c = &mm->sleep->contents[number];
	return c->live && !c->ended ? c : NULL;
}
