/*
 * What holds true of `reuse` and `cache` alike: where a line is and what it costs, line by
 * line. Each test opens a scene of memory_scene_kind.
 */
#ifndef TESTS_SIM_MEMORY_RULES_H
#define TESTS_SIM_MEMORY_RULES_H

#include <CUnit/CUnit.h>

extern CU_TestInfo memory_rules[];

#endif
