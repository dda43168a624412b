/*
 * SimGrid allows one simulation a process, so each test that needs actors runs its part in a
 * child and gets a plain struct back.
 */
#ifndef TESTS_SIM_ENGINE_CHILD_H
#define TESTS_SIM_ENGINE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Runs `part` in a child process; what it leaves in result[size] (zero at first) comes back.
 * False when the child did not end by itself with status 0, or wrote anything to stdout or
 * stderr: the engine and SimGrid are silent.
 */
bool engine_child_run(void (*part)(const void *input, void *result), const void *input,
		      void *result, size_t size);

#endif
