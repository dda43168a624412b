/*
 * events.txt has the events of the trace itself, each where its operation begins
 * (`output.events: [trace]`). What the replay keeps of an event is less than that: the events
 * are held here, task by task, from when they are read until their task gets to them.
 *
 * Internal to the replay.
 */
#ifndef REPLAY_LINES_H
#define REPLAY_LINES_H

#include "tools/replay_core.h"

/* Begins the lines, in front of the first event that is read. Does nothing, also all the
 * others, where they were not asked for. False is told as trouble. */
bool replay_lines_open(struct replay *r);
void replay_lines_close(struct replay *r);
/* The buffer was filled: `skip` of its events are put-in ones that will not be done. */
bool replay_lines_read(struct replay *r, uint64_t skip);
/* An operation of that task begins, or goes on, on `cpu`; it ended, or has to wait. */
void replay_lines_begin(struct replay *r, const struct sim_cpu *cpu, uint32_t task);
void replay_lines_done(struct replay *r, uint32_t task);
/* The replay is over. */
bool replay_lines_end(struct replay *r);

#endif
