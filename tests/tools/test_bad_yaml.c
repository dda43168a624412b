/*
 * Wrong machine and scenario files, each with the one sentence it has to earn. The sentence
 * begins with the file that is wrong, which may be one that the scenario names.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit.h"
#include "tools/scenario.h"

#define FOLDER "tests/tools/bad-yaml/"

static const struct {
	const char *file, *want;
} cases[] = {
	{ "machine-all-reserved.yaml",
	  "machine-all-reserved.yaml:1:1: no node has usable memory" },
	{ "machine-arch.yaml", "machine-arch.yaml:1:7: 'arch' should be x86_64 or i386" },
	{ "machine-bad-hex.yaml",
	  "machine-bad-hex.yaml:3:18: \"0x10g000\" is no hexadecimal address" },
	{ "machine-cache-latency.yaml", "machine-cache-latency.yaml:3:61: a cache has "
					"'latency_cycles' or 'latency_ns', not both" },
	{ "machine-cache-level.yaml",
	  "machine-cache-level.yaml:2:10: unknown key 'l3', did you mean 'l1'?" },
	{ "machine-cache-ways.yaml",
	  "machine-cache-ways.yaml:3:14: 'size' is not a multiple of 7 ways of 64-byte lines" },
	{ "machine-clock-too-fast.yaml", "machine-clock-too-fast.yaml:1:12: 'clock_mhz' is "
					 "2600000, should be from 1 to 100000" },
	{ "machine-cma-hole.yaml",
	  "machine-cma-hole.yaml:4:5: the area has holes or reserved memory in it" },
	{ "machine-cma-key.yaml",
	  "machine-cma-key.yaml:2:17: unknown key 'begin', known are: node, start, size" },
	{ "machine-cma-no-list.yaml",
	  "machine-cma-no-list.yaml:2:6: 'cma' should be a list of at most 64 areas" },
	{ "machine-cma-no-start.yaml", "machine-cma-no-start.yaml:2:7: 'start' is missing" },
	{ "machine-cma-node.yaml",
	  "machine-cma-node.yaml:2:14: 'node' is 1, should be from 0 to 0" },
	{ "machine-cma-other-node.yaml",
	  "machine-cma-other-node.yaml:3:5: the area is not inside one zone of node 1" },
	{ "machine-cma-overlap.yaml",
	  "machine-cma-overlap.yaml:5:5: the area overlaps area 1 of this list" },
	{ "machine-cma-reserved.yaml",
	  "machine-cma-reserved.yaml:4:5: the area has holes or reserved memory in it" },
	{ "machine-cma-size.yaml",
	  "machine-cma-size.yaml:3:35: 'size' is not a multiple of 4MiB, "
	  "the largest block" },
	{ "machine-cma-start.yaml", "machine-cma-start.yaml:3:22: 'start' is not a multiple of "
				    "4MiB, the largest block" },
	{ "machine-cma-too-small.yaml",
	  "machine-cma-too-small.yaml:3:35: 'size' is 2MiB, should be from 4MiB to 64TiB" },
	{ "machine-cma-two-zones.yaml",
	  "machine-cma-two-zones.yaml:3:5: the area is not inside one zone of node 0" },
	{ "machine-comment-only.yaml", "machine-comment-only.yaml:1:1: the file is empty" },
	{ "machine-cpu-gap.yaml",
	  "machine-cpu-gap.yaml:2:3: CPU 4 is on no node, though there is a CPU 7" },
	{ "machine-cpu-twice.yaml", "machine-cpu-twice.yaml:3:12: CPU 3 is on node 0 already" },
	{ "machine-cpu-word.yaml", "machine-cpu-word.yaml:2:12: 'cpus' should be a count (4), "
				   "a text (\"0-3,8\") or a list ([0, 2]), not \"all\"" },
	{ "machine-decimal-clock.yaml", "machine-decimal-clock.yaml:1:12: 'clock_mhz' should "
					"be a whole number, not \"2.6\"" },
	{ "machine-double-key.yaml",
	  "machine-double-key.yaml:3:1: 'name' is here a second time" },
	{ "machine-dram-cycles.yaml", "machine-dram-cycles.yaml:3:12: a latency of 4200000 "
				      "cycles at 100000 MHz, it should be at "
				      "most 4194303" },
	{ "machine-c2c-cycles.yaml", "machine-c2c-cycles.yaml:3:41: a latency of 5000000 "
				     "cycles at 100000 MHz, it should be at "
				     "most 4194303" },
	{ "machine-name-lines.yaml",
	  "machine-name-lines.yaml:1:7: 'name' should be one line without control characters" },
	{ "machine-dram.yaml", "machine-dram.yaml:2:12: a latency should be a number of "
			       "nanoseconds from 0.001 to 1000000, not \"eighty\"" },
	{ "machine-empty-nodes.yaml",
	  "machine-empty-nodes.yaml:1:8: 'nodes' should have at least one node" },
	{ "machine-empty.yaml", "machine-empty.yaml:1:1: the file is empty" },
	{ "machine-gigabyte.yaml",
	  "machine-gigabyte.yaml:2:23: 'memory' is \"8GB\": GB is ambiguous, use GiB" },
	{ "machine-huge-memory.yaml",
	  "machine-huge-memory.yaml:3:14: the memory of all nodes ends above 64TiB" },
	{ "machine-interleaved.yaml", "machine-interleaved.yaml:1:1: zone DMA32 of node 0 and "
				      "zone DMA32 of node 1 overlap" },
	{ "machine-list.yaml", "machine-list.yaml:1:1: a map (key: value) should stand here" },
	{ "machine-loaded.yaml",
	  "machine-loaded.yaml:2:30: the points of 'loaded_latency' should ascend" },
	{ "machine-movable-all.yaml",
	  "machine-movable-all.yaml:2:39: 'movable' is 36MiB, should be from 0B to 32MiB" },
	{ "machine-movable-two-zones.yaml", "machine-movable-two-zones.yaml:2:39: 'movable' is "
					    "more than the node's zone DMA32 holds" },
	{ "machine-negative-clock.yaml", "machine-negative-clock.yaml:1:12: 'clock_mhz' should "
					 "be a whole number, not \"-2600\"" },
	{ "machine-no-cpu.yaml", "machine-no-cpu.yaml:2:3: no node has a CPU" },
	{ "machine-no-memory.yaml", "machine-no-memory.yaml:1:1: no node has usable memory" },
	{ "machine-no-nodes.yaml", "machine-no-nodes.yaml:1:1: 'nodes' is missing" },
	{ "machine-node-64.yaml",
	  "machine-node-64.yaml:2:10: 'id' is 64, should be from 0 to 63" },
	{ "machine-node-key.yaml",
	  "machine-node-key.yaml:2:5: unknown key 'cpu', did you mean 'cpus'?" },
	{ "machine-node-order.yaml",
	  "machine-node-order.yaml:3:10: node 1 should stand before node 3, once" },
	{ "machine-nodes-no-list.yaml",
	  "machine-nodes-no-list.yaml:1:8: 'nodes' should be a list of nodes" },
	{ "machine-not-yaml.yaml",
	  "machine-not-yaml.yaml:3:1: did not find expected ',' or ']'" },
	{ "machine-nul.yaml", "machine-nul.yaml:1:7: a text cannot hold a NUL byte" },
	{ "machine-octal.yaml",
	  "machine-octal.yaml:1:12: 'clock_mhz' should be a whole number, not \"02600\"" },
	{ "machine-odd-memory.yaml",
	  "machine-odd-memory.yaml:2:23: 'memory' is not a multiple of 4KiB, a frame" },
	{ "machine-overflow.yaml", "machine-overflow.yaml:1:12: 'clock_mhz' should be a whole "
				   "number, not \"18446744073709554216\"" },
	{ "machine-overlap.yaml",
	  "machine-overlap.yaml:3:40: this range overlaps memory of node 0" },
	{ "machine-range-backwards.yaml",
	  "machine-range-backwards.yaml:3:14: the range ends before it starts" },
	{ "machine-range-of-three.yaml",
	  "machine-range-of-three.yaml:3:14: a range should be [start, end]" },
	{ "machine-range-unaligned.yaml",
	  "machine-range-unaligned.yaml:3:18: 0x1234567 is not a multiple of 4KiB, a frame" },
	{ "machine-ranges-unsorted.yaml",
	  "machine-ranges-unsorted.yaml:2:40: this range starts before the last one's end" },
	{ "machine-recursive.yaml",
	  "machine-recursive.yaml:1:8: this has an alias of itself in it" },
	{ "machine-sched-unit.yaml", "machine-sched-unit.yaml:2:14: 'ipi' is \"1000\": a time "
				     "needs a unit: ns, us, ms, s or cycles" },
	{ "machine-slit-local.yaml",
	  "machine-slit-local.yaml:2:23: a node's distance to itself is 10, not 11" },
	{ "machine-slit-remote.yaml", "machine-slit-remote.yaml:2:13: a distance is 255, "
				      "should be from 11 to 254 between nodes" },
	{ "machine-slit-row.yaml",
	  "machine-slit-row.yaml:4:5: a row of 'slit' should be a list of 2 numbers" },
	{ "machine-slit-size.yaml",
	  "machine-slit-size.yaml:2:7: 'slit' should be a list of 2 rows, one a node" },
	{ "machine-tab.yaml",
	  "machine-tab.yaml:3:1: YAML is not indented with tabs, use spaces" },
	{ "machine-too-many-cpus.yaml",
	  "machine-too-many-cpus.yaml:2:12: CPU 1024, the highest possible is 1023" },
	{ "machine-two-documents.yaml",
	  "machine-two-documents.yaml:3:1: a second document starts here, a file holds one" },
	{ "machine-unknown-key.yaml",
	  "machine-unknown-key.yaml:2:1: unknown key 'clok_mhz', did you mean 'clock_mhz'?" },
	{ "machine-zone-name.yaml",
	  "machine-zone-name.yaml:3:21: a zone is called DMA, DMA32, Normal or Movable" },
	{ "machine-zone-twice.yaml",
	  "machine-zone-twice.yaml:4:21: node 0 has a zone DMA32 already" },
	{ "machine-zones-and-memory.yaml", "machine-zones-and-memory.yaml:1:27: a machine has "
					   "'memory' in its nodes, or 'zones', not both" },
	{ "scenario-access-hot.yaml",
	  "scenario-access-hot.yaml:2:44: 'hot' should be a share such as 20% or 2.5%, from "
	  "0.1% to 100%" },
	{ "scenario-access-key.yaml",
	  "scenario-access-key.yaml:2:19: unknown key 'perod', did you mean 'period'?" },
	{ "scenario-access-period.yaml",
	  "scenario-access-period.yaml:2:47: 'period' is 0ns, should be from 1000 to "
	  "3600000000000 ns" },
	{ "scenario-access-word.yaml",
	  "scenario-access-word.yaml:1:26: 'model' should be one of none, recorded, "
	  "working-set, not \"often\"" },
	{ "scenario-changes-at.yaml", "scenario-changes-at.yaml:1:16: 'at' is \"2\": a time "
				      "needs a unit: ns, us, ms or s" },
	{ "scenario-changes-boot.yaml", "scenario-changes-boot.yaml:1:26: 'vm.zonelist_cpus' "
					"cannot be changed while the kernel runs" },
	{ "scenario-changes-bounds.yaml",
	  "scenario-changes-bounds.yaml:3:40: percpu_pagelist_fraction has to be 0, or 8 and "
	  "more" },
	{ "scenario-changes-default.yaml",
	  "scenario-changes-default.yaml:1:46: 'min_free_kbytes' is \"default\": a size is a "
	  "number with B, KiB, MiB, GiB or TiB" },
	{ "scenario-changes-empty.yaml", "scenario-changes-empty.yaml:1:25: 'set' should be a "
					 "map of kernel parameters, such as {vm.NAME: VALUE}" },
	{ "scenario-changes-key.yaml",
	  "scenario-changes-key.yaml:1:26: unknown key 'vm.min_free_kbyte', did you mean "
	  "'vm.min_free_kbytes'?" },
	{ "scenario-changes-list.yaml", "scenario-changes-list.yaml:1:10: 'changes' should be "
					"a list of {at: TIME, set: {...}}" },
	{ "scenario-changes-no-date.yaml",
	  "scenario-changes-no-date.yaml:1:11: 'at' is missing" },
	{ "scenario-changes-nothing.yaml",
	  "scenario-changes-nothing.yaml:1:11: one of 'set', 'isolate', 'unisolate' should "
	  "stand here" },
	{ "scenario-changes-order.yaml",
	  "scenario-changes-order.yaml:3:10: 'at' is before that of the change above" },
	{ "scenario-changes-read-only.yaml",
	  "scenario-changes-read-only.yaml:2:26: 'vm.freepages' cannot be changed while the "
	  "kernel runs" },
	{ "scenario-changes-unit.yaml", "scenario-changes-unit.yaml:1:46: 'min_free_kbytes' is "
					"\"8MB\": MB is ambiguous, use MiB" },
	{ "scenario-isolate-kernel.yaml",
	  "scenario-isolate-kernel.yaml:2:29: Linux 2.4.0 cannot isolate memory" },
	{ "scenario-isolate-key.yaml",
	  "scenario-isolate-key.yaml:1:40: unknown key 'blocks', known are: pfn, pageblocks" },
	{ "scenario-isolate-none.yaml", "scenario-isolate-none.yaml:1:54: 'pageblocks' is 0, "
					"should be from 1 to 1048576" },
	{ "scenario-isolate-pfn.yaml", "scenario-isolate-pfn.yaml:1:35: 'pfn' is not a "
				       "multiple of 512, a pageblock" },
	{ "scenario-cost-key.yaml", "scenario-cost-key.yaml:1:8: unknown key 'alloc_entri', "
				    "did you mean 'alloc_entry'?" },
	{ "scenario-cost-sign.yaml", "scenario-cost-sign.yaml:1:21: 'alloc_entry' is \"-1\": "
				     "it should be a whole number of cycles" },
	{ "scenario-costs-kernel.yaml",
	  "costs-of-2.4.yaml:1:9: these should be costs of kernel 4.12" },
	{ "scenario-costs-missing.yaml",
	  "scenario-costs-missing.yaml:1:8: tests/tools/bad-yaml/no-such-costs.yaml: No such "
	  "file or directory" },
	{ "scenario-empty.yaml", "scenario-empty.yaml:1:1: the file is empty" },
	{ "scenario-events.yaml",
	  "scenario-events.yaml:1:18: 'events' should be none, all, or a list of kmem, vmscan, "
	  "compaction, oom, trace, all" },
	{ "scenario-events-2.4.yaml",
	  "scenario-events-2.4.yaml:2:18: kernel 2.4 has no tracepoints" },
	{ "scenario-events-set.yaml", "scenario-events-set.yaml:1:25: events are of kmem, "
				      "vmscan, compaction, oom, trace, all" },
	{ "scenario-tasks-adj.yaml",
	  "scenario-tasks-adj.yaml:1:36: 'oom_score_adj' should be from -1000 to 1000" },
	{ "scenario-tasks-nodes.yaml",
	  "scenario-tasks-nodes.yaml:1:32: mempolicy 'bind' wants 'nodes'" },
	{ "scenario-tasks-who.yaml",
	  "scenario-tasks-who.yaml:1:9: 'comm' or 'pid' should say which task is meant" },
	{ "scenario-flat-bounds.yaml",
	  "scenario-flat-bounds.yaml:1:23: 'page' is 1000000, should be from 0 to 100000" },
	{ "scenario-flat-key.yaml",
	  "scenario-flat-key.yaml:1:17: unknown key 'pages', did you mean 'page'?" },
	{ "scenario-interval-zero.yaml",
	  "scenario-interval-zero.yaml:1:20: 'interval' should not be 0" },
	{ "scenario-interval.yaml", "scenario-interval.yaml:1:20: 'interval' is \"100\": a "
				    "time needs a unit: ns, us, ms, s or cycles" },
	{ "scenario-kernel.yaml",
	  "scenario-kernel.yaml:1:9: 'kernel' is \"5.4\", there is 4.12, 2.4" },
	{ "scenario-machine-bad.yaml",
	  "machine-gigabyte.yaml:2:23: 'memory' is \"8GB\": GB is ambiguous, use GiB" },
	{ "scenario-machine-inline.yaml",
	  "scenario-machine-inline.yaml:3:25: 'memory' is \"32M\": M is ambiguous, use MiB" },
	{ "scenario-machine-missing.yaml",
	  "scenario-machine-missing.yaml:1:10: tests/tools/bad-yaml/no-such-machine.yaml: No "
	  "such file or directory" },
	{ "scenario-memory-key.yaml",
	  "scenario-memory-key.yaml:2:10: unknown key 'polution', did you mean 'pollution'?" },
	{ "scenario-memory-model.yaml", "scenario-memory-model.yaml:1:15: 'memory_model' "
					"should be flat, reuse or cache" },
	{ "scenario-memory-pollution.yaml",
	  "scenario-memory-pollution.yaml:1:21: pollution: 1001 is not within 0 to 1000 "
	  "lines" },
	{ "scenario-memory-word.yaml",
	  "scenario-memory-word.yaml:1:15: 'memory_model' should be flat, reuse or cache" },
	{ "scenario-pacing.yaml", "scenario-pacing.yaml:1:18: 'pacing' should be one of "
				  "closed, open, asap, think, not \"fast\"" },
	{ "scenario-reclaim.yaml", "scenario-reclaim.yaml:1:28: 'recorded_reclaim' should be "
				   "one of drop, keep, not \"maybe\"" },
	{ "scenario-seed.yaml",
	  "scenario-seed.yaml:1:7: 'seed' should be a whole number, not \"1.5\"" },
	{ "scenario-series.yaml",
	  "scenario-series.yaml:1:30: a series is one of buddyinfo, extfrag" },
	{ "scenario-start.yaml",
	  "scenario-start.yaml:1:8: 'start' should be boot, trace or a file" },
	{ "scenario-trace.yaml", "scenario-trace.yaml:1:8: 'trace' should be a path" },
	{ "scenario-unknown-key.yaml",
	  "scenario-unknown-key.yaml:2:1: unknown key 'traces', did you mean 'trace'?" },
	{ "scenario-vm-bounds.yaml", "scenario-vm-bounds.yaml:1:30: watermark_scale_factor: "
				     "1001 is not within 1 to 1000 (in 1/10000)" },
	{ "scenario-vm-choice.yaml", "scenario-vm-choice.yaml:1:27: 'numa_zonelist_order' is "
				     "\"distance\": it should be one of node|zone" },
	{ "scenario-vm-count.yaml",
	  "scenario-vm-count.yaml:2:25: 'lowmem_reserve_ratio' takes 3 values, not 2" },
	{ "scenario-vm-key.yaml", "scenario-vm-key.yaml:3:3: unknown key 'min_free_kbyte', did "
				  "you mean 'min_free_kbytes'?" },
	{ "scenario-vm-list.yaml",
	  "scenario-vm-list.yaml:1:5: a map (key: value) should stand here" },
	{ "scenario-vm-odd-size.yaml", "scenario-vm-odd-size.yaml:2:20: 'min_free_kbytes' is "
				       "\"100B\": that is not a whole number of KiB" },
	{ "scenario-vm-twice.yaml",
	  "scenario-vm-twice.yaml:3:3: 'min_free_kbytes' is here a second time" },
	{ "scenario-vm-unit.yaml", "scenario-vm-unit.yaml:2:20: 'min_free_kbytes' is \"8MB\": "
				   "MB is ambiguous, use MiB" },
	{ "scenario-window.yaml",
	  "scenario-window.yaml:1:18: 'window' is 0, should be from 1 to 1099511627776" },
	{ "scenario-word.yaml",
	  "scenario-word.yaml:1:1: a map (key: value) should stand here" },
	{ "scenario-workload-cpus-word.yaml",
	  "scenario-workload-cpus-word.yaml:2:31: 'cpus' should be a number, or all" },
	{ "scenario-workload-cpus.yaml",
	  "scenario-workload-cpus.yaml:2:31: 'cpus' is 3, machine 'machine' has 2" },
	{ "scenario-workload-fault.yaml",
	  "scenario-workload-fault.yaml:2:38: 'fault' is \"1200\": a time needs a unit: ns, "
	  "us, ms, s or cycles" },
	{ "scenario-workload-gfp.yaml",
	  "scenario-workload-gfp.yaml:2:30: 'gfp' has flags that kernel 4.12 does not know" },
	{ "scenario-workload-key.yaml",
	  "scenario-workload-key.yaml:2:25: unknown key 'batch', known are: kind, cpus, "
	  "rounds, warm_up, gfp, order, pause, apart" },
	{ "scenario-workload-kind.yaml",
	  "scenario-workload-kind.yaml:2:18: 'kind' should be pairs, batch or page-faults" },
	{ "scenario-workload-machine.yaml",
	  "scenario-workload-machine.yaml:1:11: a workload needs a 'machine'" },
	{ "scenario-workload-memory.yaml",
	  "scenario-workload-memory.yaml:2:39: 'memory' is not a multiple of 4KiB" },
	{ "scenario-workload-no-kind.yaml",
	  "scenario-workload-no-kind.yaml:2:11: 'kind' should be pairs, batch or page-faults" },
	{ "scenario-workload-order.yaml",
	  "scenario-workload-order.yaml:2:32: 'order' is 11, should be from 0 to 10" },
	{ "scenario-workload-pauses.yaml", "scenario-workload-pauses.yaml:2:11: the workload's "
					   "pauses are longer than 2^51 cycles in all" },
	{ "scenario-workload-rounds.yaml", "scenario-workload-rounds.yaml:2:11: the workload "
					   "is more than 4294967296 operations" },
	{ "scenario-workload-start.yaml", "scenario-workload-start.yaml:3:8: a workload has no "
					  "start state: 'start' should be boot or a file" },
	{ "scenario-workload-text.yaml",
	  "scenario-workload-text.yaml:2:11: 'workload' should be a map: {kind: pairs}" },
	{ "scenario-workload-trace.yaml", "scenario-workload-trace.yaml:3:8: a scenario has a "
					  "'trace' or a 'workload', not both" },
};

static bool machine_is_right(const char *path, struct conf_error *err)
{
	struct sim_machine *m = sim_machine_load(path, err);

	sim_machine_free(m);
	return m != NULL;
}

static bool scenario_is_right(const char *path, struct conf_error *err)
{
	struct scenario *s = scenario_new();
	bool ok;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	ok = scenario_read_file(s, path, err) && scenario_finish(s, err);
	scenario_free(s);
	return ok;
}

static void each_wrong_file_gets_its_one_sentence(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conf_error err = { .text = "" };
		char path[200], want[500];
		bool ok;

		snprintf(path, sizeof(path), FOLDER "%s", cases[i].file);
		snprintf(want, sizeof(want), FOLDER "%s", cases[i].want);
		if (strncmp(cases[i].file, "machine-", 8) == 0)
			ok = machine_is_right(path, &err);
		else
			ok = scenario_is_right(path, &err);
		CU_ASSERT_FALSE(ok);
		CU_ASSERT_STRING_EQUAL(err.text, want);
		if (ok || strcmp(err.text, want) != 0)
			fprintf(stderr, "\n%s: %s\n", path, err.text);
	}
}

static bool is_listed(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (strcmp(cases[i].file, file) == 0)
			return true;
	/* Named by a scenario, not read for itself. */
	return *file == '.' || strcmp(file, "costs-of-2.4.yaml") == 0;
}

static void no_wrong_file_is_forgotten(void)
{
	DIR *folder = opendir(FOLDER);
	const struct dirent *entry;

	CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
	while ((entry = readdir(folder)))
		CU_ASSERT_TRUE(is_listed(entry->d_name));
	closedir(folder);
	CU_ASSERT_TRUE(ARRAY_SIZE(cases) >= 30);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(each_wrong_file_gets_its_one_sentence),
	T(no_wrong_file_is_forgotten),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "bad_yaml", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
