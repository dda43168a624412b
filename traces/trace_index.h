/*
 * The seek table at the end of a file, in the published zstd seekable format: a skippable
 * frame with the compressed and decompressed size and the XXH64 (low half) of each frame.
 */
#ifndef TRACE_INDEX_H
#define TRACE_INDEX_H

#include "traces/trace_bytes.h"
#include "traces/trace_error.h"

struct trace_index_entry {
	uint32_t packed, size, check;
};

struct trace_index {
	struct trace_index_entry *entries;
	uint64_t *offset; /* [count], only after trace_index_read() */
	uint32_t count, cap;
	bool checks; /* the check fields are there */
};

void trace_index_free(struct trace_index *x);
bool trace_index_add(struct trace_index *x, uint32_t packed, const void *data, size_t size,
		     struct trace_error *err);
/* The whole skippable frame, to be appended to the file. */
void trace_index_encode(const struct trace_index *x, struct trace_bytes *out);
/* From the last bytes of a seekable file of `size` bytes. */
bool trace_index_read(struct trace_index *x, int fd, uint64_t size, struct trace_error *err);
/* The frame's bytes alone, as trace_index_encode() made them, in a file of `size` bytes. */
bool trace_index_decode(struct trace_index *x, const uint8_t *data, size_t len, uint64_t size,
			struct trace_error *err);

#endif
