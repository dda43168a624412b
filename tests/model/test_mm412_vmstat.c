#include "tests/model/kernel412.h"

static struct kernel412 k;

static const struct mm_zone_span zones[] = {
	{ 0, "Normal", K_NORMAL, K_NORMAL + 65536 },
	{ 1, "Normal", K_NORMAL + 65536, K_NORMAL + 131072 },
};

static void boot(void)
{
	k_init(&k, 4, 2);
	k.machine.zones = zones;
	k.machine.nzones = 2;
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

static int64_t drift(unsigned nid)
{
	struct mm412_probe_zone z = k_zone(&k, nid, "Normal");

	return z.nr_free - z.nr_free_exact;
}

static void small_changes_stay_with_the_cpu_until_they_exceed_the_threshold(void)
{
	int32_t t = k_zone(&k, 0, "Normal").stat_threshold;

	/* 2 * fls(4 CPUs) * (1 + fls(65536 >> 15)) */
	CU_ASSERT_EQUAL(t, 2 * 3 * 3);
	k_try(&k, 0, 0, 4, "GFP_KERNEL");
	CU_ASSERT_EQUAL(drift(0), 16);
	k_try(&k, 0, 0, 1, "GFP_KERNEL");
	CU_ASSERT_EQUAL(drift(0), 18);
	k_try(&k, 0, 0, 1, "GFP_KERNEL");
	CU_ASSERT_EQUAL(drift(0), 0);
}

static void a_tick_folds_what_its_cpu_holds(void)
{
	k_try(&k, 0, 0, 4, "GFP_KERNEL");
	k_try(&k, 1, 0, 2, "GFP_KERNEL");
	CU_ASSERT_EQUAL(drift(0), 20);
	mm412_policy.tick(k.mm, &k.cpus[0]);
	CU_ASSERT_EQUAL(drift(0), 4);
	mm412_policy.tick(k.mm, &k.cpus[1]);
	CU_ASSERT_EQUAL(drift(0), 0);
	CU_ASSERT(k_ok(&k));
}

static void pages_of_a_remote_zone_go_back_after_three_quiet_ticks(void)
{
	unsigned batch = k_zone(&k, 0, "Normal").pcp_batch;

	k_try(&k, 1, 0, 0, "GFP_KERNEL"); /* CPU 1 is of node 1 */
	k_try(&k, 1, 1, 0, "GFP_KERNEL");
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 1, 0, "Normal"), batch - 1);
	/* The first tick folds and counts down at once; two more follow. */
	mm412_policy.tick(k.mm, &k.cpus[1]);
	mm412_policy.tick(k.mm, &k.cpus[1]);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 1, 0, "Normal"), batch - 1);
	mm412_policy.tick(k.mm, &k.cpus[1]);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 1, 0, "Normal"), 0);
	for (unsigned i = 0; i < 10; i++)
		mm412_policy.tick(k.mm, &k.cpus[1]);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 1, 1, "Normal"), batch - 1);
}

static void sysctl_writes_leave_thresholds_as_they_were_at_boot(void)
{
	struct mm412_probe_zone before, after;

	k_drop(&k);
	k_one_zone(&k, 16, 32768);
	CU_ASSERT_FATAL(k_boot(&k, false));
	before = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(before.stat_threshold, 20);
	CU_ASSERT_EQUAL(before.percpu_drift_mark, 862);
	k_drop(&k);
	k_one_zone(&k, 16, 32768);
	k.params.min_free_kbytes[0] = 20000;
	CU_ASSERT_FATAL(k_boot(&k, false));
	after = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(after.watermark[0], 5000);
	CU_ASSERT_EQUAL(after.percpu_drift_mark, before.percpu_drift_mark);
	CU_ASSERT_EQUAL(after.stat_threshold, before.stat_threshold);
}

static CU_TestInfo tests[] = {
	{ "small changes stay with the cpu until they exceed the threshold",
	  small_changes_stay_with_the_cpu_until_they_exceed_the_threshold },
	{ "a tick folds what its cpu holds", a_tick_folds_what_its_cpu_holds },
	{ "pages of a remote zone go back after three quiet ticks",
	  pages_of_a_remote_zone_go_back_after_three_quiet_ticks },
	{ "sysctl writes leave thresholds as they were at boot",
	  sysctl_writes_leave_thresholds_as_they_were_at_boot },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_vmstat", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
