/*
 * Counters under the kernel's names. What the kernel prints, and in which order, is from the
 * /proc/vmstat and /proc/zoneinfo of a real 4.12.0.
 */
#include "tests/model/world412.h"

static struct world412 w;
static struct mm412 *mm;

static void open_nodes(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA32", K_NORMAL - 4096, K_NORMAL },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 8192 },
		{ 1, "Normal", K_NORMAL + 8192, K_NORMAL + 16384 },
	};

	w_init(&w, 2, 2);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&w, 100);
	mm = w.mm;
}

static void close_world(void)
{
	k_drop(&w.k);
}

/* The zones' counters end with nr_free_cma, the nodes' with nr_written. */
static const char *const printed[] = {
	"nr_free_pages",
	"nr_zone_inactive_anon",
	"nr_zone_active_anon",
	"nr_zone_inactive_file",
	"nr_zone_active_file",
	"nr_zone_unevictable",
	"nr_zone_write_pending",
	"nr_mlock",
	"nr_slab_reclaimable",
	"nr_slab_unreclaimable",
	"nr_page_table_pages",
	"nr_kernel_stack",
	"nr_bounce",
	"numa_hit",
	"numa_miss",
	"numa_foreign",
	"numa_interleave",
	"numa_local",
	"numa_other",
	"nr_free_cma",
	"nr_inactive_anon",
	"nr_active_anon",
	"nr_inactive_file",
	"nr_active_file",
	"nr_unevictable",
	"nr_isolated_anon",
	"nr_isolated_file",
	"workingset_refault",
	"workingset_activate",
	"workingset_nodereclaim",
	"nr_anon_pages",
	"nr_mapped",
	"nr_file_pages",
	"nr_dirty",
	"nr_writeback",
	"nr_writeback_temp",
	"nr_shmem",
	"nr_shmem_hugepages",
	"nr_shmem_pmdmapped",
	"nr_anon_transparent_hugepages",
	"nr_unstable",
	"nr_vmscan_write",
	"nr_vmscan_immediate_reclaim",
	"nr_dirtied",
	"nr_written",
	"nr_dirty_threshold",
	"nr_dirty_background_threshold",
	"pgpgin",
	"pgpgout",
	"pswpin",
	"pswpout",
	"pgalloc_dma",
	"pgalloc_dma32",
	"pgalloc_normal",
	"pgalloc_movable",
	"allocstall_dma",
	"allocstall_dma32",
	"allocstall_normal",
	"allocstall_movable",
	"pgskip_dma",
	"pgskip_dma32",
	"pgskip_normal",
	"pgskip_movable",
	"pgfree",
	"pgactivate",
	"pgdeactivate",
	"pglazyfree",
	"pgfault",
	"pgmajfault",
	"pglazyfreed",
	"pgrefill",
	"pgsteal_kswapd",
	"pgsteal_direct",
	"pgscan_kswapd",
	"pgscan_direct",
	"pgscan_direct_throttle",
	"zone_reclaim_failed",
	"pginodesteal",
	"slabs_scanned",
	"kswapd_inodesteal",
	"kswapd_low_wmark_hit_quickly",
	"kswapd_high_wmark_hit_quickly",
	"pageoutrun",
	"pgrotated",
	"drop_pagecache",
	"drop_slab",
	"pgmigrate_success",
	"pgmigrate_fail",
	"compact_migrate_scanned",
	"compact_free_scanned",
	"compact_isolated",
	"compact_stall",
	"compact_fail",
	"compact_success",
	"compact_daemon_wake",
	"compact_daemon_migrate_scanned",
	"compact_daemon_free_scanned",
	"htlb_buddy_alloc_success",
	"htlb_buddy_alloc_fail",
	"unevictable_pgs_culled",
	"unevictable_pgs_scanned",
	"unevictable_pgs_rescued",
	"unevictable_pgs_mlocked",
	"unevictable_pgs_munlocked",
	"unevictable_pgs_cleared",
	"unevictable_pgs_stranded",
	"thp_fault_alloc",
	"thp_fault_fallback",
	"thp_collapse_alloc",
	"thp_collapse_alloc_failed",
	"thp_file_alloc",
	"thp_file_mapped",
	"thp_split_page",
	"thp_split_page_failed",
	"thp_deferred_split_page",
	"thp_split_pmd",
	"thp_split_pud",
	"thp_zero_page_alloc",
	"thp_zero_page_alloc_failed",
};

/* Not modelled: docs/model-limits.md, "counters and events that stay away". */
static const char *const left_out[] = {
	"nr_slab_unreclaimable",
	"nr_page_table_pages",
	"nr_kernel_stack",
	"pginodesteal",
	"kswapd_inodesteal",
	"thp_collapse_alloc",
	"thp_collapse_alloc_failed",
	"thp_zero_page_alloc",
	"thp_zero_page_alloc_failed",
};

static bool is_left_out(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(left_out); i++)
		if (strcmp(name, left_out[i]) == 0)
			return true;
	return false;
}

static unsigned position(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(printed); i++)
		if (strcmp(name, printed[i]) == 0)
			return i;
	return UINT32_MAX;
}

/* Whether the counters are those from position `at` on up to `last`, in that order. */
static void expect_names(const struct mm_snapshot_counter *counters, unsigned n, unsigned at,
			 const char *last)
{
	unsigned i = 0, end = position(last);

	for (; at <= end; at++) {
		if (is_left_out(printed[at]))
			continue;
		CU_ASSERT_FATAL(i < n);
		CU_ASSERT_STRING_EQUAL(counters[i].name, printed[at]);
		i++;
	}
}

static void counters_have_the_kernels_names_in_its_order(void)
{
	struct mm_snapshot *s = mm412_policy.snapshot(mm);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	expect_names(s->counters, s->ncounters, 0, printed[ARRAY_SIZE(printed) - 1]);
	mm_snapshot_free(s);
}

static void zones_and_nodes_have_theirs(void)
{
	struct mm_snapshot *s = mm412_policy.snapshot(mm);
	unsigned zone = 0, node = position("nr_inactive_anon");

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (unsigned i = 0; i < 3; i++)
		expect_names(s->zones[i].stats, s->zones[i].nstats, zone, "nr_free_cma");
	CU_ASSERT_EQUAL(s->zones[1].nnode_stats, 0);
	expect_names(s->zones[0].node_stats, s->zones[0].nnode_stats, node, "nr_written");
	expect_names(s->zones[2].node_stats, s->zones[2].nnode_stats, node, "nr_written");
	mm_snapshot_free(s);
}

static void a_kernel_without_a_world_has_none_of_them(void)
{
	struct kernel412 k;
	struct mm_snapshot *s;

	k_one_zone(&k, 1, 4096);
	CU_ASSERT_FATAL(k_boot(&k, false));
	s = mm412_policy.snapshot(k.mm);
	CU_ASSERT_PTR_NULL(s->zones[0].stats);
	CU_ASSERT_PTR_NULL(s->zones[0].node_stats);
	for (unsigned i = 0; i < s->ncounters; i++)
		CU_ASSERT_NOT_EQUAL(strcmp(s->counters[i].name, "pgscan_kswapd"), 0);
	mm_snapshot_free(s);
	k_drop(&k);
}

/* Every event has a value of its own and must come out where its name stands in the kernel's
 * list: those of this model are in the same order, and their enum has no gaps. */
static void each_event_comes_out_once_under_the_name_that_it_counts(void)
{
	struct mm_snapshot *s;
	unsigned event = 0;

	for (unsigned i = 0; i < MM412_VM_EVENTS; i++)
		mm->sleep->event[i] = 1000000 + i;
	s = mm412_policy.snapshot(mm);
	for (unsigned i = 0; i < s->ncounters; i++)
		if (s->counters[i].value >= 1000000 && s->counters[i].value < 2000000) {
			CU_ASSERT_EQUAL(s->counters[i].value, 1000000 + event);
			event++;
		}
	CU_ASSERT_EQUAL(event, MM412_VM_EVENTS);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "pgpgin"), 1000000 + MM412_PGPGIN);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "allocstall_movable"),
			1000000 + MM412_ALLOCSTALL + MM412_ZONE_MOVABLE);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "pgskip_dma32"),
			1000000 + MM412_PGSKIP + MM412_ZONE_DMA32);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "pgscan_direct"), 1000000 + MM412_PGSCAN_DIRECT);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "compact_daemon_wake"),
			1000000 + MM412_KCOMPACTD_WAKE);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "thp_split_pmd"), 1000000 + MM412_THP_SPLIT_PMD);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "oom_kill"), 1000000 + MM412_OOM_KILL);
	mm_snapshot_free(s);
}

static uint64_t listed(const struct mm_snapshot_counter *counters, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(counters[i].name, name) == 0)
			return counters[i].value;
	return UINT64_MAX;
}

static void zones_and_nodes_add_up_to_the_machine(void)
{
	struct mm_snapshot *s;

	for (unsigned i = 0; i < 3; i++) {
		mm->sleep->zones[i].stat[MM412_ZONE_WRITE_PENDING] = 100 + i;
		mm->sleep->zones[i].stat[MM412_ZONE_LRU + MM412_ACTIVE_FILE] = 10 + i;
	}
	mm->sleep->nodes[0].stat[MM412_NODE_FILE_MAPPED] = 1000;
	mm->sleep->nodes[1].stat[MM412_NODE_FILE_MAPPED] = 2000;
	s = mm412_policy.snapshot(mm);
	for (unsigned i = 0; i < 3; i++) {
		const struct mm_snapshot_zone *z = &s->zones[i];

		CU_ASSERT_EQUAL(listed(z->stats, z->nstats, "nr_zone_write_pending"), 100 + i);
		CU_ASSERT_EQUAL(listed(z->stats, z->nstats, "nr_zone_active_file"), 10 + i);
		CU_ASSERT_EQUAL(listed(z->stats, z->nstats, "nr_free_pages"),
				(uint64_t)z->nr_free_pages);
	}
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "nr_zone_write_pending"), 303);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "nr_zone_active_file"), 33);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "nr_mapped"), 3000);
	CU_ASSERT_EQUAL(listed(s->zones[2].node_stats, s->zones[2].nnode_stats, "nr_mapped"),
			2000);
	CU_ASSERT_EQUAL(mm_snapshot_value(s, "nr_free_pages"),
			(uint64_t)(s->zones[0].nr_free_pages + s->zones[1].nr_free_pages +
				   s->zones[2].nr_free_pages));
	mm_snapshot_free(s);
}

static void the_cores_counters_stand_among_them(void)
{
	uint64_t alloc = k_counter(&w.k, "pgalloc_normal"), freed = k_counter(&w.k, "pgfree");
	uint64_t hit = k_counter(&w.k, "numa_hit"), local = k_counter(&w.k, "numa_local");
	uint64_t frame = k_alloc(&w.k, 1, 2, "GFP_KERNEL");

	CU_ASSERT_EQUAL(k_counter(&w.k, "pgalloc_normal"), alloc + 4);
	CU_ASSERT_EQUAL(k_counter(&w.k, "numa_hit"), hit + 1);
	CU_ASSERT_EQUAL(k_counter(&w.k, "numa_local"), local + 1);
	k_free(&w.k, 1, frame, 2);
	CU_ASSERT_EQUAL(k_counter(&w.k, "pgfree"), freed + 4);
	CU_ASSERT_EQUAL(k_counter(&w.k, "slowpath"), 0);
}

static void dirty_limits_are_those_of_the_moment(void)
{
	uint64_t threshold, background;

	mm412_dirty_limits(mm, NULL, &threshold, &background);
	CU_ASSERT(background > 0 && background < threshold);
	CU_ASSERT_EQUAL(k_counter(&w.k, "nr_dirty_threshold"), threshold);
	CU_ASSERT_EQUAL(k_counter(&w.k, "nr_dirty_background_threshold"), background);
}

static void counters_are_never_negative(void)
{
	mm->sleep->nodes[0].stat[MM412_NODE_WRITEBACK] = -3;
	CU_ASSERT_EQUAL(k_counter(&w.k, "nr_writeback"), 0);
}

static void a_node_is_unreclaimable_after_16_failures(void)
{
	struct mm_snapshot *s;

	mm->sleep->nodes[0].kswapd_failures = 15;
	mm->sleep->nodes[1].kswapd_failures = 16;
	s = mm412_policy.snapshot(mm);
	CU_ASSERT_FALSE(s->zones[0].node_unreclaimable);
	CU_ASSERT_FALSE(s->zones[1].node_unreclaimable);
	CU_ASSERT_TRUE(s->zones[2].node_unreclaimable);
	mm_snapshot_free(s);
}

static void a_machine_with_high_memory_names_its_own_zones(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "Normal", 0, 8192 },
		{ 0, "HighMem", 8192, 16384 },
	};
	struct world412 i386;

	w_init(&i386, 1, 1);
	i386.k.machine.arch = MM_ARCH_I386;
	i386.k.machine.zones = zones;
	i386.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot(&i386, 0);
	i386.mm->sleep->event[MM412_ALLOCSTALL + MM412_ZONE_NORMAL32] = 7;
	i386.mm->sleep->event[MM412_PGSKIP + MM412_ZONE_HIGHMEM] = 8;
	CU_ASSERT_EQUAL(k_counter(&i386.k, "allocstall_normal"), 7);
	CU_ASSERT_EQUAL(k_counter(&i386.k, "pgskip_high"), 8);
	CU_ASSERT_EQUAL(k_counter(&i386.k, "allocstall_dma32"), UINT64_MAX);
	k_drop(&i386.k);
}

static CU_TestInfo tests[] = {
	{ "counters have the kernel's names in its order",
	  counters_have_the_kernels_names_in_its_order },
	{ "zones and nodes have theirs", zones_and_nodes_have_theirs },
	{ "a kernel without a world has none of them",
	  a_kernel_without_a_world_has_none_of_them },
	{ "each event comes out once, under the name that it counts",
	  each_event_comes_out_once_under_the_name_that_it_counts },
	{ "zones and nodes add up to the machine", zones_and_nodes_add_up_to_the_machine },
	{ "the core's counters stand among them", the_cores_counters_stand_among_them },
	{ "dirty limits are those of the moment", dirty_limits_are_those_of_the_moment },
	{ "counters are never negative", counters_are_never_negative },
	{ "a node is unreclaimable after 16 failures",
	  a_node_is_unreclaimable_after_16_failures },
	{ "a machine with high memory names its own zones",
	  a_machine_with_high_memory_names_its_own_zones },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_stat", NULL, NULL, open_nodes, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
