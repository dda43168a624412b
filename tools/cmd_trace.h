/*
 * pagesim trace: its sub-commands, one file each (cmd_trace_NAME.c), and what they share. To
 * add one: its function here, a row in cmd_trace.c.
 */
#ifndef CMD_TRACE_H
#define CMD_TRACE_H

#include "tools/cmd.h"
#include "tools/options.h"
#include "tools/progress.h"
#include "traces/trace.h"

cmd_fn cmd_trace_info, cmd_trace_cat, cmd_trace_check, cmd_trace_cut, cmd_trace_gen,
	cmd_trace_import, cmd_trace_merge, cmd_trace_record;

/* Prints the error; returns the exit status that goes with it. */
int cmd_trace_fail(const struct options_spec *spec, const struct trace_error *err);

/* Whether both names lead to one and the same regular file. */
bool cmd_trace_same_file(const char *a, const char *b);

/* Between begin and end SIGINT, SIGTERM and SIGHUP are only noted, and cmd_trace_watch() (a
 * trace_watch) returns false after one; it also shows progress. */
void cmd_trace_watch_begin(const char *what, const char *unit, bool quiet);
bool cmd_trace_watch(void *ctx, uint64_t done, uint64_t all);
void cmd_trace_watch_end(void);

#endif
