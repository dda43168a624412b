#include "sim/port_direct.h"

static struct sim_memory flat_free_of_cost;

static const struct sim_port nothing_waits;

void sim_port_direct_cpu(struct sim_cpu *cpu, uint16_t id, uint16_t node)
{
	*cpu = (struct sim_cpu){
		.memory = &flat_free_of_cost, .port = &nothing_waits, .id = id, .node = node
	};
}
