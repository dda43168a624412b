#include "model/mm_list.h"
#include "tests/unit.h"

#define HEAD 0

static struct mm_list_table table;

static int map(void)
{
	if (!mm_list_map(&table, 64))
		return -1;
	return 0;
}

static int unmap(void)
{
	mm_list_unmap(&table);
	return 0;
}

/* The list from head to tail, as one number: 3, 1, 2 is 312. */
static unsigned forward(void)
{
	unsigned digits = 0;

	for (uint32_t at = table.slots[HEAD].next; at != HEAD; at = table.slots[at].next)
		digits = digits * 10 + at;
	return digits;
}

static unsigned backward(void)
{
	unsigned digits = 0;

	for (uint32_t at = table.slots[HEAD].prev; at != HEAD; at = table.slots[at].prev)
		digits = digits * 10 + at;
	return digits;
}

static void a_list_keeps_the_order_of_its_two_ends(void)
{
	struct mm_slot *s = table.slots;

	mm_list_init(s, HEAD);
	CU_ASSERT(mm_list_empty(s, HEAD));
	mm_list_add(s, HEAD, 1);
	mm_list_add(s, HEAD, 2);
	mm_list_add_tail(s, HEAD, 3);
	CU_ASSERT(!mm_list_empty(s, HEAD));
	CU_ASSERT_EQUAL(forward(), 213);
	CU_ASSERT_EQUAL(backward(), 312);
	mm_list_add(s, 1, 4);
	CU_ASSERT_EQUAL(forward(), 2143);
	mm_list_del(s, 1);
	CU_ASSERT_EQUAL(forward(), 243);
	CU_ASSERT_EQUAL(backward(), 342);
}

static void a_broken_link_is_found(void)
{
	struct mm_slot *s = table.slots;

	mm_list_init(s, HEAD);
	mm_list_add(s, HEAD, 1);
	mm_list_add(s, HEAD, 2);
	CU_ASSERT(mm_list_check(s, HEAD, 3));
	CU_ASSERT(!mm_list_check(s, HEAD, 2));
	s[1].prev = HEAD;
	CU_ASSERT(!mm_list_check(s, HEAD, 64));
}

static void a_table_of_a_terabyte_machine_is_zero_and_costs_nothing_until_used(void)
{
	struct mm_list_table big = { 0 };
	const uint64_t slots = (uint64_t)1 << 28;

	CU_ASSERT_FATAL(mm_list_map(&big, slots));
	CU_ASSERT_EQUAL(big.slots[0].next, 0);
	big.slots[slots - 1].stamp = 7;
	CU_ASSERT_EQUAL(big.slots[slots - 1].stamp, 7);
	mm_list_unmap(&big);
	CU_ASSERT_PTR_NULL(big.slots);
	mm_list_unmap(&big);
}

static CU_TestInfo tests[] = {
	{ "a list keeps the order of its two ends", a_list_keeps_the_order_of_its_two_ends },
	{ "a broken link is found", a_broken_link_is_found },
	{ "a table of a terabyte machine is zero and costs nothing until used",
	  a_table_of_a_terabyte_machine_is_zero_and_costs_nothing_until_used },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm_list", map, unmap, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
