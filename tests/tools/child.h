/*
 * For tests that run a simulation: each in a process of its own (SimGrid allows one a
 * process), with memory that both sides see, on a machine of one node.
 */
#ifndef TESTS_TOOLS_CHILD_H
#define TESTS_TOOLS_CHILD_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/mm_snapshot.h"
#include "sim/machine.h"
#include "tests/unit.h"
#include "traces/trace.h"

#define CHILD_MAX_CPUS 2

/* Zeroed memory that parent and child share. */
static inline void *child_shared(size_t size)
{
	void *memory =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CU_ASSERT_PTR_NOT_EQUAL_FATAL(memory, MAP_FAILED);
	return memory;
}

/* Runs it in a child, which must come to its end. */
static inline void child_run(void (*run)(uint64_t argument), uint64_t argument)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		run(argument);
		_exit(0);
	}
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL_FATAL(status, 0);
}

/* One node of `frames` frames, 1000 MHz: a cycle is a nanosecond of a trace. */
static inline struct sim_machine child_machine(unsigned cpus, uint64_t frames)
{
	static uint16_t cpu_node[CHILD_MAX_CPUS];
	static bool online[1] = { true };
	static uint8_t slit[1] = { 10 };
	static uint64_t dram[1] = { 80000 };
	static struct sim_zone zone = { 0, "Normal", 0, 0 };
	static char name[] = "small";

	zone.end = frames;
	return (struct sim_machine){ .name = name,
				     .clock_mhz = 1000,
				     .cpus = cpus,
				     .nodes = 1,
				     .cpu_node = cpu_node,
				     .node_online = online,
				     .slit = slit,
				     .zones = &zone,
				     .nzones = 1,
				     .dram_ps = dram };
}

/* The snapshot of a kernel that tells nothing of its one zone. */
static inline struct mm_snapshot *child_snapshot(const void *mm)
{
	struct mm_snapshot *s = calloc(1, sizeof(*s));

	(void)mm;
	if (s)
		s->zones = calloc(1, sizeof(*s->zones));
	if (!s || !s->zones)
		_exit(3);
	s->nzones = 1;
	return s;
}

static inline void child_trace_ok(bool ok, const struct trace_error *err)
{
	if (!ok)
		fprintf(stderr, "%s\n", err->text);
	CU_ASSERT_TRUE_FATAL(ok);
}

#endif
