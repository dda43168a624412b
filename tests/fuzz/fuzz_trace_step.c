/* Blocks of steps as they are once zstd has unpacked them. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traces/trace_step.h"

#define STEPS 300
#define CPUS 4

/* What a reader hands out keeps its promises. */
static void expect(bool truth)
{
	if (!truth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trace_step_block b;
	struct trace_bytes frame = { 0 };
	struct trace_sections s;
	struct trace_step t[7];
	struct trace_error err;
	uint64_t last = 0;
	long n = 0;

	trace_bytes_put(&frame, data, size);
	if (frame.len > 4 && trace_section_open(&s, &frame, &err) &&
	    trace_step_open(&b, &s, CPUS, &err))
		n = 1;
	while (n > 0) {
		n = trace_step_next(&b, t, 7, &err);
		for (long i = 0; i < n; i++) {
			expect(t[i].kind < TRACE_STEP_KINDS && t[i].order < TRACE_ORDERS);
			expect(t[i].cpu < CPUS && t[i].time >= last);
			last = t[i].time;
		}
	}
	trace_bytes_free(&frame);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static struct trace_step steps[STEPS];
	struct trace_frame_bytes frame = { 0 };
	struct trace_block_head head = { .count = STEPS, .last_time = STEPS * 2 };
	struct trace_error err;
	size_t size;

	if (i)
		return 0;
	for (unsigned n = 0; n < STEPS; n++)
		steps[n] = (struct trace_step){ .time = n * 2,
						.pfn = n * 13 % 999,
						.value = { n % 3, -(int64_t)n, n * 1000 },
						.cpu = (uint16_t)(n % CPUS),
						.kind = (uint8_t)(n % TRACE_STEP_KINDS),
						.order = (uint8_t)(n % TRACE_ORDERS),
						.type = (int8_t)(n % 4) };
	trace_section_begin(&frame, TRACE_SECTION_STEPS);
	trace_step_encode(&head, steps, &frame, &err);
	size = frame.bytes.len < cap ? frame.bytes.len : cap;
	memcpy(out, frame.bytes.data, size);
	trace_bytes_free(&frame.bytes);
	return size;
}
