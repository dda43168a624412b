/*
 * The replay of a kernel with daemons, on one without a policy: requests that sleep, contents,
 * accesses and killed tasks.
 */
#include "tests/tools/replay_case.h"
#include "tests/tools/toy_world.h"
#include "tools/latency_rows.h"
#include "tools/objects.h"

/* Two CPUs: four numbers a CPU, the end and the past come before the trace's tasks. */
#define TASK 10u

#define MOVABLE "GFP_HIGHUSER_MOVABLE"

struct outcome {
	bool ok;
	struct replay_error err;
	struct replay_counts counts;
	struct toy toy;
	uint64_t live, stalls, stall_cycles, stall_sleep, refaults, refault_cycles;
};

static struct outcome *out; /* shared with the child */
static struct replay_options options;
static struct toy toy;
static uint16_t movable, written;

static void a_trace_to_write(void)
{
	out = child_shared(sizeof(*out));
	case_begin();
	movable = case_gfp(MOVABLE);
	written = case_gfp(MOVABLE "|__GFP_WRITE");
	options = (struct replay_options){ .pacing = REPLAY_CLOSED,
					   .window = 1 << 20,
					   .hz = 100 };
	toy = (struct toy){ .room = 1000, .victim = TOY_NO_TASK };
}

static void drop(void)
{
	unlink(case_path);
	munmap(out, sizeof(*out));
}

static void keep_latencies(const struct replay *r)
{
	const struct latency_row *row;
	struct latency_rows rows;

	if (!latency_rows_make(replay_latency(r), toy_class_names, NULL, &rows))
		_exit(3);
	row = latency_rows_find(&rows, "stall", "all", "");
	if (row) {
		out->stalls = row->count;
		out->stall_cycles = row->sum;
		out->stall_sleep = row->part[SIM_PART_SLEEP];
	}
	row = latency_rows_find(&rows, "refault", "all", "");
	if (row) {
		out->refaults = row->count;
		out->refault_cycles = row->sum;
	}
	latency_rows_free(&rows);
}

static void replay(uint64_t mode)
{
	struct replay *r;

	options.policy = &toy_policy;
	options.mm = &toy;
	options.engine = (enum sim_engine_mode)mode;
	r = case_replay(&options, &out->ok, &out->err);
	if (r) {
		out->counts = *replay_counts(r);
		out->live = replay_live_objects(r);
		keep_latencies(r);
	}
	case_close(&options, r);
	out->toy = toy;
	memset(&out->toy.host, 0, sizeof(out->toy.host)); /* pointers of the child */
	out->toy.wanted = out->toy.done = NULL;
}

static void run_in(enum sim_engine_mode mode)
{
	memset(out, 0, sizeof(*out));
	child_run(replay, mode);
	if (!out->ok)
		fprintf(stderr, "%s\n", out->err.text);
	CU_ASSERT_TRUE_FATAL(out->ok);
}

/* Both engines, which must do the same. */
static void run(void)
{
	struct outcome first;

	case_end();
	run_in(SIM_ENGINE_DISPATCH);
	first = *out;
	run_in(SIM_ENGINE_STRICT);
	CU_ASSERT_EQUAL(memcmp(&first.toy, &out->toy, sizeof(first.toy)), 0);
	CU_ASSERT_EQUAL(memcmp(&first.counts, &out->counts, sizeof(first.counts)), 0);
}

/* The n-th call of that kind, the first is 0; dies when there is none. */
static struct toy_call call(char what, unsigned n)
{
	for (unsigned i = 0; i < out->toy.ncalls; i++)
		if (out->toy.calls[i].what == what && n-- == 0)
			return out->toy.calls[i];
	CU_FAIL_FATAL("no such call");
	return (struct toy_call){ 0 };
}

static unsigned calls(char what)
{
	unsigned n = 0;

	for (unsigned i = 0; i < out->toy.ncalls; i++)
		n += out->toy.calls[i].what == what;
	return n;
}

/* ---- requests that sleep ----------------------------------------------------------------- */

static void a_stall_shifts_the_tasks_later_events_and_nobody_elses(void)
{
	toy.room = 1;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable); /* sleeps: 100 asking, then 1000 */
	case_free(1500, 2, 0, 0, 0, 0);         /* the daemon has the other CPU */
	case_free(5000, 1, 0, 1, 0, 0);
	run();
	CU_ASSERT_EQUAL(call('s', 0).date, 1100);
	CU_ASSERT_EQUAL(call('a', 1).date, 1100 + TOY_EVICT_CYCLES);
	CU_ASSERT_EQUAL(call('d', 0).date, 1500 + TOY_FREE_CYCLES);
	CU_ASSERT_EQUAL(call('d', 1).date, 5000 + TOY_EVICT_CYCLES + TOY_FREE_CYCLES);
	CU_ASSERT_EQUAL(out->counts.slept, 1);
	CU_ASSERT_EQUAL(out->counts.order_slept[0], 1);
	CU_ASSERT_EQUAL(out->counts.served, 2);
	CU_ASSERT_EQUAL(out->counts.would_sleep, 0);
	CU_ASSERT_EQUAL(out->counts.delay_cycles, TOY_EVICT_CYCLES);
}

static void open_pacing_forgets_a_stall(void)
{
	toy.room = 1;
	options.pacing = REPLAY_OPEN;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable);
	case_free(5000, 1, 0, 1, 0, 0);
	run();
	CU_ASSERT_EQUAL(call('d', 0).date, 5000 + TOY_FREE_CYCLES);
}

static void a_task_that_sleeps_frees_its_cpu(void)
{
	toy.room = 1;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable);
	case_free(1200, 2, 0, 0, 0, 0);
	run();
	CU_ASSERT_EQUAL(call('d', 0).date, 1200 + TOY_FREE_CYCLES);
}

static void a_stall_is_a_latency_of_its_own_and_part_of_the_requests(void)
{
	toy.room = 1;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable);
	run();
	CU_ASSERT_EQUAL(out->stalls, 1);
	CU_ASSERT_EQUAL(out->stall_cycles, TOY_ALLOC_CYCLES + TOY_EVICT_CYCLES);
	CU_ASSERT_EQUAL(out->stall_sleep, TOY_EVICT_CYCLES);
}

static void a_free_waits_for_an_allocation_that_sleeps(void)
{
	toy.room = 1;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable);
	case_free(1300, 2, 0, 1, 0, 0);
	run();
	CU_ASSERT_EQUAL(call('d', 0).who, 1);
	CU_ASSERT_EQUAL(call('d', 0).date, 1100 + TOY_EVICT_CYCLES + TOY_FREE_CYCLES);
	CU_ASSERT_EQUAL(out->counts.free_waits, 1);
	CU_ASSERT_EQUAL(out->live, 1);
}

static void a_free_waits_until_the_kernel_knows_what_the_page_holds(void)
{
	const uint64_t granted = 1100 + TOY_EVICT_CYCLES, held = granted + TOY_HOLD_CYCLES;

	toy.room = 1;
	toy.holds_slowly = true;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable);
	case_free(1300, 2, 1, 1, 0, 0); /* waits for the page, then for what it holds */
	run();
	CU_ASSERT_EQUAL(call('a', 1).date, granted);
	CU_ASSERT_EQUAL(call('h', 1).date, held);
	CU_ASSERT_EQUAL(calls('f'), 0);
	CU_ASSERT_EQUAL(call('d', 0).who, 1);
	CU_ASSERT_EQUAL(call('d', 0).date, held + TOY_FREE_CYCLES);
	CU_ASSERT_EQUAL(out->live, 1);
}

/* Meanwhile so many objects of its chunk are gone that the table moves its entry. */
static void an_object_is_noted_as_held_wherever_its_entry_is_by_then(void)
{
	uint64_t date = 0, pinned, held;

	toy.room = 2;
	toy.holds_slowly = true;
	for (unsigned i = 0; i < OBJECTS_CHUNK - OBJECTS_PACK_AT - 1; i++, date += 2000)
		case_free(date + 1000, 0, 0, case_alloc(date, 0, 0, 0), 0, 0);
	pinned = case_alloc(date, 0, 0, 0);
	case_alloc_gfp(date + 1000, 0, 0, 0, movable);
	held = case_alloc_gfp(date + 2000, 1, 0, 0, movable);
	case_free(date + 2000 + TOY_EVICT_CYCLES + 300, 2, 1, pinned, 0, 0);
	case_free(date + 90000, 1, 0, held, 0, 0);
	run();
	CU_ASSERT_EQUAL(out->counts.contents, 2);
	CU_ASSERT_TRUE(out->toy.contents[0].live);
	CU_ASSERT_FALSE(out->toy.contents[1].live);
	CU_ASSERT_EQUAL(out->live, 1);
}

static void a_request_that_slept_in_vain_has_failed(void)
{
	toy.room = 0;
	case_alloc(1000, 0, 0, 0);
	case_free(9000, 0, 0, 0, 0, 0);
	run();
	CU_ASSERT_EQUAL(out->counts.failed, 1);
	CU_ASSERT_EQUAL(out->counts.slept, 1);
	CU_ASSERT_EQUAL(out->counts.frees_of_failed, 1);
	CU_ASSERT_EQUAL(out->stall_sleep, TOY_ROUNDS * TOY_EVICT_CYCLES);
}

static void the_run_ends_with_the_trace_though_a_daemon_never_rests(void)
{
	toy.spins = true;
	case_alloc(1000, 0, 0, 0);
	case_alloc(900000, 0, 0, 0);
	run();
	CU_ASSERT_EQUAL(out->counts.events, 2);
	CU_ASSERT_TRUE(out->counts.end_date >= 899000);
	CU_ASSERT_TRUE(out->counts.end_date < 899000 + 2 * TOY_EVICT_CYCLES);
}

/* ---- contents ---------------------------------------------------------------------------- */

static void movable_pages_of_order_0_are_held_and_all_others_are_pinned(void)
{
	uint64_t anon = case_alloc_gfp(1000, 0, 0, 0, movable);
	uint64_t pinned = case_alloc(2000, 0, 0, 0);
	uint64_t large = case_alloc_gfp(3000, 0, 0, 2, movable);
	uint64_t file = case_alloc_gfp(4000, 1, 0, 0, written);

	case_free(5000, 0, 0, anon, 0, 0);
	case_free(6000, 0, 0, pinned, 0, 0);
	case_free(7000, 0, 0, large, 2, 0);
	run();
	CU_ASSERT_EQUAL(out->counts.contents, 2);
	CU_ASSERT_EQUAL(calls('h'), 2);
	CU_ASSERT_EQUAL(out->toy.contents[0].kind, MM_KIND_ANON);
	CU_ASSERT_EQUAL(out->toy.contents[0].task, TASK);
	CU_ASSERT_EQUAL(out->toy.contents[1].kind, MM_KIND_FILE);
	CU_ASSERT_EQUAL(out->toy.contents[1].task, TASK + 1);
	CU_ASSERT_TRUE(out->toy.contents[1].dirty);
	CU_ASSERT_EQUAL(calls('d'), 1);
	CU_ASSERT_EQUAL(calls('f'), 2);
	CU_ASSERT_EQUAL(out->counts.frees, 3);
	CU_ASSERT_EQUAL(out->live, 1);
	(void)file;
}

static void freeing_a_held_page_twice_is_counted_and_skipped(void)
{
	uint64_t a = case_alloc_gfp(1000, 0, 0, 0, movable);

	case_free(2000, 0, 0, a, 1, 0);
	case_free(3000, 0, 0, a, 0, 0);
	case_free(4000, 0, 0, a, 0, 0);
	run();
	CU_ASSERT_EQUAL(out->counts.frees_unknown, 2);
	CU_ASSERT_EQUAL(calls('d'), 1);
}

static void where_the_trace_has_lru_events_they_decide(void)
{
	enum { INACTIVE_FILE = 2, UNEVICTABLE = 4 };
	uint64_t first = case_alloc_gfp(1000, 0, 0, 0, movable), a, b;

	case_touch(2000, 0, 0, TRACE_LRU_ADD, first, INACTIVE_FILE); /* too late for this one */
	a = case_alloc_gfp(3000, 0, 0, 0, movable);
	b = case_alloc_gfp(4000, 0, 0, 0, movable);
	case_touch(5000, 1, 0, TRACE_LRU_ADD, a, INACTIVE_FILE);
	case_touch(6000, 1, 0, TRACE_LRU_ADD, b, UNEVICTABLE);
	case_free(7000, 0, 0, b, 0, 0);
	run();
	CU_ASSERT_EQUAL(out->counts.contents, 2);
	CU_ASSERT_EQUAL(out->toy.contents[0].kind, MM_KIND_ANON);
	CU_ASSERT_EQUAL(out->toy.contents[1].kind, MM_KIND_FILE);
	CU_ASSERT_EQUAL(call('h', 1).date, 5000 - 1000);
	CU_ASSERT_EQUAL(calls('f'), 1);
	CU_ASSERT_EQUAL(out->counts.lru_notes, 3);
}

static void a_kernel_without_sysctls_goes_on_after_a_sysctl_event(void)
{
	case_alloc(1000, 0, 0, 0);
	case_sysctl(2000, 0, 0, "vm.swappiness=10");
	case_alloc(3000, 0, 0, 0);
	run();
	CU_ASSERT_EQUAL(out->counts.sysctl_unknown, 1);
	CU_ASSERT_EQUAL(out->counts.served, 2);
	CU_ASSERT_EQUAL(out->counts.lru_notes, 0);
}

/* ---- accesses ---------------------------------------------------------------------------- */

/* Task 0's page is taken away for task 1's; then task 0 wants it back. */
static void a_page_lost_and_wanted_again(void)
{
	toy.room = 1;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable);
	case_free(4000, 1, 0, 1, 0, 0);
	case_touch(10000, 0, 1, TRACE_ACCESS, 0, 0);
	case_touch(20000, 0, 1, TRACE_DIRTY, 0, 0);
}

static void recorded_accesses_read_pages_back_and_delay_their_task(void)
{
	options.access = REPLAY_ACCESS_RECORDED;
	a_page_lost_and_wanted_again();
	run();
	CU_ASSERT_EQUAL(out->counts.accesses, 2);
	CU_ASSERT_EQUAL(out->counts.refaults, 1);
	CU_ASSERT_EQUAL(call('r', 0).date, 10000 + TOY_READ_CYCLES);
	CU_ASSERT_EQUAL(call('t', 1).date, 20000 + TOY_READ_CYCLES);
	CU_ASSERT_EQUAL(out->refaults, 1);
	CU_ASSERT_EQUAL(out->refault_cycles, TOY_READ_CYCLES);
}

static void without_an_access_model_nobody_touches_anything(void)
{
	a_page_lost_and_wanted_again();
	run();
	CU_ASSERT_EQUAL(out->counts.accesses, 0);
	CU_ASSERT_EQUAL(calls('t'), 0);
	CU_ASSERT_EQUAL(out->counts.lru_notes, 2);
}

static void a_page_freed_while_it_is_read_back_is_dropped_afterwards(void)
{
	options.access = REPLAY_ACCESS_RECORDED;
	toy.room = 1;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable);
	case_touch(10000, 0, 1, TRACE_ACCESS, 0, 0);
	case_free(11000, 1, 0, 0, 0, 0);
	run();
	CU_ASSERT_EQUAL(call('d', 0).who, 0);
	CU_ASSERT_EQUAL(call('d', 0).date, 10000 + TOY_READ_CYCLES + TOY_FREE_CYCLES);
	CU_ASSERT_EQUAL(out->live, 1);
}

static void a_working_set_is_read_once_a_period_spread_over_it(void)
{
	options.access = REPLAY_ACCESS_WORKING_SET;
	options.hot_milli = 1000;
	options.access_cycles = 10000;
	for (unsigned i = 0; i < 4; i++)
		case_alloc_gfp(0, i, 0, 0, movable);
	case_alloc(49999, 0, 0, 0); /* until here */
	run();
	/* The first round found nothing; four more of four contents. */
	CU_ASSERT_EQUAL(out->counts.accesses, 16);
	CU_ASSERT_EQUAL(call('t', 0).date, 10000);
	CU_ASSERT_EQUAL(call('t', 0).who, 0);
	CU_ASSERT_EQUAL(call('t', 1).date, 12500);
	CU_ASSERT_EQUAL(call('t', 1).who, 1);
	CU_ASSERT_EQUAL(call('t', 3).date, 17500);
	CU_ASSERT_EQUAL(call('t', 4).date, 20000);
}

static void the_owner_pays_for_a_refault_of_its_working_set(void)
{
	options.access = REPLAY_ACCESS_WORKING_SET;
	options.hot_milli = 1000;
	options.access_cycles = 10000;
	toy.room = 1;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc_gfp(1000, 1, 0, 0, movable); /* takes task 0's page */
	case_free(4000, 1, 0, 1, 0, 0);
	case_free(10500, 2, 1, 0, 0, 0); /* too early: somebody reads it */
	case_alloc(30000, 0, 0, 0);      /* read before the shift is known, runs on time */
	case_free(40000, 0, 0, 2, 0, 0);
	run();
	CU_ASSERT_EQUAL(out->refaults, 1);
	CU_ASSERT_EQUAL(call('a', 2).date, 30000 + TOY_ALLOC_CYCLES);
	CU_ASSERT_EQUAL(call('f', 0).date, 40000 + TOY_READ_CYCLES + TOY_FREE_CYCLES);
}

/* ---- killed tasks ------------------------------------------------------------------------ */

static void a_victim_between_two_operations_gives_its_memory_back_at_once(void)
{
	toy.room = 2;
	toy.victim = TASK + 1;
	case_alloc(0, 0, 0, 0);
	case_alloc(100, 1, 1, 0);  /* the victim's, pinned */
	case_alloc(1000, 2, 0, 0); /* in vain */
	case_alloc_gfp(50000, 1, 1, 0, movable);
	case_free(60000, 1, 1, 1, 0, 0);
	case_free(70000, 3, 1, 3, 0, 0);
	run();
	CU_ASSERT_EQUAL(calls('x'), 1);
	CU_ASSERT_EQUAL(call('x', 0).who, TASK + 1);
	CU_ASSERT_TRUE(call('x', 0).date < 6000);
	CU_ASSERT_EQUAL(out->counts.killed_tasks, 1);
	CU_ASSERT_EQUAL(out->counts.events_of_killed, 1);
	/* Its own free goes on, what it no longer asked for is nobody's. */
	CU_ASSERT_EQUAL(calls('f'), 1);
	CU_ASSERT_EQUAL(out->counts.frees_of_failed, 1);
}

static void a_victim_that_sleeps_exits_when_its_request_is_over(void)
{
	toy.room = 0;
	toy.victim = TASK;
	case_alloc(1000, 0, 0, 0); /* kills itself */
	case_alloc(90000, 0, 0, 0);
	run();
	CU_ASSERT_EQUAL(calls('x'), 1);
	CU_ASSERT_EQUAL(call('x', 0).date, TOY_ALLOC_CYCLES + TOY_ROUNDS * TOY_EVICT_CYCLES);
	CU_ASSERT_EQUAL(out->counts.events_of_killed, 1);
	CU_ASSERT_EQUAL(out->counts.failed, 1);
}

static void the_contents_of_a_victim_are_dropped_by_whoever_frees_them(void)
{
	toy.room = 1;
	toy.victim = TASK;
	case_alloc_gfp(0, 0, 0, 0, movable);
	case_alloc(100, 1, 1, 1); /* too large to be served: task 0 dies */
	case_free(50000, 2, 1, 0, 0, 0);
	run();
	CU_ASSERT_EQUAL(call('x', 0).who, TASK);
	CU_ASSERT_EQUAL(call('d', 0).who, 0);
	CU_ASSERT_EQUAL(out->toy.used, 0);
}

static CU_TestInfo tests[] = {
	{ "a kernel without sysctls goes on after a sysctl event",
	  a_kernel_without_sysctls_goes_on_after_a_sysctl_event },
	{ "a stall shifts the task's later events and nobody else's",
	  a_stall_shifts_the_tasks_later_events_and_nobody_elses },
	{ "open pacing forgets a stall", open_pacing_forgets_a_stall },
	{ "a task that sleeps frees its CPU", a_task_that_sleeps_frees_its_cpu },
	{ "a stall is a latency of its own and part of the request's",
	  a_stall_is_a_latency_of_its_own_and_part_of_the_requests },
	{ "a free waits for an allocation that sleeps",
	  a_free_waits_for_an_allocation_that_sleeps },
	{ "a free waits until the kernel knows what the page holds",
	  a_free_waits_until_the_kernel_knows_what_the_page_holds },
	{ "an object is noted as held wherever its entry is by then",
	  an_object_is_noted_as_held_wherever_its_entry_is_by_then },
	{ "a request that slept in vain has failed", a_request_that_slept_in_vain_has_failed },
	{ "the run ends with the trace though a daemon never rests",
	  the_run_ends_with_the_trace_though_a_daemon_never_rests },
	{ "movable pages of order 0 are held and all others are pinned",
	  movable_pages_of_order_0_are_held_and_all_others_are_pinned },
	{ "freeing a held page twice is counted and skipped",
	  freeing_a_held_page_twice_is_counted_and_skipped },
	{ "where the trace has LRU events they decide",
	  where_the_trace_has_lru_events_they_decide },
	{ "recorded accesses read pages back and delay their task",
	  recorded_accesses_read_pages_back_and_delay_their_task },
	{ "without an access model nobody touches anything",
	  without_an_access_model_nobody_touches_anything },
	{ "a page freed while it is read back is dropped afterwards",
	  a_page_freed_while_it_is_read_back_is_dropped_afterwards },
	{ "a working set is read once a period, spread over it",
	  a_working_set_is_read_once_a_period_spread_over_it },
	{ "the owner pays for a refault of its working set",
	  the_owner_pays_for_a_refault_of_its_working_set },
	{ "a victim between two operations gives its memory back at once",
	  a_victim_between_two_operations_gives_its_memory_back_at_once },
	{ "a victim that sleeps exits when its request is over",
	  a_victim_that_sleeps_exits_when_its_request_is_over },
	{ "the contents of a victim are dropped by whoever frees them",
	  the_contents_of_a_victim_are_dropped_by_whoever_frees_them },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "replay_wait", NULL, NULL, a_trace_to_write, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
