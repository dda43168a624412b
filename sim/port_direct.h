/*
 * The port without an engine: nothing ever waits. Sleeps are over at once (0 cycles left), a
 * wake-up finds nobody, disks are not looked at (NULL will do) and have done everything at
 * once. Unit tests, golden files and guided replays run the models on it.
 */
#ifndef SIM_PORT_DIRECT_H
#define SIM_PORT_DIRECT_H

#include "sim/port.h"

/* Makes *cpu a CPU that can run operations at once, with a flat memory model of cost 0. */
void sim_port_direct_cpu(struct sim_cpu *cpu, uint16_t id, uint16_t node);

#endif
