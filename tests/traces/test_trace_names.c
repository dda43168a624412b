/* Who a part's objects are in the whole, and the frames that tell it. */
#include "tests/traces/trace_sample.h"
#include "tests/unit.h"
#include "traces/trace_names.h"
#include "traces/trace_reader.h"

static char whole[64], part[64], piece[64];
static struct trace_error err;

static void name_files(void)
{
	snprintf(whole, sizeof(whole), "/tmp/trace-names-%ld.pgt", (long)getpid());
	snprintf(part, sizeof(part), "/tmp/trace-names-part-%ld.pgt", (long)getpid());
	snprintf(piece, sizeof(piece), "/tmp/trace-names-piece-%ld.pgt", (long)getpid());
}

static struct trace_event event(enum trace_kind kind, uint64_t object, uint64_t pfn,
				unsigned order, uint32_t value)
{
	static uint64_t time;

	return (struct trace_event){ .time = ++time,
				     .object = object,
				     .pfn = pfn,
				     .value = value,
				     .kind = (uint8_t)kind,
				     .order = (uint8_t)order,
				     .node = TRACE_NODE_LOCAL };
}

/*
 * Objects 0 (of the start state), 1 of eight frames, 2, 3; 1 loses its second quarter, 2 goes;
 * behind these seven events 4 and 5 follow, and 0 goes.
 */
static void write_whole(bool state, bool frames)
{
	static uint16_t cpu_node[1];
	struct trace_header h = { .clock_hz = 1000000000,
				  .page_size = 4096,
				  .cpus = 1,
				  .nodes = 1,
				  .cpu_node = cpu_node };
	struct trace_free free_block = { 512, 9, 0xff };
	struct trace_used used = { 100, 0, TRACE_USE_SLAB };
	struct trace_state s = { .free = &free_block, .nfree = 1, .used = &used, .nused = 1 };
	uint64_t first = state, none = TRACE_NO_PFN;
	struct trace_event events[] = {
		event(TRACE_ALLOC, first, frames ? 520 : none, 3, 0),
		event(TRACE_ALLOC, first + 1, frames ? 600 : none, 0, 0),
		event(TRACE_ALLOC, first + 2, frames ? 560 : none, 1, 0),
		event(TRACE_FREE, first, none, 1, 2),
		event(TRACE_FREE, first + 1, none, 0, 0),
		event(TRACE_MARK, TRACE_NO_OBJECT, none, 0, 0),
		event(TRACE_MARK, TRACE_NO_OBJECT, none, 0, 0),
		event(TRACE_ALLOC, first + 3, frames ? 700 : none, 0, 0),
		event(TRACE_ALLOC, first + 4, frames ? 710 : none, 0, 0),
		event(TRACE_FREE, state ? 0 : first, none, 0, 0),
		event(TRACE_MARK, TRACE_NO_OBJECT, none, 0, 0),
	};
	struct trace_writer *w = trace_writer_open(whole, &h, 1, &err);
	uint32_t task, text;
	uint16_t gfp;

	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	CU_ASSERT(!state || trace_writer_state(w, &s, &err));
	CU_ASSERT(trace_writer_task(w, 1, "t", &task, &err));
	CU_ASSERT(trace_writer_text(w, "m", &text, &err));
	CU_ASSERT(trace_writer_gfp(w, "GFP_KERNEL", &gfp, &err));
	CU_ASSERT(trace_writer_events(w, events, ARRAY_SIZE(events), &err));
	CU_ASSERT(trace_writer_close(w, false, &err));
}

static void cut(const char *from, uint64_t first, uint64_t last, const char *to)
{
	struct trace_cut_options o = {
		.output = to, .first = first, .last = last, .to_time = UINT64_MAX
	};
	struct trace_cut_report report;

	CU_ASSERT_FATAL(trace_cut(from, &o, &report, &err));
}

struct expected {
	uint64_t object;
	uint32_t offset;
	unsigned order;
};

static void expect(const char *path, const struct expected *want, uint64_t n, uint64_t first,
		   uint64_t put_in, uint64_t first_object)
{
	struct trace_reader *r = trace_reader_open(path, &err);
	const struct trace_names *names = trace_reader_names(r, &err);
	struct trace_totals totals;
	struct trace_part p;
	bool known;

	CU_ASSERT_PTR_NOT_NULL_FATAL(names);
	CU_ASSERT_EQUAL_FATAL(names->n, n);
	for (uint64_t i = 0; i < n; i++) {
		CU_ASSERT_EQUAL(names->name[i].object, want[i].object);
		CU_ASSERT_EQUAL(names->name[i].offset, want[i].offset);
		CU_ASSERT_EQUAL(names->name[i].order, want[i].order);
	}
	CU_ASSERT_FATAL(trace_part_read(r, &p, &known, &err));
	CU_ASSERT(known);
	CU_ASSERT_EQUAL(p.first, first);
	CU_ASSERT_EQUAL(p.put_in, put_in);
	CU_ASSERT_EQUAL(p.first_object, first_object);
	CU_ASSERT_EQUAL(p.whole.events, 11);
	CU_ASSERT(trace_check(path, NULL, &totals, &err));
	trace_reader_close(r);
}

static void test_state(void)
{
	static const struct expected want[] = {
		{ 0, 0, 0 }, { 1, 0, 1 }, { 1, 4, 2 }, { 3, 0, 1 }
	};

	write_whole(true, true);
	cut(whole, 7, UINT64_MAX, part);
	expect(part, want, ARRAY_SIZE(want), 7, 0, 4);
}

static void test_put_in(void)
{
	static const struct expected want[] = { { 0, 0, 3 }, { 2, 0, 1 } };

	write_whole(false, false);
	cut(whole, 7, UINT64_MAX, part);
	/* Two allocations, and the free of what object 0 has lost. */
	expect(part, want, ARRAY_SIZE(want), 7, 3, 3);
}

static void test_part_of_a_part(void)
{
	static const struct expected want[] = {
		{ 0, 0, 0 }, { 1, 0, 1 }, { 1, 4, 2 }, { 3, 0, 1 }, { 4, 0, 0 }
	};

	write_whole(true, true);
	cut(whole, 7, UINT64_MAX, part);
	cut(part, 1, UINT64_MAX, piece);
	expect(piece, want, ARRAY_SIZE(want), 8, 0, 5);
	cut(part, 0, 2, piece);
	expect(piece, want, ARRAY_SIZE(want) - 1, 7, 0, 4);
}

static void test_selection(void)
{
	struct trace_span cpus = { 0, 1 };
	struct trace_cut_options o = { .output = part,
				       .last = UINT64_MAX,
				       .to_time = UINT64_MAX,
				       .first = 7,
				       .cpus = &cpus,
				       .ncpus = 1 };
	struct trace_cut_report report;
	struct trace_reader *r;
	struct trace_part p;
	bool known;

	write_whole(true, true);
	CU_ASSERT_FATAL(trace_cut(whole, &o, &report, &err));
	r = trace_reader_open(part, &err);
	CU_ASSERT_PTR_NULL(trace_reader_names(r, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT(trace_part_read(r, &p, &known, &err));
	CU_ASSERT_FALSE(known);
	trace_reader_close(r);
}

/* In the middle of the frame that has them. */
static void spoil_names(void)
{
	struct trace_reader *r = trace_reader_open(part, &err);
	uint64_t at;
	FILE *f;
	int was;

	CU_ASSERT_PTR_NOT_NULL_FATAL(trace_reader_names(r, &err));
	at = r->side.offset + r->side.packed / 2;
	trace_reader_close(r);
	f = fopen(part, "r+b");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL_FATAL(fseek(f, (long)at, SEEK_SET), 0);
	was = fgetc(f);
	CU_ASSERT_EQUAL_FATAL(fseek(f, (long)at, SEEK_SET), 0);
	fputc(was ^ 0x55, f);
	CU_ASSERT_EQUAL_FATAL(fclose(f), 0);
}

static void test_spoilt_frame(void)
{
	struct trace_event e;
	struct trace_reader *r;

	write_whole(true, true);
	cut(whole, 7, UINT64_MAX, part);
	spoil_names();
	r = trace_reader_open(part, &err);
	for (unsigned time = 0; time < 2; time++) {
		CU_ASSERT_PTR_NULL(trace_reader_names(r, &err));
		CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, part));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "names"));
	}
	/* Events can be read without them. */
	CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 1);
	trace_reader_close(r);
}

static void test_none(void)
{
	struct trace_reader *r;

	write_whole(true, true);
	r = trace_reader_open(whole, &err);
	CU_ASSERT_PTR_NULL(trace_reader_names(r, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "");
	trace_reader_close(r);
}

/* ---- frames ------------------------------------------------------------------------------ */

struct kept {
	struct trace_names names;
	unsigned frames;
	bool whole, spoil;
	uint64_t flip;
};

static bool decode(void *ctx, const struct trace_frame_bytes *frame, struct trace_error *e)
{
	struct kept *k = ctx;
	struct trace_bytes copy = frame->bytes;
	bool ok;

	k->frames++;
	copy.data = malloc(copy.len + TRACE_BYTES_SLACK);
	memcpy(copy.data, frame->bytes.data, copy.len);
	memset(copy.data + copy.len, 0, TRACE_BYTES_SLACK);
	if (k->spoil)
		copy.data[k->flip / 8 % copy.len] ^= (uint8_t)(1u << k->flip % 8);
	ok = trace_names_decode(&k->names, &copy, &k->whole, e);
	free(copy.data);
	return ok;
}

static struct trace_name *some_names(uint64_t n)
{
	struct trace_name *list = malloc(n * sizeof(*list));
	struct sample s = { .seed = 3 };

	for (uint64_t i = 0; i < n; i++)
		list[i] = (struct trace_name){ .object = sample_random(&s) >> 24,
					       .offset = (uint32_t)(sample_random(&s) % 1024),
					       .rank = (uint32_t)sample_random(&s),
					       .task = (uint32_t)(sample_random(&s) >> 40),
					       .order = (uint8_t)(sample_random(&s) % 11),
					       .holds = (uint8_t)sample_random(&s) };
	return list;
}

static bool same(const struct trace_name *a, const struct trace_name *b)
{
	return a->object == b->object && a->offset == b->offset && a->rank == b->rank &&
	       a->task == b->task && a->order == b->order && a->holds == b->holds;
}

static void test_frames(void)
{
	static const uint64_t counts[] = { 0, 1, 1000, (1u << 20) + 1 };
	struct trace_frame_bytes scratch = { 0 };

	for (unsigned i = 0; i < ARRAY_SIZE(counts); i++) {
		struct trace_names names = { counts[i], some_names(counts[i] + 1) };
		struct kept k = { .whole = false };

		CU_ASSERT(trace_names_encode(&names, &scratch, decode, &k, &err));
		CU_ASSERT(k.whole);
		CU_ASSERT_EQUAL(k.frames, counts[i] > 1u << 20 ? 2 : 1);
		CU_ASSERT_EQUAL_FATAL(k.names.n, names.n);
		for (uint64_t n = 0; n < names.n; n++)
			if (!same(&names.name[n], &k.names.name[n]))
				CU_FAIL_FATAL("a name has changed");
		free(k.names.name);
		free(names.name);
	}
	trace_bytes_free(&scratch.bytes);
}

static void test_damage(void)
{
	struct trace_names names = { 50, some_names(50) };
	struct trace_frame_bytes scratch = { 0 };
	unsigned refused = 0;

	for (uint64_t bit = 0; bit < 8000; bit++) {
		struct kept k = { .spoil = true, .flip = bit };

		if (trace_names_encode(&names, &scratch, decode, &k, &err)) {
			for (uint64_t i = 0; i < k.names.n; i++)
				CU_ASSERT(k.names.name[i].order < TRACE_ORDERS);
		} else {
			refused++;
		}
		free(k.names.name);
	}
	CU_ASSERT(refused > 100);
	free(names.name);
	trace_bytes_free(&scratch.bytes);
}

static CU_TestInfo tests[] = {
	{ "blocks of a part's start state have the names of their objects", test_state },
	{ "objects that are put in have their names in the whole", test_put_in },
	{ "a part of a part has the names of the whole", test_part_of_a_part },
	{ "what some CPUs did is no part that could go on", test_selection },
	{ "a spoilt frame of names is an error, each time, and of names alone",
	  test_spoilt_frame },
	{ "a trace that is no part has no names, which is no error", test_none },
	{ "names are read as they were written, in pieces", test_frames },
	{ "damaged names are refused or in their bounds", test_damage },
	CU_TEST_INFO_NULL
};

static int begin(void)
{
	name_files();
	return 0;
}

static int end(void)
{
	unlink(whole);
	unlink(part);
	unlink(piece);
	return 0;
}

static CU_SuiteInfo suites[] = { { "trace_names", begin, end, NULL, NULL, tests },
				 CU_SUITE_INFO_NULL };

UNIT_MAIN(suites)
