/* Flags by their names, of 2.4.0 and of later kernels. */
#include "tests/model/kernel24.h"

static const struct {
	const char *name;
	uint32_t gfp;
	const char *class;
} rows[] = {
	/* As include/linux/mm.h of 2.4.0 has them. */
	{ "GFP_BUFFER", 0x03, "buffer" },
	{ "GFP_ATOMIC", 0x02, "atomic" },
	{ "GFP_USER", 0x05, "user" },
	{ "GFP_HIGHUSER", 0x15, "highuser" },
	{ "GFP_KERNEL", 0x07, "kernel" },
	{ "GFP_NFS", 0x07, "kernel" },
	{ "GFP_KSWAPD", 0x04, "atomic" },
	{ "GFP_DMA", 0x08, "atomic" },
	{ "GFP_HIGHMEM", 0x10, "atomic" },
	{ "__GFP_WAIT", 0x01, "buffer" },
	{ "__GFP_HIGH", 0x02, "atomic" },
	{ "__GFP_IO", 0x04, "atomic" },
	{ "__GFP_DMA", 0x08, "atomic" },
	{ "__GFP_HIGHMEM", 0x10, "atomic" },
	/* What the same callers ask later kernels for. */
	{ "GFP_HIGHUSER_MOVABLE", 0x15, "highuser" },
	{ "GFP_TRANSHUGE", 0x15, "highuser" },
	{ "GFP_TRANSHUGE_LIGHT", 0x10, "atomic" },
	{ "GFP_TEMPORARY", 0x07, "kernel" },
	{ "GFP_KERNEL_ACCOUNT", 0x07, "kernel" },
	{ "GFP_NOFS", 0x03, "buffer" },
	{ "GFP_NOIO", 0x03, "buffer" },
	{ "GFP_NOWAIT", 0, "atomic" },
	{ "GFP_DMA32", 0, "atomic" },
	{ "__GFP_DIRECT_RECLAIM", 0x01, "buffer" },
	{ "__GFP_RECLAIM", 0x01, "buffer" },
};

static const char *const without_a_meaning[] = {
	"__GFP_KSWAPD_RECLAIM",
	"__GFP_FS",
	"__GFP_ATOMIC",
	"__GFP_DMA32",
	"__GFP_MOVABLE",
	"__GFP_RECLAIMABLE",
	"__GFP_COLD",
	"__GFP_NOWARN",
	"__GFP_REPEAT",
	"__GFP_RETRY_MAYFAIL",
	"__GFP_NOFAIL",
	"__GFP_NORETRY",
	"__GFP_MEMALLOC",
	"__GFP_NOMEMALLOC",
	"__GFP_COMP",
	"__GFP_HARDWALL",
	"__GFP_THISNODE",
	"__GFP_ACCOUNT",
	"__GFP_NOTRACK",
	"GFP_NOTRACK",
	"__GFP_NOTRACK_FALSE_POSITIVE",
	"__GFP_WRITE",
	"__GFP_NO_KSWAPD",
	"__GFP_OTHER_NODE",
	"__GFP_NOLOCKDEP",
	"__GFP_ZEROTAGS",
	"__GFP_SKIP_ZERO",
	"__GFP_SKIP_KASAN",
	"__GFP_SKIP_KASAN_POISON",
	"__GFP_SKIP_KASAN_UNPOISON",
	"__GFP_NO_OBJ_EXT",
	"none",
	"0",
};

static void each_name_has_its_bits_and_its_class(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t gfp = k_gfp(rows[i].name);

		CU_ASSERT_EQUAL(gfp, rows[i].gfp);
		CU_ASSERT_STRING_EQUAL(mm24_policy.gfp_class_names[mm24_policy.gfp_class(gfp)],
				       rows[i].class);
	}
}

static void names_that_say_nothing_here_are_known_all_the_same(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(without_a_meaning); i++)
		CU_ASSERT_EQUAL(k_gfp(without_a_meaning[i]), 0);
}

static void names_add_up_and_unknown_ones_are_counted(void)
{
	unsigned unknown = 3;

	CU_ASSERT_EQUAL(k_gfp("GFP_KERNEL|__GFP_DMA"), 0x0f);
	CU_ASSERT_EQUAL(k_gfp("GFP_KERNEL|__GFP_ZERO|__GFP_COMP"), 0x27);
	CU_ASSERT_EQUAL(k_gfp(""), 0);
	CU_ASSERT_EQUAL(mm24_policy.gfp("GFP_USER|__GFP_SOON|GFP_", &unknown), 0x05);
	CU_ASSERT_EQUAL(unknown, 5);
	/* A name that only begins like a known one is another. */
	CU_ASSERT_EQUAL(mm24_policy.gfp("GFP_KERNEL_", &unknown), 0);
	CU_ASSERT_EQUAL(unknown, 6);
}

/* What a recording prints of a 4.12 or 6.x kernel. 0x20 is no flag of 2.4: zeroed pages. */
static void recorded_sets_of_flags_mean_what_their_callers_meant(void)
{
	CU_ASSERT_EQUAL(k_gfp("GFP_HIGHUSER_MOVABLE|__GFP_ZERO"), 0x35);
	CU_ASSERT_EQUAL(k_gfp("__GFP_DIRECT_RECLAIM|__GFP_KSWAPD_RECLAIM|__GFP_IO|__GFP_FS"),
			0x05);
	CU_ASSERT_EQUAL(k_gfp("GFP_NOWAIT|__GFP_NOWARN|__GFP_NORETRY"), 0);
	CU_ASSERT_EQUAL(k_gfp("GFP_ATOMIC|__GFP_COMP|__GFP_NOMEMALLOC"), 0x02);
}

static CU_TestInfo tests[] = {
	{ "each name has its bits and its class", each_name_has_its_bits_and_its_class },
	{ "names that say nothing here are known all the same",
	  names_that_say_nothing_here_are_known_all_the_same },
	{ "names add up and unknown ones are counted",
	  names_add_up_and_unknown_ones_are_counted },
	{ "recorded sets of flags mean what their callers meant",
	  recorded_sets_of_flags_mean_what_their_callers_meant },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_gfp", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
