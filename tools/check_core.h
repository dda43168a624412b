/* What the files of the check share: see tools/check.h. */
#ifndef CHECK_CORE_H
#define CHECK_CORE_H

#include "tools/check.h"

/* Always false, so that callers can return it. */
bool check_fail(struct check_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Histograms that differ, and what rules say of them (check_hists.c). */
bool check_hists_make(struct check *c, struct check_error *err);
/* Series' samples that differ; longer series: the samples that are missing. (check_series.c) */
size_t check_series_count(const json_t *was, const json_t *now);

#endif
