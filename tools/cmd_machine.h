/* pagesim machine: its sub-commands that have a file of their own, and what they share. */
#ifndef CMD_MACHINE_H
#define CMD_MACHINE_H

#include "tools/cmd.h"
#include "tools/options.h"

cmd_fn cmd_machine_import;

#endif
