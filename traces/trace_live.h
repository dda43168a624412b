/*
 * The objects of a trace that are allocated at the moment, with the parts of them that are
 * freed already. Memory grows with the number of live objects, not with the trace.
 */
#ifndef TRACE_LIVE_H
#define TRACE_LIVE_H

#include "traces/trace_error.h"

struct trace_live_entry {
	uint64_t object; /* TRACE_NO_OBJECT = the slot is empty */
	uint32_t parts;  /* index of its bitmap of freed frames + 1; 0 = nothing is freed */
	uint16_t freed;  /* frames */
	uint8_t order;
};

struct trace_live {
	struct trace_live_entry *slot;
	uint64_t nslots, count;
	uint64_t (*parts)[16]; /* bitmaps of 1024 frames */
	uint32_t nparts, parts_cap;
	uint32_t *spare; /* bitmaps not in use */
	uint32_t nspare;
	size_t data_size; /* bytes kept beside each object; set before the first is added */
	uint8_t *data;
};

void trace_live_free(struct trace_live *l);
bool trace_live_add(struct trace_live *l, uint64_t object, unsigned order,
		    struct trace_error *err);
/* A free of 2^order frames from frame `offset` of the object on. */
bool trace_live_remove(struct trace_live *l, uint64_t object, uint32_t offset, unsigned order,
		       struct trace_error *err);

/* NULL = it is not allocated, or all of it is freed. Stands until the next call that adds or
 * removes something. */
struct trace_live_entry *trace_live_find(const struct trace_live *l, uint64_t object);
/* The data_size bytes beside an object, zeros at first. */
void *trace_live_data(const struct trace_live *l, const struct trace_live_entry *e);
bool trace_live_is_freed(const struct trace_live *l, const struct trace_live_entry *e,
			 uint32_t frame);

#endif
