/*
 * Which zone a predicted request goes to, and what the recording has to be asked for because
 * nothing that it tells decides it:
 *
 * Races. A request tests the watermark, then another CPU frees or takes pages, then the request
 * gets the zone's lock. The model does both at one moment, that of the lock. So it is noted
 * what the choice would have been at any moment since the CPU was through with what it did
 * before, and what it becomes until the CPU goes on, as what others were in the middle of gets
 * done: a drain counts its pages before it tells of them. Where the recorded zone is right at
 * one of these, but not at the lock, it is given, and counted.
 *
 * Dirty limits. Nobody recorded what is dirty. Requests for pages to be dirtied keep off a node
 * over its limit: the first that does so where it need not begins a spell, the first that takes
 * the node again ends it. Both are given, and counted; all between them are predicted.
 *
 * What is given is found with the recorded state in front of each request (guided replays), and
 * noted at its item for predictions in a row.
 */
#ifndef VERIFY_CHOICE_H
#define VERIFY_CHOICE_H

#include "tools/verify.h"

struct verify_choice {
	struct verify *v;
	uint32_t *request; /* [cpus]: item of the request that was looked at, VERIFY_NONE */
	uint64_t *zones;   /* [cpus]: those it would have gone to since then, a bit each */
	uint32_t *wrong;   /* [cpus]: a wrongly predicted request, until the CPU goes on */
	uint64_t full;     /* nodes in a spell, a bit each */
};

/* False: memory is short. Either way verify_choice_close(). */
bool verify_choice_open(struct verify_choice *c, struct verify *v);
void verify_choice_close(struct verify_choice *c);

/* Behind an item that has run: what would the CPUs' next requests choose now? */
void verify_choice_look(struct verify_choice *c, const struct verify_item *item);

/* At a request that was served: counts what was chosen, and notes what has to be given. */
void verify_choice_judge(struct verify_choice *c, struct verify_item *item);

#endif
