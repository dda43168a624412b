/*
 * The inside of a binary frame: four letters that say what it is, then sections, each an id,
 * a length and that many bytes. A reader passes over ids that it does not know.
 */
#ifndef TRACE_SECTION_H
#define TRACE_SECTION_H

#include "traces/trace_frame.h"
#include "traces/trace_numbers.h"

enum trace_section_id {
	TRACE_SECTION_HEAD = 1,
	TRACE_SECTION_GFPS = 2,
	TRACE_SECTION_TEXTS = 3,
	TRACE_SECTION_TASKS = 4,
	TRACE_SECTION_SHAPES = 5,
	/* Columns of numbers. */
	TRACE_SECTION_SHAPE = 8,
	TRACE_SECTION_CPU = 9,
	TRACE_SECTION_TASK = 10,
	TRACE_SECTION_TIME = 11,
	TRACE_SECTION_PFN = 12,
	TRACE_SECTION_OBJECT = 13,
	TRACE_SECTION_VALUE = 14,
	TRACE_SECTION_ORDER = 15,
	TRACE_SECTION_TYPE = 16,
	TRACE_SECTION_LENGTH = 17,
	TRACE_SECTION_KIND = 18,
	TRACE_SECTION_VALUES = 19, /* to 22 */
	TRACE_SECTION_IDS = 23
};

#define TRACE_SECTION_BLOCK "PGTB"
#define TRACE_SECTION_TRUTH "PGTT"
#define TRACE_SECTION_STATE "PGTS"
#define TRACE_SECTION_DICT "PGTD"
#define TRACE_SECTION_STEPS "PGTL"
#define TRACE_SECTION_FINAL "PGTF"
#define TRACE_SECTION_NAMES "PGTN"

struct trace_sections {
	struct {
		const uint8_t *data;
		size_t len;
	} by_id[TRACE_SECTION_IDS];
};

/* True when the frame's first four bytes are these. */
bool trace_section_is(const struct trace_bytes *frame, const char *letters);
/* Finds the sections; they lie in the frame. */
bool trace_section_open(struct trace_sections *s, const struct trace_bytes *frame,
			struct trace_error *err);
/* Reading one. Fails when it is missing. */
bool trace_section_in(const struct trace_sections *s, enum trace_section_id id,
		      const char *name, struct trace_bytes_in *in, struct trace_error *err);
/* A column; a missing one counts as empty. */
bool trace_section_numbers(const struct trace_sections *s, enum trace_section_id id,
			   const char *name, struct trace_numbers_in *in,
			   struct trace_error *err);

void trace_section_begin(struct trace_frame_bytes *out, const char *letters);
void trace_section_put(struct trace_frame_bytes *out, enum trace_section_id id,
		       const struct trace_bytes *content);
/* Finishes the column; leaves it out when it is empty. */
void trace_section_put_numbers(struct trace_frame_bytes *out, enum trace_section_id id,
			       struct trace_numbers_out *numbers);

#endif
