/*
 * The JSON frames of a trace (header, end state, trailer): reading values with their bounds,
 * and turning an object into a frame. Keys that nobody asks for are passed over.
 */
#ifndef TRACE_JSON_H
#define TRACE_JSON_H

#include <jansson.h>

#include "traces/trace_frame.h"

/* NULL when the frame is no JSON object. The caller decrefs it. */
json_t *trace_json_parse(const struct trace_bytes *frame, struct trace_error *err);
/* True when the frame's "pgt" is this word. */
bool trace_json_is(const json_t *object, const char *word);

/* Each fails when the key is missing or its value is outside 0..max. */
bool trace_json_u64(const json_t *object, const char *key, uint64_t max, uint64_t *out,
		    struct trace_error *err);
/* The same for a key that may be missing, which gives `fallback`. */
bool trace_json_u64_or(const json_t *object, const char *key, uint64_t fallback, uint64_t max,
		       uint64_t *out, struct trace_error *err);
/* Numbers of a list with at most `cap` entries; a missing list has none. */
bool trace_json_list(const json_t *object, const char *key, uint64_t max, uint64_t *out,
		     size_t cap, size_t *count, struct trace_error *err);
/* An array under key, NULL when it is missing; fails when it is something else. */
bool trace_json_array(const json_t *object, const char *key, const json_t **out,
		      struct trace_error *err);
/* A text of less than `size` bytes; a missing one is empty. */
bool trace_json_text(const json_t *object, const char *key, char *out, size_t size,
		     struct trace_error *err);
/* malloc()ed, NULL when missing. */
bool trace_json_strdup(const json_t *object, const char *key, char **out,
		       struct trace_error *err);

json_t *trace_json_numbers(const uint64_t *v, size_t n);
/* One line of text. Takes the reference, also when `object` is NULL (out of memory). */
bool trace_json_frame(json_t *object, struct trace_frame_bytes *out, struct trace_error *err);

#endif
