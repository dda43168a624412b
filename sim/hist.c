#include "sim/hist.h"

#include <assert.h>
#include <stdlib.h>

static unsigned shift_at(uint32_t index)
{
	return index < (2 * SIM_HIST_HALF) ? 0 : index / (uint32_t)SIM_HIST_HALF - 1;
}

static uint64_t lowest_at(uint32_t index)
{
	unsigned shift = shift_at(index);

	return (index - shift * SIM_HIST_HALF) << shift;
}

static uint64_t highest_at(uint32_t index)
{
	return lowest_at(index) + ((UINT64_C(1) << shift_at(index)) - 1);
}

struct sim_hist *sim_hist_new(void)
{
	return calloc(1, sizeof(struct sim_hist));
}

void sim_hist_free(struct sim_hist *h)
{
	if (h)
		free(h->counts);
	free(h);
}

bool sim_hist_reach(struct sim_hist *h, uint32_t index)
{
	uint32_t room = (index / (uint32_t)SIM_HIST_HALF + 1) * (uint32_t)SIM_HIST_HALF;
	uint64_t *counts = realloc(h->counts, room * sizeof(*counts));

	if (!counts)
		return false;
	for (uint32_t i = h->room; i < room; i++)
		counts[i] = 0;
	h->counts = counts;
	h->room = room;
	return true;
}

bool sim_hist_record_n(struct sim_hist *h, uint64_t value, uint64_t n)
{
	uint32_t index = sim_hist_index(value);

	if (n == 0)
		return true;
	if (index >= h->room && !sim_hist_reach(h, index))
		return false;
	h->counts[index] += n;
	h->sum += value * n;
	return true;
}

bool sim_hist_merge(struct sim_hist *to, const struct sim_hist *from)
{
	if (from->room > to->room && !sim_hist_reach(to, from->room - 1))
		return false;
	for (uint32_t i = 0; i < from->room; i++)
		to->counts[i] += from->counts[i];
	to->sum += from->sum;
	return true;
}

uint64_t sim_hist_count(const struct sim_hist *h)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < h->room; i++)
		total += h->counts[i];
	return total;
}

uint64_t sim_hist_max(const struct sim_hist *h)
{
	for (uint32_t i = h->room; i > 0; i--)
		if (h->counts[i - 1])
			return highest_at(i - 1);
	return 0;
}

uint64_t sim_hist_min(const struct sim_hist *h)
{
	for (uint32_t i = 0; i < h->room; i++)
		if (h->counts[i])
			return lowest_at(i);
	return 0;
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
	uint64_t rank = rank_of(sim_hist_count(h), milli_percent), seen = 0;

	for (uint32_t i = 0; i < h->room; i++) {
		seen += h->counts[i];
		if (seen >= rank)
			return milli_percent ? highest_at(i) : lowest_at(i);
	}
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
