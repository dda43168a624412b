/* Parameters, their bounds, and the shipped cost file against the presets. */
#include <stdlib.h>

#include "tests/model/kernel24.h"

#define COST_FILE "configs/costs/2.4.yaml"

static struct kernel24 k;

static void one_zone(void)
{
	k_one_zone(&k, 1, 4096);
}

static void drop(void)
{
	k_drop(&k);
}

static void presets_are_the_kernels(void)
{
	static const uint64_t bdflush[] = { 30, 64, 64, 256, 500, 3000, 60, 0, 0 };

	CU_ASSERT_EQUAL(memcmp(k.params.bdflush, bdflush, sizeof(bdflush)), 0);
	CU_ASSERT_EQUAL(k.params.memfrac[0], 32);
	CU_ASSERT_EQUAL(k.params.memfrac[2], 128);
	CU_ASSERT_EQUAL(k.params.kswapd[0], 512);
	CU_ASSERT_EQUAL(k.params.kswapd[1], 32);
	CU_ASSERT_EQUAL(k.params.kswapd[2], 8);
	CU_ASSERT_EQUAL(k.params.pagetable_cache[1], 50);
	CU_ASSERT_EQUAL(k.params.hang_rounds[0], 10000);
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void each_value_of_bdflush_has_bounds_of_its_own(void)
{
	static const uint64_t min[] = { 0, 10, 5, 25, 0, 100, 0, 0, 0 };
	static const uint64_t max[] = { 100, 50000, 20000, 20000, 60000, 600000, 100, 0, 0 };

	for (unsigned i = 0; i < 9; i++) {
		uint64_t preset = k.params.bdflush[i];

		k.params.bdflush[i] = min[i];
		CU_ASSERT(k_boot(&k, false));
		drop();
		k.params.bdflush[i] = max[i];
		CU_ASSERT(k_boot(&k, false));
		drop();
		k.params.bdflush[i] = max[i] + 1;
		CU_ASSERT(!k_boot(&k, false));
		CU_ASSERT_PTR_NOT_NULL(strstr(k.text, "bdflush: "));
		k.params.bdflush[i] = min[i] - 1;
		if (min[i])
			CU_ASSERT(!k_boot(&k, false));
		k.params.bdflush[i] = preset;
	}
	k.params.bdflush[1] = 9;
	CU_ASSERT(!k_boot(&k, false));
	CU_ASSERT_STRING_EQUAL(k.text, "bdflush: ndirty: 9 is not within 10 to 50000");
}

static void freepages_have_to_ascend(void)
{
	static const uint64_t wrong[][3] = { { 0, 100, 0 }, { 5, 4, 10 }, { 5, 10, 9 } };

	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		memcpy(k.params.freepages, wrong[i], sizeof(wrong[i]));
		CU_ASSERT(!k_boot(&k, false));
		CU_ASSERT_STRING_EQUAL(k.text, "freepages: min, low and high have to ascend");
	}
}

static void every_row_is_complete_and_within_its_struct(void)
{
	const struct mm_param *tables[] = { mm24_policy.params, mm24_policy.costs };
	const size_t sizes[] = { mm24_policy.params_size, mm24_policy.costs_size };

	for (unsigned t = 0; t < 2; t++) {
		size_t next = 0;

		for (const struct mm_param *p = tables[t]; p->name; p++) {
			CU_ASSERT(p->doc && p->unit && p->count <= MM_PARAM_VALUES);
			CU_ASSERT_EQUAL(p->offset, next);
			next = p->offset + p->count * sizeof(uint64_t);
			for (unsigned i = 0; i < p->count; i++)
				CU_ASSERT((p->preset[i] >= p->min && p->preset[i] <= p->max) ||
					  p->preset_text);
		}
		CU_ASSERT_EQUAL(next, sizes[t]);
	}
}

/* "  name: number" of the section `cost:`; UINT64_MAX when it is not there. */
static uint64_t in_file(FILE *f, const char *name)
{
	uint64_t value = UINT64_MAX;
	char line[200], key[64];
	long number;

	rewind(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " %63[a-z_]: %ld", key, &number) == 2 &&
		    strcmp(key, name) == 0)
			value = (uint64_t)number;
	return value;
}

static void the_shipped_cost_file_holds_the_presets(void)
{
	unsigned rows = 0, lines = 0;
	char line[200];
	FILE *f = fopen(COST_FILE, "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	for (const struct mm_param *p = mm24_policy.costs; p->name; p++, rows++)
		CU_ASSERT_EQUAL(in_file(f, p->name), p->preset[0]);
	rewind(f);
	while (fgets(line, sizeof(line), f))
		lines += line[0] == ' ' && line[2] != ' ' && line[2] != '#';
	fclose(f);
	CU_ASSERT_EQUAL(lines, rows);
}

static void freepages_beyond_what_can_be_free_are_refused(void)
{
	static const struct mm_span reserved[] = { { 0, 96 } };

	k_one_zone(&k, 1, 4096);
	k.machine.reserved = reserved;
	k.machine.nreserved = 1;
	k.params.freepages[2] = 4000;
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_drop(&k);
	k.params.freepages[2] = 4001;
	CU_ASSERT_FATAL(!k_boot(&k, false));
	CU_ASSERT_STRING_EQUAL(k.text, "freepages: high is 4001 pages, the machine has 4000 "
				       "that can be free");
}

static CU_TestInfo tests[] = {
	{ "freepages beyond what can be free are refused",
	  freepages_beyond_what_can_be_free_are_refused },
	{ "presets are the kernel's", presets_are_the_kernels },
	{ "each value of bdflush has bounds of its own",
	  each_value_of_bdflush_has_bounds_of_its_own },
	{ "freepages have to ascend", freepages_have_to_ascend },
	{ "every row is complete and within its struct",
	  every_row_is_complete_and_within_its_struct },
	{ "the shipped cost file holds the presets", the_shipped_cost_file_holds_the_presets },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_params", NULL, NULL, one_zone, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
