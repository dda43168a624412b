/*
 * A machine whose caches are small and whose figures are round, for tests of memory models:
 * two sockets of a node and four CPUs each. At 1000 MHz a nanosecond is a cycle.
 */
#ifndef TESTS_SIM_MEMORY_SCENE_H
#define TESTS_SIM_MEMORY_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/memory.h"

#define MEMORY_SCENE_CPUS 8
/* Lines of the caches; four CPUs share the last one. */
#define MEMORY_SCENE_L1 64
#define MEMORY_SCENE_L2 512
#define MEMORY_SCENE_LLC 4096
#define MEMORY_SCENE_FRAMES 65536u /* of a node; node 1's lie behind node 0's */

/* What an access costs. */
enum {
	IN_L1 = 4,
	IN_L2 = 14,
	IN_LLC = 50,
	IN_MEMORY = 100,
	IN_REMOTE_MEMORY = 160,
	FROM_CORE = 40,          /* that shares the last-level cache */
	FROM_SOCKET = 60,        /* another cache of the socket */
	FROM_OTHER_SOCKET = 120, /* memory of the writer's socket */
	FROM_OTHER_HOME = 180,   /* memory of the reader's socket */
	ATOMIC = 20,             /* in L1 */
};

struct memory_scene {
	struct sim_machine *machine;
	struct sim_memory *memory;
	struct sim_cpu cpu[MEMORY_SCENE_CPUS];
	uint32_t *cell; /* [2 * MEMORY_SCENE_FRAMES] */
};

/* Set before a scene is opened. */
extern enum sim_memory_kind memory_scene_kind;
/* Whether struct pages are fetched ahead; not as a rule. */
extern bool memory_scene_prefetch;

/* The machine, for changes before the model is made of it; memory_scene_make() makes it. */
void memory_scene_machine(struct memory_scene *s);
void memory_scene_make(struct memory_scene *s, uint64_t pollution);
/* Both, without pollution. */
void memory_scene_open(struct memory_scene *s);
void memory_scene_close(struct memory_scene *s);

/* Cycles of an access to a struct page by a CPU, whose operation goes on. */
uint32_t memory_scene_read(struct memory_scene *s, unsigned cpu, uint64_t frame);
uint32_t memory_scene_write(struct memory_scene *s, unsigned cpu, uint64_t frame);
/* The same for another kind of line. */
uint32_t memory_scene_touch(struct memory_scene *s, unsigned cpu, enum sim_line line,
			    uint64_t key, bool write);
/* A CPU's next operation begins after so many cycles. */
void memory_scene_think(struct memory_scene *s, unsigned cpu, uint64_t cycles);
/* A CPU writes frames from..from + n - 1, once each. */
void memory_scene_stream(struct memory_scene *s, unsigned cpu, uint64_t from, uint64_t n);

#endif
