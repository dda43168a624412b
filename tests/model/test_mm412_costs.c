/*
 * The costs of the paths against the published cycle counts they were calibrated on, on warm
 * lines of 4 cycles each, and the shipped cost file against the presets.
 */
#include <stdlib.h>

#include "tests/model/kernel412.h"

#define FRAMES 262144
#define COST_FILE "configs/costs/4.12.yaml"

static struct kernel412 k;

static void boot(void)
{
	k_one_zone(&k, 2, FRAMES);
	for (unsigned line = 0; line < SIM_LINES; line++)
		k.memory.flat_cycles[line] = 4;
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

/* Cycles since the last call, on CPU 0; what CPU 1 did is long over. */
static uint64_t cycles(void)
{
	uint64_t due = k.cpus[0].due;

	k.cpus[0].now += (uint64_t)1 << 32;
	k.cpus[0].due = 0;
	return due;
}

static bool within(uint64_t value, uint64_t low, uint64_t high)
{
	if (value < low || value > high)
		fprintf(stderr, "%" PRIu64 " is not within %" PRIu64 " to %" PRIu64 "\n", value,
			low, high);
	return value >= low && value <= high;
}

static void a_page_from_and_to_a_per_cpu_list_costs_147_and_78_cycles(void)
{
	uint64_t a = k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE"), b;

	cycles();
	b = k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE");
	CU_ASSERT(within(cycles(), 145, 149));
	k_free(&k, 0, a, 0);
	CU_ASSERT(within(cycles(), 76, 80));
	k_free(&k, 0, b, 0);
	CU_ASSERT(within(cycles(), 76, 80));
}

static void a_refill_of_31_pages_costs_some_hundred_cycles_more(void)
{
	k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE");
	CU_ASSERT(within(cycles(), 147 + 300, 147 + 800));
}

static void a_drain_of_31_pages_costs_about_a_thousand(void)
{
	uint64_t frames[186];

	for (unsigned i = 0; i < 186; i++)
		frames[i] = k_alloc(&k, 1, 0, "GFP_HIGHUSER_MOVABLE");
	for (unsigned i = 0; i < 185; i++)
		k_free(&k, 0, frames[i], 0);
	cycles();
	k_free(&k, 0, frames[185], 0);
	CU_ASSERT(within(cycles(), 78 + 850, 78 + 1150));
}

/* Blocks of order 2 without buddies: nothing splits, nothing merges. */
static void order_2_costs_58_and_65_more_than_order_0(void)
{
	uint64_t frames[256];

	for (unsigned i = 0; i < 256; i++)
		frames[i] = k_alloc(&k, 0, 2, "GFP_HIGHUSER_MOVABLE");
	for (unsigned i = 0; i < 256; i += 4)
		k_free(&k, 0, frames[i], 2);
	cycles();
	k_free(&k, 0, frames[2], 2);
	CU_ASSERT(within(cycles(), 77 + 61, 77 + 69));
	k_alloc(&k, 0, 2, "GFP_HIGHUSER_MOVABLE");
	CU_ASSERT(within(cycles(), 142 + 54, 142 + 62));
}

static void a_held_lock_is_waited_for_and_counted_by_its_cause(void)
{
	struct mm_snapshot *s;

	k_alloc(&k, 1, 3, "GFP_HIGHUSER_MOVABLE"); /* CPU 1 holds the lock for a while */
	k.cpus[0].now = 0;
	k_alloc(&k, 0, 3, "GFP_HIGHUSER_MOVABLE");
	CU_ASSERT(k.cpus[0].part[SIM_PART_LOCK] > 0);
	s = mm412_policy.snapshot(k.mm);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->zones[0].lock_waits[SIM_CAUSE_HIGH_ORDER], 1);
	CU_ASSERT_EQUAL(s->zones[0].lock_wait_cycles[SIM_CAUSE_HIGH_ORDER],
			k.cpus[0].part[SIM_PART_LOCK]);
	CU_ASSERT_EQUAL(s->zones[0].lock_taken, 2);
	mm_snapshot_free(s);
}

/* "  name: number" of the section `cost:`; UINT64_MAX when it is not there. */
static uint64_t in_file(const char *name)
{
	FILE *f = fopen(COST_FILE, "r");
	uint64_t value = UINT64_MAX;
	char line[200], key[64];
	long number;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " %63[a-z_]: %ld", key, &number) == 2 &&
		    strcmp(key, name) == 0)
			value = (uint64_t)number;
	fclose(f);
	return value;
}

static void the_shipped_cost_file_holds_the_presets(void)
{
	unsigned rows = 0, lines = 0;
	char line[200];
	FILE *f = fopen(COST_FILE, "r");

	for (const struct mm_param *p = mm412_policy.costs; p->name; p++, rows++)
		CU_ASSERT_EQUAL(in_file(p->name), p->preset[0]);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f))
		lines += line[0] == ' ' && line[2] != ' ' && line[2] != '#';
	fclose(f);
	CU_ASSERT_EQUAL(lines, rows);
}

static CU_TestInfo tests[] = {
	{ "a page from and to a per-cpu list costs 147 and 78 cycles",
	  a_page_from_and_to_a_per_cpu_list_costs_147_and_78_cycles },
	{ "a refill of 31 pages costs some hundred cycles more",
	  a_refill_of_31_pages_costs_some_hundred_cycles_more },
	{ "a drain of 31 pages costs about a thousand",
	  a_drain_of_31_pages_costs_about_a_thousand },
	{ "order 2 costs 58 and 65 more than order 0",
	  order_2_costs_58_and_65_more_than_order_0 },
	{ "a held lock is waited for and counted by its cause",
	  a_held_lock_is_waited_for_and_counted_by_its_cause },
	{ "the shipped cost file holds the presets", the_shipped_cost_file_holds_the_presets },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_costs", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
