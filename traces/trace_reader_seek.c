#include "traces/trace_reader.h"

#define CHUNK 256

static bool prepare(struct trace_reader *r, struct trace_error *err)
{
	return trace_read_tail(r, err) && trace_read_dict(r, err);
}

/* The next event is the first of block i, or there is none when there is no block i. */
static bool go_to_block(struct trace_reader *r, uint32_t i, struct trace_error *err)
{
	r->share = NULL;
	r->block_open = false;
	r->events_end = i >= r->trailer.nblocks;
	if (r->events_end)
		return true;
	r->next_block = i;
	r->next_event = r->trailer.blocks[i].event;
	r->object_known = false;
	r->last_time = 0;
	return trace_read_go(r, &r->events, r->trailer.blocks[i].frame, err);
}

/* The last block that begins before a number or time, else block 0. */
static uint32_t block_before(const struct trace_trailer *t, uint64_t limit, bool by_time)
{
	uint32_t low = 0, high = t->nblocks;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		const struct trace_trailer_block *b = &t->blocks[mid];

		if (by_time ? b->time < limit : b->event <= limit)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? low - 1 : 0;
}

bool trace_reader_seek_event(struct trace_reader *r, uint64_t number, struct trace_error *err)
{
	struct trace_event passed[CHUNK];
	uint32_t i;
	uint64_t left;

	if (!prepare(r, err))
		return false;
	if (number >= r->trailer.totals.events)
		return go_to_block(r, r->trailer.nblocks, err);
	i = block_before(&r->trailer, number, false);
	if (!go_to_block(r, i, err))
		return false;
	left = number - r->next_event;
	while (left) {
		long got =
			trace_reader_next(r, passed, left < CHUNK ? (size_t)left : CHUNK, err);

		if (got <= 0)
			return got == 0;
		left -= (uint64_t)got;
	}
	return true;
}

bool trace_reader_seek_time(struct trace_reader *r, uint64_t time, struct trace_error *err)
{
	struct trace_event seen[CHUNK];
	uint64_t number;

	if (!prepare(r, err) || !go_to_block(r, block_before(&r->trailer, time, true), err))
		return false;
	number = r->next_event;
	for (;;) {
		long got = trace_reader_next(r, seen, CHUNK, err);

		if (got <= 0)
			return got == 0;
		for (long i = 0; i < got; i++)
			if (seen[i].time >= time)
				return trace_reader_seek_event(r, number + (uint64_t)i, err);
		number += (uint64_t)got;
	}
}
