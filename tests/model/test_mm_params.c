#include <inttypes.h>
#include <string.h>

#include "model/mm_policy.h"
#include "model/v4_12/mm412_policy.h"
#include "tests/unit.h"

static void presets_are_the_kernels_defaults(void)
{
	struct mm412_params p;

	memset(&p, 0xff, sizeof(p));
	mm_params_preset(mm412_policy.params, &p);
	CU_ASSERT_EQUAL(p.min_free_kbytes[0], 0);
	CU_ASSERT_EQUAL(p.watermark_scale_factor[0], 10);
	/* Depends on the machine. */
	CU_ASSERT_EQUAL(p.lowmem_reserve_ratio[0], 0);
	CU_ASSERT_EQUAL(p.lowmem_reserve_ratio[2], 0);
	CU_ASSERT_EQUAL(p.percpu_pagelist_fraction[0], 0);
	CU_ASSERT_EQUAL(p.numa_zonelist_order[0], MM412_ZONELIST_DEFAULT);
	CU_ASSERT_EQUAL(mm412_policy.tick_interval_ms(&p), 1000);
}

static void a_value_is_set_only_within_its_bounds(void)
{
	const struct mm_param *row =
		mm_params_find(mm412_policy.params, "watermark_scale_factor");
	struct mm412_params p;
	char text[200];

	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	mm_params_preset(mm412_policy.params, &p);
	CU_ASSERT(mm_params_set(row, &p, (uint64_t[]){ 1000 }, 1, text, sizeof(text)));
	CU_ASSERT_EQUAL(p.watermark_scale_factor[0], 1000);
	CU_ASSERT(!mm_params_set(row, &p, (uint64_t[]){ 1001 }, 1, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(
		text, "watermark_scale_factor: 1001 is not within 1 to 1000 (in 1/10000)");
	CU_ASSERT(!mm_params_set(row, &p, (uint64_t[]){ 0 }, 1, text, sizeof(text)));
	CU_ASSERT(!mm_params_set(row, &p, (uint64_t[]){ 5, 5 }, 2, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(text, "watermark_scale_factor takes 1 value, not 2");
	CU_ASSERT_EQUAL(p.watermark_scale_factor[0], 1000);
}

static void a_list_of_values_is_set_whole_or_not_at_all(void)
{
	const struct mm_param *row =
		mm_params_find(mm412_policy.params, "lowmem_reserve_ratio");
	struct mm412_params p;
	char text[200];

	mm_params_preset(mm412_policy.params, &p);
	CU_ASSERT(!mm_params_set(row, &p, (uint64_t[]){ 8, 0, 8 }, 3, text, sizeof(text)));
	CU_ASSERT_EQUAL(p.lowmem_reserve_ratio[0], 0);
	CU_ASSERT(mm_params_set(row, &p, (uint64_t[]){ 8, 9, 10 }, 3, text, sizeof(text)));
	CU_ASSERT_EQUAL(p.lowmem_reserve_ratio[2], 10);
}

static void a_misspelt_name_finds_its_neighbour(void)
{
	static const struct {
		const char *typed, *meant;
	} rows[] = {
		{ "min_free_kbyte", "min_free_kbytes" },
		{ "watermark_scale_facto", "watermark_scale_factor" },
		{ "lowmem_reserv_ratio", "lowmem_reserve_ratio" },
		{ "stat_interval", "stat_interval" },
		{ "colour", NULL },
		{ "x", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *near = mm_params_nearest(mm412_policy.params, rows[i].typed);

		CU_ASSERT_EQUAL(near == NULL, rows[i].meant == NULL);
		if (near && rows[i].meant)
			CU_ASSERT_STRING_EQUAL(near, rows[i].meant);
	}
	CU_ASSERT_PTR_NULL(mm_params_find(mm412_policy.params, "min_free_kbyte"));
}

static void check_table(const struct mm_param *table, size_t size)
{
	for (; table->name; table++) {
		CU_ASSERT(table->count >= 1 && table->count <= MM_PARAM_VALUES);
		CU_ASSERT(table->offset + table->count * sizeof(uint64_t) <= size);
		CU_ASSERT(table->min <= table->max);
		CU_ASSERT(strlen(table->doc) > 10);
		/* One with a text may be a mark for what depends on the machine. */
		for (unsigned i = 0; i < table->count && !table->preset_text; i++)
			CU_ASSERT(table->preset[i] >= table->min &&
				  table->preset[i] <= table->max);
	}
}

static void every_row_documents_itself_and_its_preset_is_allowed(void)
{
	for (const struct mm_policy *const *k = mm_policy_all(); *k; k++) {
		check_table((*k)->params, (*k)->params_size);
		check_table((*k)->costs, (*k)->costs_size);
	}
}

static void a_kernel_is_found_by_either_name(void)
{
	CU_ASSERT_PTR_EQUAL(mm_policy_find("4.12"), &mm412_policy);
	CU_ASSERT_PTR_EQUAL(mm_policy_find("4.12.0"), &mm412_policy);
	CU_ASSERT_PTR_NULL(mm_policy_find("4.13"));
}

static CU_TestInfo tests[] = {
	{ "presets are the kernel's defaults", presets_are_the_kernels_defaults },
	{ "a value is set only within its bounds", a_value_is_set_only_within_its_bounds },
	{ "a list of values is set whole or not at all",
	  a_list_of_values_is_set_whole_or_not_at_all },
	{ "a misspelt name finds its neighbour", a_misspelt_name_finds_its_neighbour },
	{ "every row documents itself and its preset is allowed",
	  every_row_documents_itself_and_its_preset_is_allowed },
	{ "a kernel is found by either name", a_kernel_is_found_by_either_name },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm_params", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
