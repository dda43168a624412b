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

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

/* The bits that eight classes ask for: trace_numbers_extra() of each byte. */
static inline uint64_t extra_of_eight(uint64_t classes)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t v = (classes >> 2) & 0x3f * ones;
	uint64_t large = ((v + 0x7c * ones) >> 7) & ones; /* v >= 4: the class is >= 16 */

	return (v & large * 0xff) - 2 * large;
}

/* The sum of eight bytes. */
static inline uint64_t sum_of_eight(uint64_t bytes)
{
	uint64_t pairs = (bytes & UINT64_C(0x00ff00ff00ff00ff)) +
			 ((bytes >> 8) & UINT64_C(0x00ff00ff00ff00ff));

	return (pairs * UINT64_C(0x0001000100010001)) >> 48;
}

/* Of so many classes a byte has room for the sum: 4 * 61 at most. */
#define SUMMED 4u

static uint64_t all_extra(const uint8_t *classes, uint64_t count)
{
	uint64_t bits = 0, i = 0;

	for (; i + 8 * SUMMED <= count; i += 8 * SUMMED) {
		uint64_t sums = 0;

		for (unsigned j = 0; j < SUMMED; j++)
			sums += extra_of_eight(load64(classes + i + 8 * j));
		bits += sum_of_eight(sums);
	}
	for (; i < count; i++)
		bits += trace_numbers_extra(classes[i]);
	return bits;
}

bool trace_numbers_open(struct trace_numbers_in *in, const uint8_t *data, size_t len)
{
	struct trace_bytes_in head = { .at = data, .end = data + len };
	uint64_t count = trace_bytes_in_varint(&head);
	size_t rest = (size_t)(head.end - head.at);

	if (head.bad || count > rest || (all_extra(head.at, count) + 7) / 8 != rest - count)
		return false;
	in->classes = head.at;
	in->bits = head.at + count;
	in->at = 0;
	in->left = count;
	in->small = rest == count;
	return true;
}

static void read_small(struct trace_numbers_in *in, uint64_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = in->classes[i];
	in->classes += n;
	in->left -= n;
}

/*
 * What the classes mean, as trace_numbers_base() and trace_numbers_extra() say it: looked up
 * by every number of a trace.
 */
#define EXTRA(class) ((class) < 16 ? 0 : (class) / 4 - 2)
#define BASE(class) ((class) < 16 ? (class) : (UINT64_C(4) + (class) % 4) << EXTRA(class))
#define MASK(class) ((UINT64_C(1) << EXTRA(class)) - 1)
#define FOUR(what, class) what(class), what(class + 1), what(class + 2), what(class + 3)
#define SIXTEEN(what, class)                                                                   \
	FOUR(what, class), FOUR(what, class + 4), FOUR(what, class + 8), FOUR(what, class + 12)
#define ALL(what)                                                                              \
	SIXTEEN(what, 0), SIXTEEN(what, 16), SIXTEEN(what, 32), SIXTEEN(what, 48),             \
		SIXTEEN(what, 64), SIXTEEN(what, 80), SIXTEEN(what, 96), SIXTEEN(what, 112),   \
		SIXTEEN(what, 128), SIXTEEN(what, 144), SIXTEEN(what, 160),                    \
		SIXTEEN(what, 176), SIXTEEN(what, 192), SIXTEEN(what, 208),                    \
		SIXTEEN(what, 224), SIXTEEN(what, 240)

static const uint8_t extra_of[256] = { ALL(EXTRA) };
static const uint64_t base_of[256] = { ALL(BASE) };
static const uint64_t mask_of[256] = { ALL(MASK) }; /* of the extra bits */

/*
 * Eight numbers without extra bits are their classes: most tasks and shapes are, though hardly
 * a column is without any others. False, and nothing is done, where one has some.
 */
static inline bool read_eight(const uint8_t *classes, uint64_t *out)
{
	if (load64(classes) & UINT64_C(0xf0f0f0f0f0f0f0f0))
		return false;
	for (size_t i = 0; i < 8; i++)
		out[i] = classes[i];
	return true;
}

/* Numbers whose extra bits begin at bit `at`; returns where they end. */
static inline uint64_t read_some(const uint8_t *classes, const uint8_t *bits, uint64_t at,
				 uint64_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t class = classes[i];
		unsigned extra = extra_of[class], skip = at & 7;
		uint64_t low = load64(bits + (at >> 3)) >> skip;

		/* 57 bits are sure to lie in one load. */
		if (extra > 57 && skip)
			low |= (uint64_t)bits[(at >> 3) + 8] << (64 - skip);
		out[i] = base_of[class] + (low & mask_of[class]);
		at += extra;
	}
	return at;
}

void trace_numbers_read(struct trace_numbers_in *in, uint64_t *out, size_t n)
{
	const uint8_t *classes = in->classes;
	uint64_t at = in->at;
	size_t i = 0;

	assert(n <= in->left);
	if (n == 0) /* an empty column may have no bytes at all */
		return;
	if (in->small) {
		read_small(in, out, n);
		return;
	}
	for (; i + 8 <= n; i += 8)
		if (!read_eight(classes + i, out + i))
			at = read_some(classes + i, in->bits, at, out + i, 8);
	at = read_some(classes + i, in->bits, at, out + i, n - i);
	in->classes = classes + n;
	in->at = at;
	in->left -= n;
}
