/*
 * The order of attempts of a request that the fast path has not served, seen by what it leaves
 * behind: where it stops on a dispatcher, tracepoints, counters, who was woken, killed, or
 * waited for.
 */
#include "tests/model/world412.h"

#define FRAMES 16384
#define TASK 5
#define VICTIM 7

enum { AT_BEGIN, AT_COMPACT, AT_RETRY, AT_RECLAIM }; /* mm_grant.stage */

static struct world412 w;

static void open_world(void)
{
	w_open(&w, FRAMES, 0);
}

static void close_world(void)
{
	w_close(&w);
}

static struct mm412_task *task_of(uint32_t number)
{
	return mm412_task_of(w.mm, number);
}

static struct mm_request request(unsigned order, const char *gfp)
{
	return (struct mm_request){ k_gfp(gfp), (uint8_t)order, 0, TASK };
}

static struct mm_grant dispatch(unsigned order, const char *gfp)
{
	struct mm_grant grant;

	w_cpu(&w)->on_actor = false;
	grant = mm412_alloc_try(w.mm, w_cpu(&w), request(order, gfp));
	w_cpu(&w)->on_actor = true;
	return grant;
}

static struct mm_grant ask(unsigned order, const char *gfp)
{
	struct mm_grant grant = dispatch(order, gfp);

	if (grant.verdict != MM_WOULD_SLEEP)
		return grant;
	return mm412_slowpath_wait(w.mm, w_cpu(&w), request(order, gfp), grant);
}

static uint64_t count(unsigned event)
{
	return w.mm->sleep->event[event];
}

static uint64_t mark(unsigned which)
{
	return w.mm->zones[0].watermark[which];
}

/* So many pages above no mark at all. */
static void exhaust(void)
{
	w_leave_free(&w, 0);
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	w_leave_free(&w, 0);
}

static void hold(unsigned pages, uint32_t task, enum mm_kind kind)
{
	for (unsigned i = 0; i < pages; i++)
		w_hold(&w, task, kind, false);
}

/* ---- on the dispatcher ------------------------------------------------------------------- */

static void a_dispatcher_stops_where_the_request_would_compact_or_reclaim(void)
{
	static const struct {
		unsigned order;
		const char *gfp;
		uint8_t stage;
	} rows[] = {
		{ 0, "GFP_KERNEL", AT_RECLAIM },
		{ 0, "GFP_HIGHUSER_MOVABLE", AT_RECLAIM },
		/* Unmovable blocks are made by moving movable pages away. */
		{ 1, "GFP_KERNEL", AT_COMPACT },
		{ 1, "GFP_TEMPORARY", AT_COMPACT },
		{ 1, "GFP_HIGHUSER_MOVABLE", AT_RECLAIM },
		{ 3, "GFP_HIGHUSER_MOVABLE", AT_RECLAIM },
		{ 4, "GFP_HIGHUSER_MOVABLE", AT_COMPACT },
		{ 9, "GFP_TRANSHUGE", AT_COMPACT },
		/* Who may use everything has not yet tried to. */
		{ 4, "GFP_KERNEL|__GFP_MEMALLOC", AT_RECLAIM },
		{ 4, "GFP_KERNEL|__GFP_MEMALLOC|__GFP_NOMEMALLOC", AT_COMPACT },
	};

	exhaust();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mm_grant grant = dispatch(rows[i].order, rows[i].gfp);

		CU_ASSERT_EQUAL(grant.verdict, MM_WOULD_SLEEP);
		CU_ASSERT_EQUAL(grant.stage, rows[i].stage);
		CU_ASSERT_EQUAL(grant.path, MM_PATH_SLOW);
	}
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT_EQUAL(w.wanted, 0);
	CU_ASSERT_EQUAL(w.mm->failures, 0);
	CU_ASSERT_EQUAL(w.mm->would_sleep, 0);
}

static void what_may_not_sleep_fails_at_once(void)
{
	exhaust();
	CU_ASSERT_EQUAL(dispatch(0, "GFP_ATOMIC").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(dispatch(4, "GFP_TRANSHUGE_LIGHT").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(dispatch(0, "GFP_NOWAIT|__GFP_NOFAIL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(dispatch(11, "GFP_KERNEL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(w.mm->failures, 4);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_DIRECT_RECLAIM_BEGIN], 0);
}

static void who_reclaims_or_is_dying_gets_what_is_left(void)
{
	w_leave_free(&w, mark(MM412_WMARK_MIN) / 8);
	CU_ASSERT_EQUAL(dispatch(0, "GFP_KERNEL").verdict, MM_WOULD_SLEEP);
	task_of(TASK)->memdie = true;
	CU_ASSERT_EQUAL(dispatch(0, "GFP_KERNEL|__GFP_NOMEMALLOC").verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(dispatch(0, "GFP_KERNEL").verdict, MM_DONE);
	/* An interrupt has nothing of the task that it interrupts. */
	CU_ASSERT_EQUAL(dispatch(0, "GFP_ATOMIC").verdict, MM_FAILED);
	task_of(TASK)->memdie = false;
	task_of(TASK)->memalloc = true;
	CU_ASSERT_EQUAL(dispatch(0, "GFP_KERNEL").verdict, MM_DONE);
	task_of(TASK)->memalloc = false;
}

static void who_reclaims_may_not_reclaim_within(void)
{
	exhaust();
	task_of(TASK)->memalloc = true;
	CU_ASSERT_EQUAL(dispatch(0, "GFP_KERNEL").verdict, MM_FAILED);
	task_of(TASK)->memalloc = false;
	CU_ASSERT_EQUAL(w.events[MM_EVENT_DIRECT_RECLAIM_BEGIN], 0);
}

/* ---- reclaim and compaction -------------------------------------------------------------- */

static void page_cache_is_reclaimed_for_a_page(void)
{
	struct mm_grant grant;

	hold(2048, VICTIM, MM_KIND_FILE);
	w_leave_free(&w, mark(MM412_WMARK_MIN));
	grant = ask(0, "GFP_KERNEL");
	CU_ASSERT_EQUAL(grant.verdict, MM_DONE);
	CU_ASSERT_EQUAL(grant.path, MM_PATH_RECLAIM);
	CU_ASSERT_EQUAL(count(MM412_ALLOCSTALL + MM412_ZONE_NORMAL), 1);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_DIRECT_RECLAIM_BEGIN], 1);
	CU_ASSERT_EQUAL(w.last_task[MM_EVENT_DIRECT_RECLAIM_BEGIN], TASK);
	CU_ASSERT(count(MM412_PGSTEAL_DIRECT) >= 32);
	CU_ASSERT_EQUAL(count(MM412_OOM_KILL), 0);
	CU_ASSERT_FALSE(task_of(TASK)->memalloc);
}

/* What it frees itself is the first thing it may use. */
static void who_may_use_all_does_so_after_reclaim_too(void)
{
	hold(64, VICTIM, MM_KIND_FILE);
	exhaust();
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL|__GFP_MEMALLOC|__GFP_NORETRY").verdict, MM_DONE);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_DIRECT_RECLAIM_BEGIN], 1);
}

static uint64_t begins(void)
{
	return w.events[MM_EVENT_DIRECT_RECLAIM_BEGIN];
}

static uint64_t compactions(void)
{
	return w.events[MM_EVENT_TRY_TO_COMPACT];
}

/* Nothing to reclaim, nobody to kill who would be allowed to be. */
static void requests_that_may_not_loop_fail_after_one_round(void)
{
	static const struct {
		unsigned order;
		const char *gfp;
		unsigned reclaims, compactions;
	} rows[] = {
		{ 0, "GFP_KERNEL|__GFP_NORETRY", 1, 0 },
		{ 2, "GFP_HIGHUSER_MOVABLE|__GFP_NORETRY", 1, 1 },
		{ 2, "GFP_KERNEL|__GFP_NORETRY", 1, 2 },
		{ 4, "GFP_KERNEL", 1, 2 },
		{ 4, "GFP_KERNEL|__GFP_NORETRY", 1, 2 },
		/* The OOM killer is no help for a costly request. */
		{ 4, "GFP_KERNEL|__GFP_REPEAT", 1, 2 },
		{ 0, "GFP_KERNEL|__GFP_THISNODE", 1, 0 },
	};

	hold(64, VICTIM, MM_KIND_ANON);
	exhaust();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t reclaims = begins(), compacts = compactions();
		struct mm_grant grant = ask(rows[i].order, rows[i].gfp);

		CU_ASSERT_EQUAL(grant.verdict, MM_FAILED);
		CU_ASSERT_EQUAL(begins() - reclaims, rows[i].reclaims);
		CU_ASSERT_EQUAL(compactions() - compacts, rows[i].compactions);
	}
	CU_ASSERT_EQUAL(w.mm->failures, ARRAY_SIZE(rows));
	CU_ASSERT_EQUAL(w.killed, 0);
	CU_ASSERT_FALSE(w.mm->sleep->oom_lock);
}

/* The first compaction of a costly request is asynchronous, and with __GFP_NORETRY all are. */
static void the_priority_of_compaction_is_as_the_request_asks(void)
{
	hold(64, VICTIM, MM_KIND_ANON);
	exhaust();
	ask(4, "GFP_KERNEL");
	CU_ASSERT_EQUAL(w.last[MM_EVENT_TRY_TO_COMPACT].value[2],
			MM412_COMPACT_PRIO_SYNC_LIGHT);
	ask(4, "GFP_KERNEL|__GFP_NORETRY");
	CU_ASSERT_EQUAL(w.last[MM_EVENT_TRY_TO_COMPACT].value[2], MM412_COMPACT_PRIO_ASYNC);
	ask(1, "GFP_KERNEL|__GFP_NORETRY");
	CU_ASSERT_EQUAL(w.last[MM_EVENT_TRY_TO_COMPACT].value[2],
			MM412_COMPACT_PRIO_SYNC_LIGHT);
}

/* Free memory in single pages, every second one of movable memory. */
static void chequer(void)
{
	static uint32_t slots[FRAMES];
	unsigned n = 0;
	struct mm412_request rq;

	mm412_alloc_request(w.mm, &rq, 0, k_gfp("GFP_HIGHUSER_MOVABLE"), 0);
	for (;;) {
		uint32_t slot = mm412_alloc_attempt(w.mm, w_cpu(&w), &rq, MM412_NO_WATERMARKS);

		if (slot == MM412_NONE)
			break;
		slots[n++] = slot;
	}
	for (unsigned i = 0; i < n; i++) {
		struct mm_content what = { .task = VICTIM, .kind = MM_KIND_ANON };
		uint64_t frame = mm412_frame(w.mm, slots[i]);

		if (frame & 1)
			mm412_alloc_free(w.mm, w_cpu(&w), frame, 0, false);
		else
			CU_ASSERT_NOT_EQUAL_FATAL(
				mm412_content_hold(w.mm, w_cpu(&w), frame, what),
				MM_NO_CONTENT);
	}
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
}

static void memory_in_pieces_is_compacted_for_a_block(void)
{
	struct mm_grant grant;

	chequer();
	CU_ASSERT_EQUAL(w.mm->zones[0].some[MM412_MOVABLE] >> 4, 0);
	grant = ask(4, "GFP_HIGHUSER_MOVABLE");
	CU_ASSERT_EQUAL(grant.verdict, MM_DONE);
	CU_ASSERT_EQUAL(grant.path, MM_PATH_COMPACT);
	CU_ASSERT_EQUAL(count(MM412_COMPACT_STALL), 1);
	CU_ASSERT_EQUAL(count(MM412_COMPACT_SUCCESS), 1);
	CU_ASSERT_EQUAL(count(MM412_COMPACT_FAIL), 0);
	CU_ASSERT_EQUAL(begins(), 0);
	CU_ASSERT_FALSE(task_of(TASK)->memalloc);
}

/* A stalled costly request of a fault that has just failed is not worth the disturbance. */
static void a_huge_page_does_not_reclaim_while_compaction_is_deferred(void)
{
	struct mm412_zone_sleep *zone = &w.mm->sleep->zones[0];

	hold(64, VICTIM, MM_KIND_ANON);
	chequer();
	zone->compact_considered = 0;
	zone->compact_defer_shift = 6;
	zone->compact_order_failed = 4;
	CU_ASSERT_EQUAL(ask(4, "GFP_KERNEL|__GFP_NORETRY").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(begins(), 0);
	CU_ASSERT_EQUAL(count(MM412_COMPACT_STALL), 0);
	/* Without the flag it goes on to reclaim. */
	ask(4, "GFP_KERNEL");
	CU_ASSERT_EQUAL(begins(), 1);
}

/* ---- the OOM killer ---------------------------------------------------------------------- */

static void exit_of_the_killed(struct world412 *world)
{
	if (world->killed && !task_of(world->victim)->exited)
		mm412_content_task_exit(world->mm, w_cpu(world), world->victim);
}

static void a_task_is_killed_for_a_page_when_nothing_can_be_reclaimed(void)
{
	struct mm_grant grant;

	hold(1024, VICTIM, MM_KIND_ANON);
	hold(10, TASK, MM_KIND_ANON);
	exhaust();
	w.asleep = exit_of_the_killed;
	grant = ask(0, "GFP_KERNEL");
	CU_ASSERT_EQUAL(grant.verdict, MM_DONE);
	CU_ASSERT_EQUAL(grant.path, MM_PATH_OOM);
	CU_ASSERT_EQUAL(w.killed, 1);
	CU_ASSERT_EQUAL(w.victim, VICTIM);
	CU_ASSERT_EQUAL(count(MM412_OOM_KILL), 1);
	CU_ASSERT_EQUAL(w.sleeps, 1);
	CU_ASSERT_EQUAL(w.timeout, W_JIFFY);
	CU_ASSERT_FALSE(w.mm->sleep->oom_lock);
	CU_ASSERT_EQUAL(w.mm->sleep->oom_victims, 0);
}

/* Killed while it asks: it may use all there is, and goes on without sleeping. */
static void a_task_that_was_killed_itself_gets_the_reserves(void)
{
	struct mm_grant grant;

	hold(1024, TASK, MM_KIND_ANON);
	w_leave_free(&w, mark(MM412_WMARK_MIN) / 8);
	grant = ask(0, "GFP_KERNEL");
	CU_ASSERT_EQUAL(w.victim, TASK);
	CU_ASSERT_EQUAL(grant.verdict, MM_DONE);
	CU_ASSERT_EQUAL(grant.path, MM_PATH_OOM);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	CU_ASSERT_EQUAL(w_wakes(&w, "oom_reaper"), 1);
}

static void a_dying_task_fails_when_even_the_reserves_are_empty(void)
{
	hold(1024, TASK, MM_KIND_ANON);
	exhaust();
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(w.victim, TASK);
	CU_ASSERT_EQUAL(w.killed, 1);
	CU_ASSERT_EQUAL(w.mm->sleep->would_hang, 0);
}

static void a_killed_task_may_have_no_reserves_and_gives_up(void)
{
	hold(1024, TASK, MM_KIND_ANON);
	w_leave_free(&w, mark(MM412_WMARK_MIN) / 8);
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL|__GFP_NOMEMALLOC").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(w.killed, 1);
	CU_ASSERT_EQUAL(w.mm->sleep->would_hang, 0);
}

static void let_go_of_the_lock(struct world412 *world)
{
	world->mm->sleep->oom_lock = false;
	world->asleep = exit_of_the_killed;
}

static void while_somebody_else_kills_a_request_waits_a_jiffy(void)
{
	hold(1024, VICTIM, MM_KIND_ANON);
	exhaust();
	w.mm->sleep->oom_lock = true;
	w.asleep = let_go_of_the_lock;
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL").verdict, MM_DONE);
	CU_ASSERT_EQUAL(w.sleeps, 2);
	CU_ASSERT_EQUAL(w.slept, 2 * W_JIFFY);
	CU_ASSERT_EQUAL(begins(), 2);
}

/* What was freed meanwhile counts from the high mark on. */
static void memory_that_came_back_spares_the_victim(void)
{
	uint32_t slots[1024];

	hold(64, VICTIM, MM_KIND_ANON);
	for (unsigned i = 0; i < ARRAY_SIZE(slots); i++)
		slots[i] = w_page(&w);
	exhaust();
	for (unsigned i = 0; i < ARRAY_SIZE(slots); i++)
		mm412_alloc_free(w.mm, w_cpu(&w), mm412_frame(w.mm, slots[i]), 0, false);
	/* Marks that the request's own attempts do not reach. */
	for (unsigned i = MM412_WMARK_MIN; i <= MM412_WMARK_LOW; i++) {
		w.mm->zones[0].mark_and_reserve[i][MM412_ZONE_NORMAL] = FRAMES;
		w.mm->zones[0].watermark[i] = FRAMES;
	}
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL").path, MM_PATH_OOM);
	CU_ASSERT_EQUAL(w.killed, 0);
	mm412_watermark_marks(w.mm);
}

static void a_panic_is_counted_and_fails_the_request(void)
{
	hold(1024, VICTIM, MM_KIND_ANON);
	exhaust();
	w.mm->params.panic_on_oom[0] = 1;
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL|__GFP_NOFAIL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(w.mm->sleep->panics, 2);
	CU_ASSERT_EQUAL(w.killed, 0);
}

static void nobody_to_kill_is_a_panic_too(void)
{
	exhaust();
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(w.mm->sleep->panics, 1);
}

/* ---- requests that may not fail ---------------------------------------------------------- */

static void what_may_not_fail_gets_a_part_of_the_reserves(void)
{
	struct mm_grant grant;

	w_leave_free(&w, mark(MM412_WMARK_MIN) * 9 / 10);
	grant = ask(0, "GFP_KERNEL|__GFP_NORETRY|__GFP_NOFAIL");
	CU_ASSERT_EQUAL(grant.verdict, MM_DONE);
	CU_ASSERT_EQUAL(begins(), 1);
	CU_ASSERT_EQUAL(w.killed, 0);
}

static void after_a_kill_it_gets_whatever_is_left(void)
{
	hold(1024, VICTIM, MM_KIND_ANON);
	w_leave_free(&w, 20);
	CU_ASSERT_EQUAL(ask(0, "GFP_KERNEL|__GFP_NOFAIL").verdict, MM_DONE);
	CU_ASSERT_EQUAL(w.killed, 1);
	CU_ASSERT_EQUAL(w.sleeps, 1);
}

/* Without file systems nobody is killed, and the kernel would try for good. */
static void a_request_that_would_try_for_good_is_given_up(void)
{
	hold(1024, VICTIM, MM_KIND_ANON);
	exhaust();
	w.mm->params.hang_rounds[0] = 20;
	CU_ASSERT_EQUAL(ask(0, "GFP_NOFS").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(begins(), 20);
	CU_ASSERT_EQUAL(w.mm->sleep->would_hang, 1);
	CU_ASSERT_EQUAL(w.killed, 0);
}

/* ---- what is kept of a task -------------------------------------------------------------- */

static const struct mm412_task *kept(uint32_t number)
{
	return w.mm->sleep->tasks[number];
}

static void a_task_that_gets_its_pages_at_once_has_nothing_of_its_own(void)
{
	char text[256];

	CU_ASSERT_EQUAL(dispatch(0, "GFP_HIGHUSER_MOVABLE|__GFP_WRITE").verdict, MM_DONE);
	CU_ASSERT_PTR_EQUAL(kept(TASK), &w.mm->sleep->plain);
	hold(3, TASK, MM_KIND_FILE);
	CU_ASSERT_PTR_EQUAL(kept(TASK), &w.mm->sleep->plain);
	CU_ASSERT(mm412_policy.check(w.mm, text, sizeof(text)));
	hold(1, TASK, MM_KIND_ANON);
	CU_ASSERT_PTR_NOT_EQUAL(kept(TASK), &w.mm->sleep->plain);
	CU_ASSERT_EQUAL(kept(TASK)->number, TASK);
	CU_ASSERT_EQUAL(kept(TASK)->rss[MM_KIND_ANON], 1);
	CU_ASSERT_EQUAL(kept(TASK)->cpu, w_cpu(&w)->id);
}

static void a_task_on_the_slow_path_has_its_own_and_nothing_is_left_on_the_plain_one(void)
{
	struct mm412_task plain = w.mm->sleep->plain;

	hold(200, VICTIM, MM_KIND_FILE);
	CU_ASSERT_EQUAL(dispatch(0, "GFP_HIGHUSER_MOVABLE|__GFP_WRITE").verdict, MM_DONE);
	exhaust();
	CU_ASSERT_EQUAL(dispatch(0, "GFP_HIGHUSER_MOVABLE|__GFP_WRITE").verdict,
			MM_WOULD_SLEEP);
	CU_ASSERT_PTR_NOT_EQUAL(kept(TASK), &w.mm->sleep->plain);
	ask(0, "GFP_HIGHUSER_MOVABLE|__GFP_WRITE");
	CU_ASSERT_PTR_EQUAL(kept(VICTIM), &w.mm->sleep->plain);
	CU_ASSERT_EQUAL(memcmp(&plain, &w.mm->sleep->plain, sizeof(plain)), 0);
}

/* As one of its own was: the victim of an access, or of its end, is it alone. */
static void the_end_of_a_plain_task_is_its_own(void)
{
	hold(1, TASK, MM_KIND_FILE);
	hold(1, VICTIM, MM_KIND_FILE);
	mm412_policy.task_exit(w.mm, w_cpu(&w), VICTIM);
	CU_ASSERT(kept(VICTIM)->exited);
	CU_ASSERT_FALSE(kept(TASK)->exited);
	CU_ASSERT_PTR_EQUAL(kept(TASK), &w.mm->sleep->plain);
}

static CU_TestInfo tests[] = {
	{ "a dispatcher stops where the request would compact or reclaim",
	  a_dispatcher_stops_where_the_request_would_compact_or_reclaim },
	{ "what may not sleep fails at once", what_may_not_sleep_fails_at_once },
	{ "who reclaims or is dying gets what is left",
	  who_reclaims_or_is_dying_gets_what_is_left },
	{ "who reclaims may not reclaim within", who_reclaims_may_not_reclaim_within },
	{ "page cache is reclaimed for a page", page_cache_is_reclaimed_for_a_page },
	{ "who may use all does so after reclaim too",
	  who_may_use_all_does_so_after_reclaim_too },
	{ "requests that may not loop fail after one round",
	  requests_that_may_not_loop_fail_after_one_round },
	{ "the priority of compaction is as the request asks",
	  the_priority_of_compaction_is_as_the_request_asks },
	{ "memory in pieces is compacted for a block",
	  memory_in_pieces_is_compacted_for_a_block },
	{ "a huge page does not reclaim while compaction is deferred",
	  a_huge_page_does_not_reclaim_while_compaction_is_deferred },
	{ "a task is killed for a page when nothing can be reclaimed",
	  a_task_is_killed_for_a_page_when_nothing_can_be_reclaimed },
	{ "a task that was killed itself gets the reserves",
	  a_task_that_was_killed_itself_gets_the_reserves },
	{ "a dying task fails when even the reserves are empty",
	  a_dying_task_fails_when_even_the_reserves_are_empty },
	{ "a killed task may have no reserves and gives up",
	  a_killed_task_may_have_no_reserves_and_gives_up },
	{ "while somebody else kills a request waits a jiffy",
	  while_somebody_else_kills_a_request_waits_a_jiffy },
	{ "memory that came back spares the victim", memory_that_came_back_spares_the_victim },
	{ "a panic is counted and fails the request",
	  a_panic_is_counted_and_fails_the_request },
	{ "nobody to kill is a panic too", nobody_to_kill_is_a_panic_too },
	{ "what may not fail gets a part of the reserves",
	  what_may_not_fail_gets_a_part_of_the_reserves },
	{ "after a kill it gets whatever is left", after_a_kill_it_gets_whatever_is_left },
	{ "a request that would try for good is given up",
	  a_request_that_would_try_for_good_is_given_up },
	{ "a task that gets its pages at once has nothing of its own",
	  a_task_that_gets_its_pages_at_once_has_nothing_of_its_own },
	{ "a task on the slow path has its own and nothing is left on the plain one",
	  a_task_on_the_slow_path_has_its_own_and_nothing_is_left_on_the_plain_one },
	{ "the end of a plain task is its own", the_end_of_a_plain_task_is_its_own },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_slowpath", NULL, NULL, open_world, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
