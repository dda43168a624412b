#include "tests/traces/trace_sample.h"
#include "tests/unit.h"

static char first[64], second[64], merged[64];
static struct trace_error err;
static struct trace_totals totals;
static struct trace_merge_place place[2];

static int name_files(void)
{
	sample_path(first, "merge-a");
	sample_path(second, "merge-b");
	sample_path(merged, "merged");
	return 0;
}

static int remove_files(void)
{
	unlink(first);
	unlink(second);
	unlink(merged);
	return 0;
}

static struct trace_header header(void)
{
	struct trace_header h = sample_header();

	h.cpus = 4;
	h.clock = TRACE_CLOCK_NS;
	h.clock_hz = 1000000000;
	return h;
}

/* Object 0 is of the start state; object 1 is allocated at `start` + 10 and freed at + 30. */
static bool write_one(const char *path, const struct trace_header *h, bool with_state,
		      uint64_t start, uint64_t pfn, int32_t pid)
{
	struct trace_used used[] = { { 1, 0, TRACE_USE_PINNED }, { 64, 1, TRACE_USE_LRU } };
	struct trace_free free_[] = { { 1024, 10, 1 }, { 98304, 10, 1 } };
	struct trace_pcp pcp[] = { { 70, 3, 0, 1 } };
	uint8_t types[] = { 0, 2, 1 };
	struct trace_state s = { 2, 2, 1, 3, free_, used, pcp, types, false };
	struct trace_writer *w = trace_writer_open(path, h, 0, &err);
	uint64_t own = with_state;
	struct trace_event e[] = {
		{ .time = start,
		  .kind = TRACE_MARK,
		  .object = TRACE_NO_OBJECT,
		  .pfn = TRACE_NO_PFN },
		{ .time = start + 10,
		  .cpu = 3,
		  .node = 1,
		  .order = 1,
		  .object = own,
		  .pfn = pfn },
		{ .time = start + 20,
		  .kind = TRACE_LRU_ADD,
		  .object = own,
		  .pfn = TRACE_NO_PFN },
		{ .time = start + 30,
		  .kind = TRACE_FREE,
		  .order = 1,
		  .object = own,
		  .pfn = TRACE_NO_PFN },
		{ .time = start + 40, .kind = TRACE_FREE, .order = 1, .pfn = TRACE_NO_PFN },
	};
	uint32_t index;
	uint16_t gfp;
	bool ok = w && (!with_state || trace_writer_state(w, &s, &err)) &&
		  trace_writer_gfp(w, pid % 2 ? "GFP_ATOMIC" : "GFP_KERNEL", &gfp, &err) &&
		  trace_writer_text(w, "here", &index, &err) &&
		  trace_writer_task(w, pid, "worker", &index, &err) &&
		  trace_writer_events(w, e, with_state ? 5 : 4, &err);

	return w && trace_writer_close(w, !ok, &err) && ok;
}

static bool merge(void)
{
	const char *const inputs[] = { first, second };
	const struct trace_merge_options o = { .inputs = inputs, .n = 2, .output = merged };

	return trace_merge(&o, place, &err) && trace_check(merged, NULL, &totals, &err);
}

/* "kind@time cpu pid object pfn", of each event. */
static void merged_is(const char *want)
{
	struct trace_reader *r = trace_reader_open(merged, &err);
	char got[600] = "", *at = got;
	struct trace_event e;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	while (trace_reader_next(r, &e, 1, &err) > 0)
		at += snprintf(at, (size_t)(got + sizeof(got) - at), "%u@%llu %u %d %d %d|",
			       e.kind, (unsigned long long)e.time, e.cpu,
			       trace_reader_task(r, e.task)->pid, (int)e.object, (int)e.pfn);
	CU_ASSERT_STRING_EQUAL(got, want);
	trace_reader_close(r);
}

static void machines_stand_side_by_side_and_begin_together(void)
{
	struct trace_header h = header();

	CU_ASSERT_FATAL(write_one(first, &h, true, 1000, 1024, 7));
	CU_ASSERT_FATAL(write_one(second, &h, true, 777005, 98306, 7));
	CU_ASSERT_FATAL(merge());
	merged_is("9@1000 0 7 -1 -1|9@1000 4 100007 -1 -1|0@1010 3 7 2 1024|"
		  "0@1010 7 100007 3 294914|3@1020 0 7 2 -1|3@1020 4 100007 3 -1|"
		  "2@1030 0 7 2 -1|2@1030 4 100007 3 -1|2@1040 0 7 0 -1|2@1040 4 100007 1 -1|");
	CU_ASSERT(place[1].frame_add == 196608 && place[1].pid_add == 100000);
	CU_ASSERT(place[1].first_cpu == 4 && place[1].first_node == 2);
	CU_ASSERT(place[0].events == 5 && place[1].events == 5);
}

static void one_machine_is_made_of_their_cpus_nodes_and_zones(void)
{
	struct trace_reader *r = trace_reader_open(merged, &err);
	const struct trace_header *h = trace_reader_header(r);

	CU_ASSERT_FATAL(h->cpus == 8 && h->nodes == 4 && h->nzones == 4);
	CU_ASSERT(h->cpu_node[3] == 1 && h->cpu_node[4] == 2 && h->cpu_node[7] == 3);
	CU_ASSERT(h->distance[1] == 21 && h->distance[2] == 21 && h->distance[2 * 4 + 2] == 10);
	CU_ASSERT(h->zones[2].nid == 2 && h->zones[2].start == 196609);
	/* What lies above 16 MiB and below 4 GiB is DMA32 on every machine. */
	CU_ASSERT_STRING_EQUAL(h->zones[3].name, "DMA32");
	CU_ASSERT(h->nholes == 2 && h->holes[1].start == 196613);
	CU_ASSERT_STRING_EQUAL(h->name, "sample");
	CU_ASSERT_PTR_NOT_NULL(strstr(trace_reader_report(r, &err), "100000"));
	trace_reader_close(r);
}

static void start_states_stand_side_by_side(void)
{
	struct trace_reader *r = trace_reader_open(merged, &err);
	const struct trace_state *s = trace_reader_state(r, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_FATAL(s->nused == 4 && s->nfree == 4 && s->npcp == 2);
	CU_ASSERT(s->used[2].pfn == 196609 && s->used[3].pfn == 196672);
	CU_ASSERT(s->free[2].pfn == 197632 && s->pcp[1].pfn == 196678 && s->pcp[1].cpu == 7);
	CU_ASSERT_FATAL(s->nblocks == 196608 / TRACE_PAGEBLOCK + 3);
	CU_ASSERT(s->block_type[1] == 2 && s->block_type[s->nblocks - 2] == 2);
	trace_reader_close(r);
}

/* 2 ticks a ns and 1 tick a ns become ns; both begin at 0. */
static void clocks_that_differ_become_nanoseconds(void)
{
	struct trace_header h = header();

	CU_ASSERT_FATAL(write_one(first, &h, false, 500, 3, 7));
	h.clock = TRACE_CLOCK_TSC;
	h.clock_hz = 2000000000;
	CU_ASSERT_FATAL(write_one(second, &h, false, 600, 4, 8));
	CU_ASSERT_FATAL(merge());
	merged_is("9@0 0 7 -1 -1|9@0 4 100008 -1 -1|0@5 7 100008 0 196612|0@10 3 7 1 3|"
		  "3@10 4 100008 0 -1|2@15 4 100008 0 -1|3@20 0 7 1 -1|2@30 0 7 1 -1|");
}

static void memory_whose_zones_are_not_known_has_no_frames(void)
{
	struct trace_header h = header();

	CU_ASSERT_FATAL(write_one(first, &h, false, 500, 3, 7));
	h.zones = NULL;
	h.nzones = 0;
	CU_ASSERT_FATAL(write_one(second, &h, false, 600, 4, 8));
	CU_ASSERT_FATAL(merge());
	merged_is("9@500 0 7 -1 -1|9@500 4 100008 -1 -1|0@510 3 7 0 -1|0@510 7 100008 1 -1|"
		  "3@520 0 7 0 -1|3@520 4 100008 1 -1|2@530 0 7 0 -1|2@530 4 100008 1 -1|");
}

static void is_refused(const char *why)
{
	unlink(merged);
	CU_ASSERT_FALSE(merge());
	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
	CU_ASSERT(strstr(err.text, second) == err.text && strstr(err.text, why) != NULL);
	CU_ASSERT_NOT_EQUAL(access(merged, F_OK), 0);
}

static void what_does_not_go_together_is_refused(void)
{
	struct trace_zone highmem = { .name = "HighMem", .end = 4096, .present = 4096 };
	struct trace_header h = header();

	CU_ASSERT_FATAL(write_one(first, &h, true, 500, 1024, 7));
	CU_ASSERT_FATAL(write_one(second, &h, false, 500, 1024, 7));
	is_refused("it has no start state");
	h.clock = TRACE_CLOCK_COUNTER;
	CU_ASSERT_FATAL(write_one(second, &h, true, 500, 1024, 7));
	is_refused("its clock only counts");
	h = header();
	h.page_size = 8192;
	CU_ASSERT_FATAL(write_one(second, &h, true, 500, 1024, 7));
	is_refused("pages have another size");
	h = header();
	h.zones = &highmem;
	h.nzones = 1;
	CU_ASSERT_FATAL(write_one(second, &h, true, 500, 1024, 7));
	is_refused("its zone HighMem");
	h.nzones = 0;
	CU_ASSERT_FATAL(write_one(second, &h, true, 500, 1024, 7));
	is_refused("does not tell its zones");
}

static CU_TestInfo tests[] = {
	{ "machines stand side by side and begin together",
	  machines_stand_side_by_side_and_begin_together },
	{ "one machine is made of their CPUs, nodes and zones",
	  one_machine_is_made_of_their_cpus_nodes_and_zones },
	{ "start states stand side by side", start_states_stand_side_by_side },
	{ "clocks that differ become nanoseconds", clocks_that_differ_become_nanoseconds },
	{ "memory whose zones are not known has no frames",
	  memory_whose_zones_are_not_known_has_no_frames },
	{ "what does not go together is refused", what_does_not_go_together_is_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_merge", name_files, remove_files, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
