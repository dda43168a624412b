/* kswapd and kreclaimd: what a pass does, who is woken and who sleeps how long; and what all
 * daemons have in common: making, waking, sleeping. */
#include "model/v2_4/mm24_where.h"
#include "tests/model/world24.h"

static struct world24 w;
static struct sim_cpu *cpu;
static struct mm24 *mm;

/* Frames 0 to 1023: pages_min 32, low 64, high 96. */
static void a_world(void)
{
	w_open(&w, 1024, 0);
	mm = w.k.mm;
	cpu = &w.k.cpus[0];
}

static void drop(void)
{
	w_close(&w);
}

static void attaching_makes_four_daemons_a_queue_each_and_one_for_sleepers(void)
{
	CU_ASSERT_EQUAL(w.ndaemons, 4);
	CU_ASSERT_EQUAL(w.nqueues, 5);
	CU_ASSERT_PTR_NOT_NULL(mm->kswapd_done);
	CU_ASSERT_EQUAL(mm->jiffy, W_JIFFY);
}

static void attaching_fails_in_a_sentence_when_memory_is_short(void)
{
	struct world24 other;

	for (unsigned queues = 0; queues < 5; queues++) {
		memset(&other, 0, sizeof(other));
		k_one_zone(&other.k, 1, 1024);
		CU_ASSERT_FATAL(k_boot(&other.k, false));
		other.host = w.host;
		other.host.ctx = &other;
		other.queues_left = queues;
		CU_ASSERT(!mm24_daemon_attach(other.k.mm, &other.host, other.k.text,
					      sizeof(other.k.text)));
		CU_ASSERT(strlen(other.k.text) > 10);
		k_drop(&other.k);
	}
}

static void jiffies_follow_the_clock(void)
{
	cpu->due = 5 * W_JIFFY - 1;
	CU_ASSERT_EQUAL(mm24_daemon_jiffies(mm, cpu), 4);
	cpu->due++;
	CU_ASSERT_EQUAL(mm24_daemon_jiffies(mm, cpu), 5);
}

static void kswapd_sleeps_a_second_when_there_is_enough_memory(void)
{
	w_run(&w, mm24_kswapd_run, 3);
	CU_ASSERT_EQUAL(w.sleeps, 3);
	CU_ASSERT_EQUAL(w.timeout, 100 * W_JIFFY);
	CU_ASSERT_PTR_EQUAL(w.queue, mm->daemon[MM24_KSWAPD].queue);
	CU_ASSERT_EQUAL(mm->daemon[MM24_KSWAPD].runs, 3);
	CU_ASSERT(mm->daemon[MM24_KSWAPD].queued && mm->daemon[MM24_KSWAPD].asleep);
	CU_ASSERT_EQUAL(mm->stats.launder_calls, 0);
}

static void kswapd_goes_on_at_once_while_both_kinds_of_pages_are_short(void)
{
	for (unsigned i = 0; i < 10; i++)
		mm24_page(mm, w_cached(&w.k))->count = 2;
	w_leave_free(&w, 90);
	w_run(&w, mm24_kswapd_run, 5);
	CU_ASSERT_EQUAL(w.timeout, 1);
	CU_ASSERT_PTR_NULL(w.queue);
	CU_ASSERT(!mm->daemon[MM24_KSWAPD].queued);
	/* The killer is not asked: more than freepages.min is free. */
	CU_ASSERT_EQUAL(mm->stats.ooms, 0);
}

static void kswapd_sleeps_as_soon_as_one_of_the_two_shortages_is_over(void)
{
	/* Pages that are being written: inactive, but not to be freed yet. */
	for (unsigned i = 0; i < 20; i++)
		mm->s[w_old(&w.k)].tag |= MM24_LOCKED;
	w_leave_free(&w, 90);
	CU_ASSERT(mm24_kswapd_pass(mm, cpu));
	CU_ASSERT_EQUAL(mm24_lru_free_shortage(mm), 6);
	CU_ASSERT_EQUAL(mm24_lru_inactive_shortage(mm), 0);
}

static void kswapd_asks_the_killer_when_memory_has_run_out_and_goes_on_without_a_victim(void)
{
	w_leave_free(&w, 10);
	w_run(&w, mm24_kswapd_run, 4);
	CU_ASSERT_EQUAL(mm->stats.ooms, 4);
	CU_ASSERT_EQUAL(mm->stats.oom_kills, 0);
}

static void a_pass_wakes_all_sleepers_whether_it_freed_anything_or_not(void)
{
	w_leave_free(&w, 10);
	mm24_kswapd_pass(mm, cpu);
	CU_ASSERT_PTR_EQUAL(w.woken, mm->kswapd_done);
	CU_ASSERT_EQUAL(w.wakes_all, 1);
}

static void pressure_decays_when_more_than_a_second_has_passed(void)
{
	mm->memory_pressure = 6400;
	cpu->due = 100 * W_JIFFY;
	mm24_kswapd_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->memory_pressure, 6400);
	cpu->due = 101 * W_JIFFY;
	mm24_kswapd_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->memory_pressure, 6300);
	/* However long it was. */
	cpu->due = 1000 * W_JIFFY;
	mm24_kswapd_pass(mm, cpu);
	mm24_kswapd_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->memory_pressure, 6300 - 6300 / 64);
}

static void each_pass_scans_a_64th_of_the_active_list(void)
{
	for (unsigned i = 0; i < 200; i++)
		w_cached(&w.k);
	mm24_kswapd_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->stats.refill_scanned, 3);
}

/* Sixteen buffers can be written, the seventeenth is waited for. */
static void dirty_buffers(void)
{
	for (unsigned i = 0; i < 17; i++) {
		uint32_t slot = w_old(&w.k);

		mm24_buffer_make(mm, slot, MM24_BUFFER_DIRTY);
	}
	w_leave_free(&w, 10);
}

static void a_pass_launders_synchronously_only_for_sleepers(void)
{
	dirty_buffers();
	mm24_kswapd_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->io.writes, 16);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	cpu->due += 17 * W_SERVICE;
	mm24_kswapd_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->io.writes, 17);
}

static void a_pass_waits_for_the_disk_when_somebody_sleeps_for_it(void)
{
	dirty_buffers();
	mm->sleepers = 1;
	mm24_kswapd_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->io.writes, 17);
	CU_ASSERT(w.slept > 16 * W_SERVICE && w.slept <= 17 * W_SERVICE);
	mm->sleepers = 0;
}

static void a_wake_up_counts_while_kswapd_is_on_its_queue_and_wakes_it_once(void)
{
	struct mm24_daemon *kswapd = &mm->daemon[MM24_KSWAPD];

	mm24_kswapd_wake(mm, cpu, NULL, false);
	CU_ASSERT_EQUAL(kswapd->wake_calls, 0);
	mm24_daemon_sleeps(mm, cpu, MM24_KSWAPD, W_JIFFY);
	mm24_kswapd_wake(mm, cpu, NULL, false);
	mm24_kswapd_wake(mm, cpu, NULL, false);
	CU_ASSERT_EQUAL(kswapd->wake_calls, 2);
	CU_ASSERT_EQUAL(kswapd->wakes, 1);
	CU_ASSERT(kswapd->queued && !kswapd->asleep);
	mm24_daemon_runs(mm, MM24_KSWAPD);
	mm24_kswapd_wake(mm, cpu, NULL, false);
	CU_ASSERT_EQUAL(kswapd->wake_calls, 2);
}

static void kswapd_does_not_wake_itself(void)
{
	struct mm24_task *self = mm24_daemon_task(mm, MM24_KSWAPD);

	mm24_daemon_sleeps(mm, cpu, MM24_KSWAPD, W_JIFFY);
	w.sleeps = 0;
	mm24_kswapd_wake(mm, cpu, self, false);
	mm24_kswapd_wake(mm, cpu, self, true);
	CU_ASSERT_EQUAL(mm->daemon[MM24_KSWAPD].wake_calls, 0);
	CU_ASSERT_EQUAL(w.sleeps, 0);
}

static unsigned sleepers_seen;

static void look_at_sleepers(struct world24 *world)
{
	sleepers_seen = world->k.mm->sleepers;
	CU_ASSERT(!world->k.mm->daemon[MM24_KSWAPD].asleep);
}

static void a_blocking_wake_up_joins_the_sleepers_and_has_no_timeout(void)
{
	mm24_daemon_sleeps(mm, cpu, MM24_KSWAPD, W_JIFFY);
	w.asleep = look_at_sleepers;
	mm24_kswapd_wake(mm, cpu, NULL, true);
	CU_ASSERT_EQUAL(sleepers_seen, 1);
	CU_ASSERT_EQUAL(mm->sleepers, 0);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	CU_ASSERT_PTR_EQUAL(w.queue, mm->kswapd_done);
	CU_ASSERT_EQUAL(mm->stats.blocks, 1);
}

/* Of the 1,000 cycles of a sleep kswapd launders 600, swaps out 150, and looks about for 50. */
static void kswapd_works(struct world24 *world)
{
	struct sim_where *kswapd = &world->k.mm->kswapd_where;

	kswapd->since = sim_now(cpu);
	sim_where_enter(kswapd, sim_now(cpu) + 50, MM24_IN_PAGE_LAUNDER);
	sim_where_enter(kswapd, sim_now(cpu) + 650, MM24_IN_SWAP_OUT);
	cpu->due += 800;
	sim_where_enter(kswapd, sim_now(cpu), MM24_IN_ALLOC_PAGES);
	cpu->due += 200;
}

/* It is ahead of the sleeper: more than the sleep cannot be its work. */
static void kswapd_runs_ahead(struct world24 *world)
{
	cpu->due += 100;
	world->k.mm->kswapd_where.cycles[MM24_IN_PAGE_LAUNDER] += 5000;
}

static struct sim_where sleep_for_kswapd(void (*meanwhile)(struct world24 *world))
{
	struct sim_where where = { 0 };

	mm24_daemon_sleeps(mm, cpu, MM24_KSWAPD, W_JIFFY);
	where.since = sim_now(cpu);
	watch(cpu, &where);
	w.asleep = meanwhile;
	cpu->due += 7;
	mm24_kswapd_wake(mm, cpu, NULL, true);
	watch(cpu, NULL);
	return where;
}

static void a_sleep_for_kswapd_is_time_in_what_kswapd_does(void)
{
	struct sim_where where = sleep_for_kswapd(kswapd_works);
	uint64_t woke_it = mm->cost.wake[0] * 2;

	CU_ASSERT_EQUAL(where.cycles[MM24_IN_ALLOC_PAGES], 7);
	CU_ASSERT_EQUAL(where.cycles[MM24_IN_PAGE_LAUNDER], 600);
	CU_ASSERT_EQUAL(where.cycles[MM24_IN_SWAP_OUT], 150);
	CU_ASSERT_EQUAL(where.cycles[MM24_IN_WAKEUP_KSWAPD], 250 + woke_it);
	CU_ASSERT_EQUAL(where.in, MM24_IN_ALLOC_PAGES);
	CU_ASSERT_EQUAL(where.since, sim_now(cpu));
}

static void a_sleep_for_kswapd_is_never_longer_than_it_was(void)
{
	struct sim_where where = sleep_for_kswapd(kswapd_runs_ahead);

	CU_ASSERT_EQUAL(where.cycles[MM24_IN_PAGE_LAUNDER], 100);
	CU_ASSERT_EQUAL(where.cycles[MM24_IN_WAKEUP_KSWAPD], mm->cost.wake[0] * 2);
}

static void clean_pages(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		mm24_lru_move(mm, cpu, w_old(&w.k), MM24_INACTIVE_CLEAN);
}

static void kreclaimd_fills_zones_up_to_their_low_mark(void)
{
	clean_pages(40);
	w_leave_free(&w, 50);
	CU_ASSERT(mm24_kreclaimd_pass(mm, cpu));
	CU_ASSERT_EQUAL(mm->nr_free, 64);
	CU_ASSERT_EQUAL(mm->nr_clean, 26);
}

static void kreclaimd_stops_when_clean_pages_run_out(void)
{
	clean_pages(5);
	w_leave_free(&w, 50);
	mm24_kreclaimd_pass(mm, cpu);
	CU_ASSERT_EQUAL(mm->nr_free, 55);
	CU_ASSERT_EQUAL(mm->nr_clean, 0);
}

static void kreclaimd_sleeps_before_its_first_turn_and_without_timeout(void)
{
	clean_pages(40);
	w_leave_free(&w, 50);
	w_run(&w, mm24_kreclaimd_run, 1);
	CU_ASSERT_EQUAL(mm->nr_free, 50);
	CU_ASSERT_EQUAL(w.timeout, UINT64_MAX);
	w_run(&w, mm24_kreclaimd_run, 2);
	CU_ASSERT_EQUAL(mm->nr_free, 64);
}

static CU_TestInfo tests[] = {
	{ "attaching makes four daemons, a queue each, and one for sleepers",
	  attaching_makes_four_daemons_a_queue_each_and_one_for_sleepers },
	{ "attaching fails in a sentence when memory is short",
	  attaching_fails_in_a_sentence_when_memory_is_short },
	{ "jiffies follow the clock", jiffies_follow_the_clock },
	{ "kswapd sleeps a second when there is enough memory",
	  kswapd_sleeps_a_second_when_there_is_enough_memory },
	{ "kswapd goes on at once while both kinds of pages are short",
	  kswapd_goes_on_at_once_while_both_kinds_of_pages_are_short },
	{ "kswapd sleeps as soon as one of the two shortages is over",
	  kswapd_sleeps_as_soon_as_one_of_the_two_shortages_is_over },
	{ "kswapd asks the killer when memory has run out, and goes on without a victim",
	  kswapd_asks_the_killer_when_memory_has_run_out_and_goes_on_without_a_victim },
	{ "a pass wakes all sleepers whether it freed anything or not",
	  a_pass_wakes_all_sleepers_whether_it_freed_anything_or_not },
	{ "pressure decays when more than a second has passed",
	  pressure_decays_when_more_than_a_second_has_passed },
	{ "each pass scans a 64th of the active list",
	  each_pass_scans_a_64th_of_the_active_list },
	{ "a pass launders synchronously only for sleepers",
	  a_pass_launders_synchronously_only_for_sleepers },
	{ "a pass waits for the disk when somebody sleeps for it",
	  a_pass_waits_for_the_disk_when_somebody_sleeps_for_it },
	{ "a wake-up counts while kswapd is on its queue, and wakes it once",
	  a_wake_up_counts_while_kswapd_is_on_its_queue_and_wakes_it_once },
	{ "kswapd does not wake itself", kswapd_does_not_wake_itself },
	{ "a blocking wake-up joins the sleepers and has no timeout",
	  a_blocking_wake_up_joins_the_sleepers_and_has_no_timeout },
	{ "a sleep for kswapd is time in what kswapd does",
	  a_sleep_for_kswapd_is_time_in_what_kswapd_does },
	{ "a sleep for kswapd is never longer than it was",
	  a_sleep_for_kswapd_is_never_longer_than_it_was },
	{ "kreclaimd fills zones up to their low mark",
	  kreclaimd_fills_zones_up_to_their_low_mark },
	{ "kreclaimd stops when clean pages run out",
	  kreclaimd_stops_when_clean_pages_run_out },
	{ "kreclaimd sleeps before its first turn, and without timeout",
	  kreclaimd_sleeps_before_its_first_turn_and_without_timeout },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_kswapd", NULL, NULL, a_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
