#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tools/folder.h"
#include "tests/unit.h"
#include "tools/sweep.h"
#include "tools/sweep_number.h"
#include "tools/sweep_patch.h"
#include "tools/sweep_point.h"

static struct conf_error err;
static char path[100]; /* of the one file in the folder */

static int make_folder(void)
{
	int failed = folder_new();

	snprintf(path, sizeof(path), "%s/s.yaml", folder);
	return failed;
}

/* NULL and err where the text is no sweep. */
static struct sweep *attempt(const char *text)
{
	FILE *f = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
	return sweep_read(path, &err);
}

static struct sweep *sound(const char *text)
{
	struct sweep *s = attempt(text);

	if (!s)
		fprintf(stderr, "\n%s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	return s;
}

/* All values of the first axis, with a blank behind each. */
static void values(const char *text, char *out, size_t size)
{
	struct sweep *s = sound(text);
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < s->groups[0].nrows; i++)
		used += (size_t)snprintf(out + used, size - used, "%s ",
					 s->groups[0].columns[0].value[i].text);
	sweep_free(s);
}

static void ranges_have_their_ends_and_equal_steps_or_ratios_between(void)
{
	static const struct {
		const char *axis, *want;
	} table[] = {
		{ "vm.swappiness: {from: 0, to: 100, steps: 5}", "0 25 50 75 100 " },
		{ "vm.swappiness: {from: 0, to: 10, steps: 4}", "0 3 7 10 " },
		{ "a: {from: 10, to: 1000, steps: 3, scale: log}", "10 100 1000 " },
		{ "a: {from: 1, to: 1024, steps: 6, scale: log}", "1 4 16 64 256 1024 " },
		{ "vm.min_free_kbytes: {from: 1MiB, to: 16MiB, steps: 5, scale: log}",
		  "1MiB 2MiB 4MiB 8MiB 16MiB " },
		{ "vm.min_free_kbytes: {from: 1024, to: 3072, steps: 3}", "1MiB 2MiB 3MiB " },
		{ "vm.min_free_kbytes: {from: 1MiB, to: 2MiB, steps: 3, round: 1MiB}", NULL },
		{ "a: {from: 0, to: 1MiB, steps: 4}", "0B 340KiB 684KiB 1MiB " },
		{ "a: {from: 100ms, to: 1s, steps: 3}", "100ms 550ms 1s " },
		{ "a: {from: 5%, to: 40%, steps: 3}", "5% 23% 40% " },
		{ "a: [x, 2, 3MiB]", "x 2 3MiB " },
		{ "a: [[1, 2], {b: c}]", "[\"1\", \"2\"] {\"b\": \"c\"} " },
	};
	char text[300], got[300];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		snprintf(text, sizeof(text), "axes:\n  %s\n", table[i].axis);
		if (!table[i].want) {
			CU_ASSERT_PTR_NULL(attempt(text));
			continue;
		}
		values(text, got, sizeof(got));
		if (strcmp(got, table[i].want) != 0)
			fprintf(stderr, "\n%s: %s\n", table[i].axis, got);
		CU_ASSERT_STRING_EQUAL(got, table[i].want);
	}
}

static void every_combination_of_rows_is_a_point_and_zipped_axes_go_together(void)
{
	static const char *const want[] = { "1 a x", "1 b y", "2 a x", "2 b y" };
	struct sweep *s = sound("axes: {one: [1, 2]}\nzip: [{two: [a, b], three: [x, y]}]\n"
				"set: {four: 4}\n");
	size_t rows[8];

	CU_ASSERT_EQUAL_FATAL(sweep_combinations(s), ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		char got[32];

		sweep_rows(s, i, rows);
		snprintf(got, sizeof(got), "%s %s %s",
			 s->groups[1].columns[0].value[rows[1]].text,
			 s->groups[2].columns[0].value[rows[2]].text,
			 s->groups[2].columns[1].value[rows[2]].text);
		CU_ASSERT_STRING_EQUAL(got, want[i]);
	}
	CU_ASSERT_TRUE(s->groups[0].fixed);
	sweep_free(s);
}

static void a_latin_hypercube_has_one_value_in_each_of_as_many_equal_parts(void)
{
	struct sweep *s =
		sound("sample: {method: latin-hypercube, points: 50, seed: 3, axes:\n"
		      "  {a: {from: 0, to: 5000}, b: {from: 1, to: 2}, c: [x, y]}}\n");
	const struct sweep_group *g = &s->groups[0];
	unsigned seen[50] = { 0 }, x = 0;

	CU_ASSERT_EQUAL_FATAL(g->nrows, 50);
	for (size_t i = 0; i < 50; i++) {
		unsigned long v = strtoul(g->columns[0].value[i].text, NULL, 10);

		seen[v < 5000 ? v / 100 : 49]++;
		x += *g->columns[2].value[i].text == 'x';
	}
	/* Rounding may carry a value over the border of its part. */
	for (size_t i = 0; i < 50; i++)
		CU_ASSERT_TRUE(seen[i] <= 2);
	CU_ASSERT_EQUAL(x, 25);
	sweep_free(s);
}

static void samples_are_the_same_for_the_same_seed_and_others_for_another(void)
{
	static const char format[] = "sample: {method: random, points: 8, seed: %d, axes:\n"
				     "  {a: {from: 1, to: 1000000, scale: log}}}\n";
	char text[200], one[300], again[300], other[300];

	snprintf(text, sizeof(text), format, 1);
	values(text, one, sizeof(one));
	values(text, again, sizeof(again));
	snprintf(text, sizeof(text), format, 2);
	values(text, other, sizeof(other));
	CU_ASSERT_STRING_EQUAL(one, again);
	CU_ASSERT_STRING_NOT_EQUAL(one, other);
}

static void constraints_hold_or_do_not(void)
{
	static const struct {
		const char *rule;
		bool holds;
	} table[] = {
		{ "vm.pcp_batch * 6 <= vm.pcp_high", true },
		{ "vm.pcp_batch * 6 < vm.pcp_high", false },
		{ "vm.min_free_kbytes <= 64MiB", true },
		{ "vm.min_free_kbytes == 16384KiB", true },
		{ "vm.min_free_kbytes > 16MiB", false },
		{ "vm.min_free_kbytes + 1MiB * 2 - 1MiB == 17MiB", true },
		{ "vm.min_free_kbytes / 4MiB == 4", true },
		{ "2 + 3 * 4 == 14", true },
		{ "time >= 1500us", true },
		{ "share < 10.5%", true },
		{ "word == some/path.yaml", true },
		{ "word != some/path.yaml", false },
		{ "word != other", true },
	};
	char text[400];
	size_t rows[8];
	bool holds;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct sweep *s;

		snprintf(text, sizeof(text),
			 "axes: {vm.pcp_batch: [31], vm.pcp_high: [186], time: [2ms],\n"
			 "  vm.min_free_kbytes: [16384], word: [some/path.yaml], share: "
			 "[10%%]}\n"
			 "constraints: [\"%s\"]\n",
			 table[i].rule);
		s = sound(text);
		sweep_rows(s, 0, rows);
		CU_ASSERT_TRUE(sweep_rule_all(s, rows, &holds, &err));
		if (holds != table[i].holds)
			fprintf(stderr, "\n%s\n", table[i].rule);
		CU_ASSERT_EQUAL(holds, table[i].holds);
		sweep_free(s);
	}
}

static void what_is_no_sweep_is_told_with_its_place(void)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{ "axis: {}", "s.yaml:1:1: unknown key 'axis', did you mean 'axes'?" },
		{ "axes: [1]", "s.yaml:1:7: 'axes' should be a map" },
		{ "axes: {a: 3}", "s.yaml:1:11: an axis is a list" },
		{ "axes:\n  a: []", "s.yaml:2:6: an axis is a list" },
		{ "axes: {a: {from: 1, to: 9}}", "s.yaml:1:11: 'steps' is missing" },
		{ "axes: {a: {from: 9, to: 1, steps: 2}}", "s.yaml:1:25: a range goes up" },
		{ "axes: {a: {from: 1, to: 1MiB, steps: 2}}",
		  "s.yaml:1:18: 'from' has another kind of unit than 'to'" },
		{ "axes: {a: {from: 0, to: 9, steps: 2, scale: log}}",
		  "s.yaml:1:45: a log range begins above 0" },
		{ "axes: {a: {from: 1, to: 3, steps: 9}}",
		  "s.yaml:1:35: 9 steps are too many" },
		{ "axes: {a: [1]}\nzip: [{a: [1]}]", "s.yaml:2:8: 'a' is an axis already" },
		{ "zip: [{a: [1], b: [1, 2]}]", "s.yaml:1:19: zipped axes have as many" },
		{ "axes: {seed: [1]}\nrepeat: 2", "s.yaml:2:9: 'seed' is an axis already" },
		{ "sample: {method: grid, points: 1, seed: 1, axes: {a: [1]}}",
		  "s.yaml:1:18: 'method' should be random or latin-hypercube" },
		{ "axes: {a: {files: 'none/*.pgt'}}", "s.yaml:1:19: no file matches" },
		{ "axes: {a: {from: 1, to: 900000, steps: 900000}, b: [1, 2, 3, 4, 5, 6, 7, 8, "
		  "9, 10, 11, 12]}",
		  "s.yaml:1:1: more than 10000000 combinations" },
		{ "objectives: latency", "s.yaml:1:13: 'objectives' should be a list" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct sweep *s = attempt(table[i].text);

		CU_ASSERT_PTR_NULL(s);
		sweep_free(s);
		if (!strstr(err.text, table[i].want))
			fprintf(stderr, "\n%s\nwant %s\n", err.text, table[i].want);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, table[i].want));
	}
}

static void a_wrong_constraint_is_told_with_its_place(void)
{
	static const struct {
		const char *rule, *want;
	} table[] = {
		{ "vm.pcp_batch", "a constraint compares" },
		{ "vm.pcp_batc < 3", "'vm.pcp_batc' is no axis, did you mean 'vm.pcp_batch'?" },
		{ "< 3", "there should be an axis or a number before '<'" },
		{ "3 <", "there should be an axis or a number behind '<'" },
		{ "1 < 2 < 3", "one comparison is enough" },
		{ "vm.pcp_batch < 3", "which unit has '3'?" },
		{ "vm.pcp_batch * 4KiB < 3", "of two factors one should have no unit" },
		{ "1 / 0 < 3", "is 0" },
	};
	char text[300];
	size_t rows[4];
	bool holds;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct sweep *s;

		snprintf(text, sizeof(text),
			 "axes: {vm.pcp_batch: [31]}\nconstraints:\n  - \"%s\"\n",
			 table[i].rule);
		s = sound(text);
		sweep_rows(s, 0, rows);
		CU_ASSERT_FALSE(sweep_rule_all(s, rows, &holds, &err));
		if (!strstr(err.text, table[i].want))
			fprintf(stderr, "\n%s\nwant %s\n", err.text, table[i].want);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "s.yaml:3:5: "));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, table[i].want));
		sweep_free(s);
	}
}

static void bare_numbers_have_the_unit_of_their_parameter(void)
{
	struct sweep_number n = sweep_number_of("vm.min_free_kbytes", "16384");

	CU_ASSERT_EQUAL(n.kind, SWEEP_NUMBER_SIZE);
	CU_ASSERT_EQUAL(n.value, 16 << 20);
	CU_ASSERT_DOUBLE_EQUAL(sweep_number_in_unit("vm.min_free_kbytes", n), 16384, 0);
	n = sweep_number_of("vm.swappiness", "60");
	CU_ASSERT_EQUAL(n.kind, SWEEP_NUMBER_PLAIN);
	CU_ASSERT_DOUBLE_EQUAL(sweep_number_in_unit("vm.swappiness", n), 60, 0);
	n = sweep_number_of("machine.nodes.0.memory", "1GiB");
	CU_ASSERT_STRING_EQUAL(sweep_number_unit("machine.nodes.0.memory", n.kind), "B");
	CU_ASSERT_EQUAL(sweep_number_of("a", "120cycles").kind, SWEEP_NUMBER_NONE);
	CU_ASSERT_EQUAL(sweep_number_of("a", "8MB").kind, SWEEP_NUMBER_NONE);
}

/* A scenario's patch, put on the other one, makes the first. */
static void a_patch_makes_one_scenario_of_another(void)
{
	static const char *const json[][2] = {
		{ "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", "{\"a\":1,\"b\":{\"c\":2,\"d\":4}}" },
		{ "{\"a\":1}", "{\"b\":{\"x\":[1,2]}}" },
		{ "{\"a\":{\"b\":1}}", "{\"a\":5}" },
		{ "{\"a\":5}", "{\"a\":{\"b\":{\"c\":1}}}" },
		{ "{}", "{}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(json); i++) {
		json_t *from = json_loads(json[i][0], 0, NULL);
		json_t *to = json_loads(json[i][1], 0, NULL);
		json_t *patch = sweep_patch_make(from, to);
		json_t *made = sweep_patch_apply(from, patch);

		CU_ASSERT_TRUE(json_equal(made, to));
		json_decref(from);
		json_decref(to);
		json_decref(patch);
		json_decref(made);
	}
}

static void an_id_depends_on_scenario_trace_and_start(void)
{
	json_t *a = json_loads("{\"seed\":1,\"vm\":{\"x\":1,\"y\":2}}", 0, NULL);
	json_t *same = json_loads("{\"vm\":{\"y\":2,\"x\":1},\"seed\":1}", 0, NULL);
	json_t *seed = json_loads("{\"seed\":2,\"vm\":{\"x\":1,\"y\":2}}", 0, NULL);
	char id[5][33];

	CU_ASSERT_TRUE(sweep_point_id(a, "t", NULL, id[0]));
	CU_ASSERT_TRUE(sweep_point_id(same, "t", NULL, id[1]));
	CU_ASSERT_TRUE(sweep_point_id(seed, "t", NULL, id[2]));
	CU_ASSERT_TRUE(sweep_point_id(a, "u", NULL, id[3]));
	CU_ASSERT_TRUE(sweep_point_id(a, "t", "u", id[4]));
	CU_ASSERT_STRING_EQUAL(id[0], id[1]);
	for (size_t i = 2; i < 5; i++)
		CU_ASSERT_STRING_NOT_EQUAL(id[0], id[i]);
	json_decref(a);
	json_decref(same);
	json_decref(seed);
}

static CU_TestInfo tests[] = {
	{ "ranges have their ends, and equal steps or ratios between",
	  ranges_have_their_ends_and_equal_steps_or_ratios_between },
	{ "every combination of rows is a point, and zipped axes go together",
	  every_combination_of_rows_is_a_point_and_zipped_axes_go_together },
	{ "a Latin hypercube has one value in each of as many equal parts",
	  a_latin_hypercube_has_one_value_in_each_of_as_many_equal_parts },
	{ "samples are the same for the same seed, and others for another",
	  samples_are_the_same_for_the_same_seed_and_others_for_another },
	{ "constraints hold, or do not", constraints_hold_or_do_not },
	{ "what is no sweep is told with its place", what_is_no_sweep_is_told_with_its_place },
	{ "a wrong constraint is told with its place",
	  a_wrong_constraint_is_told_with_its_place },
	{ "bare numbers have the unit of their parameter",
	  bare_numbers_have_the_unit_of_their_parameter },
	{ "a patch makes one scenario of another", a_patch_makes_one_scenario_of_another },
	{ "an id depends on scenario, trace and start",
	  an_id_depends_on_scenario_trace_and_start },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "sweep", make_folder, folder_drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
