/* The JSON frames: header, end state, trailer. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/traces/trace_sample.h"
#include "traces/trace_end.h"
#include "traces/trace_header.h"
#include "traces/trace_trailer.h"

static void read_header(const struct trace_bytes *frame)
{
	struct trace_header h;
	struct trace_error err;

	if (!trace_header_decode(&h, frame, &err))
		return;
	for (unsigned i = 0; i < h.cpus; i++)
		if (h.cpu_node[i] >= h.nodes)
			abort();
	for (unsigned i = 0; i < h.nzones; i++)
		if (h.zones[i].nid >= h.nodes || h.zones[i].end < h.zones[i].start)
			abort();
	trace_header_free(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_bytes frame = { 0 };
	struct trace_trailer trailer;
	struct trace_error err;
	json_t *object;

	trace_bytes_put(&frame, data, size);
	if (frame.data)
		read_header(&frame);
	object = frame.data ? trace_json_parse(&frame, &err) : NULL;
	if (object) {
		trace_end_free(trace_end_decode(object, &err));
		if (trace_trailer_decode(&trailer, object, &err))
			trace_trailer_free(&trailer);
		json_decref(object);
	}
	trace_bytes_free(&frame);
	return 0;
}

static void put_trailer(struct trace_frame_bytes *out)
{
	struct trace_trailer t = { .end_frame = 3 };
	struct trace_error err;

	t.report = strdup("{\"missed\":3,\"classes\":[1,2]}");
	for (uint32_t i = 0; i < 5; i++) {
		trace_trailer_add_block(&t, i + 1, i * 65536, i * 1000000, &err);
		trace_trailer_add_truth(&t, i + 7, &err);
		trace_trailer_add_dict(&t, i + 8, &err);
	}
	trace_trailer_encode(&t, out, &err);
	trace_trailer_free(&t);
}

static void put_end(struct trace_frame_bytes *out)
{
	struct trace_zone_free zone[2] = { { .name = "DMA32", .pcp_pages = 7 },
					   { .nid = 1, .name = "Normal" } };
	struct trace_end end = { .nzones = 2, .start = zone, .end = zone };
	struct trace_error err;

	trace_end_encode(&end, out, &err);
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	struct trace_frame_bytes frame = { 0 };
	struct trace_header h = sample_header();
	struct trace_error err;
	size_t size;

	h.cpus = 8;
	if (i == 0)
		trace_header_encode(&h, true, &frame, &err);
	else if (i == 1)
		put_trailer(&frame);
	else if (i == 2)
		put_end(&frame);
	size = frame.bytes.len < cap ? frame.bytes.len : 0;
	if (size)
		memcpy(out, frame.bytes.data, size);
	trace_bytes_free(&frame.bytes);
	return size;
}
