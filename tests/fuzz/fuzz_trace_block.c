/* Event and truth blocks as they are once zstd has unpacked them. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/traces/trace_sample.h"
#include "traces/trace_block.h"
#include "traces/trace_dict.h"
#include "traces/trace_truth.h"

#define EVENTS 300

static struct trace_block_limits limits_of(const struct trace_dict *d)
{
	return (struct trace_block_limits){ SAMPLE_CPUS,    2, d->gfps.count, d->texts.count,
					    d->tasks.count, 1 };
}

/* What a reader hands out keeps its promises. */
static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void read_block(const struct trace_sections *s, const struct trace_block_limits *limits)
{
	struct trace_block b = { 0 };
	struct trace_error err;
	struct trace_event e[7];
	uint64_t last = 0;
	long n = trace_block_open(&b, s, limits, &err) ? 1 : 0;

	while (n > 0) {
		n = trace_block_next(&b, e, 7, &err);
		for (long i = 0; i < n; i++) {
			expect(e[i].order < TRACE_ORDERS && e[i].kind < TRACE_KINDS);
			expect(e[i].cpu < limits->cpus && e[i].task < limits->tasks);
			expect(e[i].time >= last);
			expect(e[i].kind != TRACE_FREE || e[i].object < b.next_object);
			last = e[i].time;
		}
	}
	trace_block_free(&b);
}

static void read_truth(const struct trace_sections *s, const struct trace_block_limits *limits)
{
	struct trace_truth_block b;
	struct trace_truth t[7];
	struct trace_error err;

	if (trace_truth_open(&b, s, limits, &err))
		while (trace_truth_next(&b, t, 7, &err) > 0)
			expect(t[0].kind < TRACE_TRUTH_KINDS && t[0].task < limits->tasks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_bytes frame = { 0 };
	struct trace_dict dict = { 0 };
	struct trace_sections s;
	struct trace_error err;

	trace_bytes_put(&frame, data, size);
	if (frame.len > 4 && trace_section_open(&s, &frame, &err) &&
	    trace_dict_decode(&dict, &s, &err)) {
		struct trace_block_limits limits = limits_of(&dict);

		if (trace_section_is(&frame, TRACE_SECTION_TRUTH))
			read_truth(&s, &limits);
		else
			read_block(&s, &limits);
	}
	trace_dict_free(&dict);
	trace_bytes_free(&frame);
	return 0;
}

static void fill_dict(struct trace_dict *d)
{
	struct trace_error err;
	uint32_t index;
	char text[16];

	for (int i = 0; i < SAMPLE_TASKS; i++) {
		snprintf(text, sizeof(text), "t%d", i);
		trace_dict_task(d, i, text, &index, &err);
		if (i < SAMPLE_GFPS)
			trace_dict_gfp(d, text, &index, &err);
		if (i < 2)
			trace_dict_text(d, text, &index, &err);
	}
}

static void put_events(struct trace_frame_bytes *frame)
{
	static struct trace_event e[EVENTS];
	struct trace_error err;
	struct trace_block_encoder *encoder = trace_block_encoder_new(&err);
	struct sample sample = { .seed = 3 };
	struct trace_block_head head = { .count = EVENTS };

	for (unsigned i = 0; i < EVENTS; i++)
		e[i] = sample_event(&sample);
	head.first_time = e[0].time;
	head.last_time = e[EVENTS - 1].time;
	trace_block_encode(encoder, &head, e, frame, &err);
	trace_block_encoder_free(encoder);
}

static void put_truths(struct trace_frame_bytes *frame)
{
	static struct trace_truth t[EVENTS];
	struct sample sample = { .seed = 4 };
	struct trace_block_head head = { .count = EVENTS };
	struct trace_error err;

	for (unsigned i = 0; i < EVENTS; i++)
		t[i] = sample_truth(&sample, i);
	head.last_time = t[EVENTS - 1].time;
	trace_truth_encode(&head, t, frame, &err);
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	struct trace_frame_bytes frame = { 0 };
	struct trace_dict dict = { 0 };
	struct trace_dict_mark none = { 0 };
	size_t size;

	if (i > 1)
		return 0;
	fill_dict(&dict);
	trace_section_begin(&frame, i ? TRACE_SECTION_TRUTH : TRACE_SECTION_BLOCK);
	trace_dict_encode(&dict, none, trace_dict_mark(&dict), &frame);
	if (i)
		put_truths(&frame);
	else
		put_events(&frame);
	size = frame.bytes.len < cap ? frame.bytes.len : 0;
	memcpy(out, frame.bytes.data, size);
	trace_bytes_free(&frame.bytes);
	trace_dict_free(&dict);
	return size;
}
