#include <math.h>

#include "tests/traces/trace_sample.h"
#include "tests/unit.h"
#include "traces/trace_gen.h"

static struct trace_error err;
static char path[64];

static int name_file(void)
{
	sample_path(path, "gen");
	return 0;
}

static int remove_file(void)
{
	unlink(path);
	return 0;
}

/* ---- numbers --------------------------------------------------------------------------- */

static void logarithm_and_power_agree_with_those_of_libm(void)
{
	static struct trace_gen_math m;
	const double one = 4294967296.0;

	trace_gen_math_init(&m, 1);
	for (unsigned i = 0; i < 5000; i++) {
		uint64_t r = trace_gen_math_random(&m) >> i % 60 | 1;
		uint64_t x = trace_gen_math_random(&m) % (UINT64_C(30) << 32);
		double bits = 64 - log2((double)r);
		double power = exp2((double)x / one);

		CU_ASSERT(fabs((double)trace_gen_math_bits(&m, r) / one - bits) < 1e-6);
		CU_ASSERT(fabs((double)trace_gen_math_power(&m, x) / one / power - 1) < 1e-6);
	}
	CU_ASSERT_EQUAL(trace_gen_math_bits(&m, UINT64_C(1) << 63), UINT64_C(1) << 32);
	CU_ASSERT_EQUAL(trace_gen_math_bits(&m, 1), UINT64_C(64) << 32);
	CU_ASSERT_EQUAL(trace_gen_math_power(&m, 0), UINT64_C(1) << 32);
	CU_ASSERT_EQUAL(trace_gen_math_power(&m, UINT64_C(3) << 32), UINT64_C(8) << 32);
}

/* Share of draws above a limit, in 1/1000. */
static unsigned above(const struct trace_draw *d, uint64_t limit)
{
	static struct trace_gen_math m;
	unsigned n = 0;

	trace_gen_math_init(&m, 7);
	for (unsigned i = 0; i < 100000; i++)
		n += trace_gen_math_draw(&m, d) > limit;
	return (n + 50) / 100;
}

static bool near(unsigned got, double want_milli)
{
	return fabs(got - want_milli) < 6;
}

static void distributions_have_their_tails(void)
{
	const struct trace_draw e = { .kind = TRACE_DRAW_EXPONENTIAL, .a = 1000000 };
	const struct trace_draw p = { .kind = TRACE_DRAW_PARETO,
				      .a = 1000,
				      .b = UINT64_C(1) << 50,
				      .shape_milli = 1500 };
	const struct trace_draw b = {
		.kind = TRACE_DRAW_BIMODAL, .a = 100, .b = 100000000, .share_milli = 700
	};
	const struct trace_draw u = { .kind = TRACE_DRAW_UNIFORM, .a = 10, .b = 19 };
	const struct trace_draw c = { .kind = TRACE_DRAW_CONSTANT, .a = 10 };
	const struct trace_draw q = {
		.kind = TRACE_DRAW_TABLE,
		.npoints = 4,
		.point = { { 10, 0 }, { 20, 300000 }, { 20, 500000 }, { 1000, 1000000 } },
	};
	struct trace_draw capped = p;

	CU_ASSERT(near(above(&e, 1000000), 1000 * exp(-1)));
	CU_ASSERT(near(above(&e, 3000000), 1000 * exp(-3)));
	CU_ASSERT(near(above(&p, 2000), 1000 * pow(2, -1.5)));
	CU_ASSERT(near(above(&p, 20000), 1000 * pow(20, -1.5)));
	CU_ASSERT_EQUAL(above(&p, 999), 1000);
	CU_ASSERT(near(above(&b, 10000), 300));
	CU_ASSERT(near(above(&u, 14), 500));
	CU_ASSERT_EQUAL(above(&u, 9), 1000);
	CU_ASSERT_EQUAL(above(&u, 19), 0);
	CU_ASSERT_EQUAL(above(&c, 9), 1000);
	CU_ASSERT_EQUAL(above(&c, 10), 0);
	CU_ASSERT_EQUAL(above(&q, 9), 1000);
	CU_ASSERT(near(above(&q, 14), 1000 - 150));
	CU_ASSERT(near(above(&q, 20), 500));
	CU_ASSERT(near(above(&q, 510), 250));
	CU_ASSERT_EQUAL(above(&q, 1000), 0);
	capped.b = 5000;
	CU_ASSERT_EQUAL(above(&capped, 5000), 0);
	CU_ASSERT(above(&capped, 4999) > 50);
}

/* ---- the calendar ---------------------------------------------------------------------- */

static void the_calendar_gives_each_node_at_its_tick(void)
{
	enum { N = 3000 };
	static uint64_t due[N]; /* 0 = not in the calendar */
	struct trace_gen_wheel w;
	struct sample s = { .seed = 2 };
	uint64_t tick = 0;
	bool right = trace_gen_wheel_init(&w) && trace_gen_wheel_grow(&w, N);

	for (unsigned round = 0; right && round < 20000; round++) {
		uint32_t node = (uint32_t)(sample_random(&s) % N), got;

		if (due[node]) {
			trace_gen_wheel_remove(&w, node);
			due[node] = 0;
		} else {
			due[node] =
				tick + 1 + (sample_random(&s) >> (30 + sample_random(&s) % 34));
			trace_gen_wheel_add(&w, node, due[node]);
			if (due[node] > tick + UINT32_MAX)
				due[node] = tick + UINT32_MAX;
		}
		if (round % 4)
			continue;
		tick += sample_random(&s) >> (40 + sample_random(&s) % 24);
		while ((got = trace_gen_wheel_take(&w, tick)) != TRACE_GEN_WHEEL_NONE) {
			right = right && due[got] == w.now && due[got] <= tick;
			due[got] = 0;
		}
		for (unsigned i = 0; i < N; i++)
			right = right && (!due[i] || due[i] > tick);
	}
	CU_ASSERT(right);
	trace_gen_wheel_free(&w);
}

/* ---- whole traces ---------------------------------------------------------------------- */

static struct trace_profile profile(void)
{
	struct trace_profile p = {
		.name = "test", .cpus = 6, .nodes = 2, .live_max = 3000, .nclasses = 3,
		.ntasks = 2,
		.classes = {
			{ .name = "anon", .gfp = "GFP_HIGHUSER_MOVABLE", .with_task = true,
			  .order_weight = { 90, 0, 0, 10 }, .remote_milli = 100 },
			{ .name = "cache", .gfp = "GFP_HIGHUSER", .reclaim = true,
			  .order_weight = { 1 },
			  .lifetime = { .kind = TRACE_DRAW_PARETO, .a = 100000,
					.b = 1000000000, .shape_milli = 500 } },
			{ .name = "slab", .gfp = "GFP_KERNEL", .order_weight = { 3, 2, 1 },
			  .lifetime = { .kind = TRACE_DRAW_EXPONENTIAL, .a = 20000 } },
		},
		.tasks = {
			{ .name = "work", .alive = 7,
			  .allocations = { .kind = TRACE_DRAW_UNIFORM, .a = 50, .b = 200 },
			  .gap = { .kind = TRACE_DRAW_EXPONENTIAL, .a = 900 },
			  .pause = { .kind = TRACE_DRAW_CONSTANT, .a = 5000 },
			  .at_start = { 2, 0, 1 }, .nphases = 2,
			  .phases = { { 300, { 5, 0, 5 } }, { 700, { 5, 5, 1 } } } },
			{ .name = "daemon", .alive = 1,
			  .allocations = { .kind = TRACE_DRAW_CONSTANT, .a = 100000 },
			  .gap = { .kind = TRACE_DRAW_EXPONENTIAL, .a = 3000 },
			  .pause = { .kind = TRACE_DRAW_CONSTANT, .a = 1 }, .nphases = 1,
			  .phases = { { 1000, { 0, 0, 1 } } } },
		},
	};

	return p;
}

static bool digest_of(const struct trace_profile *p, uint64_t seed, char *digest)
{
	return trace_generate(p, 200000, seed, path, 0, NULL, NULL, &err) &&
	       trace_reader_digest(path, digest, &err);
}

static void a_seed_gives_one_trace_and_another_seed_another(void)
{
	struct trace_profile p = profile();
	char a[33], b[33], c[33];

	CU_ASSERT_FATAL(digest_of(&p, 1, a) && digest_of(&p, 1, b) && digest_of(&p, 2, c));
	CU_ASSERT_STRING_EQUAL(a, b);
	CU_ASSERT_STRING_NOT_EQUAL(a, c);
	/* The same on every machine, compiler and build type. */
	CU_ASSERT_STRING_EQUAL(a, "356724547612e45ad9aee00630840ba0");
}

static void the_trace_is_right_and_within_its_bounds(void)
{
	struct trace_profile p = profile();
	struct trace_event e[256];
	struct trace_reader *r;
	struct trace_totals t;
	uint64_t live = 0, most = 0, starts = 0, exits = 0, other_node = 0;
	long n;

	CU_ASSERT(trace_generate(&p, 123457, 3, path, 0, NULL, NULL, &err));
	CU_ASSERT(trace_check(path, NULL, &t, &err));
	CU_ASSERT_EQUAL(t.events, 123457);
	r = trace_reader_open(path, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT(trace_reader_header(r)->synthetic);
	CU_ASSERT_EQUAL(trace_reader_header(r)->cpu_node[2], 0);
	CU_ASSERT_EQUAL(trace_reader_header(r)->cpu_node[3], 1);
	while ((n = trace_reader_next(r, e, 256, &err)) > 0) {
		for (long i = 0; i < n; i++) {
			live += e[i].kind == TRACE_ALLOC ? UINT64_C(1) << e[i].order : 0;
			live -= e[i].kind == TRACE_FREE ? UINT64_C(1) << e[i].order : 0;
			most = live > most ? live : most;
			starts += e[i].kind == TRACE_TASK_START;
			exits += e[i].kind == TRACE_TASK_EXIT;
			if (e[i].kind == TRACE_ALLOC && e[i].node != TRACE_NODE_LOCAL) {
				CU_ASSERT(e[i].node == (e[i].cpu < 3));
				other_node++;
			}
		}
	}
	/* One allocation may overshoot before the oldest goes. */
	CU_ASSERT(most > 2000 && most <= p.live_max + 8);
	CU_ASSERT(starts > 100 && starts - exits <= 8);
	CU_ASSERT(other_node > 1000);
	trace_reader_close(r);
}

static bool stop_soon(void *ctx, uint64_t done, uint64_t all)
{
	(void)ctx;
	(void)all;
	return done < 70000;
}

static void generating_can_be_stopped_and_leaves_nothing(void)
{
	struct trace_profile p = profile();

	unlink(path);
	CU_ASSERT_FALSE(trace_generate(&p, 10000000, 3, path, 0, stop_soon, NULL, &err));
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
}

static CU_TestInfo tests[] = {
	{ "logarithm and power agree with those of libm",
	  logarithm_and_power_agree_with_those_of_libm },
	{ "distributions have their tails", distributions_have_their_tails },
	{ "the calendar gives each node at its tick",
	  the_calendar_gives_each_node_at_its_tick },
	{ "a seed gives one trace and another seed another",
	  a_seed_gives_one_trace_and_another_seed_another },
	{ "the trace is right and within its bounds",
	  the_trace_is_right_and_within_its_bounds },
	{ "generating can be stopped and leaves nothing",
	  generating_can_be_stopped_and_leaves_nothing },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_gen", name_file, remove_file, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
