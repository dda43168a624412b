/* Writes to /proc/sys/vm of 2.4.0 in mid-run. */
#include "tests/model/kernel24.h"

static struct kernel24 k;
static char text[200];

static void boot(void)
{
	k_one_zone(&k, 1, 4096);
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

static bool write_many(const char *name, const uint64_t *values, unsigned count)
{
	return mm24_policy.sysctl(k.mm, &k.cpus[0], name, values, count, text, sizeof(text));
}

static void numbers_not_written_stay(void)
{
	static const uint64_t some[] = { 40, 500 };
	static const uint64_t want[] = { 40, 500, 64, 256, 500, 3000, 60, 0, 0 };
	static const uint64_t all[] = { 1, 2, 3 };

	CU_ASSERT(write_many("bdflush", some, 2));
	CU_ASSERT_EQUAL(memcmp(k.mm->params.bdflush, want, sizeof(want)), 0);
	CU_ASSERT(write_many("kswapd", all, 3));
	CU_ASSERT_EQUAL(memcmp(k.mm->params.kswapd, all, sizeof(all)), 0);
}

static void page_cluster_takes_effect_at_once(void)
{
	uint64_t five = 5, by_memory = MM24_PAGE_CLUSTER_AUTO;

	CU_ASSERT_EQUAL(k.mm->page_cluster, 3); /* 16 MiB */
	CU_ASSERT(write_many("page-cluster", &five, 1));
	CU_ASSERT_EQUAL(k.mm->page_cluster, 5);
	CU_ASSERT(!write_many("page-cluster", &by_memory, 1));
	CU_ASSERT_EQUAL(k.mm->page_cluster, 5);
}

static void freepages_can_only_be_read(void)
{
	static const uint64_t marks[] = { 10, 20, 30 };
	uint64_t low = k.mm->free_low;

	CU_ASSERT(!write_many("freepages", marks, 3));
	CU_ASSERT_STRING_EQUAL(text, "freepages cannot be changed while the kernel runs");
	CU_ASSERT_EQUAL(k.mm->free_low, low);
}

static void a_number_out_of_its_bounds_refuses_the_whole_write(void)
{
	static const uint64_t ndirty[] = { 40, 9 };
	static const uint64_t ten[10] = { 30, 64, 64, 256, 500, 3000, 60 };

	CU_ASSERT(!write_many("bdflush", ndirty, 2));
	CU_ASSERT_STRING_EQUAL(text, "bdflush: ndirty: 9 is not within 10 to 50000");
	CU_ASSERT_EQUAL(k.mm->params.bdflush[0], 30);
	CU_ASSERT(!write_many("bdflush", ten, 10));
	CU_ASSERT(!mm24_policy.sysctl(NULL, NULL, "bdflush", ndirty, 2, text, sizeof(text)));
	CU_ASSERT(mm24_policy.sysctl(NULL, NULL, "bdflush", ten, 9, text, sizeof(text)));
}

static CU_TestInfo tests[] = {
	{ "numbers not written stay", numbers_not_written_stay },
	{ "page-cluster takes effect at once", page_cluster_takes_effect_at_once },
	{ "freepages can only be read", freepages_can_only_be_read },
	{ "a number out of its bounds refuses the whole write",
	  a_number_out_of_its_bounds_refuses_the_whole_write },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_sysctl", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
