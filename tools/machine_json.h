/* A machine as JSON, in the keys of a machine file (docs/machines.md): reading it back gives
 * the same machine. */
#ifndef MACHINE_JSON_H
#define MACHINE_JSON_H

#include <jansson.h>

#include "sim/machine.h"

/* The caller drops the reference; NULL when memory is short. */
json_t *machine_json(const struct sim_machine *m);

/* Decimals are kept as integers of 1/1000: "81.4", without trailing zeros. */
void machine_json_milli(uint64_t thousandths, char *text, size_t size);
/* The CPUs of a node: "0-3,8". */
void machine_json_cpus(const struct sim_machine *m, unsigned node, char *text, size_t size);

#endif
