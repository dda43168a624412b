#include "tests/traces/trace_sample.h"
#include "tests/unit.h"

#define FRAMES 4096
#define OBJECTS 20000
#define EVENTS 6000

/* Memory, frame by frame: whose object + 1, 0 = free. The plainest thing that can be right. */
struct memory {
	uint32_t owner[FRAMES];
	uint64_t first[OBJECTS]; /* frame of each object */
	uint64_t next;
};

static char path[64], part[64];
static struct trace_error err;
static struct trace_totals totals;
static struct trace_event events[EVENTS];
static struct trace_state start;
static struct trace_used used[3] = { { 0, 6, TRACE_USE_PINNED },
				     { 64, 0, TRACE_USE_LRU | TRACE_USE_FILE },
				     { 80, 4, TRACE_USE_SLAB } };
static struct trace_free free_blocks[3] = { { 68, 2, 1 }, { 96, 5, 0xff }, { 128, 7, 1 } };
static struct trace_pcp pcp[1] = { { 65, 1, 0, 1 } };
static uint8_t types[FRAMES / TRACE_PAGEBLOCK] = { 0, 1, 1, 2, 1, 1, 1, 1 };
static struct memory memory;

/* ---- a trace ---------------------------------------------------------------------------- */

static void take(struct memory *m, uint64_t pfn, unsigned order, uint64_t object)
{
	for (uint64_t f = pfn; f < pfn + (UINT64_C(1) << order); f++) {
		CU_ASSERT_EQUAL(m->owner[f], 0);
		m->owner[f] = (uint32_t)object + 1;
	}
	m->first[object] = pfn;
}

static void boot(struct memory *m, const struct trace_state *s)
{
	uint64_t pinned = OBJECTS - 1;

	memset(m, 0, sizeof(*m));
	for (uint64_t f = 0; f < FRAMES; f++)
		m->owner[f] = OBJECTS;
	for (uint64_t i = 0; i < s->nfree; i++)
		memset(&m->owner[s->free[i].pfn], 0, sizeof(*m->owner) << s->free[i].order);
	for (uint64_t i = 0; i < s->npcp; i++)
		memset(&m->owner[s->pcp[i].pfn], 0, sizeof(*m->owner) << s->pcp[i].order);
	for (uint64_t i = 0; i < s->nused; i++) {
		memset(&m->owner[s->used[i].pfn], 0, sizeof(*m->owner) << s->used[i].order);
		take(m, s->used[i].pfn, s->used[i].order,
		     s->used[i].use & TRACE_USE_PINNED ? pinned : m->next++);
	}
}

/* What an event does; the frames that it frees must be its object's. */
static void step(struct memory *m, const struct trace_event *e)
{
	if (e->kind == TRACE_ALLOC) {
		CU_ASSERT_EQUAL(e->object, m->next);
		take(m, e->pfn, e->order, m->next++);
	}
	if (e->kind != TRACE_FREE)
		return;
	for (uint64_t i = 0; i < UINT64_C(1) << e->order; i++) {
		uint32_t *owner = &m->owner[m->first[e->object] + e->value + i];

		CU_ASSERT_EQUAL(*owner, e->object + 1);
		*owner = 0;
	}
}

static bool all_owned_by(const struct memory *m, uint64_t pfn, unsigned order, uint32_t whose)
{
	for (uint64_t f = pfn; f < pfn + (UINT64_C(1) << order); f++)
		if (f >= FRAMES || m->owner[f] != whose)
			return false;
	return true;
}

static struct trace_event next_event(struct sample *s)
{
	struct trace_event e = { .object = TRACE_NO_OBJECT,
				 .pfn = TRACE_NO_PFN,
				 .node = TRACE_NODE_LOCAL };
	unsigned order = sample_random(s) % 3 ? 0 : (unsigned)(sample_random(s) % 4);
	uint64_t pfn = sample_random(s) % FRAMES >> order << order;

	s->time += sample_random(s) % 3;
	e.time = s->time;
	e.cpu = (uint16_t)(sample_random(s) % 4);
	e.task = (uint32_t)(sample_random(s) % 5);
	if (all_owned_by(&memory, pfn, order, 0)) {
		e.kind = TRACE_ALLOC;
		e.object = memory.next;
		e.pfn = pfn;
	} else if (memory.owner[pfn] && memory.owner[pfn] < OBJECTS &&
		   all_owned_by(&memory, pfn, order, memory.owner[pfn])) {
		e.kind = TRACE_FREE;
		e.object = memory.owner[pfn] - 1;
		e.value = (uint32_t)(pfn - memory.first[e.object]);
	} else {
		e.kind = TRACE_MARK;
		return e;
	}
	e.order = (uint8_t)order;
	return e;
}

/* Frames 256 on are free, too. */
static void make_events(void)
{
	static struct trace_free more[16];
	struct sample s = { .seed = 7 };
	unsigned n = 0;

	for (unsigned i = 0; i < 3; i++)
		more[n++] = free_blocks[i];
	more[n++] = (struct trace_free){ 256, 8, 1 };
	more[n++] = (struct trace_free){ 512, 9, 1 };
	for (uint64_t pfn = 1024; pfn < FRAMES; pfn += 1024)
		more[n++] = (struct trace_free){ pfn, 10, 1 };
	start = (struct trace_state){ .free = more,
				      .nfree = n,
				      .used = used,
				      .nused = 3,
				      .pcp = pcp,
				      .npcp = 1,
				      .block_type = types,
				      .nblocks = ARRAY_SIZE(types) };
	boot(&memory, &start);
	for (unsigned i = 0; i < EVENTS; i++) {
		events[i] = next_event(&s);
		step(&memory, &events[i]);
	}
}

static bool write_trace(bool with_state, bool with_frames)
{
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);
	bool ok;

	if (!memory.next)
		make_events();
	ok = w && (!with_state || trace_writer_state(w, &start, &err)) &&
	     sample_dictionaries(w, &err);

	for (unsigned i = 0; ok && i < EVENTS; i++) {
		struct trace_event e = events[i];

		if (!with_frames)
			e.pfn = TRACE_NO_PFN;
		ok = trace_writer_events(w, &e, 1, &err);
		if (ok && i % 10 == 0) {
			struct trace_truth t = { .time = e.time, .pfn = i };

			ok = trace_writer_truth(w, &t, 1, &err);
		}
	}
	return w && trace_writer_close(w, !ok, &err) && ok;
}

static int name_files(void)
{
	sample_path(path, "cut");
	sample_path(part, "part");
	return 0;
}

static int drop(void)
{
	unlink(part);
	return unlink(path);
}

static struct trace_cut_options all_of_it(void)
{
	return (struct trace_cut_options){ .output = part,
					   .to_time = UINT64_MAX,
					   .last = UINT64_MAX };
}

static bool cut(uint64_t first, uint64_t last, struct trace_cut_report *report)
{
	struct trace_cut_options o = all_of_it();

	o.first = first;
	o.last = last;
	return trace_cut(path, &o, report, &err) && trace_check(part, NULL, &totals, &err);
}

/* ---- parts with a start state ------------------------------------------------------------ */

static void same_frames_are_free(const struct memory *a, const struct memory *b)
{
	unsigned different = 0;

	for (unsigned f = 0; f < FRAMES; f++)
		different += !a->owner[f] != !b->owner[f];
	CU_ASSERT_EQUAL(different, 0);
}

/* The part, replayed on its own start state, has the same memory at both ends. */
static void compare(uint64_t first, uint64_t last)
{
	static struct memory whole, alone;
	struct trace_reader *r = trace_reader_open(part, &err);
	const struct trace_state *s = trace_reader_state(r, &err);
	struct trace_event e;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	boot(&whole, &start);
	for (uint64_t i = 0; i < first; i++)
		step(&whole, &events[i]);
	boot(&alone, s);
	same_frames_are_free(&whole, &alone);
	for (uint64_t i = first; i < last; i++) {
		step(&whole, &events[i]);
		CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, &e, 1, &err), 1);
		CU_ASSERT(e.kind == events[i].kind && e.time == events[i].time &&
			  e.order == events[i].order && e.cpu == events[i].cpu);
		step(&alone, &e);
	}
	CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 0);
	same_frames_are_free(&whole, &alone);
	trace_reader_close(r);
}

static void a_part_begins_with_the_memory_that_the_whole_had_there(void)
{
	static const uint64_t at[][2] = { { 0, 100 },    { 1, 2 },       { 10, 500 },
					  { 500, 4000 }, { 4000, 4001 }, { 3000, EVENTS } };
	struct trace_cut_report report;

	CU_ASSERT_FATAL(write_trace(true, true));
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		CU_ASSERT_FATAL(cut(at[i][0], at[i][1], &report));
		CU_ASSERT(report.state && report.put_in == 0);
		CU_ASSERT_EQUAL(report.events, at[i][1] - at[i][0]);
		compare(at[i][0], at[i][1]);
	}
}

static void what_the_start_state_told_of_objects_stays_with_them(void)
{
	struct trace_cut_report report;
	struct trace_reader *r;
	const struct trace_state *s;

	CU_ASSERT_FATAL(write_trace(true, true));
	CU_ASSERT_FATAL(cut(1, EVENTS, &report));
	r = trace_reader_open(part, &err);
	s = trace_reader_state(r, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT(s->used[0].use == TRACE_USE_PINNED && s->used[0].order == 6);
	CU_ASSERT(s->used[1].pfn == 64 && s->used[1].use == used[1].use);
	CU_ASSERT_EQUAL(s->nblocks, start.nblocks);
	CU_ASSERT_EQUAL(memcmp(s->block_type, types, sizeof(types)), 0);
	trace_reader_close(r);
}

static void a_state_that_contradicts_the_frames_of_events_is_refused(void)
{
	struct trace_cut_report report;
	uint64_t was;
	unsigned i = 0;

	CU_ASSERT_FATAL(write_trace(true, true));
	while (events[i].kind != TRACE_ALLOC || events[i].order)
		i++;
	was = events[i].pfn;
	events[i].pfn = 3; /* pinned */
	CU_ASSERT_FATAL(write_trace(true, true));
	events[i].pfn = was;
	unlink(part);
	CU_ASSERT_FALSE(cut(i + 1, EVENTS, &report));
	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "frame 3 is in use twice"));
	CU_ASSERT_NOT_EQUAL(access(part, F_OK), 0);
}

static void truth_is_cut_where_the_events_are(void)
{
	struct trace_cut_report report;
	uint64_t n = 0;

	CU_ASSERT_FATAL(write_trace(true, true));
	CU_ASSERT_FATAL(cut(0, 2000, &report));
	n += totals.truths;
	CU_ASSERT_FATAL(cut(2000, 4000, &report));
	CU_ASSERT(totals.truths > 190 && totals.truths < 210);
	n += totals.truths;
	CU_ASSERT_FATAL(cut(4000, UINT64_MAX, &report));
	CU_ASSERT_EQUAL(n + totals.truths, EVENTS / 10);
}

/* ---- parts without ----------------------------------------------------------------------- */

struct counts {
	uint64_t pages, put_in;
};

static struct counts replay(void)
{
	struct counts c = { 0, 0 };
	struct trace_reader *r = trace_reader_open(part, &err);
	struct trace_event e;

	while (trace_reader_next(r, &e, 1, &err) > 0) {
		uint64_t pages = UINT64_C(1) << e.order;

		c.put_in += (e.flags & TRACE_UNSCORED) != 0;
		c.pages += e.kind == TRACE_ALLOC ? pages : 0;
		c.pages -= e.kind == TRACE_FREE ? pages : 0;
	}
	trace_reader_close(r);
	return c;
}

static uint64_t pages_of(const struct memory *m)
{
	uint64_t n = 0;

	for (unsigned f = 0; f < FRAMES; f++)
		n += m->owner[f] && m->owner[f] < OBJECTS;
	return n;
}

static void without_frames_what_is_live_is_allocated_at_the_beginning(void)
{
	struct trace_cut_report report;
	struct counts c;

	CU_ASSERT_FATAL(write_trace(true, false));
	CU_ASSERT_FATAL(cut(3000, UINT64_MAX, &report));
	CU_ASSERT(report.state && report.put_in >= report.live - 2);
	c = replay();
	CU_ASSERT_EQUAL(c.put_in, report.put_in);
	/* 17 pages are objects of the start state. */
	CU_ASSERT_EQUAL(c.pages + 17, pages_of(&memory));
}

/* A trace of its own: no start state, objects 0 to 3 of tasks 0 and 1. */
static bool write_two_tasks(void)
{
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);
	const struct trace_event e[] = {
		{ .time = 1,
		  .kind = TRACE_SYSCTL,
		  .object = TRACE_NO_OBJECT,
		  .pfn = TRACE_NO_PFN },
		{ .time = 2, .task = 1, .order = 2, .object = 0, .pfn = TRACE_NO_PFN },
		{ .time = 3, .task = 2, .cpu = 5, .object = 1, .pfn = TRACE_NO_PFN },
		{ .time = 4,
		  .task = 2,
		  .kind = TRACE_FREE,
		  .value = 1,
		  .object = 0,
		  .pfn = TRACE_NO_PFN },
		{ .time = 5,
		  .task = 1,
		  .kind = TRACE_LRU_ADD,
		  .value = 3,
		  .object = 0,
		  .pfn = TRACE_NO_PFN },
		{ .time = 6,
		  .kind = TRACE_MARK,
		  .value = 1,
		  .object = TRACE_NO_OBJECT,
		  .pfn = TRACE_NO_PFN },
		{ .time = 7, .task = 1, .object = 2, .pfn = TRACE_NO_PFN },
		{ .time = 8, .task = 1, .kind = TRACE_FREE, .object = 1, .pfn = TRACE_NO_PFN },
		{ .time = 9,
		  .task = 2,
		  .kind = TRACE_FREE,
		  .order = 1,
		  .value = 2,
		  .object = 0,
		  .pfn = TRACE_NO_PFN },
		{ .time = 10, .task = 2, .cpu = 5, .object = 3, .pfn = TRACE_NO_PFN },
	};
	bool ok = w && sample_dictionaries(w, &err) &&
		  trace_writer_events(w, e, ARRAY_SIZE(e), &err);

	return w && trace_writer_close(w, !ok, &err) && ok;
}

/* The part's events as "kind:object.value@time", the kinds as numbers. */
static void part_is(const char *want)
{
	struct trace_reader *r = trace_reader_open(part, &err);
	char got[400] = "", *at = got;
	struct trace_event e;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	while (trace_reader_next(r, &e, 1, &err) > 0)
		at += snprintf(at, (size_t)(got + sizeof(got) - at), "%u:%d.%u@%llu ", e.kind,
			       (int)e.object, e.value, (unsigned long long)e.time);
	CU_ASSERT_STRING_EQUAL(got, want);
	trace_reader_close(r);
}

static void settings_lists_and_freed_parts_are_put_in_where_a_part_begins(void)
{
	struct trace_cut_report report;

	CU_ASSERT_FATAL(write_two_tasks());
	CU_ASSERT_FATAL(cut(5, UINT64_MAX, &report));
	part_is("8:-1.0@6 0:0.0@6 3:0.3@6 2:0.1@6 0:1.0@6 9:-1.1@6 0:2.0@7 2:1.0@8 2:0.2@9 "
		"0:3.0@10 ");
	CU_ASSERT_EQUAL(report.put_in, 5);
	CU_ASSERT_EQUAL(report.live, 2);
}

static struct trace_event setting(uint64_t time, uint32_t text)
{
	return (struct trace_event){ .time = time,
				     .kind = TRACE_SYSCTL,
				     .value = text,
				     .object = TRACE_NO_OBJECT,
				     .pfn = TRACE_NO_PFN };
}

static struct trace_event range(uint64_t time, enum trace_kind kind, uint64_t pfn,
				uint32_t pageblocks)
{
	return (struct trace_event){ .time = time,
				     .kind = (uint8_t)kind,
				     .value = pageblocks,
				     .cpu = 7,
				     .task = 3,
				     .object = TRACE_NO_OBJECT,
				     .pfn = pfn };
}

/* More than lists begin with, which have 16 places. */
#define RANGES 20

/* Texts 0 and 2 set the same, 3 another, 4 one whose name begins as theirs. */
static bool write_settings(void)
{
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);
	struct trace_event e[RANGES + 9];
	unsigned n = 0;
	uint32_t text = 0;
	bool ok = w && sample_dictionaries(w, &err) &&
		  trace_writer_text(w, "vm.min_free_kbytes=22", &text, &err) &&
		  trace_writer_text(w, "vm.swappiness=1", &text, &err) &&
		  trace_writer_text(w, "vm.min_free_kbytes_of_nobody=3", &text, &err);

	CU_ASSERT_EQUAL(text, 4);
	e[n++] = setting(1, 0);
	e[n++] = setting(2, 3);
	e[n++] = setting(3, 2);
	e[n++] = setting(4, 4);
	for (unsigned i = 0; i < RANGES; i++)
		e[n++] = range(5, TRACE_ISOLATE, 4096 + 1024ull * i, 1);
	for (unsigned i = 3; i < RANGES; i++) /* 0 to 2 stay */
		e[n - RANGES + i] = range(5, TRACE_ISOLATE, 4096 + 1024ull * i, 2);
	e[n++] = range(6, TRACE_UNISOLATE, 4096, 2); /* nobody's: of another length */
	e[n++] = range(6, TRACE_UNISOLATE, 4096 + 1024, 1);
	e[n++] = range(6, TRACE_UNISOLATE, 4096 + 1024 * 19, 2);
	e[n++] = setting(9, 0);
	e[n++] = setting(10, 0);
	ok = ok && trace_writer_events(w, e, n, &err);
	return w && trace_writer_close(w, !ok, &err) && ok;
}

static void the_last_value_of_each_setting_and_what_is_isolated_then_are_put_in(void)
{
	static const char *const settings[] = { "vm.swappiness=1", "vm.min_free_kbytes=22",
						"vm.min_free_kbytes_of_nobody=3" };
	struct trace_cut_report report;
	struct trace_reader *r;
	struct trace_event e;

	CU_ASSERT_FATAL(write_settings());
	CU_ASSERT_FATAL(cut(4 + RANGES + 3, UINT64_MAX, &report));
	CU_ASSERT_EQUAL(report.put_in, ARRAY_SIZE(settings) + RANGES - 2);
	r = trace_reader_open(part, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, &e, 1, &err), 1);
		CU_ASSERT(e.kind == TRACE_SYSCTL && e.time == 9);
		CU_ASSERT_STRING_EQUAL(trace_reader_text(r, e.value), settings[i]);
	}
	for (unsigned i = 0; i < RANGES - 1; i++) {
		if (i == 1)
			continue;
		CU_ASSERT_EQUAL_FATAL(trace_reader_next(r, &e, 1, &err), 1);
		CU_ASSERT(e.kind == TRACE_ISOLATE && e.time == 9 && e.cpu == 7);
		CU_ASSERT_EQUAL(e.pfn, 4096 + 1024ull * i);
		CU_ASSERT_EQUAL(e.value, i < 3 ? 1u : 2u);
	}
	CU_ASSERT_EQUAL(trace_reader_next(r, &e, 1, &err), 1);
	CU_ASSERT(e.kind == TRACE_SYSCTL && e.time == 9);
	trace_reader_close(r);
}

static void frees_belong_to_the_object_and_others_allocations_are_left_out(void)
{
	static const int32_t pid[] = { 0 }; /* of task 1 */
	static const struct trace_span cpu5[] = { { 5, 6 } };
	struct trace_cut_options o = all_of_it();
	struct trace_cut_report report;

	CU_ASSERT_FATAL(write_two_tasks());
	o.pids = pid;
	o.npids = 1;
	CU_ASSERT_FATAL(trace_cut(path, &o, &report, &err));
	CU_ASSERT(trace_check(part, NULL, &totals, &err));
	part_is("8:-1.0@1 0:0.0@2 2:0.1@4 3:0.3@5 9:-1.1@6 0:1.0@7 2:0.2@9 ");
	CU_ASSERT(report.unselected == 2 && report.objectless == 1);
	o.npids = 0;
	o.cpus = cpu5;
	o.ncpus = 1;
	o.from_time = 4;
	CU_ASSERT_FATAL(trace_cut(path, &o, &report, &err));
	CU_ASSERT(trace_check(part, NULL, &totals, &err));
	part_is("8:-1.0@4 0:0.0@4 9:-1.1@6 2:0.0@8 0:1.0@10 ");
}

static void a_part_without_events_is_refused_and_nothing_is_left(void)
{
	static const int32_t nobody[] = { 77 };
	struct trace_cut_options o = all_of_it();
	struct trace_cut_report report;

	CU_ASSERT_FATAL(write_two_tasks());
	unlink(part);
	CU_ASSERT_FALSE(cut(10, 20, &report));
	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no event in the part"));
	o.pids = nobody;
	o.npids = 1;
	CU_ASSERT_FALSE(trace_cut(path, &o, &report, &err));
	CU_ASSERT_FALSE(trace_cut("/nowhere.pgt", &o, &report, &err));
	CU_ASSERT_NOT_EQUAL(access(part, F_OK), 0);
}

static CU_TestInfo tests[] = {
	{ "a part begins with the memory that the whole had there",
	  a_part_begins_with_the_memory_that_the_whole_had_there },
	{ "what the start state told of objects stays with them",
	  what_the_start_state_told_of_objects_stays_with_them },
	{ "a state that contradicts the frames of events is refused",
	  a_state_that_contradicts_the_frames_of_events_is_refused },
	{ "truth is cut where the events are", truth_is_cut_where_the_events_are },
	{ "without frames what is live is allocated at the beginning",
	  without_frames_what_is_live_is_allocated_at_the_beginning },
	{ "settings, lists and freed parts are put in where a part begins",
	  settings_lists_and_freed_parts_are_put_in_where_a_part_begins },
	{ "the last value of each setting and what is isolated then are put in",
	  the_last_value_of_each_setting_and_what_is_isolated_then_are_put_in },
	{ "frees belong to the object, and others' allocations are left out",
	  frees_belong_to_the_object_and_others_allocations_are_left_out },
	{ "a part without events is refused and nothing is left",
	  a_part_without_events_is_refused_and_nothing_is_left },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_cut", name_files, drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
