/*
 * Progress of long work on stderr, when that is a terminal: percent, rate, time left.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdint.h>

struct progress;

/*
 * `what` and `unit` are kept as pointers ("replay", "events"). total 0 = not known. NULL where
 * nothing is to be shown (stderr is no terminal) or memory is short: the other functions take
 * it.
 */
struct progress *progress_new(const char *what, const char *unit, uint64_t total);
/* Cheap when called often: shows at most ten times a second. note may be NULL. */
void progress_update(struct progress *p, uint64_t done, const char *note);
/* Clears the line. */
void progress_free(struct progress *p);

#endif
