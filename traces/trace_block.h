/*
 * A block: up to 64 Ki events as columns in one frame, decodable without any other block but
 * for the dictionaries. docs/trace-format.md, "Event blocks", says what each column holds.
 *
 * Both directions keep the same guesses (what the next number will be near to) and store how
 * far off they are; all guesses are forgotten at the start of a block.
 */
#ifndef TRACE_BLOCK_H
#define TRACE_BLOCK_H

#include "traces/trace_section.h"

#define TRACE_BLOCK_EVENTS 65536
#define TRACE_BLOCK_TIME_MAX INT64_MAX

struct trace_block_head {
	uint64_t number, count, first_event, first_time, last_time;
	uint64_t base; /* number of the block's first allocation */
};

/* What indices in a block may refer to. */
struct trace_block_limits {
	uint32_t cpus, nodes, gfps, texts, tasks;
	uint32_t minor; /* of the format: isolation needs 1 */
};

enum trace_block_has { TRACE_BLOCK_PFN = 1, TRACE_BLOCK_VALUE = 2, TRACE_BLOCK_OBJECT = 4 };

/* What most events share with many others: one cache line. */
struct trace_block_shape {
	_Alignas(64) struct trace_event
		event; /* of that shape, without what each has of its own */
	uint64_t need; /* numbers it takes of the last columns: trace_block.c */
	uint8_t has;
};

#define TRACE_BLOCK_PFN_GUESSES 1024
#define TRACE_BLOCK_CPU_GUESSES 256

struct trace_block_guess {
	uint64_t pfn[TRACE_BLOCK_PFN_GUESSES];
	uint64_t object[TRACE_BLOCK_CPU_GUESSES]; /* the last one named */
	uint32_t offset[TRACE_BLOCK_CPU_GUESSES]; /* behind the part of it that was freed */
	uint32_t task[TRACE_BLOCK_CPU_GUESSES], task_before[TRACE_BLOCK_CPU_GUESSES];
};

enum trace_block_column {
	TRACE_BLOCK_SHAPES,
	TRACE_BLOCK_CPUS,
	TRACE_BLOCK_TASKS,
	TRACE_BLOCK_TIMES,
	TRACE_BLOCK_PFNS,
	TRACE_BLOCK_OBJECTS,
	TRACE_BLOCK_VALUES,
	TRACE_BLOCK_COLUMNS
};

/* ---- writing --------------------------------------------------------------------------- */

/* The head's section, of blocks of any kind. */
void trace_block_put_head(const struct trace_block_head *head, struct trace_frame_bytes *out);

struct trace_block_encoder;

struct trace_block_encoder *trace_block_encoder_new(struct trace_error *err);
void trace_block_encoder_free(struct trace_block_encoder *e);
/* Appends the sections of head->count events to a frame begun by the caller. The events must
 * be valid: trace_block_encode_check(). What an event has no use for is not kept: the pfn of
 * a free, the value of a request, gfp and node of anything but a request. */
bool trace_block_encode(struct trace_block_encoder *e, const struct trace_block_head *head,
			const struct trace_event *events, struct trace_frame_bytes *out,
			struct trace_error *err);
/* next = the number the next allocation gets, last = time of the event before. */
bool trace_block_encode_check(const struct trace_event *event,
			      const struct trace_block_limits *limits, uint64_t next,
			      uint64_t last, struct trace_error *err);

/* ---- reading --------------------------------------------------------------------------- */

struct trace_block {
	struct trace_block_head head;
	struct trace_block_limits limits;
	struct trace_block_shape *shape;
	uint32_t nshapes, cap;
	struct trace_numbers_in column[TRACE_BLOCK_COLUMNS];
	struct trace_block_guess guess;
	uint64_t done, time, next_object;
};

/* The frame must stay until the block is done. A block may be opened again and again; at last
 * trace_block_free(). */
bool trace_block_open(struct trace_block *b, const struct trace_sections *s,
		      const struct trace_block_limits *limits, struct trace_error *err);
bool trace_block_head(const struct trace_sections *s, struct trace_block_head *head,
		      struct trace_error *err);
/* False unless the column has a number for each of the block's events. */
bool trace_block_is_full(const struct trace_block_head *head, enum trace_section_id id,
			 const struct trace_numbers_in *column, struct trace_error *err);
/* Up to n events; 0 at the end of the block, -1 on damage. */
long trace_block_next(struct trace_block *b, struct trace_event *events, size_t n,
		      struct trace_error *err);
void trace_block_free(struct trace_block *b);

/* ---- what both share ------------------------------------------------------------------- */

static inline unsigned trace_block_pfn_slot(unsigned cpu, unsigned shape)
{
	return (cpu * 16 + shape) % TRACE_BLOCK_PFN_GUESSES;
}

static inline unsigned trace_block_cpu_slot(unsigned cpu)
{
	return cpu % TRACE_BLOCK_CPU_GUESSES;
}

/* Of an isolation event: what is wrong with its page frames, NULL = nothing. */
const char *trace_block_range(const struct trace_event *e);
void trace_block_forget(struct trace_block_guess *guess, uint64_t base);

#endif
