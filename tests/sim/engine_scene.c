#include "tests/sim/engine_scene.h"

#include <stdio.h>
#include <string.h>

#include "sim/device.h"
#include "sim/memory_flat.h"
#include "tests/sim/engine_child.h"
#include "tests/unit.h"

struct engine_scene_stage engine_scene_stage;

/* The child's. */
static const struct engine_scene *scene;
static struct engine_scene_result *result;

void engine_scene_note(char what, const struct sim_cpu *cpu, uint64_t value)
{
	unsigned i = result->count++;

	if (i >= ENGINE_SCENE_NOTES)
		return;
	result->notes[i].what = what;
	result->notes[i].cpu = cpu->id;
	result->notes[i].date = sim_now(cpu);
	result->notes[i].value = value;
}

static enum sim_step step(void *ctx, struct sim_cpu *cpu, uint32_t task)
{
	(void)ctx;
	return scene->step(cpu, task);
}

static void wait_on_actor(void *ctx, struct sim_cpu *cpu, uint32_t task)
{
	(void)ctx;
	scene->wait(cpu, task);
}

static uint64_t feed(void *ctx, uint64_t until)
{
	(void)ctx;
	(void)until;
	return UINT64_MAX;
}

static void pulse(void *ctx)
{
	(void)ctx;
	result->pulsed = true;
}

static bool add_actors(struct sim_engine_error *err)
{
	struct engine_scene_stage *stage = &engine_scene_stage;

	if (!sim_engine_disk(stage->engine, stage->disk, 0, err))
		return false;
	for (const struct engine_scene_daemon *d = scene->daemons; d->name; d++)
		if (!sim_engine_daemon(stage->engine, d->name, d->node, d->run, NULL, err))
			return false;
	return true;
}

static void run_engine(const struct sim_machine *machine, struct sim_memory *memory)
{
	const struct sim_device_figures figures = {
		.size_bytes = 1 << 30,
		.read_ns = 100,
		.write_ns = 100,
		.read_bytes_s = 1000000000,
		.write_bytes_s = 1000000000,
		.channels = scene->channels,
	};
	static const struct sim_client client = {
		.step = step, .wait = wait_on_actor, .feed = feed, .pulse = pulse
	};
	struct engine_scene_stage *stage = &engine_scene_stage;
	struct sim_engine_error err = { .text = "" };

	stage->engine = sim_engine_new(machine, scene->mode, memory, &err);
	stage->queue = sim_queue_new(stage->engine, "the queue");
	stage->disk = sim_device_new("disk", &figures, 1000);
	if (add_actors(&err)) {
		scene->prepare();
		result->ran = sim_engine_run(stage->engine, &client, &err);
	}
	memcpy(result->text, err.text, sizeof(result->text));
	result->stats = sim_engine_stats(stage->engine);
	result->end = sim_engine_now(stage->engine);
	sim_queue_free(stage->queue);
	sim_engine_free(stage->engine);
	sim_device_free(stage->disk);
}

void engine_scene_play_here(const void *input, void *output)
{
	uint16_t nodes[8];
	struct sim_machine machine = {
		.cpu_node = nodes,
		.sched_cycles = { .context_switch = ENGINE_SCENE_SWITCH,
				  .wake_up = ENGINE_SCENE_WAKE_UP,
				  .ipi = ENGINE_SCENE_IPI },
	};
	struct sim_memory memory;

	scene = input;
	result = output;
	machine.cpus = scene->cpus;
	machine.nodes = scene->nodes;
	for (unsigned i = 0; i < scene->cpus; i++)
		nodes[i] = (uint16_t)(i * scene->nodes / scene->cpus);
	sim_memory_flat_init(&memory);
	run_engine(&machine, &memory);
}

struct engine_scene_result engine_scene_play(const struct engine_scene *s)
{
	struct engine_scene_result both[2];

	for (unsigned i = 0; i < 2; i++) {
		struct engine_scene copy = *s;

		copy.mode = i ? SIM_ENGINE_STRICT : SIM_ENGINE_DISPATCH;
		CU_ASSERT(engine_child_run(engine_scene_play_here, &copy, &both[i],
					   sizeof(both[i])));
	}
	CU_ASSERT(memcmp(&both[0], &both[1], sizeof(both[0])) == 0);
	return both[0];
}

bool engine_scene_noted(const struct engine_scene_result *r, unsigned i, char what,
			unsigned cpu, uint64_t date)
{
	if (i < r->count && r->notes[i].what == what && r->notes[i].cpu == cpu &&
	    r->notes[i].date == date)
		return true;
	for (unsigned n = 0; n < r->count && n < ENGINE_SCENE_NOTES; n++)
		printf("\n  %u: %c on CPU %u at %llu, %llu", n, r->notes[n].what,
		       r->notes[n].cpu, (unsigned long long)r->notes[n].date,
		       (unsigned long long)r->notes[n].value);
	printf("\n  %s", r->text);
	return false;
}
