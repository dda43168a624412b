/*
 * A high dynamic range histogram of cycle counts with 3 significant decimal digits, bucket
 * for bucket the layout of HdrHistogram (lowest discernible value 1): recording is exact to
 * 1/1000 and merging loses nothing.
 */
#ifndef SIM_HIST_H
#define SIM_HIST_H

#include <stdbool.h>
#include <stdint.h>

struct sim_hist; /* opaque; grows with its largest value */

/* NULL when memory is short. */
struct sim_hist *sim_hist_new(void);
void sim_hist_free(struct sim_hist *h);
/* False when memory is short (the value is then not counted). */
bool sim_hist_record(struct sim_hist *h, uint64_t value);
bool sim_hist_merge(struct sim_hist *to, const struct sim_hist *from);
uint64_t sim_hist_count(const struct sim_hist *h);
uint64_t sim_hist_max(const struct sim_hist *h); /* of the bucket: highest equivalent value */
uint64_t sim_hist_min(const struct sim_hist *h);
uint64_t sim_hist_sum(const struct sim_hist *h); /* exact sum of the recorded values */
/* The value at or below which `milli_percent` / 100000 of the counts lie; 0 when empty. */
uint64_t sim_hist_percentile(const struct sim_hist *h, uint32_t milli_percent);
/* Calls visit for every bucket with a count, ascending. */
void sim_hist_each(const struct sim_hist *h,
		   void (*visit)(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count),
		   void *ctx);

#endif
