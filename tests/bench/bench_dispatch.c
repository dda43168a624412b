/*
 * What one step of the dispatcher costs by itself: a step callback that does nothing but
 * make its task ready again. Prints case,ops,ns_per_op.
 *
 * usage: bench_dispatch [OPS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/engine.h"
#include "sim/memory_flat.h"

struct load {
	struct sim_engine *engine;
	uint64_t left;
	uint32_t random;
};

static enum sim_step step(void *ctx, struct sim_cpu *cpu, uint32_t task)
{
	struct load *l = ctx;

	l->random = l->random * 1664525u + 1013904223u;
	sim_charge(cpu, 100 + (l->random >> 24));
	if (l->left == 0)
		return SIM_STEP_DONE;
	l->left--;
	sim_engine_ready(l->engine, cpu->id, task, sim_now(cpu) + (l->random >> 20 & 1023));
	return SIM_STEP_DONE;
}

static uint64_t feed(void *ctx, uint64_t until)
{
	(void)ctx;
	(void)until;
	return UINT64_MAX;
}

static double run(unsigned cpus, unsigned tasks, uint64_t ops)
{
	static uint16_t nodes[SIM_MAX_CPUS];
	struct sim_machine machine = { .cpus = cpus, .nodes = 1, .cpu_node = nodes };
	struct sim_memory memory;
	struct sim_engine_error err;
	struct timespec from, to;
	struct load load = { .left = ops, .random = 1 };
	struct sim_client client = { .ctx = &load, .step = step, .feed = feed };

	sim_memory_flat_init(&memory);
	load.engine = sim_engine_new(&machine, SIM_ENGINE_DISPATCH, &memory, &err);
	if (!load.engine)
		exit(EXIT_FAILURE);
	for (unsigned i = 0; i < cpus * tasks; i++)
		sim_engine_ready(load.engine, i % cpus, i, i);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	if (!sim_engine_run(load.engine, &client, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(EXIT_FAILURE);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	sim_engine_free(load.engine);
	return ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) /
	       (double)ops;
}

int main(int argc, char **argv)
{
	static const unsigned cpus[] = { 1, 4, 16, 64, 256 }, tasks[] = { 1, 8 };
	uint64_t ops = argc > 1 ? strtoull(argv[1], NULL, 10) : 5000000;

	printf("case,ops,ns_per_op\n");
	for (size_t t = 0; t < sizeof(tasks) / sizeof(*tasks); t++)
		for (size_t c = 0; c < sizeof(cpus) / sizeof(*cpus); c++)
			printf("dispatch_%u_cpus_%u_tasks_each,%llu,%.1f\n", cpus[c], tasks[t],
			       (unsigned long long)ops, run(cpus[c], tasks[t], ops));
	return EXIT_SUCCESS;
}
