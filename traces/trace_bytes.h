/*
 * A growing string of bytes, and reading one piece after another from a given one. Numbers
 * are varints: seven bits a byte, lowest first, the top bit set on all bytes but the last.
 */
#ifndef TRACE_BYTES_H
#define TRACE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Readable bytes beyond the end of each buffer that is decoded, for loads of whole words. */
#define TRACE_BYTES_SLACK 16

/* A failed allocation is remembered in `lost` and asked for once, at the end. */
struct trace_bytes {
	uint8_t *data;
	size_t len, cap;
	bool lost;
};

void trace_bytes_free(struct trace_bytes *b);
/* Makes room for `more` bytes (and the slack) after len. */
bool trace_bytes_reserve(struct trace_bytes *b, size_t more);
void trace_bytes_put(struct trace_bytes *b, const void *data, size_t len);
void trace_bytes_varint(struct trace_bytes *b, uint64_t v);
void trace_bytes_u32(struct trace_bytes *b, uint32_t v); /* little endian */

/* Reading: `bad` stays set from the first piece that was not there whole. */
struct trace_bytes_in {
	const uint8_t *at, *end;
	bool bad;
};

uint64_t trace_bytes_in_varint(struct trace_bytes_in *in);
uint8_t trace_bytes_in_u8(struct trace_bytes_in *in);
/* A text that ends with NUL; NULL when there is none, or when it is longer than max. */
const char *trace_bytes_in_text(struct trace_bytes_in *in, size_t max);
uint32_t trace_bytes_get_u32(const uint8_t *p);

static inline uint64_t trace_bytes_zigzag(uint64_t from, uint64_t to)
{
	uint64_t d = to - from;

	return (d << 1) ^ (0 - (d >> 63));
}

static inline uint64_t trace_bytes_unzigzag(uint64_t from, uint64_t code)
{
	return from + ((code >> 1) ^ (0 - (code & 1)));
}

#endif
