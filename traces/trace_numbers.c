#include "traces/trace_numbers.h"

#include <assert.h>
#include <string.h>

void trace_numbers_reset(struct trace_numbers_out *o)
{
	o->classes.len = 0;
	o->bits.len = 0;
	o->pending = 0;
	o->npending = 0;
}

void trace_numbers_free(struct trace_numbers_out *o)
{
	trace_bytes_free(&o->classes);
	trace_bytes_free(&o->bits);
}

static void put_bits(struct trace_numbers_out *o, uint64_t v, unsigned n)
{
	unsigned room = 64 - o->npending;

	o->pending |= v << o->npending;
	if (n < room) {
		o->npending += n;
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		o->bits.data[o->bits.len + i] = (uint8_t)(o->pending >> (8 * i));
	o->bits.len += 8;
	o->pending = n > room ? v >> room : 0;
	o->npending = n - room;
}

void trace_numbers_put(struct trace_numbers_out *o, uint64_t v)
{
	unsigned e;

	if (!trace_bytes_reserve(&o->classes, 1) || !trace_bytes_reserve(&o->bits, 8))
		return;
	if (v < 16) {
		o->classes.data[o->classes.len++] = (uint8_t)v;
		return;
	}
	e = 63u - (unsigned)__builtin_clzll(v);
	o->classes.data[o->classes.len++] = (uint8_t)(4 * e + ((v >> (e - 2)) & 3));
	put_bits(o, v & ((UINT64_C(1) << (e - 2)) - 1), e - 2);
}

void trace_numbers_finish(struct trace_numbers_out *o)
{
	for (unsigned i = 0; i < o->npending; i += 8) {
		uint8_t byte = (uint8_t)(o->pending >> i);

		trace_bytes_put(&o->bits, &byte, 1);
	}
	o->npending = 0;
}

bool trace_numbers_open(struct trace_numbers_in *in, const uint8_t *data, size_t len)
{
	struct trace_bytes_in head = { .at = data, .end = data + len };
	uint64_t count = trace_bytes_in_varint(&head), nbits = 0;
	size_t rest = (size_t)(head.end - head.at);

	if (head.bad || count > rest)
		return false;
	for (uint64_t i = 0; i < count; i++)
		nbits += trace_numbers_extra(head.at[i]);
	if ((nbits + 7) / 8 != rest - count)
		return false;
	in->classes = head.at;
	in->bits = head.at + count;
	in->at = 0;
	in->left = count;
	return true;
}

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

void trace_numbers_read(struct trace_numbers_in *in, uint64_t *out, size_t n)
{
	const uint8_t *classes = in->classes, *bits = in->bits;
	uint64_t at = in->at;

	assert(n <= in->left);
	for (size_t i = 0; i < n; i++) {
		uint8_t class = classes[i];
		unsigned extra = trace_numbers_extra(class), skip = at & 7;
		uint64_t low = load64(bits + (at >> 3)) >> skip;

		/* 57 bits are sure to lie in one load. */
		if (extra > 57 && skip)
			low |= (uint64_t)bits[(at >> 3) + 8] << (64 - skip);
		out[i] = trace_numbers_base(class) + (low & ((UINT64_C(1) << extra) - 1));
		at += extra;
	}
	in->classes = classes + n;
	in->at = at;
	in->left -= n;
}
