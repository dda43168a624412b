/* Marks and reserves against figures worked out by hand from the kernel's formulas. */
#include "model/v4_12/mm412.h"
#include "tests/model/kernel412.h"

static struct kernel412 k;

static void min_free_kbytes_is_the_root_of_low_memory_within_limits(void)
{
	static const struct {
		uint64_t frames, kbytes;
	} rows[] = {
		{ 4096, 512 },                /* 16 MiB, as in the kernel's own table */
		{ 65536, 2048 },              /* 256 MiB */
		{ 262144, 4096 },             /* 1 GiB */
		{ 4194304, 16384 },           /* 16 GiB */
		{ 200, 128 },                 /* sqrt(12800) = 113 */
		{ (uint64_t)1 << 27, 65536 }, /* 512 GiB: 92681 */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		k_one_zone(&k, 1, rows[i].frames);
		CU_ASSERT_FATAL(k_boot(&k, true));
		CU_ASSERT_EQUAL(mm412_probe_min_free_kbytes(k.mm), rows[i].kbytes);
		k_drop(&k);
	}
}

static void marks_follow_from_min_free_kbytes_and_the_scale_factor(void)
{
	struct mm412_probe_zone z;

	k_one_zone(&k, 1, 65536);
	CU_ASSERT_FATAL(k_boot(&k, true));
	z = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(z.watermark[0], 512);
	CU_ASSERT_EQUAL(z.watermark[1], 640);
	CU_ASSERT_EQUAL(z.watermark[2], 768);
	k_drop(&k);

	k_one_zone(&k, 1, 65536);
	k.params.min_free_kbytes[0] = 4096;
	k.params.watermark_scale_factor[0] = 150;
	CU_ASSERT_FATAL(k_boot(&k, true));
	z = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(z.watermark[0], 1024);
	CU_ASSERT_EQUAL(z.watermark[1], 1024 + 983);
	CU_ASSERT_EQUAL(z.watermark[2], 1024 + 2 * 983);
	k_drop(&k);
}

static void lower_zones_keep_back_a_part_of_what_lies_above_them(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA", 1, 4096 },
		{ 0, "DMA32", 4096, 786432 },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 262144 },
	};
	static const uint64_t dma[4] = { 0, 3056, 4080, 4080 };
	static const uint64_t dma32[4] = { 0, 0, 1024, 1024 };

	k_init(&k, 4, 1);
	k.machine.zones = zones;
	k.machine.nzones = 3;
	CU_ASSERT_FATAL(k_boot(&k, true));
	CU_ASSERT_EQUAL(memcmp(k_zone(&k, 0, "DMA").reserve, dma, sizeof(dma)), 0);
	CU_ASSERT_EQUAL(memcmp(k_zone(&k, 0, "DMA32").reserve, dma32, sizeof(dma32)), 0);
	k_drop(&k);
}

/* A zone with one free block of order 3 on the list of that type. */
static struct mm412_zone with_block(unsigned type)
{
	struct mm412_zone z = { .watermark = { 100 }, .reserve = { 0, 0, 7 } };

	z.some[type] = 1 << 3;
	return z;
}

static bool ok(const struct mm412_zone *z, unsigned order, unsigned flags, int64_t free)
{
	return mm412_watermark_exact(z, order, 100, MM412_ZONE_NORMAL, flags, free);
}

static void a_mark_has_to_be_exceeded_not_reached(void)
{
	struct mm412_zone z = with_block(MM412_MOVABLE);

	CU_ASSERT(!ok(&z, 0, 0, 107));
	CU_ASSERT(ok(&z, 0, 0, 108));
	/* The block itself does not count, but for one page. */
	CU_ASSERT(!ok(&z, 3, 0, 107 + 7));
	CU_ASSERT(ok(&z, 3, 0, 108 + 7));
	CU_ASSERT(!ok(&z, 4, 0, 10000));
	CU_ASSERT(!ok(&z, 0, 0, -5));
}

static void urgent_requests_may_go_to_a_half_or_three_eighths_of_the_mark(void)
{
	struct mm412_zone z = with_block(MM412_MOVABLE);

	z.nr_reserved_highatomic = 512;
	CU_ASSERT(!ok(&z, 0, MM412_HIGH, 57 + 512));
	CU_ASSERT(ok(&z, 0, MM412_HIGH, 58 + 512));
	CU_ASSERT(!ok(&z, 0, MM412_HIGH | MM412_HARDER, 7 + 38));
	CU_ASSERT(ok(&z, 0, MM412_HIGH | MM412_HARDER, 7 + 39));
}

static void only_harder_requests_count_high_atomic_blocks(void)
{
	struct mm412_zone z = with_block(MM412_HIGHATOMIC);

	CU_ASSERT(!ok(&z, 3, 0, 10000));
	CU_ASSERT(!ok(&z, 3, MM412_HIGH, 10000));
	CU_ASSERT(ok(&z, 3, MM412_HARDER, 10000));
}

static CU_TestInfo tests[] = {
	{ "min_free_kbytes is the root of low memory, within limits",
	  min_free_kbytes_is_the_root_of_low_memory_within_limits },
	{ "marks follow from min_free_kbytes and the scale factor",
	  marks_follow_from_min_free_kbytes_and_the_scale_factor },
	{ "lower zones keep back a part of what lies above them",
	  lower_zones_keep_back_a_part_of_what_lies_above_them },
	{ "a mark has to be exceeded, not reached", a_mark_has_to_be_exceeded_not_reached },
	{ "urgent requests may go to a half or three eighths of the mark",
	  urgent_requests_may_go_to_a_half_or_three_eighths_of_the_mark },
	{ "only harder requests count high-atomic blocks",
	  only_harder_requests_count_high_atomic_blocks },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_watermark", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
