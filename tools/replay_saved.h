/*
 * Replays that go on where another one ended: what replay_save.c leaves and replay_go_on.c
 * takes up. Internal to the replay.
 */
#ifndef REPLAY_SAVED_H
#define REPLAY_SAVED_H

#include "tools/replay_world.h"
#include "tools/saved.h"

/* A task of the parts before that this one does not have: its number comes behind theirs. */
struct replay_saved_task {
	int32_t pid;
	char comm[16];
};

struct replay_saved {
	const struct saved *from;
	bool goes_on;   /* it is the next part of the same trace */
	bool dates;     /* dates of the state are dates here: they go on as well */
	bool held_back; /* CPUs are held from the first date of the trace on, not before */
	uint64_t skip;  /* events at the beginning that only lead to where the state is */

	uint32_t *task; /* [of the state's dictionary] numbers here */
	struct replay_saved_task *more;
	uint32_t nmore;
	uint32_t known; /* tasks of this trace */

	uint64_t *object; /* [from->names->n] number here, TRACE_NO_OBJECT = nobody's */
	uint64_t *held;   /* [nheld] objects that the kernel is told of first, in that order */
	uint64_t nheld;
};

/* replay_go_on.c. Before the first event is read, and where the trace's dictionary is needed.
 */
bool replay_go_on_open(struct replay *r);
void replay_go_on_close(struct replay *r);
/* Events that lead to where the state is do nothing. */
void replay_go_on_skip(struct replay *r);
/* After put_*: objects find their blocks, then what they hold is told. */
bool replay_go_on_objects(struct replay *r, const struct trace_state *state);
bool replay_go_on_hold(struct replay *r, const struct trace_state *state);
/* Last of all: delays, dates, the kernel's numbers. */
bool replay_go_on_start(struct replay *r);

/* In front of the first event, which is due at `first`: a later feed date, or 0 when CPUs are
 * as the run before left them. */
uint64_t replay_go_on_hold_back(struct replay *r, uint64_t first, uint64_t until);

/* Pid and name of a task number, also of a task that this trace does not have. */
struct trace_task replay_go_on_name(const struct replay *r, uint32_t number);

#endif
