/* The start state: frames one after another, each behind its length in two bytes. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traces/trace_state.h"

static void look_at(const struct trace_state *s)
{
	uint64_t behind = 0;

	for (uint64_t i = 0; i < s->nused; i++) {
		if (s->used[i].order >= TRACE_ORDERS || s->used[i].pfn < behind)
			abort();
		behind = s->used[i].pfn + (1u << s->used[i].order);
	}
	for (uint64_t i = 0; i < s->npcp; i++)
		if (s->pcp[i].cpu >= 4 || s->pcp[i].order >= TRACE_ORDERS)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_state_in in = { .cpus = 4 };
	struct trace_bytes frame = { 0 };
	struct trace_error err;
	bool ok = true;

	while (ok && !in.whole && size >= 2) {
		size_t len = (size_t)data[0] | (size_t)data[1] << 8;

		len = len < size - 2 ? len : size - 2;
		frame.len = 0;
		trace_bytes_put(&frame, data + 2, len);
		ok = frame.len && trace_state_decode(&in, &frame, &err);
		data += 2 + len;
		size -= 2 + len;
	}
	if (in.whole)
		look_at(in.state);
	trace_state_free(in.state);
	trace_bytes_free(&frame);
	return 0;
}

struct seed {
	uint8_t *at, *end;
};

static bool add_frame(void *ctx, const struct trace_frame_bytes *frame, struct trace_error *err)
{
	struct seed *seed = ctx;
	size_t len = frame->bytes.len;

	(void)err;
	if (len > 65535 || len + 2 > (size_t)(seed->end - seed->at))
		return false;
	seed->at[0] = (uint8_t)len;
	seed->at[1] = (uint8_t)(len >> 8);
	memcpy(seed->at + 2, frame->bytes.data, len);
	seed->at += len + 2;
	return true;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static struct trace_free blocks[40];
	static struct trace_used used[60];
	static struct trace_pcp pcp[9];
	static uint8_t types[32];
	struct trace_state s = { .nfree = 40,
				 .nused = 60,
				 .npcp = 9,
				 .nblocks = 32,
				 .free = blocks,
				 .used = used,
				 .pcp = pcp,
				 .block_type = types };
	struct trace_frame_bytes scratch = { 0 };
	struct seed seed = { out, out + cap };
	struct trace_error err;

	if (i)
		return 0;
	for (unsigned n = 0; n < 60; n++) {
		used[n] = (struct trace_used){ 4096 + 3 * n / 2 * 8, n % 4 ? 0 : 3, 1 };
		if (n < 40)
			blocks[n] = (struct trace_free){ 16 * n, (uint8_t)(n % 5), 1 };
		if (n < 9)
			pcp[n] = (struct trace_pcp){ 9000 - n, (uint16_t)(n % 4), 0, 2 };
		if (n < 32)
			types[n] = (uint8_t)(n / 8);
	}
	trace_state_encode(&s, TRACE_SECTION_STATE, &scratch, add_frame, &seed, &err);
	trace_bytes_free(&scratch.bytes);
	return (size_t)(seed.at - out);
}
