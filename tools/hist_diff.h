/*
 * Two histograms compared bucket by bucket. Shares are of each side's own samples, so that
 * runs of different length can be compared.
 */
#ifndef HIST_DIFF_H
#define HIST_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/hist.h"

#define HIST_DIFF_PERCENTILES 6

extern const char *const hist_diff_percentile_names[HIST_DIFF_PERCENTILES]; /* last: "max" */

struct hist_diff {
	uint64_t count_was, count_now;
	uint64_t was[HIST_DIFF_PERCENTILES], now[HIST_DIFF_PERCENTILES];
	double moved; /* share of samples in other buckets, 0 to 1 */
	double shift; /* how far samples moved on average, in cycles */
	/* The bucket whose share of samples differs most. */
	uint64_t lowest, highest, most_was, most_now;
};

/* Either side may be NULL or empty. False when memory is short. */
bool hist_diff_make(const struct sim_hist *was, const struct sim_hist *now,
		    struct hist_diff *out);

/* How many samples are over that many cycles; a bucket counts as its highest value. */
uint64_t hist_diff_over(const struct sim_hist *h, uint64_t cycles);

#endif
