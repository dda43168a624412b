/*
 * Actors that wait in line, first come first served: for an event (the queues a kernel
 * sleeps on), for a CPU, for a disk. Internal to the engine; sim_queue_new() and
 * sim_queue_free() are in engine.h.
 */
#ifndef SIM_QUEUE_H
#define SIM_QUEUE_H

struct sim_actor;

struct sim_queue {
	struct sim_actor *first, *last;
	const char *name; /* what a deadlock report prints */
};

/* An actor stands in one queue at a time. */
void sim_queue_append(struct sim_queue *q, struct sim_actor *a);
/* By its `until`, behind those of the same. */
void sim_queue_insert(struct sim_queue *q, struct sim_actor *a);
void sim_queue_remove(struct sim_actor *a);

#endif
