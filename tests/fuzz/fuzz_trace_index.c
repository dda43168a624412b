/* The seek table. The input is the skippable frame; the file has 1000 bytes before it. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traces/trace_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_index x;
	struct trace_error err;

	if (trace_index_decode(&x, data, size, 1000 + size, &err)) {
		uint64_t all = 0;

		for (uint32_t i = 0; i < x.count; i++) {
			if (x.offset[i] != all)
				abort();
			all += x.entries[i].packed;
		}
		if (all != 1000)
			abort();
	}
	trace_index_free(&x);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	struct trace_index x = { 0 };
	struct trace_bytes b = { 0 };
	struct trace_error err;
	size_t size;

	if (i)
		return 0;
	for (uint32_t n = 0; n < 10; n++)
		trace_index_add(&x, 100, "content", n % 7, &err);
	trace_index_encode(&x, &b);
	size = b.len < cap ? b.len : 0;
	memcpy(out, b.data, size);
	trace_bytes_free(&b);
	trace_index_free(&x);
	return size;
}
