/*
 * Ranges of page frames that a trace or a scenario isolates, on an allocator with no kernel in
 * it: pageblock 5 has something that cannot be moved away, and above 8 there is no memory.
 */
#include "tests/tools/replay_case.h"
#include "tests/tools/toy_policy.h"

#define REFUSES 5
#define PAGEBLOCKS 8
#define CALLS 32

struct blocks {
	struct toy toy;
	bool isolated[PAGEBLOCKS];
	unsigned ncalls;
	struct {
		uint64_t frame, date;
		unsigned cpu;
		bool on;
	} calls[CALLS];
};

struct outcome {
	bool ok;
	struct replay_error err;
	struct replay_counts counts;
	struct blocks blocks;
};

static struct outcome *out; /* shared with the child */
static struct replay_options options;
static struct toy_params params;
static struct mm_policy policy;

static enum mm_isolation isolate(void *mm, struct sim_cpu *cpu, uint64_t frame, bool on)
{
	struct blocks *b = mm;
	uint64_t block = frame / TRACE_PAGEBLOCK;

	sim_charge(cpu, 30);
	if (b->ncalls < CALLS) {
		b->calls[b->ncalls].frame = frame;
		b->calls[b->ncalls].date = cpu->now;
		b->calls[b->ncalls].cpu = cpu->id;
		b->calls[b->ncalls++].on = on;
	}
	if (block >= PAGEBLOCKS)
		return MM_ISOLATION_NOWHERE;
	if (b->isolated[block] == on || (on && block == REFUSES))
		return MM_ISOLATION_REFUSED;
	b->isolated[block] = on;
	return MM_ISOLATION_DONE;
}

static enum mm_isolation isolate_nothing(void *mm, struct sim_cpu *cpu, uint64_t frame, bool on)
{
	isolate(mm, cpu, frame, on);
	return MM_ISOLATION_UNKNOWN;
}

static void a_trace_to_write(void)
{
	out = child_shared(sizeof(*out));
	case_begin();
	policy = toy_policy;
	policy.isolate = isolate;
	options = (struct replay_options){ .pacing = REPLAY_CLOSED, .window = 1 << 20 };
}

static void drop(void)
{
	unlink(case_path);
	munmap(out, sizeof(*out));
}

static void replay(uint64_t mode)
{
	struct replay *r;

	options.policy = &policy;
	options.mm = &out->blocks;
	options.params = &params;
	options.engine = (enum sim_engine_mode)mode;
	r = case_replay(&options, &out->ok, &out->err);
	if (r)
		out->counts = *replay_counts(r);
	case_close(&options, r);
}

static void run_in(enum sim_engine_mode mode)
{
	memset(out, 0, sizeof(*out));
	child_run(replay, mode);
	CU_ASSERT_TRUE_FATAL(out->ok);
}

static void run(void)
{
	case_end();
	run_in(SIM_ENGINE_DISPATCH);
}

static void range(uint64_t time, enum trace_kind kind, uint64_t block, uint32_t pageblocks)
{
	case_event((struct trace_event){ .time = time,
					 .task = 1,
					 .cpu = 1,
					 .kind = (uint8_t)kind,
					 .object = TRACE_NO_OBJECT,
					 .pfn = block * TRACE_PAGEBLOCK,
					 .value = pageblocks });
}

static unsigned isolated(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PAGEBLOCKS; i++)
		n += out->blocks.isolated[i];
	return n;
}

static void an_event_isolates_all_pageblocks_of_its_range_at_its_date(void)
{
	range(1000, TRACE_ISOLATE, 1, 3);
	range(9000, TRACE_UNISOLATE, 2, 1);
	case_alloc(9010, 1, 1, 0);
	run();
	CU_ASSERT_EQUAL(isolated(), 2);
	CU_ASSERT(out->blocks.isolated[1] && out->blocks.isolated[3]);
	CU_ASSERT_EQUAL(out->blocks.ncalls, 4);
	CU_ASSERT_EQUAL(out->blocks.calls[2].frame, 3 * TRACE_PAGEBLOCK);
	CU_ASSERT_EQUAL(out->blocks.calls[2].date, 0);
	CU_ASSERT_EQUAL(out->blocks.calls[3].date, 8000);
	CU_ASSERT_EQUAL(out->blocks.calls[3].cpu, 1);
	CU_ASSERT_EQUAL(out->counts.isolated, 1);
	CU_ASSERT_EQUAL(out->counts.isolated_pageblocks, 3);
	CU_ASSERT_EQUAL(out->counts.unisolated, 1);
	CU_ASSERT_EQUAL(out->counts.events, 3);
	/* Its cycles are the task's: what follows comes later. */
	CU_ASSERT_EQUAL(out->blocks.toy.calls[0].date, 8000 + 30);
}

static void a_pageblock_that_refuses_takes_those_before_it_back(void)
{
	range(1000, TRACE_ISOLATE, 3, 4);
	run();
	CU_ASSERT_EQUAL(isolated(), 0);
	CU_ASSERT_EQUAL(out->counts.isolation_refused, 1);
	CU_ASSERT_EQUAL(out->counts.isolated, 0);
	CU_ASSERT_EQUAL(out->counts.isolated_pageblocks, 0);
	CU_ASSERT_EQUAL(out->counts.unisolated, 0);
	/* The sixth is never asked. */
	CU_ASSERT_EQUAL(out->blocks.ncalls, 5);
}

static void what_is_isolated_already_refuses_and_stays_isolated(void)
{
	range(1000, TRACE_ISOLATE, 2, 1);
	range(1001, TRACE_ISOLATE, 1, 2);
	run();
	CU_ASSERT(isolated() == 1 && out->blocks.isolated[2]);
	CU_ASSERT_EQUAL(out->counts.isolated, 1);
	CU_ASSERT_EQUAL(out->counts.isolation_refused, 1);
}

static void without_memory_there_is_nothing_to_do(void)
{
	range(1000, TRACE_ISOLATE, 7, 3); /* the last pageblock, and two behind memory */
	range(1001, TRACE_ISOLATE, 100, 1);
	range(1002, TRACE_UNISOLATE, 1, 1); /* nobody isolated it */
	run();
	CU_ASSERT_EQUAL(out->counts.isolated, 1);
	CU_ASSERT_EQUAL(out->counts.isolated_pageblocks, 1);
	CU_ASSERT_EQUAL(out->counts.isolation_empty, 2);
	CU_ASSERT_EQUAL(out->counts.unisolated, 0);
}

static void a_kernel_without_isolation_is_told(void)
{
	range(1000, TRACE_ISOLATE, 1, 3);
	range(1001, TRACE_UNISOLATE, 1, 3);
	run();
	CU_ASSERT_EQUAL(out->counts.isolation_unknown, 0);
	policy.isolate = NULL;
	run_in(SIM_ENGINE_DISPATCH);
	CU_ASSERT_EQUAL(out->counts.isolation_unknown, 2);
	CU_ASSERT_EQUAL(out->blocks.ncalls, 0);
	/* It has a way, but not on this machine. */
	policy.isolate = isolate_nothing;
	run_in(SIM_ENGINE_DISPATCH);
	CU_ASSERT_EQUAL(out->counts.isolation_unknown, 2);
	CU_ASSERT_EQUAL(out->counts.isolated + out->counts.unisolated, 0);
	CU_ASSERT_EQUAL(out->counts.isolation_empty, 0);
}

/* The third one's date is not reached. */
static const struct change changes[] = {
	{ 0, NULL, { 512, 2 }, 2, CHANGE_ISOLATE },
	{ 400, NULL, { 1024, 1 }, 2, CHANGE_UNISOLATE },
	{ 90000, NULL, { 4096, 1 }, 2, CHANGE_ISOLATE },
};

static void changes_of_a_scenario_come_at_their_dates_and_take_no_time(void)
{
	case_alloc(1000, 0, 0, 0);
	case_alloc(1350, 1, 0, 0); /* holds CPU 0 until 450 */
	case_alloc(1600, 1, 0, 0);
	options.changes = changes;
	options.nchanges = ARRAY_SIZE(changes);
	run();
	CU_ASSERT(isolated() == 1 && out->blocks.isolated[1]);
	CU_ASSERT_EQUAL(out->blocks.ncalls, 3);
	CU_ASSERT_EQUAL(out->blocks.calls[0].date, 0);
	CU_ASSERT_EQUAL(out->blocks.calls[2].date, 400);
	CU_ASSERT_EQUAL(out->blocks.toy.calls[0].date, 0);
	CU_ASSERT_EQUAL(out->blocks.toy.calls[2].date, 600);
	CU_ASSERT_EQUAL(out->counts.isolated, 1);
	CU_ASSERT_EQUAL(out->counts.unisolated, 1);
	CU_ASSERT_EQUAL(out->counts.changes_not_reached, 1);
	CU_ASSERT_EQUAL(out->counts.sysctl_applied, 0);
}

static void the_strict_engine_does_the_same(void)
{
	struct outcome first;

	options.changes = changes;
	options.nchanges = 2;
	for (unsigned i = 0; i < 8; i++) {
		range(1000 + 100 * i, i % 3 ? TRACE_ISOLATE : TRACE_UNISOLATE, i, 1 + i % 2);
		case_alloc(1010 + 100 * i, i % 2, 1, 0);
	}
	run();
	first = *out;
	run_in(SIM_ENGINE_STRICT);
	CU_ASSERT_EQUAL(memcmp(&first.blocks, &out->blocks, sizeof(first.blocks)), 0);
	CU_ASSERT_EQUAL(memcmp(&first.counts, &out->counts, sizeof(first.counts)), 0);
}

static CU_TestInfo tests[] = {
	{ "an event isolates all pageblocks of its range, at its date",
	  an_event_isolates_all_pageblocks_of_its_range_at_its_date },
	{ "a pageblock that refuses takes those before it back",
	  a_pageblock_that_refuses_takes_those_before_it_back },
	{ "what is isolated already refuses and stays isolated",
	  what_is_isolated_already_refuses_and_stays_isolated },
	{ "without memory there is nothing to do", without_memory_there_is_nothing_to_do },
	{ "a kernel without isolation is told", a_kernel_without_isolation_is_told },
	{ "changes of a scenario come at their dates and take no time",
	  changes_of_a_scenario_come_at_their_dates_and_take_no_time },
	{ "the strict engine does the same", the_strict_engine_does_the_same },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "replay_isolate", NULL, NULL, a_trace_to_write, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
