#include "sim/hist_code.h"

#include <stdlib.h>

#define COOKIE 0x1c849313u /* V2; numbers are LEB128 */
#define HEAD 40
#define DIGITS 3
#define RATIO UINT64_C(0x3ff0000000000000) /* 1.0 */
#define LONGEST 9                          /* bytes of a number */

const char sim_hist_code_no_memory[] = "out of memory";

void sim_hist_code_put32(uint8_t *to, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (24 - 8 * i));
}

uint32_t sim_hist_code_get32(const uint8_t *from)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 4; i++)
		value = value << 8 | from[i];
	return value;
}

static void put64(uint8_t *to, uint64_t value)
{
	sim_hist_code_put32(to, (uint32_t)(value >> 32));
	sim_hist_code_put32(to + 4, (uint32_t)value);
}

static uint64_t get64(const uint8_t *from)
{
	return (uint64_t)sim_hist_code_get32(from) << 32 | sim_hist_code_get32(from + 4);
}

/* The ninth byte holds eight bits: 8 * 7 + 8 = 64. */
static uint8_t *put_number(uint8_t *to, int64_t value)
{
	uint64_t rest = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);

	for (unsigned n = 1; rest > 0x7f && n < LONGEST; n++) {
		*to++ = (uint8_t)(rest | 0x80);
		rest >>= 7;
	}
	*to++ = (uint8_t)rest;
	return to;
}

/* NULL when the bytes end within the number. */
static const uint8_t *get_number(const uint8_t *from, const uint8_t *end, int64_t *value)
{
	uint64_t bits = 0;

	for (unsigned n = 0; n < LONGEST; n++) {
		uint8_t byte;

		if (from == end)
			return NULL;
		byte = *from++;
		if (n == LONGEST - 1 || !(byte & 0x80)) {
			bits |= (uint64_t)byte << 7 * n;
			break;
		}
		bits |= (uint64_t)(byte & 0x7f) << 7 * n;
	}
	*value = (int64_t)(bits >> 1 ^ (bits & 1 ? UINT64_MAX : 0));
	return from;
}

/* Counts up to and with the largest value's, at least one. */
static uint32_t used(const struct sim_hist *h)
{
	uint32_t n = h->room;

	while (n > 1 && !h->counts[n - 1])
		n--;
	if (n > SIM_HIST_CODE_COUNTS)
		n = SIM_HIST_CODE_COUNTS;
	return n ? n : 1;
}

static uint64_t count_at(const struct sim_hist *h, uint32_t index)
{
	uint64_t count = index < h->room ? h->counts[index] : 0;

	if (index == SIM_HIST_CODE_COUNTS - 1)
		for (uint32_t i = index + 1; i < h->room; i++)
			count += h->counts[i];
	return count;
}

/* The last value of the bucket that the last count lies in. */
static uint64_t highest_trackable(uint32_t counts)
{
	unsigned bucket =
		counts <= 2 * SIM_HIST_HALF ? 0 : (unsigned)((counts - 1) / SIM_HIST_HALF) - 1;

	return ((2 * SIM_HIST_HALF) << bucket) - 1;
}

static uint8_t *put_counts(uint8_t *to, const struct sim_hist *h, uint32_t n)
{
	for (uint32_t i = 0; i < n;) {
		uint64_t count = count_at(h, i++);
		int64_t zeros = 1;

		if (count) {
			to = put_number(to, (int64_t)count);
			continue;
		}
		for (; i < n && !count_at(h, i); i++)
			zeros++;
		to = put_number(to, zeros > 1 ? -zeros : 0);
	}
	return to;
}

uint8_t *sim_hist_code_encode(const struct sim_hist *h, size_t *size)
{
	uint32_t n = used(h);
	uint8_t *bytes = malloc(HEAD + (size_t)n * LONGEST);

	if (!bytes)
		return NULL;
	*size = (size_t)(put_counts(bytes + HEAD, h, n) - bytes);
	sim_hist_code_put32(bytes, COOKIE);
	sim_hist_code_put32(bytes + 4, (uint32_t)(*size - HEAD));
	sim_hist_code_put32(bytes + 8, 0);
	sim_hist_code_put32(bytes + 12, DIGITS);
	put64(bytes + 16, 1);
	put64(bytes + 24, highest_trackable(n));
	put64(bytes + 32, RATIO);
	return bytes;
}

static const char *head_problem(const uint8_t *bytes, size_t size)
{
	if (size < HEAD || sim_hist_code_get32(bytes) != COOKIE)
		return "is not a histogram of encoding V2";
	if (sim_hist_code_get32(bytes + 4) != size - HEAD)
		return "has another length than its head says";
	if (sim_hist_code_get32(bytes + 8) != 0)
		return "has a normalizing offset, which should be 0";
	if (sim_hist_code_get32(bytes + 12) != DIGITS)
		return "should have 3 significant digits";
	if (get64(bytes + 16) != 1)
		return "should have 1 as its lowest discernible value";
	if (get64(bytes + 24) < 2 || get64(bytes + 24) > INT64_MAX)
		return "has no highest trackable value between 2 and 2^63 - 1";
	if (get64(bytes + 32) != RATIO)
		return "has a conversion ratio, which should be 1.0";
	return NULL;
}

/* Counts n values of sub-bucket `index`; their sum is that of its middle. */
static bool fill(struct sim_hist *h, uint32_t index, uint64_t n)
{
	unsigned shift = index < 2 * SIM_HIST_HALF ? 0 : (unsigned)(index / SIM_HIST_HALF) - 1;
	uint64_t middle = (index - shift * SIM_HIST_HALF) << shift;

	if (shift)
		middle += UINT64_C(1) << (shift - 1);
	return sim_hist_record_n(h, middle, n);
}

static const char *read_counts(struct sim_hist *h, const uint8_t *at, const uint8_t *end,
			       uint64_t highest)
{
	/* All of the bucket that the highest value lies in is there. */
	uint64_t most = UINT64_MAX >> __builtin_clzll(highest | (2 * SIM_HIST_HALF - 1));
	uint32_t last = sim_hist_index(most), index = 0;
	uint64_t total = 0;
	int64_t number;

	while (at < end) {
		at = get_number(at, end, &number);
		if (!at)
			return "ends within a number";
		if (index > last || (number < 0 && (uint64_t) - (number + 1) > last - index))
			return "has more counts than its highest trackable value allows";
		if (number < 0) {
			index += (uint32_t)-number;
			continue;
		}
		total += (uint64_t)number;
		if (total > INT64_MAX)
			return "counts more than 2^63 - 1 values";
		if (!fill(h, index++, (uint64_t)number))
			return sim_hist_code_no_memory;
	}
	return NULL;
}

struct sim_hist *sim_hist_code_decode(const uint8_t *bytes, size_t size, const char **problem)
{
	struct sim_hist *h;

	*problem = head_problem(bytes, size);
	if (*problem)
		return NULL;
	h = sim_hist_new();
	*problem = h ? read_counts(h, bytes + HEAD, bytes + size, get64(bytes + 24))
		     : sim_hist_code_no_memory;
	if (!*problem)
		return h;
	sim_hist_free(h);
	return NULL;
}
