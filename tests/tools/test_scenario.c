#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tools/folder.h"
#include "tests/unit.h"
#include "tools/scenario.h"
#include "tools/scenario_params.h"

static struct conf_error err;

static char path[100]; /* of the one file in the folder */

static int make_folder(void)
{
	int failed = folder_new();

	snprintf(path, sizeof(path), "%s/s.yaml", folder);
	return failed;
}

static struct scenario *new (void)
{
	struct scenario *s = scenario_new();

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	return s;
}

/* A scenario that read `text` from the file, not yet finished. */
static struct scenario *from(const char *text)
{
	struct scenario *s = new ();
	FILE *f = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
	CU_ASSERT_TRUE_FATAL(scenario_read_file(s, path, &err));
	return s;
}

static void finish(struct scenario *s)
{
	bool ok = scenario_finish(s, &err);

	if (!ok)
		fprintf(stderr, "\n%s\n", err.text);
	CU_ASSERT_TRUE_FATAL(ok);
}

static void set(struct scenario *s, const char *assignment)
{
	CU_ASSERT_TRUE(scenario_set(s, assignment, &err));
}

static const uint64_t *values(const struct mm_param *table, const void *base, const char *name)
{
	const struct mm_param *row = mm_params_find(table, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	return (const uint64_t *)((const char *)base + row->offset);
}

static uint64_t vm(const struct scenario *s, const char *name)
{
	return *values(s->policy->params, s->params, name);
}

/* ---- what is read ---------------------------------------------------------------------- */

static void an_empty_scenario_is_the_defaults(void)
{
	struct scenario *s = new ();

	finish(s);
	CU_ASSERT_STRING_EQUAL(s->policy->short_name, "4.12");
	CU_ASSERT_PTR_NULL(s->machine);
	CU_ASSERT_PTR_NULL(s->trace_path);
	CU_ASSERT_EQUAL(s->start, SCENARIO_START_DEFAULT);
	CU_ASSERT_EQUAL(s->pacing, SCENARIO_CLOSED);
	CU_ASSERT_FALSE(s->keep_recorded_reclaim);
	CU_ASSERT_FALSE(s->fold_cpus);
	CU_ASSERT_EQUAL(s->window, 16 << 20);
	CU_ASSERT_EQUAL(s->seed, 1);
	CU_ASSERT_EQUAL(s->interval_ns, 100000000);
	CU_ASSERT_FALSE(s->events);
	CU_ASSERT_EQUAL(vm(s, "watermark_scale_factor"), 10);
	CU_ASSERT_EQUAL(values(s->policy->params, s->params, "lowmem_reserve_ratio")[2], 0);
	scenario_free(s);
}

static void changes_arrive_in_their_order_and_are_written_out_again(void)
{
	struct scenario *s = from("changes:\n"
				  "  - at: 2s\n"
				  "    set:\n"
				  "      vm.min_free_kbytes: 64MiB\n"
				  "      vm.lowmem_reserve_ratio: 128 64\n"
				  "  - {at: 3s, set: {vm.stat_interval: 2s}}\n");
	json_t *json, *written;

	set(s, "changes.1.at=2500ms");
	finish(s);
	CU_ASSERT_EQUAL_FATAL(s->nchanges, 3);
	CU_ASSERT_EQUAL(s->changes[0].at_ns, UINT64_C(2000000000));
	CU_ASSERT_STRING_EQUAL(s->changes[0].name, "min_free_kbytes");
	CU_ASSERT_EQUAL(s->changes[0].values[0], 65536);
	CU_ASSERT_EQUAL(s->changes[1].count, 2);
	CU_ASSERT_EQUAL(s->changes[1].values[1], 64);
	CU_ASSERT_EQUAL(s->changes[2].at_ns, UINT64_C(2500000000));
	CU_ASSERT_EQUAL(s->changes[2].values[0], 2000);
	CU_ASSERT_EQUAL(vm(s, "min_free_kbytes"), 0); /* at boot */
	json = scenario_json(s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	written = json_object_get(json_array_get(json_object_get(json, "changes"), 1), "set");
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(written, "vm.lowmem_reserve_ratio")),
		"128 64");
	json_decref(json);
	scenario_free(s);
}

static void ranges_to_isolate_are_changes_and_are_written_out_again(void)
{
	struct scenario *s = from("changes:\n"
				  "  - at: 1s\n"
				  "    set: {vm.stat_interval: 2s}\n"
				  "    isolate: {pfn: 28672, pageblocks: 4}\n"
				  "  - {at: 3s, unisolate: {pfn: 28672, pageblocks: 2}}\n");
	json_t *json, *list, *range;

	finish(s);
	CU_ASSERT_EQUAL_FATAL(s->nchanges, 3);
	CU_ASSERT_EQUAL(s->changes[0].what, CHANGE_SYSCTL);
	CU_ASSERT_EQUAL(s->changes[1].what, CHANGE_ISOLATE);
	CU_ASSERT_EQUAL(s->changes[1].at_ns, UINT64_C(1000000000));
	CU_ASSERT_EQUAL(s->changes[1].values[0], 28672);
	CU_ASSERT_EQUAL(s->changes[1].values[1], 4);
	CU_ASSERT_EQUAL(s->changes[2].what, CHANGE_UNISOLATE);
	json = scenario_json(s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	list = json_object_get(json, "changes");
	CU_ASSERT_EQUAL(json_array_size(list), 3);
	range = json_object_get(json_array_get(list, 1), "isolate");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(range, "pfn")), 28672);
	range = json_object_get(json_array_get(list, 2), "unisolate");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(range, "pageblocks")), 2);
	json_decref(json);
	scenario_free(s);
}

static void every_key_of_a_file_arrives(void)
{
	struct scenario *s =
		from("machine: {nodes: [{cpus: 3, memory: 64MiB}]}\n"
		     "kernel: \"4.12\"\n"
		     "vm:\n"
		     "  min_free_kbytes: 16MiB\n"
		     "  watermark_scale_factor: 20\n"
		     "  lowmem_reserve_ratio: [100, 200, 300]\n"
		     "  numa_zonelist_order: zone\n"
		     "  stat_interval: 2s\n"
		     "cost: {alloc_entry: 77}\n"
		     "trace: sub/x.pgt\n"
		     "start: y.pgt\n"
		     "replay: {pacing: asap, recorded_reclaim: keep, window: 9,\n"
		     "         map_cpus: fold, access: {model: none}}\n"
		     "memory_model: reuse\n"
		     "memory: {flat: {page: 99}, pollution: 12, copy_page: 1us}\n"
		     "seed: 5\n"
		     "output: {interval: 5000cycles, series: [extfrag], events: none}\n");
	char want[200];

	finish(s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->machine);
	CU_ASSERT_EQUAL(s->machine->cpus, 3);
	CU_ASSERT_EQUAL(vm(s, "min_free_kbytes"), 16384);
	CU_ASSERT_EQUAL(vm(s, "watermark_scale_factor"), 20);
	CU_ASSERT_EQUAL(values(s->policy->params, s->params, "lowmem_reserve_ratio")[1], 200);
	CU_ASSERT_EQUAL(vm(s, "numa_zonelist_order"), 1);
	CU_ASSERT_EQUAL(vm(s, "stat_interval"), 2000);
	CU_ASSERT_EQUAL(*values(s->policy->costs, s->costs, "alloc_entry"), 77);
	snprintf(want, sizeof(want), "%s/sub/x.pgt", folder);
	CU_ASSERT_STRING_EQUAL(s->trace_path, want);
	CU_ASSERT_EQUAL(s->start, SCENARIO_START_FILE);
	snprintf(want, sizeof(want), "%s/y.pgt", folder);
	CU_ASSERT_STRING_EQUAL(s->start_path, want);
	CU_ASSERT_EQUAL(s->pacing, SCENARIO_ASAP);
	CU_ASSERT_TRUE(s->keep_recorded_reclaim);
	CU_ASSERT_EQUAL(s->window, 9);
	CU_ASSERT_TRUE(s->fold_cpus);
	CU_ASSERT_EQUAL(s->memory_kind, SIM_MEMORY_REUSE);
	CU_ASSERT_EQUAL(s->memory.flat_cycles[SIM_LINE_PAGE], 99);
	CU_ASSERT_EQUAL(s->memory.pollution, 12);
	CU_ASSERT_EQUAL(s->memory.clear_ns, 0);
	CU_ASSERT_EQUAL(s->memory.copy_ns, 1000);
	CU_ASSERT_EQUAL(s->seed, 5);
	CU_ASSERT_EQUAL(s->interval_ns, 0);
	CU_ASSERT_EQUAL(s->interval_cycles, 5000);
	CU_ASSERT_EQUAL(s->series, SCENARIO_EXTFRAG);
	CU_ASSERT_FALSE(s->events);
	scenario_free(s);
}

static void a_map_whose_lines_are_all_commented_out_is_empty(void)
{
	struct scenario *s = from("vm:\n  # min_free_kbytes: 16MiB\n"
				  "cost:\nreplay:\noutput:\nmemory:\n");

	finish(s);
	CU_ASSERT_EQUAL(vm(s, "watermark_scale_factor"), 10);
	scenario_free(s);
}

static void the_shipped_scenarios_are_right(void)
{
	static const char *const files[] = {
		"configs/scenarios/vm-fragment.yaml",
		"configs/scenarios/vm-fragment-two-node.yaml",
		"configs/scenarios/host-build.yaml",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct scenario *s = new ();

		CU_ASSERT_TRUE_FATAL(scenario_read_file(s, files[i], &err));
		finish(s);
		CU_ASSERT_PTR_NOT_NULL(s->trace_path);
		scenario_free(s);
	}
}

/* ---- what is put over it --------------------------------------------------------------- */

static void options_and_set_win_over_the_file_in_any_order(void)
{
	struct scenario *s = new ();
	FILE *f = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs("vm: {min_free_kbytes: 1MiB, watermark_scale_factor: 50}\nkernel: \"9.9\"\n", f);
	fclose(f);
	set(s, "vm.min_free_kbytes=8MiB");
	set(s, "cost.alloc_entry=100");
	set(s, "replay.pacing=open");
	CU_ASSERT_TRUE(scenario_option(s, "trace", "rel.pgt", "--trace", &err));
	CU_ASSERT_TRUE(scenario_option(s, "kernel", "4.12.0", "--kernel", &err));
	CU_ASSERT_TRUE_FATAL(scenario_read_file(s, path, &err));
	set(s, "seed=3");
	set(s, "seed=4");
	finish(s);
	CU_ASSERT_EQUAL(vm(s, "min_free_kbytes"), 8192);
	CU_ASSERT_EQUAL(vm(s, "watermark_scale_factor"), 50);
	CU_ASSERT_EQUAL(*values(s->policy->costs, s->costs, "alloc_entry"), 100);
	CU_ASSERT_EQUAL(s->pacing, SCENARIO_OPEN);
	CU_ASSERT_EQUAL(s->seed, 4);
	/* Relative to where the user stands, not to the file. */
	CU_ASSERT_STRING_EQUAL(s->trace_path, "rel.pgt");
	scenario_free(s);
}

static void several_values_are_a_list_or_stand_in_one_text(void)
{
	static const char *const spellings[] = {
		"vm.lowmem_reserve_ratio=1 2 3",
		"vm.lowmem_reserve_ratio=1,2,3",
		"vm.lowmem_reserve_ratio=[1, 2, 3]",
		"vm.lowmem_reserve_ratio=1\t2\t3",
	};

	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
		struct scenario *s = new ();
		const uint64_t *v;

		set(s, spellings[i]);
		finish(s);
		v = values(s->policy->params, s->params, "lowmem_reserve_ratio");
		CU_ASSERT_TRUE(v[0] == 1 && v[1] == 2 && v[2] == 3);
		scenario_free(s);
	}
}

static void default_takes_a_parameter_back_to_its_preset(void)
{
	struct scenario *s = from("vm: {min_free_kbytes: 1MiB, lowmem_reserve_ratio: 7 7 7}\n");
	struct scenario *plain = new ();

	set(s, "vm.min_free_kbytes=default");
	set(s, "vm.lowmem_reserve_ratio=default");
	finish(s);
	finish(plain);
	CU_ASSERT_EQUAL(memcmp(s->params, plain->params, s->policy->params_size), 0);
	scenario_free(s);
	scenario_free(plain);
}

static void settings_reach_the_machine_in_its_own_file(void)
{
	struct scenario *s = new ();

	set(s, "machine.clock_mhz=1000");
	set(s, "machine.nodes.1.cpus=0");
	CU_ASSERT_TRUE(scenario_option(s, "machine", "configs/machines/two-node.yaml",
				       "--machine", &err));
	finish(s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->machine);
	CU_ASSERT_EQUAL(s->machine->clock_mhz, 1000);
	CU_ASSERT_EQUAL(s->machine->cpus, 4);
	CU_ASSERT_STRING_EQUAL(s->machine_path, "configs/machines/two-node.yaml");
	scenario_free(s);
}

static void settings_reach_an_inline_machine(void)
{
	struct scenario *s = from("machine: {nodes: [{cpus: 1, memory: 64MiB}]}\n");

	set(s, "machine.nodes.0.memory=32MiB");
	finish(s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->machine);
	CU_ASSERT_EQUAL(s->machine->zones[s->machine->nzones - 1].end, 8192);
	scenario_free(s);
}

/* ---- the trace's machine --------------------------------------------------------------- */

static struct trace_header header(void)
{
	static uint16_t cpu_node[] = { 0 };
	static struct trace_zone zones[] = { { .name = "DMA32", .start = 4096, .end = 8192 } };
	static char name[] = "recorded";

	return (struct trace_header){ .cpus = 1,
				      .nodes = 1,
				      .cpu_node = cpu_node,
				      .zones = zones,
				      .nzones = 1,
				      .name = name };
}

static void without_a_machine_the_traces_is_taken_with_the_settings_on_top(void)
{
	struct trace_header h = header();
	struct scenario *s = new ();

	set(s, "machine.clock_mhz=1234");
	finish(s);
	CU_ASSERT_PTR_NULL(s->machine);
	CU_ASSERT_TRUE_FATAL(scenario_machine(s, &h, &err));
	CU_ASSERT_EQUAL(s->machine->clock_mhz, 1234);
	CU_ASSERT_EQUAL(s->machine->nzones, 1);
	scenario_free(s);

	s = from("machine: {clock_mhz: 4321}\n");
	finish(s);
	CU_ASSERT_TRUE_FATAL(scenario_machine(s, &h, &err));
	CU_ASSERT_EQUAL(s->machine->clock_mhz, 4321);
	scenario_free(s);

	s = new ();
	set(s, "machine.nodes=[{cpus: 4}]");
	CU_ASSERT_FALSE(scenario_finish(s, &err));
	scenario_free(s);

	s = new ();
	set(s, "machine.clok=3");
	finish(s);
	CU_ASSERT_FALSE(scenario_machine(s, &h, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "--set machine.clok=3: unknown key 'clok', known are: "
					 "arch, nodes, zones, holes, reserved, cma, name, "
					 "source, confidence, clock_mhz, hz, caches, dram_ns, "
					 "c2c_ns, atomics, bandwidth, loaded_latency, slit, "
					 "sched, disks");
	scenario_free(s);
}

/* ---- errors ---------------------------------------------------------------------------- */

static void a_wrong_setting_is_named_as_it_was_typed(void)
{
	static const struct {
		const char *set, *want;
	} cases[] = {
		{ "vm.min_free_kbyte=8MiB",
		  "--set vm.min_free_kbyte=8MiB: unknown key "
		  "'min_free_kbyte', did you mean 'min_free_kbytes'?" },
		{ "vm.min_free_kbytes=8MB",
		  "--set vm.min_free_kbytes=8MB: 'min_free_kbytes' is "
		  "\"8MB\": MB is ambiguous, use MiB" },
		{ "vn.min_free_kbytes=8",
		  "--set vn.min_free_kbytes=8: unknown key 'vn', did you mean 'vm'?" },
		{ "vm.min_free_kbytes.x=8", "--set vm.min_free_kbytes.x=8: 'min_free_kbytes' "
					    "should be a value, not a map" },
		{ "seed=-1", "--set seed=-1: 'seed' should be a whole number, not \"-1\"" },
		{ "seed=", "--set seed=: 'seed' should be a whole number, not \"\"" },
		{ "vm.lowmem_reserve_ratio=1 2 3 4 5",
		  "--set vm.lowmem_reserve_ratio=1 2 3 4 5: lowmem_reserve_ratio takes 3 "
		  "values, not 5" },
		{ "machine=no.yaml",
		  "--set machine=no.yaml: no.yaml: No such file or directory" },
		{ "costs=no.yaml", "--set costs=no.yaml: no.yaml: No such file or directory" },
		{ "trace=", "--set trace=: 'trace' should be a path" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scenario *s = new ();

		set(s, cases[i].set);
		CU_ASSERT_FALSE(scenario_finish(s, &err));
		CU_ASSERT_STRING_EQUAL(err.text, cases[i].want);
		scenario_free(s);
	}
}

static void a_setting_without_key_or_value_is_refused_at_once(void)
{
	static const char *const wrong[] = { "seed", "=5", "" };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct scenario *s = new ();

		CU_ASSERT_FALSE(scenario_set(s, wrong[i], &err));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, ": it should be key=value"));
		scenario_free(s);
	}
}

static void only_one_file_can_be_given(void)
{
	struct scenario *s = from("seed: 1\n");

	CU_ASSERT_FALSE(scenario_read_file(s, path, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "one scenario file is enough");
	scenario_free(s);
}

/* ---- resolved -------------------------------------------------------------------------- */

/* What a result keeps is enough to run it again. */
static void the_resolved_scenario_reads_back_as_itself(void)
{
	struct trace_header h = header();
	struct scenario *s = from("vm: {min_free_kbytes: 8MiB, numa_zonelist_order: zone}\n"
				  "trace: /x/y.pgt\nstart: boot\nreplay: {pacing: open}\n"
				  "output: {interval: 7us, series: none}\n");
	char *first, *second;
	json_t *json;

	finish(s);
	CU_ASSERT_TRUE_FATAL(scenario_machine(s, &h, &err));
	json = scenario_json(s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	first = json_dumps(json, JSON_SORT_KEYS);
	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	json_decref(json);
	scenario_free(s);

	s = from(first);
	finish(s);
	json = scenario_json(s);
	second = json_dumps(json, JSON_SORT_KEYS);
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	CU_ASSERT_STRING_EQUAL(first, second);
	CU_ASSERT_PTR_NOT_NULL(strstr(second, "\"min_free_kbytes\": 8192"));
	CU_ASSERT_PTR_NOT_NULL(strstr(second, "\"numa_zonelist_order\": \"zone\""));
	json_decref(json);
	free(first);
	free(second);
	scenario_free(s);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	{ "ranges to isolate are changes, and are written out again",
	  ranges_to_isolate_are_changes_and_are_written_out_again },
	{ "changes arrive in their order and are written out again",
	  changes_arrive_in_their_order_and_are_written_out_again },
	T(an_empty_scenario_is_the_defaults),
	T(every_key_of_a_file_arrives),
	T(a_map_whose_lines_are_all_commented_out_is_empty),
	T(the_shipped_scenarios_are_right),
	T(options_and_set_win_over_the_file_in_any_order),
	T(several_values_are_a_list_or_stand_in_one_text),
	T(default_takes_a_parameter_back_to_its_preset),
	T(settings_reach_the_machine_in_its_own_file),
	T(settings_reach_an_inline_machine),
	T(without_a_machine_the_traces_is_taken_with_the_settings_on_top),
	T(a_wrong_setting_is_named_as_it_was_typed),
	T(a_setting_without_key_or_value_is_refused_at_once),
	T(only_one_file_can_be_given),
	T(the_resolved_scenario_reads_back_as_itself),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "scenario", make_folder, folder_drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
