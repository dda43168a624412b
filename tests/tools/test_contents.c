/* What pages hold, by their gfp names, LRU lists and start-state bits. */
#include "tests/unit.h"
#include "tools/contents.h"
#include "traces/trace.h"

enum { PINNED = -1 };

static int kind_of(struct contents_kind k)
{
	return k.reclaimable ? (int)k.kind : PINNED;
}

static void gfp_names_say_what_a_page_holds(void)
{
	static const struct {
		const char *names;
		int kind;
		bool dirty;
	} cases[] = {
		{ "GFP_HIGHUSER_MOVABLE|__GFP_ZERO", MM_KIND_ANON, true },
		{ "GFP_HIGHUSER_MOVABLE|__GFP_COMP", MM_KIND_ANON, true },
		{ "GFP_HIGHUSER_MOVABLE|__GFP_WRITE", MM_KIND_FILE, true },
		{ "GFP_HIGHUSER_MOVABLE|__GFP_COLD|__GFP_NORETRY|__GFP_NOWARN", MM_KIND_FILE,
		  false },
		{ "GFP_HIGHUSER_MOVABLE|__GFP_NOWARN", MM_KIND_ANON, true },
		{ "GFP_NOFS|__GFP_NOFAIL|__GFP_COMP|__GFP_HARDWALL|__GFP_MOVABLE", MM_KIND_FILE,
		  false },
		{ "GFP_KERNEL|__GFP_WRITE", PINNED, false },
		{ "GFP_HIGHUSER", PINNED, false },
		{ "GFP_NOFS|__GFP_NOWARN|__GFP_NORETRY|__GFP_RECLAIMABLE", MM_KIND_SLAB,
		  false },
		{ "GFP_ATOMIC|__GFP_RECLAIMABLE", MM_KIND_SLAB, false },
		{ "GFP_TEMPORARY", MM_KIND_SLAB, false },
		{ "", PINNED, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct contents_kind k = contents_of_gfp(cases[i].names);

		CU_ASSERT_EQUAL(kind_of(k), cases[i].kind);
		CU_ASSERT_EQUAL(k.dirty, cases[i].dirty);
	}
}

static void only_slab_pages_of_dentries_and_inodes_have_a_shrinker(void)
{
	static const char *const with[] = { "GFP_KERNEL|__GFP_NORETRY|__GFP_RECLAIMABLE",
					    "GFP_TEMPORARY",
					    "__GFP_IO|__GFP_FS|__GFP_RECLAIMABLE" };
	static const char *const without[] = { "GFP_ATOMIC|__GFP_NOWARN|__GFP_RECLAIMABLE",
					       "GFP_NOWAIT|__GFP_NOWARN|__GFP_RECLAIMABLE",
					       "GFP_NOFS|__GFP_NOWARN|__GFP_RECLAIMABLE" };

	for (size_t i = 0; i < ARRAY_SIZE(with); i++)
		CU_ASSERT_FALSE(contents_of_gfp(with[i]).active);
	for (size_t i = 0; i < ARRAY_SIZE(without); i++)
		CU_ASSERT_TRUE(contents_of_gfp(without[i]).active);
}

static void lru_lists_say_it_exactly(void)
{
	static const struct {
		int kind;
		bool active;
	} lists[] = {
		{ MM_KIND_ANON, false }, { MM_KIND_ANON, true }, { MM_KIND_FILE, false },
		{ MM_KIND_FILE, true },  { PINNED, false },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct contents_kind k = contents_of_lru(i);

		CU_ASSERT_EQUAL(kind_of(k), lists[i].kind);
		CU_ASSERT_EQUAL(k.active, lists[i].active);
	}
}

static void a_start_states_bits_count_for_what_is_on_an_lru_list(void)
{
	struct contents_kind k;

	CU_ASSERT_EQUAL(kind_of(contents_of_use(MM_USE_LRU | MM_USE_ANON)), MM_KIND_ANON);
	k = contents_of_use(MM_USE_LRU | MM_USE_FILE | MM_USE_DIRTY | MM_USE_ACTIVE);
	CU_ASSERT_EQUAL(kind_of(k), MM_KIND_FILE);
	CU_ASSERT_TRUE(k.dirty);
	CU_ASSERT_TRUE(k.active);
	CU_ASSERT_TRUE(k.old);
	CU_ASSERT_FALSE(contents_of_gfp("GFP_HIGHUSER_MOVABLE").old);
	CU_ASSERT_FALSE(contents_of_lru(0).old);
	CU_ASSERT_FALSE(contents_of_use(MM_USE_LRU | MM_USE_FILE).dirty);
	CU_ASSERT_EQUAL(kind_of(contents_of_use(MM_USE_ANON)), PINNED);
	CU_ASSERT_EQUAL(kind_of(contents_of_use(MM_USE_LRU | MM_USE_DIRTY)), PINNED);
	CU_ASSERT_EQUAL(kind_of(contents_of_use(MM_USE_SLAB)), PINNED);
}

static void only_pages_of_files_stay(void)
{
	const uint32_t stays = TRACE_LRU_STAYS << TRACE_LRU_SHIFT;

	CU_ASSERT_TRUE(contents_of_lru(2 | stays).stays);
	CU_ASSERT_TRUE(contents_of_lru(3 | stays).stays);
	CU_ASSERT_FALSE(contents_of_lru(1 | stays).stays);
	CU_ASSERT_FALSE(contents_of_lru(2 | TRACE_LRU_FLAGS << TRACE_LRU_SHIFT).stays);
	CU_ASSERT_TRUE(contents_of_use(TRACE_USE_LRU | TRACE_USE_FILE | TRACE_USE_STAYS).stays);
	CU_ASSERT_FALSE(
		contents_of_use(TRACE_USE_LRU | TRACE_USE_ANON | TRACE_USE_STAYS).stays);
	CU_ASSERT_FALSE(contents_of_use(TRACE_USE_LRU | TRACE_USE_FILE).stays);
}

/* How many of 100000 are hot, and how many of these under another seed as well. */
static void the_hot_share_is_chosen_by_the_seed_and_is_about_right(void)
{
	unsigned n = 0, same = 0;

	for (uint32_t i = 0; i < 100000; i++) {
		n += contents_is_hot(1, i, 200);
		same += contents_is_hot(1, i, 200) && contents_is_hot(2, i, 200);
	}
	CU_ASSERT_TRUE(n > 19500 && n < 20500);
	CU_ASSERT_TRUE(same > 3500 && same < 4500);
	CU_ASSERT_FALSE(contents_is_hot(1, 7, 0));
	CU_ASSERT_TRUE(contents_is_hot(1, 7, 1000));
}

static CU_TestInfo tests[] = {
	{ "only slab pages of dentries and inodes have a shrinker",
	  only_slab_pages_of_dentries_and_inodes_have_a_shrinker },
	{ "gfp names say what a page holds", gfp_names_say_what_a_page_holds },
	{ "LRU lists say it exactly", lru_lists_say_it_exactly },
	{ "a start state's bits count for what is on an LRU list",
	  a_start_states_bits_count_for_what_is_on_an_lru_list },
	{ "the hot share is chosen by the seed and is about right",
	  the_hot_share_is_chosen_by_the_seed_and_is_about_right },
	{ "only pages of files stay", only_pages_of_files_stay },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "contents", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
