#include "sim/memory.h"

#include <stdlib.h>
#include <string.h>

#include "sim/memory_flat.h"
#include "sim/memory_place.h"

/*
 * 0.8 GB/s of a core at 2.5 GHz, a fifth of a Skylake's memory bandwidth when all its 28 cores
 * compute: a busy server with data that does not fit its caches. docs/memory-models.md
 */
#define POLLUTION 5

const char *const sim_memory_names[] = { "flat", "reuse", "cache", NULL };

void sim_memory_preset(struct sim_memory_params *p)
{
	struct sim_memory flat;

	sim_memory_flat_init(&flat);
	*p = (struct sim_memory_params){ .pollution = POLLUTION, .prefetch = 1 };
	memcpy(p->flat_cycles, flat.flat_cycles, sizeof(p->flat_cycles));
}

static void drop_flat(struct sim_memory *memory)
{
	free(memory);
}

/* No line has a place, and page work takes no time. */
static struct sim_memory *new_flat(const struct sim_memory_params *params)
{
	struct sim_memory_place *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	memcpy(p->base.flat_cycles, params->flat_cycles, sizeof(p->base.flat_cycles));
	p->base.drop = drop_flat;
	return &p->base;
}

struct sim_memory *sim_memory_new(enum sim_memory_kind kind, const struct sim_machine *machine,
				  const struct sim_memory_params *params)
{
	switch (kind) {
	case SIM_MEMORY_REUSE:
		return sim_memory_reuse_new(machine, params);
	case SIM_MEMORY_CACHE:
		return sim_memory_cache_new(machine, params);
	default:
		return new_flat(params);
	}
}

void sim_memory_free(struct sim_memory *memory)
{
	if (memory)
		memory->drop(memory);
}

bool sim_memory_failed(const struct sim_memory *memory)
{
	return ((const struct sim_memory_place *)(const void *)memory)->failed;
}
