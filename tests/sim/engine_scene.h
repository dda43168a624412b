/*
 * A scene for the engine: a few CPUs, tasks and daemons, and what happens at which date. It is
 * played in a child process (SimGrid allows one simulation a process).
 */
#ifndef TESTS_SIM_ENGINE_SCENE_H
#define TESTS_SIM_ENGINE_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine.h"

/* Cycles of a context switch, a wake-up and an interrupt's way to its CPU. The disk takes 100 a
 * request and 1 a byte. */
#define ENGINE_SCENE_SWITCH 10
#define ENGINE_SCENE_WAKE_UP 3
#define ENGINE_SCENE_IPI 7
#define ENGINE_SCENE_NOTES 40

struct engine_scene_daemon {
	const char *name;
	unsigned node;
	sim_daemon_fn *run;
};

struct engine_scene {
	unsigned cpus, nodes;  /* CPU i is on node i * nodes / cpus */
	void (*prepare)(void); /* makes tasks ready */
	enum sim_step (*step)(struct sim_cpu *cpu, uint32_t task);
	void (*wait)(struct sim_cpu *cpu, uint32_t task);
	struct engine_scene_daemon daemons[3];
	unsigned channels; /* of the disk; 0 = 1 */
	enum sim_engine_mode mode;
};

struct engine_scene_result {
	bool ran;
	bool pulsed; /* the client's pulse() was called */
	unsigned count;
	struct {
		char what;
		unsigned cpu;
		uint64_t date, value;
	} notes[ENGINE_SCENE_NOTES];
	struct sim_engine_stats stats;
	uint64_t end;
	char text[1024];
};

/* What a scene's functions play on, in the child. */
struct engine_scene_stage {
	struct sim_engine *engine;
	struct sim_queue *queue; /* "the queue" */
	struct sim_disk *disk;
};

extern struct engine_scene_stage engine_scene_stage;

/* Notes what happens on a CPU at its date: a letter and a value. */
void engine_scene_note(char what, const struct sim_cpu *cpu, uint64_t value);

/* Plays a scene in this process, once. */
void engine_scene_play_here(const void *scene, void *result);
/* Plays it in a child in each mode; a test fails if they differ in anything. */
struct engine_scene_result engine_scene_play(const struct engine_scene *scene);

/* True if the i-th note is this one; prints all of them if not. */
bool engine_scene_noted(const struct engine_scene_result *r, unsigned i, char what,
			unsigned cpu, uint64_t date);

#endif
