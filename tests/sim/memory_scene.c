#include "tests/sim/memory_scene.h"

#include <stdlib.h>

enum sim_memory_kind memory_scene_kind;
bool memory_scene_prefetch;

static struct sim_cache cache(uint64_t lines, uint32_t ways, uint32_t cycles, uint32_t shared)
{
	return (struct sim_cache){ lines * 64, ways, 64, cycles * 1000, shared, true };
}

static void add_memory(struct sim_machine *m)
{
	m->zones = calloc(2, sizeof(*m->zones));
	m->nzones = 2;
	for (uint16_t n = 0; n < 2; n++) {
		m->zones[n] = (struct sim_zone){ n, "Normal", n * MEMORY_SCENE_FRAMES,
						 (n + 1u) * MEMORY_SCENE_FRAMES };
		m->node_online[n] = true;
	}
}

void memory_scene_machine(struct memory_scene *s)
{
	struct sim_machine *m = sim_machine_new(MEMORY_SCENE_CPUS, 2);

	m->clock_mhz = 1000;
	for (unsigned c = 0; c < MEMORY_SCENE_CPUS; c++)
		m->cpu_node[c] = (uint16_t)(c / 4);
	m->l1 = cache(MEMORY_SCENE_L1, 4, IN_L1, 1);
	m->l2 = cache(MEMORY_SCENE_L2, 8, IN_L2, 1);
	m->llc = cache(MEMORY_SCENE_LLC, 16, IN_LLC, 4);
	for (unsigned i = 0; i < 4; i++)
		m->dram_ps[i] = i % 3 ? IN_REMOTE_MEMORY * 1000 : IN_MEMORY * 1000;
	m->c2c_llc_ps = FROM_CORE * 1000;
	m->c2c_same_ps = FROM_SOCKET * 1000;
	m->c2c_other_ps = FROM_OTHER_SOCKET * 1000;
	m->c2c_reader_ps = FROM_OTHER_HOME * 1000;
	m->atomic_cycles = ATOMIC;
	add_memory(m);
	*s = (struct memory_scene){ .machine = m };
}

void memory_scene_make(struct memory_scene *s, uint64_t pollution)
{
	struct sim_memory_params params;

	sim_memory_preset(&params);
	params.pollution = pollution;
	params.prefetch = memory_scene_prefetch;
	params.clear_ns = 300;
	params.copy_ns = 800;
	s->memory = sim_memory_new(memory_scene_kind, s->machine, &params);
	s->cell = calloc(2 * MEMORY_SCENE_FRAMES, sizeof(*s->cell));
	if (!s->memory || !s->cell)
		abort();
	for (unsigned c = 0; c < MEMORY_SCENE_CPUS; c++)
		s->cpu[c] = (struct sim_cpu){ .memory = s->memory,
					      .id = (uint16_t)c,
					      .node = s->machine->cpu_node[c] };
}

void memory_scene_open(struct memory_scene *s)
{
	memory_scene_machine(s);
	memory_scene_make(s, 0);
}

void memory_scene_close(struct memory_scene *s)
{
	sim_memory_free(s->memory);
	sim_machine_free(s->machine);
	free(s->cell);
}

/* Cycles that the CPU's operation has got longer by. */
static uint32_t longer(struct sim_cpu *cpu, uint64_t before)
{
	return (uint32_t)(cpu->due - before);
}

static uint32_t page(struct memory_scene *s, unsigned cpu, uint64_t frame, bool write)
{
	uint64_t before = s->cpu[cpu].due;

	sim_touch_page(&s->cpu[cpu], frame, &s->cell[frame], write);
	return longer(&s->cpu[cpu], before);
}

uint32_t memory_scene_read(struct memory_scene *s, unsigned cpu, uint64_t frame)
{
	return page(s, cpu, frame, false);
}

uint32_t memory_scene_write(struct memory_scene *s, unsigned cpu, uint64_t frame)
{
	return page(s, cpu, frame, true);
}

uint32_t memory_scene_touch(struct memory_scene *s, unsigned cpu, enum sim_line line,
			    uint64_t key, bool write)
{
	uint64_t before = s->cpu[cpu].due;

	sim_touch(&s->cpu[cpu], line, key, write);
	return longer(&s->cpu[cpu], before);
}

void memory_scene_think(struct memory_scene *s, unsigned cpu, uint64_t cycles)
{
	s->cpu[cpu].now += s->cpu[cpu].due + cycles;
	s->cpu[cpu].due = 0;
}

void memory_scene_stream(struct memory_scene *s, unsigned cpu, uint64_t from, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		memory_scene_write(s, cpu, from + i);
}
