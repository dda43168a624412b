/*
 * The program's sub-commands. To add one: a row in main.c, its cmd_NAME.c with one function
 * cmd_NAME(), a folder tests/cli/NAME/ with transcripts, a section in the man page.
 */
#ifndef CMD_H
#define CMD_H

#include <errno.h>

#include "sim/conf.h"

enum cmd_exit {
	CMD_DONE = 0,
	CMD_FINDING = 1,  /* a difference, a regression */
	CMD_USAGE = 2,    /* usage or configuration error */
	CMD_BAD_DATA = 3, /* bad input data */
	CMD_SYSTEM = 4,   /* the machine failed: disk full, I/O, memory */
	CMD_INTERRUPTED = 130
};

/* The status of what configuration did not give. */
static inline int cmd_conf(const struct conf_error *err)
{
	return err->machine ? CMD_SYSTEM : CMD_USAGE;
}

/* Whether a file that was named cannot be opened for its name: the host is not to blame. */
static inline bool cmd_wrong_name(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EISDIR || error == EACCES ||
	       error == ENAMETOOLONG || error == ELOOP;
}

/* argv[0] is the command's own name. Results go to stdout, everything else to stderr. */
typedef int cmd_fn(int argc, char **argv);

cmd_fn cmd_run, cmd_compare, cmd_check, cmd_report, cmd_trace, cmd_machine, cmd_params,
	cmd_golden, cmd_sweep, cmd_verify;

#endif
