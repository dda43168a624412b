#include "sim/hist.h"

#include <assert.h>
#include <stdlib.h>

/*
 * The layout of HdrHistogram with lowest discernible value 1 and 3 significant digits:
 * bucket 0 counts the values 0..2047 one by one, and each further bucket has the upper 1024
 * of 2048 sub-buckets, twice as wide as those of the bucket before.
 */
#define SUB_BITS 11
#define SUB_COUNT (UINT64_C(1) << SUB_BITS)
#define HALF (SUB_COUNT / 2)

struct sim_hist {
	uint64_t *counts;
	uint32_t room; /* counts[] in use; grows by whole buckets */
	uint64_t total, sum, min, max;
};

/* How far a value's sub-bucket is shifted: 0 up to 2047, 1 up to 4095, ... */
static unsigned shift_of(uint64_t value)
{
	return (unsigned)(64 - SUB_BITS - __builtin_clzll(value | (SUB_COUNT - 1)));
}

static uint32_t index_of(uint64_t value)
{
	unsigned shift = shift_of(value);

	return (uint32_t)(shift * HALF + (value >> shift));
}

static unsigned shift_at(uint32_t index)
{
	return index < SUB_COUNT ? 0 : index / (uint32_t)HALF - 1;
}

static uint64_t lowest_at(uint32_t index)
{
	unsigned shift = shift_at(index);

	return (index - shift * HALF) << shift;
}

static uint64_t highest_at(uint32_t index)
{
	return lowest_at(index) + ((UINT64_C(1) << shift_at(index)) - 1);
}

struct sim_hist *sim_hist_new(void)
{
	struct sim_hist *h = calloc(1, sizeof(*h));

	if (h)
		h->min = UINT64_MAX;
	return h;
}

void sim_hist_free(struct sim_hist *h)
{
	if (h)
		free(h->counts);
	free(h);
}

/* Makes room for the whole bucket that index lies in. */
static bool reach(struct sim_hist *h, uint32_t index)
{
	uint32_t room = (index / (uint32_t)HALF + 1) * (uint32_t)HALF;
	uint64_t *counts = realloc(h->counts, room * sizeof(*counts));

	if (!counts)
		return false;
	for (uint32_t i = h->room; i < room; i++)
		counts[i] = 0;
	h->counts = counts;
	h->room = room;
	return true;
}

bool sim_hist_record(struct sim_hist *h, uint64_t value)
{
	uint32_t index = index_of(value);

	if (__builtin_expect(index >= h->room, 0) && !reach(h, index))
		return false;
	h->counts[index]++;
	h->total++;
	h->sum += value;
	if (value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	return true;
}

bool sim_hist_merge(struct sim_hist *to, const struct sim_hist *from)
{
	if (from->room > to->room && !reach(to, from->room - 1))
		return false;
	for (uint32_t i = 0; i < from->room; i++)
		to->counts[i] += from->counts[i];
	to->total += from->total;
	to->sum += from->sum;
	if (from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
	return true;
}

uint64_t sim_hist_count(const struct sim_hist *h)
{
	return h->total;
}

uint64_t sim_hist_max(const struct sim_hist *h)
{
	return h->total ? highest_at(index_of(h->max)) : 0;
}

uint64_t sim_hist_min(const struct sim_hist *h)
{
	return h->total ? lowest_at(index_of(h->min)) : 0;
}

uint64_t sim_hist_sum(const struct sim_hist *h)
{
	return h->sum;
}

/* ceil(count * percent / 100) without overflow, at least 1: the rank that is looked for. */
static uint64_t rank_of(uint64_t total, uint32_t milli_percent)
{
	uint64_t whole = total / 100000, rest = total % 100000;
	uint64_t rank;

	if (milli_percent > 100000)
		milli_percent = 100000;
	rank = whole * milli_percent + (rest * milli_percent + 99999) / 100000;
	return rank ? rank : 1;
}

uint64_t sim_hist_percentile(const struct sim_hist *h, uint32_t milli_percent)
{
	uint64_t rank = rank_of(h->total, milli_percent), seen = 0;

	for (uint32_t i = 0; i < h->room; i++) {
		seen += h->counts[i];
		if (seen >= rank)
			return milli_percent ? highest_at(i) : lowest_at(i);
	}
	assert(!h->total);
	return 0;
}

void sim_hist_each(const struct sim_hist *h,
		   void (*visit)(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count),
		   void *ctx)
{
	for (uint32_t i = 0; i < h->room; i++)
		if (h->counts[i])
			visit(ctx, lowest_at(i), highest_at(i), h->counts[i]);
}
