/* A machine as text for people: nodes, zones, caches, latencies, distances, with units. */
#ifndef MACHINE_SHOW_H
#define MACHINE_SHOW_H

#include <stdio.h>

#include "sim/machine.h"

void machine_show(const struct sim_machine *m, FILE *out);
/* Only the zones. */
void machine_show_zones(const struct sim_machine *m, FILE *out);

#endif
