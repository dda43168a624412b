/* The invariants notice damage: each test breaks one thing in a sound state. */
#include "model/v4_12/mm412.h"
#include "tests/model/kernel412.h"

static struct kernel412 k;
static struct mm412 *mm;

static void boot(void)
{
	k_one_zone(&k, 1, 16384);
	CU_ASSERT_FATAL(k_boot(&k, false));
	mm = k.mm;
	for (unsigned i = 0; i < 5; i++)
		k_alloc(&k, 0, 0, "GFP_KERNEL");
	CU_ASSERT(k_ok(&k));
}

static void drop(void)
{
	k_drop(&k);
}

static void finds(const char *what)
{
	CU_ASSERT(!mm412_policy.check(k.mm, k.text, sizeof(k.text)));
	CU_ASSERT_PTR_NOT_NULL(strstr(k.text, what));
}

static uint32_t first_of(unsigned type, unsigned order)
{
	return mm->s[mm412_list(&mm->zones[0], type, order)].next;
}

static void a_counter_that_is_off_by_one(void)
{
	mm->zones[0].nr_free++;
	finds("counted");
}

static void a_lost_block(void)
{
	mm_list_del(mm->s, first_of(MM412_MOVABLE, 10));
	finds("listed");
}

static void a_broken_link(void)
{
	mm->s[first_of(MM412_MOVABLE, 10)].prev = 0;
	finds("broken");
}

static void a_block_with_another_order(void)
{
	uint32_t slot = first_of(MM412_MOVABLE, 10);

	mm->s[slot].tag = mm412_tag(MM412_FREE, 9, 0);
	finds("says otherwise");
}

static void a_used_frame_inside_a_free_block(void)
{
	mm->s[first_of(MM412_MOVABLE, 10) + 3].tag = mm412_tag(MM412_USED, 0, 0);
	finds("inside a free block");
}

static void two_buddies_that_were_not_merged(void)
{
	uint32_t slot = first_of(MM412_MOVABLE, 10);

	mm412_list_remove(mm, &mm->zones[0], slot, 10);
	mm412_list_push(mm, &mm->zones[0], slot, 9, MM412_MOVABLE);
	mm412_list_push(mm, &mm->zones[0], slot + 512, 9, MM412_MOVABLE);
	finds("not merged");
}

static void a_wrong_count_of_a_per_cpu_list(void)
{
	mm->zones[0].pcps[0].count++;
	finds("per-cpu lists");
}

static CU_TestInfo tests[] = {
	{ "a counter that is off by one is found", a_counter_that_is_off_by_one },
	{ "a lost block is found", a_lost_block },
	{ "a broken link is found", a_broken_link },
	{ "a block with another order is found", a_block_with_another_order },
	{ "a used frame inside a free block is found", a_used_frame_inside_a_free_block },
	{ "two buddies that were not merged are found", two_buddies_that_were_not_merged },
	{ "a wrong count of a per-cpu list is found", a_wrong_count_of_a_per_cpu_list },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_check", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
