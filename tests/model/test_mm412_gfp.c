#include <string.h>

#include "model/v4_12/mm412.h"
#include "tests/unit.h"

/* The values that include/linux/gfp.h of 4.12.0 gives, worked out by hand. */
static const struct {
	const char *names;
	uint32_t gfp;
} rows[] = {
	{ "GFP_KERNEL", 0x14000c0 },
	{ "GFP_KERNEL_ACCOUNT", 0x15000c0 },
	{ "GFP_ATOMIC", 0x1080020 },
	{ "GFP_NOWAIT", 0x1000000 },
	{ "GFP_NOIO", 0x1400000 },
	{ "GFP_NOFS", 0x1400040 },
	{ "GFP_TEMPORARY", 0x14000d0 },
	{ "GFP_USER", 0x14200c0 },
	{ "GFP_HIGHUSER", 0x14200c2 },
	{ "GFP_HIGHUSER_MOVABLE", 0x14200ca },
	{ "GFP_TRANSHUGE_LIGHT", 0x342ca },
	{ "GFP_TRANSHUGE", 0x4342ca },
	{ "GFP_DMA", 0x1 },
	{ "GFP_DMA32", 0x4 },
	{ "__GFP_DMA", 0x1 },
	{ "__GFP_HIGHMEM", 0x2 },
	{ "__GFP_DMA32", 0x4 },
	{ "__GFP_MOVABLE", 0x8 },
	{ "__GFP_RECLAIMABLE", 0x10 },
	{ "__GFP_HIGH", 0x20 }, /* alone, as 6.3 and newer print it: not __GFP_ATOMIC */
	{ "__GFP_IO", 0x40 },
	{ "__GFP_FS", 0x80 },
	{ "__GFP_COLD", 0x100 },
	{ "__GFP_NOWARN", 0x200 },
	{ "__GFP_REPEAT", 0x400 },
	{ "__GFP_NOFAIL", 0x800 },
	{ "__GFP_NORETRY", 0x1000 },
	{ "__GFP_MEMALLOC", 0x2000 },
	{ "__GFP_COMP", 0x4000 },
	{ "__GFP_ZERO", 0x8000 },
	{ "__GFP_NOMEMALLOC", 0x10000 },
	{ "__GFP_HARDWALL", 0x20000 },
	{ "__GFP_THISNODE", 0x40000 },
	{ "__GFP_ATOMIC", 0x80000 },
	{ "__GFP_ACCOUNT", 0x100000 },
	{ "__GFP_NOTRACK", 0x200000 },
	{ "__GFP_DIRECT_RECLAIM", 0x400000 },
	{ "__GFP_WRITE", 0x800000 },
	{ "__GFP_KSWAPD_RECLAIM", 0x1000000 },
	{ "__GFP_RECLAIM", 0x1400000 },
	/* Other kernels' names. */
	{ "__GFP_WAIT", 0x1400000 },
	{ "__GFP_NO_KSWAPD", 0 },
	{ "__GFP_OTHER_NODE", 0 },
	{ "GFP_NOTRACK", 0x200000 },
	{ "__GFP_RETRY_MAYFAIL", 0x400 },
	{ "__GFP_NOLOCKDEP", 0 },
	{ "__GFP_ZEROTAGS", 0 },
	{ "__GFP_SKIP_ZERO", 0 },
	{ "__GFP_SKIP_KASAN", 0 },
	{ "__GFP_SKIP_KASAN_POISON", 0 },
	{ "__GFP_SKIP_KASAN_UNPOISON", 0 },
	{ "__GFP_NO_OBJ_EXT", 0 },
	{ "none", 0 },
	{ "0", 0 },
	{ "", 0 },
	/* Combinations. */
	{ "GFP_KERNEL|__GFP_RETRY_MAYFAIL|__GFP_NOWARN", 0x14006c0 },
	{ "GFP_NOWAIT|__GFP_HIGHMEM|__GFP_MOVABLE|__GFP_COLD", 0x100010a },
};

static void every_name_has_the_value_of_4_12(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned unknown = 0;

		CU_ASSERT_EQUAL(mm412_gfp_parse(rows[i].names, &unknown), rows[i].gfp);
		CU_ASSERT_EQUAL(unknown, 0);
	}
}

static void unknown_names_are_skipped_and_counted(void)
{
	unsigned unknown = 3;

	CU_ASSERT_EQUAL(mm412_gfp_parse("GFP_NOWAIT|__GFP_FUTURE|0x4000000", &unknown),
			0x1000000);
	CU_ASSERT_EQUAL(unknown, 5);
	CU_ASSERT_EQUAL(mm412_gfp_parse("GFP_NOWAI", &unknown), 0);
	CU_ASSERT_EQUAL(unknown, 6);
}

static void the_zone_modifiers_choose_the_highest_zone(void)
{
	/* include/linux/gfp.h: the comment above GFP_ZONE_TABLE. */
	static const struct {
		uint32_t gfp;
		const char *zone[2]; /* of x86_64, of i386 */
	} zones[] = {
		{ 0, { "Normal", "Normal" } },
		{ MM412_GFP_DMA, { "DMA", "DMA" } },
		{ MM412_GFP_DMA32, { "DMA32", "Normal" } },
		{ MM412_GFP_HIGHMEM, { "Normal", "HighMem" } },
		{ MM412_GFP_MOVABLE, { "Normal", "Normal" } },
		{ MM412_GFP_MOVABLE | MM412_GFP_HIGHMEM, { "Movable", "Movable" } },
		{ MM412_GFP_MOVABLE | MM412_GFP_DMA, { "DMA", "DMA" } },
		{ MM412_GFP_MOVABLE | MM412_GFP_DMA32, { "DMA32", "Normal" } },
	};
	static const enum mm_arch arches[2] = { MM_ARCH_X86_64, MM_ARCH_I386 };

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		for (unsigned a = 0; a < 2; a++) {
			struct mm412 mm = { .arch = mm412_arch_of(arches[a]) };

			memcpy(mm.gfp_zone, mm.arch->gfp_zone, sizeof(mm.gfp_zone));
			CU_ASSERT_STRING_EQUAL(mm.arch->zones[mm412_gfp_zone(
						       &mm, zones[i].gfp | MM412_GFP_IO)],
					       zones[i].zone[a]);
		}
}

static void without_grouping_every_request_is_unmovable(void)
{
	struct mm412 mm = { .grouping = true };

	CU_ASSERT_EQUAL(mm412_gfp_type(&mm, 0), MM412_UNMOVABLE);
	CU_ASSERT_EQUAL(mm412_gfp_type(&mm, MM412_GFP_MOVABLE), MM412_MOVABLE);
	CU_ASSERT_EQUAL(mm412_gfp_type(&mm, MM412_GFP_RECLAIMABLE), MM412_RECLAIMABLE);
	mm.grouping = false;
	CU_ASSERT_EQUAL(mm412_gfp_type(&mm, MM412_GFP_MOVABLE), MM412_UNMOVABLE);
}

static void requests_are_classed_for_reports(void)
{
	static const struct {
		const char *names, *class_name;
	} classes[] = {
		{ "GFP_ATOMIC", "atomic" },
		{ "__GFP_HIGH", "atomic" },
		{ "GFP_NOWAIT|__GFP_MOVABLE", "nowait" },
		{ "GFP_TRANSHUGE_LIGHT", "nowait" },
		{ "GFP_KERNEL|GFP_DMA32", "dma" },
		{ "GFP_HIGHUSER_MOVABLE", "movable" },
		{ "GFP_KERNEL|__GFP_RECLAIMABLE", "reclaimable" },
		{ "GFP_USER", "user" },
		{ "GFP_NOFS", "nofs" },
		{ "GFP_NOIO", "nofs" },
		{ "GFP_KERNEL", "kernel" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		unsigned unknown = 0;
		unsigned class = mm412_gfp_class(mm412_gfp_parse(classes[i].names, &unknown));

		CU_ASSERT_STRING_EQUAL(mm412_gfp_class_names[class], classes[i].class_name);
	}
}

static CU_TestInfo tests[] = {
	{ "every name has the value of 4.12", every_name_has_the_value_of_4_12 },
	{ "unknown names are skipped and counted", unknown_names_are_skipped_and_counted },
	{ "the zone modifiers choose the highest zone",
	  the_zone_modifiers_choose_the_highest_zone },
	{ "without grouping every request is unmovable",
	  without_grouping_every_request_is_unmovable },
	{ "requests are classed for reports", requests_are_classed_for_reports },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_gfp", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
