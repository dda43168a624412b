/*
 * Writes in mid-run to what the sleeping parts of 4.12 read: dirty limits, huge pages, and the
 * two files that make the kernel do something.
 */
#include "tests/model/world412.h"

#define FRAMES 65536

static struct world412 w;

static void open_world(void)
{
	w_open(&w, FRAMES, 1024);
}

static void close_world(void)
{
	w_close(&w);
}

static bool put(const char *name, uint64_t value)
{
	w.k.text[0] = '\0';
	return mm412_sysctl(w.mm, w_cpu(&w), name, &value, 1, w.k.text, sizeof(w.k.text));
}

static void each_parameter_that_is_read_later_only_changes(void)
{
	const struct mm412_params *p = &w.mm->params;
	const struct {
		const char *name;
		const uint64_t *at;
		uint64_t value, beyond;
	} rows[] = {
		{ "swappiness", p->swappiness, 100, 101 },
		{ "vfs_cache_pressure", p->vfs_cache_pressure, 50, (uint64_t)INT32_MAX + 1 },
		{ "page-cluster", p->page_cluster, 0, 21 },
		{ "zone_reclaim_mode", p->zone_reclaim_mode, 7, 8 },
		{ "min_unmapped_ratio", p->min_unmapped_ratio, 100, 101 },
		{ "min_slab_ratio", p->min_slab_ratio, 7, 101 },
		{ "dirty_writeback_centisecs", p->dirty_writeback_centisecs, 0,
		  (uint64_t)INT32_MAX + 1 },
		{ "dirty_expire_centisecs", p->dirty_expire_centisecs, 100,
		  (uint64_t)INT32_MAX + 1 },
		{ "read_ahead_kb", p->read_ahead_kb, 0, 65537 },
		{ "extfrag_threshold", p->extfrag_threshold, 1000, 1001 },
		{ "compact_unevictable_allowed", p->compact_unevictable_allowed, 0, 2 },
		{ "panic_on_oom", p->panic_on_oom, 2, 3 },
		{ "oom_kill_allocating_task", p->oom_kill_allocating_task, 1, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CU_ASSERT(mm_policy_has_sysctl(&mm412_policy, rows[i].name));
		CU_ASSERT_NOT_EQUAL(*rows[i].at, rows[i].value);
		CU_ASSERT(put(rows[i].name, rows[i].value));
		CU_ASSERT_EQUAL(*rows[i].at, rows[i].value);
		CU_ASSERT_FALSE(put(rows[i].name, rows[i].beyond));
		CU_ASSERT(w.k.text[0]);
		CU_ASSERT_EQUAL(*rows[i].at, rows[i].value);
	}
}

/* What was written last counts; the limit of writers only when it changes. */
static void ratio_and_bytes_of_dirty_limits_replace_each_other(void)
{
	const struct mm412_params *p = &w.mm->params;

	CU_ASSERT(put("dirty_bytes", 8192));
	CU_ASSERT_EQUAL(p->dirty_bytes[0], 8192);
	CU_ASSERT_EQUAL(p->dirty_ratio[0], 0);
	CU_ASSERT(put("dirty_ratio", 0));
	CU_ASSERT_EQUAL(p->dirty_bytes[0], 8192);
	CU_ASSERT(put("dirty_ratio", 30));
	CU_ASSERT_EQUAL(p->dirty_bytes[0], 0);
	CU_ASSERT_EQUAL(p->dirty_ratio[0], 30);
	CU_ASSERT(put("dirty_background_bytes", 1));
	CU_ASSERT_EQUAL(p->dirty_background_ratio[0], 0);
	CU_ASSERT(put("dirty_background_ratio", 0));
	CU_ASSERT_EQUAL(p->dirty_background_bytes[0], 0);
}

static void bytes_below_two_pages_are_refused(void)
{
	CU_ASSERT_FALSE(put("dirty_bytes", 8191));
	CU_ASSERT_FALSE(put("dirty_bytes", 0));
	CU_ASSERT_FALSE(put("dirty_background_bytes", 0));
	CU_ASSERT_EQUAL(w.mm->params.dirty_ratio[0], 20);
	CU_ASSERT_EQUAL(w.mm->params.dirty_background_ratio[0], 10);
}

static void and_so_they_are_at_boot(void)
{
	struct kernel412 k;

	k_one_zone(&k, 1, FRAMES);
	k.params.dirty_bytes[0] = 4096;
	CU_ASSERT_FALSE(k_boot(&k, false));
	CU_ASSERT_STRING_EQUAL(k.text, "dirty_bytes has to be 0, or 8192 and more");
}

/* ---- huge pages -------------------------------------------------------------------------- */

/* One zone: 11 pageblocks are 5632 pages, more than a twentieth of what is above the mark. */
static uint64_t wanted_kbytes(void)
{
	const struct mm412_zone *zone = &w.mm->zones[0];

	return (zone->managed - zone->watermark[MM412_WMARK_HIGH]) / 20 * 4;
}

static void huge_pages_raise_min_free_kbytes_and_never_lower_it(void)
{
	uint64_t before = w.mm->min_free_kbytes, want = wanted_kbytes();

	CU_ASSERT_FATAL(want > before);
	CU_ASSERT(put("thp_enabled", MM412_THP_NEVER));
	CU_ASSERT_EQUAL(w.mm->min_free_kbytes, before);
	CU_ASSERT(put("thp_enabled", MM412_THP_MADVISE));
	CU_ASSERT_EQUAL(w.mm->min_free_kbytes, want);
	CU_ASSERT_EQUAL(w.mm->zones[0].watermark[MM412_WMARK_MIN], want / 4);
	CU_ASSERT(put("thp_enabled", MM412_THP_NEVER));
	CU_ASSERT_EQUAL(w.mm->min_free_kbytes, want);
	CU_ASSERT(put("min_free_kbytes", 90000));
	CU_ASSERT(put("thp_enabled", MM412_THP_ALWAYS));
	CU_ASSERT_EQUAL(w.mm->min_free_kbytes, 90000);
}

/* khugepaged starts before anybody can write a sysctl. */
static void a_value_of_the_user_counts_more_than_huge_pages_at_boot(void)
{
	struct kernel412 k;
	uint64_t want = wanted_kbytes();

	k_one_zone(&k, 1, FRAMES);
	k.params.thp_enabled[0] = MM412_THP_ALWAYS;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(mm412_probe_min_free_kbytes(k.mm), want);
	k_drop(&k);
	k_one_zone(&k, 1, FRAMES);
	k.params.thp_enabled[0] = MM412_THP_ALWAYS;
	k.params.min_free_kbytes[0] = 1000;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(mm412_probe_min_free_kbytes(k.mm), 1000);
	k_drop(&k);
}

/* The flags of a fault for a huge page, by who asks and by defrag. */
static void a_fault_asks_as_defrag_says(void)
{
	const uint32_t direct = MM412_GFP_DIRECT_RECLAIM, kswapd = MM412_GFP_KSWAPD_RECLAIM,
		       once = direct | MM412_GFP_NORETRY, light = k_gfp("GFP_TRANSHUGE_LIGHT");
	const struct {
		uint64_t defrag;
		uint32_t plain, advised;
	} rows[] = {
		{ MM412_DEFRAG_ALWAYS, once, direct },
		{ MM412_DEFRAG_DEFER, kswapd, kswapd },
		{ MM412_DEFRAG_DEFER_MADVISE, kswapd, direct },
		{ MM412_DEFRAG_MADVISE, 0, direct },
		{ MM412_DEFRAG_NEVER, 0, 0 },
	};
	const uint32_t recorded[] = { light, light | kswapd, light | once };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t gfp = light | direct;

		CU_ASSERT(put("thp_defrag", rows[i].defrag));
		CU_ASSERT(mm412_gfp_thp(w.mm, &gfp, 9));
		CU_ASSERT_EQUAL(gfp, light | rows[i].advised);
		for (size_t j = 0; j < ARRAY_SIZE(recorded); j++) {
			gfp = recorded[j];
			CU_ASSERT(mm412_gfp_thp(w.mm, &gfp, 9));
			CU_ASSERT_EQUAL(gfp, light | rows[i].plain);
		}
	}
}

static void other_requests_and_recorded_ones_stay_as_they_are(void)
{
	uint32_t gfp = k_gfp("GFP_TRANSHUGE") | MM412_GFP_NORETRY, was = gfp;

	CU_ASSERT(mm412_gfp_thp(w.mm, &gfp, 9));
	CU_ASSERT_EQUAL(gfp, was);
	CU_ASSERT(put("thp_enabled", MM412_THP_NEVER));
	CU_ASSERT(put("thp_defrag", MM412_DEFRAG_NEVER));
	CU_ASSERT(mm412_gfp_thp(w.mm, &gfp, 8));
	CU_ASSERT_EQUAL(gfp, was);
	/* hugetlbfs */
	gfp = was = k_gfp("GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_NOWARN|__GFP_REPEAT");
	CU_ASSERT(mm412_gfp_thp(w.mm, &gfp, 9));
	CU_ASSERT_EQUAL(gfp, was);
}

static void who_may_have_no_huge_page_gets_none(void)
{
	CU_ASSERT_EQUAL(w_request(&w, 0, 9, "GFP_TRANSHUGE_LIGHT", 5).verdict, MM_DONE);
	CU_ASSERT(put("thp_enabled", MM412_THP_MADVISE));
	CU_ASSERT_EQUAL(w_request(&w, 0, 9, "GFP_TRANSHUGE_LIGHT", 5).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(w_request(&w, 0, 9, "GFP_TRANSHUGE", 5).verdict, MM_DONE);
	CU_ASSERT(put("thp_enabled", MM412_THP_NEVER));
	CU_ASSERT_EQUAL(w_request(&w, 0, 9, "GFP_TRANSHUGE", 5).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(w_request(&w, 0, 9, "GFP_KERNEL", 5).verdict, MM_DONE);
}

/* ---- what is only written ---------------------------------------------------------------- */

static void drop_caches_drops_clean_page_cache(void)
{
	for (unsigned i = 0; i < 100; i++)
		w_hold(&w, 5, MM_KIND_FILE, false);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_FILE_PAGES], 100);
	CU_ASSERT_FALSE(put("drop_caches", 0));
	CU_ASSERT_FALSE(put("drop_caches", 5));
	CU_ASSERT(put("drop_caches", 2));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_FILE_PAGES], 100);
	CU_ASSERT(put("drop_caches", 1));
	CU_ASSERT_EQUAL(w_node(&w, 0)->stat[MM412_NODE_FILE_PAGES], 0);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_DROP_PAGECACHE], 1);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_DROP_SLAB], 1);
}

static void compact_memory_compacts(void)
{
	CU_ASSERT(put("compact_memory", 1));
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_BEGIN], 1);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_END], 1);
}

static void both_have_names_and_no_value(void)
{
	uint64_t one = 1;
	struct mm_param made;

	CU_ASSERT(mm_policy_has_sysctl(&mm412_policy, "drop_caches"));
	CU_ASSERT(mm_policy_has_sysctl(&mm412_policy, "compact_memory"));
	CU_ASSERT_PTR_NULL(mm_params_find(mm412_policy.params, "drop_caches"));
	CU_ASSERT_PTR_EQUAL(mm_policy_sysctl_row(&mm412_policy, "drop_caches", &made), &made);
	CU_ASSERT(mm412_policy.sysctl(NULL, NULL, "drop_caches", &one, 1, w.k.text,
				      sizeof(w.k.text)));
	/* Nobody, who could not do it. */
	CU_ASSERT(mm412_policy.sysctl(w.mm, NULL, "compact_memory", &one, 1, w.k.text,
				      sizeof(w.k.text)));
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_BEGIN], 0);
}

static CU_TestInfo tests[] = {
	{ "each parameter that is read later only changes",
	  each_parameter_that_is_read_later_only_changes },
	{ "ratio and bytes of dirty limits replace each other",
	  ratio_and_bytes_of_dirty_limits_replace_each_other },
	{ "bytes below two pages are refused", bytes_below_two_pages_are_refused },
	{ "and so they are at boot", and_so_they_are_at_boot },
	{ "huge pages raise min free kbytes and never lower it",
	  huge_pages_raise_min_free_kbytes_and_never_lower_it },
	{ "a value of the user counts more than huge pages at boot",
	  a_value_of_the_user_counts_more_than_huge_pages_at_boot },
	{ "a fault asks as defrag says", a_fault_asks_as_defrag_says },
	{ "other requests and recorded ones stay as they are",
	  other_requests_and_recorded_ones_stay_as_they_are },
	{ "who may have no huge page gets none", who_may_have_no_huge_page_gets_none },
	{ "drop caches drops clean page cache", drop_caches_drops_clean_page_cache },
	{ "compact memory compacts", compact_memory_compacts },
	{ "both have names and no value", both_have_names_and_no_value },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_sysctl_sleep", NULL, NULL, open_world, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
