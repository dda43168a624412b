/*
 * Progress of long work on stderr, when that is a terminal: percent, rate, time left.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress;

/* How fast it went in the last second or two; zeroed at first. Host times in ns. */
struct progress_rate {
	uint64_t now_ns, now_done; /* the last mark */
	uint64_t before_ns, before_done;
	bool known; /* a second has passed */
};

/* Takes note of what is done and says how many seconds are left at that rate, at least 1;
 * false when that is unknown, as when nothing gets done at present. */
bool progress_left(struct progress_rate *r, uint64_t ns, uint64_t done, uint64_t total,
		   uint64_t *seconds);

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
