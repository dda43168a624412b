/*
 * Rules for tasks of a trace, chosen by name, by pid, or both.
 */
#ifndef TASK_RULES_H
#define TASK_RULES_H

#include "model/mm_policy.h"

#define TASK_RULES_ANY_PID INT32_MIN

struct task_rules {
	char comm[16]; /* empty = any */
	int32_t pid;   /* TASK_RULES_ANY_PID = any */
	struct mm_task_rules rules;
};

#endif
