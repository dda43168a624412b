/*
 * The end of a replay as a state that another one can begin from (docs/trace-format.md, "Saved
 * states"). Nothing of the replay changes.
 */
#ifndef REPLAY_SAVE_H
#define REPLAY_SAVE_H

#include "tools/replay.h"

/* What the state does not hold. */
struct replay_save_report {
	uint64_t objects; /* that it has */
	uint64_t on_disk; /* contents that were on a disk only: lost, with their swap */
	uint64_t split;   /* pages of huge pages that are whole no more: nobody's */
	uint64_t at_work; /* daemons that were not asleep: they begin anew */
};

/*
 * To be called after replay_run() and before replay_settle(). `path` as trace_writer_open()
 * takes it; `part`: which events of which trace were replayed, NULL = none that can go on.
 */
bool replay_save(const struct replay *r, const char *path, const struct trace_part *part,
		 struct replay_save_report *report, struct replay_error *err);

#endif
