/* Free-running replays for people, and as JSON. */
#ifndef VERIFY_FREE_REPORT_H
#define VERIFY_FREE_REPORT_H

#include <jansson.h>

#include "tools/verify_free.h"

void verify_free_report_text(const struct verify_free *v, const char *name);
json_t *verify_free_report_json(const struct verify_free *v, const char *name);
/* Rows with a goal that are outside it. */
unsigned verify_free_report_misses(const struct verify_free *v);

#endif
