/*
 * A high dynamic range histogram of cycle counts with 3 significant decimal digits, bucket
 * for bucket the layout of HdrHistogram (lowest discernible value 1): recording is exact to
 * 1/1000 and merging loses nothing.
 */
#ifndef SIM_HIST_H
#define SIM_HIST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Bucket 0 counts the values 0..2047 one by one, and each further bucket has the upper 1024 of
 * 2048 sub-buckets, twice as wide as those of the bucket before. Open for sim_hist_record()'s
 * sake alone; everything else is behind the functions.
 */
#define SIM_HIST_SUB_BITS 11
#define SIM_HIST_HALF (UINT64_C(1) << (SIM_HIST_SUB_BITS - 1))

struct sim_hist {
	uint64_t *counts;
	uint64_t sum;
	uint32_t room; /* counts[] in use; grows by whole buckets */
};

/* NULL when memory is short. */
struct sim_hist *sim_hist_new(void);
void sim_hist_free(struct sim_hist *h);

/* How far a value's sub-bucket is shifted: 0 up to 2047, 1 up to 4095, ... */
static inline unsigned sim_hist_shift(uint64_t value)
{
	return (unsigned)(64 - SIM_HIST_SUB_BITS -
			  __builtin_clzll(value | (2 * SIM_HIST_HALF - 1)));
}

static inline uint32_t sim_hist_index(uint64_t value)
{
	unsigned shift = sim_hist_shift(value);

	return (uint32_t)(shift * SIM_HIST_HALF + (value >> shift));
}

/* Makes room for the whole bucket that index lies in. */
bool sim_hist_reach(struct sim_hist *h, uint32_t index);

/* False when memory is short (the value is then not counted). */
static inline bool sim_hist_record(struct sim_hist *h, uint64_t value)
{
	uint32_t index = sim_hist_index(value);

	if (__builtin_expect(index >= h->room, 0) && !sim_hist_reach(h, index))
		return false;
	h->counts[index]++;
	h->sum += value;
	return true;
}

/* The same for n values at once. */
bool sim_hist_record_n(struct sim_hist *h, uint64_t value, uint64_t n);
bool sim_hist_merge(struct sim_hist *to, const struct sim_hist *from);
uint64_t sim_hist_count(const struct sim_hist *h);
uint64_t sim_hist_max(const struct sim_hist *h); /* of the bucket: highest equivalent value */
uint64_t sim_hist_min(const struct sim_hist *h); /* of the bucket: lowest equivalent value */
uint64_t sim_hist_sum(const struct sim_hist *h); /* exact sum of the recorded values */
/* The value at or below which `milli_percent` / 100000 of the counts lie; 0 when empty. */
uint64_t sim_hist_percentile(const struct sim_hist *h, uint32_t milli_percent);
/* Calls visit for every bucket with a count, ascending. */
void sim_hist_each(const struct sim_hist *h,
		   void (*visit)(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count),
		   void *ctx);

#endif
