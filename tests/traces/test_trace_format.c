/* docs/trace-format.md is right: its worked example is what the code writes and reads. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit.h"
#include "traces/trace_block.h"
#include "traces/trace_dict.h"

#define DOCUMENT "docs/trace-format.md"

static struct trace_error err;

static const struct trace_event example[] = {
	{ .time = 1000,
	  .kind = TRACE_ALLOC,
	  .object = 0,
	  .pfn = 5000,
	  .node = TRACE_NODE_LOCAL },
	{ .time = 1300,
	  .kind = TRACE_ALLOC,
	  .object = 1,
	  .pfn = 5001,
	  .node = TRACE_NODE_LOCAL },
	{ .time = 1400,
	  .kind = TRACE_FREE,
	  .object = 0,
	  .pfn = TRACE_NO_PFN,
	  .cpu = 1,
	  .node = TRACE_NODE_LOCAL },
	{ .time = 1400,
	  .kind = TRACE_MARK,
	  .object = TRACE_NO_OBJECT,
	  .pfn = TRACE_NO_PFN,
	  .cpu = 1,
	  .node = TRACE_NODE_LOCAL },
};

/* The bytes of the block that begins with ```hex; what follows a ; is for people. */
static size_t documented(uint8_t *out, size_t cap)
{
	FILE *f = fopen(DOCUMENT, "r");
	bool inside = false;
	char line[300];
	size_t n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, "```", 3) == 0) {
			inside = strncmp(line, "```hex", 6) == 0;
			continue;
		}
		line[strcspn(line, ";\n")] = 0;
		for (char *at = line, *end; inside && n < cap; at = end) {
			unsigned long byte = strtoul(at, &end, 16);

			if (at == end)
				break;
			out[n++] = (uint8_t)byte;
		}
	}
	fclose(f);
	return n;
}

static void encode_example(struct trace_frame_bytes *frame)
{
	const struct trace_block_head head = { .count = ARRAY_SIZE(example),
					       .first_time = 1000,
					       .last_time = 1400 };
	struct trace_block_encoder *encoder = trace_block_encoder_new(&err);
	struct trace_dict dict = { 0 };
	struct trace_dict_mark none = { 0 };
	uint32_t index;

	CU_ASSERT(trace_dict_gfp(&dict, "GFP_KERNEL", &index, &err));
	CU_ASSERT(trace_dict_text(&dict, "end", &index, &err));
	CU_ASSERT(trace_dict_task(&dict, 7, "sh", &index, &err));
	trace_section_begin(frame, TRACE_SECTION_BLOCK);
	trace_dict_encode(&dict, none, trace_dict_mark(&dict), frame);
	CU_ASSERT(trace_block_encode(encoder, &head, example, frame, &err));
	trace_block_encoder_free(encoder);
	trace_dict_free(&dict);
}

static void the_worked_example_is_what_is_written(void)
{
	struct trace_frame_bytes frame = { 0 };
	uint8_t want[1000];
	size_t n = documented(want, sizeof(want));

	encode_example(&frame);
	CU_ASSERT_EQUAL(frame.bytes.len, n);
	CU_ASSERT_EQUAL(memcmp(frame.bytes.data, want, n < frame.bytes.len ? n : 0), 0);
	if (frame.bytes.len != n || memcmp(frame.bytes.data, want, n) != 0)
		for (size_t i = 0; i < frame.bytes.len; i++)
			fprintf(stderr, "%02x%s", frame.bytes.data[i],
				i % 16 == 15 ? "\n" : " ");
	trace_bytes_free(&frame.bytes);
}

static bool read_block(const struct trace_bytes *frame, struct trace_event *events, long n)
{
	struct trace_dict dict = { 0 };
	struct trace_block b = { 0 };
	struct trace_sections s;
	struct trace_block_limits limits = { 2, 1, 1, 1, 1, 0 };
	bool ok = trace_section_open(&s, frame, &err) && trace_dict_decode(&dict, &s, &err) &&
		  trace_block_open(&b, &s, &limits, &err) &&
		  trace_block_next(&b, events, (size_t)n, &err) == n;

	trace_block_free(&b);
	trace_dict_free(&dict);
	return ok;
}

static void the_worked_example_is_read(void)
{
	struct trace_event got[ARRAY_SIZE(example)];
	struct trace_bytes frame = { 0 };
	uint8_t bytes[1000];
	size_t n = documented(bytes, sizeof(bytes));

	trace_bytes_put(&frame, bytes, n);
	CU_ASSERT_FATAL(read_block(&frame, got, ARRAY_SIZE(example)));
	CU_ASSERT_EQUAL(memcmp(got, example, sizeof(got)), 0);
	trace_bytes_free(&frame);
}

static void sections_of_a_later_version_are_passed_over(void)
{
	static const uint8_t later[] = { 0x7b, 3, 1, 2, 3, 0x85, 0x20, 0 };
	struct trace_event got[ARRAY_SIZE(example)];
	struct trace_frame_bytes frame = { 0 };

	encode_example(&frame);
	trace_bytes_put(&frame.bytes, later, sizeof(later));
	CU_ASSERT(read_block(&frame.bytes, got, ARRAY_SIZE(example)));
	trace_bytes_put(&frame.bytes, "\x08\x00", 2);
	CU_ASSERT_FALSE(read_block(&frame.bytes, got, ARRAY_SIZE(example)));
	trace_bytes_free(&frame.bytes);
}

static CU_TestInfo tests[] = {
	{ "the worked example is what is written", the_worked_example_is_what_is_written },
	{ "the worked example is read", the_worked_example_is_read },
	{ "sections of a later version are passed over",
	  sections_of_a_later_version_are_passed_over },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_format", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
