#include "tests/traces/trace_sample.h"
#include "tests/unit.h"

#define EVENTS 200000 /* a little more than three blocks */
#define TRUTHS 40000

static char path[64];
static struct trace_error err;

static struct trace_free free_blocks[3000];
static struct trace_used used[5000];
static struct trace_pcp pcp[7];
static uint8_t block_type[384];
static struct trace_zone_free zone_start[2], zone_end[2];

static struct trace_state make_state(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(free_blocks); i++)
		free_blocks[i] =
			(struct trace_free){ 16 * i, (uint8_t)(i % 3), i % 5 ? 1 : 0xff };
	for (unsigned i = 0; i < ARRAY_SIZE(used); i++)
		used[i] = (struct trace_used){ 50000 + 4 * i, i % 100 ? 2 : 1,
					       i % 9 ? TRACE_USE_LRU | TRACE_USE_ANON
						     : TRACE_USE_PINNED };
	for (unsigned i = 0; i < ARRAY_SIZE(pcp); i++)
		pcp[i] = (struct trace_pcp){ 900000 - 3 * i, (uint16_t)(i * 40),
					     (uint8_t)(i % 4), (uint8_t)(i % 3) };
	for (unsigned i = 0; i < ARRAY_SIZE(block_type); i++)
		block_type[i] = (uint8_t)(i / 50 % 6);
	return (struct trace_state){
		.nfree = ARRAY_SIZE(free_blocks),
		.nused = ARRAY_SIZE(used),
		.npcp = ARRAY_SIZE(pcp),
		.nblocks = ARRAY_SIZE(block_type),
		.free = free_blocks,
		.used = used,
		.pcp = pcp,
		.block_type = block_type,
	};
}

static struct trace_end make_end(void)
{
	for (unsigned i = 0; i < 2; i++) {
		zone_start[i].nid = zone_end[i].nid = (uint16_t)i;
		strcpy(zone_start[i].name, "DMA32");
		strcpy(zone_end[i].name, "DMA32");
		zone_start[i].pcp_pages = 77 + i;
		for (unsigned o = 0; o < TRACE_ORDERS; o++) {
			zone_start[i].buddyinfo[o] = 10 * o + i;
			zone_end[i].logical[o] = 20 * o + i;
		}
	}
	return (struct trace_end){ .nzones = 2, .start = zone_start, .end = zone_end };
}

static int write_file(void)
{
	struct trace_state state = make_state();
	struct trace_end end = make_end();

	sample_path(path, "file");
	if (sample_write(path, 1, EVENTS, TRUTHS, &state, &end, 3, &err))
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 1;
}

static int remove_file(void)
{
	return unlink(path);
}

static struct sample start_sample(void)
{
	struct sample s = { .seed = 1 };

	for (unsigned i = 0; i < ARRAY_SIZE(used); i++)
		s.next += i % 9 != 0;
	return s;
}

/* What a reader gives back of an event: what it has no use for is not kept. */
static struct trace_event kept(struct trace_event e)
{
	if (e.kind != TRACE_ALLOC && e.kind != TRACE_ALLOC_FAILED) {
		e.gfp = 0;
		e.node = TRACE_NODE_LOCAL;
	}
	return e;
}

static struct trace_reader *open_file(void)
{
	struct trace_reader *r = trace_reader_open(path, &err);

	if (!r)
		fprintf(stderr, "%s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	return r;
}

/* The next `n` events of the reader are those of the sample. */
static bool same_events(struct trace_reader *r, struct sample *s, uint64_t n, size_t chunk,
			bool truths_between)
{
	struct trace_event got[3000];
	uint64_t told = s->events * TRUTHS / EVENTS;

	for (uint64_t at = 0; at < n;) {
		size_t want = n - at < chunk ? (size_t)(n - at) : chunk;
		long m = trace_reader_next(r, got, want, &err);

		if (m <= 0)
			return false;
		for (long i = 0; i < m; i++, at++) {
			uint64_t number = s->events;
			struct trace_event e = kept(sample_event(s));

			if (memcmp(&e, &got[i], sizeof(e)) != 0)
				return false;
			for (; truths_between && told < TRUTHS &&
			       told * EVENTS <= number * TRUTHS;
			     told++)
				sample_truth(s, told);
		}
	}
	return true;
}

static void what_was_written_is_read_again(void)
{
	static const size_t chunks[] = { 1024, 1, 3000, 257 };

	for (size_t i = 0; i < ARRAY_SIZE(chunks); i++) {
		struct trace_reader *r = open_file();
		struct sample s = start_sample();
		struct trace_event e;

		CU_ASSERT(same_events(r, &s, EVENTS, chunks[i], true));
		CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 0);
		CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 0);
		trace_reader_close(r);
	}
}

static void the_header_and_the_totals_say_what_is_in_the_file(void)
{
	struct trace_reader *r = open_file();
	const struct trace_header *h = trace_reader_header(r), want = sample_header();
	struct trace_totals t;

	CU_ASSERT_EQUAL(h->major, 1);
	CU_ASSERT_EQUAL(h->clock, want.clock);
	CU_ASSERT_STRING_EQUAL(h->clock_name, want.clock_name);
	CU_ASSERT_EQUAL(h->clock_hz, want.clock_hz);
	CU_ASSERT_EQUAL(h->cpus, want.cpus);
	CU_ASSERT_EQUAL(h->cpu_node[299], 1);
	CU_ASSERT_EQUAL(memcmp(h->distance, want.distance, 4), 0);
	CU_ASSERT_EQUAL(h->nzones, 2);
	CU_ASSERT_EQUAL(memcmp(h->zones, want.zones, 2 * sizeof(*h->zones)), 0);
	CU_ASSERT_EQUAL(h->nholes, 1);
	CU_ASSERT_EQUAL(h->holes[0].end, 9);
	CU_ASSERT_EQUAL(h->nreserved, 0);
	CU_ASSERT_STRING_EQUAL(h->source_kernel, want.source_kernel);
	CU_ASSERT(h->has_state);
	CU_ASSERT(!h->synthetic);
	CU_ASSERT_FATAL(trace_reader_totals(r, &t, &err));
	CU_ASSERT_EQUAL(t.events, EVENTS);
	CU_ASSERT_EQUAL(t.truths, TRUTHS);
	CU_ASSERT_EQUAL(t.blocks, 4);
	CU_ASSERT_EQUAL(t.tasks, SAMPLE_TASKS);
	CU_ASSERT_STRING_EQUAL(trace_reader_report(r, &err), "{\n  \"missed\": 7\n}");
	trace_reader_close(r);
}

static void the_start_state_comes_back_whole(void)
{
	struct trace_reader *r = open_file();
	struct trace_state want = make_state();
	const struct trace_state *s = trace_reader_state(r, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL_FATAL(s->nfree, want.nfree);
	CU_ASSERT_EQUAL_FATAL(s->nused, want.nused);
	CU_ASSERT_EQUAL_FATAL(s->npcp, want.npcp);
	CU_ASSERT_EQUAL_FATAL(s->nblocks, want.nblocks);
	CU_ASSERT(!s->ordered);
	for (unsigned i = 0; i < want.nfree; i++)
		CU_ASSERT(s->free[i].pfn == want.free[i].pfn &&
			  s->free[i].order == want.free[i].order &&
			  s->free[i].type == want.free[i].type);
	for (unsigned i = 0; i < want.nused; i++)
		CU_ASSERT(s->used[i].pfn == want.used[i].pfn &&
			  s->used[i].order == want.used[i].order &&
			  s->used[i].use == want.used[i].use);
	for (unsigned i = 0; i < want.npcp; i++)
		CU_ASSERT(s->pcp[i].pfn == want.pcp[i].pfn &&
			  s->pcp[i].cpu == want.pcp[i].cpu &&
			  s->pcp[i].order == want.pcp[i].order &&
			  s->pcp[i].type == want.pcp[i].type);
	CU_ASSERT_EQUAL(memcmp(s->block_type, block_type, sizeof(block_type)), 0);
	CU_ASSERT_PTR_EQUAL(trace_reader_state(r, &err), s);
	trace_reader_close(r);
}

static void the_end_state_comes_back_whole(void)
{
	struct trace_reader *r = open_file();
	const struct trace_end *e = trace_reader_end(r, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL_FATAL(e->nzones, 2);
	CU_ASSERT_EQUAL(memcmp(e->start, zone_start, sizeof(zone_start)), 0);
	CU_ASSERT_EQUAL(memcmp(e->end, zone_end, sizeof(zone_end)), 0);
	trace_reader_close(r);
}

static void dictionaries_are_known_when_an_event_needs_them(void)
{
	struct trace_reader *r = open_file();
	struct trace_event e;

	CU_ASSERT_PTR_NULL(trace_reader_gfp(r, 0));
	CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 1);
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(r, 39), "GFP_KERNEL|__GFP_X39");
	CU_ASSERT_PTR_NULL(trace_reader_gfp(r, 40));
	CU_ASSERT_STRING_EQUAL(trace_reader_text(r, 1), "work begin");
	CU_ASSERT_EQUAL(trace_reader_task(r, 0)->pid, -1);
	CU_ASSERT_STRING_EQUAL(trace_reader_task(r, 0)->comm, "");
	CU_ASSERT_STRING_EQUAL(trace_reader_task(r, 3)->comm, "task-3");
	CU_ASSERT_PTR_NULL(trace_reader_task(r, SAMPLE_TASKS));
	trace_reader_close(r);
}

/* What a truth record holds, without the padding behind it. */
#define TRUTH_BYTES (offsetof(struct trace_truth, type) + 1)

/* All truth records, told apart from the sample's events in between. */
static void the_truth_stream_is_read_beside_the_events(void)
{
	struct trace_reader *r = open_file();
	struct sample s = start_sample();
	struct trace_truth got[100];
	struct trace_event events[100];
	uint64_t told = 0;
	long n = 0, at = 0;

	CU_ASSERT_EQUAL(trace_reader_next(r, events, 100, &err), 100);
	for (uint64_t i = 0; i < EVENTS; i++) {
		sample_event(&s);
		for (; told < TRUTHS && told * EVENTS <= i * TRUTHS; told++, at++) {
			struct trace_truth t = sample_truth(&s, told);

			if (at == n) {
				n = trace_reader_next_truth(r, got, 100, &err);
				at = 0;
			}
			CU_ASSERT_FATAL(n > 0);
			CU_ASSERT_EQUAL_FATAL(memcmp(&got[at], &t, TRUTH_BYTES), 0);
		}
	}
	CU_ASSERT_EQUAL(trace_reader_next_truth(r, got, 100, &err), 0);
	CU_ASSERT_EQUAL(trace_reader_next(r, events, 100, &err), 100);
	CU_ASSERT(events[0].time > 0);
	trace_reader_close(r);
}

static void seeking_by_number_stops_exactly_there(void)
{
	static const uint64_t places[] = { 150000, 0, 65535, 65536, 65537, EVENTS - 1, 3 };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct trace_reader *r = open_file();
		struct sample s = start_sample();
		struct trace_event e, want = { 0 };
		uint64_t told = 0;

		for (uint64_t n = 0; n <= places[i]; n++) {
			want = kept(sample_event(&s));
			for (; n < places[i] && told < TRUTHS && told * EVENTS <= n * TRUTHS;
			     told++)
				sample_truth(&s, told);
		}
		CU_ASSERT(trace_reader_seek_event(r, places[i], &err));
		CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 1);
		CU_ASSERT_EQUAL(memcmp(&e, &want, sizeof(e)), 0);
		trace_reader_close(r);
	}
}

static void seeking_by_time_stops_at_the_first_event_not_earlier(void)
{
	struct trace_reader *r = open_file(), *all = open_file();
	struct trace_event *e = malloc(EVENTS * sizeof(*e)), got;

	CU_ASSERT_EQUAL(trace_reader_next(all, e, EVENTS, &err), EVENTS);
	for (uint64_t i = 0; i < EVENTS; i += 7919) {
		uint64_t first = i;

		while (first && e[first - 1].time == e[i].time)
			first--;
		CU_ASSERT(trace_reader_seek_time(r, e[i].time, &err));
		CU_ASSERT_EQUAL(trace_reader_next(r, &got, 1, &err), 1);
		CU_ASSERT_EQUAL(memcmp(&got, &e[first], sizeof(got)), 0);
	}
	CU_ASSERT(trace_reader_seek_time(r, e[EVENTS - 1].time + 1, &err));
	CU_ASSERT_EQUAL(trace_reader_next(r, &got, 1, &err), 0);
	CU_ASSERT(trace_reader_seek_event(r, EVENTS + 5, &err));
	CU_ASSERT_EQUAL(trace_reader_next(r, &got, 1, &err), 0);
	CU_ASSERT(trace_reader_seek_event(r, 1, &err));
	CU_ASSERT_EQUAL(trace_reader_next(r, &got, 1, &err), 1);
	free(e);
	trace_reader_close(all);
	trace_reader_close(r);
}

/* Events 65530 to 65545 have the same time, and block 1 begins at 65536. */
static void seeking_by_time_finds_the_first_of_equal_times_in_the_block_before(void)
{
	struct trace_header h = sample_header();
	struct trace_event e = { .kind = TRACE_MARK,
				 .object = TRACE_NO_OBJECT,
				 .pfn = TRACE_NO_PFN };
	struct trace_writer *w;
	struct trace_reader *r;
	char other[64];

	sample_path(other, "ties");
	w = trace_writer_open(other, &h, 0, &err);
	CU_ASSERT_FATAL(w && sample_dictionaries(w, &err));
	for (uint32_t i = 0; i < 65546; i++) {
		e.time = i < 65530 ? 10 : 1000;
		e.value = i == 65530;
		CU_ASSERT_FATAL(trace_writer_events(w, &e, 1, &err));
	}
	CU_ASSERT_FATAL(trace_writer_close(w, false, &err));
	r = trace_reader_open(other, &err);
	CU_ASSERT_FATAL(r && trace_reader_seek_time(r, 1000, &err));
	CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 1);
	CU_ASSERT_EQUAL(e.time, 1000);
	CU_ASSERT_EQUAL(e.value, 1);
	trace_reader_close(r);
	unlink(other);
}

/* The reader's standard input is what the command prints. */
static FILE *pipe_from(const char *command)
{
	FILE *p = popen(command, "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	dup2(fileno(p), STDIN_FILENO);
	return p;
}

static void a_pipe_is_read_in_the_order_of_the_file(void)
{
	struct sample s = start_sample();
	struct trace_reader *r;
	struct trace_totals t;
	struct trace_truth truth;
	char command[100];
	int in = dup(STDIN_FILENO);
	FILE *p;

	snprintf(command, sizeof(command), "cat %s", path);
	p = pipe_from(command);
	r = trace_reader_open("-", &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT(!trace_reader_totals(r, &t, &err));
	CU_ASSERT(strstr(err.text, "standard input") != NULL);
	CU_ASSERT_PTR_NOT_NULL(trace_reader_state(r, &err));
	CU_ASSERT(same_events(r, &s, EVENTS, 1000, true));
	CU_ASSERT_EQUAL(trace_reader_next_truth(r, &truth, 1, &err), -1);
	CU_ASSERT_EQUAL(trace_reader_next(r, (struct trace_event[1]){ { 0 } }, 1, &err), 0);
	CU_ASSERT(trace_reader_totals(r, &t, &err));
	CU_ASSERT_EQUAL(t.events, EVENTS);
	CU_ASSERT_PTR_NOT_NULL(trace_reader_end(r, &err));
	CU_ASSERT_PTR_NOT_NULL(trace_reader_report(r, &err));
	CU_ASSERT(!trace_reader_seek_event(r, 0, &err));
	trace_reader_close(r);
	dup2(in, STDIN_FILENO);
	close(in);
	pclose(p);
}

static void the_digest_does_not_depend_on_the_compression_level(void)
{
	struct trace_state state = make_state();
	struct trace_end end = make_end();
	char other[64], a[33], b[33];

	sample_path(other, "level");
	CU_ASSERT(sample_write(other, 1, EVENTS, TRUTHS, &state, &end, 9, &err));
	CU_ASSERT(trace_reader_digest(path, a, &err));
	CU_ASSERT(trace_reader_digest(other, b, &err));
	CU_ASSERT_STRING_EQUAL(a, b);
	CU_ASSERT_EQUAL(strlen(a), 32);
	CU_ASSERT(sample_write(other, 2, EVENTS, TRUTHS, &state, &end, 9, &err));
	CU_ASSERT(trace_reader_digest(other, b, &err));
	CU_ASSERT_STRING_NOT_EQUAL(a, b);
	unlink(other);
}

static void zstd_itself_reads_the_file(void)
{
	char command[400];

	snprintf(command, sizeof(command),
		 "command -v zstd >/dev/null || exit 0; zstd -t -q %s && zstd -dcq %s | "
		 "head -c 15 | grep -q '{\"pgt\":\"header\"'",
		 path, path);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void a_trace_without_events_is_a_trace(void)
{
	struct trace_reader *r;
	struct trace_event e;
	struct trace_truth truth;
	struct trace_totals t;
	char other[64];

	sample_path(other, "empty");
	CU_ASSERT(sample_write(other, 1, 0, 0, NULL, NULL, 0, &err));
	r = trace_reader_open(other, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 0);
	CU_ASSERT_EQUAL(trace_reader_next_truth(r, &truth, 1, &err), 0);
	CU_ASSERT_PTR_NULL(trace_reader_state(r, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NULL(trace_reader_end(r, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT(trace_reader_totals(r, &t, &err));
	CU_ASSERT_EQUAL(t.events, 0);
	CU_ASSERT(trace_reader_seek_event(r, 0, &err));
	CU_ASSERT(trace_reader_seek_time(r, 0, &err));
	CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 0);
	trace_reader_close(r);
	unlink(other);
}

static CU_TestInfo tests[] = {
	{ "what was written is read again", what_was_written_is_read_again },
	{ "the header and the totals say what is in the file",
	  the_header_and_the_totals_say_what_is_in_the_file },
	{ "the start state comes back whole", the_start_state_comes_back_whole },
	{ "the end state comes back whole", the_end_state_comes_back_whole },
	{ "dictionaries are known when an event needs them",
	  dictionaries_are_known_when_an_event_needs_them },
	{ "the truth stream is read beside the events",
	  the_truth_stream_is_read_beside_the_events },
	{ "seeking by number stops exactly there", seeking_by_number_stops_exactly_there },
	{ "seeking by time stops at the first event not earlier",
	  seeking_by_time_stops_at_the_first_event_not_earlier },
	{ "seeking by time finds the first of equal times in the block before",
	  seeking_by_time_finds_the_first_of_equal_times_in_the_block_before },
	{ "a pipe is read in the order of the file", a_pipe_is_read_in_the_order_of_the_file },
	{ "the digest does not depend on the compression level",
	  the_digest_does_not_depend_on_the_compression_level },
	{ "zstd itself reads the file", zstd_itself_reads_the_file },
	{ "a trace without events is a trace", a_trace_without_events_is_a_trace },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_file", write_file, remove_file, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
