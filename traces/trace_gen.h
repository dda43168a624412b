/*
 * The world of a synthetic trace: slots that run one task after another, objects that belong to
 * a task or are freed when their time has come. trace_gen.c moves it, trace_gen_objects.c keeps
 * the objects.
 */
#ifndef TRACE_GEN_H
#define TRACE_GEN_H

#include "traces/profile.h"
#include "traces/trace_error.h"
#include "traces/trace_gen_math.h"
#include "traces/trace_gen_wheel.h"

#define TRACE_GEN_NONE UINT32_MAX
#define TRACE_GEN_TICK 10 /* a tick of the calendar is 2^10 ns */

struct trace_gen_object {
	uint64_t number;
	uint32_t next, prev; /* of its task's list, or of all that can be reclaimed, by age */
	uint16_t cpu;
	uint8_t order, class;
};

struct trace_gen_list {
	uint32_t first, last;
};

struct trace_gen_objects {
	struct trace_gen_object *object;
	uint32_t count, cap, spare; /* spare: list of places that are free again */
	struct trace_gen_wheel wheel;
	struct trace_gen_list by_age; /* only classes with `reclaim` */
	uint64_t next_number, pages;
};

bool trace_gen_objects_init(struct trace_gen_objects *o);
void trace_gen_objects_free(struct trace_gen_objects *o);
/* A new object at a place of the table; NONE when out of memory. */
uint32_t trace_gen_objects_add(struct trace_gen_objects *o, unsigned order, unsigned cpu,
			       unsigned class);
/* The place may be used again. The object is on no list any more. */
void trace_gen_objects_drop(struct trace_gen_objects *o, uint32_t place);
void trace_gen_objects_append(struct trace_gen_objects *o, struct trace_gen_list *l,
			      uint32_t place);
void trace_gen_objects_unlink(struct trace_gen_objects *o, struct trace_gen_list *l,
			      uint32_t place);

#endif
