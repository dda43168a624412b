/*
 * The machine as SimGrid's platform text: a NUMA node is a host, its CPUs are cores. Nothing
 * is said of memory, disks or links: those are modelled by us, in whole cycles.
 */
#ifndef SIM_PLATFORM_H
#define SIM_PLATFORM_H

#include "sim/machine.h"

/* The name of a node's host; name has room for 16 bytes. */
void sim_platform_host(unsigned node, char name[16]);
/* A file in memory that holds the text, at its start; -1 and errno when there is none. */
int sim_platform_open(const struct sim_machine *machine);

#endif
