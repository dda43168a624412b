/* Steps, the final state and counters in a trace file, there and back. */
#include "tests/traces/same_step.h"
#include "tests/unit.h"
#include "traces/trace.h"
#include "traces/trace_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEPS 70000 /* more than a block */

static char path[64], bad[64];
static struct trace_step *steps;
static struct trace_error err;

static const struct trace_free free_blocks[] = { { 4096, 3, 1 }, { 1024, 3, 1 }, { 8, 0, 2 } };
static const struct trace_pcp pcp_pages[] = { { 77, 1, 0, 3 }, { 12, 0, 0, 0 } };
static const uint8_t types[] = { 1, 0, 0xff, 2 };
static struct trace_zone_cpu cpus[] = { { 90, 15, 8, -3 }, { 42, 7, 125, 100 } };

static const struct trace_state final_state = {
	.nfree = 3,
	.npcp = 2,
	.nblocks = 4,
	.free = (struct trace_free *)free_blocks,
	.pcp = (struct trace_pcp *)pcp_pages,
	.block_type = (uint8_t *)types,
	.ordered = true,
};

/* Fields that the kind does not have stay 0, a frame that it does not have is none. */
static void fill(struct trace_step *t, unsigned i)
{
	static const bool no_frame[TRACE_STEP_KINDS] = { [TRACE_STEP_BULK] = true,
							 [TRACE_STEP_FOLD] = true,
							 [TRACE_STEP_THRESHOLD] = true,
							 [TRACE_STEP_NO_BLOCK] = true,
							 [TRACE_STEP_TICK] = true };

	*t = (struct trace_step){ .time = 10 + i * 3ull,
				  .kind = (uint8_t)(i % TRACE_STEP_KINDS),
				  .cpu = (uint16_t)(i % 2) };
	t->pfn = no_frame[t->kind] ? TRACE_NO_PFN : (i * 7919ull) % 100000;
	if (t->kind == TRACE_STEP_FOLD) {
		t->order = 2;
		t->value[0] = 1;
		t->value[1] = -1;
		t->value[2] = INT64_MAX - (int64_t)i;
	} else if (t->kind == TRACE_STEP_REFILL) {
		t->type = (int8_t)(i % 4);
		t->pfn = i % 5 ? t->pfn : TRACE_NO_PFN;
	} else if (t->kind == TRACE_STEP_STEAL) {
		t->order = 10;
		t->type = 2;
		t->value[1] = t->value[2] = -1;
	}
}

static bool write_file(void)
{
	struct trace_zone zone = { .name = "DMA", .end = 8192, .present = 1, .managed = 1 };
	uint16_t nodes[2] = { 0, 0 };
	struct trace_header h = { .major = 1,
				  .clock_name = "counter",
				  .clock = TRACE_CLOCK_COUNTER,
				  .page_size = 4096,
				  .cpus = 2,
				  .nodes = 1,
				  .cpu_node = nodes,
				  .zones = &zone,
				  .nzones = 1,
				  .name = "steps" };
	struct trace_zone_free start = { .name = "DMA" }, end = start;
	struct trace_end ends = { 1, &start, &end };
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);

	end.counters = (struct trace_zone_counters){ -5, 16, 512, cpus, 2 };
	return w && trace_writer_state(w, &final_state, &err) &&
	       trace_writer_steps(w, steps, 10, &err) &&
	       trace_writer_steps(w, steps + 10, STEPS - 10, &err) &&
	       trace_writer_final(w, &final_state, &err) && trace_writer_end(w, &ends, &err) &&
	       trace_writer_close(w, false, &err);
}

static int make(void)
{
	snprintf(path, sizeof(path), "/tmp/pagesim-steps-%ld.pgt", (long)getpid());
	snprintf(bad, sizeof(bad), "/tmp/pagesim-steps-%ld-bad.pgt", (long)getpid());
	steps = calloc(STEPS, sizeof(*steps));
	for (unsigned i = 0; steps && i < STEPS; i++)
		fill(&steps[i], i);
	return !steps || !write_file();
}

static int drop(void)
{
	free(steps);
	unlink(bad);
	return unlink(path);
}

static void steps_come_back_as_they_were(void)
{
	struct trace_reader *r = trace_reader_open(path, &err);
	struct trace_step got[100];
	struct trace_totals totals;
	unsigned n = 0;
	long have;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	while ((have = trace_reader_next_step(r, got, 100, &err)) > 0)
		for (long i = 0; i < have; i++, n++)
			CU_ASSERT(n < STEPS && same_step(&got[i], &steps[n]));
	CU_ASSERT_EQUAL(have, 0);
	CU_ASSERT_EQUAL(n, STEPS);
	CU_ASSERT(trace_reader_totals(r, &totals, &err));
	CU_ASSERT_EQUAL(totals.steps, STEPS);
	trace_reader_close(r);
}

static void the_final_state_keeps_the_order_of_its_lists(void)
{
	struct trace_reader *r = trace_reader_open(path, &err);
	const struct trace_state *s;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	s = trace_reader_final(r, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT(s->ordered && s->nfree == 3 && s->npcp == 2 && s->nblocks == 4);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(s->free[i].pfn, free_blocks[i].pfn);
	CU_ASSERT_EQUAL(s->pcp[0].pfn, 77);
	CU_ASSERT_EQUAL(s->pcp[0].type, 3);
	CU_ASSERT_EQUAL(memcmp(s->block_type, types, sizeof(types)), 0);
	CU_ASSERT_PTR_EQUAL(trace_reader_final(r, &err), s);
	trace_reader_close(r);
}

static void counters_with_their_parts_come_back(void)
{
	struct trace_reader *r = trace_reader_open(path, &err);
	const struct trace_end *e;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	e = trace_reader_end(r, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->start[0].counters.ncpus, 0);
	CU_ASSERT_EQUAL(e->end[0].counters.free, -5);
	CU_ASSERT_EQUAL(e->end[0].counters.drift_mark, 16);
	CU_ASSERT_EQUAL(e->end[0].counters.highatomic, 512);
	CU_ASSERT_EQUAL_FATAL(e->end[0].counters.ncpus, 2);
	CU_ASSERT_EQUAL(memcmp(e->end[0].counters.cpus, cpus, sizeof(cpus)), 0);
	trace_reader_close(r);
}

/* Who knows nothing of steps reads the rest of the file. */
static void events_are_read_past_steps(void)
{
	struct trace_reader *r = trace_reader_open(path, &err);
	struct trace_event e;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 0);
	trace_reader_close(r);
}

static void what_cannot_be_is_refused(void)
{
	static const struct {
		struct trace_step step;
		const char *says;
	} cases[] = {
		{ { .kind = TRACE_STEP_KINDS }, "kind" },
		{ { .order = TRACE_ORDERS }, "order" },
		{ { .cpu = 2 }, "CPU" },
		{ { .time = UINT64_MAX }, "out of range" },
	};
	uint16_t nodes[2] = { 0, 0 };
	struct trace_header h = { .major = 1,
				  .clock_name = "counter",
				  .page_size = 4096,
				  .cpus = 2,
				  .nodes = 1,
				  .cpu_node = nodes };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trace_writer *w = trace_writer_open(bad, &h, 0, &err);

		CU_ASSERT_PTR_NOT_NULL_FATAL(w);
		CU_ASSERT_FALSE(trace_writer_steps(w, &cases[i].step, 1, &err));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].says));
		trace_writer_close(w, true, &err);
	}
}

static void a_file_with_a_wrong_byte_is_refused(void)
{
	struct trace_totals totals;
	FILE *f = fopen(path, "rb");
	static uint8_t bytes[1 << 21];
	size_t size = f ? fread(bytes, 1, sizeof(bytes), f) : 0;

	CU_ASSERT_FATAL(size > 0 && size < sizeof(bytes));
	fclose(f);
	CU_ASSERT(trace_check(path, NULL, &totals, &err));
	CU_ASSERT_EQUAL(totals.steps, STEPS);
	for (size_t at = 0; at < size; at += size / 60) {
		f = fopen(bad, "wb");
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		bytes[at] ^= 0x40;
		CU_ASSERT_EQUAL(fwrite(bytes, 1, size, f), size);
		bytes[at] ^= 0x40;
		fclose(f);
		CU_ASSERT_FALSE(trace_check(bad, NULL, &totals, &err));
	}
}

/* Frames that the trailer tells of: of steps, in their order, each once. */
static void a_trailer_that_leads_to_other_frames_is_refused(void)
{
	static const struct {
		uint32_t frame; /* 0 is the header's; of_block: that of this block instead */
		int of_block;
		const char *says;
	} cases[] = {
		{ 0, -1, "expected a block of steps" },
		{ 0, 1, "expected block 0 from step 0, found block 1 from step 65536" },
		{ UINT32_MAX, -1, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trace_reader *r = trace_reader_open(path, &err);
		struct trace_step got[10];

		CU_ASSERT_PTR_NOT_NULL_FATAL(r);
		CU_ASSERT_FATAL(trace_read_tail(r, &err));
		CU_ASSERT_EQUAL_FATAL(r->trailer.nsteps, 2);
		r->trailer.steps[0] = cases[i].of_block < 0
					      ? cases[i].frame
					      : r->trailer.steps[cases[i].of_block];
		CU_ASSERT_EQUAL(trace_reader_next_step(r, got, 10, &err), -1);
		CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
		if (!strstr(err.text, cases[i].says))
			printf("\n%s\n", err.text);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].says));
		trace_reader_close(r);
	}
}

/* The second block again: it cannot begin before the first ends. */
static void a_block_that_goes_back_in_time_is_refused(void)
{
	struct trace_reader *r = trace_reader_open(path, &err);
	struct trace_step got[100];
	unsigned n = 0;
	long have;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL_FATAL(trace_reader_next_step(r, got, 100, &err), 100);
	r->step->head.last_time = UINT64_MAX;
	while ((have = trace_reader_next_step(r, got, 100, &err)) > 0)
		n += (unsigned)have;
	CU_ASSERT_EQUAL(have, -1);
	CU_ASSERT(n < 65536);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "begins before the block before it ends"));
	trace_reader_close(r);
}

static void a_pipe_gives_no_steps(void)
{
	char command[256];
	struct trace_reader *r;
	struct trace_step got;

	unlink(bad);
	CU_ASSERT_EQUAL_FATAL(mkfifo(bad, 0600), 0);
	snprintf(command, sizeof(command), "cat %s >%s 2>/dev/null &", path, bad);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	r = trace_reader_open(bad, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(trace_reader_next_step(r, &got, 1, &err), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "pipe"));
	trace_reader_close(r);
	unlink(bad);
}

static CU_TestInfo tests[] = {
	{ "steps come back as they were", steps_come_back_as_they_were },
	{ "the final state keeps the order of its lists",
	  the_final_state_keeps_the_order_of_its_lists },
	{ "counters with their parts come back", counters_with_their_parts_come_back },
	{ "events are read past steps", events_are_read_past_steps },
	{ "what cannot be is refused", what_cannot_be_is_refused },
	{ "a file with a wrong byte is refused", a_file_with_a_wrong_byte_is_refused },
	{ "a trailer that leads to other frames is refused",
	  a_trailer_that_leads_to_other_frames_is_refused },
	{ "a block that goes back in time is refused",
	  a_block_that_goes_back_in_time_is_refused },
	{ "a pipe gives no steps", a_pipe_gives_no_steps },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_steps", make, drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
