/*
 * Histogram logs, and below them the encoding of one histogram: what begins like an encoding is
 * read as one, everything else as a log. What was read is written and read back the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/hist_log.h"
#include "sim/hist_pack.h"
#include "tests/fuzz/fuzz.h"

#define COOKIE 0x1c

static void must_come_back(const struct sim_hist *h)
{
	const char *problem;
	char *word = sim_hist_pack(h), *again;
	struct sim_hist *back = word ? sim_hist_pack_read(word, strlen(word), &problem) : NULL;

	again = back ? sim_hist_pack(back) : NULL;
	if (!again || strcmp(word, again) != 0 || sim_hist_count(h) != sim_hist_count(back) ||
	    sim_hist_max(h) != sim_hist_max(back))
		abort();
	free(word);
	free(again);
	sim_hist_free(back);
}

static void read_encoding(const uint8_t *data, size_t size)
{
	const char *problem = NULL;
	struct sim_hist *h = sim_hist_code_decode(data, size, &problem);

	if (!h != (problem != NULL))
		abort();
	if (h)
		must_come_back(h);
	sim_hist_free(h);
}

static void read_log(FILE *in)
{
	struct sim_hist_log_error err = { .text = "" };
	struct sim_hist_log log;

	if (!sim_hist_log_read(in, "input", &log, &err)) {
		if (!*err.text || log.n)
			abort();
		return;
	}
	for (size_t i = 0; i < log.n; i++)
		must_come_back(log.entries[i].hist);
	sim_hist_log_free(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in;

	if (size && data[0] == COOKIE) {
		read_encoding(data, size);
		return 0;
	}
	in = size ? fmemopen((void *)data, size, "rb") : NULL;
	if (!in)
		return 0;
	read_log(in);
	fclose(in);
	return 0;
}

/* A short log of ours, and the encoding in it. */
static size_t small(bool log, uint8_t *out, size_t cap)
{
	struct sim_hist *h = sim_hist_new();
	FILE *to = fmemopen(out, cap, "wb");
	uint8_t *bytes = NULL;
	size_t size = 0;

	if (!h || !to)
		exit(EXIT_FAILURE);
	for (uint64_t value = 1; value < UINT64_C(1) << 40; value += 1 + value / 3)
		sim_hist_record_n(h, value, value);
	if (log) {
		sim_hist_log_begin(to, 2600);
		sim_hist_log_put(to, "alloc.order.0", 4706, h);
		fflush(to);
		size = (size_t)ftell(to);
	} else if ((bytes = sim_hist_code_encode(h, &size))) {
		memcpy(out, bytes, size);
	}
	fclose(to);
	free(bytes);
	sim_hist_free(h);
	return size;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	if (i == 0)
		return fuzz_seed_file(SEEDS "/java-2.1.11.hlog", out, cap);
	return i <= 2 ? small(i == 1, out, cap) : 0;
}
