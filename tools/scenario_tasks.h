/*
 * The list `tasks` of a scenario: memory policies, cpusets and OOM settings of tasks of the
 * trace, by name or pid.
 */
#ifndef SCENARIO_TASKS_H
#define SCENARIO_TASKS_H

#include "tools/scenario.h"

/* [{comm: mysqld, mempolicy: bind, nodes: [0, 1], cpuset: [0], oom_score_adj: -500}, {pid: 17,
 * ...}]: what is missing is as for any task. A missing list is none. */
bool scenario_tasks_read(struct scenario *s, struct conf_node list, struct conf_error *err);
/* The list as it could stand in a file. NULL when memory is short. */
json_t *scenario_tasks_json(const struct scenario *s);

#endif
