/* Writes to /proc/sys/vm in mid-run, against machines booted with the value and by hand. */
#include "tests/model/kernel412.h"

static const struct mm_zone_span zones[] = {
	{ 0, "DMA", 1, 4096 },
	{ 0, "DMA32", 4096, 786432 },
	{ 0, "Normal", K_NORMAL, K_NORMAL + 262144 },
};

static const char *const names[] = { "DMA", "DMA32", "Normal" };

static struct kernel412 k, other;
static char text[200];

static void three_zones(struct kernel412 *at)
{
	k_init(at, 4, 1);
	at->machine.zones = zones;
	at->machine.nzones = 3;
}

static void two_alike(void)
{
	three_zones(&k);
	three_zones(&other);
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
	if (other.mm)
		k_drop(&other);
}

static bool write_many(const char *name, const uint64_t *values, unsigned count)
{
	return mm412_policy.sysctl(k.mm, &k.cpus[0], name, values, count, text, sizeof(text));
}

static bool write_one(const char *name, uint64_t value)
{
	return write_many(name, &value, 1);
}

/* Marks, reserves and list limits are those of `other`, which is booted now. */
static void expect_as_if_booted(void)
{
	CU_ASSERT_FATAL(k_boot(&other, false));
	for (unsigned i = 0; i < 3; i++) {
		struct mm412_probe_zone a = k_zone(&k, 0, names[i]),
					b = k_zone(&other, 0, names[i]);

		CU_ASSERT_EQUAL(memcmp(a.watermark, b.watermark, sizeof(a.watermark)), 0);
		CU_ASSERT_EQUAL(memcmp(a.reserve, b.reserve, sizeof(a.reserve)), 0);
		CU_ASSERT_EQUAL(a.pcp_high, b.pcp_high);
		CU_ASSERT_EQUAL(a.pcp_batch, b.pcp_batch);
	}
	CU_ASSERT(k_ok(&k));
}

static void marks_are_those_of_a_machine_booted_with_the_value(void)
{
	CU_ASSERT(write_one("min_free_kbytes", 65536));
	CU_ASSERT(write_one("watermark_scale_factor", 200));
	other.params.min_free_kbytes[0] = 65536;
	other.params.watermark_scale_factor[0] = 200;
	expect_as_if_booted();
	CU_ASSERT_EQUAL(mm412_probe_min_free_kbytes(k.mm), 65536);
}

static void a_scale_factor_leaves_an_earlier_min_free_kbytes(void)
{
	CU_ASSERT(write_one("min_free_kbytes", 9000));
	CU_ASSERT(write_one("watermark_scale_factor", 50));
	CU_ASSERT(write_one("watermark_scale_factor", 10));
	other.params.min_free_kbytes[0] = 9000;
	expect_as_if_booted();
}

/* As a parameter 0 leaves the kernel's formula; as a write it is a number. */
static void zero_kbytes_leave_only_the_distance_between_marks(void)
{
	struct mm412_probe_zone z;

	CU_ASSERT(write_one("min_free_kbytes", 0));
	z = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(z.watermark[0], 0);
	CU_ASSERT_EQUAL(z.watermark[1], 262); /* a thousandth of 262144 */
	CU_ASSERT_EQUAL(z.watermark[2], 524);
}

static void ratios_not_written_stay_and_zero_counts_as_one(void)
{
	static const uint64_t first[] = { 128 }, zero[] = { 0, 512 };

	CU_ASSERT(write_many("lowmem_reserve_ratio", first, 1));
	other.params.lowmem_reserve_ratio[0] = 128;
	other.params.lowmem_reserve_ratio[1] = 256;
	other.params.lowmem_reserve_ratio[2] = 32;
	expect_as_if_booted();
	CU_ASSERT(write_many("lowmem_reserve_ratio", zero, 2));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA").reserve[1], 782336);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").reserve[2], 262144 / 512);
}

static void requests_fail_at_once_where_a_raised_mark_forbids_them(void)
{
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_NOWAIT").verdict, MM_DONE);
	CU_ASSERT(write_one("min_free_kbytes", INT32_MAX));
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_NOWAIT").verdict, MM_FAILED);
	CU_ASSERT(write_one("min_free_kbytes", 4096));
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_NOWAIT").verdict, MM_DONE);
}

/* high 186 with batch 31 becomes 26 with batch 6: 262144 pages over 10000, a quarter of it. */
static void pages_beyond_a_lowered_limit_go_with_the_next_frees(void)
{
	uint64_t frames[100];

	for (unsigned i = 0; i < 100; i++)
		frames[i] = k_alloc(&k, 0, 0, "GFP_KERNEL");
	for (unsigned i = 0; i < 99; i++)
		k_free(&k, 0, frames[i], 0);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 0, 0, "Normal"), 123);
	CU_ASSERT(write_one("percpu_pagelist_fraction", 10000));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_high, 26);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_batch, 6);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 0, 0, "Normal"), 123);
	k_free(&k, 0, frames[99], 0);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 0, 0, "Normal"), 124 - 6);
	CU_ASSERT(k_ok(&k));
}

static void a_fraction_of_zero_brings_the_kernels_limits_back(void)
{
	CU_ASSERT(write_one("percpu_pagelist_fraction", 16));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_high, 16384);
	CU_ASSERT(write_one("percpu_pagelist_fraction", 0));
	expect_as_if_booted();
}

static const struct mm_zone_span of_two_nodes[] = {
	{ 0, "DMA32", 4096, 262144 },
	{ 0, "Normal", K_NORMAL, K_NORMAL + 262144 },
	{ 1, "Normal", K_NORMAL + 262144, K_NORMAL + 524288 },
};

static void boot_two_nodes(struct kernel412 *at, uint64_t order, uint64_t cpus)
{
	if (at->mm)
		k_drop(at);
	k_init(at, 4, 2);
	at->machine.zones = of_two_nodes;
	at->machine.nzones = 3;
	at->params.numa_zonelist_order[0] = order;
	at->params.zonelist_cpus[0] = cpus;
	CU_ASSERT_FATAL(k_boot(at, false));
}

static void expect_lists_of_other(void)
{
	for (unsigned nid = 0; nid < 2; nid++)
		for (unsigned n = 0, more = 1; more; n++) {
			unsigned a = 0, b = 0;
			const char *name = "", *wanted = "";

			more = mm412_probe_zonelist(other.mm, nid, true, n, &b, &wanted);
			CU_ASSERT_EQUAL(mm412_probe_zonelist(k.mm, nid, true, n, &a, &name),
					more);
			CU_ASSERT_EQUAL(a, b);
			CU_ASSERT_STRING_EQUAL(name, wanted);
		}
}

static void zonelists_are_made_anew_with_what_is_known_then(void)
{
	boot_two_nodes(&k, MM412_ZONELIST_DEFAULT, MM412_CPUS_BOOT);
	boot_two_nodes(&other, MM412_ZONELIST_ZONE, MM412_CPUS_KNOWN);
	CU_ASSERT(write_one("numa_zonelist_order", MM412_ZONELIST_ZONE));
	expect_lists_of_other();
	CU_ASSERT(k_ok(&k));
	boot_two_nodes(&other, MM412_ZONELIST_NODE, MM412_CPUS_KNOWN);
	CU_ASSERT(write_one("numa_zonelist_order", MM412_ZONELIST_NODE));
	expect_lists_of_other();
	CU_ASSERT(!write_one("numa_zonelist_order", 2));
}

static void a_refused_write_changes_nothing(void)
{
	static const uint64_t four[] = { 1, 2, 3, 4 };

	CU_ASSERT(!write_one("percpu_pagelist_fraction", 7));
	CU_ASSERT_STRING_EQUAL(text, "percpu_pagelist_fraction has to be 0, or 8 and more");
	CU_ASSERT(!write_one("watermark_scale_factor", 0));
	CU_ASSERT(!write_one("watermark_scale_factor", 1001));
	CU_ASSERT(!write_one("min_free_kbytes", (uint64_t)INT32_MAX + 1));
	CU_ASSERT(!write_many("lowmem_reserve_ratio", four, 4));
	CU_ASSERT(!write_many("min_free_kbytes", four, 0));
	CU_ASSERT(!write_one("zonelist_cpus", 1));
	CU_ASSERT_STRING_EQUAL(text, "zonelist_cpus cannot be changed while the kernel runs");
	expect_as_if_booted();
}

static void without_a_kernel_a_write_is_only_checked(void)
{
	uint64_t good = 64, bad = 5;

	CU_ASSERT(mm412_policy.sysctl(NULL, NULL, "percpu_pagelist_fraction", &good, 1, text,
				      sizeof(text)));
	CU_ASSERT(!mm412_policy.sysctl(NULL, NULL, "percpu_pagelist_fraction", &bad, 1, text,
				       sizeof(text)));
	CU_ASSERT(mm_policy_has_sysctl(&mm412_policy, "stat_interval"));
	CU_ASSERT(!mm_policy_has_sysctl(&mm412_policy, "zonelist_cpus"));
}

static CU_TestInfo tests[] = {
	{ "marks are those of a machine booted with the value",
	  marks_are_those_of_a_machine_booted_with_the_value },
	{ "a scale factor leaves an earlier min_free_kbytes",
	  a_scale_factor_leaves_an_earlier_min_free_kbytes },
	{ "zero kbytes leave only the distance between marks",
	  zero_kbytes_leave_only_the_distance_between_marks },
	{ "ratios not written stay, and zero counts as one",
	  ratios_not_written_stay_and_zero_counts_as_one },
	{ "requests fail at once where a raised mark forbids them",
	  requests_fail_at_once_where_a_raised_mark_forbids_them },
	{ "pages beyond a lowered limit go with the next frees",
	  pages_beyond_a_lowered_limit_go_with_the_next_frees },
	{ "a fraction of zero brings the kernel's limits back",
	  a_fraction_of_zero_brings_the_kernels_limits_back },
	{ "zonelists are made anew with what is known then",
	  zonelists_are_made_anew_with_what_is_known_then },
	{ "a refused write changes nothing", a_refused_write_changes_nothing },
	{ "without a kernel a write is only checked",
	  without_a_kernel_a_write_is_only_checked },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_sysctl", NULL, NULL, two_alike, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
