/*
 * Where a task's pages come from: mempolicies, cpusets, and requests that spread: on a machine
 * of four nodes, of which the last has no memory.
 */
#include "tests/model/world412.h"

#define FRAMES 16384
#define TASK 5
#define USER "GFP_HIGHUSER_MOVABLE"

enum { AT_BEGIN };

static const struct mm_zone_span zones[] = {
	{ 0, "DMA32", 4096, 4096 + FRAMES },
	{ 0, "Normal", K_NORMAL, K_NORMAL + FRAMES },
	{ 1, "Normal", K_NORMAL + FRAMES, K_NORMAL + 2 * FRAMES },
	{ 2, "Normal", K_NORMAL + 2 * FRAMES, K_NORMAL + 3 * FRAMES },
};

static struct world412 w;

static void open_world(void)
{
	w_init(&w, 4, 4);
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	/* Node 2 is far from node 0. */
	w.k.distance[0 * 4 + 2] = w.k.distance[2 * 4 + 0] = 31;
	w_boot(&w, 0);
}

static void close_world(void)
{
	w_close(&w);
}

static bool rule(enum mm_mempolicy policy, uint64_t nodes, uint64_t cpuset)
{
	const struct mm_task_rules rules = { .policy = policy,
					     .policy_nodes = nodes,
					     .cpuset_nodes = cpuset };

	return mm412_mempolicy_rules(w.mm, TASK, &rules, w.k.text, sizeof(w.k.text));
}

static struct mm_request request(unsigned nid, unsigned order, const char *gfp)
{
	return (struct mm_request){ k_gfp(gfp), (uint8_t)order, (uint8_t)nid, TASK };
}

static struct mm_grant dispatch(unsigned cpu, unsigned order, const char *gfp)
{
	struct sim_cpu *c = &w.k.cpus[cpu];
	struct mm_grant grant;

	c->on_actor = false;
	grant = mm412_alloc_try(w.mm, c, request(cpu, order, gfp));
	c->on_actor = true;
	return grant;
}

/* The node that a request from that CPU's gets its page from, -1 = none. */
static int node_of(unsigned cpu, const char *gfp)
{
	struct mm_grant grant = dispatch(cpu, 0, gfp);

	return grant.verdict == MM_DONE ? grant.node : -1;
}

static void use_up(unsigned nid, uint64_t leave)
{
	struct mm412_request rq;

	mm412_alloc_request(w.mm, &rq, nid, k_gfp(USER "|__GFP_THISNODE"), 0);
	for (unsigned i = 0; i < w.mm->nzones; i++) {
		struct mm412_zone *zone = &w.mm->zones[i];

		while (zone->nid == nid && zone->nr_free > (int64_t)leave)
			if (mm412_alloc_attempt(w.mm, w_cpu(&w), &rq, MM412_NO_WATERMARKS) ==
			    MM412_NONE)
				break;
	}
}

/* ---- mempolicies ------------------------------------------------------------------------- */

static void without_rules_pages_come_from_the_cpus_node(void)
{
	CU_ASSERT_EQUAL(node_of(0, USER), 0);
	CU_ASSERT_EQUAL(node_of(1, USER), 1);
	CU_ASSERT_EQUAL(node_of(2, USER), 2);
	CU_ASSERT_EQUAL(w.mm->watch & MM412_WATCH_ALL, 0);
}

static void a_bound_task_gets_pages_of_its_nodes_only_its_own_first(void)
{
	CU_ASSERT(rule(MM_MPOL_BIND, 6, 0));
	CU_ASSERT_EQUAL(node_of(0, USER), 1);
	CU_ASSERT_EQUAL(node_of(1, USER), 1);
	CU_ASSERT_EQUAL(node_of(2, USER), 2);
	use_up(1, 0);
	CU_ASSERT_EQUAL(node_of(1, USER), 2);
	use_up(2, 0);
	CU_ASSERT_EQUAL(dispatch(1, 0, USER).verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(node_of(1, "GFP_NOWAIT"), -1);
}

/* Lower zones, interrupts and requests for a node are not bound. */
static void some_requests_are_not_bound(void)
{
	CU_ASSERT(rule(MM_MPOL_BIND, 2, 0));
	CU_ASSERT_EQUAL(node_of(0, "GFP_KERNEL"), 1);
	CU_ASSERT_EQUAL(node_of(0, "GFP_KERNEL|__GFP_DMA32"), 0);
	CU_ASSERT_EQUAL(node_of(0, "GFP_ATOMIC"), 0);
	CU_ASSERT_EQUAL(node_of(0, USER "|__GFP_THISNODE"), 0);
	/* alloc_pages_node() of another node than the CPU's. */
	w_cpu(&w)->on_actor = false;
	CU_ASSERT_EQUAL(mm412_alloc_try(w.mm, w_cpu(&w), request(2, 0, USER)).node, 2);
	w_cpu(&w)->on_actor = true;
}

static void a_preferred_node_comes_first_and_others_serve_too(void)
{
	CU_ASSERT(rule(MM_MPOL_PREFERRED, 6, 0));
	CU_ASSERT_EQUAL(node_of(0, USER), 1);
	use_up(1, 0);
	CU_ASSERT_EQUAL(node_of(0, USER), 2);
	use_up(2, 0);
	CU_ASSERT_EQUAL(node_of(0, USER), 0);
}

static void interleaved_pages_go_round(void)
{
	static const int want[] = { 0, 2, 0, 2, 0 };

	CU_ASSERT(rule(MM_MPOL_INTERLEAVE, 5, 0));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		CU_ASSERT_EQUAL(node_of(1, USER), want[i]);
	CU_ASSERT(rule(MM_MPOL_INTERLEAVE, 7, 0));
	for (int i = 0; i < 7; i++)
		CU_ASSERT_EQUAL(node_of(1, USER), i % 3);
}

static int64_t hits(unsigned zone)
{
	return w.mm->sleep->zones[zone].stat[MM412_ZONE_INTERLEAVE_HIT];
}

/* ... which is the first zone of the list of the node whose turn it is. */
static void interleaved_pages_are_counted_where_they_were_due(void)
{
	CU_ASSERT(rule(MM_MPOL_INTERLEAVE, 5, 0));
	for (int i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(node_of(1, USER), i % 2 ? 2 : 0);
	CU_ASSERT_EQUAL(hits(1), 3);
	CU_ASSERT_EQUAL(hits(2), 0);
	CU_ASSERT_EQUAL(hits(3), 2);
	use_up(2, 0);
	CU_ASSERT_EQUAL(node_of(1, USER), 1);
	CU_ASSERT_EQUAL(hits(2), 0);
	CU_ASSERT_EQUAL(hits(3), 2);
	CU_ASSERT_EQUAL(node_of(1, "GFP_KERNEL|__GFP_DMA32"), 0);
	CU_ASSERT_EQUAL(hits(0), 0);
	CU_ASSERT(rule(MM_MPOL_PREFERRED, 1, 0));
	CU_ASSERT_EQUAL(node_of(1, USER), 0);
	CU_ASSERT_EQUAL(hits(1), 3);
}

/* The node of a huge page that a fault asks for on that CPU, -1 = none. */
static int node_of_huge(unsigned cpu)
{
	struct mm_grant grant = dispatch(cpu, 9, "GFP_TRANSHUGE_LIGHT|__GFP_THISNODE");

	return grant.verdict == MM_DONE ? grant.node : -1;
}

static void huge_pages_come_from_the_one_node_that_is_due(void)
{
	CU_ASSERT_EQUAL(node_of_huge(2), 2);
	CU_ASSERT(rule(MM_MPOL_INTERLEAVE, 3, 0));
	for (int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(node_of_huge(2), i % 2);
	CU_ASSERT(rule(MM_MPOL_PREFERRED, 2, 0));
	CU_ASSERT_EQUAL(node_of_huge(0), 1);
	CU_ASSERT(rule(MM_MPOL_BIND, 6, 0));
	CU_ASSERT_EQUAL(node_of_huge(1), 1);
	CU_ASSERT_EQUAL(node_of_huge(2), 2);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_THP_FAULT_FALLBACK], 0);
	use_up(1, 0);
	/* Within its own nodes it is not sent on, from elsewhere it is. */
	CU_ASSERT_EQUAL(node_of_huge(1), -1);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_THP_FAULT_FALLBACK], 1);
	CU_ASSERT_EQUAL(node_of_huge(0), 2);
	CU_ASSERT(rule(MM_MPOL_PREFERRED, 2, 0));
	CU_ASSERT_EQUAL(node_of_huge(0), -1);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_THP_FAULT_FALLBACK], 2);
}

/* Nodes that a request may not use keep their atomic reserve. */
static void a_bound_request_gives_up_the_reserves_of_its_nodes_only(void)
{
	struct mm412_zone *zone = &w.mm->zones[1];
	struct mm412_request rq;
	uint32_t slot;

	mm412_alloc_request(w.mm, &rq, 0, k_gfp("GFP_KERNEL"), 1);
	slot = mm412_alloc_attempt(w.mm, w_cpu(&w), &rq, MM412_WMARK_LOW);
	CU_ASSERT_NOT_EQUAL_FATAL(slot, MM412_NONE);
	mm412_fallback_reserve(w.mm, zone, w_cpu(&w), slot);
	CU_ASSERT_EQUAL(zone->nr_reserved_highatomic, 512);
	rq.nodes = 6;
	CU_ASSERT_FALSE(mm412_fallback_unreserve(w.mm, w_cpu(&w), &rq, true));
	CU_ASSERT_EQUAL(zone->nr_reserved_highatomic, 512);
	rq.nodes = 7;
	CU_ASSERT_TRUE(mm412_fallback_unreserve(w.mm, w_cpu(&w), &rq, true));
	CU_ASSERT_EQUAL(zone->nr_reserved_highatomic, 0);
}

/* ... and what has to wait keeps its node for the rest of its way. */
static void a_request_that_waits_does_not_go_on_to_the_next_node(void)
{
	struct mm_grant grant;

	CU_ASSERT(rule(MM_MPOL_INTERLEAVE, 3, 0));
	for (unsigned n = 0; n < 3; n++)
		use_up(n, 0);
	grant = dispatch(1, 0, USER "|__GFP_NORETRY");
	CU_ASSERT_EQUAL_FATAL(grant.verdict, MM_WOULD_SLEEP);
	grant = mm412_slowpath_wait(w.mm, &w.k.cpus[1], request(1, 0, USER "|__GFP_NORETRY"),
				    grant);
	CU_ASSERT_EQUAL(grant.verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, TASK)->il_prev, 0);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, TASK)->il_next, 1);
}

/* ---- cpusets ----------------------------------------------------------------------------- */

static void a_cpuset_walls_user_pages_in_but_not_kernel_pages_in_need(void)
{
	CU_ASSERT(rule(MM_MPOL_DEFAULT, 0, 2));
	CU_ASSERT_EQUAL(node_of(0, USER), 1);
	CU_ASSERT_EQUAL(node_of(0, "GFP_KERNEL"), 1);
	use_up(1, 0);
	CU_ASSERT_EQUAL(dispatch(0, 0, USER).verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(node_of(0, "GFP_KERNEL"), 0);
	CU_ASSERT_EQUAL(node_of(0, "GFP_ATOMIC"), 0);
	mm412_task_of(w.mm, TASK)->memdie = true;
	CU_ASSERT_EQUAL(node_of(0, USER), 0);
	mm412_task_of(w.mm, TASK)->memdie = false;
}

/* Other nodes' kswapds could not help it. */
static void a_request_in_a_cpuset_wakes_the_kswapds_of_its_nodes_only(void)
{
	CU_ASSERT(rule(MM_MPOL_DEFAULT, 0, 2));
	use_up(1, 0);
	dispatch(0, 0, USER);
	CU_ASSERT_EQUAL(w_node(&w, 0)->kswapd_classzone_idx, MM412_ZONE_TYPES);
	CU_ASSERT_EQUAL(w_node(&w, 1)->kswapd_classzone_idx, MM412_ZONE_MOVABLE);
	CU_ASSERT_EQUAL(w_node(&w, 2)->kswapd_classzone_idx, MM412_ZONE_TYPES);
	/* Who is being killed may go anywhere. */
	mm412_task_of(w.mm, TASK)->memdie = true;
	use_up(0, 0);
	dispatch(0, 0, USER);
	CU_ASSERT_EQUAL(w_node(&w, 2)->kswapd_classzone_idx, MM412_ZONE_MOVABLE);
}

static void within_a_cpuset_a_mempolicy_keeps_to_both(void)
{
	CU_ASSERT(rule(MM_MPOL_BIND, 7, 6));
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, TASK)->policy_nodes, 6);
	CU_ASSERT_EQUAL(node_of(0, USER), 1);
	CU_ASSERT(rule(MM_MPOL_PREFERRED, 1, 3));
	use_up(0, 0);
	CU_ASSERT_EQUAL(node_of(0, USER), 1);
	use_up(1, 0);
	CU_ASSERT_EQUAL(dispatch(0, 0, USER).verdict, MM_WOULD_SLEEP);
}

static void rules_that_no_node_can_meet_are_refused(void)
{
	static const struct {
		enum mm_mempolicy policy;
		uint64_t nodes, cpuset;
	} rows[] = {
		{ MM_MPOL_BIND, 16, 0 },   { MM_MPOL_BIND, 8, 0 },
		{ MM_MPOL_DEFAULT, 0, 8 }, { MM_MPOL_DEFAULT, 0, 32 },
		{ MM_MPOL_BIND, 1, 2 },    { MM_MPOL_INTERLEAVE, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		w.k.text[0] = '\0';
		CU_ASSERT_FALSE(rule(rows[i].policy, rows[i].nodes, rows[i].cpuset));
		CU_ASSERT(w.k.text[0]);
	}
	CU_ASSERT_EQUAL(node_of(0, USER), 0);
	/* A node without memory is left out where others are left. */
	CU_ASSERT(rule(MM_MPOL_BIND, 12, 0));
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, TASK)->policy_nodes, 4);
}

static void rules_can_be_taken_back(void)
{
	CU_ASSERT(rule(MM_MPOL_BIND, 2, 2));
	CU_ASSERT(w.mm->watch & MM412_WATCH_ALL);
	CU_ASSERT(rule(MM_MPOL_DEFAULT, 0, 0));
	CU_ASSERT_EQUAL(w.mm->watch & MM412_WATCH_ALL, 0);
	CU_ASSERT_EQUAL(node_of(0, USER), 0);
}

/* ---- pages that will be dirty, and nodes that are reclaimed -------------------------------
 */

static void set_dirty(unsigned nid, int64_t pages)
{
	w.mm->sleep->nodes[nid].stat[MM412_NODE_FILE_DIRTY] = pages;
}

static void pages_to_be_written_avoid_nodes_that_are_dirty_enough(void)
{
	set_dirty(0, 2 * FRAMES);
	CU_ASSERT_EQUAL(node_of(0, USER "|__GFP_WRITE"), 1);
	CU_ASSERT_EQUAL(node_of(0, USER), 0);
	/* Where all are, the slow path does not ask, and the CPU's node is as good. */
	set_dirty(1, FRAMES);
	set_dirty(2, FRAMES);
	CU_ASSERT_EQUAL(node_of(0, USER "|__GFP_WRITE"), 0);
	CU_ASSERT_EQUAL(w.mm->slow_entries, 1);
	for (unsigned n = 0; n < 3; n++)
		set_dirty(n, 0);
}

static void turn_on_node_reclaim(void)
{
	uint64_t one = 1;

	CU_ASSERT(mm412_sysctl(w.mm, w_cpu(&w), "zone_reclaim_mode", &one, 1, w.k.text,
			       sizeof(w.k.text)));
}

/* Page cache of the CPU's node: unmapped, clean. */
static void fill_with_files(unsigned cpu, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++) {
		struct mm_content what = { .task = 9, .kind = MM_KIND_FILE };
		struct mm_grant grant = dispatch(cpu, 0, USER);

		CU_ASSERT_EQUAL_FATAL(grant.verdict, MM_DONE);
		CU_ASSERT_NOT_EQUAL_FATAL(
			mm412_content_hold(w.mm, w_cpu(&w), grant.frame, what), MM_NO_CONTENT);
	}
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
}

static void a_near_node_is_reclaimed_before_the_next_one_is_used(void)
{
	uint64_t low = w.mm->zones[2].watermark[MM412_WMARK_LOW];
	struct mm_grant grant;

	fill_with_files(1, 4096);
	use_up(1, low);
	CU_ASSERT_NOT_EQUAL(node_of(1, USER), 1);
	turn_on_node_reclaim();
	grant = dispatch(1, 0, USER);
	CU_ASSERT_EQUAL(grant.verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(grant.stage, AT_BEGIN);
	CU_ASSERT_NOT_EQUAL(node_of(1, "GFP_NOWAIT"), 1);
	grant = mm412_slowpath_wait(w.mm, &w.k.cpus[1], request(1, 0, USER), grant);
	CU_ASSERT_EQUAL(grant.verdict, MM_DONE);
	CU_ASSERT_EQUAL(grant.node, 1);
}

/* A machine whose second node has no CPU, so that others reclaim it: how many pages. */
static uint64_t reclaimed_at(uint8_t distance)
{
	uint64_t stolen;

	w_close(&w);
	w_init(&w, 1, 2);
	w.k.machine.zones = zones + 1;
	w.k.machine.nzones = 2;
	w.k.distance[1] = w.k.distance[2] = distance;
	w_boot(&w, 0);
	use_up(0, 0);
	fill_with_files(0, 4096);
	use_up(1, w.mm->zones[1].watermark[MM412_WMARK_LOW]);
	turn_on_node_reclaim();
	CU_ASSERT_EQUAL(w_request(&w, 0, 0, USER, TASK).verdict, MM_DONE);
	stolen = w.mm->sleep->event[MM412_PGSTEAL_DIRECT] +
		 w.mm->sleep->event[MM412_PGSTEAL_KSWAPD];
	return stolen;
}

static void a_node_farther_than_30_is_not_reclaimed(void)
{
	CU_ASSERT(reclaimed_at(30) > 0);
	CU_ASSERT_EQUAL(reclaimed_at(31), 0);
}

static void requests_for_lower_zones_kill_nobody(void)
{
	struct mm_request req = request(0, 0, "GFP_KERNEL|__GFP_DMA32");
	struct mm412_request rq;
	struct mm_grant grant;

	for (unsigned i = 0; i < 100; i++) {
		struct mm_content what = { .task = 9, .kind = MM_KIND_ANON };

		grant = dispatch(0, 0, USER);
		CU_ASSERT_NOT_EQUAL_FATAL(
			mm412_content_hold(w.mm, w_cpu(&w), grant.frame, what), MM_NO_CONTENT);
	}
	mm412_alloc_request(w.mm, &rq, 0, req.gfp, 0);
	while (mm412_alloc_attempt(w.mm, w_cpu(&w), &rq, MM412_NO_WATERMARKS) != MM412_NONE)
		;
	grant = dispatch(0, 0, "GFP_KERNEL|__GFP_DMA32");
	CU_ASSERT_EQUAL_FATAL(grant.verdict, MM_WOULD_SLEEP);
	grant = mm412_slowpath_wait(w.mm, w_cpu(&w), req, grant);
	CU_ASSERT_EQUAL(grant.verdict, MM_FAILED);
	CU_ASSERT_EQUAL(w.killed, 0);
	CU_ASSERT_EQUAL(w.mm->sleep->panics, 0);
}

static CU_TestInfo tests[] = {
	{ "without rules pages come from the cpus node",
	  without_rules_pages_come_from_the_cpus_node },
	{ "a bound task gets pages of its nodes only its own first",
	  a_bound_task_gets_pages_of_its_nodes_only_its_own_first },
	{ "some requests are not bound", some_requests_are_not_bound },
	{ "a preferred node comes first and others serve too",
	  a_preferred_node_comes_first_and_others_serve_too },
	{ "interleaved pages go round", interleaved_pages_go_round },
	{ "a bound request gives up the reserves of its nodes only",
	  a_bound_request_gives_up_the_reserves_of_its_nodes_only },
	{ "interleaved pages are counted where they were due",
	  interleaved_pages_are_counted_where_they_were_due },
	{ "huge pages come from the one node that is due",
	  huge_pages_come_from_the_one_node_that_is_due },
	{ "a request that waits does not go on to the next node",
	  a_request_that_waits_does_not_go_on_to_the_next_node },
	{ "a cpuset walls user pages in but not kernel pages in need",
	  a_cpuset_walls_user_pages_in_but_not_kernel_pages_in_need },
	{ "a request in a cpuset wakes the kswapds of its nodes only",
	  a_request_in_a_cpuset_wakes_the_kswapds_of_its_nodes_only },
	{ "within a cpuset a mempolicy keeps to both",
	  within_a_cpuset_a_mempolicy_keeps_to_both },
	{ "rules that no node can meet are refused", rules_that_no_node_can_meet_are_refused },
	{ "rules can be taken back", rules_can_be_taken_back },
	{ "pages to be written avoid nodes that are dirty enough",
	  pages_to_be_written_avoid_nodes_that_are_dirty_enough },
	{ "a near node is reclaimed before the next one is used",
	  a_near_node_is_reclaimed_before_the_next_one_is_used },
	{ "a node farther than 30 is not reclaimed", a_node_farther_than_30_is_not_reclaimed },
	{ "requests for lower zones kill nobody", requests_for_lower_zones_kill_nobody },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_mempolicy", NULL, NULL, open_world, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
