#include <fcntl.h>

#include "tests/traces/trace_sample.h"
#include "tests/unit.h"
#include "traces/trace_bench.h"

#define MOST 4096

static struct trace_error err;
static char path[64];
static struct trace_event events[MOST];
static const uint16_t nodes_of_4[4] = { 0, 0, 1, 1 };

static int name_file(void)
{
	sample_path(path, "bench");
	return 0;
}

static int remove_file(void)
{
	unlink(path);
	return 0;
}

static struct trace_bench pairs(void)
{
	return (struct trace_bench){ .name = "test",
				     .comm = "tester",
				     .gfp = "GFP_KERNEL",
				     .hz = 2000000000,
				     .machine_cpus = 4,
				     .nodes = 2,
				     .cpu_node = nodes_of_4,
				     .cpus = 1,
				     .order = 3,
				     .blocks = 1,
				     .warm_up = 2,
				     .rounds = 5 };
}

/* Writes the trace, which must be right as trace_check() sees it, and reads it into events[].
 */
static long made(const struct trace_bench *b)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct trace_reader *r;
	struct trace_totals t;
	long n = 0, got;
	bool ok = trace_bench_write(b, fd, &err);

	if (!ok)
		fprintf(stderr, "\n%s\n", err.text);
	CU_ASSERT_TRUE_FATAL(ok);
	CU_ASSERT_EQUAL(close(fd), 0); /* is still open */
	CU_ASSERT_TRUE(trace_check(path, NULL, &t, &err));
	CU_ASSERT_EQUAL(t.events, trace_bench_events(b));
	CU_ASSERT_TRUE_FATAL(t.events <= MOST);
	r = trace_reader_open(path, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	while ((got = trace_reader_next(r, events + n, (size_t)(MOST - n), &err)) > 0)
		n += got;
	trace_reader_close(r);
	CU_ASSERT_EQUAL((uint64_t)n, t.events);
	return n;
}

static void a_pair_is_an_allocation_and_the_free_of_its_block(void)
{
	struct trace_bench b = pairs();
	long n = made(&b);

	CU_ASSERT_EQUAL_FATAL(n, 14);
	for (long i = 0; i < n; i++) {
		CU_ASSERT_EQUAL(events[i].kind, i % 2 ? TRACE_FREE : TRACE_ALLOC);
		CU_ASSERT_EQUAL(events[i].object, (uint64_t)i / 2);
		CU_ASSERT_EQUAL(events[i].order, 3);
		CU_ASSERT_EQUAL(events[i].cpu, 0);
		CU_ASSERT_EQUAL(events[i].time, 0);
	}
}

static void rounds_before_and_behind_are_not_scored(void)
{
	struct trace_bench b = pairs();

	b.cool_down = 1;
	CU_ASSERT_EQUAL_FATAL(made(&b), 16);
	for (long i = 0; i < 16; i++)
		CU_ASSERT_EQUAL((events[i].flags & TRACE_UNSCORED) != 0, i < 4 || i >= 14);
}

static void a_batch_is_freed_in_the_order_it_was_allocated(void)
{
	struct trace_bench b = pairs();

	b.blocks = 7;
	b.rounds = 3;
	b.warm_up = 0;
	CU_ASSERT_EQUAL_FATAL(made(&b), 42);
	for (long i = 0; i < 42; i++) {
		long round = i / 14, at = i % 14;

		CU_ASSERT_EQUAL(events[i].kind, at < 7 ? TRACE_ALLOC : TRACE_FREE);
		CU_ASSERT_EQUAL(events[i].object, (uint64_t)(round * 7 + at % 7));
	}
}

/* Pauses stand behind their operations; the operations themselves take no time. */
static void time_is_pauses_alone(void)
{
	struct trace_bench b = pairs();
	uint64_t time = 0;

	b.blocks = 2;
	b.alloc_pause = 100;
	b.free_pause = 7;
	made(&b);
	for (long i = 0; i < 4 * 7; i++) {
		CU_ASSERT_EQUAL(events[i].time, time);
		time += i % 4 < 2 ? 100 : 7;
	}
}

static void without_pauses_cpus_take_turns(void)
{
	struct trace_bench b = pairs();

	b.cpus = 3;
	CU_ASSERT_EQUAL_FATAL(made(&b), 42);
	for (long i = 0; i < 42; i++) {
		CU_ASSERT_EQUAL(events[i].cpu, i % 3);
		CU_ASSERT_EQUAL(events[i].task, (uint32_t)(i % 3));
	}
}

static void staggered_tasks_begin_one_after_the_other_within_a_round(void)
{
	struct trace_bench b = pairs();
	uint64_t first[4] = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	long n;

	b.cpus = 4;
	b.blocks = 10;
	b.alloc_pause = 90;
	b.free_pause = 10;
	b.staggered = true;
	n = made(&b);
	for (long i = n - 1; i >= 0; i--)
		first[events[i].cpu] = events[i].time;
	for (unsigned c = 0; c < 4; c++)
		CU_ASSERT_EQUAL(first[c], 250 * c);
}

/* Every object is freed once, by who allocated it, but for those that keep blocks apart. */
static void blocks_that_stay_keep_the_others_apart(void)
{
	struct trace_bench b = pairs();
	bool live[MOST] = { false };
	unsigned left = 0;
	uint16_t owner[MOST];
	long n;

	b.cpus = 3;
	b.apart = 5;
	b.blocks = 4;
	n = made(&b);
	for (long i = 0; i < n; i++) {
		uint64_t o = events[i].object;

		if (events[i].kind == TRACE_ALLOC) {
			owner[o] = events[i].cpu;
			live[o] = true;
			left++;
			continue;
		}
		CU_ASSERT_TRUE(live[o] && owner[o] == events[i].cpu);
		live[o] = false;
		left--;
	}
	CU_ASSERT_EQUAL(left, 3 * 5);
	/* Of each task's first ten the first, third, ... come back. */
	for (uint64_t o = 0; o < 30; o++)
		CU_ASSERT_EQUAL(live[o], o / 3 % 2);
	for (long i = 0; i < 3 * 15; i++)
		CU_ASSERT_TRUE(events[i].flags & TRACE_UNSCORED);
}

static void the_header_tells_the_machine_and_the_clock(void)
{
	struct trace_bench b = pairs();
	struct trace_reader *r;
	const struct trace_header *h;

	made(&b);
	r = trace_reader_open(path, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	h = trace_reader_header(r);
	CU_ASSERT_EQUAL(h->clock_hz, 2000000000);
	CU_ASSERT_EQUAL(h->cpus, 4);
	CU_ASSERT_EQUAL(h->nodes, 2);
	CU_ASSERT_EQUAL(h->cpu_node[3], 1);
	CU_ASSERT_TRUE(h->synthetic);
	CU_ASSERT_STRING_EQUAL(h->name, "test");
	trace_reader_close(r);
}

static void numbers_of_events_do_not_wrap(void)
{
	struct trace_bench b = pairs();

	b.cpus = 1024;
	b.blocks = UINT32_C(1) << 24;
	b.rounds = 1000000000;
	CU_ASSERT_EQUAL(trace_bench_events(&b), UINT64_MAX);
	b.blocks = 1;
	b.rounds = UINT64_MAX;
	CU_ASSERT_EQUAL(trace_bench_events(&b), UINT64_MAX);
}

static void a_file_that_cannot_be_written_is_told(void)
{
	struct trace_bench b = pairs();
	int fd = open("/dev/full", O_WRONLY);

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_FALSE(trace_bench_write(&b, fd, &err));
	CU_ASSERT_EQUAL(err.kind, TRACE_SYSTEM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "the workload's trace"));
	close(fd);
	CU_ASSERT_FALSE(trace_bench_write(&b, -1, &err));
	CU_ASSERT_EQUAL(err.kind, TRACE_SYSTEM);
}

static CU_TestInfo tests[] = {
	{ "a pair is an allocation and the free of its block",
	  a_pair_is_an_allocation_and_the_free_of_its_block },
	{ "rounds before and behind are not scored", rounds_before_and_behind_are_not_scored },
	{ "a batch is freed in the order it was allocated",
	  a_batch_is_freed_in_the_order_it_was_allocated },
	{ "time is pauses alone", time_is_pauses_alone },
	{ "without pauses CPUs take turns", without_pauses_cpus_take_turns },
	{ "staggered tasks begin one after the other within a round",
	  staggered_tasks_begin_one_after_the_other_within_a_round },
	{ "blocks that stay keep the others apart", blocks_that_stay_keep_the_others_apart },
	{ "the header tells the machine and the clock",
	  the_header_tells_the_machine_and_the_clock },
	{ "numbers of events do not wrap", numbers_of_events_do_not_wrap },
	{ "a file that cannot be written is told", a_file_that_cannot_be_written_is_told },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_bench", name_file, remove_file, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
