/* A machine as text for people: nodes, zones, caches, latencies, distances, with units. */
#ifndef MACHINE_SHOW_H
#define MACHINE_SHOW_H

#include <stdio.h>

#include "sim/machine.h"

void machine_show(const struct sim_machine *m, FILE *out);
/* Only the zones. */
void machine_show_zones(const struct sim_machine *m, FILE *out);

/* "96 MiB", "3.9 GiB": for reading, not for reading back. Returns text. */
const char *machine_show_amount(uint64_t bytes, char *text, size_t size);
/* Bytes of a zone's memory, holes left out; of all zones of a node. */
uint64_t machine_show_zone_bytes(const struct sim_machine *m, unsigned zone);
uint64_t machine_show_node_bytes(const struct sim_machine *m, unsigned node);

#endif
