/*
 * Commands that are families of others ("pagesim trace info"): help, --version, and the one
 * that was meant by a name that is none.
 */
#ifndef SUBCOMMAND_H
#define SUBCOMMAND_H

#include "tools/cmd.h"

struct subcommand {
	const char *name; /* NULL ends the table */
	cmd_fn *run;
	const char *summary; /* NULL = for scripts, not listed */
};

/* argv[0] is the family's name, `about` a sentence on it. What the member gives, or CMD_USAGE.
 */
int subcommand_run(const struct subcommand *members, const char *about, int argc, char **argv);

#endif
