/*
 * Baselines of `pagesim check`: a small folder with result.json, without what was measured on
 * the host, and latency.hlog.
 */
#ifndef BASELINE_H
#define BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/result_read.h"

/* Makes or rewrites the baseline in that folder from a result; a reader finds the old one or
 * the new one. False, and a sentence. */
bool baseline_write(const char *folder, const struct result_read *r, char *text, size_t size);

#endif
