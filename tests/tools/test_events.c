/* Lines as a 4.12.0 kernel's trace file has them: those expected here were recorded from one,
 * but for the time, which was only a number of events there. */
#include "model/v4_12/mm412_policy.h"
#include "tests/unit.h"
#include "tools/events.h"

static char text[1024];
static struct sim_cpu cpu;

static const struct trace_task *task_of(void *ctx, uint32_t number)
{
	static const struct trace_task task = { .pid = 130, .comm = "wl" };

	(void)ctx;
	CU_ASSERT_EQUAL(number, 7);
	return &task;
}

static const struct trace_task *runner_of(void *ctx, const struct sim_cpu *on)
{
	static const struct trace_task kswapd = { .pid = EVENTS_DAEMON_PID, .comm = "kswapd0" };

	(void)ctx;
	CU_ASSERT_EQUAL(on->id, 1);
	return &kswapd;
}

static struct events events_to(FILE *out, unsigned groups)
{
	cpu = (struct sim_cpu){ .id = 1, .now = 2600 * UINT64_C(3000017), .due = 1300 };
	return (struct events){ .out = out,
				.groups = groups,
				.mhz = 2600,
				.policy = &mm412_policy,
				.zones = events_zones(MM_ARCH_X86_64),
				.task = task_of,
				.runner = runner_of };
}

static const char *told(uint32_t task, struct mm_event event)
{
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct events e = events_to(out, (1u << EVENTS_GROUPS) - 1);

	text[0] = '\0';
	events_tell(&e, &cpu, task, &event);
	fclose(out);
	return text;
}

static void an_event_of_no_task_is_that_of_who_runs_there(void)
{
	CU_ASSERT_STRING_EQUAL(
		told(UINT32_MAX, (struct mm_event){ MM_EVENT_KSWAPD_WAKE, { 0, 3, 0 } }),
		"         kswapd0-2     [001] ....     3.000017: mm_vmscan_kswapd_wake: nid=0 "
		"zid=3 "
		"order=0\n");
}

/* As a 4.12.0 kernel printed them. */
static void what_happens_under_a_zones_lock_is_told_as_the_kernel_does(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(
		told(UINT32_MAX, (struct mm_event){ MM_EVENT_ZONE_LOCKED, { 8, 0, 1, 1 } }),
		": mm_page_alloc_zone_locked: page=ffffea0000000200 pfn=8 order=0 "
		"migratetype=1 percpu_refill=1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(
		told(UINT32_MAX, (struct mm_event){ MM_EVENT_ZONE_LOCKED, { -1, 3, 0, 0 } }),
		": mm_page_alloc_zone_locked: page=          (null) pfn=0 order=3 "
		"migratetype=0 percpu_refill=0\n"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(told(UINT32_MAX, (struct mm_event){ MM_EVENT_PCPU_DRAIN, { 8, 0, 1 } }),
		       ": mm_page_pcpu_drain: page=ffffea0000000200 pfn=8 order=0 "
		       "migratetype=1\n"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(told(UINT32_MAX, (struct mm_event){ MM_EVENT_EXTFRAG,
							   { 512, 0, 10, 9, 0, 1, 0, 1 } }),
		       ": mm_page_alloc_extfrag: page=ffffea0000008000 pfn=512 alloc_order=0 "
		       "fallback_order=10 pageblock_order=9 alloc_migratetype=0 "
		       "fallback_migratetype=1 fragmenting=0 change_ownership=1\n"));
}

/* What follows "wl-130   [000] .... TIME: ". */
static const char *of_task(struct mm_event event)
{
	const char *line = told(7, event), *head = strstr(line, "17: ");

	CU_ASSERT_PTR_NOT_NULL_FATAL(head);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, "              wl-130   [001] .... "));
	return head + strlen("17: ");
}

static void fields_are_printed_as_the_kernel_does(void)
{
	CU_ASSERT_STRING_EQUAL(
		of_task((struct mm_event){
			MM_EVENT_DIRECT_RECLAIM_BEGIN,
			{ 0, 1,
			  mm412_policy.gfp("GFP_HIGHUSER_MOVABLE|__GFP_ZERO", &(unsigned){ 0 }),
			  3 } }),
		"mm_vmscan_direct_reclaim_begin: order=0 may_writepage=1 "
		"gfp_flags=GFP_HIGHUSER_MOVABLE|__GFP_ZERO classzone_idx=3\n");
	CU_ASSERT_STRING_EQUAL(
		of_task((struct mm_event){ MM_EVENT_WRITEPAGE, { 42571, 1 | 8 } }),
		"mm_vmscan_writepage: page=ffffea00002992c0 pfn=42571 "
		"flags=RECLAIM_WB_ANON|RECLAIM_WB_ASYNC\n");
	CU_ASSERT_STRING_EQUAL(
		of_task((struct mm_event){ MM_EVENT_SHRINK_INACTIVE,
					   { 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 8, false } }),
		"mm_vmscan_lru_shrink_inactive: nid=0 nr_scanned=2 nr_reclaimed=0 nr_dirty=0 "
		"nr_writeback=0 nr_congested=0 nr_immediate=0 nr_activate=1 nr_ref_keep=0 "
		"nr_unmap_fail=0 priority=8 flags=RECLAIM_WB_ANON|RECLAIM_WB_ASYNC\n");
	CU_ASSERT_STRING_EQUAL(
		of_task((struct mm_event){ MM_EVENT_SHRINK_SLAB_END,
					   { 0, 1, 2, 3, 4, MM_EVENT_SHADOW_NODES } }),
		"mm_shrink_slab_end: scan_shadow_nodes+0x0/0x30 ffffffff81e478a0: nid: 0 "
		"unused scan count 1 new scan count 2 total_scan 3 last "
		"shrinker return val 4\n");
	CU_ASSERT_STRING_EQUAL(
		of_task((struct mm_event){ MM_EVENT_INACTIVE_IS_LOW,
					   { 0, 3, 264, 264, 17163, 17163, 1, false } }),
		"mm_vmscan_inactive_list_is_low: nid=0 reclaim_idx=3 total_inactive=264 "
		"inactive=264 total_active=17163 active=17163 ratio=1 flags=RECLAIM_WB_ANON\n");
	CU_ASSERT_STRING_EQUAL(
		of_task((struct mm_event){ MM_EVENT_RECLAIM_RETRY_ZONE,
					   { 0, 1, 0, 14016, 15978, 1894, 0, 1 } }),
		"reclaim_retry_zone: node=0 zone=DMA32    order=0 reclaimable=14016 "
		"available=15978 min_wmark=1894 no_progress_loops=0 wmark_check=1\n");
}

static void compaction_is_told_with_words(void)
{
	CU_ASSERT_STRING_EQUAL(
		of_task((struct mm_event){ MM_EVENT_COMPACTION_END,
					   { 0x1000, 0x184c, 0xae22, 0xafd7, false, 7 } }),
		"mm_compaction_end: zone_start=0x1000 migrate_pfn=0x184c free_pfn=0xae22 "
		"zone_end=0xafd7, mode=async status=contended\n");
	CU_ASSERT_STRING_EQUAL(of_task((struct mm_event){ MM_EVENT_COMPACTION_DEFERRED,
							  { 0, 0, 9, 1, 1, 0 } }),
			       "mm_compaction_deferred: node=0 zone=DMA      order=9 "
			       "order_failed=0 consider=1 "
			       "limit=2\n");
	CU_ASSERT_STRING_EQUAL(
		of_task((struct mm_event){ MM_EVENT_COMPACTION_SUITABLE, { 0, 1, 9, 4 } }),
		"mm_compaction_suitable: node=0 zone=DMA32    order=9 ret=continue\n");
}

static void only_the_sets_asked_for_are_written(void)
{
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct events e = events_to(out, 1u << EVENTS_COMPACTION);
	const struct mm_event scan = { MM_EVENT_KSWAPD_SLEEP, { 0 } };

	text[0] = '\0';
	events_tell(&e, &cpu, 7, &scan);
	events_free(&e, &cpu, 7, 5, 0);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "");
}

static void requests_and_frees_are_kmem_events(void)
{
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct events e = events_to(out, 1u << EVENTS_KMEM);
	struct mm_request request = { .order = 3 };

	events_alloc(&e, &cpu, 7, (struct mm_grant){ .verdict = MM_FAILED }, &request, 2);
	events_alloc(&e, &cpu, 7, (struct mm_grant){ .verdict = MM_DONE, .frame = 8 }, &request,
		     0);
	events_free(&e, &cpu, 7, 8, 3);
	fclose(out);
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
				      "mm_page_alloc: page=          (null) pfn=0 order=3 "
				      "migratetype=2 gfp_flags=none\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
				      "mm_page_alloc: page=ffffea0000000200 pfn=8 order=3 "
				      "migratetype=0 gfp_flags=none\n"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "mm_page_free: page=ffffea0000000200 pfn=8 order=3\n"));
}

static CU_TestInfo tests[] = {
	{ "an event of no task is that of who runs there",
	  an_event_of_no_task_is_that_of_who_runs_there },
	{ "what happens under a zone's lock is told as the kernel does",
	  what_happens_under_a_zones_lock_is_told_as_the_kernel_does },
	{ "fields are printed as the kernel does", fields_are_printed_as_the_kernel_does },
	{ "compaction is told with words", compaction_is_told_with_words },
	{ "only the sets asked for are written", only_the_sets_asked_for_are_written },
	{ "requests and frees are kmem events", requests_and_frees_are_kmem_events },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "events", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
