/*
 * Files that are read as memory can get shorter, or their disk fail, while they are read: the
 * kernel then ends the process (SIGBUS). Between begin and end what cannot be read is zeros
 * instead, and import_map_whole() tells.
 */
#ifndef IMPORT_MAP_H
#define IMPORT_MAP_H

#include <signal.h>
#include <stdbool.h>

#include "traces/trace.h"

/* One at a time in a process. *was keeps what SIGBUS did before, for import_map_end(). */
void import_map_begin(struct sigaction *was);
void import_map_end(const struct sigaction *was);

/* A file has fewer bytes than when it was mapped: what was read behind its end was zeros. */
void import_map_missed(void);

/* Whether all that was read since the begin was there; to be asked before anything made of it
 * gets its final name. A sentence about `label` if not. */
bool import_map_whole(const char *label, struct trace_error *err);

#endif
