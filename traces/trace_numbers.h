/*
 * A column of numbers, split so that zstd can do its work: one class byte a number, which has
 * few values and much repetition, and apart from it the low bits, which are mostly noise.
 *
 * A number below 16 is its own class. Any other has its highest bit at e >= 4; its class is
 * 16 + 4 * (e - 4) + the two bits below the highest, and the e - 2 bits below those go to the
 * bit string, lowest first. This is a bijection between 0..2^64-1 and class + bits: every
 * class byte is valid.
 */
#ifndef TRACE_NUMBERS_H
#define TRACE_NUMBERS_H

#include "traces/trace_bytes.h"

static inline unsigned trace_numbers_extra(uint8_t class)
{
	return class < 16 ? 0 : (class >> 2) - 2u;
}

static inline uint64_t trace_numbers_base(uint8_t class)
{
	return class < 16 ? class : (uint64_t)(4 + (class & 3)) << ((class >> 2) - 2u);
}

struct trace_numbers_out {
	struct trace_bytes classes, bits;
	uint64_t pending; /* bits not yet in `bits` */
	unsigned npending;
};

void trace_numbers_reset(struct trace_numbers_out *o);
void trace_numbers_free(struct trace_numbers_out *o);
void trace_numbers_put(struct trace_numbers_out *o, uint64_t v);
/* Ends the bit string; after it only reset() and the two byte strings are of use. */
void trace_numbers_finish(struct trace_numbers_out *o);

struct trace_numbers_in {
	const uint8_t *classes, *bits;
	uint64_t at;   /* next bit */
	uint64_t left; /* numbers not yet read */
	bool small;    /* all are below 16: there are no bits */
};

/* A column as stored: count (varint), class bytes, bit string padded with 0. False when its
 * length is not what the classes ask for. TRACE_BYTES_SLACK readable bytes must follow. */
bool trace_numbers_open(struct trace_numbers_in *in, const uint8_t *data, size_t len);
/* n <= in->left. */
void trace_numbers_read(struct trace_numbers_in *in, uint64_t *out, size_t n);

#endif
