#include "tools/profile_yaml.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit.h"

#define BUILD_FARM "configs/profiles/build-farm.yaml"

static char path[64];

static int name_file(void)
{
	snprintf(path, sizeof(path), "/tmp/pagesim-profile-%ld", (long)getpid());
	return 0;
}

static int remove_file(void)
{
	unlink(path);
	return 0;
}

static void build_farm_gives_the_same_trace_on_every_machine(void)
{
	struct conf_error why;
	struct trace_error err;
	struct trace_profile *p = profile_yaml_load(BUILD_FARM, &why);
	char digest[33];

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->cpus, 16);
	CU_ASSERT(p->live_max * 4096 < UINT64_C(8) << 30);
	CU_ASSERT_FATAL(trace_generate(p, 300000, 1, path, 0, NULL, NULL, &err));
	CU_ASSERT_FATAL(trace_reader_digest(path, digest, &err));
	CU_ASSERT_STRING_EQUAL(digest, "4b0c9f6546b84ce5ebfc9fcd1e20005e");
	free(p);
}

static const char good[] = "name: x\n"
			   "cpus: 2\n"
			   "nodes: 1\n"
			   "live_max: 64MiB\n"
			   "memory:\n"
			   "  - {name: a, gfp: GFP_KERNEL, orders: [1, 2], lifetime: task}\n"
			   "  - {name: b, gfp: GFP_KERNEL, orders: [1], lifetime: 5us}\n"
			   "tasks:\n"
			   "  - name: t\n"
			   "    alive: 1\n"
			   "    allocations: {uniform: {least: 1, most: 9}}\n"
			   "    gap: {exponential: 3us}\n"
			   "    pause: 1ms\n"
			   "    phases: [{share: 1, mix: {a: 1, b: 0}}]\n";

/* The good profile with one word changed. */
static struct trace_profile *changed(const char *from, const char *to, struct conf_error *err)
{
	const char *at = strstr(good, from);
	FILE *f = fopen(path, "w");

	CU_ASSERT_FATAL(at && f);
	fprintf(f, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
	fclose(f);
	return profile_yaml_load(path, err);
}

static void a_wrong_value_is_shown_with_its_place(void)
{
	static const struct {
		const char *from, *to, *place;
	} table[] = {
		{ "cpus: 2", "cpus: 0", ":2:7: " },
		{ "cpus: 2", "cpu: 2", ":2:1: " },
		{ "nodes: 1", "nodes: 3", ":3:8: " },
		{ "64MiB", "64MB", ":4:11: " },
		{ "64MiB", "4KiB", ":4:11: " },
		{ "[1, 2]", "[0, 0]", ":6:40: " },
		{ "[1, 2]", "[1, x]", ":6:44: " },
		{ "[1, 2]", "[1,1,1,1,1,1,1,1,1,1,1,1]", ":6:40: " },
		{ "lifetime: 5us", "lifetime: 5", ":7:" },
		{ "lifetime: 5us", "lifetime: {normal: 5us}", ":7:" },
		{ "lifetime: 5us", "lifetime: task, reclaim: true", ":7:" },
		{ "lifetime: task}", "lifetime: task, reclaim: maybe}", ":6:" },
		{ "most: 9", "most: 0", ":11:" },
		{ "{exponential: 3us}", "{}", ":12:" },
		{ "mix: {a: 1, b: 0}", "mix: {a: 0, b: 0}", ":14:" },
		{ "mix: {a: 1, b: 0}", "mix: {c: 1}", ":14:" },
		{ "share: 1", "share: 1.5", ":14:" },
		{ "    gap: {exponential: 3us}\n", "", ":9:" },
		{ "lifetime: 5us", "lifetime: {table: [[0, 5us]]}", ":7:" },
		{ "lifetime: 5us", "lifetime: {table: [[0, 5us], [1000000, 4us]]}", ":7:" },
		{ "lifetime: 5us", "lifetime: {table: [[0, 5us], [1000000, 6]]}", ":7:" },
		{ "lifetime: 5us", "lifetime: {table: [[0, 5us], [7, 6us]]}", ":7:" },
		{ "lifetime: 5us", "lifetime: 5us, node: 1", ":7:" },
		{ "lifetime: 5us", "lifetime: 5us, interrupt: firm", ":7:" },
		{ "pause: 1ms", "pause: 1ms\n    node: 1", ":14:" },
		{ "pause: 1ms", "pause: 1ms\n    burst: 7", ":9:" },
		{ "pause: 1ms", "pause: 1ms\n    rest: 7us", ":9:" },
		{ "pause: 1ms", "pause: 1ms\n    wave: 7", ":14:" },
		{ "pause: 1ms", "pause: 1ms\n    parent: u", ":14:" },
	};
	struct conf_error err;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct trace_profile *p = changed(table[i].from, table[i].to, &err);
		char want[100];

		snprintf(want, sizeof(want), "%s%s", path, table[i].place);
		CU_ASSERT_PTR_NULL(p);
		if (strncmp(err.text, want, strlen(want)) != 0)
			fprintf(stderr, "expected %s, got %s\n", want, err.text);
		CU_ASSERT_EQUAL(strncmp(err.text, want, strlen(want)), 0);
		free(p);
	}
}

static void the_values_arrive_where_they_belong(void)
{
	struct conf_error err;
	struct trace_profile *p = changed("cpus: 2", "cpus: 2", &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->live_max, 16384);
	CU_ASSERT_EQUAL(p->nclasses, 2);
	CU_ASSERT(p->classes[0].with_task && !p->classes[1].with_task);
	CU_ASSERT_EQUAL(p->classes[0].order_weight[1], 2);
	CU_ASSERT_EQUAL(p->classes[1].lifetime.a, 5000);
	CU_ASSERT_EQUAL(p->tasks[0].allocations.kind, TRACE_DRAW_UNIFORM);
	CU_ASSERT_EQUAL(p->tasks[0].allocations.b, 9);
	CU_ASSERT_EQUAL(p->tasks[0].gap.a, 3000);
	CU_ASSERT_EQUAL(p->tasks[0].phases[0].share_milli, 1000);
	free(p);
}

static void bursts_waves_parents_and_interrupts_arrive_too(void)
{
	struct conf_error err;
	struct trace_profile *p =
		changed("pause: 1ms",
			"pause: {table: [[0, 1us], [7, 2us], [1000000, 9us]]}\n"
			"    burst: 7\n    rest: 2ms\n    wave: 3s\n"
			"    node: 0\n    parent: t",
			&err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->tasks[0].pause.kind, TRACE_DRAW_TABLE);
	CU_ASSERT_EQUAL(p->tasks[0].pause.npoints, 3);
	CU_ASSERT_EQUAL(p->tasks[0].pause.point[2].value, 9000);
	CU_ASSERT_EQUAL(p->tasks[0].burst.a, 7);
	CU_ASSERT_EQUAL(p->tasks[0].rest.a, 2000000);
	CU_ASSERT_EQUAL(p->tasks[0].wave, UINT64_C(3000000000));
	CU_ASSERT_EQUAL(p->tasks[0].home, 1);
	CU_ASSERT_EQUAL(p->tasks[0].parent, 1);
	free(p);
	p = changed("lifetime: 5us", "lifetime: 5us, interrupt: hard, node: 0", &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->classes[1].flags, TRACE_HARDIRQ);
	CU_ASSERT_EQUAL(p->classes[1].asks_node, 1);
	free(p);
}

static void a_load_can_be_put_onto_another_machine(void)
{
	struct profile_yaml_size size = { .cpus = 1, .tasks_milli = 2500 };
	struct conf_error err;
	struct trace_profile *p = profile_yaml_load(BUILD_FARM, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT(profile_yaml_resize(p, &size, &err));
	CU_ASSERT_EQUAL(p->cpus, 1);
	CU_ASSERT_EQUAL(p->nodes, 1);
	CU_ASSERT_EQUAL(p->tasks[0].alive, 40);
	size = (struct profile_yaml_size){ .live_max = 1 << 30, .tasks_milli = 1 };
	CU_ASSERT(profile_yaml_resize(p, &size, &err));
	CU_ASSERT_EQUAL(p->live_max, 1 << 18);
	CU_ASSERT_EQUAL(p->tasks[0].alive, 1);
	size = (struct profile_yaml_size){ .nodes = 2 };
	CU_ASSERT_FALSE(profile_yaml_resize(p, &size, &err));
	free(p);
}

static CU_TestInfo tests[] = {
	{ "build-farm gives the same trace on every machine",
	  build_farm_gives_the_same_trace_on_every_machine },
	{ "a wrong value is shown with its place", a_wrong_value_is_shown_with_its_place },
	{ "the values arrive where they belong", the_values_arrive_where_they_belong },
	{ "bursts, waves, parents and interrupts arrive, too",
	  bursts_waves_parents_and_interrupts_arrive_too },
	{ "a load can be put onto another machine", a_load_can_be_put_onto_another_machine },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "profile_yaml", name_file, remove_file, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
