/*
 * Which actor has which CPU. A daemon runs on a CPU of its node, a woken task on the CPU its
 * operation began on. They take it at the CPU's next operation boundary, before the tasks
 * that are ready there; while an actor has a CPU, no operation starts on it. Internal to
 * the engine.
 */
#ifndef SIM_SCHED_H
#define SIM_SCHED_H

#include "sim/actor.h"

/* Waits for a CPU; a->held and a->cpu tell which it became. */
void sim_sched_take(struct sim_actor *a);
/* Gives the actor's CPU to the next one, at the date of now. */
void sim_sched_give(struct sim_actor *a);
/* True when another actor or a ready task waits for the actor's CPU. */
bool sim_sched_wanted(const struct sim_actor *a);

#endif
