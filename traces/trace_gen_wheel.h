/*
 * A calendar of what is to be freed when: nodes (numbers from 0) in a hierarchical wheel of
 * 4 x 256 places. Adding, removing and taking what is due cost the same however many there
 * are. Nodes due at the same tick come out in a fixed order, the latest added first.
 */
#ifndef TRACE_GEN_WHEEL_H
#define TRACE_GEN_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#define TRACE_GEN_WHEEL_NONE UINT32_MAX

struct trace_gen_wheel {
	uint64_t now; /* tick; all before it is done */
	uint32_t head[4][256];
	uint64_t used[4]; /* bitmap of the first level's places */
	struct trace_gen_wheel_node {
		uint64_t due;
		uint32_t next, prev; /* prev of the first: its place, with the top bit set */
	} * node;
	uint32_t cap;
};

bool trace_gen_wheel_init(struct trace_gen_wheel *w);
void trace_gen_wheel_free(struct trace_gen_wheel *w);
/* Room for nodes 0 to cap - 1. */
bool trace_gen_wheel_grow(struct trace_gen_wheel *w, uint32_t cap);
void trace_gen_wheel_add(struct trace_gen_wheel *w, uint32_t node, uint64_t due);
void trace_gen_wheel_remove(struct trace_gen_wheel *w, uint32_t node);
/* Takes a node due at or before `tick`; NONE when there is none left. Time moves on to tick.
 */
uint32_t trace_gen_wheel_take(struct trace_gen_wheel *w, uint64_t tick);

#endif
