#include "traces/trace_bytes.h"

#include <stdlib.h>
#include <string.h>

void trace_bytes_free(struct trace_bytes *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

bool trace_bytes_reserve(struct trace_bytes *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 256;
	uint8_t *data;

	if (b->lost)
		return false;
	while (cap < b->len + more + TRACE_BYTES_SLACK)
		cap += cap / 2 + TRACE_BYTES_SLACK;
	if (cap == b->cap)
		return true;
	data = realloc(b->data, cap);
	if (!data) {
		b->lost = true;
		return false;
	}
	memset(data + b->cap, 0, cap - b->cap);
	b->data = data;
	b->cap = cap;
	return true;
}

void trace_bytes_put(struct trace_bytes *b, const void *data, size_t len)
{
	if (!len || !trace_bytes_reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void trace_bytes_varint(struct trace_bytes *b, uint64_t v)
{
	uint8_t code[10];
	size_t n = 0;

	while (v >= 0x80) {
		code[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	code[n++] = (uint8_t)v;
	trace_bytes_put(b, code, n);
}

void trace_bytes_u32(struct trace_bytes *b, uint32_t v)
{
	const uint8_t code[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
				  (uint8_t)(v >> 24) };

	trace_bytes_put(b, code, sizeof(code));
}

uint64_t trace_bytes_in_varint(struct trace_bytes_in *in)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
		uint8_t byte = *in->at++;

		/* The tenth byte holds the topmost bit alone. */
		if (shift == 63 && byte > 1)
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return v;
	}
	in->bad = true;
	in->at = in->end;
	return 0;
}

uint8_t trace_bytes_in_u8(struct trace_bytes_in *in)
{
	if (in->at < in->end)
		return *in->at++;
	in->bad = true;
	return 0;
}

const char *trace_bytes_in_text(struct trace_bytes_in *in, size_t max)
{
	size_t left = (size_t)(in->end - in->at);
	const char *text = (const char *)in->at;
	size_t len = strnlen(text, left);

	if (len == left || len > max) {
		in->bad = true;
		in->at = in->end;
		return NULL;
	}
	in->at += len + 1;
	return text;
}

uint32_t trace_bytes_get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}
