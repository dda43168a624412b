/*
 * Histogram logs as HdrHistogram's HistogramLogWriter makes them (format 1.3), so that its
 * readers and plotters take them: a line for each histogram, with a tag that names it.
 *
 *   #[Histogram log format version 1.3]
 *   #[StartTime: 0.000 (seconds since epoch), ...]
 *   #[BaseTime: 0.000 (seconds since epoch)]
 *   #[unit: cycles at 2600 MHz]
 *   "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
 *   Tag=alloc.order.0,0.000,4.706,1000447.000,HISTFAAA...
 *
 * Ours are of simulated time: it begins at 0 and no clock of the host gets into the file,
 * whose bytes are the same everywhere. Values are cycles, which are exact; the unit's line says
 * how many are a microsecond.
 */
#ifndef SIM_HIST_LOG_H
#define SIM_HIST_LOG_H

#include <stdio.h>

#include "sim/hist.h"

/* Writes the lines above the first histogram. */
void sim_hist_log_begin(FILE *out, uint64_t clock_mhz);
/* A histogram's line: of an interval from 0 to end_ms. The tag is a word without comma. False
 * when memory is short; whether writing went well, ferror(out) knows. */
bool sim_hist_log_put(FILE *out, const char *tag, uint64_t end_ms, const struct sim_hist *h);

struct sim_hist_log_entry {
	char *tag; /* "" = none */
	uint64_t start_ms, length_ms;
	struct sim_hist *hist; /* never NULL; sim_hist_sum() is of its buckets' middles */
};

/* What a log holds, in its order. One tag can stand for several intervals. */
struct sim_hist_log {
	uint64_t clock_mhz; /* 0 = the log does not say that its values are cycles */
	size_t n;
	struct sim_hist_log_entry *entries;
};

#define SIM_HIST_LOG_MOST 4096 /* histograms of a log: what is more is refused */

struct sim_hist_log_error {
	bool system; /* memory or reading failed; else the log is bad */
	char text[512];
};

/* Reads all of a log, anybody's. `name` is what errors name: "NAME:12: what is wrong". On
 * failure *log is empty. Freed with sim_hist_log_free(). */
bool sim_hist_log_read(FILE *in, const char *name, struct sim_hist_log *log,
		       struct sim_hist_log_error *err);
void sim_hist_log_free(struct sim_hist_log *log);

/* The first entry with that tag, or NULL. */
const struct sim_hist_log_entry *sim_hist_log_find(const struct sim_hist_log *log,
						   const char *tag);

#endif
